/* Pure reading of header values: media types, Accept, Accept-Encoding, entity tags.
 *
 * Errors:  a header that can't be read counts as absent: negotiation never fails a request by itself.
 * Source:  RFC 9110 §8.3, §8.8.3, §12.5, §13.1.
 */
#ifndef GUILLEMET_HTTP_NEGOTIATE_H
#define GUILLEMET_HTTP_NEGOTIATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/slice.h"

/* The index of the best of `offers` ("application/json", …; the first is the server's favourite) for an
 * Accept header, or -1 when none is acceptable (406). An absent or empty header takes offer 0. */
int negotiate_accept(struct slice accept, const char *const *offers, size_t count);

/* Whether gzip is welcome: named (or `*`) with a quality above 0. */
bool negotiate_gzip(struct slice accept_encoding);

/* Whether an If-None-Match or If-Match value names `etag`: weak comparison; a list; `*` names all. */
bool negotiate_etag(struct slice header, struct slice etag);

/* "Text/Plain; charset=\"UTF-8\"" → "text/plain", "utf-8" in the arena; absent slices for what is not there.
 * False when there is no type/subtype. */
bool negotiate_media_type(struct arena *arena, struct slice header, struct slice *type,
                          struct slice *charset);

bool negotiate_is_token(struct slice s); /* RFC 9110 token: not empty, no blanks, no delimiters */
bool negotiate_equal_nocase(struct slice a, const char *b);

#endif
