#include "ingest/archive.h"

#include <string.h>

#include "base/clock.h"
#include "text/dates.h"
#include "text/digest.h"

static void key_id(struct jsonw *w, const char *key, uint64_t id)
{
    char text[DIGEST_ID_CHARS + 1];
    digest_format_id(id, text);
    jsonw_key_text(w, key, text);
}

static void key_time(struct jsonw *w, const char *key, int64_t time_ms)
{
    char text[32];
    clock_format_utc(time_ms, text);
    jsonw_key_text(w, key, text);
}

static void key_present(struct jsonw *w, const char *key, struct slice value)
{
    if (slice_present(value)) {
        jsonw_key_string(w, key, value);
    }
}

static void write_moment(struct jsonw *w, const char *key, const struct moment *moment)
{
    if (moment->present) {
        char text[32];
        dates_format(moment->time_ms, moment->date_only, text);
        jsonw_key_text(w, key, text);
    }
}

static void write_list(struct jsonw *w, const char *key, const struct slice *items, size_t count)
{
    if (count > 0) {
        jsonw_key(w, key);
        jsonw_array(w);
        for (size_t i = 0; i < count; i++) {
            jsonw_string(w, items[i]);
        }
        jsonw_end(w);
    }
}

static void write_fields(struct jsonw *w, const struct document *d)
{
    const struct {
        const char *name;
        const struct field *field;
    } fields[] = {
        {"url", &d->url},
        {"canonical_url", &d->canonical_url},
        {"external_id", &d->external_id},
        {"source", &d->source},
        {"title", &d->title},
        {"standfirst", &d->standfirst},
        {"section", &d->section},
        {"image", &d->image},
        {"dateline", &d->dateline},
        {"lang", &d->lang},
    };
    size_t count = sizeof fields / sizeof fields[0];
    for (size_t i = 0; i < count; i++) {
        key_present(w, fields[i].name, fields[i].field->text);
    }
    write_moment(w, "published_at", &d->published);
    write_moment(w, "modified_at", &d->modified);
    write_list(w, "bylines", d->bylines, d->byline_count);
    write_list(w, "credits", d->credits, d->credit_count);
    write_list(w, "keywords", d->keywords, d->keyword_count);
    jsonw_key(w, "origins");
    jsonw_object(w);
    for (size_t i = 0; i < count; i++) {
        if (slice_present(fields[i].field->text)) {
            jsonw_key_text(w, fields[i].name, origin_name(fields[i].field->origin));
        }
    }
    if (d->published.present) {
        jsonw_key_text(w, "published_at", origin_name(d->published.origin));
    }
    if (d->modified.present) {
        jsonw_key_text(w, "modified_at", origin_name(d->modified.origin));
    }
    jsonw_end(w);
}

static void write_blocks(struct jsonw *w, const struct block *blocks,
                         const struct store_cp_span *cps, size_t count)
{
    jsonw_key(w, "blocks");
    jsonw_array(w);
    for (size_t i = 0; i < count; i++) {
        jsonw_object(w);
        jsonw_key_text(w, "kind", block_kind_name(blocks[i].kind));
        jsonw_key_int(w, "start", cps[i].start_cp);
        jsonw_key_int(w, "end", cps[i].end_cp);
        jsonw_end(w);
    }
    jsonw_end(w);
}

/* ---- history */

