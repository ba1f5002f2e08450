#include "store/filter_nearest.h"

#include "base/config.h"
#include "store/reader.h"
#include "text/fold.h"

/* Names that are looked at: enough for those that begin alike, and a bound for what a typing error costs. */
#define LOOKED_AT "2000"
/* A name that begins with another letter is another name. */
enum { ALIKE_BYTES = 1 };

static const char *sql_of(enum store_field field)
{
    switch (field) {
    case STORE_BY_ENTITY: /* the best known of those that begin alike */
        return "SELECT key, text FROM (SELECT a.key AS key, a.text AS text, e.articles AS articles"
               " FROM entity_aliases a INDEXED BY entity_aliases_by_key"
               " CROSS JOIN entities e ON e.id = a.entity"
               " WHERE a.key >= ?1 AND a.key < ?2 AND e.articles > 0 LIMIT " LOOKED_AT ")"
               " ORDER BY articles DESC";
    case STORE_BY_SOURCE:
        return "SELECT NULL, name FROM sources ORDER BY id LIMIT " LOOKED_AT;
    case STORE_BY_SECTION:
        return "SELECT section_key, min(section) FROM articles INDEXED BY articles_by_section"
               " WHERE section_key >= ?1 AND section_key < ?2 AND deleted_ms IS NULL"
               " GROUP BY section_key LIMIT 100";
    case STORE_BY_AUTHOR:
        return "SELECT key, name FROM article_bylines INDEXED BY article_bylines_by_key"
               " WHERE key >= ?1 AND key < ?2 LIMIT " LOOKED_AT;
    default:
        return NULL;
    }
}

struct names {
    const char **items; /* folded */
    size_t count, capacity;
};

struct slice filter_nearest(struct store_reader *reader, enum store_field field, struct slice value,
                            struct arena *arena)
{
    const char *sql = sql_of(field);
    struct slice key = arena_copy(arena, fold_key(arena, value));
    if (sql == NULL || key.len == 0) {
        return SLICE_NONE;
    }
    struct slice first = slice_of(key.ptr, key.len < ALIKE_BYTES ? key.len : ALIKE_BYTES);
    struct slice last = arena_printf(arena, "%.*s\xff", SLICE_ARG(first));
    struct names folded = {0}, printed = {0};
    struct db *db = reader->db;
    sqlite3_stmt *s = db_use(db, sql);
    if (field != STORE_BY_SOURCE) {
        db_bind_text(s, 1, first);
        db_bind_text(s, 2, last);
    }
    while (db_step(db, s)) {
        struct slice text = db_text_copy(db, s, 1, arena);
        const char **one = ARENA_PUSH(arena, &folded), **other = ARENA_PUSH(arena, &printed);
        const char *bare = arena_copy(arena, fold_key(arena, text)).ptr;
        if (one == NULL || other == NULL || !slice_present(text) || bare == NULL) {
            db->nomem = true;
            break;
        }
        *one = bare;
        *other = text.ptr;
    }
    db_done(s);
    const char *nearest = db_ok(db) ? config_nearest(key.ptr, folded.items, folded.count) : NULL;
    for (size_t i = 0; nearest != NULL && i < folded.count; i++) {
        if (folded.items[i] == nearest) {
            return slice_cstr(printed.items[i]);
        }
    }
    return SLICE_NONE;
}
