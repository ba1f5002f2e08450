#include "store/article_columns.h"
#include "store/pack_rows.h"
#include "store/rights_of.h"

enum rc store_article_get(struct store_reader *reader, uint64_t id, unsigned parts,
                          struct arena *arena, struct store_article *out, struct err *e)
{
    struct db *db = reader->db;
    struct list_sql sql;
    list_start(&sql);
    struct store_article article = {0};
    int64_t row = 0;
    list_text(&sql, "SELECT ");
    article_columns_select(&sql, parts);
    list_text(&sql, " FROM articles a");
    list_text(&sql, article_columns_joins(parts));
    list_int(&sql, " WHERE a.public_id = ", db_id(id));
    list_text(&sql, " AND a.deleted_ms IS NULL");
    bool entered = reader_enter(reader);
    sqlite3_stmt *s = list_use(db, &sql);
    bool found = db_step(db, s);
    if (found) {
        struct columns c = {db, s, arena, 0};
        article_columns_read(&c, parts, &article, &row);
    }
    db_done(s);
    if (found && (parts & STORE_META)) {
        article_columns_lists(db, row, arena, &article);
    }
    reader_leave(reader, entered);
    enum rc rc = db_check(db, e);
    if (rc == RC_OK && !found) {
        rc = reader_article(reader, id, &row, e); /* says whether it was deleted or never there */
    }
    if (rc == RC_OK) {
        *out = article;
    }
    return rc;
}

enum rc store_article_revision(struct store_reader *reader, uint64_t id, uint32_t *revision,
                               struct err *e)
{
    sqlite3_stmt *s = db_use(
        reader->db, "SELECT revision FROM articles WHERE public_id = ?1 AND deleted_ms IS NULL");
    db_bind_int(s, 1, db_id(id));
    bool found = db_step(reader->db, s);
    int64_t value = found ? db_int(s, 0) : 0, row = 0;
    db_done(s);
    enum rc rc = db_check(reader->db, e);
    if (rc == RC_OK && !found) {
        rc = reader_article(reader, id, &row, e); /* says whether it was deleted or never there */
    }
    if (rc == RC_OK) {
        *revision = (uint32_t)value;
    }
    return rc;
}

enum rc store_article_find(struct store_reader *reader, const char *kind, struct slice key,
                           uint64_t *id, struct err *e)
{
    struct digest sum = digest_sha256(&key, 1);
    sqlite3_stmt *s = db_use(reader->db, "SELECT a.public_id FROM article_keys k JOIN articles a"
                                         " ON a.id = k.article WHERE k.kind = ?1 AND k.key = ?2"
                                         " ORDER BY k.article LIMIT 1");
    db_bind_int(s, 1, slice_is(slice_cstr(kind), "external_id") ? 2 : 1);
    db_bind_blob(s, 2, sum.bytes, 16);
    bool found = db_step(reader->db, s);
    uint64_t value = found ? (uint64_t)db_int(s, 0) : 0;
    db_done(s);
    enum rc rc = db_check(reader->db, e);
    if (rc == RC_OK && !found) {
        rc = err_set(e, RC_NOT_FOUND, "no article is known by this %s", kind);
    }
    if (rc == RC_OK) {
        *id = value;
    }
    return rc;
}

enum rc store_article_marks(struct store_reader *reader, uint64_t id, struct arena *arena,
                            struct store_mark **rows, size_t *count, struct err *e)
{
    struct {
        struct store_mark *items;
        size_t count, capacity;
    } list = {0};
    struct db *db = reader->db;
    int64_t row = 0;
    enum rc rc = reader_article(reader, id, &row, e);
    if (rc != RC_OK) {
        return rc;
    }
    sqlite3_stmt *s =
        db_use(db, "SELECT start_byte, end_byte, start_cp, end_cp, use FROM quotation_marks"
                   " WHERE article = ?1 ORDER BY start_byte");
    db_bind_int(s, 1, row);
    while (db_step(db, s)) {
        struct store_mark *mark = ARENA_PUSH(arena, &list);
        if (mark == NULL) {
            db->nomem = true;
            break;
        }
        *mark = (struct store_mark){(uint32_t)db_int(s, 0), (uint32_t)db_int(s, 1),
                                    (uint32_t)db_int(s, 2), (uint32_t)db_int(s, 3),
                                    (enum mark_use)db_int(s, 4)};
    }
    db_done(s);
    rc = db_check(db, e);
    if (rc == RC_OK) {
        *rows = list.items;
        *count = list.count;
    }
    return rc;
}

