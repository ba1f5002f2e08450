/* Which article a document is, and which version of it.
 *
 * Shape:  the key is the canonical URL (levelled), else the submitted external id, else the text itself; the public id
 *         is a hash of kind and key, so it is the same on every machine. The revision hash covers
 *         everything that was submitted but not when it was fetched.
 * Memory: slices live in the arena or borrow from the document.
 */
#ifndef GUILLEMET_INGEST_IDENTITY_H
#define GUILLEMET_INGEST_IDENTITY_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "model/document.h"
#include "text/digest.h"

struct identity {
    uint64_t id;      /* digest_article_id(kind, key) */
    const char *kind; /* "url", "external_id" or "content" */
    struct slice key;
    struct slice canonical_url; /* absent when the document has no URL */
    struct slice sent_url;  /* as sent, when its key is the same: an archive whose canonical URLs
                                 * were levelled less knows the article by it. Else absent */
    struct digest content;  /* of the text */
    struct digest revision; /* of the document whole, without fetch time */
};

/* The publisher's address without what readers bring along: host in ASCII and lower case, no default port, fragment, tracking
 * parameter, mobile or AMP label, ending or cache; escapes levelled. It can be opened. RC_INVALID when `url`
 * isn't an absolute http(s) URL. */
enum rc identity_canonical_url(struct slice url, struct arena *arena, struct slice *out,
                               struct err *e);
/* What the id is made of: as above, and https, no "www.", slash or index.html at the end, parameters by name. */
enum rc identity_url_key(struct slice canonical_url, struct arena *arena, struct slice *out,
                         struct err *e);
/* Readers have already canonicalised document.canonical_url. */
enum rc identity_of(const struct document *document, struct arena *arena, struct identity *out,
                    struct err *e);

#endif
