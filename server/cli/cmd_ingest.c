/* `guillemet ingest`: files, directories and streams into the archive. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "cli/backend.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/ingest_report.h"
#include "cli/restore.h"
#include "cli/stop.h"
#include "ingest/archive.h"
#include "ingest/known.h"
#include "ingest/rejects.h"

struct run {
    const struct cli *cli;
    struct backend backend;
    struct report report;
    struct known *known; /* NULL: a dry run without an archive */
    bool dry, revive, stop_on_error, keeps_origins;
    uint64_t read;                    /* items */
    uint64_t bytes_total, bytes_past; /* of all files, of those that are done */
};

/* A file under way. */
struct reading {
    struct run *run;
    const char *path;
    struct ingest_source *source;
    struct ingest_archive archive;
};

/* A document under way: lives in its arena. */
struct passenger {
    struct run *run;
    struct report_place place;
    struct known_keys keys;
    struct identity identity;
    struct store_history history;
};

static bool must_stop(struct run *run)
{
    return stop_signal || atomic_load(&run->report.broken) ||
           (run->stop_on_error && atomic_load(&run->report.refused));
}

/* ---- one document */

/* On the writer's thread. */
static void stored(void *context, const struct pipeline_result *result)
{
    struct passenger *p = context;
    known_leave(p->run->known, &p->keys);
    if (result->rc) {
        report_refused(&p->run->report, &p->place, &result->err);
        return;
    }
    enum report_sum sum = result->outcome == OUTCOME_CREATED   ? SUM_CREATED
                          : result->outcome == OUTCOME_REVISED ? SUM_REVISED
                                                               : SUM_UNCHANGED;
    report_stored(&p->run->report, &p->place, sum, result->id, result->document);
}

/* What is needed after the source went on: copied into the document's arena. */
static struct passenger *board(const struct reading *reading, const struct report_place *place,
                               struct arena *arena, struct err *e)
{
    struct passenger *p = ARENA_NEW(arena, struct passenger);
    char *path = p ? arena_strdup(arena, place->path) : NULL;
    if (!path) {
        err_nomem(e);
        return NULL;
    }
    p->run = reading->run;
    p->place = (struct report_place){.path = path, .line = place->line};
    if (reading->run->keeps_origins) {
        struct slice bytes = place->origin.alone ? place->origin.bytes : SLICE_NONE;
        p->place.origin.alone = true;
        p->place.origin.hints = reject_keep_hints(place->origin.hints, arena);
        p->place.origin.bytes = arena_copy(arena, bytes);
        p->place.origin.content_type = arena_copy(arena, place->origin.content_type);
    }
    if (reading->archive.kind == ARCHIVE_ARTICLE) {
        p->history = reading->archive.history;
    }
    return p;
}

static enum rc submit(const struct reading *reading, struct passenger *p,
                      const struct document *document, struct arena *arena, struct err *e)
{
    bool exported = reading->archive.kind == ARCHIVE_ARTICLE;
    struct pipeline_job job = {.arena = arena,
                               .document = document,
                               .identity = &p->identity,
                               .history = exported ? &p->history : NULL,
                               .archive_id = exported ? reading->archive.id : 0,
                               .revive = p->run->revive,
                               .who = SLICE("guillemet ingest"),
                               .wait = true};
    known_enter(p->run->known, &p->keys);
    enum rc rc = pipeline_submit(p->run->backend.pipeline, &job, stored, p, e);
    if (rc) {
        known_leave(p->run->known, &p->keys);
    }
    return rc;
}

static enum rc foretell(struct run *run, const struct passenger *p,
                        const struct store_outlook *outlook, const struct document *document,
                        struct arena *arena, struct err *e)
{
    enum report_sum sum = outlook->outcome == OUTCOME_CREATED ? SUM_CREATED : SUM_REVISED;
    struct analysis *analysis = NULL;
    if (outlook->deleted && !run->revive) {
        return err_set(e, RC_GONE, "it was deleted; only --revive brings it back");
    }
    enum rc rc = pipeline_analyse(run->backend.pipeline, document, arena, &analysis, e);
    if (rc == RC_OK) {
        report_stored(&run->report, &p->place, sum, outlook->id, document);
    }
    return rc;
}

