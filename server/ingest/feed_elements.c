/* What the elements of a feed in XML say. */
#include "ingest/feed_elements.h"

#include <stdio.h>
#include <strings.h>

#define ITEM_NODES_MOST 2000 /* children of one item that are looked at */

/* Namespaces by what they are, whatever prefix a feed gives them. */
static const struct {
    const char *piece; /* of the address */
    const char *prefix;
} namespaces[] = {
    {"purl.org/rss/1.0/modules/content", "content"},
    {"purl.org/dc/terms", "dcterms"},
    {"purl.org/dc/", "dc"},
    {"search.yahoo.com/mrss", "media"},
    {"itunes.com/dtds", "itunes"},
    {"rssnamespace.org/feedburner", "feedburner"},
    {"www.w3.org/2005/Atom", ""},
    {"purl.org/atom/ns", ""},
    {"purl.org/rss/1.0/", ""},
    {"my.netscape.com", ""},
    {"channel.netscape.com", ""},
    {"backend.userland.com", ""},
    {"www.w3.org/1999/xhtml", "xhtml"},
};

enum form {
    FORM_TEXT,
    FORM_MARKUP,
    FORM_HREF,
    FORM_URL,
    FORM_PERSON,
    FORM_CATEGORY,
    FORM_GUID,
    FORM_CONTENT
};

enum target { TO_VALUE, TO_AUTHORS, TO_CATEGORIES };

static const struct row {
    const char *name;
    enum target target;
    enum feed_field field;
    enum form form;
    uint8_t rank;
} rows[] = {
    {"title", TO_VALUE, FEED_TITLE, FORM_MARKUP, 1},
    {"dc:title", TO_VALUE, FEED_TITLE, FORM_MARKUP, 2},
    {"media:title", TO_VALUE, FEED_TITLE, FORM_MARKUP, 3},
    {"itunes:title", TO_VALUE, FEED_TITLE, FORM_MARKUP, 4},
    {"link", TO_VALUE, FEED_LINK, FORM_HREF, 2},
    {"feedburner:origLink", TO_VALUE, FEED_LINK, FORM_TEXT, 1},
    {"guid", TO_VALUE, FEED_ID, FORM_GUID, 1},
    {"id", TO_VALUE, FEED_ID, FORM_GUID, 1},
    {"dc:identifier", TO_VALUE, FEED_ID, FORM_TEXT, 2},
    {"content:encoded", TO_VALUE, FEED_CONTENT, FORM_MARKUP, 1},
    {"encoded", TO_VALUE, FEED_CONTENT, FORM_MARKUP, 1},
    {"content", TO_VALUE, FEED_CONTENT, FORM_CONTENT, 2},
    {"xhtml:body", TO_VALUE, FEED_CONTENT, FORM_MARKUP, 3},
    {"body", TO_VALUE, FEED_CONTENT, FORM_MARKUP, 3},
    {"fullitem", TO_VALUE, FEED_CONTENT, FORM_MARKUP, 4},
    {"description", TO_VALUE, FEED_SUMMARY, FORM_MARKUP, 1},
    {"summary", TO_VALUE, FEED_SUMMARY, FORM_CONTENT, 1},
    {"tagline", TO_VALUE, FEED_SUMMARY, FORM_MARKUP, 2},
    {"dc:description", TO_VALUE, FEED_SUMMARY, FORM_MARKUP, 3},
    {"itunes:summary", TO_VALUE, FEED_SUMMARY, FORM_MARKUP, 4},
    {"media:description", TO_VALUE, FEED_SUMMARY, FORM_MARKUP, 5},
    {"pubDate", TO_VALUE, FEED_PUBLISHED, FORM_TEXT, 1},
    {"published", TO_VALUE, FEED_PUBLISHED, FORM_TEXT, 1},
    {"issued", TO_VALUE, FEED_PUBLISHED, FORM_TEXT, 1},
    {"dc:date", TO_VALUE, FEED_PUBLISHED, FORM_TEXT, 2},
    {"dcterms:issued", TO_VALUE, FEED_PUBLISHED, FORM_TEXT, 2},
    {"created", TO_VALUE, FEED_PUBLISHED, FORM_TEXT, 3},
    {"dcterms:created", TO_VALUE, FEED_PUBLISHED, FORM_TEXT, 3},
    {"updated", TO_VALUE, FEED_MODIFIED, FORM_TEXT, 1},
    {"modified", TO_VALUE, FEED_MODIFIED, FORM_TEXT, 1},
    {"dcterms:modified", TO_VALUE, FEED_MODIFIED, FORM_TEXT, 2},
    {"dc:language", TO_VALUE, FEED_LANG, FORM_TEXT, 1},
    {"enclosure", TO_VALUE, FEED_IMAGE, FORM_URL, 3},
    {"media:content", TO_VALUE, FEED_IMAGE, FORM_URL, 1},
    {"media:thumbnail", TO_VALUE, FEED_IMAGE, FORM_URL, 2},
    {"itunes:image", TO_VALUE, FEED_IMAGE, FORM_HREF, 4},
    {"author", TO_AUTHORS, FEED_FIELDS, FORM_PERSON, 1},
    {"dc:creator", TO_AUTHORS, FEED_FIELDS, FORM_PERSON, 2},
    {"dc:author", TO_AUTHORS, FEED_FIELDS, FORM_PERSON, 2},
    {"itunes:author", TO_AUTHORS, FEED_FIELDS, FORM_PERSON, 3},
    {"category", TO_CATEGORIES, FEED_FIELDS, FORM_CATEGORY, 1},
    {"dc:subject", TO_CATEGORIES, FEED_FIELDS, FORM_CATEGORY, 1},
};

