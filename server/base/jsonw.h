/* Writes JSON straight into a buf: what hot replies, stored renderings and `analyse` use.
 *
 * Shape: commas are placed by the writer. Inside an object every value follows jsonw_key.
 *        Keys are the program's own words: printable ASCII without quotes and backslashes.
 *        Strings must be valid UTF-8; controls, quotes, backslashes, U+2028/9 are escaped.
 *        An absent slice is written as null.
 * Units: numbers as given; reals with at most 6 significant decimals, never NaN or inf (null).
 * Errors: sticky in the buf.
 *
 *   jsonw_object(&w); jsonw_key(&w, "id"); jsonw_string(&w, id); jsonw_end(&w);
 */
#ifndef GUILLEMET_BASE_JSONW_H
#define GUILLEMET_BASE_JSONW_H

#include <assert.h>

#include "base/buf.h"

#define JSONW_MAX_DEPTH 24

struct jsonw {
    struct buf *out;
    int depth;
    int indent; /* 0: compact; else blanks per level (for a person's terminal) */
    bool after_key;
    char closer[JSONW_MAX_DEPTH];
    bool has_items[JSONW_MAX_DEPTH];
};

void jsonw_init(struct jsonw *w, struct buf *out, int indent);
void jsonw_object(struct jsonw *w);
void jsonw_array(struct jsonw *w);
void jsonw_end(struct jsonw *w); /* closes the innermost object or array */
void jsonw_key_indented(struct jsonw *w, struct slice key); /* jsonw_key for a person's terminal */

/* Half of what is written is keys. Their lengths are known where they stand, hence here: one look at the room for comma,
 * quotes and colon, none for what to escape. */
static inline void jsonw_key(struct jsonw *w, const char *key)
{
    assert(w->depth > 0 && w->closer[w->depth - 1] == '}' && !w->after_key);
    size_t len = strlen(key);
    bool *has_items = &w->has_items[w->depth - 1];
    if (w->indent) {
        jsonw_key_indented(w, slice_of(key, len));
    } else if (buf_reserve(w->out, len + 4)) {
        char *to = w->out->data + w->out->len;
        *to = ',';
        to += *has_items;
        *to = '"';
        memcpy(to + 1, key, len);
        memcpy(to + 1 + len, "\":", 2);
        w->out->len = (size_t)(to + len + 3 - w->out->data);
    }
    *has_items = true;
    w->after_key = true;
}

void jsonw_string(struct jsonw *w, struct slice s);
void jsonw_text(struct jsonw *w, const char *text); /* NULL: null */
void jsonw_int(struct jsonw *w, int64_t value);
void jsonw_real(struct jsonw *w, double value);
void jsonw_bool(struct jsonw *w, bool value);
void jsonw_null(struct jsonw *w);
void jsonw_raw(struct jsonw *w, struct slice json); /* a value that is already JSON */
/* key + value in one call */
static inline void jsonw_key_string(struct jsonw *w, const char *key, struct slice s)
{
    jsonw_key(w, key);
    jsonw_string(w, s);
}

static inline void jsonw_key_text(struct jsonw *w, const char *key, const char *text)
{
    jsonw_key(w, key);
    jsonw_text(w, text);
}

/* Text in which nothing can need escaping: an id, a date, a name of ours. Not looked at. */
static inline void jsonw_key_plain(struct jsonw *w, const char *key, struct slice s)
{
    jsonw_key(w, key);
    w->after_key = false;
    if (buf_reserve(w->out, s.len + 2)) {
        char *to = w->out->data + w->out->len;
        *to = '"';
        memcpy(to + 1, s.ptr, s.len);
        to[s.len + 1] = '"';
        w->out->len += s.len + 2;
    }
}

static inline void jsonw_key_int(struct jsonw *w, const char *key, int64_t value)
{
    jsonw_key(w, key);
    w->after_key = false;
    buf_int(w->out, value);
}

static inline void jsonw_key_real(struct jsonw *w, const char *key, double value)
{
    jsonw_key(w, key);
    jsonw_real(w, value);
}

static inline void jsonw_key_bool(struct jsonw *w, const char *key, bool value)
{
    jsonw_key(w, key);
    w->after_key = false;
    buf_append(w->out, value ? "true" : "false", value ? 4 : 5);
}

static inline void jsonw_key_null(struct jsonw *w, const char *key)
{
    jsonw_key(w, key);
    w->after_key = false;
    buf_append(w->out, "null", 4);
}

/* Escapes `s` without the quotes. */
void jsonw_escape(struct buf *out, struct slice s);

#endif
