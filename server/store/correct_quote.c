#include "store/correct.h"

#include "store/put.h"
#include "store/roles.h"

struct stored_quote {
    int64_t article, speaker, affiliation; /* rowids, 0: none */
};

static struct stored_quote read_quote(struct writer *w, int64_t quote)
{
    struct stored_quote out = {0};
    sqlite3_stmt *s =
        db_use(w->db, "SELECT article, speaker, affiliation FROM quotes WHERE id = ?1");
    db_bind_int(s, 1, quote);
    if (db_step(w->db, s)) {
        out = (struct stored_quote){db_int(s, 0), db_int(s, 1), db_int(s, 2)};
    }
    db_done(s);
    return out;
}

int64_t correct_article_of(struct writer *w, int64_t quote)
{
    return read_quote(w, quote).article;
}

static void drop_role(struct writer *w, int64_t quote, int64_t entity, unsigned role)
{
    if (entity == 0) {
        return;
    }
    sqlite3_stmt *s = db_use(w->db, "UPDATE quote_entities SET roles = roles & ~?3"
                                    " WHERE quote = ?1 AND entity = ?2");
    db_bind_int(s, 1, quote);
    db_bind_int(s, 2, entity);
    db_bind_int(s, 3, role);
    db_run(w->db, s);
    db_run2(w->db, "DELETE FROM quote_entities WHERE quote = ?1 AND entity = ?2 AND roles = 0",
            quote, entity);
}

static void add_speaker(struct writer *w, int64_t quote, int64_t entity)
{
    if (entity != 0) {
        db_run2(
            w->db,
            "INSERT INTO quote_entities (quote, entity, roles, position, sort_ms, type, source, "
            "lang)"
            " SELECT id, ?2, 1, 0, sort_ms, type, source, lang FROM quotes WHERE id = ?1"
            " ON CONFLICT (quote, entity) DO UPDATE SET roles = roles | 1",
            quote, entity);
    }
}

enum speaker_kind correct_kind_of(struct writer *w, int64_t entity)
{
    sqlite3_stmt *s = db_use(w->db, "SELECT type FROM entities WHERE id = ?1");
    db_bind_int(s, 1, entity);
    bool person = !db_step(w->db, s) || db_int(s, 0) == ENTITY_PER;
    db_done(s);
    return person ? SPEAKER_PERSON : SPEAKER_ORGANISATION;
}

void correct_quote_speaker(struct writer *w, int64_t quote, int64_t speaker)
{
    struct stored_quote before = read_quote(w, quote);
    quote_rows_count(w, quote, -1);
    drop_role(w, quote, before.speaker, ROLE_SPEAKS);
    drop_role(w, quote, before.affiliation, ROLE_AFFILIATION);
    add_speaker(w, quote, speaker);
    /* What was printed beside the words belongs to another speaker now: it says nothing any more. */
    sqlite3_stmt *s = db_use(
        w->db, "UPDATE quotes SET speaker = ?2, affiliation = NULL, speaker_kind = ?3, "
               "speaker_implied = 1,"
               " speaker_text = NULL, speaker_name = NULL, speaker_title = NULL,"
               " speaker_start_byte = NULL, speaker_end_byte = NULL, speaker_start_cp = NULL,"
               " speaker_end_cp = NULL, resolution = 'correction', corrected = 1 WHERE id = ?1");
    db_bind_int(s, 1, quote);
    db_bind_maybe(s, 2, speaker != 0, speaker);
    db_bind_maybe(s, 3, speaker != 0, (int64_t)correct_kind_of(w, speaker));
    db_run(w->db, s);
    quote_rows_count(w, quote, 1);
    correct_local_counts(w, before.article, before.speaker);
    correct_local_counts(w, before.article, speaker);
}

void correct_quote_type(struct writer *w, int64_t quote, enum quote_type type)
{
    quote_rows_count(w, quote, -1);
    db_run2(w->db, "UPDATE quotes SET type = ?2, corrected = 1 WHERE id = ?1", quote,
            (int64_t)type);
    db_run2(w->db, "UPDATE quote_entities SET type = ?2 WHERE quote = ?1", quote, (int64_t)type);
    quote_rows_count(w, quote, 1);
}

void correct_quote_reject(struct writer *w, int64_t quote)
{
    struct {
        int64_t *items;
        size_t count, capacity;
    } entities = {0};
    int64_t article = read_quote(w, quote).article;
    sqlite3_stmt *s = db_use(w->db, "SELECT entity FROM quote_entities WHERE quote = ?1");
    db_bind_int(s, 1, quote);
    while (db_step(w->db, s)) {
        *ARENA_PUSH(w->arena, &entities) = db_int(s, 0);
    }
    db_done(s);
    quote_rows_remove_one(w, quote);
    db_run2(w->db, "UPDATE articles SET quote_count = quote_count - ?2 WHERE id = ?1", article, 1);
    for (size_t i = 0; i < entities.count; i++) {
        correct_local_counts(w, article, entities.items[i]);
    }
}
