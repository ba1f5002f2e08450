#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/networks.h"

static struct networks parse(const char *text)
{
    struct networks networks;
    struct err e = {.message = ""};
    if (networks_parse("trusted-proxies", text, &networks, &e) != RC_OK) {
        fail_msg("%s", e.message);
    }
    return networks;
}

static void holds_what_is_inside(void **state)
{
    (void)state;
    static const struct {
        const char *list, *peer;
        bool held;
    } cases[] = {
        {"10.0.0.0/8", "10.255.0.1", true},
        {"10.0.0.0/8", "11.0.0.1", false},
        {"192.0.2.7", "192.0.2.7", true},
        {"192.0.2.7", "192.0.2.8", false},
        {"192.0.2.0/31", "192.0.2.1", true},
        {"192.0.2.0/31", "192.0.2.2", false},
        {"0.0.0.0/0", "203.0.113.9", true},
        {"0.0.0.0/0", "2001:db8::1", false}, /* IPv4's every address is not IPv6's */
        {"::/0", "2001:db8::1", true},
        {"fd00::/8", "fdff::1", true},
        {"fd00::/8", "fe80::1", false},
        {"10.0.0.0/8", "::ffff:10.1.2.3", true},
        {"127.0.0.1, ::1 unix", "unix", true},
        {"127.0.0.1, ::1 unix", "::1", true},
        {"127.0.0.1", "unix", false},
        {"", "127.0.0.1", false},
        {NULL, "unix", false},
        {"10.0.0.0/8", "10.0.0.1:80", false},
        {"10.0.0.0/8", "", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct networks networks = parse(cases[i].list);
        if (networks_hold(&networks, slice_cstr(cases[i].peer)) != cases[i].held) {
            fail_msg("%s in %s", cases[i].peer, cases[i].list ? cases[i].list : "none");
        }
    }
}

static void knows_when_nobody_is_trusted(void **state)
{
    (void)state;
    struct networks none = parse(" , "), one = parse("unix");
    assert_true(networks_is_empty(&none));
    assert_false(networks_is_empty(&one));
}

static void refuses_what_it_cannot_read(void **state)
{
    (void)state;
    static const char *const bad[] = {"10.0.0.0/33", "fd00::/129", "10.0.0", "proxy.example", "/8",
                                      "10.0.0.0/",   "10.0.0.0/x", "::1/-1", "10.0.0.0/8/8"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct networks networks = {.count = 99};
        struct err e = {.rc = RC_OK};
        assert_int_equal(networks_parse("trusted-proxies", bad[i], &networks, &e), RC_INVALID);
        assert_string_equal(e.field, "trusted-proxies");
        assert_int_equal(networks.count, 99); /* untouched */
    }
}

static void has_a_limit(void **state)
{
    (void)state;
    char text[NETWORKS_MOST * 16 + 32] = "";
    size_t len = 0;
    for (int i = 0; i <= NETWORKS_MOST; i++) {
        len += (size_t)snprintf(text + len, sizeof text - len, "10.0.0.%d ", i);
    }
    struct networks networks;
    struct err e;
    assert_int_equal(networks_parse("trusted-proxies", text, &networks, &e), RC_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_what_is_inside),
        cmocka_unit_test(knows_when_nobody_is_trusted),
        cmocka_unit_test(refuses_what_it_cannot_read),
        cmocka_unit_test(has_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
