#include "store/entity_refs.h"

#include "store/list_sql.h"

static struct store_entity_ref look_up(struct db *db, int64_t row, struct arena *arena)
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

struct store_entity_ref entity_refs_find(struct entity_refs *known, struct db *db, int64_t row,
                                         struct arena *arena)
{
    size_t at = (size_t)row & (ENTITY_REFS_KNOWN - 1);
    if (row == 0) {
        return (struct store_entity_ref){0};
    }
    if (known->rows[at] != row) {
        known->refs[at] = look_up(db, row, arena);
        known->rows[at] = row;
    }
    return known->refs[at];
}
