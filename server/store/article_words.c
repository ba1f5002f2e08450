/* The full-text index of articles: narration and quoted words apart. */
#include "store/put.h"

#define COLUMNS 5

/* What the index was told of the article: the index holds no text of its own, to forget it must be told again. */
static void note(struct writer *w, int64_t article, const char *sql)
{
    sqlite3_stmt *s = db_use(w->db, "SELECT title, standfirst, narration, quotes, seams"
                                    " FROM article_search_rows WHERE id = ?1");
    db_bind_int(s, 1, article);
    if (db_step(w->db, s)) {
        struct slice columns[COLUMNS];
        for (int i = 0; i < COLUMNS; i++) {
            columns[i] = db_text_copy(w->db, s, i, w->arena);
        }
        search_rows_note(w->search, sql, article, columns, COLUMNS);
    }
    db_done(s);
}

void article_words_unindex(struct writer *w, int64_t article)
{
    note(w, article,
         "INSERT INTO article_search (article_search, rowid, title, standfirst, narration, quotes,"
         " seams) VALUES ('delete', ?1, ?2, ?3, ?4, ?5, ?6)");
}

/* Whether it is in the index as it is now; *indexed: at all. */
static bool is_current(struct writer *w, int64_t article, bool *indexed)
{
    sqlite3_stmt *s = db_use(
        w->db, "SELECT indexed, quoted IS (SELECT search_quoted(spans) FROM quotes WHERE article ="
               " ?1) FROM article_texts WHERE article = ?1");
    db_bind_int(s, 1, article);
    bool found = db_step(w->db, s), same = found && db_int(s, 1) != 0;
    *indexed = found && db_int(s, 0) != 0;
    db_done(s);
    return !found || (*indexed && same);
}

void article_words_index(struct writer *w, int64_t article)
{
    bool indexed;
    if (is_current(w, article, &indexed)) {
        return;
    }
    if (indexed) {
        article_words_unindex(w, article);
    }
    sqlite3_stmt *s =
        db_use(w->db, "UPDATE article_texts SET indexed = 1, quoted = (SELECT search_quoted(spans)"
                      " FROM quotes WHERE article = ?1) WHERE article = ?1");
    db_bind_int(s, 1, article);
    db_run(w->db, s);
    note(w, article,
         "INSERT INTO article_search (rowid, title, standfirst, narration, quotes, seams)"
         " VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
}
