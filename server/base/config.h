/* What is configured and who said so: flags over environment over file over default.
 *
 * Shape:   a static table of options that every subcommand shares; a config holds one value and one
 *          origin per option. The environment name is GUILLEMET_ + the option in capitals with `_`;
 *          NAME_FILE variants read a secret from a file. The file has `name = value` lines, `#`
 *          comments, and is given by --config or GUILLEMET_CONFIG, else ./guillemet.conf, else
 *          /etc/guillemet/guillemet.conf when they exist.
 * Errors:  unknown names and malformed values name the option, the origin (file:line) and the nearest
 *          valid name.
 * Memory:  strings live as long as the config.
 */
#ifndef GUILLEMET_BASE_CONFIG_H
#define GUILLEMET_BASE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum config_kind {
    CONFIG_TEXT,
    CONFIG_BOOL,
    CONFIG_INT,
    CONFIG_BYTES,
    CONFIG_DURATION_MS,
    CONFIG_CHOICE
};

struct config_option {
    const char *name; /* "listen": --listen, GUILLEMET_LISTEN, `listen = …` */
    enum config_kind kind;
    const char *standard; /* default, as text; NULL: unset */
    const char *choices;  /* "info|debug|…" for CONFIG_CHOICE */
    int64_t least, most;  /* for the numeric kinds */
    bool secret;          /* printed as *** by `guillemet config` */
    const char *help;     /* one line */
};

struct config;

struct config *config_new(const struct config_option *options, size_t count, struct err *e);
void config_free(struct config *config);

/* Origin: "flag", "environment GUILLEMET_X", "guillemet.conf:3", "default". Later calls of a weaker origin
 * never override a stronger one, whatever the order. */
enum rc config_set_flag(struct config *config, const char *name, const char *value, struct err *e);
enum rc config_load_environment(struct config *config, char **environment, struct err *e);
enum rc config_load_file(struct config *config, const char *path, bool must_exist, struct err *e);

/* A new configuration with what flags and environment said in `config`: its file can be read anew into it. */
enum rc config_again(const struct config *config, struct config **out, struct err *e);
/* Exchanges the values of one option, which both have. */
void config_swap(struct config *a, struct config *b, const char *name);

const struct config_option *config_find(const struct config *config, const char *name);
const char *config_text(const struct config *config, const char *name); /* NULL when unset */
bool config_bool(const struct config *config, const char *name);
int64_t config_int(const struct config *config, const char *name); /* also bytes and ms */
const char *config_origin(const struct config *config, const char *name);
size_t config_count(const struct config *config);
const struct config_option *config_at(const struct config *config, size_t index);

/* The closest of `names` to `given` (Damerau-Levenshtein ≤ 1/3 of its length), or NULL: "did you mean". */
const char *config_nearest(const char *given, const char *const *names, size_t count);

#endif
