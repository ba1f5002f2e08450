/* UTF-8: validation, decoding, and offsets in the three units that users count in.
 *
 * Units: byte offsets inside, code points (primary) and UTF-16 units (a browser's string index)
 *        outside.
 * Errors: decoding functions expect valid UTF-8 (run utf8_valid at the border); on invalid bytes
 *        they return U+FFFD and advance by one, never out of bounds.
 */
#ifndef GUILLEMET_TEXT_UTF8_H
#define GUILLEMET_TEXT_UTF8_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"

/* True when `s` is well-formed (no overlongs, no surrogates, at most U+10FFFF). Otherwise *bad_byte
 * (may be NULL) is the offset of the first ill-formed sequence. */
bool utf8_valid(struct slice s, size_t *bad_byte);
/* Of what isn't ASCII. */
uint32_t utf8_decode_sequence(struct slice s, size_t at, size_t *next);
uint32_t utf8_decode_sequence_before(struct slice s, size_t at, size_t *start);

/* The code point at `at`; *next (may be NULL) is the offset after it. `at` < s.len. */
static inline uint32_t utf8_decode(struct slice s, size_t at, size_t *next)
{
    unsigned char byte = (unsigned char)s.ptr[at];
    if (byte >= 0x80) {
        return utf8_decode_sequence(s, at, next);
    }
    if (next) {
        *next = at + 1;
    }
    return byte;
}

/* The code point that ends at `at` (> 0); *start (may be NULL) is where it begins. */
static inline uint32_t utf8_decode_before(struct slice s, size_t at, size_t *start)
{
    unsigned char byte = (unsigned char)s.ptr[at - 1];
    if (byte >= 0x80) {
        return utf8_decode_sequence_before(s, at, start);
    }
    if (start) {
        *start = at - 1;
    }
    return byte;
}

/* Writes 1–4 bytes, returns how many. */
size_t utf8_encode(uint32_t code_point, char out[4]);
size_t utf8_count(struct slice s);       /* code points */
size_t utf8_count_utf16(struct slice s); /* UTF-16 units */

bool utf8_is_letter(uint32_t cp);
bool utf8_is_upper(uint32_t cp); /* upper or title case */
bool utf8_is_lower(uint32_t cp);
bool utf8_is_digit(uint32_t cp);
bool utf8_is_mark(uint32_t cp);       /* combining */
bool utf8_is_wide_blank(uint32_t cp); /* beyond ASCII */
/* Any space, NBSP, NNBSP, tabs and line ends included. */
static inline bool utf8_is_blank(uint32_t cp)
{
    return cp < 0x80 ? cp == ' ' || cp - '\t' < 5 : utf8_is_wide_blank(cp);
}
bool utf8_is_punctuation(uint32_t cp);
uint32_t utf8_to_lower(uint32_t cp);

/* Byte ↔ code point ↔ UTF-16, by a sampled index: built once per text, O(1) per look-up. */
struct offsets;
struct offsets *offsets_new(struct arena *arena, struct slice text);
uint32_t offsets_cp(const struct offsets *o, uint32_t byte);
uint32_t offsets_utf16(const struct offsets *o, uint32_t byte);
uint32_t offsets_byte(const struct offsets *o, uint32_t cp);

#endif
