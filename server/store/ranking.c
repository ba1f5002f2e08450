#include "store/ranking.h"

#include <stdlib.h>

/* A match in the title says more than one in the text, one in a quote a little more than in the narration. Seams are
 * words that are there already. */
#define RANK_ARTICLES                                                                              \
    "SELECT rowid, search_rank(article_search, 8.0, 3.0, 1.0, 1.2, 0.0) FROM article_search"       \
    " WHERE article_search MATCH ?1 AND rowid BETWEEN ?3 AND ?4 AND in_rows(?2, rowid)"
#define RANK_QUOTES                                                                                \
    "SELECT rowid, search_rank(quote_search) FROM quote_search"                                    \
    " WHERE quote_search MATCH ?1 AND rowid BETWEEN ?3 AND ?4 AND in_rows(?2, rowid)"

/* What is this old weighs half as much more as what is new. */
#define HALVED_MS  (90.0 * 86400000.0)
/* How much more what is new weighs. */
#define NEW_WEIGHS 0.5
#define SCALE      1e6

struct candidate {
    int64_t row, sort_ms;
};

struct candidates {
    struct candidate *items;
    size_t count, capacity;
};

static void find_candidates(struct db *db, const struct filter *filter, enum store_list list,
                            struct arena *arena, struct candidates *out)
{
    static const struct store_cursor first = {0};
    struct filter_order newest = {.sort = STORE_NEWEST, .after = &first, .limit = RANKING_MOST};
    struct list_sql sql;
    list_start(&sql);
    if (list == STORE_ARTICLE_LIST) {
        list_text(&sql, "SELECT a.id, a.sort_ms");
        filter_articles(filter, &newest, "", &sql);
    } else {
        /* A join that does nothing: x must be there. */
        list_text(&sql, "SELECT x.id, x.sort_ms");
        filter_quotes(filter, &newest, " ", &sql);
    }
    sqlite3_stmt *s = list_use(db, &sql);
    while (db_step(db, s)) {
        struct candidate *candidate = ARENA_PUSH(arena, out);
        if (candidate == NULL) {
            db->nomem = true;
            break;
        }
        *candidate = (struct candidate){db_int(s, 0), db_int(s, 1)};
    }
    db_done(s);
}

static int by_row(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    return (x->row > y->row) - (x->row < y->row);
}

static int best_first(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    int by_score = (x->score < y->score) - (x->score > y->score);
    return by_score ? by_score : (x->row < y->row) - (x->row > y->row);
}

static int best_last(const void *a, const void *b)
{
    return best_first(b, a);
}

static int64_t score_of(double rank, int64_t age_ms)
{
    double age = age_ms > 0 ? (double)age_ms : 0;
    double fresh = HALVED_MS / (HALVED_MS + age);
    return (int64_t)(rank * (1 + NEW_WEIGHS * fresh) * SCALE);
}

static bool is_behind(const struct ranked *item, const struct store_cursor *after, bool ascending)
{
    struct ranked at = {.row = after->row, .score = after->key};
    return !after->present || (ascending ? best_last : best_first)(&at, item) < 0;
}

static void rank(struct db *db, const struct filter *filter, enum store_list list,
                 struct candidates *candidates, struct arena *arena, struct ranking *out,
                 const struct store_cursor *after, bool ascending)
{
    struct row_set set = {.arena = arena};
    for (size_t i = 0; i < candidates->count; i++) {
        db->nomem = db->nomem || !row_set_add(&set, candidates->items[i].row);
    }
    qsort(candidates->items, candidates->count, sizeof *candidates->items, by_row);
    int64_t now = db_value(db,
                           "SELECT sort_ms FROM articles INDEXED BY articles_by_date"
                           " WHERE deleted_ms IS NULL ORDER BY sort_ms DESC LIMIT 1",
                           0);
    sqlite3_stmt *s = db_use(db, list == STORE_ARTICLE_LIST ? RANK_ARTICLES : RANK_QUOTES);
    db_bind_text(s, 1, slice_cstr(filter->match));
    row_set_bind(s, 2, &set);
    db_bind_int(s, 3, candidates->items[0].row);
    db_bind_int(s, 4, candidates->items[candidates->count - 1].row);
    while (db_step(db, s)) {
        struct candidate key = {.row = db_int(s, 0)};
        const struct candidate *candidate =
            bsearch(&key, candidates->items, candidates->count, sizeof *candidates->items, by_row);
        struct ranked item = {.row = key.row};
        if (candidate == NULL) {
            continue;
        }
        item.score = score_of(sqlite3_column_double(s, 1), now - candidate->sort_ms);
        struct ranked *slot = is_behind(&item, after, ascending) ? ARENA_PUSH(arena, out) : &item;
        if (slot == NULL) {
            db->nomem = true;
            break;
        }
        *slot = item;
    }
    db_done(s);
}

enum rc ranking_make(struct store_reader *reader, const struct filter *filter, enum store_list list,
                     bool ascending, const struct store_cursor *after, struct arena *arena,
                     struct ranking *out, struct err *e)
{
    struct candidates candidates = {0};
    struct ranking found = {0};
    struct db *db = reader->db;
    find_candidates(db, filter, list, arena, &candidates);
    if (candidates.count > RANKING_MOST) { /* the list asks for one more */
        found.bounded = true;
        candidates.count = RANKING_MOST;
    }
    if (candidates.count > 0) {
        rank(db, filter, list, &candidates, arena, &found, after, ascending);
    }
    enum rc rc = db_check(db, e);
    if (rc == RC_OK) {
        if (found.count > 0) {
            qsort(found.items, found.count, sizeof *found.items,
                  ascending ? best_last : best_first);
        }
        *out = found;
    }
    return rc;
}
