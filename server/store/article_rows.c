#include "store/articles.h"
#include "store/pack_rows.h"
#include "store/put.h"
#include "text/fold.h"

static const char empty_bytes[] = "";

static int64_t source_row(struct put *p)
{
    struct slice name = p->document->source.text;
    if (!slice_present(name) || name.len == 0) {
        return 0;
    }
    struct db *db = p->w->db;
    sqlite3_stmt *s = db_use(db, "SELECT id FROM sources WHERE name = ?1");
    db_bind_text(s, 1, name);
    int64_t row = db_step(db, s) ? db_int(s, 0) : 0;
    db_done(s);
    if (row == 0 && db_ok(db)) {
        s = db_use(db, "INSERT INTO sources (name) VALUES (?1)");
        db_bind_text(s, 1, name);
        db_run(db, s);
        row = sqlite3_last_insert_rowid(db->handle);
    }
    return row;
}

static void bind_moment(sqlite3_stmt *s, int index, struct moment moment)
{
    db_bind_maybe(s, index, moment.present, moment.time_ms);
    db_bind_int(s, index + 1, moment.present && moment.date_only);
}

static void write_article(struct put *p, bool fresh)
{
    /* One statement for new rows and changed ones: an upsert on the internal id. */
    sqlite3_stmt *s = db_use(
        p->w->db,
        "INSERT INTO articles (id, public_id, key_kind, revision, revision_hash, content_hash,"
        " ingested_ms, updated_ms, sort_ms, published_ms, published_day, modified_ms, modified_day,"
        " source, word_count, url, canonical_url, external_id, title, section, image, dateline,"
        " submitted_lang, lang, section_key) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,"
        " ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25)"
        " ON CONFLICT (id) DO UPDATE SET deleted_ms = NULL, revision = excluded.revision,"
        " revision_hash = excluded.revision_hash, content_hash = excluded.content_hash,"
        " ingested_ms = excluded.ingested_ms, updated_ms = excluded.updated_ms,"
        " sort_ms = excluded.sort_ms, published_ms = excluded.published_ms,"
        " published_day = excluded.published_day, modified_ms = excluded.modified_ms,"
        " modified_day = excluded.modified_day, source = excluded.source,"
        " word_count = excluded.word_count, url = excluded.url,"
        " canonical_url = excluded.canonical_url, external_id = excluded.external_id,"
        " title = excluded.title, section = excluded.section, image = excluded.image,"
        " dateline = excluded.dateline, submitted_lang = excluded.submitted_lang, lang = "
        "excluded.lang, section_key = excluded.section_key, text_purged_ms = NULL");
    const struct document *d = p->document;
    db_bind_maybe(s, 1, !fresh, p->article);
    db_bind_int(s, 2, db_id(p->id));
    db_bind_text(s, 3, slice_cstr(p->request->key_kind ? p->request->key_kind : "content"));
    db_bind_int(s, 4, p->revision);
    db_bind_blob(s, 5, p->request->revision.bytes, 32);
    db_bind_blob(s, 6, p->request->content.bytes, 32);
    db_bind_int(s, 7, p->ingested_ms);
    db_bind_int(s, 8, p->updated_ms);
    db_bind_int(s, 9, p->sort_ms);
    bind_moment(s, 10, d->published);
    bind_moment(s, 12, d->modified);
    db_bind_maybe(s, 14, p->source != 0, p->source);
    db_bind_int(s, 15, d->word_count);
    const struct field *fields[] = {&d->url,     &d->canonical_url, &d->external_id, &d->title,
                                    &d->section, &d->image,         &d->dateline,    &d->lang};
    for (int i = 0; i < 8; i++) {
        db_bind_text(s, 16 + i, fields[i]->text);
    }
    db_bind_text(s, 24, p->lang);
    bool has_section = slice_present(d->section.text);
    db_bind_text(s, 25, has_section ? fold_key(p->w->arena, d->section.text) : SLICE_NONE);
    db_run(p->w->db, s);
    if (fresh) {
        p->article = sqlite3_last_insert_rowid(p->w->db->handle);
    }
}

static void write_texts(struct put *p)
{
    struct buf blocks, origins, warnings;
    buf_init(&blocks);
    buf_init(&origins);
    buf_init(&warnings);
    pack_blocks(&blocks, p->document, p->offsets);
    pack_origins(&origins, p->document);
    pack_warnings(&warnings, p->document->warnings, p->document->warning_count);
    sqlite3_stmt *s = db_use(
        p->w->db, "INSERT INTO article_texts (article, standfirst, text, blocks, origins,"
                  " document_warnings, analysis_warnings) VALUES (?1, ?2, ?3, ?4, ?5, ?6, '')");
    db_bind_int(s, 1, p->article);
    db_bind_text(s, 2, p->document->standfirst.text);
    db_bind_text(s, 3, slice_present(p->document->text) ? p->document->text : SLICE(""));
    db_bind_blob(s, 4, blocks.data, blocks.len);
    db_bind_text(s, 5, buf_view(&origins));
    db_bind_text(s, 6, buf_view(&warnings));
    db_run(p->w->db, s);
    p->w->db->nomem = p->w->db->nomem || blocks.failed || origins.failed || warnings.failed;
    buf_done(&blocks);
    buf_done(&origins);
    buf_done(&warnings);
}

