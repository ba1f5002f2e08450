#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "ingest/xml_opml.h"

static struct arena *arena;

static enum rc read_with(struct slice bytes, struct opml *out, struct err *e)
{
    struct ingest_hints hints = {.charset = SLICE_NONE};
    return opml_read(bytes, &hints, arena, out, e);
}

static struct opml given(struct slice xml)
{
    struct opml opml;
    struct err e = {.message = ""};
    if (read_with(xml, &opml, &e) != RC_OK) {
        fail_msg("%s", e.message);
    }
    return opml;
}

static void feeds_are_read_with_their_folders(void **state)
{
    (void)state;
    struct opml opml = given(
        SLICE("<?xml version='1.0' encoding='ISO-8859-1'?><OPML version='1.0'><head>"
              "<title>Mes flux</title><ownerName>x</ownerName></head><body>"
              "<outline text='Presse'><outline text='Bretagne &amp; co'>"
              "<outline type='rss' text='T' title='Le T\xE9l\xE9' xmlUrl='https://t.example/rss' "
              "htmlUrl='https://t.example/'/></outline>"
              "<outline text='A' XMLURL=' https://a.example/?x=1&y=2 '/></outline>"
              "<outline text='note'/><outline xmlUrl='feed:x'/><outline xmlUrl=''/>"
              "<outline text='B' xmlUrl='http://b.example/f'/></body></OPML>"));
    assert_true(slice_is(opml.title, "Mes flux"));
    assert_int_equal(opml.count, 3);
    assert_int_equal(opml.left_out, 1);
    assert_true(slice_is(opml.items[0].url, "https://t.example/rss"));
    assert_true(slice_is(opml.items[0].title, "Le T\xC3\xA9l\xC3\xA9"));
    assert_true(slice_is(opml.items[0].site, "https://t.example/"));
    assert_true(slice_is(opml.items[0].folder, "Presse/Bretagne & co"));
    assert_true(slice_is(opml.items[1].url, "https://a.example/?x=1&y=2"));
    assert_true(slice_is(opml.items[1].folder, "Presse"));
    assert_false(slice_present(opml.items[1].site));
    assert_false(slice_present(opml.items[2].folder));
}

static void what_is_written_is_read_again(void **state)
{
    (void)state;
    struct opml_feed feeds[] = {
        {.url = SLICE("https://a.example/?x=1&y=\"2\""), .title = SLICE("<A> & \"B\"")},
        {.url = SLICE("https://b.example/"), .title = SLICE("B\nb"), .folder = SLICE("Presse")},
        {.url = SLICE("https://c.example/"),
         .site = SLICE("https://c.example/une"),
         .folder = SLICE("Presse")},
        {.url = SLICE("https://d.example/"), .title = SLICE("D"), .folder = SLICE("R\xC3\xA9gion")},
        {.url = SLICE("https://e.example/"), .title = SLICE("E")},
    };
    struct opml opml = {.items = feeds, .count = 5, .title = SLICE("Les sources")};
    struct buf out;
    buf_init(&out);
    opml_write(&opml, 1795687500000, &out);
    struct opml again = given(buf_view(&out));
    assert_non_null(memmem(out.data, out.len, "<dateCreated>Thu, 26 Nov 2026 ", 30));
    buf_done(&out);
    assert_true(slice_equal(again.title, opml.title));
    assert_int_equal(again.count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_true(slice_equal(again.items[i].site, feeds[i].site));
        assert_true(slice_equal(again.items[i].folder, feeds[i].folder));
    }
    assert_true(slice_is(again.items[0].url, "https://a.example/?x=1&y=\"2\""));
    assert_true(slice_is(again.items[0].title, "<A> & \"B\""));
    assert_true(slice_is(again.items[1].title, "B b"));
    assert_true(slice_is(again.items[2].title, "https://c.example/"));
}

static void the_rest_is_refused(void **state)
{
    (void)state;
    struct opml opml;
    struct err e = {.message = ""};
    struct buf deep;
    assert_int_equal(read_with(SLICE("<rss/>"), &opml, &e), RC_INVALID);
    assert_int_equal(read_with(SLICE("rien"), &opml, &e), RC_INVALID);
    assert_int_equal(read_with(SLICE(""), &opml, &e), RC_INVALID);
    buf_init(&deep);
    buf_text(&deep, "<opml><body>");
    for (int i = 0; i < 40; i++) {
        buf_text(&deep, "<outline text='x'>");
    }
    assert_int_equal(read_with(buf_view(&deep), &opml, &e), RC_INVALID);
    assert_non_null(strstr(e.message, "nested"));
    buf_clear(&deep);
    buf_text(&deep, "<opml><body>");
    for (unsigned i = 0; i <= OPML_FEEDS_MOST; i++) {
        buf_printf(&deep, "<outline xmlUrl='https://a.example/%u'/>", i);
    }
    assert_int_equal(read_with(buf_view(&deep), &opml, &e), RC_TOO_LARGE);
    buf_done(&deep);
    assert_true(opml_sniff(SLICE("<?xml version='1.0'?>\n<opml version='2.0'>")));
    assert_false(opml_sniff(SLICE("<opmlx>")));
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
        cmocka_unit_test(feeds_are_read_with_their_folders),
        cmocka_unit_test(what_is_written_is_read_again),
        cmocka_unit_test(the_rest_is_refused),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
