#include "http/target.h"

#include <string.h>

#include "text/utf8.h"

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Reads the %xx at the start of `s` (s[0] is '%'). */
static enum rc decode_percent(struct slice s, size_t byte, char *out, struct err *e)
{
    int high = s.len > 2 ? hex_value(s.ptr[1]) : -1;
    int low = s.len > 2 ? hex_value(s.ptr[2]) : -1;
    if (high < 0 || low < 0) {
        err_set(e, RC_INVALID,
                "The address has a '%%' that two hexadecimal digits don't follow; write '%%25' for "
                "'%%'.");
        return err_where(e, "byte %zu", byte);
    }
    int value = high * 16 + low;
    if (value == 0) {
        err_set(e, RC_INVALID, "The address contains %%00, a NUL byte, which no name can contain.");
        return err_where(e, "byte %zu", byte);
    }
    *out = (char)(unsigned char)value;
    return RC_OK;
}

/* Decoded text is never longer than its source, so it is decoded where it stands. `byte` is where the piece
 * begins in the target, for messages. The piece's buffer has room for a NUL after it. */
static enum rc decode_in_place(char *piece, size_t len, bool plus_is_blank, size_t byte,
                               struct slice *out, struct err *e)
{
    size_t write = 0;
    bool ascii = true;
    for (size_t read = 0; read < len; read++) {
        char c = piece[read];
        if (c == '%') {
            enum rc rc = decode_percent(slice_of(piece + read, len - read), byte + read, &c, e);
            if (rc != RC_OK) {
                return rc;
            }
            read += 2;
        } else if (c == '+' && plus_is_blank) {
            c = ' ';
        }
        ascii = ascii && (unsigned char)c < 0x80;
        piece[write++] = c;
    }
    piece[write] = '\0';
    size_t bad = 0;
    if (!ascii && !utf8_valid(slice_of(piece, write), &bad)) {
        err_set(e, RC_INVALID,
                "A part of the address is not UTF-8 once its %%-escapes are decoded.");
        return err_where(e, "byte %zu, decoded byte %zu of that part", byte, bad);
    }
    *out = slice_of(piece, write);
    return RC_OK;
}

enum rc target_decode(struct arena *arena, struct slice raw, bool plus_is_blank, struct slice *out,
                      struct err *e)
{
    char *copy = arena_alloc(arena, raw.len + 1);
    if (!copy) {
        return err_nomem(e);
    }
    if (raw.len > 0) {
        memcpy(copy, raw.ptr, raw.len);
    }
    return decode_in_place(copy, raw.len, plus_is_blank, 0, out, e);
}

static enum rc check_form(struct slice raw, struct err *e)
{
    for (size_t i = 0; i < raw.len; i++) {
        unsigned char c = (unsigned char)raw.ptr[i];
        if (c <= 0x20 || c == 0x7f || c == '#') {
            err_set(e, RC_INVALID,
                    "The address contains a character that must be written as %%%02X.", c);
            return err_where(e, "byte %zu", i);
        }
    }
    if (raw.len == 0 || raw.ptr[0] != '/') {
        return err_set(e, RC_INVALID,
                       "The request target must be a path that starts with '/', not a full URL.");
    }
    return RC_OK;
}

static enum rc parse_path(char *path, size_t len, struct target *out, struct err *e)
{
    size_t start = 1;
    while (start < len) {
        char *end = memchr(path + start, '/', len - start);
        size_t piece_len = end ? (size_t)(end - path) - start : len - start;
        if (out->segment_count == TARGET_MAX_SEGMENTS) {
            return err_set(e, RC_INVALID, "The path has more than %d segments.",
                           TARGET_MAX_SEGMENTS);
        }
        struct slice *segment = &out->segments[out->segment_count++];
        enum rc rc = decode_in_place(path + start, piece_len, false, start, segment, e);
        if (rc != RC_OK) {
            return rc;
        }
        if (slice_is(*segment, ".") || slice_is(*segment, "..")) {
            err_set(e, RC_INVALID,
                    "The path contains a '.' or '..' segment; send the resolved path.");
            return err_where(e, "byte %zu", start);
        }
        start += piece_len + 1;
    }
    return RC_OK;
}

