/* A real server on a free loopback port, spoken to over raw sockets. */
#include "client.h"

static const char etag[] = "W/\"v1\"";

static enum rc get_things(struct http_request *request, struct http_reply *reply, struct err *e)
{
    (void)e;
    if (reply_not_modified(request, reply, etag)) {
        return RC_OK;
    }
    reply_header(reply, "Link", "<%s>; rel=\"next\"", "/things?cursor=2");
    reply_header(reply, "X-Bad", "%s", "a\r\nInjected: yes");
    struct jsonw w = reply_jsonw(reply);
    jsonw_object(&w);
    jsonw_key_int(&w, "total", 0);
    jsonw_end(&w);
    return RC_OK;
}

static enum rc post_things(struct http_request *request, struct http_reply *reply, struct err *e)
{
    (void)e;
    struct jsonw w = reply_jsonw(reply);
    reply->status = 201;
    reply_header(reply, "Location", "/things/1");
    jsonw_object(&w);
    jsonw_key_int(&w, "bytes", (int64_t)request_body(request).len);
    jsonw_key_string(&w, "type", request_content_type(request));
    jsonw_key_string(&w, "charset", request_charset(request));
    jsonw_end(&w);
    return RC_OK;
}

/* Echoes all that a handler can see. */
static enum rc get_thing(struct http_request *request, struct http_reply *reply, struct err *e)
{
    (void)e;
    struct jsonw w = reply_jsonw(reply);
    jsonw_object(&w);
    jsonw_key_string(&w, "name", request_path_parameter(request, "name"));
    jsonw_key_string(&w, "none", request_path_parameter(request, "nothing"));
    jsonw_key_text(&w, "method", request_method(request));
    jsonw_key_text(&w, "client", request_client(request));
    jsonw_key_bool(&w, "cross_origin", request_is_cross_origin(request));
    jsonw_key_string(&w, "base", request_base(request));
    jsonw_key_string(&w, "agent", request_header(request, "uSER-aGENT"));
    jsonw_key(&w, "query");
    jsonw_array(&w);
    for (size_t i = 0; i < request_query_count(request); i++) {
        jsonw_string(&w, request_query_at(request, i).name);
        jsonw_string(&w, request_query_at(request, i).value);
    }
    jsonw_end(&w);
    jsonw_key_string(&w, "q", request_query(request, "q"));
    jsonw_end(&w);
    return RC_OK;
}

static enum rc get_invalid(struct http_request *request, struct http_reply *reply, struct err *e)
{
    (void)request;
    buf_text(&reply->body, "half written");
    reply_problem(reply, "unknown_parameter", "limit");
    return err_field(e, RC_INVALID, "limti", "There is no parameter limti.");
}

static enum rc get_stored(struct http_request *request, struct http_reply *reply, struct err *e)
{
    (void)request;
    (void)e;
    reply_stored(reply, "text/plain", SLICE("stored for ever"));
    reply->cache_control = "max-age=60";
    return RC_OK;
}

static enum rc get_large(struct http_request *request, struct http_reply *reply, struct err *e)
{
    (void)request;
    (void)e;
    struct jsonw w = reply_jsonw(reply);
    jsonw_array(&w);
    for (int i = 0; i < 5000; i++) {
        jsonw_text(&w, "guillemet");
    }
    jsonw_end(&w);
    reply->etag = etag;
    return RC_OK;
}

static enum rc secret(struct http_request *request, struct http_reply *reply, struct err *e)
{
    (void)request;
    (void)e;
    buf_text(&reply->body, "{}");
    return RC_OK;
}

static enum http_access authorise(void *context, struct http_request *request, enum http_auth auth,
                                  struct err *e)
{
    (void)context;
    struct slice token = request_header(request, "Authorization");
    if (!slice_present(token)) {
        err_set(e, RC_INVALID, "send a token");
        return HTTP_UNAUTHENTICATED;
    }
    if (auth == HTTP_AUTH_ADMIN || !slice_is(token, "Bearer good")) {
        err_set(e, RC_INVALID, "not with this token");
        return HTTP_FORBIDDEN;
    }
    return HTTP_GRANTED;
}

