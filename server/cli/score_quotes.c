/* Quotes: where gold holds marked fragments (`gold.fragments`), a mixed prediction counts once for each of its verbatim
 * spans; else once, whole. content_30 and _80: the match covers at least that share of the gold's characters
 * and is at most twice as long; content_exact: the same characters. Speakers are asked of pairs found at 30 %. */
#include <stdlib.h>

#include "cli/score.h"
#include "text/utf8.h"

struct item {
    enum quote_type type;
    struct gold_spans spans, chars; /* trimmed; as a set */
    size_t size;
    const struct gold_quote *gold;
    const struct speaker *speaker;
    float confidence;
    bool hit, right;
};

struct items {
    struct item *items;
    size_t count, capacity;
};

struct pair {
    size_t gold, found, shared, difference;
};

struct pairs {
    struct pair *items;
    size_t count, capacity;
};

static bool is_marked(enum quote_type type)
{
    return type != QUOTE_INDIRECT;
}

static void add_item(const struct score_case *c, struct items *items, struct item item)
{
    item.chars = score_union(c->arena, &item.spans);
    item.size = score_size(&item.chars);
    *(struct item *)ARENA_PUSH(c->arena, items) = item;
}

static struct items gold_items(const struct score_case *c)
{
    struct items items = {.count = 0};
    for (size_t i = 0; i < c->gold->quote_count; i++) {
        const struct gold_quote *q = &c->gold->quotes[i];
        struct gold_spans spans = score_trim(c, &q->content);
        struct item item = {.type = q->type, .spans = spans, .gold = q};
        if (q->type == QUOTE_MIXED && c->gold->fragments) {
            for (size_t k = 0; k < spans.count; k++) {
                item.spans = (struct gold_spans){&spans.items[k], 1, 1};
                add_item(c, &items, item);
            }
        } else if (spans.count > 0) {
            add_item(c, &items, item);
        }
    }
    return items;
}

static struct gold_spans spans_of(const struct score_case *c, const struct quote *q, bool verbatim)
{
    struct gold_spans spans = {.count = 0};
    for (size_t i = 0; i < q->span_count; i++) {
        if (!verbatim || q->spans[i].verbatim) {
            *(struct gold_span *)ARENA_PUSH(c->arena, &spans) =
                (struct gold_span){offsets_cp(c->offsets, q->spans[i].span.start_byte),
                                   offsets_cp(c->offsets, q->spans[i].span.end_byte)};
        }
    }
    return score_trim(c, &spans);
}

/* Predictions mostly inside what gold says to ignore don't count. */
static void add_found(const struct score_case *c, struct items *items, struct item item,
                      const struct gold_spans *ignored)
{
    item.chars = score_union(c->arena, &item.spans);
    item.size = score_size(&item.chars);
    if (item.size > 0 && 2 * score_shared(&item.chars, ignored) <= item.size) {
        *(struct item *)ARENA_PUSH(c->arena, items) = item;
    }
}

static void join(const struct score_case *c, struct gold_spans *to, const struct gold_spans *from)
{
    for (size_t i = 0; i < from->count; i++) {
        *(struct gold_span *)ARENA_PUSH(c->arena, to) = from->items[i];
    }
}

static struct items found_items(const struct score_case *c, struct gold_spans *covered)
{
    struct items items = {.count = 0};
    struct gold_spans ignored = score_union(c->arena, &c->gold->ignore), all = {.count = 0};
    for (size_t i = 0; i < c->analysis->quote_count; i++) {
        const struct quote *q = &c->analysis->quotes[i];
        struct gold_spans whole = spans_of(c, q, false), verbatim = spans_of(c, q, true);
        struct item item = {
            .type = q->type, .spans = whole, .speaker = &q->speaker, .confidence = q->confidence};
        if (is_marked(q->type)) {
            join(c, &all, verbatim.count ? &verbatim : &whole);
        }
        if (q->type == QUOTE_MIXED && c->gold->fragments && verbatim.count > 0) {
            for (size_t k = 0; k < verbatim.count; k++) {
                item.spans = (struct gold_spans){&verbatim.items[k], 1, 1};
                add_found(c, &items, item, &ignored);
            }
        } else {
            add_found(c, &items, item, &ignored);
        }
    }
    *covered = score_union(c->arena, &all);
    return items;
}

