/* Replies that come piece by piece: whole, broken off, refused, read slowly, left, drained. */
#include "client.h"

#include <stdatomic.h>

/* The body of a test's stream: so many pieces of so many bytes; at `fails_at` the next can't be made. */
struct counting {
    int made, pieces, fails_at;
    size_t bytes;
};

static _Atomic int begun, ended, pieces_made;

static const char ERROR_LINE[] = "{\"error\":\"out of luck\"}\n";

static enum rc next_piece(void *arg, struct http_request *request, struct buf *out, bool *last,
                          struct err *e)
{
    (void)request;
    struct counting *c = arg;
    if (c->made == c->fails_at) {
        buf_text(out, ERROR_LINE);
        return err_set(e, RC_INTERNAL, "out of luck");
    }
    buf_printf(out, "piece %d\n", c->made++);
    for (size_t i = 0; i < c->bytes; i++) {
        buf_text(out, "x");
    }
    atomic_fetch_add(&pieces_made, 1);
    *last = c->made == c->pieces;
    return RC_OK;
}

static void done(void *arg)
{
    free(arg);
    atomic_fetch_add(&ended, 1);
}

static int number(struct http_request *request, const char *name, int otherwise)
{
    char digits[16] = "";
    struct slice text = request_query(request, name);
    memcpy(digits, text.ptr ? text.ptr : "", text.len < 15 ? text.len : 15);
    return digits[0] ? (int)strtol(digits, NULL, 10) : otherwise;
}

static enum rc stream(struct http_request *request, struct http_reply *reply, struct err *e)
{
    struct counting *c = malloc(sizeof *c);
    if (!c) {
        return err_nomem(e);
    }
    *c = (struct counting){.pieces = number(request, "pieces", 5),
                           .fails_at = number(request, "fails_at", -1),
                           .bytes = (size_t)number(request, "bytes", 0)};
    reply->content_type = "text/plain";
    buf_text(&reply->body, "first\n");
    enum rc rc = reply_stream(request, reply, next_piece, done, c, e);
    if (rc != RC_OK) {
        free(c);
    } else {
        atomic_fetch_add(&begun, 1);
    }
    return rc;
}

static enum rc quick(struct http_request *request, struct http_reply *reply, struct err *e)
{
    (void)request;
    (void)e;
    buf_text(&reply->body, "quick");
    return RC_OK;
}

static const struct http_route routes[] = {
    {"GET", "/quick", "quick", quick, 0, HTTP_AUTH_NONE, 0, 0},
    {"GET", "/stream", "stream", stream, 0, HTTP_AUTH_NONE, 0, 0},
    {"GET", "/worker", "worker", stream, 0, HTTP_AUTH_NONE, HTTP_WORKER, 0},
};

static struct server_options standard_options(void)
{
    return (struct server_options){.listen = "127.0.0.1:0",
                                   .routes = routes,
                                   .route_count = sizeof routes / sizeof routes[0],
                                   .threads = 2,
                                   .workers = 2,
                                   .streams = 3};
}

static struct http_server *server;

static int set_up(void **state)
{
    (void)state;
    struct server_options options = standard_options();
    server = server_must_start(&options);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    assert_true(server_stop(server, 1000));
    server_free(server);
    assert_int_equal(atomic_load(&begun), atomic_load(&ended));
    return 0;
}

static void ask(int fd, const char *target)
{
    char request[256];
    (void)snprintf(request, sizeof request,
                   "GET %s HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n", target);
    client_send(fd, request);
}

/* All that comes until the server closes, as it comes. */
static char *read_to_end(int fd)
{
    enum { MOST = 4 * 1024 * 1024 };
    static char bytes[MOST];
    size_t len = 0;
    ssize_t got = 1;
    while (len < MOST - 1 && (got = recv(fd, bytes + len, MOST - 1 - len, 0)) > 0) {
        len += (size_t)got;
    }
    assert_int_equal(got, 0); /* closed, not given up waiting */
    bytes[len] = '\0';
    return bytes;
}

static bool is_whole(const char *bytes)
{
    size_t len = strlen(bytes);
    return len > 7 && strcmp(bytes + len - 7, "\r\n0\r\n\r\n") == 0;
}

static char *fetch(const char *target)
{
    int fd = client_connect(server);
    ask(fd, target);
    char *bytes = read_to_end(fd);
    close(fd);
    return bytes;
}

/* A connection is let go after its client has seen the end. */
static void wait_until_all_ended(void)
{
    for (int i = 0; i < 2000 && atomic_load(&ended) < atomic_load(&begun); i++) {
        sleep_ms(5);
    }
    assert_int_equal(atomic_load(&ended), atomic_load(&begun));
}

/* ---- */

