/* RSS and Atom through libxml2's forgiving XML parser. */
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdlib.h>
#include <strings.h>

#include "ingest/archive.h"
#include "ingest/feed_broken.h"
#include "ingest/feed_elements.h"
#include "ingest/feed_mend.h"
#include "ingest/html_charset.h"
#include "ingest/portions.h"
#include "ingest/reader.h"
#include "ingest/xml_guard.h"

/* Parsed anew for each item, the elements around may make up so many times the text. */
#define APART_MOST 8u

struct state {
    const struct ingest_hints *hints;
    struct feed_head head; /* its arena is the state's */
    xmlDocPtr doc;
    struct {
        xmlNodePtr *items;
        size_t count, capacity;
    } items; /* of the document */
    size_t next, count;
    bool apart; /* an item at a time: the document is that of the last one */
    struct feed_broken broken;
};

static bool add_item(struct state *s, xmlNodePtr node)
{
    if (s->items.count == s->items.capacity) {
        s->items.capacity = s->items.capacity ? s->items.capacity * 2 : 16;
        xmlNodePtr *grown = realloc(s->items.items, s->items.capacity * sizeof *grown);
        if (!grown) {
            return false;
        }
        s->items.items = grown;
    }
    s->items.items[s->items.count++] = node;
    return true;
}

static enum rc collect(struct state *s, xmlNodePtr parent, struct err *e)
{
    for (xmlNodePtr child = parent->children; child; child = child->next) {
        if (feed_is_named(child, "channel")) {
            feed_head_read(&s->head, child);
            enum rc rc = parent->parent && parent->parent->type == XML_ELEMENT_NODE
                             ? RC_OK
                             : collect(s, child, e);
            if (rc) {
                return rc;
            }
        } else if (feed_is_named(child, "item") || feed_is_named(child, "entry")) {
            if (!add_item(s, child)) {
                return err_nomem(e);
            }
        }
    }
    return RC_OK;
}

/* *whole: it is well-formed. NULL when nothing can be made of it. */
static xmlDocPtr parse_xml(struct slice text, bool *whole)
{
    xmlParserCtxtPtr parser = xmlNewParserCtxt();
    if (!parser) {
        return NULL;
    }
    xmlDocPtr doc =
        xmlCtxtReadMemory(parser, text.ptr, (int)text.len, NULL, "UTF-8",
                          XML_PARSE_RECOVER | XML_PARSE_NONET | XML_PARSE_NOERROR |
                              XML_PARSE_NOWARNING | XML_PARSE_IGNORE_ENC | XML_PARSE_NOCDATA);
    *whole = parser->wellFormed != 0;
    xmlFreeParserCtxt(parser);
    return doc;
}

/* Of what isn't well-formed the parser makes what it can, and an element that isn't closed swallows all the items behind
 * it. So each is read on its own, within the elements that they stand in. */
static void read_apart(struct state *s, struct slice text)
{
    size_t count = portions_count_feed(text);
    s->apart = feed_broken_open(text, s->head.arena, &s->broken) &&
               count * s->broken.around.len <= text.len * APART_MOST;
    if (s->apart) {
        s->count = count;
    }
}

/* NULL: nothing can be made of it. */
static xmlNodePtr next_apart(struct state *s, struct arena *arena, struct err *e)
{
    bool whole;
    struct slice xml = SLICE_NONE;
    bool found = feed_broken_next(&s->broken, arena, &xml);
    xmlFreeDoc(s->doc);
    s->doc = found && slice_present(xml) ? parse_xml(xml, &whole) : NULL;
    s->items.count = 0;
    xmlNodePtr root = s->doc ? xmlDocGetRootElement(s->doc) : NULL;
    if (!root || collect(s, root, e) || s->items.count == 0) {
        err_set(e, RC_INVALID, "the item can't be read: it is no XML");
        return NULL;
    }
    if (s->broken.cut) {
        err_set(e, RC_INVALID, "the feed ends within this item: it was cut");
        return NULL;
    }
    return s->items.items[0];
}

