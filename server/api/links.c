#include "api/links.h"

#include "api/routes.h"

static char *put(char *to, struct slice s)
{
    memcpy(to, s.ptr, s.len);
    return to + s.len;
}

void links_write_url(struct jsonw *w, struct slice base, struct slice collection, uint64_t id,
                     struct slice tail)
{
    char text[DIGEST_ID_CHARS + 1];
    digest_format_id(id, text);
    links_write_known(w, base, collection, text, tail);
}

/* No part of it needs escaping but the base, which is checked at start-up. */
void links_write_known(struct jsonw *w, struct slice base, struct slice collection,
                       const char id[DIGEST_ID_CHARS + 1], struct slice tail)
{
    struct buf *out = w->out;
    jsonw_raw(w, SLICE("\""));
    if (buf_reserve(out, base.len + collection.len + DIGEST_ID_CHARS + tail.len + 4)) {
        char *to = put(out->data + out->len, base);
        *to++ = '/';
        to = put(to, collection);
        *to++ = '/';
        memcpy(to, id, DIGEST_ID_CHARS);
        to = put(to + DIGEST_ID_CHARS, tail);
        *to++ = '"';
        out->len = (size_t)(to - out->data);
    }
}

void links_write_id(struct jsonw *w, const char *key, uint64_t id)
{
    char text[DIGEST_ID_CHARS + 1];
    digest_format_id(id, text);
    jsonw_key_plain(w, key, slice_of(text, DIGEST_ID_CHARS));
}

/* The route's path with its {parameters} filled in again, encoded by us. */
static void append_path(const struct call *call, struct buf *out)
{
    const char *at = call->route->http.path;
    while (*at) {
        const char *close = *at == '{' ? strchr(at, '}') : NULL;
        if (!close) {
            buf_char(out, *at++);
            continue;
        }
        char name[32] = "";
        size_t len = (size_t)(close - at - 1);
        memcpy(name, at + 1, len < sizeof name ? len : sizeof name - 1);
        buf_slice(out, target_encode(call->arena, request_path_parameter(call->request, name)));
        at = close + 1;
    }
}

/* The request's own address, built by us: its path, its format, its parameters but `cursor`. */
static void append_address(const struct call *call, struct buf *out, char *separator)
{
    struct slice suffix = request_suffix(call->request);
    buf_slice(out, call->base);
    append_path(call, out);
    if (slice_present(suffix)) {
        buf_char(out, '.');
        buf_slice(out, suffix);
    }
    *separator = '?';
    for (size_t i = 0; i < request_query_count(call->request); i++) {
        struct http_parameter given = request_query_at(call->request, i);
        if (slice_is(given.name, "cursor")) {
            continue;
        }
        buf_char(out, *separator);
        buf_slice(out, target_encode(call->arena, given.name));
        buf_char(out, '=');
        buf_slice(out, target_encode(call->arena, given.value));
        *separator = '&';
    }
}

struct slice links_page(const struct call *call, struct slice cursor)
{
    struct buf out;
    char separator;
    buf_init(&out);
    append_address(call, &out, &separator);
    if (slice_present(cursor)) {
        buf_char(&out, separator);
        buf_text(&out, "cursor=");
        buf_slice(&out, cursor);
    }
    struct slice url = out.failed ? SLICE_NONE : arena_copy(call->arena, buf_view(&out));
    buf_done(&out);
    return url;
}
