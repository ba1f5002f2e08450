/* What the subcommands share: their table, the option parser, messages and exit codes.
 *
 * Shape:   a command is a row of cli_commands; its options are a table of its own plus the names of the
 *          configuration options (options.c) that it obeys. cli_main finds the command, parses, loads the
 *          configuration and runs it.
 * Errors:  on stderr as "guillemet: …"; the exit code says of what kind: see enum cli_exit.
 * Threads: one.
 */
#ifndef GUILLEMET_CLI_CLI_H
#define GUILLEMET_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/config.h"
#include "base/err.h"
#include "base/slice.h"

enum cli_exit {
    CLI_OK = 0,
    CLI_PARTIAL = 1,     /* some or all of the input was refused; the rest was done */
    CLI_USAGE = 2,       /* the command line or the configuration is wrong: nothing was done */
    CLI_ENVIRONMENT = 3, /* database, file, port or memory */
};

struct cli_option {
    const char *name;     /* "ndjson": --ndjson; NULL ends a table */
    char letter;          /* 0: none */
    const char *argument; /* "FILE"; NULL: a switch */
    const char *help;
};

struct cli;

struct cli_command {
    const char *name, *summary;
    const char *usage;    /* what follows the name: "[OPTION…] FILE|-…" */
    const char *about;    /* a paragraph or two */
    const char *examples; /* lines "  guillemet …" */
    const struct cli_option *options;
    const char *const *config; /* names of configuration options, NULL ends; NULL: none */
    int least, most;           /* operands; most -1: any number */
    int (*run)(struct cli *cli);
};

#define CLI_OPTIONS_MOST 24

struct cli {
    const struct cli_command *command;
    struct config *config;
    const char *values[CLI_OPTIONS_MOST]; /* beside command->options; a switch that is set is "" */
    const char **operands;
    int operand_count;
};

extern const struct cli_command *const cli_commands[];
extern const size_t cli_command_count;

int cli_main(int argc, char **argv);
/* NULL when the option wasn't given. The name must be in the command's table. */
const char *cli_value(const struct cli *cli, const char *name);
bool cli_switch(const struct cli *cli, const char *name);
struct slice cli_slice(const struct cli *cli, const char *name);
/* A whole number from 1; *out stays as it is when the option wasn't given. False: told on stderr. */
bool cli_number(const struct cli *cli, const char *name, int64_t *out);

/* A date, a time, or how long ago; *out stays as it is when the option wasn't given. False: told on stderr. */
bool cli_moment(const struct cli *cli, const char *name, int64_t *out_ms);
/* What the configuration would be if the command started now: the same flags and environment, the file read anew. */
enum rc cli_config_again(const struct cli *cli, struct config **out, struct err *e);
/* Logs as log-level and log-format say. */
void cli_configure_log(const struct config *config);

/* "guillemet: message" on stderr. cli_fail also says which exit code a fault means. */
void cli_complain(const char *format, ...) ERR_PRINTF(1, 2);
void cli_report(const char *subject, const struct err *e);
int cli_fail(const char *subject, const struct err *e);
/* As cli_fail, for "path:line"; line 0: no line. */
int cli_fail_at(const char *path, size_t line, const struct err *e);

void cli_help(FILE *out, const struct cli_command *command);

/* options.c: the configuration options of all commands */
extern const struct config_option cli_config_options[];
extern const size_t cli_config_option_count;

#endif
