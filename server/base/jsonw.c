#include "base/jsonw.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

void jsonw_init(struct jsonw *w, struct buf *out, int indent)
{
    *w = (struct jsonw){.out = out, .indent = indent};
}

static void line_break(struct jsonw *w)
{
    if (w->indent) {
        buf_char(w->out, '\n');
        for (int i = 0; i < w->indent * w->depth; i++) {
            buf_char(w->out, ' ');
        }
    }
}

/* What stands before a value: nothing after its key, else a comma and a line break. */
static void before_item(struct jsonw *w)
{
    if (w->after_key) {
        w->after_key = false;
        return;
    }
    if (w->depth == 0) {
        return;
    }
    if (w->has_items[w->depth - 1]) {
        buf_char(w->out, ',');
    }
    w->has_items[w->depth - 1] = true;
    line_break(w);
}

static void open_level(struct jsonw *w, char opener, char closer)
{
    assert(w->depth < JSONW_MAX_DEPTH);
    before_item(w);
    buf_char(w->out, opener);
    w->closer[w->depth] = closer;
    w->has_items[w->depth] = false;
    w->depth++;
}

void jsonw_object(struct jsonw *w)
{
    open_level(w, '{', '}');
}

void jsonw_array(struct jsonw *w)
{
    open_level(w, '[', ']');
}

void jsonw_end(struct jsonw *w)
{
    assert(w->depth > 0 && !w->after_key);
    w->depth--;
    if (w->has_items[w->depth]) {
        line_break(w);
    }
    buf_char(w->out, w->closer[w->depth]);
}

/* A byte that may need escaping: controls, quote, backslash, and 0xE2, which begins U+2028/9. */
static bool suspicious(unsigned char c)
{
    return c < 0x20 || c == '"' || c == '\\' || c == 0xE2;
}

/* Sixteen bytes that are looked at together: the compiler makes vector instructions of it where there are some. */
typedef unsigned char lane __attribute__((vector_size(16)));

static inline bool any_suspicious(const char *text)
{
    lane bytes;
    uint64_t halves[2];
    memcpy(&bytes, text, sizeof bytes);
    lane found =
        (lane)(bytes < 0x20) | (lane)(bytes == '"') | (lane)(bytes == '\\') | (lane)(bytes == 0xE2);
    memcpy(halves, &found, sizeof halves);
    return (halves[0] | halves[1]) != 0;
}

/* The first suspicious byte at or after `at`: sixteen at a time. */
static size_t next_suspicious(const char *text, size_t at, size_t len)
{
    char rest[sizeof(lane)];
    while (len - at >= sizeof rest && !any_suspicious(text + at)) {
        at += sizeof rest;
    }
    if (len - at < sizeof rest) { /* the rest at once, filled up with what is not suspicious */
        memset(rest, 'x', sizeof rest);
        memcpy(rest, text + at, len - at);
        if (!any_suspicious(rest)) {
            return len;
        }
    }
    while (at < len && !suspicious((unsigned char)text[at])) {
        at++;
    }
    return at;
}

