#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/cache.h"

enum { LIMIT = 64 * 1024, KEYS = 500 };

static int values[KEYS];
static size_t dropped[KEYS];

static void drop(void *value)
{
    dropped[(int *)value - values]++;
}

static struct slice key_of(int i)
{
    static char text[32];
    (void)snprintf(text, sizeof text, "/articles?n=%d", i);
    return slice_cstr(text);
}

static struct cache *new_cache(void)
{
    memset(dropped, 0, sizeof dropped);
    struct cache *cache = cache_new(LIMIT, 42, drop);
    assert_non_null(cache);
    return cache;
}

static void finds_what_was_put(void **state)
{
    (void)state;
    struct cache *cache = new_cache();
    assert_null(cache_find(cache, 1, key_of(0)));
    for (int i = 0; i < 100; i++) {
        assert_true(cache_put(cache, 1, key_of(i), &values[i], 100));
    }
    for (int i = 0; i < 100; i++) {
        assert_ptr_equal(cache_find(cache, 1, key_of(i)), &values[i]);
    }
    assert_null(cache_find(cache, 1, key_of(100)));
    assert_null(cache_find(cache, 1, SLICE("/articles?n=1\0")));
    assert_int_equal(cache_count(cache), 100);
    cache_free(cache);
    for (int i = 0; i < KEYS; i++) {
        assert_int_equal(dropped[i], i < 100);
    }
}

static void another_version_finds_nothing(void **state)
{
    (void)state;
    struct cache *cache = new_cache();
    assert_true(cache_put(cache, 7, key_of(0), &values[0], 100));
    assert_null(cache_find(cache, 8, key_of(0)));
    assert_null(cache_find(cache, 6, key_of(0)));
    assert_ptr_equal(cache_find(cache, 7, key_of(0)), &values[0]);
    assert_true(cache_put(cache, 8, key_of(0), &values[1], 100));
    assert_int_equal(dropped[0], 1);
    assert_int_equal(cache_count(cache), 1);
    assert_null(cache_find(cache, 7, key_of(0)));
    assert_ptr_equal(cache_find(cache, 8, key_of(0)), &values[1]);
    cache_free(cache);
    assert_int_equal(dropped[1], 1);
}

static void least_recently_used_leaves_first(void **state)
{
    (void)state;
    struct cache *cache = new_cache();
    for (int i = 0; i < KEYS; i++) {
        assert_true(cache_put(cache, 1, key_of(i), &values[i], 1000));
        assert_ptr_equal(cache_find(cache, 1, key_of(0)), &values[0]); /* always in use */
        assert_true(cache_used_bytes(cache) <= LIMIT);
    }
    size_t kept = cache_count(cache);
    assert_in_range(kept, LIMIT / 1200, LIMIT / 1000);
    assert_non_null(cache_find(cache, 1, key_of(0)));
    for (int i = 1; i < KEYS; i++) {
        bool newest = i > KEYS - (int)kept;
        assert_int_equal(cache_find(cache, 1, key_of(i)) != NULL, newest);
        assert_int_equal(dropped[i], !newest);
    }
    cache_free(cache);
}

static void too_large_stays_the_callers(void **state)
{
    (void)state;
    struct cache *cache = new_cache();
    assert_true(cache_put(cache, 1, key_of(0), &values[0], 100));
    assert_false(cache_put(cache, 1, key_of(1), &values[1], LIMIT / 8));
    assert_false(cache_put(cache, 1, key_of(1), &values[1], LIMIT * 2));
    assert_int_equal(dropped[1], 0);
    assert_int_equal(cache_count(cache), 1);
    cache_free(cache);
    cache_free(NULL);
}

/* Against a plain array, thousands of random puts and finds. */
static void random_work(void **state)
{
    (void)state;
    struct cache *cache = new_cache();
    uint64_t version_of[KEYS] = {0};
    unsigned random = 1;
    size_t puts = 0, drops = 0;
    for (int step = 0; step < 20000; step++) {
        random = random * 1103515245 + 12345;
        int i = (int)(random >> 8) % KEYS;
        uint64_t version = 1 + (uint64_t)step / 1000;
        void *found = cache_find(cache, version, key_of(i));
        if (found) {
            assert_ptr_equal(found, &values[i]);
            assert_int_equal(version_of[i], version);
        } else {
            assert_true(cache_put(cache, version, key_of(i), &values[i], random >> 20));
            version_of[i] = version;
            puts++;
        }
    }
    size_t kept = cache_count(cache);
    for (int i = 0; i < KEYS; i++) {
        drops += dropped[i];
    }
    assert_int_equal(puts, drops + kept);
    assert_true(kept > 20);
    cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_was_put),
        cmocka_unit_test(another_version_finds_nothing),
        cmocka_unit_test(least_recently_used_leaves_first),
        cmocka_unit_test(too_large_stays_the_callers),
        cmocka_unit_test(random_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
