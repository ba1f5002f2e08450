#include "served.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fetch/fetch.h"

#define OK_HEAD "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
#define A(at, text)                                                                                \
    {                                                                                              \
        .path = (at), BYTES(text)                                                                  \
    }
#define REDIRECT(at, status, to)                                                                   \
    A(at, "HTTP/1.1 " status " Moved\r\nContent-Length: 5\r\nLocation: " to "\r\n\r\nmoved")

static const struct answer answers[] = {
    A("/plain", OK_HEAD "Content-Length: 5\r\nETag: \"v1\"\r\n"
                        "Last-Modified: Thu, 26 Nov 2026 10:00:00 GMT\r\n"
                        "Cache-Control: public, max-age=\"90\"\r\n\r\nhello"),
    A("/unmeasured", OK_HEAD "\r\nuntil it closes"),
    A("/chunked", OK_HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n"
                          "Content-Type: text/evil\r\n\r\n"),
    A("/hints", "HTTP/1.1 103 Early Hints\r\nETag: \"not this\"\r\n\r\n" OK_HEAD
                "Content-Length: 2\r\n\r\nok"),
    {.path = "/conditional",
     BYTES("HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\n\r\n"),
     .wants = "If-None-Match: \"v1\"\r\nIf-Modified-Since: Thu, 26 Nov 2026 10:00:00 GMT\r\n"},
    {.path = "/304-with-body",
     BYTES("HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\nevilHTTP/1.1 200 OK\r\n"
           "Content-Length: 4\r\n\r\nevil"),
     .keeps = true},
    {.path = "/kept", BYTES(OK_HEAD "Content-Length: 4\r\n\r\nkept"), .keeps = true},
    A("/429", "HTTP/1.1 429 Too Many\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n"),
    A("/503", "HTTP/1.1 503 Busy\r\nDate: Thu, 26 Nov 2026 10:00:00 GMT\r\n"
              "Retry-After: Thu, 26 Nov 2026 10:05:00 GMT\r\nContent-Length: 3\r\n\r\nbad"),
    A("/short", OK_HEAD "Content-Length: 50\r\n\r\nfar less"),
    A("/long", OK_HEAD "Content-Length: 4\r\n\r\nmore than that"),
    A("/two-lengths", OK_HEAD "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde"),
    A("/http09", "<html>no headers at all</html>"),
    A("/nothing", ""),
    A("/garbage", "SMTP ready\r\n\r\n"),
    A("/brotli", OK_HEAD "Content-Encoding: br\r\nContent-Length: 4\r\n\r\nabcd"),
    A("/no-gzip", OK_HEAD "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd"),
    A("/cut-gzip", OK_HEAD "Content-Encoding: gzip\r\nContent-Length: 10\r\n\r\n"
                           "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"),
    A("/gzip-transfer", OK_HEAD "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
    A("/announced", OK_HEAD "Content-Length: 5000\r\n\r\nnever"),
    A("/unannounced", OK_HEAD "\r\n0123456789012345678901234567890123456789"),
    REDIRECT("/moved", "301", "/moved2"),
    REDIRECT("/moved2", "308", "/plain"),
    REDIRECT("/moved-to-nothing", "301", "/missing"),
    REDIRECT("/found", "302", "/plain#part"),
    REDIRECT("/partly", "301", "/found"),
    REDIRECT("/round", "302", "/round"),
    REDIRECT("/to-file", "302", "file:///etc/passwd"),
    REDIRECT("/to-ftp", "302", "ftp://127.0.0.1/x"),
    REDIRECT("/to-user", "302", "http://me:secret@127.0.0.1/"),
    REDIRECT("/to-private", "302", "http://10.11.12.13/latest"),
    REDIRECT("/to-metadata", "302", "http://169.254.169.254/latest/meta-data/"),
    REDIRECT("/to-nowhere", "302", "http://[broken/"),
    REDIRECT("/to-injection", "302", "/plain\rX-Evil: 1"),
    REDIRECT("/to-space", "302", "/a b\xC3\xA9?c d"),
    A("/a%20b%C3%A9?c+d", OK_HEAD "Content-Length: 5\r\n\r\nspace"),
    A("/a%20b%c3%a9?c+d", OK_HEAD "Content-Length: 5\r\n\r\nspace"),
    A("/300", "HTTP/1.1 300 Choose\r\nLocation: /plain\r\nContent-Length: 2\r\n\r\nhm"),
    {.path = "/hang", BYTES(OK_HEAD "Content-Length: 9\r\n\r\nbegun"), .hangs = true},
};

static struct served *server;
static struct fetch_reply reply;
static struct err fault;

static struct fetch_policy local_policy(void)
{
    struct fetch_policy policy = fetch_policy_defaults();
    assert_int_equal(fetch_policy_allow(&policy, "fetch-allow", "127.0.0.1", NULL), RC_OK);
    return policy;
}

static enum rc get_with(const struct fetch_policy *policy, struct fetch_request request)
{
    struct fetcher *fetcher = NULL;
    fetch_reply_done(&reply);
    fault = (struct err){.rc = RC_OK};
    assert_int_equal(fetcher_open(policy, &fetcher, &fault), RC_OK);
    enum rc rc = fetch_run(fetcher, &request, &reply, &fault);
    fetcher_close(fetcher);
    return rc;
}

static enum rc get(const char *path)
{
    struct fetch_policy policy = local_policy();
    return get_with(&policy, (struct fetch_request){.url = served_url(server, path)});
}

static void expect_body(const char *path, const char *body)
{
    if (get(path) != RC_OK) {
        fail_msg("%s: %s", path, fault.message);
    }
    assert_int_equal(reply.status, 200);
    if (!slice_is(buf_view(&reply.body), body)) {
        fail_msg("%s: \"%.*s\"", path, SLICE_ARG(buf_view(&reply.body)));
    }
}

static void expect_failure(const char *path, enum fetch_failure failure, const char *words)
{
    assert_int_not_equal(get(path), RC_OK);
    if (reply.failure != failure || !strstr(fault.message, words)) {
        fail_msg("%s: %s: %s", path, fetch_failure_name(reply.failure), fault.message);
    }
    assert_int_equal(reply.body.len, 0);
}

/* ---- the resolver that tests have: libcurl asks this one. It gives another address each time for "turning.test". */

static const char *turns[] = {"93.184.215.14", "127.0.0.1"};
static unsigned turned;

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **out)
{
    const char *to = name;
    if (strcmp(name, "turning.test") == 0) {
        to = turns[turned++ % 2];
    } else if (strcmp(name, "inner.test") == 0) {
        to = "192.168.7.9";
    } else if (strcmp(name, "local.test") == 0) {
        to = "127.0.0.1";
    }
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)(service ? atoi(service) : 0))};
    if (inet_pton(AF_INET, to, &address.sin_addr) != 1) {
        return EAI_NONAME;
    }
    struct {
        struct addrinfo info;
        struct sockaddr_in address;
    } *made = calloc(1, sizeof *made);
    assert_non_null(made);
    made->address = address;
    made->info = (struct addrinfo){.ai_family = AF_INET,
                                   .ai_socktype = hints ? hints->ai_socktype : SOCK_STREAM,
                                   .ai_addrlen = sizeof made->address,
                                   .ai_addr = (struct sockaddr *)&made->address};
    *out = &made->info;
    return 0;
}

