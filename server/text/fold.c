#include "text/fold.h"

#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>
#include <utf8proc.h>

#include "text/utf8.h"

enum { CACHED = 0x250 };

struct folded {
    uint8_t len;
    char bytes[7];
};

static struct folded cache[CACHED];
static pthread_once_t cache_once = PTHREAD_ONCE_INIT;

/* Letters that Unicode does not decompose but readers take for their base letters. */
static const struct {
    uint32_t cp;
    const char *letters;
} ligatures[] = {{0xDF, "ss"},  {0xE6, "ae"},  {0xF0, "d"},  {0xF8, "o"},   {0xFE, "th"},
                 {0x111, "d"},  {0x127, "h"},  {0x131, "i"}, {0x138, "k"},  {0x142, "l"},
                 {0x14B, "ng"}, {0x153, "oe"}, {0x167, "t"}, {0x180, "b"},  {0x19A, "l"},
                 {0x1DD, "e"},  {0x237, "j"},  {0x23C, "c"}, {0x247, "e"},  {0x249, "j"},
                 {0x24D, "r"},  {0x24F, "y"},  {0x3C2, "σ"}, {0x1E9E, "ss"}};

/* Marks that a search leaves out. Vowel signs of Indic and South-East Asian scripts are marks too, but
 * carry the word. */
static bool is_diacritic(uint32_t cp)
{
    return (cp >= 0x300 && cp <= 0x36F) || (cp >= 0x483 && cp <= 0x487) ||
           (cp >= 0x591 && cp <= 0x5C7) || (cp >= 0x64B && cp <= 0x65F) || cp == 0x670 ||
           (cp >= 0x1AB0 && cp <= 0x1AFF) || (cp >= 0x1DC0 && cp <= 0x1DFF) ||
           (cp >= 0x20D0 && cp <= 0x20FF) || (cp >= 0xFE00 && cp <= 0xFE0F) ||
           (cp >= 0xFE20 && cp <= 0xFE2F);
}

static bool is_format(uint32_t cp)
{
    return cp == 0xAD || (cp >= 0x200C && cp <= 0x200F) || (cp >= 0x202A && cp <= 0x202E) ||
           (cp >= 0x2060 && cp <= 0x2064);
}

/* East Asian syllables decompose into letters that nobody types: they stay whole. */
static bool stays_whole(uint32_t cp)
{
    return (cp >= 0x3000 && cp < 0xF900) || (cp >= 0x1100 && cp < 0x1200);
}

static size_t put_folded(uint32_t cp, char *out, size_t room)
{
    for (size_t i = 0; i < sizeof ligatures / sizeof *ligatures; i++) {
        if (ligatures[i].cp == cp) {
            size_t len = strlen(ligatures[i].letters);
            if (len > room) {
                return 0;
            }
            memcpy(out, ligatures[i].letters, len);
            return len;
        }
    }
    char bytes[4];
    size_t len = utf8_encode(cp, bytes);
    if (len > room) {
        return 0;
    }
    memcpy(out, bytes, len);
    return len;
}

static size_t fold_by_tables(uint32_t cp, char out[8])
{
    if (is_diacritic(cp) || is_format(cp)) {
        return 0;
    }
    utf8proc_int32_t parts[32];
    utf8proc_ssize_t count = 1;
    parts[0] = (utf8proc_int32_t)cp;
    if (cp <= 0x10FFFF && !stays_whole(cp)) {
        int boundary = 0;
        count = utf8proc_decompose_char((utf8proc_int32_t)cp, parts, 32,
                                        UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT, &boundary);
    }
    if (count < 1 || count > 32) {
        return 0;
    }
    size_t len = 0;
    for (utf8proc_ssize_t i = 0; i < count; i++) {
        uint32_t part = utf8_to_lower((uint32_t)parts[i]);
        if (!is_diacritic(part)) {
            len += put_folded(part, out + len, 8 - len);
        }
    }
    return len;
}

static void fill_cache(void)
{
    for (uint32_t cp = 0; cp < CACHED; cp++) {
        char out[8];
        size_t len = fold_by_tables(cp, out);
        cache[cp].len = (uint8_t)(len < sizeof cache[cp].bytes ? len : sizeof cache[cp].bytes);
        memcpy(cache[cp].bytes, out, cache[cp].len);
    }
}

