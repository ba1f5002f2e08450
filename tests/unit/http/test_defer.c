/* Answers that come later: from the worker pool, from another thread, and at the end of the server's life. */
#include "client.h"

#include <pthread.h>
#include <stdatomic.h>

/* ---- a handler that hands its request to a thread of its own, as a write does */

struct later {
    struct http_request *request;
    long wait_ms;
    enum rc rc;
};

static _Atomic int unfinished; /* threads that have still to complete a request */

static void *complete_later(void *arg)
{
    struct later later = *(struct later *)arg;
    free(arg);
    sleep_ms(later.wait_ms);
    struct err e = {.message = ""};
    if (later.rc == RC_OK) {
        struct http_reply *reply = request_reply(later.request);
        struct slice agent = request_header(later.request, "User-Agent");
        buf_printf(&reply->body, "later %.*s", SLICE_ARG(agent));
    } else {
        err_set(&e, later.rc, "it clashed");
    }
    request_complete(later.request, later.rc, &e);
    atomic_fetch_sub(&unfinished, 1);
    return NULL;
}

static enum rc hand_over(struct http_request *request, long wait_ms, enum rc rc, struct err *e)
{
    struct later *later = malloc(sizeof *later);
    pthread_t thread;
    if (!later) {
        return err_nomem(e);
    }
    *later = (struct later){request, wait_ms, rc};
    request_defer(request);
    atomic_fetch_add(&unfinished, 1);
    assert_int_equal(pthread_create(&thread, NULL, complete_later, later), 0);
    pthread_detach(thread);
    return RC_OK;
}

static void wait_unfinished(void)
{
    while (atomic_load(&unfinished) > 0) {
        sleep_ms(5);
    }
}

static long milliseconds(struct slice text)
{
    char digits[16] = "";
    memcpy(digits, text.ptr ? text.ptr : "", text.len < 15 ? text.len : 15);
    return atol(digits);
}

static enum rc later(struct http_request *request, struct http_reply *reply, struct err *e)
{
    (void)reply;
    return hand_over(request, milliseconds(request_query(request, "ms")), RC_OK, e);
}

static enum rc later_conflict(struct http_request *request, struct http_reply *reply, struct err *e)
{
    (void)reply;
    return hand_over(request, 0, RC_CONFLICT, e);
}

/* Deferred, but the hand-over failed: the handler takes it back. */
static enum rc taken_back(struct http_request *request, struct http_reply *reply, struct err *e)
{
    (void)reply;
    request_defer(request);
    return err_set(e, RC_BUSY, "the writer's queue is full");
}

/* ---- handlers for the worker pool */

struct counters {
    _Atomic int opened, closed;
};

static enum rc slow(struct http_request *request, struct http_reply *reply, struct err *e)
{
    if (!request_thread_state(request, e)) {
        return e->rc;
    }
    sleep_ms(milliseconds(request_query(request, "ms")));
    buf_printf(&reply->body, "slow %s %.*s", request_method(request),
               SLICE_ARG(request_header(request, "User-Agent")));
    return RC_OK;
}

static enum rc quick(struct http_request *request, struct http_reply *reply, struct err *e)
{
    if (!request_thread_state(request, e)) {
        return e->rc;
    }
    buf_text(&reply->body, "quick");
    return RC_OK;
}

static const struct http_route routes[] = {
    {"GET", "/quick", "quick", quick, 0, HTTP_AUTH_NONE, 0, 0},
    {"GET", "/slow", "slow", slow, 0, HTTP_AUTH_NONE, HTTP_WORKER, 0},
    {"GET", "/hasty", "hasty", slow, 0, HTTP_AUTH_NONE, HTTP_WORKER, 50},
    {"GET", "/later", "later", later, 0, HTTP_AUTH_NONE, 0, 0},
    {"POST", "/later", "postLater", later, 1000, HTTP_AUTH_NONE, HTTP_WORKER, 0},
    {"GET", "/conflict", "conflict", later_conflict, 0, HTTP_AUTH_NONE, 0, 0},
    {"GET", "/back", "back", taken_back, 0, HTTP_AUTH_NONE, 0, 0},
    {"GET", "/workback", "workback", taken_back, 0, HTTP_AUTH_NONE, HTTP_WORKER, 0},
};

