#include "store/sketch.h"

#include <stdlib.h>

#include "store/prints.h"

/* A text's first part says what it is a copy of. */
#define BYTES_MOST 131072u

/* Of a long text this share is enough. A short one may share as much with any report of its kind, as notices, scores
 * and agendas do, which are one template with other names: the fewer words there are to tell by, the larger a share
 * must be common, up to nearly all. Measured by tests/bench/duplicates.py. */
#define COPY_CONTAINMENT 0.35f
#define COPY_DOUBT       40.0f /* shingles: at so many, half of what is left is asked for too */
#define COPY_RESEMBLANCE 0.28f /* one that is four times as long tells more than this story */
#define KIN_CONTAINMENT  0.2f

struct hashes {
    uint32_t *items;
    size_t count, capacity;
};

static bool tells(enum block_kind kind)
{
    switch (kind) {
    case BLOCK_PARAGRAPH:
    case BLOCK_LIST_ITEM:
    case BLOCK_BLOCKQUOTE:
    case BLOCK_QUESTION:
    case BLOCK_ANSWER:
        return true;
    case BLOCK_TITLE:
    case BLOCK_STANDFIRST:
    case BLOCK_SUBHEADING:
    case BLOCK_CAPTION:
    case BLOCK_BOILERPLATE:
        return false;
    }
    return false;
}

/* Rows of words go on over the ends of paragraphs: copies are often parted otherwise. */
static bool collect_words(struct arena *arena, const struct document *d, struct print_words *out)
{
    size_t bytes = 0;
    *out = (struct print_words){.arena = arena};
    for (size_t i = 0; i < d->block_count && bytes < BYTES_MOST; i++) {
        struct span span = d->blocks[i].span;
        if (tells(d->blocks[i].kind)) {
            size_t len = span.end_byte - span.start_byte;
            len = len > BYTES_MOST ? BYTES_MOST : len;
            if (!prints_words_add(out, slice_of(d->text.ptr + span.start_byte, len))) {
                return false;
            }
            bytes += len;
        }
    }
    return true;
}

static uint32_t shingle(const struct print_word *words)
{
    uint64_t h = UINT64_C(0x2545F4914F6CDD1D);
    for (int i = 0; i < SKETCH_WORDS; i++) {
        h = (h ^ words[i].hash) * UINT64_C(0x9E3779B97F4A7C15);
        h ^= h >> 32;
    }
    return (uint32_t)(h >> 32);
}

static int by_value(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static size_t settle(uint32_t *items, size_t count)
{
    size_t kept = 0;
    qsort(items, count, sizeof *items, by_value);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || items[kept - 1] != items[i]) {
            items[kept++] = items[i];
        }
    }
    return kept;
}

/* The least are wanted, not an order of all: most hashes of a long text are out by their size alone. */
static size_t drop_large(uint32_t *items, size_t count)
{
    uint64_t bound = count > 4 * SKETCH_MOST
                         ? (UINT64_C(1) << 32) / count * (uint64_t)(3 * SKETCH_MOST)
                         : UINT64_C(1) << 32;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t item = items[i];
        if (item < bound) { /* kept ones move to the front, the others behind them */
            items[i] = items[kept];
            items[kept++] = item;
        }
    }
    return kept;
}

bool sketch_make(struct arena *arena, const struct document *document, struct sketch *out)
{
    struct print_words words;
    out->count = out->shingles = 0;
    if (!collect_words(arena, document, &words)) {
        return false;
    }
    if (words.count < SKETCH_WORDS + SKETCH_LEAST_SHINGLES - 1) {
        return true;
    }
    size_t count = words.count - SKETCH_WORDS + 1;
    uint32_t *items = ARENA_ARRAY(arena, uint32_t, count);
    if (items == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        items[i] = shingle(words.items + i);
    }
    size_t small = drop_large(items, count);
    size_t kept = settle(items, small);
    if (kept < SKETCH_MOST && small < count) { /* a text that repeats itself */
        small = count;
        kept = settle(items, count);
    }
    /* Of a long text the share of repetitions is known from its small hashes. */
    size_t distinct = small == count ? kept : count * kept / small;
    if (distinct < SKETCH_LEAST_SHINGLES) {
        return true;
    }
    out->shingles = (uint32_t)distinct;
    out->count = (uint32_t)(kept < SKETCH_MOST ? kept : SKETCH_MOST);
    memcpy(out->hashes, items, out->count * sizeof out->hashes[0]);
    return true;
}

/* Up to where a sketch knows every hash of its text. */
static uint32_t reach(const struct sketch *s)
{
    return s->count < SKETCH_MOST ? UINT32_MAX : s->hashes[s->count - 1];
}

struct likeness sketch_compare(const struct sketch *a, const struct sketch *b)
{
    struct likeness none = {0, 0, 0};
    if (a->count == 0 || b->count == 0) {
        return none;
    }
    uint32_t most = reach(a) < reach(b) ? reach(a) : reach(b);
    size_t i = 0, k = 0, shared = 0, together = 0;
    while ((i < a->count && a->hashes[i] <= most) || (k < b->count && b->hashes[k] <= most)) {
        uint32_t x = i < a->count ? a->hashes[i] : UINT32_MAX;
        uint32_t y = k < b->count ? b->hashes[k] : UINT32_MAX;
        bool same = i < a->count && k < b->count && x == y;
        bool first = i < a->count && (k >= b->count || x <= y);
        shared += same;
        together++;
        i += first;
        k += same || !first;
    }
    if (shared == 0) {
        return none;
    }
    float resemblance = (float)shared / (float)together;
    float both = (float)a->shingles + (float)b->shingles;
    float common = resemblance * both / (1 + resemblance);
    float shorter = (float)(a->shingles < b->shingles ? a->shingles : b->shingles);
    float containment = common / shorter;
    return (struct likeness){resemblance, containment > 1 ? 1 : containment, shorter};
}

bool sketch_is_copy(struct likeness likeness)
{
    float doubt = COPY_DOUBT / (COPY_DOUBT + likeness.shorter);
    float asked = COPY_CONTAINMENT + (1 - COPY_CONTAINMENT) * doubt;
    return likeness.containment >= asked && likeness.resemblance >= COPY_RESEMBLANCE;
}

bool sketch_is_kin(struct likeness likeness)
{
    return likeness.containment >= KIN_CONTAINMENT;
}
