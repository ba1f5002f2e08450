#include "ingest/portions.h"

#include <strings.h>

#define TAG_BYTES 64u /* in which a tag's name is seen */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static enum portions_step fault(struct portions *p)
{
    p->ended = true;
    return PORTIONS_FAULT;
}

/* ---- feeds */

/* "item", "atom:entry": the name of a start tag that an item may have. */
static struct slice item_name(struct slice rest)
{
    size_t len = 1;
    while (len < rest.len && len < TAG_BYTES && !strchr(" \t\r\n/>", rest.ptr[len])) {
        len++;
    }
    struct slice name = slice_of(rest.ptr + 1, len - 1);
    const char *colon = memchr(name.ptr, ':', name.len);
    size_t skip = colon ? (size_t)(colon - name.ptr) + 1 : 0;
    struct slice local = slice_of(name.ptr + skip, name.len - skip);
    bool item = (local.len == 4 && strncasecmp(local.ptr, "item", 4) == 0) ||
                (local.len == 5 && strncasecmp(local.ptr, "entry", 5) == 0);
    return item && len < rest.len ? name : SLICE_NONE;
}

/* All items of a feed are named alike; others of that local name are something else (<ev:item>). */
static bool starts_item(struct portions *p, struct slice rest)
{
    struct slice name = item_name(rest);
    if (!slice_present(name) || name.len >= sizeof p->tag) {
        return false;
    }
    if (p->tag[0] == '\0') {
        memcpy(p->tag, name.ptr, name.len);
        p->tag[name.len] = '\0';
    }
    return slice_is(name, p->tag);
}

static const char *hiding(struct slice rest)
{
    return slice_starts(rest, SLICE("<![CDATA[")) ? "]]>"
           : slice_starts(rest, SLICE("<!--"))    ? "-->"
           : slice_starts(rest, SLICE("<?"))      ? "?>"
                                                  : NULL;
}

/* Goes on to the next start of an item, outside of comments and CDATA. False: there is none in what is here. */
static bool find_item(struct portions *p, struct slice s, bool more, size_t *at)
{
    while (p->scanned < s.len) {
        if (p->hidden) {
            size_t end = slice_find(s, slice_cstr(p->hidden), p->scanned);
            if (end == SIZE_MAX) { /* its beginning may be here */
                size_t tail = strlen(p->hidden) - 1;
                p->scanned = s.len > p->scanned + tail ? s.len - tail : p->scanned;
                return false;
            }
            p->scanned = end + strlen(p->hidden);
            p->hidden = NULL;
            continue;
        }
        const char *open = memchr(s.ptr + p->scanned, '<', s.len - p->scanned);
        p->scanned = open ? (size_t)(open - s.ptr) : s.len;
        struct slice rest = slice_of(s.ptr + p->scanned, s.len - p->scanned);
        if (!open || (more && rest.len < TAG_BYTES)) {
            return false;
        }
        bool found = starts_item(p, rest);
        *at = p->scanned++;
        p->hidden = hiding(rest);
        if (found) {
            return true;
        }
    }
    return false;
}

static enum portions_step feed_head(struct portions *p, struct slice bytes, bool more,
                                    struct slice *portion, size_t *used, struct err *e)
{
    size_t at = 0;
    bool found = find_item(p, bytes, more, &at);
    if (!found && bytes.len <= PORTIONS_HEAD_MOST && more) {
        return PORTIONS_MORE;
    }
    if (!found || at > PORTIONS_HEAD_MOST) {
        err_set(e, RC_TOO_LARGE,
                "no item begins in the first %u bytes: so long a feed is read an item at a time, "
                "and must be in "
                "UTF-8 or in one byte for each character",
                PORTIONS_HEAD_MOST);
        return fault(p);
    }
    *portion = slice_of(bytes.ptr, at);
    *used = at;
    p->scanned -= at; /* behind the item's "<" */
    p->place = PLACE_INSIDE;
    return PORTIONS_HEAD;
}

static enum portions_step feed_portion(struct portions *p, struct slice bytes, size_t len,
                                       struct slice *portion, size_t *used)
{
    *portion = slice_of(bytes.ptr, len);
    *used = len;
    p->scanned = p->scanned > len ? p->scanned - len : 0;
    p->last = 0;
    return PORTIONS_ONE;
}

static enum portions_step feed_next(struct portions *p, struct slice bytes, bool more,
                                    struct slice *portion, size_t *used, struct err *e)
{
    size_t at = 0;
    while (find_item(p, bytes, more, &at)) {
        p->last = at;
        if (at >= p->least) {
            return feed_portion(p, bytes, at, portion, used);
        }
    }
    if (!more && bytes.len > 0) {
        p->ended = true;
        return feed_portion(p, bytes, bytes.len, portion, used);
    }
    if (bytes.len - p->last <= p->most) {
        return more ? PORTIONS_MORE : PORTIONS_END;
    }
    if (p->last > 0) {
        return feed_portion(p, bytes, p->last, portion, used);
    }
    err_set(e, RC_TOO_LARGE, "an item is longer than %zu bytes: what follows isn't read", p->most);
    return fault(p);
}

