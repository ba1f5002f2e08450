#include "ingest/jsondoc_archive.h"

#include "ingest/jsondoc_history.h"
#include "ingest/members.h"
#include "ingest/metadata.h"

static enum rc read_warnings(const struct members *m, struct document *document)
{
    json_t *items = json_object_get(m->object, "warnings");
    for (size_t i = 0; i < json_array_size(items); i++) {
        json_t *item = json_array_get(items, i);
        json_t *code = json_object_get(item, "code"), *detail = json_object_get(item, "detail");
        if (!json_is_string(code) || !json_is_string(detail)) {
            return members_bad(m, "warnings", "an array of objects with code and detail");
        }
        char *copy = arena_strdup(m->arena, json_string_value(code));
        if (!copy || !metadata_warn(document, m->arena, copy, jsondoc_slice(detail))) {
            return err_nomem(m->e);
        }
    }
    return RC_OK;
}

static enum rc read_archive(const struct members *m, struct document *document,
                            struct ingest_archive *out)
{
    enum rc rc = members_id(m, "id", &out->id);
    rc = rc ? rc : members_number(m, "revision", &out->history.revision);
    rc = rc ? rc : members_time(m, "ingested_at", &out->history.ingested_ms);
    rc = rc ? rc : members_time(m, "updated_at", &out->history.updated_ms);
    rc = rc ? rc : members_time(m, "deleted_at", &out->deleted_ms);
    rc = rc ? rc : read_warnings(m, document);
    rc = rc ? rc : jsondoc_history(m->object, m->arena, &out->history, m->e);
    out->history.text_purged = json_is_true(json_object_get(m->object, "text_purged"));
    bool deleted = json_is_string(json_object_get(m->object, "deleted_at"));
    out->kind = deleted ? ARCHIVE_TOMBSTONE : ARCHIVE_ARTICLE;
    if (deleted) {
        out->history.updated_ms = out->deleted_ms;
    }
    if (rc == RC_OK && !deleted && out->history.revision == 0) {
        rc = members_bad(m, "revision", "a whole number from 1");
    }
    return rc;
}

static enum rc read_correction(const struct members *m, struct ingest_archive *out)
{
    struct store_correction *c = &out->correction;
    struct slice kind = SLICE_NONE, type = SLICE_NONE;
    c->from_export = true;
    out->kind = ARCHIVE_CORRECTION;
    enum rc rc = members_text(m, "kind", &kind);
    if (rc == RC_OK && (!slice_present(kind) || !correction_kind_parse(kind, &c->kind))) {
        rc = members_bad(m, "kind", "a kind of correction");
    }
    rc = rc ? rc : members_text(m, "type", &type);
    if (rc == RC_OK && slice_present(type) && !entity_type_parse(type, &c->type)) {
        rc = members_bad(m, "type", "PER, ORG, LOC or MISC");
    }
    rc = rc ? rc : members_id(m, "target", &c->target);
    rc = rc ? rc : members_id(m, "article", &c->article);
    rc = rc ? rc : members_text(m, "value", &c->value);
    rc = rc ? rc : members_text(m, "author", &c->author);
    rc = rc ? rc : members_text(m, "note", &c->note);
    rc = rc ? rc : members_text(m, "alias_key", &c->alias_key);
    rc = rc ? rc : members_text(m, "text_hash", &c->text_hash);
    rc = rc ? rc : members_text(m, "words", &c->words);
    rc = rc ? rc : members_text(m, "undone_by", &c->undone_by);
    rc = rc ? rc : members_number(m, "start_byte", &c->start_byte);
    rc = rc ? rc : members_time(m, "created_at", &c->created_ms);
    return rc ? rc : members_time(m, "undone_at", &c->undone_ms);
}

enum rc jsondoc_archive(json_t *object, struct arena *arena, struct document *document,
                        struct ingest_archive *out, struct err *e)
{
    json_t *archive = json_object_get(object, "archive");
    json_t *correction = json_object_get(object, "correction");
    json_t *entities = json_object_get(object, "entities");
    enum rc rc = RC_OK;
    *out = (struct ingest_archive){.kind = ARCHIVE_NONE};
    if (json_is_object(correction)) {
        rc = read_correction(&(struct members){correction, "correction", arena, e}, out);
        json_object_del(object, "correction");
    } else if (json_is_object(archive)) {
        rc = read_archive(&(struct members){archive, "archive", arena, e}, document, out);
        json_object_del(object, "archive");
    } else if (json_is_array(entities) && !json_object_get(object, "text")) {
        rc = jsondoc_entities(entities, arena, out, e);
    }
    return rc;
}
