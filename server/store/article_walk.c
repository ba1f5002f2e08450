#include "store/article_columns.h"

#define WALK_PARTS (STORE_META | STORE_TEXT | STORE_BLOCKS | STORE_SUMMARY | STORE_WHOLE)

static void read_rows(struct db *db, const struct list_sql *sql, struct arena *arena,
                      struct store_record *out, size_t *count)
{
    sqlite3_stmt *s = list_use(db, sql);
    while (db_step(db, s)) {
        struct columns c = {db, s, arena, 0};
        struct store_record *record = &out[(*count)++];
        article_columns_read(&c, WALK_PARTS, &record->article, &record->row);
        record->deleted = !next_is_null(&c);
        record->deleted_ms = next_int(&c);
        if (!record->deleted) {
            article_columns_lists(db, record->row, arena, &record->article);
        }
    }
    db_done(s);
}

static enum rc walk(struct store_reader *reader, const struct list_sql *sql, uint32_t limit,
                    struct arena *arena, struct store_record **rows, size_t *count, struct err *e)
{
    size_t read = 0;
    struct store_record *list = ARENA_ARRAY(arena, struct store_record, limit);
    if (list == NULL) {
        return err_nomem(e);
    }
    bool entered = reader_enter(reader);
    read_rows(reader->db, sql, arena, list, &read);
    reader_leave(reader, entered);
    enum rc rc = db_check(reader->db, e);
    if (rc == RC_OK) {
        *rows = list;
        *count = read;
    }
    return rc;
}

enum rc store_article_walk(struct store_reader *reader, int64_t after_row, uint32_t limit,
                           struct arena *arena, struct store_record **rows, size_t *count,
                           struct err *e)
{
    struct list_sql sql;
    list_start(&sql);
    list_text(&sql, "SELECT ");
    article_columns_select(&sql, WALK_PARTS);
    list_text(&sql, ", a.deleted_ms FROM articles a");
    list_text(&sql, article_columns_joins(WALK_PARTS));
    list_int(&sql, " WHERE a.id > ", after_row);
    list_int(&sql, " ORDER BY a.id LIMIT ", limit);
    return walk(reader, &sql, limit, arena, rows, count, e);
}

enum rc store_article_marked(struct store_reader *reader, uint32_t limit, struct arena *arena,
                             struct store_record **rows, size_t *count, struct err *e)
{
    struct list_sql sql;
    list_start(&sql);
    list_text(&sql, "SELECT ");
    article_columns_select(&sql, WALK_PARTS);
    list_text(&sql, ", a.deleted_ms FROM articles a INDEXED BY articles_by_analyser");
    list_text(&sql, article_columns_joins(WALK_PARTS));
    list_int(&sql,
             " WHERE a.deleted_ms IS NULL AND a.analyser = '' AND a.text_purged_ms IS NULL ORDER "
             "BY a.id LIMIT ",
             limit);
    return walk(reader, &sql, limit, arena, rows, count, e);
}

/* In order of arrival, skipping what is up to date within an index of analysers alone. Resumable by row. */
enum rc store_article_stale(struct store_reader *reader, struct slice analyser, int64_t after_row,
                            uint32_t limit, struct arena *arena, struct store_record **rows,
                            size_t *count, struct err *e)
{
    struct list_sql sql;
    list_start(&sql);
    list_text(&sql, "SELECT ");
    article_columns_select(&sql, WALK_PARTS);
    list_text(&sql, ", a.deleted_ms FROM articles a INDEXED BY articles_by_analyser");
    list_text(&sql, article_columns_joins(WALK_PARTS));
    list_int(&sql, " WHERE a.id > ", after_row);
    list_slice(&sql, " AND a.deleted_ms IS NULL AND a.text_purged_ms IS NULL AND a.analyser <> ",
               analyser);
    list_int(&sql, " ORDER BY a.id LIMIT ", limit);
    return walk(reader, &sql, limit, arena, rows, count, e);
}

enum rc store_article_row(struct store_reader *reader, uint64_t id, int64_t *row, struct err *e)
{
    int64_t found = 0;
    enum rc rc = reader_article(reader, id, &found, e);
    if (rc == RC_OK || rc == RC_GONE) {
        *row = found;
        rc = RC_OK;
    }
    return rc;
}