static const struct http_route routes[] = {
    {"GET", "/things", "listThings", get_things, 0, HTTP_AUTH_NONE, 0, 0},
    {"POST", "/things", "addThing", post_things, 1000, HTTP_AUTH_NONE, 0, 0},
    {"GET", "/things/{name}", "getThing", get_thing, 0, HTTP_AUTH_NONE, 0, 0},
    {"GET", "/invalid", "getInvalid", get_invalid, 0, HTTP_AUTH_NONE, 0, 0},
    {"GET", "/stored", "getStored", get_stored, 0, HTTP_AUTH_NONE, 0, 0},
    {"GET", "/large", "getLarge", get_large, 0, HTTP_AUTH_NONE, 0, 0},
    {"PUT", "/secret", "putSecret", secret, HTTP_BODY_DEFAULT, HTTP_AUTH_WRITE, 0, 0},
    {"DELETE", "/secret", "deleteSecret", secret, 0, HTTP_AUTH_ADMIN, 0, 0},
};
enum { ROUTE_COUNT = sizeof routes / sizeof routes[0] };

static struct server_options standard_options(void)
{
    return (struct server_options){.listen = "127.0.0.1:0",
                                   .routes = routes,
                                   .route_count = ROUTE_COUNT,
                                   .authorise = authorise,
                                   .base_path = "/base/path/",
                                   .gzip_min_bytes = 1024,
                                   .body_limit_bytes = 200 * 1024};
}

static struct http_server *server;

static int set_up(void **state)
{
    (void)state;
    struct server_options options = standard_options();
    options.cors_origins = "http://front.example, http://other.example:3000";
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

static void assert_header(const struct answer *a, const char *name, const char *expected)
{
    const char *value = answer_header(a, name);
    if (!value) {
        fail_msg("no %s in\n%s", name, a->head);
    }
    assert_string_equal(value, expected);
}

static void assert_problem(const struct answer *a, int status, const char *code)
{
    char expected[64];
    (void)snprintf(expected, sizeof expected, "\"code\":\"%s\"", code);
    if (a->status != status || !strstr(a->body, expected)) {
        fail_msg("expected %d %s, got %s%s", status, code, a->head, a->body);
    }
    assert_header(a, "Content-Type", PROBLEM_CONTENT_TYPE);
    assert_header(a, "Cache-Control", "no-store");
}

/* ---- methods and replies */

static void answers_get(void **state)
{
    (void)state;
    struct answer *a = client_get(server, "/things");
    assert_int_equal(a->status, 200);
    assert_string_equal(a->body, "{\"total\":0}");
    assert_header(a, "Content-Type", "application/json");
    assert_header(a, "ETag", etag);
    assert_header(a, "Cache-Control", "max-age=0, must-revalidate");
    assert_header(a, "Vary", "Accept-Encoding, Origin");
    assert_header(a, "Link", "</things?cursor=2>; rel=\"next\"");
    assert_null(answer_header(a, "X-Request-Id"));
    assert_non_null(answer_header(a, "Date"));
    assert_null(answer_header(a, "X-Bad"));
    assert_null(answer_header(a, "Injected"));
    assert_null(answer_header(a, "Access-Control-Allow-Origin"));
}

static void answers_head_as_get_without_body(void **state)
{
    (void)state;
    struct answer *a = client_ask(server, "HEAD /things HTTP/1.1\r\nHost: t\r\n\r\n");
    assert_int_equal(a->status, 200);
    assert_header(a, "Content-Length", "11");
    assert_header(a, "ETag", etag);
    assert_int_equal(a->body_len, 0);
    a = client_ask(server, "HEAD /things/x HTTP/1.1\r\nHost: t\r\n\r\n");
    assert_header(a, "Content-Type", "application/json");
}

static void answers_options(void **state)
{
    (void)state;
    struct answer *a = client_ask(server, "OPTIONS /things HTTP/1.1\r\nHost: t\r\n\r\n");
    assert_int_equal(a->status, 204);
    assert_header(a, "Allow", "GET, HEAD, OPTIONS, POST");
    assert_null(answer_header(a, "Content-Type"));
    assert_null(answer_header(a, "Access-Control-Allow-Methods"));
    a = client_ask(server, "OPTIONS * HTTP/1.1\r\nHost: t\r\n\r\n");
    assert_int_equal(a->status, 204);
    assert_header(a, "Allow", "DELETE, GET, HEAD, OPTIONS, POST, PUT");
}

static void refuses_unknown_paths_and_methods(void **state)
{
    (void)state;
    assert_problem(client_get(server, "/nothing"), 404, "not_found");
    assert_problem(client_get(server, "/things/a%2Fb/c"), 404, "not_found");
    struct answer *a = client_ask(server, "DELETE /things HTTP/1.1\r\nHost: t\r\n\r\n");
    assert_problem(a, 405, "method_not_allowed");
    assert_header(a, "Allow", "GET, HEAD, OPTIONS, POST");
    assert_problem(client_ask(server, "BREW /things HTTP/1.1\r\nHost: t\r\n\r\n"), 405,
                   "method_not_allowed");
}

static void refuses_bad_targets(void **state)
{
    (void)state;
    static const char *const targets[] = {"/things%00/evil", "/things/%zz", "http://t/things",
                                          "/things/%C0%AF",  "/things?q=%", "/a b",
                                          "/things?=1",      "/../x",       "/things/\xE9"};
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        assert_problem(client_get(server, targets[i]), 400, "invalid");
    }
    int fd = client_connect(server);
    static const char raw_nul[] = "GET /things\0/evil HTTP/1.1\r\nHost: t\r\n\r\n";
    static struct answer a;
    assert_true(client_send_bytes(fd, raw_nul, sizeof raw_nul - 1));
    client_read(fd, &a, true);
    assert_int_equal(a.status, 400);
    close(fd);
}

