#include "store/article_list.h"

/* What is left of the filters once the way in has taken its own. */
struct rest {
    bool speaker, about, entity, article, type, source, lang;
    bool
        by_parts; /* type, source, lang and date are read from quote_entities: its index covers them */
    const char *joins; /* "" when rows are only counted */
};

static void add_rest(const struct store_quote_query *q, const struct list_rows *rows,
                     const struct rest *rest, struct list_sql *out)
{
    bool parts = rest->by_parts;
    if (rest->article) {
        list_int(out, " AND x.article = ", rows->article);
    }
    if (rest->speaker) {
        list_int(out, " AND x.speaker = ", rows->speaker);
    }
    if (rest->type) {
        list_int(out, parts ? " AND qe.type = " : " AND x.type = ", (int64_t)q->type);
    }
    if (rest->source) {
        list_int(out, parts ? " AND qe.source = " : " AND x.source = ", rows->source);
    }
    if (rest->lang) {
        list_slice(out, parts ? " AND qe.lang = " : " AND x.lang = ", q->lang);
    }
    if (rest->about) {
        list_text(out, parts
                           ? " AND EXISTS (SELECT 1 FROM quote_entities o WHERE o.quote = qe.quote"
                           : " AND EXISTS (SELECT 1 FROM quote_entities o WHERE o.quote = x.id");
        list_int(out, " AND o.roles & 2 AND o.entity = ", rows->about);
        list_text(out, ")");
    }
    if (rest->entity) {
        list_text(out, parts
                           ? " AND EXISTS (SELECT 1 FROM quote_entities o WHERE o.quote = qe.quote"
                           : " AND EXISTS (SELECT 1 FROM quote_entities o WHERE o.quote = x.id");
        list_int(out, " AND o.roles & 15 AND o.entity = ", rows->entity);
        list_text(out, ")");
    }
    list_period(out, parts ? "qe.sort_ms" : "x.sort_ms", &q->period);
}

static void from_words(const struct list_rows *rows, const struct rest *rest, struct list_sql *out)
{
    list_slice(out, " FROM (SELECT rowid AS id FROM quote_search WHERE quote_search MATCH ",
               slice_cstr(rows->match));
    list_int(out, " ORDER BY rowid DESC LIMIT ", LIST_MATCHES_MOST);
    list_text(out, ") m CROSS JOIN quotes x ON x.id = m.id");
    list_text(out, rest->joins);
    list_text(out, " WHERE 1");
}

static void from_entity(const struct store_quote_query *q, const struct list_rows *rows,
                        struct rest *rest, struct list_sql *out)
{
    list_text(out, " FROM quote_entities qe INDEXED BY quote_entities_by_entity");
    if (rest->joins[0] != '\0') { /* counting reads the index alone */
        list_text(out, " CROSS JOIN quotes x ON x.id = qe.quote");
        list_text(out, rest->joins);
    }
    list_int(out, " WHERE qe.entity = ", q->has_about ? rows->about : rows->entity);
    list_text(out, q->has_about ? " AND qe.roles & 2" : " AND qe.roles & 15");
    rest->by_parts = true;
    rest->about = false;
    rest->entity = rest->entity && q->has_about;
}

/* Ways in by one column of quotes, most selective first. */
static void from_column(const struct store_quote_query *q, const struct list_rows *rows,
                        struct rest *rest, struct list_sql *out)
{
    const struct {
        bool given, *rest;
        const char *index, *where;
        int64_t value;
    } ways[] = {
        {q->has_article, &rest->article, "quotes_of_article", " WHERE x.article = ", rows->article},
        {q->has_speaker, &rest->speaker, "quotes_by_speaker", " WHERE x.speaker = ", rows->speaker},
        {slice_present(q->source), &rest->source, "quotes_by_source",
         " WHERE x.source = ", rows->source},
        {q->has_type, &rest->type, "quotes_by_type", " WHERE x.type = ", (int64_t)q->type},
    };
    list_text(out, " FROM quotes x INDEXED BY ");
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        if (ways[i].given) {
            list_text(out, ways[i].index);
            list_text(out, rest->joins);
            list_int(out, ways[i].where, ways[i].value);
            *ways[i].rest = false;
            return;
        }
    }
    list_text(out, slice_present(q->lang) ? "quotes_by_lang" : "quotes_by_date");
    list_text(out, rest->joins);
    list_text(out, " WHERE 1");
}

void quote_list_from(const struct store_quote_query *q, const struct list_rows *rows,
                     const char *joins, struct list_sql *out)
{
    struct rest rest = {q->has_speaker,         q->has_about, q->has_entity,
                        q->has_article,         q->has_type,  slice_present(q->source),
                        slice_present(q->lang), false,        joins};
    if (rows->match != NULL) {
        from_words(rows, &rest, out);
    } else if (!q->has_article && !q->has_speaker && (q->has_about || q->has_entity)) {
        from_entity(q, rows, &rest, out);
    } else {
        from_column(q, rows, &rest, out);
    }
    add_rest(q, rows, &rest, out);
}