/* ---- matching */

static int pair_order(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    if (x->shared != y->shared) {
        return x->shared > y->shared ? -1 : 1;
    }
    if (x->difference != y->difference) {
        return x->difference < y->difference ? -1 : 1;
    }
    if (x->gold != y->gold) {
        return x->gold < y->gold ? -1 : 1;
    }
    return (x->found > y->found) - (x->found < y->found);
}

/* One to one, most shared characters first. */
static struct pairs match(const struct score_case *c, const struct items *gold,
                          const struct items *found, bool marked)
{
    struct pairs all = {.count = 0}, out = {.count = 0};
    for (size_t i = 0; i < gold->count; i++) {
        for (size_t k = 0; k < found->count; k++) {
            const struct item *g = &gold->items[i], *f = &found->items[k];
            if (is_marked(g->type) != marked || is_marked(f->type) != marked) {
                continue;
            }
            size_t shared = score_shared(&g->chars, &f->chars);
            if (shared > 0) {
                size_t difference = g->size > f->size ? g->size - f->size : f->size - g->size;
                *(struct pair *)ARENA_PUSH(c->arena, &all) =
                    (struct pair){i, k, shared, difference};
            }
        }
    }
    if (all.count > 0) {
        qsort(all.items, all.count, sizeof *all.items, pair_order);
    }
    bool *gold_taken = ARENA_ARRAY(c->arena, bool, gold->count);
    bool *found_taken = ARENA_ARRAY(c->arena, bool, found->count);
    for (size_t i = 0; i < all.count; i++) {
        const struct pair *p = &all.items[i];
        if (!gold_taken[p->gold] && !found_taken[p->found]) {
            gold_taken[p->gold] = found_taken[p->found] = true;
            *(struct pair *)ARENA_PUSH(c->arena, &out) = *p;
        }
    }
    return out;
}

static bool covers(const struct item *g, const struct item *f, size_t shared, double share)
{
    return (double)shared >= share * (double)g->size && f->size <= 2 * g->size;
}

static enum score_group group_of(enum quote_type type)
{
    static const enum score_group groups[] = {[QUOTE_DIRECT] = SCORE_DIRECT,
                                              [QUOTE_MIXED] = SCORE_MIXED,
                                              [QUOTE_INDIRECT] = SCORE_INDIRECT};
    return groups[type];
}

/* ---- counting */

static void count_all(struct score_quotes *s, const struct items *items, bool gold)
{
    for (size_t i = 0; i < items->count; i++) {
        enum quote_type type = items->items[i].type;
        for (size_t level = 0; level < SCORE_LEVELS; level++) {
            struct score_count *own = &s->content[group_of(type)][level];
            struct score_count *marked = &s->content[SCORE_MARKED][level];
            *(gold ? &own->support : &own->predicted) += 1;
            if (is_marked(type)) {
                *(gold ? &marked->support : &marked->predicted) += 1;
            }
        }
    }
}

static void count_pairs(struct score_quotes *s, const struct pairs *pairs, const struct items *gold,
                        const struct items *found)
{
    for (size_t i = 0; i < pairs->count; i++) {
        const struct pair *p = &pairs->items[i];
        const struct item *g = &gold->items[p->gold], *f = &found->items[p->found];
        bool ok[SCORE_LEVELS] = {
            [SCORE_30] = covers(g, f, p->shared, .3),
            [SCORE_80] = covers(g, f, p->shared, .8),
            [SCORE_EXACT] = p->shared == g->size && p->shared == f->size,
        };
        for (size_t level = 0; level < SCORE_LEVELS; level++) {
            s->content[group_of(g->type)][level].hits += ok[level];
            if (is_marked(g->type)) {
                s->content[SCORE_MARKED][level].hits += ok[level];
            }
        }
    }
}

