/* One entity becomes two. What goes to the new one is told article by article, never mention by mention: in an
 * article that speaks of Paris Hilton, "Paris" is she too, so the forms printed beside a full name go with it. */
#include "store/corrections.h"

#include "store/change_rows.h"
#include "store/correct.h"
#include "store/entity_match.h"
#include "store/entity_moves.h"
#include "store/put.h"
#include "store/recent.h"
#include "store/roles.h"

struct split_part { /* one article that goes */
    int64_t article;
    uint64_t id;
    struct slice name, key; /* the fullest form there */
};

struct splitting {
    const struct store_split *given;
    int64_t entity, made; /* rowids */
    uint64_t entity_id, made_id;
    enum entity_type type; /* of the entity before */
    int64_t articles;      /* that it has */
    struct slice *keys;    /* of given->aliases */
    struct {
        struct split_part *items;
        size_t count, capacity;
    } parts;
    int64_t first;
    size_t rows;
};

/* ---- moving an article's part to another entity */

struct printed { /* forms with their counts, or keys of titles */
    struct {
        struct slice text;
        int64_t count;
    } * items;
    size_t count, capacity;
};

static struct printed read_printed(struct writer *w, const char *sql, int64_t article,
                                   int64_t entity)
{
    struct printed list = {0};
    sqlite3_stmt *s = db_use(w->db, sql);
    db_bind_int(s, 1, article);
    db_bind_int(s, 2, entity);
    while (db_step(w->db, s)) {
        __typeof__(list.items) item = ARENA_PUSH(w->arena, &list);
        item->text = db_text_copy(w->db, s, 0, w->arena);
        item->count = db_int(s, 1);
    }
    db_done(s);
    return list;
}

/* A speaker that a person chose stays: that decision names the entity by its id. */
static void move_quote(struct writer *w, int64_t quote, int64_t from, int64_t to)
{
    quote_rows_count(w, quote, -1);
    db_run3(
        w->db,
        "INSERT INTO quote_entities (quote, entity, roles, position, sort_ms, type, source, lang)"
        " SELECT p.quote, ?3, CASE WHEN q.resolution IS 'correction' THEN p.roles & ~1 ELSE"
        "  p.roles END, p.position, p.sort_ms, p.type, p.source, p.lang"
        " FROM quote_entities p JOIN quotes q ON q.id = p.quote WHERE p.quote = ?1 AND p.entity ="
        " ?2 ON CONFLICT (quote, entity) DO UPDATE SET roles = roles | excluded.roles",
        quote, from, to);
    db_run3(
        w->db,
        "UPDATE quote_entities SET roles = CASE WHEN (SELECT resolution FROM quotes WHERE id = ?1)"
        " IS 'correction' AND ?3 THEN roles & 1 ELSE 0 END WHERE quote = ?1 AND entity = ?2",
        quote, from, 1);
    db_run2(w->db, "DELETE FROM quote_entities WHERE quote = ?1 AND roles = 0 AND ?2", quote, 1);
    db_run3(w->db,
            "UPDATE quotes SET speaker = ?3 WHERE id = ?1 AND speaker = ?2 AND resolution IS NOT"
            " 'correction'",
            quote, from, to);
    db_run3(w->db, "UPDATE quotes SET affiliation = ?3 WHERE id = ?1 AND affiliation = ?2", quote,
            from, to);
    db_run2(w->db,
            "UPDATE quotes SET about_count = (SELECT count(*) FROM quote_entities WHERE quote = ?1"
            " AND roles & 2) WHERE id = ?1 AND ?2",
            quote, 1);
    db_run3(w->db, "UPDATE quote_people SET entity = ?3 WHERE quote = ?1 AND entity = ?2", quote,
            from, to);
    db_run3(w->db, "UPDATE quote_people SET affiliation = ?3 WHERE quote = ?1 AND affiliation = ?2",
            quote, from, to);
    quote_rows_count(w, quote, 1);
}

