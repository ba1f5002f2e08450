#include "store/timeline.h"

#include "store/buckets.h"
#include "store/counters.h"
#include "store/facet_rows.h"

/* Values of one row that are told apart. */
#define VALUES_MOST 512

struct timing {
    struct db *db;
    const struct store_timeline_query *query;
    struct filter filter;
    struct arena *arena;
    struct facet_rows rows;
    enum store_interval unit; /* that rows are counted by first: hours or days */
    struct tally units;
    struct tally values;       /* of the split */
    struct tally cells;        /* value and unit */
    struct tally missing;      /* units of rows without a value */
    int64_t least_ms, most_ms; /* the filter's dates; INT64_MIN, INT64_MAX: open */
    int64_t first, last;       /* buckets */
    struct store_timeline *out;
};

/* ---- rows under the filter */

/* Time, whether it is a day alone, and how much the row weighs. What stands beside the one entity that is asked for is
 * in its index. */
static const char *first_columns(const struct timing *t)
{
    static const char *const columns[][2] = {
        {"x.sort_ms, 0, 1", "x.sort_ms, fa.published_day, 1"},
        {"a.sort_ms, 0, 1", "a.sort_ms, a.published_day, 1"},
        {"ae.sort_ms, 0, 1", "ae.sort_ms, a.published_day, 1"},
        {"a.sort_ms, 0, a.mention_count", "a.sort_ms, a.published_day, a.mention_count"},
        {"ae.sort_ms, 0, ae.mentions", "ae.sort_ms, a.published_day, ae.mentions"},
    };
    bool quotes = t->query->list == STORE_QUOTE_LIST;
    bool focus = !quotes && filter_focus(&t->filter) != NULL;
    int row = quotes ? 0 : 1 + focus + 2 * t->query->mentions;
    return columns[row][t->query->offset_min != 0];
}

static int64_t unit_of(const struct timing *t, sqlite3_stmt *s)
{
    int64_t offset_ms = db_int(s, 1) ? 0 : t->query->offset_min * INT64_C(60000);
    return bucket_of(t->unit, db_int(s, 0) + offset_ms);
}

#define CELL(value, unit) ((int64_t)((uint64_t)(value) << 32) + (unit))

static void add_split(struct timing *t, sqlite3_stmt *s, int64_t unit, int64_t weight)
{
    size_t places[VALUES_MOST];
    size_t count =
        facet_rows_add(&t->rows, t->db, s, t->query->split, &t->values, places, VALUES_MOST);
    for (size_t i = 0; i < count && !t->db->nomem; i++) {
        t->values.items[places[i]].count += weight - 1;
        tally_add(&t->cells, t->db, CELL(places[i], unit), weight);
    }
    if (count == 0) {
        tally_add(&t->missing, t->db, unit, weight);
    }
}

/* One entity, by date, source and language: its index has all of that, and the articles needn't be looked at. */
static bool is_in_index(const struct timing *t)
{
    const struct filter *filter = &t->filter;
    bool split =
        t->query->has_split && t->query->split != FACET_SOURCE && t->query->split != FACET_LANG;
    bool plain = t->query->list == STORE_ARTICLE_LIST && !split && t->query->offset_min == 0 &&
                 filter_focus(filter) != NULL && filter->match == NULL && !filter->collapse &&
                 !filter->spoken;
    for (size_t i = 0; i < filter->count && plain; i++) {
        const struct filter_term *term = &filter->items[i];
        bool named = term->field == STORE_BY_SOURCE || term->field == STORE_BY_LANG;
        plain = term == filter_focus(filter) || (named && term->count > 0) ||
                (term->field == STORE_BY_DATE && !term->negated);
    }
    return plain;
}

