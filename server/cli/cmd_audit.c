#include <stdlib.h>

#include "base/clock.h"
#include "base/jsonw.h"
#include "cli/backend.h"
#include "cli/commands.h"
#include "store/audit.h"

enum { SHOWN_STANDARD = 100, PAGE = 1000 };

/* ---- printing */

static void print_json(const struct store_audit_row *row)
{
    char at[32];
    struct buf out;
    struct jsonw w;
    buf_init(&out);
    jsonw_init(&w, &out, 0);
    clock_format_utc(row->at_ms, at);
    jsonw_object(&w);
    jsonw_key_int(&w, "number", row->number);
    jsonw_key_text(&w, "at", at);
    jsonw_key_string(&w, "who", row->who);
    jsonw_key_string(&w, "action", row->action);
    jsonw_key_string(&w, "target", row->target);
    jsonw_key_string(&w, "detail", row->detail);
    jsonw_key_string(&w, "request_id", row->request);
    jsonw_end(&w);
    printf("%.*s\n", SLICE_ARG(buf_view(&out)));
    buf_done(&out);
}

static struct slice or_dash(struct slice text)
{
    return text.len > 0 ? text : SLICE("-");
}

static void print_row(const struct store_audit_row *row)
{
    char at[32];
    clock_format_utc(row->at_ms, at);
    printf("%s  %-20.*s %-16.*s %-14.*s %.*s%s%.*s\n", at, SLICE_ARG(or_dash(row->who)),
           SLICE_ARG(row->action), SLICE_ARG(or_dash(row->target)), SLICE_ARG(row->detail),
           row->request.len > 0 ? "  request " : "", SLICE_ARG(row->request));
}

static void print_rows(const struct cli *cli, const struct store_audit_row *rows, size_t count,
                       bool reversed)
{
    bool json = cli_switch(cli, "json");
    for (size_t i = 0; i < count; i++) {
        const struct store_audit_row *row = &rows[reversed ? count - 1 - i : i];
        if (json) {
            print_json(row);
        } else {
            print_row(row);
        }
    }
}

/* ---- what is asked */

/* The newest, with the newest last as in a log; behind --after all that follow, page by page. */
static enum rc show(const struct cli *cli, struct store_reader *reader,
                    struct store_audit_query *query, int64_t most, struct err *e)
{
    struct arena *arena = arena_new(0);
    size_t count = 0;
    int64_t left = most;
    enum rc rc = arena ? RC_OK : err_nomem(e);
    query->oldest_first = query->after != 0;
    do {
        struct store_audit_row *rows = NULL;
        query->limit = (uint32_t)(query->oldest_first && left > PAGE ? PAGE : left);
        rc = rc == RC_OK ? store_audit_list(reader, query, arena, &rows, &count, e) : rc;
        if (rc == RC_OK && count > 0) {
            print_rows(cli, rows, count, !query->oldest_first);
            query->after = rows[count - 1].number;
            left -= (int64_t)count;
            arena_reset(arena);
        }
    } while (rc == RC_OK && query->oldest_first && count == PAGE && left > 0);
    arena_free(arena);
    return rc;
}

static int list(const struct cli *cli)
{
    struct store_audit_query query = {.who = cli_slice(cli, "who"),
                                      .action = cli_slice(cli, "action"),
                                      .target = cli_slice(cli, "target")};
    int64_t most = cli_value(cli, "after") ? UINT32_MAX : SHOWN_STANDARD;
    struct backend backend;
    struct store_reader *reader = NULL;
    struct err e = {0};
    query.has_from = cli_value(cli, "from") != NULL;
    query.has_to = cli_value(cli, "to") != NULL;
    if (!cli_moment(cli, "from", &query.from_ms) || !cli_moment(cli, "to", &query.to_ms) ||
        !cli_number(cli, "after", &query.after) || !cli_number(cli, "limit", &most)) {
        return CLI_USAGE;
    }
    most = most > (int64_t)UINT32_MAX ? (int64_t)UINT32_MAX : most;
    int code = backend_open(&backend, cli, BACKEND_READ);
    if (code) {
        return code;
    }
    enum rc rc = store_reader_open(backend.store, &reader, &e);
    rc = rc == RC_OK ? show(cli, reader, &query, most, &e) : rc;
    store_reader_close(reader);
    backend_close(&backend);
    return rc == RC_OK ? CLI_OK : cli_fail(NULL, &e);
}

static int prune(const struct cli *cli)
{
    int64_t before_ms = 0, gone = 0;
    struct backend backend;
    struct err e = {0};
    if (!cli_moment(cli, "before", &before_ms)) {
        return CLI_USAGE;
    }
    if (!cli_value(cli, "before")) {
        cli_complain("usage: guillemet audit prune --before TIME");
        return CLI_USAGE;
    }
    int code = backend_open(&backend, cli, BACKEND_EXISTING);
    if (code) {
        return code;
    }
    if (store_audit_prune(backend.store, before_ms, SLICE("guillemet audit"), &gone, &e)) {
        code = cli_fail(NULL, &e);
    } else {
        printf("%lld rows removed\n", (long long)gone);
    }
    backend_close(&backend);
    return code;
}

static int run_audit(struct cli *cli)
{
    if (cli->operand_count == 0) {
        return list(cli);
    }
    if (strcmp(cli->operands[0], "prune") == 0) {
        return prune(cli);
    }
    cli_complain("audit takes prune or nothing, not \"%s\"", cli->operands[0]);
    return CLI_USAGE;
}

static const struct cli_option options[] = {
    {"from", 0, "TIME", "from then on: 2026-02-03, 2026-02-03T14:00Z, or -7d"},
    {"to", 0, "TIME", "before that"},
    {"who", 0, "NAME", "of this token or command alone"},
    {"action", 0, "NAME", "such as article_delete, entity_merge, token_create"},
    {"target", 0, "ID", "what was done to this article, entity, quote or token"},
    {"after", 0, "NUMBER", "all that follow this row, for whoever fetches regularly"},
    {"limit", 0, "N", "at most so many [100; with --after all]"},
    {"json", 0, NULL, "as JSON, a line each"},
    {"before", 0, "TIME", "with prune: what is older goes"},
    {NULL, 0, NULL, NULL}};
static const char *const config[] = {"db", "config", NULL};

const struct cli_command cmd_audit = {
    .name = "audit",
    .summary = "show who changed what: articles, corrections, tokens",
    .usage = "[OPTION…] [prune --before TIME]",
    .about = "Each change of the archive leaves a row in it, in the same transaction: when, who (a "
             "token's name,\n"
             "or the command that did it; - where writes are open to anybody), what, to what, and "
             "the id of the\n"
             "request, which the reply had as X-Request-Id and the access log has too. A row stays "
             "until it is\n"
             "pruned, or a million newer ones have come (--audit-keep of serve and ingest). It may "
             "run beside serve.",
    .examples = "  guillemet audit\n"
                "  guillemet audit --who newsroom --from=-1d\n"
                "  guillemet audit --target aep3x7lq2m4wk --json\n"
                "  guillemet audit --after 1200 --json   # what came since, for a log shipper\n"
                "  guillemet audit prune --before=-400d",
    .options = options,
    .config = config,
    .most = 1,
    .run = run_audit,
};
