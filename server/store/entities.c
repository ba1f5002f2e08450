#include "store/entities.h"

#include <stdlib.h>

#include "store/counters.h"
#include "store/list_queries.h"
#include "store/recent.h"
#include "text/fold.h"

/* ---- rows */

#define ENTITY_COLUMNS                                                                             \
    "e.id, e.public_id, e.name, e.slug, e.type, e.articles, e.mentions, e.quotes_by,"              \
    " e.quotes_about, e.first_seen_ms, e.last_seen_ms, e.key"

static void read_entity(struct columns *c, struct store_entity *out, int64_t *row,
                        struct slice *key)
{
    *row = next_int(c);
    out->id = next_id(c);
    out->name = next_text(c);
    out->slug = next_text(c);
    out->type = (enum entity_type)next_int(c);
    out->articles = next_int(c);
    out->mentions = next_int(c);
    out->quotes_by = next_int(c);
    out->quotes_about = next_int(c);
    out->first_seen_ms = next_int(c);
    out->last_seen_ms = next_int(c);
    if (key != NULL) {
        *key = next_text(c);
    }
}

/* The most printed first, of equals by their letters: few rows, for which SQLite's sorter costs more than all else. */
static int by_mentions(const void *a, const void *b)
{
    const struct alias *x = a, *y = b;
    if (x->count != y->count) {
        return x->count < y->count ? 1 : -1;
    }
    return slice_compare(x->text, y->text);
}

static void read_aliases(struct db *db, int64_t row, uint32_t most, struct arena *arena,
                         struct store_entity *out)
{
    struct {
        struct alias *items;
        size_t count, capacity;
    } list = {0};
    sqlite3_stmt *s =
        db_use(db, "SELECT text, mentions FROM entity_aliases WHERE entity = ?1 AND mentions > 0");
    db_bind_int(s, 1, row);
    while (db_step(db, s)) {
        struct alias *alias = ARENA_PUSH(arena, &list);
        if (alias == NULL) {
            db->nomem = true;
            break;
        }
        *alias = (struct alias){db_text_copy(db, s, 0, arena), (uint32_t)db_int(s, 1)};
    }
    db_done(s);
    if (list.count > 1) {
        qsort(list.items, list.count, sizeof list.items[0], by_mentions);
    }
    out->aliases = list.items;
    out->alias_count = most && list.count > most ? most : list.count;
}

static void read_titles(struct db *db, int64_t row, uint32_t most, struct arena *arena,
                        struct store_entity *out)
{
    struct {
        struct store_title *items;
        size_t count, capacity;
    } list = {0};
    sqlite3_stmt *s = db_use(
        db, "SELECT text, articles, first_seen_ms, last_seen_ms FROM entity_titles"
            " WHERE entity = ?1 ORDER BY articles DESC, last_seen_ms DESC, key DESC LIMIT ?2");
    db_bind_int(s, 1, row);
    db_bind_int(s, 2, most ? (int64_t)most : -1);
    while (db_step(db, s)) {
        struct store_title *title = ARENA_PUSH(arena, &list);
        if (title == NULL) {
            db->nomem = true;
            break;
        }
        *title = (struct store_title){db_text_copy(db, s, 0, arena), db_int(s, 1), db_int(s, 2),
                                      db_int(s, 3)};
    }
    db_done(s);
    out->titles = list.items;
    out->title_count = list.count;
}

/* Of an id that was merged into another entity, the other. False: there is none. */
static bool read_named(struct db *db, uint64_t id, struct arena *arena, struct store_entity *out,
                       int64_t *row)
{
    sqlite3_stmt *s =
        db_use(db, "SELECT " ENTITY_COLUMNS " FROM entities given CROSS JOIN entities e"
                   " ON e.id = coalesce(given.merged_into, given.id) WHERE given.public_id = ?1");
    db_bind_int(s, 1, db_id(id));
    bool found = db_step(db, s);
    if (found) {
        struct columns c = {db, s, arena, 0};
        read_entity(&c, out, row, NULL);
    }
    db_done(s);
    return found;
}

enum rc store_entity_whole(struct store_reader *reader, uint64_t id, uint32_t most,
                           struct arena *arena, struct store_entity *out,
                           struct store_entity_recent *recent, struct err *e)
{
    struct store_entity entity = {0};
    struct store_entity_recent seen = {0};
    int64_t row = 0;
    struct db *db = reader->db;
    bool entered = reader_enter(reader);
    bool found = read_named(db, id, arena, &entity, &row);
    if (found) {
        read_aliases(db, row, most, arena, &entity);
        read_titles(db, row, most, arena, &entity);
    }
    if (found && recent != NULL) {
        recent_tell(db, row, arena, &seen);
    }
    reader_leave(reader, entered);
    enum rc rc = db_check(db, e);
    if (rc == RC_OK && !found) {
        rc = reader_entity(reader, id, &row, e); /* says that it isn't there */
    }
    if (rc == RC_OK) {
        *out = entity;
        if (recent != NULL) {
            *recent = seen;
        }
    }
    return rc;
}

