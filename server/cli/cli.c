#include "cli/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "text/periods.h"

extern char **environ;

/* Words of a server or a document may be in a message: nothing in them is for the terminal. */
static void disarm(char *line)
{
    for (unsigned char *at = (unsigned char *)line; *at; at++) {
        bool high = at[0] == 0xC2 && at[1] >= 0x80 && at[1] < 0xA0; /* U+0080 to U+009F */
        if ((*at < ' ' && *at != '\n') || *at == 0x7F || high) {
            *at = '?';
        }
        if (high) {
            at[1] = '?';
        }
    }
}

void cli_complain(const char *format, ...)
{
    va_list arguments;
    char line[1024];
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    disarm(line);
    fprintf(stderr, "guillemet: %s\n", line);
}

/* "guillemet: articles/a.txt: line 3: the text is empty (/text)" */
void cli_report(const char *subject, const struct err *e)
{
    bool pointed = e->field[0] && !strstr(e->message, e->field);
    bool placed = e->where[0] && !strstr(e->message, e->where);
    cli_complain("%s%s%s%s%s%s%s%s", subject ? subject : "", subject ? ": " : "",
                 placed ? e->where : "", placed ? ": " : "", e->message, pointed ? " (" : "",
                 pointed ? e->field : "", pointed ? ")" : "");
}

int cli_fail(const char *subject, const struct err *e)
{
    cli_report(subject, e);
    switch (e->rc) {
    case RC_UNAVAILABLE:
    case RC_FULL:
    case RC_READ_ONLY:
    case RC_BUSY:
    case RC_NOMEM:
    case RC_INTERNAL:
        return CLI_ENVIRONMENT;
    case RC_OK:
    case RC_INVALID:
    case RC_NOT_FOUND:
    case RC_GONE:
    case RC_CONFLICT:
    case RC_TOO_LARGE:
    case RC_UNSUPPORTED:
        break;
    }
    return CLI_PARTIAL;
}

int cli_fail_at(const char *path, size_t line, const struct err *e)
{
    char subject[512];
    struct err fault = *e;
    if (line == 0) {
        return cli_fail(path, e);
    }
    if (strncmp(fault.where, "line ", 5) == 0) {
        fault.where[0] = '\0'; /* said by the subject */
    }
    snprintf(subject, sizeof subject, "%s:%zu", path, line);
    return cli_fail(subject, &fault);
}

static int option_index(const struct cli_command *command, const char *name, size_t len)
{
    for (int i = 0; command->options && command->options[i].name; i++) {
        if (strlen(command->options[i].name) == len &&
            strncmp(command->options[i].name, name, len) == 0) {
            return i;
        }
    }
    return -1;
}

const char *cli_value(const struct cli *cli, const char *name)
{
    int i = option_index(cli->command, name, strlen(name));
    return i < 0 ? NULL : cli->values[i];
}

bool cli_switch(const struct cli *cli, const char *name)
{
    return cli_value(cli, name) != NULL;
}

struct slice cli_slice(const struct cli *cli, const char *name)
{
    return slice_cstr(cli_value(cli, name));
}

bool cli_number(const struct cli *cli, const char *name, int64_t *out)
{
    const char *text = cli_value(cli, name);
    char *end = NULL;
    if (!text) {
        return true;
    }
    long long value = strtoll(text, &end, 10);
    if (*text == '\0' || *end != '\0' || value < 1 || value > 1000000000) {
        cli_complain("--%s must be a whole number from 1, not \"%s\"", name, text);
        return false;
    }
    *out = value;
    return true;
}

bool cli_moment(const struct cli *cli, const char *name, int64_t *out_ms)
{
    bool relative = false;
    const char *text = cli_value(cli, name);
    if (!text || periods_moment(slice_cstr(text), clock_now_ms(), out_ms, &relative)) {
        return true;
    }
    cli_complain("--%s takes a date (2026-02-03), a time (2026-02-03T14:00:00Z) or how long ago "
                 "(-7d), not \"%s\"",
                 name, text);
    return false;
}

/* ---- parsing */

struct parse {
    struct cli *cli;
    int argc, at;
    char **argv;
};

static const struct config_option *config_option_of(const struct parse *p, const char *name,
                                                    size_t len)
{
    const char *const *names = p->cli->command->config;
    for (; names && *names; names++) {
        if (strlen(*names) == len && strncmp(*names, name, len) == 0) {
            return config_find(p->cli->config, *names);
        }
    }
    return NULL;
}

