#include "store/quotes.h"

#include "store/article_list.h"
#include "store/counters.h"
#include "store/pack_rows.h"
#include "store/quote_state.h"
#include "store/roles.h"
#include "store/search_query.h"
#include "text/fold.h"

#define REF_COLUMNS(e) e ".public_id, " e ".name, " e ".slug, " e ".type"
#define QUOTE_SELECT                                                                               \
    "SELECT x.id, x.public_id, x.ordinal, x.sort_ms, x.lang, x.type, x.text, x.spans, x.block,"    \
    " x.cue_class, x.cue_text, x.cue_lemma, x.cue_start_byte, x.cue_end_byte, x.cue_start_cp,"     \
    " x.cue_end_cp, x.speaker_kind, x.speaker_implied, x.speaker_text, x.speaker_name,"            \
    " x.speaker_title, x.speaker_start_byte, x.speaker_end_byte, x.speaker_start_cp,"              \
    " x.speaker_end_cp, x.resolution, x.rule, x.channel, x.negated, x.hypothetical, "              \
    "x.in_headline,"                                                                               \
    " x.body_quote, x.before, x.after, x.confidence, x.corrected, x.about_count, x.people_count,"  \
    " x.alternative_count, a.public_id, a.title, a.url, a.canonical_url, a.published_ms,"          \
    " a.published_day, src.name, " REF_COLUMNS("sp") ", " REF_COLUMNS("af")
#define QUOTE_JOINS                                                                                \
    " CROSS JOIN articles a ON a.id = x.article LEFT JOIN sources src ON src.id = a.source"        \
    " LEFT JOIN entities sp ON sp.id = x.speaker LEFT JOIN entities af ON af.id = x.affiliation"

/* Rows in other tables that a quote has, if any. */
struct elsewhere {
    int64_t row;
    bool about, people, alternatives;
};

static struct store_entity_ref read_ref(struct columns *c)
{
    struct store_entity_ref ref = {.present = !next_is_null(c)};
    ref.id = next_id(c);
    ref.name = next_text(c);
    ref.slug = next_text(c);
    ref.type = (enum entity_type)next_int(c);
    return ref;
}

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
    out->speaker.entity = read_ref(c);
    out->speaker.affiliation = read_ref(c);
}

/* ---- what stands in other tables */

static void read_about(struct db *db, int64_t row, struct arena *arena, struct store_quote *out)
{
    struct {
        struct store_entity_ref *items;
        size_t count, capacity;
    } list = {0};
    sqlite3_stmt *s = db_use(
        db, "SELECT " REF_COLUMNS("e") " FROM quote_entities qe JOIN entities e"
                                       " ON e.id = qe.entity WHERE qe.quote = ?1 AND qe.roles & 2"
                                       " ORDER BY qe.position");
    db_bind_int(s, 1, row);
    while (db_step(db, s)) {
        struct columns c = {db, s, arena, 0};
        struct store_entity_ref *ref = ARENA_PUSH(arena, &list);
        if (ref == NULL) {
            db->nomem = true;
            break;
        }
        *ref = read_ref(&c);
    }
    db_done(s);
    out->about = list.items;
    out->about_count = list.count;
}

static void read_people(struct db *db, int64_t row, struct arena *arena, struct store_quote *out)
{
    sqlite3_stmt *s = db_use(
        db, "SELECT p.role, p.kind, p.implied, p.text, p.name, p.title, p.start_byte, p.end_byte,"
            " p.start_cp, p.end_cp, " REF_COLUMNS("e") ", " REF_COLUMNS(
                "af") " FROM quote_people p LEFT JOIN entities e ON e.id = p.entity"
                      " LEFT JOIN entities af ON af.id = p.affiliation WHERE p.quote = ?1");
    db_bind_int(s, 1, row);
    while (db_step(db, s)) {
        struct columns c = {db, s, arena, 0};
        struct store_speaker *person =
            next_int(&c) == ROLE_REPORTS ? &out->reported_by : &out->addressee;
        read_speaker(&c, person);
        person->entity = read_ref(&c);
        person->affiliation = read_ref(&c);
    }
    db_done(s);
}

