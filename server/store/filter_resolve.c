/* From what a person gave to rows of the archive, with a guess at how many articles or quotes each clause leaves. */
#include "store/filter_sql.h"

#include "base/buf.h"
#include "store/counters.h"
#include "store/entities.h"
#include "store/filter_nearest.h"
#include "text/digest.h"
#include "text/fold.h"

enum { LISTED_CANDIDATES = 5 };

/* Of clauses that nothing counts: few articles have an author, a section, a verb in common. */
enum { SOME_ROWS = 1000, MANY_ROWS = 5000 };

/* Matches of a search that are found at once, by arrival: 10 ms. */
int64_t filter_matches_most = 100000;

struct resolving {
    struct store_reader *reader;
    enum store_list list;
    struct arena *arena;
    struct filter *out;
};

static enum rc refuse_ambiguous(const struct store_clause *clause, struct slice value,
                                const struct store_candidate *rows, size_t count, struct err *e)
{
    struct buf list;
    buf_init(&list);
    for (size_t i = 0; i < count && i < LISTED_CANDIDATES; i++) {
        char id[DIGEST_ID_CHARS + 1];
        digest_format_id(rows[i].id, id);
        buf_printf(&list, "%s%s (%.*s, %s)", i ? ", " : "", id, SLICE_ARG(rows[i].name),
                   entity_type_name(rows[i].type));
    }
    enum rc rc = err_field(
        e, RC_CONFLICT, clause->name, "'%.*s' means %zu entities; say which by id: %.*s",
        (int)(value.len < 80 ? value.len : 80), value.ptr, count, SLICE_ARG(buf_view(&list)));
    buf_done(&list);
    return rc;
}

/* How many articles or quotes an entity has in these roles. */
static int64_t expected_of(const struct resolving *r, int64_t entity, unsigned roles)
{
    sqlite3_stmt *s = db_use(
        r->reader->db, "SELECT articles, quotes_by, quotes_about FROM entities WHERE id = ?1");
    db_bind_int(s, 1, entity);
    int64_t articles = 0, by = 0, about = 0;
    if (db_step(r->reader->db, s)) {
        articles = db_int(s, 0);
        by = db_int(s, 1);
        about = db_int(s, 2);
    }
    db_done(s);
    if (r->list == STORE_QUOTE_LIST) {
        return roles == STORE_SPEAKS ? by : roles == STORE_ABOUT ? about : by + about;
    }
    return articles;
}

/* *row 0: nobody is called so. */
static enum rc find_entity(const struct resolving *r, const struct store_clause *clause,
                           struct slice value, int64_t *row, int64_t *expected, struct err *e)
{
    struct store_candidate *rows;
    size_t count;
    *row = 0;
    enum rc rc = store_entity_resolve(r->reader, value, r->arena, &rows, &count, e);
    if (rc == RC_NOT_FOUND || rc == RC_GONE) {
        return RC_OK;
    }
    if (rc == RC_OK && count > 1) {
        return refuse_ambiguous(clause, value, rows, count, e);
    }
    rc = rc == RC_OK ? reader_entity(r->reader, rows[0].id, row, e) : rc;
    *expected = rc == RC_OK ? expected_of(r, *row, clause->roles) : 0;
    return rc;
}

static enum rc find_article(const struct resolving *r, struct slice value, int64_t *row,
                            struct err *e)
{
    uint64_t id;
    *row = 0;
    if (!digest_parse_id(value, &id)) {
        return RC_OK;
    }
    enum rc rc = reader_article(r->reader, id, row, e);
    return rc == RC_NOT_FOUND || rc == RC_GONE ? RC_OK : rc;
}

static enum rc find_row(const struct resolving *r, const struct store_clause *clause,
                        struct slice value, int64_t *row, int64_t *expected, struct err *e)
{
    bool quotes = r->list == STORE_QUOTE_LIST;
    switch (clause->field) {
    case STORE_BY_ENTITY:
        return find_entity(r, clause, value, row, expected, e);
    case STORE_BY_ARTICLE:
        *expected = -1; /* before all others: its quotes come in the order of its text */
        return find_article(r, value, row, e);
    default: /* a source */
        *row = reader_source(r->reader, value);
        *expected = counters_read(
            r->reader->db, quotes ? COUNT_QUOTES_SOURCE : COUNT_ARTICLES_SOURCE, *row, SLICE_NONE);
        return RC_OK;
    }
}

static bool hint(const struct resolving *r, const struct store_clause *clause, struct slice value)
{
    struct store_hint *hint = ARENA_PUSH(r->arena, &r->out->hints);
    if (hint != NULL) {
        *hint = (struct store_hint){clause->name, value,
                                    filter_nearest(r->reader, clause->field, value, r->arena)};
    }
    return hint != NULL;
}

