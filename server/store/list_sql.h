/* Putting a list's SQL together, value by value. Internal to store/.
 *
 * Shape:   list_text appends SQL of ours, list_int and list_slice append a placeholder and remember what
 *          to bind: no value of a user's ever becomes SQL. The same filters give the same text, so the
 *          statement is prepared once per shape. Each list names its index (INDEXED BY): a filter
 *          that would scan is a failing test, not a slow page.
 */
#ifndef GUILLEMET_STORE_LIST_SQL_H
#define GUILLEMET_STORE_LIST_SQL_H

#include "store/reader.h"
#include "store/row_set.h"

#define LIST_BINDS       240
#define LIST_SQL_MOST    16000
/* Rows that a total is counted up to when no counter knows it. */
#define LIST_COUNT_MOST  10000
/* And how long is looked for them, however few there are: db_count_rows. A row takes 8 steps when the index answers, 20
 * and more when others are asked. */
#define LIST_COUNT_LOOKS 50

struct list_sql {
    char sql[LIST_SQL_MOST];
    size_t len;
    struct {
        bool is_text;
        const struct row_set *rows; /* present: neither number nor text */
        int64_t number;
        struct slice text;
    } binds[LIST_BINDS];
    int bind_count;
    bool overflow; /* a broken invariant: asserted */
};

/* Empty. Not by {0}: that would clear 25 KB, more than many a request costs otherwise. */
static inline void list_start(struct list_sql *list)
{
    list->sql[0] = '\0';
    list->len = 0;
    list->bind_count = 0;
    list->overflow = false;
}

void list_text(struct list_sql *list, const char *sql);
void list_int(struct list_sql *list, const char *before, int64_t value);
void list_slice(struct list_sql *list, const char *before, struct slice value);
void list_rows(struct list_sql *list, const char *before, const struct row_set *rows);
/* The value of an earlier placeholder again, by bind_count as it was behind it. */
void list_again(struct list_sql *list, const char *before, int placeholder);
/* Where a cursor's values are bound, once they are: several walks of one statement go on behind it. */
struct list_behind {
    int key, row; /* placeholders; 0: not yet */
};
/* AND (key, row) behind the cursor, if there is one. */
void list_behind(struct list_sql *list, const char *key, const char *row, bool descending,
                 const struct store_cursor *after, struct list_behind *bound);
/* The same, then ORDER BY and LIMIT limit + 1. */
void list_order(struct list_sql *list, const char *key, const char *row, bool descending,
                const struct store_cursor *after, uint32_t limit);

sqlite3_stmt *list_use(struct db *db, const struct list_sql *list);

/* How many rows `list` (a FROM clause onwards, without ORDER BY) has, up to LIST_COUNT_MOST; not exact: at least so many. */
int64_t list_count(struct db *db, const struct list_sql *from, bool *exact);

/* Walks a row's columns in the order of its select list. */
struct columns {
    struct db *db;
    sqlite3_stmt *stmt;
    struct arena *arena;
    int at;
};

static inline int64_t next_int(struct columns *c)
{
    return db_int(c->stmt, c->at++);
}
static inline uint64_t next_id(struct columns *c)
{
    return (uint64_t)db_int(c->stmt, c->at++);
}
static inline struct slice next_text(struct columns *c)
{
    return db_text_copy(c->db, c->stmt, c->at++, c->arena);
}
static inline bool next_is_null(const struct columns *c)
{
    return db_null(c->stmt, c->at);
}
static inline float next_thousandths(struct columns *c)
{
    return (float)db_int(c->stmt, c->at++) / 1000.0f;
}

#endif
