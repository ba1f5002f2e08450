/* How lists of entities divide: by type, which is all that an entity has one of. */
#include "store/counters.h"
#include "store/facets.h"
#include "store/list_queries.h"

enum { TYPES = ENTITY_MISC + 1 };

static int most_first(const int64_t counts[TYPES], const bool taken[TYPES])
{
    int best = -1;
    for (int type = 0; type < TYPES; type++) {
        if (!taken[type] && counts[type] > 0 && (best < 0 || counts[type] > counts[best])) {
            best = type;
        }
    }
    return best;
}

bool store_facet_types(const int64_t counts[TYPES], struct arena *arena,
                       struct store_facet_counts *out)
{
    bool taken[TYPES] = {false};
    *out = (struct store_facet_counts){.facet = FACET_TYPE, .exact = true};
    out->values = ARENA_ARRAY(arena, struct store_facet_value, TYPES);
    if (out->values == NULL) {
        return false;
    }
    for (int type; (type = most_first(counts, taken)) >= 0; out->count++) {
        taken[type] = true;
        out->counted += counts[type];
        out->values[out->count] = (struct store_facet_value){
            .value = slice_cstr(entity_type_name((enum entity_type)type)), .count = counts[type]};
    }
    out->distinct = (int64_t)out->count;
    return true;
}

/* Rows in the list's order; false: there are more. */
static bool count_rows(struct db *db, const struct store_entity_query *asked,
                       const struct filter *filter, struct arena *arena, int64_t counts[TYPES])
{
    struct store_entity_query query = *asked;
    struct list_sql sql;
    list_start(&sql);
    struct slice first, last;
    int64_t rows = 0;
    query.after = (struct store_cursor){0};
    query.limit = STORE_FACET_ROWS;
    if (!entity_list_names(query.q, arena, &first, &last)) {
        db->nomem = true;
        return true;
    }
    list_text(&sql, "SELECT e.type");
    entity_list_rows(&query, filter, first, last, &sql);
    sqlite3_stmt *s = list_use(db, &sql);
    while (rows < STORE_FACET_ROWS && db_step(db, s)) {
        int64_t type = db_int(s, 0);
        rows++;
        counts[type >= 0 && type < TYPES ? type : (int64_t)ENTITY_MISC]++;
    }
    bool more = rows == STORE_FACET_ROWS && db_step(db, s);
    db_done(s);
    return !more;
}

enum rc store_entity_types(struct store_reader *reader, const struct store_entity_query *query,
                           struct arena *arena, struct store_facet_counts *out, struct err *e)
{
    struct db *db = reader->db;
    struct filter filter;
    int64_t counts[TYPES] = {0};
    bool whole = true, entered = reader_enter(reader);
    enum rc rc = filter_resolve(reader, &query->filter, STORE_ENTITY_LIST, arena, &filter, e);
    if (rc == RC_OK && filter.count == 0 && !slice_present(query->q)) {
        for (int type = 0; type < TYPES; type++) {
            counts[type] = counters_read(db, COUNT_ENTITIES_TYPE, type, SLICE_NONE);
        }
    } else if (rc == RC_OK) {
        whole = count_rows(db, query, &filter, arena, counts);
    }
    reader_leave(reader, entered);
    rc = rc == RC_OK ? db_check(db, e) : rc;
    if (rc != RC_OK) {
        return rc;
    }
    if (!store_facet_types(counts, arena, out)) {
        return err_nomem(e);
    }
    out->exact = whole;
    return RC_OK;
}
