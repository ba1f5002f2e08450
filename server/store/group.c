/* One group, one transaction. */
#include "store/group.h"

#include <setjmp.h>
#include <string.h>

#include "base/clock.h"
#include "store/change_rows.h"

static void begin(struct writer *w)
{
    db_exec(w->db, "BEGIN IMMEDIATE");
    int64_t version = db_value(w->db, "SELECT value FROM versions WHERE name = 'data'", 0);
    if (version != w->version || !w->caches_valid) {
        writer_refresh(w);
    }
    w->version = version;
    w->now_ms = clock_now_ms();
    w->stuck = false;
    w->loss = (struct err){0};
}

static void roll_back_one(struct writer *w)
{
    counters_drop(w->counters);
    search_rows_drop(w->search);
    db_clear(w->db);
    /* A full disk or a failing one may have ended the whole transaction. */
    w->stuck = sqlite3_get_autocommit(w->db->handle) != 0;
    if (!w->stuck) {
        db_run(w->db, db_use(w->db, "ROLLBACK TO one"));
        db_run(w->db, db_use(w->db, "RELEASE one"));
        w->stuck = !db_ok(w->db);
    }
}

/* Jobs work in the writer's arena under an escape: they needn't look at each allocation. */
static enum rc run_job(struct writer *w, struct job *job)
{
    jmp_buf out;
    arena_escape(w->arena, &out);
    if (setjmp(out) != 0) {
        /* Memory ran out in the midst of a statement or two. */
        for (sqlite3_stmt *s = NULL; (s = sqlite3_next_stmt(w->db->handle, s)) != NULL;) {
            sqlite3_reset(s);
        }
        arena_escape(w->arena, NULL);
        return err_nomem(&job->result.err);
    }
    enum rc rc = job->run(w, job, &job->result.err);
    arena_escape(w->arena, NULL);
    return rc;
}

/* What is kept for the end of the group, written now. */
static void flush(struct writer *w)
{
    int64_t start_us = clock_cpu_us();
    bool whole = search_rows_flush(w->search, w->db);
    atomic_fetch_add(&w->store->counts.search_cpu_us, clock_cpu_us() - start_us);
    if (!counters_flush(w->counters, w->db) || !whole) {
        w->db->nomem = true;
    }
}

static void run_one(struct writer *w, struct job *job)
{
    memset(&job->result, 0, sizeof job->result);
    w->changed = false;
    if (job->flush_first) {
        flush(w);
    }
    w->stuck = !db_ok(w->db); /* what the flush lost belongs to others of the group */
    if (w->stuck) {
        return;
    }
    db_run(w->db, db_use(w->db, "SAVEPOINT one"));
    enum rc rc = db_check(w->db, &job->result.err);
    if (rc == RC_OK) {
        rc = run_job(w, job);
    }
    struct err fault = {0};
    enum rc database = db_check(w->db, &fault);
    if (rc == RC_OK && database != RC_OK) {
        rc = database;
        job->result.err = fault;
    }
    job->result.rc = rc;
    job->changed = rc == RC_OK && w->changed;
    if (rc != RC_OK) {
        w->loss = job->result.err;
        roll_back_one(w);
        w->caches_valid = w->caches_valid && !w->changed;
    } else {
        counters_keep(w->counters);
        db_run(w->db, db_use(w->db, "RELEASE one"));
        if (search_rows_keep(w->search) && !search_rows_flush(w->search, w->db)) {
            w->db->nomem = true;
        }
        w->stuck = !db_ok(w->db);
    }
    arena_reset(w->arena);
}

static void commit(struct writer *w, bool changed)
{
    flush(w);
    if (changed) {
        db_run(w->db, db_use(w->db, "UPDATE versions SET value = value + 1 WHERE name = 'data'"));
        change_rows_moment(w);
    }
    if (db_ok(w->db)) {
        db_exec(w->db, "COMMIT");
    }
}

/* The document and its analysis have become rows. */
static void spare(struct job *job)
{
    if (job->request.spare != NULL) {
        job->request.spare(job->request.context);
        job->request.document = NULL;
        job->request.analysis = NULL;
    }
}

void group_run(struct writer *w, struct group *g, struct job *jobs)
{
    if (g->first == NULL) {
        *g = (struct group){.first = jobs, .opened_ms = clock_steady_ms()};
        begin(w);
        g->rc = db_check(w->db, &g->fault);
    } else {
        g->last->next = jobs;
    }
    for (struct job *job = jobs; job != NULL; job = job->next) {
        job->result.rc = RC_OK;
        if (group_stands(w, g)) {
            run_one(w, job);
            spare(job);
            g->changed = g->changed || job->changed;
        }
        g->waited_for = g->waited_for || job->waited_for;
        g->count++;
        g->last = job;
    }
}

bool group_stands(const struct writer *w, const struct group *g)
{
    return g->rc == RC_OK && !w->stuck;
}

static void fail(struct group *g)
{
    for (struct job *job = g->first; job != NULL; job = job->next) {
        if (job->result.rc == RC_OK) {
            job->result.rc = g->fault.rc;
            job->result.err = g->fault;
        }
    }
}

/* Commits, or says in g->fault why it can't. */
static void end_transaction(struct writer *w, struct group *g)
{
    if (group_stands(w, g)) {
        g->rc = store_file_stands(w->store, &g->fault);
    }
    if (group_stands(w, g)) {
        commit(w, g->changed);
    }
    if (!w->stuck) {
        g->rc = g->rc == RC_OK ? db_check(w->db, &g->fault) : g->rc;
        return;
    }
    g->rc = db_check(w->db, &g->fault);
    if (g->rc == RC_OK && w->loss.rc != RC_OK) { /* what one job met took the others along */
        g->fault = w->loss;
        g->rc = g->fault.rc;
    } else if (g->rc == RC_OK) {
        g->rc =
            err_set(&g->fault, RC_UNAVAILABLE, "the transaction was lost: disk full or failing");
    }
}

const uint32_t store_group_bounds[STORE_GROUP_BUCKETS - 1] = {1, 2, 5, 10, 25, 50, 100};

static void count_group(struct writer_counts *counts, uint64_t count)
{
    size_t bucket = 0;
    while (bucket < STORE_GROUP_BUCKETS - 1 && count > store_group_bounds[bucket]) {
        bucket++;
    }
    atomic_fetch_add(&counts->commits, 1);
    atomic_fetch_add(&counts->committed, count);
    atomic_fetch_add(&counts->groups[bucket], 1);
}

struct job *group_end(struct writer *w, struct group *g)
{
    struct job *jobs = g->first;
    end_transaction(w, g);
    if (g->rc != RC_OK) {
        if (!sqlite3_get_autocommit(w->db->handle)) {
            sqlite3_exec(w->db->handle, "ROLLBACK", NULL, NULL, NULL);
        }
        counters_drop_all(w->counters);
        search_rows_drop_all(w->search);
        w->caches_valid = false;
        fail(g);
        atomic_fetch_add(&w->store->counts.lost, 1);
        g->first = NULL;
        return jobs;
    }
    w->version += g->changed;
    for (struct job *job = jobs; job != NULL; job = job->next) {
        job->result.version = (uint64_t)w->version;
    }
    count_group(&w->store->counts, g->count);
    g->first = NULL;
    return jobs;
}
