/* The framing rules, alone and in front of a real server: what is ambiguous is refused and the connection ends. */
#include "client.h"

#include <stdatomic.h>

#include "http/guard.h"

static enum rc check(const char *const *pairs, const char *version, struct guard_framing *framing,
                     struct err *e)
{
    struct request_header headers[8];
    size_t count = 0;
    for (; pairs[count * 2]; count++) {
        headers[count] =
            (struct request_header){slice_cstr(pairs[count * 2]), slice_cstr(pairs[count * 2 + 1])};
    }
    return guard_check(headers, count, version, framing, e);
}

#define CHECK(version, ...) check((const char *const[]){__VA_ARGS__, NULL}, version, &framing, &e)

static void takes_what_is_clear(void **state)
{
    (void)state;
    struct guard_framing framing;
    struct err e;
    assert_int_equal(CHECK("HTTP/1.1", "Host", "example.org:8080", "Accept", "a, b"), RC_OK);
    assert_false(framing.has_length || framing.chunked);
    assert_int_equal(CHECK("HTTP/1.1", "host", "[::1]:80", "content-length", "0042"), RC_OK);
    assert_true(framing.has_length);
    assert_int_equal(framing.content_length, 42);
    assert_int_equal(CHECK("HTTP/1.1", "Host", "", "Transfer-Encoding", "Chunked"), RC_OK);
    assert_true(framing.chunked);
    assert_int_equal(CHECK("HTTP/1.0", "Accept", "*/*"), RC_OK);
    assert_int_equal(CHECK("HTTP/1.1", "Host", "a", "X-A", "b\tc", "X-A", "é"), RC_OK);
}

static void refuses_what_is_not(void **state)
{
    (void)state;
    struct guard_framing framing;
    struct err e;
    assert_int_equal(CHECK("HTTP/1.1", "Accept", "*/*"), RC_INVALID);
    assert_string_equal(e.field, "Host");
    assert_int_equal(CHECK("HTTP/1.1", "Host", "a", "HOST", "a"), RC_INVALID);
    assert_int_equal(CHECK("HTTP/1.1", "Host", "a, b"), RC_INVALID);
    assert_int_equal(CHECK("HTTP/1.1", "Host", "user@a"), RC_INVALID);
    assert_int_equal(CHECK("HTTP/1.1", "Host", "a", "Content-Length", "5", "Content-Length", "5"),
                     RC_INVALID);
    assert_string_equal(e.field, "Content-Length");
    static const char *const lengths[] = {
        "", "+5", "-1", "5, 5", "0x10", "5 ", "99999999999999999999"};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        assert_int_equal(CHECK("HTTP/1.1", "Host", "a", "Content-Length", lengths[i]), RC_INVALID);
    }
    static const char *const encodings[] = {
        "", "xchunked", "gzip, chunked", "chunked, chunked", "identity", "\"chunked\""};
    for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++) {
        assert_int_equal(CHECK("HTTP/1.1", "Host", "a", "Transfer-Encoding", encodings[i]),
                         RC_INVALID);
        assert_string_equal(e.field, "Transfer-Encoding");
    }
    assert_int_equal(CHECK("HTTP/1.0", "Transfer-Encoding", "chunked"), RC_INVALID);
    assert_int_equal(
        CHECK("HTTP/1.1", "Host", "a", "Transfer-Encoding", "chunked", "Content-Length", "3"),
        RC_INVALID);
    assert_int_equal(CHECK("HTTP/1.1", "Host", "a", "Authorization", "x", "Authorization", "y"),
                     RC_INVALID);
    assert_int_equal(CHECK("HTTP/1.1", "Host", "a", "X-A ", "b"), RC_INVALID);
    assert_int_equal(CHECK("HTTP/1.1", "Host", "a", "", "b"), RC_INVALID);
    assert_int_equal(CHECK("HTTP/1.1", "Host", "a", "X-A", "b\rc"), RC_INVALID);
    assert_int_equal(CHECK("HTTP/1.1", "Host", "a", "X-A", "b\x01"), RC_INVALID);
}

/* ---- live */

static _Atomic int executed;

static enum rc handler(struct http_request *request, struct http_reply *reply, struct err *e)
{
    (void)request;
    (void)e;
    atomic_fetch_add(&executed, 1);
    buf_text(&reply->body, "{}");
    return RC_OK;
}

static const struct http_route routes[] = {
    {"GET", "/a", "get", handler, 0, HTTP_AUTH_NONE, 0, 0},
    {"POST", "/a", "post", handler, 1000, HTTP_AUTH_NONE, 0, 0},
};

static struct http_server *server;

static int set_up(void **state)
{
    (void)state;
    struct server_options options = {.listen = "127.0.0.1:0", .routes = routes, .route_count = 2};
    server = server_must_start(&options);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    assert_true(server_stop(server, 1000));
    server_free(server);
    return 0;
}

static void ambiguous_requests_end_the_connection(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "GET /a HTTP/1.1\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: a\r\nX-A : b\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: a\r\nX-A: b\rc\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\nabc",
        ("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
         "0\r\n\r\nGET /a HTTP/1.1\r\nHost: a\r\n\r\n"),
        "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
        "identity\r\n\r\n",
    };
    static struct answer a;
    int before = atomic_load(&executed);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int fd = client_connect(server);
        client_send(fd, bad[i]);
        client_send(fd, "GET /a HTTP/1.1\r\nHost: smuggled\r\n\r\n");
        client_read(fd, &a, true);
        if (a.status != 400) {
            fail_msg("request %zu gave %d", i, a.status);
        }
        assert_non_null(strstr(a.head, "Connection: close"));
        assert_non_null(strstr(a.body, "\"code\":\"bad_framing\""));
        assert_true(client_is_closed(fd));
        close(fd);
    }
    assert_int_equal(atomic_load(&executed), before);
}

