#include "store/followed_rows.h"

static int64_t source_row(struct writer *w, uint64_t id)
{
    sqlite3_stmt *s = db_use(w->db, "SELECT id FROM followed_sources WHERE public_id = ?1");
    db_bind_int(s, 1, db_id(id));
    int64_t row = db_step(w->db, s) ? db_int(s, 0) : 0;
    db_done(s);
    return row;
}

static bool is_known(struct writer *w, int64_t source, uint64_t item)
{
    sqlite3_stmt *s = db_use(w->db, "SELECT 1 FROM followed_items WHERE source = ?1 AND item = ?2");
    db_bind_int(s, 1, source);
    db_bind_int(s, 2, db_id(item));
    bool known = db_step(w->db, s);
    db_done(s);
    return known;
}

static bool is_others(struct writer *w, int64_t source, int64_t article)
{
    sqlite3_stmt *s = db_use(w->db, "SELECT 1 FROM followed_items INDEXED BY followed_items_article"
                                    " WHERE article = ?1 AND owner = 1 AND source <> ?2");
    db_bind_int(s, 1, article);
    db_bind_int(s, 2, source);
    bool others = db_step(w->db, s);
    db_done(s);
    return others;
}

enum rc followed_rows_look(struct writer *w, const struct store_followed *item, int64_t article,
                           struct followed *out, struct err *e)
{
    int64_t source = source_row(w, item->source);
    if (source == 0) {
        return err_set(e, RC_NOT_FOUND, "the source isn't followed any more");
    }
    *out = (struct followed){.source = source,
                             .known = is_known(w, source, item->item),
                             .others = article != 0 && is_others(w, source, article)};
    return RC_OK;
}

static void count(struct writer *w, int64_t source, bool created, bool revised, bool duplicate)
{
    sqlite3_stmt *s =
        db_use(w->db, "UPDATE followed_sources SET created = created + ?2, revised = revised + ?3,"
                      " duplicates = duplicates + ?4 WHERE id = ?1");
    db_bind_int(s, 1, source);
    db_bind_int(s, 2, created);
    db_bind_int(s, 3, revised);
    db_bind_int(s, 4, duplicate);
    db_run(w->db, s);
}

void followed_rows_note(struct writer *w, const struct store_followed *item,
                        const struct followed *followed, int64_t article, bool existed,
                        enum outcome outcome)
{
    sqlite3_stmt *s =
        db_use(w->db, "INSERT INTO followed_items (source, item, article, owner, said, at_ms)"
                      " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (source, item) DO UPDATE SET"
                      " article = excluded.article, owner = excluded.owner, said = excluded.said");
    db_bind_int(s, 1, followed->source);
    db_bind_int(s, 2, db_id(item->item));
    db_bind_int(s, 3, article);
    db_bind_int(s, 4, !followed->others);
    db_bind_int(s, 5, db_id(item->said));
    db_bind_int(s, 6, item->at_ms);
    db_run(w->db, s);
    count(w, followed->source, outcome == OUTCOME_CREATED, outcome == OUTCOME_REVISED,
          existed && !followed->known);
}
