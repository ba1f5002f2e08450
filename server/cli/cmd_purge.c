/* `guillemet purge`: articles, or their texts, that may not be kept any longer; in groups, beside a running serve. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/jsonw.h"
#include "cli/backend.h"
#include "cli/commands.h"
#include "cli/progress.h"
#include "cli/stop.h"
#include "store/articles.h"
#include "store/rights.h"
#include "store/write.h"
#include "text/dates.h"

#define PAGE   200
#define DAY_MS ((int64_t)86400000)

struct run {
    struct backend backend;
    struct store_reader *reader;
    struct store_article_query query;
    struct arena *arena; /* of the query */
    int64_t before_ms;
    struct progress progress;
    bool dry, text_only;
    int64_t rate; /* a second; 0: as fast as it goes */
    uint64_t found, expected;
    atomic_uint_fast64_t deleted, failed, under_way;
    atomic_bool broken;
};

/* "90d": so long ago. */
static bool parse_age(const char *text, int64_t *before_ms)
{
    static const struct {
        char letter;
        int64_t days;
    } units[] = {{'d', 1}, {'w', 7}, {'y', 365}};
    char *end = NULL;
    long long amount = strtoll(text, &end, 10);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (end != text && *end == units[i].letter && end[1] == '\0' && amount > 0 &&
            amount < 100000) {
            *before_ms = clock_now_ms() - amount * units[i].days * DAY_MS;
            return true;
        }
    }
    return false;
}

static int read_options(struct run *run, const struct cli *cli)
{
    const char *older = cli_value(cli, "older-than");
    bool date_only;
    if (!older) {
        cli_complain("purge needs --older-than: an age such as 90d, 8w, 2y, or a date");
        return CLI_USAGE;
    }
    if (!parse_age(older, &run->before_ms) &&
        !dates_parse_iso(slice_cstr(older), &run->before_ms, &date_only)) {
        cli_complain("--older-than takes an age (90d, 8w, 2y) or a date (2026-02-03), not \"%s\"",
                     older);
        return CLI_USAGE;
    }
    struct slice source = cli_slice(cli, "source");
    struct store_filter *filter = &run->query.filter;
    bool room = run->arena && store_filter_range(run->arena, filter, STORE_BY_DATE, INT64_MIN,
                                                 run->before_ms - 1);
    if (!room || (slice_present(source) &&
                  !store_filter_value(run->arena, filter, STORE_BY_SOURCE, "source", source))) {
        cli_complain("out of memory");
        return CLI_ENVIRONMENT;
    }
    run->query.sort = STORE_OLDEST;
    run->query.limit = PAGE;
    return cli_number(cli, "rate", &run->rate) ? CLI_OK : CLI_USAGE;
}

/* On the writer's thread. */
static void done(void *context, const struct store_result *result)
{
    struct run *run = context;
    if (result->rc == RC_OK) {
        atomic_fetch_add(&run->deleted, 1);
    } else if (result->rc != RC_GONE) { /* someone else was faster */
        cli_report(NULL, &result->err);
        atomic_fetch_add(&run->failed, 1);
        atomic_store(&run->broken, result->rc != RC_NOT_FOUND);
    }
    atomic_fetch_sub(&run->under_way, 1);
}

static void pause_ms(int64_t ms)
{
    if (ms > 0) {
        nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
    }
}

static enum rc purge_one(struct run *run, uint64_t id, struct err *e)
{
    struct store_write request = {.kind = run->text_only ? STORE_PURGE_TEXT : STORE_DELETE,
                                  .has_id = true,
                                  .id = id,
                                  .who = SLICE("guillemet purge"),
                                  .done = done,
                                  .context = run};
    atomic_fetch_add(&run->under_way, 1);
    enum rc rc = store_write(run->backend.store, &request, e);
    while (rc == RC_BUSY) {
        pause_ms(2);
        rc = store_write(run->backend.store, &request, e);
    }
    if (rc) {
        atomic_fetch_sub(&run->under_way, 1);
    }
    return rc;
}

static void throttle(const struct run *run)
{
    int64_t due_ms =
        run->rate ? run->progress.started_ms + (int64_t)run->found * 1000 / run->rate : 0;
    pause_ms(due_ms - clock_steady_ms());
}

static enum rc purge_page(struct run *run, const struct store_article *rows, size_t count,
                          struct err *e)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < count && rc == RC_OK && !stop_signal && !atomic_load(&run->broken);
         i++) {
        if (run->text_only && rows[i].rights == STORE_RIGHTS_PURGED) {
            continue;
        }
        run->found++;
        rc = run->dry ? RC_OK : purge_one(run, rows[i].id, e);
        struct progress_state state = {
            .done = run->found, .total = run->expected, .count = run->found};
        progress_show(&run->progress, &state);
        if (!run->dry) {
            throttle(run);
        }
    }
    return rc;
}

static enum rc walk(struct run *run, struct err *e)
{
    struct store_page page = {.has_more = true};
    enum rc rc = RC_OK;
    while (rc == RC_OK && page.has_more && !stop_signal && !atomic_load(&run->broken)) {
        struct store_article *rows = NULL;
        size_t count = 0;
        struct arena *arena = arena_new(0);
        rc = arena ? store_article_list(run->reader, &run->query, arena, &rows, &count, &page, e)
                   : err_nomem(e);
        if (rc == RC_OK && run->expected == 0) {
            run->expected = (uint64_t)page.total;
        }
        if (rc == RC_OK) {
            rc = purge_page(run, rows, count, e);
            /* By date and row: nothing of it lives in the arena. */
            run->query.after = page.last;
        }
        arena_free(arena);
    }
    while (atomic_load(&run->under_way) > 0) {
        pause_ms(2);
    }
    return rc;
}

