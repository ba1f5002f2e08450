/* One format's reader: a row of the table in reader.c.
 *
 * Shape:  `open` looks at the bytes once, `next` gives one document at a time (RC_OK with *out NULL at the
 *         end), `close` frees. A by_line reader is opened on each line of its input, and one with portions on each portion of
 *         a long one (portions.h): it counts the items in `where` from hints->items_before.
 * Memory: state is the reader's own; documents live whole in the arena given to next. The bytes and the hints
 *         outlive the state.
 */
#ifndef GUILLEMET_INGEST_READER_H
#define GUILLEMET_INGEST_READER_H

#include "ingest/ingest.h"
#include "ingest/portions.h"

struct ingest_reader {
    const char *name;
    const char
        *content_types[6];   /* lower case, without parameters; the first is the canonical one */
    const char *suffixes[6]; /* of files, with the dot */
    bool (*sniff)(struct slice head);
    bool by_line;
    enum portions_kind
        portions;      /* how an input of more than SOURCE_WHOLE_MOST bytes is read in portions */
    size_t most_bytes; /* of one input, or of one line or portion */
    enum rc (*open)(struct slice bytes, const struct ingest_hints *hints, void **state,
                    struct err *e);
    enum rc (*next)(void *state, struct arena *arena, struct document **out, struct err *e);
    void (*close)(void *state);
    bool many;                    /* one document or several: it says nothing of their number */
    size_t (*count)(void *state); /* of documents; NULL: one */
};

/* plain.c */
bool plain_sniff(struct slice head);
enum rc plain_open(struct slice bytes, const struct ingest_hints *hints, void **state,
                   struct err *e);
enum rc plain_next(void *state, struct arena *arena, struct document **out, struct err *e);
void plain_close(void *state);

/* jsondoc.c */
bool jsondoc_sniff(struct slice head);
bool jsondoc_sniff_lines(struct slice head);
enum rc jsondoc_open(struct slice bytes, const struct ingest_hints *hints, void **state,
                     struct err *e);
enum rc jsondoc_next(void *state, struct arena *arena, struct document **out, struct err *e);
void jsondoc_close(void *state);
size_t jsondoc_count(void *state);

/* html_reader.c */
bool html_sniff(struct slice head);
enum rc html_open(struct slice bytes, const struct ingest_hints *hints, void **state,
                  struct err *e);
enum rc html_next(void *state, struct arena *arena, struct document **out, struct err *e);
void html_close(void *state);

/* feed_xml.c */
bool feed_xml_sniff(struct slice head);
enum rc feed_xml_open(struct slice bytes, const struct ingest_hints *hints, void **state,
                      struct err *e);
enum rc feed_xml_next(void *state, struct arena *arena, struct document **out, struct err *e);
void feed_xml_close(void *state);
size_t feed_xml_count(void *state);

/* feed_json.c */
bool feed_json_sniff(struct slice head);
enum rc feed_json_open(struct slice bytes, const struct ingest_hints *hints, void **state,
                       struct err *e);
enum rc feed_json_next(void *state, struct arena *arena, struct document **out, struct err *e);
void feed_json_close(void *state);
size_t feed_json_count(void *state);

/* json_news.c */
bool json_news_sniff(struct slice head);
enum rc json_news_open(struct slice bytes, const struct ingest_hints *hints, void **state,
                       struct err *e);
enum rc json_news_next(void *state, struct arena *arena, struct document **out, struct err *e);
void json_news_close(void *state);
size_t json_news_count(void *state);

/* "text/plain" of "Text/Plain; charset=x" */
bool reader_type_is(struct slice content_type, const char *type);

#endif
