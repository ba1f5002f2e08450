#include "ingest/html_reader.h"

#include <stdlib.h>
#include <strings.h>

#include "ingest/archive.h"
#include "ingest/byline.h"
#include "ingest/html_charset.h"
#include "ingest/html_fields.h"
#include "ingest/html_title.h"
#include "ingest/metadata.h"
#include "ingest/reader.h"
#include "text/fold.h"
#include "text/utf8.h"

#define STANDFIRST_BLOCKS  3u /* it stands among the first ones */
#define BYLINE_BLOCKS      4u
#define BYLINE_TAIL_BLOCKS 3u
#define BODY_LEAST         400u /* bytes of JSON-LD's articleBody that are worth a comparison */

struct reading {
    struct arena *work; /* has an escape set once the tree is built */
    struct html_tree tree;
    struct html_fields fields;
    struct html_page page;
    struct html_blocks blocks;
    const struct ingest_hints *hints;
    struct document *document;
};

/* ---- fields */

static void read_fields(struct reading *r)
{
    struct html_fields *f = &r->fields;
    f->arena = r->work;
    f->base = SLICE_NONE;
    f->standfirst_node = f->byline_node = HTML_NO_NODE;
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        f->values[i].rank = RANK_NONE;
    }
    struct slice lang = r->hints->lang;
    for (uint32_t n = 1; !slice_present(lang) && n < r->tree.nodes.count && n < 4; n++) {
        lang = html_tree_node(&r->tree, n)->tag == TAG_HTML
                   ? html_tree_attribute(&r->tree, n, "lang")
                   : SLICE_NONE;
    }
    f->packs = formula_packs_for(slice_trim(lang).len > 0 ? slice_trim(lang) : SLICE_NONE);
    if (slice_present(r->hints->url)) {
        f->base = r->hints->url;
    }
    html_meta_read(f, &r->tree);
}

/* ---- the article */

/* What the document's fields already say needn't stand in the text again: the heading, the byline. */
static void leave_out_known(struct reading *r, struct slice title)
{
    const struct html_tree *tree = &r->tree;
    for (uint32_t n = 1; n < tree->nodes.count; n++) {
        uint16_t tag = html_tree_node(tree, n)->tag;
        if ((tag == TAG_H1 || tag == TAG_H2) &&
            html_title_repeats(html_tree_text(tree, n), title, r->work)) {
            html_page_leave_out(&r->page, n);
            r->page.title_node = n;
            break;
        }
    }
    if (r->fields.byline_node != HTML_NO_NODE) {
        html_page_leave_out(&r->page, r->fields.byline_node);
    }
}

static struct slice folded(struct reading *r, struct slice text)
{
    return fold_key(r->work, text);
}

/* The element above the article's own that prints the standfirst: named so, or saying what the description says. */
static uint32_t standfirst_above(struct reading *r, struct slice description, uint32_t before)
{
    uint32_t named = r->fields.standfirst_node;
    if (named < before) {
        return named;
    }
    if (description.len < 20 || description.len > 2000) {
        return HTML_NO_NODE;
    }
    struct slice wanted = folded(r, description);
    size_t most = description.len * 2;
    for (uint32_t n = 0; n < before; n = html_page_after(&r->page, n)) {
        uint32_t text = r->page.stats[n].text;
        bool element = html_tree_node(&r->tree, n)->tag != TAG_TEXT;
        if (element && text * 5 > description.len && text < most &&
            slice_equal(folded(r, html_tree_text(&r->tree, n)), wanted)) {
            return n;
        }
    }
    return HTML_NO_NODE;
}

static void add_standfirst_above(struct reading *r, struct slice description)
{
    struct html_blocks *b = &r->blocks;
    uint32_t n = b->count > 0 ? standfirst_above(r, description, b->items[0].node) : HTML_NO_NODE;
    if (n == HTML_NO_NODE) {
        return;
    }
    struct slice text = html_tree_text(&r->tree, n);
    for (size_t i = 0; i < b->count && i < 6;
         i++) { /* an opening paragraph that is also the description */
        if (slice_equal(folded(r, b->items[i].text), folded(r, text))) {
            return;
        }
    }
    if (text.len > 0) {
        (void)ARENA_PUSH(r->work, b);
        memmove(b->items + 1, b->items, (b->count - 1) * sizeof *b->items);
        b->items[0] = (struct html_block){.kind = BLOCK_STANDFIRST, .text = text, .node = n};
    }
}

/* The standfirst when it is printed: in an element named so, or saying what the description says. */
static void find_standfirst(struct reading *r, struct slice description)
{
    struct html_blocks *b = &r->blocks;
    for (size_t i = 0; i < b->count && i < STANDFIRST_BLOCKS; i++) {
        struct html_block *block = &b->items[i];
        uint32_t at = r->fields.standfirst_node;
        bool named = at != HTML_NO_NODE && block->node >= at &&
                     block->node < html_tree_node(&r->tree, at)->end;
        bool heading = block->kind == BLOCK_SUBHEADING && block->code_points > 60;
        bool said = slice_present(description) && i == 0 && b->count > 2 &&
                    (heading || block->bold * 20 > block->code_points * 19) &&
                    slice_equal(folded(r, block->text), folded(r, description));
        if (named || said) {
            block->kind = BLOCK_STANDFIRST;
            return;
        }
    }
    add_standfirst_above(r, description);
}