size_t fold_code_point(uint32_t cp, char out[8])
{
    if (cp < 0x80) {
        out[0] = (char)utf8_to_lower(cp);
        return 1;
    }
    if (cp < CACHED) {
        pthread_once(&cache_once, fill_cache);
        memcpy(out, cache[cp].bytes, sizeof cache[cp].bytes);
        return cache[cp].len;
    }
    return fold_by_tables(cp, out);
}

static bool is_apostrophe(uint32_t cp)
{
    return cp == '\'' || cp == 0x2019 || cp == 0x2018 || cp == 0x201B || cp == 0x2BC ||
           cp == 0xFF07;
}

static bool is_hyphen(uint32_t cp)
{
    return cp == '-' || (cp >= 0x2010 && cp <= 0x2015) || cp == 0xFF0D;
}

/* ---- fold_lower */

/* The code point that stands for `cp` in lower-case text; 0: none (a soft hyphen). */
static uint32_t lower_code_point(uint32_t cp)
{
    if (cp < 0x80) {
        return utf8_to_lower(cp);
    }
    if (cp == 0xAD) {
        return 0;
    }
    if (cp == 0xA0 || cp == 0x202F || cp == 0x2009) {
        return ' ';
    }
    if (cp == 0x2010 || cp == 0x2011) {
        return '-';
    }
    return is_apostrophe(cp) ? '\'' : utf8_to_lower(cp);
}

/* True when `cp` is the same in NFC whatever stands around it, but for marks, which are not settled. */
static bool is_settled(uint32_t cp)
{
    return cp < 0x300 || (cp >= 0x388 && cp < 0x483) || (cp >= 0x48A && cp < 0x530) ||
           (cp >= 0x5D0 && cp < 0x5EB) || (cp >= 0x620 && cp < 0x64B) ||
           (cp >= 0x2009 && cp < 0x2070) || (cp >= 0x20A0 && cp < 0x20C0) ||
           (cp >= 0x2460 && cp < 0x2ADC) || (cp >= 0x3041 && cp < 0x3097) ||
           (cp >= 0x30A1 && cp < 0x30FB) || (cp >= 0x4E00 && cp < 0xA000) ||
           (cp >= 0xAC00 && cp < 0xD7A4) || (cp >= 0x1F000 && cp < 0x1FB00);
}

size_t fold_lower_short(struct slice s, char *out)
{
    size_t len = 0;
    for (size_t at = 0; at < s.len;) {
        unsigned char c = (unsigned char)s.ptr[at];
        if (c < 0x80) {
            out[len++] = (char)(c - (unsigned)'A' < 26u ? c + 0x20 : c);
            at++;
            continue;
        }
        size_t next = 0;
        uint32_t cp = utf8_decode(s, at, &next);
        if (!is_settled(cp)) {
            return SIZE_MAX;
        }
        uint32_t lower = lower_code_point(cp);
        char bytes[4];
        size_t width = lower ? utf8_encode(lower, bytes) : 0;
        if (width > next - at) {
            return SIZE_MAX;
        }
        memcpy(out + len, bytes, width);
        len += width;
        at = next;
    }
    return len;
}

/* What fold_lower_short refuses: composed by utf8proc, then lowered code point by code point. */
static struct slice lower_by_tables(struct arena *arena, struct slice s)
{
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)s.ptr;
    const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
    utf8proc_ssize_t count = utf8proc_decompose(bytes, (utf8proc_ssize_t)s.len, NULL, 0, options);
    if (count < 0) { /* not UTF-8: the caller broke the contract; give it back as it is */
        return arena_copy(arena, s);
    }
    utf8proc_int32_t *parts = ARENA_ARRAY(arena, utf8proc_int32_t, (size_t)count + 1);
    if (!parts) {
        return SLICE_NONE;
    }
    utf8proc_decompose(bytes, (utf8proc_ssize_t)s.len, parts, count, options);
    count = utf8proc_normalize_utf32(parts, count, options);
    char *out = arena_array(arena, (size_t)count + 1, 4);
    size_t len = 0;
    for (utf8proc_ssize_t i = 0; out && i < count; i++) {
        uint32_t lower = lower_code_point((uint32_t)parts[i]);
        len += lower ? utf8_encode(lower, out + len) : 0;
    }
    return slice_of(out, len);
}