static void move_quotes(struct writer *w, int64_t article, int64_t from, int64_t to)
{
    struct {
        int64_t *items;
        size_t count, capacity;
    } quotes = {0};
    sqlite3_stmt *s = db_use(w->db, "SELECT id FROM quotes WHERE article = ?1");
    db_bind_int(s, 1, article);
    while (db_step(w->db, s)) {
        *ARENA_PUSH(w->arena, &quotes) = db_int(s, 0);
    }
    db_done(s);
    for (size_t i = 0; i < quotes.count; i++) {
        move_quote(w, quotes.items[i], from, to);
        db_run3(
            w->db,
            "UPDATE OR IGNORE quote_alternatives SET entity = ?3 WHERE quote = ?1 AND entity = ?2",
            quotes.items[i], from, to);
    }
}

static bool is_in(struct writer *w, int64_t article, int64_t entity)
{
    sqlite3_stmt *s =
        db_use(w->db, "SELECT 1 FROM article_entities WHERE article = ?1 AND entity = ?2");
    db_bind_int(s, 1, article);
    db_bind_int(s, 2, entity);
    bool is = db_step(w->db, s);
    db_done(s);
    return is;
}

static void move_part(struct writer *w, const struct split_part *part, int64_t from, int64_t to,
                      enum entity_type type)
{
    int64_t article = part->article, mentions = 0;
    if (is_in(w, article,
              to)) { /* both are there: only a new analysis tells their mentions apart */
        article_rows_stale(w, article);
        return;
    }
    change_rows_article(w, article);
    struct printed forms = read_printed(
        w,
        "SELECT CAST(substr(CAST(t.text AS BLOB), m.start_byte + 1, m.end_byte - m.start_byte)"
        "  AS TEXT) AS form, count(*) FROM mentions m JOIN article_texts t ON t.article = m.article"
        " WHERE m.article = ?1 AND m.entity = ?2 GROUP BY form",
        article, from);
    struct printed titles = read_printed(
        w, "SELECT key, 0 FROM article_titles WHERE article = ?1 AND entity = ?2", article, from);
    db_run3(w->db, "UPDATE article_entities SET entity = ?3 WHERE article = ?1 AND entity = ?2",
            article, from, to);
    db_run3(w->db, "UPDATE mentions SET entity = ?3 WHERE article = ?1 AND entity = ?2", article,
            from, to);
    db_run3(w->db, "UPDATE mentions SET type = ?3 WHERE article = ?1 AND entity = ?2", article, to,
            (int64_t)type);
    db_run3(w->db, "UPDATE article_titles SET entity = ?3 WHERE article = ?1 AND entity = ?2",
            article, from, to);
    for (size_t i = 0; i < forms.count; i++) {
        entity_rows_alias(w, from, forms.items[i].text, -forms.items[i].count, 0);
        entity_rows_alias(w, to, forms.items[i].text, forms.items[i].count, 0);
        mentions += forms.items[i].count;
    }
    entity_rows_alias(w, from, part->name, 0, -1);
    entity_rows_alias(w, to, part->name, 0, 1);
    for (size_t i = 0; i < titles.count; i++) {
        entity_rows_retitle(w, from, titles.items[i].text);
        entity_rows_retitle(w, to, titles.items[i].text);
    }
    counters_add_entity(w->counters, from,
                        (struct entity_change){.articles = -1, .mentions = -mentions});
    counters_add_entity(w->counters, to,
                        (struct entity_change){.articles = 1, .mentions = mentions});
    recent_stale_article(w, article);
    recent_stale(w, from);
    move_quotes(w, article, from, to);
    correct_local_counts(w, article, to);
}

/* ---- what goes */

static void find_entity(struct writer *w, struct splitting *c)
{
    sqlite3_stmt *s =
        db_use(w->db, "SELECT e.id, e.public_id, e.type FROM entities given JOIN entities e"
                      " ON e.id = coalesce(given.merged_into, given.id)"
                      " WHERE given.public_id = ?1 AND e.forbidden = 0");
    db_bind_int(s, 1, db_id(c->given->entity));
    if (db_step(w->db, s)) {
        c->entity = db_int(s, 0);
        c->entity_id = (uint64_t)db_int(s, 1);
        c->type = (enum entity_type)db_int(s, 2);
    }
    db_done(s);
}

