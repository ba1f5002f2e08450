#include "follow/place.h"

#include <string.h>

#include "store/sources.h"

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* Behind "http://" or "https://"; 0: it begins with neither. */
static size_t scheme_end(struct slice url)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (int i = 0; i < 2; i++) {
        size_t len = strlen(schemes[i]), at = 0;
        while (at < len && at < url.len && lower(url.ptr[at]) == schemes[i][at]) {
            at++;
        }
        if (at == len) {
            return len;
        }
    }
    return 0;
}

static size_t authority_end(struct slice url, size_t from)
{
    size_t at = from;
    while (at < url.len && !strchr("/?#", url.ptr[at])) {
        at++;
    }
    return at;
}

struct slice place_origin(struct slice url)
{
    size_t start = scheme_end(url);
    return slice_of(url.ptr, start ? authority_end(url, start) : 0);
}

static enum rc refuse(struct slice text, const char *why, struct err *e)
{
    return err_field(e, RC_INVALID, "url", "'%.*s' can't be followed: %s",
                     (int)(text.len < 200 ? text.len : 200), text.ptr ? text.ptr : "", why);
}

enum rc place_read(struct slice text, struct arena *arena, struct slice *out, struct err *e)
{
    text = slice_trim(text);
    size_t start = scheme_end(text), end = authority_end(text, start);
    if (start == 0 || end == start || text.ptr[start] == ':') {
        return refuse(text, "it must begin with http:// or https:// and a host", e);
    }
    if (text.len > SOURCE_URL_MOST) {
        return refuse(text, "it is longer than 2,000 bytes", e);
    }
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] <= ' ' || text.ptr[i] == 127 ||
            strchr("<>\"\\^`{|}", text.ptr[i])) {
            return refuse(text, "blanks and the like must be escaped (%20)", e);
        }
    }
    if (memchr(text.ptr + start, '@', end - start)) {
        return refuse(text, "it names a user, and addresses are shown to every reader", e);
    }
    size_t hash = slice_find(text, SLICE("#"), end);
    struct slice path = slice_of(text.ptr + end, (hash == SIZE_MAX ? text.len : hash) - end);
    bool rooted = path.len > 0 && path.ptr[0] == '/';
    char *made = arena_alloc(arena, end + 1);
    if (!made) {
        return err_nomem(e);
    }
    for (size_t i = 0; i < end; i++) {
        made[i] = lower(text.ptr[i]);
    }
    *out = arena_printf(arena, "%.*s%s%.*s", (int)end, made, rooted ? "" : "/", SLICE_ARG(path));
    return slice_present(*out) ? RC_OK : err_nomem(e);
}