size_t portions_count_feed(struct slice bytes)
{
    struct portions p = {.kind = PORTIONS_FEED};
    size_t count = 0, at;
    while (find_item(&p, bytes, false, &at)) {
        count++;
    }
    return count;
}

/* ---- arrays */

/* Where what stands behind blanks and a byte-order mark begins. */
static size_t skip_blanks(struct slice s)
{
    size_t at = slice_starts(s, SLICE("\xEF\xBB\xBF")) ? 3 : 0;
    while (at < s.len && is_blank(s.ptr[at])) {
        at++;
    }
    return at;
}

bool portions_is_array(struct slice head)
{
    size_t at = skip_blanks(head);
    return at < head.len && head.ptr[at] == '[';
}

/* True at the comma or bracket that ends a value of the array. */
static bool ends_value(struct portions *p, char c)
{
    if (p->quoted) {
        p->quoted = c != '"' || p->escaped;
        p->escaped = c == '\\' && !p->escaped;
        return false;
    }
    if (p->depth == 0 && (c == ',' || c == ']')) {
        return true;
    }
    p->quoted = c == '"';
    p->depth += c == '{' || c == '[';
    p->depth -= (c == '}' || c == ']') && p->depth > 0;
    return false;
}

static enum portions_step array_fault(struct portions *p, const char *what, struct err *e)
{
    err_set(e, RC_INVALID, "not JSON: behind item %zu of the array, %s", p->count, what);
    return fault(p);
}

static enum portions_step array_rest(struct portions *p, struct slice bytes, bool more,
                                     struct err *e)
{
    if (slice_trim(bytes).len > 0) {
        return array_fault(p, "something follows its end", e);
    }
    return more ? PORTIONS_MORE : PORTIONS_END;
}

/* No comma and no bracket follows in what is here. */
static enum portions_step array_end(struct portions *p, struct slice bytes, bool more,
                                    struct slice *portion, size_t *used, struct err *e)
{
    if (more && bytes.len > p->most) {
        err_set(e, RC_TOO_LARGE, "item %zu of the array is longer than %zu bytes", p->count + 1,
                p->most);
        return fault(p);
    }
    *portion = slice_trim(bytes);
    bool whole = p->depth == 0 && !p->quoted && slice_ends(*portion, SLICE("}"));
    if (more || !whole) {
        return more ? PORTIONS_MORE : array_fault(p, "its end is missing: it was cut", e);
    }
    *used = bytes.len;
    p->scanned = 0;
    p->count++;
    return PORTIONS_ONE;
}

static enum portions_step array_next(struct portions *p, struct slice bytes, bool more,
                                     struct slice *portion, size_t *used, struct err *e)
{
    if (p->place == PLACE_AFTER) {
        return array_rest(p, bytes, more, e);
    }
    while (p->scanned < bytes.len && !ends_value(p, bytes.ptr[p->scanned])) {
        p->scanned++;
    }
    if (p->scanned == bytes.len) {
        return array_end(p, bytes, more, portion, used, e);
    }
    bool last = bytes.ptr[p->scanned] == ']';
    *portion = slice_trim(slice_of(bytes.ptr, p->scanned));
    *used = p->scanned + 1;
    p->scanned = 0;
    p->place = last ? PLACE_AFTER : PLACE_INSIDE;
    if (portion->len == 0 && last && p->count == 0) {
        return PORTIONS_HEAD; /* there is none: as what stands before the first */
    }
    if (portion->len == 0) {
        return array_fault(p, "a value is missing", e);
    }
    p->count++;
    return PORTIONS_ONE;
}

static enum portions_step array_head(struct portions *p, struct slice bytes, bool more,
                                     struct slice *portion, size_t *used, struct err *e)
{
    size_t at = skip_blanks(bytes);
    if (more && (at >= bytes.len || bytes.len < 3)) { /* half a byte-order mark */
        return PORTIONS_MORE;
    }
    if (!portions_is_array(bytes)) {
        return array_fault(p, "there is none", e);
    }
    *portion = SLICE("");
    *used = at + 1;
    p->place = PLACE_INSIDE;
    return PORTIONS_HEAD;
}

/* ---- both */

enum portions_step portions_next(struct portions *p, struct slice bytes, bool more,
                                 struct slice *portion, size_t *used, struct err *e)
{
    bool begun = p->place != PLACE_BEFORE;
    if (p->ended) {
        return PORTIONS_END;
    }
    if (p->kind == PORTIONS_ARRAY) {
        return begun ? array_next(p, bytes, more, portion, used, e)
                     : array_head(p, bytes, more, portion, used, e);
    }
    return begun ? feed_next(p, bytes, more, portion, used, e)
                 : feed_head(p, bytes, more, portion, used, e);
}
