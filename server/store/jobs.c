#include "store/jobs.h"

#include <stdio.h>
#include <sys/random.h>

#include "base/process.h"
#include "store/job_rows.h"
#include "store/replay_write.h"

#define DAY_MS INT64_C(86400000)

/* ---- writing */

struct adding {
    struct store_job *job;
    struct store_replay *replay;
    void (*located)(void *context, const struct store_job *job, struct store_replay *replay);
    void *context;
};

static enum rc check_room(struct writer *w, const struct store_job *job, struct err *e)
{
    sqlite3_stmt *s = db_use(w->db, "SELECT count(*), coalesce(sum(bytes), 0) FROM jobs"
                                    " INDEXED BY jobs_unfinished WHERE finished_ms IS NULL");
    int64_t count = 0, bytes = 0;
    if (db_step(w->db, s)) {
        count = db_int(s, 0);
        bytes = db_int(s, 1);
    }
    db_done(s);
    if (count >= JOBS_WAITING_MOST || bytes + job->bytes > JOBS_WAITING_BYTES_MOST) {
        return err_set(e, RC_BUSY,
                       "%lld jobs with %lld bytes are waiting already, as many as may: try again "
                       "when one is done",
                       (long long)count, (long long)bytes);
    }
    return RC_OK;
}

static void insert_job(struct writer *w, struct store_job *job)
{
    sqlite3_stmt *s = db_use(
        w->db, "INSERT INTO jobs (public_id, state, created_ms, who, content_type, source, lang,"
               " section, published_at, modified_at, revive, if_none, bytes, total)"
               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)");
    const struct slice texts[] = {job->source, job->lang, job->section, job->published_at,
                                  job->modified_at};
    db_bind_int(s, 1, db_id(job->id));
    db_bind_int(s, 2, STORE_JOB_QUEUED);
    db_bind_int(s, 3, w->now_ms);
    db_bind_text(s, 4, job->who);
    db_bind_text(s, 5, slice_present(job->content_type) ? job->content_type : SLICE(""));
    for (int i = 0; i < 5; i++) {
        db_bind_text(s, 6 + i, texts[i]);
    }
    db_bind_int(s, 11, job->revive);
    db_bind_int(s, 12, job->if_none);
    db_bind_int(s, 13, job->bytes);
    db_bind_int(s, 14, job->total);
    db_run(w->db, s);
    job->row = sqlite3_last_insert_rowid(w->db->handle);
    job->created_ms = w->now_ms;
    s = db_use(w->db, "INSERT INTO job_bodies (job, body) VALUES (?1, ?2)");
    db_bind_int(s, 1, job->row);
    db_bind_blob(s, 2, job->body.ptr, job->body.len);
    db_run(w->db, s);
}

/* Finished ones that are too old or too many; a few at each new job. */
static void forget(struct writer *w, int64_t newest)
{
    static const char *const statements[] = {
        "DELETE FROM job_rejects WHERE job IN (SELECT id FROM jobs WHERE finished_ms IS NOT NULL"
        " AND (finished_ms <= ?1 OR id <= ?2) ORDER BY finished_ms LIMIT 8)",
        "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE finished_ms IS NOT NULL"
        " AND (finished_ms <= ?1 OR id <= ?2) ORDER BY finished_ms LIMIT 8)"};
    for (int i = 0; i < 2; i++) {
        sqlite3_stmt *s = db_use(w->db, statements[i]);
        db_bind_int(s, 1, w->now_ms - JOBS_KEPT_DAYS * DAY_MS);
        db_bind_int(s, 2, newest - JOBS_KEPT_MOST);
        db_run(w->db, s);
    }
}

static enum rc job_add(struct writer *w, struct job *job, struct err *e)
{
    struct adding *adding = job->arg;
    enum rc rc = check_room(w, adding->job, e);
    if (rc != RC_OK) {
        return rc;
    }
    insert_job(w, adding->job);
    if (adding->replay != NULL) {
        adding->located(adding->context, adding->job, adding->replay);
        replay_write(w, adding->replay);
    }
    forget(w, adding->job->row);
    return RC_OK;
}