static enum rc find_rows(const struct resolving *r, const struct store_clause *clause,
                         struct filter_term *term, struct err *e)
{
    term->rows = ARENA_ARRAY(r->arena, int64_t, clause->count);
    if (term->rows == NULL) {
        return err_nomem(e);
    }
    for (size_t i = 0; i < clause->count; i++) {
        int64_t row = 0, expected = 0;
        enum rc rc = find_row(r, clause, clause->values[i], &row, &expected, e);
        if (rc != RC_OK) {
            return rc;
        }
        bool repeated = false;
        for (size_t k = 0; k < term->count; k++) {
            repeated = repeated || term->rows[k] == row;
        }
        if (row == 0 && !hint(r, clause, clause->values[i])) {
            return err_nomem(e);
        }
        if (row != 0 && !repeated) {
            term->rows[term->count++] = row;
            term->expected += expected;
        }
    }
    return RC_OK;
}

/* Whether any article has this section or author. */
static bool is_known(const struct resolving *r, enum store_field field, struct slice key)
{
    if (field != STORE_BY_SECTION && field != STORE_BY_AUTHOR) {
        return true;
    }
    sqlite3_stmt *s = db_use(
        r->reader->db, field == STORE_BY_SECTION
                           ? "SELECT 1 FROM articles WHERE section_key = ?1 AND deleted_ms IS NULL"
                           : "SELECT 1 FROM article_bylines WHERE key = ?1");
    db_bind_text(s, 1, key);
    bool known = db_step(r->reader->db, s);
    db_done(s);
    return known;
}

static enum rc find_keys(const struct resolving *r, const struct store_clause *clause,
                         struct filter_term *term, struct err *e)
{
    bool lang = clause->field == STORE_BY_LANG, quotes = r->list == STORE_QUOTE_LIST;
    term->keys = ARENA_ARRAY(r->arena, struct slice, clause->count);
    if (term->keys == NULL) {
        return err_nomem(e);
    }
    for (size_t i = 0; i < clause->count; i++) {
        struct slice key = lang ? clause->values[i] : fold_key(r->arena, clause->values[i]);
        bool repeated = false;
        for (size_t k = 0; k < term->count; k++) {
            repeated = repeated || slice_equal(term->keys[k], key);
        }
        if (!slice_present(key)) {
            return err_nomem(e);
        }
        bool known = is_known(r, clause->field, key);
        if (!known && !hint(r, clause, clause->values[i])) {
            return err_nomem(e);
        }
        if (known && !repeated) {
            term->keys[term->count++] = key;
            term->expected +=
                lang ? counters_read(r->reader->db,
                                     quotes ? COUNT_QUOTES_LANG : COUNT_ARTICLES_LANG, -1, key)
                     : SOME_ROWS;
        }
    }
    return RC_OK;
}

static int64_t expected_of_choices(const struct resolving *r, const struct store_clause *clause)
{
    if (clause->field != STORE_BY_QUOTE_TYPE) {
        return MANY_ROWS;
    }
    int64_t expected = 0;
    for (int type = 0; type <= (int)QUOTE_MIXED; type++) {
        expected += clause->choices & 1u << type
                        ? counters_read(r->reader->db, COUNT_QUOTES_TYPE, type, SLICE_NONE)
                        : 0;
    }
    return expected;
}

static enum rc resolve_clause(const struct resolving *r, const struct store_clause *clause,
                              struct err *e)
{
    struct filter_term *term = ARENA_PUSH(r->arena, r->out);
    if (term == NULL) {
        return err_nomem(e);
    }
    term->field = clause->field;
    term->negated = clause->negated;
    term->roles = clause->roles;
    term->choices = clause->choices;
    term->least = clause->least;
    term->most = clause->most;
    switch (clause->field) {
    case STORE_BY_ENTITY:
    case STORE_BY_ARTICLE:
    case STORE_BY_SOURCE:
        return find_rows(r, clause, term, e);
    case STORE_BY_SECTION:
    case STORE_BY_AUTHOR:
    case STORE_BY_CUE:
    case STORE_BY_LANG:
        return find_keys(r, clause, term, e);
    default:
        term->expected = expected_of_choices(r, clause);
        return RC_OK;
    }
}

static unsigned columns_of(enum store_list list, enum store_scope scope)
{
    if (list == STORE_QUOTE_LIST) {
        return SEARCH_IN_QUOTE;
    }
    switch (scope) {
    case STORE_IN_ALL:
        return 0;
    case STORE_IN_TITLE:
        return SEARCH_IN_TITLE;
    case STORE_IN_TEXT:
        return SEARCH_IN_NARRATION | SEARCH_IN_QUOTES | SEARCH_IN_SEAMS;
    case STORE_IN_QUOTES:
        return SEARCH_IN_QUOTES;
    case STORE_IN_NARRATION:
        return SEARCH_IN_NARRATION;
    }
    return 0;
}