static void hands_parameters_to_the_handler(void **state)
{
    (void)state;
    struct answer *a =
        client_ask(server, "GET /things/AC%2FDC?q=l%27eau+vive&a=1&q=2&a HTTP/1.1\r\nHost: t\r\n"
                           "User-Agent: test\r\nOrigin: http://evil.example\r\n\r\n");
    assert_string_equal(a->body,
                        "{\"name\":\"AC/DC\",\"none\":null,\"method\":\"GET\","
                        "\"client\":\"127.0.0.1\",\"cross_origin\":true,\"base\":\"\","
                        "\"agent\":\"test\",\"query\":[\"q\",\"l'eau vive\",\"a\",\"1\",\"q\","
                        "\"2\",\"a\",\"\"],\"q\":\"l'eau vive\"}");
}

static void serves_with_and_without_the_base_path(void **state)
{
    (void)state;
    assert_int_equal(client_get(server, "/base/path/things")->status, 200);
    assert_non_null(
        strstr(client_get(server, "/base/path/things/x/")->body, "\"base\":\"/base/path\""));
    assert_int_equal(client_get(server, "/base/things")->status, 404);
    assert_non_null(strstr(client_get(server, "/base/path/no")->body,
                           "\"type\":\"/base/path/problems/not_found\""));
}

#define FORWARDED                                                                                  \
    "Host: t\r\nX-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n"                        \
    "X-Forwarded-Host: news.example\r\nX-Forwarded-Prefix: /archive\r\n\r\n"

static struct http_server *start_with(const char *trusted_proxies, const char *public_url)
{
    struct server_options options = {.listen = "127.0.0.1:0",
                                     .routes = routes,
                                     .route_count = sizeof routes / sizeof routes[0],
                                     .trusted_proxies = trusted_proxies,
                                     .public_url = public_url};
    return server_must_start(&options);
}