/* Word starts of the spans, in order, each once. */
static struct gold_spans words_of(const struct score_case *c, const struct gold_spans *spans)
{
    struct gold_spans starts = {.count = 0};
    for (size_t i = 0; i < spans->count; i++) {
        bool inside = false;
        for (uint32_t at = spans->items[i].start_cp; at < spans->items[i].end_cp; at++) {
            bool word = score_is_word(c->text[at]);
            if (word && !inside) {
                *(struct gold_span *)ARENA_PUSH(c->arena, &starts) = (struct gold_span){at, at + 1};
            }
            inside = word;
        }
    }
    return starts;
}

/* One-letter words stand side by side as spans: as a set of characters they still count one each. */
static long long count_words(const struct score_case *c, const struct gold_spans *spans)
{
    struct gold_spans starts = words_of(c, spans);
    struct gold_spans set = score_union(c->arena, &starts);
    return (long long)score_size(&set);
}

static long long count_shared_words(const struct score_case *c, const struct item *g,
                                    const struct item *f)
{
    struct gold_spans a = words_of(c, &g->spans), b = words_of(c, &f->spans);
    a = score_union(c->arena, &a);
    b = score_union(c->arena, &b);
    return (long long)score_shared(&a, &b);
}

static bool any_agrees(const struct score_case *c, const struct gold_names *names,
                       struct slice name)
{
    for (size_t i = 0; slice_present(name) && i < names->count; i++) {
        if (score_same_name(c->arena, names->items[i], name)) {
            return true;
        }
    }
    return false;
}

static struct slice name_of(const struct speaker *speaker)
{
    return speaker->present ? speaker->name : SLICE_NONE;
}

static struct slice text_of(const struct speaker *speaker)
{
    return speaker->present && !speaker->implied ? speaker->text : SLICE_NONE;
}

static bool right_speaker(const struct score_case *c, const struct item *g, const struct item *f)
{
    if (g->gold->full.count > 0) {
        return any_agrees(c, &g->gold->full, name_of(f->speaker));
    }
    return g->gold->printed.count == 0 || any_agrees(c, &g->gold->printed, text_of(f->speaker)) ||
           any_agrees(c, &g->gold->printed, name_of(f->speaker));
}

static struct slice expected(const struct item *g)
{
    const struct gold_names *names = g->gold->full.count ? &g->gold->full : &g->gold->printed;
    return names->count ? names->items[0] : SLICE("");
}

static void count_speakers(struct score_quotes *s, const struct score_case *c,
                           const struct pairs *pairs, struct items *gold, struct items *found)
{
    for (size_t i = 0; i < pairs->count; i++) {
        const struct pair *p = &pairs->items[i];
        struct item *g = &gold->items[p->gold], *f = &found->items[p->found];
        s->overlap.hits += count_shared_words(c, g, f);
        if (!covers(g, f, p->shared, .3)) {
            continue;
        }
        bool right = right_speaker(c, g, f);
        bool asked = g->gold->full.count > 0 || g->gold->printed.count > 0;
        g->hit = f->hit = true;
        f->right = right;
        s->speaker_asked += asked;
        s->speaker_right += asked && right;
        s->end_to_end.hits += right;
        if (!right) {
            score_list(c, "speaker", quote_type_name(g->type), expected(g), name_of(f->speaker),
                       g->spans.items[0]);
        }
    }
}

static void count_reliability(struct score_quotes *s, const struct item *f)
{
    int tenth = (int)(f->confidence * SCORE_BINS);
    struct score_bin *bin = &s->reliability[tenth < 0             ? 0
                                            : tenth >= SCORE_BINS ? SCORE_BINS - 1
                                                                  : tenth];
    bin->quotes++;
    bin->right += f->right;
    bin->confidence += (double)f->confidence;
}

