/* Who is meant by an id, a slug, a name, an alias. */
#include "store/entities.h"

#include "store/list_sql.h"
#include "text/digest.h"
#include "text/fold.h"

#define RESOLVE_MOST 20

struct candidates {
    struct store_candidate *items;
    size_t count, capacity;
};

#define CANDIDATE_COLUMNS "e.public_id, e.name, e.slug, e.type, e.articles, e.forbidden"
/* Not those whose rows are still on their way elsewhere (entity_moves.h). */
#define STANDS            " AND e.articles > 0 AND e.forbidden = 0 AND e.merged_into IS NULL"

static void read_candidates(struct store_reader *reader, sqlite3_stmt *s, enum store_match match,
                            struct arena *arena, struct candidates *out)
{
    while (db_step(reader->db, s)) {
        struct store_candidate *candidate = ARENA_PUSH(arena, out);
        if (candidate == NULL) {
            reader->db->nomem = true;
            break;
        }
        struct columns c = {reader->db, s, arena, 0};
        candidate->id = next_id(&c);
        candidate->name = next_text(&c);
        candidate->slug = next_text(&c);
        candidate->type = (enum entity_type)next_int(&c);
        candidate->articles = next_int(&c);
        candidate->forbidden = next_int(&c) != 0;
        candidate->match = match;
    }
    db_done(s);
}

static void by_id(struct store_reader *reader, uint64_t id, struct arena *arena,
                  struct candidates *out)
{
    sqlite3_stmt *s =
        db_use(reader->db, "SELECT " CANDIDATE_COLUMNS " FROM entities given JOIN entities e"
                           " ON e.id = coalesce(given.merged_into, given.id)"
                           " WHERE given.public_id = ?1");
    db_bind_int(s, 1, db_id(id));
    read_candidates(reader, s, STORE_MATCH_ID, arena, out);
    if (out->count > 0 && out->items[0].id != id) {
        out->items[0].match = STORE_MATCH_MERGED_ID;
    }
}

static void by_text(struct store_reader *reader, const char *sql, struct slice text,
                    enum store_match match, struct arena *arena, struct candidates *out)
{
    if (out->count > 0 || text.len == 0) {
        return;
    }
    sqlite3_stmt *s = db_use(reader->db, sql);
    db_bind_text(s, 1, text);
    db_bind_int(s, 2, RESOLVE_MOST);
    read_candidates(reader, s, match, arena, out);
}

/* Slugs are folded names with '-' for blanks, so the folded form finds slugs and names alike. Those without an
 * article stand back: a name that nobody prints any more must not make another one ambiguous. */
static void by_any_name(struct store_reader *reader, struct slice text, struct arena *arena,
                        struct candidates *out)
{
    static const char by_name[] =
        "SELECT " CANDIDATE_COLUMNS " FROM entities e WHERE e.key = ?1" STANDS
        " ORDER BY e.articles DESC, e.id LIMIT ?2";
    static const char by_alias[] =
        "SELECT DISTINCT " CANDIDATE_COLUMNS
        " FROM entity_aliases a JOIN entities e ON e.id = a.entity"
        " WHERE a.key = ?1" STANDS " ORDER BY e.articles DESC, e.id LIMIT ?2";
    static const char by_variant[] =
        "SELECT DISTINCT " CANDIDATE_COLUMNS
        " FROM entity_aliases a JOIN entities e ON e.id = a.entity"
        " WHERE a.match_key = ?1" STANDS " ORDER BY e.articles DESC, e.id LIMIT ?2";
    /* "Peskov" for Dmitri Peskov, when no article calls him so: how people are asked for. */
    static const char by_surname[] =
        "SELECT " CANDIDATE_COLUMNS " FROM entity_words w JOIN entities e ON e.id = w.entity"
        " WHERE w.word = ?1 AND w.type = 0 AND w.weight > 0" STANDS
        " ORDER BY e.articles DESC, e.id LIMIT ?2";
    static const char dormant[] = "SELECT " CANDIDATE_COLUMNS " FROM entities given JOIN entities e"
                                  " ON e.id = coalesce(given.merged_into, given.id)"
                                  " WHERE given.key = ?1 AND given.forbidden = 0 LIMIT ?2";
    struct slice key = fold_key(arena, text);
    by_text(reader, by_name, key, STORE_MATCH_NAME, arena, out);
    if (out->count == 1 && slice_equal(out->items[0].slug, text)) {
        out->items[0].match = STORE_MATCH_SLUG;
    }
    by_text(reader, by_alias, key, STORE_MATCH_ALIAS, arena, out);
    by_text(reader, by_variant, fold_name_key(arena, text), STORE_MATCH_ALIAS, arena, out);
    by_text(reader, by_surname, key, STORE_MATCH_ALIAS, arena, out);
    by_text(reader, dormant, key, STORE_MATCH_NAME, arena, out);
}

enum rc store_entity_resolve(struct store_reader *reader, struct slice text, struct arena *arena,
                             struct store_candidate **rows, size_t *count, struct err *e)
{
    struct candidates found = {0};
    uint64_t id;
    bool entered = reader_enter(reader), forbidden = false;
    if (digest_parse_id(text, &id)) {
        by_id(reader, id, arena, &found);
        forbidden = found.count == 1 && found.items[0].forbidden;
    }
    if (found.count == 0) {
        by_any_name(reader, text, arena, &found);
    }
    reader_leave(reader, entered);
    enum rc rc = db_check(reader->db, e);
    if (rc == RC_OK && forbidden) {
        struct slice name = found.items[0].name;
        rc = err_set(e, RC_GONE,
                     "a person said that '%.*s' is no name; undo that correction to have it back",
                     (int)(name.len < 100 ? name.len : 100), name.ptr);
    }
    if (rc == RC_OK && found.count == 0) {
        rc = err_set(e, RC_NOT_FOUND, "no entity is known as '%.*s'",
                     (int)(text.len < 100 ? text.len : 100), text.ptr ? text.ptr : "");
    }
    if (rc == RC_OK) {
        *rows = found.items;
        *count = found.count;
    }
    return rc;
}