static void too_many_headers(void **state)
{
    (void)state;
    char request[4096] = "GET /a HTTP/1.1\r\nHost: a\r\n";
    for (int i = 0; i < 70; i++) {
        (void)snprintf(request + strlen(request), 32, "X-%d: y\r\n", i);
    }
    (void)strcat(request, "\r\n");
    struct answer *a = client_ask(server, request);
    assert_int_equal(a->status, 431);
    assert_non_null(strstr(a->body, "headers_too_large"));
}

/* Asks what is `count` pieces too long, on a connection of its own. */
static const struct answer *ask_long(const char *before, const char *piece, size_t count,
                                     const char *behind)
{
    static struct answer a;
    struct buf request;
    buf_init(&request);
    buf_text(&request, before);
    for (size_t i = 0; i < count; i++) {
        buf_text(&request, piece);
    }
    buf_text(&request, behind);
    assert_false(request.failed);
    int fd = client_connect(server);
    (void)client_send_bytes(fd, request.data, request.len);
    client_read(fd, &a, true);
    assert_non_null(strstr(a.head, "Connection: close"));
    close(fd);
    buf_done(&request);
    return &a;
}

static void what_is_too_long_is_told_as_such(void **state)
{
    (void)state;
    static const char rest[] = " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    static const char head[] = "GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n";
    static const struct {
        const char *before, *piece, *behind;
        size_t count;
        int status;
        const char *code; /* NULL: libmicrohttpd's own page */
    } cases[] = {
        {"GET /", "aaaaaaaa", rest, 2047, 404, "not_found"},
        {"GET /", "aaaaaaaa", rest, 2049, 414, "uri_too_long"},
        {"GET /", "aaaaaaaa", rest, 3500, 414, "uri_too_long"},
        {"GET /", "aaaaaaaa", rest, 40000, 414, NULL},
        /* more parameters than libmicrohttpd has records for */
        {"GET /a?x=1", "&a=1", rest, 100, 200, NULL},
        {"GET /a?x=1", "&a=1", rest, 1000, 400, "invalid"},
        {"GET /a?x=1", "&a=1", rest, 3500, 400, "invalid"},
        {head, "X: 12345678901\r\n", "\r\n", 100, 431, "headers_too_large"},
        {head, "X: 12345678901\r\n", "\r\n", 10000, 431, NULL},
        {"GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: ", "12345678", "\r\n\r\n", 2040,
         200, NULL},
        {"GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: ", "12345678", "\r\n\r\n", 2060,
         431, "headers_too_large"},
        {"GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: ", "12345678", "\r\n\r\n", 40000,
         431, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct answer *a =
            ask_long(cases[i].before, cases[i].piece, cases[i].count, cases[i].behind);
        char code[64];
        (void)snprintf(code, sizeof code, "\"code\":\"%s\"", cases[i].code ? cases[i].code : "");
        if (a->status != cases[i].status || (cases[i].code && !strstr(a->body, code))) {
            fail_msg("case %zu: %d %.200s", i, a->status, a->body);
        }
    }
}

/* More cookies than libmicrohttpd's memory for a connection holds: it doesn't ask us for a reply. */
static void a_request_given_up_leaves_nothing_behind(void **state)
{
    (void)state;
    struct server_counts counts = {.in_flight = 1};
    char request[16384] = "GET /a HTTP/1.1\r\nHost: a\r\nCookie: ";
    size_t len = strlen(request);
    for (int i = 0; i < 2000; i++) {
        len += (size_t)snprintf(request + len, 16, "a=1;");
    }
    (void)snprintf(request + len, 64, "\r\n\r\n");
    struct server_options options = {.listen = "127.0.0.1:0",
                                     .routes = routes,
                                     .route_count = sizeof routes / sizeof routes[0],
                                     .request_timeout_ms = 300,
                                     .idle_timeout_ms = 1000};
    struct http_server *own = server_must_start(&options);
    for (int i = 0; i < 5; i++) {
        int fd = client_connect(own);
        client_send(fd, request);
        sleep_ms(20);
        close(fd);
    }
    for (int i = 0; i < 1000 && counts.in_flight > 0; i++) {
        sleep_ms(10);
        server_counts(own, &counts);
    }
    assert_int_equal(counts.in_flight, 0);
    assert_true(server_stop(own, 1000));
    server_free(own);
}

static void the_server_goes_on(void **state)
{
    (void)state;
    assert_int_equal(client_get(server, "/a")->status, 200);
    assert_int_equal(client_ask(server,
                                "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                                "3\r\nabc\r\n0\r\n\r\n")
                         ->status,
                     200);
}

int main(void)
{
    log_configure(LOG_ERROR, LOG_LOGFMT);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_is_clear),
        cmocka_unit_test(refuses_what_is_not),
        cmocka_unit_test(ambiguous_requests_end_the_connection),
        cmocka_unit_test(too_many_headers),
        cmocka_unit_test(what_is_too_long_is_told_as_such),
        cmocka_unit_test(a_request_given_up_leaves_nothing_behind),
        cmocka_unit_test(the_server_goes_on),
    };
    return cmocka_run_group_tests_name("http/guard", tests, set_up, tear_down);
}