static void write_keywords(struct put *p)
{
    const struct document *d = p->document;
    for (size_t i = 0; i < d->keyword_count; i++) {
        sqlite3_stmt *s = db_use(p->w->db, "INSERT INTO article_keywords (article, ordinal,"
                                           " keyword) VALUES (?1, ?2, ?3)");
        db_bind_int(s, 1, p->article);
        db_bind_int(s, 2, (int64_t)i);
        db_bind_text(s, 3, slice_present(d->keywords[i]) ? d->keywords[i] : SLICE(""));
        db_run(p->w->db, s);
    }
}

static void write_credits(struct put *p)
{
    const struct document *d = p->document;
    for (size_t i = 0; i < d->credit_count; i++) {
        sqlite3_stmt *s = db_use(p->w->db, "INSERT INTO article_credits (article, ordinal, name)"
                                           " VALUES (?1, ?2, ?3)");
        db_bind_int(s, 1, p->article);
        db_bind_int(s, 2, (int64_t)i);
        db_bind_text(s, 3, slice_present(d->credits[i]) ? d->credits[i] : SLICE(""));
        db_run(p->w->db, s);
    }
}

/* A name that is printed twice is an author once. */
static void write_bylines(struct put *p)
{
    const struct document *d = p->document;
    struct slice *keys = ARENA_ARRAY(p->w->arena, struct slice, d->byline_count);
    for (size_t i = 0; i < d->byline_count; i++) {
        struct slice name = slice_present(d->bylines[i]) ? d->bylines[i] : SLICE("");
        bool repeated = false;
        keys[i] = fold_key(p->w->arena, name);
        for (size_t k = 0; k < i; k++) {
            repeated = repeated || slice_equal(keys[k], keys[i]);
        }
        sqlite3_stmt *s = db_use(p->w->db, "INSERT INTO article_bylines (article, ordinal, name,"
                                           " key, sort_ms) VALUES (?1, ?2, ?3, ?4, ?5)");
        db_bind_int(s, 1, p->article);
        db_bind_int(s, 2, (int64_t)i);
        db_bind_text(s, 3, name);
        db_bind_text(s, 4, repeated ? SLICE_NONE : keys[i]);
        db_bind_int(s, 5, p->sort_ms);
        db_run(p->w->db, s);
    }
}

static void write_key(struct put *p, int kind, const void *key)
{
    sqlite3_stmt *s = db_use(p->w->db, "INSERT OR IGNORE INTO article_keys (kind, key, article)"
                                       " VALUES (?1, ?2, ?3)");
    db_bind_int(s, 1, kind);
    db_bind_blob(s, 2, key, 16);
    db_bind_int(s, 3, p->article);
    db_run(p->w->db, s);
}

void article_rows_keys(struct put *p)
{
    const struct document *d = p->document;
    const struct {
        int kind;
        struct slice text;
    } keys[] = {{1, d->canonical_url.text}, {1, d->url.text}, {2, d->external_id.text}};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (slice_present(keys[i].text)) {
            struct digest sum = digest_sha256(&keys[i].text, 1);
            write_key(p, keys[i].kind, sum.bytes);
        }
    }
    write_key(p, 3, p->request->content.bytes);
    article_rows_key(p);
}

void article_rows_key(struct put *p)
{
    struct slice key = p->request->key;
    if (slice_present(p->document->canonical_url.text) && slice_present(key) &&
        digest_article_id("url", key) != p->id) {
        struct digest sum = digest_sha256(&key, 1);
        write_key(p, 1, sum.bytes);
    }
}

static void write_revision(struct put *p)
{
    sqlite3_stmt *s =
        db_use(p->w->db, "INSERT OR REPLACE INTO revisions (article, revision, hash, recorded_ms)"
                         " VALUES (?1, ?2, ?3, ?4)");
    db_bind_int(s, 1, p->article);
    db_bind_int(s, 2, p->revision);
    db_bind_blob(s, 3, p->request->revision.bytes, 32);
    db_bind_int(s, 4, p->updated_ms);
    db_run(p->w->db, s);
    s = db_use(p->w->db, "DELETE FROM revisions WHERE article = ?1 AND revision < ?2");
    db_bind_int(s, 1, p->article);
    db_bind_int(s, 2, (int64_t)p->revision - STORE_REVISIONS_MOST);
    db_run(p->w->db, s);
}

void article_rows_write(struct put *p, bool fresh)
{
    p->source = source_row(p);
    write_article(p, fresh);
    write_texts(p);
    write_bylines(p);
    write_keywords(p);
    write_credits(p);
    write_revision(p);
    article_rows_keys(p);
}

