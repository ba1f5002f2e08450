/* What a server says before the body, line by line as it comes.
 *
 * Shape:   of several answers in a row (103, then 200) the last one stays; trailers after the body are no headers.
 * Errors:  RC_TOO_LARGE over HEADERS_MOST_BYTES or HEADERS_MOST lines, all answers together.
 * Memory:  values live in the arena.
 */
#ifndef GUILLEMET_FETCH_HEADERS_H
#define GUILLEMET_FETCH_HEADERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

enum { HEADERS_MOST_BYTES = 64 * 1024, HEADERS_MOST = 256, HEADER_VALUE_MOST = 8192 };

enum header {
    HEADER_LOCATION,
    HEADER_CONTENT_TYPE,
    HEADER_CONTENT_ENCODING,
    HEADER_CONTENT_LENGTH,
    HEADER_TRANSFER_ENCODING,
    HEADER_ETAG,
    HEADER_LAST_MODIFIED,
    HEADER_RETRY_AFTER,
    HEADER_CACHE_CONTROL,
    HEADER_DATE,
    HEADERS
};

struct headers {
    unsigned status;
    bool complete; /* of a final answer */
    size_t bytes, lines;
    struct slice values[HEADERS]; /* absent: not sent; several of one name: with ", " between */
};

enum rc headers_line(struct headers *headers, struct slice line, struct arena *arena,
                     struct err *e);

bool headers_are_redirect(
    const struct headers *headers); /* 301, 302, 303, 307, 308 with a Location */
bool headers_are_permanent(const struct headers *headers); /* 301, 308 */
/* -1: none. */
int64_t headers_max_age_s(const struct headers *headers);
int64_t headers_retry_after_s(const struct headers *headers, int64_t now_ms);
int64_t headers_length(const struct headers *headers);

#endif
