#include "store/revision_diff.h"

#include <stdlib.h>

#include "store/word_diff.h"

/* Pairs that are compared to find which paragraph became which. */
enum { COMPARISONS_MOST = 10000 };

#define SEED  UINT64_C(0xCBF29CE484222325)
#define PRIME UINT64_C(0x100000001B3)

/* Paragraphs, or quotes, of one side. */
struct pieces {
    struct slice text;         /* of all */
    struct print_words whole;  /* each piece as one word, for word_diff */
    struct print_words *words; /* of each piece, in its own bytes */
    uint64_t **bags;           /* hashes of each piece's words, sorted */
};

static uint64_t hash_of(struct slice s)
{
    uint64_t hash = SEED;
    for (size_t i = 0; i < s.len; i++) {
        hash = (hash ^ (unsigned char)s.ptr[i]) * PRIME;
    }
    return hash;
}

/* How many bytes of white space stand here: ASCII, no-break and narrow no-break. */
static size_t blank_at(struct slice s, size_t at)
{
    const unsigned char *p = (const unsigned char *)s.ptr + at;
    size_t left = s.len - at;
    if (p[0] <= ' ') {
        return 1;
    }
    if (left > 1 && p[0] == 0xC2 && p[1] == 0xA0) {
        return 2;
    }
    return left > 2 && p[0] == 0xE2 && p[1] == 0x80 && p[2] == 0xAF ? 3 : 0;
}

static struct print_words exact_words(struct arena *arena, struct slice text)
{
    struct print_words words = {.arena = arena};
    for (size_t at = 0; at < text.len;) {
        size_t blank = blank_at(text, at), start = at;
        if (blank) {
            at += blank;
            continue;
        }
        while (at < text.len && !blank_at(text, at)) {
            at++;
        }
        struct print_word *word = ARENA_PUSH(arena, &words);
        if (word) {
            *word = (struct print_word){hash_of(slice_of(text.ptr + start, at - start)),
                                        (uint32_t)start, (uint32_t)at};
        }
    }
    return words;
}

