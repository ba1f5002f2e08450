#include "store/article_columns.h"

#include "store/pack_rows.h"
#include "store/rights_of.h"

void article_columns_select(struct list_sql *list, unsigned parts)
{
    list_text(list, "a.id, a.public_id, a.revision, a.ingested_ms, a.updated_ms, a.sort_ms,"
                    " a.entity_count, a.mention_count, a.quote_count, a.word_count,"
                    " a.duplicate, a.cluster, a.source, a.text_purged_ms");
    if (parts & STORE_SUMMARY) {
        list_text(list, ", a.summary");
    }
    if (parts & STORE_META) {
        list_text(
            list,
            ", a.published_ms, a.published_day, a.modified_ms, a.modified_day, s.name, a.lang,"
            " a.lang_confidence, a.lang_origin, a.word_count, a.analyser, a.url,"
            " a.canonical_url, a.external_id, a.title, a.section, a.image, a.dateline,"
            " a.submitted_lang, a.revision_hash, a.content_hash, t.standfirst, t.origins,"
            " t.document_warnings, t.analysis_warnings");
    }
    if (parts & STORE_TEXT) {
        list_text(list, ", t.text");
    }
    if (parts & STORE_BLOCKS) {
        list_text(list, ", t.blocks");
    }
}

const char *article_columns_joins(unsigned parts)
{
#define TEXTS " LEFT JOIN article_texts t ON t.article = a.id"
    if (parts & STORE_META) {
        return TEXTS " LEFT JOIN sources s ON s.id = a.source";
    }
    return parts & (STORE_BLOCKS | STORE_TEXT) ? TEXTS : "";
}

static void read_digest(struct columns *c, struct digest *out)
{
    struct slice bytes = db_blob(c->stmt, c->at++);
    if (bytes.len == sizeof out->bytes) {
        memcpy(out->bytes, bytes.ptr, bytes.len);
    }
}

static void read_meta(struct columns *c, struct store_article *out)
{
    struct document *d = &out->document;
    d->published.present = !next_is_null(c);
    d->published.time_ms = next_int(c);
    d->published.date_only = next_int(c) != 0;
    d->modified.present = !next_is_null(c);
    d->modified.time_ms = next_int(c);
    d->modified.date_only = next_int(c) != 0;
    d->source.text = next_text(c);
    out->lang = next_text(c);
    out->lang_confidence = next_thousandths(c);
    out->lang_origin = (enum origin)next_int(c);
    d->word_count = (uint32_t)next_int(c);
    out->analyser = next_text(c);
    struct field *fields[] = {&d->url,     &d->canonical_url, &d->external_id, &d->title,
                              &d->section, &d->image,         &d->dateline,    &d->lang};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        fields[i]->text = next_text(c);
    }
    read_digest(c, &out->revision_hash);
    read_digest(c, &out->content_hash);
    d->standfirst.text = next_text(c);
    unpack_origins(db_text(c->stmt, c->at++), d);
    bool whole =
        unpack_warnings(db_text(c->stmt, c->at), c->arena, &d->warnings, &d->warning_count) &&
        unpack_warnings(db_text(c->stmt, c->at + 1), c->arena, &out->warnings, &out->warning_count);
    c->at += 2;
    c->db->nomem = c->db->nomem || !whole;
}

/* The rendered summary holds the standfirst: without it the row is rendered from its fields. */
static void restrict_to(struct store_article *article)
{
    article->document.text = rights_cut(article->rights, article->document.text);
    if (rights_hide(article->rights)) {
        article->document.standfirst.text = SLICE_NONE;
        article->summary = SLICE_NONE;
    }
}

/* Few articles have one: a join would look for each. */
static void read_cluster(struct db *db, int64_t cluster, struct store_article *out)
{
    sqlite3_stmt *s = db_use(db, "SELECT first_id, size FROM article_clusters WHERE id = ?1");
    db_bind_int(s, 1, cluster);
    if (db_step(db, s)) {
        struct columns c = {db, s, NULL, 0};
        out->duplicate_of = next_id(&c);
        out->duplicates = next_int(&c) - 1;
    }
    db_done(s);
}

void article_columns_read(struct columns *c, unsigned parts, struct store_article *out,
                          int64_t *row)
{
    *row = next_int(c);
    out->id = next_id(c);
    out->revision = (uint32_t)next_int(c);
    out->ingested_ms = next_int(c);
    out->updated_ms = next_int(c);
    out->sort_ms = next_int(c);
    out->entity_count = next_int(c);
    out->mention_count = next_int(c);
    out->quote_count = next_int(c);
    out->word_count = next_int(c);
    out->is_duplicate = next_int(c) != 0;
    int64_t cluster = next_int(c);
    if (cluster != 0) {
        read_cluster(c->db, cluster, out);
    }
    int64_t source = next_int(c);
    out->rights = rights_of_article(c->db, source, !next_is_null(c));
    c->at++;
    if (parts & STORE_SUMMARY) {
        out->summary = next_text(c);
    }
    if (parts & STORE_META) {
        read_meta(c, out);
    }
    if (parts & STORE_TEXT) {
        out->document.text = next_text(c);
    }
    if ((parts & STORE_BLOCKS) &&
        !unpack_blocks(db_blob(c->stmt, c->at++), c->arena, &out->document, &out->block_cps)) {
        c->db->nomem = true;
    }
    if (!(parts & STORE_WHOLE)) {
        restrict_to(out);
    }
}

static void read_list(struct db *db, const char *sql, int64_t row, struct arena *arena,
                      struct slice **out, size_t *count)
{
    struct {
        struct slice *items;
        size_t count, capacity;
    } list = {0};
    sqlite3_stmt *s = db_use(db, sql);
    db_bind_int(s, 1, row);
    while (db_step(db, s)) {
        struct slice *item = ARENA_PUSH(arena, &list);
        if (item == NULL) {
            db->nomem = true;
            break;
        }
        *item = db_text_copy(db, s, 0, arena);
    }
    db_done(s);
    *out = list.items;
    *count = list.count;
}

void article_columns_lists(struct db *db, int64_t row, struct arena *arena,
                           struct store_article *out)
{
    read_list(db, "SELECT name FROM article_bylines WHERE article = ?1 ORDER BY ordinal", row,
              arena, &out->document.bylines, &out->document.byline_count);
    read_list(db, "SELECT name FROM article_credits WHERE article = ?1 ORDER BY ordinal", row,
              arena, &out->document.credits, &out->document.credit_count);
    read_list(db, "SELECT keyword FROM article_keywords WHERE article = ?1 ORDER BY ordinal", row,
              arena, &out->document.keywords, &out->document.keyword_count);
}
