#include "store/replay.h"

#include "store/entity_match.h"
#include "text/fold.h"

bool replay_is_forbidden(struct writer *w, int64_t entity)
{
    sqlite3_stmt *s = db_use(w->db, "SELECT forbidden FROM entities WHERE id = ?1");
    db_bind_int(s, 1, entity);
    bool forbidden = db_step(w->db, s) && db_int(s, 0) != 0;
    db_done(s);
    return forbidden;
}

/* Forbidden ones too. */
static int64_t row_of(struct writer *w, uint64_t id)
{
    sqlite3_stmt *s =
        db_use(w->db, "SELECT coalesce(merged_into, id) FROM entities WHERE public_id = ?1");
    db_bind_int(s, 1, db_id(id));
    int64_t row = db_step(w->db, s) ? db_int(s, 0) : 0;
    db_done(s);
    return row;
}

int64_t replay_target(struct writer *w, uint64_t id)
{
    int64_t row = row_of(w, id);
    return row != 0 && !replay_is_forbidden(w, row) ? row : 0;
}

int64_t replay_described(struct writer *w, struct slice value, struct slice described)
{
    uint64_t id = 0;
    bool has_id = digest_parse_id(value, &id);
    int64_t row = has_id ? row_of(w, id) : 0;
    enum entity_type type;
    struct slice name = described;
    struct slice type_name = slice_present(name) ? slice_cut(&name, ' ') : SLICE_NONE;
    if (row == 0 && has_id && slice_present(name) && entity_type_parse(type_name, &type)) {
        row = entity_restore(w, id, type, name);
    }
    return row;
}

struct decision {
    enum correction_kind kind;
    enum entity_type type;
    uint64_t target, article; /* article 0: in all */
    struct slice value, described;
};

struct decisions {
    struct decision *items;
    size_t count, capacity;
};

static void read_decisions(struct writer *w, struct slice key, struct decisions *out)
{
    sqlite3_stmt *s =
        db_use(w->db, "SELECT kind, type, target, value, words, article FROM corrections"
                      " WHERE alias_key = ?1 AND undone_ms IS NULL ORDER BY number");
    db_bind_text(s, 1, key);
    while (db_step(w->db, s)) {
        enum correction_kind kind;
        if (correction_kind_parse(db_text(s, 0), &kind)) {
            *ARENA_PUSH(w->arena, out) = (struct decision){kind,
                                                           (enum entity_type)db_int(s, 1),
                                                           (uint64_t)db_int(s, 2),
                                                           (uint64_t)db_int(s, 5),
                                                           arena_copy(w->arena, db_text(s, 3)),
                                                           db_text_copy(w->db, s, 4, w->arena)};
        }
    }
    db_done(s);
}

/* Made by a split: it shares name and type with the entity that it was a part of, so what was decided about it
 * later must not touch that one. Its own row knows those decisions. */
static bool is_split_off(const struct decisions *decisions, uint64_t target)
{
    char id[DIGEST_ID_CHARS + 1];
    digest_format_id(target, id);
    for (size_t i = 0; i < decisions->count; i++) {
        if (decisions->items[i].kind == CORRECTION_ENTITY_SPLIT &&
            slice_is(decisions->items[i].value, id)) {
            return true;
        }
    }
    return false;
}

static enum entity_type type_of(struct writer *w, int64_t entity, enum entity_type otherwise)
{
    sqlite3_stmt *s = db_use(w->db, "SELECT type FROM entities WHERE id = ?1");
    db_bind_int(s, 1, entity);
    enum entity_type type = db_step(w->db, s) ? (enum entity_type)db_int(s, 0) : otherwise;
    db_done(s);
    return type;
}

static struct replay_entity decide(struct writer *w, struct slice key, enum entity_type type,
                                   uint64_t article)
{
    struct decisions decisions = {0};
    struct replay_entity out = {.type = type};
    read_decisions(w, key, &decisions);
    for (size_t i = 0; i < decisions.count; i++) {
        const struct decision *d = &decisions.items[i];
        if (d->type != out.type || (d->article != 0 && d->article != article) ||
            is_split_off(&decisions, d->target)) {
            continue; /* evidence is name and type: Washington the city is not the person */
        }
        switch (d->kind) {
        case CORRECTION_ENTITY_SPLIT:
            out.entity = replay_described(w, d->value, d->described);
            out.type = type_of(w, out.entity, out.type);
            out.name = SLICE_NONE;
            return out;
        case CORRECTION_ENTITY_FORBID:
            return (struct replay_entity){.forbidden = true, .type = out.type};
        case CORRECTION_ENTITY_MERGE:
            out.entity = replay_described(w, d->value, d->described);
            return out;
        case CORRECTION_ENTITY_RETYPE:
            entity_type_parse(d->value, &out.type);
            out.entity = row_of(w, d->target);
            break;
        case CORRECTION_ENTITY_RENAME:
            out.name = d->value;
            out.entity = row_of(w, d->target);
            break;
        default:
            break;
        }
    }
    return out;
}

struct replay_entity replay_entity(struct writer *w, struct slice key, enum entity_type type,
                                   uint64_t article)
{
    struct replay_entity out = decide(w, key, type, article);
    /* What was decided after a renaming may be filed under the new name. */
    struct slice renamed = slice_present(out.name) ? fold_key(w->arena, out.name) : key;
    if (!slice_equal(renamed, key)) {
        struct replay_entity later = decide(w, renamed, out.type, article);
        out.forbidden = later.forbidden;
        out.type = later.type;
        out.entity = later.entity != 0 ? later.entity : out.entity;
        out.name = slice_present(later.name) ? later.name : out.name;
    }
    out.forbidden = out.forbidden || (out.entity != 0 && replay_is_forbidden(w, out.entity));
    if (out.forbidden) {
        out.entity = 0;
    }
    return out;
}
