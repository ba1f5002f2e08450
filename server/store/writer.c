#include "store/writer.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/clock.h"
#include "store/entity_moves.h"
#include "store/group.h"
#include "store/put.h"
#include "store/quote_views.h"
#include "store/recent.h"

/* A pause in the writes that is long enough for work that can wait. */
#define IDLE_MS       200
/* … and between parts of that work. */
#define IDLE_PAUSE_MS 10
/* How long an open transaction waits for the next write: those who analyse may be a little slower than the writer. */
#define MORE_MS       50
/* How long the lock is left to other processes after a transaction that lasted (db.c looks for it more often). */
#define YIELD_MS      12

void writer_refresh(struct writer *w)
{
    w->has_entity_corrections =
        db_value(w->db,
                 "SELECT EXISTS (SELECT 1 FROM corrections WHERE alias_key IS NOT NULL"
                 " AND undone_ms IS NULL)",
                 0) != 0;
    w->has_quote_corrections =
        db_value(w->db,
                 "SELECT EXISTS (SELECT 1 FROM corrections WHERE article IS NOT NULL"
                 " AND alias_key IS NULL AND undone_ms IS NULL)",
                 0) != 0;
    w->caches_valid = db_ok(w->db);
}

/* ---- the queue */

/* Gives more writes a little time to come, for a commit costs as much as several of them. With q->lock held. */
static void linger(struct queue *q, const struct store_options *options)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t until_ns = until.tv_nsec + (int64_t)options->linger_ms * 1000000;
    until.tv_sec += until_ns / 1000000000;
    until.tv_nsec = until_ns % 1000000000;
    while (q->count < options->group_least && q->waited_for == 0 && !q->closing &&
           pthread_cond_clockwait(&q->filled, &q->lock, CLOCK_MONOTONIC, &until) == 0) {
    }
}

/* With q->lock held: until there is a job, or the end; with `idle_ms` also when nothing came for so long. */
static void wait_filled(struct queue *q, int64_t idle_ms)
{
    int64_t until_ms = clock_steady_ms() + idle_ms;
    struct timespec until = {until_ms / 1000, until_ms % 1000 * 1000000};
    int code = 0;
    while (q->first == NULL && !q->closing && code == 0) {
        code = idle_ms > 0 ? pthread_cond_clockwait(&q->filled, &q->lock, CLOCK_MONOTONIC, &until)
                           : pthread_cond_wait(&q->filled, &q->lock);
    }
}

/* With q->lock held. */
static struct job *take_first(struct queue *q, size_t most)
{
    struct job *group = q->first, *last = NULL;
    for (struct job *job = group; job != NULL && most > 0; job = job->next, most--) {
        last = job;
        q->count--;
        q->waited_for -= job->waited_for;
    }
    if (last != NULL) {
        q->first = last->next;
        last->next = NULL;
    }
    if (q->first == NULL) {
        q->last = NULL;
    }
    pthread_cond_broadcast(&q->emptied);
    return group;
}

/* NULL: the end, or *idle: time for work that can wait. */
static struct job *take_group(struct queue *q, const struct store_options *options, int64_t idle_ms,
                              bool *idle)
{
    pthread_mutex_lock(&q->lock);
    wait_filled(q, idle_ms);
    *idle = q->first == NULL && !q->closing;
    if (options->linger_ms > 0 && !*idle) {
        linger(q, options);
    }
    struct job *group = take_first(q, options->group_most);
    pthread_mutex_unlock(&q->lock);
    return group;
}

/* More for a transaction that is open; NULL: it is time to commit. */
static struct job *take_more(struct queue *q, const struct store_options *options,
                             const struct group *g)
{
    bool time_left = clock_steady_ms() - g->opened_ms < options->group_lasts_ms;
    if (!time_left || g->waited_for || g->count >= options->group_most) {
        return NULL;
    }
    pthread_mutex_lock(&q->lock);
    wait_filled(q, MORE_MS);
    struct job *more = take_first(q, options->group_most - g->count);
    pthread_mutex_unlock(&q->lock);
    return more;
}

