#include "follow/host_rules.h"

#include <stdio.h>

#include "fetch/robots.h"

struct fetch_request host_rules_request(const struct host *host, struct arena *arena)
{
    return (struct fetch_request){.url = arena_printf(arena, "%s/robots.txt", host->origin),
                                  .accept = FETCH_ROBOTS,
                                  .most_bytes = ROBOTS_MOST_BYTES,
                                  .cut = true};
}

static void forget(struct host *host)
{
    arena_free(host->rules_arena);
    host->rules_arena = arena_new(0);
    host->rules = NULL;
    host->rules_failed = false;
    host->delay_ms = 0;
}

void host_learn(struct host *host, enum rc rc, const struct fetch_reply *reply, int64_t now_ms,
                const struct err *e)
{
    struct err why = *e;
    int64_t keep_s = 0;
    forget(host);
    struct robots *rules = host->rules_arena ? ARENA_NEW(host->rules_arena, struct robots) : NULL;
    enum rc learned = rules ? robots_of_reply(rc, reply, host->rules_arena, rules, &keep_s, &why)
                            : err_nomem(&why);
    host->rules_failed = learned != RC_OK || rules->closed;
    host->rules_until_ms = now_ms + keep_s * 1000;
    if (host->rules_failed) {
        snprintf(host->rules_fault, sizeof host->rules_fault, "%.*s",
                 (int)sizeof host->rules_fault - 1, why.message);
        return;
    }
    host->rules = rules;
    host->delay_ms =
        rules->delay_s > HOSTS_GAP_MOST_MS / 1000 ? HOSTS_GAP_MOST_MS : rules->delay_s * 1000;
}

enum rc host_allows(const struct host *host, struct slice url, struct err *e)
{
    if (host->rules_failed) {
        return err_set(e, RC_BUSY, "%s", host->rules_fault);
    }
    return !host->rules || robots_allows_url(host->rules, url)
               ? RC_OK
               : err_set(e, RC_INVALID,
                         "the site's robots.txt forbids robots to read this address");
}
