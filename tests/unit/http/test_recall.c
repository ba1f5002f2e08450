/* Replies that are sent again: when a handler runs, and that nothing is ever older than the version says. */
#include <pthread.h>
#include <stdatomic.h>

#include "client.h"

enum { CLIENTS = 6, WRITES = 300 };

static _Atomic uint64_t version; /* of the "archive"; its content is the version too */
static _Atomic int runs;

static bool read_version(void *context, void *state, uint64_t *out)
{
    (void)context;
    (void)state;
    *out = atomic_load(&version);
    return *out != 0;
}

static enum rc show(struct http_request *request, struct http_reply *reply, struct err *e)
{
    (void)e;
    atomic_fetch_add(&runs, 1);
    uint64_t now = atomic_load(&version);
    struct slice etag = arena_printf(request_arena(request), "W/\"%llu\"", (unsigned long long)now);
    if (reply_not_modified(request, reply, etag.ptr)) {
        return RC_OK;
    }
    struct slice accept = request_header(request, "Accept");
    reply->vary = "Accept";
    reply_header(reply, "Link", "<%s>", "/next");
    buf_printf(&reply->body, "%llu %.*s", (unsigned long long)now, SLICE_ARG(accept));
    for (int i = 0; i < 300; i++) {
        buf_text(&reply->body, " and so on");
    }
    return RC_OK;
}

static enum rc refuse(struct http_request *request, struct http_reply *reply, struct err *e)
{
    (void)request;
    atomic_fetch_add(&runs, 1);
    reply->etag = "W/\"1\"";
    return err_set(e, RC_NOT_FOUND, "nothing here");
}

static enum rc untagged(struct http_request *request, struct http_reply *reply, struct err *e)
{
    (void)request;
    (void)e;
    atomic_fetch_add(&runs, 1);
    buf_text(&reply->body, "{}");
    return RC_OK;
}

static enum rc stored(struct http_request *request, struct http_reply *reply, struct err *e)
{
    (void)e;
    atomic_fetch_add(&runs, 1);
    if (!reply_not_modified(request, reply, "W/\"s\"")) {
        reply_stored(reply, "text/plain", SLICE("for ever"));
    }
    return RC_OK;
}

static enum http_access authorise(void *context, struct http_request *request, enum http_auth auth,
                                  struct err *e)
{
    (void)context;
    (void)auth;
    struct slice header = request_header(request, "Authorization");
    if (slice_present(header) && !slice_is(header, "good")) {
        err_set(e, RC_INVALID, "bad token");
        return HTTP_UNAUTHENTICATED;
    }
    return HTTP_GRANTED;
}

static const struct http_route routes[] = {
    {"GET", "/a", "get", show, 0, HTTP_AUTH_READ, 0, 0},
    {"POST", "/a", "post", show, 100, HTTP_AUTH_READ, 0, 0},
    {"GET", "/worker", "getWorker", show, 0, HTTP_AUTH_READ, HTTP_WORKER, 0},
    {"GET", "/missing", "getMissing", refuse, 0, HTTP_AUTH_READ, 0, 0},
    {"GET", "/untagged", "getUntagged", untagged, 0, HTTP_AUTH_READ, 0, 0},
    {"GET", "/stored", "getStored", stored, 0, HTTP_AUTH_READ, 0, 0},
};

static struct http_server *server;

/* One event thread: what one connection put is there for the next. */
static void start(size_t threads, size_t cache_bytes)
{
    struct server_options options = {.listen = "127.0.0.1:0",
                                     .routes = routes,
                                     .route_count = sizeof routes / sizeof routes[0],
                                     .authorise = authorise,
                                     .version = read_version,
                                     .cache_bytes = cache_bytes,
                                     .trusted_proxies = "127.0.0.1",
                                     .gzip_min_bytes = 1000,
                                     .cors_origins = "http://one http://two",
                                     .threads = threads};
    server = server_must_start(&options);
    atomic_store(&version, 1);
    atomic_store(&runs, 0);
}

static int set_up(void **state)
{
    (void)state;
    start(1, 1024 * 1024);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    assert_true(server_stop(server, 1000));
    server_free(server);
    return 0;
}

static const struct answer *ask(const char *head)
{
    char request[512];
    (void)snprintf(request, sizeof request, "%s\r\n\r\n", head);
    return client_ask(server, request);
}

static void expect_runs(int expected)
{
    assert_int_equal(atomic_exchange(&runs, 0), expected);
}

#define GET_A "GET /a HTTP/1.1\r\nHost: t"

static void the_same_again_without_the_handler(void **state)
{
    (void)state;
    static struct answer first;
    first = *ask(GET_A);
    expect_runs(1);
    assert_int_equal(first.status, 200);
    const struct answer *again = ask(GET_A);
    expect_runs(0);
    assert_int_equal(again->status, 200);
    assert_string_equal(again->body, first.body);
    /* all but the Date line */
    assert_string_equal(strchr(strchr(again->head, '\n') + 1, '\n'),
                        strchr(strchr(first.head, '\n') + 1, '\n'));
    assert_string_equal(answer_header(again, "ETag"), "W/\"1\"");
    assert_string_equal(answer_header(again, "Link"), "</next>");
    const struct answer *head = ask("HEAD /a HTTP/1.1\r\nHost: t");
    expect_runs(0);
    assert_int_equal(head->status, 200);
    assert_int_equal(atoi(answer_header(head, "Content-Length")), strlen(first.body));
    struct server_route_counts counts;
    do { /* a request is counted once its reply is out */
        sleep_ms(1);
        server_route_counts(server, 0, &counts);
    } while (counts.requests < 3);
    assert_int_equal(counts.requests, 3);
}

