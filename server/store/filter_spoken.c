/* Articles by what is said in them: "with a denial by a minister".
 *
 * Clauses that aren't negated must hold of one and the same quote, with the speaker and whom it is about when those are
 * asked for too. One that is negated says that no quote of the article is so. When few quotes are as asked, their articles
 * are known before the list begins; else each article's quotes are looked at, and one that has such a quote comes soon. */
#include "store/filter_sql.h"

static bool of_quotes_alone(enum store_field field)
{
    return store_filter_fits(STORE_QUOTE_LIST, field) && field != STORE_BY_ENTITY &&
           field != STORE_BY_ARTICLE && field != STORE_BY_SOURCE && field != STORE_BY_SECTION &&
           field != STORE_BY_AUTHOR && field != STORE_BY_LANG && field != STORE_BY_DATE;
}

bool filter_is_spoken(const struct filter_term *term)
{
    return of_quotes_alone(term->field) ||
           (term->field == STORE_BY_ENTITY && term->roles == STORE_REPORTS);
}

/* What the one quote must be. */
static bool is_asked(const struct filter_term *term)
{
    bool part = term->field == STORE_BY_ENTITY &&
                (term->roles == STORE_SPEAKS || term->roles == STORE_ABOUT);
    return !term->negated && (part || filter_is_spoken(term));
}

static bool asks_one(const struct filter *filter)
{
    for (size_t i = 0; i < filter->count; i++) {
        if (filter_is_spoken(&filter->items[i]) && !filter->items[i].negated) {
            return true;
        }
    }
    return false;
}

bool filter_by_spoken(const struct filter *filter)
{
    return filter->spoken_in != NULL && !filter_by_words(filter);
}

/* The clauses as they are asked of quotes: those about the one quote, and what it has of its article. */
static bool quotes_asked(const struct filter *filter, struct arena *arena, struct filter *out)
{
    *out = (struct filter){0};
    for (size_t i = 0; i < filter->count; i++) {
        const struct filter_term *term = &filter->items[i];
        bool shared = term->field != STORE_BY_ENTITY && !filter_is_spoken(term) &&
                      store_filter_fits(STORE_QUOTE_LIST, term->field);
        if (is_asked(term) || shared) {
            struct filter_term *slot = ARENA_PUSH(arena, out);
            if (slot == NULL) {
                return false;
            }
            *slot = *term;
        }
    }
    return true;
}

void filter_find_spoken(struct store_reader *reader, struct arena *arena, struct filter *filter)
{
    struct db *db = reader->db;
    struct filter quotes;
    struct list_sql sql;
    list_start(&sql);
    struct row_set *set;
    int64_t count = 0;
    for (size_t i = 0; i < filter->count; i++) {
        filter->spoken = filter->spoken || filter_is_spoken(&filter->items[i]);
    }
    if (!asks_one(filter)) {
        return;
    }
    set = ARENA_NEW(arena, struct row_set);
    if (set == NULL || !quotes_asked(filter, arena, &quotes)) {
        db->nomem = true;
        return;
    }
    set->arena = arena;
    list_text(&sql, "SELECT x.article");
    filter_quotes(&quotes, NULL, " ", &sql);
    list_int(&sql, " LIMIT ", FILTER_FEW_SPOKEN + 1);
    sqlite3_stmt *s = list_use(db, &sql);
    while (db_step(db, s)) {
        count++;
        db->nomem = db->nomem || !row_set_add(set, db_int(s, 0));
    }
    db_done(s);
    filter->spoken_in = count <= FILTER_FEW_SPOKEN ? set : NULL;
}

static void begin(const char *article, bool has, struct list_sql *out)
{
    list_text(out, has ? " AND EXISTS" : " AND NOT EXISTS");
    list_text(out, " (SELECT 1 FROM quotes x INDEXED BY quotes_of_article WHERE x.article = ");
    list_text(out, article);
}

void filter_spoken(const struct filter *filter, const char *article, struct list_sql *out)
{
    if (!filter->spoken) {
        return;
    }
    if (filter->spoken_in != NULL && !filter_by_spoken(filter)) {
        list_rows(out, " AND in_rows(", filter->spoken_in);
        list_text(out, ", ");
        list_text(out, article);
        list_text(out, ")");
    } else if (filter->spoken_in == NULL && asks_one(filter)) {
        begin(article, true, out);
        for (size_t i = 0; i < filter->count; i++) {
            if (is_asked(&filter->items[i])) {
                filter_quote(&filter->items[i], false, out);
            }
        }
        list_text(out, ")");
    }
    for (size_t i = 0; i < filter->count; i++) {
        const struct filter_term *term = &filter->items[i];
        if (filter_is_spoken(term) && term->negated) {
            begin(article, false, out);
            filter_quote(term, true, out);
            list_text(out, ")");
        }
    }
}
