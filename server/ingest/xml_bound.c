#include "ingest/xml_bound.h"

#include <stdint.h>
#include <strings.h>

struct bounding {
    struct slice in;
    char *out; /* NULL while nothing was taken out */
    size_t len, copied;
};

/* Raw text of a page: "<" in it begins no tag. */
static const char *const raw[] = {"script", "style"};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* Walks over a tag; *cut is where its attributes are too many, SIZE_MAX when they aren't. Gives its '>', or the end. */
static size_t walk_tag(struct slice s, size_t at, size_t *cut)
{
    size_t attributes = 0;
    char quote = '\0';
    bool value = false;  /* a quote opens only behind '=' */
    bool parted = false; /* what comes now begins an attribute, or at worst a value */
    for (*cut = SIZE_MAX; at < s.len && (quote || s.ptr[at] != '>'); at++) {
        char c = s.ptr[at];
        if (quote) {
            parted = c == quote;
            quote = parted ? '\0' : quote;
            continue;
        }
        if (parted && !is_blank(c) && c != '=' && ++attributes > XML_ATTRIBUTES_MOST &&
            *cut == SIZE_MAX) {
            *cut = at;
        }
        quote = (c == '"' || c == '\'') && value ? c : '\0';
        value = c == '=' || (value && is_blank(c));
        parted = is_blank(c) || c == '/';
    }
    return at;
}

/* What is taken for a tag may be words of a comment, a CDATA section or a script: the end of that stays. */
static size_t end_of_cut(struct slice s, size_t cut, size_t end)
{
    struct slice before = slice_of(s.ptr + cut, end - cut);
    if (slice_ends(before, SLICE("--")) || slice_ends(before, SLICE("]]"))) {
        return end - 2;
    }
    for (size_t at = end; at > cut && end - at < 16; at--) {
        if (s.ptr[at - 1] == '<') {
            return at - 1;
        }
    }
    return end;
}

static bool take_out(struct bounding *b, size_t from, size_t to, struct arena *arena)
{
    b->out = b->out ? b->out : arena_alloc(arena, b->in.len + 1);
    if (!b->out) {
        return false;
    }
    memcpy(b->out + b->len, b->in.ptr + b->copied, from - b->copied);
    b->len += from - b->copied;
    b->copied = to;
    return true;
}

/* "<p", "</p", "<_x": what a parser takes for a tag. */
static bool is_tag(struct slice rest)
{
    char c = rest.len > 1 ? rest.ptr[1] : '\0';
    return (c | 0x20) >= 'a' ? (c | 0x20) <= 'z' || (unsigned char)c >= 0x80
                             : c == '/' || c == '_' || c == ':';
}

/* The raw element whose tag this is; NULL: none. */
static const char *raw_element(struct slice tag)
{
    for (size_t i = 0; i < sizeof raw / sizeof raw[0]; i++) {
        size_t len = strlen(raw[i]);
        if (tag.len > len + 1 && strncasecmp(tag.ptr + 1, raw[i], len) == 0 &&
            (is_blank(tag.ptr[len + 1]) || tag.ptr[len + 1] == '>') &&
            !slice_ends(tag, SLICE("/>"))) {
            return raw[i];
        }
    }
    return NULL;
}

static size_t find_close(struct slice s, size_t at, const char *element)
{
    size_t len = strlen(element);
    for (at = slice_find(s, SLICE("</"), at); at != SIZE_MAX;
         at = slice_find(s, SLICE("</"), at + 2)) {
        if (s.len - at > len + 2 && strncasecmp(s.ptr + at + 2, element, len) == 0) {
            return at;
        }
    }
    return s.len;
}

/* What a page has beside tags, as the parser sees it: comments, and "<!…>" and "<?…>". `at` when it is none of them. */
static size_t skip_other(struct slice s, size_t at)
{
    struct slice rest = slice_of(s.ptr + at, s.len - at);
    size_t end = SIZE_MAX;
    if (slice_starts(rest, SLICE("<!--"))) {
        size_t one = slice_find(s, SLICE("-->"), at + 4),
               other = slice_find(s, SLICE("--!>"), at + 4);
        end = other < one ? other + 4 : one < s.len ? one + 3 : SIZE_MAX;
    } else if (rest.len > 1 && (rest.ptr[1] == '!' || rest.ptr[1] == '?')) {
        end = slice_find(s, SLICE(">"), at);
    } else {
        return at;
    }
    return end == SIZE_MAX ? s.len : end;
}

struct slice xml_bound(struct slice markup, bool html, struct arena *arena)
{
    struct bounding b = {.in = markup};
    for (size_t at = 0; at < markup.len;) {
        const char *open = memchr(markup.ptr + at, '<', markup.len - at);
        if (!open) {
            break;
        }
        at = (size_t)(open - markup.ptr);
        size_t behind = html ? skip_other(markup, at) : at, cut = SIZE_MAX;
        if (behind != at || !is_tag(slice_of(open, markup.len - at))) {
            at = behind != at ? behind : at + 1;
            continue;
        }
        size_t end = walk_tag(markup, at + 1, &cut);
        if (cut != SIZE_MAX && !take_out(&b, cut, end_of_cut(markup, cut, end), arena)) {
            return SLICE_NONE;
        }
        size_t shown = end < markup.len ? end + 1 : end; /* with its ">" */
        const char *element = html ? raw_element(slice_of(open, shown - at)) : NULL;
        at = element ? find_close(markup, end, element) : end;
    }
    if (!b.out) {
        return markup;
    }
    memcpy(b.out + b.len, markup.ptr + b.copied, markup.len - b.copied);
    return slice_of(b.out, b.len + markup.len - b.copied);
}
