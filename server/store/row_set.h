/* A set of rows of one table, a bit each: what a search matches, asked of each row that another index gives.
 *
 * Shape:   SQL asks with in_rows(?set, row), and walks a set with FROM rows_of(?set), whose column is `row`; row_set_bind
 *          binds it.
 *          A set that is open holds rows up to `known`; those behind are looked up when one of them is asked for,
 *          with its neighbours.
 * Cost:    a bit for each row that was ever written: 12 KB for 100,000.
 * Memory:  in the arena.
 */
#ifndef GUILLEMET_STORE_ROW_SET_H
#define GUILLEMET_STORE_ROW_SET_H

#include "store/db.h"

struct row_set {
    uint64_t *words;
    size_t capacity; /* words */
    int64_t count;
    struct arena *arena;
    /* Of an open set: */
    struct db *db;           /* NULL: it is whole */
    const char *sql, *match; /* literal: the rows that match ?1 from ?2 to ?3 */
    int64_t known;
    struct row_set *looked_up; /* its groups of ROW_SET_GROUP rows */
};

#define ROW_SET_GROUP 2048

/* False: memory is out. Negative rows aren't taken. */
bool row_set_add(struct row_set *set, int64_t row);
static inline bool row_set_has(const struct row_set *set, int64_t row)
{
    uint64_t at = (uint64_t)row >> 6;
    return row >= 0 && at < set->capacity && (set->words[at] >> (row & 63) & 1) != 0;
}

int row_set_register(sqlite3 *handle);
void row_set_bind(sqlite3_stmt *s, int index, const struct row_set *set);

/* ---- between row_set.c and row_set_table.c */

int row_set_register_table(sqlite3 *handle);
/* NULL: the value is no set. */
const struct row_set *row_set_of(sqlite3_value *value);

#endif
