#include "base/jsonr.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && is_blank(*at)) {
        at++;
    }
    return at;
}

/* `at` is behind the opening quote; the result is behind the closing one, or the end. */
static const char *skip_string(const char *at, const char *end)
{
    while (at < end) {
        const char *quote = memchr(at, '"', (size_t)(end - at));
        if (!quote) {
            return end;
        }
        const char *slash = quote;
        while (slash > at && slash[-1] == '\\') {
            slash--;
        }
        if ((quote - slash) % 2 == 0) {
            return quote + 1;
        }
        at = quote + 1;
    }
    return end;
}

static const char *skip_nested(const char *at, const char *end)
{
    size_t depth = 0;
    while (at < end) {
        char c = *at++;
        if (c == '"') {
            at = skip_string(at, end);
        } else if (c == '{' || c == '[') {
            depth++;
        } else if ((c == '}' || c == ']') && --depth == 0) {
            return at;
        }
    }
    return end;
}

static const char *skip_value(const char *at, const char *end)
{
    if (at == end) {
        return end;
    }
    if (*at == '"') {
        return skip_string(at + 1, end);
    }
    if (*at == '{' || *at == '[') {
        return skip_nested(at, end);
    }
    while (at < end && *at != ',' && *at != '}' && *at != ']' && !is_blank(*at)) {
        at++;
    }
    return at;
}

enum jsonr_kind jsonr_kind(struct slice value)
{
    if (value.len == 0) {
        return JSONR_NONE;
    }
    switch (value.ptr[0]) {
    case '{':
        return JSONR_OBJECT;
    case '[':
        return JSONR_ARRAY;
    case '"':
        return JSONR_STRING;
    case 'n':
        return JSONR_NULL;
    case 't':
    case 'f':
        return JSONR_BOOL;
    default:
        return JSONR_NUMBER;
    }
}

struct jsonr jsonr_open(struct slice value)
{
    enum jsonr_kind kind = jsonr_kind(value);
    if (kind != JSONR_OBJECT && kind != JSONR_ARRAY) {
        return (struct jsonr){value.ptr, value.ptr};
    }
    return (struct jsonr){value.ptr + 1, value.ptr + value.len};
}

bool jsonr_item(struct jsonr *r, struct slice *value)
{
    const char *at = skip_blanks(r->at, r->end);
    if (at < r->end && *at == ',') {
        at = skip_blanks(at + 1, r->end);
    }
    if (at == r->end || *at == ']' || *at == '}') {
        r->at = r->end;
        return false;
    }
    const char *after = skip_value(at, r->end);
    if (after == at) { /* no JSON: nothing more to be had */
        r->at = r->end;
        return false;
    }
    *value = slice_of(at, (size_t)(after - at));
    r->at = after;
    return true;
}

bool jsonr_member(struct jsonr *r, struct slice *key, struct slice *value)
{
    struct slice name;
    if (!jsonr_item(r, &name) || name.len < 2 || name.ptr[0] != '"') {
        return false;
    }
    r->at = skip_blanks(r->at, r->end);
    if (r->at == r->end || *r->at != ':') {
        return false;
    }
    r->at++;
    *key = slice_of(name.ptr + 1, name.len - 2);
    return jsonr_item(r, value);
}

static struct slice find(struct slice object, struct slice name)
{
    struct slice key, value;
    if (jsonr_kind(object) != JSONR_OBJECT) {
        return SLICE_NONE;
    }
    struct jsonr r = jsonr_open(object);
    while (jsonr_member(&r, &key, &value)) {
        if (slice_equal(key, name)) {
            return value;
        }
    }
    return SLICE_NONE;
}

struct slice jsonr_get(struct slice object, const char *path)
{
    struct slice rest = slice_cstr(path);
    while (slice_present(rest) && slice_present(object)) {
        struct slice name = slice_cut(&rest, '.');
        object = find(object, name);
    }
    return object;
}

/* ---- strings */

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'                 ? c - '0'
           : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                : -1;
}

/* \uXXXX of a character below U+10000, which is all that jsonw writes so. */
static size_t decode_unit(const char *hex, char *out)
{
    unsigned unit = 0;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(hex[i]);
        unit = unit << 4 | (unsigned)(digit < 0 ? 0 : digit);
    }
    if (unit < 0x80) {
        out[0] = (char)unit;
        return 1;
    }
    if (unit < 0x800) {
        out[0] = (char)(0xc0 | unit >> 6);
        out[1] = (char)(0x80 | (unit & 0x3f));
        return 2;
    }
    out[0] = (char)(0xe0 | unit >> 12);
    out[1] = (char)(0x80 | (unit >> 6 & 0x3f));
    out[2] = (char)(0x80 | (unit & 0x3f));
    return 3;
}

static char decode_letter(char c)
{
    switch (c) {
    case 'n':
        return '\n';
    case 't':
        return '\t';
    case 'r':
        return '\r';
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    default:
        return c;
    }
}

struct slice jsonr_string(struct slice value, struct arena *arena)
{
    if (jsonr_kind(value) != JSONR_STRING || value.len < 2) {
        return SLICE_NONE;
    }
    struct slice inner = slice_of(value.ptr + 1, value.len - 2);
    if (inner.len == 0 || !memchr(inner.ptr, '\\', inner.len)) {
        return inner;
    }
    char *out = arena_alloc(arena, inner.len + 1);
    size_t len = 0;
    for (size_t i = 0; out && i < inner.len; i++) {
        if (inner.ptr[i] != '\\' || i + 1 == inner.len) {
            out[len++] = inner.ptr[i];
        } else if (inner.ptr[++i] == 'u' && i + 4 < inner.len) {
            len += decode_unit(inner.ptr + i + 1, out + len);
            i += 4;
        } else {
            out[len++] = decode_letter(inner.ptr[i]);
        }
    }
    return out ? slice_of(out, len) : SLICE_NONE;
}

struct slice jsonr_get_string(struct slice object, const char *path, struct arena *arena)
{
    return jsonr_string(jsonr_get(object, path), arena);
}

int64_t jsonr_int(struct slice value, int64_t otherwise)
{
    int64_t number = 0;
    if (value.len == 0 || value.len > 18) {
        return otherwise;
    }
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] < '0' || value.ptr[i] > '9') {
            return otherwise;
        }
        number = number * 10 + (value.ptr[i] - '0');
    }
    return number;
}

bool jsonr_true(struct slice value)
{
    return slice_is(value, "true");
}
