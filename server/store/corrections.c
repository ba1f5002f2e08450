#include "store/corrections.h"

#include "store/change_rows.h"
#include "store/correct.h"
#include "store/entity_match.h"
#include "store/entity_moves.h"
#include "store/pack_rows.h"
#include "store/replay.h"

struct correcting {
    const struct store_correction *given;
    int64_t number; /* the result */
    /* the evidence, as the row keeps it */
    int64_t entity, quote, into; /* rowids found */
    bool about_quote;
    struct slice alias_key, words, text_hash;
    int64_t type, start_byte;
    uint64_t target, article;
};

static bool is_about_quote(enum correction_kind kind)
{
    return kind == CORRECTION_QUOTE_SPEAKER || kind == CORRECTION_QUOTE_TYPE ||
           kind == CORRECTION_QUOTE_REJECT || kind == CORRECTION_QUOTE_SPANS;
}

/* ---- evidence */

static void find_entity(struct writer *w, struct correcting *c)
{
    /* Articles will say the name that they print, not the one that a person chose. */
    sqlite3_stmt *s =
        db_use(w->db, "SELECT e.id, e.public_id, CASE e.named WHEN 0 THEN e.key ELSE"
                      " coalesce((SELECT a.key FROM entity_aliases a WHERE a.entity = e.id"
                      "  ORDER BY a.names DESC, a.mentions DESC LIMIT 1), e.key) END, e.type"
                      " FROM entities given"
                      " JOIN entities e ON e.id = coalesce(given.merged_into, given.id)"
                      " WHERE given.public_id = ?1");
    db_bind_int(s, 1, db_id(c->given->target));
    if (db_step(w->db, s)) {
        c->entity = db_int(s, 0);
        c->target = (uint64_t)db_int(s, 1);
        c->alias_key = arena_copy(w->arena, db_text(s, 2));
        c->type = db_int(s, 3);
    }
    db_done(s);
}

/* Another correction may have changed the words: analyses will find the ones that they found before. */
static void find_first_words(struct writer *w, struct correcting *c)
{
    sqlite3_stmt *s = db_use(w->db, "SELECT words, start_byte FROM corrections WHERE target = ?1"
                                    " AND words IS NOT NULL AND alias_key IS NULL"
                                    " ORDER BY number LIMIT 1");
    db_bind_int(s, 1, db_id(c->target));
    if (db_step(w->db, s)) {
        c->words = arena_copy(w->arena, db_text(s, 0));
        c->start_byte = db_int(s, 1);
    }
    db_done(s);
}

static void find_quote(struct writer *w, struct correcting *c)
{
    sqlite3_stmt *s = db_use(w->db, "SELECT q.id, a.public_id, a.content_hash, q.text, q.spans"
                                    " FROM quotes q JOIN articles a ON a.id = q.article"
                                    " WHERE q.public_id = ?1");
    db_bind_int(s, 1, db_id(c->given->target));
    if (db_step(w->db, s)) {
        c->quote = db_int(s, 0);
        c->target = c->given->target;
        c->article = (uint64_t)db_int(s, 1);
        c->text_hash = arena_copy(w->arena, db_blob(s, 2));
        c->words = arena_copy(w->arena, db_text(s, 3));
        struct store_quote_span *spans;
        size_t count;
        if (unpack_spans(db_blob(s, 4), w->arena, &spans, &count) && count > 0) {
            c->start_byte = spans[0].span.start_byte;
        }
    }
    db_done(s);
    if (c->quote != 0) {
        find_first_words(w, c);
    }
}

static enum rc check_value(struct writer *w, struct correcting *c, struct err *e)
{
    struct slice value = c->given->value;
    enum entity_type type;
    enum quote_type quote_type;
    uint64_t id;
    switch (c->given->kind) {
    case CORRECTION_ENTITY_RENAME:
        return value.len ? RC_OK : err_field(e, RC_INVALID, "value", "a name can't be empty");
    case CORRECTION_ENTITY_RETYPE:
        return entity_type_parse(value, &type)
                   ? RC_OK
                   : err_field(e, RC_INVALID, "value", "'%.*s' is no type: PER, ORG, LOC or MISC",
                               SLICE_ARG(value));
    case CORRECTION_QUOTE_TYPE:
        return quote_type_parse(value, &quote_type)
                   ? RC_OK
                   : err_field(e, RC_INVALID, "value",
                               "'%.*s' is no type: direct, indirect or mixed", SLICE_ARG(value));
    case CORRECTION_ENTITY_MERGE:
    case CORRECTION_QUOTE_SPEAKER:
        c->into = digest_parse_id(value, &id) ? replay_target(w, id) : 0;
        if (c->into == 0 && (value.len > 0 || c->given->kind == CORRECTION_ENTITY_MERGE)) {
            return err_field(e, RC_NOT_FOUND, "value", "there is no entity '%.*s'",
                             SLICE_ARG(value));
        }
        return c->into == c->entity && c->entity != 0
                   ? err_field(e, RC_INVALID, "value", "an entity can't be merged into itself")
                   : RC_OK;
    case CORRECTION_ENTITY_FORBID:
    case CORRECTION_QUOTE_REJECT:
    case CORRECTION_QUOTE_SPANS: /* store_change_quote wrote it */
        return RC_OK;
    case CORRECTION_ENTITY_SPLIT: /* store_split makes these */
        break;
    }
    return err_field(e, RC_INVALID, "kind", "no such correction");
}

