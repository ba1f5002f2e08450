#include "given.h"

#include "ingest/charset.h"

struct decoded {
    struct arena *arena;
    struct charset_text out;
    struct err err;
    enum rc rc;
};

static struct decoded decode_n(const char *bytes, size_t len, const char *declared)
{
    struct decoded d = {.arena = arena_new(0)};
    d.rc =
        charset_decode(slice_of(bytes, len), slice_cstr(declared), 1000, d.arena, &d.out, &d.err);
    return d;
}

#define DECODE(literal, declared) decode_n(literal, sizeof(literal) - 1, declared)

static void expect(struct decoded d, const char *text, const char *from)
{
    assert_int_equal(d.rc, RC_OK);
    assert_slice(d.out.text, text);
    if (from) {
        assert_slice(d.out.from, from);
    } else {
        assert_false(slice_present(d.out.from));
    }
    arena_free(d.arena);
}

static void expect_refusal(struct decoded d, enum rc rc, const char *words, const char *where)
{
    assert_int_equal(d.rc, rc);
    assert_non_null(strstr(d.err.message, words));
    assert_string_equal(d.err.where, where);
    arena_free(d.arena);
}

static void test_utf8_stays(void **state)
{
    (void)state;
    expect(DECODE("L\xC3\xA9o\r\n", NULL), "L\xC3\xA9o\r\n", NULL);
    expect(DECODE("L\xC3\xA9o", "UTF-8"), "L\xC3\xA9o", NULL);
    expect(DECODE("", NULL), "", NULL);
    expect(DECODE("abc", "us-ascii"), "abc", NULL);
}

static void test_marks_win_over_the_declared_charset(void **state)
{
    (void)state;
    expect(DECODE("\xEF\xBB\xBF\xC3\xA9", "iso-8859-1"), "\xC3\xA9", NULL);
    expect(DECODE("\xFF\xFE\xE9\0!\0", "utf-8"), "\xC3\xA9!", "UTF-16LE");
    expect(DECODE("\xFE\xFF\0\xE9", NULL), "\xC3\xA9", "UTF-16BE");
}

static void test_declared_single_bytes(void **state)
{
    (void)state;
    expect(DECODE("\xE9\x80\x92", "windows-1252"), "\xC3\xA9\xE2\x82\xAC\xE2\x80\x99",
           "windows-1252");
    expect(DECODE("\x93oui\x94", "ISO-8859-1"), "\xE2\x80\x9Coui\xE2\x80\x9D", "windows-1252");
    expect(DECODE("\xA4\xBD", "ISO-8859-15"), "\xE2\x82\xAC\xC5\x93", "iso-8859-15");
    /* Declared wins even over bytes that would be good UTF-8. */
    expect(DECODE("\xC3\xA9", "latin1"), "\xC3\x83\xC2\xA9", "windows-1252");
    expect_refusal(DECODE("ab\x81", "cp1252"), RC_INVALID, "0x81", "byte 2");
}

static void test_clear_windows_1252_is_found(void **state)
{
    (void)state;
    expect(DECODE("Le Pr\xE9sident \xAB d\xE9plore \xBB l\x92\xE9t\xE9", NULL),
           "Le Pr\xC3\xA9sident \xC2\xAB d\xC3\xA9plore \xC2\xBB l\xE2\x80\x99\xC3\xA9t\xC3\xA9",
           "windows-1252");
}

static void test_what_is_not_clear_is_refused(void **state)
{
    (void)state;
    /* UTF-8 with one damaged byte: guessing would garble the rest */
    expect_refusal(DECODE("\xC3\xA9t\xC3\xA9 \xC3\xA0 No\xC3", NULL), RC_INVALID, "not valid UTF-8",
                   "byte 11");
    /* binary */
    expect_refusal(DECODE("\x89PNG\r\n\x1A\n\x01\xFE\xD8", NULL), RC_INVALID, "0x89", "byte 0");
    expect_refusal(DECODE("\xF0\xDE\xD7\xF7", NULL), RC_INVALID, "UTF-8", "byte 0");
    /* declared UTF-8 is held to its word */
    expect_refusal(DECODE("caf\xE9 noir", "utf-8"), RC_INVALID, "declares", "byte 3");
    expect_refusal(DECODE("\xFF\xFE\x00\xD8", NULL), RC_INVALID, "UTF-16LE", "byte 2");
}

static void test_nul_is_refused_with_its_place(void **state)
{
    (void)state;
    expect_refusal(DECODE("abc\0d", NULL), RC_INVALID, "byte 3 is NUL", "byte 3");
    expect_refusal(DECODE("\xE9\0", "latin1"), RC_INVALID, "NUL", "byte 1");
}

static void test_unknown_charsets(void **state)
{
    (void)state;
    const char *names[] = {"klingon-8", "", "utf-16//IGNORE", "a b", "../../etc/passwd"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct decoded d = DECODE("\xE9", names[i]);
        assert_int_equal(d.rc, RC_UNSUPPORTED);
        assert_string_equal(d.err.field, "charset");
        arena_free(d.arena);
    }
}

static void test_limit_counts_decoded_bytes(void **state)
{
    (void)state;
    char text[1001];
    memset(text, 'a', sizeof text);
    expect_refusal(decode_n(text, 1001, NULL), RC_TOO_LARGE, "1000", "");
    struct decoded d = decode_n(text, 1000, NULL);
    assert_int_equal(d.rc, RC_OK);
    arena_free(d.arena);
    memset(text, '\xE9', 501); /* 1002 bytes of UTF-8 */
    expect_refusal(decode_n(text, 501, "latin1"), RC_TOO_LARGE, "1000", "");
}

static void test_charset_parameter(void **state)
{
    (void)state;
    assert_slice(charset_of_type(SLICE("text/plain; charset=latin1")), "latin1");
    assert_slice(charset_of_type(SLICE("text/plain;format=flowed;Charset=\"utf-8\"")), "utf-8");
    assert_false(slice_present(charset_of_type(SLICE("text/plain"))));
    assert_false(slice_present(charset_of_type(SLICE_NONE)));
    assert_false(slice_present(charset_of_type(SLICE("charset=x"))));
}

static void test_what_servers_say(void **state)
{
    (void)state;
    struct slice utf8 = SLICE("<p>\xC3\xA9t\xC3\xA9"), latin = SLICE("<p>\xE9t\xE9");
    assert_slice(charset_served(SLICE("text/html; charset=ISO-8859-1"), latin), "ISO-8859-1");
    assert_false(slice_present(charset_served(SLICE("text/html; charset=ISO-8859-1"), utf8)));
    assert_false(slice_present(charset_served(SLICE("text/html; charset=windows-1252"), utf8)));
    assert_slice(charset_served(SLICE("text/html; charset=latin1"), SLICE("ascii")), "latin1");
    assert_slice(charset_served(SLICE("text/html; charset=koi8-r"), utf8), "koi8-r");
    assert_false(slice_present(charset_served(SLICE("text/html"), utf8)));
    assert_false(slice_present(charset_served(SLICE_NONE, latin)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_utf8_stays),
        cmocka_unit_test(test_marks_win_over_the_declared_charset),
        cmocka_unit_test(test_declared_single_bytes),
        cmocka_unit_test(test_clear_windows_1252_is_found),
        cmocka_unit_test(test_what_is_not_clear_is_refused),
        cmocka_unit_test(test_nul_is_refused_with_its_place),
        cmocka_unit_test(test_unknown_charsets),
        cmocka_unit_test(test_limit_counts_decoded_bytes),
        cmocka_unit_test(test_charset_parameter),
        cmocka_unit_test(test_what_servers_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
