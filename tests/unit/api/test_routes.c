#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/assets.h"
#include "api/routes.h"
#include "base/cleanup.h"
#include "http/problem.h"

static void operations_have_their_own_names(void **state)
{
    (void)state;
    size_t count;
    const struct api_route *routes = api_routes(&count);
    for (size_t i = 0; i < count; i++) {
        assert_non_null(routes[i].handler);
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(routes[i].http.operation_id, routes[j].http.operation_id);
        }
    }
}

/* Two entries of the table of parameters may share a name, never within one route. */
static void no_route_takes_a_name_twice(void **state)
{
    (void)state;
    size_t count;
    const struct api_route *routes = api_routes(&count);
    for (size_t i = 0; i < count; i++) {
        for (unsigned p = 0; p < PARAM_COUNT; p++) {
            for (unsigned other = 0; other < p; other++) {
                param_set both = PARAM_BIT(p) | PARAM_BIT(other);
                if ((routes[i].params & both) == both) {
                    assert_string_not_equal(param_spec(p)->name, param_spec(other)->name);
                }
            }
        }
    }
}

static void writes_need_a_token_and_reads_take_no_body(void **state)
{
    (void)state;
    size_t count;
    const struct api_route *routes = api_routes(&count);
    for (size_t i = 0; i < count; i++) {
        bool is_get = strcmp(routes[i].http.method, "GET") == 0;
        bool keeps = strcmp(routes[i].http.operation_id, "analyse") != 0;
        assert_true(is_get || !keeps || routes[i].http.auth == HTTP_AUTH_WRITE);
        assert_true(!is_get || routes[i].http.body_limit_bytes == 0);
    }
}

static void the_router_takes_the_table(void **state)
{
    (void)state;
    size_t count;
    struct err e;
    const struct api_route *routes = api_routes(&count);
    struct http_route *table = calloc(count, sizeof *table);
    assert_non_null(table);
    for (size_t i = 0; i < count; i++) {
        table[i] = routes[i].http;
        table[i].handler = (http_handler *)(uintptr_t)1; /* never called here */
    }
    struct router *router = router_new(table, count, &e);
    assert_non_null(router);
    router_free(router);
    free(table);
}

static void the_table_prints_as_json(void **state)
{
    (void)state;
    size_t count;
    (void)api_routes(&count);
    struct buf out;
    struct jsonw w;
    buf_init(&out);
    jsonw_init(&w, &out, 0);
    api_routes_write(&w);
    json_t *list = json_loadb(out.data, out.len, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(list);
    assert_int_equal(json_array_size(list), count);
    json_decref(list);
    buf_done(&out);
}

static const struct asset *asset_named(const char *path)
{
    for (size_t i = 0; i < asset_count; i++) {
        if (strcmp(assets[i].path, path) == 0) {
            return &assets[i];
        }
    }
    return NULL;
}

static void every_problem_has_its_page(void **state)
{
    (void)state;
    size_t count, pages = 0;
    const struct problem_kind *kinds = problem_kinds(&count);
    for (size_t i = 0; i < count; i++) {
        char path[96];
        (void)snprintf(path, sizeof path, "problems/%s.md", kinds[i].code);
        const struct asset *page = asset_named(path);
        if (!page) {
            print_error("missing: server/docs/%s\n", path);
        }
        assert_non_null(page);
        assert_true(page->end - page->start > 100);
    }
    for (size_t i = 0; i < asset_count; i++) {
        pages += strncmp(assets[i].path, "problems/", 9) == 0;
    }
    assert_int_equal(pages, count); /* none left over */
}

static void the_description_is_compiled_in_both_forms(void **state)
{
    (void)state;
    const struct asset *yaml = asset_named("openapi.yaml"), *json = asset_named("openapi.json");
    assert_non_null(yaml);
    assert_non_null(json);
    assert_memory_equal(yaml->start, "openapi: 3.1.", 13);
    json_t *document =
        json_loadb(json->start, (size_t)(json->end - json->start), JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(document);
    assert_true(json_is_object(json_object_get(document, "paths")));
    json_decref(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operations_have_their_own_names),
        cmocka_unit_test(no_route_takes_a_name_twice),
        cmocka_unit_test(writes_need_a_token_and_reads_take_no_body),
        cmocka_unit_test(the_router_takes_the_table),
        cmocka_unit_test(the_table_prints_as_json),
        cmocka_unit_test(every_problem_has_its_page),
        cmocka_unit_test(the_description_is_compiled_in_both_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
