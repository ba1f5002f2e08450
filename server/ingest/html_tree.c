#include "ingest/html_tree.h"

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>

#include "ingest/xml_bound.h"
#include "ingest/xml_guard.h"
#include "text/utf8.h"

#define ATTRIBUTES_MOST 64u /* of one element: nobody writes more */

static const struct {
    const char *name;
    unsigned traits;
} tags[] = {[TAG_TEXT] = {"", HTML_PHRASING},
            [TAG_OTHER] = {"", HTML_PHRASING},
#define TAG_ROW(id, name_, traits_) [TAG_##id] = {name_, traits_},
            HTML_TAGS(TAG_ROW)
#undef TAG_ROW
};

unsigned html_tree_traits(uint16_t tag)
{
    return tags[tag].traits;
}

static uint16_t tag_of(const char *name)
{
    size_t low = TAG_OTHER + 1, high = TAG_COUNT;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(name, tags[middle].name);
        if (order == 0) {
            return (uint16_t)middle;
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return TAG_OTHER;
}

/* ---- building, from libxml2's events */

struct builder {
    struct html_tree *tree;
    htmlParserCtxtPtr parser;
    uint32_t open; /* the innermost open node */
    unsigned depth;
    size_t room; /* of the text that is being read: it comes in pieces */
    enum rc rc;
};

static void stop(struct builder *b, enum rc rc)
{
    if (b->rc == RC_OK) {
        b->rc = rc;
    }
    xmlStopParser(b->parser);
}

static struct html_node *push_node(struct builder *b, uint16_t tag)
{
    struct html_tree *tree = b->tree;
    if (tree->nodes.count >= HTML_NODES_MOST) {
        stop(b, RC_TOO_LARGE);
        return NULL;
    }
    struct html_node *node = ARENA_PUSH(tree->arena, &tree->nodes);
    if (!node) {
        stop(b, RC_NOMEM);
        return NULL;
    }
    node->tag = tag;
    node->parent = b->open;
    node->end = (uint32_t)tree->nodes.count;
    node->attribute = (uint32_t)tree->attributes.count;
    return node;
}

static bool push_attributes(struct builder *b, struct html_node *node, const xmlChar **given)
{
    struct arena *arena = b->tree->arena;
    for (; given && given[0] && node->attribute_count < ATTRIBUTES_MOST; given += 2) {
        struct html_attribute *attribute = ARENA_PUSH(arena, &b->tree->attributes);
        if (!attribute) {
            return false;
        }
        attribute->name = arena_copy(arena, slice_cstr((const char *)given[0]));
        attribute->value =
            given[1] ? arena_copy(arena, slice_cstr((const char *)given[1])) : SLICE("");
        if (!slice_present(attribute->name) || !slice_present(attribute->value)) {
            return false;
        }
        node->attribute_count++;
    }
    return true;
}

static void on_start(void *context, const xmlChar *name, const xmlChar **attributes)
{
    struct builder *b = context;
    if (b->rc || b->tree->cut) {
        return;
    }
    if (b->depth >= HTML_DEPTH_MOST) {
        b->tree->cut = true;
        xmlStopParser(b->parser);
        return;
    }
    uint32_t index = (uint32_t)b->tree->nodes.count;
    struct html_node *node = push_node(b, tag_of((const char *)name));
    if (!node) {
        return;
    }
    if (!push_attributes(b, node, attributes)) {
        stop(b, RC_NOMEM);
        return;
    }
    b->open = index;
    b->depth++;
}

static void close_node(struct builder *b)
{
    struct html_node *node = &b->tree->nodes.items[b->open];
    node->end = (uint32_t)b->tree->nodes.count;
    b->open = node->parent;
    b->depth--;
}

static void on_end(void *context, const xmlChar *name)
{
    struct builder *b = context;
    (void)name; /* the parser balances them itself */
    if (b->rc == RC_OK && !b->tree->cut && b->depth > 0) {
        close_node(b);
    }
}

static void on_text(void *context, const xmlChar *text, int len)
{
    struct builder *b = context;
    if (b->rc || b->tree->cut || len <= 0) {
        return;
    }
    struct html_tree *tree = b->tree;
    size_t count = tree->nodes.count, added = (size_t)len;
    struct html_node *last = &tree->nodes.items[count - 1];
    bool goes_on = last->tag == TAG_TEXT && last->parent == b->open;
    if (!goes_on && !(last = push_node(b, TAG_TEXT))) {
        return;
    }
    size_t needed = last->text.len + added;
    char *grown = (char *)(uintptr_t)last->text.ptr;
    b->room = goes_on ? b->room : 0;
    if (needed > b->room) {
        b->room = needed > b->room * 2 ? needed : b->room * 2;
        grown = arena_grow(tree->arena, grown, last->text.len, b->room, 1);
    }
    if (!grown) {
        stop(b, RC_NOMEM);
        return;
    }
    memcpy(grown + last->text.len, text, added);
    last->text = slice_of(grown, last->text.len + added);
}

static enum rc parse(struct builder *b, struct slice page, struct err *e)
{
    xml_guard();
    page = xml_bound(page, true, b->tree->arena);
    if (!slice_present(page)) {
        return err_nomem(e);
    }
    htmlParserCtxtPtr parser = htmlCreateMemoryParserCtxt(page.ptr, (int)page.len);
    if (!parser) {
        return err_nomem(e);
    }
    xmlSAXHandler handler = {.startElement = on_start,
                             .endElement = on_end,
                             .characters = on_text,
                             .ignorableWhitespace = on_text,
                             .cdataBlock = on_text};
    b->parser = parser;
    *parser->sax = handler;
    parser->userData = b;
    htmlCtxtUseOptions(parser, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                   HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC);
    xmlSwitchEncoding(parser, XML_CHAR_ENCODING_UTF8);
    htmlParseDocument(parser);
    htmlFreeParserCtxt(parser);
    return RC_OK;
}

enum rc html_tree_parse(struct slice page, struct arena *arena, struct html_tree *out,
                        struct err *e)
{
    struct html_tree tree = {.arena = arena};
    struct builder b = {.tree = &tree};
    if (!push_node(&b, TAG_OTHER)) {
        return err_nomem(e);
    }
    enum rc rc = page.len > 0 ? parse(&b, page, e) : RC_OK;
    if (rc) {
        return rc;
    }
    while (b.depth > 0) { /* what a cut left open */
        close_node(&b);
    }
    tree.nodes.items[0].end = (uint32_t)tree.nodes.count;
    if (b.rc == RC_TOO_LARGE) {
        return err_set(e, RC_TOO_LARGE, "the page has more than %u elements", HTML_NODES_MOST);
    }
    if (b.rc) {
        return err_nomem(e);
    }
    *out = tree;
    return RC_OK;
}

/* ---- asking */

struct slice html_tree_attribute(const struct html_tree *tree, uint32_t n, const char *name)
{
    const struct html_node *node = html_tree_node(tree, n);
    for (uint32_t i = 0; i < node->attribute_count; i++) {
        const struct html_attribute *attribute = &tree->attributes.items[node->attribute + i];
        if (slice_is(attribute->name, name)) {
            return attribute->value;
        }
    }
    return SLICE_NONE;
}

uint32_t html_tree_child(const struct html_tree *tree, uint32_t n)
{
    return html_tree_node(tree, n)->end > n + 1 ? n + 1 : HTML_NO_NODE;
}

uint32_t html_tree_next(const struct html_tree *tree, uint32_t n)
{
    const struct html_node *node = html_tree_node(tree, n);
    if (n == 0 || node->end >= html_tree_node(tree, node->parent)->end) {
        return HTML_NO_NODE;
    }
    return node->end;
}

bool html_tree_within(const struct html_tree *tree, uint32_t n, enum html_tag tag)
{
    while (n != 0) {
        n = html_tree_node(tree, n)->parent;
        if (html_tree_node(tree, n)->tag == tag) {
            return true;
        }
    }
    return false;
}

struct slice html_tree_text(const struct html_tree *tree, uint32_t n)
{
    size_t most = 1;
    uint32_t end = html_tree_node(tree, n)->end;
    for (uint32_t i = n; i < end; i++) {
        most += html_tree_node(tree, i)->text.len + 1;
    }
    char *text = arena_alloc(tree->arena, most);
    size_t len = 0;
    for (uint32_t i = n; text && i < end;) {
        const struct html_node *node = html_tree_node(tree, i);
        if (i != n && (tags[node->tag].traits & HTML_SILENT)) {
            i = node->end;
            continue;
        }
        bool gap = (tags[node->tag].traits & HTML_BLOCK) || node->tag == TAG_BR;
        for (size_t at = 0; at < node->text.len || gap; at++) {
            char c = gap ? ' ' : node->text.ptr[at];
            bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
            if (!blank) {
                text[len++] = c;
            } else if (len > 0 && text[len - 1] != ' ') {
                text[len++] = ' ';
            }
            if (gap) {
                break;
            }
        }
        i++;
    }
    return text ? slice_trim(slice_of(text, len)) : SLICE_NONE;
}
