#include "store/job_rows.h"

#define JOB_COLUMNS                                                                                \
    "j.id, j.public_id, j.state, j.created_ms, j.started_ms, j.finished_ms, j.who, "               \
    "j.content_type,"                                                                              \
    " j.source, j.lang, j.section, j.published_at, j.modified_at, j.revive, j.if_none, j.bytes,"   \
    " j.total, j.done, j.created, j.revised, j.unchanged, j.failed, j.interruptions, j.problem"

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
    struct store_job job = {.row = 0};
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

enum rc job_rows_body(struct store_reader *reader, int64_t row, struct arena *arena,
                      struct store_job *out, struct err *e)
{
    sqlite3_stmt *s = db_use(reader->db, "SELECT " JOB_COLUMNS ", b.body FROM jobs j"
                                         " CROSS JOIN job_bodies b ON b.job = j.id"
                                         " WHERE j.id = ?1 AND j.finished_ms IS NULL");
    db_bind_int(s, 1, row);
    return read_one(reader->db, s, arena, true, out, e);
}

enum rc store_job_waits(struct store_reader *reader, struct err *e)
{
    int64_t waits = db_value(reader->db,
                             "SELECT EXISTS (SELECT 1 FROM jobs INDEXED BY jobs_unfinished"
                             " WHERE finished_ms IS NULL)",
                             0);
    enum rc rc = db_check(reader->db, e);
    return rc == RC_OK && !waits ? err_set(e, RC_NOT_FOUND, "no job waits") : rc;
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
