#include "store/search_fields.h"

#include "base/config.h"
#include "model/enums.h"
#include "text/dates.h"
#include "text/periods.h"
#include "text/utf8.h"

#define BOTH (STORE_ARTICLE_LIST | STORE_QUOTE_LIST)

static const struct search_field fields[] = {
    {"title", SEARCH_IN_TITLE, 0, 0, STORE_ARTICLE_LIST},
    {"standfirst", SEARCH_IN_STANDFIRST, 0, 0, STORE_ARTICLE_LIST},
    {"text", SEARCH_IN_NARRATION | SEARCH_IN_QUOTES | SEARCH_IN_SEAMS, 0, 0, STORE_ARTICLE_LIST},
    {"narration", SEARCH_IN_NARRATION, 0, 0, STORE_ARTICLE_LIST},
    {"quote", SEARCH_IN_QUOTES, 0, 0, STORE_ARTICLE_LIST},
    {"text", SEARCH_IN_QUOTE, 0, 0, STORE_QUOTE_LIST},
    {"quote", SEARCH_IN_QUOTE, 0, 0, STORE_QUOTE_LIST},
    {"channel", SEARCH_IN_CHANNEL, 0, 0, STORE_QUOTE_LIST},
    {"entity", 0, STORE_BY_ENTITY, STORE_ANY_ROLE, BOTH},
    {"speaker", 0, STORE_BY_ENTITY, STORE_SPEAKS, BOTH},
    {"about", 0, STORE_BY_ENTITY, STORE_ABOUT, BOTH},
    {"source", 0, STORE_BY_SOURCE, 0, BOTH},
    {"section", 0, STORE_BY_SECTION, 0, BOTH},
    {"author", 0, STORE_BY_AUTHOR, 0, BOTH},
    {"lang", 0, STORE_BY_LANG, 0, BOTH},
    {"type", 0, STORE_BY_QUOTE_TYPE, 0, STORE_QUOTE_LIST},
    {"cue", 0, STORE_BY_CUE, 0, BOTH},
    {"date", 0, STORE_BY_DATE, 0, BOTH},
    {"before", 0, STORE_BY_DATE, 0, BOTH},
    {"after", 0, STORE_BY_DATE, 0, BOTH},
};
enum { FIELD_COUNT = sizeof fields / sizeof fields[0] };

static const char *nearest_of(struct slice name, unsigned lists)
{
    const char *names[FIELD_COUNT];
    char given[16] = "";
    size_t count = 0;
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (fields[i].lists & lists) {
            names[count++] = fields[i].name;
        }
    }
    if (name.len >= sizeof given) {
        return NULL;
    }
    memcpy(given, name.ptr, name.len);
    return config_nearest(given, names, count);
}

const struct search_field *search_fields_find(struct slice name, enum store_list list,
                                              const char **nearest)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if ((fields[i].lists & list) && slice_is(name, fields[i].name)) {
            return &fields[i];
        }
    }
    *nearest = nearest_of(name, list);
    *nearest = *nearest ? *nearest : list == STORE_QUOTE_LIST ? "text" : "title";
    return NULL;
}

bool search_fields_sounds_like(struct slice name)
{
    return nearest_of(name, BOTH) != NULL;
}

/* ---- values */

static bool is_mark(uint32_t cp)
{
    return cp == '"' || cp == 0x201C || cp == 0x201D || cp == 0x201E || cp == 0xAB || cp == 0xBB;
}

static struct slice without_marks(struct slice value)
{
    size_t next = 0;
    value = slice_trim(value);
    if (value.len > 0 && is_mark(utf8_decode(value, 0, &next))) {
        size_t end = next;
        while (end < value.len) {
            size_t after;
            if (is_mark(utf8_decode(value, end, &after))) {
                break;
            }
            end = after;
        }
        value = slice_trim(slice_of(value.ptr + next, end - next));
    }
    return value;
}

/* The next value, up to a comma outside of quotation marks. */
static struct slice next_value(struct slice *rest)
{
    bool quoted = false;
    size_t at = 0, next;
    while (at < rest->len) {
        uint32_t cp = utf8_decode(*rest, at, &next);
        quoted = is_mark(cp) ? !quoted : quoted;
        if (cp == ',' && !quoted) {
            break;
        }
        at = next;
    }
    struct slice value = slice_of(rest->ptr, at);
    *rest = at < rest->len ? slice_of(rest->ptr + at + 1, rest->len - at - 1) : SLICE_NONE;
    return without_marks(value);
}

static bool add_date(const struct search_field *field, struct slice value,
                     struct store_clause *clause)
{
    int64_t from = INT64_MIN, to = INT64_MAX;
    bool relative = false, day;
    if (slice_is(slice_cstr(field->name), "date")) {
        if (!periods_parse(value, 0, &from, &to, &relative) || relative) {
            return false;
        }
    } else if (slice_is(slice_cstr(field->name), "before")) {
        if (!dates_parse_iso(value, &to, &day)) {
            return false;
        }
    } else if (!dates_parse_iso(value, &from, &day)) {
        return false;
    }
    clause->least = from;
    clause->most = to == INT64_MAX ? to : to - 1;
    return true;
}

static enum rc add_values(struct slice rest, struct arena *arena, struct store_clause *clause,
                          const char **why)
{
    struct {
        struct slice *items;
        size_t count, capacity;
    } values = {0};
    while (slice_present(rest)) {
        struct slice *value = ARENA_PUSH(arena, &values);
        if (value == NULL) {
            return RC_NOMEM;
        }
        *value = next_value(&rest);
        if (value->len == 0) {
            *why = "a value follows the colon, and every comma: speaker:\"Anne Lebrun\"";
            return RC_INVALID;
        }
        if (values.count > STORE_VALUES_MOST) {
            *why = "a field takes at most 16 values";
            return RC_INVALID;
        }
    }
    clause->values = values.items;
    clause->count = values.count;
    return RC_OK;
}

static enum rc add_types(struct store_clause *clause, const char **why)
{
    clause->choices = 0;
    for (size_t i = 0; i < clause->count; i++) {
        enum quote_type type;
        if (!quote_type_parse(clause->values[i], &type)) {
            *why = "type: is direct, indirect or mixed";
            return RC_INVALID;
        }
        clause->choices |= 1u << type;
    }
    return RC_OK;
}

enum rc search_fields_add(const struct search_field *field, struct lexer *lexer, bool negated,
                          enum store_list list, struct arena *arena, struct store_filter *filter,
                          const char **why)
{
    struct slice value = lexer_value(lexer);
    (void)list;
    if (!slice_present(value)) {
        *why = "a value follows the colon directly: speaker:\"Anne Lebrun\"";
        return RC_INVALID;
    }
    struct store_clause *clause = store_filter_add(arena, filter, field->field, "q");
    if (clause == NULL) {
        return RC_NOMEM;
    }
    clause->negated = negated;
    clause->roles = field->roles ? field->roles : STORE_ANY_ROLE;
    if (field->field == STORE_BY_DATE) {
        *why = "a date is written 2026-02-03 (before:, after:), or is a period such as 2026-02 or "
               "2026-02-01/P1W (date:)";
        return add_date(field, without_marks(value), clause) ? RC_OK : RC_INVALID;
    }
    enum rc rc = add_values(value, arena, clause, why);
    return rc == RC_OK && field->field == STORE_BY_QUOTE_TYPE ? add_types(clause, why) : rc;
}
