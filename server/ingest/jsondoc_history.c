#include "ingest/jsondoc_history.h"

#include <stdio.h>
#include <stdlib.h>

#include "ingest/members.h"
#include "text/utf8.h"

/* An item of an array, with its place. Its name must live as long as it. */
struct item {
    struct members members;
    char name[48];
};

static enum rc item_at(json_t *array, size_t index, const char *of, struct arena *arena,
                       struct item *out, struct err *e)
{
    snprintf(out->name, sizeof out->name, "%s/%zu", of, index);
    out->members = (struct members){json_array_get(array, index), out->name, arena, e};
    return json_is_object(out->members.object)
               ? RC_OK
               : err_field(e, RC_INVALID, out->name, "/%s must be an object", out->name);
}

static enum rc bad_array(const char *name, struct err *e)
{
    return err_field(e, RC_INVALID, name, "%s must be an array", name);
}

/* *array stays NULL when there is none. */
static enum rc array_of(json_t *object, const char *member, json_t **array, struct err *e)
{
    json_t *value = json_object_get(object, member);
    if (value && !json_is_null(value) && !json_is_array(value)) {
        char name[48];
        snprintf(name, sizeof name, "/archive/%s", member);
        return bad_array(name, e);
    }
    *array = json_is_array(value) ? value : NULL;
    return RC_OK;
}

static enum rc read_keys(json_t *array, struct arena *arena, struct store_history *out,
                         struct err *e)
{
    size_t count = json_array_size(array);
    struct store_key *keys = ARENA_ARRAY(arena, struct store_key, count);
    if (!keys) {
        return err_nomem(e);
    }
    for (size_t i = 0; i < count; i++) {
        struct item item;
        struct slice kind = SLICE_NONE;
        enum rc rc = item_at(array, i, "archive/keys", arena, &item, e);
        rc = rc ? rc : members_text(&item.members, "kind", &kind);
        if (rc == RC_OK && (!slice_present(kind) || !store_key_kind_parse(kind, &keys[i].kind) ||
                            keys[i].kind == STORE_KEY_NONE)) {
            rc = members_bad(&item.members, "kind", "url, external_id or content");
        }
        rc = rc ? rc : members_hex(&item.members, "hash", keys[i].sum, sizeof keys[i].sum);
        if (rc) {
            return rc;
        }
    }
    out->keys = keys;
    out->key_count = count;
    return RC_OK;
}

/* Spans in code points of the revision's own text, in order. */
static enum rc read_blocks(const struct members *m, struct store_revision *out)
{
    json_t *array = json_object_get(m->object, "blocks");
    size_t count = json_array_size(array), code_points = utf8_count(out->text);
    struct offsets *offsets = offsets_new(m->arena, out->text);
    struct block *blocks = ARENA_ARRAY(m->arena, struct block, count);
    uint32_t before = 0;
    if (!offsets || !blocks) {
        return err_nomem(m->e);
    }
    for (size_t i = 0; i < count; i++) {
        struct item item;
        char of[40];
        struct slice kind = SLICE_NONE;
        uint32_t start = 0, end = 0;
        snprintf(of, sizeof of, "%.28s/blocks", m->name);
        enum rc rc = item_at(array, i, of, m->arena, &item, m->e);
        rc = rc ? rc : members_text(&item.members, "kind", &kind);
        rc = rc ? rc : members_number(&item.members, "start", &start);
        rc = rc ? rc : members_number(&item.members, "end", &end);
        if (rc == RC_OK && (!slice_present(kind) || !block_kind_parse(kind, &blocks[i].kind))) {
            rc = members_bad(&item.members, "kind", "a kind of block");
        }
        if (rc == RC_OK && (start < before || end < start || end > code_points)) {
            rc = members_bad(&item.members, "end", "within the text, behind the block before");
        }
        if (rc) {
            return rc;
        }
        blocks[i].span = (struct span){offsets_byte(offsets, start), offsets_byte(offsets, end)};
        before = end;
    }
    out->blocks = blocks;
    out->block_count = count;
    return RC_OK;
}

static enum rc read_revisions(json_t *array, struct arena *arena, struct store_history *out,
                              struct err *e)
{
    size_t count = json_array_size(array);
    struct store_revision *revisions = ARENA_ARRAY(arena, struct store_revision, count);
    if (!revisions) {
        return err_nomem(e);
    }
    for (size_t i = 0; i < count; i++) {
        struct store_revision *r = &revisions[i];
        struct item item;
        enum rc rc = item_at(array, i, "archive/revisions", arena, &item, e);
        rc = rc ? rc : members_number(&item.members, "revision", &r->revision);
        rc = rc ? rc : members_hex(&item.members, "hash", r->hash.bytes, sizeof r->hash.bytes);
        rc = rc ? rc : members_time(&item.members, "recorded_at", &r->recorded_ms);
        rc = rc ? rc : members_text(&item.members, "title", &r->title);
        rc = rc ? rc : members_text(&item.members, "standfirst", &r->standfirst);
        rc = rc ? rc : members_text(&item.members, "text", &r->text);
        if (rc == RC_OK && r->revision == 0) {
            rc = members_bad(&item.members, "revision", "a whole number from 1");
        }
        if (rc == RC_OK && slice_present(r->text)) {
            rc = read_blocks(&item.members, r);
        }
        if (rc) {
            return rc;
        }
    }
    out->revisions = revisions;
    out->revision_count = count;
    return RC_OK;
}

