/* `guillemet sources`: what is followed. */
#include <stdlib.h>
#include <string.h>

#include "api/view_followed.h"
#include "base/clock.h"
#include "cli/backend.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/source_choice.h"
#include "follow/opml.h"
#include "follow/place.h"
#include "ingest/xml_opml.h"
#include "text/digest.h"

#define PAGE 200

struct work {
    const struct cli *cli;
    struct backend backend;
    struct store_reader *reader;
    struct arena *arena;
};

static const struct store_actor by = {.who = {"guillemet sources", sizeof "guillemet sources" - 1}};

/* ---- telling */

static void print_json(const struct store_source *source)
{
    struct buf out;
    struct jsonw w;
    buf_init(&out);
    jsonw_init(&w, &out, 0);
    view_followed_write(&w, SLICE(""), source);
    printf("%.*s\n", SLICE_ARG(buf_view(&out)));
    buf_done(&out);
}

static void print_line(const struct store_source *source)
{
    char id[DIGEST_ID_CHARS + 1];
    digest_format_id(source->id, id);
    printf("%s  %-7s  %6.1f/day  %.*s", id, view_followed_status(source),
           (double)source->week_items / 7, SLICE_ARG(source->choice.url));
    if (slice_present(source->choice.name)) {
        printf("  %.*s", SLICE_ARG(source->choice.name));
    }
    printf("\n");
    if (slice_present(source->error)) {
        printf("               %.*s\n", SLICE_ARG(source->error));
    }
}

static void print_time(const char *what, int64_t ms, const char *otherwise)
{
    char text[32];
    if (ms) {
        clock_format_utc(ms, text);
    }
    printf("%-14s %s\n", what, ms ? text : otherwise);
}

static void print_whole(const struct store_source *source)
{
    bool active = source->choice.state == SOURCE_ACTIVE;
    print_line(source);
    printf("%-14s %s%s\n", "kind", source_kind_name(source->choice.kind),
           source->choice.full ? ", full pages" : "");
    print_time("last attempt", source->attempt_ms, "never");
    print_time("last success", source->success_ms, "never");
    print_time("next attempt", active ? source->next_ms : 0, "nobody asks");
    printf("%-14s %lld in a row\n", "failures", (long long)source->failures);
    printf("%-14s %lld new, %lld revised, %lld unchanged, %lld duplicates, %lld refused\n", "items",
           (long long)source->created, (long long)source->revised, (long long)source->unchanged,
           (long long)source->duplicates, (long long)source->refused);
    printf("%-14s %lld, %lld of them not modified\n", "requests", (long long)source->requests,
           (long long)source->not_modified);
    if (slice_present(source->moved_from)) {
        printf("%-14s %.*s\n", "moved from", SLICE_ARG(source->moved_from));
    }
}

static enum rc each(struct work *w, void (*tell)(void *context, const struct store_source *source),
                    void *context, struct err *e)
{
    struct store_source_query query = {.limit = PAGE, .has_failing = cli_switch(w->cli, "failing")};
    struct store_page page = {.has_more = true};
    enum rc rc = RC_OK;
    query.failing = query.has_failing;
    while (rc == RC_OK && page.has_more) {
        struct store_source *rows = NULL;
        size_t count = 0;
        rc = store_source_list(w->reader, &query, w->arena, &rows, &count, &page, e);
        for (size_t i = 0; rc == RC_OK && i < count; i++) {
            tell(context, &rows[i]);
        }
        query.after = page.last;
    }
    return rc;
}

static void tell_one(void *context, const struct store_source *source)
{
    const struct cli *cli = context;
    (cli_switch(cli, "json") ? print_json : print_line)(source);
}

/* Somebody who adds feeds and waits should know that nobody asks them. */
static void tell_nobody(struct work *w)
{
    bool alive = true;
    struct err e;
    if (!cli_switch(w->cli, "json") &&
        store_watch_alive(w->reader, clock_now_ms(), &alive, &e) == RC_OK && !alive) {
        cli_complain("nobody follows these sources now: guillemet watch, or guillemet serve "
                     "--watch, does");
    }
}

static enum rc list(struct work *w, struct err *e)
{
    enum rc rc = each(w, tell_one, (void *)(uintptr_t)w->cli, e);
    if (rc == RC_OK) {
        tell_nobody(w);
    }
    return rc;
}

