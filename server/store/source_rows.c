/* Reading followed sources. */
#include "store/list_sql.h"
#include "store/sources.h"

#define COUNT_MOST 10000

#define SOURCE_COLUMNS                                                                             \
    "f.id, f.public_id, f.revision, f.kind, f.state, f.url, f.name, f.lang, f.section, f.whole,"   \
    " f.least_ms, f.most_ms, f.created_ms, f.changed_ms, f.next_ms, f.attempt_ms, f.success_ms,"   \
    " f.missing_ms, f.moved_ms, f.status, f.error, f.failures, f.etag, f.last_modified,"           \
    " f.moved_to, f.moved_from, f.ttl_ms, f.skip_hours, f.skip_days, f.week_items, f.requests, "   \
    "f.not_modified, f.created, f.revised,"                                                        \
    " f.unchanged, f.duplicates, f.refused"

static void read_source(struct columns *c, struct store_source *out)
{
    *out = (struct store_source){.row = next_int(c)};
    out->id = next_id(c);
    out->revision = (uint32_t)next_int(c);
    out->choice.kind = (enum source_kind)next_int(c);
    out->choice.state = (enum source_state)next_int(c);
    out->choice.url = next_text(c);
    out->choice.name = next_text(c);
    out->choice.lang = next_text(c);
    out->choice.section = next_text(c);
    out->choice.full = next_int(c) != 0;
    int64_t *times[] = {&out->choice.least_ms, &out->choice.most_ms, &out->created_ms,
                        &out->changed_ms,      &out->next_ms,        &out->attempt_ms,
                        &out->success_ms,      &out->missing_ms,     &out->moved_ms};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        *times[i] = next_int(c);
    }
    out->status = (int)next_int(c);
    out->error = next_text(c);
    out->failures = next_int(c);
    struct slice *texts[] = {&out->etag, &out->last_modified, &out->moved_to, &out->moved_from};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        *texts[i] = next_text(c);
    }
    out->rhythm.ttl_ms = next_int(c);
    out->rhythm.skip_hours = (uint32_t)next_int(c);
    out->rhythm.skip_days = (uint32_t)next_int(c);
    int64_t *counts[] = {&out->week_items, &out->requests,  &out->not_modified, &out->created,
                         &out->revised,    &out->unchanged, &out->duplicates,   &out->refused};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        *counts[i] = next_int(c);
    }
}

static enum rc read_one(struct db *db, sqlite3_stmt *s, struct arena *arena,
                        struct store_source *out, struct err *e)
{
    struct store_source source = {.row = 0};
    bool found = db_step(db, s);
    if (found) {
        struct columns c = {db, s, arena, 0};
        read_source(&c, &source);
    }
    db_done(s);
    enum rc rc = db_check(db, e);
    if (rc == RC_OK && !found) {
        rc = err_field(e, RC_NOT_FOUND, "id", "there is no such source");
    }
    if (rc == RC_OK) {
        *out = source;
    }
    return rc;
}

enum rc store_source_get(struct store_reader *reader, uint64_t id, struct arena *arena,
                         struct store_source *out, struct err *e)
{
    sqlite3_stmt *s = db_use(reader->db, "SELECT " SOURCE_COLUMNS
                                         " FROM followed_sources f WHERE f.public_id = ?1");
    db_bind_int(s, 1, db_id(id));
    return read_one(reader->db, s, arena, out, e);
}

enum rc store_source_find(struct store_reader *reader, struct slice url, struct arena *arena,
                          struct store_source *out, struct err *e)
{
    sqlite3_stmt *s =
        db_use(reader->db, "SELECT " SOURCE_COLUMNS " FROM followed_sources f WHERE f.url = ?1");
    db_bind_text(s, 1, url);
    return read_one(reader->db, s, arena, out, e);
}

/* SOURCES_MOST rows: filters other than the order need no index. */
static void list_from(struct list_sql *list, const struct store_source_query *q)
{
    list_text(list, "FROM followed_sources f WHERE f.id > 0");
    if (q->has_state) {
        list_int(list, " AND f.state = ", q->state);
    }
    if (q->has_kind) {
        list_int(list, " AND f.kind = ", q->kind);
    }
    if (q->has_failing) {
        list_text(list, q->failing ? " AND f.error IS NOT NULL" : " AND f.error IS NULL");
    }
}