/* Words become `match`, which stays NULL when there are none; fields of the search become clauses of `all`. */
static enum rc compile_words(const struct resolving *r, struct store_filter *all, struct err *e)
{
    struct search_query channel = {0}, *words = &r->out->words;
    enum rc rc = RC_OK;
    if (slice_present(all->q)) {
        rc = search_query_compile(all->q, r->list, columns_of(r->list, all->in), r->arena, all,
                                  words, e);
    }
    if (rc == RC_OK && slice_present(all->channel)) {
        rc = search_query_compile(all->channel, r->list, SEARCH_IN_CHANNEL, r->arena, NULL,
                                  &channel, e);
        if (rc == RC_INVALID || rc == RC_TOO_LARGE) {
            err_field(e, rc, "channel", "channel takes 1 to 32 words");
        }
    }
    if (rc != RC_OK) {
        return rc;
    }
    r->out->match = words->match ? words->match : channel.match;
    if (words->match && channel.match) {
        r->out->match = arena_printf(r->arena, "(%s) AND (%s)", words->match, channel.match).ptr;
        rc = r->out->match ? RC_OK : err_nomem(e);
    }
    return rc;
}

/* A copy that clauses can be added to. */
static bool copy_clauses(struct arena *arena, const struct store_filter *given,
                         struct store_filter *out)
{
    *out = *given;
    out->items = ARENA_ARRAY(arena, struct store_clause, given->count + 1);
    out->capacity = given->count + 1;
    if (out->items != NULL && given->count > 0) {
        memcpy(out->items, given->items, given->count * sizeof *given->items);
    }
    return out->items != NULL;
}

/* Whom the words match; of more than filter_matches_most the first ones, the others when they are asked for. */
static bool find_matches(const struct resolving *r)
{
    static const char *const sql[][2] = {
        {"SELECT rowid FROM article_search WHERE article_search MATCH ?1",
         "SELECT rowid FROM article_search WHERE article_search MATCH ?1"
         " AND rowid BETWEEN ?2 AND ?3"},
        {"SELECT rowid FROM quote_search WHERE quote_search MATCH ?1",
         "SELECT rowid FROM quote_search WHERE quote_search MATCH ?1 AND rowid BETWEEN ?2 AND ?3"}};
    struct row_set *set = ARENA_NEW(r->arena, struct row_set);
    struct row_set *looked_up = ARENA_NEW(r->arena, struct row_set);
    bool quotes = r->list == STORE_QUOTE_LIST, whole = true;
    if (r->out->match == NULL || set == NULL || looked_up == NULL) {
        return r->out->match == NULL;
    }
    struct db *db = r->reader->db;
    sqlite3_stmt *s = db_use(db, sql[quotes][0]);
    set->arena = looked_up->arena = r->arena;
    db_bind_text(s, 1, slice_cstr(r->out->match));
    while (whole && db_step(db, s)) {
        if (set->count == filter_matches_most) {
            set->db = db;
            set->sql = sql[quotes][1];
            set->match = r->out->match;
            set->known = db_int(s, 0) - 1;
            set->looked_up = looked_up;
            r->out->matches_more = true;
            break;
        }
        whole = row_set_add(set, db_int(s, 0));
    }
    db_done(s);
    r->out->matches = set;
    r->out->match_count = set->count;
    return whole;
}

enum rc filter_resolve(struct store_reader *reader, const struct store_filter *given,
                       enum store_list list, struct arena *arena, struct filter *out, struct err *e)
{
    struct filter found = {.collapse = given->collapse};
    struct resolving r = {reader, list, arena, &found};
    struct store_filter all;
    if (!copy_clauses(arena, given, &all)) {
        return err_nomem(e);
    }
    enum rc rc = compile_words(&r, &all, e);
    for (size_t i = 0; i < all.count && rc == RC_OK; i++) {
        const struct store_clause *clause = &all.items[i];
        if (i >= STORE_CLAUSES_MOST || clause->count > STORE_VALUES_MOST) {
            return err_field(e, RC_TOO_LARGE, clause->name,
                             "a filter has at most %d conditions of %d values each",
                             STORE_CLAUSES_MOST, STORE_VALUES_MOST);
        }
        if (!store_filter_fits(list, clause->field)) {
            return err_field(e, RC_INVALID, clause->name, "%s filters no list of this kind",
                             clause->name);
        }
        rc = resolve_clause(&r, clause, e);
    }
    if (rc == RC_OK && !find_matches(&r)) {
        rc = err_nomem(e);
    }
    if (rc == RC_OK && list == STORE_ARTICLE_LIST) {
        filter_find_spoken(reader, arena, &found);
    }
    rc = rc == RC_OK ? db_check(reader->db, e) : rc;
    if (rc == RC_OK) {
        *out = found;
    }
    return rc;
}