static bool is_given(const struct splitting *c, const struct split_part *part)
{
    for (size_t i = 0; i < c->given->alias_count; i++) {
        if (slice_equal(c->keys[i], part->key)) {
            return true;
        }
    }
    for (size_t i = 0; i < c->given->article_count; i++) {
        if (c->given->articles[i] == part->id) {
            return true;
        }
    }
    return false;
}

static void find_parts(struct writer *w, struct splitting *c)
{
    sqlite3_stmt *s =
        db_use(w->db, "SELECT x.article, a.public_id, ae.name FROM article_entities x"
                      " JOIN article_entities ae ON ae.article = x.article AND ae.entity = x.entity"
                      " JOIN articles a ON a.id = x.article WHERE x.entity = ?1");
    db_bind_int(s, 1, c->entity);
    while (db_step(w->db, s)) {
        struct split_part part = {db_int(s, 0), (uint64_t)db_int(s, 1), db_text(s, 2), SLICE_NONE};
        part.key = entity_keys_of(w->arena, part.name).key;
        c->articles++;
        if (is_given(c, &part)) {
            part.name = db_text_copy(w->db, s, 2, w->arena);
            *ARENA_PUSH(w->arena, &c->parts) = part;
        }
    }
    db_done(s);
}

/* Every alias and article that was given must take something along: a slip of the pen is told, not ignored. */
static enum rc check_parts(struct splitting *c, struct err *e)
{
    const struct store_split *given = c->given;
    for (size_t i = 0; i < given->alias_count + given->article_count; i++) {
        size_t at = 0;
        bool is_alias = i < given->alias_count;
        size_t n = is_alias ? i : i - given->alias_count;
        while (at < c->parts.count && !(is_alias ? slice_equal(c->parts.items[at].key, c->keys[n])
                                                 : c->parts.items[at].id == given->articles[n])) {
            at++;
        }
        if (at == c->parts.count && is_alias) {
            return err_field(e, RC_INVALID, "aliases",
                             "no article names it '%.*s' in full: what can be split off is the "
                             "fullest form of an article, or an article",
                             SLICE_ARG(given->aliases[n]));
        }
        if (at == c->parts.count) {
            char id[DIGEST_ID_CHARS + 1];
            digest_format_id(given->articles[n], id);
            return err_field(e, RC_INVALID, "articles", "article %s doesn't mention it", id);
        }
    }
    if ((int64_t)c->parts.count == c->articles) {
        return err_field(e, RC_INVALID, given->alias_count ? "aliases" : "articles",
                         "nothing would be left: to change it as a whole, rename or retype it");
    }
    return RC_OK;
}

/* ---- the correction */

