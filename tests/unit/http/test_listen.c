/* Every form of address that --listen takes, and what is said when it can't be had. */
#include "client.h"

#include <sys/stat.h>

#include "http/listen.h"

static enum rc get_client(struct http_request *request, struct http_reply *reply, struct err *e)
{
    (void)e;
    buf_text(&reply->body, request_client(request));
    return RC_OK;
}

static const struct http_route routes[] = {
    {"GET", "/client", "getClient", get_client, 0, HTTP_AUTH_NONE, 0, 0}};

static struct server_options standard_options(void)
{
    return (struct server_options){.listen = "127.0.0.1:0", .routes = routes, .route_count = 1};
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
    server_free(server);
    return 0;
}

static void a_port_in_use_is_told(void **state)
{
    (void)state;
    struct server_options options = standard_options();
    struct http_server *second = NULL;
    struct err e;
    options.listen = server_address(server);
    assert_int_equal(server_start(&options, &second, &e), RC_UNAVAILABLE);
    assert_null(second);
    assert_non_null(strstr(e.message, server_address(server)));
    assert_non_null(strstr(e.message, "in use"));
    assert_non_null(strstr(e.message, "--listen"));
    assert_string_equal(e.field, "listen");
}

/* A socket that the test made takes the place of one that a parent process left open. */
static void an_inherited_socket_outlives_the_server(void **state)
{
    (void)state;
    struct sockaddr_in where = {.sin_family = AF_INET};
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&where, sizeof where), 0);
    assert_int_equal(listen(fd, 16), 0);
    for (int round = 0; round < 3; round++) { /* one server after the other on the same socket */
        char address[16];
        int handed_over = dup(fd);
        (void)snprintf(address, sizeof address, "fd:%d", handed_over);
        struct server_options options = standard_options();
        options.listen = address;
        struct http_server *own = server_must_start(&options);
        assert_non_null(strstr(server_address(own), "127.0.0.1:"));
        assert_string_equal(client_get(own, "/client")->body, "127.0.0.1");
        assert_true(server_stop(own, 1000));
        int waiting = client_connect(own); /* between two servers: the socket still takes it */
        close(waiting);
        server_free(own);
    }
    close(fd);
}

static void what_is_no_listening_socket_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *address;
        enum rc rc;
    } bad[] = {{"fd:", RC_INVALID},
               {"fd:x", RC_INVALID},
               {"fd:-1", RC_INVALID},
               {"fd:3x", RC_INVALID},
               {"fd:99999999999999999999", RC_INVALID},
               {"fd:1", RC_UNAVAILABLE},
               {"fd:1023", RC_UNAVAILABLE}};
    struct server_options options = standard_options();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct http_server *own = NULL;
        struct err e;
        options.listen = bad[i].address;
        assert_int_equal(server_start(&options, &own, &e), bad[i].rc);
        assert_string_equal(e.field, "listen");
    }
}

static void sockets_of_a_service_manager(void **state)
{
    (void)state;
    char own_pid[16];
    const char *address = "kept";
    struct err e;
    (void)snprintf(own_pid, sizeof own_pid, "%ld", (long)getpid());
    assert_int_equal(listen_activation(&address, &e), RC_OK);
    assert_null(address);
    setenv("LISTEN_FDS", "1", 1);
    setenv("LISTEN_PID", "1", 1); /* meant for another process, which left its environment to us */
    assert_int_equal(listen_activation(&address, &e), RC_OK);
    assert_null(address);
    setenv("LISTEN_PID", own_pid, 1);
    assert_int_equal(listen_activation(&address, &e), RC_OK);
    assert_string_equal(address, "fd:3");
    setenv("LISTEN_FDS", "2", 1);
    assert_int_equal(listen_activation(&address, &e), RC_INVALID);
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_PID");
}

/* While the last requests are answered nobody new is let in, and nobody waits in vain. */
static void a_stopping_server_refuses_at_once(void **state)
{
    (void)state;
    struct server_options options = standard_options();
    struct http_server *own = server_must_start(&options);
    struct sockaddr_in where = {.sin_family = AF_INET};
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    where.sin_port = htons((uint16_t)atoi(strrchr(server_address(own), ':') + 1));
    assert_true(server_stop(own, 1000));
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&where, sizeof where), -1);
    assert_int_equal(errno, ECONNREFUSED);
    close(fd);
    server_free(own);
}