static void read_revision(struct columns *c, struct store_revision *out)
{
    out->revision = (uint32_t)next_int(c);
    struct slice hash = db_blob(c->stmt, c->at++);
    if (hash.len == sizeof out->hash.bytes) {
        memcpy(out->hash.bytes, hash.ptr, hash.len);
    }
    out->recorded_ms = next_int(c);
    out->current = next_int(c) != 0;
    out->title = next_text(c);
    out->standfirst = next_text(c);
    out->text = next_text(c);
    struct document document = {0};
    if (!next_is_null(c) &&
        !unpack_blocks(db_blob(c->stmt, c->at), c->arena, &document, &out->block_cps)) {
        c->db->nomem = true;
    }
    out->blocks = document.blocks;
    out->block_count = document.block_count;
}

enum rc store_article_revisions(struct store_reader *reader, uint64_t id, bool with_text,
                                struct arena *arena, struct store_revision **rows, size_t *count,
                                struct err *e)
{
    struct {
        struct store_revision *items;
        size_t count, capacity;
    } list = {0};
    struct db *db = reader->db;
    int64_t row = 0;
    enum rc rc = reader_article(reader, id, &row, e);
    if (rc != RC_OK) {
        return rc;
    }
    sqlite3_stmt *s = db_use(
        db,
        "SELECT r.revision, r.hash, r.recorded_ms, r.revision = a.revision, r.title, r.standfirst,"
        " CASE WHEN ?2 THEN r.text END, CASE WHEN ?2 THEN r.blocks END"
        " FROM articles a JOIN revisions r ON r.article = a.id WHERE a.id = ?1 ORDER BY "
        "r.revision");
    db_bind_int(s, 1, row);
    db_bind_int(s, 2, with_text);
    while (db_step(db, s)) {
        struct store_revision *revision = ARENA_PUSH(arena, &list);
        if (revision == NULL) {
            db->nomem = true;
            break;
        }
        struct columns c = {db, s, arena, 0};
        read_revision(&c, revision);
    }
    db_done(s);
    rc = db_check(db, e);
    if (rc == RC_OK) {
        *rows = list.items;
        *count = list.count;
    }
    return rc;
}

/* The current one's texts stand with the article. */
static enum rc complete_current(struct store_reader *reader, uint64_t id, struct arena *arena,
                                struct store_revision *out, struct err *e)
{
    struct store_article article;
    enum rc rc = store_article_get(reader, id, STORE_META | STORE_TEXT | STORE_BLOCKS | STORE_WHOLE,
                                   arena, &article, e);
    if (rc == RC_OK) {
        out->title = article.document.title.text;
        out->standfirst = article.document.standfirst.text;
        out->text = article.document.text;
        out->blocks = article.document.blocks;
        out->block_count = article.document.block_count;
        out->block_cps = article.block_cps;
    }
    return rc;
}

enum rc store_article_revision_get(struct store_reader *reader, uint64_t id, uint32_t revision,
                                   unsigned parts, struct arena *arena, struct store_revision *out,
                                   struct err *e)
{
    struct db *db = reader->db;
    struct store_revision found = {0};
    int64_t row = 0, source = 0;
    bool purged = false;
    enum rc rc = reader_article(reader, id, &row, e);
    if (rc != RC_OK) {
        return rc;
    }
    sqlite3_stmt *s =
        db_use(db, "SELECT r.revision, r.hash, r.recorded_ms, r.revision = a.revision, r.title,"
                   " r.standfirst, r.text, r.blocks, coalesce(a.source, 0), a.text_purged_ms IS "
                   "NOT NULL FROM articles a JOIN revisions r"
                   " ON r.article = a.id WHERE a.id = ?1 AND r.revision = ?2");
    db_bind_int(s, 1, row);
    db_bind_int(s, 2, revision);
    bool present = db_step(db, s);
    if (present) {
        struct columns c = {db, s, arena, 0};
        read_revision(&c, &found);
        source = db_int(s, 8);
        purged = db_int(s, 9) != 0;
    }
    db_done(s);
    found.rights = rights_of_article(db, source, purged);
    rc = db_check(db, e);
    if (rc == RC_OK && !present) {
        rc = err_field(e, RC_NOT_FOUND, "revision",
                       "this article has no revision %u, or none any more: the newest %d are kept",
                       (unsigned)revision, STORE_REVISIONS_MOST);
    }
    if (rc == RC_OK && found.current) {
        rc = complete_current(reader, id, arena, &found, e);
    }
    if (rc == RC_OK && !(parts & STORE_WHOLE)) {
        found.text = rights_cut(found.rights, found.text);
        found.standfirst = rights_hide(found.rights) ? SLICE_NONE : found.standfirst;
    }
    if (rc == RC_OK) {
        *out = found;
    }
    return rc;
}