static void report(struct queue *q, struct job *jobs)
{
    for (struct job *job = jobs, *next; job != NULL; job = next) {
        next = job->next;
        if (job->waited_for) {
            pthread_mutex_lock(&q->lock);
            job->finished = true;
            pthread_cond_broadcast(&q->finished);
            pthread_mutex_unlock(&q->lock);
        } else {
            job->request.done(job->request.context, &job->result);
            free(job);
        }
    }
}

static int64_t steady_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void write_group(struct store *store, struct job *jobs)
{
    struct writer *w = &store->writer;
    struct group g = {0};
    while (jobs != NULL) {
        int64_t start_us = steady_us();
        group_run(w, &g, jobs);
        atomic_fetch_add(&store->counts.busy_us, steady_us() - start_us);
        jobs = group_stands(w, &g) ? take_more(&store->queue, &store->options, &g) : NULL;
    }
    int64_t start_us = steady_us();
    jobs = group_end(w, &g);
    atomic_fetch_add(&store->counts.busy_us, steady_us() - start_us);
    atomic_store(&store->counts.cpu_us, clock_cpu_us());
    report(&store->queue, jobs);
    if (store->options.group_lasts_ms > 0 &&
        clock_steady_ms() - g.opened_ms > store->options.group_lasts_ms / 8) {
        nanosleep(&(struct timespec){0, YIELD_MS * 1000000L}, NULL);
    }
}

/* What a process that was killed left undone. */
static void move_entities(struct store *store)
{
    struct writer *w = &store->writer;
    w->moving = w->moving && entity_moves_wait(w->db);
    if (w->moving) {
        struct job job = {.run = entity_moves_part, .flush_first = true, .waited_for = true};
        write_group(store, &job);
    }
}

static void *writer_main(void *arg)
{
    struct store *store = arg;
    struct job *group;
    struct writer *w = &store->writer;
    bool idle;
    while ((group = take_group(&store->queue, &store->options, w->idle_ms, &idle)) || idle) {
        if (group == NULL) {
            move_entities(store);
            bool more = recent_keep(w);
            more = quote_views_keep(w) || more;
            w->idle_ms = more || w->moving ? IDLE_PAUSE_MS : 0;
            continue;
        }
        w->idle_ms = IDLE_MS;
        write_group(store, group);
        move_entities(store); /* in a stream of writes too */
    }
    return NULL;
}

/* With q->lock held. */
static void append(struct queue *q, struct job *job)
{
    job->next = NULL;
    if (q->last != NULL) {
        q->last->next = job;
    } else {
        q->first = job;
    }
    q->last = job;
    q->count++;
    q->waited_for += job->waited_for;
    pthread_cond_signal(&q->filled);
}

static enum rc refuse_read_only(const struct store *store, struct err *e)
{
    return err_set(e, RC_READ_ONLY, "%s was opened for reading alone", store->path);
}

static enum rc run_and_wait(struct store *store, struct job *job, struct err *e)
{
    struct queue *q = &store->queue;
    if (!q->started) {
        return refuse_read_only(store, e);
    }
    job->waited_for = true;
    pthread_mutex_lock(&q->lock);
    while (q->count >= q->limit && !q->closing) {
        pthread_cond_wait(&q->emptied, &q->lock);
    }
    if (q->closing) {
        pthread_mutex_unlock(&q->lock);
        return err_set(e, RC_UNAVAILABLE, "the archive is being closed");
    }
    append(q, job);
    while (!job->finished) {
        pthread_cond_wait(&q->finished, &q->lock);
    }
    pthread_mutex_unlock(&q->lock);
    if (job->result.rc != RC_OK && e != NULL) {
        *e = job->result.err;
    }
    return job->result.rc;
}

enum rc writer_call(struct store *store,
                    enum rc (*run)(struct writer *, struct job *, struct err *), void *arg,
                    struct err *e)
{
    struct job job = {.run = run, .arg = arg, .flush_first = true};
    return run_and_wait(store, &job, e);
}

