#include "store/filter_sql.h"

/* Ways in: an index that has its articles by date. `key` is what the leading clause's values are compared with,
 * `sort_ms` and `row` are read from the index, `articles` joins what isn't there yet. */
struct way {
    enum store_field field;
    const char *from, *articles, *key, *sort_ms, *row, *live;
};

static const struct way ways[] = {
    {STORE_BY_ENTITY, "article_entities ae INDEXED BY article_entities_by_entity",
     " CROSS JOIN articles a ON a.id = ae.article", "ae.entity", "ae.sort_ms", "ae.article", ""},
    {STORE_BY_AUTHOR, "article_bylines b INDEXED BY article_bylines_by_key",
     " CROSS JOIN articles a ON a.id = b.article", "b.key", "b.sort_ms", "b.article", ""},
    {STORE_BY_SECTION, "articles a INDEXED BY articles_by_section", "", "a.section_key",
     "a.sort_ms", "a.id", " AND a.deleted_ms IS NULL"},
    {STORE_BY_SOURCE, "articles a INDEXED BY articles_by_source", "", "a.source", "a.sort_ms",
     "a.id", " AND a.deleted_ms IS NULL"},
    {STORE_BY_LANG, "articles a INDEXED BY articles_by_lang", "", "a.lang", "a.sort_ms", "a.id",
     " AND a.deleted_ms IS NULL"},
    {STORE_BY_ARTICLE, "articles a", "", "a.id", "a.sort_ms", "a.id", " AND a.deleted_ms IS NULL"},
};

/* No clause leads: in the order that is asked for. */
struct walk {
    enum store_sort sort;
    const char *from, *key;
};

static const struct walk walks[] = {
    {STORE_NEWEST, "articles a INDEXED BY articles_by_date", "a.sort_ms"},
    {STORE_QUOTES, "articles a INDEXED BY articles_by_quotes", "a.quote_count"},
    {STORE_WORDS, "articles a INDEXED BY articles_by_words", "a.word_count"},
    {STORE_PROMINENCE, NULL, "ae.prominence"}, /* the entity leads */
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

struct building {
    const struct filter *filter;
    const struct filter_order *order;
    const struct filter_term *lead, *focus;
    const struct way *way;
    bool by_parts; /* only counted, and all is asked of `ae`: `a` isn't there */
    struct list_sql *out;
    struct list_behind cursor; /* shared by all walks of a merge */
};

static const struct way *way_of(const struct filter_term *term)
{
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        if (ways[i].field == term->field && !term->negated && term->count > 0) {
            return &ways[i];
        }
    }
    return NULL;
}

/* The clause that fewest articles have. */
static void choose_lead(struct building *b)
{
    for (size_t i = 0; i < b->filter->count; i++) {
        const struct filter_term *term = &b->filter->items[i];
        bool source = term->field == STORE_BY_SOURCE; /* before a language that is as rare */
        if (way_of(term) != NULL &&
            (b->lead == NULL || term->expected < b->lead->expected + source)) {
            b->lead = term;
        }
    }
    bool by_date = b->order == NULL || b->order->sort == STORE_NEWEST;
    if (b->order != NULL && b->order->sort == STORE_PROMINENCE) {
        b->lead = b->focus;
    } else if (b->lead != NULL && !by_date && b->lead->expected > FILTER_SORTED_MOST) {
        b->lead = NULL;
    }
    if (filter_by_words(b->filter) || filter_by_spoken(b->filter)) {
        b->lead = NULL;
    }
    b->way = b->lead ? way_of(b->lead) : NULL;
}

/* ---- conditions of each row */

/* By the index that has an entity's articles by date: rows that come by date are neighbours there. */
static void has_entity(const struct building *b, const struct filter_term *term)
{
    struct list_sql *out = b->out;
    list_text(out, term->negated ? " AND NOT EXISTS" : " AND EXISTS");
    list_text(out, " (SELECT 1 FROM article_entities o INDEXED BY article_entities_by_entity"
                   " WHERE o.entity ");
    filter_values(term, out);
    list_text(out, b->by_parts ? " AND o.sort_ms = ae.sort_ms AND o.article = ae.article"
                               : " AND o.sort_ms = a.sort_ms AND o.article = a.id");
    list_text(out, term->roles == STORE_SPEAKS  ? " AND o.quotes_by > 0)"
                   : term->roles == STORE_ABOUT ? " AND o.quotes_about > 0)"
                                                : ")");
}

