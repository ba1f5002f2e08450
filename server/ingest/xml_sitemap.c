#include "ingest/xml_sitemap.h"

#include <libxml/xmlreader.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "ingest/feed_mend.h"
#include "ingest/html_charset.h"
#include "ingest/xml_guard.h"
#include "ingest/xml_url.h"
#include "text/dates.h"

#define VALUE_MOST 4096u /* bytes of one value: what is longer is no address and no title */
#define DEPTH_MOST 64

enum value {
    VALUE_NONE,
    VALUE_LOC,
    VALUE_LASTMOD,
    VALUE_TITLE,
    VALUE_DATE,
    VALUE_NAME,
    VALUE_LANG
};

/* What an element's text is: news' own elements by the piece of their namespace's address. */
static const struct {
    const char *name;
    bool news;
    enum value value;
} elements[] = {
    {"loc", false, VALUE_LOC},    {"lastmod", false, VALUE_LASTMOD},
    {"title", true, VALUE_TITLE}, {"publication_date", true, VALUE_DATE},
    {"name", true, VALUE_NAME},   {"language", true, VALUE_LANG},
};

struct reading {
    struct arena *arena;
    struct slice base;
    struct sitemap *out;
    struct sitemap_entry entry;
    bool within; /* an entry */
    bool failed; /* memory */
    enum value value;
    struct buf text;
};

/* ---- one entry */

static struct sitemap_moment moment(struct slice text)
{
    struct sitemap_moment m = {.present = false};
    m.present = dates_parse_iso(text, &m.time_ms, &m.date_only);
    return m;
}

static struct slice copy(struct reading *r, struct slice text)
{
    struct slice copied = arena_copy(r->arena, text);
    r->failed = r->failed || !slice_present(copied);
    return copied;
}

static void take_value(struct reading *r)
{
    struct slice text = slice_trim(buf_view(&r->text));
    struct sitemap_entry *entry = &r->entry;
    if (text.len == 0 || text.len > VALUE_MOST) {
        return;
    }
    switch (r->value) {
    case VALUE_LOC: /* of several (an image's is in another namespace) the first */
        if (!slice_present(entry->url)) {
            entry->url = xml_url_join(r->base, text, r->arena);
        }
        return;
    case VALUE_LASTMOD:
        entry->modified = moment(text);
        return;
    case VALUE_TITLE:
        entry->title = copy(r, text);
        return;
    case VALUE_DATE:
        entry->published = moment(text);
        return;
    case VALUE_NAME:
        entry->source = copy(r, text);
        return;
    case VALUE_LANG:
        entry->lang = copy(r, text);
        return;
    case VALUE_NONE:
        return;
    }
}

static void take_entry(struct reading *r)
{
    struct sitemap *out = r->out;
    const struct sitemap_entry *entry = &r->entry;
    if (!slice_present(entry->url) || out->count == SITEMAP_ENTRIES_MOST) {
        out->left_out++;
        return;
    }
    struct sitemap_entry *kept = ARENA_PUSH(r->arena, out);
    if (!kept) {
        r->failed = true;
        return;
    }
    *kept = *entry;
    out->news += slice_present(entry->title) || entry->published.present;
}

/* ---- the walk */

static const char *local_name(xmlTextReaderPtr reader)
{
    const xmlChar *name = xmlTextReaderConstLocalName(reader);
    return name ? (const char *)name : "";
}

static bool is_entry(const char *name)
{
    return strcasecmp(name, "url") == 0 || strcasecmp(name, "sitemap") == 0;
}

/* A prefix that nothing declares stays part of the name. */
static enum value value_of(xmlTextReaderPtr reader, const char *name)
{
    const char *space = (const char *)xmlTextReaderConstNamespaceUri(reader);
    const char *colon = strchr(name, ':');
    bool news = space ? strstr(space, "sitemap-news") != NULL : strncmp(name, "news:", 5) == 0;
    bool own = space ? strstr(space, "schemas/sitemap/") != NULL : !colon;
    name = colon ? colon + 1 : name;
    for (size_t i = 0; (news || own) && i < sizeof elements / sizeof elements[0]; i++) {
        if (elements[i].news == news && strcasecmp(elements[i].name, name) == 0) {
            return elements[i].value;
        }
    }
    return VALUE_NONE;
}

static void begin_element(struct reading *r, xmlTextReaderPtr reader)
{
    const char *name = local_name(reader);
    if (!r->within && is_entry(name)) {
        r->within = !xmlTextReaderIsEmptyElement(reader);
        r->entry = (struct sitemap_entry){.url = SLICE_NONE};
        return;
    }
    r->value = r->within ? value_of(reader, name) : VALUE_NONE;
    if (xmlTextReaderIsEmptyElement(reader)) {
        r->value = VALUE_NONE;
    }
    buf_clear(&r->text);
}

static void end_element(struct reading *r, xmlTextReaderPtr reader)
{
    if (r->value != VALUE_NONE) {
        take_value(r);
        r->value = VALUE_NONE;
    } else if (r->within && is_entry(local_name(reader))) {
        take_entry(r);
        r->within = false;
    }
}

