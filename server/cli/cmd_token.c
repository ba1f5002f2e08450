#include <string.h>

#include "base/clock.h"
#include "base/jsonw.h"
#include "cli/backend.h"
#include "cli/commands.h"
#include "store/tokens.h"

/* A misspelt scope would make a token that opens nothing. */
static bool scopes_known(struct slice scopes)
{
    static const char *const known[] = {"read", "write", "admin"};
    size_t count = 0;
    while (slice_present(scopes)) {
        struct slice word = slice_cut(&scopes, ' ');
        bool found = word.len == 0;
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
            found |= slice_is(word, known[i]);
        }
        if (!found) {
            cli_complain(
                "no scope is called \"%.*s\": --scopes takes read, write, admin, separated "
                "by blanks",
                SLICE_ARG(word));
            return false;
        }
        count += word.len > 0;
    }
    if (count == 0) {
        cli_complain("--scopes is empty: name read, write or admin");
    }
    return count > 0;
}

static const char *scopes_of(const struct cli *cli)
{
    return cli_value(cli, "scopes") ? cli_value(cli, "scopes") : "write";
}

static int create(const struct cli *cli, struct store *store)
{
    char secret[STORE_TOKEN_CHARS + 1];
    struct err e = {0};
    const char *scopes = scopes_of(cli);
    if (store_token_create(store, slice_cstr(cli->operands[1]), slice_cstr(scopes), secret, &e)) {
        return cli_fail(NULL, &e);
    }
    if (cli_switch(cli, "json")) {
        struct buf out;
        struct jsonw w;
        buf_init(&out);
        jsonw_init(&w, &out, 0);
        jsonw_object(&w);
        jsonw_key_text(&w, "name", cli->operands[1]);
        jsonw_key_text(&w, "scopes", scopes);
        jsonw_key_text(&w, "token", secret);
        jsonw_end(&w);
        printf("%.*s\n", SLICE_ARG(buf_view(&out)));
        buf_done(&out);
    } else {
        printf("%s\n", secret);
        fprintf(stderr,
                "This is the only time that it is shown. Send it as\n"
                "  Authorization: Bearer %.8s…\n",
                secret);
    }
    return CLI_OK;
}

static int revoke(const struct cli *cli, struct store *store)
{
    struct err e = {0};
    if (store_token_revoke(store, slice_cstr(cli->operands[1]), &e)) {
        return cli_fail(NULL, &e);
    }
    if (!cli_switch(cli, "json")) {
        printf("%s is revoked\n", cli->operands[1]);
    }
    return CLI_OK;
}

static const char *time_text(int64_t time_ms, char out[32])
{
    if (time_ms == 0) {
        return NULL;
    }
    clock_format_utc(time_ms, out);
    return out;
}

static void print_tokens(const struct cli *cli, const struct store_token *rows, size_t count)
{
    struct buf out;
    struct jsonw w;
    buf_init(&out);
    jsonw_init(&w, &out, 0);
    jsonw_array(&w);
    bool json = cli_switch(cli, "json");
    for (size_t i = 0; i < count; i++) {
        char created[32], used[32], revoked[32];
        const char *when = time_text(rows[i].revoked_ms, revoked);
        jsonw_object(&w);
        jsonw_key_string(&w, "name", rows[i].name);
        jsonw_key_string(&w, "scopes", rows[i].scopes);
        jsonw_key_text(&w, "created_at", time_text(rows[i].created_ms, created));
        jsonw_key_text(&w, "last_used_at", time_text(rows[i].last_used_ms, used));
        jsonw_key_text(&w, "revoked_at", when);
        jsonw_end(&w);
        if (!json) {
            printf("%-24.*s %-16.*s created %s%s%s\n", SLICE_ARG(rows[i].name),
                   SLICE_ARG(rows[i].scopes), created, when ? ", revoked " : "", when ? when : "");
        }
    }
    jsonw_end(&w);
    if (json) {
        printf("%.*s\n", SLICE_ARG(buf_view(&out)));
    }
    buf_done(&out);
}

static int list(const struct cli *cli, struct store *store)
{
    struct store_reader *reader = NULL;
    struct store_token *rows = NULL;
    size_t count = 0;
    struct err e = {0};
    struct arena *arena = arena_new(0);
    enum rc rc = arena ? store_reader_open(store, &reader, &e) : err_nomem(&e);
    if (rc == RC_OK) {
        rc = store_token_list(reader, arena, &rows, &count, &e);
    }
    if (rc == RC_OK) {
        print_tokens(cli, rows, count);
    }
    store_reader_close(reader);
    arena_free(arena);
    return rc ? cli_fail(NULL, &e) : CLI_OK;
}

static const struct {
    const char *name;
    int operands;
    unsigned parts; /* only create makes an archive that is missing */
    int (*run)(const struct cli *cli, struct store *store);
} acts[] = {{"create", 2, 0, create},
            {"list", 1, BACKEND_READ, list},
            {"revoke", 2, BACKEND_EXISTING, revoke}};

static int run_token(struct cli *cli)
{
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        if (strcmp(acts[i].name, cli->operands[0]) == 0) {
            struct backend backend;
            if (cli->operand_count != acts[i].operands) {
                cli_complain("usage: guillemet token %s%s", acts[i].name,
                             acts[i].operands > 1 ? " NAME" : "");
                return CLI_USAGE;
            }
            if (!scopes_known(slice_cstr(scopes_of(cli)))) {
                return CLI_USAGE;
            }
            int code = backend_open(&backend, cli, acts[i].parts);
            if (code) {
                return code;
            }
            code = acts[i].run(cli, backend.store);
            backend_close(&backend);
            return code;
        }
    }
    cli_complain("token takes create, list or revoke, not \"%s\"", cli->operands[0]);
    return CLI_USAGE;
}

static const struct cli_option options[] = {
    {"scopes", 0, "WORDS", "what it may do: read, write, admin [write]"},
    {"json", 0, NULL, "as JSON"},
    {NULL, 0, NULL, NULL}};
static const char *const config[] = {"db", "config", NULL};

const struct cli_command cmd_token = {
    .name = "token",
    .summary = "create, list and revoke the tokens that writing needs",
    .usage = "[OPTION…] create NAME | list | revoke NAME",
    .about = "A token is shown once, when it is created; the archive keeps its hash.",
    .examples = "  guillemet token create newsroom\n"
                "  guillemet token create --scopes \"read write\" dashboard\n"
                "  guillemet token revoke newsroom",
    .options = options,
    .config = config,
    .least = 1,
    .most = 2,
    .run = run_token,
};