static void write_keys(struct jsonw *w, const struct store_history *history)
{
    jsonw_key(w, "keys");
    jsonw_array(w);
    for (size_t i = 0; i < history->key_count; i++) {
        const struct store_key *key = &history->keys[i];
        struct digest sum = {{0}};
        char hex[65];
        memcpy(sum.bytes, key->sum, sizeof key->sum);
        digest_format_hex(&sum, hex);
        jsonw_object(w);
        jsonw_key_text(w, "kind", store_key_kind_name(key->kind));
        jsonw_key_string(w, "hash", slice_of(hex, 2 * sizeof key->sum));
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void write_revisions(struct jsonw *w, const struct store_history *history)
{
    jsonw_key(w, "revisions");
    jsonw_array(w);
    for (size_t i = 0; i < history->revision_count; i++) {
        const struct store_revision *revision = &history->revisions[i];
        char hex[65];
        digest_format_hex(&revision->hash, hex);
        jsonw_object(w);
        jsonw_key_int(w, "revision", revision->revision);
        jsonw_key_text(w, "hash", hex);
        key_time(w, "recorded_at", revision->recorded_ms);
        key_present(w, "title", revision->title);
        key_present(w, "standfirst", revision->standfirst);
        if (slice_present(revision->text)) {
            jsonw_key_string(w, "text", revision->text);
            write_blocks(w, revision->blocks, revision->block_cps, revision->block_count);
        }
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void write_mentions(struct jsonw *w, const struct store_history *history)
{
    jsonw_key(w, "mentions");
    jsonw_array(w);
    for (size_t i = 0; i < history->mention_count; i++) {
        jsonw_object(w);
        jsonw_key_int(w, "start_byte", history->mentions[i].start_byte);
        key_id(w, "entity", history->mentions[i].entity);
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void write_history(struct jsonw *w, const struct store_history *history)
{
    if (history->key_count > 0) {
        write_keys(w, history);
    }
    if (history->revision_count > 0) {
        write_revisions(w, history);
    }
    if (history->mention_count > 0) {
        write_mentions(w, history);
    }
}

static void write_archive(struct jsonw *w, const struct store_article *article,
                          const struct store_history *history)
{
    const struct document *d = &article->document;
    jsonw_key(w, "archive");
    jsonw_object(w);
    key_id(w, "id", article->id);
    jsonw_key_int(w, "revision", article->revision);
    key_time(w, "ingested_at", article->ingested_ms);
    key_time(w, "updated_at", article->updated_ms);
    if (article->rights == STORE_RIGHTS_PURGED) {
        jsonw_key_bool(w, "text_purged", true);
    }
    if (d->warning_count > 0) {
        jsonw_key(w, "warnings");
        jsonw_array(w);
        for (size_t i = 0; i < d->warning_count; i++) {
            jsonw_object(w);
            jsonw_key_text(w, "code", d->warnings[i].code);
            jsonw_key_string(w, "detail", d->warnings[i].detail);
            jsonw_end(w);
        }
        jsonw_end(w);
    }
    write_history(w, history);
    jsonw_end(w);
}

static void write_tombstone(struct jsonw *w, const struct store_record *record,
                            const struct store_history *history)
{
    jsonw_key(w, "archive");
    jsonw_object(w);
    key_id(w, "id", record->article.id);
    if (history->key_kind) {
        jsonw_key_text(w, "key_kind", history->key_kind);
    }
    jsonw_key_int(w, "revision", record->article.revision);
    key_time(w, "ingested_at", record->article.ingested_ms);
    key_time(w, "deleted_at", record->deleted_ms);
    write_history(w, history);
    jsonw_end(w);
}

void archive_write_record(struct jsonw *w, const struct store_record *record,
                          const struct store_history *history)
{
    const struct store_article *article = &record->article;
    const struct document *d = &article->document;
    jsonw_object(w);
    if (record->deleted) {
        write_tombstone(w, record, history);
    } else {
        write_archive(w, article, history);
        write_fields(w, d);
        jsonw_key_string(w, "text", d->text);
        write_blocks(w, d->blocks, article->block_cps, d->block_count);
    }
    jsonw_end(w);
}

static void write_entity(struct jsonw *w, const struct store_entity_record *row)
{
    jsonw_key_int(w, "ordinal", row->ordinal);
    jsonw_key_text(w, "type", entity_type_name(row->type));
    jsonw_key_string(w, "name", row->name);
    if (row->named) {
        jsonw_key_bool(w, "named", true);
    }
    key_time(w, "created_at", row->created_ms);
}

void archive_write_entities(struct jsonw *w, const struct store_entity_record *rows, size_t count,
                            bool redirects)
{
    jsonw_object(w);
    jsonw_key(w, "entities");
    jsonw_array(w);
    for (size_t i = 0; i < count; i++) {
        jsonw_object(w);
        key_id(w, "id", rows[i].id);
        if (redirects) {
            key_id(w, "merged_into", rows[i].merged_into);
        } else {
            write_entity(w, &rows[i]);
        }
        jsonw_end(w);
    }
    jsonw_end(w);
    jsonw_end(w);
}

void archive_write_correction(struct jsonw *w, const struct store_correction *c)
{
    jsonw_object(w);
    jsonw_key(w, "correction");
    jsonw_object(w);
    jsonw_key_text(w, "kind", correction_kind_name(c->kind));
    key_id(w, "target", c->target);
    key_present(w, "value", c->value);
    key_present(w, "author", c->author);
    key_present(w, "note", c->note);
    key_time(w, "created_at", c->created_ms);
    if (slice_present(c->alias_key)) {
        jsonw_key_string(w, "alias_key", c->alias_key);
        jsonw_key_text(w, "type", entity_type_name(c->type));
    }
    if (slice_present(c->words)) {
        key_id(w, "article", c->article);
        key_present(w, "text_hash", c->text_hash);
        jsonw_key_string(w, "words", c->words);
        jsonw_key_int(w, "start_byte", c->start_byte);
    }
    if (c->undone_ms) {
        key_time(w, "undone_at", c->undone_ms);
        key_present(w, "undone_by", c->undone_by);
    }
    jsonw_end(w);
    jsonw_end(w);
}
