#include "base/config_value.h"

#include <stdio.h>
#include <strings.h>

#include "base/slice.h"

struct unit {
    const char *name;
    int64_t factor;
};

static const struct unit byte_units[] = {{"", 1},
                                         {"b", 1},
                                         {"k", INT64_C(1) << 10},
                                         {"kb", INT64_C(1) << 10},
                                         {"kib", INT64_C(1) << 10},
                                         {"m", INT64_C(1) << 20},
                                         {"mb", INT64_C(1) << 20},
                                         {"mib", INT64_C(1) << 20},
                                         {"g", INT64_C(1) << 30},
                                         {"gb", INT64_C(1) << 30},
                                         {"gib", INT64_C(1) << 30},
                                         {"t", INT64_C(1) << 40},
                                         {"tb", INT64_C(1) << 40},
                                         {"tib", INT64_C(1) << 40},
                                         {NULL, 0}};

static const struct unit duration_units[] = {{"ms", 1},      {"s", 1000},    {"m", 60000},
                                             {"min", 60000}, {"h", 3600000}, {"d", 86400000},
                                             {NULL, 0}};

static const struct unit no_units[] = {{"", 1}, {NULL, 0}};

/* How a kind is written, for messages. */
static const char *how_written(enum config_kind kind)
{
    switch (kind) {
    case CONFIG_BOOL:
        return "true or false";
    case CONFIG_INT:
        return "a whole number";
    case CONFIG_BYTES:
        return "a size such as 512K, 64M or 2G";
    case CONFIG_DURATION_MS:
        return "a duration with its unit, such as 500ms, 30s, 5m or 24h";
    case CONFIG_TEXT:
    case CONFIG_CHOICE:
        break;
    }
    return "a text";
}

static enum rc refuse(const struct config_option *option, const char *text, struct err *e)
{
    return err_field(e, RC_INVALID, option->name, "%s: \"%s\" is not %s", option->name,
                     option->secret ? "***" : text, how_written(option->kind));
}

static bool find_unit(const struct unit *units, const char *name, int64_t *factor)
{
    for (; units->name; units++) {
        if (strcasecmp(units->name, name) == 0) {
            *factor = units->factor;
            return true;
        }
    }
    return false;
}

/* Digits, blanks, unit. 0 needs no unit. */
static bool parse_number(const char *text, const struct unit *units, int64_t *number)
{
    bool minus = *text == '-';
    const char *at = text + minus;
    int64_t value = 0, factor = 1;
    if (*at < '0' || *at > '9') {
        return false;
    }
    for (; *at >= '0' && *at <= '9'; at++) {
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, *at - '0', &value)) {
            return false;
        }
    }
    while (*at == ' ') {
        at++;
    }
    bool bare_zero = value == 0 && *at == '\0';
    if (!bare_zero && !find_unit(units, at, &factor)) {
        return false;
    }
    if (__builtin_mul_overflow(value, factor, &value)) {
        return false;
    }
    *number = minus ? -value : value;
    return true;
}

static bool parse_bool(const char *text, int64_t *number)
{
    static const struct {
        const char *word;
        int64_t value;
    } words[] = {{"true", 1},  {"yes", 1}, {"on", 1},  {"1", 1},
                 {"false", 0}, {"no", 0},  {"off", 0}, {"0", 0}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcasecmp(words[i].word, text) == 0) {
            *number = words[i].value;
            return true;
        }
    }
    return false;
}

static enum rc parse_choice(const struct config_option *option, const char *text, int64_t *number,
                            struct err *e)
{
    struct slice rest = slice_cstr(option->choices);
    for (int64_t i = 0; slice_present(rest); i++) {
        if (slice_is(slice_cut(&rest, '|'), text)) {
            *number = i;
            return RC_OK;
        }
    }
    return err_field(e, RC_INVALID, option->name, "%s: \"%s\" is none of %s", option->name, text,
                     option->choices);
}

static enum rc check_range(const struct config_option *option, const char *text, int64_t number,
                           struct err *e)
{
    bool limited = option->least < option->most;
    if (!limited || (number >= option->least && number <= option->most)) {
        return RC_OK;
    }
    const char *unit = option->kind == CONFIG_DURATION_MS ? " ms"
                       : option->kind == CONFIG_BYTES     ? " bytes"
                                                          : "";
    return err_field(e, RC_INVALID, option->name, "%s: %s is not between %lld and %lld%s",
                     option->name, text, (long long)option->least, (long long)option->most, unit);
}

enum rc config_value_parse(const struct config_option *option, const char *text, int64_t *number,
                           struct err *e)
{
    int64_t value = 0;
    switch (option->kind) {
    case CONFIG_TEXT:
        *number = 0;
        return RC_OK;
    case CONFIG_CHOICE:
        return parse_choice(option, text, number, e);
    case CONFIG_BOOL:
        return parse_bool(text, number) ? RC_OK : refuse(option, text, e);
    case CONFIG_INT:
    case CONFIG_BYTES:
    case CONFIG_DURATION_MS:
        break;
    }
    const struct unit *units = option->kind == CONFIG_INT     ? no_units
                               : option->kind == CONFIG_BYTES ? byte_units
                                                              : duration_units;
    if (!parse_number(text, units, &value)) {
        return refuse(option, text, e);
    }
    enum rc rc = check_range(option, text, value, e);
    if (rc == RC_OK) {
        *number = value;
    }
    return rc;
}
