#include "api/page.h"

#include <stdio.h>
#include <stdlib.h>

#include "api/formats.h"
#include "api/markup.h"
#include "text/utf8.h"

enum { DEPTHS = 3 };

/* What covers a stretch of text. Outer ones first. */
enum layer { LAYER_QUOTE, LAYER_CUE, LAYER_ENTITY };

struct cover {
    uint32_t start_byte, end_byte;
    enum layer layer;
    struct slice object; /* the quote or entity */
};

struct drawing {
    const struct formatting *f;
    struct arena *arena;
    struct buf *out;
    struct slice text;
    struct offsets *offsets;
    struct {
        struct cover *items;
        size_t count, capacity;
    } covers;
    struct {
        uint32_t *items;
        size_t count, capacity;
    } edges;
    struct {
        const struct cover **items;
        size_t count, capacity;
    } open;
    size_t next; /* cover that hasn't begun; blocks are drawn in order */
    size_t edge;
    bool nomem;
};

static struct slice text_of(const struct drawing *d, struct slice object, const char *path)
{
    return jsonr_get_string(object, path, d->arena);
}

/* ---- what covers what */

static void add_edge(struct drawing *d, uint32_t at)
{
    uint32_t *edge = ARENA_PUSH(d->arena, &d->edges);
    if (edge) {
        *edge = at;
    } else {
        d->nomem = true;
    }
}

static void add_cover(struct drawing *d, enum layer layer, struct slice object, struct slice span)
{
    int64_t start = jsonr_int(jsonr_get(span, "start"), -1),
            end = jsonr_int(jsonr_get(span, "end"), -1);
    if (start < 0 || end <= start || end > UINT32_MAX) {
        return;
    }
    struct cover *cover = ARENA_PUSH(d->arena, &d->covers);
    if (!cover) {
        d->nomem = true;
        return;
    }
    *cover = (struct cover){offsets_byte(d->offsets, (uint32_t)start),
                            offsets_byte(d->offsets, (uint32_t)end), layer, object};
    add_edge(d, cover->start_byte);
    add_edge(d, cover->end_byte);
}

static void add_covers(struct drawing *d, enum layer layer, struct slice object, struct slice spans)
{
    struct jsonr r = jsonr_open(spans);
    struct slice span;
    while (jsonr_item(&r, &span)) {
        add_cover(d, layer, object, span);
    }
}

