#include "store/quotes.h"

#include "store/rights_of.h"

#include "store/counters.h"
#include "store/entity_refs.h"
#include "store/list_queries.h"
#include "store/pack_rows.h"
#include "store/quote_state.h"
#include "store/ranking.h"
#include "store/roles.h"
#include "store/search_highlight.h"

#define QUOTE_SELECT                                                                               \
    "SELECT x.id, x.public_id, x.ordinal, x.sort_ms, x.lang, x.type, x.text, x.spans, x.block,"    \
    " x.cue_class, x.cue_text, x.cue_lemma, x.cue_start_byte, x.cue_end_byte, x.cue_start_cp,"     \
    " x.cue_end_cp, x.speaker_kind, x.speaker_implied, x.speaker_text, x.speaker_name,"            \
    " x.speaker_title, x.speaker_start_byte, x.speaker_end_byte, x.speaker_start_cp,"              \
    " x.speaker_end_cp, x.resolution, x.rule, x.channel, x.negated, x.hypothetical, "              \
    "x.in_headline,"                                                                               \
    " x.body_quote, x.before, x.after, x.confidence, x.corrected, x.about_count, x.people_count,"  \
    " x.alternative_count, a.public_id, a.title, a.url, a.canonical_url, a.published_ms,"          \
    " a.published_day, src.name, coalesce(a.source, 0), a.text_purged_ms IS NOT "                  \
    "NULL, x.speaker, x.affiliation"
#define QUOTE_JOINS                                                                                \
    " CROSS JOIN articles a ON a.id = x.article LEFT JOIN sources src ON src.id = a.source"

/* Rows in other tables that a quote has, if any. */
struct elsewhere {
    int64_t row;
    int64_t speaker, affiliation; /* entities; 0: none */
    bool about, people, alternatives;
};

static struct store_span read_span(struct columns *c)
{
    struct store_span span;
    span.start_byte = (uint32_t)next_int(c);
    span.end_byte = (uint32_t)next_int(c);
    span.start_cp = (uint32_t)next_int(c);
    span.end_cp = (uint32_t)next_int(c);
    return span;
}

static void read_speaker(struct columns *c, struct store_speaker *out)
{
    out->present = !next_is_null(c);
    out->kind = (enum speaker_kind)next_int(c);
    out->implied = next_int(c) != 0;
    out->text = next_text(c);
    out->name = next_text(c);
    out->title = next_text(c);
    out->span = read_span(c);
}

static void read_place(struct columns *c, struct store_quote *out)
{
    out->article.id = next_id(c);
    out->article.title = next_text(c);
    struct slice url = next_text(c), canonical = next_text(c);
    out->article.url = slice_present(url) ? url : canonical;
    out->article.has_published = !next_is_null(c);
    out->article.published_ms = next_int(c);
    out->article.published_date_only = next_int(c) != 0;
    out->article.source = next_text(c);
    int64_t source = next_int(c);
    out->rights = rights_of_article(c->db, source, next_int(c) != 0);
    if (rights_hide(out->rights)) {
        out->before = out->after = SLICE_NONE;
    }
}

static void read_quote(struct columns *c, struct store_quote *out, int64_t *ordinal,
                       struct elsewhere *more)
{
    more->row = next_int(c);
    out->id = next_id(c);
    *ordinal = next_int(c);
    out->sort_ms = next_int(c);
    out->lang = next_text(c);
    out->type = (enum quote_type)next_int(c);
    out->text = next_text(c);
    if (!unpack_spans(db_blob(c->stmt, c->at++), c->arena, &out->spans, &out->span_count)) {
        c->db->nomem = true;
    }
    out->block = (uint32_t)next_int(c);
    out->has_cue = !next_is_null(c);
    out->cue.class = (enum cue_class)next_int(c);
    out->cue.text = next_text(c);
    out->cue.lemma = next_text(c);
    out->cue.span = read_span(c);
    read_speaker(c, &out->speaker);
    out->resolution = next_text(c);
    out->rule = next_text(c);
    out->channel = next_text(c);
    out->negated = next_int(c) != 0;
    out->hypothetical = next_int(c) != 0;
    out->in_headline = next_int(c) != 0;
    out->has_body_quote = !next_is_null(c);
    out->body_quote = next_id(c);
    out->before = next_text(c);
    out->after = next_text(c);
    out->confidence = next_thousandths(c);
    out->corrected = next_int(c) != 0;
    more->about = next_int(c) > 0;
    more->people = next_int(c) > 0;
    more->alternatives = next_int(c) > 0;
    read_place(c, out);
    more->speaker = next_int(c);
    more->affiliation = next_int(c);
}

