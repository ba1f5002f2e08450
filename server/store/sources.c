#include "store/sources.h"

#include <sys/random.h>

#include "store/writer.h"

struct choosing {
    const struct store_source_choice *choice;
    struct store_actor by;
    uint64_t id;
    uint32_t if_revision;
};

/* ---- what people choose */

static bool is_taken(struct writer *w, struct slice url, int64_t but)
{
    sqlite3_stmt *s = db_use(w->db, "SELECT id FROM followed_sources WHERE url = ?1 AND id <> ?2");
    db_bind_text(s, 1, url);
    db_bind_int(s, 2, but);
    bool taken = db_step(w->db, s);
    db_done(s);
    return taken;
}

static enum rc refuse_taken(struct writer *w, struct slice url, int64_t but, struct err *e)
{
    return is_taken(w, url, but) ? err_field(e, RC_CONFLICT, "url", "%.*s is followed already",
                                             (int)(url.len < 300 ? url.len : 300), url.ptr)
                                 : RC_OK;
}

static enum rc refuse_full(struct writer *w, size_t more, struct err *e)
{
    int64_t count = db_value(w->db, "SELECT count(*) FROM followed_sources", 0);
    return count + (int64_t)more > SOURCES_MOST
               ? err_set(e, RC_TOO_LARGE,
                         "%d sources may be followed, and %lld are already: remove some",
                         SOURCES_MOST, (long long)count)
               : RC_OK;
}

static void audit(struct writer *w, struct store_actor by, const char *action, uint64_t id,
                  struct slice url)
{
    char target[DIGEST_ID_CHARS + 1];
    digest_format_id(id, target);
    writer_audit(w, &(struct audit_entry){.who = by.who,
                                          .request = by.request,
                                          .action = action,
                                          .target = slice_cstr(target),
                                          .detail = url});
}

/* As the columns stand from the fourth on. */
static void bind_choice(sqlite3_stmt *s, const struct store_source_choice *choice)
{
    db_bind_int(s, 3, choice->kind);
    db_bind_int(s, 4, choice->state);
    db_bind_text(s, 5, choice->url);
    db_bind_text(s, 6, choice->name);
    db_bind_text(s, 7, choice->lang);
    db_bind_text(s, 8, choice->section);
    db_bind_int(s, 9, choice->full);
    db_bind_maybe(s, 10, choice->least_ms > 0, choice->least_ms);
    db_bind_maybe(s, 11, choice->most_ms > 0, choice->most_ms);
}