static int compare_edges(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* Covers by start: those that began and haven't ended are what a stretch is under. */
static int compare_covers(const void *a, const void *b)
{
    const struct cover *x = a, *y = b;
    return x->start_byte < y->start_byte ? -1 : x->start_byte > y->start_byte;
}

static void collect(struct drawing *d)
{
    struct jsonr quotes = jsonr_open(jsonr_get(d->f->body, "quotes")),
                 entities = jsonr_open(jsonr_get(d->f->body, "entities"));
    struct slice object;
    while (jsonr_item(&quotes, &object)) {
        add_covers(d, LAYER_QUOTE, object, jsonr_get(object, "spans"));
        add_cover(d, LAYER_CUE, object, jsonr_get(object, "cue"));
    }
    while (jsonr_item(&entities, &object)) {
        add_covers(d, LAYER_ENTITY, object, jsonr_get(object, "mentions"));
    }
    if (d->edges.count > 0) {
        qsort(d->edges.items, d->edges.count, sizeof *d->edges.items, compare_edges);
        qsort(d->covers.items, d->covers.count, sizeof *d->covers.items, compare_covers);
    }
}

/* On to a stretch that begins at `at`. What ended leaves the list of the open ones. */
static void advance(struct drawing *d, uint32_t at)
{
    size_t kept = 0;
    for (size_t i = 0; i < d->open.count; i++) {
        if (d->open.items[i]->end_byte > at) {
            d->open.items[kept++] = d->open.items[i];
        }
    }
    d->open.count = kept;
    for (; d->next < d->covers.count && d->covers.items[d->next].start_byte <= at; d->next++) {
        if (d->covers.items[d->next].end_byte > at) {
            const struct cover **slot = ARENA_PUSH(d->arena, &d->open);
            if (!slot) {
                d->nomem = true;
                return;
            }
            *slot = &d->covers.items[d->next];
        }
    }
}

/* The shortest of a layer's open covers: a quote within a quote is its own. */
static const struct cover *cover_of(const struct drawing *d, enum layer layer)
{
    const struct cover *best = NULL;
    for (size_t i = 0; i < d->open.count; i++) {
        const struct cover *c = d->open.items[i];
        if (c->layer == layer &&
            (!best || c->end_byte - c->start_byte < best->end_byte - best->start_byte)) {
            best = c;
        }
    }
    return best;
}

/* ---- tags */

static void attribute(struct drawing *d, const char *name, struct slice value)
{
    if (value.len > 0) {
        buf_printf(d->out, " %s=\"", name);
        markup_escape(d->out, value);
        buf_char(d->out, '"');
    }
}

static struct slice speaker_of(const struct drawing *d, struct slice quote)
{
    struct slice name = text_of(d, quote, "speaker.name");
    name = name.len > 0 ? name : text_of(d, quote, "speaker.text");
    return name.len > 0 ? name : SLICE("?");
}

static void open_quote(struct drawing *d, struct slice quote)
{
    struct slice title = text_of(d, quote, "speaker.title"), type = text_of(d, quote, "type");
    buf_text(d->out, "<span class=\"quote ");
    markup_escape(d->out, type);
    buf_char(d->out, '"');
    attribute(d, "data-quote", text_of(d, quote, "id"));
    attribute(d, "data-type", type);
    attribute(d, "data-speaker", text_of(d, quote, "speaker.entity"));
    attribute(d, "data-confidence", jsonr_get(quote, "confidence"));
    attribute(d, "title",
              arena_printf(d->arena, "%.*s%s%.*s · %.*s · %.*s", SLICE_ARG(speaker_of(d, quote)),
                           title.len ? ", " : "", SLICE_ARG(title), SLICE_ARG(type),
                           SLICE_ARG(jsonr_get(quote, "confidence"))));
    buf_char(d->out, '>');
}

static void open_cue(struct drawing *d, struct slice quote)
{
    buf_text(d->out, "<span class=\"cue\"");
    attribute(d, "data-quote", text_of(d, quote, "id"));
    attribute(d, "title",
              arena_printf(d->arena, "%.*s · %.*s", SLICE_ARG(text_of(d, quote, "cue.lemma")),
                           SLICE_ARG(text_of(d, quote, "cue.class"))));
    buf_char(d->out, '>');
}

static void open_entity(struct drawing *d, struct slice entity)
{
    struct slice type = text_of(d, entity, "type"), name = text_of(d, entity, "name");
    buf_text(d->out, "<span class=\"entity ");
    markup_escape(d->out, type);
    buf_char(d->out, '"');
    attribute(d, "data-entity", text_of(d, entity, "id"));
    attribute(d, "data-type", type);
    attribute(d, "title", arena_printf(d->arena, "%.*s · %.*s", SLICE_ARG(name), SLICE_ARG(type)));
    buf_char(d->out, '>');
}

static void open_tag(struct drawing *d, const struct cover *cover)
{
    static void (*const openers[])(struct drawing *, struct slice) = {
        [LAYER_QUOTE] = open_quote, [LAYER_CUE] = open_cue, [LAYER_ENTITY] = open_entity};
    openers[cover->layer](d, cover->object);
}

/* From one stretch to the next: closes what ends from the inside out, opens what begins. */
static void change(struct drawing *d, const struct cover *open[DEPTHS],
                   const struct cover *wanted[DEPTHS])
{
    int same = 0;
    while (same < DEPTHS && open[same] == wanted[same]) {
        same++;
    }
    for (int i = DEPTHS - 1; i >= same; i--) {
        buf_text(d->out, open[i] ? "</span>" : "");
        open[i] = NULL;
    }
    for (int i = same; i < DEPTHS; i++) {
        open[i] = wanted[i];
        if (open[i]) {
            open_tag(d, open[i]);
        }
    }
}

static void draw_text(struct drawing *d, uint32_t start, uint32_t end)
{
    const struct cover *open[DEPTHS] = {NULL}, *none[DEPTHS] = {NULL};
    while (start < end) {
        while (d->edge < d->edges.count && d->edges.items[d->edge] <= start) {
            d->edge++;
        }
        uint32_t next = d->edge < d->edges.count && d->edges.items[d->edge] < end
                            ? d->edges.items[d->edge]
                            : end;
        advance(d, start);
        const struct cover *wanted[DEPTHS];
        for (int i = 0; i < DEPTHS; i++) {
            wanted[i] = cover_of(d, (enum layer)i);
        }
        change(d, open, wanted);
        markup_escape(d->out, slice_of(d->text.ptr + start, next - start));
        start = next;
    }
    change(d, open, none);
}

/* ---- the page */

static void draw_block(struct drawing *d, struct slice block)
{
    static const struct {
        const char *kind, *tag;
    } tags[] = {{"title", "h1"}, {"subheading", "h2"}, {"blockquote", "blockquote"}};
    struct slice kind = text_of(d, block, "kind");
    int64_t start = jsonr_int(jsonr_get(block, "start"), 0),
            end = jsonr_int(jsonr_get(block, "end"), 0);
    const char *tag = "p";
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        tag = slice_is(kind, tags[i].kind) ? tags[i].tag : tag;
    }
    buf_printf(d->out, "<%s class=\"%.*s\">", tag, SLICE_ARG(kind));
    draw_text(d, offsets_byte(d->offsets, (uint32_t)start),
              offsets_byte(d->offsets, (uint32_t)end));
    buf_printf(d->out, "</%s>\n", tag);
}

