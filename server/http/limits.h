/* How much one client may ask: so many requests a second, so many at the same time.
 *
 * Shape:   a token bucket for each client: `per_second` tokens flow in, at most `burst` are kept, a request takes one. A
 *          client is an IPv4 address or an IPv6 network of 64 bits, which is what one subscriber gets.
 * Memory:  a table of LIMITS_CLIENTS places, whatever comes. When a place is needed the client that has been idle
 *          for longest gives way, never one with a request in flight; it comes back with a full bucket.
 * Threads: any.
 */
#ifndef GUILLEMET_HTTP_LIMITS_H
#define GUILLEMET_HTTP_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

enum { LIMITS_CLIENTS = 8192 };

struct limits;

struct limits_options {
    uint32_t per_second; /* 0: any number */
    uint32_t burst;      /* 0: twice per_second */
    uint32_t at_once;    /* 0: any number */
};

/* *out is NULL when neither is limited. */
enum rc limits_new(const struct limits_options *options, struct limits **out, struct err *e);
void limits_free(struct limits *limits); /* NULL is fine */
/* From now on; clients keep what they have left, as far as it fits. */
void limits_set(struct limits *limits, const struct limits_options *options);

struct limits_verdict {
    bool granted;
    bool too_many_at_once; /* not granted because of that, not of the rate */
    uint32_t place;        /* for limits_end; granted only */
    uint32_t limit, remaining, at_once;
    uint32_t
        reset_s; /* until the bucket is full; when not granted: until a token is there, at least 1 */
};

/* `client` as request_client writes it. */
struct limits_verdict limits_begin(struct limits *limits, struct slice client, int64_t steady_ms);
void limits_end(struct limits *limits, uint32_t place);

#endif