enum rc store_job_add(struct store *store, struct store_job *job, struct store_replay *replay,
                      void (*located)(void *context, const struct store_job *job,
                                      struct store_replay *replay),
                      void *context, struct err *e)
{
    struct adding adding = {job, replay, located, context};
    if ((int64_t)job->body.len > JOB_BODY_MOST) {
        return err_set(
            e, RC_TOO_LARGE,
            "a body that is done later has at most %lld bytes unpacked, this one has %zu: "
            "send it in parts",
            JOB_BODY_MOST, job->body.len);
    }
    if (getrandom(&job->id, sizeof job->id, 0) != (ssize_t)sizeof job->id) {
        return err_set(e, RC_UNAVAILABLE, "the system has no random numbers yet");
    }
    return writer_call(store, job_add, &adding, e);
}

struct saving {
    const struct store_job *job;
    const struct store_job_reject *rejects;
    size_t reject_count;
};

static void insert_reject(struct writer *w, int64_t row, const struct store_job_reject *reject)
{
    sqlite3_stmt *s =
        db_use(w->db, "INSERT OR REPLACE INTO job_rejects (job, item, line, code, field, place,"
                      " message) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    const struct slice texts[] = {reject->code, reject->field, reject->place, reject->message};
    db_bind_int(s, 1, row);
    db_bind_int(s, 2, reject->item);
    db_bind_int(s, 3, reject->line);
    for (int i = 0; i < 4; i++) {
        db_bind_text(s, 4 + i, slice_present(texts[i]) ? texts[i] : SLICE(""));
    }
    db_run(w->db, s);
}

static void drop_body(struct writer *w, int64_t row)
{
    sqlite3_stmt *s = db_use(w->db, "DELETE FROM job_bodies WHERE job = ?1");
    db_bind_int(s, 1, row);
    db_run(w->db, s);
}

static bool is_final(enum store_job_state state)
{
    return state != STORE_JOB_QUEUED && state != STORE_JOB_RUNNING;
}

static enum rc job_save(struct writer *w, struct job *job, struct err *e)
{
    const struct saving *saving = job->arg;
    const struct store_job *j = saving->job;
    sqlite3_stmt *s =
        db_use(w->db, "UPDATE jobs SET state = ?2, started_ms = coalesce(started_ms, ?3),"
                      " finished_ms = ?4, done = ?5, created = ?6, revised = ?7, unchanged = ?8,"
                      " failed = ?9, problem = ?10, owner = ?11, lease_ms = ?12"
                      " WHERE id = ?1 AND finished_ms IS NULL AND owner = ?13");
    const int64_t counts[] = {j->done, j->created, j->revised, j->unchanged, j->failed};
    db_bind_int(s, 1, j->row);
    db_bind_int(s, 2, j->state);
    db_bind_int(s, 3, w->now_ms);
    db_bind_maybe(s, 4, is_final(j->state), w->now_ms);
    for (int i = 0; i < 5; i++) {
        db_bind_int(s, 5 + i, counts[i]);
    }
    bool stays = j->state == STORE_JOB_RUNNING;
    db_bind_text(s, 10, j->problem);
    db_bind_text(s, 11, stays ? j->owner : SLICE_NONE);
    db_bind_int(s, 12, stays ? w->now_ms + JOB_LEASE_MS : 0);
    db_bind_text(s, 13, j->owner);
    db_run(w->db, s);
    if (db_ok(w->db) && sqlite3_changes(w->db->handle) == 0) {
        return err_set(e, RC_CONFLICT, "the job was cancelled, or another process took it");
    }
    for (size_t i = 0; i < saving->reject_count; i++) {
        insert_reject(w, j->row, &saving->rejects[i]);
    }
    if (is_final(j->state)) {
        drop_body(w, j->row);
    }
    return RC_OK;
}

enum rc store_job_save(struct store *store, const struct store_job *job,
                       const struct store_job_reject *rejects, size_t reject_count, struct err *e)
{
    struct saving saving = {job, rejects, reject_count};
    return writer_call(store, job_save, &saving, e);
}

static enum rc job_cancel(struct writer *w, struct job *job, struct err *e)
{
    const uint64_t *id = job->arg;
    int64_t row = 0;
    bool finished = false;
    sqlite3_stmt *s =
        db_use(w->db, "SELECT id, finished_ms IS NOT NULL FROM jobs WHERE public_id = ?1");
    db_bind_int(s, 1, db_id(*id));
    if (db_step(w->db, s)) {
        row = db_int(s, 0);
        finished = db_int(s, 1) != 0;
    }
    db_done(s);
    if (row == 0 || finished) {
        return row == 0 ? err_set(e, RC_NOT_FOUND, "there is no such job")
                        : err_set(e, RC_CONFLICT, "the job is finished: nothing to cancel");
    }
    s = db_use(w->db, "UPDATE jobs SET state = ?2, finished_ms = ?3, owner = NULL"
                      " WHERE id = ?1");
    db_bind_int(s, 1, row);
    db_bind_int(s, 2, STORE_JOB_CANCELLED);
    db_bind_int(s, 3, w->now_ms);
    db_run(w->db, s);
    drop_body(w, row);
    return RC_OK;
}

enum rc store_job_cancel(struct store *store, uint64_t id, struct err *e)
{
    return writer_call(store, job_cancel, &id, e);
}

/* ---- taking one */

struct taking {
    struct slice owner;
    int64_t row;
    struct slice holder; /* who had it */
    enum store_job_state state;
    int64_t lease_ms;
};

static void find_oldest(struct writer *w, struct taking *t)
{
    sqlite3_stmt *s =
        db_use(w->db, "SELECT j.id, j.state, j.owner, j.lease_ms FROM jobs j INDEXED BY"
                      " jobs_unfinished WHERE j.finished_ms IS NULL ORDER BY j.id LIMIT 1");
    if (db_step(w->db, s)) {
        t->row = db_int(s, 0);
        t->state = (enum store_job_state)db_int(s, 1);
        t->holder = db_text_copy(w->db, s, 2, w->arena);
        t->lease_ms = db_int(s, 3);
    }
    db_done(s);
}

/* A clock that was set back makes no lease longer than it was given. */
static bool is_held(const struct writer *w, const struct taking *t)
{
    bool ours = slice_equal(t->holder, t->owner);
    bool leased = t->lease_ms > w->now_ms && t->lease_ms <= w->now_ms + JOB_LEASE_MS;
    char name[PROCESS_NAME_MOST];
    snprintf(name, sizeof name, "%.*s", SLICE_ARG(t->holder));
    return slice_present(t->holder) && !ours && leased && !process_is_gone(name);
}

static enum rc job_take(struct writer *w, struct job *job, struct err *e)
{
    struct taking *t = job->arg;
    find_oldest(w, t);
    if (t->row == 0) {
        return err_set(e, RC_NOT_FOUND, "no job waits");
    }
    if (is_held(w, t)) {
        return err_set(e, RC_BUSY, "another process is at the oldest job");
    }
    bool interrupted = t->state == STORE_JOB_RUNNING && !slice_equal(t->holder, t->owner);
    sqlite3_stmt *s = db_use(w->db, "UPDATE jobs SET state = ?2, owner = ?3, lease_ms = ?4,"
                                    " started_ms = coalesce(started_ms, ?5),"
                                    " interruptions = interruptions + ?6 WHERE id = ?1");
    db_bind_int(s, 1, t->row);
    db_bind_int(s, 2, STORE_JOB_RUNNING);
    db_bind_text(s, 3, t->owner);
    db_bind_int(s, 4, w->now_ms + JOB_LEASE_MS);
    db_bind_int(s, 5, w->now_ms);
    db_bind_int(s, 6, interrupted);
    db_run(w->db, s);
    return RC_OK;
}

enum rc store_job_take(struct store *store, struct store_reader *reader, struct slice owner,
                       struct arena *arena, struct store_job *out, struct err *e)
{
    struct taking taking = {.owner = owner};
    enum rc rc = writer_call(store, job_take, &taking, e);
    if (rc != RC_OK) {
        return rc;
    }
    rc = job_rows_body(reader, taking.row, arena, out, e);
    if (rc == RC_OK) {
        out->owner = owner;
    }
    return rc;
}
