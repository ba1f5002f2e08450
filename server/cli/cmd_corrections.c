/* `guillemet corrections`: what people decided, and taking it back. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/jsonw.h"
#include "cli/backend.h"
#include "cli/commands.h"
#include "ingest/renew.h"
#include "store/corrections.h"
#include "text/digest.h"

#define PAGE 200

static const char *time_text(int64_t time_ms, char out[32])
{
    if (time_ms == 0) {
        return NULL;
    }
    clock_format_utc(time_ms, out);
    return out;
}

static void print_json(struct arena *arena, const struct store_correction *c)
{
    struct buf out;
    struct jsonw w;
    char id[DIGEST_ID_CHARS + 1], created[32], undone[32];
    digest_format_id(c->target, id);
    buf_init(&out);
    jsonw_init(&w, &out, 0);
    jsonw_object(&w);
    jsonw_key_int(&w, "number", c->number);
    jsonw_key_text(&w, "kind", correction_kind_name(c->kind));
    jsonw_key_text(&w, "target", id);
    jsonw_key_string(&w, "value", store_correction_words(c, arena));
    jsonw_key_string(&w, "evidence", slice_present(c->alias_key) ? c->alias_key : c->words);
    jsonw_key_string(&w, "author", c->author);
    jsonw_key_string(&w, "note", c->note);
    jsonw_key_text(&w, "created_at", time_text(c->created_ms, created));
    jsonw_key_bool(&w, "orphaned", c->orphaned);
    jsonw_key_text(&w, "undone_at", time_text(c->undone_ms, undone));
    jsonw_end(&w);
    printf("%.*s\n", SLICE_ARG(buf_view(&out)));
    buf_done(&out);
}

static void print_line(struct arena *arena, const struct store_correction *c)
{
    char id[DIGEST_ID_CHARS + 1], created[32];
    struct slice value = store_correction_words(c, arena);
    struct slice evidence = slice_present(c->alias_key) ? c->alias_key : c->words;
    digest_format_id(c->target, id);
    printf("%6lld  %s  %-14s %s  \"%.*s\"%s%.*s%s%s\n", (long long)c->number,
           time_text(c->created_ms, created), correction_kind_name(c->kind), id,
           SLICE_ARG(evidence), value.len ? " → " : "", SLICE_ARG(value),
           c->orphaned ? "  (orphaned)" : "", c->undone_ms ? "  (undone)" : "");
}

static int list(const struct cli *cli, const struct backend *backend)
{
    struct store_reader *reader = NULL;
    struct err e = {0};
    struct arena *arena = arena_new(0);
    enum rc rc = arena ? store_reader_open(backend->store, &reader, &e) : err_nomem(&e);
    int64_t number = 0;
    size_t count = PAGE;
    while (rc == RC_OK && count == PAGE) {
        struct store_correction *rows = NULL;
        arena_reset(arena);
        rc = store_correction_list(reader, cli_switch(cli, "orphaned"), number, PAGE, arena, &rows,
                                   &count, &e);
        for (size_t i = 0; rc == RC_OK && i < count; i++) {
            (cli_switch(cli, "json") ? print_json : print_line)(arena, &rows[i]);
            number = rows[i].number;
        }
    }
    store_reader_close(reader);
    arena_free(arena);
    return rc ? cli_fail(NULL, &e) : CLI_OK;
}

/* What it took from a few articles comes back at once, as through the API. */
static enum rc bring_back(const struct backend *backend, int64_t number, struct slice who,
                          int64_t *waiting, struct err *e)
{
    struct store_reader *reader = NULL;
    struct store_correction correction;
    struct arena *arena = arena_new(0);
    enum rc rc = arena ? store_reader_open(backend->store, &reader, e) : err_nomem(e);
    rc = rc == RC_OK ? store_correction_get(reader, number, arena, &correction, e) : rc;
    if (rc == RC_OK) {
        renew_after_undo(backend->pipeline, reader, &correction, who, arena, waiting);
    }
    store_reader_close(reader);
    arena_free(arena);
    return rc;
}

static int undo(const struct cli *cli, const struct backend *backend)
{
    char *end = NULL;
    int64_t waiting = 0;
    struct err e = {0};
    struct slice who = SLICE("guillemet corrections");
    long long number = strtoll(cli->operands[1], &end, 10);
    if (*end != '\0' || number < 1) {
        cli_complain("\"%s\" is no correction's number (guillemet corrections list)",
                     cli->operands[1]);
        return CLI_USAGE;
    }
    if (store_correction_undo(backend->store, number, who, SLICE_NONE, &waiting, &e) ||
        bring_back(backend, number, who, &waiting, &e)) {
        return cli_fail(NULL, &e);
    }
    if (cli_switch(cli, "json")) {
        printf("{\"undone\":%lld,\"waiting\":%lld}\n", number, (long long)waiting);
    } else if (waiting > 0) {
        printf("correction %lld is undone; `guillemet reanalyse` brings back what it took from "
               "%lld articles\n",
               number, (long long)waiting);
    } else {
        printf("correction %lld is undone\n", number);
    }
    return CLI_OK;
}

static const struct {
    const char *name;
    int operands;
    unsigned parts;
    int (*run)(const struct cli *cli, const struct backend *backend);
} acts[] = {{"list", 1, BACKEND_READ, list},
            {"undo", 2, BACKEND_EXISTING | BACKEND_PIPELINE, undo}};

static int run_corrections(struct cli *cli)
{
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        if (strcmp(acts[i].name, cli->operands[0]) == 0) {
            struct backend backend;
            if (cli->operand_count != acts[i].operands) {
                cli_complain("usage: guillemet corrections %s%s", acts[i].name,
                             acts[i].operands > 1 ? " NUMBER" : "");
                return CLI_USAGE;
            }
            int code = backend_open(&backend, cli, acts[i].parts);
            if (code == CLI_OK) {
                code = acts[i].run(cli, &backend);
                backend_close(&backend);
            }
            return code;
        }
    }
    cli_complain("\"%s\" is nothing to do with corrections: list or undo", cli->operands[0]);
    return CLI_USAGE;
}

static const struct cli_option options[] = {
    {"orphaned", 0, NULL, "list those alone that fit nothing any more"},
    {"json", 0, NULL, "print JSON, a correction a line"},
    {NULL, 0, NULL, NULL}};
static const char *const config[] = {"db",    "gazetteer", "lang-pack",  "model",  "workers",
                                     "queue", "log-level", "log-format", "config", NULL};

const struct cli_command cmd_corrections = {
    .name = "corrections",
    .summary = "list what people corrected, and take it back",
    .usage = "list | undo NUMBER [OPTION…]",
    .about = "Corrections are made with PATCH /quotes/{id} and the entities' addresses. Undoing "
             "one deletes\n"
             "nothing. What it took from up to 50 articles comes back at once; from more it waits "
             "for\n"
             "`guillemet reanalyse`, and undo says so.",
    .examples = "  guillemet corrections list --db news.db\n"
                "  guillemet corrections list --orphaned --json\n"
                "  guillemet corrections undo 8",
    .options = options,
    .config = config,
    .least = 1,
    .most = 2,
    .run = run_corrections,
};
