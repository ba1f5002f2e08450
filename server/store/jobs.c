#include "store/jobs.h"

#include <sys/random.h>

#include "store/list_sql.h"
#include "store/replay_write.h"

#define DAY_MS INT64_C(86400000)

#define JOB_COLUMNS                                                                                \
    "j.id, j.public_id, j.state, j.created_ms, j.started_ms, j.finished_ms, j.who, "               \
    "j.content_type,"                                                                              \
    " j.source, j.lang, j.section, j.published_at, j.modified_at, j.revive, j.if_none, j.bytes,"   \
    " j.total, j.done, j.created, j.revised, j.unchanged, j.failed, j.interruptions, j.problem"

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
                      " failed = ?9, problem = ?10 WHERE id = ?1 AND finished_ms IS NULL");
    const int64_t counts[] = {j->done, j->created, j->revised, j->unchanged, j->failed};
    db_bind_int(s, 1, j->row);
    db_bind_int(s, 2, j->state);
    db_bind_int(s, 3, w->now_ms);
    db_bind_maybe(s, 4, is_final(j->state), w->now_ms);
    for (int i = 0; i < 5; i++) {
        db_bind_int(s, 5 + i, counts[i]);
    }
    db_bind_text(s, 10, j->problem);
    db_run(w->db, s);
    if (db_ok(w->db) && sqlite3_changes(w->db->handle) == 0) {
        return err_set(e, RC_CONFLICT, "the job was cancelled");
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
    s = db_use(w->db, "UPDATE jobs SET state = ?2, finished_ms = ?3 WHERE id = ?1");
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

static enum rc job_recover(struct writer *w, struct job *job, struct err *e)
{
    (void)job;
    (void)e;
    sqlite3_stmt *s = db_use(w->db, "UPDATE jobs SET state = ?1, interruptions = interruptions + 1"
                                    " WHERE finished_ms IS NULL AND state = ?2");
    db_bind_int(s, 1, STORE_JOB_QUEUED);
    db_bind_int(s, 2, STORE_JOB_RUNNING);
    db_run(w->db, s);
    return RC_OK;
}

enum rc store_jobs_recover(struct store *store, struct err *e)
{
    return writer_call(store, job_recover, NULL, e);
}

/* ---- reading */

static void read_job(struct columns *c, struct store_job *out)
{
    *out = (struct store_job){.row = next_int(c)};
    out->id = next_id(c);
    out->state = (enum store_job_state)next_int(c);
    out->created_ms = next_int(c);
    out->started_ms = next_int(c);
    out->finished_ms = next_int(c);
    struct slice *texts[] = {&out->who,     &out->content_type, &out->source,     &out->lang,
                             &out->section, &out->published_at, &out->modified_at};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        *texts[i] = next_text(c);
    }
    out->revive = next_int(c) != 0;
    out->if_none = next_int(c) != 0;
    int64_t *counts[] = {&out->bytes,   &out->total,     &out->done,   &out->created,
                         &out->revised, &out->unchanged, &out->failed, &out->interruptions};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        *counts[i] = next_int(c);
    }
    out->problem = next_text(c);
}

static enum rc read_one(struct db *db, sqlite3_stmt *s, struct arena *arena, bool with_body,
                        struct store_job *out, struct err *e)
{
    struct store_job job;
    bool found = db_step(db, s);
    if (found) {
        struct columns c = {db, s, arena, 0};
        read_job(&c, &job);
        if (with_body) {
            job.body = arena_copy(arena, db_blob(s, c.at));
            db->nomem = db->nomem || !slice_present(job.body);
        }
    }
    db_done(s);
    enum rc rc = db_check(db, e);
    if (rc == RC_OK && !found) {
        rc = err_field(e, RC_NOT_FOUND, "id", "there is no such job");
    }
    if (rc == RC_OK) {
        *out = job;
    }
    return rc;
}

enum rc store_job_get(struct store_reader *reader, uint64_t id, struct arena *arena,
                      struct store_job *out, struct err *e)
{
    sqlite3_stmt *s =
        db_use(reader->db, "SELECT " JOB_COLUMNS " FROM jobs j WHERE j.public_id = ?1");
    db_bind_int(s, 1, db_id(id));
    return read_one(reader->db, s, arena, false, out, e);
}

