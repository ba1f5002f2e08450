#include "ingest/charset.h"

#include <ctype.h>
#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "text/utf8.h"

/* What 0x80–0x9F mean in Windows-1252; 0 where it defines nothing. */
static const uint16_t windows_1252[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

/* Names under which files declare encodings that need no converter from the C library. */
enum known { KNOWN_NONE, KNOWN_UTF8, KNOWN_1252, KNOWN_LATIN_9 };
static const struct {
    const char *name;
    enum known known;
} known_names[] = {
    {"utf-8", KNOWN_UTF8},
    {"utf8", KNOWN_UTF8},
    {"us-ascii", KNOWN_UTF8},
    {"ascii", KNOWN_UTF8},
    {"unicode-1-1-utf-8", KNOWN_UTF8},
    {"windows-1252", KNOWN_1252},
    {"cp1252", KNOWN_1252},
    {"x-cp1252", KNOWN_1252},
    {"iso-8859-1", KNOWN_1252},
    {"iso8859-1", KNOWN_1252},
    {"iso_8859-1", KNOWN_1252},
    {"latin1", KNOWN_1252},
    {"latin-1", KNOWN_1252},
    {"l1", KNOWN_1252},
    {"iso-8859-15", KNOWN_LATIN_9},
    {"iso8859-15", KNOWN_LATIN_9},
    {"iso_8859-15", KNOWN_LATIN_9},
    {"latin9", KNOWN_LATIN_9},
    {"latin-9", KNOWN_LATIN_9},
};

static const struct {
    const char *bytes;
    size_t len;
    const char *charset; /* NULL: UTF-8 */
} byte_order_marks[] = {
    {"\xEF\xBB\xBF", 3, NULL},   {"\xFF\xFE\0\0", 4, "UTF-32LE"}, {"\0\0\xFE\xFF", 4, "UTF-32BE"},
    {"\xFF\xFE", 2, "UTF-16LE"}, {"\xFE\xFF", 2, "UTF-16BE"},
};

/* Where ISO 8859-15 parts from ISO 8859-1. */
static uint32_t latin_9(unsigned char byte)
{
    static const struct {
        unsigned char byte;
        uint16_t cp;
    } others[] = {{0xA4, 0x20AC}, {0xA6, 0x0160}, {0xA8, 0x0161}, {0xB4, 0x017D},
                  {0xB8, 0x017E}, {0xBC, 0x0152}, {0xBD, 0x0153}, {0xBE, 0x0178}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (others[i].byte == byte) {
            return others[i].cp;
        }
    }
    return byte;
}

static enum known known_of(struct slice name)
{
    for (size_t i = 0; i < sizeof known_names / sizeof known_names[0]; i++) {
        if (name.len == strlen(known_names[i].name) &&
            strncasecmp(name.ptr, known_names[i].name, name.len) == 0) {
            return known_names[i].known;
        }
    }
    return KNOWN_NONE;
}

static enum rc too_large(size_t most_bytes, struct err *e)
{
    return err_set(e, RC_TOO_LARGE, "the text is longer than %zu bytes", most_bytes);
}

static enum rc refuse_nul(struct slice s, struct err *e)
{
    const char *nul = memchr(s.ptr, 0, s.len);
    if (!nul) {
        return RC_OK;
    }
    size_t at = (size_t)(nul - s.ptr);
    err_set(e, RC_INVALID, "byte %zu is NUL: this is not text", at);
    return err_where(e, "byte %zu", at);
}

static enum rc keep(struct slice s, struct slice from, size_t most_bytes, struct arena *arena,
                    struct charset_text *out, struct err *e)
{
    if (s.len > most_bytes) {
        return too_large(most_bytes, e);
    }
    struct slice copy = arena_copy(arena, s);
    if (!slice_present(copy)) {
        return err_nomem(e);
    }
    *out = (struct charset_text){copy, from};
    return RC_OK;
}

static enum rc from_single_bytes(struct slice s, enum known known, size_t most_bytes,
                                 struct arena *arena, struct charset_text *out, struct err *e)
{
    struct slice name = known == KNOWN_1252 ? SLICE("windows-1252") : SLICE("iso-8859-15");
    if (s.len > most_bytes) {
        return too_large(most_bytes, e);
    }
    enum rc rc = refuse_nul(s, e);
    if (rc) {
        return rc;
    }
    char *text = arena_alloc(arena, s.len * 3 + 1);
    if (!text) {
        return err_nomem(e);
    }
    size_t len = 0;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char byte = (unsigned char)s.ptr[i];
        uint32_t cp = known == KNOWN_LATIN_9 ? latin_9(byte) : byte;
        if (known == KNOWN_1252 && byte >= 0x80 && byte < 0xA0) {
            cp = windows_1252[byte - 0x80];
            if (cp == 0) {
                err_set(e, RC_INVALID, "byte %zu (0x%02X) means nothing in windows-1252", i, byte);
                return err_where(e, "byte %zu", i);
            }
        }
        len += utf8_encode(cp, text + len);
    }
    if (len > most_bytes) {
        return too_large(most_bytes, e);
    }
    *out = (struct charset_text){slice_of(text, len), name};
    return RC_OK;
}