static void insert(struct writer *w, const struct store_source_choice *choice, uint64_t id,
                   struct store_actor by)
{
    sqlite3_stmt *s =
        db_use(w->db, "INSERT INTO followed_sources (public_id, revision, created_ms, changed_ms,"
                      " next_ms, kind, state, url, name, lang, section, whole, least_ms, most_ms)"
                      " VALUES (?1, 1, ?2, ?2, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
    db_bind_int(s, 1, db_id(id));
    db_bind_int(s, 2, w->now_ms);
    bind_choice(s, choice);
    db_run(w->db, s);
    audit(w, by, "source_add", id, choice->url);
}

static enum rc job_add(struct writer *w, struct job *job, struct err *e)
{
    const struct choosing *c = job->arg;
    enum rc rc = refuse_full(w, 1, e);
    rc = rc == RC_OK ? refuse_taken(w, c->choice->url, 0, e) : rc;
    if (rc == RC_OK) {
        insert(w, c->choice, c->id, c->by);
    }
    return rc;
}

static enum rc make_id(uint64_t *id, struct err *e)
{
    return getrandom(id, sizeof *id, 0) == (ssize_t)sizeof *id
               ? RC_OK
               : err_set(e, RC_UNAVAILABLE, "the system has no random numbers yet");
}

enum rc store_source_add(struct store *store, const struct store_source_choice *choice,
                         struct store_actor by, uint64_t *id, struct err *e)
{
    struct choosing c = {.choice = choice, .by = by};
    enum rc rc = make_id(&c.id, e);
    rc = rc == RC_OK ? writer_call(store, job_add, &c, e) : rc;
    if (rc == RC_OK) {
        *id = c.id;
    }
    return rc;
}

struct choosing_many {
    const struct store_source_choice *choices;
    size_t count;
    struct store_actor by;
    bool *added;
};

static enum rc job_add_many(struct writer *w, struct job *job, struct err *e)
{
    const struct choosing_many *c = job->arg;
    enum rc rc = refuse_full(w, c->count, e);
    for (size_t i = 0; i < c->count && rc == RC_OK; i++) {
        uint64_t id;
        c->added[i] = !is_taken(w, c->choices[i].url, 0);
        rc = c->added[i] ? make_id(&id, e) : RC_OK;
        if (c->added[i] && rc == RC_OK) {
            insert(w, &c->choices[i], id, c->by);
        }
    }
    return rc;
}

enum rc store_source_add_many(struct store *store, const struct store_source_choice *choices,
                              size_t count, struct store_actor by, bool *added, struct err *e)
{
    struct choosing_many c = {choices, count, by, added};
    return writer_call(store, job_add_many, &c, e);
}

struct stored_source {
    int64_t row;
    uint32_t revision;
    enum source_state state;
    struct slice url;
};

static enum rc find(struct writer *w, uint64_t id, uint32_t if_revision, struct stored_source *out,
                    struct err *e)
{
    sqlite3_stmt *s =
        db_use(w->db, "SELECT id, revision, state, url FROM followed_sources WHERE public_id = ?1");
    db_bind_int(s, 1, db_id(id));
    bool found = db_step(w->db, s);
    if (found) {
        *out = (struct stored_source){.row = db_int(s, 0),
                                      .revision = (uint32_t)db_int(s, 1),
                                      .state = (enum source_state)db_int(s, 2),
                                      .url = db_text_copy(w->db, s, 3, w->arena)};
    }
    db_done(s);
    if (!found) {
        return err_field(e, RC_NOT_FOUND, "id", "there is no such source");
    }
    if (if_revision != 0 && if_revision != out->revision) {
        return err_set(e, RC_CONFLICT, "the source is at revision %u, not %u", out->revision,
                       if_revision);
    }
    return RC_OK;
}

/* What was known of the old address says nothing of the new one. */
static void forget_answers(struct writer *w, int64_t row, bool moved)
{
    sqlite3_stmt *s =
        db_use(w->db, "UPDATE followed_sources SET failures = 0, error = NULL, missing_ms = NULL,"
                      " next_ms = ?2, etag = iif(?3, NULL, etag),"
                      " last_modified = iif(?3, NULL, last_modified), moved_to = NULL,"
                      " moved_from = iif(?3, NULL, moved_from), moved_ms = iif(?3, NULL, moved_ms)"
                      " WHERE id = ?1");
    db_bind_int(s, 1, row);
    db_bind_int(s, 2, w->now_ms);
    db_bind_int(s, 3, moved);
    db_run(w->db, s);
}

static enum rc job_change(struct writer *w, struct job *job, struct err *e)
{
    const struct choosing *c = job->arg;
    struct stored_source stored = {0};
    enum rc rc = find(w, c->id, c->if_revision, &stored, e);
    rc = rc == RC_OK ? refuse_taken(w, c->choice->url, stored.row, e) : rc;
    if (rc != RC_OK) {
        return rc;
    }
    sqlite3_stmt *s =
        db_use(w->db, "UPDATE followed_sources SET revision = revision + 1, changed_ms = ?2,"
                      " kind = ?3, state = ?4, url = ?5, name = ?6, lang = ?7, section = ?8,"
                      " whole = ?9, least_ms = ?10, most_ms = ?11 WHERE id = ?1");
    db_bind_int(s, 1, stored.row);
    db_bind_int(s, 2, w->now_ms);
    bind_choice(s, c->choice);
    db_run(w->db, s);
    bool moved = !slice_equal(stored.url, c->choice->url);
    bool resumed = c->choice->state == SOURCE_ACTIVE && stored.state != SOURCE_ACTIVE;
    if (moved || resumed) {
        forget_answers(w, stored.row, moved);
    }
    audit(w, c->by, "source_change", c->id, c->choice->url);
    return RC_OK;
}

enum rc store_source_change(struct store *store, uint64_t id, uint32_t if_revision,
                            const struct store_source_choice *choice, struct store_actor by,
                            struct err *e)
{
    struct choosing c = {choice, by, id, if_revision};
    return writer_call(store, job_change, &c, e);
}

static enum rc job_remove(struct writer *w, struct job *job, struct err *e)
{
    const struct choosing *c = job->arg;
    struct stored_source stored = {0};
    enum rc rc = find(w, c->id, c->if_revision, &stored, e);
    if (rc != RC_OK) {
        return rc;
    }
    static const char *const statements[] = {"DELETE FROM followed_items WHERE source = ?1",
                                             "DELETE FROM followed_sources WHERE id = ?1"};
    for (int i = 0; i < 2; i++) {
        sqlite3_stmt *s = db_use(w->db, statements[i]);
        db_bind_int(s, 1, stored.row);
        db_run(w->db, s);
    }
    audit(w, c->by, "source_remove", c->id, stored.url);
    return RC_OK;
}

enum rc store_source_remove(struct store *store, uint64_t id, uint32_t if_revision,
                            struct store_actor by, struct err *e)
{
    struct choosing c = {NULL, by, id, if_revision};
    return writer_call(store, job_remove, &c, e);
}

static enum rc job_hasten(struct writer *w, struct job *job, struct err *e)
{
    const struct choosing *c = job->arg;
    struct stored_source stored = {0};
    enum rc rc = find(w, c->id, 0, &stored, e);
    if (rc != RC_OK) {
        return rc;
    }
    if (stored.state != SOURCE_ACTIVE) {
        return err_field(e, RC_CONFLICT, "state", "the source is %s: make it active first",
                         source_state_name(stored.state));
    }
    sqlite3_stmt *s = db_use(w->db, "UPDATE followed_sources SET next_ms = ?2 WHERE id = ?1");
    db_bind_int(s, 1, stored.row);
    db_bind_int(s, 2, w->now_ms);
    db_run(w->db, s);
    audit(w, c->by, "source_fetch", c->id, stored.url);
    return RC_OK;
}

enum rc store_source_hasten(struct store *store, uint64_t id, struct store_actor by, struct err *e)
{
    struct choosing c = {NULL, by, id, 0};
    return writer_call(store, job_hasten, &c, e);
}