/* ---- what stands in other tables */

/* Where rows of other tables are read from, and into what. */
struct around {
    struct db *db;
    struct arena *arena;
    struct entity_refs *known;
};

static struct store_entity_ref find_ref(const struct around *at, int64_t entity)
{
    return entity_refs_find(at->known, at->db, entity, at->arena);
}

/* Few rows, in the order of their key: a sorter of SQLite's would cost more than all of them. */
static void read_about(const struct around *from, int64_t row, struct store_quote *out)
{
    struct placed {
        int64_t entity, position;
    };
    struct {
        struct placed *items;
        size_t count, capacity;
    } list = {0};
    sqlite3_stmt *s = db_use(from->db, "SELECT entity, position FROM quote_entities"
                                       " WHERE quote = ?1 AND roles & 2");
    db_bind_int(s, 1, row);
    while (db_step(from->db, s) && ARENA_PUSH(from->arena, &list) != NULL) {
        struct placed placed = {db_int(s, 0), db_int(s, 1)};
        size_t at = list.count - 1;
        for (; at > 0 && list.items[at - 1].position > placed.position; at--) {
            list.items[at] = list.items[at - 1];
        }
        list.items[at] = placed;
    }
    db_done(s);
    struct store_entity_ref *about = ARENA_ARRAY(from->arena, struct store_entity_ref, list.count);
    if (about == NULL) {
        from->db->nomem = true;
        return;
    }
    for (size_t i = 0; i < list.count; i++) {
        about[i] = find_ref(from, list.items[i].entity);
    }
    out->about = about;
    out->about_count = list.count;
}

static void read_people(const struct around *from, int64_t row, struct store_quote *out)
{
    sqlite3_stmt *s =
        db_use(from->db, "SELECT role, kind, implied, text, name, title, start_byte, end_byte,"
                         " start_cp, end_cp, entity, affiliation FROM quote_people"
                         " WHERE quote = ?1");
    db_bind_int(s, 1, row);
    while (db_step(from->db, s)) {
        struct columns c = {from->db, s, from->arena, 0};
        struct store_speaker *person =
            next_int(&c) == ROLE_REPORTS ? &out->reported_by : &out->addressee;
        read_speaker(&c, person);
        person->entity = find_ref(from, next_int(&c));
        person->affiliation = find_ref(from, next_int(&c));
    }
    db_done(s);
}

/* The likeliest first; of equals the one that the archive knew first, which is their order in the table. */
static void read_alternatives(const struct around *from, int64_t row, struct store_quote *out)
{
    struct {
        struct store_alternative *items;
        size_t count, capacity;
    } list = {0};
    sqlite3_stmt *s =
        db_use(from->db, "SELECT score, entity FROM quote_alternatives WHERE quote = ?1");
    db_bind_int(s, 1, row);
    while (db_step(from->db, s) && ARENA_PUSH(from->arena, &list) != NULL) {
        struct columns c = {from->db, s, from->arena, 0};
        float score = next_thousandths(&c);
        size_t at = list.count - 1;
        for (; at > 0 && list.items[at - 1].score < score; at--) {
            list.items[at] = list.items[at - 1];
        }
        list.items[at] = (struct store_alternative){find_ref(from, next_int(&c)), score};
    }
    db_done(s);
    out->alternatives = list.items;
    out->alternative_count = list.count;
}

static void read_elsewhere(const struct around *from, const struct elsewhere *more,
                           struct store_quote *out)
{
    out->speaker.entity = find_ref(from, more->speaker);
    out->speaker.affiliation = find_ref(from, more->affiliation);
    if (more->about) {
        read_about(from, more->row, out);
    }
    if (more->people) {
        read_people(from, more->row, out);
    }
    if (more->alternatives) {
        read_alternatives(from, more->row, out);
    }
}

