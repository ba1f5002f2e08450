#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "http/router.h"

static enum rc handler(struct http_request *request, struct http_reply *reply, struct err *e)
{
    (void)request;
    (void)reply;
    (void)e;
    return RC_OK;
}

#define ROUTE(method, path)                                                                        \
    {                                                                                              \
        method, path, method path, handler, 0, HTTP_AUTH_NONE, 0, 0                                \
    }

static const struct http_route table[] = {
    ROUTE("GET", "/"),
    ROUTE("GET", "/entities/{entity}"),
    ROUTE("GET", "/entities/suggest"),
    ROUTE("GET", "/articles"),
    ROUTE("POST", "/articles"),
    ROUTE("DELETE", "/articles/{id}"),
    ROUTE("GET", "/articles/{id}/quotes/{quote}"),
};
enum { TABLE_COUNT = sizeof table / sizeof table[0] };

struct fixture {
    struct router *router;
    struct arena *arena;
};

static int set_up(void **state)
{
    static struct fixture fixture;
    struct err e;
    fixture.arena = arena_new(0);
    fixture.router = router_new(table, TABLE_COUNT, &e);
    *state = &fixture;
    return fixture.router ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    router_free(fixture->router);
    arena_free(fixture->arena);
    return 0;
}

static struct router_match match(struct fixture *f, const char *method, const char *path,
                                 size_t skip)
{
    static struct target target; /* the match points into it */
    struct router_match out;
    struct err e;
    assert_int_equal(target_parse(f->arena, slice_cstr(path), &target, &e), RC_OK);
    router_match(f->router, method, &target, skip, &out);
    return out;
}

static void finds_routes(void **state)
{
    struct router_match m = match(*state, "GET", "/articles", 0);
    assert_int_equal(m.outcome, ROUTER_FOUND);
    assert_int_equal(m.route_index, 3);
    m = match(*state, "POST", "/articles?dry_run=true", 0);
    assert_string_equal(m.route->operation_id, "POST/articles");
    m = match(*state, "GET", "/", 0);
    assert_int_equal(m.route_index, 0);
}

static void one_trailing_slash_is_none(void **state)
{
    assert_int_equal(match(*state, "GET", "/articles/", 0).route_index, 3);
    assert_int_equal(match(*state, "GET", "/articles//", 0).outcome, ROUTER_NO_PATH);
    assert_int_equal(match(*state, "GET", "//articles", 0).outcome, ROUTER_NO_PATH);
}

static void fills_parameters(void **state)
{
    struct router_match m = match(*state, "GET", "/articles/a1/quotes/%C3%A9t%C3%A9", 0);
    assert_int_equal(m.outcome, ROUTER_FOUND);
    assert_int_equal(m.parameter_count, 2);
    assert_true(slice_is(m.parameters[0].name, "id"));
    assert_true(slice_is(m.parameters[0].value, "a1"));
    assert_true(slice_is(m.parameters[1].name, "quote"));
    assert_true(slice_is(m.parameters[1].value, "été"));
}

static void a_literal_beats_a_parameter(void **state)
{
    assert_int_equal(match(*state, "GET", "/entities/suggest", 0).route_index, 2);
    assert_int_equal(match(*state, "GET", "/entities/other", 0).route_index, 1);
}

static void an_encoded_slash_stays_in_its_segment(void **state)
{
    struct router_match m = match(*state, "GET", "/entities/AC%2FDC", 0);
    assert_int_equal(m.outcome, ROUTER_FOUND);
    assert_true(slice_is(m.parameters[0].value, "AC/DC"));
    assert_int_equal(match(*state, "GET", "/entities/AC/DC", 0).outcome, ROUTER_NO_PATH);
}

static void head_answers_for_get(void **state)
{
    struct router_match m = match(*state, "HEAD", "/articles", 0);
    assert_int_equal(m.outcome, ROUTER_FOUND);
    assert_string_equal(m.route->method, "GET");
    assert_int_equal(match(*state, "HEAD", "/articles/a1", 0).outcome, ROUTER_NO_METHOD);
}

static void tells_what_is_allowed(void **state)
{
    struct router_match m = match(*state, "PUT", "/articles", 0);
    assert_int_equal(m.outcome, ROUTER_NO_METHOD);
    assert_string_equal(m.allow, "GET, HEAD, OPTIONS, POST");
    assert_string_equal(match(*state, "BREW", "/articles/a1", 0).allow, "DELETE, OPTIONS");
    m = match(*state, "OPTIONS", "/entities/suggest", 0);
    assert_int_equal(m.outcome, ROUTER_OPTIONS);
    assert_string_equal(m.allow, "GET, HEAD, OPTIONS");
    m = match(*state, "OPTIONS", "*", 0);
    assert_int_equal(m.outcome, ROUTER_OPTIONS);
    assert_string_equal(m.allow, "DELETE, GET, HEAD, OPTIONS, POST");
    assert_int_equal(match(*state, "GET", "*", 0).outcome, ROUTER_NO_PATH);
}

static void skips_a_base_path(void **state)
{
    assert_int_equal(match(*state, "GET", "/news/archive/articles", 2).route_index, 3);
    assert_int_equal(match(*state, "GET", "/news", 1).route_index, 0);
}

static void nothing_else_is_found(void **state)
{
    static const char *const paths[] = {"/article", "/articles2", "/ARTICLES",
                                        "/articles/a1/quotes", "/a/b/c/d/e/f/g/h/i/j/k"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        assert_int_equal(match(*state, "GET", paths[i], 0).outcome, ROUTER_NO_PATH);
    }
    assert_int_equal(match(*state, "DELETE", "/articles//", 0).outcome, ROUTER_NO_PATH);
}

static void a_bad_table_is_refused(void **state)
{
    (void)state;
    static const struct http_route bad[][2] = {
        {ROUTE("GET", "/a/{x}"), ROUTE("GET", "/a/{y}")}, /* the same path twice */
        {ROUTE("GET", "articles"), ROUTE("GET", "/b")},
        {ROUTE("GET", "/a//b"), ROUTE("GET", "/b")},
        {ROUTE("BREW", "/a"), ROUTE("GET", "/b")},
        {ROUTE("HEAD", "/a"), ROUTE("GET", "/b")},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct err e = {.message = ""};
        assert_null(router_new(bad[i], 2, &e));
        assert_int_equal(e.rc, RC_INTERNAL);
        assert_non_null(strstr(e.message, "route "));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_routes),
        cmocka_unit_test(one_trailing_slash_is_none),
        cmocka_unit_test(fills_parameters),
        cmocka_unit_test(a_literal_beats_a_parameter),
        cmocka_unit_test(an_encoded_slash_stays_in_its_segment),
        cmocka_unit_test(head_answers_for_get),
        cmocka_unit_test(tells_what_is_allowed),
        cmocka_unit_test(skips_a_base_path),
        cmocka_unit_test(nothing_else_is_found),
        cmocka_unit_test(a_bad_table_is_refused),
    };
    return cmocka_run_group_tests_name("http/router", tests, set_up, tear_down);
}
