#include "text/utf8.h"

#include <utf8proc.h>

#define HIGHS UINT64_C(0x8080808080808080)
#define LOWS  UINT64_C(0x0101010101010101)

static const uint32_t REPLACEMENT = 0xFFFD;

static bool is_continuation(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

/* Length of the well-formed sequence at `s`, of which `left` bytes exist; 0 when ill-formed. The second
 * byte's bounds are what rules out overlongs, surrogates and values beyond U+10FFFF. */
static size_t sequence_len(const unsigned char *s, size_t left)
{
    unsigned char lead = s[0];
    if (lead < 0x80) {
        return 1;
    }
    if (lead < 0xC2 || lead > 0xF4) {
        return 0;
    }
    size_t len = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (len > left) {
        return 0;
    }
    unsigned char least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned char most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (s[1] < least || s[1] > most) {
        return 0;
    }
    for (size_t i = 2; i < len; i++) {
        if (!is_continuation(s[i])) {
            return 0;
        }
    }
    return len;
}

bool utf8_valid(struct slice s, size_t *bad_byte)
{
    const unsigned char *bytes = (const unsigned char *)s.ptr;
    size_t at = 0;
    while (at < s.len) {
        uint64_t word;
        while (at + 8 <= s.len && (memcpy(&word, bytes + at, 8), (word & HIGHS) == 0)) {
            at += 8;
        }
        if (at >= s.len) {
            break;
        }
        size_t len = sequence_len(bytes + at, s.len - at);
        if (len == 0) {
            if (bad_byte) {
                *bad_byte = at;
            }
            return false;
        }
        at += len;
    }
    return true;
}

uint32_t utf8_decode_sequence(struct slice s, size_t at, size_t *next)
{
    const unsigned char *b = (const unsigned char *)s.ptr + at;
    size_t len = sequence_len(b, s.len - at);
    if (next) {
        *next = at + (len ? len : 1);
    }
    switch (len) {
    case 1:
        return b[0];
    case 2:
        return (uint32_t)(b[0] & 0x1F) << 6 | (b[1] & 0x3F);
    case 3:
        return (uint32_t)(b[0] & 0x0F) << 12 | (uint32_t)(b[1] & 0x3F) << 6 | (b[2] & 0x3F);
    case 4:
        return (uint32_t)(b[0] & 0x07) << 18 | (uint32_t)(b[1] & 0x3F) << 12 |
               (uint32_t)(b[2] & 0x3F) << 6 | (b[3] & 0x3F);
    default:
        return REPLACEMENT;
    }
}

uint32_t utf8_decode_sequence_before(struct slice s, size_t at, size_t *start)
{
    const unsigned char *bytes = (const unsigned char *)s.ptr;
    size_t from = at - 1;
    while (from > 0 && at - from < 4 && is_continuation(bytes[from])) {
        from--;
    }
    size_t next = 0;
    uint32_t cp = utf8_decode(slice_of(s.ptr, at), from, &next);
    if (next != at) { /* stray bytes: the last one alone is the fault */
        from = at - 1;
        cp = REPLACEMENT;
    }
    if (start) {
        *start = from;
    }
    return cp;
}

size_t utf8_encode(uint32_t code_point, char out[4])
{
    uint32_t cp = code_point > 0x10FFFF || (code_point >= 0xD800 && code_point < 0xE000)
                      ? REPLACEMENT
                      : code_point;
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xC0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xE0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
        out[2] = (char)(0x80 | (cp & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
    out[3] = (char)(0x80 | (cp & 0x3F));
    return 4;
}

/* Bytes that are not continuations, and four-byte leads (two UTF-16 units each). */
static void count_units(const char *text, size_t len, uint32_t *starts, uint32_t *astral)
{
    size_t at = 0;
    uint32_t s = 0, a = 0;
    for (; at + 8 <= len; at += 8) {
        uint64_t word;
        memcpy(&word, text + at, 8);
        if ((word & HIGHS) == 0) {
            s += 8;
            continue;
        }
        uint64_t continuation = (word >> 7) & (~word >> 6) & LOWS;
        uint64_t four = (word >> 7) & (word >> 6) & (word >> 5) & (word >> 4) & LOWS;
        s += 8u - (uint32_t)__builtin_popcountll(continuation);
        a += (uint32_t)__builtin_popcountll(four);
    }
    for (; at < len; at++) {
        unsigned char byte = (unsigned char)text[at];
        s += !is_continuation(byte);
        a += byte >= 0xF0;
    }
    *starts += s;
    *astral += a;
}

/* Piecewise, because the counters of count_units are 32 bits wide. */
static size_t count_all(struct slice s, bool utf16)
{
    const size_t piece = (size_t)1 << 30;
    size_t total = 0;
    for (size_t at = 0; at < s.len; at += piece) {
        uint32_t starts = 0, astral = 0;
        count_units(s.ptr + at, s.len - at < piece ? s.len - at : piece, &starts, &astral);
        total += starts + (utf16 ? astral : 0);
    }
    return total;
}

size_t utf8_count(struct slice s)
{
    return count_all(s, false);
}

size_t utf8_count_utf16(struct slice s)
{
    return count_all(s, true);
}

/* ---- classes: the Latin blocks by rule, the rest by utf8proc's tables */

static bool is_ascii_letter(uint32_t cp)
{
    return (cp | 0x20) - 'a' < 26;
}

static utf8proc_category_t category(uint32_t cp)
{
    return cp > 0x10FFFF ? UTF8PROC_CATEGORY_CN : utf8proc_category((utf8proc_int32_t)cp);
}

bool utf8_is_letter(uint32_t cp)
{
    if (cp < 0x80) {
        return is_ascii_letter(cp);
    }
    if (cp < 0x250) {
        return cp >= 0xC0 ? cp != 0xD7 && cp != 0xF7 : cp == 0xAA || cp == 0xB5 || cp == 0xBA;
    }
    utf8proc_category_t c = category(cp);
    return c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_LO;
}

bool utf8_is_upper(uint32_t cp)
{
    if (cp < 0x80) {
        return cp - 'A' < 26;
    }
    utf8proc_category_t c = category(cp);
    return c == UTF8PROC_CATEGORY_LU || c == UTF8PROC_CATEGORY_LT;
}

bool utf8_is_lower(uint32_t cp)
{
    if (cp < 0x80) {
        return cp - 'a' < 26;
    }
    return category(cp) == UTF8PROC_CATEGORY_LL;
}

bool utf8_is_digit(uint32_t cp)
{
    if (cp < 0x80) {
        return cp - '0' < 10;
    }
    return cp >= 0x660 && category(cp) == UTF8PROC_CATEGORY_ND;
}

bool utf8_is_mark(uint32_t cp)
{
    if (cp < 0x300) {
        return false;
    }
    utf8proc_category_t c = category(cp);
    return c >= UTF8PROC_CATEGORY_MN && c <= UTF8PROC_CATEGORY_ME;
}

bool utf8_is_wide_blank(uint32_t cp)
{
    return cp == 0xA0 || cp == 0x85 || (cp >= 0x2000 && cp <= 0x200B) || cp == 0x202F ||
           cp == 0x2028 || cp == 0x2029 || cp == 0x205F || cp == 0x3000 || cp == 0x1680 ||
           cp == 0xFEFF;
}

bool utf8_is_punctuation(uint32_t cp)
{
    utf8proc_category_t c = category(cp);
    return c >= UTF8PROC_CATEGORY_PC && c <= UTF8PROC_CATEGORY_PO;
}

uint32_t utf8_to_lower(uint32_t cp)
{
    if (cp < 0x80) {
        return cp - 'A' < 26 ? cp + 0x20 : cp;
    }
    if (cp < 0x100) {
        return cp >= 0xC0 && cp <= 0xDE && cp != 0xD7 ? cp + 0x20 : cp;
    }
    return cp > 0x10FFFF ? cp : (uint32_t)utf8proc_tolower((utf8proc_int32_t)cp);
}

/* ---- offsets */

enum { SAMPLE = 64 };

struct sample {
    uint32_t cp, astral; /* counts before the sample's byte */
};

struct offsets {
    struct slice text;
    uint32_t cp_count;
    bool ascii;             /* one byte, one code point, one unit: no tables */
    struct sample *by_byte; /* at byte SAMPLE × i */
    uint32_t *byte_of_cp;   /* of code point SAMPLE × i */
};

static void fill_samples(struct offsets *o)
{
    struct sample now = {0, 0};
    size_t next_cp = 0;
    for (size_t at = 0, i = 0; at <= o->text.len; at += SAMPLE, i++) {
        o->by_byte[i] = now;
        size_t left = o->text.len - at < SAMPLE ? o->text.len - at : SAMPLE;
        struct sample before = now;
        count_units(o->text.ptr + at, left, &now.cp, &now.astral);
        if (next_cp >= now.cp) {
            continue;
        }
        uint32_t cp = before.cp;
        for (size_t b = 0; b < left; b++) {
            if (!is_continuation((unsigned char)o->text.ptr[at + b]) && cp++ == next_cp) {
                o->byte_of_cp[next_cp / SAMPLE] = (uint32_t)(at + b);
                next_cp += SAMPLE;
                break; /* at most one multiple of SAMPLE in SAMPLE bytes */
            }
        }
    }
}

struct offsets *offsets_new(struct arena *arena, struct slice text)
{
    struct offsets *o = ARENA_NEW(arena, struct offsets);
    if (!o) {
        return NULL;
    }
    o->text = text;
    o->cp_count = (uint32_t)utf8_count(text);
    o->ascii = o->cp_count == text.len;
    if (o->ascii) {
        return o;
    }
    o->by_byte = ARENA_ARRAY(arena, struct sample, text.len / SAMPLE + 1);
    o->byte_of_cp = ARENA_ARRAY(arena, uint32_t, o->cp_count / SAMPLE + 1);
    if (!o->by_byte || !o->byte_of_cp) {
        return NULL;
    }
    fill_samples(o);
    return o;
}

static struct sample sample_at(const struct offsets *o, uint32_t byte)
{
    if (byte > o->text.len) {
        byte = (uint32_t)o->text.len;
    }
    if (o->ascii) {
        return (struct sample){byte, 0};
    }
    struct sample at = o->by_byte[byte / SAMPLE];
    size_t from = byte / SAMPLE * (size_t)SAMPLE;
    count_units(o->text.ptr + from, byte - from, &at.cp, &at.astral);
    return at;
}

uint32_t offsets_cp(const struct offsets *o, uint32_t byte)
{
    return sample_at(o, byte).cp;
}

uint32_t offsets_utf16(const struct offsets *o, uint32_t byte)
{
    struct sample at = sample_at(o, byte);
    return at.cp + at.astral;
}

uint32_t offsets_byte(const struct offsets *o, uint32_t cp)
{
    if (cp >= o->cp_count) {
        return (uint32_t)o->text.len;
    }
    if (o->ascii) {
        return cp;
    }
    uint32_t byte = o->byte_of_cp[cp / SAMPLE];
    uint32_t left = cp % SAMPLE;
    while (left > 0 || is_continuation((unsigned char)o->text.ptr[byte])) {
        byte++;
        left -= !is_continuation((unsigned char)o->text.ptr[byte]);
    }
    return byte;
}