static void pieces_come_in_order(void **state)
{
    (void)state;
    static const char *const targets[] = {"/stream?pieces=5", "/worker?pieces=5"};
    for (size_t i = 0; i < 2; i++) {
        char *bytes = fetch(targets[i]);
        assert_non_null(strstr(bytes, "Transfer-Encoding: chunked\r\n"));
        const char *at = strstr(bytes, "first\n");
        for (int piece = 0; piece < 5; piece++) {
            char wanted[32];
            (void)snprintf(wanted, sizeof wanted, "piece %d\n", piece);
            assert_non_null(at);
            at = strstr(at, wanted);
        }
        assert_non_null(at);
        assert_true(is_whole(bytes));
    }
    wait_until_all_ended();
}

static void broken_off_the_end_is_missing(void **state)
{
    (void)state;
    char *bytes = fetch("/stream?pieces=5&fails_at=3");
    assert_int_equal(strncmp(bytes, "HTTP/1.1 200 ", 13), 0);
    assert_non_null(strstr(bytes, "piece 2\n"));
    assert_null(strstr(bytes, "piece 3\n"));
    assert_non_null(strstr(bytes, ERROR_LINE)); /* what the reader of lines is told */
    assert_false(is_whole(bytes));              /* what every client of HTTP is told */
    wait_until_all_ended();
    assert_int_equal(client_get(server, "/quick")->status, 200);
}

static void a_head_makes_no_pieces(void **state)
{
    (void)state;
    int before = atomic_load(&pieces_made);
    struct answer *a = client_ask(server, "HEAD /stream?pieces=9 HTTP/1.1\r\nHost: t\r\n\r\n");
    assert_int_equal(a->status, 200);
    wait_until_all_ended();
    assert_int_equal(atomic_load(&pieces_made), before);
}

/* 1 MB a piece, 500 of them: more than the sockets' buffers take while nobody reads. */
#define ENDLESS "/stream?pieces=500&bytes=1000000"

static void more_than_may_are_refused(void **state)
{
    (void)state;
    int fds[3];
    static struct answer a;
    for (size_t i = 0; i < 3; i++) {
        fds[i] = client_connect(server);
        ask(fds[i], ENDLESS);
        assert_true(client_read_head(fds[i], &a));
        assert_int_equal(a.status, 200);
    }
    struct answer *refused = client_get(server, "/stream");
    assert_int_equal(refused->status, 503);
    assert_string_equal(answer_header(refused, "Retry-After"), "5");
    assert_non_null(strstr(refused->body, "3 exports are running"));
    for (size_t i = 0; i < 3; i++) {
        close(fds[i]); /* clients that leave in the middle give their places back */
    }
    wait_until_all_ended();
    assert_true(is_whole(fetch("/stream")));
    wait_until_all_ended();
}

/* One that reads nothing holds neither the thread that makes pieces nor more than what is on its way. */
static void a_slow_reader_holds_up_nobody(void **state)
{
    (void)state;
    static struct answer a;
    int before = atomic_load(&pieces_made), fd = client_connect(server);
    ask(fd, ENDLESS);
    assert_true(client_read_head(fd, &a));
    for (int last = -1; last != atomic_load(&pieces_made); sleep_ms(100)) {
        last = atomic_load(&pieces_made);
    }
    assert_true(atomic_load(&pieces_made) - before < 100);
    assert_true(is_whole(fetch("/stream?pieces=20")));
    assert_int_equal(client_get(server, "/quick")->status, 200);
    close(fd);
    wait_until_all_ended();
}

/* ---- the end */

static void a_drain_lets_a_stream_finish(void **state)
{
    (void)state;
    struct server_options options = standard_options();
    struct http_server *own = server_must_start(&options);
    int fd = client_connect(own);
    static struct answer a;
    ask(fd, "/stream?pieces=3&bytes=1000");
    assert_true(client_read_head(fd, &a));
    assert_true(server_stop(own, 10000));
    assert_true(is_whole(read_to_end(fd)));
    close(fd);
    server_free(own);
    wait_until_all_ended();
}

static void a_drain_cuts_one_that_nobody_reads(void **state)
{
    (void)state;
    struct server_options options = standard_options();
    struct http_server *own = server_must_start(&options);
    int fd = client_connect(own);
    static struct answer a;
    ask(fd, ENDLESS);
    assert_true(client_read_head(fd, &a));
    assert_false(server_stop(own, 200));
    server_free(own);
    assert_int_equal(atomic_load(&ended), atomic_load(&begun));
    close(fd);
}

int main(void)
{
    log_configure(LOG_ERROR, LOG_LOGFMT);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_come_in_order),
        cmocka_unit_test(broken_off_the_end_is_missing),
        cmocka_unit_test(a_head_makes_no_pieces),
        cmocka_unit_test(more_than_may_are_refused),
        cmocka_unit_test(a_slow_reader_holds_up_nobody),
        cmocka_unit_test(a_drain_lets_a_stream_finish),
        cmocka_unit_test(a_drain_cuts_one_that_nobody_reads),
    };
    return cmocka_run_group_tests_name("http/stream", tests, set_up, tear_down);
}
