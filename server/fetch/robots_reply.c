#include "fetch/fetch.h"
#include "fetch/robots.h"

/* How long an answer holds: a day as RFC 9309 2.4 has it, or what the host says within these bounds; a closed host is
 * asked again soon. */
#define KEEP_STANDARD_S (24 * 3600)
#define KEEP_LEAST_S    3600
#define KEEP_CLOSED_S   (5 * 60)

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

enum rc robots_of_reply(enum rc rc, const struct fetch_reply *reply, struct arena *arena,
                        struct robots *out, int64_t *keep_s, struct err *why)
{
    if (rc != RC_OK) {
        close_host(out, keep_s, -1);
        return RC_OK;
    }
    if (reply->status >= 500 || reply->status == 429) {
        close_host(out, keep_s, reply->retry_after_s);
        err_set(why, RC_BUSY, "its robots.txt answers %u", reply->status);
        return RC_OK;
    }
    *keep_s = bounded(reply->max_age_s);
    return robots_parse(buf_view(&reply->body), SLICE(FETCH_ROBOT), arena, out, why);
}
