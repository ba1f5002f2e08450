#include "ingest/xml_opml.h"

#include <libxml/xmlreader.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "ingest/feed_mend.h"
#include "ingest/html_charset.h"
#include "ingest/xml_guard.h"
#include "ingest/xml_url.h"

#define DEPTH_MOST  32
#define FOLDER_MOST 512u
#define TITLE_MOST  512u

struct reading {
    struct arena *arena;
    struct opml *out;
    char folder[FOLDER_MOST];
    size_t folder_len[DEPTH_MOST + 1]; /* by depth: how much of `folder` is of outlines above */
    bool in_title;                     /* of the head */
    bool failed;
};

/* ---- reading */

static struct slice attribute(struct reading *r, xmlTextReaderPtr reader, const char *name)
{
    struct slice found = SLICE_NONE;
    for (int more = xmlTextReaderMoveToFirstAttribute(reader); more == 1;
         more = xmlTextReaderMoveToNextAttribute(reader)) {
        const char *own = (const char *)xmlTextReaderConstLocalName(reader);
        const char *value = (const char *)xmlTextReaderConstValue(reader);
        if (own && value && strcasecmp(own, name) == 0) {
            found = arena_copy(r->arena, slice_trim(slice_cstr(value)));
            r->failed = r->failed || !slice_present(found);
            break;
        }
    }
    xmlTextReaderMoveToElement(reader);
    return found.len > 0 ? found : SLICE_NONE;
}

static struct slice title_of(struct reading *r, xmlTextReaderPtr reader)
{
    struct slice title = attribute(r, reader, "title");
    title = slice_present(title) ? title : attribute(r, reader, "text");
    return title.len <= TITLE_MOST ? title : SLICE_NONE;
}

/* The folder of what stands below an outline at `depth`. */
static void enter_folder(struct reading *r, int depth, struct slice name)
{
    size_t len = r->folder_len[depth - 1];
    size_t slash = len > 0 ? 1 : 0;
    if (slice_present(name) && len + slash + name.len < FOLDER_MOST) {
        memcpy(r->folder + len, "/", slash);
        memcpy(r->folder + len + slash, name.ptr, name.len);
        len += slash + name.len;
    }
    r->folder_len[depth] = len;
}

static enum rc take_feed(struct reading *r, xmlTextReaderPtr reader, int depth,
                         struct slice address, struct err *e)
{
    struct opml_feed feed = {.url = xml_url_join(SLICE_NONE, address, r->arena)};
    if (!slice_present(feed.url)) {
        r->out->left_out++;
        return RC_OK;
    }
    if (r->out->count == OPML_FEEDS_MOST) {
        return err_set(e, RC_TOO_LARGE, "a list has at most %u feeds", OPML_FEEDS_MOST);
    }
    struct slice folder = slice_of(r->folder, r->folder_len[depth - 1]);
    feed.title = title_of(r, reader);
    feed.site = xml_url_join(SLICE_NONE, attribute(r, reader, "htmlUrl"), r->arena);
    feed.folder = folder.len > 0 ? arena_copy(r->arena, folder) : SLICE_NONE;
    struct opml_feed *kept = ARENA_PUSH(r->arena, r->out);
    if (kept) {
        *kept = feed;
    }
    r->failed = r->failed || !kept || (folder.len > 0 && !slice_present(feed.folder));
    return RC_OK;
}

static enum rc begin_element(struct reading *r, xmlTextReaderPtr reader, int depth, struct err *e)
{
    const char *name = (const char *)xmlTextReaderConstLocalName(reader);
    r->in_title = name && depth == 2 && strcasecmp(name, "title") == 0;
    if (!name || strcasecmp(name, "outline") != 0 || depth < 1) {
        return RC_OK;
    }
    struct slice address = attribute(r, reader, "xmlUrl");
    if (slice_present(address)) {
        r->folder_len[depth] = r->folder_len[depth - 1];
        return take_feed(r, reader, depth, address, e);
    }
    enter_folder(r, depth, title_of(r, reader));
    return RC_OK;
}

static enum rc walk(struct reading *r, xmlTextReaderPtr reader, struct err *e)
{
    bool rooted = false;
    enum rc rc = RC_OK;
    while (rc == RC_OK && !r->failed && xmlTextReaderRead(reader) == 1) {
        int type = xmlTextReaderNodeType(reader), depth = xmlTextReaderDepth(reader);
        const char *name = (const char *)xmlTextReaderConstLocalName(reader);
        if (depth > DEPTH_MOST) {
            return err_set(e, RC_INVALID, "its outlines are nested deeper than %d", DEPTH_MOST);
        }
        if (type == XML_READER_TYPE_ELEMENT && depth == 0) {
            rooted = name && strcasecmp(name, "opml") == 0;
        }
        if (type == XML_READER_TYPE_ELEMENT && rooted) {
            rc = begin_element(r, reader, depth, e);
        } else if (type == XML_READER_TYPE_END_ELEMENT) {
            r->in_title = false;
        } else if (type == XML_READER_TYPE_TEXT && r->in_title && !slice_present(r->out->title)) {
            r->out->title = arena_copy(
                r->arena, slice_trim(slice_cstr((const char *)xmlTextReaderConstValue(reader))));
        }
    }
    if (rc == RC_OK && r->failed) {
        return err_nomem(e);
    }
    return rc || rooted ? rc : err_set(e, RC_INVALID, "it is no OPML: its root isn't <opml>");
}

