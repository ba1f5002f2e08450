#include "store/related.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "store/counters.h"
#include "store/filter_sql.h"
#include "store/list_queries.h"
#include "store/roles.h"
#include "store/row_set.h"
#include "store/tally.h"

/* Those that share most are scored: beyond them it is chance. */
#define SCORED_MOST 300

struct pair {
    size_t place; /* in the tally */
    struct store_related row;
};

struct relating {
    struct db *db;
    const struct store_related_query *query;
    struct filter filter;
    struct arena *arena;
    int64_t entity;
    struct tally tally;
    struct {
        struct articles { /* newest first: `at` says how many are newer */
            struct article {
                int64_t row, at;
            } items[STORE_RELATED_EVIDENCE];
            size_t count;
        } * items; /* by place */
        size_t count, capacity;
    } evidence;
    struct store_related_list *out;
};

static bool is_directed(const struct relating *r)
{
    return r->query->relation != STORE_COOCCURS;
}

/* ---- counting */

/* Keeps the newest, each once: with a quote of it that is newest. */
static void keep(struct articles *kept, struct article article)
{
    size_t place = 0, end = 0;
    while (place < kept->count && kept->items[place].at < article.at) {
        if (kept->items[place++].row == article.row) {
            return;
        }
    }
    if (place == STORE_RELATED_EVIDENCE) {
        return;
    }
    for (end = place; end < kept->count && kept->items[end].row != article.row; end++) {
    }
    if (end == kept->count) { /* it wasn't there */
        kept->count += kept->count < STORE_RELATED_EVIDENCE;
        end = kept->count - 1;
    }
    memmove(&kept->items[place + 1], &kept->items[place], (end - place) * sizeof kept->items[0]);
    kept->items[place] = article;
}

static void note(struct relating *r, int64_t other, struct article article)
{
    size_t place = tally_add(&r->tally, r->db, other, 1);
    if (place == r->evidence.count && ARENA_PUSH(r->arena, &r->evidence) == NULL) {
        r->db->nomem = true;
    }
    if (!r->db->nomem) {
        keep(&r->evidence.items[place], article);
    }
}

/* What is looked at, newest first, then in the order of the table that has its entities. */
struct looked {
    int64_t row;
    struct article article;
};

static int by_row(const void *a, const void *b)
{
    const struct looked *x = a, *y = b;
    return (x->row > y->row) - (x->row < y->row);
}

static struct looked *read_rows(struct relating *r, struct row_set *set)
{
    static const struct store_cursor nothing = {0};
    struct filter_order newest = {STORE_NEWEST, false, &nothing, STORE_RELATED_ROWS};
    struct looked *looked = ARENA_ARRAY(r->arena, struct looked, STORE_RELATED_ROWS);
    struct list_sql sql;
    list_start(&sql);
    int64_t count = 0;
    bool directed = is_directed(r);
    list_text(&sql, directed ? "SELECT x.id, x.article" : "SELECT a.id, a.id");
    if (directed) {
        filter_quotes(&r->filter, &newest, " ", &sql);
    } else {
        filter_articles(&r->filter, &newest, "", &sql);
    }
    r->db->nomem = r->db->nomem || looked == NULL;
    r->out->whole = true;
    sqlite3_stmt *s = list_use(r->db, &sql);
    while (db_step(r->db, s)) {
        if (count == STORE_RELATED_ROWS) {
            r->out->whole = false;
            break;
        }
        looked[count] = (struct looked){db_int(s, 0), {db_int(s, 1), count}};
        r->db->nomem = !row_set_add(set, looked[count++].row);
    }
    db_done(s);
    r->out->looked_at = count;
    if (looked != NULL) {
        qsort(looked, (size_t)count, sizeof *looked, by_row);
    }
    return looked;
}

const char *related_rows_sql(bool directed)
{
    return directed ? "SELECT e.quote, e.entity, e.roles FROM rows_of(?1) r"
                      " CROSS JOIN quote_entities e ON e.quote = r.row"
                    : "SELECT e.article, e.entity, 0 FROM rows_of(?1) r"
                      " CROSS JOIN article_entities e ON e.article = r.row";
}

static void count_rows(struct relating *r)
{
    struct row_set set = {.arena = r->arena};
    const struct looked *looked = read_rows(r, &set);
    bool directed = is_directed(r);
    int64_t role = r->query->relation == STORE_SPEAKS_ABOUT ? ROLE_ABOUT : ROLE_SPEAKS;
    sqlite3_stmt *s = db_use(r->db, related_rows_sql(directed));
    row_set_bind(s, 1, &set);
    while (db_step(r->db, s)) {
        int64_t row = db_int(s, 0), other = db_int(s, 1);
        while (looked->row < row) {
            looked++;
        }
        if (other != r->entity && (!directed || (db_int(s, 2) & role))) {
            note(r, other, looked->article);
        }
    }
    db_done(s);
}

/* ---- significance */

static double x_log_x(double x)
{
    return x > 0 ? x * log(x) : 0;
}

/* Of the table: both, here without the other, the other elsewhere, neither. */
static double log_likelihood(double both, double here, double there, double neither)
{
    double all = both + here + there + neither;
    double cells = x_log_x(both) + x_log_x(here) + x_log_x(there) + x_log_x(neither);
    double rows = x_log_x(both + here) + x_log_x(there + neither);
    double columns = x_log_x(both + there) + x_log_x(here + neither);
    double ratio = 2 * (cells - rows - columns + x_log_x(all));
    ratio = ratio > 0 ? ratio : 0; /* rounding */
    return both * all >= (both + here) * (both + there) ? ratio : -ratio;
}

