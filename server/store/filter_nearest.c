#include "store/filter_nearest.h"

#include "base/config.h"
#include "store/entities.h"
#include "store/reader.h"
#include "text/fold.h"

/* Names that are looked at: enough for those that begin alike, and a bound for what a typing error costs. */
#define LOOKED_AT "2000"
/* A name that begins with another letter is another name. */
enum { ALIKE_BYTES = 1 };

static const char *sql_of(enum store_field field)
{
    switch (field) {
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

/* ---- entities: by the whole of a name, or from any of its words to its end */

#define WORDS_OF(letters)                                                                          \
    "SELECT word, entity FROM entity_words INDEXED BY entity_words_by_" letters                    \
    " WHERE substr(word, 1, " letters ") = substr(?1, 1, " letters ") AND weight > 0"              \
    " ORDER BY weight DESC LIMIT 700"

static struct slice name_of(struct db *db, int64_t entity, struct arena *arena)
{
    sqlite3_stmt *s = db_use(db, "SELECT name FROM entities WHERE id = ?1");
    db_bind_int(s, 1, entity);
    struct slice name = db_step(db, s) ? db_text_copy(db, s, 0, arena) : SLICE_NONE;
    db_done(s);
    return name;
}

/* Of equals the one that begins most alike, then the best known. */
static struct slice entity_nearest(struct store_reader *reader, struct slice value,
                                   struct arena *arena)
{
    static const char *const words[] = {WORDS_OF("3"), WORDS_OF("2"), WORDS_OF("1")};
    struct slice key = arena_copy(arena, fold_key(arena, value));
    struct names names = {0};
    struct {
        int64_t *items;
        size_t count, capacity;
    } entities = {0};
    struct db *db = reader->db;
    for (size_t i = 0; i < sizeof words / sizeof words[0] && key.len > 0; i++) {
        sqlite3_stmt *s = db_use(db, words[i]);
        db_bind_text(s, 1, key);
        while (db_step(db, s)) {
            const char **name = ARENA_PUSH(arena, &names);
            int64_t *entity = ARENA_PUSH(arena, &entities);
            struct slice word = db_text_copy(db, s, 0, arena);
            if (name == NULL || entity == NULL || !slice_present(word)) {
                db->nomem = true;
                break;
            }
            *name = word.ptr;
            *entity = db_int(s, 1);
        }
        db_done(s);
    }
    const char *nearest = db_ok(db) ? config_nearest(key.ptr, names.items, names.count) : NULL;
    for (size_t i = 0; nearest != NULL && i < names.count; i++) {
        if (names.items[i] == nearest) {
            return name_of(db, entities.items[i], arena);
        }
    }
    return SLICE_NONE;
}

struct slice store_entity_nearest(struct store_reader *reader, struct slice text,
                                  struct arena *arena)
{
    struct err ignored = {0};
    bool entered = reader_enter(reader);
    struct slice name = entity_nearest(reader, text, arena);
    reader_leave(reader, entered);
    return db_check(reader->db, &ignored) == RC_OK ? name : SLICE_NONE;
}

/* ---- all others */

struct slice filter_nearest(struct store_reader *reader, enum store_field field, struct slice value,
                            struct arena *arena)
{
    if (field == STORE_BY_ENTITY) {
        return entity_nearest(reader, value, arena);
    }
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
