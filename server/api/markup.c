#include "api/markup.h"

static const char *replacement(struct slice text, size_t at)
{
    unsigned char c = (unsigned char)text.ptr[at];
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '\n':
    case '\t':
        return NULL;
    default:
        return c < 0x20 || c == 0x7f ? "\xef\xbf\xbd" : NULL;
    }
}

/* U+FFFE and U+FFFF are no characters of XML. */
static bool is_noncharacter(struct slice text, size_t at)
{
    return at + 2 < text.len && text.ptr[at] == '\xef' && text.ptr[at + 1] == '\xbf' &&
           (text.ptr[at + 2] == '\xbe' || text.ptr[at + 2] == '\xbf');
}

void markup_escape(struct buf *out, struct slice text)
{
    size_t from = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool bad = is_noncharacter(text, i);
        const char *instead = bad ? "\xef\xbf\xbd" : replacement(text, i);
        if (instead) {
            buf_append(out, text.ptr + from, i - from);
            buf_text(out, instead);
            i += bad ? 2 : 0;
            from = i + 1;
        }
    }
    if (text.len > from) {
        buf_append(out, text.ptr + from, text.len - from);
    }
}

void markup_element(struct buf *out, const char *name, struct slice text)
{
    if (slice_present(text)) {
        buf_printf(out, "<%s>", name);
        markup_escape(out, text);
        buf_printf(out, "</%s>", name);
    }
}