void freeaddrinfo(struct addrinfo *list)
{
    free(list);
}

/* ---- what comes back */

static void gives_what_the_server_says(void **state)
{
    (void)state;
    expect_body("/plain", "hello");
    assert_true(slice_is(reply.content_type, "text/html"));
    assert_true(slice_is(reply.etag, "\"v1\""));
    assert_true(slice_is(reply.last_modified, "Thu, 26 Nov 2026 10:00:00 GMT"));
    assert_int_equal(reply.max_age_s, 90);
    assert_int_equal(reply.retry_after_s, -1);
    assert_true(slice_is(reply.final_url, served_url(server, "/plain").ptr));
    assert_false(slice_present(reply.moved_to));
    expect_body("/unmeasured", "until it closes");
    expect_body("/chunked", "abcde");
    assert_true(slice_is(reply.content_type, "text/html")); /* and not the trailer's */
    expect_body("/hints", "ok");
    assert_false(slice_present(reply.etag));
    expect_body("/long", "more"); /* what is over the length is not ours */
    assert_int_equal(get("/missing"), RC_OK);
    assert_int_equal(reply.status, 404);
    assert_int_equal(reply.body.len, 0);
}

static void asks_on_condition(void **state)
{
    (void)state;
    struct fetch_policy policy = local_policy();
    struct fetch_request request = {.url = served_url(server, "/conditional"),
                                    .etag = SLICE("\"v1\""),
                                    .last_modified = SLICE("Thu, 26 Nov 2026 10:00:00 GMT")};
    assert_int_equal(get_with(&policy, request), RC_OK);
    assert_int_equal(reply.status, 304);
    assert_true(slice_is(reply.etag, "\"v1\""));
    /* What a server once sent can't become a line of its own. */
    request.url = served_url(server, "/plain");
    request.etag = SLICE("\"v1\"\r\nX-Evil: yes");
    assert_int_equal(get_with(&policy, request), RC_OK);
    assert_null(strstr(served_requests(server), "X-Evil"));
}

