#include <string.h>

#include "fetch/fetch.h"
#include "fetch/robots.h"

/* How long an answer holds: a day as RFC 9309 2.4 has it, or what the host says within these bounds; a closed host is
 * asked again soon. */
#define KEEP_STANDARD_S (24 * 3600)
#define KEEP_LEAST_S    (5 * 60)
#define KEEP_CLOSED_S   (10 * 60)

static struct slice origin_of(struct slice url)
{
    size_t host = slice_find(url, SLICE("://"), 0), at;
    for (at = host == SIZE_MAX ? url.len : host + 3; at < url.len && !memchr("/?#", url.ptr[at], 3);
         at++) {
    }
    return slice_of(url.ptr, at);
}

static int64_t bounded(int64_t seconds)
{
    return seconds < 0 || seconds > KEEP_STANDARD_S ? KEEP_STANDARD_S
           : seconds < KEEP_LEAST_S                 ? KEEP_LEAST_S
                                                    : seconds;
}

static void close_host(struct robots *out, int64_t *keep_s, int64_t retry_after_s)
{
    *out = (struct robots){.closed = true};
    *keep_s = retry_after_s > KEEP_CLOSED_S ? bounded(retry_after_s) : KEEP_CLOSED_S;
}

enum rc robots_fetch(struct fetcher *fetcher, struct slice url, struct arena *arena,
                     struct robots *out, int64_t *keep_s, struct err *why)
{
    struct slice origin = origin_of(url);
    struct fetch_reply reply;
    struct fetch_request request = {
        .url = arena_printf(arena, "%.*s/robots.txt", SLICE_ARG(origin)),
        .accept = FETCH_ROBOTS,
        .most_bytes = ROBOTS_MOST_BYTES,
        .cut = true,
    };
    if (!slice_present(request.url)) {
        return err_nomem(why);
    }
    enum rc rc = fetch_run(fetcher, &request, &reply, why);
    if (reply.failure == FETCH_CANCELLED || reply.failure == FETCH_OUT_OF_MEMORY) {
        fetch_reply_done(&reply);
        return rc;
    }
    if (rc != RC_OK) {
        close_host(out, keep_s, -1);
        rc = RC_OK;
    } else if (reply.status >= 500 || reply.status == 429) {
        close_host(out, keep_s, reply.retry_after_s);
        err_set(why, RC_BUSY, "%.*s answers %u", SLICE_ARG(request.url), reply.status);
    } else {
        *keep_s = bounded(reply.max_age_s);
        rc = robots_parse(buf_view(&reply.body), SLICE(FETCH_ROBOT), arena, out, why);
    }
    fetch_reply_done(&reply);
    return rc;
}
