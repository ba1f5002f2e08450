#include "api/source_fields.h"

#include <jansson.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/config.h"
#include "follow/place.h"

enum { NAME_MOST = 256, LANG_LEAST = 2, LANG_MOST = 35 };

CLEANUP_DEFINE(json_decref, json_t)

struct field_reading {
    struct arena *arena;
    struct store_source_choice *choice;
    const char *name; /* of the member */
    const json_t *value;
};

static struct slice text_of(const json_t *value)
{
    return slice_of(json_string_value(value), json_string_length(value));
}

static enum rc refuse(const struct field_reading *r, const char *what, struct err *e)
{
    return err_field(e, RC_INVALID, r->name, "%s is %s", r->name, what);
}

static enum rc read_url(struct field_reading *r, struct err *e)
{
    return json_is_string(r->value)
               ? place_read(text_of(r->value), r->arena, &r->choice->url, e)
               : refuse(r, "the address of a feed, a page or a news sitemap", e);
}

static enum rc read_kind(struct field_reading *r, struct err *e)
{
    return json_is_string(r->value) && source_kind_parse(text_of(r->value), &r->choice->kind)
               ? RC_OK
               : refuse(r, "feed, page or sitemap", e);
}

static enum rc read_state(struct field_reading *r, struct err *e)
{
    enum source_state state = SOURCE_GONE;
    if (json_is_string(r->value)) {
        source_state_parse(text_of(r->value), &state);
    }
    if (state == SOURCE_GONE) { /* which servers say, not people */
        return refuse(r, "active or paused", e);
    }
    r->choice->state = state;
    return RC_OK;
}

static enum rc read_text(struct field_reading *r, struct slice *out, struct err *e)
{
    struct slice text = json_is_string(r->value) ? slice_trim(text_of(r->value)) : SLICE_NONE;
    if (json_is_null(r->value)) {
        *out = SLICE_NONE;
        return RC_OK;
    }
    if (text.len == 0 || text.len > NAME_MOST) {
        return refuse(r, "a text of 1 to 256 bytes, or null", e);
    }
    *out = arena_copy(r->arena, text);
    return slice_present(*out) ? RC_OK : err_nomem(e);
}

static enum rc read_name(struct field_reading *r, struct err *e)
{
    return read_text(r, &r->choice->name, e);
}

static enum rc read_section(struct field_reading *r, struct err *e)
{
    return read_text(r, &r->choice->section, e);
}

static enum rc read_lang(struct field_reading *r, struct err *e)
{
    struct slice text = text_of(r->value);
    bool good = json_is_null(r->value) ||
                (json_is_string(r->value) && text.len >= LANG_LEAST && text.len <= LANG_MOST);
    for (size_t i = 0; good && i < text.len && text.ptr; i++) {
        char c = text.ptr[i];
        good =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    }
    return good ? read_text(r, &r->choice->lang, e)
                : refuse(r, "a language's code such as fr or pt-BR, or null", e);
}

static enum rc read_full(struct field_reading *r, struct err *e)
{
    r->choice->full = json_is_true(r->value);
    return json_is_boolean(r->value) ? RC_OK : refuse(r, "true or false", e);
}

static enum rc read_interval(struct field_reading *r, int64_t *out, struct err *e)
{
    json_int_t seconds = json_is_null(r->value) ? 0 : json_integer_value(r->value);
    bool good = json_is_null(r->value) ||
                (json_is_integer(r->value) && seconds >= SOURCE_INTERVAL_LEAST_S &&
                 seconds <= SOURCE_INTERVAL_MOST_S);
    *out = good ? (int64_t)seconds * 1000 : *out;
    return good ? RC_OK : refuse(r, "a number of seconds from 60 to 2592000 (30 days), or null", e);
}

static enum rc read_least(struct field_reading *r, struct err *e)
{
    return read_interval(r, &r->choice->least_ms, e);
}

static enum rc read_most(struct field_reading *r, struct err *e)
{
    return read_interval(r, &r->choice->most_ms, e);
}

static const struct {
    const char *name;
    enum rc (*read)(struct field_reading *r, struct err *e);
} members[] = {{"url", read_url},
               {"kind", read_kind},
               {"state", read_state},
               {"name", read_name},
               {"lang", read_lang},
               {"section", read_section},
               {"full", read_full},
               {"min_interval_s", read_least},
               {"max_interval_s", read_most}};
enum { MEMBERS = sizeof members / sizeof members[0] };

static enum rc refuse_member(const char *name, const char **nearest, struct err *e)
{
    const char *names[MEMBERS];
    for (size_t i = 0; i < MEMBERS; i++) {
        names[i] = members[i].name;
    }
    *nearest = config_nearest(name, names, MEMBERS);
    return err_field(e, RC_INVALID, name,
                     "a source has no '%.60s'; it has: url, kind, state, name, lang, section, "
                     "full, min_interval_s, max_interval_s",
                     name);
}

static enum rc check_interval(const struct store_source_choice *choice, struct err *e)
{
    return choice->most_ms > 0 && choice->most_ms < choice->least_ms
               ? err_field(e, RC_INVALID, "max_interval_s",
                           "max_interval_s is not shorter than min_interval_s")
               : RC_OK;
}

static enum rc read_members(json_t *object, struct field_reading *r, const char **nearest,
                            struct err *e)
{
    json_object_foreach(object, r->name, *(json_t **)&r->value)
    {
        size_t i = 0;
        while (i < MEMBERS && strcmp(members[i].name, r->name) != 0) {
            i++;
        }
        enum rc rc = i < MEMBERS ? members[i].read(r, e) : refuse_member(r->name, nearest, e);
        if (rc != RC_OK) {
            return rc;
        }
    }
    return check_interval(r->choice, e);
}

enum rc source_fields_read(struct slice body, struct arena *arena,
                           struct store_source_choice *choice, bool *given, const char **nearest,
                           struct err *e)
{
    struct field_reading r = {.arena = arena, .choice = choice};
    json_error_t fault;
    CLEANUP(json_decref_p)
    json_t *object = json_loadb(body.len ? body.ptr : "", body.len, JSON_REJECT_DUPLICATES, &fault);
    if (!object) {
        return json_error_code(&fault) == json_error_out_of_memory
                   ? err_nomem(e)
                   : err_set(e, RC_INVALID, "the body is no JSON object: %s", fault.text);
    }
    if (!json_is_object(object)) {
        return err_set(e, RC_INVALID, "the body must be a JSON object: {\"url\": …}");
    }
    *given = json_object_size(object) > 0;
    return read_members(object, &r, nearest, e);
}
