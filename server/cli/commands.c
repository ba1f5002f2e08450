#include "cli/commands.h"

const struct cli_command *const cli_commands[] = {
    &cmd_serve,    &cmd_ingest,      &cmd_discover,    &cmd_sources, &cmd_watch,  &cmd_analyse,
    &cmd_evaluate, &cmd_migrate,     &cmd_reanalyse,   &cmd_export,  &cmd_backup, &cmd_restore,
    &cmd_purge,    &cmd_check,       &cmd_corrections, &cmd_token,   &cmd_audit,  &cmd_config,
    &cmd_routes,   &cmd_healthcheck, &cmd_version,
};
const size_t cli_command_count = sizeof cli_commands / sizeof cli_commands[0];
