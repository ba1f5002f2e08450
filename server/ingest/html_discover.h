/* Where a page says that its site's feeds and sitemaps are.
 *
 * Shape:   <link rel="alternate"> of a feed's media type comes first, then links that are called or look like feeds and
 *          lead to the same site; feeds of comments come last. Each address once. Whether there is a feed is for whoever
 *          fetches it to see.
 * Errors:  those of reading a page. None found is RC_OK.
 * Memory:  in the arena.
 * Safety:  nothing is fetched.
 */
#ifndef GUILLEMET_INGEST_HTML_DISCOVER_H
#define GUILLEMET_INGEST_HTML_DISCOVER_H

#include "ingest/ingest.h"

#define DISCOVER_MOST 64u

enum discover_kind { DISCOVER_FEED, DISCOVER_SITEMAP };

/* From the surest to the least sure. */
enum discover_sign { SIGN_LINK, SIGN_ANCHOR, SIGN_COMMENTS };

struct discover_hit {
    struct slice url, title; /* title absent: none */
    enum discover_kind kind;
    enum discover_sign sign;
};

struct discoveries {
    struct discover_hit *items; /* by sign, then as on the page */
    size_t count, capacity;
};

/* Of the hints: url (the page's address: relative ones start from there), content_type, charset. */
enum rc discover_in_page(struct slice bytes, const struct ingest_hints *hints, struct arena *arena,
                         struct discoveries *out, struct err *e);

#endif