static void index_sql(struct timing *t, struct list_sql *out)
{
    const struct filter_term *focus = filter_focus(&t->filter);
    list_text(out, "SELECT ");
    list_text(out, first_columns(t));
    if (t->query->has_split) {
        list_text(out, t->query->split == FACET_SOURCE ? ", ae.source" : ", ae.lang");
        t->rows.columns[t->query->split] = t->rows.first_count;
    }
    list_text(out, " FROM article_entities ae INDEXED BY article_entities_by_entity");
    list_int(out, " WHERE ae.entity = ", focus->rows[0]);
    filter_dates(&t->filter, "ae.sort_ms", out);
    list_text(out, focus->roles == STORE_SPEAKS  ? " AND ae.quotes_by > 0"
                   : focus->roles == STORE_ABOUT ? " AND ae.quotes_about > 0"
                                                 : "");
    for (size_t i = 0; i < t->filter.count; i++) {
        const struct filter_term *term = &t->filter.items[i];
        if (term->field == STORE_BY_SOURCE || term->field == STORE_BY_LANG) {
            filter_in(term, term->field == STORE_BY_SOURCE ? "ae.source" : "ae.lang", out);
        }
    }
}

static void walk_rows(struct timing *t)
{
    struct list_sql sql;
    list_start(&sql);
    t->rows = (struct facet_rows){.list = t->query->list,
                                  .facets = t->query->has_split ? 1u << t->query->split : 0,
                                  .first = first_columns(t),
                                  .first_count = 3,
                                  .joins_article = t->query->offset_min != 0};
    if (is_in_index(t)) {
        index_sql(t, &sql);
    } else {
        facet_rows_sql(&t->rows, &t->filter, NULL, &sql);
    }
    sqlite3_stmt *s = list_use(t->db, &sql);
    while (db_step(t->db, s)) {
        int64_t unit = unit_of(t, s), weight = db_int(s, 2);
        tally_add(&t->units, t->db, unit, weight);
        t->out->total += weight;
        if (t->query->has_split) {
            add_split(t, s, unit, weight);
        }
    }
    db_done(s);
}

/* ---- days that are counted already */

static enum counter day_counter(const struct timing *t)
{
    return t->query->list == STORE_QUOTE_LIST ? COUNT_QUOTES_DAY
           : t->query->mentions               ? COUNT_MENTIONS_DAY
                                              : COUNT_ARTICLES_DAY;
}

static void read_days(struct timing *t, int64_t first, int64_t last, struct tally *out)
{
    char from[24], to[24];
    counters_day_key(first, from);
    counters_day_key(last, to);
    sqlite3_stmt *s = db_use(t->db, "SELECT CAST(key AS INTEGER), value FROM counters"
                                    " WHERE name = ?1 AND key BETWEEN ?2 AND ?3 AND value <> 0");
    db_bind_text(s, 1, slice_cstr(counters_name(day_counter(t))));
    db_bind_text(s, 2, slice_cstr(from));
    db_bind_text(s, 3, slice_cstr(to));
    while (db_step(t->db, s)) {
        tally_add(out, t->db, db_int(s, 0) - COUNTERS_DAY_BASE, db_int(s, 1));
    }
    db_done(s);
}

static bool is_by_days(const struct timing *t)
{
    return t->unit == INTERVAL_DAY && t->query->offset_min == 0;
}

static bool is_whole(const struct timing *t)
{
    return t->filter.count == 0 && t->filter.match == NULL && !t->filter.collapse &&
           !t->query->has_split && is_by_days(t);
}

/* Hours, and days elsewhere than in UTC: rows of the stretch that is shown. */
static void walk_corpus(struct timing *t, int64_t from_ms, int64_t to_ms, struct tally *out)
{
    static const char quotes[] =
        "SELECT x.sort_ms, ?3 AND (SELECT published_day FROM articles WHERE id = x.article), 1"
        " FROM quotes x INDEXED BY quotes_by_date WHERE x.sort_ms >= ?1 AND x.sort_ms < ?2";
    static const char articles[] = "SELECT sort_ms, 0, 1 FROM articles INDEXED BY articles_by_date"
                                   " WHERE deleted_ms IS NULL AND sort_ms >= ?1 AND sort_ms < ?2";
    static const char columns[] =
        "SELECT sort_ms, ?3 AND published_day, CASE WHEN ?4 THEN mention_count ELSE 1 END"
        " FROM articles INDEXED BY articles_by_date"
        " WHERE deleted_ms IS NULL AND sort_ms >= ?1 AND sort_ms < ?2";
    bool days = t->query->offset_min != 0;
    sqlite3_stmt *s = db_use(t->db, t->query->list == STORE_QUOTE_LIST ? quotes
                                    : days || t->query->mentions       ? columns
                                                                       : articles);
    /* A day without a time may lie beside its bucket by the offset. */
    db_bind_int(s, 1, from_ms - DAY_MS);
    db_bind_int(s, 2, to_ms + DAY_MS);
    if (t->query->list == STORE_QUOTE_LIST || days || t->query->mentions) {
        db_bind_int(s, 3, days);
    }
    if (t->query->list == STORE_ARTICLE_LIST && (days || t->query->mentions)) {
        db_bind_int(s, 4, t->query->mentions);
    }
    while (db_step(t->db, s)) {
        tally_add(out, t->db, unit_of(t, s), db_int(s, 2));
    }
    db_done(s);
}

