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
void jsonw_key(struct jsonw *w, const char *key);
void jsonw_string(struct jsonw *w, struct slice s);
void jsonw_text(struct jsonw *w, const char *text); /* NULL: null */
void jsonw_int(struct jsonw *w, int64_t value);
void jsonw_real(struct jsonw *w, double value);
void jsonw_bool(struct jsonw *w, bool value);
void jsonw_null(struct jsonw *w);
void jsonw_raw(struct jsonw *w, struct slice json); /* a value that is already JSON */
/* key + value in one call */
void jsonw_key_string(struct jsonw *w, const char *key, struct slice s);
void jsonw_key_text(struct jsonw *w, const char *key, const char *text);
void jsonw_key_int(struct jsonw *w, const char *key, int64_t value);
void jsonw_key_real(struct jsonw *w, const char *key, double value);
void jsonw_key_bool(struct jsonw *w, const char *key, bool value);
void jsonw_key_null(struct jsonw *w, const char *key);
/* Escapes `s` without the quotes. */
void jsonw_escape(struct buf *out, struct slice s);

#endif
