#include "store/facets.h"

#include <stdlib.h>

#include "store/counters.h"
#include "store/facet_rows.h"

/* Entities of one article that are told apart. */
#define VALUES_MOST 512

struct faceting {
    struct db *db;
    const struct filter *filter;
    struct facet_rows rows;
    uint32_t limit, most; /* values, rows */
    struct arena *arena;
    struct store_facet_counts *out;
};

/* ---- nothing is filtered: counters know */

static const struct {
    enum store_list list;
    enum store_facet facet;
    enum counter counter, total;
    bool number; /* the key is one */
} counted[] = {
    {STORE_ARTICLE_LIST, FACET_SOURCE, COUNT_ARTICLES_SOURCE, COUNT_ARTICLES, true},
    {STORE_ARTICLE_LIST, FACET_LANG, COUNT_ARTICLES_LANG, COUNT_ARTICLES, false},
    {STORE_QUOTE_LIST, FACET_SOURCE, COUNT_QUOTES_SOURCE, COUNT_QUOTES, true},
    {STORE_QUOTE_LIST, FACET_LANG, COUNT_QUOTES_LANG, COUNT_QUOTES, false},
    {STORE_QUOTE_LIST, FACET_TYPE, COUNT_QUOTES_TYPE, COUNT_QUOTES, true},
};

static void show(struct faceting *f, const struct tally *tally, struct store_facet_counts *out)
{
    size_t *places;
    size_t count = tally_top(tally, f->limit, f->arena, &places);
    out->values = ARENA_ARRAY(f->arena, struct store_facet_value, count);
    if (places == NULL || out->values == NULL) {
        f->db->nomem = true;
        return;
    }
    out->distinct = (int64_t)tally->count;
    out->other = tally_sum(tally);
    for (size_t i = 0; i < count; i++) {
        facet_rows_value(f->db, f->rows.list, out->facet, &tally->items[places[i]], f->arena,
                         &out->values[i]);
        out->other -= out->values[i].count;
    }
    out->count = count;
}

static bool from_counters(struct faceting *f, struct store_facet_counts *out)
{
    size_t i = 0;
    while (i < sizeof counted / sizeof counted[0] &&
           (counted[i].list != f->rows.list || counted[i].facet != out->facet)) {
        i++;
    }
    if (i == sizeof counted / sizeof counted[0]) {
        return false;
    }
    struct tally tally = {.arena = f->arena};
    sqlite3_stmt *s =
        db_use(f->db, "SELECT key, value FROM counters WHERE name = ?1 AND value > 0");
    db_bind_text(s, 1, slice_cstr(counters_name(counted[i].counter)));
    out->counted = counters_read(f->db, counted[i].total, -1, SLICE_NONE);
    out->missing = out->counted;
    while (db_step(f->db, s)) {
        struct slice key = db_text(s, 0);
        if (counted[i].number) {
            tally_add(&tally, f->db, db_int(s, 0), db_int(s, 1));
        } else if (key.len > 0) {
            tally_add_text(&tally, f->db, key, SLICE_NONE, db_int(s, 1));
        } else {
            continue; /* no language: missing */
        }
        out->missing -= db_int(s, 1);
    }
    db_done(s);
    out->exact = true;
    show(f, &tally, out);
    return true;
}

/* The best known entities are in order, and how many there are is counted; what all others sum up to, how many rows have
 * none, and how many entities speak is not. */
static bool from_entities(struct faceting *f, struct store_facet_counts *out)
{
    static const char by_articles[] =
        "SELECT id, articles FROM entities INDEXED BY entities_by_articles"
        " WHERE articles > 0 ORDER BY articles DESC, id DESC LIMIT ?1";
    static const char by_quotes[] =
        "SELECT id, quotes_by FROM entities INDEXED BY entities_by_quotes"
        " WHERE articles > 0 AND quotes_by > 0 ORDER BY quotes_by DESC, id DESC LIMIT ?1";
    bool articles = f->rows.list == STORE_ARTICLE_LIST;
    if (articles ? out->facet != FACET_ENTITY : out->facet != FACET_SPEAKER) {
        return false;
    }
    struct tally tally = {.arena = f->arena};
    sqlite3_stmt *s = db_use(f->db, articles ? by_articles : by_quotes);
    db_bind_int(s, 1, f->limit);
    while (db_step(f->db, s)) {
        tally_add(&tally, f->db, db_int(s, 0), db_int(s, 1));
    }
    db_done(s);
    show(f, &tally, out);
    out->counted = counters_read(f->db, articles ? COUNT_ARTICLES : COUNT_QUOTES, -1, SLICE_NONE);
    out->exact = true;
    out->other = out->missing = -1;
    out->distinct = articles ? counters_read(f->db, COUNT_ENTITIES, -1, SLICE_NONE) : -1;
    return true;
}

/* ---- rows */

struct counting {
    struct tally tallies[STORE_FACET_COUNT];
    int64_t missing[STORE_FACET_COUNT], rows;
    struct row_set parts; /* rows whose entities are counted in the end */
    bool more;
};

