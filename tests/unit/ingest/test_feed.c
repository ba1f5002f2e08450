#include "given.h"

#include <time.h>

#include "base/buf.h"

struct feed {
    struct arena *arena;
    struct ingest_source *source;
    struct err err;
};

static struct feed open_feed(const char *text, const char *type)
{
    static struct ingest_hints hints;
    struct feed f = {.arena = arena_new(0)};
    hints = (struct ingest_hints){.content_type = slice_cstr(type)};
    assert_int_equal(ingest_open_bytes(slice_cstr(text), &hints, &f.source, &f.err), RC_OK);
    return f;
}

static const struct document *next(struct feed *f)
{
    struct document *d = NULL;
    assert_int_equal(ingest_next(f->source, f->arena, &d, &f->err), RC_OK);
    return d;
}

static void done(struct feed *f)
{
    ingest_close(f->source);
    arena_free(f->arena);
}

static void test_rss_2(void **state)
{
    (void)state;
    struct feed f = open_feed(
        "<?xml version='1.0' encoding='utf-8'?><rss version='2.0' "
        "xmlns:c='http://purl.org/rss/1.0/modules/content/' "
        "xmlns:dc='http://purl.org/dc/elements/1.1/' "
        "xmlns:media='http://search.yahoo.com/mrss/'><channel><title>Le Courrier</title>"
        "<link>https://c.example/</link><language>fr-FR</language>"
        "<item><title>La halle &amp;amp; le marché</title><link>/halle?utm_source=rss</link>"
        "<guid isPermaLink='false'>c-1</guid><pubDate>Tue, 03 Feb 2026 14:05:09 +0100</pubDate>"
        "<dc:creator>Jeanne "
        "Vidal</dc:creator><category>Ville</category><category>Patrimoine</category>"
        "<media:content url='https://c.example/h.jpg' medium='image'/>"
        "<description>Un chantier attendu.</description>"
        "<c:encoded><![CDATA[<p>Le conseil a <b>vot</b>é.</p><p>Fin des travaux&nbsp;: "
        "2028.</p>]]></c:encoded></item>"
        "<item><description>&lt;p&gt;Sans titre, mais "
        "lu.&lt;/p&gt;</description></item></channel></rss>",
        "application/rss+xml");
    const struct document *d = next(&f);
    assert_slice(d->title.text, "La halle & le marché");
    assert_int_equal(d->title.origin, ORIGIN_FEED);
    assert_slice(d->url.text, "https://c.example/halle?utm_source=rss");
    assert_slice(d->canonical_url.text, "https://c.example/halle");
    assert_slice(d->external_id.text, "c-1");
    assert_slice(d->source.text, "Le Courrier");
    assert_slice(d->lang.text, "fr-FR");
    assert_slice(d->image.text, "https://c.example/h.jpg");
    assert_int_equal(d->published.time_ms, 1770123909000);
    assert_int_equal(d->keyword_count, 2);
    assert_slice(d->bylines[0], "Jeanne Vidal");
    assert_slice(d->text, "La halle & le marché\nUn chantier attendu.\nLe conseil a voté.\n"
                          "Fin des travaux\u00A0: 2028.");
    d = next(&f);
    assert_slice(d->text, "Sans titre, mais lu.");
    assert_null(next(&f));
    done(&f);
}

