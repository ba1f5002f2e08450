#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "http/target.h"

static struct arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new(0);
    return arena ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static struct target parsed(const char *raw)
{
    struct target target;
    struct err e = {.message = ""};
    if (target_parse(arena, slice_cstr(raw), &target, &e) != RC_OK) {
        fail_msg("%s: %s", raw, e.message);
    }
    return target;
}

static void assert_slice(struct slice s, const char *expected)
{
    assert_true(slice_present(s));
    assert_int_equal(s.len, strlen(expected));
    assert_memory_equal(s.ptr, expected, s.len);
}

static void splits_before_decoding(void **state)
{
    (void)state;
    struct target t = parsed("/entities/AC%2FDC/quotes");
    assert_int_equal(t.segment_count, 3);
    assert_slice(t.segments[1], "AC/DC");
    assert_slice(t.path, "/entities/AC%2FDC/quotes");
    assert_false(slice_present(t.query));
    assert_int_equal(parsed("/").segment_count, 0);
    assert_int_equal(parsed("/a/").segment_count, 1);
    assert_int_equal(parsed("/a//").segment_count, 2);
}

static void plus_is_a_blank_in_the_query_only(void **state)
{
    (void)state;
    struct target t = parsed("/a+b?q=l%27eau+vive%2B1");
    assert_slice(t.segments[0], "a+b");
    assert_slice(t.parameters[0].value, "l'eau vive+1");
}

static void keeps_order_and_repeats(void **state)
{
    (void)state;
    struct target t = parsed("/x?b=1&a=2&b=3&&flag&e=&c=x=y;d=4&");
    static const char *const expected[][2] = {{"b", "1"},   {"a", "2"}, {"b", "3"},
                                              {"flag", ""}, {"e", ""},  {"c", "x=y;d=4"}};
    assert_int_equal(t.parameter_count, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_slice(t.parameters[i].name, expected[i][0]);
        assert_slice(t.parameters[i].value, expected[i][1]);
    }
    assert_slice(t.query, "b=1&a=2&b=3&&flag&e=&c=x=y;d=4&");
    assert_int_equal(parsed("/x?").parameter_count, 0);
    assert_slice(parsed("/x?").query, "");
    assert_slice(parsed("/x?a=b?c").parameters[0].value, "b?c");
}

static void decodes_names_too(void **state)
{
    (void)state;
    struct target t = parsed("/x?%C3%A9t%C3%A9=%F0%9F%93%B0");
    assert_slice(t.parameters[0].name, "été");
    assert_slice(t.parameters[0].value, "\xF0\x9F\x93\xB0");
}

static void takes_raw_utf8(void **state)
{
    (void)state;
    assert_slice(parsed("/entities/Élysée").segments[1], "Élysée");
}

static void refuses_traps(void **state)
{
    (void)state;
    static const struct {
        const char *raw, *says;
    } traps[] = {
        {"", "start"},
        {"articles", "start"},
        {"http://host/articles", "start"},
        {"/articles%00/evil", "%00"},
        {"/a?q=x%00", "%00"},
        {"/a%", "hexadecimal"},
        {"/a%2", "hexadecimal"},
        {"/a%zz", "hexadecimal"},
        {"/a%+1", "hexadecimal"},
        {"/a?q=%4", "hexadecimal"},
        {"/%C0%AF", "UTF-8"},       /* overlong '/' */
        {"/%E0%80%AF", "UTF-8"},    /* overlong, three bytes */
        {"/%ED%A0%80", "UTF-8"},    /* a surrogate */
        {"/%F4%90%80%80", "UTF-8"}, /* above U+10FFFF */
        {"/%FF", "UTF-8"},
        {"/a?q=%C3", "UTF-8"}, /* cut */
        {"/caf\xE9", "UTF-8"}, /* raw Latin-1 */
        {"/%C3/%A9", "UTF-8"}, /* one character over two segments */
        {"/a b", "%20"},
        {"/a\tb", "%09"},
        {"/a\x7f", "%7F"},
        {"/a#frag", "%23"},
        {"/../etc/passwd", ".."},
        {"/a/./b", "."},
        {"/a/%2e%2E/b", ".."},
        {"/a?=x", "no name"},
        {"/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", "segments"},
    };
    for (size_t i = 0; i < sizeof traps / sizeof traps[0]; i++) {
        struct target t;
        struct err e = {.message = ""};
        enum rc rc = target_parse(arena, slice_cstr(traps[i].raw), &t, &e);
        if (rc != RC_INVALID || !strstr(e.message, traps[i].says)) {
            fail_msg("%s: rc %d, \"%s\" should say \"%s\"", traps[i].raw, rc, e.message,
                     traps[i].says);
        }
    }
}

