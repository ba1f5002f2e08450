#include "api/job_runner.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "api/bulk.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/process.h"
#include "store/jobs.h"

enum { SAVE_EVERY_MS = 500, NEW_REJECTS_MOST = 64, PAUSE_S = 5, LOOK_S = 5 };

_Static_assert(JOB_LEASE_MS >= 10 * 1000, "a lease outlasts several beats");

struct job_runner {
    struct store *store;
    struct pipeline *pipeline;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stop, has_work;
    char owner[PROCESS_NAME_MOST];
};

/* One job at work. */
struct run {
    struct job_runner *runner;
    struct store_job job;
    struct arena *arena; /* of texts of rejects, until they are saved */
    struct store_job_reject rejects[NEW_REJECTS_MOST];
    size_t reject_count;
    int64_t saved_ms; /* steady */
    bool cancelled,
        paused; /* cancelled: or taken by another process; paused: by a fault that is no item's */
};

static bool is_stopping(struct job_runner *runner)
{
    pthread_mutex_lock(&runner->lock);
    bool stop = runner->stop;
    pthread_mutex_unlock(&runner->lock);
    return stop;
}

static void save(struct run *run, enum store_job_state state)
{
    struct err e = {0};
    run->job.state = state;
    enum rc rc = store_job_save(run->runner->store, &run->job, run->rejects, run->reject_count, &e);
    if (rc == RC_CONFLICT) {
        run->cancelled = true;
    } else if (rc != RC_OK) {
        log_write(LOG_WARN, "a job's progress was not saved", "reason", e.message, (char *)NULL);
        run->paused = true;
        return;
    }
    run->reject_count = 0;
    arena_reset(run->arena);
    run->saved_ms = clock_steady_ms();
}

/* The item is as good as before: it is our side that can't take it now. */
static bool is_ours(enum rc rc)
{
    switch (rc) {
    case RC_BUSY:
    case RC_UNAVAILABLE:
    case RC_FULL:
    case RC_READ_ONLY:
    case RC_NOMEM:
        return true;
    case RC_OK:
    case RC_INVALID:
    case RC_NOT_FOUND:
    case RC_GONE:
    case RC_CONFLICT:
    case RC_TOO_LARGE:
    case RC_UNSUPPORTED:
    case RC_INTERNAL:
        break;
    }
    return false;
}

static struct slice keep_text(struct run *run, const char *text)
{
    return arena_copy(run->arena, slice_cstr(text));
}

static void count_item(struct run *run, const struct bulk_item *item)
{
    struct store_job *job = &run->job;
    job->done = (int64_t)item->index + 1;
    job->created += item->rc == RC_OK && item->outcome == OUTCOME_CREATED;
    job->revised += item->rc == RC_OK && item->outcome == OUTCOME_REVISED;
    job->unchanged += item->rc == RC_OK && item->outcome == OUTCOME_UNCHANGED;
    if (item->rc != RC_OK && job->failed++ < JOB_REJECTS_MOST) {
        run->rejects[run->reject_count++] =
            (struct store_job_reject){.item = (int64_t)item->index,
                                      .line = (int64_t)item->line,
                                      .code = slice_cstr(bulk_problem_code(item->rc, job->if_none)),
                                      .field = keep_text(run, item->err.field),
                                      .place = keep_text(run, item->err.where),
                                      .message = keep_text(run, item->err.message)};
    }
}

static void on_item(void *context, const struct bulk_item *item)
{
    struct run *run = context;
    if (is_ours(item->rc) && !run->paused) {
        log_write(LOG_WARN, "a job pauses", "reason", item->err.message, (char *)NULL);
        run->paused = true;
    }
    if (run->paused || run->cancelled) {
        return; /* those under way behind it are done again: unchanged then */
    }
    count_item(run, item);
    if (run->reject_count == NEW_REJECTS_MOST ||
        clock_steady_ms() - run->saved_ms >= SAVE_EVERY_MS) {
        save(run, STORE_JOB_RUNNING);
    }
}

/* While one item takes long the job stays ours. */
static void beat(void *context)
{
    struct run *run = context;
    if (!run->paused && !run->cancelled && clock_steady_ms() - run->saved_ms >= JOB_LEASE_MS / 10) {
        save(run, STORE_JOB_RUNNING);
    }
}

static bool must_stop(void *context)
{
    struct run *run = context;
    beat(run); /* those that an earlier run did are read without a word */
    return run->cancelled || run->paused || is_stopping(run->runner);
}

static enum rc run_items(struct run *run, struct err *e)
{
    const struct store_job *job = &run->job;
    char id[DIGEST_ID_CHARS +
            1]; /* jobs name what they did by themselves: their request is long over */
    digest_format_id(job->id, id);
    struct ingest_hints hints = {.content_type = job->content_type,
                                 .source = job->source,
                                 .lang = job->lang,
                                 .section = job->section,
                                 .published_at = job->published_at,
                                 .modified_at = job->modified_at};
    struct ingest_source *source;
    enum rc rc = ingest_open_bytes(job->body, &hints, &source, e);
    if (rc != RC_OK) {
        return rc;
    }
    struct bulk_options options = {.pipeline = run->runner->pipeline,
                                   .source = source,
                                   .skip = (size_t)job->done,
                                   .if_none = job->if_none,
                                   .revive = job->revive,
                                   .who = job->who,
                                   .request = slice_cstr(id),
                                   .each = on_item,
                                   .stop = must_stop,
                                   .beat = beat,
                                   .context = run};
    rc = bulk_run(&options, e);
    ingest_close(source);
    return rc;
}

