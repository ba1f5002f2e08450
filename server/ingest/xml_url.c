#include "ingest/xml_url.h"

#include <libxml/uri.h>
#include <strings.h>

static bool is_web(struct slice url)
{
    return (url.len > 8 && strncasecmp(url.ptr, "https://", 8) == 0) ||
           (url.len > 7 && strncasecmp(url.ptr, "http://", 7) == 0);
}

/* As browsers do: blanks inside are kept as %20, line ends go. */
static bool tidy(struct slice s, char out[XML_URL_MOST * 3 + 1])
{
    size_t len = 0;
    s = slice_trim(s);
    if (s.len == 0 || s.len > XML_URL_MOST) {
        return false;
    }
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c == ' ') {
            memcpy(out + len, "%20", 3);
            len += 3;
        } else if (c > ' ' && c != 0x7F) {
            out[len++] = (char)c;
        }
    }
    out[len] = '\0';
    return len > 0;
}

struct slice xml_url_join(struct slice base, struct slice reference, struct arena *arena)
{
    char from[XML_URL_MOST * 3 + 1], to[XML_URL_MOST * 3 + 1];
    if (!slice_present(reference) || !tidy(reference, to)) {
        return SLICE_NONE;
    }
    struct slice tidied = slice_cstr(to);
    if (!is_web(tidied) && slice_present(base) && tidy(base, from)) {
        char *joined = (char *)xmlBuildURI((const xmlChar *)to, (const xmlChar *)from);
        struct slice result = slice_cstr(joined);
        if (joined && is_web(result) && result.len <= XML_URL_MOST) {
            tidied = arena_copy(arena, result);
        }
        xmlFree(joined);
    }
    if (!is_web(tidied) || tidied.len > XML_URL_MOST) {
        return SLICE_NONE;
    }
    return tidied.ptr == to ? arena_copy(arena, tidied) : tidied;
}
