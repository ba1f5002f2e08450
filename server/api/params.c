#include "api/params.h"

#include <stdio.h>

#include "api/cursor.h"
#include "base/clock.h"
#include "base/config.h"
#include "store/filter.h"
#include "text/dates.h"
#include "text/digest.h"
#include "text/periods.h"

#define MOST_CHOICES  16
/* As often may one filter be given, and all of them together. */
#define REPEATED_MOST 8
#define FILTERS_MOST  STORE_CLAUSES_MOST
#define MINUTE_MS     INT64_C(60000)

struct reading {
    param_set allowed;
    struct arena *arena;
    struct params *out;
    struct params_fault *fault;
    int filters; /* so far */
};

static size_t split_choices(const struct param_spec *spec, struct arena *arena,
                            const char *names[MOST_CHOICES])
{
    size_t count = 0;
    struct slice rest = slice_cstr(spec->choices);
    while (slice_present(rest) && count < MOST_CHOICES) {
        struct slice name = slice_cut(&rest, '|');
        char *text = arena_alloc(arena, name.len + 1);
        if (!text) {
            return count;
        }
        memcpy(text, name.ptr, name.len);
        names[count++] = text;
    }
    return count;
}

/* "Parameters here: a, b, c" for a message. */
static void list_allowed(param_set allowed, char *out, size_t size)
{
    struct buf text;
    buf_init(&text);
    for (unsigned p = 0; p < PARAM_COUNT; p++) {
        if (allowed & PARAM_BIT(p)) {
            buf_text(&text, text.len ? ", " : "");
            buf_text(&text, param_spec(p)->name);
        }
    }
    struct slice all = text.len ? buf_view(&text) : SLICE("none");
    size_t len = all.len < size ? all.len : size - 1;
    memcpy(out, all.ptr, len);
    out[len] = '\0';
    buf_done(&text);
}

static enum rc refuse_unknown(const struct reading *r, const struct http_parameter *given,
                              struct err *e)
{
    const char *names[PARAM_COUNT];
    size_t count = 0;
    for (unsigned p = 0; p < PARAM_COUNT; p++) {
        if (r->allowed & PARAM_BIT(p)) {
            names[count++] = param_spec(p)->name;
        }
    }
    const char *name = arena_strdup(r->arena, given->name.ptr);
    r->fault->nearest = name ? config_nearest(name, names, count) : NULL;
    r->fault->code = "unknown_parameter";
    char allowed[384], shown[64];
    list_allowed(r->allowed, allowed, sizeof allowed);
    snprintf(shown, sizeof shown, "%.*s", SLICE_ARG(given->name));
    if (r->fault->nearest) {
        return err_field(e, RC_INVALID, shown,
                         "this address has no parameter '%s'; did you mean '%s'? It takes: %s",
                         shown, r->fault->nearest, allowed);
    }
    return err_field(e, RC_INVALID, shown, "this address has no parameter '%s'; it takes: %s",
                     shown, allowed);
}

static enum rc parse_int(const struct param_spec *spec, struct slice text, int64_t *out,
                         struct err *e)
{
    int64_t value = 0;
    bool good = text.len > 0 && text.len <= 9;
    for (size_t i = 0; good && i < text.len; i++) {
        good = text.ptr[i] >= '0' && text.ptr[i] <= '9';
        value = value * 10 + (text.ptr[i] - '0');
    }
    if (!good || value < spec->least || value > spec->most) {
        return err_field(e, RC_INVALID, spec->name, "%s is a whole number from %lld to %lld",
                         spec->name, (long long)spec->least, (long long)spec->most);
    }
    *out = value;
    return RC_OK;
}

/* "0.75": digits of the fraction behind the third are dropped. */
static enum rc parse_share(const struct param_spec *spec, struct slice text, int64_t *out,
                           struct err *e)
{
    bool good = text.len >= 1 && text.len <= 20 && (text.ptr[0] == '0' || text.ptr[0] == '1') &&
                (text.len == 1 || (text.len > 2 && text.ptr[1] == '.'));
    int64_t value = good ? (text.ptr[0] - '0') * 1000 : 0, unit = 100;
    for (size_t i = 2; good && i < text.len; i++, unit /= 10) {
        good = text.ptr[i] >= '0' && text.ptr[i] <= '9' && (value < 1000 || text.ptr[i] == '0');
        value += (text.ptr[i] - '0') * unit;
    }
    if (!good) {
        return err_field(e, RC_INVALID, spec->name, "%s is a number from 0 to 1, such as 0.75",
                         spec->name);
    }
    *out = value;
    return RC_OK;
}

