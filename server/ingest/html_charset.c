#include "ingest/html_charset.h"

#include <ctype.h>
#include <strings.h>

#include "text/utf8.h"

#define PRESCAN_BYTES 4096u /* where a page must declare itself; some are late */
#define FOREIGN_SHARE                                                                              \
    200u /* one foreign byte in so many is an accident, more is another encoding */

static size_t find_nocase(struct slice s, const char *what, size_t from)
{
    size_t len = strlen(what);
    for (size_t at = from; at + len <= s.len; at++) {
        if (strncasecmp(s.ptr + at, what, len) == 0) {
            return at;
        }
    }
    return SIZE_MAX;
}

/* charset=utf-8, charset="utf-8", charset = 'utf-8'; also encoding="…" of an XML declaration. */
static struct slice value_after(struct slice s, size_t at)
{
    while (at < s.len && (s.ptr[at] == ' ' || s.ptr[at] == '=')) {
        at++;
    }
    if (at < s.len && (s.ptr[at] == '"' || s.ptr[at] == '\'')) {
        at++;
    }
    size_t end = at;
    while (end < s.len && (isalnum((unsigned char)s.ptr[end]) || strchr("-_.:", s.ptr[end]))) {
        end++;
    }
    return end > at ? slice_of(s.ptr + at, end - at) : SLICE_NONE;
}

static struct slice declared_inside(struct slice bytes)
{
    struct slice head = slice_of(bytes.ptr, bytes.len < PRESCAN_BYTES ? bytes.len : PRESCAN_BYTES);
    if (slice_starts(head, SLICE("<?xml"))) {
        size_t end = slice_find(head, SLICE("?>"), 0);
        size_t at = end == SIZE_MAX ? SIZE_MAX : find_nocase(head, "encoding", 0);
        if (at < end) {
            return value_after(head, at + 8);
        }
    }
    for (size_t at = find_nocase(head, "<meta", 0); at != SIZE_MAX;
         at = find_nocase(head, "<meta", at + 5)) {
        size_t end = slice_find(head, SLICE(">"), at);
        size_t charset = find_nocase(head, "charset", at);
        if (end != SIZE_MAX && charset < end) {
            return value_after(head, charset + 7);
        }
    }
    return SLICE_NONE;
}

/* Byte by byte: what is no UTF-8 is read as Windows-1252. */
static enum rc mend(struct slice bytes, struct arena *arena, struct charset_text *out,
                    struct err *e)
{
    char *text = arena_alloc(arena, bytes.len * 3 + 1);
    size_t len = 0, foreign = 0;
    if (!text) {
        return err_nomem(e);
    }
    for (size_t at = 0; at < bytes.len;) {
        size_t good = bytes.len - at;
        utf8_valid(slice_of(bytes.ptr + at, good), &good);
        memcpy(text + len, bytes.ptr + at, good);
        len += good;
        at += good;
        if (at < bytes.len) {
            struct charset_text one;
            struct slice byte = slice_of(bytes.ptr + at++, 1);
            if (++foreign * FOREIGN_SHARE > bytes.len + FOREIGN_SHARE) {
                return err_set(e, RC_INVALID, "the page is neither UTF-8 nor what it declares");
            }
            if (charset_decode(byte, SLICE("windows-1252"), 8, arena, &one, e) == RC_OK) {
                memcpy(text + len, one.text.ptr, one.text.len);
                len += one.text.len;
            }
        }
    }
    *out = (struct charset_text){slice_of(text, len), SLICE("UTF-8 with foreign bytes")};
    return RC_OK;
}

enum rc html_charset_decode(struct slice bytes, const struct ingest_hints *hints,
                            struct arena *arena, struct charset_text *out, struct err *e)
{
    struct slice declared =
        slice_present(hints->charset) ? hints->charset : charset_of_type(hints->content_type);
    struct slice inside = slice_present(declared) ? SLICE_NONE : declared_inside(bytes);
    struct slice word = slice_present(declared) ? declared : inside;
    if (inside.len >= 6 && strncasecmp(inside.ptr, "utf-16", 6) == 0) {
        word = SLICE_NONE; /* it could be read, so it isn't UTF-16 */
    }
    enum rc rc = charset_decode(bytes, word, SIZE_MAX, arena, out, e);
    if ((rc != RC_INVALID && rc != RC_UNSUPPORTED) || memchr(bytes.ptr, 0, bytes.len)) {
        return rc;
    }
    if (slice_present(word) &&
        charset_decode(bytes, SLICE_NONE, SIZE_MAX, arena, out, NULL) == RC_OK) {
        return RC_OK;
    }
    struct err ignored;
    return mend(bytes, arena, out, &ignored) == RC_OK ? RC_OK : rc;
}
