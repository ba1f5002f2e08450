#include "cli/commands.h"

const struct cli_command *const cli_commands[] = {
    &cmd_analyse,
    &cmd_version,
};
const size_t cli_command_count = sizeof cli_commands / sizeof cli_commands[0];
