/* Bodies and their limits, and the deadlines that slow clients meet. */
#include "client.h"

enum { LIMIT = 1000 };

static enum rc echo_length(struct http_request *request, struct http_reply *reply, struct err *e)
{
    (void)e;
    buf_printf(&reply->body, "%zu", request_body(request).len);
    return RC_OK;
}

static enum rc echo_type(struct http_request *request, struct http_reply *reply, struct err *e)
{
    (void)e;
    buf_printf(&reply->body, "%.*s|%.*s", SLICE_ARG(request_content_type(request)),
               SLICE_ARG(request_charset(request)));
    return RC_OK;
}

static enum rc huge(struct http_request *request, struct http_reply *reply, struct err *e)
{
    (void)request;
    (void)e;
    static char block[1024 * 1024];
    memset(block, 'x', sizeof block);
    for (int i = 0; i < 32; i++) {
        buf_append(&reply->body, block, sizeof block);
    }
    return RC_OK;
}

static const struct http_route routes[] = {
    {"GET", "/a", "get", echo_length, 0, HTTP_AUTH_NONE, 0, 0},
    {"POST", "/a", "post", echo_length, LIMIT, HTTP_AUTH_NONE, 0, 0},
    {"POST", "/large", "postLarge", echo_length, HTTP_BODY_DEFAULT, HTTP_AUTH_NONE, 0, 0},
    {"POST", "/type", "postType", echo_type, LIMIT, HTTP_AUTH_NONE, 0, 0},
    {"GET", "/probe", "probe", echo_length, 0, HTTP_AUTH_NONE, HTTP_PROBE, 0},
    {"GET", "/huge", "getHuge", huge, 0, HTTP_AUTH_NONE, 0, 0},
};

static struct http_server *server;

static struct server_options standard_options(void)
{
    return (struct server_options){.listen = "127.0.0.1:0",
                                   .routes = routes,
                                   .route_count = sizeof routes / sizeof routes[0],
                                   .body_limit_bytes = 4 * 1024 * 1024,
                                   .body_memory_bytes = 6 * 1024 * 1024};
}

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
    return 0;
}

static void assert_too_large(const struct answer *a)
{
    if (a->status != 413) {
        fail_msg("expected 413, got %d %s%s", a->status, a->head, a->body);
    }
    assert_non_null(strstr(a->body, "\"code\":\"too_large\""));
    assert_string_equal(answer_header(a, "Content-Type"), PROBLEM_CONTENT_TYPE);
}

static void bodies_up_to_the_limit(void **state)
{
    (void)state;
    char request[LIMIT + 200];
    (void)snprintf(request, sizeof request,
                   "POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: %d\r\n\r\n", LIMIT);
    size_t head = strlen(request);
    memset(request + head, 'x', LIMIT);
    request[head + LIMIT] = '\0';
    assert_string_equal(client_ask(server, request)->body, "1000");
    assert_string_equal(
        client_ask(server, "POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\n\r\n")->body, "0");
    assert_string_equal(client_ask(server, "POST /a HTTP/1.1\r\nHost: t\r\n\r\n")->body, "0");
    assert_string_equal(
        client_ask(server, "POST /a HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
                           "3\r\nabc\r\n5;ext=1\r\ndefgh\r\n0\r\nX-Trailer: y\r\n\r\n")
            ->body,
        "8");
}

/* Refused by its length alone: nothing of the body is sent, and with Expect nothing is asked for. */
static void too_large_by_length(void **state)
{
    (void)state;
    static struct answer a;
    assert_too_large(
        client_ask(server, "POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: 1000000000000\r\n\r\n"));
    int fd = client_connect(server);
    client_send(
        fd, "POST /a HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 1001\r\n\r\n");
    client_read(fd, &a, true); /* not 100 */
    assert_too_large(&a);
    assert_true(client_is_closed(fd));
    close(fd);
}

/* A refused body that is small is read past, and the connection lives on. */
static void a_small_refused_body_keeps_the_connection(void **state)
{
    (void)state;
    static struct answer a;
    char body[LIMIT + 1];
    char head[128];
    int fd = client_connect(server);
    memset(body, 'x', sizeof body);
    (void)snprintf(head, sizeof head, "POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: %zu\r\n\r\n",
                   sizeof body);
    client_send(fd, head);
    client_send_bytes(fd, body, sizeof body);
    client_read(fd, &a, true);
    assert_too_large(&a);
    client_send(fd, "GET /a HTTP/1.1\r\nHost: t\r\n\r\n");
    client_read(fd, &a, true);
    assert_int_equal(a.status, 200);
    close(fd);
}

/* The client goes on sending 8 MiB while it is refused, and still reads the reply: no reset. */
static void an_upload_in_full_flight_still_gets_its_reply(void **state)
{
    (void)state;
    static struct answer a;
    static char block[64 * 1024];
    int fd = client_connect(server);
    client_send(fd, "POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: 8388608\r\n\r\n");
    for (int i = 0; i < 128; i++) {
        if (!client_send_bytes(fd, block, sizeof block)) {
            fail_msg("reset while sending block %d", i);
        }
    }
    client_read(fd, &a, true);
    assert_too_large(&a);
    close(fd);
}

