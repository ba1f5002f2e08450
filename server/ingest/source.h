/* Inside of a source (ingest.h): what source.c and source_portions.c share. Internal to ingest/.
 *
 * Shape:   `bytes` are what is in memory of the input, from `at` on what is still to be read.
 */
#ifndef GUILLEMET_INGEST_SOURCE_H
#define GUILLEMET_INGEST_SOURCE_H

#include "base/buf.h"
#include "ingest/input.h"
#include "ingest/reader.h"

/* A longer feed or array isn't held whole: a DOM takes ten times its size. */
#define SOURCE_WHOLE_MOST (4u * 1024u * 1024u)

struct ingest_source {
    struct ingest_hints hints;
    const struct ingest_reader *reader;
    void *state; /* of the reader, NULL when it isn't open */
    bool opened; /* the whole input was given to the reader, or its portions are */

    struct slice bytes; /* what is in memory: all of it, or what was read of the stream */
    size_t at;          /* by line, in portions: where the next one starts in `bytes` */
    struct input input; /* what is still to be read; nothing when `bytes` are all */
    struct buf held;    /* backs `bytes` of what is read */
    size_t line, next_line;
    struct slice item; /* what the last document was made from */

    struct portions portions; /* kind PORTIONS_NONE: not read in portions */
    struct buf head,
        portion;        /* of a feed: what stands before its items, and that with some of them */
    size_t part;        /* portions so far */
    bool refused_first; /* the first portion is no feed: then none is */

    bool fault_due; /* of reading, once what came whole before it was handed out */

    struct reject_input *rejected; /* a line that holds a refused input, */
    struct ingest_source *inner;   /* which is walked over before the next line */
};

bool source_is_told_to_stop(const struct ingest_source *s);
/* Reads until so many bytes are in memory, or the input ends. */
enum rc source_fill(struct ingest_source *s, size_t most_bytes, struct err *e);
/* Throws away what was consumed of a stream: memory stays that of one line or portion. */
void source_compact(struct ingest_source *s);
void source_close_reader(struct ingest_source *s);

/* Looks at the first SOURCE_WHOLE_MOST bytes. */
enum rc source_goes_in_portions(struct ingest_source *s, bool *in_portions, struct err *e);
enum rc source_next_of_portion(struct ingest_source *s, struct arena *arena, struct document **out,
                               struct err *e);
/* Of a source of bytes, before the first was read. */
enum rc source_count_portions(struct ingest_source *s, size_t *total, struct err *e);

#endif