static void bad_addresses_are_told(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",      "8080",       "127.0.0.1",    "127.0.0.1:", "127.0.0.1:x",           "::1:80",
        "[::1]", "host:70000", "127.0.0.1:-1", "unix:",      "no.such.host.invalid:1"};
    struct server_options options = standard_options();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct http_server *none = NULL;
        struct err e;
        options.listen = bad[i];
        assert_int_equal(server_start(&options, &none, &e), RC_INVALID);
        assert_string_equal(e.field, "listen");
    }
    options.listen = "192.0.2.1:8080";
    struct http_server *none = NULL;
    struct err e;
    assert_int_equal(server_start(&options, &none, &e), RC_UNAVAILABLE);
    assert_non_null(strstr(e.message, "not an address of this machine"));
}

static void listens_on_a_unix_socket(void **state)
{
    (void)state;
    char address[64];
    (void)snprintf(address, sizeof address, "unix:/tmp/guillemet-test-%d.sock", (int)getpid());
    struct server_options options = standard_options();
    options.listen = address;
    struct http_server *own = server_must_start(&options);
    assert_string_equal(server_address(own), address);
    struct answer *a = client_get(own, "/client");
    assert_int_equal(a->status, 200);
    assert_non_null(strstr(a->body, "unix"));
    struct http_server *second = NULL;
    struct err e;
    assert_int_equal(server_start(&options, &second, &e), RC_UNAVAILABLE); /* it is alive */
    server_free(own);
    struct stat st;
    assert_int_not_equal(stat(address + 5, &st), 0);
    int stale = socket(AF_UNIX, SOCK_STREAM, 0); /* what a killed server leaves */
    struct sockaddr_un where = {.sun_family = AF_UNIX};
    (void)snprintf(where.sun_path, sizeof where.sun_path, "%s", address + 5);
    assert_int_equal(bind(stale, (struct sockaddr *)&where, sizeof where), 0);
    close(stale);
    own = server_must_start(&options);
    assert_int_equal(client_get(own, "/client")->status, 200);
    server_free(own);
}

static void any_address(void **state)
{
    (void)state;
    struct server_options options = standard_options();
    options.listen = ":0";
    options.no_turbo = true;
    struct http_server *own = server_must_start(&options);
    assert_int_equal(client_get(own, "/client")->status, 200);
    assert_non_null(strstr(client_get(own, "/client")->body, "127.0.0.1"));
    server_free(own);
}

static void ipv6_in_brackets(void **state)
{
    (void)state;
    struct server_options options = standard_options();
    struct http_server *own = NULL;
    struct err e;
    options.listen = "[::1]:0";
    if (server_start(&options, &own, &e) != RC_OK) {
        assert_int_equal(e.rc, RC_UNAVAILABLE); /* a machine without IPv6 says so */
        skip();
    }
    assert_memory_equal(server_address(own), "[::1]:", 6);
    assert_int_not_equal(atoi(server_address(own) + 6), 0);
    server_free(own);
}

int main(void)
{
    log_configure(LOG_ERROR, LOG_LOGFMT);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_port_in_use_is_told),
        cmocka_unit_test(an_inherited_socket_outlives_the_server),
        cmocka_unit_test(a_port_in_use_is_told),
        cmocka_unit_test(what_is_no_listening_socket_is_told),
        cmocka_unit_test(a_port_in_use_is_told),
        cmocka_unit_test(sockets_of_a_service_manager),
        cmocka_unit_test(a_port_in_use_is_told),
        cmocka_unit_test(a_stopping_server_refuses_at_once),
        cmocka_unit_test(a_port_in_use_is_told),
        cmocka_unit_test(bad_addresses_are_told),
        cmocka_unit_test(listens_on_a_unix_socket),
        cmocka_unit_test(any_address),
        cmocka_unit_test(ipv6_in_brackets),
    };
    return cmocka_run_group_tests_name("http/listen", tests, set_up, tear_down);
}
