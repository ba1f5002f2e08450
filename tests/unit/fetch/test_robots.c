#include "served.h"

#include <stdlib.h>
#include <string.h>

#include "fetch/fetch.h"
#include "fetch/robots.h"

static struct arena *arena;

static struct robots given(const char *text)
{
    struct robots robots;
    assert_int_equal(robots_parse(slice_cstr(text), SLICE("guillemet"), arena, &robots, NULL),
                     RC_OK);
    return robots;
}

static void expect(const char *text, const char *path, bool allowed)
{
    struct robots robots = given(text);
    if (robots_allows(&robots, slice_cstr(path)) != allowed) {
        fail_msg("%s %s", path, allowed ? "is refused" : "is allowed");
    }
}

static void the_longest_rule_counts(void **state)
{
    (void)state;
    static const struct {
        const char *rules, *path;
        bool allowed;
    } cases[] = {
        {"Disallow: /a\nAllow: /a/b", "/a/b/c", true},
        {"Disallow: /a\nAllow: /a/b", "/a/c", false},
        {"Allow: /a\nDisallow: /a", "/a", true}, /* allow wins a tie, in either order */
        {"Disallow: /a\nAllow: /a", "/a", true},
        {"Disallow:", "/a", true},
        {"Disallow: /", "/", false},
        {"Disallow: /", "/robots.txt", true},
        {"Disallow: /a", "/A", true},
        {"disallow:/a#b", "/ab", false},
        {"Disallow: /a?x", "/a?x=1", false},
        {"Disallow: /a?x", "/a", true},
        {"Disallow: /*.pdf$", "/x/y.pdf", false},
        {"Disallow: /*.pdf$", "/x/y.pdf?z", true},
        {"Disallow: /*.pdf$", "/x.pdf/y.pdf", false},
        {"Disallow: /*.pdf", "/x/y.pdf?z", false},
        {"Disallow: /a*b*c", "/a-b-c-d", false},
        {"Disallow: /a*b*c", "/a-c-b-d", true},
        {"Disallow: /a$", "/a", false},
        {"Disallow: /a$", "/a/", true},
        {"Disallow: /a*$", "/abc", false},
        {"Disallow: /ab*b$", "/ab", true}, /* one b isn't two */
        {"Disallow: *x", "/yx", false},
        {"Disallow: $", "/", true},
        {"Disallow: /%7ejoe", "/~joe/", false},
        {"Disallow: /~joe", "/%7Ejoe/", false},
        {"Disallow: /a%3cd.html", "/a%3Cd.html", false},
        {"Disallow: /a%2fb", "/a/b", true},
        {"Disallow: /caf\xC3\xA9", "/caf%c3%a9", false},
        {"Disallow: /caf%C3%A9", "/caf\xC3\xA9", false},
        {"Disallow: /x-%2A.html", "/x-*.html", false}, /* RFC 9309 2.2.3 */
        {"Disallow: /x-%2A.html", "/x-y.html", true},
        {"Disallow: /x-%24", "/x-$", false},
        {"Disallow: /x%", "/x%", false},
        {"Disallow /a", "/a", true},
        {"Dissallow: /a", "/a", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice text = arena_printf(arena, "User-agent: *\n%s\n", cases[i].rules);
        expect(text.ptr, cases[i].path, cases[i].allowed);
    }
}

static void groups_are_for_whom_they_name(void **state)
{
    (void)state;
    static const struct {
        const char *text, *path;
        bool allowed;
    } cases[] = {
        {"User-agent: *\nDisallow: /\n\nUser-agent: guillemet\nDisallow: /x\n", "/y", true},
        {"User-agent: *\nDisallow: /\n\nUser-agent: guillemet\nDisallow: /x\n", "/x", false},
        {"User-agent: *\nDisallow: /\n\nUser-agent: guillemet\nDisallow:\n", "/y", true},
        {"User-agent: *\nDisallow: /\n\nUser-agent: GUILLEMET/2.0\nAllow: /\n", "/y", true},
        {"User-agent: guillemet-news\nDisallow: /\n", "/y", true}, /* somebody else */
        {"User-agent: guille\nDisallow: /\n", "/y", true},
        {"User-agent: other\nUser-agent: guillemet\nDisallow: /\n", "/y", false},
        {"User-agent: guillemet\nSitemap: x\nUser-agent: other\nDisallow: /\n", "/y", false},
        {"User-agent: guillemet\nDisallow: /a\nUser-agent: other\nDisallow: /b\n", "/b", true},
        {"User-agent: guillemet\nDisallow: /a\n\nUser-agent: guillemet\nDisallow: /b\n", "/b",
         false},
        {"User-agent: guillemet\nDisallow: /a\n\nUser-agent: guillemet\nDisallow: /b\n", "/a",
         false},
        {"User-agent: other\nDisallow: /\n", "/y", true},
        {"Disallow: /\nUser-agent: *\nAllow: /z\n", "/y", true}, /* a rule for nobody */
        {"\xEF\xBB\xBFUser-agent: *\rDisallow: /y\r", "/y", false},
        {"<!DOCTYPE html><html>User-agent: *</html>", "/y", true},
        {"", "/y", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        expect(cases[i].text, cases[i].path, cases[i].allowed);
    }
}

static void delays_and_sitemaps_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        int64_t seconds;
    } cases[] = {{"5", 5}, {"0.5", 1}, {"2.0", 2}, {"x", 0},
                 {"", 0},  {"-1", 0},  {"1.", 1},  {"99999999999999999999", 86400}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice text = arena_printf(arena, "User-agent: *\nCrawl-delay: %s\n", cases[i].value);
        struct robots r = given(text.ptr);
        if (r.delay_s != cases[i].seconds) {
            fail_msg("%s: %lld", cases[i].value, (long long)r.delay_s);
        }
    }
    struct robots r = given("Sitemap: https://a.example/s.xml\nUser-agent: x\nCrawl-delay: 9\n"
                            "sitemap : https://a.example/news.xml # news\n");
    assert_int_equal(r.delay_s, 0);
    assert_int_equal(r.sitemaps.count, 2);
    assert_true(slice_is(r.sitemaps.items[1], "https://a.example/news.xml"));
}

