#include "ingest/members.h"

#include <stdio.h>

#include "ingest/jsondoc.h"
#include "text/dates.h"
#include "text/digest.h"

enum rc members_bad(const struct members *m, const char *member, const char *wanted)
{
    char pointer[64];
    snprintf(pointer, sizeof pointer, "/%s/%s", m->name, member);
    return err_field(m->e, RC_INVALID, pointer, "%s must be %s", pointer, wanted);
}

enum rc members_text(const struct members *m, const char *member, struct slice *out)
{
    json_t *value = json_object_get(m->object, member);
    if (!value || json_is_null(value)) {
        return RC_OK;
    }
    if (!json_is_string(value)) {
        return members_bad(m, member, "a string");
    }
    *out = arena_copy(m->arena, jsondoc_slice(value));
    return slice_present(*out) ? RC_OK : err_nomem(m->e);
}

enum rc members_id(const struct members *m, const char *member, uint64_t *out)
{
    struct slice text = SLICE_NONE;
    enum rc rc = members_text(m, member, &text);
    if (rc == RC_OK && slice_present(text) && !digest_parse_id(text, out)) {
        rc = members_bad(m, member, "an id of 13 characters");
    }
    return rc;
}

enum rc members_time(const struct members *m, const char *member, int64_t *out)
{
    struct slice text = SLICE_NONE;
    bool date_only;
    enum rc rc = members_text(m, member, &text);
    if (rc == RC_OK && slice_present(text) && !dates_parse_iso(text, out, &date_only)) {
        rc = members_bad(m, member, "a time such as 2026-02-03T14:05:00Z");
    }
    return rc;
}

enum rc members_number(const struct members *m, const char *member, uint32_t *out)
{
    json_t *value = json_object_get(m->object, member);
    if (!value || json_is_null(value)) {
        return RC_OK;
    }
    if (!json_is_integer(value) || json_integer_value(value) < 0 ||
        json_integer_value(value) > UINT32_MAX) {
        return members_bad(m, member, "a whole number");
    }
    *out = (uint32_t)json_integer_value(value);
    return RC_OK;
}

static int nibble(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum rc members_hex(const struct members *m, const char *member, uint8_t *out, size_t count)
{
    struct slice text = SLICE_NONE;
    enum rc rc = members_text(m, member, &text);
    bool fits = slice_present(text) && text.len == 2 * count;
    for (size_t i = 0; rc == RC_OK && fits && i < count; i++) {
        int high = nibble(text.ptr[2 * i]), low = nibble(text.ptr[2 * i + 1]);
        fits = high >= 0 && low >= 0;
        out[i] = fits ? (uint8_t)(high * 16 + low) : 0;
    }
    return rc || fits ? rc : members_bad(m, member, "a hash in hexadecimal digits");
}