/* ---- which buckets */

static void read_dates(struct timing *t)
{
    t->least_ms = INT64_MIN;
    t->most_ms = INT64_MAX;
    for (size_t i = 0; i < t->filter.count; i++) {
        const struct filter_term *term = &t->filter.items[i];
        if (term->field == STORE_BY_DATE && !term->negated) {
            t->least_ms = term->least > t->least_ms ? term->least : t->least_ms;
            t->most_ms = term->most < t->most_ms ? term->most : t->most_ms;
        }
    }
}

/* From the first local moment that is shown to the last; false: there is nothing to show. */
static bool find_stretch(const struct timing *t, int64_t *from_ms, int64_t *to_ms)
{
    int64_t offset_ms = t->query->offset_min * INT64_C(60000);
    int64_t least = INT64_MAX, most = INT64_MIN;
    for (size_t i = 0; i < t->units.count; i++) {
        int64_t unit = t->units.items[i].number;
        least = unit < least ? unit : least;
        most = unit > most ? unit : most;
    }
    bool any = t->units.count > 0;
    *from_ms = t->least_ms != INT64_MIN ? t->least_ms + offset_ms
               : any                    ? bucket_start(t->unit, least)
                                        : INT64_MAX;
    *to_ms = t->most_ms != INT64_MAX ? t->most_ms + offset_ms
             : any                   ? bucket_start(t->unit, most)
                                     : INT64_MIN;
    return *from_ms <= *to_ms;
}

static int64_t buckets_between(enum store_interval interval, int64_t from_ms, int64_t to_ms)
{
    return bucket_of(interval, to_ms) - bucket_of(interval, from_ms) + 1;
}

static enum rc choose_buckets(struct timing *t, struct err *e)
{
    int64_t from_ms, to_ms;
    enum store_interval interval = t->query->interval;
    if (!find_stretch(t, &from_ms, &to_ms)) {
        t->out->interval = interval == INTERVAL_AUTO ? INTERVAL_DAY : interval;
        return RC_OK;
    }
    if (interval == INTERVAL_AUTO) {
        interval = INTERVAL_DAY;
        while (interval < INTERVAL_YEAR &&
               buckets_between(interval, from_ms, to_ms) > STORE_BUCKETS_AUTO) {
            interval++;
        }
    }
    t->out->interval = interval;
    int64_t count = buckets_between(interval, from_ms, to_ms);
    if (count > STORE_BUCKETS_MOST) {
        return err_field(
            e, RC_INVALID, "interval",
            "by %s that is %lld buckets, at most %d are given: take a larger interval, "
            "or a shorter time with from and to",
            store_interval_name(interval), (long long)count, STORE_BUCKETS_MOST);
    }
    t->first = bucket_of(interval, from_ms);
    t->last = bucket_of(interval, to_ms);
    t->out->count = (size_t)count;
    return RC_OK;
}

/* ---- filling them */

static int64_t *new_counts(struct timing *t)
{
    int64_t *counts = ARENA_ARRAY(t->arena, int64_t, t->out->count);
    t->db->nomem = t->db->nomem || counts == NULL;
    return counts;
}

static void put(const struct timing *t, int64_t *counts, int64_t unit, int64_t weight)
{
    int64_t bucket = bucket_of(t->out->interval, bucket_start(t->unit, unit));
    if (bucket >= t->first && bucket <= t->last && counts != NULL) {
        counts[bucket - t->first] += weight;
    }
}

