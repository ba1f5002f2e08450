#include "base/config.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/config_value.h"

#define PREFIX "GUILLEMET_"

enum { LONGEST_NAME = 63, LONGEST_ORIGIN = 159, MOST_FILE_BYTES = 1024 * 1024 };

/* Who speaks louder: a value is replaced by one of the same or a higher rank. */
enum rank { RANK_STANDARD, RANK_FILE, RANK_ENVIRONMENT, RANK_FLAG };

struct setting {
    char *text; /* NULL: unset */
    int64_t number;
    enum rank rank;
    char origin[LONGEST_ORIGIN + 1];
};

struct config {
    const struct config_option *options;
    size_t count;
    struct setting *settings;
};

struct source {
    enum rank rank;
    const char *origin;
};

/* ---- names */

/* "LOG_LEVEL" and "log_level" are log-level; false when it is too long for any option. */
static bool normal_name(struct slice given, char out[LONGEST_NAME + 1])
{
    if (given.len > LONGEST_NAME) {
        return false;
    }
    for (size_t i = 0; i < given.len; i++) {
        char c = given.ptr[i];
        out[i] = (char)(c >= 'A' && c <= 'Z' ? c + 0x20 : c == '_' ? '-' : c);
    }
    out[given.len] = '\0';
    return true;
}

static size_t index_of(const struct config *config, const char *name)
{
    size_t i = 0;
    while (i < config->count && strcmp(config->options[i].name, name) != 0) {
        i++;
    }
    return i;
}

static const char *nearest_option(const struct config *config, const char *name)
{
    const char *best = NULL;
    const char **names = calloc(config->count ? config->count : 1, sizeof *names);
    for (size_t i = 0; names && i < config->count; i++) {
        names[i] = config->options[i].name;
    }
    if (names) {
        best = config_nearest(name, names, config->count);
    }
    free(names);
    return best;
}

static enum rc unknown_name(const struct config *config, const char *name, const char *origin,
                            struct err *e)
{
    const char *nearest = nearest_option(config, name);
    if (nearest) {
        return err_field(e, RC_INVALID, name, "%s: unknown option \"%s\": did you mean \"%s\"?",
                         origin, name, nearest);
    }
    return err_field(e, RC_INVALID, name, "%s: unknown option \"%s\"", origin, name);
}

/* ---- values */

static enum rc put(struct config *config, size_t index, const char *text, struct source source,
                   struct err *e)
{
    int64_t number = 0;
    enum rc rc = config_value_parse(&config->options[index], text, &number, e);
    if (rc != RC_OK) {
        err_context(e, "%s", source.origin);
        return rc;
    }
    struct setting *setting = &config->settings[index];
    if (setting->text && setting->rank > source.rank) {
        return RC_OK;
    }
    char *copy = strdup(text);
    if (!copy) {
        return err_nomem(e);
    }
    free(setting->text);
    setting->text = copy;
    setting->number = number;
    setting->rank = source.rank;
    snprintf(setting->origin, sizeof setting->origin, "%s", source.origin);
    return RC_OK;
}

static enum rc read_file(const char *path, struct buf *out, struct err *e)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        return err_set(e, errno == ENOENT ? RC_NOT_FOUND : RC_UNAVAILABLE, "cannot read %s: %s",
                       path, strerror(errno));
    }
    char chunk[4096];
    size_t got;
    while (out->len <= MOST_FILE_BYTES && (got = fread(chunk, 1, sizeof chunk, file)) > 0) {
        buf_append(out, chunk, got);
    }
    bool failed = ferror(file);
    int error = errno;
    fclose(file);
    if (failed) {
        return err_set(e, RC_UNAVAILABLE, "cannot read %s: %s", path, strerror(error));
    }
    if (out->len > MOST_FILE_BYTES || memchr(out->len ? out->data : "", '\0', out->len)) {
        return err_set(e, RC_INVALID, "%s is no text file of at most 1 MB", path);
    }
    buf_char(out, '\0');
    return out->failed ? err_nomem(e) : RC_OK;
}

