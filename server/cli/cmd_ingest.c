/* `guillemet ingest`: files, directories and streams into the archive. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/jsonw.h"
#include "cli/backend.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/restore.h"
#include "ingest/archive.h"

#define PROGRESS_MS 200

struct run {
    const struct cli *cli;
    struct backend backend;
    bool dry, terminal;
    int code;               /* of the reading thread */
    uint64_t read, refused; /* by the reading thread */
    uint64_t restored;      /* tombstones, entities and corrections of an export: lines */
    atomic_uint_fast64_t not_stored;
    atomic_bool broken; /* the archive fails: stop */
    int64_t started_ms, shown_ms;
};

/* Who a document was, for the message of a write that fails later. */
struct origin_note {
    struct run *run;
    size_t line;
    char path[];
};

static void worsen(struct run *run, int code)
{
    run->code = code > run->code ? code : run->code;
}

static void clear_progress(const struct run *run)
{
    if (run->terminal) {
        fputs("\r\033[K", stderr);
    }
}

static void refuse(struct run *run, const char *path, size_t line, const struct err *e)
{
    clear_progress(run);
    worsen(run, cli_fail_at(path, line, e));
    run->refused++;
}

static void show_progress(struct run *run)
{
    int64_t now_ms = clock_steady_ms();
    if (!run->terminal || now_ms - run->shown_ms < PROGRESS_MS) {
        return;
    }
    run->shown_ms = now_ms;
    struct pipeline_progress p = {.submitted = run->read};
    if (run->backend.pipeline) {
        p = pipeline_progress(run->backend.pipeline);
    }
    double seconds = (double)(now_ms - run->started_ms) / 1000;
    fprintf(stderr,
            "\r\033[K%llu read, %llu created, %llu revised, %llu unchanged, %llu refused, %.0f/s",
            (unsigned long long)run->read, (unsigned long long)p.created,
            (unsigned long long)p.revised, (unsigned long long)p.unchanged,
            (unsigned long long)(run->refused + p.failed),
            seconds > 0 ? (double)run->read / seconds : 0);
}

/* On the writer's thread. */
static void stored(void *context, const struct pipeline_result *result)
{
    struct origin_note *note = context;
    if (result->rc) {
        int code = cli_fail_at(note->path, note->line, &result->err);
        atomic_fetch_add(&note->run->not_stored, 1);
        if (code == CLI_ENVIRONMENT) {
            atomic_store(&note->run->broken, true);
        }
    }
    free(note);
}

static struct origin_note *new_note(struct run *run, const char *path, size_t line)
{
    size_t len = strlen(path) + 1;
    struct origin_note *note = malloc(sizeof *note + len);
    if (note) {
        note->run = run;
        note->line = line;
        memcpy(note->path, path, len);
    }
    return note;
}

/* Takes the arena. */
static enum rc submit(struct run *run, const struct document *document,
                      const struct ingest_archive *archive, const char *path, size_t line,
                      struct arena *arena, struct err *e)
{
    struct pipeline_job job = {.arena = arena,
                               .document = document,
                               .revive = cli_switch(run->cli, "revive"),
                               .who = SLICE("guillemet ingest"),
                               .wait = true};
    enum rc rc = RC_OK;
    struct origin_note *note = new_note(run, path, line);
    struct store_history *history = ARENA_NEW(arena, struct store_history);
    if (!note || !history) {
        rc = err_nomem(e);
    } else if (archive->kind == ARCHIVE_ARTICLE) {
        *history = archive->history;
        job.history = history;
        job.archive_id = archive->id;
    }
    if (rc == RC_OK) {
        rc = pipeline_submit(run->backend.pipeline, &job, stored, note, e);
    }
    if (rc) {
        free(note);
        arena_free(arena);
    }
    return rc;
}

/* Takes the arena. */
static enum rc take_document(struct run *run, const struct document *document,
                             const struct ingest_archive *archive, const char *path, size_t line,
                             struct arena *arena, struct err *e)
{
    enum rc rc = RC_OK;
    bool one = cli_value(run->cli, "url") || cli_value(run->cli, "external-id");
    bool article = archive->kind == ARCHIVE_NONE || archive->kind == ARCHIVE_ARTICLE;
    if (one && run->read > 1) {
        rc =
            err_set(e, RC_INVALID, "--url and --external-id name one article, and this is another");
    } else if (article && run->dry) {
        struct analysis *analysis = NULL;
        rc = pipeline_analyse(run->backend.pipeline, document, arena, &analysis, e);
    } else if (article) {
        return submit(run, document, archive, path, line, arena, e);
    } else if (!run->dry) { /* in its order among the articles */
        pipeline_drain(run->backend.pipeline);
        rc = restore_record(run->backend.store, archive, arena, e);
        run->restored += rc == RC_OK;
    }
    arena_free(arena);
    return rc;
}

/* False at the end of the source. */
static bool next_document(struct run *run, struct ingest_source *source,
                          struct ingest_archive *archive, const char *path)
{
    struct err e = {0};
    struct document *document = NULL;
    struct arena *arena = arena_new(0);
    if (!arena) {
        err_nomem(&e);
        refuse(run, path, 0, &e);
        return false;
    }
    enum rc rc = ingest_next(source, arena, &document, &e);
    if (rc == RC_OK && !document) {
        arena_free(arena);
        return false;
    }
    size_t line = ingest_line(source);
    run->read++;
    if (rc == RC_OK) {
        rc = take_document(run, document, archive, path, line, arena, &e);
    } else {
        arena_free(arena);
    }
    if (rc) {
        refuse(run, path, line, &e);
    }
    show_progress(run);
    bool fails = rc == RC_UNAVAILABLE || rc == RC_FULL || rc == RC_READ_ONLY || rc == RC_NOMEM;
    return !fails && !atomic_load(&run->broken);
}

