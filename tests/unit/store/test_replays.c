/* Replies that are given again: whose, how long, how many bytes. */
#include "plans.h"

#include "base/clock.h"
#include "store/replays.h"

#define NOW INT64_C(1770000000000)

static void at(struct archive *a, int64_t ms)
{
    archive_close(a);
    clock_fake_ms(ms);
    archive_open(a);
}

static void keep(struct archive *a, const char *caller, const char *key, struct slice body)
{
    struct store_replay replay = {.caller = slice_cstr(caller),
                                  .key = slice_cstr(key),
                                  .request = digest_sha256(&body, 1),
                                  .status = 207,
                                  .location = SLICE("/jobs/x"),
                                  .body = body};
    struct err e = {0};
    assert_int_equal(store_replay_keep(a->store, &replay, &e), RC_OK);
}

static enum rc find(struct archive *a, const char *caller, const char *key,
                    struct store_replay *out)
{
    struct err e = {0};
    return store_replay_find(a->reader, slice_cstr(caller), slice_cstr(key), a->arena, out, &e);
}

static void what_was_kept_comes_back(void **state)
{
    struct archive *a = *state;
    struct slice body = SLICE("a\0b");
    struct digest request = digest_sha256(&body, 1);
    struct store_replay found;
    assert_int_equal(find(a, "ann", "k", &found), RC_NOT_FOUND);
    keep(a, "ann", "k", body);
    assert_int_equal(find(a, "ann", "k", &found), RC_OK);
    assert_int_equal(found.status, 207);
    assert_true(slice_equal(found.body, body) && slice_is(found.location, "/jobs/x"));
    assert_memory_equal(found.request.bytes, request.bytes, sizeof request.bytes);
    assert_int_equal(find(a, "", "k", &found), RC_NOT_FOUND); /* another's */
    assert_int_equal(find(a, "ann", "K", &found), RC_NOT_FOUND);
    assert_int_equal(plans_check_reader(a, "replays"), 1);
    assert_true(plans_check_writer(a, "replays") >= 2);
}

static void for_a_day(void **state)
{
    struct archive *a = *state;
    struct store_replay found;
    int64_t kept_ms = (int64_t)STORE_REPLAY_HOURS * 3600000;
    at(a, NOW);
    keep(a, "", "old", SLICE("x"));
    at(a, NOW + kept_ms - 1);
    assert_int_equal(find(a, "", "old", &found), RC_OK);
    at(a, NOW + kept_ms);
    assert_int_equal(find(a, "", "old", &found), RC_NOT_FOUND);
    keep(a, "", "new", SLICE("y"));
    assert_int_equal(db_value(a->reader->db, "SELECT count(*) FROM replays", -1), 1); /* purged */
    keep(a, "", "new", SLICE("z")); /* the key may be used again, for what it names last */
    assert_int_equal(find(a, "", "new", &found), RC_OK);
    assert_true(slice_is(found.body, "z"));
}

static void large_ones_make_room(void **state)
{
    struct archive *a = *state;
    struct store_replay found;
    size_t len = STORE_REPLAY_BYTES_MOST / 3;
    char *body = arena_alloc(a->arena, len), key[16];
    memset(body, 'x', len);
    keep(a, "", "small", SLICE("x"));
    struct store_replay large = {
        .key = SLICE("large"), .caller = SLICE(""), .body = {body, STORE_REPLAY_BODY_MOST + 1}};
    struct err e = {0};
    assert_int_equal(store_replay_keep(a->store, &large, &e), RC_TOO_LARGE);
    len = STORE_REPLAY_BODY_MOST; /* four of them fit */
    for (int i = 0; i < 5; i++) {
        snprintf(key, sizeof key, "%d", i);
        keep(a, "", key, slice_of(body, len));
    }
    assert_int_equal(find(a, "", "0", &found), RC_NOT_FOUND);
    assert_int_equal(find(a, "", "1", &found), RC_OK);
    assert_int_equal(find(a, "", "4", &found), RC_OK);
    assert_int_equal(find(a, "", "small", &found), RC_OK);
    assert_true(plans_check_writer(a, "replays") >= 3);
}

static int real_clock(void **state)
{
    clock_fake_ms(-1);
    return archive_setup(state);
}

int main(void)
{
#define IN_ARCHIVE(f) cmocka_unit_test_setup_teardown(f, real_clock, archive_teardown)
    const struct CMUnitTest tests[] = {
        IN_ARCHIVE(what_was_kept_comes_back),
        IN_ARCHIVE(for_a_day),
        IN_ARCHIVE(large_ones_make_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