static void print_json(const struct run *run, int64_t free_bytes)
{
    struct buf out;
    struct jsonw w;
    char before[32];
    buf_init(&out);
    jsonw_init(&w, &out, 0);
    clock_format_utc(run->before_ms, before);
    jsonw_object(&w);
    jsonw_key_text(&w, "before", before);
    jsonw_key_int(&w, "found", (int64_t)run->found);
    jsonw_key_int(&w, "deleted", (int64_t)atomic_load(&run->deleted));
    jsonw_key_int(&w, "failed", (int64_t)atomic_load(&run->failed));
    jsonw_key_bool(&w, "text_only", run->text_only);
    jsonw_key_bool(&w, "dry_run", run->dry);
    jsonw_key_bool(&w, "interrupted", stop_signal != 0);
    jsonw_key_int(&w, "free_bytes", free_bytes);
    jsonw_end(&w);
    printf("%.*s\n", SLICE_ARG(buf_view(&out)));
    buf_done(&out);
}

static void print_summary(const struct run *run, const struct cli *cli, int64_t free_bytes)
{
    char before[32];
    const char *what = run->text_only ? "texts of articles" : "articles";
    clock_format_utc(run->before_ms, before);
    if (cli_switch(cli, "json")) {
        print_json(run, free_bytes);
    } else if (run->dry) {
        printf("dry run: %llu %s are from before %s, and would be deleted\n",
               (unsigned long long)run->found, what, before);
    } else {
        printf("%llu %s from before %s deleted, %llu failed; %.1f MB of the file are free for "
               "new ones\n",
               (unsigned long long)atomic_load(&run->deleted), what, before,
               (unsigned long long)atomic_load(&run->failed), (double)free_bytes / 1e6);
    }
    if (stop_signal) {
        cli_complain("stopped; what is counted above is deleted. The same command again goes on");
    }
}

static int purge(struct run *run, const struct cli *cli)
{
    struct err e = {0};
    int64_t free_bytes = 0;
    int code = read_options(run, cli);
    code = code ? code
                : backend_open(&run->backend, cli,
                               run->dry ? BACKEND_READ : BACKEND_EXISTING | BACKEND_BULK);
    if (code) {
        return code;
    }
    stop_listen();
    progress_start(&run->progress, "articles", cli_switch(cli, "quiet"));
    enum rc rc = store_reader_open(run->backend.store, &run->reader, &e);
    rc = rc ? rc : walk(run, &e);
    rc = rc ? rc : store_free_bytes(run->reader, &free_bytes, &e);
    progress_clear(&run->progress);
    store_reader_close(run->reader);
    backend_close(&run->backend);
    code = rc ? cli_fail(NULL, &e) : CLI_OK;
    print_summary(run, cli, free_bytes);
    if (code == CLI_OK && atomic_load(&run->failed)) {
        code = atomic_load(&run->broken) ? CLI_ENVIRONMENT : CLI_PARTIAL;
    }
    return stop_signal ? stop_code() : code;
}

static int run_purge(struct cli *cli)
{
    struct run run = {.dry = cli_switch(cli, "dry-run"),
                      .text_only = cli_switch(cli, "text-only"),
                      .arena = arena_new(0)};
    int code = purge(&run, cli);
    arena_free(run.arena);
    return code;
}

static const struct cli_option options[] = {
    {"older-than", 0, "AGE|DATE", "90d, 8w, 2y, or 2026-02-03: what was published before"},
    {"source", 0, "NAME", "of this publisher alone"},
    {"text-only", 0, NULL, "delete their texts; metadata, names and quotes stay"},
    {"rate", 0, "N", "at most N articles a second"},
    {"dry-run", 'n', NULL, "count them, delete nothing"},
    {"json", 0, NULL, "print the summary as JSON"},
    {"quiet", 'q', NULL, "no progress on stderr"},
    {NULL, 0, NULL, NULL}};
static const char *const config[] = {"db", "log-level", "log-format", "config", NULL};

const struct cli_command cmd_purge = {
    .name = "purge",
    .summary = "delete old articles, or their texts alone, of one source or of all",
    .usage = "--older-than AGE|DATE [OPTION…]",
    .about =
        "Deletes articles that were published before a time (those without a date: that came "
        "in before "
        "it), with\n"
        "their revisions, mentions and quotes. As any deletion each leaves a tombstone, "
        "without title, "
        "text or\n"
        "address: it answers 410, a feed that still has the article doesn't bring it back "
        "(ingest --revive "
        "does),\n"
        "and the audit log names it. It may run beside serve, and be stopped and started "
        "again at any "
        "time.\n"
        "With --text-only the articles stay, with their metadata, the names in them and their "
        "quotes; the text,\n"
        "the standfirst, the words around quotes and older revisions go, also from the search. "
        "Such an article's\n"
        "text_rights say \"purged\"; it is never analysed again, and comes back with its text "
        "when it is ingested\n"
        "with another one (unchanged, it stays as it is). Copies that were made before still "
        "hold the text. The\n"
        "file doesn't shrink: what becomes free in it is used by new articles; `guillemet "
        "backup` makes a "
        "copy,\n"
        "and `sqlite3 COPY vacuum` a small one.",
    .examples = "  guillemet purge --older-than 90d --source \"Agence X\" --dry-run\n"
                "  guillemet purge --older-than 2y --text-only --source \"Agence X\"\n"
                "  guillemet purge --older-than 2024-01-01 --rate 50",
    .options = options,
    .config = config,
    .most = 0,
    .run = run_purge,
};