enum rc store_entity_get(struct store_reader *reader, uint64_t id, uint32_t most,
                         struct arena *arena, struct store_entity *out, struct err *e)
{
    return store_entity_whole(reader, id, most, arena, out, NULL, e);
}

/* ---- lists */

/* Names that start so: looked up among names and aliases, the first of them alone, so that one letter costs
 * no more than a name. */
#define PREFIX_MOST 5000

struct walk {
    enum store_sort sort;
    const char *key, *index, *index_of_type;
};

static const struct walk walks[] = {
    {STORE_ARTICLES, "e.articles", "entities_by_articles", "entities_by_type_articles"},
    {STORE_MENTIONS, "e.mentions", "entities_by_mentions", "entities_by_type_mentions"},
    {STORE_NAME, "e.key", "entities_by_name", "entities_by_type_name"},
    {STORE_QUOTES, "e.quotes_by", "entities_by_quotes", NULL},
    {STORE_LAST_SEEN, "e.last_seen_ms", "entities_by_last_seen", NULL},
};

static const struct walk *walk_of(enum store_sort sort)
{
    for (size_t i = 1; i < sizeof walks / sizeof walks[0]; i++) {
        if (walks[i].sort == sort) {
            return &walks[i];
        }
    }
    return &walks[0];
}

enum { ALL_TYPES = 1 << (ENTITY_MISC + 1) };

static unsigned types_of(const struct filter_term *term)
{
    return (term->negated ? ~term->choices : term->choices) & (ALL_TYPES - 1);
}

/* The type that all asked for have; -1: there are several. */
static int only_type(const struct filter *filter)
{
    unsigned types = ALL_TYPES - 1;
    for (size_t i = 0; i < filter->count; i++) {
        if (filter->items[i].field == STORE_BY_ENTITY_TYPE) {
            types &= types_of(&filter->items[i]);
        }
    }
    for (int type = 0; type <= (int)ENTITY_MISC; type++) {
        if (types == 1u << type) {
            return type;
        }
    }
    return -1;
}

static void condition(const struct filter_term *term, struct list_sql *out)
{
    switch (term->field) {
    case STORE_BY_ENTITY_TYPE:
        list_int(out, " AND (1 << e.type) & ", types_of(term));
        return;
    case STORE_BY_ARTICLES:
        filter_range(term, "e.articles", out);
        return;
    case STORE_BY_QUOTES:
        filter_range(term, "e.quotes_by", out);
        return;
    case STORE_BY_DATE: /* seen before its end and after its beginning */
        list_text(out, term->negated ? " AND NOT (e.last_seen_ms" : " AND (e.last_seen_ms");
        list_int(out, " >= ", term->least);
        list_int(out, " AND e.first_seen_ms <= ", term->most);
        list_text(out, ")");
        return;
    default:
        return; /* fits no list of entities */
    }
}

void entity_list_from(const struct store_entity_query *q, const struct filter *filter,
                      struct slice first, struct slice last, struct list_sql *out)
{
    int type = only_type(filter);
    const struct walk *walk = walk_of(q->sort);
    if (slice_present(q->q)) {
        list_slice(out, " FROM (SELECT entity FROM entity_aliases WHERE key >= ", first);
        list_slice(out, " AND key < ", last);
        list_slice(out, " UNION SELECT id FROM entities WHERE key >= ", first);
        list_slice(out, " AND key < ", last);
        list_int(out, " LIMIT ", PREFIX_MOST);
        list_text(out, ") m CROSS JOIN entities e ON e.id = m.entity WHERE e.articles > 0"
                       " AND e.merged_into IS NULL AND e.forbidden = 0");
    } else {
        bool typed = type >= 0 && walk->index_of_type != NULL;
        list_text(out, " FROM entities e INDEXED BY ");
        list_text(out, typed ? walk->index_of_type : walk->index);
        list_text(out, " WHERE e.articles > 0 AND e.merged_into IS NULL AND e.forbidden = 0");
    }
    if (type >= 0) {
        list_int(out, " AND e.type = ", type);
    }
    for (size_t i = 0; i < filter->count; i++) {
        if (type < 0 || filter->items[i].field != STORE_BY_ENTITY_TYPE) {
            condition(&filter->items[i], out);
        }
    }
}

