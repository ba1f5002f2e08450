#include "ingest/pipeline.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "analyse/analyse.h"
#include "base/clock.h"
#include "base/pool.h"
#include "store/write.h"

#define QUEUE_STANDARD      256
/* An analysis holds a hundred times its text: so much text is under way at a time, or one document. */
#define TEXT_UNDER_WAY_MOST ((size_t)512 << 10)

struct pipeline {
    struct pipeline_options options;
    struct pool *pool;
    size_t limit;

    pthread_mutex_t lock;
    pthread_cond_t changed; /* a job ended */
    size_t in_flight;       /* accepted and not done, by submit and run alike */
    size_t queued;          /* of those, by submit */
    size_t queued_text;     /* bytes of theirs */
    uint64_t next_ticket, next_out;
    struct task **ready; /* ring of `limit`: analysed, waiting for their turn to be written */
    bool writing;        /* a worker is handing tasks to the store */

    atomic_uint_fast64_t submitted, outcomes[OUTCOME_DELETED + 1], failed, bytes;
    atomic_int_fast64_t analyse_cpu_us, render_cpu_us, stage_cpu_us[ANALYSE_STAGES];
    const struct gazetteer *gazetteer; /* guarded by lock, as are the two below */
    size_t analysing[2];               /* analyses under way, by the phase that they began in */
    unsigned phase;                    /* 0 or 1; changes with the gazetteer */
};

struct task {
    struct pipeline *pipeline;
    struct pipeline_job job;
    pipeline_done *done;
    void *context;
    uint64_t ticket;
    bool queued; /* by submit: has a ticket and may wait for the store */
    bool spared; /* not counted among those under way any more */
    size_t text; /* bytes of it */
    struct arena *
        workspace; /* of the analysis: the job's arena, or one of its own that goes before the commit */
    struct analysis *analysis;
    struct identity identity;
    struct pipeline_rendering rendering;
    enum rc rc; /* of analysis and rendering */
    struct err err;
};

static size_t core_count(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores < 1 ? 1 : (size_t)cores;
}

struct pipeline *pipeline_new(const struct pipeline_options *options, struct err *e)
{
    struct pipeline *p = calloc(1, sizeof *p);
    if (!p) {
        err_nomem(e);
        return NULL;
    }
    p->options = *options;
    p->gazetteer = options->gazetteer;
    p->limit = options->queue_limit ? options->queue_limit : QUEUE_STANDARD;
    p->ready = calloc(p->limit, sizeof *p->ready);
    size_t threads = options->threads ? options->threads : core_count();
    if (!p->ready) {
        err_nomem(e);
    } else if (options->store) {
        p->pool = pool_new(threads, p->limit, e);
    }
    if (!p->ready || (options->store && !p->pool)) {
        free(p->ready);
        free(p);
        return NULL;
    }
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->changed, NULL);
    return p;
}

void pipeline_free(struct pipeline *p)
{
    if (!p) {
        return;
    }
    pipeline_drain(p);
    if (p->pool) {
        pool_free(p->pool);
    }
    pthread_cond_destroy(&p->changed);
    pthread_mutex_destroy(&p->lock);
    free(p->ready);
    free(p);
}

void pipeline_drain(struct pipeline *p)
{
    pthread_mutex_lock(&p->lock);
    while (p->in_flight > 0) {
        pthread_cond_wait(&p->changed, &p->lock);
    }
    pthread_mutex_unlock(&p->lock);
}

void pipeline_set_gazetteer(struct pipeline *p, const struct gazetteer *gazetteer)
{
    pthread_mutex_lock(&p->lock);
    unsigned before = p->phase;
    p->gazetteer = gazetteer;
    p->phase = 1 - before;
    while (p->analysing[before] > 0) {
        pthread_cond_wait(&p->changed, &p->lock);
    }
    pthread_mutex_unlock(&p->lock);
}

