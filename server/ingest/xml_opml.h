/* OPML: lists of feeds as readers exchange them.
 *
 * Shape:   every <outline> with an xmlUrl is a feed; the outlines around it are its folders ("Presse/Bretagne"). Writing
 *          gives OPML 2.0, folders one level deep.
 * Errors:  RC_INVALID for what is no OPML; RC_TOO_LARGE over OPML_FEEDS_MOST. Outlines whose xmlUrl is no address of http
 *          or https are left out and counted.
 * Memory:  what is read lives in the arena.
 * Safety:  as for feeds: no DTD, no entities, nothing is fetched.
 * Source:  http://opml.org/spec2.opml
 */
#ifndef GUILLEMET_INGEST_XML_OPML_H
#define GUILLEMET_INGEST_XML_OPML_H

#include "base/buf.h"
#include "ingest/ingest.h"

#define OPML_FEEDS_MOST 10000u
#define OPML_BYTES_MOST (16u * 1024u * 1024u)

struct opml_feed {
    struct slice url;                 /* of the feed */
    struct slice title, site, folder; /* absent when not told */
};

struct opml {
    struct opml_feed *items;
    size_t count, capacity;
    size_t left_out;
    struct slice title; /* of the list */
};

bool opml_sniff(struct slice head);
/* Of the hints: content_type, charset, content_encoding. */
enum rc opml_read(struct slice bytes, const struct ingest_hints *hints, struct arena *arena,
                  struct opml *out, struct err *e);
/* Appends; feeds of one folder should stand together. `created_ms` 0: not told. */
void opml_write(const struct opml *opml, int64_t created_ms, struct buf *out);

#endif
