#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "text/host.h"

static void writes_names_as_the_dns_has_them(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"presse.example", "presse.example"},
        {"\xC3\xA9lys\xC3\xA9"
         "e.example",
         "xn--lyse-9oad.example"},
        {"e\xCC\x81lyse\xCC\x81"
         "e.example",
         "xn--lyse-9oad.example"}, /* decomposed */
        {"127.0.0.1", "127.0.0.1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char ascii[HOST_MOST] = "";
        assert_true(host_ascii(slice_cstr(cases[i][0]), ascii));
        assert_string_equal(ascii, cases[i][1]);
    }
}

static void leaves_alone_what_is_no_name(void **state)
{
    (void)state;
    char ascii[HOST_MOST] = "before", longest[2 * HOST_MOST];
    memset(longest, 'a', sizeof longest);
    assert_false(host_ascii(slice_of(longest, sizeof longest), ascii));
    assert_false(host_ascii(slice_of("a\0b", 3), ascii));
    assert_false(host_ascii(slice_of(longest, 64), ascii)); /* a label of more than 63 */
    assert_string_equal(ascii, "before");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_names_as_the_dns_has_them),
        cmocka_unit_test(leaves_alone_what_is_no_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
