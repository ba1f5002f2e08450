/* `guillemet watch`: follows the archive's sources until it is told to stop, or once. */
#include <stdatomic.h>
#include <time.h>

#include "base/clock.h"
#include "base/jsonw.h"
#include "cli/commands.h"
#include "cli/follower.h"
#include "cli/stop.h"
#include "text/digest.h"

struct told {
    bool json;
    uint64_t visits, failed, created, revised;
};

static void print_json(const struct visit_report *report)
{
    struct buf out;
    struct jsonw w;
    char id[DIGEST_ID_CHARS + 1], next[32];
    digest_format_id(report->source, id);
    clock_format_utc(report->next_ms, next);
    buf_init(&out);
    jsonw_init(&w, &out, 0);
    jsonw_object(&w);
    jsonw_key_text(&w, "source", id);
    jsonw_key_string(&w, "url", report->url);
    jsonw_key_text(&w, "outcome", visit_outcome_name(report->outcome));
    jsonw_key_int(&w, "http_status", report->status);
    jsonw_key_string(&w, "error", report->error);
    jsonw_key_int(&w, "created", report->created);
    jsonw_key_int(&w, "revised", report->revised);
    jsonw_key_int(&w, "unchanged", report->unchanged);
    jsonw_key_int(&w, "refused", report->refused);
    jsonw_key_int(&w, "requests", report->requests);
    jsonw_key_text(&w, "next_attempt_at", next);
    jsonw_end(&w);
    printf("%.*s\n", SLICE_ARG(buf_view(&out)));
    buf_done(&out);
}

static void print_line(const struct visit_report *report)
{
    printf("%.*s  ", SLICE_ARG(report->url));
    if (slice_present(report->error)) {
        printf("%s: %.*s\n", visit_outcome_name(report->outcome), SLICE_ARG(report->error));
    } else if (report->outcome == VISIT_NOT_MODIFIED) {
        printf("not modified\n");
    } else {
        printf("%lld new, %lld revised, %lld unchanged", (long long)report->created,
               (long long)report->revised, (long long)report->unchanged);
        if (report->refused > 0) {
            printf(", %lld refused (%.*s)", (long long)report->refused,
                   SLICE_ARG(report->first_refusal));
        }
        printf("\n");
    }
    if (slice_present(report->moved_to)) {
        printf("  it moved for good: asked at %.*s from now on\n", SLICE_ARG(report->moved_to));
    }
}

static void on_visit(void *context, const struct visit_report *report)
{
    struct told *told = context;
    told->visits++;
    told->failed += slice_present(report->error);
    told->created += (uint64_t)report->created;
    told->revised += (uint64_t)report->revised;
    (told->json ? print_json : print_line)(report);
    fflush(stdout);
}

static int watch_once(struct follower *follower, const struct told *told)
{
    struct err e = {0};
    enum rc rc = watcher_run(follower->watch, clock_now_ms() + 1, &e);
    if (stop_signal) {
        return stop_code();
    }
    if (rc != RC_OK) {
        return cli_fail(NULL, &e);
    }
    if (!told->json) {
        printf("%llu sources asked: %llu new, %llu revised, %llu failed\n",
               (unsigned long long)told->visits, (unsigned long long)told->created,
               (unsigned long long)told->revised, (unsigned long long)told->failed);
    }
    return told->failed ? CLI_PARTIAL : CLI_OK;
}

static int watch_on(struct follower *follower)
{
    struct err e = {0};
    stop_mask();
    enum rc rc = watcher_start(follower->watch, &e);
    stop_unmask();
    if (rc != RC_OK) {
        return cli_fail(NULL, &e);
    }
    while (!stop_signal) {
        nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
    }
    return CLI_OK; /* what it was asked for: a service manager takes it for a good end */
}

static int run_watch(struct cli *cli)
{
    struct backend backend;
    struct follower follower;
    struct told told = {.json = cli_switch(cli, "json")};
    struct follower_tell tell = {.on_visit = on_visit,
                                 .context = &told,
                                 .quiet = cli_switch(cli, "once"),
                                 .stop = &stop_signal};
    stop_listen();
    stop_mask();
    int code = backend_open(&backend, cli, BACKEND_PIPELINE);
    stop_unmask();
    if (code != CLI_OK) {
        return code;
    }
    code = follower_open(&follower, cli, &backend, &tell);
    if (code == CLI_OK) {
        code = cli_switch(cli, "once") ? watch_once(&follower, &told) : watch_on(&follower);
        follower_close(&follower);
    }
    backend_close(&backend);
    return code;
}

static const struct cli_option options[] = {{"once", 0, NULL, "ask those that are due, then end"},
                                            {"json", 0, NULL, "print JSON, a visit a line"},
                                            {NULL, 0, NULL, NULL}};
static const char *const config[] = {"db",         FOLLOWER_CONFIG, "gazetteer", "lang-pack",
                                     "model",      "workers",       "queue",     "log-level",
                                     "log-format", "config",        NULL};

const struct cli_command cmd_watch = {
    .name = "watch",
    .summary = "follow the sources of an archive: ask them when they are due",
    .usage = "[OPTION…]",
    .about =
        "Asks each source (guillemet sources add) when it is due: the pause is half of the time "
        "between two of\n"
        "its items, within --watch-min-interval and --watch-max-interval, and as long as the feed "
        "itself asks for.\n"
        "What says that nothing changed costs one request; what fails is asked less and less "
        "often. robots.txt is\n"
        "obeyed, and there is a pause between two requests to one host (--fetch-delay).\n"
        "It may run beside \"guillemet serve\"; \"guillemet serve --watch\" does both. Of several "
        "processes one follows,\n"
        "and another takes over when it ends. Sources that are added or changed meanwhile are "
        "seen within 2 s.\n"
        "Exit code 1 of --once: a source failed.",
    .examples = "  guillemet watch --db news.db\n"
                "  guillemet watch --once --json | jq -r 'select(.error) | .url'\n"
                "  guillemet watch --fetch-contact https://news.example/robot --watch-slots 16",
    .options = options,
    .config = config,
    .most = 0,
    .run = run_watch,
};
