/* rows_of(set): a set's rows in SQL, smallest first. A join walks the other table in its own order, each page once,
 * and without a statement for every row. */
#include <stdlib.h>

#include "store/row_set.h"

enum { COLUMN_ROW, COLUMN_SET };

struct walk {
    sqlite3_vtab_cursor base;
    const struct row_set *set;
    size_t word;   /* where we are */
    uint64_t rest; /* bits of the word that are still to come; the lowest is this row's */
};

static int connect(sqlite3 *handle, void *context, int count, const char *const *words,
                   sqlite3_vtab **out, char **message)
{
    (void)context, (void)count, (void)words, (void)message;
    int code = sqlite3_declare_vtab(handle, "CREATE TABLE x (row INTEGER, rows HIDDEN)");
    sqlite3_vtab_config(handle, SQLITE_VTAB_DIRECTONLY);
    *out = code == SQLITE_OK ? calloc(1, sizeof **out) : NULL;
    return code == SQLITE_OK && *out == NULL ? SQLITE_NOMEM : code;
}

static int disconnect(sqlite3_vtab *table)
{
    free(table);
    return SQLITE_OK;
}

/* The set must be given; rows are never sought. */
static int plan(sqlite3_vtab *table, sqlite3_index_info *info)
{
    (void)table;
    for (int i = 0; i < info->nConstraint; i++) {
        const struct sqlite3_index_constraint *c = &info->aConstraint[i];
        if (c->iColumn == COLUMN_SET && c->op == SQLITE_INDEX_CONSTRAINT_EQ && c->usable) {
            info->aConstraintUsage[i].argvIndex = 1;
            info->aConstraintUsage[i].omit = 1;
            info->estimatedCost = 1000;
            info->estimatedRows = 1000;
            return SQLITE_OK;
        }
    }
    return SQLITE_CONSTRAINT;
}

static int open_walk(sqlite3_vtab *table, sqlite3_vtab_cursor **out)
{
    (void)table;
    struct walk *walk = calloc(1, sizeof *walk);
    *out = walk ? &walk->base : NULL;
    /* cppcheck-suppress memleak ; SQLite gives it back to close_walk */
    return walk ? SQLITE_OK : SQLITE_NOMEM;
}

static int close_walk(sqlite3_vtab_cursor *cursor)
{
    free(cursor);
    return SQLITE_OK;
}

static void skip_empty(struct walk *walk)
{
    while (walk->rest == 0 && walk->set != NULL && ++walk->word < walk->set->capacity) {
        walk->rest = walk->set->words[walk->word];
    }
}

static int begin(sqlite3_vtab_cursor *cursor, int number, const char *name, int count,
                 sqlite3_value **values)
{
    (void)number, (void)name;
    struct walk *walk = (struct walk *)cursor;
    walk->set = count == 1 ? row_set_of(values[0]) : NULL;
    walk->word = 0;
    walk->rest = walk->set != NULL && walk->set->capacity > 0 ? walk->set->words[0] : 0;
    skip_empty(walk);
    return SQLITE_OK;
}

static int next(sqlite3_vtab_cursor *cursor)
{
    struct walk *walk = (struct walk *)cursor;
    walk->rest &= walk->rest - 1;
    skip_empty(walk);
    return SQLITE_OK;
}

static int is_over(sqlite3_vtab_cursor *cursor)
{
    return ((struct walk *)cursor)->rest == 0;
}

static int row_of(sqlite3_vtab_cursor *cursor, sqlite3_int64 *out)
{
    const struct walk *walk = (struct walk *)cursor;
    *out = (sqlite3_int64)walk->word * 64 + __builtin_ctzll(walk->rest);
    return SQLITE_OK;
}

static int column(sqlite3_vtab_cursor *cursor, sqlite3_context *context, int which)
{
    sqlite3_int64 row;
    if (which == COLUMN_ROW) {
        row_of(cursor, &row);
        sqlite3_result_int64(context, row);
    }
    return SQLITE_OK;
}

int row_set_register_table(sqlite3 *handle)
{
    static const sqlite3_module module = {
        .xConnect = connect,
        .xDisconnect = disconnect,
        .xBestIndex = plan,
        .xOpen = open_walk,
        .xClose = close_walk,
        .xFilter = begin,
        .xNext = next,
        .xEof = is_over,
        .xColumn = column,
        .xRowid = row_of,
    };
    return sqlite3_create_module(handle, "rows_of", &module, NULL);
}