/* token-file = PATH: the secret is what the file holds, without the line end behind it. */
static enum rc put_from_file(struct config *config, size_t index, const char *path,
                             struct source source, struct err *e)
{
    CLEANUP(buf_done) struct buf bytes;
    buf_init(&bytes);
    enum rc rc = read_file(path, &bytes, e);
    if (rc != RC_OK) {
        err_context(e, "%s", source.origin);
        return rc == RC_NOT_FOUND ? RC_UNAVAILABLE : rc;
    }
    bytes.data[strcspn(bytes.data, "\r\n")] = '\0';
    return put(config, index, bytes.data, source, e);
}

static enum rc set(struct config *config, struct slice given, const char *value,
                   struct source source, struct err *e)
{
    char name[LONGEST_NAME + 1];
    if (!normal_name(given, name)) {
        return err_set(e, RC_INVALID, "%s: unknown option \"%.*s…\"", source.origin, LONGEST_NAME,
                       given.ptr);
    }
    size_t index = index_of(config, name);
    if (index < config->count) {
        bool switched_on = !value && config->options[index].kind == CONFIG_BOOL;
        if (!value && !switched_on) {
            return err_field(e, RC_INVALID, name, "%s: \"%s\" needs a value", source.origin, name);
        }
        return put(config, index, switched_on ? "true" : value, source, e);
    }
    size_t len = strlen(name);
    const char tail[] = "-file";
    if (value && len > sizeof tail - 1 && strcmp(name + len - (sizeof tail - 1), tail) == 0) {
        char secret[LONGEST_NAME + 1];
        memcpy(secret, name, sizeof secret);
        secret[len - (sizeof tail - 1)] = '\0';
        index = index_of(config, secret);
        if (index < config->count && config->options[index].secret) {
            return put_from_file(config, index, value, source, e);
        }
    }
    return unknown_name(config, name, source.origin, e);
}

/* ---- sources */

struct config *config_new(const struct config_option *options, size_t count, struct err *e)
{
    struct config *config = calloc(1, sizeof *config);
    struct setting *settings = calloc(count ? count : 1, sizeof *settings);
    if (!config || !settings) {
        free(config);
        free(settings);
        err_nomem(e);
        return NULL;
    }
    *config = (struct config){options, count, settings};
    for (size_t i = 0; i < count; i++) {
        snprintf(settings[i].origin, sizeof settings[i].origin, "default");
        const struct source standard = {RANK_STANDARD, "default"};
        if (options[i].standard && put(config, i, options[i].standard, standard, e) != RC_OK) {
            config_free(config);
            return NULL;
        }
    }
    return config;
}

void config_free(struct config *config)
{
    if (!config) {
        return;
    }
    for (size_t i = 0; i < config->count; i++) {
        char *text = config->settings[i].text;
        if (text && config->options[i].secret) {
            explicit_bzero(text, strlen(text));
        }
        free(text);
    }
    free(config->settings);
    free(config);
}

enum rc config_set_flag(struct config *config, const char *name, const char *value, struct err *e)
{
    return set(config, slice_cstr(name), value, (struct source){RANK_FLAG, "flag"}, e);
}

/* An orchestrator that runs a service called "guillemet" gives every process GUILLEMET_PORT=tcp://…,
 * GUILLEMET_SERVICE_HOST and their like: not ours, and no reason to refuse to start. */
static bool is_service_link(struct slice name, const char *value)
{
    return slice_find(name, SLICE("SERVICE_"), 0) == 0 || slice_starts(name, SLICE("PORT_")) ||
           strstr(value, "tcp://") == value || strstr(value, "udp://") == value;
}

/* CONFIG names the file to read, CORPUS the data of the development tests. */
static bool is_reserved(struct slice name)
{
    return slice_is(name, "CONFIG") || slice_is(name, "CORPUS");
}

