#include "store/article_list.h"

#include "store/counters.h"

#define QUOTE_JOINS                                                                                \
    " CROSS JOIN articles a ON a.id = x.article LEFT JOIN sources src ON src.id = a.source"        \
    " LEFT JOIN entities sp ON sp.id = x.speaker LEFT JOIN entities af ON af.id = x.affiliation"

/* What is left of the filters once the way in has taken its own. */
struct rest {
    bool speaker, about, entity, article, type, source, lang;
    const char *of; /* table that holds type, source, lang and date: the covering index' */
};

static void add_rest(const struct store_quote_query *q, const struct list_rows *rows,
                     const struct rest *rest, struct list_sql *out)
{
    char column[32];
    const char *const prefix = rest->of[0] == 'q' ? "qe" : "x";
    if (rest->article) {
        list_int(out, " AND x.article = ", rows->article);
    }
    if (rest->speaker) {
        list_int(out, " AND x.speaker = ", rows->speaker);
    }
    if (rest->type) {
        list_int(out, prefix[0] == 'q' ? " AND qe.type = " : " AND x.type = ", (int64_t)q->type);
    }
    if (rest->source) {
        list_int(out, prefix[0] == 'q' ? " AND qe.source = " : " AND x.source = ", rows->source);
    }
    if (rest->lang) {
        list_slice(out, prefix[0] == 'q' ? " AND qe.lang = " : " AND x.lang = ", q->lang);
    }
    if (rest->about) {
        list_int(out, " AND EXISTS (SELECT 1 FROM quote_entities o WHERE o.quote = x.id AND o.roles & 2"
                      " AND o.entity = ", rows->about);
        list_text(out, ")");
    }
    if (rest->entity) {
        list_int(out, " AND EXISTS (SELECT 1 FROM quote_entities o WHERE o.quote = x.id AND o.roles & 15"
                      " AND o.entity = ", rows->entity);
        list_text(out, ")");
    }
    size_t len = strlen(prefix);
    memcpy(column, prefix, len);
    memcpy(column + len, ".sort_ms", sizeof ".sort_ms");
    list_period(out, column, &q->period);
}

static void from_words(const struct store_quote_query *q, const struct list_rows *rows,
                       struct rest *rest, struct list_sql *out)
{
    list_slice(out, " FROM (SELECT rowid AS id FROM quote_search WHERE quote_search MATCH ",
               slice_cstr(rows->match));
    list_int(out, " ORDER BY rowid DESC LIMIT ", LIST_MATCHES_MOST);
    list_text(out, ") m CROSS JOIN quotes x ON x.id = m.id" QUOTE_JOINS " WHERE 1");
    (void)q;
    (void)rest;
}

static void from_entity(const struct store_quote_query *q, const struct list_rows *rows,
                        struct rest *rest, struct list_sql *out)
{
    list_text(out, " FROM quote_entities qe INDEXED BY quote_entities_by_entity"
                   " CROSS JOIN quotes x ON x.id = qe.quote" QUOTE_JOINS);
    list_int(out, " WHERE qe.entity = ", q->has_about ? rows->about : rows->entity);
    list_text(out, q->has_about ? " AND qe.roles & 2" : " AND qe.roles & 15");
    rest->of = "qe";
    rest->about = false;
    rest->entity = rest->entity && q->has_about;
}

/* Ways in by one column of quotes, most selective first. */
static void from_column(const struct store_quote_query *q, const struct list_rows *rows,
                        struct rest *rest, struct list_sql *out)
{
    const struct {
        bool given, *rest;
        const char *sql;
    } ways[] = {
        {q->has_article, &rest->article, "quotes_of_article" QUOTE_JOINS " WHERE x.article = "},
        {q->has_speaker, &rest->speaker, "quotes_by_speaker" QUOTE_JOINS " WHERE x.speaker = "},
        {slice_present(q->source), &rest->source, "quotes_by_source" QUOTE_JOINS " WHERE x.source = "},
        {q->has_type, &rest->type, "quotes_by_type" QUOTE_JOINS " WHERE x.type = "},
    };
    const int64_t values[] = {rows->article, rows->speaker, rows->source, (int64_t)q->type};
    list_text(out, " FROM quotes x INDEXED BY ");
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        if (ways[i].given) {
            list_int(out, ways[i].sql, values[i]);
            *ways[i].rest = false;
            return;
        }
    }
    if (slice_present(q->lang)) {
        list_slice(out, "quotes_by_lang" QUOTE_JOINS " WHERE x.lang = ", q->lang);
        rest->lang = false;
    } else {
        list_text(out, "quotes_by_date" QUOTE_JOINS " WHERE 1");
    }
}

void quote_list_from(const struct store_quote_query *q, const struct list_rows *rows,
                     struct list_sql *out)
{
    struct rest rest = {q->has_speaker, q->has_about, q->has_entity, q->has_article,
                        q->has_type, slice_present(q->source), slice_present(q->lang), "x"};
    if (rows->match != NULL) {
        from_words(q, rows, &rest, out);
    } else if (!q->has_article && !q->has_speaker && (q->has_about || q->has_entity)) {
        from_entity(q, rows, &rest, out);
    } else {
        from_column(q, rows, &rest, out);
    }
    add_rest(q, rows, &rest, out);
}
