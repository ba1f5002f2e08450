#include "analyse/analyse.h"
#include "cli/commands.h"

static int run_version(struct cli *cli)
{
    if (cli_switch(cli, "json")) {
        printf("{\"version\":\"%s\",\"analyser\":\"%s\"}\n", GUILLEMET_VERSION, ANALYSE_VERSION);
    } else {
        printf("guillemet %s (analyser %s)\n", GUILLEMET_VERSION, ANALYSE_VERSION);
    }
    return CLI_OK;
}

static const struct cli_option options[] = {{"json", 0, NULL, "as JSON"}, {NULL, 0, NULL, NULL}};

const struct cli_command cmd_version = {
    .name = "version",
    .summary = "print the program's version",
    .usage = "[--json]",
    .about = "Prints the version of the program and of the analyser (rules and weights).",
    .examples = "  guillemet version\n  guillemet --version",
    .options = options,
    .most = 0,
    .run = run_version,
};