static void take_text(struct reading *r, xmlTextReaderPtr reader)
{
    const char *text = (const char *)xmlTextReaderConstValue(reader);
    if (r->value != VALUE_NONE && text && r->text.len <= VALUE_MOST) {
        buf_text(&r->text, text);
        r->failed = r->failed || r->text.failed;
    }
}

static bool begin_root(struct reading *r, xmlTextReaderPtr reader)
{
    const char *name = local_name(reader);
    r->out->is_index = strcasecmp(name, "sitemapindex") == 0;
    return r->out->is_index || strcasecmp(name, "urlset") == 0;
}

/* False: the root is something else. */
static bool walk(struct reading *r, xmlTextReaderPtr reader)
{
    bool rooted = false;
    while (!r->failed && xmlTextReaderRead(reader) == 1) {
        int type = xmlTextReaderNodeType(reader);
        if (xmlTextReaderDepth(reader) > DEPTH_MOST) {
            break;
        }
        if (type == XML_READER_TYPE_ELEMENT && !rooted) {
            rooted = begin_root(r, reader);
            if (!rooted) {
                return false;
            }
        } else if (type == XML_READER_TYPE_ELEMENT) {
            begin_element(r, reader);
        } else if (type == XML_READER_TYPE_END_ELEMENT) {
            end_element(r, reader);
        } else if (type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_CDATA) {
            take_text(r, reader);
        }
    }
    return rooted;
}

static enum rc read_xml(struct reading *r, struct slice text, struct err *e)
{
    struct slice mended = feed_mend(text, r->arena);
    if (!slice_present(mended)) {
        return err_nomem(e);
    }
    xml_guard();
    xmlTextReaderPtr reader =
        xmlReaderForMemory(mended.ptr, (int)mended.len, NULL, "UTF-8",
                           XML_PARSE_RECOVER | XML_PARSE_NONET | XML_PARSE_NOERROR |
                               XML_PARSE_NOWARNING | XML_PARSE_IGNORE_ENC);
    if (!reader) {
        return err_nomem(e);
    }
    buf_init(&r->text);
    bool rooted = walk(r, reader);
    buf_done(&r->text);
    xmlFreeTextReader(reader);
    if (r->failed) {
        return err_nomem(e);
    }
    return rooted ? RC_OK
                  : err_set(e, RC_INVALID, "it is no sitemap: neither <urlset> nor <sitemapindex>");
}

/* ---- a text of addresses */

static bool is_address(struct slice line)
{
    return (line.len > 8 && strncasecmp(line.ptr, "https://", 8) == 0) ||
           (line.len > 7 && strncasecmp(line.ptr, "http://", 7) == 0);
}

static enum rc read_lines(struct reading *r, struct slice text, struct err *e)
{
    while (slice_present(text) && !r->failed) {
        struct slice line = slice_trim(slice_cut(&text, '\n'));
        if (line.len > 0) {
            r->entry = (struct sitemap_entry){
                .url = is_address(line) ? xml_url_join(SLICE_NONE, line, r->arena) : SLICE_NONE};
            take_entry(r);
        }
    }
    return r->failed ? err_nomem(e) : RC_OK;
}

/* ---- the door */

static struct slice after_mark(struct slice s)
{
    return slice_starts(s, SLICE("\xEF\xBB\xBF")) ? slice_of(s.ptr + 3, s.len - 3) : s;
}

bool sitemap_sniff(struct slice head)
{
    struct slice s = slice_trim(after_mark(head));
    struct slice start = slice_of(s.ptr, s.len < 4096 ? s.len : 4096);
    return s.len > 0 && s.ptr[0] == '<' &&
           (slice_find(start, SLICE("<urlset"), 0) != SIZE_MAX ||
            slice_find(start, SLICE("<sitemapindex"), 0) != SIZE_MAX);
}

enum rc sitemap_read(struct slice bytes, const struct ingest_hints *hints, struct arena *arena,
                     struct sitemap *out, struct err *e)
{
    struct charset_text decoded;
    struct ingest_hints known = *hints;
    struct sitemap result = {.items = NULL};
    struct reading r = {.arena = arena, .base = hints->url, .out = &result};
    if (known.unpacked_most_bytes == 0) {
        known.unpacked_most_bytes = SITEMAP_BYTES_MOST;
    }
    enum rc rc = ingest_unpack(bytes, &known, arena, &bytes, e);
    if (rc == RC_OK && bytes.len > SITEMAP_BYTES_MOST) {
        rc = err_set(e, RC_TOO_LARGE, "a sitemap has at most 50 MB");
    }
    rc = rc ? rc : html_charset_decode(bytes, &known, arena, &decoded, e);
    if (rc) {
        return rc;
    }
    struct slice text = slice_trim(decoded.text);
    rc = is_address(text) ? read_lines(&r, text, e) : read_xml(&r, text, e);
    if (rc == RC_OK) {
        *out = result;
    }
    return rc;
}