static void addresses_are_taken_apart(void **state)
{
    (void)state;
    struct robots r = given("User-agent: *\nDisallow: /*?page\nDisallow: /x\n");
    assert_false(robots_allows_url(&r, SLICE("https://a.example/x")));
    assert_true(robots_allows_url(&r, SLICE("https://a.example/y#/x?page")));
    assert_true(robots_allows_url(&r, SLICE("https://a.example")));
    assert_false(robots_allows_url(&r, SLICE("https://a.example?page=2")));
    assert_false(robots_allows_url(&r, SLICE("nonsense")));
}

static void only_so_much_is_read(void **state)
{
    (void)state;
    struct buf text;
    struct robots robots;
    buf_init(&text);
    buf_text(&text, "User-agent: *\nDisallow: /a\n");
    while (text.len < ROBOTS_MOST_BYTES) {
        buf_text(&text, "# nothing to see here\n");
    }
    buf_text(&text, "Disallow: /b\n");
    assert_int_equal(robots_parse(buf_view(&text), SLICE("guillemet"), arena, &robots, NULL),
                     RC_OK);
    assert_false(robots_allows(&robots, SLICE("/a")));
    assert_true(robots_allows(&robots, SLICE("/b")));
    buf_done(&text);
}

/* ---- asking a host */

static void expect_host(const struct answer *answer, size_t count, bool closed, bool allowed,
                        int64_t keep_s)
{
    struct served *server = served_start(answer, count);
    struct fetch_policy policy = fetch_policy_defaults();
    struct fetcher *fetcher = NULL;
    struct robots robots = {.delay_s = 0};
    struct err why = {.message = ""};
    int64_t kept_s = 0;
    struct fetch_reply reply;
    struct fetch_request request = {.url = served_url(server, "/robots.txt")};
    fetch_policy_allow(&policy, "fetch-allow", "127.0.0.1", NULL);
    assert_int_equal(fetcher_open(&policy, &fetcher, NULL), RC_OK);
    enum rc rc = fetch_run(fetcher, &request, &reply, &why);
    assert_int_equal(robots_of_reply(rc, &reply, arena, &robots, &kept_s, &why), RC_OK);
    fetch_reply_done(&reply);
    assert_int_equal(robots.closed, closed);
    assert_int_equal(robots_allows(&robots, SLICE("/a")), allowed);
    assert_int_equal(kept_s, keep_s);
    assert_int_equal(why.message[0] != '\0', closed);
    fetcher_close(fetcher);
    served_stop(server);
}

static void hosts_are_asked(void **state)
{
    (void)state;
    static const struct answer cases[] = {
        {"/robots.txt",
         BYTES("HTTP/1.1 200 OK\r\nCache-Control: max-age=600\r\n\r\nUser-agent: *\nDisallow: /a")},
        {"/robots.txt", BYTES("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")},
        {"/robots.txt", BYTES("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")},
        {"/robots.txt",
         BYTES("HTTP/1.1 429 Busy\r\nRetry-After: 7200\r\nContent-Length: 0\r\n\r\n")},
        {"/robots.txt", BYTES("no HTTP\r\n\r\n")},
    };
    expect_host(&cases[0], 1, false, false, 3600);
    expect_host(&cases[1], 1, false, true, 86400);
    expect_host(&cases[2], 1, true, false, 300);
    expect_host(&cases[3], 1, true, false, 7200);
    expect_host(&cases[4], 1, true, false, 300);
}

static int start(void **state)
{
    (void)state;
    arena = arena_new(0);
    return arena == NULL;
}

static int stop(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_rule_counts),
        cmocka_unit_test(groups_are_for_whom_they_name),
        cmocka_unit_test(delays_and_sitemaps_are_read),
        cmocka_unit_test(addresses_are_taken_apart),
        cmocka_unit_test(only_so_much_is_read),
        cmocka_unit_test(hosts_are_asked),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
