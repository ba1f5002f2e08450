#include "cli/web.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/clock.h"
#include "cli/stop.h"
#include "fetch/robots.h"
#include "ingest/charset.h"
#include "ingest/fetched.h"

#define DELAY_MOST_S 60 /* of robots.txt: a command isn't kept waiting longer */
#define TELL_FROM_MS 3000

struct host {
    struct slice origin;
    struct robots robots;
    bool asked; /* for its robots.txt */
    struct err why;
    int64_t free_ms; /* of the steady clock */
};

struct web {
    struct fetcher *fetcher;
    struct arena *arena;
    int64_t delay_ms;
    struct {
        struct host *items;
        size_t count, capacity;
    } hosts;
};

/* ---- the policy */

enum rc web_policy(const struct cli *cli, struct fetch_policy *out, struct err *e)
{
    const struct config *config = cli->config;
    *out = fetch_policy_defaults();
    out->contact = config_text(config, "fetch-contact");
    out->ca_file = config_text(config, "fetch-ca-file");
    out->most_bytes = (uint64_t)config_int(config, "fetch-limit");
    out->total_ms = (unsigned)config_int(config, "fetch-timeout");
    out->connect_ms = (unsigned)config_int(config, "fetch-connect-timeout");
    out->slow_s = (unsigned)((config_int(config, "fetch-slow") + 999) / 1000);
    return fetch_policy_allow(out, "fetch-allow", config_text(config, "fetch-allow"), e);
}

enum rc web_open(const struct cli *cli, struct web **out, struct err *e)
{
    struct fetch_policy policy;
    enum rc rc = web_policy(cli, &policy, e);
    struct web *web = rc == RC_OK ? calloc(1, sizeof *web) : NULL;
    if (rc == RC_OK && (!web || !(web->arena = arena_new(0)))) {
        rc = err_nomem(e);
    }
    policy.stop = &stop_signal;
    rc = rc ? rc : fetcher_open(&policy, &web->fetcher, e);
    if (rc) {
        web_close(web);
        return rc;
    }
    web->delay_ms = config_int(cli->config, "fetch-delay");
    *out = web;
    return RC_OK;
}

void web_close(struct web *web)
{
    if (web) {
        fetcher_close(web->fetcher);
        arena_free(web->arena);
        free(web);
    }
}

bool web_is_address(const char *operand)
{
    return strncasecmp(operand, "http://", 7) == 0 || strncasecmp(operand, "https://", 8) == 0;
}

/* ---- hosts */

static struct slice origin_of(struct slice url)
{
    size_t host = slice_find(url, SLICE("://"), 0), at;
    for (at = host == SIZE_MAX ? url.len : host + 3; at < url.len && !memchr("/?#", url.ptr[at], 3);
         at++) {
    }
    return slice_of(url.ptr, at);
}

static bool is_same(struct slice a, struct slice b)
{
    return a.len == b.len && strncasecmp(a.ptr, b.ptr, a.len) == 0;
}

static struct host *find_host(struct web *web, struct slice url)
{
    struct slice origin = origin_of(url);
    for (size_t i = 0; i < web->hosts.count; i++) {
        if (is_same(web->hosts.items[i].origin, origin)) {
            return &web->hosts.items[i];
        }
    }
    struct host *host = ARENA_PUSH(web->arena, &web->hosts);
    if (host) {
        host->origin = arena_copy(web->arena, origin);
    }
    return host && slice_present(host->origin) ? host : NULL;
}

/* Until the host may be asked again, or the command is to stop. */
static void wait_for(const struct host *host)
{
    int64_t left = host->free_ms - clock_steady_ms();
    if (left > TELL_FROM_MS) {
        cli_complain("%.*s is asked again in %lld s", SLICE_ARG(host->origin),
                     (long long)((left + 999) / 1000));
    }
    for (; left > 0 && !stop_signal; left = host->free_ms - clock_steady_ms()) {
        int64_t part = left < 1000 ? left : 1000;
        struct timespec time = {.tv_sec = (time_t)(part / 1000),
                                .tv_nsec = (long)(part % 1000) * 1000000};
        nanosleep(&time, NULL);
    }
}