enum rc store_quote_get(struct store_reader *reader, uint64_t id, struct arena *arena,
                        struct store_quote *out, struct err *e)
{
    struct db *db = reader->db;
    struct store_quote quote = {0};
    struct elsewhere more;
    int64_t ordinal;
    bool entered = reader_enter(reader);
    sqlite3_stmt *s =
        db_use(db, QUOTE_SELECT " FROM quotes x" QUOTE_JOINS " WHERE x.public_id = ?1");
    db_bind_int(s, 1, db_id(id));
    bool found = db_step(db, s);
    if (found) {
        struct columns c = {db, s, arena, 0};
        read_quote(&c, &quote, &ordinal, &more);
    }
    db_done(s);
    if (found) {
        struct entity_refs known = {0};
        read_elsewhere(&(struct around){db, arena, &known}, &more, &quote);
    }
    reader_leave(reader, entered);
    enum rc rc = db_check(db, e);
    if (rc == RC_OK && !found) {
        rc = quote_missing(db, id, e);
    }
    if (rc == RC_OK) {
        *out = quote;
        out->state = quote_state_of(&quote);
    }
    return rc;
}

/* ---- lists */

static struct filter_order order_of(const struct store_quote_query *q)
{
    return (struct filter_order){.sort = q->sort == STORE_OLDEST ? STORE_NEWEST : q->sort,
                                 .ascending = (q->sort == STORE_OLDEST) != q->reversed,
                                 .after = &q->after,
                                 .limit = q->limit};
}

void quote_list_sql(const struct store_quote_query *q, const struct filter *filter,
                    struct list_sql *out)
{
    struct filter_order order = order_of(q);
    list_text(out, QUOTE_SELECT);
    filter_quotes(filter, &order, QUOTE_JOINS, out);
}

/* What a counter knows; -1 when none does. */
static int64_t counted_total(struct db *db, const struct filter *filter)
{
    if (filter->match != NULL && filter->count == 0) {
        return filter->match_count;
    }
    if (filter->match != NULL || filter->count > 1) {
        return -1;
    }
    if (filter->count == 0) {
        return counters_read(db, COUNT_QUOTES, -1, SLICE_NONE);
    }
    const struct filter_term *term = &filter->items[0];
    bool counted = false;
    if (filter_is_counted(term)) {
        return filter_counted(term, counters_read(db, COUNT_QUOTES, -1, SLICE_NONE));
    }
    if (term->field == STORE_BY_ENTITY) {
        counted = term->roles == STORE_SPEAKS || term->roles == STORE_ABOUT;
    }
    if (term->field == STORE_BY_QUOTE_TYPE) {
        return term->negated ? -1 : term->expected;
    }
    return counted && !term->negated && term->count == 1 ? term->expected : -1;
}

static void find_total(struct db *db, const struct filter *filter, struct store_page *page)
{
    page->total = counted_total(db, filter);
    page->total_is_exact = true;
    if (page->total >= 0) {
        page->total_is_exact = !filter->matches_more || filter->count > 0;
        return;
    }
    struct list_sql from;
    list_start(&from);
    struct row_set closed;
    struct filter counting = filter_counting(filter, &closed);
    filter_quotes(&counting, NULL, "", &from);
    page->total = list_count(db, &from, &page->total_is_exact);
    page->total_is_exact = page->total_is_exact && !filter->matches_more;
}

static int64_t sort_key(const struct store_quote_query *q, const struct filter *filter,
                        const struct store_quote *quote, int64_t ordinal)
{
    if (q->sort == STORE_CONFIDENCE) {
        return (int64_t)(quote->confidence * 1000 + 0.5f);
    }
    return filter_one_article(filter) && !filter_by_words(filter) ? ordinal : quote->sort_ms;
}

