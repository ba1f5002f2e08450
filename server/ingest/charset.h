/* Bytes → UTF-8: which encoding a text came in, and its conversion.
 *
 * Shape:   a byte-order mark wins, then the declared charset, then UTF-8 when it is valid, then
 *          Windows-1252 when the bytes clearly read as Western European prose. A declared iso-8859-1
 *          is read as Windows-1252, as browsers do (its C1 controls never occur in text).
 * Errors:  RC_INVALID with the byte offset for bytes that fit no encoding and for NUL; RC_UNSUPPORTED
 *          for a charset that the machine doesn't know; RC_TOO_LARGE over `most_bytes` once decoded.
 * Memory:  the text is always a copy in the arena: the input may go away.
 */
#ifndef GUILLEMET_INGEST_CHARSET_H
#define GUILLEMET_INGEST_CHARSET_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

struct charset_text {
    struct slice text; /* valid UTF-8 without byte-order mark or NUL */
    struct slice from; /* what it was converted from; absent: it was UTF-8 already */
};

/* `declared` may be absent. */
enum rc charset_decode(struct slice bytes, struct slice declared, size_t most_bytes,
                       struct arena *arena, struct charset_text *out, struct err *e);

/* The charset parameter of a media type ("text/plain; charset=latin1"), absent when it has none. */
struct slice charset_of_type(struct slice content_type);
/* The same of what a server sent; absent when it names a Western charset of single bytes and the bytes are UTF-8 beyond
 * ASCII: no such text reads as UTF-8 by accident, and many servers call everything iso-8859-1. */
struct slice charset_served(struct slice content_type, struct slice bytes);

#endif