static void *thread_open(void *context, struct err *e)
{
    (void)e;
    atomic_fetch_add(&((struct counters *)context)->opened, 1);
    return malloc(1);
}

static void thread_close(void *context, void *state)
{
    atomic_fetch_add(&((struct counters *)context)->closed, 1);
    free(state);
}

static struct counters counters;

static struct server_options standard_options(void)
{
    return (struct server_options){.listen = "127.0.0.1:0",
                                   .routes = routes,
                                   .route_count = sizeof routes / sizeof routes[0],
                                   .context = &counters,
                                   .thread_open = thread_open,
                                   .thread_close = thread_close,
                                   .threads = 2,
                                   .workers = 2,
                                   .worker_queue = 2};
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
    wait_unfinished();
    server_free(server);
    return 0;
}

static void ask(int fd, const char *method, const char *target)
{
    char request[256];
    (void)snprintf(request, sizeof request, "%s %s HTTP/1.1\r\nHost: t\r\nUser-Agent: test\r\n\r\n",
                   method, target);
    client_send(fd, request);
}

/* ---- */

static void workers_answer(void **state)
{
    (void)state;
    static struct answer a;
    int fd = client_connect(server);
    for (int i = 0; i < 20; i++) { /* the connection lives on */
        ask(fd, i % 2 ? "GET" : "HEAD", "/slow?ms=1");
        client_read(fd, &a, i % 2);
        assert_int_equal(a.status, 200);
        assert_string_equal(answer_header(&a, "Content-Length"), i % 2 ? "13" : "14");
    }
    assert_string_equal(a.body, "slow GET test");
    close(fd);
}

static void other_threads_answer(void **state)
{
    (void)state;
    static struct answer a;
    int fd = client_connect(server);
    for (int i = 0; i < 20; i++) {
        ask(fd, i % 2 ? "GET" : "POST", i < 10 ? "/later?ms=0" : "/later?ms=2");
        client_read(fd, &a, true);
        assert_int_equal(a.status, 200);
        assert_string_equal(a.body, "later test");
    }
    close(fd);
    struct answer *conflict = client_get(server, "/conflict");
    assert_int_equal(conflict->status, 409);
    assert_non_null(strstr(conflict->body, "it clashed"));
}

static void a_deferral_can_be_taken_back(void **state)
{
    (void)state;
    static const char *const targets[] = {"/back", "/workback"};
    for (size_t i = 0; i < 2; i++) {
        struct answer *a = client_get(server, targets[i]);
        assert_int_equal(a->status, 503);
        assert_string_equal(answer_header(a, "Retry-After"), "1");
        assert_non_null(strstr(a->body, "queue is full"));
    }
}