static void only_trusted_proxies_are_believed(void **state)
{
    (void)state;
    static const struct {
        const char *trusted, *public_url, *client, *base, *problem;
    } cases[] = {
        {NULL, NULL, "127.0.0.1", "", "/problems/not_found"},
        {"10.0.0.0/8", NULL, "127.0.0.1", "", "/problems/not_found"},
        {"127.0.0.0/8", NULL, "192.0.2.7", "https://news.example/archive",
         "https://news.example/archive/problems/not_found"},
        {"127.0.0.0/8", "https://x/y", "192.0.2.7", "https://x/y",
         "https://x/y/problems/not_found"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_server *own = start_with(cases[i].trusted, cases[i].public_url);
        char expected[128];
        struct answer *a = client_ask(own, "GET /things/x HTTP/1.1\r\n" FORWARDED);
        (void)snprintf(expected, sizeof expected, "\"client\":\"%s\"", cases[i].client);
        assert_non_null(strstr(a->body, expected));
        (void)snprintf(expected, sizeof expected, "\"base\":\"%s\"", cases[i].base);
        assert_non_null(strstr(a->body, expected));
        a = client_ask(own, "GET /no HTTP/1.1\r\n" FORWARDED);
        (void)snprintf(expected, sizeof expected, "\"type\":\"%s\"", cases[i].problem);
        assert_non_null(strstr(a->body, expected));
        server_free(own);
    }
}

static void same_origin_is_not_cross(void **state)
{
    (void)state;
    struct answer *a =
        client_ask(server, "GET /things/x HTTP/1.1\r\nHost: T:80\r\nOrigin: http://t:80\r\n\r\n");
    assert_non_null(strstr(a->body, "\"cross_origin\":false"));
    a = client_ask(server, "GET /things/x HTTP/1.1\r\nHost: t\r\nOrigin: null\r\n\r\n");
    assert_non_null(strstr(a->body, "\"cross_origin\":true"));
}

static void handler_errors_become_problems(void **state)
{
    (void)state;
    struct answer *a = client_get(server, "/invalid");
    assert_problem(a, 400, "unknown_parameter");
    assert_null(strstr(a->body, "half written"));
    assert_non_null(
        strstr(a->body, "\"field\":\"limti\",\"nearest\":\"limit\",\"instance\":\"/invalid\""));
}

static void not_modified(void **state)
{
    (void)state;
    static const char *const matching[] = {"W/\"v1\"", "\"v1\"", "\"x\", \"v1\"", "*"};
    char request[256];
    for (size_t i = 0; i < sizeof matching / sizeof matching[0]; i++) {
        (void)snprintf(request, sizeof request,
                       "GET /things HTTP/1.1\r\nHost: t\r\nIf-None-Match: %s\r\n\r\n", matching[i]);
        struct answer *a = client_ask(server, request);
        assert_int_equal(a->status, 304);
        assert_header(a, "ETag", etag);
        assert_header(a, "Cache-Control", "max-age=0, must-revalidate");
        assert_null(answer_header(a, "Content-Type"));
    }
    static struct answer a;
    int fd = client_connect(server); /* the connection goes on after it */
    client_send(fd, "GET /things HTTP/1.1\r\nHost: t\r\nIf-None-Match: *\r\n\r\n"
                    "GET /stored HTTP/1.1\r\nHost: t\r\n\r\n");
    client_read(fd, &a, false);
    assert_int_equal(a.status, 304);
    client_read(fd, &a, true);
    assert_string_equal(a.body, "stored for ever");
    close(fd);
    assert_int_equal(
        client_ask(server, "GET /things HTTP/1.1\r\nHost: t\r\nIf-None-Match: \"v2\"\r\n\r\n")
            ->status,
        200);
}

static void stored_bodies(void **state)
{
    (void)state;
    struct answer *a = client_get(server, "/stored");
    assert_string_equal(a->body, "stored for ever");
    assert_header(a, "Cache-Control", "max-age=60");
    assert_header(a, "Content-Type", "text/plain");
}

static void request_ids(void **state)
{
    (void)state;
    struct answer *a =
        client_ask(server, "GET /things HTTP/1.1\r\nHost: t\r\nX-Request-Id: abc-1.2_3\r\n\r\n");
    assert_header(a, "X-Request-Id", "abc-1.2_3");
    a = client_ask(server,
                   "GET /things HTTP/1.1\r\nHost: t\r\nX-Request-Id: a b\"<script>\r\n\r\n");
    assert_int_equal(strlen(answer_header(a, "X-Request-Id")), 16);
    char first[64];
    (void)snprintf(first, sizeof first, "%.60s", answer_header(a, "X-Request-Id"));
    a = client_get(server, "/nothing");
    assert_int_equal(strlen(answer_header(a, "X-Request-Id")), 16);
    assert_string_not_equal(answer_header(a, "X-Request-Id"), first);
}

static void gzips_when_asked(void **state)
{
    (void)state;
    struct answer *a = client_get(server, "/large");
    assert_null(answer_header(a, "Content-Encoding"));
    size_t plain = a->body_len;
    a = client_ask(server, "GET /large HTTP/1.1\r\nHost: t\r\nAccept-Encoding: gzip, br\r\n\r\n");
    assert_header(a, "Content-Encoding", "gzip");
    assert_header(a, "ETag", etag);
    assert_memory_equal(a->body, "\x1f\x8b", 2);
    assert_true(a->body_len < plain / 10);
    a = client_ask(server, "GET /things HTTP/1.1\r\nHost: t\r\nAccept-Encoding: gzip\r\n\r\n");
    assert_null(answer_header(a, "Content-Encoding")); /* too small to pay */
}

static void cors_for_the_listed_origins(void **state)
{
    (void)state;
    struct answer *a = client_ask(
        server, "GET /things HTTP/1.1\r\nHost: t\r\nOrigin: http://other.example:3000\r\n\r\n");
    assert_header(a, "Access-Control-Allow-Origin", "http://other.example:3000");
    assert_header(a, "Access-Control-Expose-Headers",
                  "Link, ETag, Location, Retry-After, X-Request-Id, RateLimit-Limit, "
                  "RateLimit-Remaining, RateLimit-Reset");
    a = client_ask(server,
                   "GET /things HTTP/1.1\r\nHost: t\r\nOrigin: http://other.example\r\n\r\n");
    assert_null(answer_header(a, "Access-Control-Allow-Origin"));
    a = client_ask(server, "OPTIONS /things HTTP/1.1\r\nHost: t\r\nOrigin: http://front.example\r\n"
                           "Access-Control-Request-Method: POST\r\n\r\n");
    assert_int_equal(a->status, 204);
    assert_header(a, "Access-Control-Allow-Origin", "http://front.example");
    assert_header(a, "Access-Control-Allow-Methods", "GET, HEAD, OPTIONS, POST");
    assert_non_null(strstr(answer_header(a, "Access-Control-Allow-Headers"), "Authorization"));
    a = client_ask(server, "OPTIONS /things HTTP/1.1\r\nHost: t\r\nOrigin: http://evil.example\r\n"
                           "Access-Control-Request-Method: POST\r\n\r\n");
    assert_null(answer_header(a, "Access-Control-Allow-Methods"));
}

static void access_is_checked_before_the_body(void **state)
{
    (void)state;
    struct answer *a = client_ask(server, "PUT /secret HTTP/1.1\r\nHost: t\r\nContent-Length: "
                                          "100000\r\nExpect: 100-continue\r\n\r\n");
    assert_problem(a, 401, "unauthenticated");
    assert_header(a, "WWW-Authenticate", "Bearer");
    a = client_ask(server, "PUT /secret HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer bad\r\n"
                           "Content-Length: 2\r\n\r\n{}");
    assert_problem(a, 403, "forbidden");
    a = client_ask(server,
                   "DELETE /secret HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer good\r\n\r\n");
    assert_problem(a, 403, "forbidden");
    a = client_ask(server, "PUT /secret HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer good\r\n"
                           "Content-Length: 2\r\n\r\n{}");
    assert_int_equal(a->status, 200);
}

/* ---- connections */

static void keeps_and_pipelines(void **state)
{
    (void)state;
    static struct answer a;
    int fd = client_connect(server);
    client_send(fd, "GET /things HTTP/1.1\r\nHost: t\r\n\r\n"
                    "POST /things HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nabc"
                    "GET /nothing HTTP/1.1\r\nHost: t\r\n\r\n"
                    "DELETE /things HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nabc"
                    "GET /stored HTTP/1.1\r\nHost: t\r\n\r\n");
    static const int expected[] = {200, 201, 404, 405, 200};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        client_read(fd, &a, true);
        assert_int_equal(a.status, expected[i]);
    }
    assert_string_equal(a.body, "stored for ever");
    close(fd);
}