static void escape_control(struct buf *out, unsigned char c)
{
    static const char *const shorts[0x20] = {
        ['\b'] = "\\b", ['\f'] = "\\f", ['\n'] = "\\n", ['\r'] = "\\r", ['\t'] = "\\t"};
    static const char hex[] = "0123456789abcdef";
    if (shorts[c]) {
        buf_append(out, shorts[c], 2);
        return;
    }
    char escape[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
    buf_append(out, escape, sizeof escape);
}

/* How many bytes at s.ptr[at] must be replaced by an escape: 0 for none. */
static size_t must_escape(struct slice s, size_t at)
{
    if ((unsigned char)s.ptr[at] != 0xE2) {
        return 1;
    }
    bool line_end = s.len - at >= 3 && (unsigned char)s.ptr[at + 1] == 0x80 &&
                    ((unsigned char)s.ptr[at + 2] & 0xFE) == 0xA8;
    return line_end ? 3 : 0;
}

static void escape_at(struct buf *out, const char *at)
{
    unsigned char c = (unsigned char)*at;
    if (c == '"' || c == '\\') {
        char escape[2] = {'\\', (char)c};
        buf_append(out, escape, 2);
    } else if (c < 0x20) {
        escape_control(out, c);
    } else {
        buf_text(out, (unsigned char)at[2] == 0xA8 ? "\\u2028" : "\\u2029");
    }
}

void jsonw_escape(struct buf *out, struct slice s)
{
    buf_reserve(out, s.len);
    size_t clean = 0;
    size_t at = next_suspicious(s.ptr, 0, s.len);
    while (at < s.len) {
        size_t replaced = must_escape(s, at);
        if (replaced) {
            buf_append(out, s.ptr + clean, at - clean);
            escape_at(out, s.ptr + at);
            clean = at + replaced;
        }
        at = next_suspicious(s.ptr, at + (replaced ? replaced : 1), s.len);
    }
    buf_append(out, s.ptr + clean, s.len - clean);
}

static void quoted(struct buf *out, struct slice s)
{
    if (next_suspicious(s.ptr, 0, s.len) == s.len && buf_reserve(out, s.len + 2)) {
        char *to = out->data + out->len;
        to[0] = '"';
        memcpy(to + 1, s.ptr, s.len);
        to[s.len + 1] = '"';
        out->len += s.len + 2;
        return;
    }
    buf_char(out, '"');
    jsonw_escape(out, s);
    buf_char(out, '"');
}

void jsonw_key_indented(struct jsonw *w, struct slice key)
{
    before_item(w);
    quoted(w->out, key);
    buf_append(w->out, ": ", 2);
}

void jsonw_string(struct jsonw *w, struct slice s)
{
    before_item(w);
    if (slice_present(s)) {
        quoted(w->out, s);
    } else {
        buf_append(w->out, "null", 4);
    }
}

void jsonw_text(struct jsonw *w, const char *text)
{
    jsonw_string(w, slice_cstr(text));
}

void jsonw_int(struct jsonw *w, int64_t value)
{
    before_item(w);
    buf_int(w->out, value);
}

/* 0.0001 ≤ value < 1,000,000 with six significant digits, without trailing zeros. */
static void write_plain_real(struct buf *out, double value)
{
    int decimals = 6;
    for (double top = 1; decimals > 0 && value >= top; top *= 10) {
        decimals--;
    }
    for (double top = 0.1; value < top; top /= 10) {
        decimals++;
    }
    uint64_t scale = 1;
    for (int i = 0; i < decimals; i++) {
        scale *= 10;
    }
    uint64_t rounded = (uint64_t)llround(value * (double)scale);
    buf_int(out, (int64_t)(rounded / scale));
    uint64_t fraction = rounded % scale;
    if (fraction == 0) {
        return;
    }
    char digits[16] = {0};
    size_t len = (size_t)decimals;
    for (size_t i = len; i > 0; i--) {
        digits[i - 1] = (char)('0' + fraction % 10);
        fraction /= 10;
    }
    while (len > 1 && digits[len - 1] == '0') {
        len--;
    }
    buf_char(out, '.');
    buf_append(out, digits, len);
}

/* Very large and very small values; a locale's decimal mark becomes a stop. */
static void write_scientific_real(struct buf *out, double value)
{
    char text[64];
    int len = snprintf(text, sizeof text, "%.6g", value);
    bool marked = false;
    for (int i = 0; i < len; i++) {
        if (strchr("0123456789+-e", text[i])) {
            buf_char(out, text[i]);
        } else if (!marked) {
            buf_char(out, '.');
            marked = true;
        }
    }
}

void jsonw_real(struct jsonw *w, double value)
{
    before_item(w);
    if (!isfinite(value)) {
        buf_append(w->out, "null", 4);
        return;
    }
    double size = fabs(value);
    if (size < 1e15 && floor(size) >= size) {
        buf_int(w->out, (int64_t)value);
        return;
    }
    if (size >= 1e-4 && size < 1e6) {
        if (value < 0) {
            buf_char(w->out, '-');
        }
        write_plain_real(w->out, size);
        return;
    }
    write_scientific_real(w->out, value);
}

void jsonw_bool(struct jsonw *w, bool value)
{
    before_item(w);
    buf_text(w->out, value ? "true" : "false");
}

void jsonw_null(struct jsonw *w)
{
    before_item(w);
    buf_append(w->out, "null", 4);
}

void jsonw_raw(struct jsonw *w, struct slice json)
{
    before_item(w);
    buf_slice(w->out, json);
}
