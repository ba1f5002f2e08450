/* More connections than there may be: who gives way, and who is still answered. */
#include "client.h"

static enum rc answer_ok(struct http_request *request, struct http_reply *reply, struct err *e)
{
    (void)request;
    (void)e;
    buf_text(&reply->body, "{}");
    return RC_OK;
}

static const struct http_route routes[] = {
    {"GET", "/a", "getA", answer_ok, 0, HTTP_AUTH_NONE, 0, 0},
    {"POST", "/a", "postA", answer_ok, 1000, HTTP_AUTH_NONE, 0, 0},
    {"GET", "/probe", "probe", answer_ok, 0, HTTP_AUTH_NONE, HTTP_PROBE, 0},
};

enum { LIMIT = 4 };

static struct http_server *start(void)
{
    return server_must_start(&(struct server_options){.listen = "127.0.0.1:0",
                                                      .routes = routes,
                                                      .route_count = 3,
                                                      .threads = 2,
                                                      .connection_limit = LIMIT});
}

/* Connections whose requests are under way: their bodies aren't complete. */
static void occupy(struct http_server *server, int fds[LIMIT])
{
    struct server_counts counts = {0};
    for (int i = 0; i < LIMIT; i++) {
        fds[i] = client_connect(server);
        assert_true(
            client_send(fds[i], "POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\n"));
    }
    while (counts.in_flight < LIMIT) {
        sleep_ms(2);
        server_counts(server, &counts);
    }
}

static void probes_are_answered_when_all_are_at_work(void **state)
{
    (void)state;
    struct http_server *server = start();
    struct server_counts counts;
    static struct answer a;
    int fds[LIMIT];
    occupy(server, fds);
    for (int i = 0; i < 3; i++) {
        int fd = client_connect(server);
        (void)client_send(fd, "GET /probe HTTP/1.1\r\nHost: t\r\n\r\n");
        client_read(fd, &a, true);
        assert_int_equal(a.status, 200);
        assert_string_equal(answer_header(&a, "Connection"), "close");
        assert_true(client_is_closed(fd));
        close(fd);
        struct answer *refused = client_get(server, "/a");
        assert_int_equal(refused->status, 503);
        assert_non_null(strstr(refused->body, "\"code\":\"busy\""));
        assert_string_equal(answer_header(refused, "Retry-After"), "1");
    }
    server_counts(server, &counts);
    assert_int_equal(counts.turned_away, 3);
    assert_int_equal(counts.moved, 0);
    for (int i = 0; i < LIMIT; i++) { /* none of those at work has been disturbed */
        assert_true(client_send(fds[i], "abc"));
        client_read(fds[i], &a, true);
        assert_int_equal(a.status, 200);
        close(fds[i]);
    }
    assert_true(server_stop(server, 1000));
    server_free(server);
}

/* A guest that says nothing makes room soon, long before a client's time is up. */
static void guests_must_be_quick(void **state)
{
    (void)state;
    struct http_server *server = start();
    int fds[LIMIT];
    occupy(server, fds);
    int fd = client_connect(server);
    struct timeval patience = {.tv_sec = CLIENT_TIMEOUT_S};
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    assert_true(client_is_closed(fd)); /* the standard patience is 30 s, the test's 20 */
    close(fd);
    for (int i = 0; i < LIMIT; i++) {
        close(fds[i]);
    }
    server_stop(server, 1000);
    server_free(server);
}

static void the_idle_give_way(void **state)
{
    (void)state;
    struct http_server *server = start();
    struct server_counts counts = {0};
    static struct answer a;
    int fds[LIMIT], status = 0;
    for (int i = 0; i < LIMIT; i++) {
        fds[i] = client_connect(server);
        if (i % 2) { /* some have been served once, some never spoke */
            assert_true(client_send(fds[i], "GET /a HTTP/1.1\r\nHost: t\r\n\r\n"));
            client_read(fds[i], &a, true);
            assert_int_equal(a.status, 200);
        }
    }
    while (counts.connections < LIMIT) {
        sleep_ms(2);
        server_counts(server, &counts);
    }
    for (int tries = 0; tries < 1000 && status != 200; tries++) {
        status = client_get(server, "/a")->status;
        assert_true(status == 200 || status == 503);
        sleep_ms(10);
    }
    assert_int_equal(status, 200);
    server_counts(server, &counts);
    assert_true(counts.moved >= 1 && counts.moved <= LIMIT);
    for (int i = 0; i < LIMIT; i++) {
        close(fds[i]);
    }
    assert_true(server_stop(server, 1000));
    server_free(server);
}

int main(void)
{
    log_configure(LOG_ERROR, LOG_LOGFMT);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(probes_are_answered_when_all_are_at_work),
        cmocka_unit_test(guests_must_be_quick),
        cmocka_unit_test(the_idle_give_way),
    };
    return cmocka_run_group_tests_name("http/watch", tests, NULL, NULL);
}
