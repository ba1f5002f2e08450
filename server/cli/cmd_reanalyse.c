/* `guillemet reanalyse`: the archive under the newest rules, in the background, a little at a time. */
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "analyse/analyse.h"
#include "base/clock.h"
#include "cli/backend.h"
#include "cli/commands.h"
#include "ingest/pipeline.h"
#include "store/articles.h"

struct run {
    struct backend backend;
    struct store_reader *reader;
    bool all, terminal;
    int64_t rate;  /* a second; 0: as fast as it goes */
    int64_t limit; /* 0: all */
    int64_t done;
    atomic_uint_fast64_t failed;
};

static void stored(void *context, const struct pipeline_result *result)
{
    struct run *run = context;
    /* Changed or deleted meanwhile: its new analysis is newer than ours. */
    if (result->rc && result->rc != RC_CONFLICT && result->rc != RC_GONE) {
        cli_report(NULL, &result->err);
        atomic_fetch_add(&run->failed, 1);
    }
}

/* The next article whose analysis is older than this program's; *found false at the end. */
static enum rc next_article(struct run *run, int64_t *row, struct arena *arena,
                            struct store_record **record, bool *found, struct err *e)
{
    size_t count = 0;
    enum rc rc;
    do {
        rc = run->all ? store_article_walk(run->reader, *row, 1, arena, record, &count, e)
                      : store_article_stale(run->reader, slice_cstr(analyse_version()), *row, 1,
                                            arena, record, &count, e);
        if (rc == RC_OK && count > 0) {
            *row = (*record)->row;
        }
    } while (rc == RC_OK && count > 0 && (*record)->deleted);
    *found = rc == RC_OK && count > 0;
    return rc;
}

static void throttle(const struct run *run, int64_t started_ms)
{
    int64_t due_ms = run->rate > 0 ? started_ms + run->done * 1000 / run->rate : 0;
    int64_t wait_ms = due_ms - clock_steady_ms();
    if (wait_ms > 0) {
        nanosleep(&(struct timespec){wait_ms / 1000, wait_ms % 1000 * 1000000}, NULL);
    }
}

/* Takes the arena. */
static enum rc submit(struct run *run, const struct store_record *record, struct arena *arena,
                      struct err *e)
{
    struct pipeline_job job = {.arena = arena,
                               .document = &record->article.document,
                               .has_id = true,
                               .id = record->article.id,
                               .analysis_only = true,
                               .if_revision = record->article.revision,
                               .who = SLICE("guillemet reanalyse"),
                               .wait = true};
    enum rc rc = pipeline_submit(run->backend.pipeline, &job, stored, run, e);
    if (rc) {
        arena_free(arena);
    }
    return rc;
}

static enum rc walk(struct run *run, struct err *e)
{
    int64_t started_ms = clock_steady_ms(), row = 0;
    while (run->limit == 0 || run->done < run->limit) {
        struct store_record *record = NULL;
        bool found = false;
        struct arena *arena = arena_new(0);
        enum rc rc = arena ? next_article(run, &row, arena, &record, &found, e) : err_nomem(e);
        if (rc || !found) {
            arena_free(arena);
            return rc;
        }
        rc = submit(run, record, arena, e);
        if (rc) {
            return rc;
        }
        run->done++;
        if (run->terminal && run->done % 20 == 0) {
            fprintf(stderr, "\r\033[K%lld articles", (long long)run->done);
        }
        throttle(run, started_ms);
    }
    return RC_OK;
}

static bool number_of(const struct cli *cli, const char *name, int64_t *out)
{
    const char *text = cli_value(cli, name);
    char *end = NULL;
    if (!text) {
        return true;
    }
    long long value = strtoll(text, &end, 10);
    if (*text == '\0' || *end != '\0' || value < 1 || value > 1000000000) {
        cli_complain("--%s must be a whole number from 1, not \"%s\"", name, text);
        return false;
    }
    *out = value;
    return true;
}

static int run_reanalyse(struct cli *cli)
{
    struct run run = {.all = cli_switch(cli, "all"), .terminal = isatty(STDERR_FILENO)};
    struct err e = {0};
    if (!number_of(cli, "rate", &run.rate) || !number_of(cli, "limit", &run.limit)) {
        return CLI_USAGE;
    }
    int code = backend_open(&run.backend, cli, BACKEND_PIPELINE | BACKEND_EXISTING | BACKEND_BULK);
    if (code) {
        return code;
    }
    enum rc rc = store_reader_open(run.backend.store, &run.reader, &e);
    rc = rc ? rc : walk(&run, &e);
    pipeline_drain(run.backend.pipeline);
    store_reader_close(run.reader);
    backend_close(&run.backend);
    if (run.terminal) {
        fputs("\r\033[K", stderr);
    }
    if (rc) {
        code = cli_fail(NULL, &e);
    }
    unsigned long long failed = atomic_load(&run.failed);
    printf(cli_switch(cli, "json") ? "{\"reanalysed\":%llu,\"failed\":%llu,\"analyser\":\"%s\"}\n"
                                   : "%llu articles analysed anew, %llu failed (analyser %s)\n",
           (unsigned long long)run.done - failed, failed, analyse_version());
    return code ? code : failed ? CLI_PARTIAL : CLI_OK;
}

static const struct cli_option options[] = {
    {"all", 0, NULL, "every article, not only those that an older version analysed"},
    {"rate", 0, "N", "at most N articles a second"},
    {"limit", 0, "N", "stop after N articles"},
    {"json", 0, NULL, "print the summary as JSON"},
    {NULL, 0, NULL, NULL}};
static const char *const config[] = {"db",    "gazetteer", "lang-pack",  "model",  "workers",
                                     "queue", "log-level", "log-format", "config", NULL};

const struct cli_command cmd_reanalyse = {
    .name = "reanalyse",
    .summary = "analyse stored articles again with this version's rules",
    .usage = "[OPTION…]",
    .about = "Analyses again what an older version analysed, or what a correction asks for; texts, "
             "revisions\n"
             "and corrections stay. It may be stopped and started again at any time: what is done "
             "is done.\n"
             "It may run beside serve.",
    .examples = "  guillemet reanalyse\n  guillemet reanalyse --rate 50\n"
                "  guillemet reanalyse --all --limit 1000 --db news.db",
    .options = options,
    .config = config,
    .most = 0,
    .run = run_reanalyse,
};