static void a_connection_lives_on(void **state)
{
    (void)state;
    static struct answer a;
    int fd = client_connect(server);
    for (int i = 0; i < 5; i++) {
        (void)client_send(fd, GET_A "\r\n\r\n" GET_A "\r\n\r\n"); /* in a pipe */
        client_read(fd, &a, true);
        assert_int_equal(a.status, 200);
        client_read(fd, &a, true);
        assert_int_equal(a.status, 200);
    }
    close(fd);
    expect_runs(1);
}

static void a_new_version_runs_the_handler(void **state)
{
    (void)state;
    for (uint64_t v = 1; v < 5; v++) {
        atomic_store(&version, v);
        for (int i = 0; i < 3; i++) {
            assert_int_equal(atoi(ask(GET_A)->body), v);
        }
        expect_runs(1);
    }
    atomic_store(&version, 0); /* not known: nothing is taken from the cache */
    assert_int_equal(atoi(ask(GET_A)->body), 0);
    expect_runs(1);
}

static void a_known_tag_is_304(void **state)
{
    (void)state;
    (void)ask(GET_A);
    for (int i = 0; i < 2; i++) {
        const struct answer *a = ask(GET_A "\r\nIf-None-Match: \"x\", \"1\"");
        assert_int_equal(a->status, 304);
        assert_int_equal(a->body_len, 0);
        assert_string_equal(answer_header(a, "ETag"), "W/\"1\"");
        assert_string_equal(answer_header(a, "Cache-Control"), HTTP_REVALIDATE);
        assert_null(answer_header(a, "Content-Type"));
    }
    assert_int_equal(ask(GET_A "\r\nIf-None-Match: \"2\"")->status, 200);
    expect_runs(1);
    atomic_store(&version, 2);
    assert_int_equal(ask(GET_A "\r\nIf-None-Match: \"1\"")->status, 200);
    expect_runs(1);
}

/* What a reply depends on tells requests apart. */
static void varying_headers(void **state)
{
    (void)state;
    static const char *const heads[] = {
        GET_A,
        GET_A "\r\nAccept: application/json",
        GET_A "\r\nAccept:",
        GET_A "\r\nOrigin: http://one",
        GET_A "\r\nOrigin: http://two",
        GET_A "\r\nAccept-Encoding: gzip",
        GET_A "\r\nX-Forwarded-Host: x",
        GET_A "\r\nX-Forwarded-Host: x\r\nX-Forwarded-Proto: https",
        GET_A "\r\nX-Forwarded-Prefix: /x",
        "GET /a HTTP/1.1\r\nHost: u",
        "GET /a? HTTP/1.1\r\nHost: t",
        "GET /a?x=1 HTTP/1.1\r\nHost: t",
        "GET /%61 HTTP/1.1\r\nHost: t",
    };
    int count = sizeof heads / sizeof heads[0];
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < count; i++) {
            assert_int_equal(ask(heads[i])->status, 200);
        }
        expect_runs(round == 0 ? count : 0);
    }
    assert_string_equal(answer_header(ask(heads[3]), "Access-Control-Allow-Origin"), "http://one");
    assert_string_equal(answer_header(ask(heads[4]), "Access-Control-Allow-Origin"), "http://two");
    assert_null(answer_header(ask(heads[0]), "Access-Control-Allow-Origin"));
    assert_string_equal(answer_header(ask(heads[5]), "Content-Encoding"), "gzip");
    assert_null(answer_header(ask(heads[0]), "Content-Encoding"));
    assert_non_null(strstr(ask(heads[1])->body, "application/json"));
    expect_runs(0);
    /* what it doesn't depend on, does not */
    (void)ask(GET_A "\r\nUser-Agent: someone\r\nX-Forwarded-For: 192.0.2.7\r\nConnection: close");
    expect_runs(0);
}

static void an_id_is_echoed(void **state)
{
    (void)state;
    (void)ask(GET_A "\r\nX-Request-Id: one");
    const struct answer *a = ask(GET_A "\r\nX-Request-Id: two");
    assert_string_equal(answer_header(a, "X-Request-Id"), "two");
    assert_int_equal(atoi(a->body), 1);
    assert_null(answer_header(ask(GET_A), "X-Request-Id"));
    a = ask(GET_A "\r\nX-Request-Id: three\r\nIf-None-Match: \"1\"");
    assert_int_equal(a->status, 304);
    assert_string_equal(answer_header(a, "X-Request-Id"), "three");
    expect_runs(1);
}

