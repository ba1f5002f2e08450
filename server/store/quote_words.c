/* The indexes of quoted words: for searches, and for the same words elsewhere. */
#include "store/prints.h"
#include "store/put.h"

static void run_prints(struct writer *w, const char *sql, int64_t quote,
                       const struct prints *prints)
{
    for (size_t i = 0; i < prints->count; i++) {
        sqlite3_stmt *s = db_use(w->db, sql);
        db_bind_int(s, 1, quote);
        db_bind_int(s, 2, prints->items[i]);
        db_run(w->db, s);
    }
}

/* Notes `search_sql` for the quote's words, and returns their prints. */
static struct prints note_words(struct writer *w, const char *search_sql, int64_t quote)
{
    sqlite3_stmt *s = db_use(w->db, "SELECT text, words FROM quote_search_rows WHERE id = ?1");
    db_bind_int(s, 1, quote);
    struct print_words words = {0};
    if (db_step(w->db, s)) {
        struct slice searched = db_text(s, 1);
        search_rows_note(w->search, search_sql, quote, &searched, 1);
        words = prints_words(w->arena, db_text(s, 0));
    }
    db_done(s);
    return prints_kept(w->arena, &words);
}

void quote_words_index(struct writer *w, int64_t quote)
{
    struct prints prints =
        note_words(w, "INSERT INTO quote_search (rowid, words) VALUES (?1, ?2)", quote);
    run_prints(w, "INSERT INTO quote_prints (quote, print) VALUES (?1, ?2)", quote, &prints);
}

void quote_words_unindex(struct writer *w, int64_t quote)
{
    struct prints prints = note_words(w,
                                      "INSERT INTO quote_search (quote_search, rowid, words)"
                                      " VALUES ('delete', ?1, ?2)",
                                      quote);
    run_prints(w, "DELETE FROM quote_prints WHERE quote = ?1 AND print = ?2", quote, &prints);
}