/* Exports write the hash as hex. */
static struct slice bytes_of_hex(struct writer *w, struct slice hex)
{
    char *bytes = arena_alloc(w->arena, hex.len / 2 + 1);
    for (size_t i = 0; i + 1 < hex.len; i += 2) {
        unsigned value = 0;
        for (size_t k = i; k < i + 2; k++) {
            char c = hex.ptr[k];
            value = value * 16 + (unsigned)(c >= 'a' ? c - 'a' + 10 : c - '0');
        }
        bytes[i / 2] = (char)value;
    }
    return slice_of(bytes, hex.len / 2);
}

static enum rc find_evidence(struct writer *w, struct correcting *c, struct err *e)
{
    const struct store_correction *given = c->given;
    c->about_quote = is_about_quote(given->kind);
    if (c->about_quote) {
        find_quote(w, c);
    } else {
        find_entity(w, c);
    }
    bool found = c->entity != 0 || c->quote != 0;
    if (given->from_export) {
        c->target = given->target;
        c->alias_key = given->alias_key;
        c->type = (int64_t)given->type;
        c->article = given->article;
        c->text_hash = bytes_of_hex(w, given->text_hash);
        c->words = given->words;
        c->start_byte = given->start_byte;
        if (given->kind == CORRECTION_ENTITY_MERGE || given->kind == CORRECTION_QUOTE_SPEAKER) {
            uint64_t id;
            c->into = digest_parse_id(given->value, &id) ? replay_target(w, id) : 0;
        }
        if (given->kind == CORRECTION_ENTITY_SPLIT && given->undone_ms == 0) {
            /* Before its articles came: the whole stands first, so that it gets what isn't the part's. Its
             * name will be what they print. */
            if (c->entity == 0) {
                c->entity = entity_restore(w, c->target, given->type, c->alias_key);
            }
            c->into = replay_described(w, given->value, given->words);
        }
        return RC_OK;
    }
    if (!found) {
        char id[DIGEST_ID_CHARS + 1];
        digest_format_id(given->target, id);
        return err_set(e, RC_NOT_FOUND, "there is no %s %s", c->about_quote ? "quote" : "entity",
                       id);
    }
    enum rc rc = check_value(w, c, e);
    if (rc == RC_OK && given->kind == CORRECTION_ENTITY_MERGE) {
        c->words = entity_describe(w, c->into);
    }
    return rc;
}

/* ---- making one */

static void insert(struct writer *w, struct correcting *c)
{
    const struct store_correction *given = c->given;
    sqlite3_stmt *s = db_use(
        w->db,
        "INSERT INTO corrections (kind, target, value, alias_key, type, article, text_hash, words,"
        " start_byte, author, note, created_ms, undone_ms, undone_by, orphaned)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)");
    db_bind_text(s, 1, slice_cstr(correction_kind_name(given->kind)));
    db_bind_int(s, 2, db_id(c->target));
    db_bind_text(s, 3, slice_present(given->value) ? given->value : SLICE(""));
    db_bind_text(s, 4, c->about_quote ? SLICE_NONE : c->alias_key);
    db_bind_maybe(s, 5, !c->about_quote, c->type);
    db_bind_maybe(s, 6, c->about_quote || c->article != 0, db_id(c->article));
    if (c->about_quote && slice_present(c->text_hash)) {
        db_bind_blob(s, 7, c->text_hash.ptr, c->text_hash.len);
    }
    db_bind_text(s, 8, c->words);
    db_bind_maybe(s, 9, c->about_quote, c->start_byte);
    db_bind_text(s, 10, given->author);
    db_bind_text(s, 11, given->note);
    db_bind_int(s, 12, given->created_ms ? given->created_ms : w->now_ms);
    db_bind_maybe(s, 13, given->undone_ms != 0, given->undone_ms);
    db_bind_text(s, 14, given->undone_by);
    db_bind_int(s, 15, given->from_export && c->about_quote && c->quote == 0 && !given->undone_ms);
    db_run(w->db, s);
    c->number = sqlite3_last_insert_rowid(w->db->handle);
}