static void credentials_pass_by(void **state)
{
    (void)state;
    assert_int_equal(ask(GET_A "\r\nAuthorization: good")->status, 200);
    assert_int_equal(ask(GET_A "\r\nAuthorization: good")->status, 200);
    expect_runs(2);
    (void)ask(GET_A);
    expect_runs(1);
    assert_int_equal(ask(GET_A "\r\nAuthorization: bad")->status, 401);
    assert_int_equal(ask(GET_A "\r\nAuthorization: good")->status, 200);
    expect_runs(1);
}

static void what_is_not_kept(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(ask("GET /missing HTTP/1.1\r\nHost: t")->status, 404);
        assert_int_equal(ask("GET /untagged HTTP/1.1\r\nHost: t")->status, 200);
        assert_int_equal(ask("GET /nowhere HTTP/1.1\r\nHost: t")->status, 404);
        assert_int_equal(ask("POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\n\r\nx")->status,
                         200);
        expect_runs(3);
    }
    (void)ask(GET_A);
    assert_int_equal(ask("PUT /a HTTP/1.1\r\nHost: t")->status, 405);
    expect_runs(1);
    /* a guard's refusal stays one */
    assert_int_equal(ask(GET_A "\r\nHost: u")->status, 400);
    assert_int_equal(ask("GET /a HTTP/1.1")->status, 400);
    expect_runs(0);
}

static void replies_of_workers_and_stored_ones(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(atoi(ask("GET /worker HTTP/1.1\r\nHost: t")->body), 1);
        assert_string_equal(ask("GET /stored HTTP/1.1\r\nHost: t")->body, "for ever");
    }
    expect_runs(2);
}

static void without_memory_nothing_is_kept(void **state)
{
    (void)state;
    (void)tear_down(state);
    start(1, 0);
    (void)ask(GET_A);
    (void)ask(GET_A);
    expect_runs(2);
    (void)tear_down(state);
    start(1, 64 * 1024); /* an eighth holds one, all of it a few */
    char head[64];
    for (int i = 0; i < 100; i++) {
        (void)snprintf(head, sizeof head, "GET /a?%d HTTP/1.1\r\nHost: t", i);
        assert_int_equal(ask(head)->status, 200);
    }
    expect_runs(100);
    (void)ask(head);
    expect_runs(0);
}

/* ---- many clients while the version moves: what was acknowledged is seen by whoever asks after it */

static _Atomic bool done;

/* The number that the next reply's body begins with. (client_read looks headers up in static storage.) */
static uint64_t read_number(int fd)
{
    static _Thread_local struct answer a;
    if (!client_read_head(fd, &a) || a.status != 200) {
        return 0;
    }
    const char *length = strstr(a.head, "Content-Length: ");
    size_t expected = length ? strtoul(length + strlen("Content-Length: "), NULL, 10) : 0;
    for (ssize_t got = 1; got > 0 && a.body_len < expected; a.body_len += (size_t)got) {
        got = recv(fd, a.body + a.body_len, expected - a.body_len, 0);
    }
    a.body[a.body_len] = '\0';
    return strtoull(a.body, NULL, 10);
}

static void *read_on(void *arg)
{
    (void)arg;
    int fd = client_connect(server);
    size_t stale = 0;
    while (!atomic_load(&done)) {
        uint64_t before = atomic_load(&version);
        (void)client_send(fd, GET_A "\r\n\r\n");
        stale += read_number(fd) < before;
    }
    close(fd);
    return (void *)stale;
}

static void nothing_stale_on_many_threads(void **state)
{
    (void)state;
    (void)tear_down(state);
    start(3, 1024 * 1024);
    atomic_store(&done, false);
    pthread_t clients[CLIENTS];
    for (int i = 0; i < CLIENTS; i++) {
        assert_int_equal(pthread_create(&clients[i], NULL, read_on, NULL), 0);
    }
    for (int i = 0; i < WRITES; i++) {
        atomic_fetch_add(&version, 1);
        sleep_ms(1);
    }
    atomic_store(&done, true);
    for (int i = 0; i < CLIENTS; i++) {
        void *stale;
        pthread_join(clients[i], &stale);
        assert_int_equal((size_t)stale, 0);
    }
}

/* Replies are still being sent when the thread that keeps them ends. */
static void stopping_under_load(void **state)
{
    (void)state;
    int fds[8];
    (void)ask(GET_A);
    for (int i = 0; i < 8; i++) {
        fds[i] = client_connect(server);
        for (int k = 0; k < 50; k++) {
            (void)client_send(fds[i], GET_A "\r\n\r\n");
        }
    }
    (void)server_stop(server, 0);
    server_free(server);
    for (int i = 0; i < 8; i++) {
        close(fds[i]);
    }
    start(1, 1024 * 1024);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_same_again_without_the_handler),
        TEST(a_connection_lives_on),
        TEST(a_new_version_runs_the_handler),
        TEST(a_known_tag_is_304),
        TEST(varying_headers),
        TEST(an_id_is_echoed),
        TEST(credentials_pass_by),
        TEST(what_is_not_kept),
        TEST(replies_of_workers_and_stored_ones),
        TEST(without_memory_nothing_is_kept),
        TEST(nothing_stale_on_many_threads),
        TEST(stopping_under_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