static bool ingest_file(void *context, const char *path)
{
    struct run *run = context;
    struct ingest_archive archive = {.kind = ARCHIVE_NONE};
    struct ingest_hints hints = files_hints(run->cli);
    struct ingest_source *source = NULL;
    FILE *stream = NULL;
    struct err e = {0};
    hints.name = slice_cstr(path);
    hints.content_type = cli_slice(run->cli, "type");
    hints.archive = &archive;
    enum rc rc = files_open(path, &stream, &e);
    if (rc == RC_OK) {
        rc = ingest_open_stream(stream, &hints, &source, &e);
    }
    if (rc) {
        run->read++;
        refuse(run, path, 0, &e);
        files_close(stream);
        return true;
    }
    while (next_document(run, source, &archive, path)) {
    }
    ingest_close(source);
    files_close(stream);
    return !atomic_load(&run->broken);
}

/* ---- the summary */

static void print_json(const struct run *run, const struct pipeline_progress *p, uint64_t refused,
                       double seconds)
{
    struct buf out;
    struct jsonw w;
    buf_init(&out);
    jsonw_init(&w, &out, 0);
    jsonw_object(&w);
    jsonw_key_int(&w, "read", (int64_t)run->read);
    jsonw_key_int(&w, "created", (int64_t)p->created);
    jsonw_key_int(&w, "revised", (int64_t)p->revised);
    jsonw_key_int(&w, "unchanged", (int64_t)p->unchanged);
    jsonw_key_int(&w, "refused", (int64_t)refused);
    jsonw_key_int(&w, "restored", (int64_t)run->restored);
    jsonw_key_bool(&w, "dry_run", run->dry);
    jsonw_key_real(&w, "seconds", seconds);
    jsonw_key_real(&w, "analyse_cpu_seconds", (double)p->analyse_cpu_us / 1e6);
    jsonw_key_real(&w, "render_cpu_seconds", (double)p->render_cpu_us / 1e6);
    jsonw_end(&w);
    printf("%.*s\n", SLICE_ARG(buf_view(&out)));
    buf_done(&out);
}

static void print_summary(const struct run *run, const struct pipeline_progress *p)
{
    uint64_t refused = run->refused + atomic_load(&run->not_stored);
    double seconds = (double)(clock_steady_ms() - run->started_ms) / 1000;
    clear_progress(run);
    if (cli_switch(run->cli, "json")) {
        print_json(run, p, refused, seconds);
        return;
    }
    if (run->dry) {
        printf("%llu documents read and analysed, %llu refused, nothing stored (dry run)\n",
               (unsigned long long)(run->read - refused), (unsigned long long)refused);
        return;
    }
    printf("%llu created, %llu revised, %llu unchanged, %llu refused",
           (unsigned long long)p->created, (unsigned long long)p->revised,
           (unsigned long long)p->unchanged, (unsigned long long)refused);
    if (run->restored) {
        printf(", %llu lines of deletions, entities and corrections restored",
               (unsigned long long)run->restored);
    }
    printf(" in %.1f s\n", seconds);
}

static int run_ingest(struct cli *cli)
{
    struct run run = {.cli = cli,
                      .dry = cli_switch(cli, "dry-run"),
                      .terminal = isatty(STDERR_FILENO) && !cli_switch(cli, "quiet"),
                      .started_ms = clock_steady_ms()};
    bool one = cli_value(cli, "url") || cli_value(cli, "external-id");
    if (one && cli->operand_count > 1) {
        cli_complain("--url and --external-id name one article: give one FILE");
        return CLI_USAGE;
    }
    int code = backend_open(&run.backend, cli,
                            BACKEND_PIPELINE | BACKEND_BULK | (run.dry ? BACKEND_NOTHING : 0u));
    if (code) {
        return code;
    }
    for (int i = 0; i < cli->operand_count && !atomic_load(&run.broken); i++) {
        struct err e = {0};
        if (files_walk(cli->operands[i], ingest_file, &run, &e)) {
            run.read++;
            refuse(&run, cli->operands[i], 0, &e);
        }
    }
    pipeline_drain(run.backend.pipeline);
    struct pipeline_progress progress = pipeline_progress(run.backend.pipeline);
    backend_close(&run.backend);
    if (run.read == 0) {
        clear_progress(&run);
        cli_complain("no document found; \"guillemet ingest --help\" says which files are read");
    }
    print_summary(&run, &progress);
    if (atomic_load(&run.broken)) {
        worsen(&run, CLI_ENVIRONMENT);
    }
    return run.code ? run.code : atomic_load(&run.not_stored) ? CLI_PARTIAL : CLI_OK;
}

static const struct cli_option options[] = {
    {"dry-run", 'n', NULL, "read and analyse, store nothing"},
    {"json", 0, NULL, "print the summary as JSON"},
    {"quiet", 'q', NULL, "no progress line"},
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
             "FILE is plain text (.txt), a JSON document or an array of them (.json), or one "
             "document a line\n"
             "(.ndjson, .jsonl); a DIR is searched for such files. The metadata options are for "
             "what the\n"
             "input itself doesn't say. An article that is there already, by its URL, its external "
             "id or its\n"
             "text, becomes a new revision or stays as it is. What is refused is told with file "
             "and line,\n"
             "the rest goes on.",
    .examples = "  guillemet ingest articles/\n"
                "  guillemet ingest --source \"Le Courrier\" --published-at 2026-02-03 \\\n"
                "      --url https://courrier.example/paix article.txt\n"
                "  zcat dump.ndjson.gz | guillemet ingest --type application/x-ndjson -",
    .options = options,
    .config = config,
    .least = 1,
    .most = -1,
    .run = run_ingest,
};
