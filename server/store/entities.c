#include "store/entities.h"

#include "store/article_list.h"
#include "store/counters.h"
#include "text/digest.h"
#include "text/fold.h"

#define RESOLVE_MOST 20

/* ---- rows */

#define ENTITY_COLUMNS                                                                             \
    "e.id, e.public_id, e.name, e.slug, e.type, e.articles, e.mentions, e.quotes_by,"              \
    " e.quotes_about, e.first_seen_ms, e.last_seen_ms, e.key"

static void read_entity(struct columns *c, struct store_entity *out, int64_t *row,
                        struct slice *key)
{
    *row = next_int(c);
    out->id = next_id(c);
    out->name = next_text(c);
    out->slug = next_text(c);
    out->type = (enum entity_type)next_int(c);
    out->articles = next_int(c);
    out->mentions = next_int(c);
    out->quotes_by = next_int(c);
    out->quotes_about = next_int(c);
    out->first_seen_ms = next_int(c);
    out->last_seen_ms = next_int(c);
    if (key != NULL) {
        *key = next_text(c);
    }
}

static void read_aliases(struct db *db, int64_t row, uint32_t most, struct arena *arena,
                         struct store_entity *out)
{
    struct {
        struct store_alias *items;
        size_t count, capacity;
    } list = {0};
    sqlite3_stmt *s = db_use(db, "SELECT text, mentions FROM entity_aliases"
                                 " WHERE entity = ?1 AND mentions > 0"
                                 " ORDER BY mentions DESC, text LIMIT ?2");
    db_bind_int(s, 1, row);
    db_bind_int(s, 2, most ? (int64_t)most : -1);
    while (db_step(db, s)) {
        struct store_alias *alias = ARENA_PUSH(arena, &list);
        if (alias == NULL) {
            db->nomem = true;
            break;
        }
        *alias = (struct store_alias){db_text_copy(db, s, 0, arena), db_int(s, 1)};
    }
    db_done(s);
    out->aliases = list.items;
    out->alias_count = list.count;
}

static void read_titles(struct db *db, int64_t row, uint32_t most, struct arena *arena,
                        struct store_entity *out)
{
    struct {
        struct store_title *items;
        size_t count, capacity;
    } list = {0};
    sqlite3_stmt *s =
        db_use(db, "SELECT text, articles, first_seen_ms, last_seen_ms FROM entity_titles"
                   " WHERE entity = ?1 ORDER BY articles DESC, last_seen_ms DESC, key LIMIT ?2");
    db_bind_int(s, 1, row);
    db_bind_int(s, 2, most ? (int64_t)most : -1);
    while (db_step(db, s)) {
        struct store_title *title = ARENA_PUSH(arena, &list);
        if (title == NULL) {
            db->nomem = true;
            break;
        }
        *title = (struct store_title){db_text_copy(db, s, 0, arena), db_int(s, 1), db_int(s, 2),
                                      db_int(s, 3)};
    }
    db_done(s);
    out->titles = list.items;
    out->title_count = list.count;
}

enum rc store_entity_get(struct store_reader *reader, uint64_t id, uint32_t most,
                         struct arena *arena, struct store_entity *out, struct err *e)
{
    struct store_entity entity = {0};
    int64_t row = 0;
    bool entered = reader_enter(reader);
    enum rc rc = reader_entity(reader, id, &row, e);
    if (rc == RC_OK) {
        sqlite3_stmt *s =
            db_use(reader->db, "SELECT " ENTITY_COLUMNS " FROM entities e WHERE e.id = ?1");
        db_bind_int(s, 1, row);
        if (db_step(reader->db, s)) {
            struct columns c = {reader->db, s, arena, 0};
            read_entity(&c, &entity, &row, NULL);
        }
        db_done(s);
        read_aliases(reader->db, row, most, arena, &entity);
        read_titles(reader->db, row, most, arena, &entity);
    }
    reader_leave(reader, entered);
    if (rc == RC_OK) {
        rc = db_check(reader->db, e);
    }
    if (rc == RC_OK) {
        *out = entity;
    }
    return rc;
}

/* ---- who is meant */

struct candidates {
    struct store_candidate *items;
    size_t count, capacity;
};

#define CANDIDATE_COLUMNS "e.public_id, e.name, e.slug, e.type, e.articles"

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

