#include "base/jsonw.h"
#include "cli/commands.h"

static const char *shown(const struct config *config, const struct config_option *option)
{
    const char *value = config_text(config, option->name);
    return value && option->secret ? "***" : value;
}

static void print_json(const struct config *config)
{
    struct buf out;
    struct jsonw w;
    buf_init(&out);
    jsonw_init(&w, &out, 2);
    jsonw_object(&w);
    for (size_t i = 0; i < config_count(config); i++) {
        const struct config_option *option = config_at(config, i);
        jsonw_key(&w, option->name);
        jsonw_object(&w);
        jsonw_key_text(&w, "value", shown(config, option));
        jsonw_key_text(&w, "origin", config_origin(config, option->name));
        jsonw_end(&w);
    }
    jsonw_end(&w);
    printf("%.*s\n", SLICE_ARG(buf_view(&out)));
    buf_done(&out);
}

static int run_config(struct cli *cli)
{
    if (cli_switch(cli, "json")) {
        print_json(cli->config);
        return CLI_OK;
    }
    for (size_t i = 0; i < config_count(cli->config); i++) {
        const struct config_option *option = config_at(cli->config, i);
        const char *value = shown(cli->config, option);
        printf("%-16s %-28s %s\n", option->name, value ? value : "-",
               config_origin(cli->config, option->name));
    }
    return CLI_OK;
}

static const struct cli_option options[] = {{"json", 0, NULL, "as JSON"}, {NULL, 0, NULL, NULL}};
static const char *const config[] = {
    "config",
    "db",
    "gazetteer",
    "lang",
    "lang-pack",
    "model",
    "log-level",
    "log-format",
    "listen",
    "open-writes",
    "private-reads",
    "cors-origin",
    "base-path",
    "public-url",
    "trusted-proxies",
    "body-limit",
    "threads",
    "workers",
    "queue",
    "connections",
    "rate-limit",
    "rate-burst",
    "client-requests",
    "read-timeout",
    "write-timeout",
    "drain",
    "drain-delay",
    "admin-listen",
    "gzip",
    "access-log",
    "cache-size",
    "audit-keep",
    NULL,
};

const struct cli_command cmd_config = {
    .name = "config",
    .summary = "print the configuration in effect and where each value came from",
    .usage = "[OPTION…]",
    .about = "Prints every option with its value and origin: a flag, the environment, the "
             "configuration file\n"
             "with its line, or the default. Flags win over the environment, that over the file.",
    .examples = "  guillemet config\n  GUILLEMET_DB=/srv/news.db guillemet config --json",
    .options = options,
    .config = config,
    .most = 0,
    .run = run_config,
};
