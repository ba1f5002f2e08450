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

static void in_rows(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    const struct row_set *set = row_set_of(values[0]);
    sqlite3_result_int(context, set != NULL && row_set_has(set, sqlite3_value_int64(values[1])));
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