static void says_where(void **state)
{
    (void)state;
    struct target t;
    struct err e;
    assert_int_equal(target_parse(arena, SLICE("/a?q=x%zz"), &t, &e), RC_INVALID);
    assert_string_equal(e.where, "byte 6");
}

static void a_name_of_ten_thousand_characters(void **state)
{
    (void)state;
    static char raw[1 + 10000 * 6 + 1] = "/";
    for (size_t i = 0; i < 10000; i++) {
        memcpy(raw + 1 + i * 6, "%C3%A9", 6);
    }
    struct target t = parsed(raw);
    assert_int_equal(t.segments[0].len, 20000);
}

static void too_many_parameters(void **state)
{
    (void)state;
    char raw[1024] = "/?";
    for (size_t i = 0; i < TARGET_MAX_PARAMETERS; i++) {
        memcpy(raw + 2 + i * 4, "a=1&", 5);
    }
    raw[2 + TARGET_MAX_PARAMETERS * 4 - 1] = '\0';
    assert_int_equal(parsed(raw).parameter_count, TARGET_MAX_PARAMETERS);
    (void)strcat(raw, "&b");
    struct target t;
    struct err e;
    assert_int_equal(target_parse(arena, slice_cstr(raw), &t, &e), RC_INVALID);
}

static void asterisk(void **state)
{
    (void)state;
    assert_true(parsed("*").asterisk);
    assert_false(parsed("/*").asterisk);
}

static void out_of_memory_is_an_error(void **state)
{
    (void)state;
    struct arena *small = arena_new(1);
    struct target t;
    struct err e;
    static char raw[40000];
    memset(raw, 'a', sizeof raw);
    raw[0] = '/';
    assert_int_equal(target_parse(small, slice_of(raw, sizeof raw), &t, &e), RC_NOMEM);
    arena_free(small);
}

static void encodes_what_it_decodes(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "abc-._~", "AC/DC", "100 % d'été ?&=+#",
                                        "\xF0\x9F\x93\xB0"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct slice back;
        struct err e;
        struct slice encoded = target_encode(arena, slice_cstr(texts[i]));
        assert_int_equal(target_decode(arena, encoded, true, &back, &e), RC_OK);
        assert_slice(back, texts[i]);
    }
    assert_slice(target_encode(arena, SLICE("AC/DC é")), "AC%2FDC%20%C3%A9");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_before_decoding),
        cmocka_unit_test(plus_is_a_blank_in_the_query_only),
        cmocka_unit_test(keeps_order_and_repeats),
        cmocka_unit_test(decodes_names_too),
        cmocka_unit_test(takes_raw_utf8),
        cmocka_unit_test(refuses_traps),
        cmocka_unit_test(says_where),
        cmocka_unit_test(a_name_of_ten_thousand_characters),
        cmocka_unit_test(too_many_parameters),
        cmocka_unit_test(asterisk),
        cmocka_unit_test(out_of_memory_is_an_error),
        cmocka_unit_test(encodes_what_it_decodes),
    };
    return cmocka_run_group_tests_name("http/target", tests, set_up, tear_down);
}