enum rc pipeline_analyse(struct pipeline *p, const struct document *document, struct arena *arena,
                         struct analysis **out, struct err *e)
{
    pthread_mutex_lock(&p->lock);
    unsigned phase = p->phase;
    int64_t stage_us[ANALYSE_STAGES] = {0};
    struct analyse_options options = {.gazetteer = p->gazetteer, .stage_cpu_us = stage_us};
    p->analysing[phase]++;
    pthread_mutex_unlock(&p->lock);
    enum rc rc = analyse_document(document, &options, arena, out, e);
    for (size_t i = 0; i < ANALYSE_STAGES; i++) {
        atomic_fetch_add(&p->stage_cpu_us[i], stage_us[i]);
    }
    pthread_mutex_lock(&p->lock);
    if (--p->analysing[phase] == 0 && phase != p->phase) {
        pthread_cond_broadcast(&p->changed);
    }
    pthread_mutex_unlock(&p->lock);
    return rc;
}

/* ---- the end of a job */

static void count_result(struct pipeline *p, const struct pipeline_result *result)
{
    if (result->rc) {
        atomic_fetch_add(&p->failed, 1);
    } else {
        atomic_fetch_add(&p->outcomes[result->outcome], 1);
        atomic_fetch_add(&p->bytes, result->document->text.len);
    }
}

/* The task makes room for others; with p->lock held. */
static void leave_queue(struct task *task)
{
    struct pipeline *p = task->pipeline;
    if (task->queued && !task->spared) {
        p->queued--;
        p->queued_text -= task->text;
        task->spared = true;
    }
}

static void free_workspace(struct task *task)
{
    if (task->workspace != task->job.arena) {
        arena_free(task->workspace);
        task->workspace = NULL;
        task->analysis = NULL;
    }
}

static void end_task(struct task *task, const struct pipeline_result *result)
{
    struct pipeline *p = task->pipeline;
    count_result(p, result);
    task->done(task->context, result);
    free_workspace(task);
    arena_free(task->job.arena);
    pthread_mutex_lock(&p->lock);
    leave_queue(task);
    p->in_flight--;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
    free(task);
}

static void fail_task(struct task *task, enum rc rc, const struct err *e)
{
    struct pipeline_result result = {.rc = rc,
                                     .err = *e,
                                     .id = task->job.has_id ? task->job.id : task->identity.id,
                                     .document = task->job.document,
                                     .analysis = task->analysis};
    end_task(task, &result);
}

static struct pipeline_result result_of(const struct task *task, const struct store_result *stored)
{
    return (struct pipeline_result){.rc = stored->rc,
                                    .err = stored->err,
                                    .outcome = stored->outcome,
                                    .id = stored->id,
                                    .revision = stored->revision,
                                    .document = task->job.document,
                                    .analysis = task->analysis};
}

static void on_spared(void *context)
{
    struct task *task = context;
    free_workspace(task);
    pthread_mutex_lock(&task->pipeline->lock);
    leave_queue(task);
    pthread_cond_broadcast(&task->pipeline->changed);
    pthread_mutex_unlock(&task->pipeline->lock);
}

static void on_stored(void *context, const struct store_result *stored)
{
    struct task *task = context;
    struct pipeline_result result = result_of(task, stored);
    end_task(task, &result);
}

static void on_reply(void *context, const struct store_result *stored, struct store_replay *replay)
{
    struct task *task = context;
    struct pipeline_result result = result_of(task, stored);
    task->job.reply(task->context, &result, replay);
}

/* ---- the steps of a job */

static enum rc identity_for(struct task *task)
{
    if (task->job.identity) {
        task->identity = *task->job.identity;
        return RC_OK;
    }
    return identity_of(task->job.document, task->job.arena, &task->identity, &task->err);
}

