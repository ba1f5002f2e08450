#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ingest/fetched.h"

static void sites_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool one;
    } cases[] = {
        {"https://presse.example/a", "http://www.presse.example/b", true},
        {"https://amp.presse.example/a", "https://www.PRESSE.example:443/b", true},
        {"https://presse.example", "https://presse.example?x", true},
        {"https://presse.example/", "https://presse.other/", false},
        {"https://a.co.uk/", "https://b.co.uk/", false},
        {"https://x.a.co.uk/", "https://a.co.uk/", true},
        {"https://a.gouv.fr/", "https://b.gouv.fr/", false},
        {"https://evilpresse.example/", "https://presse.example/", false},
        {"http://10.0.0.1/", "http://10.9.0.1/", false},
        {"http://127.0.0.1:81/", "http://127.0.0.1:82/", true},
        {"http://localhost/", "http://localhost:9/", true},
        {"nonsense", "nonsense", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (fetched_is_one_site(slice_cstr(cases[i].a), slice_cstr(cases[i].b)) != cases[i].one) {
            fail_msg("%s, %s", cases[i].a, cases[i].b);
        }
    }
}

static void a_page_takes_no_other_site_s_place(void **state)
{
    (void)state;
    struct arena *arena = arena_new(0);
    struct document d = {.canonical_url = {.text = SLICE("https://presse.example/vrai")}};
    assert_int_equal(fetched_settle(&d, SLICE("https://m.presse.example/x?a=1"), arena, NULL),
                     RC_OK);
    assert_true(slice_is(d.canonical_url.text, "https://presse.example/vrai"));
    assert_int_equal(fetched_settle(&d, SLICE("https://mal.example/x"), arena, NULL), RC_OK);
    assert_true(slice_is(d.canonical_url.text, "https://mal.example/x"));
    d.canonical_url.text = SLICE_NONE;
    assert_int_equal(fetched_settle(&d, SLICE("https://presse.example/y"), arena, NULL), RC_OK);
    assert_true(slice_is(d.canonical_url.text, "https://presse.example/y"));
    arena_free(arena);
}

static void bytes_tell_what_they_are(void **state)
{
    (void)state;
    assert_string_equal(fetched_type(SLICE("<?xml version='1.0'?><rss>")), "application/rss+xml");
    assert_string_equal(fetched_type(SLICE("{\"version\": \"https://jsonfeed.org/version/1.1\"}")),
                        "application/feed+json");
    assert_string_equal(fetched_type(SLICE("<!DOCTYPE html><html>")), "text/html");
    assert_null(fetched_type(SLICE("\x89PNG\r\n")));
    assert_null(fetched_type(SLICE("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sites_are_told_apart),
        cmocka_unit_test(a_page_takes_no_other_site_s_place),
        cmocka_unit_test(bytes_tell_what_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