void article_rows_analysed(struct put *p)
{
    const struct analysis *a = p->analysis;
    struct db *db = p->w->db;
    sqlite3_stmt *s =
        db_use(db, "UPDATE articles SET lang = ?2, lang_confidence = ?3, lang_origin = ?4,"
                   " entity_count = ?5, mention_count = ?6, quote_count = ?7, analyser = ?8,"
                   " summary = ?9 WHERE id = ?1");
    db_bind_int(s, 1, p->article);
    db_bind_text(s, 2, p->lang);
    db_bind_int(s, 3, (int64_t)(a->lang_confidence * 1000 + 0.5f));
    db_bind_int(s, 4, (int64_t)a->lang_origin);
    db_bind_int(s, 5, p->entity_count);
    db_bind_int(s, 6, p->mention_count);
    db_bind_int(s, 7, p->quote_count);
    db_bind_text(s, 8, slice_cstr(a->analyser ? a->analyser : empty_bytes));
    db_bind_text(s, 9, p->request->summary);
    db_run(db, s);

    struct buf warnings;
    buf_init(&warnings);
    pack_warnings(&warnings, a->warnings, a->warning_count);
    /* Most have none, before and after: the row holds the whole text, and isn't written again for that. */
    s = db_use(db, "UPDATE article_texts SET analysis_warnings = ?2 WHERE article = ?1"
                   " AND analysis_warnings <> ?2");
    db_bind_int(s, 1, p->article);
    db_bind_text(s, 2, buf_view(&warnings));
    db_run(db, s);
    db->nomem = db->nomem || warnings.failed;
    buf_done(&warnings);
    article_words_index(p->w, p->article);
}

static void run_on(struct writer *w, const char *sql, int64_t article)
{
    sqlite3_stmt *s = db_use(w->db, sql);
    db_bind_int(s, 1, article);
    db_run(w->db, s);
}

void article_rows_retire(struct writer *w, int64_t article, bool keep)
{
    article_words_unindex(w, article);
    if (keep) {
        run_on(w,
               "UPDATE revisions SET (title, standfirst, text, blocks) ="
               " (SELECT a.title, t.standfirst, t.text, t.blocks FROM articles a"
               "  JOIN article_texts t ON t.article = a.id WHERE a.id = ?1)"
               " WHERE article = ?1 AND revision = (SELECT revision FROM articles WHERE id = ?1)",
               article);
    }
    run_on(w, "DELETE FROM article_texts WHERE article = ?1", article);
    run_on(w, "DELETE FROM article_bylines WHERE article = ?1", article);
    run_on(w, "DELETE FROM article_credits WHERE article = ?1", article);
    run_on(w, "DELETE FROM article_keywords WHERE article = ?1", article);
}

void article_rows_bury(struct writer *w, int64_t article)
{
    run_on(w, "DELETE FROM revisions WHERE article = ?1", article);
    sqlite3_stmt *s = db_use(
        w->db,
        "UPDATE articles SET deleted_ms = ?2, updated_ms = ?2, url = NULL, canonical_url = NULL,"
        " external_id = NULL, title = NULL, section = NULL, image = NULL, dateline = NULL,"
        " submitted_lang = NULL, summary = NULL, entity_count = 0, mention_count = 0,"
        " quote_count = 0, word_count = 0, analyser = '' WHERE id = ?1");
    db_bind_int(s, 1, article);
    db_bind_int(s, 2, w->now_ms);
    db_run(w->db, s);
}

void article_rows_count(struct writer *w, int64_t article, int64_t change)
{
    sqlite3_stmt *s = db_use(
        w->db, "SELECT source, lang, mention_count, analyser, sort_ms FROM articles WHERE id = ?1");
    db_bind_int(s, 1, article);
    if (db_step(w->db, s)) {
        struct slice lang = db_text(s, 1);
        counters_add(w->counters, COUNT_ARTICLES, -1, SLICE_NONE, change);
        counters_add(w->counters, COUNT_ARTICLES_LANG, -1, lang, change);
        counters_add(w->counters, COUNT_ARTICLES_ANALYSER, -1, db_text(s, 3), change);
        counters_add(w->counters, COUNT_MENTIONS, -1, SLICE_NONE, change * db_int(s, 2));
        counters_add_day(w->counters, COUNT_ARTICLES_DAY, db_int(s, 4), change);
        counters_add_day(w->counters, COUNT_MENTIONS_DAY, db_int(s, 4), change * db_int(s, 2));
        if (!db_null(s, 0)) {
            counters_add(w->counters, COUNT_ARTICLES_SOURCE, db_int(s, 0), SLICE_NONE, change);
            counters_add(w->counters, COUNT_ARTICLES_SOURCE_LANG, db_int(s, 0), lang, change);
        }
    }
    db_done(s);
}

void article_rows_stale(struct writer *w, int64_t article)
{
    sqlite3_stmt *s =
        db_use(w->db, "SELECT analyser FROM articles WHERE id = ?1 AND text_purged_ms IS NULL");
    db_bind_int(s, 1, article);
    bool known = db_step(w->db, s);
    if (known) {
        counters_add(w->counters, COUNT_ARTICLES_ANALYSER, -1, db_text(s, 0), -1);
        counters_add(w->counters, COUNT_ARTICLES_ANALYSER, -1, SLICE_NONE, 1);
    }
    db_done(s);
    run_on(w, "UPDATE articles SET analyser = '' WHERE id = ?1 AND text_purged_ms IS NULL",
           article);
}
