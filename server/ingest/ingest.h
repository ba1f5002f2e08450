/* Bytes → documents → analysed, stored articles: the one public door of ingest/.
 *
 * Shape:   a reader turns one format into the one document model; ingest_readers() is the table that
 *          content types, file suffixes and sniffing choose from. A source walks over the documents of a
 *          stretch of bytes or of a stream (one for a text, many for an array or NDJSON). What happens
 *          to a document next is in pipeline.h; which article it is, in identity.h.
 * Units:   bytes in, bytes out; every span is in bytes of document.text.
 * Errors:  a bad item never ends a source: ingest_next reports it and goes on with the next one.
 *          err.field is the JSON pointer, err.where the byte, line or item.
 *          Of packed bytes (unpack.h) that end too early or are damaged, lines that came whole are documents, then
 *          comes the fault.
 * Memory:  documents live in the arena given to ingest_next: bytes and hints may go away.
 * Threads: a source belongs to one thread.
 */
#ifndef GUILLEMET_INGEST_INGEST_H
#define GUILLEMET_INGEST_INGEST_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "ingest/identity.h"
#include "ingest/pipeline.h"
#include "model/analysis.h"
#include "model/document.h"

struct ingest_archive;

/* What is known about bytes from outside them. All may be absent. */
struct ingest_hints {
    struct slice
        content_type;     /* "text/plain; charset=iso-8859-1" as received; wins over the name */
    struct slice charset; /* declared elsewhere; wins over content_type's parameter */
    struct slice name; /* file name: its suffix may choose the reader; "-" and absent say nothing */
    struct slice
        content_encoding; /* of bytes: "gzip", "zstd" (unpack.h); what isn't declared is sniffed */
    uint64_t unpacked_most_bytes; /* of packed bytes; 0: what the reader takes */
    /* Metadata that the format itself can't carry (query parameters, options). In JSON the document's
     * own fields win. */
    struct slice url, external_id, source, lang, title, section;
    struct slice published_at,
        modified_at; /* ISO 8601; a malformed one is RC_INVALID naming the field */
    /* Where to put what an export remembered (archive.h) of each document; NULL: don't trust the input with
     * that. A tombstone or a correction comes as an empty document with its archive->kind. */
    struct ingest_archive *archive;
    const volatile sig_atomic_t *stop; /* not 0: a stream ends where it was read to; may be NULL */
    bool rejects;        /* lines that hold a refused input (rejects.h) are read as that input */
    size_t items_before; /* of the same input: an item's number in err.where goes on from here */
};

/* NULL when no reader takes it; `e` then lists those that exist (RC_UNSUPPORTED). */
struct ingest_reader;
const struct ingest_reader *ingest_reader_find(const struct ingest_hints *hints, struct slice head,
                                               struct err *e);
const char *ingest_reader_name(const struct ingest_reader *reader);
/* True when a reader claims that file suffix (".txt"): which files of a directory are taken. */
bool ingest_takes_file(const char *name);
/* All of what bytes hold when they are packed (hints->content_encoding, or as sniffed), else the bytes themselves; at most
 * hints->unpacked_most_bytes. */
enum rc ingest_unpack(struct slice bytes, const struct ingest_hints *hints, struct arena *arena,
                      struct slice *out, struct err *e);
/* Whether input of that kind holds documents in any number: lines, feeds, and a JSON array. */
bool ingest_holds_many(const struct ingest_hints *hints, struct slice bytes);
/* The media types that are accepted, "text/plain, application/json, …": for 415 replies. */
const char *ingest_content_types(void);

/* Reads exactly one document out of bytes (what POST and PUT do). Several are RC_INVALID. */
enum rc ingest_read(struct slice bytes, const struct ingest_hints *hints, struct arena *arena,
                    struct document **out, struct err *e);

/* Many documents. Bytes, stream and what the hints point to must outlive the source; a stream is read from its
 * file descriptor (nothing may be buffered yet), in constant memory when it is NDJSON, a JSON array, RSS or Atom. */
struct ingest_source;
enum rc ingest_open_bytes(struct slice bytes, const struct ingest_hints *hints,
                          struct ingest_source **out, struct err *e);
enum rc ingest_open_stream(FILE *stream, const struct ingest_hints *hints,
                           struct ingest_source **out, struct err *e);
void ingest_close(struct ingest_source *source);
/* RC_OK with *out NULL at the end. Any other rc concerns this item alone; call again for the next. */
enum rc ingest_next(struct ingest_source *source, struct arena *arena, struct document **out,
                    struct err *e);
/* How many documents, good or bad, a source of bytes holds: asked before the first is read. Fails where the input as a
 * whole is no such thing (JSON that doesn't parse). */
enum rc ingest_total(struct ingest_source *source, size_t *total, struct err *e);
size_t ingest_line(
    const struct ingest_source *source); /* of the last item, from 1; 0: not by line */

/* What the last item was made from, valid until the next call: its line, its piece or all of the input; absent when that
 * wasn't read to its end. */
struct ingest_origin {
    struct slice bytes, content_type;
    const struct ingest_hints *hints;
    bool alone;  /* no other item is in these bytes */
    size_t part; /* of the input, from 1; 0: these bytes are all of it */
};
struct ingest_origin ingest_origin(const struct ingest_source *source);
/* How far the stream was read, in bytes of the file; 0 when it can't be told. */
uint64_t ingest_position(const struct ingest_source *source);

#endif
