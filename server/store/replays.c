#include "store/replays.h"

#include "base/clock.h"
#include "store/list_sql.h"
#include "store/replay_write.h"

#define KEPT_MS ((int64_t)STORE_REPLAY_HOURS * 60 * 60 * 1000)

enum rc store_replay_find(struct store_reader *reader, struct slice caller, struct slice key,
                          struct arena *arena, struct store_replay *out, struct err *e)
{
    struct db *db = reader->db;
    sqlite3_stmt *s = db_use(db, "SELECT request, status, location, body FROM replays"
                                 " WHERE caller = ?1 AND key = ?2 AND created_ms > ?3");
    db_bind_text(s, 1, caller);
    db_bind_text(s, 2, key);
    db_bind_int(s, 3, clock_now_ms() - KEPT_MS);
    struct store_replay found = {.caller = caller, .key = key};
    bool present = db_step(db, s);
    if (present) {
        struct slice request = db_blob(s, 0);
        memcpy(found.request.bytes, request.ptr,
               request.len < sizeof found.request.bytes ? request.len : sizeof found.request.bytes);
        found.status = (int)db_int(s, 1);
        found.location = db_text_copy(db, s, 2, arena);
        found.body = arena_copy(arena, db_blob(s, 3));
        db->nomem = db->nomem || !slice_present(found.body);
    }
    db_done(s);
    enum rc rc = db_check(db, e);
    if (rc == RC_OK && !present) {
        rc = err_set(e, RC_NOT_FOUND, "no request with this key is known");
    }
    if (rc == RC_OK) {
        *out = found;
    }
    return rc;
}

/* The oldest make room: a few at each write are as many as can be over a limit for long. */
static void forget(struct writer *w, int64_t newest)
{
    sqlite3_stmt *s = db_use(w->db, "DELETE FROM replays WHERE id < (SELECT min(id) + 16 FROM"
                                    " replays) AND (created_ms <= ?1 OR id <= ?2)");
    db_bind_int(s, 1, w->now_ms - KEPT_MS);
    db_bind_int(s, 2, newest - STORE_REPLAYS_MOST);
    db_run(w->db, s);
}

/* Bodies of a bulk are large: the newest that fit stay. */
static void bound_bytes(struct writer *w, size_t adding)
{
    if (adding < STORE_REPLAY_SMALL) {
        return; /* a hundred thousand of these fit anyway */
    }
    sqlite3_stmt *s = db_use(
        w->db, "DELETE FROM replays WHERE id IN (SELECT id FROM (SELECT id, sum(bytes) OVER"
               " (ORDER BY id DESC) AS held FROM replays WHERE bytes >= 4096) WHERE held > ?1)");
    db_bind_int(s, 1, STORE_REPLAY_BYTES_MOST);
    db_run(w->db, s);
}

void replay_write(struct writer *w, const struct store_replay *replay)
{
    sqlite3_stmt *s = db_use(
        w->db, "INSERT OR REPLACE INTO replays (caller, key, request, created_ms, status, location,"
               " body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    db_bind_text(s, 1, replay->caller);
    db_bind_text(s, 2, replay->key);
    db_bind_blob(s, 3, replay->request.bytes, sizeof replay->request.bytes);
    db_bind_int(s, 4, w->now_ms);
    db_bind_int(s, 5, replay->status);
    db_bind_text(s, 6, replay->location);
    db_bind_blob(s, 7, replay->body.ptr, replay->body.len);
    db_run(w->db, s);
    int64_t newest = sqlite3_last_insert_rowid(w->db->handle);
    bound_bytes(w, replay->body.len);
    forget(w, newest);
}

static enum rc job_keep(struct writer *w, struct job *job, struct err *e)
{
    (void)e;
    replay_write(w, job->arg);
    return RC_OK;
}

enum rc store_replay_keep(struct store *store, const struct store_replay *replay, struct err *e)
{
    struct store_replay kept = *replay;
    if (kept.body.len > STORE_REPLAY_BODY_MOST) {
        return err_set(e, RC_TOO_LARGE, "the reply is too large to be kept");
    }
    return writer_call(store, job_keep, &kept, e);
}