static void too_large_while_chunks_come(void **state)
{
    (void)state;
    static struct answer a;
    int fd = client_connect(server);
    char chunk[LIMIT / 2 + 16];
    (void)snprintf(chunk, sizeof chunk, "%x\r\n", LIMIT / 2);
    size_t head = strlen(chunk);
    memset(chunk + head, 'x', LIMIT / 2);
    memcpy(chunk + head + LIMIT / 2, "\r\n", 2);
    client_send(fd, "POST /a HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 3; i++) {
        client_send_bytes(fd, chunk, head + LIMIT / 2 + 2);
    }
    client_read(fd, &a, true);
    assert_too_large(&a);
    assert_non_null(strstr(a.head, "Connection: close"));
    assert_non_null(answer_header(&a, "X-Request-Id"));
    assert_true(client_is_closed(fd));
    close(fd);
}

static void a_route_without_a_body_takes_none(void **state)
{
    (void)state;
    struct answer *a =
        client_ask(server, "GET /a HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nabc");
    assert_too_large(a);
    assert_non_null(strstr(a->body, "takes no body"));
    assert_too_large(client_ask(server,
                                "GET /a HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
                                "3\r\nabc\r\n0\r\n\r\n"));
}

/* Two uploads of 4 MiB don't fit into a budget of 6 MiB at once; one after the other they do. */
static void all_bodies_share_a_budget(void **state)
{
    (void)state;
    static struct answer a;
    static char body[4 * 1024 * 1024];
    static const char head[] = "POST /large HTTP/1.1\r\nHost: t\r\nContent-Length: 4194304\r\n\r\n";
    int first = client_connect(server);
    client_send(first, "POST /large HTTP/1.1\r\nHost: t\r\nContent-Length: 4194304\r\n"
                       "Expect: 100-continue\r\n\r\n");
    assert_true(client_read_head(first, &a));
    assert_int_equal(a.status, 100); /* its headers have been read */
    client_send_bytes(first, body, sizeof body / 2);
    struct answer *refused = client_ask(server, head);
    assert_int_equal(refused->status, 503);
    assert_string_equal(answer_header(refused, "Retry-After"), "1");
    client_send_bytes(first, body, sizeof body / 2);
    client_read(first, &a, true);
    assert_string_equal(a.body, "4194304");
    close(first);
    int second = client_connect(server);
    client_send(second, head);
    client_send_bytes(second, body, sizeof body);
    client_read(second, &a, true);
    assert_string_equal(a.body, "4194304");
    close(second);
}

static void the_content_type_is_split(void **state)
{
    (void)state;
    assert_string_equal(client_ask(server,
                                   "POST /type HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\n"
                                   "Content-Type: Text/Plain; charset=\"ISO-8859-1\"\r\n\r\nx")
                            ->body,
                        "text/plain|iso-8859-1");
    assert_string_equal(
        client_ask(server, "POST /type HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\n\r\nx")->body,
        "|");
}

/* A body that is wanted is asked for. */
static void expect_is_answered(void **state)
{
    (void)state;
    static struct answer a;
    int fd = client_connect(server);
    client_send(fd,
                "POST /a HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    client_read(fd, &a, false);
    assert_int_equal(a.status, 100);
    client_send(fd, "abc");
    client_read(fd, &a, true);
    assert_string_equal(a.body, "3");
    close(fd);
}

/* ---- the access log */

static char *log_of(const struct server_options *options, const char *target, const char *headers)
{
    static char text[4096];
    char request[512];
    FILE *file = tmpfile();
    assert_non_null(file);
    struct http_server *own = server_must_start(options);
    int kept = dup(STDERR_FILENO);
    dup2(fileno(file), STDERR_FILENO);
    log_configure(LOG_INFO, LOG_LOGFMT);
    (void)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: t\r\n%s\r\n", target,
                   headers);
    client_ask(own, request);
    assert_true(server_stop(own, 1000));
    log_configure(LOG_ERROR, LOG_LOGFMT);
    dup2(kept, STDERR_FILENO);
    close(kept);
    server_free(own);
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    (void)fclose(file);
    return text;
}

static void requests_are_logged_without_secrets(void **state)
{
    (void)state;
    struct server_options options = standard_options();
    options.access_log = true;
    options.access_log_level = LOG_INFO;
    const char *line = log_of(&options, "/a?token=hidden",
                              "Authorization: Bearer hidden\r\nX-Request-Id: abc\r\n");
    static const char *const expected[] = {"msg=request",      "method=GET",    "path=/a",
                                           "route=get",        "status=200",    "bytes=1",
                                           "client=127.0.0.1", "request_id=abc"};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        if (!strstr(line, expected[i])) {
            fail_msg("no %s in %s", expected[i], line);
        }
    }
    assert_null(strstr(line, "hidden"));
    assert_string_equal(log_of(&options, "/probe", ""), "");
    options.access_log_level = LOG_DEBUG;
    assert_string_equal(log_of(&options, "/a", ""), "");
}

