/* News items in JSON that isn't ours: IPTC ninjs 1.x to 3.x, and schema.org's NewsArticle; one object, or an array.
 *
 * Source: https://iptc.org/std/ninjs/ and https://schema.org/NewsArticle, for the names of members.
 */
#include <jansson.h>
#include <stdlib.h>

#include "ingest/archive.h"
#include "ingest/feed.h"
#include "ingest/html_charset.h"
#include "ingest/reader.h"

#define SNIFF_BYTES 65536u

struct state {
    const struct ingest_hints *hints;
    json_t *root;
    size_t next, count;
};

enum shape { SHAPE_TEXT, SHAPE_PEOPLE, SHAPE_LABELS };

static const struct row {
    const char *name;   /* of the member */
    const char *inside; /* of objects in its place, or in its list: the member that counts */
    enum shape shape;
    enum feed_field field;
    uint8_t rank;
    bool html;
} rows[] = {
    {"headline", "value", SHAPE_TEXT, FEED_TITLE, 1, false},
    {"headlines", "value", SHAPE_TEXT, FEED_TITLE, 2, false},
    {"name", "value", SHAPE_TEXT, FEED_TITLE, 3, false},
    {"title", "value", SHAPE_TEXT, FEED_TITLE, 4, false},
    {"body_html", "value", SHAPE_TEXT, FEED_CONTENT, 1, true},
    {"body_xhtml", "value", SHAPE_TEXT, FEED_CONTENT, 2, true},
    {"articleBody", "@value", SHAPE_TEXT, FEED_CONTENT, 3, true},
    {"body_text", "value", SHAPE_TEXT, FEED_CONTENT, 4, false},
    {"bodies", "value", SHAPE_TEXT, FEED_CONTENT, 5, true},
    {"description_html", "value", SHAPE_TEXT, FEED_SUMMARY, 1, true},
    {"description_text", "value", SHAPE_TEXT, FEED_SUMMARY, 2, false},
    {"descriptions", "value", SHAPE_TEXT, FEED_SUMMARY, 3, true},
    {"description", "@value", SHAPE_TEXT, FEED_SUMMARY, 4, true},
    {"uri", "", SHAPE_TEXT, FEED_ID, 1, false},
    {"guid", "", SHAPE_TEXT, FEED_ID, 2, false},
    {"@id", "", SHAPE_TEXT, FEED_ID, 3, false},
    {"url", "", SHAPE_TEXT, FEED_LINK, 1, false},
    {"mainEntityOfPage", "@id", SHAPE_TEXT, FEED_LINK, 2, false},
    {"firstcreated", "", SHAPE_TEXT, FEED_PUBLISHED, 3, false},
    {"firstCreated", "", SHAPE_TEXT, FEED_PUBLISHED, 3, false},
    {"versioncreated", "", SHAPE_TEXT, FEED_PUBLISHED, 4, false},
    {"versionCreated", "", SHAPE_TEXT, FEED_PUBLISHED, 4, false},
    {"datePublished", "", SHAPE_TEXT, FEED_PUBLISHED, 1, false},
    {"contentcreated", "", SHAPE_TEXT, FEED_PUBLISHED, 5, false},
    {"dateModified", "", SHAPE_TEXT, FEED_MODIFIED, 1, false},
    {"contentupdated", "", SHAPE_TEXT, FEED_MODIFIED, 2, false},
    {"image", "url", SHAPE_TEXT, FEED_IMAGE, 1, false},
    {"language", "", SHAPE_TEXT, FEED_LANG, 1, false},
    {"inLanguage", "alternateName", SHAPE_TEXT, FEED_LANG, 2, false},
    {"publisher", "name", SHAPE_TEXT, FEED_SOURCE, 1, false},
    {"copyrightholder", "name", SHAPE_TEXT, FEED_SOURCE, 2, false},
    {"infosources", "name", SHAPE_TEXT, FEED_SOURCE, 3, false},
    {"infosource", "name", SHAPE_TEXT, FEED_SOURCE, 3, false},
    {"byline", "", SHAPE_PEOPLE, FEED_FIELDS, 1, false},
    {"by", "", SHAPE_PEOPLE, FEED_FIELDS, 1, false},
    {"author", "name", SHAPE_PEOPLE, FEED_FIELDS, 1, false},
    {"subject", "name", SHAPE_LABELS, FEED_FIELDS, 1, false},
    {"subjects", "name", SHAPE_LABELS, FEED_FIELDS, 1, false},
    {"keywords", "name", SHAPE_LABELS, FEED_FIELDS, 1, false},
};

static struct slice text_of(const json_t *value)
{
    return json_is_string(value) ? slice_of(json_string_value(value), json_string_length(value))
                                 : SLICE_NONE;
}

