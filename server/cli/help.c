#include <string.h>

#include "cli/cli.h"

static void print_option(FILE *out, const char *name, char letter, const char *argument,
                         const char *help, const char *standard)
{
    char left[48];
    snprintf(left, sizeof left, "--%s%s%s", name, argument ? " " : "", argument ? argument : "");
    char letters[8] = "    ";
    if (letter) {
        snprintf(letters, sizeof letters, "-%c, ", letter);
    }
    fprintf(out, "  %s%-26s %s", letters, left, help);
    if (standard && standard[0] && strcmp(standard, "false") != 0) {
        fprintf(out, " [%s]", standard);
    }
    fputc('\n', out);
}

static const char *argument_of(const struct config_option *option)
{
    switch (option->kind) {
    case CONFIG_BOOL:
        return NULL;
    case CONFIG_INT:
        return "N";
    case CONFIG_BYTES:
        return "SIZE";
    case CONFIG_DURATION_MS:
        return "TIME";
    case CONFIG_CHOICE:
        return option->choices;
    case CONFIG_TEXT:
        break;
    }
    return "VALUE";
}

static const struct config_option *find_config(const char *name)
{
    for (size_t i = 0; i < cli_config_option_count; i++) {
        if (strcmp(cli_config_options[i].name, name) == 0) {
            return &cli_config_options[i];
        }
    }
    return NULL;
}

static void help_command(FILE *out, const struct cli_command *command)
{
    fprintf(out, "usage: guillemet %s %s\n\n%s\n", command->name, command->usage, command->about);
    if (command->options && command->options[0].name) {
        fputs("\nOptions:\n", out);
        for (const struct cli_option *o = command->options; o->name; o++) {
            print_option(out, o->name, o->letter, o->argument, o->help, NULL);
        }
    }
    if (command->config) {
        fputs("\nConfiguration (flag, else GUILLEMET_… in the environment, else guillemet.conf):\n",
              out);
        for (const char *const *name = command->config; *name; name++) {
            const struct config_option *o = find_config(*name);
            if (o) {
                print_option(out, o->name, 0, argument_of(o), o->help, o->standard);
            }
        }
    }
    fprintf(out,
            "\nExamples:\n%s\n\n"
            "Exit codes: 0 done, 1 some input was refused, 2 wrong usage or configuration,\n"
            "            3 database, file, port or memory.\n",
            command->examples);
}

void cli_help(FILE *out, const struct cli_command *command)
{
    if (command) {
        help_command(out, command);
        return;
    }
    fputs("usage: guillemet COMMAND [OPTION…] [OPERAND…]\n\n"
          "News text in, searchable \"who said what, about whom\" out.\n\nCommands:\n",
          out);
    for (size_t i = 0; i < cli_command_count; i++) {
        fprintf(out, "  %-12s %s\n", cli_commands[i]->name, cli_commands[i]->summary);
    }
    fputs("\nguillemet COMMAND --help explains a command, with examples.\n\n"
          "Start here:\n"
          "  guillemet analyse article.txt\n"
          "  guillemet ingest articles/\n"
          "  guillemet serve\n",
          out);
}
