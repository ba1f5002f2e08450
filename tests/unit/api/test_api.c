#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "api/api.h"
#include "http/server.h"

static void check_base(const char *base_url, const char *base_path, enum rc expected,
                       const char *field)
{
    struct api *api = NULL;
    struct err e = {.rc = RC_OK};
    struct api_options options = {.base_url = base_url, .base_path = base_path, .workers = 1};
    assert_int_equal(api_new(&options, &api, &e), expected);
    if (expected == RC_OK) {
        api_free(api);
    } else {
        assert_null(api);
        assert_string_equal(e.field, field);
    }
}

/* Links take the base as it is, unescaped. */
static void only_a_clean_base_is_taken(void **state)
{
    (void)state;
    check_base(NULL, NULL, RC_OK, "");
    check_base("https://news.example", NULL, RC_OK, "");
    check_base("http://[::1]:8080/a/b", "/a/b", RC_OK, "");
    static const char *const bad[] = {"news.example",      "https://news.example/",
                                      "ftp://x",           "https://x/a\"b",
                                      "https://x/a b",     "https://x/<",
                                      "https://x\r\nX: y", "https://x?q",
                                      "https://x#f",       "",
                                      "https://x/\303\251"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        check_base(bad[i], NULL, RC_INVALID, "public-url");
    }
    check_base(NULL, "news", RC_INVALID, "base-path");
    check_base(NULL, "/news/", RC_INVALID, "base-path");
    check_base(NULL, "/", RC_INVALID, "base-path");
}

static void the_server_is_told_its_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *base_url, *base_path;
    } cases[] = {{NULL, NULL}, {NULL, "/news"}, {"https://x/y", "/news"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct api *api = NULL;
        struct err e;
        struct server_options http = {.listen = "kept"};
        struct api_options options = {
            .base_url = cases[i].base_url, .base_path = cases[i].base_path, .workers = 1};
        assert_int_equal(api_new(&options, &api, &e), RC_OK);
        api_configure(api, &http);
        assert_true(http.public_url == cases[i].base_url);
        assert_true(http.base_path == cases[i].base_path);
        assert_string_equal(http.listen, "kept");
        assert_true(http.route_count > 10 && http.routes && http.authorise && http.context);
        for (size_t r = 0; r < http.route_count; r++) {
            assert_non_null(http.routes[r].handler);
        }
        api_free(api);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_clean_base_is_taken),
        cmocka_unit_test(the_server_is_told_its_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
