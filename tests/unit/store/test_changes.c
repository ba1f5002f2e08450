/* What changed since: by version, and by moments that are kept for a while. */
#include "plans.h"

#include "base/clock.h"
#include "store/changes.h"

#define NOW    INT64_C(1770000000000)
#define MINUTE INT64_C(60000)
#define DAY    INT64_C(86400000)

static void at(struct archive *a, int64_t ms)
{
    archive_close(a);
    clock_fake_ms(ms);
    archive_open(a);
}

static void put(struct archive *a, int n)
{
    struct fixture f;
    char url[64];
    snprintf(url, sizeof url, "https://example.org/%d", n);
    fixture_begin(&f, url, "Titre", "Texte.");
    fixture_put(&f, a->store);
    fixture_end(&f);
}

static int64_t since(struct archive *a, int64_t ms)
{
    int64_t version = -2;
    struct err e = {0};
    assert_int_equal(store_changes_at(a->reader, ms, &version, &e), RC_OK);
    return version;
}

static size_t count(struct archive *a, int64_t version)
{
    struct store_change *rows;
    struct store_page page;
    struct store_cursor from = {0};
    size_t read;
    int64_t now;
    struct err e = {0};
    assert_int_equal(
        store_changes(a->reader, version, &from, 10, 0, a->arena, &rows, &read, &page, &now, &e),
        RC_OK);
    return read;
}

static void moments_are_kept_for_a_while(void **state)
{
    struct archive *a = *state;
    at(a, NOW);
    put(a, 1);
    at(a, NOW + 10 * MINUTE);
    put(a, 2);
    assert_int_equal(count(a, -1), 2);
    assert_int_equal(count(a, since(a, NOW + MINUTE)), 1);
    assert_int_equal(count(a, since(a, NOW + 11 * MINUTE)), 0);
    assert_int_equal(since(a, NOW - DAY), -1); /* before all that is remembered: everything */
    at(a, NOW + STORE_CHANGE_DAYS * DAY + 5 * MINUTE);
    put(a, 3);
    assert_int_equal(since(a, NOW + MINUTE), -1); /* forgotten */
    assert_int_equal(count(a, since(a, NOW + 10 * MINUTE)), 2);
    assert_true(plans_check_reader(a, "changed") >= 2);
    assert_true(plans_check_reader(a, "change_times") >= 1);
    assert_true(plans_check_writer(a, "change_times") >= 1);
    assert_int_equal(db_value(a->reader->db, "SELECT count(*) FROM change_times", -1), 2);
}

/* A clock that goes back loses nothing: what commits then is of the latest minute known. */
static void a_clock_goes_back(void **state)
{
    struct archive *a = *state;
    at(a, NOW);
    put(a, 1);
    at(a, NOW - 60 * MINUTE);
    put(a, 2);
    assert_int_equal(count(a, since(a, NOW)), 2);
}

static int real_clock(void **state)
{
    clock_fake_ms(-1);
    return archive_setup(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(moments_are_kept_for_a_while, real_clock, archive_teardown),
        cmocka_unit_test_setup_teardown(a_clock_goes_back, real_clock, archive_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