static int by_start(const void *a, const void *b)
{
    const struct store_known_mention *first = a, *second = b;
    return (first->start_byte > second->start_byte) - (first->start_byte < second->start_byte);
}

static enum rc read_mentions(json_t *array, struct arena *arena, struct store_history *out,
                             struct err *e)
{
    size_t count = json_array_size(array);
    struct store_known_mention *mentions = ARENA_ARRAY(arena, struct store_known_mention, count);
    if (!mentions) {
        return err_nomem(e);
    }
    for (size_t i = 0; i < count; i++) {
        struct item item;
        enum rc rc = item_at(array, i, "archive/mentions", arena, &item, e);
        rc = rc ? rc : members_number(&item.members, "start_byte", &mentions[i].start_byte);
        rc = rc ? rc : members_id(&item.members, "entity", &mentions[i].entity);
        if (rc) {
            return rc;
        }
    }
    qsort(mentions, count, sizeof *mentions, by_start);
    out->mentions = mentions;
    out->mention_count = count;
    return RC_OK;
}

enum rc jsondoc_history(json_t *object, struct arena *arena, struct store_history *out,
                        struct err *e)
{
    struct members m = {object, "archive", arena, e};
    json_t *keys = NULL, *revisions = NULL, *mentions = NULL;
    struct slice key_kind = SLICE_NONE;
    enum rc rc = members_text(&m, "key_kind", &key_kind);
    rc = rc ? rc : array_of(object, "keys", &keys, e);
    rc = rc ? rc : array_of(object, "revisions", &revisions, e);
    rc = rc ? rc : array_of(object, "mentions", &mentions, e);
    rc = rc || !keys ? rc : read_keys(keys, arena, out, e);
    rc = rc || !revisions ? rc : read_revisions(revisions, arena, out, e);
    rc = rc || !mentions ? rc : read_mentions(mentions, arena, out, e);
    enum store_key_kind kind;
    if (rc == RC_OK && slice_present(key_kind)) {
        if (!store_key_kind_parse(key_kind, &kind) || kind == STORE_KEY_NONE) {
            return members_bad(&m, "key_kind", "url, external_id or content");
        }
        out->key_kind = store_key_kind_name(kind);
    }
    return rc;
}

static enum rc read_entity(const struct members *m, struct store_entity_record *out)
{
    struct slice type = SLICE_NONE;
    enum rc rc = members_id(m, "id", &out->id);
    rc = rc ? rc : members_id(m, "merged_into", &out->merged_into);
    rc = rc ? rc : members_number(m, "ordinal", &out->ordinal);
    rc = rc ? rc : members_text(m, "name", &out->name);
    rc = rc ? rc : members_text(m, "type", &type);
    rc = rc ? rc : members_time(m, "created_at", &out->created_ms);
    out->named = json_is_true(json_object_get(m->object, "named"));
    if (rc == RC_OK && out->id == 0) {
        rc = members_bad(m, "id", "an id of 13 characters");
    }
    if (rc == RC_OK && slice_present(out->name) &&
        (!slice_present(type) || !entity_type_parse(type, &out->type))) {
        rc = members_bad(m, "type", "PER, ORG, LOC or MISC");
    }
    if (rc == RC_OK && !slice_present(out->name) && out->merged_into == 0) {
        rc = members_bad(m, "name", "there, or merged_into");
    }
    return rc;
}

enum rc jsondoc_entities(json_t *array, struct arena *arena, struct ingest_archive *out,
                         struct err *e)
{
    size_t count = json_array_size(array);
    struct store_entity_record *rows = ARENA_ARRAY(arena, struct store_entity_record, count);
    if (!rows) {
        return err_nomem(e);
    }
    for (size_t i = 0; i < count; i++) {
        struct item item;
        enum rc rc = item_at(array, i, "entities", arena, &item, e);
        rc = rc ? rc : read_entity(&item.members, &rows[i]);
        if (rc) {
            return rc;
        }
    }
    out->kind = ARCHIVE_ENTITIES;
    out->entities = rows;
    out->entity_count = count;
    return RC_OK;
}
