/* What the watcher writes: how a visit went, and that it is the one who watches. */
#include <stdio.h>

#include "base/process.h"
#include "store/reader.h"
#include "store/sources.h"
#include "store/writer.h"

static bool is_taken(struct writer *w, struct slice url)
{
    sqlite3_stmt *s = db_use(w->db, "SELECT 1 FROM followed_sources WHERE url = ?1");
    db_bind_text(s, 1, url);
    bool taken = db_step(w->db, s);
    db_done(s);
    return taken;
}

static void save_moves(struct writer *w, const struct store_visit *v)
{
    bool moves = slice_present(v->new_url) && !is_taken(w, v->new_url);
    sqlite3_stmt *s =
        db_use(w->db, "UPDATE followed_sources SET moved_to = ?3,"
                      " moved_from = iif(?4, url, moved_from), moved_ms = iif(?4, ?5, moved_ms),"
                      " url = iif(?4, ?6, url) WHERE public_id = ?1 AND url = ?2");
    db_bind_int(s, 1, db_id(v->source));
    db_bind_text(s, 2, v->asked);
    db_bind_text(s, 3, moves ? SLICE_NONE : v->moved_to);
    db_bind_int(s, 4, moves);
    db_bind_int(s, 5, v->at_ms);
    db_bind_text(s, 6, moves ? v->new_url : v->asked);
    db_run(w->db, s);
}

static void save_answer(struct writer *w, const struct store_visit *v)
{
    sqlite3_stmt *s = db_use(
        w->db, "UPDATE followed_sources SET attempt_ms = ?3, next_ms = ?4, status = ?5, error = ?6,"
               " failures = ?7, missing_ms = ?8, success_ms = iif(?6 IS NULL, ?3, success_ms),"
               " week_items = ?9, requests = requests + ?10, not_modified = not_modified + ?11,"
               " unchanged = unchanged + ?12, refused = refused + ?13, etag = iif(?14, etag, ?15),"
               " last_modified = iif(?14, last_modified, ?16),"
               " ttl_ms = ?20, skip_hours = ?21, skip_days = ?22,"
               " state = iif(?17 AND state = ?18, ?19, state) WHERE public_id = ?1 AND url = ?2");
    db_bind_int(s, 1, db_id(v->source));
    db_bind_text(s, 2, v->asked);
    db_bind_int(s, 3, v->at_ms);
    db_bind_int(s, 4, v->next_ms);
    db_bind_int(s, 5, v->status);
    db_bind_text(s, 6, v->error);
    db_bind_int(s, 7, v->failures);
    db_bind_maybe(s, 8, v->missing_ms != 0, v->missing_ms);
    db_bind_int(s, 9, v->week_items);
    db_bind_int(s, 10, v->requests);
    db_bind_int(s, 11, v->not_modified);
    db_bind_int(s, 12, v->unchanged);
    db_bind_int(s, 13, v->refused);
    db_bind_int(s, 14, v->keep_validators);
    db_bind_text(s, 15, v->etag);
    db_bind_text(s, 16, v->last_modified);
    db_bind_int(s, 17, v->gone);
    db_bind_int(s, 18, SOURCE_ACTIVE);
    db_bind_int(s, 19, SOURCE_GONE);
    db_bind_int(s, 20, v->rhythm.ttl_ms);
    db_bind_int(s, 21, v->rhythm.skip_hours);
    db_bind_int(s, 22, v->rhythm.skip_days);
    db_run(w->db, s);
}

static enum rc job_visited(struct writer *w, struct job *job, struct err *e)
{
    const struct store_visit *v = job->arg;
    save_answer(w, v);
    if (db_ok(w->db) && sqlite3_changes(w->db->handle) == 0) {
        return err_set(e, RC_NOT_FOUND, "the source isn't followed there any more");
    }
    save_moves(w, v);
    return RC_OK;
}

enum rc store_source_visited(struct store *store, const struct store_visit *visit, struct err *e)
{
    struct store_visit v = *visit;
    return writer_call(store, job_visited, &v, e);
}

/* ---- the lease */

struct claiming {
    struct slice owner;
    int64_t now_ms;
};

/* Whether the lease is somebody's who lives, but `owner`'s (absent: anybody's). A clock that was set back makes no lease
 * longer than it was given. */
static bool is_held(struct db *db, const struct claiming *c)
{
    char holder[PROCESS_NAME_MOST] = "";
    int64_t lease_ms = 0;
    sqlite3_stmt *s = db_use(db, "SELECT owner, lease_ms FROM watch_lease WHERE id = 1");
    if (db_step(db, s)) {
        snprintf(holder, sizeof holder, "%.*s", SLICE_ARG(db_text(s, 0)));
        lease_ms = db_int(s, 1);
    }
    db_done(s);
    bool leased = lease_ms > c->now_ms && lease_ms <= c->now_ms + WATCH_LEASE_MS;
    return leased && !slice_is(c->owner, holder) && !process_is_gone(holder);
}

enum rc store_watch_alive(struct store_reader *reader, int64_t now_ms, bool *alive, struct err *e)
{
    struct claiming anybody = {SLICE_NONE, now_ms};
    bool held = is_held(reader->db, &anybody);
    enum rc rc = db_check(reader->db, e);
    if (rc == RC_OK) {
        *alive = held;
    }
    return rc;
}

static enum rc job_claim(struct writer *w, struct job *job, struct err *e)
{
    const struct claiming *c = job->arg;
    if (is_held(w->db, c)) {
        return err_set(e, RC_BUSY, "another process follows this archive's sources already");
    }
    sqlite3_stmt *s = db_use(w->db, "INSERT INTO watch_lease (id, owner, lease_ms)"
                                    " VALUES (1, ?1, ?2) ON CONFLICT (id) DO UPDATE SET"
                                    " owner = excluded.owner, lease_ms = excluded.lease_ms");
    db_bind_text(s, 1, c->owner);
    db_bind_int(s, 2, c->now_ms + WATCH_LEASE_MS);
    db_run(w->db, s);
    return RC_OK;
}

enum rc store_watch_claim(struct store *store, struct slice owner, int64_t now_ms, struct err *e)
{
    struct claiming c = {owner, now_ms};
    return writer_call(store, job_claim, &c, e);
}

static enum rc job_release(struct writer *w, struct job *job, struct err *e)
{
    const struct claiming *c = job->arg;
    (void)e;
    sqlite3_stmt *s = db_use(w->db, "DELETE FROM watch_lease WHERE owner = ?1");
    db_bind_text(s, 1, c->owner);
    db_run(w->db, s);
    return RC_OK;
}

enum rc store_watch_release(struct store *store, struct slice owner, struct err *e)
{
    struct claiming c = {owner, 0};
    return writer_call(store, job_release, &c, e);
}