static enum rc parse_id(const struct param_spec *spec, struct slice text, uint64_t *out,
                        struct err *e)
{
    if (!digest_parse_id(text, out)) {
        return err_field(e, RC_INVALID, spec->name, "%s is an id: 13 letters a-z and digits 2-7",
                         spec->name);
    }
    return RC_OK;
}

static enum rc parse_bool(const struct param_spec *spec, struct slice text, int64_t *out,
                          struct err *e)
{
    if (!slice_is(text, "true") && !slice_is(text, "false")) {
        return err_field(e, RC_INVALID, spec->name, "%s is true or false", spec->name);
    }
    *out = slice_is(text, "true");
    return RC_OK;
}

static bool find_choice(const struct param_spec *spec, struct slice text, int64_t *out)
{
    struct slice rest = slice_cstr(spec->choices);
    for (int64_t i = 0; slice_present(rest); i++) {
        if (slice_equal(slice_cut(&rest, '|'), text)) {
            *out = i;
            return true;
        }
    }
    return false;
}

static enum rc parse_choice(const struct reading *r, const struct param_spec *spec,
                            struct slice text, int64_t *out, struct err *e)
{
    if (find_choice(spec, text, out)) {
        return RC_OK;
    }
    const char *names[MOST_CHOICES];
    size_t count = split_choices(spec, r->arena, names);
    char shown[64];
    snprintf(shown, sizeof shown, "%.*s", SLICE_ARG(text));
    r->fault->nearest = config_nearest(shown, names, count);
    return err_field(e, RC_INVALID, spec->name, "'%s' is no %s; it is one of %s", shown, spec->name,
                     spec->choices);
}

static enum rc parse_set(const struct reading *r, const struct param_spec *spec, struct slice text,
                         int64_t *out, struct err *e)
{
    int64_t bits = 0;
    struct slice rest = text;
    while (slice_present(rest)) {
        int64_t place = 0;
        struct slice piece = slice_trim(slice_cut(&rest, ','));
        enum rc rc = parse_choice(r, spec, piece, &place, e);
        if (rc != RC_OK) {
            return rc;
        }
        bits |= INT64_C(1) << place;
    }
    *out = bits;
    return RC_OK;
}

static enum rc parse_time(const struct reading *r, const struct param_spec *spec, struct slice text,
                          int64_t *out, struct err *e)
{
    if (!periods_moment(text, r->out->now_ms, out, &r->out->relative)) {
        return err_field(
            e, RC_INVALID, spec->name,
            "%s is a date (2026-02-03), an instant (2026-02-03T14:05:00Z) or counted "
            "from now (-7d, -12h, -2w, -3mo, -1y); a '+' in an address must be written "
            "%%2B",
            spec->name);
    }
    return RC_OK;
}

static enum rc parse_date(const struct param_spec *spec, struct slice text, int64_t *out,
                          struct err *e)
{
    bool date_only;
    if (!dates_parse_iso(text, out, &date_only)) {
        return err_field(e, RC_INVALID, spec->name,
                         "%s is a date (2026-02-03) or an instant (2026-02-03T14:05:00Z); a '+' in "
                         "an address must be written %%2B",
                         spec->name);
    }
    return RC_OK;
}

/* BCP 47 in outline: "fr", "fr-CA", "zh-Hant". The language itself goes on in lower case, as it is stored. */
static enum rc parse_lang(const struct reading *r, const struct param_spec *spec,
                          struct slice *text, struct err *e)
{
    char *copy = arena_alloc(r->arena, text->len + 1);
    size_t group = 0, groups = 0;
    bool good = copy != NULL;
    for (size_t i = 0; good && i <= text->len; i++) {
        char c = i < text->len ? text->ptr[i] : '-';
        if (c == '-') {
            good = groups == 0 ? group == 2 || group == 3 : group >= 1 && group <= 8;
            groups++;
            group = 0;
        } else {
            bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            good = letter || (groups > 0 && c >= '0' && c <= '9');
            group++;
        }
        copy[i] = groups == 0 && c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
    }
    if (!good) {
        return err_field(e, RC_INVALID, spec->name, "%s is a language code such as fr, en or fr-CA",
                         spec->name);
    }
    *text = slice_of(copy, text->len);
    return RC_OK;
}

