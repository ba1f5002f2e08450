#include "cli/score.h"
#include "text/utf8.h"

struct found {
    struct gold_span span;
    size_t type; /* index into score_entities.types */
};

struct founds {
    struct found *items;
    size_t count, capacity;
};

static size_t type_index(const struct score_entities *s, struct slice type)
{
    size_t i = 0;
    while (i < s->type_count && !slice_equal(s->types[i], type)) {
        i++;
    }
    return i;
}

static bool same_span(struct gold_span a, struct gold_span b)
{
    return a.start_cp == b.start_cp && a.end_cp == b.end_cp;
}

static bool holds(const struct founds *set, struct found wanted, bool typed)
{
    for (size_t i = 0; i < set->count; i++) {
        if (same_span(set->items[i].span, wanted.span) &&
            (!typed || set->items[i].type == wanted.type)) {
            return true;
        }
    }
    return false;
}

/* A set: the same span and type once. */
static void add(struct arena *arena, struct founds *set, struct gold_span span, size_t type)
{
    struct found found = {span, type};
    if (!holds(set, found, true)) {
        *(struct found *)ARENA_PUSH(arena, set) = found;
    }
}

static bool meets_optional(const struct gold *gold, struct gold_span span)
{
    for (size_t i = 0; i < gold->entity_count; i++) {
        const struct gold_entity *e = &gold->entities[i];
        if (slice_is(e->type, "OPT") && span.start_cp < e->span.end_cp &&
            e->span.start_cp < span.end_cp) {
            return true;
        }
    }
    return false;
}

static struct founds gold_set(const struct score_entities *s, const struct score_case *c)
{
    struct founds set = {.count = 0};
    for (size_t i = 0; i < c->gold->entity_count; i++) {
        size_t type = type_index(s, c->gold->entities[i].type);
        if (type < s->type_count) {
            add(c->arena, &set, c->gold->entities[i].span, type);
        }
    }
    return set;
}

static struct founds found_set(const struct score_entities *s, const struct score_case *c)
{
    struct founds set = {.count = 0};
    for (size_t i = 0; i < c->analysis->mention_count; i++) {
        const struct mention *m = &c->analysis->mentions[i];
        struct gold_span span = {offsets_cp(c->offsets, m->span.start_byte),
                                 offsets_cp(c->offsets, m->span.end_byte)};
        size_t type = type_index(s, slice_cstr(entity_type_name(m->type)));
        if (type < s->type_count && !meets_optional(c->gold, span)) {
            add(c->arena, &set, span, type);
        }
    }
    return set;
}

/* Distinct spans of `set`; with `in`, those that stand there too. */
static long long count_spans(const struct founds *set, const struct founds *in)
{
    long long count = 0;
    for (size_t i = 0; i < set->count; i++) {
        struct founds before = {set->items, i, i};
        count += !holds(&before, set->items[i], false) && (!in || holds(in, set->items[i], false));
    }
    return count;
}

static void list_missing(const struct score_entities *s, const struct score_case *c,
                         const char *kind, const struct founds *from, const struct founds *in)
{
    for (size_t i = 0; i < from->count; i++) {
        if (!holds(in, from->items[i], true)) {
            char type[16];
            snprintf(type, sizeof type, "%.*s", SLICE_ARG(s->types[from->items[i].type]));
            score_list(c, kind, type, c->gold->id, SLICE(""), from->items[i].span);
        }
    }
}

void score_entities_add(struct score_entities *s, const struct score_case *c)
{
    struct founds gold = gold_set(s, c), found = found_set(s, c);
    for (size_t i = 0; i < gold.count; i++) {
        s->by_type[gold.items[i].type].support++;
    }
    for (size_t i = 0; i < found.count; i++) {
        s->by_type[found.items[i].type].predicted++;
        s->by_type[found.items[i].type].hits += holds(&gold, found.items[i], true);
    }
    s->span.hits += count_spans(&gold, &found);
    s->span.predicted += count_spans(&found, NULL);
    s->span.support += count_spans(&gold, NULL);
    list_missing(s, c, "extra", &found, &gold);
    list_missing(s, c, "missed", &gold, &found);
}

void score_entities_write(struct jsonw *w, const struct score_entities *s)
{
    struct score_count all = {0, 0, 0};
    for (size_t i = 0; i < s->type_count; i++) {
        all.hits += s->by_type[i].hits;
        all.predicted += s->by_type[i].predicted;
        all.support += s->by_type[i].support;
    }
    jsonw_object(w);
    jsonw_key_text(w, "task", "entities");
    score_write(w, "micro", all);
    score_write(w, "span", s->span);
    jsonw_key(w, "types");
    jsonw_object(w);
    for (size_t i = 0; i < s->type_count; i++) {
        char name[16];
        snprintf(name, sizeof name, "%.*s", SLICE_ARG(s->types[i]));
        score_write(w, name, s->by_type[i]);
    }
    jsonw_end(w);
    jsonw_end(w);
}