/* Runs the converter over all of `s`; `at` is how far it came. */
static enum rc convert(iconv_t converter, struct slice s, size_t most_bytes, struct buf *out,
                       size_t *at, struct err *e)
{
    char *in = (char *)(uintptr_t)s.ptr; /* iconv's interface lacks a const */
    size_t left = s.len;
    while (left > 0) {
        if (!buf_reserve(out, left + 64)) {
            return err_nomem(e);
        }
        char *to = out->data + out->len;
        size_t room = out->capacity - out->len;
        size_t result = iconv(converter, &in, &left, &to, &room);
        out->len = (size_t)(to - out->data);
        *at = s.len - left;
        if (out->len > most_bytes) {
            return too_large(most_bytes, e);
        }
        if (result == (size_t)-1 && errno != E2BIG) {
            return RC_INVALID;
        }
    }
    return RC_OK;
}

static enum rc from_iconv(struct slice s, struct slice charset, size_t offset, size_t most_bytes,
                          struct arena *arena, struct charset_text *out, struct err *e)
{
    char name[48];
    /* Only a plain name reaches iconv: "//IGNORE" and friends would drop text silently. */
    bool plain = charset.len > 0 && charset.len < sizeof name;
    for (size_t i = 0; plain && i < charset.len; i++) {
        unsigned char c = (unsigned char)charset.ptr[i];
        plain = isalnum(c) || c == '-' || c == '_' || c == ':' || c == '.';
    }
    iconv_t converter = (iconv_t)-1;
    if (plain) {
        memcpy(name, charset.ptr, charset.len);
        name[charset.len] = '\0';
        converter = iconv_open("UTF-8", name);
    }
    if (converter == (iconv_t)-1) {
        return err_field(e, RC_UNSUPPORTED, "charset", "unknown charset \"%.*s\": send UTF-8",
                         charset.len > 40 ? 40 : (int)charset.len, charset.ptr);
    }
    struct buf text;
    buf_init(&text);
    size_t at = 0;
    enum rc rc = convert(converter, s, most_bytes, &text, &at, e);
    iconv_close(converter);
    if (rc == RC_INVALID) {
        err_set(e, rc, "byte %zu is not valid %s", offset + at, name);
        err_where(e, "byte %zu", offset + at);
    }
    struct slice bad = buf_view(&text);
    if (rc == RC_OK && (rc = refuse_nul(bad, e)) == RC_OK) {
        struct slice from = arena_copy(arena, charset);
        rc = slice_present(from) ? keep(bad, from, most_bytes, arena, out, e) : err_nomem(e);
    }
    buf_done(&text);
    return rc;
}

/* Letters and marks that Western European prose uses above ASCII. Excluded are what it never does:
 * undefined bytes, × ÷ and rarities that betray another encoding or plain binary. */
static bool is_western(unsigned char byte)
{
    if (byte >= 0xC0) {
        return byte != 0xD7 && byte != 0xF7 && byte != 0xD0 && byte != 0xF0 && byte != 0xDE &&
               byte != 0xFE;
    }
    return byte >= 0xA0
               ? strchr("\xA0\xA3\xA7\xA9\xAB\xAE\xB0\xB2\xB3\xB5\xB7\xBB\xBD", byte) != NULL
               : strchr("\x80\x84\x85\x8B\x8C\x91\x92\x93\x94\x95\x96\x97\x99\x9B\x9C\x9F", byte) !=
                     NULL;
}

/* "Clearly": no control bytes, hardly a sequence that would be good UTF-8 (that would be damaged UTF-8, and
 * guessing would garble it), and high bytes that are rare among ASCII letters and all Western. */
