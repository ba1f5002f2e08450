#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "http/forwarded.h"

enum { LINES_MOST = 6 };

struct line {
    const char *name, *value;
};

static struct forwarded read_lines(const struct line *lines)
{
    struct request_header headers[LINES_MOST];
    struct networks trusted;
    struct forwarded out;
    struct err e;
    size_t count = 0;
    for (; count < LINES_MOST && lines[count].name; count++) {
        headers[count] =
            (struct request_header){slice_cstr(lines[count].name), slice_cstr(lines[count].value)};
    }
    assert_int_equal(networks_parse("t", "10.0.0.0/8 fd00::/8", &trusted, &e), RC_OK);
    forwarded_read(headers, count, &trusted, &out);
    return out;
}

static void check(struct slice got, const char *wanted)
{
    if (!wanted ? slice_present(got) : !slice_is(got, wanted)) {
        fail_msg("'%.*s' instead of '%s'", SLICE_ARG(got), wanted ? wanted : "nothing");
    }
}

static void reads_what_proxies_write(void **state)
{
    (void)state;
    static const struct {
        struct line lines[LINES_MOST];
        const char *client, *proto, *host, *prefix;
    } cases[] = {
        {{{"Accept", "*/*"}}, NULL, NULL, NULL, NULL},
        {{{"X-Forwarded-For", "203.0.113.9"},
          {"X-Forwarded-Proto", "https"},
          {"X-Forwarded-Host", "news.example"},
          {"X-Forwarded-Prefix", "/archive"}},
         "203.0.113.9",
         "https",
         "news.example",
         "/archive"},
        /* What the client claims stands first, what the proxies saw last. */
        {{{"X-Forwarded-For", "198.51.100.1, 203.0.113.9, 10.0.0.2"}},
         "203.0.113.9",
         NULL,
         NULL,
         NULL},
        {{{"X-Forwarded-For", "198.51.100.1"}, {"x-forwarded-for", "203.0.113.9"}},
         "203.0.113.9",
         NULL,
         NULL,
         NULL},
        /* All of them proxies of ours: the farthest. */
        {{{"X-Forwarded-For", "10.0.0.9, 10.0.0.2"}}, "10.0.0.9", NULL, NULL, NULL},
        {{{"X-Forwarded-For", "not an address"}}, NULL, NULL, NULL, NULL},
        {{{"X-Forwarded-For", "203.0.113.9:4711"}}, "203.0.113.9", NULL, NULL, NULL},
        {{{"X-Forwarded-Proto", "gopher"}, {"X-Forwarded-Host", "a\"b"}}, NULL, NULL, NULL, NULL},
        {{{"X-Forwarded-Host", "evil.example, news.example"}}, NULL, NULL, "news.example", NULL},
        {{{"Forwarded", "for=203.0.113.9;proto=HTTPS;host=\"news.example:8443\""},
          {"X-Forwarded-For", "192.0.2.99"},
          {"X-Forwarded-Host", "ignored.example"}},
         "203.0.113.9",
         "https",
         "news.example:8443",
         NULL},
        {{{"Forwarded", "For=\"[2001:db8::7]:4711\", for=\"[fd00::1]\" ; Proto=http"}},
         "2001:db8::7",
         "http",
         NULL,
         NULL},
        {{{"Forwarded", "for=198.51.100.1, for=unknown, for=10.0.0.2"}},
         "10.0.0.2",
         NULL,
         NULL,
         NULL},
        {{{"Forwarded", "for=\"a, b\";host=\"x;y\", proto"}}, NULL, NULL, NULL, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct forwarded got = read_lines(cases[i].lines);
        check(got.client, cases[i].client);
        check(got.proto, cases[i].proto);
        check(got.host, cases[i].host);
        check(got.prefix, cases[i].prefix);
    }
}

static void a_prefix_never_leads_away(void **state)
{
    (void)state;
    static const struct line cases[][2] = {
        {{"/a/b/", "/a/b"}}, {{"/", ""}},      {{"", ""}},        {{"//evil.example", NULL}},
        {{"archive", NULL}}, {{"/a?b", NULL}}, {{"/a\"b", NULL}}, {{"https://x", NULL}},
        {{"/a b", NULL}},    {{"/a\\b", NULL}}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct line lines[LINES_MOST] = {{"X-Forwarded-Prefix", cases[i][0].name}};
        check(read_lines(lines).prefix, cases[i][0].value);
    }
}

static void a_long_list_costs_its_beginning(void **state)
{
    (void)state;
    char text[8192] = "198.51.100.1";
    for (int i = 0; i < 500; i++) {
        strcat(text, ", 10.0.0.2");
    }
    struct line lines[LINES_MOST] = {{"X-Forwarded-For", text}};
    check(read_lines(lines).client, "10.0.0.2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_proxies_write),
        cmocka_unit_test(a_prefix_never_leads_away),
        cmocka_unit_test(a_long_list_costs_its_beginning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
