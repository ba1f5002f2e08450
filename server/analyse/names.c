#include "analyse/names.h"

#include <stdlib.h>

#include "analyse/tagger.h"

bool names_same_sentence(const struct naming *n, uint32_t i, uint32_t near)
{
    const struct tokens *t = &n->r->tokens;
    return i < t->count && t->items[i].sentence == t->items[near].sentence;
}

struct name name_of(const struct naming *n, uint32_t first, uint32_t end, enum entity_type type,
                    float confidence, enum mention_method method)
{
    return (struct name){
        .first = first,
        .end = end,
        .span = {names_token(n, first)->start_byte, names_token(n, end - 1)->end_byte},
        .type = type,
        .confidence = confidence,
        .method = method,
        .entity = NO_INDEX};
}

/* ---- keeping the list sorted and free of overlaps */

static int method_rank(enum mention_method method)
{
    return method == MENTION_USER ? 2 : method == MENTION_RULE ? 1 : 0;
}

static bool is_stronger(const struct name *a, const struct name *b)
{
    int rank = method_rank(a->method) - method_rank(b->method);
    if (rank != 0) {
        return rank > 0;
    }
    uint32_t a_length = a->end - a->first, b_length = b->end - b->first;
    return a_length != b_length ? a_length > b_length : a->confidence > b->confidence;
}

static int by_place(const void *a, const void *b)
{
    const struct name *x = a, *y = b;
    if (x->first != y->first) {
        return x->first < y->first ? -1 : 1;
    }
    return (x->end < y->end) - (x->end > y->end);
}

void names_replace(struct naming *n, const struct name *items, size_t count)
{
    struct reading *r = n->r;
    struct name *sorted = ARENA_ARRAY(r->arena, struct name, count);
    if (count > 0) {
        memcpy(sorted, items, count * sizeof *items);
        qsort(sorted, count, sizeof *sorted, by_place);
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        bool beaten = false;
        while (kept > 0 && sorted[kept - 1].end > sorted[i].first && !beaten) {
            if (is_stronger(&sorted[i], &sorted[kept - 1])) {
                kept--;
            } else {
                beaten = true;
            }
        }
        if (!beaten) {
            sorted[kept++] = sorted[i];
        }
    }
    r->names = (struct names){sorted, kept, count};
    memset(r->name_at, 0xff, r->tokens.count * sizeof *r->name_at);
    for (uint32_t i = 0; i < kept; i++) {
        for (uint32_t t = sorted[i].first; t < sorted[i].end; t++) {
            r->name_at[t] = i;
        }
    }
}

/* ---- the map */

struct names_map {
    struct slot {
        struct slice key;
        uint32_t entry; /* 1-based, latest */
    } * slots;
    struct entry {
        uint32_t value, before;
    } * entries;
    struct arena *arena;
    uint32_t slot_count, entry_count, entry_capacity;
};

struct names_map *names_map_new(struct arena *arena, size_t most)
{
    struct names_map *map = ARENA_NEW(arena, struct names_map);
    map->arena = arena;
    map->slot_count = 16;
    while (map->slot_count < most * 2) {
        map->slot_count *= 2;
    }
    map->slots = ARENA_ARRAY(arena, struct slot, map->slot_count);
    map->entry_capacity = (uint32_t)most + 1;
    map->entries = ARENA_ARRAY(arena, struct entry, map->entry_capacity);
    map->entry_count = 1; /* 0 means none */
    return map;
}

static struct slot *find_slot(const struct names_map *map, struct slice key)
{
    uint32_t at = tagger_hash(key) * 2654435769U & (map->slot_count - 1);
    while (map->slots[at].entry && !slice_equal(map->slots[at].key, key)) {
        at = (at + 1) & (map->slot_count - 1);
    }
    return &map->slots[at];
}

void names_map_add(struct names_map *map, struct slice key, uint32_t value)
{
    struct slot *slot = find_slot(map, key);
    if (map->entry_count == map->entry_capacity) {
        return; /* more than was announced: the least harm is to forget */
    }
    map->entries[map->entry_count] = (struct entry){value, slot->entry};
    slot->key = key;
    slot->entry = map->entry_count++;
}

uint32_t names_map_find(const struct names_map *map, struct slice key, uint32_t *chain)
{
    const struct slot *slot = find_slot(map, key);
    if (!slot->entry) {
        return NO_INDEX;
    }
    if (chain) {
        *chain = slot->entry;
    }
    return map->entries[slot->entry].value;
}

uint32_t names_map_next(const struct names_map *map, uint32_t *chain)
{
    *chain = map->entries[*chain].before;
    return *chain ? map->entries[*chain].value : NO_INDEX;
}

/* ---- the stage */

static void from_tags(struct naming *n, const struct tags *tags)
{
    struct name *items = ARENA_ARRAY(n->r->arena, struct name, tags->count);
    for (size_t i = 0; i < tags->count; i++) {
        const struct tagged *t = &tags->items[i];
        items[i] = name_of(n, t->first, t->end, t->type, t->confidence, MENTION_MODEL);
    }
    names_replace(n, items, tags->count);
}

void names_find(struct reading *r)
{
    if (!r->pack || r->tokens.count == 0) {
        return;
    }
    struct lexicon *lexicon = ARENA_NEW(r->arena, struct lexicon);
    tagger_lexicon_read(r, lexicon);
    r->lexicon = lexicon;
    struct naming n = {.r = r,
                       .lexicon = *lexicon,
                       .not_names = pack_table(r->pack, "not_names"),
                       .name_tails = pack_table(r->pack, "name_tails"),
                       .adjectives = pack_table(r->pack, "adjectives"),
                       .grammar = pack_table(r->pack, "grammar"),
                       .finite_verbs = pack_table(r->pack, "finite_verbs"),
                       .portfolios = pack_table(r->pack, "portfolios"),
                       .name_triggers = pack_table(r->pack, "name_triggers"),
                       .common_words = pack_table(r->pack, "common_words"),
                       .person_nouns = pack_table(r->pack, "person_nouns")};
    struct pack_table conventions = pack_table(r->pack, "conventions");
    static const char *const endings[] = {"inhabitant_ending_m", "inhabitant_ending_f"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        struct slice v;
        bool given = pack_find(&conventions, slice_cstr(endings[i]), &v);
        n.inhabitant_endings[i] = given ? pack_column(v, 0) : SLICE_NONE;
    }
    struct tagger_model model;
    if (tagger_model_of(r->pack, &model)) {
        struct tags tags = {0};
        tagger_run(r, &n.lexicon, &model, &tags);
        from_tags(&n, &tags);
    } else {
        names_rules(&n);
    }
    names_offices(&n);
    lexicon->office = n.lexicon.office;
    names_repair(&n);
    names_leave_offices(&n);
    names_hints(&n);
    names_lower(&n);
    names_user(&n);
    names_spread(&n);
    names_leave_offices(&n);
    names_user(&n);
    names_cluster(&n);
}
