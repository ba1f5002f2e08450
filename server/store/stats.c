#include "model/enums.h"
#include "store/counters.h"
#include "store/reader.h"

struct count_list {
    struct store_count *items;
    size_t count, capacity;
};

static void read_list(struct db *db, const char *sql, const char *counter, struct arena *arena,
                      struct store_count **out, size_t *count)
{
    struct count_list list = {0};
    sqlite3_stmt *s = db_use(db, sql);
    db_bind_text(s, 1, slice_cstr(counter));
    while (db_step(db, s)) {
        struct store_count *row = ARENA_PUSH(arena, &list);
        if (row == NULL) {
            db->nomem = true;
            break;
        }
        row->key = db_text_copy(db, s, 0, arena);
        row->count = db_int(s, 1);
    }
    db_done(s);
    *out = list.items;
    *count = list.count;
}

/* Enum values become their wire names. */
static void name_types(struct store_count *rows, size_t count, bool entities)
{
    for (size_t i = 0; i < count; i++) {
        unsigned value = (unsigned)(rows[i].key.len ? rows[i].key.ptr[0] - '0' : 0);
        rows[i].key = slice_cstr(entities ? entity_type_name((enum entity_type)value)
                                          : quote_type_name((enum quote_type)value));
    }
}

enum rc store_stats(struct store_reader *reader, struct arena *arena, struct store_stats *out,
                    struct err *e)
{
    static const char by_key[] =
        "SELECT key, value FROM counters WHERE name = ?1 AND value <> 0 ORDER BY value DESC, key";
    static const char by_source[] =
        "SELECT s.name, c.value FROM counters c JOIN sources s ON s.id = CAST(c.key AS INTEGER)"
        " WHERE c.name = ?1 AND c.value <> 0 ORDER BY c.value DESC, s.name";
    struct db *db = reader->db;
    struct store_stats stats = {0};
    stats.articles = counters_read(db, COUNT_ARTICLES, -1, SLICE_NONE);
    stats.tombstones = counters_read(db, COUNT_TOMBSTONES, -1, SLICE_NONE);
    stats.entities = counters_read(db, COUNT_ENTITIES, -1, SLICE_NONE);
    stats.mentions = counters_read(db, COUNT_MENTIONS, -1, SLICE_NONE);
    stats.quotes = counters_read(db, COUNT_QUOTES, -1, SLICE_NONE);
    read_list(db, by_source, "articles.source", arena, &stats.sources, &stats.source_count);
    read_list(db, by_key, "articles.lang", arena, &stats.langs, &stats.lang_count);
    read_list(db, by_key, "entities.type", arena, &stats.entity_types, &stats.entity_type_count);
    read_list(db, by_key, "quotes.type", arena, &stats.quote_types, &stats.quote_type_count);
    read_list(db, by_key, "articles.analyser", arena, &stats.analysers, &stats.analyser_count);
    stats.first_ms = db_value(db,
                              "SELECT sort_ms FROM articles WHERE deleted_ms IS NULL"
                              " ORDER BY sort_ms, id LIMIT 1",
                              0);
    stats.last_ms = db_value(db,
                             "SELECT sort_ms FROM articles WHERE deleted_ms IS NULL"
                             " ORDER BY sort_ms DESC, id DESC LIMIT 1",
                             0);
    name_types(stats.entity_types, stats.entity_type_count, true);
    name_types(stats.quote_types, stats.quote_type_count, false);
    stats.database_bytes =
        db_value(db, "PRAGMA page_count", 0) * db_value(db, "PRAGMA page_size", 0);
    enum rc rc = db_check(db, e);
    if (rc == RC_OK) {
        *out = stats;
    }
    return rc;
}
