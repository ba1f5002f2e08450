#include "store/standing.h"

#include "store/reader.h"

static void load(struct db *db, sqlite3_stmt *s, const struct digest *revision,
                 struct standing *out)
{
    if (db_step(db, s)) {
        out->exists = true;
        out->article = db_int(s, 0);
        out->id = (uint64_t)db_int(s, 1);
        out->deleted = db_int(s, 2) != 0;
        out->revision = (uint32_t)db_int(s, 3);
        out->ingested_ms = db_int(s, 4);
        out->updated_ms = db_int(s, 5);
        out->same = slice_equal(db_blob(s, 6),
                                slice_of((const char *)revision->bytes, sizeof revision->bytes));
    }
    db_done(s);
}

#define STANDING_COLUMNS                                                                           \
    "a.id, a.public_id, a.deleted_ms IS NOT NULL, a.revision, a.ingested_ms, a.updated_ms,"        \
    " a.revision_hash"

static void find_by_id(struct db *db, const struct store_write *request, struct standing *out)
{
    sqlite3_stmt *s =
        db_use(db, "SELECT " STANDING_COLUMNS " FROM articles a WHERE a.public_id = ?1");
    db_bind_int(s, 1, db_id(request->id));
    load(db, s, &request->revision, out);
}

static void find_by_key(struct db *db, const struct store_write *request, int kind,
                        struct slice key, struct standing *out)
{
    /* An external id alone doesn't join two articles that have URLs of their own: ids of two publishers
     * may collide, and a wrong join loses one of them. */
    sqlite3_stmt *s = db_use(
        db, "SELECT " STANDING_COLUMNS " FROM article_keys k JOIN articles a ON a.id = k.article"
            " WHERE k.kind = ?1 AND k.key = ?2 AND (?1 = 1 OR ?3 OR a.canonical_url IS NULL)"
            " ORDER BY k.article LIMIT 1");
    struct digest sum = digest_sha256(&key, 1);
    db_bind_int(s, 1, kind);
    db_bind_blob(s, 2, sum.bytes, 16);
    db_bind_int(s, 3, !slice_present(request->document->canonical_url.text));
    load(db, s, &request->revision, out);
}

void standing_find(struct db *db, const struct store_write *request, struct standing *out)
{
    find_by_id(db, request, out);
    /* What an export tells apart stays apart, even if two of its articles share a URL. */
    bool by_id = request->has_id || request->history != NULL;
    if (out->exists || by_id || request->document == NULL) {
        return;
    }
    const struct document *d = request->document;
    struct slice url = slice_present(d->canonical_url.text) ? d->canonical_url.text : d->url.text;
    if (slice_present(url)) {
        find_by_key(db, request, 1, url, out);
    }
    if (!out->exists && slice_present(request->key) && slice_present(d->canonical_url.text)) {
        find_by_key(db, request, 1, request->key, out);
    }
    if (!out->exists && slice_present(request->sent_url)) {
        find_by_key(db, request, 1, request->sent_url, out);
    }
    if (!out->exists && slice_present(d->external_id.text)) {
        find_by_key(db, request, 2, d->external_id.text, out);
    }
}

enum rc store_article_outlook(struct store_reader *reader, const struct store_write *request,
                              struct store_outlook *out, struct err *e)
{
    struct standing standing = {0};
    bool entered = reader_enter(reader);
    standing_find(reader->db, request, &standing);
    reader_leave(reader, entered);
    enum rc rc = db_check(reader->db, e);
    if (rc == RC_OK) {
        bool lives = standing.exists && !standing.deleted;
        *out = (struct store_outlook){.id = standing.exists ? standing.id : request->id,
                                      .revision = standing.revision,
                                      .deleted = standing.deleted,
                                      .outcome = !lives          ? OUTCOME_CREATED
                                                 : standing.same ? OUTCOME_UNCHANGED
                                                                 : OUTCOME_REVISED};
    }
    return rc;
}
