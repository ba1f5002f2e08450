#include "store/search_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#define KEPT_MOST_BYTES ((size_t)4 << 20)

struct search_rows {
    struct buf notes; /* one struct note and its texts after another */
    size_t kept;      /* bytes of them that outlive the article at hand */
};

struct note {
    const char *sql;
    int64_t row;
    size_t count;
    size_t lens[SEARCH_COLUMNS_MOST];
};

#define ABSENT SIZE_MAX

struct search_rows *search_rows_new(void)
{
    return calloc(1, sizeof(struct search_rows));
}

void search_rows_free(struct search_rows *rows)
{
    if (rows != NULL) {
        buf_done(&rows->notes);
        free(rows);
    }
}

void search_rows_note(struct search_rows *rows, const char *sql, int64_t row,
                      const struct slice *columns, size_t count)
{
    struct note note = {.sql = sql, .row = row, .count = count};
    for (size_t i = 0; i < count; i++) {
        note.lens[i] = slice_present(columns[i]) ? columns[i].len : ABSENT;
    }
    buf_append(&rows->notes, &note, sizeof note);
    for (size_t i = 0; i < count; i++) {
        buf_slice(&rows->notes, columns[i]);
    }
}

bool search_rows_keep(struct search_rows *rows)
{
    rows->kept = rows->notes.len;
    return rows->kept > KEPT_MOST_BYTES;
}

void search_rows_drop(struct search_rows *rows)
{
    rows->notes.len = rows->kept;
}

void search_rows_drop_all(struct search_rows *rows)
{
    bool large = rows->notes.capacity > 2 * KEPT_MOST_BYTES;
    if (large || rows->notes.failed) {
        buf_done(&rows->notes);
        buf_init(&rows->notes);
    }
    buf_clear(&rows->notes);
    rows->kept = 0;
}

/* Returns the place behind the note. */
static const char *tell(struct db *db, const char *at)
{
    struct note note;
    memcpy(&note, at, sizeof note);
    at += sizeof note;
    sqlite3_stmt *s = db_use(db, note.sql);
    db_bind_int(s, 1, note.row);
    for (size_t i = 0; i < note.count; i++) {
        bool present = note.lens[i] != ABSENT;
        db_bind_text(s, 2 + (int)i, present ? slice_of(at, note.lens[i]) : SLICE_NONE);
        at += present ? note.lens[i] : 0;
    }
    db_run(db, s);
    return at;
}

bool search_rows_flush(struct search_rows *rows, struct db *db)
{
    bool whole = !rows->notes.failed;
    const char *at = rows->notes.data;
    const char *end = at != NULL ? at + rows->notes.len : NULL;
    while (whole && at < end && db_ok(db)) {
        at = tell(db, at);
    }
    search_rows_drop_all(rows);
    return whole;
}
