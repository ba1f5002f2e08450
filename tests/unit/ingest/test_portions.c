/* Where the portions of a long feed or array end, however much of it is in memory at a time. */
#include "given.h"

#include <stdlib.h>

#include "base/buf.h"
#include "ingest/portions.h"

/* Reads `text` as a stream that gives `step` bytes at a time: "head|one|two", "!" for a fault. */
static const char *cut(const char *text, enum portions_kind kind, size_t step)
{
    static char out[1000];
    struct portions p = {.kind = kind, .most = 200, .least = 1};
    size_t at = 0, end = 0, len = strlen(text), written = 0;
    struct err e = {0};
    out[0] = '\0';
    for (;;) {
        char *copy = malloc(end - at + 1); /* exactly what is in memory, for the sanitizer */
        memcpy(copy, text + at, end - at);
        struct slice portion = SLICE("");
        size_t used = 0;
        enum portions_step found =
            portions_next(&p, slice_of(copy, end - at), end < len, &portion, &used, &e);
        if (found == PORTIONS_HEAD || found == PORTIONS_ONE) {
            written += (size_t)snprintf(out + written, sizeof out - written, "%s%.*s",
                                        found == PORTIONS_ONE ? "|" : "", SLICE_ARG(portion));
        }
        free(copy);
        at += found == PORTIONS_HEAD || found == PORTIONS_ONE ? used : 0;
        if (found == PORTIONS_MORE) {
            assert_true(end < len);
            end = end + step < len ? end + step : len;
        } else if (found == PORTIONS_END) {
            return out;
        } else if (found == PORTIONS_FAULT) {
            assert_true(e.message[0] != '\0');
            written += (size_t)snprintf(out + written, sizeof out - written, "!");
        }
    }
}

static void check(const char *text, enum portions_kind kind, const char *expected)
{
    for (size_t step = 1; step < 9; step++) {
        assert_string_equal(cut(text, kind, step), expected);
    }
    assert_string_equal(cut(text, kind, 10000), expected);
}

static void test_feeds(void **state)
{
    (void)state;
    check("<rss><t/><item>a</item> <item a='b'>c</item></rss>", PORTIONS_FEED,
          "<rss><t/>|<item>a</item> |<item a='b'>c</item></rss>");
    check("<?xml version='1.0'?><a:feed><a:entry>a</a:entry><a:entry/></a:feed>", PORTIONS_FEED,
          "<?xml version='1.0'?><a:feed>|<a:entry>a</a:entry>|<a:entry/></a:feed>");
    check("<r><ITEM>one<item>x</item></ITEM><ITEM>two", PORTIONS_FEED,
          "<r>|<ITEM>one<item>x</item></ITEM>|<ITEM>two");
}

/* <item> in a comment, a CDATA section or an instruction is none, nor is <items> or <ev:item>. */
static void test_what_is_no_item(void **state)
{
    (void)state;
    check(
        "<r><!-- <item> --><items/><item><![CDATA[<item>]] ]>]]></item><item><ev:item/></item>",
        PORTIONS_FEED,
        "<r><!-- <item> --><items/>|<item><![CDATA[<item>]] ]>]]></item>|<item><ev:item/></item>");
    check("<r><item>a<!--<item>--><?x <item> ?></item><item>", PORTIONS_FEED,
          "<r>|<item>a<!--<item>--><?x <item> ?></item>|<item>");
}

static void test_feeds_with_faults(void **state)
{
    (void)state;
    check("<rss><channel></channel></rss>", PORTIONS_FEED, "!");
    check("", PORTIONS_FEED, "!");
    char text[2000] = "<rss><item>a</item><item><![CDATA[";
    memset(text + strlen(text), 'x', 300);
    assert_string_equal(cut(text, PORTIONS_FEED, 7), "<rss>|<item>a</item>!");
}