static void prepare(struct task *task)
{
    struct pipeline *p = task->pipeline;
    int64_t start_us = clock_cpu_us();
    task->workspace = p->options.spares ? arena_new(0) : task->job.arena;
    struct arena *arena = task->workspace;
    task->rc = arena ? pipeline_analyse(p, task->job.document, arena, &task->analysis, &task->err)
                     : err_nomem(&task->err);
    int64_t analysed_us = clock_cpu_us();
    if (task->rc == RC_OK) {
        task->rc = identity_for(task);
    }
    if (task->rc == RC_OK && p->options.render) {
        task->rc = p->options.render(p->options.render_context, task->job.document, task->analysis,
                                     &task->identity, arena, &task->rendering, &task->err);
    }
    atomic_fetch_add(&p->analyse_cpu_us, analysed_us - start_us);
    atomic_fetch_add(&p->render_cpu_us, clock_cpu_us() - analysed_us);
}

static struct store_write write_of(struct task *task)
{
    const struct pipeline_job *job = &task->job;
    return (struct store_write){
        .kind = job->analysis_only ? STORE_ANALYSIS : STORE_PUT,
        .has_id = job->has_id,
        .id = job->has_id       ? job->id
              : job->archive_id ? job->archive_id
                                : task->identity.id,
        .key_kind = task->identity.kind,
        .key = task->identity.key,
        .sent_url = task->identity.sent_url,
        .if_revision = job->if_revision,
        .if_none = job->if_none,
        .revive = job->revive,
        .document = job->document,
        .analysis = task->analysis,
        .content = task->identity.content,
        .revision = task->identity.revision,
        .summary = task->rendering.summary,
        .history = job->history,
        .who = job->who,
        .request = job->request,
        .followed = job->followed,
        .replay = job->replay,
        .reply = on_reply,
        .spare = task->pipeline->options.spares ? on_spared : NULL,
        .done = on_stored,
        .context = task,
    };
}

static void write_task(struct task *task)
{
    if (task->rc) {
        fail_task(task, task->rc, &task->err);
        return;
    }
    struct store_write request = write_of(task);
    struct err e = {0};
    enum rc rc = store_write(task->pipeline->options.store, &request, &e);
    while (rc == RC_BUSY && task->queued) { /* accepted: it waits for room, it is never dropped */
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        rc = store_write(task->pipeline->options.store, &request, &e);
    }
    if (rc) {
        fail_task(task, rc, &e);
    }
}

/* Puts an analysed task into the ring and hands over every task whose turn has come. One worker at a time
 * does so: the others go back to analysing. */
static void write_in_turn(struct task *task)
{
    struct pipeline *p = task->pipeline;
    pthread_mutex_lock(&p->lock);
    p->ready[task->ticket % p->limit] = task;
    if (!p->writing) {
        struct task *next;
        p->writing = true;
        while ((next = p->ready[p->next_out % p->limit]) != NULL) {
            p->ready[p->next_out % p->limit] = NULL;
            p->next_out++;
            pthread_mutex_unlock(&p->lock);
            write_task(next);
            pthread_mutex_lock(&p->lock);
        }
        p->writing = false;
    }
    pthread_mutex_unlock(&p->lock);
}

static void work(void *arg, size_t worker)
{
    struct task *task = arg;
    (void)worker;
    prepare(task);
    write_in_turn(task);
}

static struct task *new_task(struct pipeline *p, const struct pipeline_job *job,
                             pipeline_done *done, void *context)
{
    struct task *task = calloc(1, sizeof *task);
    if (task) {
        task->pipeline = p;
        task->job = *job;
        task->done = done;
        task->context = context;
        task->text = job->document->text.len;
    }
    return task;
}

/* ---- doors */

