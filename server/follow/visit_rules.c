/* What a host's robots.txt says of us, read once a day. Source: RFC 9309. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "fetch/robots.h"
#include "follow/place.h"
#include "follow/visiting.h"

static void forget(struct host *host)
{
    arena_free(host->rules_arena);
    host->rules_arena = NULL;
    host->rules = NULL;
    host->rules_failed = false;
    host->delay_ms = 0;
}

static void keep(struct host *host, struct slice body)
{
    struct err e;
    host->rules_arena = arena_new(0);
    struct robots *rules = host->rules_arena ? ARENA_NEW(host->rules_arena, struct robots) : NULL;
    if (!rules || robots_parse(body, SLICE(FETCH_ROBOT), host->rules_arena, rules, &e) != RC_OK) {
        host->rules_failed = true;
        snprintf(host->rules_fault, sizeof host->rules_fault, "no memory for its robots.txt");
        return;
    }
    host->rules = rules;
    host->delay_ms =
        rules->delay_s > HOSTS_GAP_MOST_MS / 1000 ? HOSTS_GAP_MOST_MS : rules->delay_s * 1000;
}

/* A server that can't say is taken to forbid (RFC 9309 2.3.1.4); one that has no such file allows all. */
static void read_rules(struct visiting *v, struct host *host)
{
    struct fetch_reply reply = {.status = 0};
    struct fetch_request request = {
        .accept = FETCH_ROBOTS, .most_bytes = ROBOTS_MOST_BYTES, .cut = true};
    struct err e = {0};
    forget(host);
    request.url = arena_printf(v->arena, "%s/robots.txt", host->origin);
    enum rc rc =
        slice_present(request.url) ? visit_ask(v, host, &request, &reply, &e) : err_nomem(&e);
    host->rules_failed = rc != RC_OK || reply.status >= 500 || reply.status == 429;
    host->rules_until_ms = v->now_ms + (host->rules_failed ? VISIT_RULES_FAIL_MS : VISIT_RULES_MS);
    if (rc != RC_OK) {
        snprintf(host->rules_fault, sizeof host->rules_fault, "%.*s",
                 (int)sizeof host->rules_fault - 1, e.message);
    } else if (host->rules_failed) {
        snprintf(host->rules_fault, sizeof host->rules_fault, "its robots.txt answers %u",
                 reply.status);
    } else if (reply.status >= 200 && reply.status < 300) {
        keep(host, buf_view(&reply.body));
    }
    fetch_reply_done(&reply);
}

enum rc visit_rules_check(struct visiting *v, struct host *host, struct slice url, struct err *e)
{
    if (v->tools->ignore_robots) {
        return RC_OK;
    }
    if (host->rules_until_ms <= v->now_ms) {
        read_rules(v, host);
    }
    if (v->ours) {
        host->rules_until_ms = 0;
        return err_set(e, RC_BUSY, "stopped");
    }
    if (host->rules_failed) {
        return err_set(e, RC_BUSY, "%s", host->rules_fault);
    }
    size_t origin = strlen(host->origin);
    struct slice path = slice_of(url.ptr + origin, url.len > origin ? url.len - origin : 0);
    return !host->rules || robots_allows(host->rules, path)
               ? RC_OK
               : err_set(e, RC_INVALID,
                         "the site's robots.txt forbids robots to read this address");
}