/* ---- filters, given once more */

/* A minus before a count goes back from now; any other one negates. */
static enum rc parse_period(const struct reading *r, const struct param_spec *spec,
                            struct slice text, struct param_clause *out, struct err *e)
{
    bool relative = false;
    struct slice period = text;
    out->raw = text;
    bool good = periods_parse(period, r->out->now_ms, &out->from_ms, &out->to_ms, &relative);
    if (!good && text.len > 1 && text.ptr[0] == '-') {
        out->negated = true;
        period = slice_of(text.ptr + 1, text.len - 1);
        good = periods_parse(period, r->out->now_ms, &out->from_ms, &out->to_ms, &relative);
    }
    r->out->relative = r->out->relative || relative;
    if (!good) {
        return err_field(e, RC_INVALID, spec->name,
                         "%s is a day (2026-02-03), a month (2026-02), a year, an interval "
                         "(2026-02-01/2026-02-08, 2026-02-01/P1W) or a time until now (-7d)",
                         spec->name);
    }
    return RC_OK;
}

static enum rc parse_values(const struct reading *r, const struct param_spec *spec,
                            struct param_clause *clause, struct err *e)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < clause->count && rc == RC_OK; i++) {
        int64_t place = 0;
        if (spec->kind == PARAM_CHOICES) {
            rc = parse_choice(r, spec, clause->values[i], &place, e);
            clause->choices |= 1u << place;
        } else if (spec->kind == PARAM_LANGS) {
            rc = parse_lang(r, spec, &clause->values[i], e);
        }
    }
    return rc;
}

static enum rc parse_clause(const struct reading *r, enum param param, struct slice text,
                            struct err *e)
{
    const struct param_spec *spec = param_spec(param);
    struct param_clause *clause = ARENA_NEW(r->arena, struct param_clause);
    if (clause == NULL) {
        return err_nomem(e);
    }
    enum rc rc = spec->kind == PARAM_PERIOD
                     ? parse_period(r, spec, text, clause, e)
                     : param_lists_cut(spec->name, text, r->arena, clause, e);
    rc = rc == RC_OK ? parse_values(r, spec, clause, e) : rc;
    struct param_clause **end = &r->out->values[param].clauses;
    size_t before = 0;
    for (; *end; end = &(*end)->next) {
        before++;
    }
    if (rc == RC_OK && before == REPEATED_MOST) {
        return err_field(e, RC_INVALID, spec->name, "%s may be given at most %d times", spec->name,
                         REPEATED_MOST);
    }
    *end = clause;
    return rc;
}

static bool is_filter(enum param_kind kind)
{
    return kind == PARAM_NAMES || kind == PARAM_LANGS || kind == PARAM_CHOICES ||
           kind == PARAM_PERIOD;
}

static enum rc check_length(const struct param_spec *spec, struct slice text, struct err *e)
{
    if (slice_trim(text).len == 0) {
        return err_field(e, RC_INVALID, spec->name, "%s is empty: give it a value or leave it out",
                         spec->name);
    }
    if (spec->most > 0 && spec->kind != PARAM_INT && text.len > (size_t)spec->most) {
        return err_field(e, RC_INVALID, spec->name, "%s is longer than %lld bytes", spec->name,
                         (long long)spec->most);
    }
    return RC_OK;
}