static void says_who_asks_and_nothing_else(void **state)
{
    (void)state;
    struct fetch_policy policy = local_policy();
    policy.contact = "https://news.example/robot";
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
    assert_int_equal(
        get_with(&policy, (struct fetch_request){.url = served_url(server, "/unmeasured"),
                                                 .accept = FETCH_PAGE}),
        RC_OK);
    const char *request = served_requests(server), *next;
    while ((next = strstr(request + 1, "GET "))) {
        request = next;
    }
    assert_non_null(strstr(request, "(+https://news.example/robot)\r\n"));
    assert_non_null(strstr(request, "User-Agent: guillemet/"));
    assert_non_null(strstr(request, "Accept: text/html, "));
    assert_non_null(strstr(request, "Accept-Encoding: gzip, zstd\r\n"));
    assert_null(strstr(request, "Cookie"));
    assert_null(strstr(request, "Authorization"));
    assert_null(strstr(request, "Referer"));
    unsetenv("http_proxy");
    unsetenv("ALL_PROXY");
    policy.contact = "me)\r\nX-Evil: 1";
    struct fetcher *fetcher = NULL;
    assert_int_equal(fetcher_open(&policy, &fetcher, &fault), RC_INVALID);
    assert_string_equal(fault.field, "fetch-contact");
}

static void tells_when_to_come_back(void **state)
{
    (void)state;
    assert_int_equal(get("/429"), RC_OK);
    assert_int_equal(reply.status, 429);
    assert_int_equal(reply.retry_after_s, 120);
    assert_int_equal(get("/503"), RC_OK);
    assert_int_equal(reply.retry_after_s, 300);
    assert_int_equal(reply.body.len, 0);
}

static void keeps_connections(void **state)
{
    (void)state;
    struct fetch_policy policy = local_policy();
    struct fetcher *fetcher = NULL;
    unsigned before = served_connections(server);
    assert_int_equal(fetcher_open(&policy, &fetcher, &fault), RC_OK);
    for (int i = 0; i < 3; i++) {
        struct fetch_request request = {.url = served_url(server, "/kept")};
        fetch_reply_done(&reply);
        assert_int_equal(fetch_run(fetcher, &request, &reply, &fault), RC_OK);
        assert_true(slice_is(buf_view(&reply.body), "kept"));
    }
    assert_int_equal(served_connections(server) - before, 1);
    fetcher_close(fetcher);
}