static void was_asked(struct web *web, struct host *host)
{
    int64_t delay_s = host->robots.delay_s < DELAY_MOST_S ? host->robots.delay_s : DELAY_MOST_S;
    int64_t delay_ms = delay_s * 1000 > web->delay_ms ? delay_s * 1000 : web->delay_ms;
    host->free_ms = clock_steady_ms() + delay_ms;
}

/* ---- asking */

static const struct {
    unsigned status;
    const char *words;
} statuses[] = {
    {401, "it wants a password, and none is ever sent"},
    {402, "it wants to be paid"},
    {403, "it refuses to give that"},
    {404, "there is no such page"},
    {410, "the page is gone for good"},
    {429, "it was asked too often"},
    {503, "it is busy or under repair"},
};

static enum rc tell_status(const struct fetch_reply *reply, struct err *e)
{
    const char *words = reply->status >= 500 ? "the server fails" : "that is no page";
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        words = statuses[i].status == reply->status ? statuses[i].words : words;
    }
    if (reply->retry_after_s > 0) {
        return err_set(e, RC_INVALID, "the server answers %u: %s; it asks to come back in %lld s",
                       reply->status, words, (long long)reply->retry_after_s);
    }
    return err_set(e, RC_INVALID, "the server answers %u: %s", reply->status, words);
}

enum rc web_get(struct web *web, const struct fetch_request *request, struct fetch_reply *reply,
                struct err *e)
{
    enum rc rc = fetch_run(web->fetcher, request, reply, e);
    struct host *host = find_host(web, request->url);
    if (host) {
        was_asked(web, host);
    }
    if (rc == RC_OK) {
        return reply->status == 200 ? RC_OK : tell_status(reply, e);
    }
    if (rc != RC_NOMEM) { /* the world's fault, not this machine's */
        e->rc = rc = RC_INVALID;
    }
    return rc;
}

static struct host *host_with_robots(struct web *web, struct slice url, struct err *e)
{
    struct host *host = find_host(web, url);
    int64_t keep_s;
    if (!host) {
        err_nomem(e);
        return NULL;
    }
    if (!host->asked) {
        struct robots robots = {.delay_s = 0};
        wait_for(host);
        if (robots_fetch(web->fetcher, url, web->arena, &robots, &keep_s, &host->why) != RC_OK) {
            *e = host->why;
            e->rc = e->rc == RC_NOMEM ? RC_NOMEM : RC_INVALID;
            return NULL;
        }
        host->robots = robots;
        host->asked = true;
        was_asked(web, host);
    }
    return host;
}

const struct robots *web_robots(struct web *web, struct slice url, struct err *e)
{
    struct host *host = host_with_robots(web, url, e);
    return host ? &host->robots : NULL;
}

enum rc web_get_politely(struct web *web, const struct fetch_request *request,
                         struct fetch_reply *reply, struct err *e)
{
    *reply = (struct fetch_reply){.status = 0};
    buf_init(&reply->body);
    struct host *host = host_with_robots(web, request->url, e);
    if (!host) {
        return e->rc;
    }
    if (host->robots.closed) {
        err_set(e, RC_INVALID, "its robots.txt can't be read, so nothing is asked for: %s",
                host->why.message);
        return RC_INVALID;
    }
    if (!robots_allows_url(&host->robots, request->url)) {
        return err_set(e, RC_INVALID, "the site's robots.txt asks robots not to read it");
    }
    wait_for(host);
    return web_get(web, request, reply, e);
}

/* ---- what came back */

void web_type(const struct fetch_reply *reply, struct ingest_hints *hints)
{
    struct slice body = buf_view(&reply->body);
    const char *type = fetched_type(body);
    if (!slice_present(hints->charset)) {
        hints->charset = charset_served(reply->content_type, body);
    }
    hints->content_type = type ? slice_cstr(type) : reply->content_type;
}
