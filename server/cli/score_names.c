#include <stdlib.h>

#include "cli/score.h"
#include "text/fold.h"
#include "text/pack.h"
#include "text/utf8.h"

struct words {
    struct slice *items;
    size_t count, capacity;
};

bool score_is_word(uint32_t cp)
{
    /* Superscripts, fractions and circled numbers are numbers, though no digits. */
    static const struct {
        uint32_t from, to;
    } numbers[] = {{0xB2, 0xB3},     {0xB9, 0xB9},     {0xBC, 0xBE},     {0x2070, 0x2079},
                   {0x2080, 0x2089}, {0x2150, 0x218B}, {0x2460, 0x249B}, {0x24EA, 0x24FF}};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        if (cp >= numbers[i].from && cp <= numbers[i].to) {
            return true;
        }
    }
    return utf8_is_letter(cp) || utf8_is_digit(cp) || cp == '_';
}

/* Letters of their own, which no decomposition opens: œ stays one letter here. */
static bool is_own_letter(uint32_t cp)
{
    static const uint32_t own[] = {0xDF,  0xC6,  0xE6,  0xD0,  0xF0,  0xD8,  0xF8,  0xDE,
                                   0xFE,  0x110, 0x111, 0x126, 0x127, 0x131, 0x141, 0x142,
                                   0x14A, 0x14B, 0x152, 0x153, 0x166, 0x167};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        if (own[i] == cp) {
            return true;
        }
    }
    return false;
}

static struct words fold_words(struct arena *arena, struct slice name)
{
    struct words words = {.count = 0};
    char *folded = arena_alloc(arena, name.len * 4 + 8);
    size_t len = 0, start = 0;
    for (size_t at = 0; at <= name.len;) {
        size_t next = at + 1;
        uint32_t cp = at < name.len ? utf8_decode(name, at, &next) : ' ';
        if (utf8_is_mark(cp)) {
            at = next;
            continue;
        }
        if (score_is_word(cp)) {
            char bytes[8];
            size_t count = is_own_letter(cp) ? utf8_encode(utf8_to_lower(cp), bytes)
                                             : fold_code_point(cp, bytes);
            for (size_t i = 0; i < count; i++) {
                folded[len++] = bytes[i];
            }
        } else if (len > start) {
            *(struct slice *)ARENA_PUSH(arena, &words) = slice_of(folded + start, len - start);
            start = len;
        }
        at = next;
    }
    return words;
}

static bool is_noise(struct slice word)
{
    for (size_t i = 0; i < pack_count(); i++) {
        struct pack_table table = pack_table(pack_at(i), "name_noise");
        struct slice value;
        if (pack_find(&table, word, &value)) {
            return true;
        }
    }
    return false;
}

static struct words telling(struct arena *arena, struct slice name)
{
    struct words all = fold_words(arena, name), kept = {.count = 0};
    for (size_t i = 0; i < all.count; i++) {
        if (!is_noise(all.items[i])) {
            *(struct slice *)ARENA_PUSH(arena, &kept) = all.items[i];
        }
    }
    return kept.count ? kept : all;
}

static bool has(const struct words *words, struct slice word)
{
    for (size_t i = 0; i < words->count; i++) {
        if (slice_equal(words->items[i], word)) {
            return true;
        }
    }
    return false;
}

/* Distinct words of `a` that are in `b` (NULL: all distinct words). */
static size_t count_distinct(const struct words *a, const struct words *b)
{
    size_t count = 0;
    for (size_t i = 0; i < a->count; i++) {
        struct words before = {a->items, i, i};
        count += !has(&before, a->items[i]) && (!b || has(b, a->items[i]));
    }
    return count;
}

static bool all_equal(const struct words *a, const struct words *b)
{
    for (size_t i = 0; i < a->count; i++) {
        if (!slice_equal(a->items[i], b->items[i])) {
            return false;
        }
    }
    return true;
}

static bool initial_agrees(const struct words *a, const struct words *b)
{
    struct slice x = a->items[0], y = b->items[0];
    return a->count <= 3 && b->count <= 3 &&
           slice_equal(a->items[a->count - 1], b->items[b->count - 1]) &&
           utf8_decode(x, 0, NULL) == utf8_decode(y, 0, NULL) &&
           (utf8_count(x) == 1 || utf8_count(y) == 1);
}

bool score_same_name(struct arena *arena, struct slice first, struct slice second)
{
    struct words a = telling(arena, first), b = telling(arena, second);
    if (a.count == 0 || b.count == 0) {
        return false;
    }
    if (a.count == b.count && all_equal(&a, &b)) {
        return true;
    }
    if (a.count > b.count) {
        struct words other = a;
        a = b;
        b = other;
    }
    if (a.count == 1) {
        struct slice word = a.items[0];
        return utf8_count(word) > 2 &&
               (slice_equal(word, b.items[b.count - 1]) || (b.count > 2 && has(&b, word)));
    }
    size_t shared = count_distinct(&a, &b), in_a = count_distinct(&a, NULL);
    if (shared == in_a || initial_agrees(&a, &b)) {
        return true;
    }
    size_t together = in_a + count_distinct(&b, NULL) - shared;
    return b.count > 2 && 2 * shared >= together;
}
