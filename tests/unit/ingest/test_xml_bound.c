/* Tags of thousands of attributes lose most of them; nothing else is touched. */
#include "given.h"

#include "base/buf.h"
#include "ingest/xml_bound.h"

static void add_attributes(struct buf *b, int count, const char *form)
{
    for (int i = 0; i < count; i++) {
        buf_text(b, form);
    }
}

/* `before`, a tag of so many attributes, `after`: how many are left of them. */
static size_t left_of(const char *before, const char *form, int count, const char *after, bool html)
{
    struct buf b;
    struct arena *arena = arena_new(0);
    size_t left = 0, at = 0;
    buf_init(&b);
    buf_text(&b, before);
    size_t from = b.len;
    add_attributes(&b, count, form);
    buf_text(&b, after);
    struct slice out = xml_bound(buf_view(&b), html, arena);
    assert_true(slice_present(out) && slice_starts(out, slice_cstr(before)));
    assert_true(slice_ends(out, slice_cstr(after)));
    for (at = slice_find(out, slice_cstr(form), from); at != SIZE_MAX;
         at = slice_find(out, slice_cstr(form), at + strlen(form))) {
        left++;
    }
    assert_true(out.len == b.len || left < (size_t)count);
    buf_done(&b);
    arena_free(arena);
    return left;
}

static void test_many_attributes(void **state)
{
    (void)state;
    static const char *const forms[] = {" a='x'", " a=x", " a", "a=''", "a/", " a = '>' "};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        for (int html = 0; html < 2; html++) {
            assert_int_equal(left_of("<p>one</p><p b='1'", forms[i], 80, ">two</p>", html), 80);
            assert_in_range(left_of("<p>one</p><p b='1' ", forms[i], 9000, ">two</p>", html), 80,
                            XML_ATTRIBUTES_MOST);
        }
    }
}

/* Where the parser sees none, and where it sees some that only look hidden. */
static void test_what_is_no_tag(void **state)
{
    (void)state;
    static const char *const kept[][2] = {{"<script>if (i<n) {", "}</script><p>x</p>"},
                                          {"<SCRIPT type='a'>'<b", "'</SCRIPT>"},
                                          {"<style media=x>p <q", "</style>"},
                                          {"<!-- <p", "--><p>x</p>"},
                                          {"a < b ", " c"}};
    static const char *const seen[][2] = {
        {"<!-- <script> --><p", ">x"},    {"<!-- <script> --!><p", ">x"},
        {"<![CDATA[<script>]]><p", ">x"}, {"<script/><p", ">x"},
        {"<p title='<script>'><p", ">x"}, {"<script>\"</script>\"<p", ">x"},
        {"<scripted><p", ">x"},           {"</p", ">x"}};
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        assert_int_equal(left_of(kept[i][0], " word", 5000, kept[i][1], true), 5000);
    }
    for (size_t i = 0; i < sizeof seen / sizeof seen[0]; i++) {
        assert_in_range(left_of(seen[i][0], " word", 5000, seen[i][1], true), 1,
                        XML_ATTRIBUTES_MOST);
    }
}

/* In XML a comment and a CDATA section keep their ends, and elements theirs. */
static void test_ends_stay(void **state)
{
    (void)state;
    assert_in_range(left_of("<a><!-- <b", " word", 5000, "--><c/></a>", false), 1, 300);
    assert_in_range(left_of("<a><![CDATA[<b", " word", 5000, "]]></a>", false), 1, 300);
    assert_in_range(left_of("<a><![CDATA[<b", " word", 5000, "</b>]]></a>", false), 1, 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_many_attributes),
                                       cmocka_unit_test(test_what_is_no_tag),
                                       cmocka_unit_test(test_ends_stay)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
