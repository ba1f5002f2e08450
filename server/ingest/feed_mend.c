#include "ingest/feed_mend.h"

#include <libxml/HTMLparser.h>
#include <stdlib.h>

#include "ingest/xml_bound.h"
#include "text/utf8.h"

/* The character of "#233" or "#xE9"; 0 when it is none. */
static uint32_t numbered(const char *name)
{
    bool hex = name[0] == '#' && (name[1] == 'x' || name[1] == 'X');
    const char *digits = name + (hex ? 2 : 1);
    if (name[0] != '#' || digits[0] == '\0' ||
        digits[strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789")] != '\0') {
        return 0;
    }
    long cp = strtol(digits, NULL, hex ? 16 : 10);
    return cp >= 0x20 && cp <= 0x10FFFF && (cp < 0xD800 || cp > 0xDFFF) ? (uint32_t)cp : 0;
}

static size_t copy_ampersand(struct slice s, size_t at, char *out, size_t *len)
{
    const char *end = memchr(s.ptr + at, ';', s.len - at < 12 ? s.len - at : 12);
    char name[12] = "";
    if (end && end - s.ptr - (ptrdiff_t)at > 1) {
        memcpy(name, s.ptr + at + 1, (size_t)(end - s.ptr) - at - 1);
    }
    static const char *const own[] = {"amp", "lt", "gt", "quot", "apos"};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        if (strcmp(name, own[i]) == 0) {
            out[(*len)++] = '&';
            return 1;
        }
    }
    uint32_t cp = numbered(name);
    if (cp == '&' || cp == '<') { /* stays escaped */
        const char *escaped = cp == '&' ? "&amp;" : "&lt;";
        memcpy(out + *len, escaped, strlen(escaped));
        *len += strlen(escaped);
        return strlen(name) + 2;
    }
    if (cp != 0) {
        *len += utf8_encode(cp, out + *len);
        return strlen(name) + 2;
    }
    const htmlEntityDesc *entity = name[0] ? htmlEntityLookup((const xmlChar *)name) : NULL;
    if (entity) {
        *len += utf8_encode(entity->value, out + *len);
        return strlen(name) + 2;
    }
    memcpy(out + *len, "&amp;", 5);
    *len += 5;
    return 1;
}

struct slice feed_mend(struct slice s, struct arena *arena)
{
    size_t most = s.len + 1, len = 0;
    for (size_t i = 0; i < s.len; i++) {
        most += s.ptr[i] == '&' ? 8 : 0;
    }
    char *out = arena_alloc(arena, most);
    for (size_t at = 0; out && at < s.len;) {
        if (s.ptr[at] == '<' &&
            slice_starts(slice_of(s.ptr + at, s.len - at), SLICE("<![CDATA["))) {
            size_t end = slice_find(s, SLICE("]]>"), at);
            end = end == SIZE_MAX ? s.len : end;
            memcpy(out + len, s.ptr + at, end - at);
            len += end - at;
            at = end;
        } else if (s.ptr[at] == '&') {
            at += copy_ampersand(s, at, out, &len);
        } else {
            unsigned char c = (unsigned char)s.ptr[at++];
            if (c >= 0x20 || c == '\n' || c == '\t' || c == '\r') {
                out[len++] = (char)c;
            }
        }
    }
    return out ? xml_bound(slice_of(out, len), false, arena) : SLICE_NONE;
}