static void count_marked(struct score_quotes *s, const struct score_case *c,
                         const struct items *gold, const struct items *found)
{
    for (size_t i = 0; i < gold->count; i++) {
        const struct item *g = &gold->items[i];
        if (is_marked(g->type)) {
            s->overlap.support += count_words(c, &g->spans);
            s->end_to_end.support++;
            if (!g->hit) {
                score_list(c, "missed", quote_type_name(g->type), expected(g), SLICE(""),
                           g->spans.items[0]);
            }
        }
    }
    for (size_t i = 0; i < found->count; i++) {
        const struct item *f = &found->items[i];
        bool known = name_of(f->speaker).len > 0 || text_of(f->speaker).len > 0;
        if (is_marked(f->type)) {
            s->overlap.predicted += count_words(c, &f->spans);
            s->end_to_end.predicted++;
            count_reliability(s, f);
            if (!f->hit) {
                score_list(c, "extra", quote_type_name(f->type), SLICE(""), name_of(f->speaker),
                           f->spans.items[0]);
            }
        }
        if (f->type == QUOTE_DIRECT) {
            s->direct++;
            s->unknown += !known || f->speaker->kind == SPEAKER_UNKNOWN;
        }
    }
}

static void count_false_marks(struct score_quotes *s, const struct score_case *c,
                              const struct gold_spans *covered)
{
    for (size_t i = 0; i < c->gold->not_quotes.count; i++) {
        struct gold_spans one = {&c->gold->not_quotes.items[i], 1, 1};
        s->not_quotes++;
        s->false_marks += 2 * score_shared(&one, covered) >= score_size(&one);
    }
}

void score_quotes_add(struct score_quotes *s, const struct score_case *c)
{
    struct gold_spans covered;
    struct items gold = gold_items(c), found = found_items(c, &covered);
    struct pairs marked = match(c, &gold, &found, true), indirect = match(c, &gold, &found, false);
    count_all(s, &gold, true);
    count_all(s, &found, false);
    count_pairs(s, &marked, &gold, &found);
    count_pairs(s, &indirect, &gold, &found);
    count_speakers(s, c, &marked, &gold, &found);
    count_marked(s, c, &gold, &found);
    count_false_marks(s, c, &covered);
}

static void write_reliability(struct jsonw *w, const struct score_quotes *s)
{
    jsonw_key(w, "reliability");
    jsonw_array(w);
    for (size_t i = 0; i < SCORE_BINS; i++) {
        const struct score_bin *bin = &s->reliability[i];
        if (bin->quotes == 0) {
            continue;
        }
        jsonw_object(w);
        jsonw_key_int(w, "quotes", bin->quotes);
        score_write_share(w, "confidence", (long long)(1000 * bin->confidence), 1000 * bin->quotes);
        score_write_share(w, "right", bin->right, bin->quotes);
        jsonw_end(w);
    }
    jsonw_end(w);
}

void score_quotes_write(struct jsonw *w, const struct score_quotes *s)
{
    static const char *const groups[] = {"direct", "mixed", "direct+mixed", "indirect"};
    static const char *const levels[] = {"content_30", "content_80", "content_exact"};
    jsonw_object(w);
    jsonw_key_text(w, "task", "quotes");
    for (size_t g = 0; g < SCORE_GROUPS; g++) {
        jsonw_key(w, groups[g]);
        jsonw_object(w);
        for (size_t level = 0; level < SCORE_LEVELS; level++) {
            score_write(w, levels[level], s->content[g][level]);
        }
        jsonw_end(w);
    }
    score_write(w, "content_overlap", s->overlap);
    score_write_share(w, "speaker", s->speaker_right, s->speaker_asked);
    jsonw_key_int(w, "speaker_support", s->speaker_asked);
    score_write(w, "end_to_end", s->end_to_end);
    score_write_share(w, "unknown_direct", s->unknown, s->direct);
    jsonw_key_int(w, "false_marks", s->false_marks);
    jsonw_key_int(w, "false_marks_of", s->not_quotes);
    write_reliability(w, s);
    jsonw_end(w);
}