static void draw_body(struct drawing *d)
{
    struct jsonr r = jsonr_open(jsonr_get(d->f->body, "blocks"));
    struct slice block;
    if (!slice_present(d->text)) {
        buf_text(d->out, "<p class=\"absent\">The text of this article isn't served here.</p>\n");
        return;
    }
    collect(d);
    while (jsonr_item(&r, &block)) {
        draw_block(d, block);
    }
}

static void draw_fact(struct drawing *d, struct slice text)
{
    if (text.len > 0) {
        buf_text(d->out, "<span>");
        markup_escape(d->out, text);
        buf_text(d->out, "</span>");
    }
}

/* Only what is surely an address becomes a link. */
static void draw_origin(struct drawing *d, struct slice url)
{
    if (slice_starts(url, SLICE("https://")) || slice_starts(url, SLICE("http://"))) {
        buf_text(d->out, "<a rel=\"noopener nofollow\"");
        attribute(d, "href", url);
        buf_text(d->out, ">original</a>");
    }
}

static void draw_head(struct drawing *d)
{
    struct slice article = d->f->body, lang = text_of(d, article, "lang"), name;
    struct slice title = text_of(d, article, "title");
    struct jsonr bylines = jsonr_open(jsonr_get(article, "bylines"));
    buf_text(d->out, "<!DOCTYPE html>\n<html");
    attribute(d, "lang", lang);
    buf_text(d->out, ">\n<head>\n<meta charset=\"utf-8\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    markup_element(d->out, "title", title.len ? title : SLICE("(untitled)"));
    buf_printf(d->out, "\n<style>%s</style>\n</head>\n<body>\n<header>", page_style);
    draw_fact(d, text_of(d, article, "source"));
    draw_fact(d, text_of(d, article, "section"));
    draw_fact(d, text_of(d, article, "published_at"));
    while (jsonr_item(&bylines, &name)) {
        draw_fact(d, jsonr_string(name, d->arena));
    }
    draw_origin(d, text_of(d, article, "url"));
    buf_text(d->out, "</header>\n<main>\n");
}

static void draw_quotes(struct drawing *d)
{
    struct jsonr r = jsonr_open(jsonr_get(d->f->body, "quotes"));
    struct slice quote;
    bool any = false;
    while (jsonr_item(&r, &quote)) {
        buf_text(d->out, any ? "" : "<h2>Quotes</h2>\n<dl>\n");
        any = true;
        buf_text(d->out, "<dt");
        attribute(d, "data-speaker", text_of(d, quote, "speaker.entity"));
        buf_char(d->out, '>');
        markup_escape(d->out, speaker_of(d, quote));
        draw_fact(d, text_of(d, quote, "speaker.title"));
        buf_text(d->out, "</dt><dd");
        attribute(d, "data-quote", text_of(d, quote, "id"));
        buf_char(d->out, '>');
        markup_escape(d->out, text_of(d, quote, "text"));
        buf_text(d->out, "</dd>\n");
    }
    buf_text(d->out, any ? "</dl>\n" : "");
}

static void draw_entities(struct drawing *d)
{
    struct jsonr r = jsonr_open(jsonr_get(d->f->body, "entities"));
    struct slice entity;
    bool any = false;
    while (jsonr_item(&r, &entity)) {
        buf_text(d->out, any ? "" : "<h2>Names</h2>\n<ul>\n");
        any = true;
        buf_text(d->out, "<li>");
        open_entity(d, entity);
        markup_escape(d->out, text_of(d, entity, "name"));
        buf_text(d->out, "</span></li>\n");
    }
    buf_text(d->out, any ? "</ul>\n" : "");
}

enum rc page_render(const struct formatting *f, struct err *e)
{
    struct drawing d = {.f = f, .arena = f->call->arena, .out = f->out};
    d.text = jsonr_get_string(f->body, "text", d.arena);
    d.offsets = offsets_new(d.arena, slice_present(d.text) ? d.text : SLICE(""));
    if (!d.offsets) {
        return err_nomem(e);
    }
    draw_head(&d);
    draw_body(&d);
    buf_text(f->out, "</main>\n<aside>\n");
    draw_quotes(&d);
    draw_entities(&d);
    buf_text(f->out, "</aside>\n</body>\n</html>\n");
    return d.nomem ? err_nomem(e) : RC_OK;
}
