#include "store/correct.h"
#include "store/entities.h"
#include "store/entity_match.h"
#include "store/entity_moves.h"
#include "store/entity_words.h"
#include "store/list_sql.h"
#include "store/reader.h"
#include "store/replay.h"
#include "text/fold.h"

enum rc store_entity_walk(struct store_reader *reader, bool merged_only, int64_t after_row,
                          uint32_t limit, struct arena *arena, struct store_entity_record **rows,
                          size_t *count, struct err *e)
{
    struct db *db = reader->db;
    size_t read = 0;
    struct store_entity_record *list = ARENA_ARRAY(arena, struct store_entity_record, limit);
    if (list == NULL) {
        return err_nomem(e);
    }
    sqlite3_stmt *s = db_use(db, "SELECT e.id, e.public_id, e.ordinal, e.type, e.name, e.named,"
                                 " m.public_id, e.created_ms FROM entities e"
                                 " LEFT JOIN entities m ON m.id = e.merged_into"
                                 " WHERE e.id > ?1 AND (NOT ?2 OR e.merged_into IS NOT NULL)"
                                 " ORDER BY e.id LIMIT ?3");
    db_bind_int(s, 1, after_row);
    db_bind_int(s, 2, merged_only);
    db_bind_int(s, 3, limit);
    while (read < limit && db_step(db, s)) {
        struct columns c = {db, s, arena, 0};
        struct store_entity_record *r = &list[read++];
        r->row = next_int(&c);
        r->id = next_id(&c);
        r->ordinal = (uint32_t)next_int(&c);
        r->type = (enum entity_type)next_int(&c);
        r->name = next_text(&c);
        r->named = next_int(&c) != 0;
        r->merged_into = next_id(&c);
        r->created_ms = next_int(&c);
    }
    db_done(s);
    enum rc rc = db_check(db, e);
    if (rc == RC_OK) {
        *rows = list;
        *count = read;
    }
    return rc;
}

static void restore(struct writer *w, const struct store_entity_record *r)
{
    struct entity_keys keys = entity_keys_of(w->arena, r->name);
    sqlite3_stmt *s = db_use(
        w->db, "INSERT INTO entities (public_id, ordinal, type, name, key, match_key, slug, named,"
               " created_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
               " ON CONFLICT (public_id) DO NOTHING");
    db_bind_int(s, 1, db_id(r->id));
    db_bind_int(s, 2, r->ordinal);
    db_bind_int(s, 3, (int64_t)r->type);
    db_bind_text(s, 4, r->name);
    db_bind_text(s, 5, keys.key);
    db_bind_text(s, 6, keys.match_key);
    db_bind_text(s, 7, fold_slug(w->arena, r->name));
    db_bind_int(s, 8, r->named);
    db_bind_int(s, 9, r->created_ms ? r->created_ms : w->now_ms);
    db_run(w->db, s);
    /* Corrections may have come before. */
    s = db_use(w->db, "UPDATE entities SET forbidden = 1 WHERE public_id = ?1 AND articles = 0"
                      " AND EXISTS (SELECT 1 FROM corrections WHERE target = ?1"
                      "  AND kind = 'entity_forbid' AND undone_ms IS NULL)");
    db_bind_int(s, 1, db_id(r->id));
    db_run(w->db, s);
    s = db_use(w->db, "SELECT id FROM entities WHERE public_id = ?1");
    db_bind_int(s, 1, db_id(r->id));
    int64_t row = db_step(w->db, s) ? db_int(s, 0) : 0;
    db_done(s);
    entity_words_renew(w, row);
}

static void redirect(struct writer *w, const struct store_entity_record *r)
{
    sqlite3_stmt *s =
        db_use(w->db, "SELECT id FROM entities WHERE public_id = ?1 AND merged_into IS NULL");
    db_bind_int(s, 1, db_id(r->id));
    int64_t from = db_step(w->db, s) ? db_int(s, 0) : 0;
    db_done(s);
    s = db_use(w->db, "SELECT coalesce(merged_into, id) FROM entities WHERE public_id = ?1");
    db_bind_int(s, 1, db_id(r->merged_into));
    int64_t into = db_step(w->db, s) ? db_int(s, 0) : 0;
    db_done(s);
    if (from != 0 && into != 0 && from != into) {
        correct_merge(w, from, into);
        entity_moves_some(w, from, w->store->options.moved_at_once);
    }
}

struct restoring {
    const struct store_entity_record *rows;
    size_t count;
};

static enum rc job_restore(struct writer *w, struct job *job, struct err *e)
{
    const struct restoring *r = job->arg;
    for (size_t i = 0; i < r->count; i++) {
        if (slice_present(r->rows[i].name)) {
            restore(w, &r->rows[i]);
        } else {
            redirect(w, &r->rows[i]);
        }
    }
    w->changed = true;
    return db_check(w->db, e);
}

enum rc store_entity_restore(struct store *store, const struct store_entity_record *rows,
                             size_t count, struct err *e)
{
    struct restoring r = {rows, count};
    enum rc rc = writer_call(store, job_restore, &r, e);
    return rc == RC_OK ? entity_moves_finish(store, e) : rc;
}