static int unknown_option(const struct parse *p, const char *name, size_t len)
{
    const struct cli_command *command = p->cli->command;
    const char *names[CLI_OPTIONS_MOST + 64];
    size_t count = 0;
    char given[64];
    snprintf(given, sizeof given, "%.*s", (int)(len < 63 ? len : 63), name);
    for (int i = 0; command->options && command->options[i].name; i++) {
        names[count++] = command->options[i].name;
    }
    for (const char *const *n = command->config; n && *n && count < CLI_OPTIONS_MOST + 63; n++) {
        names[count++] = *n;
    }
    names[count++] = "help";
    const char *nearest = config_nearest(given, names, count);
    cli_complain("%s takes no option --%s%s%s%s; see guillemet %s --help", command->name, given,
                 nearest ? " (did you mean --" : "", nearest ? nearest : "", nearest ? "?)" : "",
                 command->name);
    return CLI_USAGE;
}

/* The value after '=' or the next word. */
static const char *argument_of(struct parse *p, const char *name, size_t len)
{
    if (name[len] == '=') {
        return name + len + 1;
    }
    if (p->at + 1 < p->argc) {
        return p->argv[++p->at];
    }
    cli_complain("option --%.*s needs a value", (int)len, name);
    return NULL;
}

static int set_config(struct parse *p, const struct config_option *option, const char *name,
                      size_t len)
{
    struct err e = {0};
    const char *value = "true";
    if (option->kind != CONFIG_BOOL) {
        value = argument_of(p, name, len);
        if (!value) {
            return CLI_USAGE;
        }
    } else if (name[len] == '=') {
        value = name + len + 1;
    }
    if (config_set_flag(p->cli->config, option->name, value, &e)) {
        cli_report(NULL, &e);
        return CLI_USAGE;
    }
    return CLI_OK;
}

static int set_option(struct parse *p, int index, const char *name, size_t len)
{
    const struct cli_option *option = &p->cli->command->options[index];
    if (!option->argument) {
        if (name[len] == '=') {
            cli_complain("option --%s takes no value", option->name);
            return CLI_USAGE;
        }
        p->cli->values[index] = "";
        return CLI_OK;
    }
    p->cli->values[index] = argument_of(p, name, len);
    return p->cli->values[index] ? CLI_OK : CLI_USAGE;
}

static int parse_long(struct parse *p, const char *name)
{
    size_t len = strcspn(name, "=");
    int index = option_index(p->cli->command, name, len);
    if (index >= 0) {
        return set_option(p, index, name, len);
    }
    const struct config_option *option = config_option_of(p, name, len);
    if (option) {
        return set_config(p, option, name, len);
    }
    if (len > 3 && strncmp(name, "no-", 3) == 0 && name[len] == '\0') {
        struct err e = {0};
        option = config_option_of(p, name + 3, len - 3);
        if (option && option->kind == CONFIG_BOOL) {
            return config_set_flag(p->cli->config, option->name, "false", &e) ? CLI_USAGE : CLI_OK;
        }
    }
    return unknown_option(p, name, len);
}

static int parse_letter(struct parse *p, const char *word)
{
    const struct cli_option *options = p->cli->command->options;
    for (int i = 0; options && options[i].name; i++) {
        if (options[i].letter && options[i].letter == word[1]) {
            if (word[2] && options[i].argument) { /* -oFILE */
                p->cli->values[i] = word + 2;
                return CLI_OK;
            }
            if (!word[2]) {
                return set_option(p, i, options[i].name, strlen(options[i].name));
            }
        }
    }
    cli_complain("%s takes no option %s; see guillemet %s --help", p->cli->command->name, word,
                 p->cli->command->name);
    return CLI_USAGE;
}

static int parse_words(struct parse *p)
{
    bool options = true;
    for (; p->at < p->argc; p->at++) {
        const char *word = p->argv[p->at];
        int code = CLI_OK;
        if (options && strcmp(word, "--") == 0) {
            options = false;
        } else if (options && strncmp(word, "--", 2) == 0) {
            code = parse_long(p, word + 2);
        } else if (options && word[0] == '-' && word[1]) {
            code = parse_letter(p, word);
        } else {
            p->cli->operands[p->cli->operand_count++] = word;
        }
        if (code) {
            return code;
        }
    }
    return CLI_OK;
}

static int check_operands(const struct cli *cli)
{
    const struct cli_command *command = cli->command;
    if (cli->operand_count < command->least) {
        cli_complain("usage: guillemet %s %s", command->name, command->usage);
        return CLI_USAGE;
    }
    if (command->most >= 0 && cli->operand_count > command->most) {
        cli_complain("unexpected \"%s\"; usage: guillemet %s %s", cli->operands[command->most],
                     command->name, command->usage);
        return CLI_USAGE;
    }
    return CLI_OK;
}