static void test_arrays(void **state)
{
    (void)state;
    check(" [ {\"a\":\"] , \\\"[\"} , [1,2],3 ,\"x\\\\\" ]\n ", PORTIONS_ARRAY,
          "|{\"a\":\"] , \\\"[\"}|[1,2]|3|\"x\\\\\"");
    check("    []", PORTIONS_ARRAY, "");
    check("\xEF\xBB\xBF[{}]", PORTIONS_ARRAY, "|{}");
    check("   [1,,2]", PORTIONS_ARRAY, "|1!");
    check("   [1,]", PORTIONS_ARRAY, "|1!");
    check("   [1] 2", PORTIONS_ARRAY, "|1!");
    check("   [1,{\"a\":[2", PORTIONS_ARRAY, "|1!");
    check("   [1 2,}]", PORTIONS_ARRAY, "|1 2|}"); /* whoever parses them refuses them */
}

static void test_an_endless_value(void **state)
{
    (void)state;
    char text[2000] = "    [1,\"";
    memset(text + strlen(text), 'x', 300);
    assert_string_equal(cut(text, PORTIONS_ARRAY, 7), "|1!");
}

/* ---- long streams, through a source */

enum { LONG_ITEMS = 21, ITEM_REPEATS = 4000, EMPTY_ITEM = 13 };

static const char sentence[] = "La halle rouvre ses portes mardi, dit le maire de la ville. ";

static void add_texts(struct buf *text, int item)
{
    for (int k = 0; k < ITEM_REPEATS && item != EMPTY_ITEM; k++) {
        buf_text(text, sentence);
    }
}

/* In Latin-1, as only its head says; one item has nothing. */
static void long_feed(struct buf *text)
{
    buf_text(text,
             "<?xml version='1.0' encoding='ISO-8859-1'?><rss><channel><title>Le Courrier</title>"
             "<language>fr</language>");
    for (int i = 0; i < LONG_ITEMS; i++) {
        buf_printf(text,
                   i == EMPTY_ITEM ? "<item><description>"
                                   : "<item><title>March\xE9 %d</title><description>",
                   i);
        add_texts(text, i);
        buf_text(text, "</description></item>\n");
    }
    buf_text(text, "</channel></rss>");
}

static void long_array(struct buf *text)
{
    buf_char(text, '[');
    for (int i = 0; i < LONG_ITEMS; i++) {
        buf_printf(
            text,
            "%s{\"title\":\"Marché %d\",\"lang\":\"fr\",\"source\":\"Le Courrier\",\"text\":\"",
            i ? "," : "", i);
        add_texts(text, i);
        buf_text(text, "\"}\n");
    }
    buf_char(text, ']');
}

static struct ingest_source *open_source(struct slice text, const char *type, FILE **file)
{
    static struct ingest_hints hints;
    struct ingest_source *source = NULL;
    struct err e;
    hints = (struct ingest_hints){.content_type = slice_cstr(type)};
    if (file == NULL) {
        assert_int_equal(ingest_open_bytes(text, &hints, &source, &e), RC_OK);
        return source;
    }
    *file = tmpfile();
    assert_int_equal(fwrite(text.ptr, 1, text.len, *file), text.len);
    rewind(*file);
    assert_int_equal(ingest_open_stream(*file, &hints, &source, &e), RC_OK);
    return source;
}

/* All items but the empty one, which is refused by its number; what the head says is said of each. */
static void walk_long(struct ingest_source *source, size_t part_most)
{
    for (int i = 0; i < LONG_ITEMS; i++) {
        char title[40];
        struct arena *arena = arena_new(0);
        struct document *d = NULL;
        struct err e = {0};
        enum rc rc = ingest_next(source, arena, &d, &e);
        struct ingest_origin origin = ingest_origin(source);
        snprintf(title, sizeof title, "Marché %d", i);
        assert_true(origin.bytes.len < part_most && origin.part > 0);
        if (i == EMPTY_ITEM) {
            assert_int_equal(rc, RC_INVALID);
            assert_string_equal(e.where, "item 14");
        } else {
            assert_int_equal(rc, RC_OK);
            assert_slice(d->title.text, title);
            assert_slice(d->source.text, "Le Courrier");
            assert_slice(d->lang.text, "fr");
        }
        arena_free(arena);
    }
}

