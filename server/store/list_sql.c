#include "store/list_sql.h"

#include <assert.h>
#include <stdio.h>

void list_text(struct list_sql *list, const char *sql)
{
    size_t len = strlen(sql);
    if (list->len + len >= LIST_SQL_MOST) {
        list->overflow = true;
        return;
    }
    memcpy(list->sql + list->len, sql, len + 1);
    list->len += len;
}

static void placeholder_again(struct list_sql *list, const char *before, int number)
{
    char name[8];
    char *at = name + sizeof name;
    *--at = '\0';
    for (int rest = number; rest > 0; rest /= 10) {
        *--at = (char)('0' + rest % 10);
    }
    *--at = '?';
    list_text(list, before);
    list_text(list, at);
}

static void placeholder(struct list_sql *list, const char *before)
{
    placeholder_again(list, before, ++list->bind_count);
}

void list_int(struct list_sql *list, const char *before, int64_t value)
{
    assert(list->bind_count < LIST_BINDS);
    list->binds[list->bind_count].is_text = false;
    list->binds[list->bind_count].rows = NULL;
    list->binds[list->bind_count].number = value;
    placeholder(list, before);
}

void list_slice(struct list_sql *list, const char *before, struct slice value)
{
    assert(list->bind_count < LIST_BINDS);
    list->binds[list->bind_count].is_text = true;
    list->binds[list->bind_count].rows = NULL;
    list->binds[list->bind_count].text = value;
    placeholder(list, before);
}

void list_rows(struct list_sql *list, const char *before, const struct row_set *rows)
{
    assert(list->bind_count < LIST_BINDS);
    list->binds[list->bind_count].rows = rows;
    placeholder(list, before);
}

void list_again(struct list_sql *list, const char *before, int placeholder)
{
    placeholder_again(list, before, placeholder);
}

void list_behind(struct list_sql *list, const char *key, const char *row, bool descending,
                 const struct store_cursor *after, struct list_behind *bound)
{
    char sql[200];
    if (!after->present) {
        return;
    }
    snprintf(sql, sizeof sql, " AND (%s, %s) %s (", key, row, descending ? "<" : ">");
    if (bound->key != 0) {
        list_again(list, sql, bound->key);
        list_again(list, ", ", bound->row);
        list_text(list, ")");
        return;
    }
    if (slice_present(after->text)) {
        list_slice(list, sql, after->text);
    } else {
        list_int(list, sql, after->key);
    }
    bound->key = list->bind_count;
    list_int(list, ", ", after->row);
    bound->row = list->bind_count;
    list_text(list, ")");
}

void list_order(struct list_sql *list, const char *key, const char *row, bool descending,
                const struct store_cursor *after, uint32_t limit)
{
    struct list_behind bound = {0};
    list_behind(list, key, row, descending, after, &bound);
    const char *direction = descending ? " DESC" : "";
    const char *const parts[] = {" ORDER BY ", key, direction, ", ", row, direction};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        list_text(list, parts[i]);
    }
    list_int(list, " LIMIT ", (int64_t)limit + 1);
}

sqlite3_stmt *list_use(struct db *db, const struct list_sql *list)
{
    assert(!list->overflow);
    sqlite3_stmt *s = db_use_text(db, list->sql);
    for (int i = 0; i < list->bind_count; i++) {
        if (list->binds[i].rows != NULL) {
            row_set_bind(s, i + 1, list->binds[i].rows);
        } else if (list->binds[i].is_text) {
            db_bind_text(s, i + 1, list->binds[i].text);
        } else {
            db_bind_int(s, i + 1, list->binds[i].number);
        }
    }
    return s;
}

int64_t list_count(struct db *db, const struct list_sql *from, bool *exact)
{
    struct list_sql counting;
    list_start(&counting);
    list_text(&counting, "SELECT 1 ");
    list_text(&counting, from->sql);
    memcpy(counting.binds, from->binds, (size_t)from->bind_count * sizeof from->binds[0]);
    counting.bind_count = from->bind_count;
    list_int(&counting, " LIMIT ", LIST_COUNT_MOST + 1);
    sqlite3_stmt *s = list_use(db, &counting);
    int64_t count = db_count_rows(db, s, LIST_COUNT_LOOKS, exact);
    db_done(s);
    *exact = *exact && count <= LIST_COUNT_MOST;
    return count <= LIST_COUNT_MOST ? count : LIST_COUNT_MOST;
}