/* Does one job as far as it gets. False: something else than the job is wrong, wait before the next try. */
static bool run_job(struct job_runner *runner, const struct store_job *job)
{
    struct run run = {
        .runner = runner, .job = *job, .arena = arena_new(0), .saved_ms = clock_steady_ms()};
    struct err e = {0};
    if (!run.arena) {
        return false;
    }
    enum rc rc = run_items(&run, &e);
    if (rc != RC_OK && !is_ours(rc)) {
        run.job.problem = slice_cstr(e.message);
        save(&run, STORE_JOB_FAILED);
    } else if (!run.cancelled) {
        bool whole =
            rc == RC_OK && !run.paused && (run.job.done >= run.job.total || !is_stopping(runner));
        run.paused = run.paused || rc != RC_OK;
        bool paused = run.paused;
        save(&run, whole ? STORE_JOB_DONE : STORE_JOB_QUEUED);
        run.paused = run.paused || paused;
    }
    arena_free(run.arena);
    return !run.paused;
}

static struct timespec in_seconds(int seconds)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += seconds;
    return until;
}

/* False: there was none. */
static bool run_next(struct job_runner *runner, struct store_reader *reader)
{
    struct arena *arena = arena_new(0);
    struct store_job job;
    struct err e = {0};
    enum rc rc = arena ? store_job_waits(reader, &e) : err_nomem(&e);
    rc = rc == RC_OK
             ? store_job_take(runner->store, reader, slice_cstr(runner->owner), arena, &job, &e)
             : rc;
    bool found = rc == RC_OK;
    bool pause = rc != RC_OK && rc != RC_NOT_FOUND; /* also while another process is at it */
    if (found) {
        pause = !run_job(runner, &job);
    }
    arena_free(arena);
    if (pause) {
        struct timespec until = in_seconds(PAUSE_S);
        pthread_mutex_lock(&runner->lock);
        while (!runner->stop && pthread_cond_clockwait(&runner->changed, &runner->lock,
                                                       CLOCK_MONOTONIC, &until) == 0) {
        }
        pthread_mutex_unlock(&runner->lock);
    }
    return found || pause;
}

/* Returns now and then without having been woken: a process beside this one may have ended and left a job. */
static bool wait_for_work(struct job_runner *runner)
{
    struct timespec until = in_seconds(LOOK_S);
    pthread_mutex_lock(&runner->lock);
    while (!runner->stop && !runner->has_work &&
           pthread_cond_clockwait(&runner->changed, &runner->lock, CLOCK_MONOTONIC, &until) == 0) {
    }
    runner->has_work = false;
    bool goes_on = !runner->stop;
    pthread_mutex_unlock(&runner->lock);
    return goes_on;
}

static void *run_all(void *arg)
{
    struct job_runner *runner = arg;
    struct store_reader *reader = NULL;
    struct err e = {0};
    if (store_reader_open(runner->store, &reader, &e) != RC_OK) {
        log_write(LOG_ERROR, "jobs don't run", "reason", e.message, (char *)NULL);
        return NULL;
    }
    while (wait_for_work(runner)) {
        while (!is_stopping(runner) && run_next(runner, reader)) {
        }
    }
    store_reader_close(reader);
    return NULL;
}

struct job_runner *job_runner_new(struct store *store, struct pipeline *pipeline, struct err *e)
{
    struct job_runner *runner = calloc(1, sizeof *runner);
    if (!runner) {
        err_nomem(e);
        return NULL;
    }
    runner->store = store;
    runner->pipeline = pipeline;
    process_name(runner->owner);
    runner->has_work = true; /* what an earlier run of the service left */
    pthread_mutex_init(&runner->lock, NULL);
    pthread_cond_init(&runner->changed, NULL);
    if (pthread_create(&runner->thread, NULL, run_all, runner) != 0) {
        pthread_cond_destroy(&runner->changed);
        pthread_mutex_destroy(&runner->lock);
        free(runner);
        err_set(e, RC_UNAVAILABLE, "can't start the thread of jobs: too many threads");
        return NULL;
    }
    return runner;
}

void job_runner_wake(struct job_runner *runner)
{
    pthread_mutex_lock(&runner->lock);
    runner->has_work = true;
    pthread_cond_signal(&runner->changed);
    pthread_mutex_unlock(&runner->lock);
}

void job_runner_free(struct job_runner *runner)
{
    if (!runner) {
        return;
    }
    pthread_mutex_lock(&runner->lock);
    runner->stop = true;
    pthread_cond_broadcast(&runner->changed);
    pthread_mutex_unlock(&runner->lock);
    pthread_join(runner->thread, NULL);
    pthread_cond_destroy(&runner->changed);
    pthread_mutex_destroy(&runner->lock);
    free(runner);
}
