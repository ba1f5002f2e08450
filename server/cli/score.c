#include "cli/score.h"

#include <stdlib.h>

#include "text/utf8.h"

static void write_tenths(struct jsonw *w, const char *key, double value)
{
    char text[32];
    int len = snprintf(text, sizeof text, "%.1f", value);
    jsonw_key(w, key);
    jsonw_raw(w, slice_of(text, (size_t)len));
}

void score_write(struct jsonw *w, const char *name, struct score_count c)
{
    double p = c.predicted ? (double)c.hits / (double)c.predicted : 0.0;
    double r = c.support ? (double)c.hits / (double)c.support : 0.0;
    jsonw_key(w, name);
    jsonw_object(w);
    write_tenths(w, "precision", 100 * p);
    write_tenths(w, "recall", 100 * r);
    write_tenths(w, "f1", p + r > 0 ? 200 * p * r / (p + r) : 0.0);
    jsonw_key_int(w, "predicted", c.predicted);
    jsonw_key_int(w, "support", c.support);
    jsonw_end(w);
}

void score_write_share(struct jsonw *w, const char *name, long long part, long long whole)
{
    if (whole) {
        write_tenths(w, name, 100 * (double)part / (double)whole);
    } else {
        jsonw_key_null(w, name);
    }
}

static void print_slice(FILE *out, struct slice s)
{
    fprintf(out, "%.*s\t", SLICE_ARG(s));
}

static void print_code_points(const struct score_case *c, size_t from, size_t to)
{
    for (size_t i = from; i < to && i < c->length; i++) {
        char bytes[4] = {0};
        if (c->text[i] == '\n') {
            fputs(" ⏎ ", c->errors);
        } else {
            size_t len = utf8_encode(c->text[i], bytes);
            fwrite(bytes, 1, len, c->errors);
        }
    }
}

#define CONTEXT     35
#define LISTED_MOST 120

void score_list(const struct score_case *c, const char *kind, const char *type,
                struct slice gold_name, struct slice found_name, struct gold_span span)
{
    if (!c->errors || *c->listings <= 0) {
        return;
    }
    --*c->listings;
    fprintf(c->errors, "%s\t%s\t", kind, type);
    print_slice(c->errors, gold_name);
    print_slice(c->errors, found_name);
    size_t end =
        span.end_cp - span.start_cp > LISTED_MOST ? span.start_cp + LISTED_MOST : span.end_cp;
    print_code_points(c, span.start_cp > CONTEXT ? span.start_cp - CONTEXT : 0, span.start_cp);
    fputc('[', c->errors);
    print_code_points(c, span.start_cp, end);
    fputs(end < span.end_cp ? "…]" : "]", c->errors);
    print_code_points(c, span.end_cp, span.end_cp + CONTEXT);
    fputc('\n', c->errors);
}

/* ---- spans */

static int span_order(const void *a, const void *b)
{
    const struct gold_span *x = a, *y = b;
    if (x->start_cp != y->start_cp) {
        return x->start_cp < y->start_cp ? -1 : 1;
    }
    return (x->end_cp > y->end_cp) - (x->end_cp < y->end_cp);
}

struct gold_spans score_union(struct arena *arena, const struct gold_spans *spans)
{
    struct gold_spans set = {.count = 0};
    struct gold_span *sorted = ARENA_ARRAY(arena, struct gold_span, spans->count);
    for (size_t i = 0; i < spans->count; i++) {
        sorted[i] = spans->items[i];
    }
    if (spans->count > 0) {
        qsort(sorted, spans->count, sizeof *sorted, span_order);
    }
    for (size_t i = 0; i < spans->count; i++) {
        struct gold_span *last = set.count ? &set.items[set.count - 1] : NULL;
        if (sorted[i].start_cp >= sorted[i].end_cp) {
            continue;
        }
        if (last && sorted[i].start_cp <= last->end_cp) {
            last->end_cp = sorted[i].end_cp > last->end_cp ? sorted[i].end_cp : last->end_cp;
        } else {
            *(struct gold_span *)ARENA_PUSH(arena, &set) = sorted[i];
        }
    }
    return set;
}

size_t score_size(const struct gold_spans *set)
{
    size_t size = 0;
    for (size_t i = 0; i < set->count; i++) {
        size += set->items[i].end_cp - set->items[i].start_cp;
    }
    return size;
}

size_t score_shared(const struct gold_spans *a, const struct gold_spans *b)
{
    size_t shared = 0, i = 0, k = 0;
    while (i < a->count && k < b->count) {
        const struct gold_span *x = &a->items[i], *y = &b->items[k];
        uint32_t start = x->start_cp > y->start_cp ? x->start_cp : y->start_cp;
        uint32_t end = x->end_cp < y->end_cp ? x->end_cp : y->end_cp;
        shared += end > start ? end - start : 0;
        if (x->end_cp < y->end_cp) {
            i++;
        } else {
            k++;
        }
    }
    return shared;
}

static bool is_edge(uint32_t cp)
{
    static const uint32_t edges[] = {' ',    '\t',   '\n',   0xA0, 0x202F, 0x2009, 0xAB,   0xBB,
                                     0x201C, 0x201D, 0x201E, '"',  '\'',   0x2019, 0x2018, 0x2039,
                                     0x203A, '.',    ',',    ';',  ':',    '!',    '?',    0x2026,
                                     '-',    0x2013, 0x2014, '(',  ')',    '[',    ']'};
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++) {
        if (edges[i] == cp) {
            return true;
        }
    }
    return false;
}

struct gold_spans score_trim(const struct score_case *c, const struct gold_spans *spans)
{
    struct gold_spans out = {.count = 0};
    for (size_t i = 0; i < spans->count; i++) {
        struct gold_span s = spans->items[i];
        while (s.start_cp < s.end_cp && is_edge(c->text[s.start_cp])) {
            s.start_cp++;
        }
        while (s.end_cp > s.start_cp && is_edge(c->text[s.end_cp - 1])) {
            s.end_cp--;
        }
        if (s.start_cp < s.end_cp) {
            *(struct gold_span *)ARENA_PUSH(c->arena, &out) = s;
        }
    }
    return out;
}
