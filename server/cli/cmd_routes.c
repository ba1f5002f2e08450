#include "api/routes.h"
#include "cli/commands.h"

static int run_routes(struct cli *cli)
{
    if (cli_switch(cli, "json")) {
        struct buf out;
        struct jsonw w;
        buf_init(&out);
        jsonw_init(&w, &out, 2);
        api_routes_write(&w);
        printf("%.*s\n", SLICE_ARG(buf_view(&out)));
        buf_done(&out);
        return CLI_OK;
    }
    size_t count = 0;
    const struct api_route *routes = api_routes(&count);
    for (size_t i = 0; i < count; i++) {
        printf("%-7s %-32s %s\n", routes[i].http.method, routes[i].http.path,
               routes[i].http.operation_id);
    }
    return CLI_OK;
}

static const struct cli_option options[] = {
    {"json", 0, NULL, "as JSON, with parameters and what needs a token"}, {NULL, 0, NULL, NULL}};

const struct cli_command cmd_routes = {
    .name = "routes",
    .summary = "list the addresses that serve answers",
    .usage = "[--json]",
    .about = "Prints the route table: method, path and the operation's name in openapi.yaml.",
    .examples = "  guillemet routes\n  guillemet routes --json | jq -r '.[].path'",
    .options = options,
    .most = 0,
    .run = run_routes,
};
