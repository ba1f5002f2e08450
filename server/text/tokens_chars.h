/* What a code point is to the tokeniser; shared by tokens*.c only. */
#ifndef GUILLEMET_TEXT_TOKENS_CHARS_H
#define GUILLEMET_TEXT_TOKENS_CHARS_H

#include "text/utf8.h"

/* Bits, so that a scan can gather what a word is made of. */
enum char_class {
    CHAR_LOWER = 1, /* lower case, or a letter without case */
    CHAR_UPPER = 2,
    CHAR_DIGIT = 4,
    CHAR_MARK = 8,  /* belongs to what stands before it: combining marks, soft hyphen, °, ² */
    CHAR_WIDE = 16, /* added to the others: fold_lower changes or may change it */
    CHAR_BLANK = 32,
    CHAR_PUNCTUATION = 64,
    CHAR_SYMBOL = 128,
    CHAR_IDEOGRAPH = 256, /* a word of its own: scripts without blanks */
    CHAR_APOSTROPHE = 512,
    CHAR_HYPHEN = 1024,
    CHAR_LETTER = CHAR_LOWER | CHAR_UPPER,
    CHAR_WORD = CHAR_LETTER | CHAR_DIGIT | CHAR_MARK
};

/* Class bits of the code point at `at`; *next is the offset behind it. */
unsigned tokens_char(struct slice text, size_t at, size_t *next);

/* The same where `at` may be the end, which counts as a blank. */
static inline unsigned tokens_class(struct slice text, size_t at)
{
    size_t next;
    return at < text.len ? tokens_char(text, at, &next) : CHAR_BLANK;
}

#endif
