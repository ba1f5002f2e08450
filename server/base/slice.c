#include "base/slice.h"

int slice_compare(struct slice a, struct slice b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common ? memcmp(a.ptr, b.ptr, common) : 0;
    if (order != 0) {
        return order;
    }
    return (a.len > b.len) - (a.len < b.len);
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct slice slice_trim(struct slice s)
{
    while (s.len > 0 && is_blank(s.ptr[0])) {
        s.ptr++;
        s.len--;
    }
    while (s.len > 0 && is_blank(s.ptr[s.len - 1])) {
        s.len--;
    }
    return s;
}

struct slice slice_cut(struct slice *rest, char separator)
{
    struct slice all = *rest;
    const char *at = all.len ? memchr(all.ptr, separator, all.len) : NULL;
    if (!at) {
        *rest = SLICE_NONE;
        return all;
    }
    size_t len = (size_t)(at - all.ptr);
    *rest = slice_of(at + 1, all.len - len - 1);
    return slice_of(all.ptr, len);
}

size_t slice_find(struct slice s, struct slice needle, size_t from)
{
    if (from > s.len || needle.len > s.len - from) {
        return SIZE_MAX;
    }
    if (needle.len == 0) {
        return from;
    }
    const char *at = memmem(s.ptr + from, s.len - from, needle.ptr, needle.len);
    return at ? (size_t)(at - s.ptr) : SIZE_MAX;
}

bool slice_ends_any(struct slice word, struct slice endings)
{
    size_t end = endings.len;
    while (end > 0) { /* backwards, each with the word's end: most differ in the last letter */
        size_t same = 0;
        while (same < end && endings.ptr[end - 1 - same] != ' ' && same < word.len &&
               endings.ptr[end - 1 - same] == word.ptr[word.len - 1 - same]) {
            same++;
        }
        bool whole = same == end || endings.ptr[end - 1 - same] == ' ';
        if (whole && same > 0 && word.len > same + 1) {
            return true;
        }
        end -= same;
        while (end > 0 && endings.ptr[end - 1] != ' ') {
            end--;
        }
        end -= end > 0;
    }
    return false;
}
