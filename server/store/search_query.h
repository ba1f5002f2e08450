/* A person's search words → an FTS5 expression: whatever was typed, it is never a syntax error.
 *
 * Shape:  words must all occur; "a phrase" must occur as it stands; star* finds words that start so. Words
 *         are cut and folded as the index is (tokenizer.h): porte-parole is a phrase of two, l'été is
 *         one word. Everything else separates.
 * Errors: RC_INVALID (field "q") when no word is left, RC_TOO_LARGE over 32.
 */
#ifndef GUILLEMET_STORE_SEARCH_QUERY_H
#define GUILLEMET_STORE_SEARCH_QUERY_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

/* `columns`: restricts to these columns of the index ("title standfirst"), NULL for all. */
enum rc search_query_compile(struct slice q, const char *columns, struct arena *arena,
                             const char **out, struct err *e);

#endif
