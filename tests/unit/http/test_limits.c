#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "http/limits.h"

static struct limits *make(uint32_t per_second, uint32_t burst, uint32_t at_once)
{
    struct limits *limits = NULL;
    struct err e;
    struct limits_options options = {.per_second = per_second, .burst = burst, .at_once = at_once};
    assert_int_equal(limits_new(&options, &limits, &e), RC_OK);
    return limits;
}

static bool ask(struct limits *limits, const char *client, int64_t now_ms)
{
    struct limits_verdict verdict = limits_begin(limits, slice_cstr(client), now_ms);
    if (verdict.granted) {
        limits_end(limits, verdict.place);
    }
    return verdict.granted;
}

static int granted_of(struct limits *limits, const char *client, int64_t now_ms, int asked)
{
    int granted = 0;
    while (asked-- > 0) {
        granted += ask(limits, client, now_ms);
    }
    return granted;
}

static void nothing_limited_is_nothing(void **state)
{
    (void)state;
    assert_null(make(0, 5, 0));
    limits_free(NULL);
}

static void a_burst_then_the_rate(void **state)
{
    (void)state;
    struct limits *limits = make(10, 0, 0);
    assert_int_equal(granted_of(limits, "192.0.2.1", 1000, 50), 20); /* twice the rate */
    assert_int_equal(granted_of(limits, "192.0.2.1", 1000, 50), 0);
    assert_int_equal(granted_of(limits, "192.0.2.1", 1100, 50), 1);
    assert_int_equal(granted_of(limits, "192.0.2.1", 2100, 50), 10);
    assert_int_equal(granted_of(limits, "192.0.2.1", 900000, 50), 20); /* no more than the burst */
    assert_int_equal(granted_of(limits, "192.0.2.2", 900000, 50), 20); /* another client */
    limits_free(limits);
}

static void slow_rates_add_up(void **state)
{
    (void)state;
    struct limits *limits = make(1, 1, 0);
    int granted = 0;
    for (int64_t ms = 1; ms <= 10000; ms += 3) { /* asking often costs nobody their fraction */
        granted += ask(limits, "192.0.2.1", ms);
    }
    assert_in_range(granted, 10, 11);
    limits_free(limits);
}

static void says_what_is_left(void **state)
{
    (void)state;
    struct limits *limits = make(2, 4, 0);
    struct limits_verdict verdict = limits_begin(limits, SLICE("192.0.2.1"), 0);
    assert_true(verdict.granted);
    assert_int_equal(verdict.limit, 2);
    assert_int_equal(verdict.remaining, 3);
    assert_int_equal(verdict.reset_s, 1);
    granted_of(limits, "192.0.2.1", 0, 3);
    verdict = limits_begin(limits, SLICE("192.0.2.1"), 0);
    assert_false(verdict.granted || verdict.too_many_at_once);
    assert_int_equal(verdict.remaining, 0);
    assert_int_equal(verdict.reset_s, 1);
    limits_free(limits);
}

static void so_many_at_once(void **state)
{
    (void)state;
    struct limits *limits = make(0, 0, 2);
    struct limits_verdict a = limits_begin(limits, SLICE("192.0.2.1"), 0);
    struct limits_verdict b = limits_begin(limits, SLICE("192.0.2.1"), 0);
    struct limits_verdict c = limits_begin(limits, SLICE("192.0.2.1"), 0);
    assert_true(a.granted && b.granted && !c.granted && c.too_many_at_once && c.reset_s == 1);
    assert_true(ask(limits, "192.0.2.2", 0));
    limits_end(limits, a.place);
    assert_true(ask(limits, "192.0.2.1", 0));
    limits_end(limits, b.place);
    limits_free(limits);
}

static void a_subscriber_has_one_network(void **state)
{
    (void)state;
    struct limits *limits = make(5, 5, 0);
    assert_int_equal(granted_of(limits, "2001:db8:1:2::1", 0, 5), 5);
    assert_false(ask(limits, "2001:db8:1:2:ffff::9", 0));
    assert_true(ask(limits, "2001:db8:1:3::1", 0));
    assert_true(ask(limits, "unix", 0));
    limits_free(limits);
}

/* A flood of addresses takes no memory, and pushes out nobody who is being served. */
static void a_flood_of_clients(void **state)
{
    (void)state;
    struct limits *limits = make(1, 1, 1);
    struct limits_verdict served = limits_begin(limits, SLICE("192.0.2.1"), 0);
    assert_true(served.granted);
    char client[32];
    for (int i = 0; i < 4 * LIMITS_CLIENTS; i++) {
        (void)snprintf(client, sizeof client, "10.%d.%d.%d", i >> 16, i >> 8 & 255, i & 255);
        assert_true(ask(limits, client, i));
    }
    assert_false(ask(limits, "192.0.2.1", 0));
    limits_end(limits, served.place);
    limits_free(limits);
}

static void clocks_that_go_back_give_nothing(void **state)
{
    (void)state;
    struct limits *limits = make(1, 1, 0);
    assert_true(ask(limits, "192.0.2.1", 5000));
    assert_false(ask(limits, "192.0.2.1", 10));
    assert_false(ask(limits, "192.0.2.1", 500));
    assert_true(ask(limits, "192.0.2.1", 1500));
    limits_free(limits);
}

static void limits_change_while_requests_run(void **state)
{
    (void)state;
    struct limits *limits = make(1, 1, 1);
    struct limits_verdict running = limits_begin(limits, SLICE("192.0.2.1"), 0);
    assert_true(running.granted);
    limits_set(limits, &(struct limits_options){.per_second = 0, .at_once = 0});
    assert_int_equal(granted_of(limits, "192.0.2.1", 1, 100), 100);
    limits_set(limits, &(struct limits_options){.at_once = 1});
    assert_false(ask(limits, "192.0.2.1", 2)); /* the first one still runs */
    limits_end(limits, running.place);
    assert_true(ask(limits, "192.0.2.1", 3));
    limits_set(limits, &(struct limits_options){.per_second = 2, .burst = 2});
    assert_true(granted_of(limits, "192.0.2.1", 5000, 100) == 2);
    limits_free(limits);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_limited_is_nothing),
        cmocka_unit_test(a_burst_then_the_rate),
        cmocka_unit_test(slow_rates_add_up),
        cmocka_unit_test(says_what_is_left),
        cmocka_unit_test(so_many_at_once),
        cmocka_unit_test(a_subscriber_has_one_network),
        cmocka_unit_test(a_flood_of_clients),
        cmocka_unit_test(clocks_that_go_back_give_nothing),
        cmocka_unit_test(limits_change_while_requests_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
