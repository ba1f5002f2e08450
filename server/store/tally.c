#include "store/tally.h"

#include <stdlib.h>

static size_t slot_of(const struct tally *t, int64_t number, struct slice text)
{
    uint64_t hash = (uint64_t)number * 0x9e3779b97f4a7c15u;
    for (size_t at = (size_t)(hash >> 32);; at++) {
        size_t slot = at & (t->slot_count - 1);
        const struct tally_key *key = t->slots[slot] ? &t->items[t->slots[slot] - 1] : NULL;
        if (key == NULL || (key->number == number && slice_equal(key->text, text))) {
            return slot;
        }
    }
}

static bool make_room(struct tally *t)
{
    if (t->count * 2 < t->slot_count) {
        return true;
    }
    size_t count = t->slot_count ? t->slot_count * 2 : 256;
    uint32_t *slots = ARENA_ARRAY(t->arena, uint32_t, count);
    if (slots == NULL) {
        return false;
    }
    t->slots = slots;
    t->slot_count = count;
    for (size_t i = 0; i < t->count; i++) {
        t->slots[slot_of(t, t->items[i].number, t->items[i].text)] = (uint32_t)i + 1;
    }
    return true;
}

static size_t add(struct tally *t, struct db *db, int64_t number, struct slice text,
                  struct slice label, int64_t weight)
{
    if (!make_room(t)) {
        db->nomem = true;
        return SIZE_MAX;
    }
    size_t slot = slot_of(t, number, text);
    if (t->slots[slot] == 0) {
        struct tally_key *key = ARENA_PUSH(t->arena, t);
        struct slice copy = slice_present(text) ? arena_copy(t->arena, text) : SLICE_NONE;
        if (key == NULL || slice_present(copy) != slice_present(text)) {
            db->nomem = true;
            return SIZE_MAX;
        }
        *key = (struct tally_key){number, copy,
                                  slice_present(label) ? arena_copy(t->arena, label) : copy, 0};
        t->slots[slot] = (uint32_t)t->count;
    }
    size_t place = t->slots[slot] - 1;
    t->items[place].count += weight;
    return place;
}

size_t tally_add(struct tally *t, struct db *db, int64_t number, int64_t weight)
{
    return add(t, db, number, SLICE_NONE, SLICE_NONE, weight);
}

size_t tally_add_text(struct tally *t, struct db *db, struct slice text, struct slice label,
                      int64_t weight)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < text.len; i++) {
        hash = (hash ^ (unsigned char)text.ptr[i]) * UINT64_C(0x100000001b3);
    }
    return add(t, db, (int64_t)hash, text, label, weight);
}

struct ranked {
    int64_t count;
    size_t place;
};

static int by_count(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    int order = (x->count < y->count) - (x->count > y->count);
    return order ? order : (x->place > y->place) - (x->place < y->place);
}

size_t tally_top(const struct tally *t, size_t most, struct arena *arena, size_t **places)
{
    struct ranked *ranked = ARENA_ARRAY(arena, struct ranked, t->count);
    size_t count = t->count < most ? t->count : most;
    *places = ARENA_ARRAY(arena, size_t, count);
    if (ranked == NULL || *places == NULL) {
        *places = NULL;
        return 0;
    }
    for (size_t i = 0; i < t->count; i++) {
        ranked[i] = (struct ranked){t->items[i].count, i};
    }
    qsort(ranked, t->count, sizeof *ranked, by_count);
    for (size_t i = 0; i < count; i++) {
        (*places)[i] = ranked[i].place;
    }
    return count;
}

int64_t tally_sum(const struct tally *t)
{
    int64_t sum = 0;
    for (size_t i = 0; i < t->count; i++) {
        sum += t->items[i].count;
    }
    return sum;
}
