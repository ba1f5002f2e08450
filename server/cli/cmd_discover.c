/* `guillemet discover`: the feeds and sitemaps of a site. */
#include <string.h>

#include "base/jsonw.h"
#include "cli/commands.h"
#include "cli/discover.h"
#include "cli/stop.h"

static void print_line(const struct source_found *found)
{
    char what[32];
    snprintf(what, sizeof what, "%zu %s", found->items,
             found->kind == SOURCE_FOUND_SITEMAP ? "pages" : "items");
    printf("%-12s  %-12s  %.*s", discover_kind_name(found->kind),
           found->error.len > 0 ? "not read" : what, SLICE_ARG(found->url));
    if (found->title.len > 0) {
        printf("  %.*s", SLICE_ARG(found->title));
    }
    printf("  (%s)\n", discover_by_name(found->by));
    if (found->error.len > 0) {
        printf("              %.*s\n", SLICE_ARG(found->error));
    }
}

static void print_json(const struct source_found *found)
{
    struct buf out;
    struct jsonw w;
    buf_init(&out);
    jsonw_init(&w, &out, 0);
    jsonw_object(&w);
    jsonw_key_text(&w, "kind", discover_kind_name(found->kind));
    jsonw_key_string(&w, "url", found->url);
    jsonw_key_string(&w, "title", found->title);
    jsonw_key_int(&w, "items", (int64_t)found->items);
    jsonw_key_text(&w, "named_by", discover_by_name(found->by));
    jsonw_key_string(&w, "error", found->error);
    jsonw_end(&w);
    printf("%.*s\n", SLICE_ARG(buf_view(&out)));
    buf_done(&out);
}

/* Those that can be read first, and of these the best kind. */
static void print_all(const struct sources_found *found, bool json)
{
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < found->count; i++) {
            bool bad = found->items[i].error.len > 0;
            if (bad == (pass == 1)) {
                (json ? print_json : print_line)(&found->items[i]);
            }
        }
    }
}

static int discover_one(struct cli *cli, struct web *web, const char *address)
{
    struct sources_found found = {.items = NULL};
    struct err e = {0};
    struct arena *arena = arena_new(0);
    enum rc rc =
        arena ? discover_sources(web, slice_cstr(address), arena, &found, &e) : err_nomem(&e);
    int code = CLI_OK;
    if (stop_signal) {
        code = stop_code();
    } else if (rc) {
        code = cli_fail(address, &e);
    } else if (found.count == 0) {
        cli_complain("%s: no feed and no sitemap found", address);
        code = CLI_PARTIAL;
    }
    print_all(&found, cli_switch(cli, "json"));
    arena_free(arena);
    return code;
}

static int run_discover(struct cli *cli)
{
    struct web *web = NULL;
    struct err e = {0};
    int code = CLI_OK;
    for (int i = 0; i < cli->operand_count; i++) {
        if (!web_is_address(cli->operands[i])) {
            cli_complain("\"%s\" is no address: write https://presse.example/", cli->operands[i]);
            return CLI_USAGE;
        }
    }
    if (web_open(cli, &web, &e)) {
        cli_report(NULL, &e);
        return e.rc == RC_NOMEM ? CLI_ENVIRONMENT : CLI_USAGE;
    }
    stop_listen();
    for (int i = 0; i < cli->operand_count && !stop_signal; i++) {
        int one = discover_one(cli, web, cli->operands[i]);
        code = one > code ? one : code;
    }
    web_close(web);
    return code;
}

static const struct cli_option options[] = {{"json", 0, NULL, "one JSON object a line"},
                                            {NULL, 0, NULL, NULL}};
static const char *const config[] = {WEB_CONFIG, "config", NULL};

const struct cli_command cmd_discover = {
    .name = "discover",
    .summary = "find the feeds and sitemaps of a site",
    .usage = "[OPTION…] URL…",
    .about = "URL is a page of the site, its front page say. What the page names as its feeds is "
             "looked at, then\n"
             "the sitemaps that robots.txt names, for those of news; only when there is no feed "
             "the usual\n"
             "places are tried. What is listed was fetched and read: how many items there are is "
             "what was found.\n"
             "robots.txt is obeyed, and there is a pause between two requests (--fetch-delay).\n"
             "Exit code 1: nothing was found, or the page couldn't be had.",
    .examples = "  guillemet discover https://presse.example/\n"
                "  guillemet discover --json https://presse.example/ | jq -r 'select(.kind == "
                "\"feed\").url'",
    .options = options,
    .config = config,
    .least = 1,
    .most = -1,
    .run = run_discover,
};