/* A first line that repeats the title, whatever its element. */
static void drop_title_line(struct reading *r, struct slice title)
{
    struct html_blocks *b = &r->blocks;
    for (size_t i = 0; i < b->count && i < 2 && title.len > 0; i++) {
        if (slice_equal(folded(r, b->items[i].text), folded(r, title))) {
            memmove(b->items + i, b->items + i + 1, (b->count - i - 1) * sizeof *b->items);
            b->count--;
            return;
        }
    }
}

static bool is_author(struct reading *r, struct slice name)
{
    const struct html_value *authors = &r->fields.values[FIELD_AUTHORS];
    for (size_t i = 0; i < authors->count; i++) {
        if (slice_equal(folded(r, authors->items[i]), folded(r, name))) {
            return true;
        }
    }
    return false;
}

/* A byline that says what the fields say now; one that says more stays. */
static bool is_said(struct reading *r, const struct byline *byline)
{
    for (size_t i = 0; i < byline->count; i++) {
        if (!is_author(r, byline->names[i])) {
            return false;
        }
    }
    return byline->count > 0;
}

/* Bylines of their own line stand at an article's head, those of interviews at its end too. */
static void find_byline(struct reading *r)
{
    struct html_blocks *b = &r->blocks;
    bool known = r->fields.values[FIELD_AUTHORS].count > 0;
    for (size_t i = 0; i < b->count; i++) {
        bool head = i < BYLINE_BLOCKS, tail = i + BYLINE_TAIL_BLOCKS >= b->count;
        if (b->items[i].kind != BLOCK_PARAGRAPH || (!head && !tail)) {
            continue;
        }
        struct byline byline = byline_read(&r->fields.packs, r->work, b->items[i].text);
        bool offers = byline.kind == BYLINE_INTERVIEWER || (byline.kind == BYLINE_AUTHOR && head);
        for (size_t n = 0; !known && offers && n < byline.count; n++) {
            html_fields_offer(&r->fields, FIELD_AUTHORS, byline.names[n], ORIGIN_TEXT, RANK_TEXT);
        }
        if (offers && is_said(r, &byline)) {
            memmove(b->items + i, b->items + i + 1, (b->count - i - 1) * sizeof *b->items);
            b->count--;
            i--;
        }
    }
}

static size_t text_bytes(const struct html_blocks *blocks)
{
    size_t bytes = 0;
    for (size_t i = 0; i < blocks->count; i++) {
        bytes += blocks->items[i].text.len;
    }
    return bytes;
}

/* Some pages carry the text for machines alone: JSON-LD's articleBody, when the page shows far less. */
static void take_body(struct reading *r)
{
    struct slice body = html_fields_get(&r->fields, FIELD_BODY);
    if (body.len < BODY_LEAST || text_bytes(&r->blocks) * 2 > body.len) {
        return;
    }
    r->blocks.count = 0;
    while (slice_present(body)) {
        struct slice line = slice_trim(slice_cut(&body, '\n'));
        if (line.len > 0) {
            struct html_block *block = ARENA_PUSH(r->work, &r->blocks);
            *block = (struct html_block){
                .kind = BLOCK_PARAGRAPH, .text = line, .code_points = (uint32_t)utf8_count(line)};
        }
    }
}

static void find_article(struct reading *r)
{
    struct slice title = html_title_choose(&r->fields);
    html_page_init(&r->page, &r->tree, r->work);
    leave_out_known(r, title);
    html_page_find(&r->page);
    for (size_t i = 0; i < r->page.picks.count; i++) {
        html_blocks_of(&r->page, r->page.picks.items[i], &r->blocks);
    }
    take_body(r);
    drop_title_line(r, title);
    find_byline(r);
    find_standfirst(r, html_fields_get(&r->fields, FIELD_STANDFIRST));
    const struct html_value *authors = &r->fields.values[FIELD_AUTHORS];
    struct html_signed by = {authors->items, authors->count};
    html_blocks_settle(&r->blocks, &by, &r->fields.packs, r->work);
}

/* ---- the document */

static enum rc copy_fields(struct reading *r, struct arena *arena, struct err *e)
{
    struct document *d = r->document;
    enum rc rc = metadata_hints(d, r->hints, arena, e); /* what the sender says wins */
    if (rc) {
        return rc;
    }
    r->fields.arena = arena;
    struct field title = d->title, source = d->source, section = d->section, lang = d->lang;
    rc = html_fields_file(&r->fields, d, e);
    d->title = slice_present(title.text) ? title : d->title;
    d->source = slice_present(source.text) ? source : d->source;
    d->section = slice_present(section.text) ? section : d->section;
    d->lang = slice_present(lang.text) ? lang : d->lang;
    if (rc == RC_OK && r->tree.cut &&
        !metadata_warn(d, arena, "nested_too_deep",
                       SLICE("elements are nested too deep: what follows was left out"))) {
        rc = err_nomem(e);
    }
    return rc;
}

