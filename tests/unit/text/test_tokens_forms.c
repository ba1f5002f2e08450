#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "text/tokens_forms.h"

static void addresses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t end;
    } cases[] = {{"http://x", 8},  {"HTTPS://x.", 9}, {"www.x.fr,", 8},   {"http://", 0},
                 {"www. x", 0},    {"httpx", 0},      {"h", 0},           {"http://a b", 8},
                 {"http://a»", 8}, {"http://a)", 8},  {"http://a(b)", 11}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(tokens_forms_end_of_address(slice_cstr(cases[i].text), 0), cases[i].end);
    }
}

static void tags(void **state)
{
    (void)state;
    assert_int_equal(tokens_forms_end_of_tag(SLICE("#MeToo!"), 0), 6);
    assert_int_equal(tokens_forms_end_of_tag(SLICE("a @x_1"), 2), 6);
    assert_int_equal(tokens_forms_end_of_tag(SLICE("#12"), 0), 0);
    assert_int_equal(tokens_forms_end_of_tag(SLICE("#"), 0), 0);
}

static void marks(void **state)
{
    (void)state;
    assert_int_equal(tokens_forms_end_of_mark(SLICE("....a"), 0), 4);
    assert_int_equal(tokens_forms_end_of_mark(SLICE("--"), 0), 2);
    assert_int_equal(tokens_forms_end_of_mark(SLICE("<<<"), 0), 2);
    assert_int_equal(tokens_forms_end_of_mark(SLICE("«»"), 0), 2);
    assert_int_equal(tokens_forms_end_of_mark(SLICE("!!"), 0), 1);
}

static void stopped_letters(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t letters, end;
    } cases[] = {{"U.S. x", 2, 4}, {"U.S.A", 3, 5},  {"J.-P. x", 2, 5}, {"J. x", 1, 2},
                 {"É.U.", 2, 5},   {"U.S.Ab", 2, 4}, {"ab.", 0, 0},     {"", 0, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t end = 0;
        assert_int_equal(tokens_forms_stopped_letters(slice_cstr(cases[i].text), 0, &end),
                         cases[i].letters);
        assert_int_equal(end, cases[i].end);
    }
}

static void fronts_of_mail_addresses(void **state)
{
    (void)state;
    assert_true(tokens_forms_leads_to_at_sign(SLICE("Dupont@x"), 0));
    assert_true(tokens_forms_leads_to_at_sign(SLICE("a.b-c_1@x"), 0));
    assert_false(tokens_forms_leads_to_at_sign(SLICE("Dupont est@x"), 0));
    assert_false(tokens_forms_leads_to_at_sign(SLICE("Dupont"), 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses),
        cmocka_unit_test(tags),
        cmocka_unit_test(marks),
        cmocka_unit_test(stopped_letters),
        cmocka_unit_test(fronts_of_mail_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