static void apply(struct writer *w, const struct correcting *c)
{
    int64_t article = c->quote != 0 ? correct_article_of(w, c->quote) : 0;
    enum entity_type type;
    enum quote_type quote_type;
    switch (c->given->kind) {
    case CORRECTION_ENTITY_RENAME:
        entity_set_name(w, c->entity, c->given->value, true);
        break;
    case CORRECTION_ENTITY_RETYPE:
        if (entity_type_parse(c->given->value, &type)) {
            correct_retype(w, c->entity, type);
        }
        break;
    case CORRECTION_ENTITY_MERGE:
        if (c->into != 0 && c->into != c->entity) {
            correct_merge(w, c->entity, c->into);
            entity_moves_some(w, c->entity, w->store->options.moved_at_once);
        }
        break;
    case CORRECTION_ENTITY_FORBID:
        correct_forbid(w, c->entity);
        entity_moves_some(w, c->entity, w->store->options.moved_at_once);
        break;
    case CORRECTION_ENTITY_SPLIT:
        if (c->into != 0 && c->into != c->entity) {
            correct_split(w, c->entity, c->into, c->alias_key, c->article != 0, c->article);
        }
        break;
    case CORRECTION_QUOTE_SPEAKER:
        correct_quote_speaker(w, c->quote, c->into);
        break;
    case CORRECTION_QUOTE_TYPE:
        if (quote_type_parse(c->given->value, &quote_type)) {
            correct_quote_type(w, c->quote, quote_type);
        }
        break;
    case CORRECTION_QUOTE_SPANS:
        correct_quote_spans(w, c->quote, c->given->value);
        article_words_index(w, article);
        break;
    case CORRECTION_QUOTE_REJECT:
        correct_quote_reject(w, c->quote);
        article_words_index(w, article);
        break;
    }
}

static void audit(struct writer *w, const struct correcting *c)
{
    char id[DIGEST_ID_CHARS + 1];
    digest_format_id(c->target, id);
    writer_audit(w, &(struct audit_entry){.who = c->given->author,
                                          .action = correction_kind_name(c->given->kind),
                                          .target = slice_cstr(id),
                                          .detail = c->given->value,
                                          .request = c->given->request});
}

static enum rc make(struct writer *w, struct correcting *c, struct err *e)
{
    enum rc rc = find_evidence(w, c, e);
    if (rc != RC_OK) {
        return rc;
    }
    insert(w, c);
    if ((c->entity != 0 || c->quote != 0) && c->given->undone_ms == 0) {
        change_rows_quote(w, c->quote);
        if (c->given->kind != CORRECTION_ENTITY_MERGE &&
            c->given->kind != CORRECTION_ENTITY_FORBID) { /* entity_moves.c does it */
            change_rows_entity(w, c->entity);
        }
        apply(w, c);
    }
    audit(w, c);
    w->changed = true;
    w->caches_valid = false;
    return db_check(w->db, e);
}

enum rc correction_make(struct writer *w, const struct store_correction *correction,
                        int64_t *number, struct err *e)
{
    struct correcting c = {.given = correction};
    enum rc rc = make(w, &c, e);
    *number = c.number;
    return rc;
}

static enum rc job_correct(struct writer *w, struct job *job, struct err *e)
{
    return make(w, job->arg, e);
}

static enum rc finish_moves(struct store *store, enum correction_kind kind, struct err *e)
{
    bool moves = kind == CORRECTION_ENTITY_MERGE || kind == CORRECTION_ENTITY_FORBID;
    return moves ? entity_moves_finish(store, e) : RC_OK;
}

enum rc store_correct(struct store *store, const struct store_correction *correction,
                      int64_t *number, int64_t *affected, struct err *e)
{
    struct correcting c = {.given = correction};
    enum rc rc =
        finish_moves(store, correction->kind, e); /* what others left: it may be about that */
    rc = rc == RC_OK ? writer_call(store, job_correct, &c, e) : rc;
    rc = rc == RC_OK ? finish_moves(store, correction->kind, e) : rc;
    if (rc == RC_OK) {
        *number = c.number;
        *affected = 0; /* all of these are mended in place */
    }
    return rc;
}
