/* A slice borrows bytes: it owns nothing and outlives nothing that it points into.
 *
 * Shape: `ptr` is NULL for an absent value; a present empty value has a non-NULL ptr and len 0.
 * Units: bytes. Not NUL-terminated.
 */
#ifndef GUILLEMET_BASE_SLICE_H
#define GUILLEMET_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
    const char *ptr;
    size_t len;
};

#define SLICE_NONE     ((struct slice){NULL, 0})
#define SLICE(literal) ((struct slice){"" literal, sizeof(literal) - 1})
/* For printf's "%.*s". */
#define SLICE_ARG(s)   (int)(s).len, ((s).ptr ? (s).ptr : "")

static inline struct slice slice_of(const char *ptr, size_t len)
{
    return (struct slice){ptr, len};
}

/* NULL gives an absent slice. */
static inline struct slice slice_cstr(const char *text)
{
    return (struct slice){text, text ? strlen(text) : 0};
}

static inline bool slice_present(struct slice s)
{
    return s.ptr != NULL;
}

static inline bool slice_equal(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool slice_is(struct slice s, const char *text)
{
    return slice_equal(s, slice_cstr(text));
}

static inline bool slice_starts(struct slice s, struct slice prefix)
{
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}

static inline bool slice_ends(struct slice s, struct slice suffix)
{
    return s.len >= suffix.len &&
           (suffix.len == 0 || memcmp(s.ptr + s.len - suffix.len, suffix.ptr, suffix.len) == 0);
}

/* Whether the word ends in one of the blank-separated endings, with two bytes or more before it. */
bool slice_ends_any(struct slice word, struct slice endings);

/* Total order by bytes, shorter first on a tie; for qsort and bsearch. */
int slice_compare(struct slice a, struct slice b);

/* Without ASCII blanks at both ends. */
struct slice slice_trim(struct slice s);

/* Cuts `*rest` at the first `separator`: returns what stands before it and leaves what follows;
 * the last piece leaves an absent rest. Call while slice_present(*rest). */
struct slice slice_cut(struct slice *rest, char separator);

/* Position of `needle` in `s` at or after `from`, or SIZE_MAX. */
size_t slice_find(struct slice s, struct slice needle, size_t from);

#endif
