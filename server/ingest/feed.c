#include "ingest/feed.h"

#include <stdlib.h>

#include "ingest/byline.h"
#include "ingest/datetext.h"
#include "ingest/html_reader.h"
#include "ingest/metadata.h"
#include "ingest/xml_url.h"
#include "text/utf8.h"

#define TITLE_MOST 2000u

void feed_offer(struct feed_item *item, enum feed_field field, struct slice text, unsigned rank)
{
    struct feed_value *value = &item->values[field];
    text = slice_present(text) ? slice_trim(text) : SLICE("");
    if (text.len > 0 && (value->rank == 0 || rank < value->rank)) {
        *value = (struct feed_value){text, (uint8_t)rank, false};
    }
}

void feed_list_offer(struct feed_list *list, struct slice text, unsigned rank)
{
    text = slice_present(text) ? slice_trim(text) : SLICE("");
    if (text.len == 0 || (list->rank != 0 && rank > list->rank)) {
        return;
    }
    if (rank < list->rank || list->rank == 0) {
        list->count = 0;
        list->rank = (uint8_t)rank;
    }
    for (size_t i = 0; i < list->count; i++) {
        if (slice_equal(list->items[i], text)) {
            return;
        }
    }
    if (list->count < FEED_LIST_MOST) {
        list->items[list->count++] = text;
    }
}

/* Tags or entities: feeds seldom say whether a text is HTML. */
static bool looks_like_html(struct slice s)
{
    for (size_t i = 0; i + 2 < s.len; i++) {
        char next = s.ptr[i + 1];
        bool letter = (next | 0x20) >= 'a' && (next | 0x20) <= 'z';
        if ((s.ptr[i] == '<' && (letter || next == '/' || next == '!')) ||
            (s.ptr[i] == '&' && (letter || next == '#') &&
             memchr(s.ptr + i, ';', s.len - i < 10 ? s.len - i : 10))) {
            return true;
        }
    }
    return false;
}

static enum rc plain_blocks(struct slice text, const struct formula_packs *packs,
                            struct arena *arena, struct html_blocks *out, struct err *e)
{
    jmp_buf escape;
    jmp_buf *before = arena_escape(arena, &escape);
    if (setjmp(escape)) {
        arena_escape(arena, before);
        return err_nomem(e);
    }
    while (slice_present(text)) {
        struct slice line = slice_trim(slice_cut(&text, '\n'));
        if (line.len > 0) {
            struct html_block *block = ARENA_PUSH(arena, out);
            *block = (struct html_block){
                .kind = BLOCK_PARAGRAPH, .text = line, .code_points = (uint32_t)utf8_count(line)};
        }
    }
    html_blocks_settle(out, &(struct html_signed){0}, packs, arena);
    arena_escape(arena, before);
    return RC_OK;
}

static enum rc blocks_of(const struct feed_value *value, const struct formula_packs *packs,
                         struct arena *arena, struct html_blocks *out, struct err *e)
{
    if (value->rank == 0) {
        return RC_OK;
    }
    return !value->plain && looks_like_html(value->text)
               ? html_fragment(value->text, packs, arena, out, e)
               : plain_blocks(value->text, packs, arena, out, e);
}

/* One line without markup. */
static enum rc line_of(const struct feed_value *value, const struct formula_packs *packs,
                       struct arena *arena, struct slice *line, struct err *e)
{
    struct html_blocks blocks = {.items = NULL};
    *line = SLICE_NONE;
    enum rc rc = value->plain || !looks_like_html(value->text)
                     ? RC_OK
                     : html_fragment(value->text, packs, arena, &blocks, e);
    if (rc) {
        return rc;
    }
    if (value->rank != 0 && blocks.count == 0) {
        *line = value->text;
        return RC_OK;
    }
    for (size_t i = 0; i < blocks.count; i++) {
        struct slice text = blocks.items[i].text;
        *line = i == 0 ? text : arena_printf(arena, "%.*s %.*s", SLICE_ARG(*line), SLICE_ARG(text));
    }
    return RC_OK;
}

/* ---- fields */

struct making {
    const struct feed_item *item;
    const struct ingest_hints *hints;
    struct arena *arena;
    struct document *document;
    struct formula_packs packs;
};

/* What a rule refuses is left out with a warning: a feed's item is worth more than its oddities. */
static enum rc set(struct making *m, enum metadata_field field, struct slice text, const char *name,
                   struct err *e)
{
    struct err refused = {0};
    if (!slice_present(text)) {
        return RC_OK;
    }
    enum rc rc = metadata_set(m->document, field, text, ORIGIN_FEED, name, m->arena, &refused);
    if (rc == RC_NOMEM || (rc && !metadata_warn(m->document, m->arena, "field_dropped",
                                                slice_cstr(refused.message)))) {
        return err_nomem(e);
    }
    return RC_OK;
}

static struct slice text_of(const struct making *m, enum feed_field field)
{
    return m->item->values[field].rank ? m->item->values[field].text : SLICE_NONE;
}

static bool set_moment(struct making *m, enum feed_field field, struct moment *to)
{
    struct slice text = text_of(m, field);
    if (slice_present(text) && !to->present) {
        if (datetext_read(text, &m->packs, m->arena, to)) {
            to->origin = ORIGIN_FEED;
        } else {
            struct slice detail = arena_printf(m->arena, "\"%.*s\" is no date",
                                               text.len > 60 ? 60 : (int)text.len, text.ptr);
            return slice_present(detail) &&
                   metadata_warn(m->document, m->arena, "date_dropped", detail);
        }
    }
    return true;
}