static void read_row(const struct around *from, sqlite3_stmt *s, const struct store_quote_query *q,
                     const struct filter *filter, struct store_quote *out, struct store_page *page)
{
    struct columns c = {from->db, s, from->arena, 0};
    struct elsewhere more;
    int64_t ordinal;
    read_quote(&c, out, &ordinal, &more);
    read_elsewhere(from, &more, out);
    page->last =
        (struct store_cursor){true, sort_key(q, filter, out, ordinal), more.row, SLICE_NONE};
    if (q->highlight) {
        struct highlights found = {0};
        bool whole = search_highlight(&filter->words, out->text, SEARCH_IN_QUOTE, SLICE_NONE,
                                      "text", from->arena, &found);
        from->db->nomem = from->db->nomem || !whole;
        out->highlighted = true;
        out->highlights = found.items;
        out->highlight_count = found.count;
    }
}

static void read_rows(struct db *db, const struct store_quote_query *q, const struct filter *filter,
                      struct arena *arena, struct store_quote *out, size_t *count,
                      struct store_page *page)
{
    struct list_sql sql;
    list_start(&sql);
    struct entity_refs known = {0};
    struct around from = {db, arena, &known};
    quote_list_sql(q, filter, &sql);
    sqlite3_stmt *s = list_use(db, &sql);
    while (db_step(db, s)) {
        if (*count == q->limit) {
            page->has_more = true;
            break;
        }
        read_row(&from, s, q, filter, &out[(*count)++], page);
    }
    db_done(s);
}

static enum rc read_ranked(struct store_reader *reader, const struct store_quote_query *q,
                           const struct filter *filter, struct arena *arena,
                           struct store_quote *out, size_t *count, struct store_page *page,
                           struct err *e)
{
    struct ranking ranking;
    struct db *db = reader->db;
    struct entity_refs known = {0};
    struct around from = {db, arena, &known};
    if (filter->match == NULL) {
        return err_field(e, RC_INVALID, "sort", "sort=relevance needs words to search for, in q");
    }
    enum rc rc =
        ranking_make(reader, filter, STORE_QUOTE_LIST, q->reversed, &q->after, arena, &ranking, e);
    for (size_t i = 0; rc == RC_OK && i < ranking.count && i < q->limit; i++) {
        const struct ranked *item = &ranking.items[i];
        sqlite3_stmt *s = db_use(db, QUOTE_SELECT " FROM quotes x" QUOTE_JOINS " WHERE x.id = ?1");
        db_bind_int(s, 1, item->row);
        if (db_step(db, s)) {
            read_row(&from, s, q, filter, &out[(*count)++], page);
        }
        db_done(s);
        page->last = (struct store_cursor){true, item->score, item->row, SLICE_NONE};
    }
    if (rc == RC_OK) {
        page->has_more = ranking.count > q->limit;
        page->ranked = ranking.bounded ? RANKING_MOST : 0;
    }
    return rc;
}

enum rc store_quote_list(struct store_reader *reader, const struct store_quote_query *query,
                         struct arena *arena, struct store_quote **rows, size_t *count,
                         struct store_page *page, struct err *e)
{
    struct filter filter;
    struct store_page found = {0};
    size_t read = 0;
    struct store_quote *list = ARENA_ARRAY(arena, struct store_quote, query->limit);
    if (list == NULL) {
        return err_nomem(e);
    }
    bool entered = reader_enter(reader);
    enum rc rc = filter_resolve(reader, &query->filter, STORE_QUOTE_LIST, arena, &filter, e);
    if (rc == RC_OK && query->sort == STORE_RELEVANCE) {
        rc = read_ranked(reader, query, &filter, arena, list, &read, &found, e);
    } else if (rc == RC_OK) {
        read_rows(reader->db, query, &filter, arena, list, &read, &found);
    }
    if (rc == RC_OK) {
        if (!found.has_more && !query->after.present && found.ranked == 0) {
            found.total = (int64_t)read;
            found.total_is_exact = true;
        } else {
            find_total(reader->db, &filter, &found);
            if (!found.total_is_exact && found.total < (int64_t)read) {
                found.total = (int64_t)read; /* the page looked further than the count */
            }
        }
        found.hints = filter.hints;
    }
    reader_leave(reader, entered);
    if (rc == RC_OK) {
        rc = db_check(reader->db, e);
    }
    if (rc == RC_OK) {
        *rows = list;
        *count = read;
        *page = found;
    }
    return rc;
}
