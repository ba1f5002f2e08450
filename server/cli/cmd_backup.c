/* `guillemet backup` and `guillemet restore`: the archive to a file and back. */
#include "store/backup.h"

#include "base/clock.h"
#include "base/jsonw.h"
#include "cli/commands.h"
#include "cli/progress.h"
#include "cli/stop.h"

static bool show(void *context, uint64_t done, uint64_t total)
{
    struct progress *progress = context;
    struct progress_state state = {.done = done, .total = total, .count = done};
    progress_show(progress, &state);
    return !stop_signal;
}

static void print_copied(const struct cli *cli, const char *verb, const struct store_copy *copy,
                         const struct store_copied *copied, double seconds)
{
    if (!cli_switch(cli, "json")) {
        printf("%s %s: %lld articles, %.1f MB, checked, in %.1f s\n", copy->to, verb,
               (long long)copied->articles, (double)copied->bytes / 1e6, seconds);
        if (slice_present(copied->kept)) {
            printf("what was there is kept in %.*s\n", SLICE_ARG(copied->kept));
        }
        return;
    }
    struct buf out;
    struct jsonw w;
    buf_init(&out);
    jsonw_init(&w, &out, 0);
    jsonw_object(&w);
    jsonw_key_text(&w, "file", copy->to);
    jsonw_key_int(&w, "articles", copied->articles);
    jsonw_key_int(&w, "bytes", (int64_t)copied->bytes);
    jsonw_key_int(&w, "version", (int64_t)copied->version);
    jsonw_key_string(&w, "kept", copied->kept);
    jsonw_key_real(&w, "seconds", seconds);
    jsonw_end(&w);
    printf("%.*s\n", SLICE_ARG(buf_view(&out)));
    buf_done(&out);
}

typedef enum rc copier(const struct store_copy *copy, struct arena *arena, struct store_copied *out,
                       struct err *e);

static int run_copy(const struct cli *cli, copier *run, const char *verb, const char *from,
                    const char *to)
{
    struct err e = {0};
    struct store_copied copied = {0};
    struct progress progress;
    struct arena *arena = arena_new(0);
    struct store_copy copy = {.from = from,
                              .to = to,
                              .force = cli_switch(cli, "force"),
                              .progress = show,
                              .context = &progress};
    stop_listen();
    progress_start(&progress, "pages", cli_switch(cli, "quiet"));
    enum rc rc = arena ? run(&copy, arena, &copied, &e) : err_nomem(&e);
    progress_clear(&progress);
    if (rc) {
        cli_report(NULL, &e);
    } else {
        print_copied(cli, verb, &copy, &copied,
                     (double)(clock_steady_ms() - progress.started_ms) / 1000);
    }
    arena_free(arena);
    return rc == RC_OK ? CLI_OK : stop_signal ? stop_code() : CLI_ENVIRONMENT;
}

static int run_backup(struct cli *cli)
{
    return run_copy(cli, store_backup, "written", config_text(cli->config, "db"), cli->operands[0]);
}

static int run_restore(struct cli *cli)
{
    return run_copy(cli, store_restore, "restored", cli->operands[0],
                    config_text(cli->config, "db"));
}

static const struct cli_option backup_options[] = {{"force", 'f', NULL, "overwrite FILE"},
                                                   {"json", 0, NULL, "say what was done as JSON"},
                                                   {"quiet", 'q', NULL, "no progress on stderr"},
                                                   {NULL, 0, NULL, NULL}};
static const struct cli_option restore_options[] = {
    {"force", 'f', NULL, "also over an archive that was changed since the backup"},
    {"json", 0, NULL, "say what was done as JSON"},
    {"quiet", 'q', NULL, "no progress on stderr"},
    {NULL, 0, NULL, NULL}};
static const char *const config[] = {"db", "config", NULL};

const struct cli_command cmd_backup = {
    .name = "backup",
    .summary = "copy the archive to a file, also while it is served and written to",
    .usage = "[OPTION…] FILE",
    .about =
        "Writes a copy of one moment of the archive, checks it (integrity, foreign keys, full-text "
        "indexes),\n"
        "and only then gives it the name FILE: what has that name is whole. It may run beside "
        "serve and "
        "ingest;\n"
        "until it has read everything their log of changes isn't emptied, so leave them room on "
        "the "
        "disk.\n"
        "The copy is an archive like any other: serve --db FILE opens it.",
    .examples = "  guillemet backup /backup/guillemet-$(date +%F).db\n"
                "  guillemet backup --db news.db --force /backup/news.db",
    .options = backup_options,
    .config = config,
    .least = 1,
    .most = 1,
    .run = run_backup,
};

const struct cli_command cmd_restore = {
    .name = "restore",
    .summary = "put a backup back in the archive's place",
    .usage = "[OPTION…] FILE",
    .about =
        "Copies FILE, checks the copy, and puts it in the place of the archive (--db). Nothing may "
        "have that\n"
        "archive open: stop serve first, --force doesn't change that. An archive that was changed "
        "since the\n"
        "backup was made is replaced with --force alone. What was there is kept beside it, as\n"
        "….before-restore-TIME.",
    .examples = "  guillemet restore /backup/guillemet-2026-02-03.db\n"
                "  guillemet restore --db news.db --force /backup/news.db",
    .options = restore_options,
    .config = config,
    .least = 1,
    .most = 1,
    .run = run_restore,
};