/* ---- names and texts */

bool feed_is_named(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcasecmp((const char *)node->name, name) == 0;
}

/* "content:encoded", "title": by namespace when it has one, else as written. */
static void name_of(const xmlNode *node, char out[48])
{
    const char *local = (const char *)node->name, *prefix = "";
    if (node->ns && node->ns->href) {
        prefix = node->ns->prefix ? (const char *)node->ns->prefix : "";
        for (size_t i = 0; i < sizeof namespaces / sizeof namespaces[0]; i++) {
            if (strstr((const char *)node->ns->href, namespaces[i].piece)) {
                prefix = namespaces[i].prefix;
                break;
            }
        }
    }
    snprintf(out, 48, "%s%s%s", prefix, prefix[0] ? ":" : "", local);
}

static struct slice attribute(struct arena *arena, xmlNodePtr node, const char *name)
{
    xmlChar *value = xmlGetNoNsProp(node, (const xmlChar *)name);
    struct slice copy = value ? arena_copy(arena, slice_cstr((const char *)value)) : SLICE_NONE;
    xmlFree(value);
    return copy;
}

static bool has_elements(const xmlNode *node)
{
    for (const xmlNode *child = node->children; child; child = child->next) {
        if (child->type == XML_ELEMENT_NODE) {
            return true;
        }
    }
    return false;
}

static struct slice text_inside(struct arena *arena, xmlNodePtr node)
{
    xmlChar *value = xmlNodeGetContent(node);
    struct slice copy = value ? arena_copy(arena, slice_cstr((const char *)value)) : SLICE_NONE;
    xmlFree(value);
    return copy;
}

/* Text, or the markup of what is inside (Atom's xhtml, sloppy descriptions). */
static struct slice markup_inside(struct arena *arena, xmlNodePtr node)
{
    if (!has_elements(node)) {
        return text_inside(arena, node);
    }
    xmlBufferPtr buffer = xmlBufferCreate();
    for (xmlNodePtr child = node->children; buffer && child; child = child->next) {
        xmlNodeDump(buffer, child->doc, child, 0, 0);
    }
    struct slice copy =
        buffer ? arena_copy(arena, slice_cstr((const char *)xmlBufferContent(buffer))) : SLICE_NONE;
    xmlBufferFree(buffer);
    return copy;
}

/* "jane@e.example (Jane Doe)", "Jane Doe <jane@e.example>", <author><name>Jane Doe</name>…: the name. */
static struct slice person_in(struct arena *arena, xmlNodePtr node)
{
    for (xmlNodePtr child = node->children; child; child = child->next) {
        if (child->type == XML_ELEMENT_NODE && strcasecmp((const char *)child->name, "name") == 0) {
            return text_inside(arena, child);
        }
    }
    if (has_elements(node)) {
        return SLICE_NONE;
    }
    struct slice text = text_inside(arena, node);
    text = slice_present(text) ? slice_trim(text) : SLICE("");
    const char *open = memchr(text.ptr, '(', text.len), *at = memchr(text.ptr, '@', text.len);
    const char *angle = memchr(text.ptr, '<', text.len);
    if (at && open && at < open && text.ptr[text.len - 1] == ')') {
        return slice_of(open + 1, (size_t)(text.ptr + text.len - 2 - open));
    }
    if (at && (angle || open)) {
        const char *cut = angle && (!open || angle < open) ? angle : open;
        return slice_trim(slice_of(text.ptr, (size_t)(cut - text.ptr)));
    }
    bool address = at && !memchr(text.ptr, ' ', text.len);
    return address ? SLICE_NONE : text;
}

/* ---- one element of an item */

static struct slice link_in(struct arena *arena, xmlNodePtr node)
{
    struct slice href = attribute(arena, node, "href"), rel = attribute(arena, node, "rel");
    if (slice_present(href)) {
        return !slice_present(rel) || slice_is(rel, "alternate") ? href : SLICE_NONE;
    }
    return text_inside(arena, node);
}

static struct slice picture_in(struct arena *arena, xmlNodePtr node)
{
    struct slice type = attribute(arena, node, "type"), medium = attribute(arena, node, "medium");
    bool thumbnail = strcasecmp((const char *)node->name, "thumbnail") == 0;
    bool image = thumbnail || (slice_present(type) && slice_starts(type, SLICE("image/"))) ||
                 (slice_present(medium) && slice_is(medium, "image"));
    return image ? attribute(arena, node, "url") : SLICE_NONE;
}