static int by_hash(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static uint64_t *bag_of(struct arena *arena, const struct print_words *words)
{
    uint64_t *bag = ARENA_ARRAY(arena, uint64_t, words->count);
    for (size_t i = 0; i < words->count; i++) {
        bag[i] = words->items[i].hash;
    }
    if (words->count > 1) {
        qsort(bag, words->count, sizeof *bag, by_hash);
    }
    return bag;
}

/* Words in common, of those of both, in thousandths. */
static size_t similarity(const struct pieces *a, size_t i, const struct pieces *b, size_t k)
{
    size_t n = a->words[i].count, m = b->words[k].count, x = 0, y = 0, common = 0;
    while (x < n && y < m) {
        uint64_t left = a->bags[i][x], right = b->bags[k][y];
        common += left == right;
        x += left <= right;
        y += right <= left;
    }
    return n + m ? 2000 * common / (n + m) : 0;
}

static struct slice block_text(const struct store_revision *revision, size_t i)
{
    struct span span = revision->blocks[i].span;
    return slice_of(revision->text.ptr + span.start_byte, span.end_byte - span.start_byte);
}

static void split(struct arena *arena, const struct store_revision *revision, struct pieces *out)
{
    size_t count = revision->block_count;
    *out = (struct pieces){.text = revision->text,
                           .whole = {.arena = arena},
                           .words = ARENA_ARRAY(arena, struct print_words, count),
                           .bags = ARENA_ARRAY(arena, uint64_t *, count)};
    for (size_t i = 0; i < count; i++) {
        struct slice text = block_text(revision, i);
        struct print_word *piece = ARENA_PUSH(arena, &out->whole);
        *piece = (struct print_word){hash_of(text), revision->blocks[i].span.start_byte,
                                     revision->blocks[i].span.end_byte};
    }
}

/* Words are looked at where pieces differ alone. */
static void read_words(struct arena *arena, struct pieces *pieces, size_t i, struct slice text)
{
    if (!pieces->bags[i]) {
        pieces->words[i] = exact_words(arena, text);
        pieces->bags[i] = bag_of(arena, &pieces->words[i]);
    }
}

/* ---- paragraphs */

struct diffing {
    struct arena *arena;
    const struct store_revision *from, *to;
    struct pieces a, b;
    size_t compared;
    struct revision_diff *out;
};

static struct revision_part *add_part(struct diffing *d, enum revision_change change, size_t from,
                                      size_t to)
{
    struct revision_part *part = ARENA_PUSH(d->arena, d->out);
    *part = (struct revision_part){.change = change, .from = from, .to = to};
    d->out->paragraphs[change]++;
    return part;
}

static size_t count_words(struct arena *arena, struct slice text)
{
    return exact_words(arena, text).count;
}

static void add_changed(struct diffing *d, size_t i, size_t k)
{
    struct revision_part *part = add_part(d, REVISION_CHANGED, i, k);
    struct word_diff words = word_diff(d->arena, block_text(d->from, i), &d->a.words[i],
                                       block_text(d->to, k), &d->b.words[k]);
    part->words = words.items;
    part->word_count = words.count;
    d->out->words_removed += d->a.words[i].count - words.equal;
    d->out->words_added += d->b.words[k].count - words.equal;
}

static void add_removed(struct diffing *d, size_t i)
{
    add_part(d, REVISION_REMOVED, i, REVISION_NO_BLOCK);
    d->out->words_removed += count_words(d->arena, block_text(d->from, i));
}

static void add_added(struct diffing *d, size_t k)
{
    add_part(d, REVISION_ADDED, REVISION_NO_BLOCK, k);
    d->out->words_added += count_words(d->arena, block_text(d->to, k));
}

/* The paragraph of b0…b1 that has most in common with i, half at least; b1: none. */
static size_t find_partner(struct diffing *d, size_t i, size_t b0, size_t b1)
{
    size_t best = b1, most = 499;
    read_words(d->arena, &d->a, i, block_text(d->from, i));
    for (size_t k = b0; k < b1 && d->compared < COMPARISONS_MOST; k++, d->compared++) {
        read_words(d->arena, &d->b, k, block_text(d->to, k));
        size_t share = similarity(&d->a, i, &d->b, k);
        if (share > most) {
            most = share;
            best = k;
        }
    }
    return best;
}

/* What lies between two that are the same. */
static void add_gap(struct diffing *d, size_t a0, size_t a1, size_t b0, size_t b1)
{
    for (size_t i = a0; i < a1; i++) {
        size_t partner = find_partner(d, i, b0, b1);
        if (partner == b1) {
            add_removed(d, i);
            continue;
        }
        for (; b0 < partner; b0++) {
            add_added(d, b0);
        }
        add_changed(d, i, b0++);
    }
    for (; b0 < b1; b0++) {
        add_added(d, b0);
    }
}

static size_t pieces_in(const struct pieces *pieces, size_t first, struct slice run)
{
    size_t next = first, end = (size_t)(run.ptr - pieces->text.ptr) + run.len;
    while (next < pieces->whole.count && pieces->whole.items[next].end_byte <= end) {
        next++;
    }
    return next - first;
}

static void walk(struct diffing *d)
{
    struct word_diff runs =
        word_diff(d->arena, d->from->text, &d->a.whole, d->to->text, &d->b.whole);
    size_t i = 0, k = 0, i0 = 0, k0 = 0;
    for (size_t r = 0; r < runs.count; r++) {
        const struct store_diff_run *run = &runs.items[r];
        switch (run->op) {
        case STORE_DIFF_DELETE:
            i += pieces_in(&d->a, i, run->text);
            break;
        case STORE_DIFF_INSERT:
            k += pieces_in(&d->b, k, run->text);
            break;
        case STORE_DIFF_EQUAL:
            add_gap(d, i0, i, k0, k);
            for (size_t n = pieces_in(&d->a, i, run->text); n > 0; n--) {
                add_part(d, REVISION_SAME, i++, k++);
            }
            i0 = i;
            k0 = k;
            break;
        }
    }
    add_gap(d, i0, i, k0, k);
}

enum rc revision_diff(const struct store_revision *from, const struct store_revision *to,
                      struct arena *arena, struct revision_diff *out, struct err *e)
{
    struct revision_diff made = {0};
    struct diffing d = {.arena = arena, .from = from, .to = to, .out = &made};
    jmp_buf no_memory;
    jmp_buf *before = arena_escape(arena, &no_memory);
    if (setjmp(no_memory) != 0) {
        arena_escape(arena, before);
        return err_nomem(e);
    }
    split(arena, from, &d.a);
    split(arena, to, &d.b);
    walk(&d);
    arena_escape(arena, before);
    *out = made;
    return RC_OK;
}

/* ---- quotes */

struct quoting {
    struct arena *arena;
    const struct revision_quote *from, *to;
    struct pieces a, b;
    size_t *partner_of; /* of each of `from`: its place in `to`, or REVISION_NO_BLOCK */
    bool *taken;        /* of `to` */
};

static void read_quotes(struct arena *arena, const struct revision_quote *quotes, size_t count,
                        struct pieces *out)
{
    out->words = ARENA_ARRAY(arena, struct print_words, count);
    out->bags = ARENA_ARRAY(arena, uint64_t *, count);
    for (size_t i = 0; i < count; i++) {
        out->words[i] = prints_words(arena, quotes[i].text);
        out->bags[i] = bag_of(arena, &out->words[i]);
    }
}

static bool same_words(const struct print_words *a, const struct print_words *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++) {
        same = a->items[i].hash == b->items[i].hash;
    }
    return same;
}