bool opml_sniff(struct slice head)
{
    struct slice start = slice_of(head.ptr, head.len < 4096 ? head.len : 4096);
    for (size_t at = 0; at + 6 < start.len; at++) {
        if (start.ptr[at] == '<' && strncasecmp(start.ptr + at, "<opml", 5) == 0 &&
            strchr(" \t\r\n>", start.ptr[at + 5])) {
            return true;
        }
    }
    return false;
}

enum rc opml_read(struct slice bytes, const struct ingest_hints *hints, struct arena *arena,
                  struct opml *out, struct err *e)
{
    struct charset_text decoded;
    struct ingest_hints known = *hints;
    struct opml result = {.items = NULL};
    struct reading r = {.arena = arena, .out = &result};
    known.unpacked_most_bytes = OPML_BYTES_MOST;
    enum rc rc = ingest_unpack(bytes, &known, arena, &bytes, e);
    if (rc == RC_OK && bytes.len > OPML_BYTES_MOST) {
        rc = err_set(e, RC_TOO_LARGE, "a list has at most 16 MB");
    }
    rc = rc ? rc : html_charset_decode(bytes, &known, arena, &decoded, e);
    if (rc) {
        return rc;
    }
    struct slice mended = feed_mend(slice_trim(decoded.text), arena);
    xml_guard();
    xmlTextReaderPtr reader =
        slice_present(mended)
            ? xmlReaderForMemory(mended.ptr, (int)mended.len, NULL, "UTF-8",
                                 XML_PARSE_RECOVER | XML_PARSE_NONET | XML_PARSE_NOERROR |
                                     XML_PARSE_NOWARNING | XML_PARSE_IGNORE_ENC)
            : NULL;
    if (!reader) {
        return err_nomem(e);
    }
    rc = walk(&r, reader, e);
    xmlFreeTextReader(reader);
    if (rc == RC_OK) {
        *out = result;
    }
    return rc;
}

/* ---- writing */

static void append_escaped(struct buf *out, struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        switch (text.ptr[i]) {
        case '&':
            buf_text(out, "&amp;");
            break;
        case '<':
            buf_text(out, "&lt;");
            break;
        case '>':
            buf_text(out, "&gt;");
            break;
        case '"':
            buf_text(out, "&quot;");
            break;
        default: /* control characters have no place in XML */
            buf_char(out, (unsigned char)text.ptr[i] < ' ' ? ' ' : text.ptr[i]);
        }
    }
}

static void append_attribute(struct buf *out, const char *name, struct slice value)
{
    if (slice_present(value)) {
        buf_printf(out, " %s=\"", name);
        append_escaped(out, value);
        buf_char(out, '"');
    }
}

static void append_feed(struct buf *out, const struct opml_feed *feed)
{
    struct slice title = slice_present(feed->title) ? feed->title : feed->url;
    buf_text(out,
             feed->folder.len > 0 ? "      <outline type=\"rss\"" : "    <outline type=\"rss\"");
    append_attribute(out, "text", title);
    append_attribute(out, "title", title);
    append_attribute(out, "xmlUrl", feed->url);
    append_attribute(out, "htmlUrl", feed->site);
    buf_text(out, "/>\n");
}

void opml_write(const struct opml *opml, int64_t created_ms, struct buf *out)
{
    struct slice folder = SLICE("");
    char created[32];
    buf_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n  <head>\n");
    if (slice_present(opml->title)) {
        buf_text(out, "    <title>");
        append_escaped(out, opml->title);
        buf_text(out, "</title>\n");
    }
    if (created_ms) {
        clock_format_http(created_ms, created);
        buf_printf(out, "    <dateCreated>%s</dateCreated>\n", created);
    }
    buf_text(out, "  </head>\n  <body>\n");
    for (size_t i = 0; i < opml->count; i++) {
        const struct opml_feed *feed = &opml->items[i];
        struct slice next = feed->folder.len > 0 ? feed->folder : SLICE("");
        if (!slice_equal(folder, next)) {
            buf_text(out, folder.len > 0 ? "    </outline>\n" : "");
            if (next.len > 0) {
                buf_text(out, "    <outline");
                append_attribute(out, "text", next);
                buf_text(out, ">\n");
            }
            folder = next;
        }
        append_feed(out, feed);
    }
    buf_text(out, folder.len > 0 ? "    </outline>\n" : "");
    buf_text(out, "  </body>\n</opml>\n");
}