enum rc config_load_environment(struct config *config, char **environment, struct err *e)
{
    for (; environment && *environment; environment++) {
        struct slice value = slice_cstr(*environment);
        struct slice name = slice_cut(&value, '=');
        if (!slice_starts(name, SLICE(PREFIX)) || !slice_present(value)) {
            continue;
        }
        char origin[LONGEST_ORIGIN + 1];
        snprintf(origin, sizeof origin, "environment %.*s", SLICE_ARG(name));
        name = slice_of(name.ptr + sizeof PREFIX - 1, name.len - (sizeof PREFIX - 1));
        char normal[LONGEST_NAME + 1];
        bool known = normal_name(name, normal) && index_of(config, normal) < config->count;
        if (!known && (is_reserved(name) || is_service_link(name, value.ptr))) {
            continue;
        }
        enum rc rc = set(config, name, value.ptr, (struct source){RANK_ENVIRONMENT, origin}, e);
        if (rc != RC_OK) {
            return rc;
        }
    }
    return RC_OK;
}

/* Cuts the line's value out of `text` in place, so that it ends in NUL; "…" around it is dropped. */
static enum rc load_line(struct config *config, char *text, const char *origin, struct err *e)
{
    struct slice line = slice_trim(slice_cstr(text));
    if (line.len == 0 || line.ptr[0] == '#') {
        return RC_OK;
    }
    struct slice value = line;
    struct slice name = slice_trim(slice_cut(&value, '='));
    if (!slice_present(value) || name.len == 0) {
        return err_set(e, RC_INVALID, "%s: a line is \"name = value\" or a # comment", origin);
    }
    value = slice_trim(value);
    if (value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"') {
        value = slice_of(value.ptr + 1, value.len - 2);
    }
    text[(size_t)(value.ptr - text) + value.len] = '\0';
    return set(config, name, value.ptr, (struct source){RANK_FILE, origin}, e);
}

enum rc config_load_file(struct config *config, const char *path, bool must_exist, struct err *e)
{
    CLEANUP(buf_done) struct buf bytes;
    buf_init(&bytes);
    struct err found;
    enum rc rc = read_file(path, &bytes, &found);
    if (rc == RC_NOT_FOUND && !must_exist) {
        return RC_OK;
    }
    if (rc != RC_OK) {
        return err_set(e, rc == RC_NOT_FOUND ? RC_UNAVAILABLE : rc, "%s", found.message);
    }
    char *rest = bytes.data;
    for (size_t line = 1; rc == RC_OK && rest; line++) {
        char *text = rest;
        rest = strchr(text, '\n');
        if (rest) {
            *rest++ = '\0';
        }
        char origin[LONGEST_ORIGIN + 1];
        snprintf(origin, sizeof origin, "%s:%zu", path, line);
        rc = load_line(config, text, origin, e);
    }
    return rc;
}

enum rc config_again(const struct config *config, struct config **out, struct err *e)
{
    struct config *again = config_new(config->options, config->count, e);
    for (size_t i = 0; again && i < config->count; i++) {
        const struct setting *setting = &config->settings[i];
        const struct source source = {setting->rank, setting->origin};
        if (setting->rank > RANK_FILE && put(again, i, setting->text, source, e) != RC_OK) {
            config_free(again);
            again = NULL;
        }
    }
    *out = again ? again : *out;
    return again ? RC_OK : e->rc;
}

/* ---- answers */

const struct config_option *config_find(const struct config *config, const char *name)
{
    size_t i = index_of(config, name);
    return i < config->count ? &config->options[i] : NULL;
}

static const struct setting *setting_of(const struct config *config, const char *name)
{
    size_t i = index_of(config, name);
    assert(i < config->count);
    return &config->settings[i];
}

void config_swap(struct config *a, struct config *b, const char *name)
{
    struct setting *mine = &a->settings[index_of(a, name)];
    struct setting *other = &b->settings[index_of(b, name)];
    struct setting kept = *mine;
    *mine = *other;
    *other = kept;
}

const char *config_text(const struct config *config, const char *name)
{
    return setting_of(config, name)->text;
}

bool config_bool(const struct config *config, const char *name)
{
    return setting_of(config, name)->number != 0;
}

int64_t config_int(const struct config *config, const char *name)
{
    return setting_of(config, name)->number;
}

const char *config_origin(const struct config *config, const char *name)
{
    return setting_of(config, name)->origin;
}

size_t config_count(const struct config *config)
{
    return config->count;
}

const struct config_option *config_at(const struct config *config, size_t index)
{
    return index < config->count ? &config->options[index] : NULL;
}