static enum rc parse(struct state *s, struct slice bytes, struct err *e)
{
    struct charset_text decoded;
    enum rc rc = html_charset_decode(bytes, s->hints, s->head.arena, &decoded, e);
    if (rc) {
        return rc;
    }
    struct slice text = feed_mend(slice_trim(decoded.text), s->head.arena);
    if (!slice_present(text)) {
        return err_nomem(e);
    }
    xml_guard();
    bool whole = true;
    s->doc = parse_xml(text, &whole);
    xmlNodePtr root = s->doc ? xmlDocGetRootElement(s->doc) : NULL;
    bool feed = root && (feed_is_named(root, "rss") || feed_is_named(root, "rdf") ||
                         feed_is_named(root, "feed") || feed_is_named(root, "channel") ||
                         feed_is_named(root, "entry"));
    if (!feed) {
        return err_set(e, RC_INVALID, "the XML is neither RSS nor Atom%s%.40s",
                       root ? ": its root is " : "", root ? (const char *)root->name : "");
    }
    if (feed_is_named(root, "entry")) {
        s->count = 1;
        return add_item(s, root) ? RC_OK : err_nomem(e);
    }
    feed_head_read(&s->head, root);
    rc = collect(s, root, e);
    s->count = s->items.count;
    if (rc == RC_OK && !whole) {
        read_apart(s, text);
    }
    return rc;
}

void feed_xml_close(void *state)
{
    struct state *s = state;
    xmlFreeDoc(s->doc);
    arena_free(s->head.arena);
    free(s->items.items);
    free(s);
}

enum rc feed_xml_open(struct slice bytes, const struct ingest_hints *hints, void **state,
                      struct err *e)
{
    struct state *s = calloc(1, sizeof *s);
    if (!s || !(s->head.arena = arena_new(0))) {
        free(s);
        return err_nomem(e);
    }
    s->hints = hints;
    enum rc rc = parse(s, bytes, e);
    if (rc) {
        feed_xml_close(s);
        return rc;
    }
    *state = s;
    return RC_OK;
}

enum rc feed_xml_next(void *state, struct arena *arena, struct document **out, struct err *e)
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
    struct feed_item *item = ARENA_NEW(arena, struct feed_item);
    struct document *document = ARENA_NEW(arena, struct document);
    if (!item || !document) {
        return err_nomem(e);
    }
    xmlNodePtr node = s->apart ? next_apart(s, arena, e) : s->items.items[index];
    if (node) {
        feed_item_read(&s->head, arena, node, item);
    }
    enum rc rc = node ? feed_document(item, s->hints, arena, document, e) : RC_INVALID;
    if (rc) {
        err_where(e, "item %zu", s->hints->items_before + index + 1);
        return rc;
    }
    *out = document;
    return RC_OK;
}

bool feed_xml_sniff(struct slice head)
{
    static const char *const roots[] = {"<rss", "<rdf:RDF", "<feed", "<channel", "<entry"};
    struct slice s = slice_trim(head);
    s = slice_starts(s, SLICE("\xEF\xBB\xBF")) ? slice_trim(slice_of(s.ptr + 3, s.len - 3)) : s;
    for (size_t at = 0; at < s.len && at < 4096;) {
        const char *open = memchr(s.ptr + at, '<', s.len - at);
        if (at == 0 && (!open || open != s.ptr)) {
            return false;
        }
        if (!open) {
            return false;
        }
        at = (size_t)(open - s.ptr);
        struct slice rest = slice_of(open, s.len - at);
        if (rest.len > 1 && rest.ptr[1] != '?' && rest.ptr[1] != '!') {
            for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++) {
                size_t len = strlen(roots[i]);
                if (rest.len > len && strncasecmp(rest.ptr, roots[i], len) == 0 &&
                    strchr(" \t\r\n>", rest.ptr[len])) {
                    return true;
                }
            }
            return memchr(rest.ptr, ':', rest.len < 20 ? rest.len : 20) &&
                   slice_find(slice_of(rest.ptr, rest.len < 20 ? rest.len : 20), SLICE(":feed"),
                              0) != SIZE_MAX;
        }
        size_t end =
            slice_find(s, slice_starts(rest, SLICE("<!--")) ? SLICE("-->") : SLICE(">"), at);
        at = end == SIZE_MAX ? s.len : end + 1;
    }
    return false;
}

size_t feed_xml_count(void *state)
{
    const struct state *s = state;
    return s->count;
}