/* Takes the arena. */
static enum rc take_article(struct reading *reading, const struct report_place *place,
                            const struct document *document, struct arena *arena, struct err *e)
{
    struct run *run = reading->run;
    struct store_outlook outlook = {.outcome = OUTCOME_CREATED};
    struct passenger *p = board(reading, place, arena, e);
    enum rc rc = p ? identity_of(document, arena, &p->identity, e) : RC_NOMEM;
    if (rc == RC_OK) {
        p->keys = known_keys_of(document, &p->identity);
        outlook.id = p->identity.id;
    }
    bool settled = reading->archive.kind == ARCHIVE_NONE && run->known && rc == RC_OK &&
                   !known_is_under_way(run->known, &p->keys);
    if (settled) {
        rc = known_look(run->known, document, &p->identity, &outlook, e);
    }
    if (rc == RC_OK && outlook.outcome == OUTCOME_UNCHANGED) {
        report_stored(&run->report, &p->place, SUM_UNCHANGED, outlook.id, document);
    } else if (rc == RC_OK && run->dry) {
        rc = foretell(run, p, &outlook, document, arena, e);
    } else if (rc == RC_OK) {
        rc = submit(reading, p, document, arena, e);
        arena = rc ? arena : NULL;
    }
    arena_free(arena);
    return rc;
}

/* Takes the arena. */
static enum rc take_document(struct reading *reading, const struct report_place *place,
                             const struct document *document, struct arena *arena, struct err *e)
{
    struct run *run = reading->run;
    const struct ingest_archive *archive = &reading->archive;
    bool one = cli_value(run->cli, "url") || cli_value(run->cli, "external-id");
    enum rc rc = RC_OK;
    if (one && run->read > 1) {
        rc =
            err_set(e, RC_INVALID, "--url and --external-id name one article, and this is another");
    } else if (archive->kind == ARCHIVE_NONE || archive->kind == ARCHIVE_ARTICLE) {
        return take_article(reading, place, document, arena, e);
    } else if (!run->dry) { /* in its order among the articles */
        pipeline_drain(run->backend.pipeline);
        rc = restore_record(run->backend.store, archive, arena, e);
        if (rc == RC_OK) {
            report_restored(&run->report);
        }
    }
    arena_free(arena);
    return rc;
}

static void show_progress(const struct reading *reading)
{
    struct run *run = reading->run;
    char detail[96];
    if (!progress_due(&run->report.progress)) {
        return;
    }
    report_detail(&run->report, detail, sizeof detail);
    struct progress_state state = {.done = run->bytes_past + ingest_position(reading->source),
                                   .total = run->bytes_total,
                                   .count = run->read,
                                   .detail = detail};
    pthread_mutex_lock(&run->report.lock);
    progress_show(&run->report.progress, &state);
    pthread_mutex_unlock(&run->report.lock);
}

/* False at the end of the source. */
static bool next_document(struct reading *reading)
{
    struct run *run = reading->run;
    struct err e = {0};
    struct document *document = NULL;
    struct arena *arena = arena_new(0);
    enum rc rc = arena ? ingest_next(reading->source, arena, &document, &e) : err_nomem(&e);
    if ((rc == RC_OK && !document) || stop_signal) {
        arena_free(arena);
        return false;
    }
    struct report_place place = {.path = reading->path,
                                 .line = ingest_line(reading->source),
                                 .origin = ingest_origin(reading->source)};
    run->read++;
    if (rc == RC_OK) {
        rc = take_document(reading, &place, document, arena, &e);
    } else {
        arena_free(arena);
    }
    if (rc) {
        report_refused(&run->report, &place, &e);
    }
    show_progress(reading);
    return !must_stop(run);
}

/* ---- files */

static uint64_t size_of(const char *path)
{
    struct stat status;
    bool known =
        strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &status) == 0 : stat(path, &status) == 0;
    return known && S_ISREG(status.st_mode) ? (uint64_t)status.st_size : 0;
}

static bool add_size(void *context, const char *path)
{
    struct run *run = context;
    run->bytes_total += size_of(path);
    return !stop_signal;
}