/* By id or address. */
static enum rc find(struct work *w, struct store_source *out, struct err *e)
{
    const char *given = w->cli->operands[1];
    struct slice url;
    uint64_t id;
    if (digest_parse_id(slice_cstr(given), &id)) {
        return store_source_get(w->reader, id, w->arena, out, e);
    }
    enum rc rc = place_read(slice_cstr(given), w->arena, &url, e);
    rc = rc == RC_OK ? store_source_find(w->reader, url, w->arena, out, e) : rc;
    return rc == RC_NOT_FOUND
               ? err_set(e, RC_NOT_FOUND, "%s isn't followed (guillemet sources list)", given)
               : rc;
}

static enum rc show(struct work *w, struct err *e)
{
    struct store_source source;
    enum rc rc = find(w, &source, e);
    if (rc == RC_OK) {
        (cli_switch(w->cli, "json") ? print_json : print_whole)(&source);
    }
    return rc;
}

/* ---- choosing */

static enum rc tell_again(struct work *w, uint64_t id, const char *what, struct err *e)
{
    struct store_source source;
    enum rc rc = store_source_get(w->reader, id, w->arena, &source, e);
    if (rc == RC_OK && cli_switch(w->cli, "json")) {
        print_json(&source);
    } else if (rc == RC_OK) {
        char text[DIGEST_ID_CHARS + 1];
        digest_format_id(id, text);
        printf("%s  %s %.*s\n", text, what, SLICE_ARG(source.choice.url));
    }
    return rc;
}

static enum rc add(struct work *w, struct err *e)
{
    struct store_source_choice choice;
    uint64_t id = 0;
    enum rc rc = source_choice_read(w->cli, w->cli->operands[1], w->arena, &choice, e);
    rc = rc == RC_OK ? store_source_add(w->backend.store, &choice, by, &id, e) : rc;
    rc = rc == RC_OK ? tell_again(w, id, "follows", e) : rc;
    if (rc == RC_OK) {
        tell_nobody(w);
    }
    return rc;
}

static enum rc set_state(struct work *w, enum source_state state, const char *what, struct err *e)
{
    struct store_source source;
    enum rc rc = find(w, &source, e);
    if (rc == RC_OK) {
        source.choice.state = state;
        rc = store_source_change(w->backend.store, source.id, source.revision, &source.choice, by,
                                 e);
    }
    return rc == RC_OK ? tell_again(w, source.id, what, e) : rc;
}

static enum rc pause_it(struct work *w, struct err *e)
{
    return set_state(w, SOURCE_PAUSED, "paused", e);
}

static enum rc resume(struct work *w, struct err *e)
{
    return set_state(w, SOURCE_ACTIVE, "follows", e);
}

static enum rc fetch(struct work *w, struct err *e)
{
    struct store_source source;
    enum rc rc = find(w, &source, e);
    rc = rc == RC_OK ? store_source_hasten(w->backend.store, source.id, by, e) : rc;
    return rc == RC_OK ? tell_again(w, source.id, "is due:", e) : rc;
}

static enum rc remove_it(struct work *w, struct err *e)
{
    struct store_source source;
    enum rc rc = find(w, &source, e);
    rc = rc == RC_OK ? store_source_remove(w->backend.store, source.id, 0, by, e) : rc;
    if (rc == RC_OK && !cli_switch(w->cli, "json")) {
        printf("%.*s is followed no more; its articles stay\n", SLICE_ARG(source.choice.url));
    }
    return rc;
}

/* ---- lists of feeds */

static enum rc import(struct work *w, struct err *e)
{
    struct opml_import done;
    struct buf bytes;
    buf_init(&bytes);
    enum rc rc = files_read(w->cli->operands[1], OPML_BYTES_MOST, &bytes, e);
    rc = rc == RC_OK
             ? opml_import(w->backend.store, buf_view(&bytes), SLICE_NONE, by, w->arena, &done, e)
             : rc;
    buf_done(&bytes);
    if (rc != RC_OK) {
        return rc;
    }
    if (cli_switch(w->cli, "json")) {
        printf("{\"added\":%zu,\"existing\":%zu,\"refused\":%zu}\n", done.added, done.existing,
               done.refused);
    } else {
        printf("%zu added, %zu followed already, %zu refused\n", done.added, done.existing,
               done.refused);
    }
    if (done.refused > 0) {
        cli_complain("the first that was refused: %.*s", SLICE_ARG(done.first_refusal));
    }
    return RC_OK;
}

struct exporting {
    struct arena *arena;
    struct opml opml;
    bool nomem;
};

static void collect(void *context, const struct store_source *source)
{
    struct exporting *x = context;
    struct opml_feed *feed = ARENA_PUSH(x->arena, &x->opml);
    x->nomem = x->nomem || !feed;
    if (feed) {
        *feed = (struct opml_feed){.url = source->choice.url, .title = source->choice.name};
    }
}