static void count_row(struct faceting *f, sqlite3_stmt *s, size_t count, const size_t *which,
                      struct counting *c)
{
    size_t places[VALUES_MOST];
    bool parts = false;
    c->rows++;
    for (size_t i = 0; i < count; i++) {
        enum store_facet facet = f->out[which[i]].facet;
        if (facet_rows_is_part(f->rows.list, facet)) {
            parts = true;
        } else {
            c->missing[i] +=
                facet_rows_add(&f->rows, f->db, s, facet, &c->tallies[i], places, VALUES_MOST) == 0;
        }
    }
    if (parts && !row_set_add(&c->parts, db_int(s, f->rows.id))) {
        f->db->nomem = true;
    }
}

static void count_said(struct faceting *f, size_t count, const size_t *which, struct counting *c)
{
    struct facet_said said = {{NULL}, {0}};
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        enum store_facet facet = f->out[which[i]].facet;
        if (facet_said_is(f->rows.list, facet)) {
            said.tallies[facet] = &c->tallies[i];
            any = true;
        }
    }
    if (!any) {
        return;
    }
    facet_said_count(f->db, &c->parts, &said);
    for (size_t i = 0; i < count; i++) {
        enum store_facet facet = f->out[which[i]].facet;
        if (facet_said_is(f->rows.list, facet)) {
            c->missing[i] = c->rows - said.having[facet];
        }
    }
}

static void count_parts(struct faceting *f, size_t count, const size_t *which, struct counting *c)
{
    struct facet_parts parts = {0};
    int64_t *named = NULL, *speaking = NULL;
    for (size_t i = 0; i < count; i++) {
        enum store_facet facet = f->out[which[i]].facet;
        if (facet == FACET_ENTITY) {
            parts.entities = &c->tallies[i];
            named = &c->missing[i];
        } else if (facet == FACET_SPEAKER && facet_rows_is_part(f->rows.list, facet)) {
            parts.speakers = &c->tallies[i];
            speaking = &c->missing[i];
        }
    }
    if (named == NULL && speaking == NULL) {
        return;
    }
    facet_rows_count_parts(f->db, f->rows.list, &c->parts, &parts);
    if (named != NULL) {
        *named = c->rows - parts.named;
    }
    if (speaking != NULL) {
        *speaking = c->rows - parts.speaking;
    }
}

static void from_rows(struct faceting *f, size_t count, const size_t *which)
{
    static const struct store_cursor nothing = {0};
    struct filter_order newest = {STORE_NEWEST, false, &nothing, f->most};
    struct counting c = {.parts.arena = f->arena};
    struct list_sql sql;
    list_start(&sql);
    for (size_t i = 0; i < count; i++) {
        c.tallies[i].arena = f->arena;
    }
    facet_rows_sql(&f->rows, f->filter, &newest, &sql);
    sqlite3_stmt *s = list_use(f->db, &sql);
    while (!c.more && db_step(f->db, s)) {
        c.more = c.rows == f->most;
        if (!c.more) {
            count_row(f, s, count, which, &c);
        }
    }
    db_done(s);
    count_parts(f, count, which, &c);
    count_said(f, count, which, &c);
    for (size_t i = 0; i < count; i++) {
        struct store_facet_counts *out = &f->out[which[i]];
        show(f, &c.tallies[i], out);
        out->missing = c.missing[i];
        out->counted = c.rows;
        out->exact = !c.more;
    }
}

static void count_all(struct faceting *f, unsigned facets, size_t *count)
{
    size_t which[STORE_FACET_COUNT], rows = 0;
    bool whole = f->filter->count == 0 && f->filter->match == NULL && !f->filter->collapse;
    for (unsigned facet = 0; facet < STORE_FACET_COUNT; facet++) {
        if (!(facets & 1u << facet)) {
            continue;
        }
        struct store_facet_counts *out = &f->out[(*count)++];
        *out = (struct store_facet_counts){.facet = (enum store_facet)facet};
        if (!whole || (!from_counters(f, out) && !from_entities(f, out))) {
            which[rows++] = *count - 1;
            f->rows.facets |= 1u << facet;
        }
    }
    if (rows > 0) {
        from_rows(f, rows, which);
    }
}

enum rc store_facets(struct store_reader *reader, const struct store_filter *given,
                     enum store_list list, unsigned facets, uint32_t limit, uint32_t most,
                     struct arena *arena, struct store_facet_counts *out, size_t *count,
                     struct err *e)
{
    struct filter filter;
    struct faceting f = {.db = reader->db,
                         .filter = &filter,
                         .rows = {.list = list},
                         .limit = limit,
                         .most = most,
                         .arena = arena,
                         .out = out};
    bool entered = reader_enter(reader);
    *count = 0;
    enum rc rc = filter_resolve(reader, given, list, arena, &filter, e);
    if (rc == RC_OK) {
        count_all(&f, facets, count);
        rc = db_check(reader->db, e);
    }
    reader_leave(reader, entered);
    return rc;
}
