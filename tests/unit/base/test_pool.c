#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/pool.h"

static _Atomic int done;
static _Atomic unsigned workers_seen;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static void count_task(void *arg, size_t worker)
{
    atomic_fetch_add(&done, *(int *)arg);
    atomic_fetch_or(&workers_seen, 1u << worker);
}

static void gated_task(void *arg, size_t worker)
{
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    count_task(arg, worker);
}

static void runs_every_task_before_it_ends(void **state)
{
    (void)state;
    done = 0;
    workers_seen = 0;
    struct err e;
    struct pool *pool = pool_new(3, 1000, &e);
    assert_non_null(pool);
    assert_int_equal(pool_threads(pool), 3);
    int numbers[1000];
    int sum = 0;
    for (int i = 0; i < 1000; i++) {
        numbers[i] = i;
        sum += i;
        assert_int_equal(pool_submit(pool, count_task, &numbers[i], &e), RC_OK);
    }
    pool_free(pool);
    assert_int_equal(done, sum);
    assert_true(workers_seen != 0 && workers_seen < 8);
}

static void a_full_queue_is_busy(void **state)
{
    (void)state;
    done = 0;
    int one = 1;
    struct err e = {0};
    struct pool *pool = pool_new(1, 4, &e);
    pthread_mutex_lock(&gate);
    assert_int_equal(pool_submit(pool, gated_task, &one, &e), RC_OK);
    while (pool_queued(pool) > 0) {
    } /* the worker holds it now, and waits */
    for (int i = 0; i < 4; i++) {
        assert_int_equal(pool_submit(pool, gated_task, &one, &e), RC_OK);
    }
    assert_int_equal(pool_queued(pool), 4);
    assert_int_equal(pool_submit(pool, gated_task, &one, &e), RC_BUSY);
    assert_non_null(strstr(e.message, "full"));
    pthread_mutex_unlock(&gate);
    pool_free(pool);
    assert_int_equal(done, 5);
}

static void the_ring_goes_round(void **state)
{
    (void)state;
    done = 0;
    int one = 1;
    struct err e;
    struct pool *pool = pool_new(2, 3, &e);
    int accepted = 0;
    while (accepted < 500) {
        accepted += pool_submit(pool, count_task, &one, &e) == RC_OK;
    }
    pool_free(pool);
    assert_int_equal(done, 500);
}

static void needs_a_thread_and_a_place(void **state)
{
    (void)state;
    struct err e = {0};
    assert_null(pool_new(0, 1, &e));
    assert_int_equal(e.rc, RC_INVALID);
    assert_null(pool_new(1, 0, &e));
    pool_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_every_task_before_it_ends),
        cmocka_unit_test(a_full_queue_is_busy),
        cmocka_unit_test(the_ring_goes_round),
        cmocka_unit_test(needs_a_thread_and_a_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