static void speaks_http_1_0(void **state)
{
    (void)state;
    static struct answer a;
    int fd = client_connect(server);
    client_send(fd, "GET /things HTTP/1.0\r\n\r\n");
    client_read(fd, &a, true);
    assert_int_equal(a.status, 200);
    assert_true(client_is_closed(fd));
    close(fd);
    fd = client_connect(server);
    client_send(fd, "GET /things HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    client_read(fd, &a, true);
    client_send(fd, "GET /things HTTP/1.0\r\n\r\n");
    client_read(fd, &a, true);
    assert_int_equal(a.status, 200);
    close(fd);
}

/* ---- counters */

static void counts_by_route_and_status(void **state)
{
    (void)state;
    struct server_options options = standard_options();
    struct http_server *own = server_must_start(&options);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(client_get(own, "/things")->status, 200);
    }
    client_ask(own, "GET /things HTTP/1.1\r\nHost: t\r\nIf-None-Match: *\r\n\r\n");
    client_get(own, "/nothing");
    client_ask(own, "GET /things HTTP/1.1\r\n\r\n");
    assert_true(server_stop(own, 1000));
    struct server_route_counts counts;
    server_route_counts(own, 0, &counts);
    assert_int_equal(counts.requests, 4);
    assert_int_equal(counts.status_count, 2);
    assert_int_equal(counts.statuses[0].status, 200);
    assert_int_equal(counts.statuses[0].count, 3);
    assert_int_equal(counts.statuses[1].status, 304);
    assert_int_equal(counts.bytes_sent, 3 * strlen("{\"total\":0}"));
    uint64_t in_buckets = 0;
    for (size_t b = 0; b < SERVER_LATENCY_BUCKETS; b++) {
        in_buckets += counts.buckets[b];
    }
    assert_int_equal(in_buckets, 4);
    server_route_counts(own, ROUTE_COUNT, &counts);
    assert_int_equal(counts.requests, 2);
    struct server_counts totals;
    server_counts(own, &totals);
    assert_int_equal(totals.refused_framing, 1);
    assert_int_equal(totals.in_flight, 0);
    server_free(own);
}

int main(void)
{
    log_configure(LOG_ERROR, LOG_LOGFMT);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_get),
        cmocka_unit_test(answers_head_as_get_without_body),
        cmocka_unit_test(answers_options),
        cmocka_unit_test(refuses_unknown_paths_and_methods),
        cmocka_unit_test(refuses_bad_targets),
        cmocka_unit_test(hands_parameters_to_the_handler),
        cmocka_unit_test(serves_with_and_without_the_base_path),
        cmocka_unit_test(same_origin_is_not_cross),
        cmocka_unit_test(handler_errors_become_problems),
        cmocka_unit_test(not_modified),
        cmocka_unit_test(only_trusted_proxies_are_believed),
        cmocka_unit_test(stored_bodies),
        cmocka_unit_test(request_ids),
        cmocka_unit_test(gzips_when_asked),
        cmocka_unit_test(cors_for_the_listed_origins),
        cmocka_unit_test(access_is_checked_before_the_body),
        cmocka_unit_test(keeps_and_pipelines),
        cmocka_unit_test(speaks_http_1_0),
        cmocka_unit_test(counts_by_route_and_status),
    };
    return cmocka_run_group_tests_name("http/server", tests, set_up, tear_down);
}
