/* `guillemet reanalyse`: the archive under the newest rules, in the background, a little at a time. */
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "analyse/analyse.h"
#include "base/clock.h"
#include "cli/backend.h"
#include "cli/commands.h"
#include "cli/progress.h"
#include "cli/stop.h"
#include "ingest/pipeline.h"
#include "store/articles.h"
#include "store/rights.h"
#include "text/digest.h"

struct run {
    struct backend backend;
    struct store_reader *reader;
    struct progress progress;
    bool all;
    int64_t after_row; /* --after */
    uint64_t last;     /* id of the last one */
    uint64_t rows;     /* of the archive, about */
    int64_t rate;      /* a second; 0: as fast as it goes */
    int64_t limit;     /* 0: all */
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
    } while (rc == RC_OK && count > 0 &&
             ((*record)->deleted || (*record)->article.rights == STORE_RIGHTS_PURGED));
    *found = rc == RC_OK && count > 0;
    return rc;
}

static void throttle(const struct run *run)
{
    int64_t due_ms = run->rate > 0 ? run->progress.started_ms + run->done * 1000 / run->rate : 0;
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

static void show_progress(struct run *run, int64_t row)
{
    struct progress_state state = {
        .done = (uint64_t)row, .total = run->rows, .count = (uint64_t)run->done};
    progress_show(&run->progress, &state);
}

static enum rc walk(struct run *run, struct err *e)
{
    int64_t row = run->after_row;
    while ((run->limit == 0 || run->done < run->limit) && !stop_signal) {
        struct store_record *record = NULL;
        bool found = false;
        struct arena *arena = arena_new(0);
        enum rc rc = arena ? next_article(run, &row, arena, &record, &found, e) : err_nomem(e);
        if (rc || !found) {
            arena_free(arena);
            return rc;
        }
        uint64_t id = record->article.id;
        rc = submit(run, record, arena, e);
        if (rc) {
            return rc;
        }
        run->last = id;
        run->done++;
        show_progress(run, row);
        throttle(run);
    }
    return RC_OK;
}

/* ---- the command */

static enum rc open_reader(struct run *run, const struct cli *cli, struct err *e)
{
    struct store_stats stats = {0};
    struct arena *arena = arena_new(0);
    uint64_t id = 0;
    const char *after = cli_value(cli, "after");
    enum rc rc = arena ? store_reader_open(run->backend.store, &run->reader, e) : err_nomem(e);
    rc = rc ? rc : store_stats(run->reader, arena, &stats, e);
    run->rows = (uint64_t)(stats.articles + stats.tombstones);
    if (rc == RC_OK && after) {
        rc = digest_parse_id(slice_cstr(after), &id)
                 ? store_article_row(run->reader, id, &run->after_row, e)
                 : err_set(e, RC_INVALID, "--after takes the id of an article, not \"%s\"", after);
    }
    arena_free(arena);
    return rc;
}

static void print_summary(const struct run *run, const struct cli *cli)
{
    unsigned long long failed = atomic_load(&run->failed);
    char last[DIGEST_ID_CHARS + 1];
    printf(cli_switch(cli, "json") ? "{\"reanalysed\":%llu,\"failed\":%llu,\"analyser\":\"%s\"}\n"
                                   : "%llu articles analysed anew, %llu failed (analyser %s)\n",
           (unsigned long long)run->done - failed, failed, analyse_version());
    if (stop_signal && run->all && run->done > 0) {
        digest_format_id(run->last, last);
        cli_complain("stopped; go on with --all --after %s", last);
    } else if (stop_signal) {
        cli_complain("stopped; the same command goes on where this one ended");
    }
}

static int run_reanalyse(struct cli *cli)
{
    struct run run = {.all = cli_switch(cli, "all")};
    struct err e = {0};
    if (!cli_number(cli, "rate", &run.rate) || !cli_number(cli, "limit", &run.limit)) {
        return CLI_USAGE;
    }
    if (cli_value(cli, "after") && !run.all) {
        cli_complain("--after goes with --all: without it what is done is passed over anyway");
        return CLI_USAGE;
    }
    if (cli_switch(cli, "nice") && nice(10) == -1) {
        cli_complain("--nice has no effect here");
    }
    stop_mask();
    /* A run that holds back for others doesn't keep a commit open that they would wait for. */
    unsigned size = run.rate || cli_switch(cli, "nice") ? 0 : BACKEND_BULK;
    int code = backend_open(&run.backend, cli, BACKEND_PIPELINE | BACKEND_EXISTING | size);
    stop_unmask();
    if (code) {
        return code;
    }
    stop_listen();
    progress_start(&run.progress, "articles", cli_switch(cli, "quiet"));
    enum rc rc = open_reader(&run, cli, &e);
    rc = rc ? rc : walk(&run, &e);
    pipeline_drain(run.backend.pipeline);
    store_reader_close(run.reader);
    backend_close(&run.backend);
    progress_clear(&run.progress);
    if (rc) {
        code = cli_fail(NULL, &e);
    }
    print_summary(&run, cli);
    return code                       ? code
           : stop_signal              ? stop_code()
           : atomic_load(&run.failed) ? CLI_PARTIAL
                                      : CLI_OK;
}

static const struct cli_option options[] = {
    {"all", 0, NULL, "every article, not only those that an older version analysed"},
    {"rate", 0, "N", "at most N articles a second"},
    {"limit", 0, "N", "stop after N articles"},
    {"after", 0, "ID", "with --all: go on behind this article, where another run was stopped"},
    {"nice", 0, NULL, "leave the processor to others (serve) first"},
    {"json", 0, NULL, "print the summary as JSON"},
    {"quiet", 'q', NULL, "no progress on stderr"},
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