static bool same_speaker(const struct revision_quote *a, const struct revision_quote *b)
{
    return slice_present(a->speaker) == slice_present(b->speaker) &&
           (!slice_present(a->speaker) || slice_equal(a->speaker, b->speaker));
}

/* First those of the same words and speaker, then of the same words, then of half of the words. */
static void pair(struct quoting *q, size_t from_count, size_t to_count, int round)
{
    for (size_t i = 0; i < from_count; i++) {
        size_t best = REVISION_NO_BLOCK, most = 499;
        for (size_t k = 0; k < to_count && q->partner_of[i] == REVISION_NO_BLOCK; k++) {
            if (q->taken[k]) {
                continue;
            }
            bool fits = round < 2 ? same_words(&q->a.words[i], &q->b.words[k]) &&
                                        (round == 1 || same_speaker(&q->from[i], &q->to[k]))
                                  : similarity(&q->a, i, &q->b, k) > most;
            if (fits) {
                best = k;
                most = similarity(&q->a, i, &q->b, k);
            }
            if (fits && round < 2) {
                break;
            }
        }
        if (best != REVISION_NO_BLOCK) {
            q->partner_of[i] = best;
            q->taken[best] = true;
        }
    }
}

static void add_pair(struct quoting *q, size_t i, size_t k, struct revision_quotes *out)
{
    bool same = same_words(&q->a.words[i], &q->b.words[k]);
    if (same && same_speaker(&q->from[i], &q->to[k])) {
        out->same++;
        return;
    }
    struct revision_part *part = ARENA_PUSH(q->arena, out);
    *part = (struct revision_part){.change = REVISION_CHANGED, .from = i, .to = k};
    if (!same) {
        struct print_words a = exact_words(q->arena, q->from[i].text),
                           b = exact_words(q->arena, q->to[k].text);
        struct word_diff words = word_diff(q->arena, q->from[i].text, &a, q->to[k].text, &b);
        part->words = words.items;
        part->word_count = words.count;
    }
}

static void tell_quotes(struct quoting *q, size_t from_count, size_t to_count,
                        struct revision_quotes *out)
{
    q->partner_of = ARENA_ARRAY(q->arena, size_t, from_count);
    q->taken = ARENA_ARRAY(q->arena, bool, to_count);
    for (size_t i = 0; i < from_count; i++) {
        q->partner_of[i] = REVISION_NO_BLOCK;
    }
    for (int round = 0; round < 3; round++) {
        pair(q, from_count, to_count, round);
    }
    for (size_t i = 0; i < from_count; i++) {
        if (q->partner_of[i] != REVISION_NO_BLOCK) {
            add_pair(q, i, q->partner_of[i], out);
            continue;
        }
        struct revision_part *part = ARENA_PUSH(q->arena, out);
        *part =
            (struct revision_part){.change = REVISION_REMOVED, .from = i, .to = REVISION_NO_BLOCK};
    }
    for (size_t k = 0; k < to_count; k++) {
        if (!q->taken[k]) {
            struct revision_part *part = ARENA_PUSH(q->arena, out);
            *part = (struct revision_part){
                .change = REVISION_ADDED, .from = REVISION_NO_BLOCK, .to = k};
        }
    }
}

enum rc revision_quotes(const struct revision_quote *from, size_t from_count,
                        const struct revision_quote *to, size_t to_count, struct arena *arena,
                        struct revision_quotes *out, struct err *e)
{
    struct revision_quotes made = {0};
    struct quoting q = {.arena = arena, .from = from, .to = to};
    jmp_buf no_memory;
    jmp_buf *before = arena_escape(arena, &no_memory);
    if (setjmp(no_memory) != 0) {
        arena_escape(arena, before);
        return err_nomem(e);
    }
    read_quotes(arena, from, from_count, &q.a);
    read_quotes(arena, to, to_count, &q.b);
    tell_quotes(&q, from_count, to_count, &made);
    arena_escape(arena, before);
    *out = made;
    return RC_OK;
}
