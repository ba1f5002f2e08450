/* Which encoding a page is in: byte-order mark, what the sender says, <meta>, then its bytes.
 *
 * Shape:  as charset.h, but forgiving: a declaration that doesn't fit is followed by detection, and a page of UTF-8
 *         with a few foreign bytes (a comment pasted from elsewhere) has those read as Windows-1252.
 * Errors: RC_INVALID for NUL bytes and for what is no text in any encoding.
 */
#ifndef GUILLEMET_INGEST_HTML_CHARSET_H
#define GUILLEMET_INGEST_HTML_CHARSET_H

#include "ingest/charset.h"
#include "ingest/ingest.h"

enum rc html_charset_decode(struct slice bytes, const struct ingest_hints *hints,
                            struct arena *arena, struct charset_text *out, struct err *e);

#endif