static enum rc export(struct work *w, struct err *e) {
    struct exporting x = {.arena = w->arena, .opml = {.title = SLICE("Sources of guillemet")}};
    struct buf out; enum rc rc = each(w, collect, &x, e);
    if (rc != RC_OK || x.nomem){return rc == RC_OK ? err_nomem(e) : rc;}
buf_init(&out);
opml_write(&x.opml, clock_now_ms(), &out);
fwrite(out.data, 1, out.len, stdout);
buf_done(&out);
return RC_OK;
}

/* ---- the acts */

static const struct {
    const char *name;
    int operands;
    const char *operand;
    unsigned parts;
    enum rc (*run)(struct work *w, struct err *e);
} acts[] = {{"list", 1, "", BACKEND_READ, list},
            {"show", 2, " SOURCE", BACKEND_READ, show},
            {"add", 2, " URL", 0, add},
            {"pause", 2, " SOURCE", BACKEND_EXISTING, pause_it},
            {"resume", 2, " SOURCE", BACKEND_EXISTING, resume},
            {"fetch", 2, " SOURCE", BACKEND_EXISTING, fetch},
            {"remove", 2, " SOURCE", BACKEND_EXISTING, remove_it},
            {"import", 2, " FILE|-", 0, import},
            {"export", 1, "", BACKEND_READ, export}};

static int run_act(const struct cli *cli, unsigned parts,
                   enum rc (*run)(struct work *w, struct err *e))
{
    struct work w = {.cli = cli};
    struct err e = {0};
    int code = backend_open(&w.backend, cli, parts);
    if (code != CLI_OK) {
        return code;
    }
    w.arena = arena_new(0);
    enum rc rc = w.arena ? store_reader_open(w.backend.store, &w.reader, &e) : err_nomem(&e);
    rc = rc == RC_OK ? run(&w, &e) : rc;
    store_reader_close(w.reader);
    arena_free(w.arena);
    backend_close(&w.backend);
    return rc == RC_OK ? CLI_OK : cli_fail(NULL, &e);
}

static int run_sources(struct cli *cli)
{
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        if (strcmp(acts[i].name, cli->operands[0]) == 0) {
            if (cli->operand_count != acts[i].operands) {
                cli_complain("usage: guillemet sources %s%s", acts[i].name, acts[i].operand);
                return CLI_USAGE;
            }
            return run_act(cli, acts[i].parts, acts[i].run);
        }
    }
    cli_complain("\"%s\" is nothing to do with sources: list, show, add, pause, resume, fetch, "
                 "remove, import or export",
                 cli->operands[0]);
    return CLI_USAGE;
}

static const struct cli_option options[] = {
    {"kind", 0, "KIND", "add: feed, page or sitemap, without looking what it is"},
    {"name", 0, "TEXT", "add: what its articles' source is"},
    {"lang", 0, "LANG", "add: language of articles that name none"},
    {"section", 0, "TEXT", "add: section of articles that name none"},
    {"full", 0, NULL, "add: read articles from the pages that the feed's items name"},
    {"min-interval", 0, "TIME", "add: shortest time between two visits, such as 30m"},
    {"max-interval", 0, "TIME", "add: longest time between two visits, such as 6h"},
    {"failing", 0, NULL, "list: those whose last attempt failed"},
    {"json", 0, NULL, "print JSON, a source a line"},
    {NULL, 0, NULL, NULL}};
static const char *const config[] = {"db",        WEB_CONFIG,   "workers", "queue",
                                     "log-level", "log-format", "config",  NULL};

const struct cli_command cmd_sources = {
    .name = "sources",
    .summary = "choose which feeds, pages and news sitemaps are followed",
    .usage = "list | show SOURCE | add URL | pause|resume|fetch|remove SOURCE | import FILE | "
             "export  [OPTION…]",
    .about =
        "SOURCE is a source's id or its address. `add` looks what stands at URL: a feed or a news "
        "sitemap is followed\n"
        "as it is, of a site's page its feed is. With --kind nothing is looked at. `import` takes "
        "OPML, what other\n"
        "readers of feeds export; `export` writes it. They are asked by \"guillemet watch\" or "
        "\"guillemet serve\n"
        "--watch\", which see changes within 2 s. `remove` leaves the articles.",
    .examples = "  guillemet sources add https://presse.example/ --name 'La Presse'\n"
                "  guillemet sources add --full --lang fr https://presse.example/rss.xml\n"
                "  guillemet sources import feeds.opml && guillemet watch --once\n"
                "  guillemet sources list --failing",
    .options = options,
    .config = config,
    .least = 1,
    .most = 2,
    .run = run_sources,
};