static void test_atom(void **state)
{
    (void)state;
    struct feed f = open_feed(
        "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://e.example/a/' "
        "xml:lang='en'><title>Echo</title>"
        "<author><name>Tom Reed</name></author>"
        "<entry><title type='html'>Walls &lt;em&gt;rise&lt;/em&gt;</title><id>tag:1</id>"
        "<link rel='self' href='x.atom'/><link "
        "href='walls.html'/><updated>2026-02-03T14:05:09Z</updated>"
        "<published>2026-02-02T10:00:00Z</published><category term='t' label='Harbour'/>"
        "<content type='xhtml'><div "
        "xmlns='http://www.w3.org/1999/xhtml'><p>One.</p><ul><li>Two</li></ul></div></content>"
        "</entry><entry><title>Plain</title><author><name>Ann</name></author>"
        "<content type='text'>a &lt;b&gt; c</content></entry></feed>",
        "application/atom+xml");
    const struct document *d = next(&f);
    assert_slice(d->title.text, "Walls rise");
    assert_slice(d->url.text, "https://e.example/a/walls.html");
    assert_slice(d->bylines[0], "Tom Reed");
    assert_slice(d->keywords[0], "Harbour");
    assert_slice(d->lang.text, "en");
    assert_slice(d->text, "Walls rise\nOne.\nTwo");
    assert_true(d->published.present && d->modified.present);
    d = next(&f);
    assert_slice(d->bylines[0], "Ann");
    assert_slice(d->text, "Plain\na <b> c");
    assert_null(next(&f));
    done(&f);
}

static void test_rss_1_and_0_9(void **state)
{
    (void)state;
    struct feed f = open_feed("<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
                              "xmlns='http://purl.org/rss/1.0/'>"
                              "<channel><title>Old</title></channel><item><title>One</"
                              "title><link>http://o.example/1</link></item></rdf:RDF>",
                              "application/rdf+xml");
    assert_slice(next(&f)->url.text, "http://o.example/1");
    assert_null(next(&f));
    done(&f);
    f = open_feed("<rss version='0.91'><channel><title>O</title><item><title>Ein "
                  "Titel</title></item></channel></rss>",
                  "text/xml");
    assert_slice(next(&f)->title.text, "Ein Titel");
    done(&f);
}

static void test_json_feed(void **state)
{
    (void)state;
    struct feed f = open_feed("{\"version\":\"https://jsonfeed.org/version/"
                              "1.1\",\"title\":\"Echo\",\"language\":\"en\",\"items\":["
                              "{\"id\":7,\"url\":\"https://e.example/1\",\"title\":\"One < "
                              "two\",\"content_html\":\"<p>Text.</p>\","
                              "\"date_published\":\"2026-02-03T14:05:09Z\",\"authors\":[{\"name\":"
                              "\"Ann\"}],\"tags\":[\"a\"]},"
                              "{\"id\":\"8\"},{\"id\":\"9\",\"content_text\":\"Just text.\"}]}",
                              "application/feed+json");
    const struct document *d = next(&f), *none = NULL;
    assert_slice(d->title.text, "One < two");
    assert_slice(d->external_id.text, "7");
    assert_slice(d->text, "One < two\nText.");
    assert_slice(d->bylines[0], "Ann");
    assert_int_equal(ingest_next(f.source, f.arena, (struct document **)&none, &f.err), RC_INVALID);
    assert_string_equal(f.err.where, "item 2");
    assert_slice(next(&f)->text, "Just text.");
    assert_null(next(&f));
    done(&f);
}

static void test_broken_but_readable(void **state)
{
    (void)state;
    struct feed f = open_feed(
        "\n<rss><channel><title>A & B</title><item><title>Caf&eacute; & th\x01"
        "é</title>"
        "<author>jane@e.example (Jane Doe)</author><pubDate>pas une date</pubDate>"
        "<link>javascript:alert(1)</link><description>Fish &amp; chips &nbsp;!</description></item>"
        "<item><title>Coup",
        "application/rss+xml");
    const struct document *d = next(&f);
    assert_slice(d->title.text, "Café & thé");
    assert_slice(d->bylines[0], "Jane Doe");
    assert_false(slice_present(d->url.text));
    assert_false(d->published.present);
    assert_int_equal(d->warning_count, 2); /* the date and the address */
    struct document *half = NULL;
    assert_int_equal(ingest_next(f.source, f.arena, &half, &f.err), RC_INVALID);
    assert_string_equal(f.err.where, "item 2");
    assert_non_null(strstr(f.err.message, "it was cut"));
    assert_null(next(&f));
    done(&f);
}