/* One "name=value" piece of the query, decoded in place. */
static enum rc parse_parameter(char *piece, size_t len, size_t byte, struct http_parameter *out,
                               struct err *e)
{
    char *equals = memchr(piece, '=', len);
    size_t name_len = equals ? (size_t)(equals - piece) : len;
    if (name_len == 0) {
        err_set(e, RC_INVALID, "A query parameter has no name before its '='.");
        return err_where(e, "byte %zu", byte);
    }
    enum rc rc = decode_in_place(piece, name_len, true, byte, &out->name, e);
    if (rc != RC_OK || !equals) {
        out->value = SLICE("");
        return rc;
    }
    size_t value_at = name_len + 1;
    return decode_in_place(piece + value_at, len - value_at, true, byte + value_at, &out->value, e);
}

static enum rc parse_query(struct arena *arena, char *query, size_t len, size_t byte,
                           struct target *out, struct err *e)
{
    size_t pieces = 1;
    for (size_t i = 0; i < len; i++) {
        pieces += query[i] == '&';
    }
    if (pieces > TARGET_MAX_PARAMETERS) {
        return err_set(e, RC_INVALID, "The query has more than %d parameters.",
                       TARGET_MAX_PARAMETERS);
    }
    out->parameters = ARENA_ARRAY(arena, struct http_parameter, pieces);
    if (!out->parameters) {
        return err_nomem(e);
    }
    for (size_t start = 0; start < len;) {
        char *end = memchr(query + start, '&', len - start);
        size_t piece_len = end ? (size_t)(end - query) - start : len - start;
        if (piece_len > 0) {
            enum rc rc = parse_parameter(query + start, piece_len, byte + start,
                                         &out->parameters[out->parameter_count], e);
            if (rc != RC_OK) {
                return rc;
            }
            out->parameter_count++;
        }
        start += piece_len + 1;
    }
    return RC_OK;
}

enum rc target_parse(struct arena *arena, struct slice raw, struct target *out, struct err *e)
{
    out->segment_count = 0;
    out->parameters = NULL;
    out->parameter_count = 0;
    out->query = SLICE_NONE;
    out->path = raw;
    out->asterisk = slice_is(raw, "*");
    if (out->asterisk) {
        return RC_OK;
    }
    enum rc rc = check_form(raw, e);
    if (rc != RC_OK) {
        return rc;
    }
    const char *mark = memchr(raw.ptr, '?', raw.len);
    size_t path_len = mark ? (size_t)(mark - raw.ptr) : raw.len;
    out->path.len = path_len;
    if (mark) {
        out->query = slice_of(mark + 1, raw.len - path_len - 1);
    }
    char *scratch = arena_alloc(arena, raw.len + 1);
    if (!scratch) {
        return err_nomem(e);
    }
    memcpy(scratch, raw.ptr, raw.len);
    rc = parse_path(scratch, path_len, out, e);
    if (rc != RC_OK || out->query.len == 0) {
        return rc;
    }
    return parse_query(arena, scratch + path_len + 1, out->query.len, path_len + 1, out, e);
}

struct slice target_encode(struct arena *arena, struct slice text)
{
    static const char digits[] = "0123456789ABCDEF";
    char *out = arena_array(arena, text.len + 1, 3);
    if (!out) {
        return SLICE_NONE;
    }
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '.' || c == '_' || c == '~';
        if (plain) {
            out[len++] = (char)c;
            continue;
        }
        out[len++] = '%';
        out[len++] = digits[c >> 4];
        out[len++] = digits[c & 15];
    }
    return slice_of(out, len);
}