/* What follows a 304 is nobody's answer. */
static void a_body_of_304_is_no_answer(void **state)
{
    (void)state;
    struct fetch_policy policy = local_policy();
    struct fetcher *fetcher = NULL;
    struct fetch_request request = {.url = served_url(server, "/304-with-body")};
    assert_int_equal(fetcher_open(&policy, &fetcher, &fault), RC_OK);
    fetch_reply_done(&reply);
    assert_int_equal(fetch_run(fetcher, &request, &reply, &fault), RC_OK);
    assert_int_equal(reply.status, 304);
    assert_int_equal(reply.body.len, 0);
    fetch_reply_done(&reply);
    request.url = served_url(server, "/plain");
    assert_int_equal(fetch_run(fetcher, &request, &reply, &fault), RC_OK);
    assert_true(slice_is(buf_view(&reply.body), "hello"));
    fetcher_close(fetcher);
}

/* ---- redirects */

static void follows_redirects(void **state)
{
    (void)state;
    expect_body("/moved", "hello");
    assert_int_equal(reply.hops, 2);
    assert_true(slice_equal(reply.moved_to, served_url(server, "/plain")));
    expect_body("/found", "hello");
    assert_true(slice_equal(reply.final_url, served_url(server, "/plain")));
    assert_false(slice_present(reply.moved_to));
    expect_body("/partly", "hello");
    assert_false(slice_present(reply.moved_to));
    assert_int_equal(get("/moved-to-nothing"), RC_OK);
    assert_int_equal(reply.status, 404);
    assert_false(slice_present(reply.moved_to)); /* a hole is no place to move to */
    assert_int_equal(get("/300"), RC_OK);
    assert_int_equal(reply.status, 300);
    expect_body("/to-space", "space");
}

static void redirects_lead_nowhere_else(void **state)
{
    (void)state;
    expect_failure("/round", FETCH_REDIRECTS, "more than 5 redirects");
    assert_int_equal(reply.hops, 5);
    expect_failure("/to-file", FETCH_REDIRECTS, "only http and https");
    expect_failure("/to-ftp", FETCH_REDIRECTS, "only http and https");
    expect_failure("/to-user", FETCH_REDIRECTS, "password");
    assert_null(strstr(fault.message, "secret"));
    expect_failure("/to-private", FETCH_REFUSED_ADDRESS, "--fetch-allow 10.0.0.0/8");
    expect_failure("/to-metadata", FETCH_REFUSED_ADDRESS, "169.254.169.254");
    expect_failure("/to-injection", FETCH_REDIRECTS, "control characters");
    assert_null(strstr(served_requests(server), "X-Evil"));
    expect_failure("/to-nowhere", FETCH_REDIRECTS, "no http or https address");
}

/* ---- what servers get wrong */

static void tells_what_went_wrong(void **state)
{
    (void)state;
    expect_failure("/short", FETCH_PROTOCOL, "127.0.0.1");
    expect_failure("/http09", FETCH_PROTOCOL, "HTTP/0.9");
    expect_failure("/nothing", FETCH_PROTOCOL, "Empty reply");
    expect_failure("/two-lengths", FETCH_PROTOCOL, "two lengths");
    expect_failure("/garbage", FETCH_PROTOCOL, "");
    expect_failure("/brotli", FETCH_DECODING, "br, which wasn't asked for");
    expect_failure("/no-gzip", FETCH_DECODING, "damaged");
    expect_failure("/cut-gzip", FETCH_DECODING, "cut");
    expect_failure("/gzip-transfer", FETCH_DECODING, "transfer coding");
}

static void has_limits(void **state)
{
    (void)state;
    struct fetch_policy policy = local_policy();
    policy.most_bytes = 32;
    struct fetch_request request = {.url = served_url(server, "/announced")};
    assert_int_equal(get_with(&policy, request), RC_TOO_LARGE);
    assert_int_equal(reply.failure, FETCH_TOO_LARGE);
    request.url = served_url(server, "/unannounced");
    assert_int_equal(get_with(&policy, request), RC_TOO_LARGE);
    assert_non_null(strstr(fault.message, "more than 32 bytes"));
    request.cut = true;
    assert_int_equal(get_with(&policy, request), RC_OK);
    assert_true(reply.was_cut);
    assert_int_equal(reply.body.len, 32);
    request.most_bytes = 40;
    assert_int_equal(get_with(&policy, request), RC_OK);
    assert_false(reply.was_cut);
    policy.total_ms = 50;
    request.url = served_url(server, "/hang");
    assert_int_not_equal(get_with(&policy, request), RC_OK);
    assert_int_equal(reply.failure, FETCH_TIMEOUT);
    policy.total_ms = 60000;
    policy.slow_s = 1;
    policy.least_bytes_s = 1000000;
    request.url = served_url(server, "/hang");
    assert_int_not_equal(get_with(&policy, request), RC_OK);
    assert_int_equal(reply.failure, FETCH_TOO_SLOW);
}

