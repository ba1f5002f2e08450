#include "store/related.h"

#include <math.h>
#include <stdlib.h>

#include "store/counters.h"
#include "store/filter_sql.h"
#include "store/roles.h"
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
        struct articles { /* newest first; 0: none */
            int64_t rows[STORE_RELATED_EVIDENCE];
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

static void note(struct relating *r, int64_t other, int64_t article)
{
    size_t place = tally_add(&r->tally, r->db, other, 1);
    if (place == r->evidence.count && ARENA_PUSH(r->arena, &r->evidence) == NULL) {
        r->db->nomem = true;
    }
    if (r->db->nomem) {
        return;
    }
    int64_t *rows = r->evidence.items[place].rows;
    for (size_t i = 0; i < STORE_RELATED_EVIDENCE && rows[i] != article; i++) {
        if (rows[i] == 0) {
            rows[i] = article;
            return;
        }
    }
}

static void note_article(struct relating *r, int64_t article)
{
    sqlite3_stmt *s = db_use(r->db, "SELECT entity FROM article_entities WHERE article = ?1");
    db_bind_int(s, 1, article);
    while (db_step(r->db, s)) {
        if (db_int(s, 0) != r->entity) {
            note(r, db_int(s, 0), article);
        }
    }
    db_done(s);
}

static void note_quote(struct relating *r, int64_t quote, int64_t article)
{
    int64_t role = r->query->relation == STORE_SPEAKS_ABOUT ? ROLE_ABOUT : ROLE_SPEAKS;
    sqlite3_stmt *s = db_use(r->db, "SELECT entity, roles FROM quote_entities WHERE quote = ?1");
    db_bind_int(s, 1, quote);
    while (db_step(r->db, s)) {
        if (db_int(s, 0) != r->entity && (db_int(s, 1) & role)) {
            note(r, db_int(s, 0), article);
        }
    }
    db_done(s);
}

static void count_rows(struct relating *r)
{
    static const struct store_cursor nothing = {0};
    struct filter_order newest = {STORE_NEWEST, false, &nothing, STORE_RELATED_ROWS};
    struct list_sql sql = {0};
    bool directed = is_directed(r);
    list_text(&sql, directed ? "SELECT x.id, x.article" : "SELECT a.id");
    if (directed) {
        filter_quotes(&r->filter, &newest, " ", &sql);
    } else {
        filter_articles(&r->filter, &newest, "", &sql);
    }
    r->out->whole = true;
    sqlite3_stmt *s = list_use(r->db, &sql);
    while (db_step(r->db, s)) {
        if (r->out->looked_at == STORE_RELATED_ROWS) {
            r->out->whole = false;
            break;
        }
        r->out->looked_at++;
        if (directed) {
            note_quote(r, db_int(s, 0), db_int(s, 1));
        } else {
            note_article(r, db_int(s, 0));
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

static void read_evidence(struct relating *r, const int64_t *rows, struct store_related *row)
{
    for (size_t i = 0; i < STORE_RELATED_EVIDENCE && rows[i] != 0; i++) {
        sqlite3_stmt *s =
            db_use(r->db, "SELECT a.public_id, a.title, s.name, a.sort_ms FROM articles a"
                          " LEFT JOIN sources s ON s.id = a.source WHERE a.id = ?1");
        db_bind_int(s, 1, rows[i]);
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
        read_evidence(r, r->evidence.items[pairs[i].place].rows, &rows[i]);
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