static void put_all(const struct timing *t, int64_t *counts, const struct tally *units)
{
    for (size_t i = 0; i < units->count; i++) {
        put(t, counts, units->items[i].number, units->items[i].count);
    }
}

static void fill_corpus(struct timing *t)
{
    struct tally units = {.arena = t->arena};
    int64_t offset_ms = t->query->offset_min * INT64_C(60000);
    int64_t from_ms = bucket_start(t->out->interval, t->first);
    int64_t to_ms = bucket_start(t->out->interval, t->last + 1);
    if (is_by_days(t)) {
        read_days(t, floor_div(from_ms, DAY_MS), floor_div(to_ms - 1, DAY_MS), &units);
    } else {
        walk_corpus(t, from_ms - offset_ms, to_ms - offset_ms, &units);
    }
    put_all(t, t->out->corpus, &units);
}

static void fill_split(struct timing *t)
{
    size_t *places;
    struct store_timeline *out = t->out;
    size_t count = tally_top(&t->values, t->query->split_limit, t->arena, &places);
    int64_t **of_place = ARENA_ARRAY(t->arena, int64_t *, t->values.count);
    out->series = ARENA_ARRAY(t->arena, struct store_series, count);
    out->other = new_counts(t);
    out->missing = new_counts(t);
    if (of_place == NULL || places == NULL || out->series == NULL || t->db->nomem) {
        t->db->nomem = true;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        struct store_series *series = &out->series[i];
        facet_rows_value(t->db, t->query->list, t->query->split, &t->values.items[places[i]],
                         t->arena, &series->value);
        series->counts = new_counts(t);
        of_place[places[i]] = series->counts;
    }
    out->series_count = count;
    for (size_t i = 0; i < t->cells.count && !t->db->nomem; i++) {
        int64_t cell = t->cells.items[i].number;
        int64_t unit = (int32_t)(uint32_t)((uint64_t)cell & 0xffffffffu);
        size_t place = (size_t)((uint64_t)(cell - unit) >> 32);
        int64_t *counts = of_place[place] ? of_place[place] : out->other;
        put(t, counts, unit, t->cells.items[i].count);
    }
    put_all(t, out->missing, &t->missing);
}

static void fill(struct timing *t)
{
    struct store_timeline *out = t->out;
    out->starts_ms = new_counts(t);
    out->counts = new_counts(t);
    out->corpus = new_counts(t);
    for (size_t i = 0; i < out->count && !t->db->nomem; i++) {
        out->starts_ms[i] = bucket_start(out->interval, t->first + (int64_t)i) -
                            t->query->offset_min * INT64_C(60000);
    }
    put_all(t, out->counts, &t->units);
    if (out->count > 0) {
        fill_corpus(t);
    }
    if (t->query->has_split) {
        fill_split(t);
    }
}

static enum rc run(struct timing *t, struct err *e)
{
    read_dates(t);
    if (is_whole(t)) {
        read_days(t, -COUNTERS_DAY_BASE / 2, COUNTERS_DAY_BASE, &t->units);
        t->out->total = tally_sum(&t->units);
    } else {
        walk_rows(t);
    }
    enum rc rc = db_check(t->db, e);
    rc = rc == RC_OK ? choose_buckets(t, e) : rc;
    if (rc == RC_OK) {
        fill(t);
        rc = db_check(t->db, e);
    }
    return rc;
}

enum rc store_timeline(struct store_reader *reader, const struct store_timeline_query *query,
                       struct arena *arena, struct store_timeline *out, struct err *e)
{
    struct store_timeline found = {0};
    struct timing t = {.db = reader->db,
                       .query = query,
                       .arena = arena,
                       .unit = query->interval == INTERVAL_HOUR ? INTERVAL_HOUR : INTERVAL_DAY,
                       .units = {.arena = arena},
                       .values = {.arena = arena},
                       .cells = {.arena = arena},
                       .missing = {.arena = arena},
                       .out = &found};
    bool entered = reader_enter(reader);
    enum rc rc = filter_resolve(reader, &query->filter, query->list, arena, &t.filter, e);
    rc = rc == RC_OK ? run(&t, e) : rc;
    reader_leave(reader, entered);
    if (rc == RC_OK) {
        *out = found;
    }
    return rc;
}
