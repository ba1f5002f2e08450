#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "ingest/html_discover.h"

static struct arena *arena;

static struct discoveries given(const char *html)
{
    struct discoveries found;
    struct ingest_hints hints = {.url = SLICE("https://www.presse.example/une/")};
    assert_int_equal(discover_in_page(slice_cstr(html), &hints, arena, &found, NULL), RC_OK);
    return found;
}

static void expect(const struct discoveries *found, size_t i, const char *url, const char *title,
                   enum discover_sign sign)
{
    assert_true(i < found->count);
    if (!slice_is(found->items[i].url, url) || found->items[i].sign != sign ||
        !slice_equal(found->items[i].title, slice_cstr(title))) {
        fail_msg("%zu: %.*s (%.*s) %d", i, SLICE_ARG(found->items[i].url),
                 SLICE_ARG(found->items[i].title), (int)found->items[i].sign);
    }
}

static void links_of_feed_types_come_first(void **state)
{
    (void)state;
    struct discoveries found = given(
        "<html><head>"
        "<link rel='alternate' type='application/rss+xml' title='Commentaires' href='/c.xml'>"
        "<link rel='stylesheet alternate' type='text/css' href='/a.css'>"
        "<link rel='alternate' hreflang='en' href='/en'>"
        "<link rel='alternate' type='application/json' href='/wp-json/1'>"
        "<link rel='Alternate' type='Application/Atom+XML; charset=utf-8' href='atom.xml' title=' "
        "Une '>"
        "<link rel='feed' href='//feeds.presse.example/tout'>"
        "<link rel='alternate' type='application/feed+json' href='https://ailleurs.example/f.json'>"
        "<link rel='sitemap' href='/plan.xml'>"
        "</head><body><a href='/rss'>Nos flux</a><a href='/rss'>RSS</a><a href='/x'>Flux RSS</a>"
        "<a href='https://ailleurs.example/rss'>RSS</a><a href='#rss'>RSS</a><a href='/y'>texte</a>"
        "<a href='javascript:rss()'>RSS</a><a href='/z?feed=rss2'>z</a></body></html>");
    expect(&found, 0, "https://www.presse.example/une/atom.xml", "Une", SIGN_LINK);
    expect(&found, 1, "https://feeds.presse.example/tout", NULL, SIGN_LINK);
    expect(&found, 2, "https://ailleurs.example/f.json", NULL, SIGN_LINK);
    expect(&found, 3, "https://www.presse.example/plan.xml", NULL, SIGN_LINK);
    assert_int_equal(found.items[3].kind, DISCOVER_SITEMAP);
    expect(&found, 4, "https://www.presse.example/rss", "Nos flux", SIGN_ANCHOR);
    expect(&found, 5, "https://www.presse.example/x", "Flux RSS", SIGN_ANCHOR);
    expect(&found, 6, "https://www.presse.example/z?feed=rss2", "z", SIGN_ANCHOR);
    expect(&found, 7, "https://www.presse.example/c.xml", "Commentaires", SIGN_COMMENTS);
    assert_int_equal(found.count, 8);
}

static void addresses_start_from_the_base(void **state)
{
    (void)state;
    struct discoveries found =
        given("<base href='https://cdn.presse.example/a/'><base href='/b/'>"
              "<link rel=alternate type=application/rss+xml href=f.rss>"
              "<link rel=alternate type=application/rss+xml href='file:///etc/passwd'>"
              "<link rel=alternate type=application/rss+xml href=''>"
              "<link rel=alternate type=application/rss+xml>");
    expect(&found, 0, "https://cdn.presse.example/a/f.rss", NULL, SIGN_LINK);
    assert_int_equal(found.count, 1);
    found = given("rien");
    assert_int_equal(found.count, 0);
}

static void there_is_a_limit(void **state)
{
    (void)state;
    struct buf html;
    buf_init(&html);
    for (unsigned i = 0; i < DISCOVER_MOST + 10; i++) {
        buf_printf(&html, "<a href='/%u/rss'>x</a>", i);
    }
    buf_char(&html, '\0');
    assert_int_equal(given(html.data).count, DISCOVER_MOST);
    buf_done(&html);
}

static int start(void **state)
{
    (void)state;
    arena = arena_new(0);
    return arena == NULL;
}

static int stop(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(links_of_feed_types_come_first),
        cmocka_unit_test(addresses_start_from_the_base),
        cmocka_unit_test(there_is_a_limit),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
