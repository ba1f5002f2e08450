/* Politeness: gaps, one at a time, room for others. */
#include "given.h"

#include "follow/hosts.h"
#include "follow/place.h"

static void a_host_is_asked_by_one_at_a_time(void **state)
{
    (void)state;
    struct err e;
    int64_t free_ms;
    struct hosts *hosts = hosts_new(1000, &e);
    struct host *a = hosts_enter(hosts, SLICE("https://a.example"), 100, &free_ms);
    assert_non_null(a);
    assert_null(hosts_enter(hosts, SLICE("https://a.example"), 100, &free_ms));
    assert_true(free_ms == INT64_MAX);
    struct host *b = hosts_enter(hosts, SLICE("https://b.example"), 100, &free_ms);
    assert_true(b && b != a);
    hosts_leave(a);
    assert_true(
        hosts_is_free(hosts, SLICE("https://a.example"), 100, &free_ms)); /* not asked yet */
    hosts_free(hosts);
}

static void a_gap_is_kept(void **state)
{
    (void)state;
    struct err e;
    int64_t free_ms;
    struct hosts *hosts = hosts_new(1000, &e);
    struct host *a = hosts_enter(hosts, SLICE("https://a.example"), 100, &free_ms);
    hosts_note(hosts, a, 150);
    hosts_leave(a);
    assert_null(hosts_enter(hosts, SLICE("https://a.example"), 1149, &free_ms));
    assert_int_equal(free_ms, 1150);
    assert_ptr_equal(hosts_enter(hosts, SLICE("https://a.example"), 1150, &free_ms), a);
    a->delay_ms = 30000; /* robots.txt asks for more */
    hosts_note(hosts, a, 1150);
    hosts_leave(a);
    assert_false(hosts_is_free(hosts, SLICE("https://a.example"), 31149, &free_ms));
    assert_true(hosts_is_free(hosts, SLICE("https://a.example"), 31150, &free_ms));
    hosts_note(hosts, a, INT64_C(1000000000)); /* then the clock is set back */
    assert_true(hosts_is_free(hosts, SLICE("https://a.example"), 31150, &free_ms));
    hosts_free(hosts);
}

static void memory_is_bounded(void **state)
{
    (void)state;
    struct err e;
    int64_t free_ms;
    struct hosts *hosts = hosts_new(0, &e);
    struct host *kept = hosts_enter(hosts, SLICE("https://kept.example"), 1, &free_ms);
    for (int i = 0; i < 3 * HOSTS_MOST; i++) {
        char name[64];
        snprintf(name, sizeof name, "https://h%d.example", i);
        struct host *host = hosts_enter(hosts, slice_cstr(name), 2 + i, &free_ms);
        assert_non_null(host);
        hosts_leave(host);
    }
    assert_null(hosts_enter(hosts, SLICE("https://kept.example"), 9999, &free_ms));
    assert_string_equal(kept->origin, "https://kept.example");
    hosts_free(hosts);
}

static void places(void **state)
{
    (void)state;
    static const struct {
        const char *given, *read; /* NULL: refused */
    } cases[] = {{"HTTPS://Www.Example.org", "https://www.example.org/"},
                 {" https://example.org/Feed?a=B#top ", "https://example.org/Feed?a=B"},
                 {"http://example.org:8080?x", "http://example.org:8080/?x"},
                 {"http://[2001:db8::1]/f", "http://[2001:db8::1]/f"},
                 {"ftp://example.org/", NULL},
                 {"example.org/feed", NULL},
                 {"https://", NULL},
                 {"https:///feed", NULL},
                 {"https://:80/", NULL},
                 {"https://me:secret@example.org/", NULL},
                 {"https://example.org/a b", NULL},
                 {"https://example.org/a\nb", NULL},
                 {"", NULL}};
    struct arena *arena = arena_new(0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice out = SLICE_NONE;
        struct err e = {0};
        enum rc rc = place_read(slice_cstr(cases[i].given), arena, &out, &e);
        if (cases[i].read ? rc != RC_OK || !slice_is(out, cases[i].read)
                          : rc != RC_INVALID || strcmp(e.field, "url") != 0) {
            fail_msg("%s: %.*s", cases[i].given, SLICE_ARG(out));
        }
    }
    assert_true(slice_is(place_origin(SLICE("https://a.example:1/b?c")), "https://a.example:1"));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_is_asked_by_one_at_a_time), cmocka_unit_test(a_gap_is_kept),
        cmocka_unit_test(memory_is_bounded), cmocka_unit_test(places)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
