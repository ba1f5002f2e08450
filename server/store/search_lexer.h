/* The pieces of a search: words, phrases, operators, names of fields. Internal to store/.
 *
 * Shape:  an operator is a word of its own in capitals; a field is letters and a colon that something follows
 *         directly, when its name is one or nearly one (search_fields.h). A minus negates where a piece begins.
 * Memory: texts borrow from the query.
 */
#ifndef GUILLEMET_STORE_SEARCH_LEXER_H
#define GUILLEMET_STORE_SEARCH_LEXER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

enum lexeme_kind {
    LEXEME_END,
    LEXEME_WORDS, /* a run without blanks, or what stands between quotation marks */
    LEXEME_FIELD, /* text: the name without the colon */
    LEXEME_AND,
    LEXEME_OR,
    LEXEME_NOT,
    LEXEME_MINUS,
    LEXEME_NEAR, /* number: words between */
    LEXEME_OPEN,
    LEXEME_CLOSE
};

struct lexeme {
    enum lexeme_kind kind;
    size_t at; /* byte */
    struct slice text;
    bool prefix, quoted;
    int64_t number;
};

struct lexer {
    struct slice q;
    size_t at;
};

void lexer_init(struct lexer *lexer, struct slice q);
struct lexeme lexer_next(struct lexer *lexer);
/* The value that stands directly behind a field's colon, as far as a blank or a parenthesis outside of quotation
 * marks. Absent: nothing stands there. */
struct slice lexer_value(struct lexer *lexer);

#endif
