/* The indexes of quoted words. */
#include "store/put.h"

static void run(struct writer *w, const char *sql, int64_t quote)
{
    sqlite3_stmt *s = db_use(w->db, sql);
    db_bind_int(s, 1, quote);
    db_run(w->db, s);
}

void quote_words_index(struct writer *w, int64_t quote)
{
    run(w,
        "INSERT INTO quote_search (rowid, text, channel) SELECT id, text, channel FROM quotes"
        " WHERE id = ?1",
        quote);
}

void quote_words_unindex(struct writer *w, int64_t quote)
{
    run(w,
        "INSERT INTO quote_search (quote_search, rowid, text, channel)"
        " SELECT 'delete', id, text, channel FROM quotes WHERE id = ?1",
        quote);
}