static bool is_forbidden(struct store_reader *reader, uint64_t id)
{
    sqlite3_stmt *s = db_use(reader->db, "SELECT e.forbidden FROM entities given JOIN entities e"
                                         " ON e.id = coalesce(given.merged_into, given.id)"
                                         " WHERE given.public_id = ?1");
    db_bind_int(s, 1, db_id(id));
    bool forbidden = db_step(reader->db, s) && db_int(s, 0) != 0;
    db_done(s);
    return forbidden;
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
        "SELECT " CANDIDATE_COLUMNS " FROM entities e WHERE e.key = ?1 AND e.articles > 0"
        " ORDER BY e.articles DESC, e.id LIMIT ?2";
    static const char by_alias[] =
        "SELECT DISTINCT " CANDIDATE_COLUMNS
        " FROM entity_aliases a JOIN entities e ON e.id = a.entity"
        " WHERE a.key = ?1 AND e.articles > 0 ORDER BY e.articles DESC, e.id LIMIT ?2";
    static const char by_variant[] =
        "SELECT DISTINCT " CANDIDATE_COLUMNS
        " FROM entity_aliases a JOIN entities e ON e.id = a.entity"
        " WHERE a.match_key = ?1 AND e.articles > 0 ORDER BY e.articles DESC, e.id LIMIT ?2";
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
        forbidden = found.count == 1 && found.items[0].articles == 0 && is_forbidden(reader, id);
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

/* ---- lists */

/* Names that start so: looked up among names and aliases, the first of them alone, so that one letter costs
 * no more than a name. */
#define PREFIX_MOST 5000

void entity_list_from(const struct store_entity_query *q, struct slice first, struct slice last,
                      struct list_sql *out)
{
    if (slice_present(q->q)) {
        list_slice(out, " FROM (SELECT entity FROM entity_aliases WHERE key >= ", first);
        list_slice(out, " AND key < ", last);
        list_slice(out, " UNION SELECT id FROM entities WHERE key >= ", first);
        list_slice(out, " AND key < ", last);
        list_int(out, " LIMIT ", PREFIX_MOST);
        list_text(out, ") m CROSS JOIN entities e ON e.id = m.entity WHERE e.articles > 0");
    } else {
        static const char *const indexes[2][3] = {
            {"entities_by_articles", "entities_by_mentions", "entities_by_name"},
            {"entities_by_type_articles", "entities_by_type_mentions", "entities_by_type_name"},
        };
        int by = q->sort == STORE_NAME ? 2 : q->sort == STORE_MENTIONS ? 1 : 0;
        list_text(out, " FROM entities e INDEXED BY ");
        list_text(out, indexes[q->has_type][by]);
        list_text(out, " WHERE e.articles > 0");
    }
    if (q->has_type) {
        list_int(out, " AND e.type = ", (int64_t)q->type);
    }
}

void entity_list_sql(const struct store_entity_query *q, struct slice first, struct slice last,
                     struct list_sql *out)
{
    const char *key = q->sort == STORE_NAME       ? "e.key"
                      : q->sort == STORE_MENTIONS ? "e.mentions"
                                                  : "e.articles";
    list_text(out, "SELECT " ENTITY_COLUMNS);
    entity_list_from(q, first, last, out);
    list_order(out, key, "e.id", q->sort != STORE_NAME, &q->after, q->limit);
}

static void find_total(struct db *db, const struct store_entity_query *q, struct slice first,
                       struct slice last, struct store_page *page)
{
    page->total_is_exact = true;
    if (!slice_present(q->q)) {
        page->total = counters_read(db, q->has_type ? COUNT_ENTITIES_TYPE : COUNT_ENTITIES,
                                    q->has_type ? (int64_t)q->type : -1, SLICE_NONE);
        return;
    }
    struct list_sql from = {0};
    entity_list_from(q, first, last, &from);
    page->total = list_count(db, &from, &page->total_is_exact);
    page->total_is_exact = page->total_is_exact && page->total < PREFIX_MOST;
}

static void read_rows(struct store_reader *reader, const struct store_entity_query *q,
                      const struct list_sql *sql, struct arena *arena, struct store_entity *out,
                      size_t *count, struct store_page *page)
{
    struct db *db = reader->db;
    sqlite3_stmt *s = list_use(db, sql);
    while (db_step(db, s)) {
        if (*count == q->limit) {
            page->has_more = true;
            break;
        }
        struct columns c = {db, s, arena, 0};
        struct store_entity *entity = &out[(*count)++];
        struct slice key = SLICE_NONE;
        int64_t row = 0;
        read_entity(&c, entity, &row, &key);
        read_aliases(db, row, q->most, arena, entity);
        read_titles(db, row, q->most, arena, entity);
        bool by_name = q->sort == STORE_NAME;
        page->last = (struct store_cursor){
            true, q->sort == STORE_MENTIONS ? entity->mentions : entity->articles, row,
            by_name ? key : SLICE_NONE};
    }
    db_done(s);
}

enum rc store_entity_list(struct store_reader *reader, const struct store_entity_query *query,
                          struct arena *arena, struct store_entity **rows, size_t *count,
                          struct store_page *page, struct err *e)
{
    struct list_sql sql = {0};
    struct store_page found = {0};
    size_t read = 0;
    struct slice first = slice_present(query->q) ? fold_key(arena, query->q) : SLICE_NONE;
    if (slice_present(query->q) && first.len == 0) {
        return err_field(e, RC_INVALID, "q", "no letter to search a name by");
    }
    /* Behind every key that starts so: no byte of UTF-8 is as large as this one. */
    struct slice last = arena_printf(arena, "%.*s\xff", SLICE_ARG(first));
    struct store_entity *list = ARENA_ARRAY(arena, struct store_entity, query->limit);
    if (list == NULL || !slice_present(last)) {
        return err_nomem(e);
    }
    bool entered = reader_enter(reader);
    entity_list_sql(query, first, last, &sql);
    read_rows(reader, query, &sql, arena, list, &read, &found);
    find_total(reader->db, query, first, last, &found);
    reader_leave(reader, entered);
    enum rc rc = db_check(reader->db, e);
    if (rc == RC_OK) {
        *rows = list;
        *count = read;
        *page = found;
    }
    return rc;
}
