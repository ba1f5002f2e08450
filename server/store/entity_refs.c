#include "store/entity_refs.h"

#include <stdlib.h>

#include "store/list_sql.h"

#define NAMES_KNOWN      1024 /* a power of two */
#define SOURCES_KNOWN    64   /* a power of two */
#define NAMES_MOST_BYTES ((size_t)512 << 10)

struct entity_names {
    int64_t version;
    struct arena *arena;
    int64_t rows[NAMES_KNOWN];
    struct store_entity_ref refs[NAMES_KNOWN];
    int64_t sources[SOURCES_KNOWN];
    struct slice source_names[SOURCES_KNOWN];
};

struct entity_names *entity_names_new(void)
{
    struct entity_names *names = calloc(1, sizeof *names);
    struct arena *arena = names ? arena_new(0) : NULL;
    if (arena == NULL) {
        free(names);
        return NULL;
    }
    names->arena = arena;
    return names;
}

void entity_names_free(struct entity_names *names)
{
    if (names != NULL) {
        arena_free(names->arena);
        free(names);
    }
}

static void forget(struct entity_names *names)
{
    memset(names->rows, 0, sizeof names->rows);
    memset(names->sources, 0, sizeof names->sources);
    arena_reset(names->arena);
}

void entity_names_at(struct entity_names *names, int64_t version)
{
    if (names != NULL && names->version != version) {
        forget(names);
        names->version = version;
    }
}

static struct store_entity_ref copy_of(const struct store_entity_ref *ref, struct arena *arena)
{
    struct store_entity_ref copy = *ref;
    copy.name = arena_copy(arena, ref->name);
    copy.slug = arena_copy(arena, ref->slug);
    return copy;
}

static struct store_entity_ref read_ref(struct db *db, int64_t row, struct arena *arena)
{
    struct store_entity_ref ref = {0};
    sqlite3_stmt *s = db_use(db, "SELECT public_id, name, slug, type FROM entities WHERE id = ?1");
    db_bind_int(s, 1, row);
    if (db_step(db, s)) {
        struct columns c = {db, s, arena, 0};
        ref.present = true;
        ref.id = next_id(&c);
        ref.name = next_text(&c);
        ref.slug = next_text(&c);
        ref.type = (enum entity_type)next_int(&c);
    }
    db_done(s);
    return ref;
}

static void remember(struct entity_names *names, int64_t row, const struct store_entity_ref *ref)
{
    size_t at = (size_t)row & (NAMES_KNOWN - 1);
    if (arena_used_bytes(names->arena) > NAMES_MOST_BYTES) {
        forget(names);
    }
    struct store_entity_ref copy = copy_of(ref, names->arena);
    bool whole = slice_present(copy.name) && slice_present(copy.slug);
    names->refs[at] = copy;
    names->rows[at] = whole ? row : 0;
}

struct store_entity_ref entity_refs_look_up(struct db *db, int64_t row, struct arena *arena)
{
    struct entity_names *names = db->names;
    size_t at = (size_t)row & (NAMES_KNOWN - 1);
    if (row == 0) {
        return (struct store_entity_ref){0};
    }
    if (names == NULL) {
        return read_ref(db, row, arena);
    }
    if (names->rows[at] == row) {
        struct store_entity_ref copy = copy_of(&names->refs[at], arena);
        db->nomem = db->nomem || !slice_present(copy.name) || !slice_present(copy.slug);
        return copy;
    }
    struct store_entity_ref ref = read_ref(db, row, arena);
    if (ref.present && db_ok(db)) {
        remember(names, row, &ref);
    }
    return ref;
}

struct store_entity_ref entity_refs_find(struct entity_refs *known, struct db *db, int64_t row,
                                         struct arena *arena)
{
    size_t at = (size_t)row & (ENTITY_REFS_KNOWN - 1);
    if (row == 0) {
        return (struct store_entity_ref){0};
    }
    if (known->rows[at] != row) {
        known->refs[at] = entity_refs_look_up(db, row, arena);
        known->rows[at] = row;
    }
    return known->refs[at];
}

struct slice entity_refs_source(struct db *db, int64_t source, struct arena *arena)
{
    struct entity_names *names = db->names;
    size_t at = (size_t)source & (SOURCES_KNOWN - 1);
    if (source == 0) {
        return SLICE_NONE;
    }
    if (names != NULL && names->sources[at] == source) {
        struct slice copy = arena_copy(arena, names->source_names[at]);
        db->nomem = db->nomem || !slice_present(copy);
        return copy;
    }
    sqlite3_stmt *s = db_use(db, "SELECT name FROM sources WHERE id = ?1");
    db_bind_int(s, 1, source);
    struct slice name = db_step(db, s) ? db_text_copy(db, s, 0, arena) : SLICE_NONE;
    db_done(s);
    if (names != NULL && slice_present(name)) {
        names->source_names[at] = arena_copy(names->arena, name);
        names->sources[at] = slice_present(names->source_names[at]) ? source : 0;
    }
    return name;
}