static void insert(struct writer *w, struct splitting *c, struct slice key, const uint64_t *article)
{
    char made[DIGEST_ID_CHARS + 1];
    digest_format_id(c->made_id, made);
    sqlite3_stmt *s = db_use(
        w->db, "INSERT INTO corrections (kind, target, value, alias_key, type, article, words,"
               " author, note, created_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
    db_bind_text(s, 1, slice_cstr(correction_kind_name(CORRECTION_ENTITY_SPLIT)));
    db_bind_int(s, 2, db_id(c->entity_id));
    db_bind_text(s, 3, slice_cstr(made));
    db_bind_text(s, 4, key);
    db_bind_int(s, 5, (int64_t)c->type);
    db_bind_maybe(s, 6, article != NULL, article ? db_id(*article) : 0);
    db_bind_text(s, 7, entity_describe(w, c->made));
    db_bind_text(s, 8, c->given->author);
    db_bind_text(s, 9, c->given->note);
    db_bind_int(s, 10, w->now_ms);
    db_run(w->db, s);
    int64_t number = sqlite3_last_insert_rowid(w->db->handle);
    c->first = c->rows++ == 0 ? number : c->first;
}

static void record(struct writer *w, struct splitting *c)
{
    for (size_t i = 0; i < c->given->alias_count; i++) {
        insert(w, c, c->keys[i], NULL);
    }
    for (size_t i = 0; i < c->given->article_count; i++) {
        for (size_t k = 0; k < c->parts.count; k++) {
            if (c->parts.items[k].id == c->given->articles[i]) {
                insert(w, c, c->parts.items[k].key, &c->given->articles[i]);
            }
        }
    }
}

static void make(struct writer *w, struct splitting *c)
{
    enum entity_type type = c->given->has_type ? c->given->type : c->type;
    bool named = slice_present(c->given->name);
    struct slice name = named ? c->given->name : c->parts.items[0].name;
    struct entity_keys keys = entity_keys_of(w->arena, name);
    c->made = entity_create(w, type, name, &keys);
    sqlite3_stmt *s = db_use(w->db, "SELECT public_id FROM entities WHERE id = ?1");
    db_bind_int(s, 1, c->made);
    c->made_id = db_step(w->db, s) ? (uint64_t)db_int(s, 0) : 0;
    db_done(s);
    for (size_t i = 0; i < c->parts.count; i++) {
        move_part(w, &c->parts.items[i], c->entity, c->made, type);
    }
    if (named) {
        entity_set_name(w, c->made, name, true);
    } else {
        entity_choose_name(w, c->made);
    }
    entity_choose_name(w, c->entity);
}

static enum rc job_split(struct writer *w, struct job *job, struct err *e)
{
    struct splitting *c = job->arg;
    find_entity(w, c);
    if (db_ok(w->db) && c->entity == 0) {
        char id[DIGEST_ID_CHARS + 1];
        digest_format_id(c->given->entity, id);
        return err_set(e, RC_NOT_FOUND, "there is no entity %s", id);
    }
    c->keys = ARENA_ARRAY(w->arena, struct slice, c->given->alias_count);
    for (size_t i = 0; i < c->given->alias_count; i++) {
        c->keys[i] = entity_keys_of(w->arena, c->given->aliases[i]).key;
    }
    find_parts(w, c);
    enum rc rc = db_check(w->db, e);
    rc = rc == RC_OK ? check_parts(c, e) : rc;
    if (rc != RC_OK) {
        return rc;
    }
    make(w, c);
    record(w, c);
    char id[DIGEST_ID_CHARS + 1];
    digest_format_id(c->entity_id, id);
    writer_audit(w, &(struct audit_entry){.who = c->given->author,
                                          .action = correction_kind_name(CORRECTION_ENTITY_SPLIT),
                                          .target = slice_cstr(id),
                                          .detail = entity_describe(w, c->made),
                                          .request = c->given->request});
    w->changed = true;
    w->caches_valid = false;
    return db_check(w->db, e);
}

enum rc store_split(struct store *store, const struct store_split *split, uint64_t *made,
                    int64_t *number, size_t *rows, struct err *e)
{
    struct splitting c = {.given = split};
    if (split->alias_count + split->article_count == 0) {
        return err_set(e, RC_INVALID, "say what to split off: aliases or articles");
    }
    enum rc rc = entity_moves_finish(store, e);
    rc = rc == RC_OK ? writer_call(store, job_split, &c, e) : rc;
    if (rc == RC_OK) {
        *made = c.made_id;
        *number = c.first;
        *rows = c.rows;
    }
    return rc;
}

void correct_split(struct writer *w, int64_t from, int64_t to, struct slice alias_key,
                   bool has_article, uint64_t article)
{
    struct slice keys[] = {alias_key};
    struct store_split given = {.aliases = keys,
                                .alias_count = !has_article,
                                .articles = &article,
                                .article_count = has_article};
    struct splitting c = {.given = &given, .entity = from, .keys = keys};
    find_parts(w, &c);
    sqlite3_stmt *s = db_use(w->db, "SELECT type FROM entities WHERE id = ?1");
    db_bind_int(s, 1, to);
    enum entity_type type = db_step(w->db, s) ? (enum entity_type)db_int(s, 0) : ENTITY_MISC;
    db_done(s);
    for (size_t i = 0; i < c.parts.count; i++) {
        move_part(w, &c.parts.items[i], from, to, type);
    }
    entity_choose_name(w, to);
    entity_choose_name(w, from);
}