static void has_author(const struct filter_term *term, struct list_sql *out)
{
    list_text(out, term->negated ? " AND NOT EXISTS" : " AND EXISTS");
    list_text(out, " (SELECT 1 FROM article_bylines o WHERE o.article = a.id AND o.key ");
    filter_values(term, out);
    list_text(out, ")");
}

static bool has_values(enum store_field field)
{
    return field <= STORE_BY_LANG;
}

/* Whom `ae` stands for. */
static void has_role(const struct filter_term *term, struct list_sql *out)
{
    list_text(out, term->roles == STORE_SPEAKS  ? " AND ae.quotes_by > 0"
                   : term->roles == STORE_ABOUT ? " AND ae.quotes_about > 0"
                                                : "");
}

static void condition(const struct building *b, const struct filter_term *term)
{
    struct list_sql *out = b->out;
    if (term == b->focus) {
        has_role(term, out);
        return;
    }
    if (filter_is_spoken(term)) {
        return; /* together, in the end */
    }
    if (has_values(term->field) && term->count == 0) {
        filter_nothing(term, out);
        return;
    }
    switch (term->field) {
    case STORE_BY_ENTITY:
        has_entity(b, term);
        return;
    case STORE_BY_AUTHOR:
        has_author(term, out);
        return;
    case STORE_BY_ARTICLE:
        filter_in(term, "a.id", out);
        return;
    case STORE_BY_SOURCE:
        filter_in(term, b->by_parts ? "ae.source" : "a.source", out);
        return;
    case STORE_BY_SECTION:
        filter_in(term, "a.section_key", out);
        return;
    case STORE_BY_LANG:
        filter_in(term, b->by_parts ? "ae.lang" : "a.lang", out);
        return;
    case STORE_BY_WORDS:
        filter_range(term, "a.word_count", out);
        return;
    case STORE_BY_QUOTES:
        filter_range(term, "a.quote_count", out);
        return;
    default:
        return; /* dates: with the way in; the others fit no list of articles */
    }
}

/* ---- ways in */

/* One source and one language have an index of their own; the language is then asked for like any condition. */
static bool is_pair(const struct building *b)
{
    bool lang = false;
    for (size_t i = 0; i < b->filter->count; i++) {
        const struct filter_term *term = &b->filter->items[i];
        lang = lang || (term->field == STORE_BY_LANG && !term->negated && term->count == 1);
    }
    return lang && b->lead->field == STORE_BY_SOURCE && b->lead->count == 1;
}

static void walk_one(struct building *b, const char *joins)
{
    list_text(b->out, " FROM ");
    list_text(b->out, is_pair(b) ? "articles a INDEXED BY articles_by_source_lang" : b->way->from);
    list_text(b->out, joins);
}

/* Several values: as many walks, merged as they come. The LIMIT keeps SQLite from forgetting the order, which the rows of
 * the outer query then come in. UNION drops articles that two walks give. */
static void merge(struct building *b)
{
    struct list_sql *out = b->out;
    bool by_date = b->order != NULL && b->order->sort == STORE_NEWEST;
    struct filter_term one = *b->lead;
    one.count = 1;
    list_text(out, " FROM (");
    for (size_t i = 0; i < b->lead->count; i++) {
        one.rows = b->lead->rows ? &b->lead->rows[i] : NULL;
        one.keys = b->lead->keys ? &b->lead->keys[i] : NULL;
        list_text(out, i ? " UNION SELECT " : "SELECT ");
        list_text(out, b->way->row);
        list_text(out, " AS id, ");
        list_text(out, b->way->sort_ms);
        list_text(out, " AS sort_ms");
        walk_one(b, "");
        list_text(out, " WHERE ");
        list_text(out, b->way->key);
        list_text(out, " ");
        filter_values(&one, out);
        list_text(out, b->way->live);
        filter_dates(b->filter, b->way->sort_ms, out);
        if (by_date) {
            list_behind(out, b->way->sort_ms, b->way->row, !b->order->ascending, b->order->after,
                        &b->cursor);
        }
    }
    list_text(out, by_date && b->order->ascending ? " ORDER BY sort_ms, id LIMIT -1"
                                                  : " ORDER BY sort_ms DESC, id DESC LIMIT -1");
    list_text(out, ") m CROSS JOIN articles a ON a.id = m.id");
}

static void join_focus(struct building *b)
{
    if (b->focus != NULL && (b->way == NULL || b->lead != b->focus)) {
        list_int(b->out, " CROSS JOIN article_entities ae ON ae.article = a.id AND ae.entity = ",
                 b->focus->rows[0]);
    }
}

