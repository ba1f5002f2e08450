#include "store/row_set.h"

static const char kind[] = "guillemet rows";

bool row_set_add(struct row_set *set, int64_t row)
{
    size_t at = (size_t)row >> 6;
    if (row < 0) {
        return true;
    }
    if (at >= set->capacity) {
        size_t capacity = at * 2 + 64;
        uint64_t *words = ARENA_ARRAY(set->arena, uint64_t, capacity);
        if (words == NULL) {
            return false;
        }
        if (set->capacity > 0) {
            memcpy(words, set->words, set->capacity * sizeof *words);
        }
        set->words = words;
        set->capacity = capacity;
    }
    uint64_t bit = UINT64_C(1) << (row & 63);
    set->count += (set->words[at] & bit) == 0;
    set->words[at] |= bit;
    return true;
}

const struct row_set *row_set_of(sqlite3_value *value)
{
    return sqlite3_value_pointer(value, kind);
}

/* False: a fault of the connection's, or an end of its time. */
static bool look_up(struct row_set *set, int64_t row)
{
    int64_t group = row / ROW_SET_GROUP, from = group * ROW_SET_GROUP;
    if (set->db == NULL || row <= set->known || row_set_has(set->looked_up, group)) {
        return true;
    }
    struct db *db = set->db;
    sqlite3_stmt *s = db_use(db, set->sql);
    db_bind_text(s, 1, slice_cstr(set->match));
    db_bind_int(s, 2, from > set->known ? from : set->known + 1);
    db_bind_int(s, 3, from + ROW_SET_GROUP - 1);
    int code = SQLITE_NOMEM;
    while (s != NULL && !db->nomem && (code = sqlite3_step(s)) == SQLITE_ROW) {
        db->nomem = !row_set_add(set, db_int(s, 0));
    }
    db_done(s);
    db->nomem = db->nomem || (code == SQLITE_DONE && !row_set_add(set->looked_up, group));
    return code == SQLITE_DONE && !db->nomem;
}

static void in_rows(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    struct row_set *set = (struct row_set *)row_set_of(values[0]);
    int64_t row = sqlite3_value_int64(values[1]);
    if (set != NULL && !look_up(set, row)) {
        sqlite3_result_error_code(context, SQLITE_INTERRUPT);
        return;
    }
    sqlite3_result_int(context, set != NULL && row_set_has(set, row));
}

int row_set_register(sqlite3 *handle)
{
    int code = sqlite3_create_function(handle, "in_rows", 2, SQLITE_UTF8 | SQLITE_DIRECTONLY, NULL,
                                       in_rows, NULL, NULL);
    return code == SQLITE_OK ? row_set_register_table(handle) : code;
}

void row_set_bind(sqlite3_stmt *s, int index, const struct row_set *set)
{
    if (s != NULL) {
        sqlite3_bind_pointer(s, index, (void *)set, kind, NULL);
    }
}
