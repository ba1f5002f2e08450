/* `news`: how text becomes the words of the full-text index.
 *
 * Shape:  words are runs of letters and digits, folded (case, diacritics, ligatures); apostrophes and
 *         hyphens separate. Elided words and clitics of any language pack (l', qu', 's) are
 *         dropped, so that "l'été" is found by "été" and the other way round, in any language.
 *         The same code cuts texts and queries. What follows TOKENIZER_MARK is made of other words: the mark
 *         stands before each, so that one column holds what is searched apart, and costs no
 *         search a look at columns.
 */
#ifndef GUILLEMET_STORE_TOKENIZER_H
#define GUILLEMET_STORE_TOKENIZER_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* A control character that texts don't have. */
#define TOKENIZER_MARK '\x1f'

/* Makes the tokenizer known to a connection; an SQLite code. */
int tokenizer_register(sqlite3 *handle);
/* Where FTS5 takes tokenizers and functions; NULL: it isn't there. */
fts5_api *tokenizer_fts(sqlite3 *handle);
/* Changes when the same text would be cut otherwise: the index must then be built anew. */
int64_t tokenizer_fingerprint(void);

/* Calls `word` for each word with its folded form and place; it returns 0 to go on. */
typedef int tokenizer_word(void *context, struct slice folded, int start_byte, int end_byte);
int tokenizer_walk(struct slice text, tokenizer_word *word, void *context);

#endif
