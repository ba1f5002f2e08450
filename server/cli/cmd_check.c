/* `guillemet check`: is the archive whole? */
#include "store/check.h"

#include "base/jsonw.h"
#include "cli/backend.h"
#include "cli/commands.h"

#define MOST 50

static void print_json(const struct store_difference *rows, size_t count)
{
    struct buf out;
    struct jsonw w;
    buf_init(&out);
    jsonw_init(&w, &out, 0);
    jsonw_object(&w);
    jsonw_key_bool(&w, "whole", count == 0);
    jsonw_key(&w, "faults");
    jsonw_array(&w);
    for (size_t i = 0; i < count; i++) {
        jsonw_string(&w, rows[i].what);
    }
    jsonw_end(&w);
    jsonw_end(&w);
    printf("%.*s\n", SLICE_ARG(buf_view(&out)));
    buf_done(&out);
}

static enum rc check(struct store *store, bool quick, struct arena *arena,
                     struct store_difference **rows, size_t *count, struct err *e)
{
    struct store_reader *reader = NULL;
    enum rc rc = arena ? store_reader_open(store, &reader, e) : err_nomem(e);
    rc = rc ? rc : store_recount_check(reader, !quick, MOST, arena, rows, count, e);
    store_reader_close(reader);
    return rc;
}

static int run_check(struct cli *cli)
{
    struct backend backend;
    struct store_difference *rows = NULL;
    size_t count = 0;
    struct err e = {0};
    int code = backend_open(&backend, cli, BACKEND_READ);
    if (code) {
        return code;
    }
    struct arena *arena = arena_new(0);
    if (check(backend.store, cli_switch(cli, "quick"), arena, &rows, &count, &e)) {
        code = cli_fail(NULL, &e);
    } else if (cli_switch(cli, "json")) {
        print_json(rows, count);
    } else if (count == 0) {
        printf("%s is whole\n", store_path(backend.store));
    }
    for (size_t i = 0; i < count && !cli_switch(cli, "json"); i++) {
        printf("%.*s\n", SLICE_ARG(rows[i].what));
    }
    if (count > 0) {
        cli_complain(
            "%s: %zu%s faults; restore a backup, or export it and ingest that into a new one",
            store_path(backend.store), count, count == MOST ? " or more" : "");
        code = CLI_PARTIAL;
    }
    arena_free(arena);
    backend_close(&backend);
    return code;
}

static const struct cli_option options[] = {
    {"quick", 0, NULL, "counters alone, not the file and its indexes"},
    {"json", 0, NULL, "as JSON: {\"whole\": true, \"faults\": []}"},
    {NULL, 0, NULL, NULL}};
static const char *const config[] = {"db", "config", NULL};

const struct cli_command cmd_check = {
    .name = "check",
    .summary = "check that the archive is whole: file, references, indexes, counters",
    .usage = "[OPTION…]",
    .about =
        "Runs SQLite's integrity check, looks for references to nothing, compares the full-text "
        "indexes with\n"
        "the texts, and counts anew everything that is counted on write. Reads the whole archive, "
        "and "
        "may run\n"
        "beside serve. Exit code 1: something is wrong, and said.",
    .examples = "  guillemet check\n  guillemet check --quick --db news.db",
    .options = options,
    .config = config,
    .most = 0,
    .run = run_check,
};