static bool reads_as_1252(struct slice s)
{
    size_t high = 0, western = 0, letters = 0, well_formed = 0;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char byte = (unsigned char)s.ptr[i];
        if (byte < 0x80) {
            if ((byte < 0x20 && !strchr("\t\n\r\f", byte)) || byte == 0x7F) {
                return false;
            }
            letters += (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
            continue;
        }
        high++;
        western += is_western(byte);
        if (byte >= 0xC2 && byte <= 0xF4) {
            size_t need = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
            well_formed += i + need <= s.len && utf8_valid(slice_of(s.ptr + i, need), NULL);
        }
    }
    return western == high && well_formed * 20 <= high && high * 2 <= letters;
}

static enum rc undeclared(struct slice s, size_t offset, bool may_guess, size_t most_bytes,
                          struct arena *arena, struct charset_text *out, struct err *e)
{
    enum rc rc = refuse_nul(s, e);
    if (rc) {
        return rc;
    }
    size_t bad = 0;
    if (utf8_valid(s, &bad)) {
        return keep(s, SLICE_NONE, most_bytes, arena, out, e);
    }
    if (may_guess && reads_as_1252(s)) {
        return from_single_bytes(s, KNOWN_1252, most_bytes, arena, out, e);
    }
    err_set(e, RC_INVALID, "byte %zu (0x%02X) is not valid UTF-8%s", offset + bad,
            (unsigned char)s.ptr[bad],
            may_guess ? "; send UTF-8 or declare the charset" : ", which the charset declares");
    return err_where(e, "byte %zu", offset + bad);
}

enum rc charset_decode(struct slice bytes, struct slice declared, size_t most_bytes,
                       struct arena *arena, struct charset_text *out, struct err *e)
{
    if (!bytes.ptr) {
        bytes = SLICE("");
    }
    for (size_t i = 0; i < sizeof byte_order_marks / sizeof byte_order_marks[0]; i++) {
        size_t len = byte_order_marks[i].len;
        if (bytes.len >= len && memcmp(bytes.ptr, byte_order_marks[i].bytes, len) == 0) {
            struct slice rest = slice_of(bytes.ptr + len, bytes.len - len);
            const char *charset = byte_order_marks[i].charset;
            return charset ? from_iconv(rest, slice_cstr(charset), len, most_bytes, arena, out, e)
                           : undeclared(rest, len, false, most_bytes, arena, out, e);
        }
    }
    enum known known = slice_present(declared) ? known_of(declared) : KNOWN_UTF8;
    switch (known) {
    case KNOWN_UTF8:
        return undeclared(bytes, 0, !slice_present(declared), most_bytes, arena, out, e);
    case KNOWN_1252:
    case KNOWN_LATIN_9:
        return from_single_bytes(bytes, known, most_bytes, arena, out, e);
    case KNOWN_NONE:
        break;
    }
    return from_iconv(bytes, declared, 0, most_bytes, arena, out, e);
}

struct slice charset_of_type(struct slice content_type)
{
    struct slice rest = content_type;
    bool first = true;
    while (slice_present(rest)) {
        struct slice part = slice_trim(slice_cut(&rest, ';'));
        if (!first && part.len > 8 && strncasecmp(part.ptr, "charset=", 8) == 0) {
            struct slice value = slice_trim(slice_of(part.ptr + 8, part.len - 8));
            if (value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"') {
                value = slice_of(value.ptr + 1, value.len - 2);
            }
            return value;
        }
        first = false;
    }
    return SLICE_NONE;
}

struct slice charset_served(struct slice content_type, struct slice bytes)
{
    static const char *const western[] = {"iso-8859-1",  "iso8859-1",    "latin1", "latin-1",
                                          "iso-8859-15", "windows-1252", "cp1252", "us-ascii"};
    struct slice said = slice_present(content_type) ? charset_of_type(content_type) : SLICE_NONE;
    bool named = false, foreign = false;
    for (size_t i = 0; i < sizeof western / sizeof western[0]; i++) {
        named = named || (said.len == strlen(western[i]) &&
                          strncasecmp(said.ptr, western[i], said.len) == 0);
    }
    for (size_t i = 0; named && !foreign && i < bytes.len; i++) {
        foreign = (unsigned char)bytes.ptr[i] >= 0x80;
    }
    return foreign && utf8_valid(bytes, NULL) ? SLICE_NONE : said;
}
