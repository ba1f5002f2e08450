#include "store/changes.h"

#include "store/article_columns.h"
#include "store/change_rows.h"

#define MINUTE_MS INT64_C(60000)

/* ---- writing */

static void run(struct writer *w, const char *sql, int64_t row)
{
    sqlite3_stmt *s = db_use(w->db, sql);
    db_bind_int(s, 1, row);
    db_bind_int(s, 2, w->version + 1);
    db_run(w->db, s);
}

void change_rows_article(struct writer *w, int64_t article)
{
    run(w, "UPDATE articles SET changed = ?2 WHERE id = ?1", article);
}

void change_rows_quote(struct writer *w, int64_t quote)
{
    run(w, "UPDATE articles SET changed = ?2 WHERE id = (SELECT article FROM quotes WHERE id = ?1)",
        quote);
}

void change_rows_entity(struct writer *w, int64_t entity)
{
    run(w,
        "UPDATE articles SET changed = ?2 WHERE id IN"
        " (SELECT article FROM article_entities WHERE entity = ?1)",
        entity);
}

void change_rows_name(struct writer *w, int64_t entity)
{
    sqlite3_stmt *s =
        db_use(w->db, "UPDATE articles SET changed = ?2 WHERE id IN"
                      " (SELECT article FROM article_entities INDEXED BY article_entities_by_entity"
                      " WHERE entity = ?1 ORDER BY sort_ms DESC LIMIT ?3)");
    db_bind_int(s, 1, entity);
    db_bind_int(s, 2, w->version + 1);
    db_bind_int(s, 3, STORE_CHANGE_NAMED);
    db_run(w->db, s);
}

void change_rows_cluster(struct writer *w, int64_t cluster, int64_t size)
{
    if (size <= STORE_CHANGE_COPIES) {
        run(w, "UPDATE articles SET changed = ?2 WHERE cluster = ?1", cluster);
    }
}

void change_rows_moment(struct writer *w)
{
    int64_t minute = w->now_ms / MINUTE_MS;
    sqlite3_stmt *s =
        db_use(w->db, "INSERT OR IGNORE INTO change_times (minute, version)"
                      " VALUES (max(?1, coalesce((SELECT max(minute) FROM change_times), 0)), ?2)");
    db_bind_int(s, 1, minute);
    db_bind_int(s, 2, w->version + 1);
    db_run(w->db, s);
    if (sqlite3_changes(w->db->handle) > 0) {
        s = db_use(w->db, "DELETE FROM change_times WHERE minute < ?1");
        db_bind_int(s, 1, minute - STORE_CHANGE_DAYS * 24 * 60);
        db_run(w->db, s);
    }
}

/* ---- reading */

static void changes_sql(struct list_sql *sql, int64_t since, const struct store_cursor *after,
                        uint32_t limit, unsigned parts)
{
    list_text(sql, "SELECT ");
    article_columns_select(sql, parts);
    list_text(sql, ", a.deleted_ms, a.changed FROM articles a INDEXED BY articles_by_change");
    list_text(sql, article_columns_joins(parts));
    list_int(sql, " WHERE a.changed > ", since);
    list_order(sql, "a.changed", "a.id", false, after, limit);
}

static void read_changes(struct db *db, const struct list_sql *sql, unsigned parts, uint32_t limit,
                         struct arena *arena, struct store_change *out, size_t *count,
                         struct store_page *page)
{
    sqlite3_stmt *s = list_use(db, sql);
    while (db_step(db, s)) {
        if (*count == limit) {
            page->has_more = true;
            break;
        }
        struct columns c = {db, s, arena, 0};
        struct store_change *change = &out[(*count)++];
        struct store_record *record = &change->record;
        article_columns_read(&c, parts, &record->article, &record->row);
        record->deleted = !next_is_null(&c);
        record->deleted_ms = next_int(&c);
        change->version = next_int(&c);
        page->last =
            (struct store_cursor){.present = true, .key = change->version, .row = record->row};
    }
    db_done(s);
}

static int64_t count_changes(struct db *db, int64_t since, bool *exact)
{
    struct list_sql from;
    list_start(&from);
    list_int(&from, " FROM articles a INDEXED BY articles_by_change WHERE a.changed > ", since);
    return list_count(db, &from, exact);
}

enum rc store_changes(struct store_reader *reader, int64_t since, const struct store_cursor *after,
                      uint32_t limit, unsigned parts, struct arena *arena,
                      struct store_change **rows, size_t *count, struct store_page *page,
                      int64_t *version, struct err *e)
{
    struct list_sql sql;
    list_start(&sql);
    struct store_page found = {0};
    size_t read = 0;
    struct store_change *list = ARENA_ARRAY(arena, struct store_change, limit);
    if (list == NULL) {
        return err_nomem(e);
    }
    bool entered = reader_enter(reader);
    int64_t now = reader->version;
    changes_sql(&sql, since, after, limit, parts);
    read_changes(reader->db, &sql, parts, limit, arena, list, &read, &found);
    found.total = count_changes(reader->db, since, &found.total_is_exact);
    reader_leave(reader, entered);
    enum rc rc = db_check(reader->db, e);
    if (rc == RC_OK) {
        *rows = list;
        *count = read;
        *page = found;
        *version = now;
    }
    return rc;
}

enum rc store_changes_at(struct store_reader *reader, int64_t ms, int64_t *since, struct err *e)
{
    struct db *db = reader->db;
    int64_t minute = ms / MINUTE_MS - (ms % MINUTE_MS < 0);
    bool entered = reader_enter(reader);
    int64_t found = reader->version; /* nothing committed since */
    sqlite3_stmt *s = db_use(db, "SELECT version FROM change_times WHERE minute >= ?1"
                                 " ORDER BY minute LIMIT 1");
    db_bind_int(s, 1, minute);
    if (db_step(db, s)) {
        found = db_int(s, 0) - 1;
    }
    db_done(s);
    if (minute < db_value(db, "SELECT coalesce(min(minute), 0) FROM change_times", 0)) {
        found = -1; /* nobody remembers */
    }
    reader_leave(reader, entered);
    enum rc rc = db_check(db, e);
    if (rc == RC_OK) {
        *since = found;
    }
    return rc;
}
