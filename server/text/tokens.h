/* Tokens and sentences of a stretch of text.
 *
 * Shape:  words keep inner hyphens and apostrophes (porte-parole, aujourd'hui, Villeneuve-d'Ascq), but
 *         elided words are cut off in front (l' | Élysée, qu' | Emmanuel, from table `elisions`) and
 *         clitics behind (dit | -il, a | -t-elle, Trump | 's, from table `clitics`). Initials keep their
 *         stop (J.), abbreviations of table `abbreviations` too (M., Dr.). Each punctuation mark is a
 *         token of its own, "..." and "…" one, "<<" and ">>" one. Tokens never cross blanks.
 * Units:  bytes of the text given.
 * Speed:  linear in length.
 */
#ifndef GUILLEMET_TEXT_TOKENS_H
#define GUILLEMET_TEXT_TOKENS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"
#include "text/pack.h"

enum token_kind { TOKEN_WORD, TOKEN_NUMBER, TOKEN_PUNCTUATION, TOKEN_SYMBOL };

enum token_flag {
    TOKEN_CAPITAL = 1,  /* first letter is upper case */
    TOKEN_ALL_CAPS = 2, /* at least two letters, all upper case */
    TOKEN_HAS_DIGIT = 4,
    TOKEN_ELIDED = 8,   /* l', d', qu'… */
    TOKEN_CLITIC = 16,  /* -il, -t-elle, 's */
    TOKEN_INITIAL = 32, /* "J." */
    TOKEN_ABBREVIATION = 64,
    TOKEN_SPACE_BEFORE = 128 /* a blank or the block's start stands before it */
};

struct token {
    uint32_t start_byte, end_byte;
    struct slice lower; /* fold_lower of the token */
    uint8_t kind;       /* enum token_kind */
    uint8_t flags;      /* enum token_flag */
    uint32_t sentence;  /* index of its sentence */
    uint32_t block;     /* set by the caller of tokens_scan */
};

struct sentence {
    uint32_t first, end; /* tokens, end-exclusive */
    uint32_t block;
};

struct tokens {
    struct token *items;
    size_t count, capacity;
};

struct sentences {
    struct sentence *items;
    size_t count, capacity;
};

/* Appends the tokens of text[start_byte, end_byte) to `tokens`. Under an arena escape. `pack` may be NULL. */
void tokens_scan(struct arena *arena, const struct pack *pack, struct slice text,
                 uint32_t start_byte, uint32_t end_byte, uint32_t block, struct tokens *tokens);

/* Splits tokens [first, tokens->count) of one block into sentences and sets token.sentence. A final mark
 * ends a sentence (with the closing marks behind it) when a capital, a digit, an opening mark or a dash
 * follows; never after an abbreviation or an initial, nor inside a quotation that goes on in lower case. */
void sentences_split(struct arena *arena, struct slice text, struct tokens *tokens, size_t first,
                     struct sentences *sentences);

#endif