static void score(const struct relating *r, struct store_related *row)
{
    double both = (double)row->shared, here = (double)r->out->looked_at;
    double there = fmax((double)row->total, both), all = fmax((double)r->out->corpus, here);
    double neither = fmax(all - here - there + both, 0);
    row->score = log_likelihood(both, here - both, there - both, neither);
    double joint = both / all;
    row->npmi = joint >= 1 ? 1 : log(joint / (here / all * (there / all))) / -log(joint);
}

/* ---- rows */

static bool read_other(struct relating *r, int64_t other, struct store_related *row)
{
    sqlite3_stmt *s = db_use(r->db, "SELECT public_id, slug, name, type, articles, quotes_by,"
                                    " quotes_about FROM entities WHERE id = ?1");
    db_bind_int(s, 1, other);
    bool found = db_step(r->db, s);
    if (found) {
        struct columns c = {r->db, s, r->arena, 0};
        row->id = next_id(&c);
        row->slug = next_text(&c);
        row->name = next_text(&c);
        row->type = (enum entity_type)next_int(&c);
        row->total = db_int(s, r->query->relation == STORE_COOCCURS       ? 4
                               : r->query->relation == STORE_SPEAKS_ABOUT ? 6
                                                                          : 5);
    }
    db_done(s);
    return found && ((r->query->types >> row->type) & 1);
}

static void read_evidence(struct relating *r, const struct articles *kept,
                          struct store_related *row)
{
    for (size_t i = 0; i < kept->count; i++) {
        sqlite3_stmt *s =
            db_use(r->db, "SELECT a.public_id, a.title, s.name, a.sort_ms FROM articles a"
                          " LEFT JOIN sources s ON s.id = a.source WHERE a.id = ?1");
        db_bind_int(s, 1, kept->items[i].row);
        if (db_step(r->db, s)) {
            struct columns c = {r->db, s, r->arena, 0};
            struct store_evidence *evidence = &row->evidence[row->evidence_count++];
            evidence->article = next_id(&c);
            evidence->title = next_text(&c);
            evidence->source = next_text(&c);
            evidence->sort_ms = next_int(&c);
        }
        db_done(s);
    }
}

static int by_score(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    int order = (x->row.score < y->row.score) - (x->row.score > y->row.score);
    order = order ? order : (x->row.shared < y->row.shared) - (x->row.shared > y->row.shared);
    return order ? order : slice_compare(x->row.slug, y->row.slug);
}

static int by_shared(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    int order = (x->row.shared < y->row.shared) - (x->row.shared > y->row.shared);
    return order ? order : by_score(a, b);
}

/* Of a type that is asked for: others must not take their places. */
static size_t read_pairs(struct relating *r, struct pair *pairs)
{
    size_t *places, count = 0;
    size_t found = tally_top(&r->tally, r->tally.count, r->arena, &places);
    for (size_t i = 0; i < found && count < SCORED_MOST && places != NULL; i++) {
        const struct tally_key *key = &r->tally.items[places[i]];
        struct pair *pair = &pairs[count];
        *pair = (struct pair){.place = places[i], .row = {.shared = key->count}};
        if (key->count >= r->query->least && read_other(r, key->number, &pair->row)) {
            score(r, &pair->row);
            count++;
        }
    }
    return count;
}

static void show(struct relating *r)
{
    struct pair *pairs = ARENA_ARRAY(r->arena, struct pair, SCORED_MOST);
    struct store_related *rows = ARENA_ARRAY(r->arena, struct store_related, r->query->limit);
    if (pairs == NULL || rows == NULL) {
        r->db->nomem = true;
        return;
    }
    size_t count = read_pairs(r, pairs);
    qsort(pairs, count, sizeof *pairs, r->query->by_count ? by_shared : by_score);
    for (size_t i = 0; i < count && i < r->query->limit; i++) {
        rows[i] = pairs[i].row;
        read_evidence(r, &r->evidence.items[pairs[i].place], &rows[i]);
        r->out->count++;
    }
    r->out->items = rows;
}

/* Adds the entity to what is filtered by. */
static enum rc resolve(struct relating *r, struct store_reader *reader, struct err *e)
{
    struct store_filter filter = r->query->filter;
    bool directed = is_directed(r);
    unsigned roles = r->query->relation == STORE_SPEAKS_ABOUT ? STORE_SPEAKS
                     : directed                               ? STORE_ABOUT
                                                              : STORE_ANY_ROLE;
    enum rc rc = reader_entity(reader, r->query->entity, &r->entity, e);
    if (rc == RC_OK && !store_filter_entity(r->arena, &filter, "entity", roles, r->query->entity)) {
        rc = err_nomem(e);
    }
    return rc == RC_OK
               ? filter_resolve(reader, &filter, directed ? STORE_QUOTE_LIST : STORE_ARTICLE_LIST,
                                r->arena, &r->filter, e)
               : rc;
}

enum rc store_entity_related(struct store_reader *reader, const struct store_related_query *query,
                             struct arena *arena, struct store_related_list *out, struct err *e)
{
    struct store_related_list found = {0};
    struct relating r = {
        .db = reader->db, .query = query, .arena = arena, .tally = {.arena = arena}, .out = &found};
    bool entered = reader_enter(reader);
    enum rc rc = resolve(&r, reader, e);
    if (rc == RC_OK) {
        count_rows(&r);
        found.corpus =
            counters_read(r.db, is_directed(&r) ? COUNT_QUOTES : COUNT_ARTICLES, -1, SLICE_NONE);
        show(&r);
        rc = db_check(reader->db, e);
    }
    reader_leave(reader, entered);
    if (rc == RC_OK) {
        *out = found;
    }
    return rc;
}