static enum rc accept_task(struct task *task, bool wait, struct err *e)
{
    struct pipeline *p = task->pipeline;
    pthread_mutex_lock(&p->lock);
    while (wait && (p->queued >= p->limit ||
                    (p->queued > 0 && p->queued_text + task->text > TEXT_UNDER_WAY_MOST))) {
        pthread_cond_wait(&p->changed, &p->lock);
    }
    if (p->queued >= p->limit) {
        pthread_mutex_unlock(&p->lock);
        return err_set(e, RC_BUSY, "%zu documents are waiting to be analysed: try again soon",
                       p->limit);
    }
    /* Under the lock, so that tickets and the pool's queue have one order. */
    enum rc rc = pool_submit(p->pool, work, task, e);
    if (rc == RC_OK) {
        task->queued = true;
        task->ticket = p->next_ticket++;
        p->in_flight++;
        p->queued++;
        p->queued_text += task->text;
    }
    pthread_mutex_unlock(&p->lock);
    return rc;
}

enum rc pipeline_submit(struct pipeline *p, const struct pipeline_job *job, pipeline_done *done,
                        void *context, struct err *e)
{
    struct task *task = new_task(p, job, done, context);
    if (!task) {
        return err_nomem(e);
    }
    enum rc rc = accept_task(task, job->wait, e);
    if (rc) {
        free(task);
        return rc;
    }
    atomic_fetch_add(&p->submitted, 1);
    return RC_OK;
}

void pipeline_run(struct pipeline *p, const struct pipeline_job *job, pipeline_done *done,
                  void *context)
{
    struct task *task = new_task(p, job, done, context);
    if (!task) {
        struct pipeline_result result = {.document = job->document};
        result.rc = err_nomem(&result.err);
        count_result(p, &result);
        done(context, &result);
        arena_free(job->arena);
        return;
    }
    pthread_mutex_lock(&p->lock);
    p->in_flight++;
    pthread_mutex_unlock(&p->lock);
    atomic_fetch_add(&p->submitted, 1);
    prepare(task);
    write_task(task);
}

struct waiter {
    pthread_mutex_t lock;
    pthread_cond_t arrived;
    bool done;
    struct pipeline_result *result;
};

static void wake(void *context, const struct pipeline_result *result)
{
    struct waiter *waiter = context;
    pthread_mutex_lock(&waiter->lock);
    *waiter->result = *result;
    waiter->result->document = NULL;
    waiter->result->analysis = NULL;
    waiter->done = true;
    pthread_cond_signal(&waiter->arrived);
    pthread_mutex_unlock(&waiter->lock);
}

enum rc pipeline_put(struct pipeline *p, const struct pipeline_job *job,
                     struct pipeline_result *result, struct err *e)
{
    struct waiter waiter = {
        .lock = PTHREAD_MUTEX_INITIALIZER, .arrived = PTHREAD_COND_INITIALIZER, .result = result};
    pipeline_run(p, job, wake, &waiter);
    pthread_mutex_lock(&waiter.lock);
    while (!waiter.done) {
        pthread_cond_wait(&waiter.arrived, &waiter.lock);
    }
    pthread_mutex_unlock(&waiter.lock);
    pthread_cond_destroy(&waiter.arrived);
    pthread_mutex_destroy(&waiter.lock);
    if (result->rc && e) {
        *e = result->err;
    }
    return result->rc;
}

struct pipeline_progress pipeline_progress(struct pipeline *p)
{
    pthread_mutex_lock(&p->lock);
    uint64_t waiting = p->in_flight;
    pthread_mutex_unlock(&p->lock);
    struct pipeline_progress progress = {
        .waiting = waiting,
        .submitted = atomic_load(&p->submitted),
        .created = atomic_load(&p->outcomes[OUTCOME_CREATED]),
        .revised = atomic_load(&p->outcomes[OUTCOME_REVISED]),
        .unchanged = atomic_load(&p->outcomes[OUTCOME_UNCHANGED]),
        .failed = atomic_load(&p->failed),
        .bytes = atomic_load(&p->bytes),
        .analyse_cpu_us = atomic_load(&p->analyse_cpu_us),
        .render_cpu_us = atomic_load(&p->render_cpu_us),
    };
    for (size_t i = 0; i < ANALYSE_STAGES; i++) {
        progress.stage_cpu_us[i] = atomic_load(&p->stage_cpu_us[i]);
    }
    return progress;
}