static void expect_end(struct ingest_source *source)
{
    struct arena *arena = arena_new(0);
    struct document *d = NULL;
    struct err e;
    assert_int_equal(ingest_next(source, arena, &d, &e), RC_OK);
    assert_null(d);
    arena_free(arena);
}

static void test_a_long_feed(void **state)
{
    (void)state;
    struct buf text;
    FILE *file;
    size_t total = 0;
    struct err e;
    buf_init(&text);
    long_feed(&text);
    struct ingest_source *source = open_source(buf_view(&text), "application/rss+xml", &file);
    walk_long(source, 1 << 20);
    expect_end(source);
    ingest_close(source);
    fclose(file);

    source = open_source(buf_view(&text), "application/rss+xml", NULL); /* as a body */
    assert_int_equal(ingest_total(source, &total, &e), RC_OK);
    assert_int_equal(total, LONG_ITEMS);
    walk_long(source, 1 << 20);
    expect_end(source);
    ingest_close(source);
    buf_done(&text);
}

/* A stretch that is no text spoils no other: its items are told together, and the numbers go on behind it. */
static void test_a_stretch_that_is_no_text(void **state)
{
    (void)state;
    struct buf text;
    struct arena *arena = arena_new(0);
    FILE *file;
    size_t taken = 0, refused = 0;
    char places[200] = "";
    buf_init(&text);
    long_feed(&text);
    memset(strstr(text.data, "<title>March\xE9 7<") + 40, 0, 10);
    struct ingest_source *source = open_source(buf_view(&text), "application/rss+xml", &file);
    for (;;) {
        struct document *d = NULL;
        struct err e = {0};
        enum rc rc = ingest_next(source, arena, &d, &e);
        if (rc == RC_OK && !d) {
            break;
        }
        taken += d != NULL;
        refused += rc != RC_OK;
        snprintf(places + strlen(places), sizeof places - strlen(places), "%s%s", rc ? e.where : "",
                 rc ? ";" : "");
    }
    assert_int_equal(refused, 2);
    assert_string_equal(places, "items 7 to 8;item 14;");
    assert_int_equal(taken, LONG_ITEMS - 3);
    ingest_close(source);
    fclose(file);
    buf_done(&text);
    arena_free(arena);
}

static void test_a_long_array(void **state)
{
    (void)state;
    struct buf text;
    FILE *file;
    buf_init(&text);
    long_array(&text);
    struct ingest_source *source = open_source(buf_view(&text), "application/json", &file);
    walk_long(source, 1 << 20);
    expect_end(source);
    ingest_close(source);
    fclose(file);

    /* Cut: what came whole is taken, then comes the fault, then the end. */
    source = open_source(slice_of(text.data, text.len - 2), "application/json", &file);
    walk_long(source, 1 << 20);
    struct arena *arena = arena_new(0);
    struct document *d = NULL;
    struct err e;
    assert_int_equal(ingest_next(source, arena, &d, &e), RC_INVALID);
    assert_non_null(strstr(e.message, "it was cut"));
    arena_free(arena);
    expect_end(source);
    ingest_close(source);
    fclose(file);
    buf_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_feeds),        cmocka_unit_test(test_what_is_no_item),
        cmocka_unit_test(test_arrays),       cmocka_unit_test(test_feeds_with_faults),
        cmocka_unit_test(test_a_long_feed),  cmocka_unit_test(test_an_endless_value),
        cmocka_unit_test(test_a_long_array), cmocka_unit_test(test_a_stretch_that_is_no_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
