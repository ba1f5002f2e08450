/* A fixed pool of worker threads behind a bounded queue.
 *
 * Errors:  pool_submit answers RC_BUSY when the queue is full: the caller turns it into back-pressure.
 * Memory:  the pool never touches a task's argument; each task owns and frees its own.
 * Threads: submit from anywhere; tasks run in any order on any worker. pool_free lets running and
 *          queued tasks finish, then joins.
 */
#ifndef GUILLEMET_BASE_POOL_H
#define GUILLEMET_BASE_POOL_H

#include <stddef.h>

#include "base/err.h"

struct pool;

struct pool *pool_new(size_t threads, size_t queue_limit, struct err *e);
void pool_free(struct pool *pool);
/* `worker` is 0 … threads-1: an index for per-worker state (a database reader, an arena). */
enum rc pool_submit(struct pool *pool, void (*task)(void *arg, size_t worker), void *arg,
                    struct err *e);
size_t pool_queued(struct pool *pool);
size_t pool_threads(const struct pool *pool);

#endif
