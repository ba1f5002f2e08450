#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/negotiate.h"

static void accept_picks_the_best_offer(void **state)
{
    (void)state;
    static const char *const offers[] = {"application/json", "application/x-ndjson", "text/csv"};
    static const struct {
        const char *accept;
        int expected;
    } cases[] = {
        {"", 0},
        {"*/*", 0},
        {"application/json", 0},
        {"text/csv", 2},
        {"TEXT/CSV", 2},
        {"text/*", 2},
        {"text/csv;q=0.9, application/json;q=0.8", 2},
        {"text/csv;q=0.8, application/json", 0},
        {"text/html, application/xhtml+xml, */*;q=0.8", 0}, /* a browser */
        {"application/*;q=0.5, application/x-ndjson", 1},
        {"application/json;q=0, */*", 1}, /* anything but JSON */
        {"text/html", -1},
        {"application/json;q=0", -1},
        {"*/*;q=0", -1},
        {"application/json;charset=\"a,b\";q=0.1, text/csv;q=0.2", 2},
        {"application/json;q=abc", 0}, /* a broken weight counts as 1 */
        {"nonsense", 0},               /* a broken header counts as absent */
        {",,,", 0},
        {"text/csv , ", 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int got = negotiate_accept(slice_cstr(cases[i].accept), offers, 3);
        if (got != cases[i].expected) {
            fail_msg("Accept: %s gave %d, not %d", cases[i].accept, got, cases[i].expected);
        }
    }
    assert_int_equal(negotiate_accept(SLICE_NONE, offers, 3), 0);
}

static void gzip_only_when_welcome(void **state)
{
    (void)state;
    assert_true(negotiate_gzip(SLICE("gzip")));
    assert_true(negotiate_gzip(SLICE("gzip, deflate, br, zstd")));
    assert_true(negotiate_gzip(SLICE("br;q=1.0, GZIP;q=0.5")));
    assert_true(negotiate_gzip(SLICE("*")));
    assert_false(negotiate_gzip(SLICE("gzip;q=0")));
    assert_false(negotiate_gzip(SLICE("gzip;q=0.000, *")));
    assert_false(negotiate_gzip(SLICE("*;q=0")));
    assert_false(negotiate_gzip(SLICE("br, identity")));
    assert_false(negotiate_gzip(SLICE("gzippy")));
    assert_false(negotiate_gzip(SLICE("")));
    assert_false(negotiate_gzip(SLICE_NONE));
}

static void etags_compare_weakly(void **state)
{
    (void)state;
    struct slice tag = SLICE("W/\"v7-a\"");
    assert_true(negotiate_etag(SLICE("W/\"v7-a\""), tag));
    assert_true(negotiate_etag(SLICE("\"v7-a\""), tag));
    assert_true(negotiate_etag(SLICE("\"x\", W/\"y\" , \"v7-a\""), tag));
    assert_true(negotiate_etag(SLICE(" * "), tag));
    assert_true(negotiate_etag(SLICE("\"a,b\""), SLICE("\"a,b\"")));
    assert_false(negotiate_etag(SLICE("\"v7\""), tag));
    assert_false(negotiate_etag(SLICE("v7-a"), tag));
    assert_false(negotiate_etag(SLICE("\"v7-a"), tag));
    assert_false(negotiate_etag(SLICE("\"x, v7-a\""), tag));
    assert_false(negotiate_etag(SLICE(""), tag));
    assert_false(negotiate_etag(SLICE("W/"), tag));
    assert_false(negotiate_etag(SLICE("\"\""), tag));
}

static void media_types(void **state)
{
    (void)state;
    struct arena *arena = arena_new(0);
    struct slice type, charset;
    assert_true(
        negotiate_media_type(arena, SLICE("Text/Plain; Charset=\"UTF-8\""), &type, &charset));
    assert_true(slice_is(type, "text/plain"));
    assert_true(slice_is(charset, "utf-8"));
    assert_true(negotiate_media_type(arena, SLICE("application/json"), &type, &charset));
    assert_false(slice_present(charset));
    assert_true(negotiate_media_type(arena, SLICE("text/plain;format=flowed ; charset = Latin1;x"),
                                     &type, &charset));
    assert_true(slice_is(charset, "latin1"));
    assert_false(negotiate_media_type(arena, SLICE("json"), &type, &charset));
    assert_false(negotiate_media_type(arena, SLICE("text/"), &type, &charset));
    assert_false(negotiate_media_type(arena, SLICE("/plain"), &type, &charset));
    assert_false(negotiate_media_type(arena, SLICE(""), &type, &charset));
    assert_false(negotiate_media_type(arena, SLICE_NONE, &type, &charset));
    arena_free(arena);
}

static void tokens(void **state)
{
    (void)state;
    assert_true(negotiate_is_token(SLICE("X-Request-Id")));
    assert_true(negotiate_is_token(SLICE("!#$%&'*+-.^_`|~09azAZ")));
    static const char *const bad[] = {"",    "X A",  "X-A ", "a:b",   "a(b",   "a\"", "a/b",
                                      "a[b", "a\\b", "é",    "a\x7f", "a\x01", "{a}", "a,b",
                                      "a;b", "a@b",  "a<b>", "a?",    "a="};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(negotiate_is_token(slice_cstr(bad[i])));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accept_picks_the_best_offer),
        cmocka_unit_test(gzip_only_when_welcome),
        cmocka_unit_test(etags_compare_weakly),
        cmocka_unit_test(media_types),
        cmocka_unit_test(tokens),
    };
    return cmocka_run_group_tests_name("http/negotiate", tests, NULL, NULL);
}