static void stops_when_told(void **state)
{
    (void)state;
    static volatile sig_atomic_t stop = 1;
    struct fetch_policy policy = local_policy();
    struct fetch_request request = {.url = served_url(server, "/hang")};
    policy.stop = &stop;
    assert_int_equal(get_with(&policy, request), RC_BUSY);
    assert_int_equal(reply.failure, FETCH_CANCELLED);
}

/* ---- threads */

#define THREADS 8
#define ROUNDS  5

static struct fetcher *shared;
static char plain_url[256];

static void *fetch_often(void *context)
{
    size_t *good = context;
    for (int i = 0; i < ROUNDS; i++) {
        struct fetch_reply own;
        struct fetch_request request = {.url = slice_cstr(plain_url)};
        struct err e;
        bool well = fetch_run(shared, &request, &own, &e) == RC_OK &&
                    slice_is(buf_view(&own.body), "hello");
        *good += well;
        fetch_reply_done(&own);
    }
    return NULL;
}

static void many_threads_share_a_fetcher(void **state)
{
    (void)state;
    struct fetch_policy policy = local_policy();
    pthread_t threads[THREADS];
    size_t good[THREADS] = {0};
    snprintf(plain_url, sizeof plain_url, "%s", served_url(server, "/plain").ptr);
    assert_int_equal(fetcher_open(&policy, &shared, &fault), RC_OK);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, fetch_often, &good[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(good[i], ROUNDS);
    }
    fetcher_close(shared);
}

static void *fetch_what_hangs(void *context)
{
    enum fetch_failure *failure = context;
    struct fetch_reply own;
    struct fetch_request request = {.url = slice_cstr(plain_url)};
    struct err e;
    fetch_run(shared, &request, &own, &e);
    *failure = own.failure;
    fetch_reply_done(&own);
    return NULL;
}

static void a_fetch_under_way_is_cancelled(void **state)
{
    (void)state;
    struct fetch_policy policy = local_policy();
    enum fetch_failure failure = FETCH_NO_FAILURE;
    pthread_t thread;
    size_t before = strlen(served_requests(server));
    snprintf(plain_url, sizeof plain_url, "%s", served_url(server, "/hang").ptr);
    assert_int_equal(fetcher_open(&policy, &shared, &fault), RC_OK);
    assert_int_equal(pthread_create(&thread, NULL, fetch_what_hangs, &failure), 0);
    while (strlen(served_requests(server)) == before) { /* until it was asked for */
        usleep(1000);
    }
    fetcher_cancel(shared);
    pthread_join(thread, NULL);
    assert_int_equal(failure, FETCH_CANCELLED);
    fetch_what_hangs(&failure); /* and nothing is begun any more */
    assert_int_equal(failure, FETCH_CANCELLED);
    fetcher_close(shared);
}

/* ---- where it connects to */

static void the_socket_s_address_counts(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://017700000001/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://0/",
        "http://[::]/",
        "http://[64:ff9b::a00:1]/",
        "http://[2002:7f00:1::]/",
        "http://127.0.0.1.:80/",
        "http://inner.test/",
        "https://inner.test:8443/x",
        "http://%31%32%37.0.0.1/",
        "http://\xE2\x91\xA0\xE2\x91\xA1\xE2\x91\xA6.0.0.1/", /* digits in circles */
    };
    struct fetch_policy policy = fetch_policy_defaults();
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct fetch_request request = {.url = slice_cstr(refused[i])};
        enum rc rc = get_with(&policy, request);
        bool good = reply.failure == FETCH_REFUSED_ADDRESS || reply.failure == FETCH_FAILED_URL ||
                    reply.failure == FETCH_FAILED_RESOLVE;
        if (rc == RC_OK || !good) {
            fail_msg("%s: %s", refused[i], fetch_failure_name(reply.failure));
        }
    }
}

