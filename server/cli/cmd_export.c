#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/backend.h"
#include "cli/commands.h"
#include "cli/export_csv.h"
#include "cli/export_filter.h"
#include "ingest/archive.h"

#define PAGE          100
#define PAGE_ENTITIES 500

struct run {
    struct store_reader *reader;
    const struct export_table *table; /* NULL: everything, as NDJSON */
    struct store_filter filter;       /* no clauses: the whole archive */
    struct arena *arena;              /* of the filter */
    FILE *out;
    unsigned long long lines;
};

static enum rc write_bytes(void *context, const struct buf *bytes, struct err *e)
{
    struct run *run = context;
    if (bytes->failed) {
        return err_nomem(e);
    }
    return fwrite(bytes->data, 1, bytes->len, run->out) == bytes->len
               ? RC_OK
               : err_set(e, RC_UNAVAILABLE, "writing failed: %s", strerror(errno));
}

static enum rc write_line(struct run *run, const struct buf *line, struct err *e)
{
    run->lines++;
    return write_bytes(run, line, e);
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

/* A part of the archive, by date: where its list has come to. */
struct walk {
    int64_t row; /* of all articles and tombstones */
    struct store_cursor after;
    bool ended;
};

static enum rc list_page(struct run *run, struct walk *walk, struct arena *arena,
                         struct store_record **rows, size_t *count, struct err *e)
{
    struct store_article_query query = {.filter = run->filter,
                                        .sort = STORE_OLDEST,
                                        .limit = PAGE,
                                        .after = walk->after,
                                        .parts =
                                            STORE_META | STORE_TEXT | STORE_BLOCKS | STORE_WHOLE};
    struct store_page page;
    struct store_article *articles;
    *count = 0;
    if (walk->ended) {
        return RC_OK;
    }
    enum rc rc = store_article_list(run->reader, &query, arena, &articles, count, &page, e);
    struct store_record *list = rc ? NULL : ARENA_ARRAY(arena, struct store_record, *count);
    if (!list) {
        return rc ? rc : err_nomem(e);
    }
    for (size_t i = 0; rc == RC_OK && i < *count; i++) {
        list[i].article = articles[i];
        rc = store_article_row(run->reader, articles[i].id, &list[i].row, e);
    }
    export_filter_hint(&page);
    walk->after = page.last;
    walk->ended = !page.has_more;
    *rows = list;
    return rc;
}

static enum rc next_page(struct run *run, struct walk *walk, struct arena *arena,
                         struct store_record **rows, size_t *count, struct err *e)
{
    if (run->filter.count > 0) {
        return list_page(run, walk, arena, rows, count, e);
    }
    enum rc rc = store_article_walk(run->reader, walk->row, PAGE, arena, rows, count, e);
    walk->row = rc == RC_OK && *count > 0 ? (*rows)[*count - 1].row : walk->row;
    return rc;
}

static enum rc export_articles(struct run *run, struct arena *arena, struct buf *line,
                               struct err *e)
{
    struct walk walk = {.row = 0};
    for (;;) {
        struct store_record *rows = NULL;
        size_t count = 0;
        arena_reset(arena);
        /* A page is of one moment: an article and its history. */
        enum rc rc = store_reader_begin(run->reader, e);
        rc = rc ? rc : next_page(run, &walk, arena, &rows, &count, e);
        for (size_t i = 0; rc == RC_OK && i < count; i++) {
            rc = export_article(run, &rows[i], arena, line, e);
        }
        store_reader_end(run->reader);
        if (rc || count == 0) {
            return rc;
        }
    }
}

/* What was decided on names holds for a part too; on quotes, if their article is in it. */
static enum rc belongs(struct run *run, const struct store_correction *correction,
                       struct arena *arena, bool *does, struct err *e)
{
    struct store_article_query query = {.filter = {.count = 0}, .limit = 1};
    struct store_page page;
    struct store_article *rows;
    size_t count = 0;
    *does = true;
    if (run->filter.count == 0 || correction->article == 0) {
        return RC_OK;
    }
    for (size_t i = 0; i < run->filter.count; i++) {
        struct store_clause *clause = store_filter_add(arena, &query.filter, STORE_BY_ARTICLE, "");
        if (!clause) {
            return err_nomem(e);
        }
        *clause = run->filter.items[i];
    }
    if (!store_filter_article(arena, &query.filter, correction->article)) {
        return err_nomem(e);
    }
    enum rc rc = store_article_list(run->reader, &query, arena, &rows, &count, &page, e);
    *does = count > 0;
    return rc;
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
            bool does = false;
            number = rows[i].number;
            rc = belongs(run, &rows[i], arena, &does, e);
            if (rc == RC_OK && does) {
                struct jsonw w;
                buf_clear(line);
                jsonw_init(&w, line, 0);
                archive_write_correction(&w, &rows[i]);
                buf_char(line, '\n');
                rc = write_line(run, line, e);
            }
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

static enum rc export_lines(struct run *run, struct err *e)
{
    struct arena *arena = arena_new(0);
    struct buf line;
    buf_init(&line);
    /* What articles refer to comes before them. */
    enum rc rc = arena ? export_entities(run, false, arena, &line, e) : err_nomem(e);
    rc = rc ? rc : export_entities(run, true, arena, &line, e);
    rc = rc ? rc : export_corrections(run, arena, &line, e);
    rc = rc ? rc : export_articles(run, arena, &line, e);
    buf_done(&line);
    arena_free(arena);
    return rc;
}

static enum rc export_all(struct run *run, struct store *store, struct err *e)
{
    enum rc rc = store_reader_open(store, &run->reader, e);
    if (rc == RC_OK) {
        rc = run->table ? export_csv(run->table, run->reader, &run->filter, run, write_bytes,
                                     &run->lines, e)
                        : export_lines(run, e);
    }
    if (rc == RC_OK && fflush(run->out)) {
        rc = err_set(e, RC_UNAVAILABLE, "writing failed: %s", strerror(errno));
    }
    store_reader_close(run->reader);
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

static const struct export_table *find_table(const char *name)
{
    for (const struct export_table *table = export_tables; table->name; table++) {
        if (strcmp(table->name, name) == 0) {
            return table;
        }
    }
    return NULL;
}

static int read_options(struct run *run, const struct cli *cli)
{
    const char *format = cli_value(cli, "format");
    const char *what = cli->operand_count ? cli->operands[0] : NULL;
    bool csv = format && strcmp(format, "csv") == 0;
    if (format && !csv && strcmp(format, "ndjson") != 0) {
        cli_complain("--format is ndjson or csv, not \"%s\"", format);
        return CLI_USAGE;
    }
    run->table = what ? find_table(what) : NULL;
    if (csv && !run->table) {
        cli_complain("--format csv takes one of articles, quotes, entities%s%s%s",
                     what ? ", not \"" : "", what ? what : "", what ? "\"" : "");
        return CLI_USAGE;
    }
    if (!csv && what) {
        cli_complain("NDJSON is the archive as a whole: leave \"%s\" out, or add --format csv",
                     what);
        return CLI_USAGE;
    }
    return export_filter_read(cli, csv ? run->table->list : STORE_ARTICLE_LIST, run->arena,
                              &run->filter);
}

static int export_with(struct run *run, struct cli *cli)
{
    struct backend backend;
    const char *path = cli_value(cli, "output");
    int code = read_options(run, cli);
    code = code ? code : backend_open(&backend, cli, BACKEND_READ);
    if (code) {
        return code;
    }
    if (path && strcmp(path, "-") != 0) {
        code = export_to_file(run, backend.store, path);
    } else {
        struct err e = {0};
        if (export_all(run, backend.store, &e)) {
            cli_report(NULL, &e);
            code = CLI_ENVIRONMENT;
        }
    }
    backend_close(&backend);
    if (code == CLI_OK && path) {
        fprintf(stderr, "%llu %s written to %s\n", run->lines, run->table ? "rows" : "lines", path);
    }
    return code;
}

static int run_export(struct cli *cli)
{
    struct run run = {.out = stdout, .arena = arena_new(0)};
    if (!run.arena) {
        cli_complain("out of memory");
        return CLI_ENVIRONMENT;
    }
    int code = export_with(&run, cli);
    arena_free(run.arena);
    return code;
}

static const struct cli_option options[] = {
    {"output", 'o', "FILE", "write here instead of standard output"},
    {"format", 0, "FORMAT", "ndjson (the default) or csv"},
    EXPORT_FILTER_OPTIONS,
    {NULL, 0, NULL, NULL}};
static const char *const config[] = {"db", "config", NULL};

const struct cli_command cmd_export = {
    .name = "export",
    .summary = "write the archive as NDJSON that ingest takes back, or tables as CSV",
    .usage = "[-o FILE] [--format csv articles|quotes|entities] [--from TIME] [--to TIME] "
             "[--source NAME]",
    .about = "Writes one line for each article (its text, blocks, metadata, keys and older "
             "revisions), each\n"
             "deletion and each correction, and some for the entities. \"guillemet ingest\" of "
             "that file gives the\n"
             "same archive again, with the same ids; mentions and quotes are found anew. Access "
             "tokens and the\n"
             "audit log stay where they are. It may run beside serve and ingest.\n\n"
             "--from, --to and --source leave out other articles, with the corrections of their "
             "quotes, and every\n"
             "deletion, which has neither date nor publisher any more. Entities and corrections "
             "of names all come\n"
             "along, so that ids stay the same; an article without a date counts from when it "
             "came in.\n\n"
             "--format csv writes the rows and columns of the API's list of that name (GET "
             "/quotes.csv). Entities\n"
             "are those seen between --from and --to, with their counts of all time.",
    .examples =
        "  guillemet export -o archive.ndjson\n"
        "  guillemet export | zstd > archive.ndjson.zst\n"
        "  guillemet ingest --db copy.db archive.ndjson\n"
        "  guillemet export --from 2026-01-01 --source \"Le Soir de Dieppe\" -o part.ndjson\n"
        "  guillemet export --format csv quotes --from=-7d > quotes.csv",
    .options = options,
    .config = config,
    .most = 1,
    .run = run_export,
};