static bool ingest_file(void *context, const char *path)
{
    struct run *run = context;
    struct reading reading = {.run = run, .path = path, .archive = {.kind = ARCHIVE_NONE}};
    struct ingest_hints hints = files_hints(run->cli);
    FILE *stream = NULL;
    struct err e = {0};
    hints.name = slice_cstr(path);
    hints.content_type = cli_slice(run->cli, "type");
    hints.archive = &reading.archive;
    hints.rejects = true;
    hints.stop = &stop_signal;
    enum rc rc = files_open(path, &stream, &e);
    if (rc == RC_OK) {
        rc = ingest_open_stream(stream, &hints, &reading.source, &e);
    }
    if (rc) {
        struct report_place place = {.path = path};
        run->read++;
        report_refused(&run->report, &place, &e);
        files_close(stream);
        return !must_stop(run);
    }
    while (next_document(&reading)) {
    }
    ingest_close(reading.source);
    files_close(stream);
    run->bytes_past += size_of(path);
    return !must_stop(run);
}

static void ingest_operands(struct run *run)
{
    struct err e = {0};
    for (int i = 0; i < run->cli->operand_count && !stop_signal; i++) {
        files_walk(run->cli->operands[i], add_size, run, &e); /* faults are told below */
    }
    for (int i = 0; i < run->cli->operand_count && !must_stop(run); i++) {
        if (files_walk(run->cli->operands[i], ingest_file, run, &e)) {
            struct report_place place = {.path = run->cli->operands[i]};
            run->read++;
            report_refused(&run->report, &place, &e);
        }
    }
}

/* ---- the command */

/* --jobs is the configuration's `workers` by the name that other programs have for it. */
static int set_jobs(struct cli *cli)
{
    struct err e = {0};
    const char *jobs = cli_value(cli, "jobs");
    if (jobs && config_set_flag(cli->config, "workers", jobs, &e)) {
        cli_complain("--jobs takes a whole number from 0 to 256, not \"%s\"", jobs);
        return CLI_USAGE;
    }
    return CLI_OK;
}

static int check_options(struct cli *cli)
{
    bool one = cli_value(cli, "url") || cli_value(cli, "external-id");
    if (one && cli->operand_count > 1) {
        cli_complain("--url and --external-id name one article: give one FILE");
        return CLI_USAGE;
    }
    if (cli_switch(cli, "keep-going") && cli_switch(cli, "stop-on-error")) {
        cli_complain("--keep-going and --stop-on-error are opposites: give one of them");
        return CLI_USAGE;
    }
    return set_jobs(cli);
}

/* A dry run reads the archive when there is one. */
static int open_backend(struct run *run)
{
    struct err e = {0};
    unsigned parts = BACKEND_PIPELINE | BACKEND_BULK;
    if (run->dry) {
        struct stat status;
        bool exists = stat(config_text(run->cli->config, "db"), &status) == 0;
        parts = BACKEND_PIPELINE | (exists ? BACKEND_READ : BACKEND_NOTHING);
    }
    stop_mask(); /* signals are for this thread: it is the one that waits for input */
    int code = backend_open(&run->backend, run->cli, parts);
    stop_unmask();
    if (code == CLI_OK && run->backend.store) {
        run->known = known_new(run->backend.store, &e);
        code = run->known ? CLI_OK : cli_fail(NULL, &e);
    }
    return code;
}

static int finish(struct run *run)
{
    pipeline_drain(run->backend.pipeline);
    struct pipeline_progress spent = pipeline_progress(run->backend.pipeline);
    struct store_write_counts writes = {.cpu_us = 0};
    if (run->backend.store) {
        store_write_counts(run->backend.store, &writes);
    }
    struct report_times times = {.read_us = clock_cpu_us(),
                                 .analyse_us = spent.analyse_cpu_us,
                                 .render_us = spent.render_cpu_us,
                                 .store_us = writes.cpu_us,
                                 .search_us = writes.search_cpu_us};
    report_close(&run->report);
    if (run->read == 0 && !stop_signal) {
        cli_complain("no document found; \"guillemet ingest --help\" says which files are read");
    }
    report_summary(&run->report, run->read, &times, stop_signal != 0);
    if (stop_signal) {
        cli_complain(
            "stopped; what is counted above is stored. The same command again goes on: what is "
            "stored as it is takes little time");
        return stop_code();
    }
    if (run->stop_on_error && atomic_load(&run->report.refused)) {
        cli_complain("stopped at the first error, as --stop-on-error asks");
    }
    return run->report.code;
}