/* ---- configuration */

/* The file that is named, else the first that is there, else none. */
static enum rc load_file(struct config *config, struct err *e)
{
    static const char *const places[] = {"guillemet.conf", "/etc/guillemet/guillemet.conf"};
    const char *path = config_text(config, "config");
    bool named = path != NULL;
    for (size_t i = 0; !path && i < sizeof places / sizeof places[0]; i++) {
        path = access(places[i], R_OK) == 0 ? places[i] : NULL;
        if (!path && errno != ENOENT && errno != ENOTDIR) {
            cli_complain("%s is passed over: %s", places[i], strerror(errno));
        }
    }
    return path ? config_load_file(config, path, named, e) : RC_OK;
}

static int load_config(struct cli *cli)
{
    struct err e = {0};
    if (config_load_environment(cli->config, environ, &e) || load_file(cli->config, &e)) {
        cli_report(NULL, &e);
        return CLI_USAGE;
    }
    cli_configure_log(cli->config);
    return CLI_OK;
}

enum rc cli_config_again(const struct cli *cli, struct config **out, struct err *e)
{
    struct config *fresh = NULL;
    enum rc rc = config_again(cli->config, &fresh, e);
    rc = rc == RC_OK ? load_file(fresh, e) : rc;
    if (rc != RC_OK) {
        config_free(fresh);
        return rc;
    }
    *out = fresh;
    return RC_OK;
}

void cli_configure_log(const struct config *config)
{
    enum log_level level = LOG_INFO;
    log_level_parse(config_text(config, "log-level"), &level);
    bool json = strcmp(config_text(config, "log-format"), "json") == 0;
    log_configure(level, json ? LOG_JSON : LOG_LOGFMT);
}

static int run_command(const struct cli_command *command, int argc, char **argv)
{
    struct err e = {0};
    struct cli cli = {.command = command};
    struct parse parse = {.cli = &cli, .argc = argc, .argv = argv};
    cli.operands = calloc((size_t)argc + 1, sizeof *cli.operands);
    cli.config = config_new(cli_config_options, cli_config_option_count, &e);
    int code = CLI_ENVIRONMENT;
    if (!cli.operands || !cli.config) {
        cli_complain("out of memory");
    } else if ((code = parse_words(&parse)) == CLI_OK && (code = check_operands(&cli)) == CLI_OK &&
               (code = load_config(&cli)) == CLI_OK) {
        code = command->run(&cli);
    }
    config_free(cli.config);
    free(cli.operands);
    return code;
}

/* ---- finding the command */

static const struct cli_command *find_command(const char *name)
{
    for (size_t i = 0; i < cli_command_count; i++) {
        if (strcmp(cli_commands[i]->name, name) == 0) {
            return cli_commands[i];
        }
    }
    return NULL;
}

static int unknown_command(const char *name)
{
    const char *names[32];
    for (size_t i = 0; i < cli_command_count; i++) {
        names[i] = cli_commands[i]->name;
    }
    const char *nearest = config_nearest(name, names, cli_command_count);
    cli_complain("no command is called \"%s\"%s%s%s; see guillemet --help", name,
                 nearest ? " (did you mean " : "", nearest ? nearest : "", nearest ? "?)" : "");
    return CLI_USAGE;
}

static bool asks_for(const char *word, const char *name, const char *letter)
{
    return strcmp(word, name) == 0 || strcmp(word, letter) == 0;
}

int cli_main(int argc, char **argv)
{
    if (argc < 2) {
        cli_help(stderr, NULL);
        return CLI_USAGE;
    }
    if (asks_for(argv[1], "--help", "-h") || (strcmp(argv[1], "help") == 0 && argc == 2)) {
        cli_help(stdout, NULL);
        return CLI_OK;
    }
    bool help = strcmp(argv[1], "help") == 0;
    const char *name = asks_for(argv[1], "--version", "-V") ? "version" : argv[help ? 2 : 1];
    const struct cli_command *command = find_command(name);
    if (!command) {
        return unknown_command(name);
    }
    for (int i = 2; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (help || asks_for(argv[i], "--help", "-h")) {
            cli_help(stdout, command);
            return CLI_OK;
        }
        if (asks_for(argv[i], "--version", "-V")) {
            command = find_command("version");
            argc = 2;
        }
    }
    int code = run_command(command, argc - 2, argv + 2);
    if ((fflush(stdout) || ferror(stdout)) && code != CLI_ENVIRONMENT) { /* else it has been said */
        cli_complain("writing to standard output failed");
        code = CLI_ENVIRONMENT;
    }
    return code;
}