static enum rc make(struct reading *r, struct arena *arena, struct err *e)
{
    jmp_buf out, out_too;
    arena_escape(r->work, &out);
    if (setjmp(out)) {
        return err_nomem(e);
    }
    read_fields(r);
    find_article(r);
    jmp_buf *before = arena_escape(arena, &out_too);
    if (setjmp(out_too)) {
        arena_escape(arena, before);
        return err_nomem(e);
    }
    enum rc rc = copy_fields(r, arena, e);
    rc = rc ? rc : html_blocks_file(&r->blocks, r->document, arena, e);
    arena_escape(arena, before);
    return rc;
}

enum rc html_read(struct slice bytes, const struct ingest_hints *hints, struct arena *arena,
                  struct document *document, struct err *e)
{
    struct reading *r = calloc(1, sizeof *r);
    struct charset_text page;
    if (!r) {
        return err_nomem(e);
    }
    r->hints = hints;
    r->document = document;
    r->work = arena_new(0);
    enum rc rc = r->work ? html_charset_decode(bytes, hints, r->work, &page, e) : err_nomem(e);
    rc = rc ? rc : html_tree_parse(page.text, r->work, &r->tree, e);
    rc = rc ? rc : make(r, arena, e);
    if (rc == RC_OK && slice_present(page.from)) {
        struct slice detail =
            arena_printf(arena, "the page was converted from %.*s to UTF-8", SLICE_ARG(page.from));
        rc = slice_present(detail) && metadata_warn(document, arena, "charset_converted", detail)
                 ? RC_OK
                 : err_nomem(e);
    }
    arena_free(r->work);
    free(r);
    return rc;
}

enum rc html_fragment(struct slice html, const struct formula_packs *packs, struct arena *arena,
                      struct html_blocks *out, struct err *e)
{
    struct html_tree *tree = ARENA_NEW(arena, struct html_tree);
    struct html_page *page = ARENA_NEW(arena, struct html_page);
    enum rc rc = tree && page ? html_tree_parse(html, arena, tree, e) : err_nomem(e);
    if (rc) {
        return rc;
    }
    jmp_buf escape;
    jmp_buf *before = arena_escape(arena, &escape);
    if (setjmp(escape)) {
        arena_escape(arena, before);
        return err_nomem(e);
    }
    html_page_init(page, tree, arena);
    html_page_measure(page);
    html_blocks_of(page, 0, out);
    html_blocks_settle(out, &(struct html_signed){0}, packs, arena);
    arena_escape(arena, before);
    return RC_OK;
}

/* ---- the row of the readers' table */

struct state {
    struct slice bytes;
    const struct ingest_hints *hints;
    bool given;
};

bool html_sniff(struct slice head)
{
    static const char *const starts[] = {"<!doctype html", "<html", "<head", "<body", "<article"};
    struct slice s = slice_trim(head);
    s = slice_starts(s, SLICE("\xEF\xBB\xBF")) ? slice_trim(slice_of(s.ptr + 3, s.len - 3)) : s;
    while (slice_starts(s, SLICE("<!--")) || slice_starts(s, SLICE("<?xml"))) {
        bool comment = s.ptr[1] == '!';
        size_t end = slice_find(s, comment ? SLICE("-->") : SLICE("?>"), 2);
        if (end == SIZE_MAX) {
            return false;
        }
        end += comment ? 3 : 2;
        s = slice_trim(slice_of(s.ptr + end, s.len - end));
    }
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        size_t len = strlen(starts[i]);
        if (s.len > len && strncasecmp(s.ptr, starts[i], len) == 0) {
            return true;
        }
    }
    return false;
}

enum rc html_open(struct slice bytes, const struct ingest_hints *hints, void **state, struct err *e)
{
    struct state *s = malloc(sizeof *s);
    if (!s) {
        return err_nomem(e);
    }
    *s = (struct state){bytes, hints, false};
    *state = s;
    return RC_OK;
}

void html_close(void *state)
{
    free(state);
}

enum rc html_next(void *state, struct arena *arena, struct document **out, struct err *e)
{
    struct state *s = state;
    if (s->given) {
        *out = NULL;
        return RC_OK;
    }
    s->given = true;
    if (s->hints->archive) {
        *s->hints->archive = (struct ingest_archive){.kind = ARCHIVE_NONE};
    }
    struct document *document = ARENA_NEW(arena, struct document);
    enum rc rc = document ? html_read(s->bytes, s->hints, arena, document, e) : err_nomem(e);
    if (rc == RC_OK) {
        *out = document;
    }
    return rc;
}
