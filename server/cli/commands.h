/* The subcommands, one file each: cmd_<name>.c. */
#ifndef GUILLEMET_CLI_COMMANDS_H
#define GUILLEMET_CLI_COMMANDS_H

#include "cli/cli.h"

extern const struct cli_command cmd_serve, cmd_ingest, cmd_discover, cmd_analyse, cmd_evaluate,
    cmd_migrate, cmd_reanalyse, cmd_export, cmd_backup, cmd_restore, cmd_purge, cmd_check,
    cmd_corrections, cmd_token, cmd_audit, cmd_config, cmd_routes, cmd_healthcheck, cmd_version,
    cmd_sources, cmd_watch;

#endif
