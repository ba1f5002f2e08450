#include <string.h>

#include "base/arena.h"
#include "base/jsonw.h"
#include "cli/commands.h"
#include "store/migrate.h"

static int print_status(const struct cli *cli, struct arena *arena)
{
    struct store_migration *rows = NULL;
    size_t count = 0, pending = 0;
    struct err e = {0};
    if (store_migrate_status(config_text(cli->config, "db"), arena, &rows, &count, &e)) {
        cli_report(NULL, &e);
        return CLI_ENVIRONMENT;
    }
    struct buf out;
    struct jsonw w;
    buf_init(&out);
    jsonw_init(&w, &out, 0);
    jsonw_array(&w);
    for (size_t i = 0; i < count; i++) {
        pending += !rows[i].applied;
        jsonw_object(&w);
        jsonw_key_int(&w, "number", rows[i].number);
        jsonw_key_text(&w, "name", rows[i].name);
        jsonw_key_bool(&w, "applied", rows[i].applied);
        jsonw_end(&w);
    }
    jsonw_end(&w);
    if (cli_switch(cli, "json")) {
        printf("%.*s\n", SLICE_ARG(buf_view(&out)));
    } else {
        for (size_t i = 0; i < count; i++) {
            printf("%-8s %s\n", rows[i].applied ? "applied" : "pending", rows[i].name);
        }
        printf("%zu pending\n", pending);
    }
    buf_done(&out);
    return CLI_OK;
}

static int bring_up(const struct cli *cli, struct arena *arena)
{
    int applied = 0;
    struct slice backup = SLICE_NONE;
    struct err e = {0};
    const char *path = config_text(cli->config, "db");
    if (store_migrate_up(path, arena, &applied, &backup, &e)) {
        cli_report(NULL, &e);
        return CLI_ENVIRONMENT;
    }
    if (cli_switch(cli, "json")) {
        printf("{\"applied\":%d}\n", applied);
    } else {
        printf("%s: %d applied, up to date\n", path, applied);
    }
    if (slice_present(backup)) {
        fprintf(stderr, "the archive as it was is kept in %.*s\n", SLICE_ARG(backup));
    }
    return CLI_OK;
}

static int run_migrate(struct cli *cli)
{
    const char *what = cli->operand_count ? cli->operands[0] : "status";
    bool up = strcmp(what, "up") == 0;
    if (!up && strcmp(what, "status") != 0) {
        cli_complain("migrate takes status or up, not \"%s\"", what);
        return CLI_USAGE;
    }
    struct arena *arena = arena_new(0);
    if (!arena) {
        cli_complain("out of memory");
        return CLI_ENVIRONMENT;
    }
    int code = up ? bring_up(cli, arena) : print_status(cli, arena);
    arena_free(arena);
    return code;
}

static const struct cli_option options[] = {{"json", 0, NULL, "as JSON"}, {NULL, 0, NULL, NULL}};
static const char *const config[] = {"db", "config", NULL};

const struct cli_command cmd_migrate = {
    .name = "migrate",
    .summary = "show or run the archive's schema migrations",
    .usage = "[OPTION…] [status|up]",
    .about = "status lists the migrations and which are applied; up applies the pending ones, "
             "after a backup\n"
             "beside the archive. serve and ingest do so by themselves when they open an archive.",
    .examples = "  guillemet migrate status\n  guillemet migrate up --db news.db",
    .options = options,
    .config = config,
    .most = 1,
    .run = run_migrate,
};
