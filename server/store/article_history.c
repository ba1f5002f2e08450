/* What an article was: written when an export is imported, read when one is made. */
#include "store/article_columns.h"
#include "store/pack_rows.h"
#include "store/put.h"

/* ---- import */

static void write_key(struct put *p, const struct store_key *key)
{
    sqlite3_stmt *s = db_use(p->w->db, "INSERT OR IGNORE INTO article_keys (kind, key, article)"
                                       " VALUES (?1, ?2, ?3)");
    db_bind_int(s, 1, (int64_t)key->kind);
    db_bind_blob(s, 2, key->sum, sizeof key->sum);
    db_bind_int(s, 3, p->article);
    db_run(p->w->db, s);
}

static bool blocks_fit(const struct store_revision *revision)
{
    uint32_t before = 0;
    for (size_t i = 0; i < revision->block_count; i++) {
        struct span span = revision->blocks[i].span;
        if (span.start_byte < before || span.end_byte < span.start_byte ||
            span.end_byte > revision->text.len) {
            return false;
        }
        before = span.end_byte;
    }
    return true;
}

/* One that is there already, of this number, stays. */
static void write_revision(struct put *p, const struct store_revision *revision)
{
    struct buf blocks;
    buf_init(&blocks);
    if (slice_present(revision->text) && blocks_fit(revision)) {
        struct document document = {.blocks = revision->blocks,
                                    .block_count = revision->block_count};
        pack_blocks(&blocks, &document, offsets_new(p->w->arena, revision->text));
    }
    sqlite3_stmt *s = db_use(p->w->db, "INSERT OR IGNORE INTO revisions (article, revision, hash,"
                                       " recorded_ms, title, standfirst, text, blocks)"
                                       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
    db_bind_int(s, 1, p->article);
    db_bind_int(s, 2, revision->revision);
    db_bind_blob(s, 3, revision->hash.bytes, sizeof revision->hash.bytes);
    db_bind_int(s, 4, revision->recorded_ms);
    db_bind_text(s, 5, revision->title);
    db_bind_text(s, 6, revision->standfirst);
    db_bind_text(s, 7, revision->text);
    if (slice_present(revision->text)) {
        db_bind_blob(s, 8, blocks.data, blocks.len);
    }
    db_run(p->w->db, s);
    p->w->db->nomem = p->w->db->nomem || blocks.failed;
    buf_done(&blocks);
}

void article_history_write(struct put *p)
{
    const struct store_history *history = p->request->history;
    if (history == NULL) {
        return;
    }
    for (size_t i = 0; i < history->key_count; i++) {
        write_key(p, &history->keys[i]);
    }
    for (size_t i = 0; i < history->revision_count; i++) {
        if (history->revisions[i].revision < p->revision) {
            write_revision(p, &history->revisions[i]);
        }
    }
}

/* ---- export */

struct reading {
    struct db *db;
    struct arena *arena;
    struct {
        struct store_key *items;
        size_t count, capacity;
    } keys;
    struct {
        struct store_known_mention *items;
        size_t count, capacity;
    } mentions;
};

static void read_keys(struct reading *r, int64_t article)
{
    sqlite3_stmt *s =
        db_use(r->db, "SELECT kind, key FROM article_keys WHERE article = ?1 ORDER BY kind, key");
    db_bind_int(s, 1, article);
    while (db_step(r->db, s)) {
        struct store_key *key = ARENA_PUSH(r->arena, &r->keys);
        if (key == NULL) {
            r->db->nomem = true;
            break;
        }
        struct slice sum = db_blob(s, 1);
        *key = (struct store_key){.kind = (enum store_key_kind)db_int(s, 0)};
        memcpy(key->sum, sum.ptr, sum.len < sizeof key->sum ? sum.len : sizeof key->sum);
    }
    db_done(s);
}

static void read_mentions(struct reading *r, int64_t article)
{
    sqlite3_stmt *s = db_use(r->db, "SELECT m.start_byte, e.public_id FROM mentions m"
                                    " JOIN entities e ON e.id = m.entity WHERE m.article = ?1"
                                    " ORDER BY m.start_byte");
    db_bind_int(s, 1, article);
    while (db_step(r->db, s)) {
        struct store_known_mention *mention = ARENA_PUSH(r->arena, &r->mentions);
        if (mention == NULL) {
            r->db->nomem = true;
            break;
        }
        *mention = (struct store_known_mention){(uint32_t)db_int(s, 0), (uint64_t)db_int(s, 1)};
    }
    db_done(s);
}

static const char *read_key_kind(struct reading *r, int64_t article)
{
    sqlite3_stmt *s = db_use(r->db, "SELECT key_kind FROM articles WHERE id = ?1");
    db_bind_int(s, 1, article);
    struct slice kind = SLICE_NONE;
    if (db_step(r->db, s)) {
        kind = db_text_copy(r->db, s, 0, r->arena);
    }
    db_done(s);
    return slice_present(kind) ? kind.ptr : "content"; /* copies end in NUL */
}

enum rc store_article_history(struct store_reader *reader, const struct store_record *record,
                              struct arena *arena, struct store_history *out, struct err *e)
{
    const struct store_article *article = &record->article;
    struct reading r = {.db = reader->db, .arena = arena};
    struct store_revision *revisions = NULL;
    size_t revision_count = 0;
    read_keys(&r, record->row);
    read_mentions(&r, record->row);
    const char *key_kind = read_key_kind(&r, record->row);
    enum rc rc = db_check(reader->db, e);
    if (rc == RC_OK && !record->deleted && article->revision > 1) {
        rc = store_article_revisions(reader, article->id, true, arena, &revisions, &revision_count,
                                     e);
    }
    if (rc != RC_OK) {
        return rc;
    }
    while (revision_count > 0 && revisions[revision_count - 1].revision >= article->revision) {
        revision_count--; /* the current one is the article */
    }
    *out = (struct store_history){.revision = article->revision,
                                  .ingested_ms = article->ingested_ms,
                                  .updated_ms =
                                      record->deleted ? record->deleted_ms : article->updated_ms,
                                  .key_kind = key_kind,
                                  .keys = r.keys.items,
                                  .key_count = r.keys.count,
                                  .revisions = revisions,
                                  .revision_count = revision_count,
                                  .mentions = r.mentions.items,
                                  .mention_count = r.mentions.count};
    return RC_OK;
}
