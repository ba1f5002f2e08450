#include "store/duplicates.h"

#include "store/article_columns.h"
#include "store/duplicate_rows.h"
#include "store/list_queries.h"

static bool find_cluster(struct db *db, struct duplicate_asked *asked, int64_t *size)
{
    sqlite3_stmt *s = db_use(db, "SELECT c.id, c.size FROM articles a JOIN article_clusters c"
                                 " ON c.id = a.cluster WHERE a.id = ?1");
    db_bind_int(s, 1, asked->row);
    bool found = db_step(db, s);
    asked->cluster = found ? db_int(s, 0) : 0;
    *size = found ? db_int(s, 1) : 0;
    db_done(s);
    return found;
}

void duplicate_list_sql(const struct duplicate_asked *asked, struct list_sql *out)
{
    list_text(out, "SELECT ");
    article_columns_select(out, asked->parts);
    list_text(out, ", " DUPLICATE_MOMENT " FROM articles a INDEXED BY articles_by_cluster");
    list_text(out, article_columns_joins(asked->parts));
    list_int(out, " WHERE a.cluster = ", asked->cluster);
    list_int(out, " AND a.id <> ", asked->row);
    list_order(out, DUPLICATE_MOMENT, "a.id", false, &asked->after, asked->limit);
}

static size_t read_rows(struct db *db, const struct duplicate_asked *asked, struct arena *arena,
                        struct store_duplicate *out, int64_t *rows, struct store_page *page)
{
    size_t count = 0;
    struct list_sql sql;
    list_start(&sql);
    duplicate_list_sql(asked, &sql);
    sqlite3_stmt *s = list_use(db, &sql);
    while (db_step(db, s)) {
        if (count == asked->limit) {
            page->has_more = true;
            break;
        }
        struct columns c = {db, s, arena, 0};
        article_columns_read(&c, asked->parts, &out[count].article, &rows[count]);
        out[count].first = !out[count].article.is_duplicate;
        page->last = (struct store_cursor){true, next_int(&c), rows[count], SLICE_NONE};
        count++;
    }
    db_done(s);
    return count;
}

static void compare(struct db *db, int64_t asked, struct store_duplicate *out, const int64_t *rows,
                    size_t count)
{
    struct sketch mine, theirs;
    bool has = duplicate_rows_sketch(db, asked, &mine);
    for (size_t i = 0; has && i < count; i++) {
        if (duplicate_rows_sketch(db, rows[i], &theirs)) {
            struct likeness likeness = sketch_compare(&mine, &theirs);
            out[i].similarity = likeness.containment;
            out[i].resemblance = likeness.resemblance;
        }
    }
}

static void read_list(struct db *db, struct duplicate_asked *asked, struct arena *arena,
                      struct store_duplicate *list, int64_t *rows, size_t *count,
                      struct store_page *page)
{
    int64_t size = 0;
    if (!find_cluster(db, asked, &size)) {
        return;
    }
    *count = read_rows(db, asked, arena, list, rows, page);
    compare(db, asked->row, list, rows, *count);
    for (size_t i = 0; i < *count && (asked->parts & STORE_META); i++) {
        article_columns_lists(db, rows[i], arena, &list[i].article);
    }
    page->total = size - 1;
}

enum rc store_duplicate_list(struct store_reader *reader, uint64_t id, unsigned parts,
                             const struct store_cursor *after, uint32_t limit, struct arena *arena,
                             struct store_duplicate **rows, size_t *count, struct store_page *page,
                             struct err *e)
{
    struct duplicate_asked asked = {.parts = parts, .after = *after, .limit = limit};
    struct store_page found = {.total_is_exact = true};
    size_t read = 0;
    struct store_duplicate *list = ARENA_ARRAY(arena, struct store_duplicate, limit);
    int64_t *internal = ARENA_ARRAY(arena, int64_t, limit);
    if (list == NULL || internal == NULL) {
        return err_nomem(e);
    }
    bool entered = reader_enter(reader);
    enum rc rc = reader_article(reader, id, &asked.row, e);
    if (rc == RC_OK) {
        read_list(reader->db, &asked, arena, list, internal, &read, &found);
    }
    reader_leave(reader, entered);
    rc = rc == RC_OK ? db_check(reader->db, e) : rc;
    if (rc == RC_OK) {
        *rows = list;
        *count = read;
        *page = found;
    }
    return rc;
}