static enum rc parse_value(const struct reading *r, enum param param, struct slice text,
                           struct err *e)
{
    const struct param_spec *spec = param_spec(param);
    struct param_value *value = &r->out->values[param];
    enum rc rc = check_length(spec, text, e);
    if (rc != RC_OK) {
        return rc;
    }
    value->text = spec->kind == PARAM_TEXT ? text : slice_trim(text);
    switch (spec->kind) {
    case PARAM_TEXT:
    case PARAM_CURSOR:
        return RC_OK;
    case PARAM_INT:
        return parse_int(spec, value->text, &value->number, e);
    case PARAM_SHARE:
        return parse_share(spec, value->text, &value->number, e);
    case PARAM_ID:
        return parse_id(spec, value->text, &value->id, e);
    case PARAM_BOOL:
        return parse_bool(spec, value->text, &value->number, e);
    case PARAM_CHOICE:
        return parse_choice(r, spec, value->text, &value->number, e);
    case PARAM_SET:
        return parse_set(r, spec, value->text, &value->number, e);
    case PARAM_TIME:
        return parse_time(r, spec, value->text, &value->number, e);
    case PARAM_DATE:
        return parse_date(spec, value->text, &value->number, e);
    case PARAM_NAMES:
    case PARAM_LANGS:
    case PARAM_CHOICES:
    case PARAM_PERIOD:
        return parse_clause(r, param, value->text, e);
    case PARAM_LANG:
        return parse_lang(r, spec, &value->text, e);
    }
    return RC_OK;
}

static enum rc parse_given(struct reading *r, const struct http_parameter *given, struct err *e)
{
    for (unsigned p = 0; p < PARAM_COUNT; p++) {
        if (!(r->allowed & PARAM_BIT(p)) || !slice_is(given->name, param_spec(p)->name)) {
            continue;
        }
        const struct param_spec *spec = param_spec(p);
        if (r->out->values[p].given && !is_filter(spec->kind)) {
            return err_field(e, RC_INVALID, spec->name, "%s is given twice", spec->name);
        }
        if (is_filter(spec->kind) && r->filters++ == FILTERS_MOST) {
            return err_field(e, RC_INVALID, spec->name, "at most %d filters go together",
                             FILTERS_MOST);
        }
        r->out->values[p].given = true;
        return parse_value(r, p, given->value, e);
    }
    return refuse_unknown(r, given, e);
}

/* Of everything that decides which rows a list has and in which order. */
static uint64_t hash_filters(const char *scope, param_set allowed, const struct params *params)
{
    struct slice parts[3 * (PARAM_COUNT + FILTERS_MOST) + 1];
    size_t count = 0;
    parts[count++] = slice_cstr(scope);
    for (unsigned p = 0; p < PARAM_COUNT; p++) {
        const struct param_value *value = &params->values[p];
        if (!(allowed & PARAM_BIT(p)) || param_spec(p)->shapes || !value->text.ptr) {
            continue;
        }
        const struct param_clause *clause = value->clauses;
        do {
            parts[count++] = slice_of("", 1); /* NUL: no value holds it */
            parts[count++] = slice_cstr(param_spec(p)->name);
            parts[count++] = clause ? clause->raw : value->text;
            clause = clause ? clause->next : NULL;
        } while (clause);
    }
    return digest_quick(parts, count);
}

static enum rc check_period(const struct params *params, struct err *e)
{
    const struct param_value *from = &params->values[P_FROM], *to = &params->values[P_TO];
    if (from->given && to->given && from->number >= to->number) {
        return err_field(e, RC_INVALID, "to",
                         "to must lie after from (from is inclusive, to exclusive)");
    }
    return RC_OK;
}

enum rc params_parse(const char *scope, param_set allowed, const struct http_parameter *given,
                     size_t count, struct arena *arena, struct params *out,
                     struct params_fault *fault, struct err *e)
{
    struct reading r = {allowed, arena, out, fault, 0};
    memset(out, 0, sizeof *out);
    out->now_ms = clock_now_ms() / MINUTE_MS * MINUTE_MS;
    *fault = (struct params_fault){"invalid", NULL};
    for (size_t i = 0; i < count; i++) {
        enum rc rc = parse_given(&r, &given[i], e);
        if (rc != RC_OK) {
            return rc;
        }
    }
    for (unsigned p = 0; p < PARAM_COUNT; p++) {
        if ((allowed & PARAM_BIT(p)) && !out->values[p].given && param_spec(p)->standard) {
            enum rc rc = parse_value(&r, p, slice_cstr(param_spec(p)->standard), e);
            if (rc != RC_OK) {
                return rc;
            }
        }
    }
    enum rc rc = check_period(out, e);
    if (rc != RC_OK) {
        return rc;
    }
    out->filters = allowed & PARAM_BIT(P_CURSOR) ? hash_filters(scope, allowed, out) : 0;
    if (out->values[P_CURSOR].given) {
        return cursor_read(out->values[P_CURSOR].text, out->filters, arena, &out->after, e);
    }
    return RC_OK;
}
