#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/backend.h"
#include "cli/commands.h"
#include "ingest/archive.h"

#define PAGE          100
#define PAGE_ENTITIES 500

struct run {
    struct store_reader *reader;
    FILE *out;
    unsigned long long lines;
};

static enum rc write_line(struct run *run, const struct buf *line, struct err *e)
{
    if (line->failed) {
        return err_nomem(e);
    }
    run->lines++;
    return fwrite(line->data, 1, line->len, run->out) == line->len
               ? RC_OK
               : err_set(e, RC_UNAVAILABLE, "writing failed: %s", strerror(errno));
}

static enum rc export_article(struct run *run, const struct store_record *record,
                              struct arena *arena, struct buf *line, struct err *e)
{
    struct store_history history;
    enum rc rc = store_article_history(run->reader, record, arena, &history, e);
    if (rc == RC_OK) {
        struct jsonw w;
        buf_clear(line);
        jsonw_init(&w, line, 0);
        archive_write_record(&w, record, &history);
        buf_char(line, '\n');
        rc = write_line(run, line, e);
    }
    return rc;
}

static enum rc export_articles(struct run *run, struct arena *arena, struct buf *line,
                               struct err *e)
{
    int64_t row = 0;
    for (;;) {
        struct store_record *rows = NULL;
        size_t count = 0;
        arena_reset(arena);
        /* A page is of one moment: an article and its history. */
        enum rc rc = store_reader_begin(run->reader, e);
        rc = rc ? rc : store_article_walk(run->reader, row, PAGE, arena, &rows, &count, e);
        for (size_t i = 0; rc == RC_OK && i < count; i++) {
            rc = export_article(run, &rows[i], arena, line, e);
            row = rows[i].row;
        }
        store_reader_end(run->reader);
        if (rc || count == 0) {
            return rc;
        }
    }
}

static enum rc export_corrections(struct run *run, struct arena *arena, struct buf *line,
                                  struct err *e)
{
    int64_t number = 0;
    for (;;) {
        struct store_correction *rows = NULL;
        size_t count = 0;
        arena_reset(arena);
        enum rc rc =
            store_correction_list(run->reader, false, number, PAGE, arena, &rows, &count, e);
        for (size_t i = 0; rc == RC_OK && i < count; i++) {
            struct jsonw w;
            buf_clear(line);
            jsonw_init(&w, line, 0);
            archive_write_correction(&w, &rows[i]);
            buf_char(line, '\n');
            rc = write_line(run, line, e);
            number = rows[i].number;
        }
        if (rc || count == 0) {
            return rc;
        }
    }
}

/* Some hundred a line: each line is one commit of the import. */
static enum rc export_entities(struct run *run, bool redirects, struct arena *arena,
                               struct buf *line, struct err *e)
{
    int64_t row = 0;
    for (;;) {
        struct store_entity_record *rows = NULL;
        size_t count = 0;
        arena_reset(arena);
        enum rc rc =
            store_entity_walk(run->reader, redirects, row, PAGE_ENTITIES, arena, &rows, &count, e);
        if (rc || count == 0) {
            return rc;
        }
        struct jsonw w;
        buf_clear(line);
        jsonw_init(&w, line, 0);
        archive_write_entities(&w, rows, count, redirects);
        buf_char(line, '\n');
        rc = write_line(run, line, e);
        if (rc) {
            return rc;
        }
        row = rows[count - 1].row;
    }
}

static enum rc export_all(struct run *run, struct store *store, struct err *e)
{
    struct arena *arena = arena_new(0);
    struct buf line;
    buf_init(&line);
    enum rc rc = arena ? store_reader_open(store, &run->reader, e) : err_nomem(e);
    /* What articles refer to comes before them. */
    rc = rc ? rc : export_entities(run, false, arena, &line, e);
    rc = rc ? rc : export_entities(run, true, arena, &line, e);
    rc = rc ? rc : export_corrections(run, arena, &line, e);
    rc = rc ? rc : export_articles(run, arena, &line, e);
    if (rc == RC_OK && fflush(run->out)) {
        rc = err_set(e, RC_UNAVAILABLE, "writing failed: %s", strerror(errno));
    }
    store_reader_close(run->reader);
    buf_done(&line);
    arena_free(arena);
    return rc;
}

/* Into a new file beside the target that takes its name once it is whole: an export is never half. */
static int export_to_file(struct run *run, struct store *store, const char *path)
{
    struct err e = {0};
    size_t size = strlen(path) + 16;
    char *part = malloc(size);
    int descriptor = -1;
    if (part) {
        snprintf(part, size, "%s.XXXXXX", path);
        descriptor = mkstemp(part);
    }
    run->out = descriptor >= 0 ? fdopen(descriptor, "wb") : NULL;
    if (!run->out) {
        cli_complain("can't write %s: %s", path, strerror(errno));
        free(part);
        return CLI_ENVIRONMENT;
    }
    enum rc rc = export_all(run, store, &e);
    if (fsync(descriptor) || fclose(run->out) || (rc == RC_OK && rename(part, path))) {
        rc = rc ? rc : err_set(&e, RC_UNAVAILABLE, "can't write %s: %s", path, strerror(errno));
    }
    if (rc) {
        unlink(part);
        cli_report(NULL, &e);
    }
    free(part);
    return rc ? CLI_ENVIRONMENT : CLI_OK;
}

static int run_export(struct cli *cli)
{
    struct backend backend;
    struct run run = {.out = stdout};
    const char *path = cli_value(cli, "output");
    int code = backend_open(&backend, cli, BACKEND_READ);
    if (code) {
        return code;
    }
    if (path && strcmp(path, "-") != 0) {
        code = export_to_file(&run, backend.store, path);
    } else {
        struct err e = {0};
        if (export_all(&run, backend.store, &e)) {
            cli_report(NULL, &e);
            code = CLI_ENVIRONMENT;
        }
    }
    backend_close(&backend);
    if (code == CLI_OK && path) {
        fprintf(stderr, "%llu lines written to %s\n", run.lines, path);
    }
    return code;
}

static const struct cli_option options[] = {
    {"output", 'o', "FILE", "write here instead of standard output"}, {NULL, 0, NULL, NULL}};
static const char *const config[] = {"db", "config", NULL};

const struct cli_command cmd_export = {
    .name = "export",
    .summary = "write the whole archive as NDJSON that ingest takes back",
    .usage = "[-o FILE]",
    .about = "Writes one line for each article (its text, blocks, metadata, keys and older "
             "revisions), each\n"
             "deletion and each correction, and some for the entities. \"guillemet ingest\" of "
             "that file gives the\n"
             "same archive again, with the same ids; mentions and quotes are found anew. Access "
             "tokens and the\n"
             "audit log stay where they are. It may run beside serve and ingest.",
    .examples = "  guillemet export -o archive.ndjson\n"
                "  guillemet export | zstd > archive.ndjson.zst\n"
                "  guillemet ingest --db copy.db archive.ndjson",
    .options = options,
    .config = config,
    .most = 0,
    .run = run_export,
};