static void offer(struct feed_item *item, const struct row *row, struct slice text)
{
    if (row->shape == SHAPE_PEOPLE) {
        feed_list_offer(&item->authors, text, row->rank);
    } else if (row->shape == SHAPE_LABELS) {
        while (slice_present(text)) { /* schema.org's keywords: one string */
            feed_list_offer(&item->categories, slice_cut(&text, ','), row->rank);
        }
    } else if (slice_present(text)) {
        uint8_t before = item->values[row->field].rank;
        feed_offer(item, row->field, text, row->rank);
        if (before == 0 || row->rank < before) {
            item->values[row->field].plain = !row->html;
        }
    }
}

static void read_row(struct feed_item *item, const struct row *row, const json_t *value)
{
    json_t *one;
    size_t i;
    if (json_is_array(value)) {
        json_array_foreach(value, i, one)
        {
            offer(item, row,
                  text_of(json_is_object(one) ? json_object_get(one, row->inside) : one));
        }
    } else {
        offer(item, row,
              text_of(json_is_object(value) ? json_object_get(value, row->inside) : value));
    }
}

/* The quoted word with a colon after it: a value may be the same word ("type": "text"). */
static bool has_member(struct slice s, struct slice quoted)
{
    for (size_t at = slice_find(s, quoted, 0); at != SIZE_MAX; at = slice_find(s, quoted, at + 1)) {
        struct slice rest = slice_of(s.ptr + at + quoted.len, s.len - at - quoted.len);
        if (slice_starts(slice_trim(rest), SLICE(":"))) {
            return true;
        }
    }
    return false;
}

/* Other than our own schema: a headline, and a text under a name that ours doesn't have. */
bool json_news_sniff(struct slice head)
{
    static const char *const texts[] = {"\"body_html\"", "\"body_text\"", "\"body_xhtml\"",
                                        "\"bodies\"", "\"articleBody\""};
    struct slice s = slice_trim(head);
    s.len = s.len > SNIFF_BYTES ? SNIFF_BYTES : s.len;
    if (!slice_starts(s, SLICE("{")) && !slice_starts(s, SLICE("["))) {
        return false;
    }
    if (has_member(s, SLICE("\"text\""))) {
        return false;
    }
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (slice_find(s, slice_cstr(texts[i]), 0) != SIZE_MAX) {
            return true;
        }
    }
    return false;
}

void json_news_close(void *state)
{
    struct state *s = state;
    json_decref(s->root);
    free(s);
}

enum rc json_news_open(struct slice bytes, const struct ingest_hints *hints, void **state,
                       struct err *e)
{
    struct state *s = calloc(1, sizeof *s);
    struct arena *arena = arena_new(0);
    struct charset_text decoded;
    json_error_t why = {0};
    enum rc rc = s && arena ? html_charset_decode(bytes, hints, arena, &decoded, e) : err_nomem(e);
    if (rc == RC_OK) {
        s->hints = hints;
        s->root = json_loadb(decoded.text.ptr, decoded.text.len, JSON_REJECT_DUPLICATES, &why);
        s->count = json_is_array(s->root) ? json_array_size(s->root) : 1;
        rc = s->root ? RC_OK
                     : err_set(e, RC_INVALID, "this is no JSON: %s (line %d)", why.text, why.line);
    }
    arena_free(arena);
    if (rc) {
        if (s) {
            json_news_close(s);
        }
        return rc;
    }
    *state = s;
    return RC_OK;
}

enum rc json_news_next(void *state, struct arena *arena, struct document **out, struct err *e)
{
    struct state *s = state;
    if (s->next == s->count) {
        *out = NULL;
        return RC_OK;
    }
    if (s->hints->archive) {
        *s->hints->archive = (struct ingest_archive){.kind = ARCHIVE_NONE};
    }
    size_t index = s->next++;
    const json_t *object = json_is_array(s->root) ? json_array_get(s->root, index) : s->root;
    struct feed_item *item = ARENA_NEW(arena, struct feed_item);
    struct document *document = ARENA_NEW(arena, struct document);
    if (!item || !document) {
        return err_nomem(e);
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        read_row(item, &rows[i], json_object_get(object, rows[i].name));
    }
    enum rc rc = json_is_object(object) ? feed_document(item, s->hints, arena, document, e)
                                        : err_set(e, RC_INVALID, "a news item is a JSON object");
    if (rc) {
        err_where(e, "item %zu", index + 1);
        return rc;
    }
    *out = document;
    return RC_OK;
}

size_t json_news_count(void *state)
{
    const struct state *s = state;
    return s->count;
}
