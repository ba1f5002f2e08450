#include "cli/follower.h"

#include "base/clock.h"
#include "base/log.h"
#include "text/digest.h"

#define JITTER_PERCENT 10

static void log_visit(void *context, const struct visit_report *report)
{
    char id[DIGEST_ID_CHARS + 1], next[32], reason[200], numbers[3][24];
    bool bad = report->outcome == VISIT_FAILED || report->outcome == VISIT_GONE;
    (void)context;
    digest_format_id(report->source, id);
    clock_format_utc(report->next_ms, next);
    snprintf(numbers[0], sizeof numbers[0], "%lld", (long long)report->created);
    snprintf(numbers[1], sizeof numbers[1], "%lld", (long long)report->revised);
    snprintf(numbers[2], sizeof numbers[2], "%d", report->status);
    snprintf(reason, sizeof reason, "%.*s",
             (int)(report->error.len < 199 ? report->error.len : 199),
             report->error.ptr ? report->error.ptr : "");
    if (bad) {
        log_write(LOG_WARN, "visited", "source", id, "outcome", visit_outcome_name(report->outcome),
                  "status", numbers[2], "reason", reason, "next", next, (char *)NULL);
    } else {
        log_write(report->outcome == VISIT_NEWS ? LOG_INFO : LOG_DEBUG, "visited", "source", id,
                  "outcome", visit_outcome_name(report->outcome), "status", numbers[2], "created",
                  numbers[0], "revised", numbers[1], "next", next, (char *)NULL);
    }
}

static void log_fault(void *context, const struct err *e)
{
    (void)context;
    log_write(LOG_ERROR, "sources wait", "reason", e->message, (char *)NULL);
}

static void log_standing(void *context, bool watching)
{
    (void)context;
    log_write(LOG_INFO, watching ? "following sources" : "standing by: another process follows",
              (char *)NULL);
}

static enum rc run_fetch(void *context, const struct fetch_request *request,
                         struct fetch_reply *reply, struct err *e)
{
    return fetch_run(context, request, reply, e);
}

static void cancel(void *context)
{
    fetcher_cancel(context);
}

static struct watcher_options options_of(const struct cli *cli, const struct backend *backend,
                                         const struct follower *follower)
{
    const struct config *config = cli->config;
    return (struct watcher_options){
        .store = backend->store,
        .pipeline = backend->pipeline,
        .fetch = run_fetch,
        .fetch_context = follower->fetcher,
        .cancel = cancel,
        .bounds = {.least_ms = config_int(config, "watch-min-interval"),
                   .most_ms = config_int(config, "watch-max-interval"),
                   .jitter_percent = JITTER_PERCENT},
        .host_gap_ms = config_int(config, "fetch-delay"),
        .slots = (size_t)config_int(config, "watch-slots"),
        .on_visit = log_visit,
        .on_fault = log_fault,
        .on_standing = log_standing,
    };
}

static int check_bounds(const struct config *config)
{
    if (config_int(config, "watch-max-interval") >= config_int(config, "watch-min-interval")) {
        return CLI_OK;
    }
    cli_complain("--watch-max-interval is shorter than --watch-min-interval");
    return CLI_USAGE;
}

int follower_open(struct follower *follower, const struct cli *cli, const struct backend *backend,
                  const struct follower_tell *tell)
{
    struct fetch_policy policy;
    struct err e = {0};
    *follower = (struct follower){.watch = NULL};
    int code = check_bounds(cli->config);
    if (code != CLI_OK || web_policy(cli, &policy, &e)) {
        return code != CLI_OK ? code : cli_fail(NULL, &e);
    }
    enum rc rc = fetcher_open(&policy, &follower->fetcher, &e);
    struct watcher_options options = options_of(cli, backend, follower);
    if (tell) {
        options.on_visit = tell->on_visit ? tell->on_visit : log_visit;
        options.context = tell->context;
        options.stop = tell->stop;
        options.on_standing = tell->quiet ? NULL : log_standing;
    }
    rc = rc == RC_OK ? watcher_new(&options, &follower->watch, &e) : rc;
    if (rc != RC_OK) {
        fetcher_close(follower->fetcher);
        return cli_fail(NULL, &e);
    }
    return CLI_OK;
}

void follower_close(struct follower *follower)
{
    if (follower->watch) {
        watcher_stop(follower->watch);
        watcher_free(follower->watch);
        fetcher_close(follower->fetcher);
        follower->watch = NULL;
    }
}