static void read_alternatives(struct db *db, int64_t row, struct arena *arena,
                              struct store_quote *out)
{
    struct {
        struct store_alternative *items;
        size_t count, capacity;
    } list = {0};
    sqlite3_stmt *s =
        db_use(db, "SELECT q.score, " REF_COLUMNS(
                       "e") " FROM quote_alternatives q JOIN entities e"
                            " ON e.id = q.entity WHERE q.quote = ?1 ORDER BY q.score DESC, e.id");
    db_bind_int(s, 1, row);
    while (db_step(db, s)) {
        struct columns c = {db, s, arena, 0};
        struct store_alternative *alternative = ARENA_PUSH(arena, &list);
        if (alternative == NULL) {
            db->nomem = true;
            break;
        }
        alternative->score = next_thousandths(&c);
        alternative->entity = read_ref(&c);
    }
    db_done(s);
    out->alternatives = list.items;
    out->alternative_count = list.count;
}

static void read_elsewhere(struct db *db, const struct elsewhere *more, struct arena *arena,
                           struct store_quote *out)
{
    if (more->about) {
        read_about(db, more->row, arena, out);
    }
    if (more->people) {
        read_people(db, more->row, arena, out);
    }
    if (more->alternatives) {
        read_alternatives(db, more->row, arena, out);
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
        read_elsewhere(db, &more, arena, &quote);
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

/* ---- lists: quote_list.c puts the SQL together */

void quote_list_sql(const struct store_quote_query *q, const struct list_rows *rows,
                    struct list_sql *out)
{
    bool descending = q->sort != STORE_OLDEST;
    bool by_words = rows->match != NULL;
    bool by_entity = quote_list_by_entity(q, rows);
    list_text(out, QUOTE_SELECT);
    quote_list_from(q, rows, QUOTE_JOINS, out);
    if (q->has_article && !by_words) {
        list_order(out, "x.ordinal", "x.id", descending, &q->after, q->limit);
    } else {
        list_order(out, by_entity ? "qe.sort_ms" : "x.sort_ms", by_entity ? "qe.quote" : "x.id",
                   descending, &q->after, q->limit);
    }
}

static bool one_filter(const struct store_quote_query *q)
{
    int filters = q->has_speaker + q->has_about + q->has_type + slice_present(q->source) +
                  slice_present(q->lang);
    return filters <= 1;
}

/* No counter knows of these. */
static bool uncounted_filter(const struct store_quote_query *q)
{
    return q->has_entity || q->has_reported_by || q->has_article || q->has_speaker_kind ||
           q->has_cue_class || q->has_negated || q->has_hypothetical || q->has_in_headline ||
           q->min_confidence > 0 || q->period.has_from || q->period.has_to || slice_present(q->q) ||
           slice_present(q->cue) || slice_present(q->channel);
}

/* What a counter knows; -1 when none does. */
static int64_t counted_total(struct db *db, const struct store_quote_query *q,
                             const struct list_rows *rows)
{
    if (!one_filter(q) || uncounted_filter(q)) {
        return -1;
    }
    if (q->has_speaker || q->has_about) {
        sqlite3_stmt *s = db_use(db, "SELECT quotes_by, quotes_about FROM entities WHERE id = ?1");
        db_bind_int(s, 1, q->has_speaker ? rows->speaker : rows->about);
        int64_t total = db_step(db, s) ? db_int(s, q->has_speaker ? 0 : 1) : 0;
        db_done(s);
        return total;
    }
    if (q->has_type) {
        return counters_read(db, COUNT_QUOTES_TYPE, (int64_t)q->type, SLICE_NONE);
    }
    if (slice_present(q->source)) {
        return counters_read(db, COUNT_QUOTES_SOURCE, rows->source, SLICE_NONE);
    }
    return slice_present(q->lang) ? counters_read(db, COUNT_QUOTES_LANG, -1, q->lang)
                                  : counters_read(db, COUNT_QUOTES, -1, SLICE_NONE);
}

static void find_total(struct db *db, const struct store_quote_query *q,
                       const struct list_rows *rows, struct store_page *page)
{
    page->total = counted_total(db, q, rows);
    page->total_is_exact = true;
    if (page->total >= 0) {
        return;
    }
    struct list_sql from = {0};
    quote_list_from(q, rows, "", &from);
    page->total = list_count(db, &from, &page->total_is_exact);
    if (rows->match != NULL && page->total_is_exact) {
        struct list_sql matches = {0};
        list_slice(&matches, "FROM quote_search WHERE quote_search MATCH ",
                   slice_cstr(rows->match));
        page->total_is_exact = list_count(db, &matches, &page->total_is_exact) < LIST_MATCHES_MOST;
    }
}

/* *match stays NULL when no words are asked for. */
static enum rc compile_words(const struct store_quote_query *q, struct arena *arena,
                             const char **match, struct err *e)
{
    const char *said = NULL, *channel = NULL;
    enum rc rc = RC_OK;
    if (slice_present(q->q)) {
        rc = search_query_compile(q->q, "text", arena, &said, e);
    }
    if (rc == RC_OK && slice_present(q->channel)) {
        rc = search_query_compile(q->channel, "channel", arena, &channel, e);
        if (rc == RC_INVALID || rc == RC_TOO_LARGE) {
            err_field(e, rc, "channel", "channel takes 1 to 32 words");
        }
    }
    if (rc != RC_OK) {
        return rc;
    }
    *match = said ? said : channel;
    if (said && channel) {
        *match = arena_printf(arena, "%s AND %s", said, channel).ptr;
        rc = *match ? RC_OK : err_nomem(e);
    }
    return rc;
}

static enum rc resolve(struct store_reader *reader, const struct store_quote_query *q,
                       struct arena *arena, struct list_rows *rows, struct err *e)
{
    enum rc rc = RC_OK;
    if (slice_present(q->source)) {
        rows->source = reader_source(reader, q->source);
    }
    if (q->has_speaker) {
        rc = reader_entity(reader, q->speaker, &rows->speaker, e);
    }
    if (rc == RC_OK && q->has_about) {
        rc = reader_entity(reader, q->about, &rows->about, e);
    }
    if (rc == RC_OK && q->has_entity) {
        rc = reader_entity(reader, q->entity, &rows->entity, e);
    }
    if (rc == RC_OK && q->has_article) {
        rc = reader_article(reader, q->article, &rows->article, e);
    }
    if (rc == RC_OK && q->has_reported_by) {
        rc = reader_entity(reader, q->reported_by, &rows->reported_by, e);
    }
    if (rc == RC_OK && slice_present(q->cue)) {
        rows->cue = fold_key(arena, q->cue);
    }
    return rc == RC_OK ? compile_words(q, arena, &rows->match, e) : rc;
}

static void read_rows(struct db *db, const struct store_quote_query *q,
                      const struct list_rows *rows, struct arena *arena, struct store_quote *out,
                      size_t *count, struct store_page *page)
{
    struct list_sql sql = {0};
    quote_list_sql(q, rows, &sql);
    sqlite3_stmt *s = list_use(db, &sql);
    while (db_step(db, s)) {
        if (*count == q->limit) {
            page->has_more = true;
            break;
        }
        struct columns c = {db, s, arena, 0};
        struct elsewhere more;
        int64_t ordinal;
        struct store_quote *quote = &out[(*count)++];
        read_quote(&c, quote, &ordinal, &more);
        read_elsewhere(db, &more, arena, quote);
        bool by_ordinal = q->has_article && rows->match == NULL;
        page->last = (struct store_cursor){true, by_ordinal ? ordinal : quote->sort_ms, more.row,
                                           SLICE_NONE};
    }
    db_done(s);
}

enum rc store_quote_list(struct store_reader *reader, const struct store_quote_query *query,
                         struct arena *arena, struct store_quote **rows, size_t *count,
                         struct store_page *page, struct err *e)
{
    struct list_rows internal = {0};
    struct store_page found = {0};
    size_t read = 0;
    struct store_quote *list = ARENA_ARRAY(arena, struct store_quote, query->limit);
    if (list == NULL) {
        return err_nomem(e);
    }
    bool entered = reader_enter(reader);
    enum rc rc = resolve(reader, query, arena, &internal, e);
    if (rc == RC_OK) {
        read_rows(reader->db, query, &internal, arena, list, &read, &found);
        if (!found.has_more && !query->after.present && internal.match == NULL) {
            found.total = (int64_t)read;
            found.total_is_exact = true;
        } else {
            find_total(reader->db, query, &internal, &found);
        }
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
