/* Autocomplete of sources and sections: few of each, so all of them are looked at. */
#include "store/counters.h"
#include "store/suggest_parts.h"
#include "text/fold.h"

/* Sources that are looked at, in order of arrival: few archives have a hundred. */
#define SOURCES_MOST    5000
/* Sections that are looked at, by name: one seek each. */
#define SECTIONS_MOST   400
/* Articles of a section that are counted. */
#define OF_SECTION_MOST 1000

/* NULL: the label has no word that begins as asked. */
static struct found *add(struct suggesting *s, enum store_suggest_kind kind, struct slice label)
{
    struct slice key = fold_key(s->arena, label);
    for (size_t i = 0; i < 2 && slice_present(s->keys[i]); i++) {
        size_t at = suggest_at_word(key, s->keys[i]), end = at + s->keys[i].len;
        struct found *found = at == SIZE_MAX ? NULL : ARENA_PUSH(s->arena, &s->list);
        if (found != NULL) {
            found->row.kind = kind;
            found->row.name = arena_copy(s->arena, label);
            found->whole = end == key.len || key.ptr[end] == ' ';
            found->key = s->keys[i];
            return found;
        }
    }
    return NULL;
}

void suggest_sources(struct suggesting *s)
{
    struct db *db = s->reader->db;
    sqlite3_stmt *q =
        db_use(db, "SELECT s.name, c.value FROM sources s JOIN counters c ON c.name = ?1"
                   " AND c.key = CAST(s.id AS TEXT) WHERE c.value > 0 ORDER BY s.id LIMIT ?2");
    db_bind_text(q, 1, slice_cstr(counters_name(COUNT_ARTICLES_SOURCE)));
    db_bind_int(q, 2, SOURCES_MOST);
    while (db_step(db, q)) {
        struct found *found = add(s, STORE_SUGGEST_SOURCE, db_text(q, 0));
        if (found != NULL) {
            found->row.articles = db_int(q, 1);
        }
    }
    db_done(q);
}

static int64_t articles_of(struct db *db, struct slice section)
{
    sqlite3_stmt *q =
        db_use(db, "SELECT count(*) FROM (SELECT 1 FROM articles INDEXED BY articles_by_section"
                   " WHERE section_key = ?1 AND deleted_ms IS NULL LIMIT ?2)");
    db_bind_text(q, 1, section);
    db_bind_int(q, 2, OF_SECTION_MOST);
    int64_t count = db_step(db, q) ? db_int(q, 0) : 0;
    db_done(q);
    return count;
}

/* Each from behind the one before: a seek, however many articles it has. */
void suggest_sections(struct suggesting *s)
{
    struct db *db = s->reader->db;
    struct slice key = SLICE("");
    for (int i = 0; i < SECTIONS_MOST; i++) {
        sqlite3_stmt *q = db_use(db, "SELECT section_key, section FROM articles"
                                     " INDEXED BY articles_by_section"
                                     " WHERE section_key > ?1 AND deleted_ms IS NULL"
                                     " ORDER BY section_key LIMIT 1");
        db_bind_text(q, 1, key);
        bool more = db_step(db, q);
        key = more ? db_text_copy(db, q, 0, s->arena) : SLICE_NONE;
        struct found *found = more ? add(s, STORE_SUGGEST_SECTION, db_text(q, 1)) : NULL;
        db_done(q);
        if (!slice_present(key)) {
            return;
        }
        if (found != NULL) {
            found->row.articles = articles_of(db, key);
        }
    }
}