/* Owns the job: appended, or freed. */
static enum rc post(struct store *store, struct job *job, struct err *e)
{
    struct queue *q = &store->queue;
    enum rc rc = q->started ? RC_OK : refuse_read_only(store, e);
    if (rc == RC_OK) {
        pthread_mutex_lock(&q->lock);
        if (q->closing) {
            rc = err_set(e, RC_UNAVAILABLE, "the archive is being closed");
        } else if (q->count >= q->limit) {
            rc = err_set(e, RC_BUSY, "%zu writes are waiting already; try again in a moment",
                         q->count);
        } else {
            append(q, job);
        }
        pthread_mutex_unlock(&q->lock);
    }
    if (rc != RC_OK) {
        free(job);
    }
    return rc;
}

enum rc store_write(struct store *store, const struct store_write *request, struct err *e)
{
    struct job *job = calloc(1, sizeof *job);
    if (job == NULL) {
        return err_nomem(e);
    }
    job->run = put_run;
    job->request = *request;
    return post(store, job, e);
}

void writer_post(struct store *store, enum rc (*run)(struct writer *, struct job *, struct err *),
                 uint64_t id, void (*done)(void *context, const struct store_result *result))
{
    struct job *job = calloc(1, sizeof *job);
    if (job != NULL) {
        job->run = run;
        job->request.id = id;
        job->request.done = done;
        post(store, job, NULL);
    }
}

enum rc store_write_wait(struct store *store, const struct store_write *request,
                         struct store_result *result, struct err *e)
{
    struct job job = {.run = put_run, .request = *request};
    enum rc rc = run_and_wait(store, &job, e);
    if (result != NULL) {
        *result = job.result;
        result->rc = rc;
    }
    return rc;
}

size_t store_write_queued(struct store *store)
{
    pthread_mutex_lock(&store->queue.lock);
    size_t count = store->queue.count;
    pthread_mutex_unlock(&store->queue.lock);
    return count;
}

static int64_t file_bytes(const char *path, const char *suffix)
{
    char name[PATH_MAX];
    struct stat status;
    int len = snprintf(name, sizeof name, "%s%s", path, suffix);
    bool known = len > 0 && (size_t)len < sizeof name && stat(name, &status) == 0;
    return known ? (int64_t)status.st_size : -1;
}

void store_write_counts(struct store *store, struct store_write_counts *out)
{
    *out = (struct store_write_counts){
        .commits = atomic_load(&store->counts.commits),
        .committed = atomic_load(&store->counts.committed),
        .cpu_us = atomic_load(&store->counts.cpu_us),
        .search_cpu_us = atomic_load(&store->counts.search_cpu_us),
        .lost = atomic_load(&store->counts.lost),
        .waiting = store_write_queued(store),
        .busy_us = atomic_load(&store->counts.busy_us),
        .database_bytes = file_bytes(store->path, ""),
        .log_bytes = file_bytes(store->path, "-wal"),
    };
    for (size_t i = 0; i < STORE_GROUP_BUCKETS; i++) {
        out->groups[i] = atomic_load(&store->counts.groups[i]);
    }
}

/* ---- start and stop */

enum rc writer_start(struct store *store, struct err *e)
{
    struct writer *w = &store->writer;
    struct queue *q = &store->queue;
    w->store = store;
    w->version = -1;
    w->moving = true;     /* perhaps */
    w->idle_ms = IDLE_MS; /* whoever wrote before may have left work */
    w->arena = arena_new(0);
    w->counters = counters_new();
    w->search = search_rows_new();
    if (w->arena == NULL || w->counters == NULL || w->search == NULL) {
        return err_nomem(e);
    }
    quote_views_watch(w->db);
    enum rc rc = db_check(w->db, e);
    if (rc != RC_OK) {
        return rc;
    }
    q->limit = store->options.queue_limit;
    if (pthread_create(&q->thread, NULL, writer_main, store) != 0) {
        return err_set(e, RC_UNAVAILABLE, "can't start the writer thread: too many threads");
    }
    q->started = true;
    return RC_OK;
}

void writer_stop(struct store *store)
{
    struct queue *q = &store->queue;
    if (q->started) {
        pthread_mutex_lock(&q->lock);
        q->closing = true;
        pthread_cond_broadcast(&q->filled);
        pthread_cond_broadcast(&q->emptied);
        pthread_mutex_unlock(&q->lock);
        pthread_join(q->thread, NULL);
    }
    arena_free(store->writer.arena);
    counters_free(store->writer.counters);
    search_rows_free(store->writer.search);
}
