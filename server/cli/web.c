#include "cli/web.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/clock.h"
#include "cli/stop.h"
#include "follow/host_rules.h"
#include "follow/place.h"
#include "ingest/charset.h"
#include "ingest/fetched.h"

#define DELAY_MOST_MS 60000 /* of robots.txt: a command isn't kept waiting longer */
#define TELL_FROM_MS  3000

struct web {
    struct fetcher *fetcher;
    struct hosts *hosts;
    struct arena *arena;
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
    if (rc == RC_OK && !(web->hosts = hosts_new(config_int(cli->config, "fetch-delay"), e))) {
        rc = RC_NOMEM;
    }
    rc = rc ? rc : fetcher_open(&policy, &web->fetcher, e);
    if (rc) {
        web_close(web);
        return rc;
    }
    *out = web;
    return RC_OK;
}

void web_close(struct web *web)
{
    if (web) {
        fetcher_close(web->fetcher);
        hosts_free(web->hosts);
        arena_free(web->arena);
        free(web);
    }
}

bool web_is_address(const char *operand)
{
    return strncasecmp(operand, "http://", 7) == 0 || strncasecmp(operand, "https://", 8) == 0;
}

/* ---- hosts */

/* At most a second, or until a signal comes. */
static void wait_a_part(int64_t left_ms)
{
    int64_t part = left_ms < 1000 ? left_ms : 1000;
    struct timespec time = {.tv_sec = (time_t)(part / 1000),
                            .tv_nsec = (long)(part % 1000) * 1000000};
    nanosleep(&time, NULL);
}

/* The host of `url`, once it may be asked. NULL: memory, or the command is to stop. */
static struct host *enter(struct web *web, struct slice url, struct err *e)
{
    struct slice origin = place_origin(url);
    int64_t free_ms, now_ms = clock_steady_ms();
    bool told = false;
    struct host *host = hosts_enter(web->hosts, origin, now_ms, &free_ms);
    while (!host && free_ms > 0 && !stop_signal) {
        if (!told && free_ms - now_ms > TELL_FROM_MS) {
            cli_complain("%.*s is asked again in %lld s", SLICE_ARG(origin),
                         (long long)((free_ms - now_ms + 999) / 1000));
            told = true;
        }
        wait_a_part(free_ms - now_ms);
        now_ms = clock_steady_ms();
        host = hosts_enter(web->hosts, origin, now_ms, &free_ms);
    }
    if (!host) {
        err_set(e, free_ms > 0 ? RC_INVALID : RC_NOMEM, "%s",
                free_ms > 0 ? "stopped" : "out of memory");
    }
    return host;
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

static enum rc ask(struct web *web, struct host *host, const struct fetch_request *request,
                   struct fetch_reply *reply, struct err *e)
{
    hosts_note(web->hosts, host, clock_steady_ms());
    enum rc rc = fetch_run(web->fetcher, request, reply, e);
    if (rc != RC_OK && rc != RC_NOMEM) { /* the world's fault, not this machine's */
        e->rc = rc = RC_INVALID;
    }
    return rc;
}

enum rc web_get(struct web *web, const struct fetch_request *request, struct fetch_reply *reply,
                struct err *e)
{
    *reply = (struct fetch_reply){.status = 0};
    struct host *host = enter(web, request->url, e);
    if (!host) {
        return e->rc;
    }
    enum rc rc = ask(web, host, request, reply, e);
    hosts_leave(host);
    return rc == RC_OK && reply->status != 200 ? tell_status(reply, e) : rc;
}

/* False: told in `e`. */
static bool learn(struct web *web, struct slice url, struct host **out, struct err *e)
{
    struct fetch_reply reply = {.status = 0};
    struct host *host = *out = enter(web, url, e);
    if (!host || host->rules_until_ms > clock_steady_ms()) {
        return host != NULL;
    }
    struct err why = {0};
    struct fetch_request request = host_rules_request(host, web->arena);
    enum rc rc =
        slice_present(request.url) ? ask(web, host, &request, &reply, &why) : err_nomem(&why);
    host_learn(host, rc, &reply, clock_steady_ms(), &why);
    host->delay_ms = host->delay_ms < DELAY_MOST_MS ? host->delay_ms : DELAY_MOST_MS;
    fetch_reply_done(&reply);
    return true;
}

/* Takes what the answer to a request for robots.txt means for what is asked next. */
static enum rc check_rules(struct web *web, struct slice url, struct err *e)
{
    struct host *host;
    if (!learn(web, url, &host, e)) {
        return e->rc;
    }
    enum rc rc = host_allows(host, url, e);
    hosts_leave(host);
    if (rc == RC_BUSY) {
        struct err why = *e;
        rc = err_set(e, RC_INVALID, "its robots.txt can't be read, so nothing is asked for: %s",
                     why.message);
    }
    return rc;
}

enum rc web_get_politely(struct web *web, const struct fetch_request *request,
                         struct fetch_reply *reply, struct err *e)
{
    *reply = (struct fetch_reply){.status = 0};
    enum rc rc = check_rules(web, request->url, e);
    return rc ? rc : web_get(web, request, reply, e);
}

const struct robots *web_robots(struct web *web, struct slice url, struct err *e)
{
    struct host *host;
    if (!learn(web, url, &host, e)) {
        return NULL;
    }
    hosts_leave(host);
    return host->rules;
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
