#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <zlib.h>

#include "base/buf.h"
#include "ingest/xml_sitemap.h"

static struct arena *arena;

static enum rc read_with(struct slice bytes, struct sitemap *out, struct err *e)
{
    struct ingest_hints hints = {.url = SLICE("https://presse.example/plans/a.xml")};
    return sitemap_read(bytes, &hints, arena, out, e);
}

static struct sitemap given(const char *xml)
{
    struct sitemap sitemap;
    struct err e = {.message = ""};
    if (read_with(slice_cstr(xml), &sitemap, &e) != RC_OK) {
        fail_msg("%s", e.message);
    }
    return sitemap;
}

#define NEWS                                                                                       \
    "<?xml version='1.0' encoding='UTF-8'?>\n"                                                     \
    "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' "                                 \
    "xmlns:n='http://www.google.com/schemas/sitemap-news/0.9' "                                    \
    "xmlns:image='http://www.google.com/schemas/sitemap-image/1.1'>"

static void news_are_read(void **state)
{
    (void)state;
    struct sitemap s =
        given(NEWS "<url><image:image><image:loc>https://presse.example/i.jpg</image:loc>"
                   "<image:title>Photo</image:title></image:image>"
                   "<loc> https://presse.example/a?x=1&amp;y=2 </loc>"
                   "<lastmod>2026-11-26T10:00:00+01:00</lastmod>"
                   "<n:news><n:publication><n:name>La Presse</n:name><n:language>fr</n:language>"
                   "</n:publication><n:publication_date>2026-11-26</n:publication_date>"
                   "<n:title><![CDATA[Paix & prix]]></n:title></n:news></url>"
                   "<url><loc>../b</loc><lastmod>gestern</lastmod><title>no news</title></url>"
                   "<url><loc>javascript:x</loc></url><url/><url><loc/></url></urlset>");
    assert_false(s.is_index);
    assert_int_equal(s.count, 2);
    assert_int_equal(s.left_out, 2);
    assert_int_equal(s.news, 1);
    assert_true(slice_is(s.items[0].url, "https://presse.example/a?x=1&y=2"));
    assert_true(slice_is(s.items[0].title, "Paix & prix"));
    assert_true(slice_is(s.items[0].source, "La Presse"));
    assert_true(slice_is(s.items[0].lang, "fr"));
    assert_true(s.items[0].published.present && s.items[0].published.date_only);
    assert_true(s.items[0].modified.present);
    assert_true(s.items[0].modified.time_ms == 1795683600000);
    assert_true(slice_is(s.items[1].url, "https://presse.example/b"));
    assert_false(s.items[1].modified.present);
    assert_false(slice_present(s.items[1].title));
}

static void an_index_is_read(void **state)
{
    (void)state;
    struct sitemap s = given("<sitemapindex><sitemap><loc>https://presse.example/news.xml</loc>"
                             "<lastmod>2026-11-26</lastmod></sitemap></sitemapindex>");
    assert_true(s.is_index);
    assert_int_equal(s.count, 1);
    assert_true(s.items[0].modified.date_only);
}

/* A prefix that nothing declares, ampersands that nothing escapes, an end that is missing. */
static void what_is_broken_is_read_as_far_as_it_goes(void **state)
{
    (void)state;
    struct sitemap s = given("\xEF\xBB\xBF <urlset><url><loc>https://presse.example/?a=1&b=2</loc>"
                             "<news:title>Titre</news:title><video:title>Film</video:title></url>"
                             "<url><loc>https://presse.example/2</loc></url><url><loc>https://pr");
    assert_int_equal(s.count, 2);
    assert_true(slice_is(s.items[0].url, "https://presse.example/?a=1&b=2"));
    assert_true(slice_is(s.items[0].title, "Titre"));
}

static void a_list_of_addresses_is_one(void **state)
{
    (void)state;
    struct sitemap s = given("https://presse.example/a\r\n\r\nhttps://presse.example/b\nhm\n");
    assert_int_equal(s.count, 2);
    assert_int_equal(s.left_out, 1);
}

static void packed_ones_are_read(void **state)
{
    (void)state;
    static const char xml[] = "<urlset><url><loc>https://presse.example/a</loc></url></urlset>";
    unsigned char packed[512];
    z_stream z = {.next_in = (unsigned char *)(uintptr_t)xml,
                  .avail_in = sizeof xml - 1,
                  .next_out = packed,
                  .avail_out = sizeof packed};
    struct sitemap s;
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    assert_int_equal(read_with(slice_of((char *)packed, sizeof packed - z.avail_out), &s, NULL),
                     RC_OK);
    assert_int_equal(s.count, 1);
}

static void the_rest_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"<rss/>", "<html><body>hm</body></html>", "", "text", "<"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct sitemap s;
        struct err e = {.message = ""};
        assert_int_equal(read_with(slice_cstr(bad[i]), &s, &e), RC_INVALID);
        assert_true(e.message[0] != '\0');
    }
    assert_true(sitemap_sniff(SLICE("<?xml version='1.0'?><!-- x --><urlset>")));
    assert_true(sitemap_sniff(SLICE("\xEF\xBB\xBF<sitemapindex>")));
    assert_false(sitemap_sniff(SLICE("<rss>")));
    assert_false(sitemap_sniff(SLICE("see <urlset>")));
}

/* Entities name files, and one another: neither is looked at. */
static void entities_are_not_expanded(void **state)
{
    (void)state;
    struct sitemap s = given(
        "<!DOCTYPE urlset [<!ENTITY f SYSTEM 'file:///etc/passwd'><!ENTITY g 'gggggggggg'>"
        "<!ENTITY h '&g;&g;&g;&g;&g;&g;'>]><urlset><url><loc>https://presse.example/&f;&h;</loc>"
        "</url></urlset>");
    assert_int_equal(s.count, 1);
    assert_null(memmem(s.items[0].url.ptr, s.items[0].url.len, "root", 4));
    assert_null(memmem(s.items[0].url.ptr, s.items[0].url.len, "gggg", 4));
}

static void there_is_a_limit(void **state)
{
    (void)state;
    struct buf xml;
    struct sitemap s;
    buf_init(&xml);
    buf_text(&xml, "<urlset>");
    for (unsigned i = 0; i < SITEMAP_ENTRIES_MOST + 3; i++) {
        buf_printf(&xml, "<url><loc>https://a.example/%u</loc></url>", i);
    }
    buf_text(&xml, "</urlset>");
    assert_int_equal(read_with(buf_view(&xml), &s, NULL), RC_OK);
    assert_int_equal(s.count, SITEMAP_ENTRIES_MOST);
    assert_int_equal(s.left_out, 3);
    buf_done(&xml);
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
        cmocka_unit_test(news_are_read),
        cmocka_unit_test(an_index_is_read),
        cmocka_unit_test(what_is_broken_is_read_as_far_as_it_goes),
        cmocka_unit_test(a_list_of_addresses_is_one),
        cmocka_unit_test(packed_ones_are_read),
        cmocka_unit_test(the_rest_is_refused),
        cmocka_unit_test(entities_are_not_expanded),
        cmocka_unit_test(there_is_a_limit),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
