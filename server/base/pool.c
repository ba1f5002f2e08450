#include "base/pool.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct task {
    void (*run)(void *arg, size_t worker);
    void *arg;
};

struct worker {
    struct pool *pool;
    size_t index;
    pthread_t thread;
};

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t ready;
    struct task *ring; /* `queued` tasks from `head` on */
    size_t limit, head, queued;
    bool closing;
    struct worker *workers;
    size_t thread_count;
};

/* False when the pool closes and nothing is left to do. */
static bool next_task(struct pool *pool, struct task *task)
{
    pthread_mutex_lock(&pool->lock);
    while (pool->queued == 0 && !pool->closing) {
        pthread_cond_wait(&pool->ready, &pool->lock);
    }
    bool found = pool->queued > 0;
    if (found) {
        *task = pool->ring[pool->head];
        pool->head = (pool->head + 1) % pool->limit;
        pool->queued--;
    }
    pthread_mutex_unlock(&pool->lock);
    return found;
}

static void *work(void *arg)
{
    struct worker *worker = arg;
    struct task task;
    while (next_task(worker->pool, &task)) {
        task.run(task.arg, worker->index);
    }
    return NULL;
}

static enum rc start_workers(struct pool *pool, size_t threads, struct err *e)
{
    for (size_t i = 0; i < threads; i++) {
        struct worker *worker = &pool->workers[i];
        worker->pool = pool;
        worker->index = i;
        int failed = pthread_create(&worker->thread, NULL, work, worker);
        if (failed) {
            return err_set(e, RC_UNAVAILABLE, "cannot start worker thread %zu of %zu: %s", i + 1,
                           threads, strerror(failed));
        }
        pool->thread_count++;
    }
    return RC_OK;
}

struct pool *pool_new(size_t threads, size_t queue_limit, struct err *e)
{
    if (threads == 0 || queue_limit == 0) {
        err_set(e, RC_INVALID, "a pool needs at least one thread and one place in its queue");
        return NULL;
    }
    struct pool *pool = calloc(1, sizeof *pool);
    if (!pool) {
        err_nomem(e);
        return NULL;
    }
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->ready, NULL);
    pool->ring = calloc(queue_limit, sizeof *pool->ring);
    pool->workers = calloc(threads, sizeof *pool->workers);
    pool->limit = queue_limit;
    if (!pool->ring || !pool->workers) {
        err_nomem(e);
        pool_free(pool);
        return NULL;
    }
    if (start_workers(pool, threads, e) != RC_OK) {
        pool_free(pool);
        return NULL;
    }
    return pool;
}

void pool_free(struct pool *pool)
{
    if (!pool) {
        return;
    }
    pthread_mutex_lock(&pool->lock);
    pool->closing = true;
    pthread_cond_broadcast(&pool->ready);
    pthread_mutex_unlock(&pool->lock);
    for (size_t i = 0; i < pool->thread_count; i++) {
        pthread_join(pool->workers[i].thread, NULL);
    }
    pthread_cond_destroy(&pool->ready);
    pthread_mutex_destroy(&pool->lock);
    free(pool->ring);
    free(pool->workers);
    free(pool);
}

enum rc pool_submit(struct pool *pool, void (*task)(void *arg, size_t worker), void *arg,
                    struct err *e)
{
    pthread_mutex_lock(&pool->lock);
    bool full = pool->queued == pool->limit || pool->closing;
    if (!full) {
        size_t at = (pool->head + pool->queued) % pool->limit;
        pool->ring[at] = (struct task){task, arg};
        pool->queued++;
        pthread_cond_signal(&pool->ready);
    }
    pthread_mutex_unlock(&pool->lock);
    return full
               ? err_set(e, RC_BUSY, "the work queue is full (%zu waiting): try again", pool->limit)
               : RC_OK;
}

size_t pool_queued(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    size_t queued = pool->queued;
    pthread_mutex_unlock(&pool->lock);
    return queued;
}

size_t pool_threads(const struct pool *pool)
{
    return pool->thread_count;
}