static struct slice category_in(struct arena *arena, xmlNodePtr node)
{
    struct slice label = attribute(arena, node, "label"), term = attribute(arena, node, "term");
    return slice_present(label) ? label : slice_present(term) ? term : text_inside(arena, node);
}

static struct slice read_form(struct arena *arena, xmlNodePtr node, enum form form)
{
    switch (form) {
    case FORM_MARKUP:
    case FORM_CONTENT:
        return markup_inside(arena, node);
    case FORM_HREF:
        return link_in(arena, node);
    case FORM_URL:
        return picture_in(arena, node);
    case FORM_PERSON:
        return person_in(arena, node);
    case FORM_CATEGORY:
        return category_in(arena, node);
    case FORM_TEXT:
    case FORM_GUID:
        break;
    }
    return text_inside(arena, node);
}

/* A guid that is an address stands in for a missing link. */
static void offer_guid(struct feed_item *item, struct arena *arena, xmlNodePtr node,
                       struct slice text)
{
    struct slice permanent = attribute(arena, node, "isPermaLink");
    bool address = slice_present(text) && slice_starts(slice_trim(text), SLICE("http"));
    if (address && !(slice_present(permanent) && slice_is(permanent, "false"))) {
        feed_offer(item, FEED_LINK, text, 9);
    }
}

static void read_element(struct arena *arena, xmlNodePtr node, struct feed_item *item)
{
    char name[48];
    name_of(node, name);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        if (strcasecmp(row->name, name) != 0) {
            continue;
        }
        struct slice text = read_form(arena, node, row->form);
        if (row->form == FORM_GUID) {
            offer_guid(item, arena, node, text);
        }
        if (row->target == TO_AUTHORS) {
            feed_list_offer(&item->authors, text, row->rank);
        } else if (row->target == TO_CATEGORIES) {
            feed_list_offer(&item->categories, text, row->rank);
        } else {
            bool again = row->form == FORM_HREF && row->field == FEED_LINK &&
                         item->values[FEED_LINK].rank == row->rank && slice_present(text) &&
                         feed_is_named(node->parent, "item");
            if (again) { /* of an RSS item's several links the last one counts, as in other readers */
                item->values[FEED_LINK].rank = 0;
            }
            bool before =
                item->values[row->field].rank != 0 && item->values[row->field].rank <= row->rank;
            feed_offer(item, row->field, text, row->rank);
            struct slice type = attribute(arena, node, "type");
            if (!before && slice_present(type) && slice_is(type, "text")) {
                item->values[row->field].plain = true;
            }
        }
        return;
    }
}

void feed_item_read(struct feed_head *s, struct arena *arena, xmlNodePtr node,
                    struct feed_item *item)
{
    int left = ITEM_NODES_MOST;
    for (xmlNodePtr child = node->children; child && left-- > 0; child = child->next) {
        if (child->type == XML_ELEMENT_NODE) {
            read_element(arena, child, item);
        }
    }
    xmlChar *base = xmlNodeGetBase(node->doc, node);
    struct slice near = base ? arena_copy(arena, slice_cstr((const char *)base)) : SLICE_NONE;
    xmlFree(base);
    item->base = slice_present(near) && near.len > 0 ? near : s->link;
    feed_offer(item, FEED_LANG, s->lang, 9);
    feed_offer(item, FEED_SOURCE, s->title, 9);
    if (item->authors.count == 0) {
        item->authors = s->authors;
    }
}

/* ---- the feed */

void feed_head_read(struct feed_head *s, xmlNodePtr parent)
{
    struct feed_item head = {.base = SLICE_NONE};
    char name[48];
    bool atom = strcasecmp((const char *)parent->name, "feed") == 0;
    for (xmlNodePtr child = parent->children; child; child = child->next) {
        if (child->type != XML_ELEMENT_NODE) {
            continue;
        }
        name_of(child, name);
        if (strcasecmp(name, "language") == 0) {
            feed_offer(&head, FEED_LANG, text_inside(s->arena, child), 1);
        } else if (strcasecmp(name, "item") != 0 && strcasecmp(name, "entry") != 0) {
            read_element(s->arena, child, &head);
        }
    }
    s->title = slice_present(s->title) ? s->title : head.values[FEED_TITLE].text;
    s->lang = slice_present(s->lang) ? s->lang : head.values[FEED_LANG].text;
    s->link = slice_present(s->link) ? s->link : head.values[FEED_LINK].text;
    if (!slice_present(s->lang)) {
        xmlChar *lang = xmlNodeGetLang(parent);
        s->lang = lang ? arena_copy(s->arena, slice_cstr((const char *)lang)) : SLICE_NONE;
        xmlFree(lang);
    }
    s->authors = atom ? head.authors : s->authors;
}
