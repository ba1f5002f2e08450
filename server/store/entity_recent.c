#include "store/entities.h"
#include "store/list_sql.h"

/* What the newest articles say, and a vote on gender among them. */
static void read_roles(struct db *db, int64_t row, uint32_t most, struct store_entity_recent *out)
{
    int64_t votes[3] = {0};
    sqlite3_stmt *s =
        db_use(db, "SELECT ae.quotes_by > 0, ae.quotes_about > 0, ae.gender, x.sort_ms"
                   " FROM (SELECT article, sort_ms FROM article_entities"
                   "  INDEXED BY article_entities_by_entity WHERE entity = ?1"
                   "  ORDER BY sort_ms DESC, article DESC LIMIT ?2) x"
                   " CROSS JOIN article_entities ae ON ae.article = x.article AND ae.entity = ?1");
    db_bind_int(s, 1, row);
    db_bind_int(s, 2, most);
    while (db_step(db, s)) {
        out->articles++;
        out->speaks += db_int(s, 0);
        out->spoken_about += db_int(s, 1);
        votes[db_int(s, 2) % 3]++;
        out->since_ms = db_int(s, 3);
    }
    db_done(s);
    int64_t m = votes[GENDER_MASCULINE], f = votes[GENDER_FEMININE];
    /* An article may take a name for the other gender: one against several doesn't make it unknown. */
    out->gender = m > 2 * f ? GENDER_MASCULINE : f > 2 * m ? GENDER_FEMININE : GENDER_UNKNOWN;
}

/* By number of shared articles; of equals the one that is more prominent in them. */
static void read_companions(struct db *db, int64_t row, uint32_t most, uint32_t companions,
                            struct arena *arena, struct store_entity_recent *out)
{
    sqlite3_stmt *s = db_use(
        db, "SELECT e.public_id, e.slug, e.name, e.type, o.shared FROM"
            " (SELECT ae.entity AS entity, count(*) AS shared, sum(ae.prominence) AS weight"
            "  FROM (SELECT article FROM article_entities INDEXED BY article_entities_by_entity"
            "   WHERE entity = ?1 ORDER BY sort_ms DESC, article DESC LIMIT ?2) x"
            "  CROSS JOIN article_entities ae ON ae.article = x.article WHERE ae.entity <> ?1"
            "  GROUP BY ae.entity ORDER BY shared DESC, weight DESC, ae.entity LIMIT ?3) o"
            " CROSS JOIN entities e ON e.id = o.entity ORDER BY o.shared DESC, o.weight DESC,"
            " o.entity");
    db_bind_int(s, 1, row);
    db_bind_int(s, 2, most);
    db_bind_int(s, 3, companions);
    while (db_step(db, s) && out->companion_count < companions) {
        struct columns c = {db, s, arena, 0};
        struct store_companion *companion = &out->companions[out->companion_count++];
        companion->id = next_id(&c);
        companion->slug = next_text(&c);
        companion->name = next_text(&c);
        companion->type = (enum entity_type)next_int(&c);
        companion->articles = next_int(&c);
    }
    db_done(s);
}

enum rc store_entity_recent(struct store_reader *reader, uint64_t id, uint32_t articles,
                            uint32_t companions, struct arena *arena,
                            struct store_entity_recent *out, struct err *e)
{
    struct store_entity_recent found = {0};
    int64_t row = 0;
    found.companions = ARENA_ARRAY(arena, struct store_companion, companions);
    if (found.companions == NULL) {
        return err_nomem(e);
    }
    bool entered = reader_enter(reader);
    enum rc rc = reader_entity(reader, id, &row, e);
    if (rc == RC_OK) {
        read_roles(reader->db, row, articles, &found);
        read_companions(reader->db, row, articles, companions, arena, &found);
    }
    reader_leave(reader, entered);
    rc = rc == RC_OK ? db_check(reader->db, e) : rc;
    if (rc == RC_OK) {
        *out = found;
    }
    return rc;
}
