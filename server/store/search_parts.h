/* What of a text stands between quotation marks, and what around: columns of the full-text index.
 *
 * Shape:   `quoted` is the verbatim spans of an article's quotes, united and packed, as the index was told of them
 *          (article_texts.quoted). From text and `quoted` come three columns: the narration without the quoted
 *          words, the quoted words, and the seams: three words at least on both sides of each quotation mark,
 *          for phrases that run over one; search_query.c asks for longer ones in pieces. A word is once in narration or quotes. Where
 *          something was cut out stands SEARCH_GAP, which no phrase matches across.
 * Threads: a connection's.
 */
#ifndef GUILLEMET_STORE_SEARCH_PARTS_H
#define GUILLEMET_STORE_SEARCH_PARTS_H

#include <sqlite3.h>

#include "base/buf.h"
#include "base/slice.h"

/* A control character that texts don't have; the tokenizer makes a word of it. */
#define SEARCH_GAP '\x1e'

enum search_part { SEARCH_NARRATION, SEARCH_QUOTES, SEARCH_SEAMS };

void search_parts_cut(struct slice text, struct slice quoted, enum search_part part,
                      struct buf *out);

/* Whether bytes from start to end stand within one quoted range; whether any of them does. */
bool search_parts_has(struct slice quoted, size_t start, size_t end);
bool search_parts_touches(struct slice quoted, size_t start, size_t end);

/* SQL functions: search_part(text, quoted, part), and the aggregate search_quoted(spans of a quote). */
int search_parts_register(sqlite3 *handle);

#endif