/* ---- slow clients */

static struct http_server *impatient_server(void)
{
    struct server_options options = standard_options();
    options.request_timeout_ms = 300;
    options.send_timeout_ms = 300;
    options.idle_timeout_ms = 1000;
    return server_must_start(&options);
}

/* Drips a byte every 50 ms, so that it is never silent, until the server has cut the connection. */
static bool drip_until_cut(int fd, const char *text)
{
    for (int i = 0; i < 100; i++) {
        char byte = text[(size_t)i % strlen(text)];
        struct timeval moment = {.tv_usec = 50 * 1000};
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &moment, sizeof moment);
        if (send(fd, &byte, 1, MSG_NOSIGNAL) != 1 || client_is_closed(fd)) {
            return true;
        }
    }
    return false;
}

static void dripping_clients_are_cut(void **state)
{
    (void)state;
    struct http_server *own = impatient_server();
    int line = client_connect(own), headers = client_connect(own), body = client_connect(own);
    client_send(headers, "GET /a HTTP/1.1\r\nHost: t\r\nX-Slow: ");
    client_send(body, "POST /large HTTP/1.1\r\nHost: t\r\nContent-Length: 1000000\r\n\r\n");
    assert_true(drip_until_cut(line, "GETGETGETGET"));
    assert_true(drip_until_cut(headers, "slow"));
    assert_true(drip_until_cut(body, "slow"));
    close(line);
    close(headers);
    close(body);
    assert_int_equal(client_get(own, "/a")->status, 200);
    struct server_counts counts;
    server_counts(own, &counts);
    assert_int_equal(counts.timeouts, 3);
    server_free(own);
}

/* 32 MiB fill every buffer on the way; a client that doesn't read them is not waited for. */
static void readers_that_stop_are_cut(void **state)
{
    (void)state;
    struct server_options options = standard_options();
    options.request_timeout_ms = options.send_timeout_ms = 300;
    options.slow_bytes_per_s = 64 * 1024 * 1024;
    struct http_server *own = server_must_start(&options);
    struct server_counts counts = {.timeouts = 0};
    int fd = client_connect(own);
    client_send(fd, "GET /huge HTTP/1.1\r\nHost: t\r\n\r\n");
    for (int i = 0; i < 200 && counts.timeouts == 0; i++) {
        sleep_ms(20);
        server_counts(own, &counts);
    }
    assert_int_equal(counts.timeouts, 1);
    close(fd);
    server_free(own);
}

/* Between two requests it is the idle timeout that counts. */
static void a_kept_connection_may_rest(void **state)
{
    (void)state;
    struct http_server *own = impatient_server();
    static struct answer a;
    int fd = client_connect(own);
    for (int i = 0; i < 2; i++) {
        client_send(fd, "GET /a HTTP/1.1\r\nHost: t\r\n\r\n");
        client_read(fd, &a, true);
        assert_int_equal(a.status, 200);
        sleep_ms(600); /* longer than a request may take, shorter than the idle timeout */
    }
    close(fd);
    server_free(own);
}

static void large_replies_arrive_whole(void **state)
{
    (void)state;
    int fd = client_connect(server);
    static struct answer a;
    static char sink[64 * 1024];
    client_send(fd, "GET /huge HTTP/1.1\r\nHost: t\r\n\r\n");
    assert_true(client_read_head(fd, &a));
    assert_string_equal(answer_header(&a, "Content-Length"), "33554432");
    size_t total = 0;
    while (total < 33554432) {
        ssize_t got = recv(fd, sink, sizeof sink, 0);
        assert_true(got > 0);
        total += (size_t)got;
    }
    close(fd);
}

int main(void)
{
    log_configure(LOG_ERROR, LOG_LOGFMT);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_up_to_the_limit),
        cmocka_unit_test(too_large_by_length),
        cmocka_unit_test(a_small_refused_body_keeps_the_connection),
        cmocka_unit_test(an_upload_in_full_flight_still_gets_its_reply),
        cmocka_unit_test(too_large_while_chunks_come),
        cmocka_unit_test(a_route_without_a_body_takes_none),
        cmocka_unit_test(all_bodies_share_a_budget),
        cmocka_unit_test(the_content_type_is_split),
        cmocka_unit_test(expect_is_answered),
        cmocka_unit_test(requests_are_logged_without_secrets),
        cmocka_unit_test(dripping_clients_are_cut),
        cmocka_unit_test(readers_that_stop_are_cut),
        cmocka_unit_test(a_kept_connection_may_rest),
        cmocka_unit_test(large_replies_arrive_whole),
    };
    return cmocka_run_group_tests_name("http/dispatch", tests, set_up, tear_down);
}
