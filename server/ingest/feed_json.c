/* JSON Feed 1.0 and 1.1. */
#include <jansson.h>
#include <stdlib.h>

#include "ingest/archive.h"
#include "ingest/feed.h"
#include "ingest/html_charset.h"
#include "ingest/reader.h"

struct state {
    const struct ingest_hints *hints;
    json_t *root;
    size_t next;
};

static const struct {
    const char *name;
    enum feed_field field;
    uint8_t rank;
    bool plain;
} rows[] = {
    {"id", FEED_ID, 1, true},
    {"url", FEED_LINK, 1, true},
    {"external_url", FEED_LINK, 2, true},
    {"title", FEED_TITLE, 1, true},
    {"content_html", FEED_CONTENT, 1, false},
    {"content_text", FEED_CONTENT, 2, true},
    {"summary", FEED_SUMMARY, 1, true},
    {"date_published", FEED_PUBLISHED, 1, true},
    {"date_modified", FEED_MODIFIED, 1, true},
    {"image", FEED_IMAGE, 1, true},
    {"banner_image", FEED_IMAGE, 2, true},
    {"language", FEED_LANG, 1, true},
};

static struct slice text_of(const json_t *value)
{
    return json_is_string(value) ? slice_of(json_string_value(value), json_string_length(value))
                                 : SLICE_NONE;
}

static void read_authors(const json_t *object, struct feed_item *item, unsigned rank)
{
    json_t *one;
    size_t i;
    json_array_foreach(json_object_get(object, "authors"), i, one)
    {
        feed_list_offer(&item->authors, text_of(json_object_get(one, "name")), rank);
    }
    feed_list_offer(&item->authors,
                    text_of(json_object_get(json_object_get(object, "author"), "name")), rank);
}

static void read_item(const struct state *s, const json_t *object, struct arena *arena,
                      struct feed_item *item)
{
    json_t *tag, *id = json_object_get(object, "id");
    size_t i;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct slice text = text_of(json_object_get(object, rows[i].name));
        bool better = item->values[rows[i].field].rank == 0 ||
                      rows[i].rank < item->values[rows[i].field].rank;
        feed_offer(item, rows[i].field, text, rows[i].rank);
        if (better && slice_present(text)) {
            item->values[rows[i].field].plain = rows[i].plain;
        }
    }
    if (json_is_integer(id)) { /* early feeds number their items */
        feed_offer(item, FEED_ID,
                   arena_printf(arena, "%" JSON_INTEGER_FORMAT, json_integer_value(id)), 1);
    }
    json_array_foreach(json_object_get(object, "tags"), i, tag)
    {
        feed_list_offer(&item->categories, text_of(tag), 1);
    }
    read_authors(object, item, 1);
    read_authors(s->root, item, 2);
    feed_offer(item, FEED_LANG, text_of(json_object_get(s->root, "language")), 9);
    feed_offer(item, FEED_SOURCE, text_of(json_object_get(s->root, "title")), 9);
    item->base = text_of(json_object_get(s->root, "home_page_url"));
}

bool feed_json_sniff(struct slice head)
{
    head.len = head.len > 2048 ? 2048 : head.len;
    return slice_starts(slice_trim(head), SLICE("{")) &&
           slice_find(head, SLICE("jsonfeed.org/version"), 0) != SIZE_MAX;
}

void feed_json_close(void *state)
{
    struct state *s = state;
    json_decref(s->root);
    free(s);
}

enum rc feed_json_open(struct slice bytes, const struct ingest_hints *hints, void **state,
                       struct err *e)
{
    struct state *s = calloc(1, sizeof *s);
    struct arena *arena = arena_new(0);
    struct charset_text decoded;
    json_error_t why = {0};
    enum rc rc = s && arena ? html_charset_decode(bytes, hints, arena, &decoded, e) : err_nomem(e);
    if (rc == RC_OK) {
        s->hints = hints;
        s->root = json_loadb(decoded.text.ptr, decoded.text.len, 0, &why);
        if (!s->root) {
            rc = err_set(e, RC_INVALID, "the feed is no JSON: %s (line %d)", why.text, why.line);
        } else if (!json_is_array(json_object_get(s->root, "items"))) {
            rc = err_field(e, RC_INVALID, "/items", "a JSON feed needs a list of \"items\"");
        }
    }
    arena_free(arena);
    if (rc) {
        if (s) {
            feed_json_close(s);
        }
        return rc;
    }
    *state = s;
    return RC_OK;
}

enum rc feed_json_next(void *state, struct arena *arena, struct document **out, struct err *e)
{
    struct state *s = state;
    const json_t *items = json_object_get(s->root, "items");
    if (s->next == json_array_size(items)) {
        *out = NULL;
        return RC_OK;
    }
    if (s->hints->archive) {
        *s->hints->archive = (struct ingest_archive){.kind = ARCHIVE_NONE};
    }
    size_t index = s->next++;
    struct feed_item *item = ARENA_NEW(arena, struct feed_item);
    struct document *document = ARENA_NEW(arena, struct document);
    if (!item || !document) {
        return err_nomem(e);
    }
    read_item(s, json_array_get(items, index), arena, item);
    enum rc rc = feed_document(item, s->hints, arena, document, e);
    if (rc) {
        err_where(e, "item %zu", index + 1);
        return rc;
    }
    *out = document;
    return RC_OK;
}

size_t feed_json_count(void *state)
{
    const struct state *s = state;
    return json_array_size(json_object_get(s->root, "items"));
}
