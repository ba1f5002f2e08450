#include "store/change_rows.h"
#include "store/correct.h"
#include "store/corrections.h"
#include "store/entity_match.h"
#include "store/entity_moves.h"
#include "store/entity_words.h"
#include "store/put.h"
#include "store/replay.h"
#include "store/search_query.h"

struct undoing {
    int64_t number, affected;
    struct slice author, request;
    enum correction_kind kind;
    uint64_t target, article;
    struct slice alias_key, value;
    enum entity_type type;
    bool found, undone, has_article;
};

static void read_correction(struct writer *w, struct undoing *u)
{
    sqlite3_stmt *s =
        db_use(w->db, "SELECT kind, target, article, alias_key, type, undone_ms IS NOT NULL, value"
                      " FROM corrections WHERE number = ?1");
    db_bind_int(s, 1, u->number);
    if (db_step(w->db, s) && correction_kind_parse(db_text(s, 0), &u->kind)) {
        u->found = true;
        u->target = (uint64_t)db_int(s, 1);
        u->has_article = !db_null(s, 2);
        u->article = (uint64_t)db_int(s, 2);
        u->alias_key = db_text_copy(w->db, s, 3, w->arena);
        u->type = (enum entity_type)db_int(s, 4);
        u->undone = db_int(s, 5) != 0;
        u->value = db_text_copy(w->db, s, 6, w->arena);
    }
    db_done(s);
}

/* Asks for a new analysis of the articles that `sql` names by ?1: what the correction took away is in no row
 * any more, but the text still says it. */
static void mark(struct writer *w, struct undoing *u, const char *sql, int64_t entity,
                 struct slice text)
{
    sqlite3_stmt *s = db_use(w->db, sql);
    if (slice_present(text)) {
        db_bind_text(s, 1, text);
    } else {
        db_bind_int(s, 1, entity);
    }
    struct {
        int64_t *items;
        size_t count, capacity;
    } articles = {0};
    while (db_step(w->db, s)) {
        *ARENA_PUSH(w->arena, &articles) = db_int(s, 0);
    }
    db_done(s);
    for (size_t i = 0; i < articles.count; i++) {
        article_rows_stale(w, articles.items[i]);
    }
    u->affected += (int64_t)articles.count;
}

static int64_t row_itself(struct writer *w, uint64_t id)
{
    sqlite3_stmt *s = db_use(w->db, "SELECT id FROM entities WHERE public_id = ?1");
    db_bind_int(s, 1, db_id(id));
    int64_t row = db_step(w->db, s) ? db_int(s, 0) : 0;
    db_done(s);
    return row;
}

static void run1(struct writer *w, const char *sql, int64_t value)
{
    sqlite3_stmt *s = db_use(w->db, sql);
    db_bind_int(s, 1, value);
    db_run(w->db, s);
}

/* The part goes back as a whole, so all corrections of the split are undone with this one, and what was decided
 * about the part: left standing, it would befall the whole, whose name it shares. */
static void undo_split(struct writer *w, struct undoing *u, int64_t entity)
{
    uint64_t id = 0;
    int64_t part = digest_parse_id(u->value, &id) ? row_itself(w, id) : 0;
    sqlite3_stmt *s =
        db_use(w->db, "UPDATE corrections SET undone_ms = ?2, undone_by = ?3 WHERE undone_ms IS"
                      " NULL AND alias_key IS NOT NULL AND ((kind = 'entity_split' AND value = ?1)"
                      " OR target = ?4)");
    db_bind_text(s, 1, u->value);
    db_bind_int(s, 2, w->now_ms);
    db_bind_text(s, 3, u->author);
    db_bind_int(s, 4, db_id(id));
    db_run(w->db, s);
    s = db_use(w->db, "SELECT p.merged_into IS NOT NULL OR e.forbidden OR p.forbidden,"
                      " coalesce(e.merged_into, e.id), p.type <> e.type"
                      " FROM entities p, entities e WHERE p.id = ?1 AND e.id = ?2");
    db_bind_int(s, 1, part);
    db_bind_int(s, 2, entity);
    bool both = db_step(w->db, s);
    bool lost = both && db_int(s, 0) != 0, retyped = both && db_int(s, 2) != 0;
    int64_t into = both ? db_int(s, 1) : 0;
    db_done(s);
    if (lost || retyped) { /* what another correction did with it since, a new analysis undoes */
        mark(w, u,
             "SELECT id FROM articles WHERE deleted_ms IS NULL AND id IN (SELECT article"
             " FROM article_entities WHERE entity = (SELECT coalesce(merged_into, id) FROM entities"
             " WHERE id = ?1))",
             part, SLICE_NONE);
    }
    if (both && !lost && into != part) {
        correct_merge(w, part, into);
        entity_moves_some(w, part, w->store->options.moved_at_once);
    }
}