static void test_entities_are_not_expanded(void **state)
{
    (void)state;
    struct feed f =
        open_feed("<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a 'lollollol'><!ENTITY b "
                  "'&a;&a;&a;&a;&a;&a;&a;&a;'>"
                  "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY f SYSTEM 'file:///etc/passwd'>"
                  "<!ENTITY % p SYSTEM 'http://127.0.0.1:1/x.dtd'> %p;]>"
                  "<rss><channel><item><title>T &c; &f;</title></item></channel></rss>",
                  "application/rss+xml");
    const struct document *d = next(&f);
    assert_slice(d->title.text, "T &c; &f;");
    done(&f);
}

static void refuse(const char *text, const char *type, const char *words)
{
    struct ingest_hints hints = {.content_type = slice_cstr(type)};
    struct given g = given_with(slice_cstr(text), hints);
    assert_int_equal(g.rc, RC_INVALID);
    assert_non_null(strstr(g.err.message, words));
    given_done(&g);
}

static void test_refusals(void **state)
{
    (void)state;
    refuse("<opml><body/></opml>", "application/xml", "neither RSS nor Atom: its root is opml");
    refuse("pas du XML", "application/xml", "neither RSS nor Atom");
    refuse("{\"version\":\"x\"}", "application/feed+json", "items");
    refuse("{", "application/feed+json", "no JSON");
    refuse("<rss><channel/></rss>", "application/rss+xml", "no document");
}

static void test_a_hundred_thousand_items(void **state)
{
    (void)state;
    struct buf text;
    struct timespec start, end;
    buf_init(&text);
    buf_text(&text, "<rss><channel>");
    for (int i = 0; i < 100000; i++) {
        buf_printf(&text, "<item><guid>%d</guid><title>Brève %d</title></item>", i, i);
    }
    buf_text(&text, "</channel></rss>");
    buf_char(&text, '\0');
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    struct feed f = open_feed(text.data, "application/rss+xml");
    size_t items = 0;
    while (next(&f)) {
        items++;
        arena_reset(f.arena);
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    assert_int_equal(items, 100000);
    assert_true(end.tv_sec - start.tv_sec < 60);
    done(&f);
    buf_done(&text);
}

static void test_deep_and_nested_items(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text);
    buf_text(&text, "<rss><channel><item><title>T</title>");
    for (int i = 0; i < 200000; i++) {
        buf_text(&text, "<a>");
    }
    buf_char(&text, '\0');
    struct feed f = open_feed(text.data, "application/rss+xml");
    struct document *d = NULL;
    (void)ingest_next(f.source, f.arena, &d, &f.err); /* read or refused, but soon and whole */
    done(&f);
    buf_done(&text);
}

static void test_sniffing(void **state)
{
    (void)state;
    struct ingest_hints hints = {.name = SLICE("-")};
    struct err e;
    static const char *const feeds[] = {"<?xml version='1.0'?>\n<!-- c --><rss version='2.0'>",
                                        "<feed xmlns='http://www.w3.org/2005/Atom'>",
                                        "<rdf:RDF xmlns='x'>"};
    for (size_t i = 0; i < sizeof feeds / sizeof feeds[0]; i++) {
        assert_string_equal(
            ingest_reader_name(ingest_reader_find(&hints, slice_cstr(feeds[i]), &e)), "feed");
    }
    hints.name = SLICE("x.json");
    assert_string_equal(
        ingest_reader_name(ingest_reader_find(
            &hints, SLICE("{\"version\": \"https://jsonfeed.org/version/1\"}"), &e)),
        "jsonfeed");
    hints.name = SLICE("x.xml");
    assert_string_equal(ingest_reader_name(ingest_reader_find(&hints, SLICE("<html><p>"), &e)),
                        "html");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rss_2),
        cmocka_unit_test(test_atom),
        cmocka_unit_test(test_rss_1_and_0_9),
        cmocka_unit_test(test_json_feed),
        cmocka_unit_test(test_broken_but_readable),
        cmocka_unit_test(test_entities_are_not_expanded),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_a_hundred_thousand_items),
        cmocka_unit_test(test_deep_and_nested_items),
        cmocka_unit_test(test_sniffing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
