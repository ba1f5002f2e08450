#include "text/tokens_chars.h"

#define L CHAR_LOWER
#define U CHAR_UPPER
#define D CHAR_DIGIT
#define B CHAR_BLANK
#define P CHAR_PUNCTUATION
#define S CHAR_SYMBOL
#define A (CHAR_PUNCTUATION | CHAR_APOSTROPHE)
#define H (CHAR_PUNCTUATION | CHAR_HYPHEN)

static const uint16_t ascii[128] = {
    S, S, S, S, S, S, S, S, S, B, B, B, B, B, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S,
    B, P, P, S, S, S, S, A, P, P, S, S, P, H, P, S, D, D, D, D, D, D, D, D, D, D, P, P, S, S, S, P,
    S, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, P, S, P, S, S,
    S, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, P, S, P, S, S};

/* U+0080 … U+017F: upper and lower case alternate, but for a few. */
static unsigned latin_class(uint32_t cp)
{
    if (cp < 0xC0) {
        switch (cp) {
        case 0x85:
        case 0xA0:
            return CHAR_BLANK;
        case 0xAA:
        case 0xB5:
        case 0xBA:
            return CHAR_LOWER;
        case 0xAD:
            return CHAR_MARK | CHAR_WIDE;
        case 0xB0:
        case 0xB2:
        case 0xB3:
        case 0xB9:
            return CHAR_MARK;
        default:
            return utf8_is_punctuation(cp) ? CHAR_PUNCTUATION : CHAR_SYMBOL;
        }
    }
    if (cp < 0x100) {
        return cp == 0xD7 || cp == 0xF7 ? CHAR_SYMBOL : cp < 0xDF ? CHAR_UPPER : CHAR_LOWER;
    }
    if (cp == 0x178) {
        return CHAR_UPPER;
    }
    bool odd_is_upper = (cp >= 0x139 && cp <= 0x148) || (cp >= 0x179 && cp <= 0x17E);
    if (cp == 0x138 || cp == 0x149 || cp == 0x17F) {
        return CHAR_LOWER;
    }
    return (cp & 1) == odd_is_upper ? CHAR_UPPER : CHAR_LOWER;
}

static bool is_ideograph(uint32_t cp)
{
    return (cp >= 0x3041 && cp <= 0x30FF && cp != 0x30FB) || (cp >= 0x3400 && cp <= 0x4DBF) ||
           (cp >= 0x4E00 && cp <= 0x9FFF) || (cp >= 0xF900 && cp <= 0xFAFF) ||
           (cp >= 0x20000 && cp <= 0x3FFFF);
}

static unsigned other_class(uint32_t cp)
{
    if (cp == 0x2019 || cp == 0x2018 || cp == 0x201B || cp == 0x2BC || cp == 0xFF07) {
        return CHAR_PUNCTUATION | CHAR_APOSTROPHE | CHAR_WIDE;
    }
    if (cp == 0x2010 || cp == 0x2011) {
        return CHAR_PUNCTUATION | CHAR_HYPHEN | CHAR_WIDE;
    }
    if (utf8_is_blank(cp)) {
        return CHAR_BLANK;
    }
    if (is_ideograph(cp)) {
        return CHAR_IDEOGRAPH;
    }
    unsigned wide = (cp >= 0x2000 && cp < 0x2070) ? 0 : CHAR_WIDE; /* others may be composed anew */
    if (utf8_is_punctuation(cp)) {
        return CHAR_PUNCTUATION | wide;
    }
    if (utf8_is_letter(cp)) {
        return (utf8_is_upper(cp) ? CHAR_UPPER : CHAR_LOWER) | CHAR_WIDE;
    }
    if (utf8_is_mark(cp) || cp == 0x200C || cp == 0x200D || cp == 0x2060) {
        return CHAR_MARK | CHAR_WIDE;
    }
    return utf8_is_digit(cp) ? CHAR_DIGIT | CHAR_WIDE : CHAR_SYMBOL | wide;
}

unsigned tokens_char(struct slice text, size_t at, size_t *next)
{
    unsigned char byte = (unsigned char)text.ptr[at];
    if (byte < 0x80) {
        *next = at + 1;
        return ascii[byte];
    }
    uint32_t cp = utf8_decode(text, at, next);
    return cp < 0x180 ? latin_class(cp) : other_class(cp);
}