/* Public when somebody looks it up first, the loopback when the connection is made: only the latter is ever looked at. */
static void a_name_that_turns_is_refused(void **state)
{
    (void)state;
    char url[64];
    struct fetch_policy policy = fetch_policy_defaults();
    struct addrinfo *first = NULL;
    unsigned before = served_connections(server);
    turned = 0;
    assert_int_equal(getaddrinfo("turning.test", NULL, NULL, &first), 0);
    freeaddrinfo(first);
    snprintf(url, sizeof url, "http://turning.test:%u/plain", served_port(server));
    assert_int_equal(get_with(&policy, (struct fetch_request){.url = slice_cstr(url)}), RC_INVALID);
    assert_int_equal(reply.failure, FETCH_REFUSED_ADDRESS);
    assert_int_equal(turned, 2); /* the resolver of this test was asked */
    assert_int_equal(served_connections(server), before);
    /* The same name, allowed: it was the address that stopped it. */
    policy = local_policy();
    turned = 1;
    assert_int_equal(get_with(&policy, (struct fetch_request){.url = slice_cstr(url)}), RC_OK);
    assert_true(slice_is(buf_view(&reply.body), "hello"));
}

static void refuses_what_is_no_address(void **state)
{
    (void)state;
    static const struct {
        const char *url, *words;
    } cases[] = {
        {"ftp://presse.example/", "only http and https"},
        {"file:///etc/passwd", "only http and https"},
        {"gopher://127.0.0.1:25/x", "only http and https"},
        {"javascript:alert(1)", ""},
        {"presse.example", ""},
        {"//presse.example/", ""},
        {"http://", ""},
        {"", "empty"},
        {"http://me@presse.example/", "user name"},
        {"http://me:secret@presse.example/", "password"},
        {"http://presse.example:80@127.0.0.1/", "user name"},
        {"http://presse.example\\@127.0.0.1/", ""},
        {"http://127.0.0.1\\.presse.example/", ""},
        {"http://[fe80::1%25lo]/", "interface"},
        {"http://presse.example/a\r\nX-Evil: 1", "control"},
        {"http://presse.example:99999/", ""},
        {"http://[::1/", ""},
    };
    struct fetch_policy policy = local_policy();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum rc rc = get_with(&policy, (struct fetch_request){.url = slice_cstr(cases[i].url)});
        if (rc != RC_INVALID || reply.failure != FETCH_FAILED_URL ||
            !strstr(fault.message, cases[i].words) || strstr(fault.message, "secret")) {
            fail_msg("%s: %s", cases[i].url, fault.message);
        }
    }
    assert_int_equal(get_with(&policy, (struct fetch_request){.url = SLICE("http://none.test/")}),
                     RC_UNAVAILABLE);
    assert_int_equal(reply.failure, FETCH_FAILED_RESOLVE);
}

static int start(void **state)
{
    (void)state;
    server = served_start(answers, sizeof answers / sizeof answers[0]);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fetch_reply_done(&reply);
    served_stop(server);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_what_the_server_says),
        cmocka_unit_test(asks_on_condition),
        cmocka_unit_test(says_who_asks_and_nothing_else),
        cmocka_unit_test(tells_when_to_come_back),
        cmocka_unit_test(keeps_connections),
        cmocka_unit_test(a_body_of_304_is_no_answer),
        cmocka_unit_test(follows_redirects),
        cmocka_unit_test(redirects_lead_nowhere_else),
        cmocka_unit_test(tells_what_went_wrong),
        cmocka_unit_test(has_limits),
        cmocka_unit_test(stops_when_told),
        cmocka_unit_test(many_threads_share_a_fetcher),
        cmocka_unit_test(a_fetch_under_way_is_cancelled),
        cmocka_unit_test(the_socket_s_address_counts),
        cmocka_unit_test(a_name_that_turns_is_refused),
        cmocka_unit_test(refuses_what_is_no_address),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
