#include "store/word_diff.h"

/* Beyond so many words a side, what lies between the equal ends is shown as replaced whole. */
#define WORDS_MOST 600u

struct side {
    struct slice text;
    const struct print_word *words;
    size_t count;
};

static bool same(const struct side *a, size_t i, const struct side *b, size_t k)
{
    return a->words[i].hash == b->words[k].hash;
}

static void add_run(struct arena *arena, struct word_diff *out, enum store_diff op,
                    const struct side *side, size_t from, size_t to)
{
    if (from == to) {
        return;
    }
    struct store_diff_run *run = ARENA_PUSH(arena, out);
    if (run == NULL) {
        return;
    }
    uint32_t start = side->words[from].start_byte, end = side->words[to - 1].end_byte;
    *run = (struct store_diff_run){op, slice_of(side->text.ptr + start, end - start)};
    if (op == STORE_DIFF_EQUAL) {
        out->equal += to - from;
        out->equal_runs++;
    }
}

/* Where all of `inner` stands in a row within `outer`; SIZE_MAX: nowhere. */
static size_t find_whole(const struct side *outer, const struct side *inner)
{
    for (size_t at = 0; inner->count > 0 && at + inner->count <= outer->count; at++) {
        size_t i = 0;
        while (i < inner->count && same(outer, at + i, inner, i)) {
            i++;
        }
        if (i == inner->count) {
            return at;
        }
    }
    return SIZE_MAX;
}

/* Lengths of the longest common subsequence of what follows each pair of places. */
static uint16_t *lengths_of(struct arena *arena, const struct side *a, size_t a0, size_t a1,
                            const struct side *b, size_t b0, size_t b1)
{
    size_t wide = b1 - b0 + 1;
    uint16_t *lengths = ARENA_ARRAY(arena, uint16_t, (a1 - a0 + 1) * wide);
    for (size_t i = a1 - a0; lengths != NULL && i-- > 0;) {
        for (size_t k = b1 - b0; k-- > 0;) {
            uint16_t down = lengths[(i + 1) * wide + k], right = lengths[i * wide + k + 1];
            lengths[i * wide + k] = same(a, a0 + i, b, b0 + k)
                                        ? (uint16_t)(lengths[(i + 1) * wide + k + 1] + 1)
                                        : (down > right ? down : right);
        }
    }
    return lengths;
}

static void add_middle(struct arena *arena, struct word_diff *out, const struct side *a, size_t a0,
                       size_t a1, const struct side *b, size_t b0, size_t b1)
{
    bool small = a1 - a0 <= WORDS_MOST && b1 - b0 <= WORDS_MOST;
    uint16_t *lengths = small ? lengths_of(arena, a, a0, a1, b, b0, b1) : NULL;
    size_t wide = b1 - b0 + 1, i = a0, k = b0;
    while (lengths != NULL && i < a1 && k < b1) {
        size_t i0 = i, k0 = k;
        while (i < a1 && k < b1 && !same(a, i, b, k)) {
            bool skip_first =
                lengths[(i - a0 + 1) * wide + k - b0] >= lengths[(i - a0) * wide + k - b0 + 1];
            i += skip_first;
            k += !skip_first;
        }
        if (i == a1 || k == b1) {
            i = i0;
            k = k0;
            break;
        }
        add_run(arena, out, STORE_DIFF_DELETE, a, i0, i);
        add_run(arena, out, STORE_DIFF_INSERT, b, k0, k);
        i0 = i;
        while (i < a1 && k < b1 && same(a, i, b, k)) {
            i++;
            k++;
        }
        add_run(arena, out, STORE_DIFF_EQUAL, a, i0, i);
    }
    add_run(arena, out, STORE_DIFF_DELETE, a, i, a1);
    add_run(arena, out, STORE_DIFF_INSERT, b, k, b1);
}

struct word_diff word_diff(struct arena *arena, struct slice first,
                           const struct print_words *first_words, struct slice second,
                           const struct print_words *second_words)
{
    struct side a = {first, first_words->items, first_words->count},
                b = {second, second_words->items, second_words->count};
    struct word_diff out = {0};
    size_t within_first = find_whole(&a, &b), within_second = find_whole(&b, &a);
    size_t head = 0, tail = 0;
    if (within_first != SIZE_MAX) {
        add_run(arena, &out, STORE_DIFF_DELETE, &a, 0, within_first);
        add_run(arena, &out, STORE_DIFF_EQUAL, &a, within_first, within_first + b.count);
        add_run(arena, &out, STORE_DIFF_DELETE, &a, within_first + b.count, a.count);
        return out;
    }
    if (within_second != SIZE_MAX) {
        add_run(arena, &out, STORE_DIFF_INSERT, &b, 0, within_second);
        add_run(arena, &out, STORE_DIFF_EQUAL, &a, 0, a.count);
        add_run(arena, &out, STORE_DIFF_INSERT, &b, within_second + a.count, b.count);
        return out;
    }
    while (head < a.count && head < b.count && same(&a, head, &b, head)) {
        head++;
    }
    while (tail < a.count - head && tail < b.count - head &&
           same(&a, a.count - tail - 1, &b, b.count - tail - 1)) {
        tail++;
    }
    add_run(arena, &out, STORE_DIFF_EQUAL, &a, 0, head);
    add_middle(arena, &out, &a, head, a.count - tail, &b, head, b.count - tail);
    add_run(arena, &out, STORE_DIFF_EQUAL, &a, a.count - tail, a.count);
    return out;
}