/* Several names in one element are told apart as in a printed byline; what is none stays as it is. */
static enum rc set_author(struct making *m, struct slice text, struct err *e)
{
    struct document *d = m->document;
    struct byline byline = {.count = 0};
    struct err refused;
    jmp_buf escape;
    jmp_buf *before = arena_escape(m->arena, &escape);
    if (setjmp(escape)) {
        arena_escape(m->arena, before);
        return err_nomem(e);
    }
    byline = byline_of_field(&m->packs, m->arena, text);
    arena_escape(m->arena, before);
    for (size_t i = 0; i < (byline.count > 1 ? byline.count : 1); i++) {
        struct slice name = byline.count > 1 ? byline.names[i] : text;
        if (metadata_list(&d->bylines, &d->byline_count, name, "author", m->arena, &refused) ==
            RC_NOMEM) {
            return err_nomem(e);
        }
    }
    return RC_OK;
}

static enum rc set_lists(struct making *m, struct err *e)
{
    struct document *d = m->document;
    struct err refused;
    for (size_t i = 0; i < m->item->authors.count; i++) {
        enum rc rc = set_author(m, m->item->authors.items[i], e);
        if (rc) {
            return rc;
        }
    }
    for (size_t i = 0; i < m->item->categories.count; i++) {
        if (metadata_list(&d->keywords, &d->keyword_count, m->item->categories.items[i], "category",
                          m->arena, &refused) == RC_NOMEM) {
            return err_nomem(e);
        }
    }
    return RC_OK;
}

static enum rc set_all(struct making *m, struct slice title, struct slice source, struct err *e)
{
    struct slice url = xml_url_join(m->item->base, text_of(m, FEED_LINK), m->arena);
    struct slice image = xml_url_join(m->item->base, text_of(m, FEED_IMAGE), m->arena);
    struct slice id = text_of(m, FEED_ID);
    bool dropped = slice_present(text_of(m, FEED_LINK)) && !slice_present(url);
    if (slice_present(title) && title.len > TITLE_MOST) {
        title.len = TITLE_MOST;
        utf8_valid(title, &title.len);
        if (!metadata_warn(m->document, m->arena, "title_cut",
                           SLICE("the title was cut: it is longer than 2000 bytes"))) {
            return err_nomem(e);
        }
    }
    if (dropped && !metadata_warn(m->document, m->arena, "address_dropped",
                                  SLICE("the link is no http or https address"))) {
        return err_nomem(e);
    }
    enum rc rc = set(m, METADATA_TITLE, title, "title", e);
    rc = rc ? rc : set(m, METADATA_URL, url, "link", e);
    rc = rc ? rc : set(m, METADATA_EXTERNAL_ID, id, "guid", e);
    rc = rc ? rc : set(m, METADATA_IMAGE, image, "image", e);
    rc = rc ? rc : set(m, METADATA_LANG, text_of(m, FEED_LANG), "language", e);
    rc = rc ? rc : set(m, METADATA_SOURCE, source, "source", e);
    rc = rc ? rc : set_lists(m, e);
    if (rc == RC_OK && (!set_moment(m, FEED_PUBLISHED, &m->document->published) ||
                        !set_moment(m, FEED_MODIFIED, &m->document->modified))) {
        rc = err_nomem(e);
    }
    return rc ? rc : metadata_hints(m->document, m->hints, m->arena, e);
}

/* A summary beside the text is its standfirst, unless it only repeats how it begins. */
static enum rc add_summary(struct making *m, struct html_blocks *blocks, struct err *e)
{
    struct slice summary = SLICE_NONE;
    if (blocks->count == 0) {
        return blocks_of(&m->item->values[FEED_SUMMARY], &m->packs, m->arena, blocks, e);
    }
    enum rc rc = line_of(&m->item->values[FEED_SUMMARY], &m->packs, m->arena, &summary, e);
    if (rc || !slice_present(summary) || summary.len > 1500) {
        return rc;
    }
    struct slice start = slice_of(summary.ptr, summary.len < 40 ? summary.len : 40);
    if (slice_find(blocks->items[0].text, start, 0) == SIZE_MAX) {
        rc = set(m, METADATA_STANDFIRST, summary, "description", e);
    }
    return rc;
}

enum rc feed_document(const struct feed_item *item, const struct ingest_hints *hints,
                      struct arena *arena, struct document *document, struct err *e)
{
    struct making m = {item, hints, arena, document, {.count = 0}};
    struct html_blocks blocks = {.items = NULL};
    struct slice title = SLICE_NONE, source = SLICE_NONE;
    m.packs = formula_packs_for(text_of(&m, FEED_LANG));
    enum rc rc = line_of(&item->values[FEED_TITLE], &m.packs, arena, &title, e);
    rc = rc ? rc : line_of(&item->values[FEED_SOURCE], &m.packs, arena, &source, e);
    rc = rc ? rc : set_all(&m, title, source, e);
    rc = rc ? rc : blocks_of(&item->values[FEED_CONTENT], &m.packs, arena, &blocks, e);
    rc = rc ? rc : add_summary(&m, &blocks, e);
    if (rc) {
        return rc;
    }
    if (blocks.count == 0 && !slice_present(document->title.text)) {
        return err_set(e, RC_INVALID, "the item has neither a title nor a text");
    }
    if (slice_present(document->standfirst.text)) {
        struct html_block *grown = ARENA_PUSH(arena, &blocks);
        if (!grown) {
            return err_nomem(e);
        }
        memmove(blocks.items + 1, blocks.items, (blocks.count - 1) * sizeof *blocks.items);
        blocks.items[0] =
            (struct html_block){.kind = BLOCK_STANDFIRST, .text = document->standfirst.text};
    }
    return html_blocks_file(&blocks, document, arena, e);
}