enum rc store_source_list(struct store_reader *reader, const struct store_source_query *query,
                          struct arena *arena, struct store_source **rows, size_t *count,
                          struct store_page *page, struct err *e)
{
    struct db *db = reader->db;
    struct store_page found = {.total_is_exact = true};
    struct store_source *list = ARENA_ARRAY(arena, struct store_source, query->limit);
    struct list_sql *sql = ARENA_NEW(arena, struct list_sql);
    struct list_sql *from = ARENA_NEW(arena, struct list_sql);
    size_t read = 0;
    if (!list || !sql || !from) {
        return err_nomem(e);
    }
    list_from(from, query);
    list_text(sql, "SELECT " SOURCE_COLUMNS " ");
    list_from(sql, query);
    list_int(sql, " AND f.id > ", query->after.present ? query->after.key : 0);
    list_int(sql, " ORDER BY f.id LIMIT ", (int64_t)query->limit + 1);
    sqlite3_stmt *s = list_use(db, sql);
    while (db_step(db, s)) {
        if (read == query->limit) {
            found.has_more = true;
            break;
        }
        struct columns c = {db, s, arena, 0};
        read_source(&c, &list[read]);
        found.last = (struct store_cursor){.present = true, .key = list[read++].row};
    }
    db_done(s);
    found.total = list_count(db, from, &found.total_is_exact);
    enum rc rc = db_check(db, e);
    if (rc == RC_OK) {
        *rows = list;
        *count = read;
        *page = found;
    }
    return rc;
}

enum rc store_source_totals(struct store_reader *reader, int64_t now_ms,
                            struct store_source_totals *out, struct err *e)
{
    struct db *db = reader->db;
    struct store_source_totals totals = {0};
    sqlite3_stmt *s = db_use(db, "SELECT state, count(*), sum(failures > 0) FROM followed_sources"
                                 " INDEXED BY followed_sources_state GROUP BY state");
    while (db_step(db, s)) {
        int64_t *of_state[] = {&totals.active, &totals.paused, &totals.gone};
        *of_state[db_int(s, 0)] = db_int(s, 1);
        totals.failing += db_int(s, 0) == SOURCE_ACTIVE ? db_int(s, 2) : 0;
    }
    db_done(s);
    int64_t due_ms = db_value(db,
                              "SELECT min(next_ms) FROM followed_sources"
                              " INDEXED BY followed_sources_due WHERE state = 0",
                              0);
    totals.overdue_ms = due_ms > 0 && due_ms < now_ms ? now_ms - due_ms : 0;
    enum rc rc = db_check(db, e);
    if (rc == RC_OK) {
        *out = totals;
    }
    return rc;
}

/* ---- for the watcher */

enum rc store_source_due(struct store_reader *reader, int64_t now_ms,
                         bool (*accept)(void *context, uint64_t id, struct slice url),
                         void *context, struct arena *arena, struct store_source *out, bool *found,
                         int64_t *next_ms, struct err *e)
{
    struct db *db = reader->db;
    struct store_source source = {.row = 0};
    bool taken = false;
    int64_t next = INT64_MAX;
    sqlite3_stmt *s = db_use(db, "SELECT " SOURCE_COLUMNS " FROM followed_sources f INDEXED BY"
                                 " followed_sources_due WHERE f.state = 0 ORDER BY f.next_ms");
    while (!taken && next == INT64_MAX && db_step(db, s)) {
        if (db_int(s, 14) > now_ms) {
            next = db_int(s, 14);
        } else if (accept(context, (uint64_t)db_int(s, 1), db_text(s, 5))) {
            struct columns c = {db, s, arena, 0};
            read_source(&c, &source);
            taken = true;
        }
    }
    db_done(s);
    enum rc rc = db_check(db, e);
    if (rc == RC_OK) {
        *found = taken;
        *next_ms = next;
        if (taken) {
            *out = source;
        }
    }
    return rc;
}

enum rc store_followed_look(struct store_reader *reader, int64_t row, uint64_t item, bool *known,
                            uint64_t *said, struct err *e)
{
    struct db *db = reader->db;
    sqlite3_stmt *s = db_use(db, "SELECT said FROM followed_items WHERE source = ?1 AND item = ?2");
    db_bind_int(s, 1, row);
    db_bind_int(s, 2, db_id(item));
    *known = db_step(db, s);
    *said = *known ? (uint64_t)db_int(s, 0) : 0;
    db_done(s);
    return db_check(db, e);
}

enum rc store_followed_count(struct store_reader *reader, int64_t row, int64_t since_ms,
                             int64_t *count, struct err *e)
{
    struct db *db = reader->db;
    sqlite3_stmt *s = db_use(db, "SELECT count(*) FROM (SELECT 1 FROM followed_items INDEXED BY"
                                 " followed_items_at WHERE source = ?1 AND at_ms > ?2 LIMIT ?3)");
    db_bind_int(s, 1, row);
    db_bind_int(s, 2, since_ms);
    db_bind_int(s, 3, COUNT_MOST);
    *count = db_step(db, s) ? db_int(s, 0) : 0;
    db_done(s);
    return db_check(db, e);
}