static void sleeping_requests_block_nobody(void **state)
{
    (void)state;
    static struct answer a;
    int fds[8];
    for (size_t i = 0; i < 8; i++) { /* more than there are event threads */
        fds[i] = client_connect(server);
        ask(fds[i], "GET", "/later?ms=300");
    }
    int64_t asked_ms = 0;
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    assert_string_equal(client_get(server, "/quick")->body, "quick");
    clock_gettime(CLOCK_MONOTONIC, &after);
    asked_ms = (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
    assert_true(asked_ms < 250);
    for (size_t i = 0; i < 8; i++) {
        client_read(fds[i], &a, true);
        assert_int_equal(a.status, 200);
        close(fds[i]);
    }
}

/* Two workers busy, two places in the queue: the rest is told to come again. */
static void a_full_queue_is_told(void **state)
{
    (void)state;
    static struct answer a;
    int fds[8], served = 0, refused = 0;
    for (size_t i = 0; i < 8; i++) {
        fds[i] = client_connect(server);
        ask(fds[i], "GET", "/slow?ms=200");
    }
    for (size_t i = 0; i < 8; i++) {
        client_read(fds[i], &a, true);
        served += a.status == 200;
        refused += a.status == 503;
        if (a.status == 503) {
            assert_string_equal(answer_header(&a, "Retry-After"), "1");
            assert_non_null(strstr(a.body, "\"code\":\"busy\""));
        }
        close(fds[i]);
    }
    assert_int_equal(served + refused, 8);
    assert_in_range(served, 2, 5);
}

static void a_deadline_passes_in_the_queue(void **state)
{
    (void)state;
    static struct answer a;
    int busy[2];
    for (size_t i = 0; i < 2; i++) {
        busy[i] = client_connect(server);
        ask(busy[i], "GET", "/slow?ms=300");
    }
    struct server_counts counts = {.deferred = 0};
    while (counts.deferred < 2) {
        sleep_ms(1);
        server_counts(server, &counts);
    }
    struct answer *late = client_get(server, "/hasty");
    assert_int_equal(late->status, 503);
    assert_non_null(strstr(late->body, "\"code\":\"timeout\""));
    for (size_t i = 0; i < 2; i++) {
        client_read(busy[i], &a, true);
        assert_int_equal(a.status, 200);
        close(busy[i]);
    }
}

static void a_client_that_leaves_harms_nobody(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++) {
        int fd = client_connect(server);
        ask(fd, "GET", "/later?ms=30");
        struct linger reset = {.l_onoff = 1, .l_linger = 0};
        (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        close(fd);
    }
    sleep_ms(100);
    wait_unfinished();
    assert_int_equal(client_get(server, "/quick")->status, 200);
}

/* ---- the end */

static void a_drain_lets_requests_finish(void **state)
{
    (void)state;
    static struct answer a;
    struct server_options options = standard_options();
    options.workers = 8;
    options.worker_queue = 100;
    struct counters own_counters = {0, 0};
    options.context = &own_counters;
    struct http_server *own = server_must_start(&options);
    int fds[50];
    for (size_t i = 0; i < 50; i++) {
        fds[i] = client_connect(own);
        ask(fds[i], "GET", i % 2 ? "/slow?ms=10" : "/later?ms=100");
    }
    int resting = client_connect(own);
    ask(resting, "GET", "/quick");
    client_read(resting, &a, true);
    server_wait_begun(own, options.route_count, 51);
    assert_true(server_stop(own, 5000));
    for (size_t i = 0; i < 50; i++) {
        client_read(fds[i], &a, true);
        assert_int_equal(a.status, 200);
        close(fds[i]);
    }
    assert_true(client_is_closed(resting));
    close(resting);
    wait_unfinished();
    server_free(own);
    assert_true(atomic_load(&own_counters.opened) > 0);
    assert_int_equal(atomic_load(&own_counters.closed), atomic_load(&own_counters.opened));
}

/* The drain's deadline passes: sleepers get a 503, and completions that come too late find no one. */
static void a_drain_ends_at_its_deadline(void **state)
{
    (void)state;
    static struct answer a;
    struct server_options options = standard_options();
    options.worker_queue = 10;
    struct http_server *own = server_must_start(&options);
    int fds[6];
    for (size_t i = 0; i < 6; i++) {
        fds[i] = client_connect(own);
        ask(fds[i], "GET", i < 3 ? "/later?ms=600" : "/slow?ms=600");
    }
    server_wait_begun(own, options.route_count, 6);
    assert_false(server_stop(own, 100));
    assert_true(server_is_draining(own));
    for (size_t i = 0; i < 6; i++) {
        client_read(fds[i], &a, true);
        assert_int_equal(a.status, 503);
        close(fds[i]);
    }
    assert_non_null(strstr(a.body, "shutting_down"));
    wait_unfinished();
    server_free(own);
}

static void stops_at_once_when_idle(void **state)
{
    (void)state;
    struct server_options options = standard_options();
    for (int i = 0; i < 5; i++) {
        struct http_server *own = server_must_start(&options);
        assert_true(server_stop(own, 10000));
        assert_true(server_stop(own, 10000));
        server_free(own);
    }
}

int main(void)
{
    log_configure(LOG_ERROR, LOG_LOGFMT);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(workers_answer),
        cmocka_unit_test(other_threads_answer),
        cmocka_unit_test(a_deferral_can_be_taken_back),
        cmocka_unit_test(sleeping_requests_block_nobody),
        cmocka_unit_test(a_full_queue_is_told),
        cmocka_unit_test(a_deadline_passes_in_the_queue),
        cmocka_unit_test(a_client_that_leaves_harms_nobody),
        cmocka_unit_test(a_drain_lets_requests_finish),
        cmocka_unit_test(a_drain_ends_at_its_deadline),
        cmocka_unit_test(stops_at_once_when_idle),
    };
    return cmocka_run_group_tests_name("http/defer", tests, set_up, tear_down);
}
