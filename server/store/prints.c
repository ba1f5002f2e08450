#include "store/prints.h"

#include <stdlib.h>

#include "store/tokenizer.h"

enum { WINDOW = 4, KEPT_MOST = 24, LOOKED_FOR_MOST = 400 };

static uint64_t mix(uint64_t h, uint64_t value)
{
    h = (h ^ value) * UINT64_C(0x9E3779B97F4A7C15);
    return h ^ (h >> 29);
}

static int add_word(void *context, struct slice folded, int start_byte, int end_byte)
{
    struct print_words *words = context;
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    for (size_t i = 0; i < folded.len; i++) {
        hash = (hash ^ (unsigned char)folded.ptr[i]) * UINT64_C(0x100000001B3);
    }
    struct print_word *word = ARENA_PUSH(words->arena, words);
    if (word == NULL) {
        return 1;
    }
    *word = (struct print_word){hash, (uint32_t)start_byte, (uint32_t)end_byte};
    return 0;
}

bool prints_words_add(struct print_words *words, struct slice text)
{
    return tokenizer_walk(text, add_word, words) == 0;
}

struct print_words prints_words(struct arena *arena, struct slice text)
{
    struct print_words words = {.arena = arena};
    prints_words_add(&words, text);
    return words;
}

static int64_t print_of(const struct print_word *words, size_t count, uint64_t seed)
{
    uint64_t h = seed;
    for (size_t i = 0; i < count; i++) {
        h = mix(h, words[i].hash);
    }
    return (int64_t)(int32_t)(uint32_t)(h >> 32);
}

static int by_value(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void settle(struct prints *prints)
{
    size_t kept = 0;
    qsort(prints->items, prints->count, sizeof prints->items[0], by_value);
    for (size_t i = 0; i < prints->count; i++) {
        if (kept == 0 || prints->items[kept - 1] != prints->items[i]) {
            prints->items[kept++] = prints->items[i];
        }
    }
    prints->count = kept;
}

/* The hash of all words, then those of each four in a row; count 0 when there are too few words. */
static struct prints every(struct arena *arena, const struct print_words *words, size_t most)
{
    struct prints out = {0};
    size_t rows = words->count >= PRINT_WORDS ? words->count - PRINT_WORDS + 1 : 0;
    rows = rows < most ? rows : most;
    out.items = ARENA_ARRAY(arena, int64_t, rows + 1);
    if (words->count < PRINTS_LEAST_WORDS || out.items == NULL) {
        return out;
    }
    out.items[out.count++] = print_of(words->items, words->count, 1);
    for (size_t i = 0; i < rows; i++) {
        out.items[out.count++] = print_of(words->items + i, PRINT_WORDS, 2);
    }
    return out;
}

struct prints prints_all(struct arena *arena, const struct print_words *words)
{
    struct prints out = every(arena, words, LOOKED_FOR_MOST);
    settle(&out);
    return out;
}

struct prints prints_kept(struct arena *arena, const struct print_words *words)
{
    struct prints all = every(arena, words, LOOKED_FOR_MOST), out = {0};
    out.items = ARENA_ARRAY(arena, int64_t, all.count + 2);
    if (all.count < 2 || out.items == NULL) {
        return all;
    }
    const int64_t *rows = all.items + 1;
    size_t count = all.count - 1;
    for (size_t i = 0; i + WINDOW <= count; i++) {
        int64_t least = rows[i];
        for (size_t k = 1; k < WINDOW; k++) {
            least = rows[i + k] < least ? rows[i + k] : least;
        }
        if (out.count == 0 || out.items[out.count - 1] != least) {
            out.items[out.count++] = least;
        }
    }
    settle(&out);
    if (out.count > KEPT_MOST) { /* of a speech the least ones: the same ones in its copies */
        out.count = KEPT_MOST;
    }
    struct prints kept = {ARENA_ARRAY(arena, int64_t, out.count + 3), 0};
    if (kept.items == NULL) {
        return all;
    }
    memcpy(kept.items, out.items, out.count * sizeof out.items[0]);
    kept.count = out.count;
    kept.items[kept.count++] = all.items[0];
    kept.items[kept.count++] = rows[0];
    kept.items[kept.count++] = rows[count - 1];
    settle(&kept);
    return kept;
}