struct slice fold_lower(struct arena *arena, struct slice s)
{
    if (!slice_present(s)) {
        return SLICE_NONE;
    }
    char *out = arena_alloc(arena, s.len + 1);
    if (!out) {
        return SLICE_NONE;
    }
    size_t len = fold_lower_short(s, out);
    return len != SIZE_MAX ? slice_of(out, len) : lower_by_tables(arena, s);
}

/* ---- fold_key and its daughters */

/* One code point of a key into `out`; a separator is written as one blank. */
static size_t key_code_point(uint32_t cp, char out[8])
{
    if (is_apostrophe(cp) || is_hyphen(cp) || utf8_is_blank(cp) || cp == '_') {
        out[0] = ' ';
        return 1;
    }
    if (cp < 0x80 ? ispunct((int)cp) && !strchr("$+<=>^`|~", (int)cp) : utf8_is_punctuation(cp)) {
        return 0;
    }
    return fold_code_point(cp, out);
}

/* Room for a key: a folded code point takes at most 8 bytes, and ASCII one. */
static char *key_room(struct arena *arena, struct slice s)
{
    size_t wide = 0;
    for (size_t i = 0; i < s.len; i++) {
        wide += (unsigned char)s.ptr[i] >= 0xC0;
    }
    return wide > SIZE_MAX / 16 ? NULL : arena_alloc(arena, s.len + wide * 8 + 1);
}

struct slice fold_key(struct arena *arena, struct slice s)
{
    char *out = slice_present(s) ? key_room(arena, s) : NULL;
    if (!out) {
        return SLICE_NONE;
    }
    size_t len = 0;
    for (size_t at = 0; at < s.len;) {
        uint32_t cp = utf8_decode(s, at, &at);
        char bytes[8];
        size_t width = key_code_point(cp, bytes);
        bool blank = width == 1 && bytes[0] == ' ';
        if (blank && (len == 0 || out[len - 1] == ' ')) {
            continue;
        }
        memcpy(out + len, bytes, width);
        len += width;
    }
    while (len && out[len - 1] == ' ') {
        len--;
    }
    return slice_of(out, len);
}

struct slice fold_slug(struct arena *arena, struct slice s)
{
    struct slice key = fold_key(arena, s);
    char *out = slice_present(key) ? arena_alloc(arena, key.len + 1) : NULL;
    if (!out) {
        return SLICE_NONE;
    }
    size_t len = 0;
    for (size_t at = 0; at < key.len;) {
        size_t from = at;
        uint32_t cp = utf8_decode(key, at, &at);
        if (cp == ' ') {
            if (len && out[len - 1] != '-') {
                out[len++] = '-';
            }
        } else if (utf8_is_letter(cp) || utf8_is_digit(cp) || utf8_is_mark(cp)) {
            memcpy(out + len, key.ptr + from, at - from);
            len += at - from;
        }
    }
    while (len && out[len - 1] == '-') {
        len--;
    }
    return len ? slice_of(out, len) : SLICE("-");
}

static bool is_iota(char c)
{
    return c == 'i' || c == 'y' || c == 'j';
}

static size_t level_word(char *word, size_t len)
{
    size_t to = 0;
    for (size_t i = 0; i < len;) {
        size_t run = i;
        while (run < len && is_iota(word[run])) {
            run++;
        }
        bool last = run == len && run > i && word[run - 1] != 'j';
        if (run - i > 1 || (last && len > 2)) {
            word[to++] = 'i';
            i = run;
            continue;
        }
        char c = word[i++];
        word[to++] = c;
        bool levelled = c == 'd' || c == 'k' || c == 'm' || c == 'z';
        while (levelled && i < len && word[i] == c) {
            i++;
        }
        if ((c == 'd' || c == 'k') && i + 1 < len && word[i] == 'h') {
            i++;
        }
    }
    return to;
}

struct slice fold_name_key(struct arena *arena, struct slice s)
{
    struct slice key = fold_key(arena, s);
    if (!slice_present(key)) {
        return SLICE_NONE;
    }
    char *out = (char *)(uintptr_t)key.ptr; /* fresh from fold_key: ours */
    size_t len = 0;
    for (size_t at = 0; at < key.len;) {
        const char *blank = memchr(key.ptr + at, ' ', key.len - at);
        size_t end = blank ? (size_t)(blank - key.ptr) : key.len;
        size_t width = level_word(out + at, end - at);
        memmove(out + len, out + at, width);
        len += width;
        if (blank) {
            out[len++] = ' ';
        }
        at = end + 1;
    }
    return slice_of(out, len);
}
