/* The request path without a socket: target, router, guard, negotiation and the problem that tells of a refusal.
 *
 * Input: a request head as text: "METHOD target version", then "Name: value" lines, in LF or CRLF. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "http/guard.h"
#include "http/negotiate.h"
#include "http/problem.h"
#include "http/router.h"
#include "text/utf8.h"

enum { MAX_HEADERS = 64 };

static enum rc handler(struct http_request *request, struct http_reply *reply, struct err *e)
{
    (void)request;
    (void)reply;
    (void)e;
    return RC_OK;
}

static const struct http_route routes[] = {
    {"GET", "/", "root", handler, 0, HTTP_AUTH_NONE, 0, 0},
    {"GET", "/articles", "list", handler, 0, HTTP_AUTH_NONE, 0, 0},
    {"POST", "/articles", "add", handler, 1000, HTTP_AUTH_WRITE, 0, 0},
    {"GET", "/articles/{id}", "get", handler, 0, HTTP_AUTH_NONE, 0, 0},
    {"GET", "/articles/{id}/quotes", "quotes", handler, 0, HTTP_AUTH_NONE, 0, 0},
    {"GET", "/entities/suggest", "suggest", handler, 0, HTTP_AUTH_NONE, 0, 0},
    {"GET", "/entities/{entity}/{kind}", "kind", handler, 0, HTTP_AUTH_NONE, 0, 0},
};

static struct router *router;

static struct slice next_line(struct slice *rest)
{
    struct slice line = slice_cut(rest, '\n');
    if (line.len > 0 && line.ptr[line.len - 1] == '\r') {
        line.len--;
    }
    return line;
}

/* What a handler may rely on: valid UTF-8 without NUL, which survives a link and back. */
static void check_text(struct arena *arena, struct slice text, bool plus_is_blank)
{
    struct slice back;
    struct err e;
    assert(utf8_valid(text, NULL));
    assert(text.len == 0 || !memchr(text.ptr, '\0', text.len));
    assert(text.ptr[text.len] == '\0');
    assert(target_decode(arena, target_encode(arena, text), plus_is_blank, &back, &e) == RC_OK);
    assert(slice_equal(back, text));
}

static void check_refusal(const struct err *e)
{
    struct buf out;
    buf_init(&out);
    assert(e->message[0] != '\0');
    problem_write(&out, problem_of(e->rc), e, SLICE(""), e->message, e->field);
    assert(utf8_valid(buf_view(&out), NULL));
    buf_done(&out);
}

static void check_target(struct arena *arena, const char *method, struct slice raw)
{
    struct target target;
    struct router_match match;
    struct err e;
    if (target_parse(arena, raw, &target, &e) != RC_OK) {
        check_refusal(&e);
        return;
    }
    assert(target.segment_count <= TARGET_MAX_SEGMENTS);
    assert(target.parameter_count <= TARGET_MAX_PARAMETERS);
    for (size_t i = 0; i < target.segment_count; i++) {
        check_text(arena, target.segments[i], false);
        assert(!slice_is(target.segments[i], ".."));
    }
    for (size_t i = 0; i < target.parameter_count; i++) {
        check_text(arena, target.parameters[i].name, true);
        check_text(arena, target.parameters[i].value, true);
    }
    for (size_t skip = 0; skip <= target.segment_count; skip++) {
        router_match(router, method, &target, skip, &match);
        assert((match.outcome == ROUTER_FOUND) == (match.route != NULL));
        assert(match.outcome == ROUTER_NO_PATH || match.allow);
    }
}

static void check_value(struct arena *arena, struct slice value)
{
    static const char *const offers[] = {"application/json", "text/csv", "text/html"};
    struct slice type, charset;
    int offer = negotiate_accept(value, offers, 3);
    assert(offer >= -1 && offer < 3);
    (void)negotiate_gzip(value);
    (void)negotiate_etag(value, SLICE("W/\"v1\""));
    if (negotiate_media_type(arena, value, &type, &charset)) {
        assert(slice_present(type) && memchr(type.ptr, '/', type.len));
    }
}

static void check_headers(struct arena *arena, struct slice rest, const char *version)
{
    struct request_header headers[MAX_HEADERS];
    struct guard_framing framing;
    struct err e;
    size_t count = 0;
    while (slice_present(rest) && count < MAX_HEADERS) {
        struct slice value = next_line(&rest);
        struct slice name = slice_cut(&value, ':');
        headers[count++] =
            (struct request_header){name, slice_present(value) ? slice_trim(value) : SLICE("")};
        check_value(arena, headers[count - 1].value);
    }
    if (guard_check(headers, count, version, &framing, &e) != RC_OK) {
        check_refusal(&e);
    } else {
        assert(!(framing.has_length && framing.chunked));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err e;
    if (!router && !(router = router_new(routes, sizeof routes / sizeof routes[0], &e))) {
        abort();
    }
    struct arena *arena = arena_new(64 * 1024 * 1024);
    struct slice rest = slice_of((const char *)data, size);
    struct slice target = next_line(&rest);
    struct slice method = slice_cut(&target, ' ');
    char *version = NULL;
    for (size_t i = target.len; slice_present(target) && i-- > 0 && !version;) {
        if (target.ptr[i] == ' ') {
            struct slice after = slice_of(target.ptr + i + 1, target.len - i - 1);
            version = (char *)(uintptr_t)arena_copy(arena, after).ptr;
            target.len = i;
        }
    }
    check_target(arena, arena_copy(arena, method).ptr, slice_present(target) ? target : SLICE(""));
    check_headers(arena, rest, version ? version : "HTTP/1.1");
    arena_free(arena);
    return 0;
}