static enum rc undo_entity(struct writer *w, struct undoing *u, struct err *e)
{
    int64_t entity = row_itself(w, u->target);
    entity_moves_some(w, entity,
                      ENTITY_MOVES_ALL); /* done already, unless another began meanwhile */
    struct search_query words;
    switch (u->kind) {
    case CORRECTION_ENTITY_RENAME:
        change_rows_entity(w, entity);
        run1(w, "UPDATE entities SET named = 0 WHERE id = ?1", entity);
        entity_choose_name(w, entity);
        return RC_OK;
    case CORRECTION_ENTITY_RETYPE:
        change_rows_entity(w, entity);
        correct_retype(w, entity, u->type);
        return RC_OK;
    case CORRECTION_ENTITY_MERGE:
        mark(w, u,
             "SELECT id FROM articles WHERE deleted_ms IS NULL AND id IN (SELECT article"
             " FROM article_entities WHERE entity = (SELECT merged_into FROM entities WHERE id = "
             "?1))",
             entity, SLICE_NONE);
        run1(w, "UPDATE entities SET merged_into = NULL WHERE id = ?1", entity);
        entity_words_renew(w, entity);
        return RC_OK;
    case CORRECTION_ENTITY_SPLIT:
        undo_split(w, u, entity);
        return RC_OK;
    case CORRECTION_ENTITY_FORBID:
        run1(w, "UPDATE entities SET forbidden = 0 WHERE id = ?1", entity);
        entity_words_renew(w, entity);
        if (search_query_compile(arena_printf(w->arena, "\"%.*s\"", SLICE_ARG(u->alias_key)),
                                 STORE_ARTICLE_LIST, 0, w->arena, NULL, &words, e) == RC_OK) {
            mark(w, u,
                 "SELECT id FROM articles WHERE deleted_ms IS NULL AND id IN"
                 " (SELECT rowid FROM article_search WHERE article_search MATCH ?1)",
                 0, slice_cstr(words.match));
        }
        return RC_OK;
    default:
        return err_set(e, RC_INTERNAL, "no entity's correction");
    }
}

static enum rc job_undo(struct writer *w, struct job *job, struct err *e)
{
    struct undoing *u = job->arg;
    read_correction(w, u);
    enum rc rc = db_check(w->db, e);
    if (rc == RC_OK && !u->found) {
        rc = err_set(e, RC_NOT_FOUND, "there is no correction %lld", (long long)u->number);
    } else if (rc == RC_OK && u->undone) {
        rc = err_set(e, RC_CONFLICT, "correction %lld was undone already", (long long)u->number);
    }
    if (rc != RC_OK) {
        return rc;
    }
    sqlite3_stmt *s =
        db_use(w->db, "UPDATE corrections SET undone_ms = ?2, undone_by = ?3, orphaned = 0"
                      " WHERE number = ?1");
    db_bind_int(s, 1, u->number);
    db_bind_int(s, 2, w->now_ms);
    db_bind_text(s, 3, u->author);
    db_run(w->db, s);
    if (u->has_article && !slice_present(u->alias_key)) {
        mark(w, u, "SELECT id FROM articles WHERE deleted_ms IS NULL AND public_id = ?1",
             db_id(u->article), SLICE_NONE);
    } else {
        rc = undo_entity(w, u, e);
    }
    char id[DIGEST_ID_CHARS + 1];
    digest_format_id(u->target, id);
    writer_audit(w, &(struct audit_entry){.who = u->author,
                                          .action = "correction_undo",
                                          .target = slice_cstr(id),
                                          .detail = slice_cstr(correction_kind_name(u->kind)),
                                          .request = u->request});
    w->changed = true;
    w->caches_valid = false;
    return rc;
}

enum rc store_correction_undo(struct store *store, int64_t number, struct slice author,
                              struct slice request, int64_t *affected, struct err *e)
{
    struct undoing u = {.number = number, .author = author, .request = request};
    enum rc rc = entity_moves_finish(store, e);
    rc = rc == RC_OK ? writer_call(store, job_undo, &u, e) : rc;
    rc = rc == RC_OK ? entity_moves_finish(store, e) : rc;
    if (rc == RC_OK) {
        *affected = u.affected;
    }
    return rc;
}