static bool is_descending(const struct store_entity_query *q)
{
    return (q->sort != STORE_NAME) != q->reversed;
}

void entity_list_rows(const struct store_entity_query *q, const struct filter *filter,
                      struct slice first, struct slice last, struct list_sql *out)
{
    entity_list_from(q, filter, first, last, out);
    list_order(out, walk_of(q->sort)->key, "e.id", is_descending(q), &q->after, q->limit);
}

void entity_list_sql(const struct store_entity_query *q, const struct filter *filter,
                     struct slice first, struct slice last, struct list_sql *out)
{
    list_text(out, "SELECT " ENTITY_COLUMNS);
    entity_list_rows(q, filter, first, last, out);
}

/* Behind every key that starts so: no byte of UTF-8 is as large as this one. */
bool entity_list_names(struct slice start, struct arena *arena, struct slice *first,
                       struct slice *last)
{
    *first = slice_present(start) ? fold_key(arena, start) : SLICE_NONE;
    *last = arena_printf(arena, "%.*s\xff", SLICE_ARG(*first));
    return slice_present(*last) && slice_present(*first) == slice_present(start);
}

static void find_total(struct db *db, const struct store_entity_query *q,
                       const struct filter *filter, struct slice first, struct slice last,
                       struct store_page *page)
{
    int type = only_type(filter);
    page->total_is_exact = true;
    if (!slice_present(q->q) && filter->count <= (type >= 0)) {
        page->total =
            counters_read(db, type >= 0 ? COUNT_ENTITIES_TYPE : COUNT_ENTITIES, type, SLICE_NONE);
        return;
    }
    struct list_sql from;
    list_start(&from);
    entity_list_from(q, filter, first, last, &from);
    page->total = list_count(db, &from, &page->total_is_exact);
    if (slice_present(q->q)) {
        page->total_is_exact = page->total_is_exact && page->total < PREFIX_MOST;
    }
}

static int64_t sort_key(enum store_sort sort, const struct store_entity *entity)
{
    switch (sort) {
    case STORE_MENTIONS:
        return entity->mentions;
    case STORE_QUOTES:
        return entity->quotes_by;
    case STORE_LAST_SEEN:
        return entity->last_seen_ms;
    default:
        return entity->articles;
    }
}

static void read_rows(struct store_reader *reader, const struct store_entity_query *q,
                      const struct list_sql *sql, struct arena *arena, struct store_entity *out,
                      size_t *count, struct store_page *page)
{
    struct db *db = reader->db;
    sqlite3_stmt *s = list_use(db, sql);
    while (db_step(db, s)) {
        if (*count == q->limit) {
            page->has_more = true;
            break;
        }
        struct columns c = {db, s, arena, 0};
        struct store_entity *entity = &out[(*count)++];
        struct slice key = SLICE_NONE;
        int64_t row = 0;
        read_entity(&c, entity, &row, &key);
        read_aliases(db, row, q->most, arena, entity);
        read_titles(db, row, q->most, arena, entity);
        page->last = (struct store_cursor){true, sort_key(q->sort, entity), row,
                                           q->sort == STORE_NAME ? key : SLICE_NONE};
    }
    db_done(s);
}

enum rc store_entity_list(struct store_reader *reader, const struct store_entity_query *query,
                          struct arena *arena, struct store_entity **rows, size_t *count,
                          struct store_page *page, struct err *e)
{
    struct list_sql sql;
    list_start(&sql);
    struct filter filter;
    struct store_page found = {0};
    size_t read = 0;
    struct slice first, last;
    struct store_entity *list = ARENA_ARRAY(arena, struct store_entity, query->limit);
    if (!entity_list_names(query->q, arena, &first, &last) || list == NULL) {
        return err_nomem(e);
    }
    if (slice_present(query->q) && first.len == 0) {
        return err_field(e, RC_INVALID, "q", "no letter to search a name by");
    }
    bool entered = reader_enter(reader);
    enum rc rc = filter_resolve(reader, &query->filter, STORE_ENTITY_LIST, arena, &filter, e);
    if (rc == RC_OK) {
        entity_list_sql(query, &filter, first, last, &sql);
        read_rows(reader, query, &sql, arena, list, &read, &found);
        find_total(reader->db, query, &filter, first, last, &found);
    }
    reader_leave(reader, entered);
    rc = rc == RC_OK ? db_check(reader->db, e) : rc;
    if (rc == RC_OK) {
        *rows = list;
        *count = read;
        *page = found;
    }
    return rc;
}
