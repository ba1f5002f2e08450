/* What a trusted proxy says of the request that it passes on: who asked, and under which address.
 *
 * Shape:   Forwarded (RFC 7239), else X-Forwarded-For, -Proto and -Host; X-Forwarded-Prefix beside either. A header
 *          may stand on several lines, which count as one list. What the nearest proxy wrote stands last and counts
 *          first: scheme and host are the last ones given, and the client is found by walking the addresses
 *          from the last to the first one that isn't a trusted proxy itself.
 * Errors:  none: a value that can't be read counts as not given.
 * Memory:  slices borrow from the headers.
 * Threads: pure.
 */
#ifndef GUILLEMET_HTTP_FORWARDED_H
#define GUILLEMET_HTTP_FORWARDED_H

#include "base/networks.h"
#include "http/guard.h"

struct forwarded {       /* absent: not given */
    struct slice client; /* an address without brackets or port */
    struct slice proto;  /* "http" or "https" */
    struct slice host;   /* "news.example" or "news.example:8443" */
    struct slice prefix; /* "/archive": begins with a slash, doesn't end with one; may be empty */
};

/* Call it for requests whose peer is trusted, for others never. */
void forwarded_read(const struct request_header *headers, size_t count,
                    const struct networks *trusted, struct forwarded *out);

#endif
