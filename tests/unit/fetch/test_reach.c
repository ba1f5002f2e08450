#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include "fetch/reach.h"

static bool allows(const char *text, const char *networks, struct reach_refusal *why)
{
    struct networks allowed;
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    assert_int_equal(networks_parse("fetch-allow", networks, &allowed, NULL), RC_OK);
    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
        return reach_allows((struct sockaddr *)&v4, sizeof v4, &allowed, why);
    }
    assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
    return reach_allows((struct sockaddr *)&v6, sizeof v6, &allowed, why);
}

static void public_addresses_are_open(void **state)
{
    (void)state;
    static const char *const open[] = {
        "1.1.1.1",         "9.255.255.255",   "11.0.0.0",         "100.63.255.255",
        "100.128.0.0",     "126.255.255.255", "128.0.0.1",        "169.253.255.255",
        "169.255.0.0",     "172.15.255.255",  "172.32.0.0",       "192.0.1.1",
        "192.167.255.255", "192.169.0.0",     "198.17.255.255",   "198.20.0.0",
        "223.255.255.255", "168.63.129.15",   "2a00:1450::1",     "2606:4700::1111",
        "2001:4860::8888", "::ffff:1.1.1.1",  "64:ff9b::101:101", "2002:101:101::1",
        "2001:200::1",
    };
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++) {
        struct reach_refusal why;
        if (!allows(open[i], "", &why)) {
            fail_msg("%s: %s", open[i], why.why);
        }
    }
}

static void special_addresses_are_closed(void **state)
{
    (void)state;
    static const char *const closed[][2] = {
        {"0.0.0.0", "0.0.0.0/8"},
        {"0.1.2.3", "0.0.0.0/8"},
        {"10.0.0.1", "10.0.0.0/8"},
        {"100.64.0.1", "100.64.0.0/10"},
        {"100.100.100.200", "100.64.0.0/10"}, /* a cloud's metadata */
        {"127.0.0.1", "127.0.0.0/8"},
        {"127.255.255.254", "127.0.0.0/8"},
        {"168.63.129.16", "168.63.129.16/32"},
        {"169.254.169.254", "169.254.0.0/16"},
        {"172.16.0.1", "172.16.0.0/12"},
        {"172.31.255.255", "172.16.0.0/12"},
        {"192.0.0.192", "192.0.0.0/24"},
        {"192.0.2.1", "192.0.2.0/24"},
        {"192.88.99.1", "192.88.99.0/24"},
        {"192.168.1.1", "192.168.0.0/16"},
        {"198.19.255.255", "198.18.0.0/15"},
        {"198.51.100.7", "198.51.100.0/24"},
        {"203.0.113.7", "203.0.113.0/24"},
        {"224.0.0.1", "224.0.0.0/4"},
        {"239.255.255.255", "224.0.0.0/4"},
        {"240.0.0.1", "240.0.0.0/4"},
        {"255.255.255.255", "240.0.0.0/4"},
        {"::", "::/128"},
        {"::1", "::1/128"},
        {"::7f00:1", "::/96"},
        {"::ffff:127.0.0.1", "127.0.0.0/8"},
        {"::ffff:10.1.1.1", "10.0.0.0/8"},
        {"64:ff9b::10.1.1.1", "10.0.0.0/8"},
        {"64:ff9b:1::1", "64:ff9b:1::/48"},
        {"2002:a00:1::1", "10.0.0.0/8"},
        {"2002:7f00:1::", "127.0.0.0/8"},
        {"2001::1", "2001::/23"}, /* Teredo */
        {"2001:db8::1", "2001:db8::/32"},
        {"3fff::1", "3fff::/20"},
        {"100::1", "100::/64"},
        {"fc00::1", "fc00::/7"},
        {"fd00:ec2::254", "fc00::/7"}, /* a cloud's metadata */
        {"fe80::1", "fe80::/10"},
        {"fec0::1", "fec0::/10"},
        {"ff02::1", "ff00::/8"},
        {"4000::1", "4000::1"},
        {"5f00::1", "5f00::1"},
    };
    for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++) {
        struct reach_refusal why;
        if (allows(closed[i][0], "", &why) || strcmp(why.allow, closed[i][1]) != 0) {
            fail_msg("%s: %s", closed[i][0], why.allow);
        }
        assert_true(why.why[0] != '\0' && why.address[0] != '\0');
        /* What the message proposes does what it says, and no more than an address that isn't in there needs. */
        assert_true(allows(closed[i][0], closed[i][1], &why));
        assert_false(allows("127.1.1.1", "10.0.0.0/8 fd00::/8", &why));
    }
}

static void other_families_are_closed(void **state)
{
    (void)state;
    struct networks all;
    struct reach_refusal why;
    struct sockaddr_un unix_socket = {.sun_family = AF_UNIX};
    struct sockaddr_in short_one = {.sin_family = AF_INET};
    assert_int_equal(networks_parse("fetch-allow", "0.0.0.0/0 ::/0", &all, NULL), RC_OK);
    assert_false(reach_allows((struct sockaddr *)&unix_socket, sizeof unix_socket, &all, &why));
    assert_false(reach_allows((struct sockaddr *)&short_one, 4, &all, &why));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(public_addresses_are_open),
        cmocka_unit_test(special_addresses_are_closed),
        cmocka_unit_test(other_families_are_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
