#include "ingest/jsondoc_archive.h"

#include <stdio.h>

#include "ingest/metadata.h"
#include "text/dates.h"

/* Readers of members: absent and null leave *out as it is. */
struct members {
    json_t *object;
    const char *name; /* "archive" or "correction", for pointers */
    struct arena *arena;
    struct err *e;
};

static enum rc bad_member(const struct members *m, const char *member, const char *wanted)
{
    char pointer[64];
    snprintf(pointer, sizeof pointer, "/%s/%s", m->name, member);
    return err_field(m->e, RC_INVALID, pointer, "%s must be %s", pointer, wanted);
}

static enum rc text_of(const struct members *m, const char *member, struct slice *out)
{
    json_t *value = json_object_get(m->object, member);
    if (!value || json_is_null(value)) {
        return RC_OK;
    }
    if (!json_is_string(value)) {
        return bad_member(m, member, "a string");
    }
    *out = arena_copy(m->arena, jsondoc_slice(value));
    return slice_present(*out) ? RC_OK : err_nomem(m->e);
}

static enum rc id_of(const struct members *m, const char *member, uint64_t *out)
{
    struct slice text = SLICE_NONE;
    enum rc rc = text_of(m, member, &text);
    if (rc == RC_OK && slice_present(text) && !digest_parse_id(text, out)) {
        rc = bad_member(m, member, "an id of 13 characters");
    }
    return rc;
}

static enum rc time_of(const struct members *m, const char *member, int64_t *out)
{
    struct slice text = SLICE_NONE;
    bool date_only;
    enum rc rc = text_of(m, member, &text);
    if (rc == RC_OK && slice_present(text) && !dates_parse_iso(text, out, &date_only)) {
        rc = bad_member(m, member, "a time such as 2026-02-03T14:05:00Z");
    }
    return rc;
}

static enum rc number_of(const struct members *m, const char *member, uint32_t *out)
{
    json_t *value = json_object_get(m->object, member);
    if (!value || json_is_null(value)) {
        return RC_OK;
    }
    if (!json_is_integer(value) || json_integer_value(value) < 0 ||
        json_integer_value(value) > UINT32_MAX) {
        return bad_member(m, member, "a whole number");
    }
    *out = (uint32_t)json_integer_value(value);
    return RC_OK;
}

static enum rc read_warnings(const struct members *m, struct document *document)
{
    json_t *items = json_object_get(m->object, "warnings");
    for (size_t i = 0; i < json_array_size(items); i++) {
        json_t *item = json_array_get(items, i);
        json_t *code = json_object_get(item, "code"), *detail = json_object_get(item, "detail");
        if (!json_is_string(code) || !json_is_string(detail)) {
            return bad_member(m, "warnings", "an array of objects with code and detail");
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
    enum rc rc = id_of(m, "id", &out->id);
    rc = rc ? rc : number_of(m, "revision", &out->history.revision);
    rc = rc ? rc : time_of(m, "ingested_at", &out->history.ingested_ms);
    rc = rc ? rc : time_of(m, "updated_at", &out->history.updated_ms);
    rc = rc ? rc : time_of(m, "deleted_at", &out->deleted_ms);
    rc = rc ? rc : read_warnings(m, document);
    bool deleted = json_is_string(json_object_get(m->object, "deleted_at"));
    out->kind = deleted ? ARCHIVE_TOMBSTONE : ARCHIVE_ARTICLE;
    if (rc == RC_OK && !deleted && out->history.revision == 0) {
        rc = bad_member(m, "revision", "a whole number from 1");
    }
    return rc;
}

static enum rc read_correction(const struct members *m, struct ingest_archive *out)
{
    struct store_correction *c = &out->correction;
    struct slice kind = SLICE_NONE, type = SLICE_NONE;
    c->from_export = true;
    out->kind = ARCHIVE_CORRECTION;
    enum rc rc = text_of(m, "kind", &kind);
    if (rc == RC_OK && (!slice_present(kind) || !correction_kind_parse(kind, &c->kind))) {
        rc = bad_member(m, "kind", "a kind of correction");
    }
    rc = rc ? rc : text_of(m, "type", &type);
    if (rc == RC_OK && slice_present(type) && !entity_type_parse(type, &c->type)) {
        rc = bad_member(m, "type", "PER, ORG, LOC or MISC");
    }
    rc = rc ? rc : id_of(m, "target", &c->target);
    rc = rc ? rc : id_of(m, "article", &c->article);
    rc = rc ? rc : text_of(m, "value", &c->value);
    rc = rc ? rc : text_of(m, "author", &c->author);
    rc = rc ? rc : text_of(m, "note", &c->note);
    rc = rc ? rc : text_of(m, "alias_key", &c->alias_key);
    rc = rc ? rc : text_of(m, "text_hash", &c->text_hash);
    rc = rc ? rc : text_of(m, "words", &c->words);
    rc = rc ? rc : text_of(m, "undone_by", &c->undone_by);
    rc = rc ? rc : number_of(m, "start_byte", &c->start_byte);
    rc = rc ? rc : time_of(m, "created_at", &c->created_ms);
    return rc ? rc : time_of(m, "undone_at", &c->undone_ms);
}

enum rc jsondoc_archive(json_t *object, struct arena *arena, struct document *document,
                        struct ingest_archive *out, struct err *e)
{
    json_t *archive = json_object_get(object, "archive");
    json_t *correction = json_object_get(object, "correction");
    enum rc rc = RC_OK;
    *out = (struct ingest_archive){.kind = ARCHIVE_NONE};
    if (json_is_object(correction)) {
        rc = read_correction(&(struct members){correction, "correction", arena, e}, out);
        json_object_del(object, "correction");
    } else if (json_is_object(archive)) {
        rc = read_archive(&(struct members){archive, "archive", arena, e}, document, out);
        json_object_del(object, "archive");
    }
    return rc;
}