static void from_words(struct building *b, const char *joins)
{
    list_slice(b->out, " FROM (SELECT rowid AS id FROM article_search WHERE article_search MATCH ",
               slice_cstr(b->filter->match));
    list_text(b->out, ") m CROSS JOIN articles a ON a.id = m.id");
    join_focus(b);
    list_text(b->out, joins);
    list_text(b->out, " WHERE a.deleted_ms IS NULL");
    filter_dates(b->filter, "a.sort_ms", b->out);
}

static void from_spoken(struct building *b, const char *joins)
{
    list_rows(b->out, " FROM rows_of(", b->filter->spoken_in);
    list_text(b->out, ") m CROSS JOIN articles a ON a.id = m.row");
    join_focus(b);
    list_text(b->out, joins);
    list_text(b->out, " WHERE a.deleted_ms IS NULL");
    filter_dates(b->filter, "a.sort_ms", b->out);
}

static void from_walk(struct building *b, const char *joins)
{
    list_text(b->out, " FROM ");
    const struct walk *walk = walk_of(b->order ? b->order->sort : STORE_NEWEST);
    list_text(b->out, walk == &walks[0] && b->filter->collapse
                          ? "articles a INDEXED BY articles_firsts_by_date"
                          : walk->from);
    join_focus(b);
    list_text(b->out, joins);
    list_text(b->out, " WHERE a.deleted_ms IS NULL");
    filter_dates(b->filter, "a.sort_ms", b->out);
}

static void from_lead(struct building *b, const char *joins)
{
    if (b->lead->count > 1) {
        merge(b);
        join_focus(b);
        list_text(b->out, joins);
        list_text(b->out, " WHERE 1");
        return;
    }
    walk_one(b, b->by_parts ? "" : b->way->articles);
    join_focus(b);
    list_text(b->out, joins);
    list_text(b->out, " WHERE ");
    list_text(b->out, b->way->key);
    list_text(b->out, " ");
    filter_values(b->lead, b->out);
    list_text(b->out, b->way->live);
    filter_dates(b->filter, b->way->sort_ms, b->out);
}

/* Its index has seen to the leading clause, but for the part that an entity has in the article. */
static bool is_done(const struct building *b, const struct filter_term *term)
{
    bool plain = term->roles != STORE_SPEAKS && term->roles != STORE_ABOUT;
    return term == b->lead && (term->field != STORE_BY_ENTITY || plain);
}

static void order(struct building *b)
{
    const struct filter_order *asked = b->order;
    bool merged = b->way != NULL && b->lead->count > 1;
    if (merged && asked->sort == STORE_NEWEST) {
        list_int(b->out, " LIMIT ", (int64_t)asked->limit + 1); /* in order already */
        return;
    }
    bool lead_order = b->way != NULL && asked->sort == STORE_NEWEST;
    list_order(b->out, lead_order ? b->way->sort_ms : walk_of(asked->sort)->key,
               lead_order ? b->way->row : "a.id", !asked->ascending, asked->after, asked->limit);
}

/* What stands beside an entity answers all that is asked. */
static bool asks_parts(const struct building *b)
{
    bool parts =
        b->way != NULL && b->lead == b->focus && !b->filter->collapse && !b->filter->spoken;
    for (size_t i = 0; i < b->filter->count; i++) {
        enum store_field field = b->filter->items[i].field;
        parts = parts && (field == STORE_BY_ENTITY || field == STORE_BY_SOURCE ||
                          field == STORE_BY_LANG || field == STORE_BY_DATE);
    }
    return parts;
}

void filter_articles(const struct filter *filter, const struct filter_order *asked,
                     const char *joins, struct list_sql *out)
{
    struct building b = {
        .filter = filter, .order = asked, .focus = filter_focus(filter), .out = out};
    choose_lead(&b);
    b.by_parts = joins == NULL && asks_parts(&b);
    joins = joins ? joins : "";
    if (filter_by_words(filter)) {
        from_words(&b, joins);
    } else if (filter_by_spoken(filter)) {
        from_spoken(&b, joins);
    } else if (b.way != NULL) {
        from_lead(&b, joins);
    } else {
        from_walk(&b, joins);
    }
    for (size_t i = 0; i < filter->count; i++) {
        if (!is_done(&b, &filter->items[i])) {
            condition(&b, &filter->items[i]);
        }
    }
    list_text(out, filter->collapse ? " AND a.duplicate = 0" : "");
    filter_spoken(filter, "a.id", out);
    filter_matches(filter, b.by_parts ? "ae.article" : "a.id", out);
    if (asked != NULL) {
        order(&b);
    }
}
