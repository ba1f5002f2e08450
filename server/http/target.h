/* The raw request target, parsed once and by us: path segments and query parameters.
 *
 * The path is split on '/' BEFORE percent-decoding, so that /entities/AC%2FDC is two segments and the
 * second one is "AC/DC". libmicrohttpd's own parse is not used: it decodes first and stops at %00.
 *
 * Shape:   "/articles/42/quotes?q=l%27eau+vive&lang=fr" → segments {articles, 42, quotes}, parameters in
 *          the order given, repeats kept, '+' read as a blank (in the query only). One trailing slash is
 *          the same as none. Only '&' separates parameters: ';' is data. Empty pieces ("&&") are skipped.
 * Errors:  RC_INVALID names what is wrong and the byte: absolute form, a fragment, a control or blank,
 *          %zz, %00, bytes that are not UTF-8 once decoded (overlong forms and surrogates included),
 *          "." and ".." segments, a parameter without a name, too many of either.
 * Memory:  everything lives in the arena; names and values are NUL-terminated there as well.
 * Source:  RFC 3986; https://url.spec.whatwg.org/#urlencoded-parsing for '+'.
 */
#ifndef GUILLEMET_HTTP_TARGET_H
#define GUILLEMET_HTTP_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

#define TARGET_MAX_SEGMENTS   16
#define TARGET_MAX_PARAMETERS 128

struct http_parameter {
    struct slice name, value; /* decoded; the value of "?name" without '=' is present and empty */
};

struct target {
    struct slice path;  /* as sent, without the query */
    struct slice query; /* as sent, without '?'; absent when there is none */
    struct slice segments[TARGET_MAX_SEGMENTS]; /* decoded; an empty one is possible in "/a//b" */
    size_t segment_count;                       /* 0: the root */
    struct http_parameter *parameters;
    size_t parameter_count;
    bool asterisk; /* "OPTIONS *" */
};

enum rc target_parse(struct arena *arena, struct slice raw, struct target *out, struct err *e);

/* Percent-decodes into the arena; `plus_is_blank` for query text. RC_INVALID as above. */
enum rc target_decode(struct arena *arena, struct slice raw, bool plus_is_blank, struct slice *out,
                      struct err *e);

/* Percent-encodes everything but RFC 3986's unreserved characters: what a link's segment or value needs. */
struct slice target_encode(struct arena *arena, struct slice text);

#endif
