#include "ingest/reader.h"

#include "text/unpack.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* A JSON text may hold up to six bytes for each byte of the article ("\u0041"). */
#define JSON_MOST (DOCUMENT_TEXT_MOST * 6u)
/* Markup is many times the text. */
#define HTML_MOST (DOCUMENT_TEXT_MOST * 3u)
/* Held whole, at some ten times its size. */
#define FEED_MOST (DOCUMENT_TEXT_MOST * 4u)

/* In order of sniffing: the pickiest first, plain text takes the rest. */
static const struct ingest_reader readers[] = {
    {.name = "ndjson",
     .content_types = {"application/x-ndjson", "application/ndjson", "application/jsonl",
                       "application/json-lines"},
     .suffixes = {".ndjson", ".jsonl"},
     .sniff = jsondoc_sniff_lines,
     .by_line = true,
     .most_bytes = JSON_MOST,
     .open = jsondoc_open,
     .next = jsondoc_next,
     .close = jsondoc_close,
     .count = jsondoc_count},
    {.name = "jsonfeed",
     .content_types = {"application/feed+json"},
     .sniff = feed_json_sniff,
     .most_bytes = FEED_MOST,
     .open = feed_json_open,
     .next = feed_json_next,
     .close = feed_json_close,
     .many = true,
     .count = feed_json_count},
    {.name = "news-json",
     .content_types = {"application/ninjs+json", "application/ld+json"},
     .suffixes = {".ninjs", ".jsonld"},
     .sniff = json_news_sniff,
     .portions = PORTIONS_ARRAY,
     .most_bytes = JSON_MOST,
     .open = json_news_open,
     .next = json_news_next,
     .close = json_news_close,
     .count = json_news_count},
    {.name = "json",
     .content_types = {"application/json", "text/json"},
     .suffixes = {".json"},
     .sniff = jsondoc_sniff,
     .portions = PORTIONS_ARRAY,
     .most_bytes = JSON_MOST,
     .open = jsondoc_open,
     .next = jsondoc_next,
     .close = jsondoc_close,
     .count = jsondoc_count},
    {.name = "feed",
     .content_types = {"application/rss+xml", "application/atom+xml", "application/rdf+xml",
                       "application/xml", "text/xml"},
     .suffixes = {".rss", ".atom", ".xml", ".rdf"},
     .sniff = feed_xml_sniff,
     .portions = PORTIONS_FEED,
     .most_bytes = HTML_MOST, /* of an item */
     .open = feed_xml_open,
     .next = feed_xml_next,
     .close = feed_xml_close,
     .many = true,
     .count = feed_xml_count},
    {.name = "html",
     .content_types = {"text/html", "application/xhtml+xml"},
     .suffixes = {".html", ".htm", ".xhtml"},
     .sniff = html_sniff,
     .most_bytes = HTML_MOST,
     .open = html_open,
     .next = html_next,
     .close = html_close},
    {.name = "plain",
     .content_types = {"text/plain"},
     .suffixes = {".txt", ".text"},
     .sniff = plain_sniff,
     .most_bytes = DOCUMENT_TEXT_MOST * 4u, /* UTF-32 */
     .open = plain_open,
     .next = plain_next,
     .close = plain_close},
};
#define READER_COUNT (sizeof readers / sizeof readers[0])

bool reader_type_is(struct slice content_type, const char *type)
{
    struct slice head = content_type;
    head = slice_trim(slice_cut(&head, ';'));
    return head.len == strlen(type) && strncasecmp(head.ptr, type, head.len) == 0;
}

static const struct ingest_reader *by_type(struct slice content_type)
{
    for (size_t i = 0; i < READER_COUNT; i++) {
        for (const char *const *type = readers[i].content_types; *type; type++) {
            if (reader_type_is(content_type, *type)) {
                return &readers[i];
            }
        }
    }
    return NULL;
}

/* ".html.gz" is ".html". */
static const struct ingest_reader *by_suffix(struct slice file_name)
{
    struct slice name = unpack_strip_suffix(file_name);
    for (size_t i = 0; i < READER_COUNT; i++) {
        for (const char *const *suffix = readers[i].suffixes; *suffix; suffix++) {
            size_t len = strlen(*suffix);
            if (name.len > len && strncasecmp(name.ptr + name.len - len, *suffix, len) == 0) {
                return &readers[i];
            }
        }
    }
    return NULL;
}

static const struct ingest_reader *by_name(const char *name)
{
    for (size_t i = 0; i < READER_COUNT; i++) {
        if (strcmp(readers[i].name, name) == 0) {
            return &readers[i];
        }
    }
    return NULL;
}

/* A suffix such as ".json" or ".xml" says less than the first bytes: dumps of one value a line, feeds in JSON, XHTML
 * are often named so. */
static const struct ingest_reader *refine(const struct ingest_reader *reader, struct slice head)
{
    static const struct {
        const char *from, *to;
    } finer[] = {{"json", "ndjson"},
                 {"json", "jsonfeed"},
                 {"json", "news-json"},
                 {"feed", "html"},
                 {"html", "feed"}};
    for (size_t i = 0; i < sizeof finer / sizeof finer[0]; i++) {
        const struct ingest_reader *to =
            strcmp(reader->name, finer[i].from) == 0 ? by_name(finer[i].to) : NULL;
        if (to && to->sniff(head)) {
            return to;
        }
    }
    return reader;
}

const struct ingest_reader *ingest_reader_find(const struct ingest_hints *hints, struct slice head,
                                               struct err *e)
{
    if (slice_present(hints->content_type)) {
        const struct ingest_reader *reader = by_type(hints->content_type);
        if (!reader) {
            err_field(e, RC_UNSUPPORTED, "content-type", "no reader for \"%.*s\": send one of %s",
                      hints->content_type.len > 60 ? 60 : (int)hints->content_type.len,
                      hints->content_type.ptr, ingest_content_types());
        }
        return reader;
    }
    const struct ingest_reader *reader = slice_present(hints->name) ? by_suffix(hints->name) : NULL;
    if (reader) {
        return refine(reader, head);
    }
    for (size_t i = 0; i < READER_COUNT; i++) {
        if (readers[i].sniff(head)) {
            return &readers[i];
        }
    }
    return NULL; /* not reached: plain text takes everything */
}

const char *ingest_reader_name(const struct ingest_reader *reader)
{
    return reader->name;
}

bool ingest_holds_many(const struct ingest_hints *hints, struct slice bytes)
{
    struct err ignored;
    struct slice head = slice_trim(bytes);
    const struct ingest_reader *reader = ingest_reader_find(hints, head, &ignored);
    bool array = reader && reader->count && head.len > 0 && head.ptr[0] == '[';
    return reader && (reader->by_line || reader->many || array);
}

bool ingest_takes_file(const char *name)
{
    return by_suffix(slice_cstr(name)) != NULL;
}

const char *ingest_content_types(void)
{
    return "text/plain, text/html, application/rss+xml, application/atom+xml, "
           "application/feed+json, "
           "application/ninjs+json, application/ld+json, "
           "application/json, application/x-ndjson";
}