static int run_ingest(struct cli *cli)
{
    struct run run = {.cli = cli,
                      .dry = cli_switch(cli, "dry-run"),
                      .revive = cli_switch(cli, "revive"),
                      .stop_on_error = cli_switch(cli, "stop-on-error"),
                      .keeps_origins = cli_value(cli, "rejects") != NULL};
    int code = check_options(cli);
    code = code ? code : report_open(&run.report, cli);
    code = code ? code : open_backend(&run);
    if (code == CLI_OK) {
        stop_listen();
        ingest_operands(&run);
        code = finish(&run);
    }
    known_free(run.known);
    backend_close(&run.backend);
    return code;
}

static const struct cli_option options[] = {
    {"dry-run", 'n', NULL, "say what would be created, revised, refused; store nothing"},
    {"verbose", 'v', NULL, "a line for each item once it is stored: outcome, id, place"},
    {"jobs", 'j', "N", "analyse N documents at a time (0: one a core); as --workers"},
    {"keep-going", 'k', NULL, "go on after what is refused (the default)"},
    {"stop-on-error", 0, NULL, "stop at the first that is refused"},
    {"rejects", 0, "FILE", "append what is refused, with the reason; ingest reads it again"},
    {"json", 0, NULL, "the summary (and the lines of --verbose) as JSON, one object a line"},
    {"quiet", 'q', NULL, "no progress on stderr"},
    {"revive", 0, NULL, "bring deleted articles back"},
    {"type", 0, "TYPE", "media type of the input, such as application/x-ndjson"},
    FILES_HINT_OPTIONS,
    {NULL, 0, NULL, NULL}};
static const char *const config[] = {"db",         "gazetteer", "lang",  "lang-pack",
                                     "model",      "workers",   "queue", "log-level",
                                     "log-format", "config",    NULL};

const struct cli_command cmd_ingest = {
    .name = "ingest",
    .summary = "analyse and store articles from files, directories or standard input",
    .usage = "[OPTION…] FILE|DIR|-…",
    .about = "Reads documents, analyses them and stores them in the archive, which is created when "
             "missing.\n"
             "FILE is a web page (.html), a feed (.rss, .atom, .xml), plain text (.txt), a JSON "
             "document "
             "or an array\n"
             "of them (.json), or one document a line (.ndjson, .jsonl), packed or not (.gz, "
             ".zst); a DIR is "
             "searched\n"
             "for such files. The metadata options are for "
             "what the\n"
             "input itself doesn't say. An article that is there already, by its URL, its external "
             "id or its\n"
             "text, becomes a new revision or stays as it is. What is refused is told with file "
             "and line,\n"
             "the rest goes on.\n\n"
             "What is reported is stored: an item is counted, and told by --verbose, after its "
             "commit. Ctrl-C\n"
             "(or SIGTERM) stores what was read and says so; the same command again skips what is "
             "stored\n"
             "as it is, and goes on. --rejects FILE keeps what was refused, whole and with the "
             "reason, as\n"
             "JSON lines: after mending them, or the program, give that file to ingest as it is. "
             "Progress is\n"
             "a bar on a terminal (NO_COLOR is honoured) and a line a second elsewhere.\n"
             "Exit code 130 or 143: stopped by Ctrl-C or SIGTERM.",
    .examples = "  guillemet ingest articles/\n"
                "  guillemet ingest --source \"Le Courrier\" --published-at 2026-02-03 \\\n"
                "      --url https://courrier.example/paix article.txt\n"
                "  guillemet ingest dump.ndjson.gz page.html feed.xml\n"
                "  guillemet ingest --rejects rejects.ndjson dump.ndjson\n"
                "  guillemet ingest rejects.ndjson",
    .options = options,
    .config = config,
    .least = 1,
    .most = -1,
    .run = run_ingest,
};