enum rc store_job_next(struct store_reader *reader, struct arena *arena, struct store_job *out,
                       struct err *e)
{
    sqlite3_stmt *s =
        db_use(reader->db, "SELECT " JOB_COLUMNS ", b.body FROM jobs j INDEXED BY jobs_unfinished"
                           " CROSS JOIN job_bodies b ON b.job = j.id WHERE j.finished_ms IS NULL"
                           " ORDER BY j.id LIMIT 1");
    return read_one(reader->db, s, arena, true, out, e);
}

enum rc store_job_list(struct store_reader *reader, const struct store_cursor *after,
                       uint32_t limit, struct arena *arena, struct store_job **rows, size_t *count,
                       struct store_page *page, struct err *e)
{
    struct db *db = reader->db;
    struct store_job *list = ARENA_ARRAY(arena, struct store_job, limit);
    struct store_page found = {.total_is_exact = true};
    size_t read = 0;
    if (list == NULL) {
        return err_nomem(e);
    }
    sqlite3_stmt *s = db_use(db, "SELECT " JOB_COLUMNS " FROM jobs j WHERE j.id < ?1"
                                 " ORDER BY j.id DESC LIMIT ?2");
    db_bind_int(s, 1, after->present ? after->key : INT64_MAX);
    db_bind_int(s, 2, (int64_t)limit + 1);
    while (db_step(db, s)) {
        if (read == limit) {
            found.has_more = true;
            break;
        }
        struct columns c = {db, s, arena, 0};
        read_job(&c, &list[read]);
        found.last = (struct store_cursor){.present = true, .key = list[read++].row};
    }
    db_done(s);
    found.total = db_value(db, "SELECT count(*) FROM jobs", 0); /* bounded: JOBS_KEPT_MOST */
    enum rc rc = db_check(db, e);
    if (rc == RC_OK) {
        *rows = list;
        *count = read;
        *page = found;
    }
    return rc;
}

static int64_t count_rejects(struct db *db, int64_t row)
{
    sqlite3_stmt *s = db_use(db, "SELECT count(*) FROM job_rejects WHERE job = ?1");
    db_bind_int(s, 1, row);
    int64_t count = db_step(db, s) ? db_int(s, 0) : 0;
    db_done(s);
    return count;
}

enum rc store_job_rejects(struct store_reader *reader, int64_t row,
                          const struct store_cursor *after, uint32_t limit, struct arena *arena,
                          struct store_job_reject **rows, size_t *count, struct store_page *page,
                          struct err *e)
{
    struct db *db = reader->db;
    struct store_job_reject *list = ARENA_ARRAY(arena, struct store_job_reject, limit);
    struct store_page found = {.total_is_exact = true};
    size_t read = 0;
    if (list == NULL) {
        return err_nomem(e);
    }
    sqlite3_stmt *s = db_use(db, "SELECT item, line, code, field, place, message FROM job_rejects"
                                 " WHERE job = ?1 AND item > ?2 ORDER BY item LIMIT ?3");
    db_bind_int(s, 1, row);
    db_bind_int(s, 2, after->present ? after->key : -1);
    db_bind_int(s, 3, (int64_t)limit + 1);
    while (db_step(db, s)) {
        if (read == limit) {
            found.has_more = true;
            break;
        }
        struct columns c = {db, s, arena, 0};
        struct store_job_reject *reject = &list[read++];
        reject->item = next_int(&c);
        reject->line = next_int(&c);
        reject->code = next_text(&c);
        reject->field = next_text(&c);
        reject->place = next_text(&c);
        reject->message = next_text(&c);
        found.last = (struct store_cursor){.present = true, .key = reject->item};
    }
    db_done(s);
    found.total = count_rejects(db, row);
    enum rc rc = db_check(db, e);
    if (rc == RC_OK) {
        *rows = list;
        *count = read;
        *page = found;
    }
    return rc;
}
