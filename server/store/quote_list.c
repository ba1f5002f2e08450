#include "store/article_list.h"
#include "store/roles.h"
#include "store/traits.h"

/* What is left of the filters once the way in has taken its own. */
struct rest {
    bool speaker, about, reported_by, entity, article, cue, source, lang;
    bool by_parts;   /* source, lang and date are read from quote_entities: its index covers them */
    bool has_quotes; /* `quotes x` is joined */
    struct traits traits;
    const char *joins; /* "" when rows are only counted */
};

static void add_role(struct list_sql *out, bool parts, const char *roles, int64_t entity)
{
    list_text(out, parts ? " AND EXISTS (SELECT 1 FROM quote_entities o WHERE o.quote = qe.quote"
                         : " AND EXISTS (SELECT 1 FROM quote_entities o WHERE o.quote = x.id");
    list_text(out, " AND o.roles & ");
    list_text(out, roles);
    list_int(out, " AND o.entity = ", entity);
    list_text(out, ")");
}

static void add_traits(const struct store_quote_query *q, const struct rest *rest,
                       struct list_sql *out)
{
    if (rest->traits.mask != 0) {
        list_int(out, " AND x.traits & ", rest->traits.mask);
        list_int(out, " = ", rest->traits.value);
    }
    if (q->min_confidence > 0) {
        int64_t floor = (int64_t)(q->min_confidence * 1000 + 0.5f);
        list_int(out, " AND x.traits >= ", floor << TRAIT_CONFIDENCE_SHIFT);
    }
}

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
    if (rest->cue) {
        list_slice(out, " AND x.cue_key = ", rows->cue);
    }
    if (rest->source) {
        list_int(out, parts ? " AND qe.source = " : " AND x.source = ", rows->source);
    }
    if (rest->lang) {
        list_slice(out, parts ? " AND qe.lang = " : " AND x.lang = ", q->lang);
    }
    add_traits(q, rest, out);
    if (rest->reported_by) {
        add_role(out, parts, "4", rows->reported_by);
    }
    if (rest->about) {
        add_role(out, parts, "2", rows->about);
    }
    if (rest->entity) {
        add_role(out, parts, "15", rows->entity);
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
    const struct {
        bool given, *rest;
        const char *where;
        int64_t entity;
    } ways[] = {
        {q->has_reported_by, &rest->reported_by, " AND qe.roles & 4", rows->reported_by},
        {q->has_about, &rest->about, " AND qe.roles & 2", rows->about},
        {q->has_entity, &rest->entity, " AND qe.roles & 15", rows->entity},
    };
    list_text(out, " FROM quote_entities qe INDEXED BY quote_entities_by_entity");
    /* The copy of the type beside the entity will do; counting then reads the index alone, when it can. */
    traits_waive(&rest->traits, TRAIT_TYPE_SHIFT, 2);
    if (rest->joins[0] != '\0' || rest->cue || rest->traits.mask != 0 || q->min_confidence > 0) {
        list_text(out, " CROSS JOIN quotes x ON x.id = qe.quote");
        list_text(out, rest->joins);
    }
    rest->by_parts = true;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        if (ways[i].given) {
            list_int(out, " WHERE qe.entity = ", ways[i].entity);
            list_text(out, ways[i].where);
            *ways[i].rest = false;
            break;
        }
    }
    if (q->has_type) {
        list_int(out, " AND qe.type = ", (int64_t)q->type);
    }
}

/* Ways in by one column of quotes, most selective first. Where an index is partial, `where` says so. */
static void from_column(const struct store_quote_query *q, const struct list_rows *rows,
                        struct rest *rest, struct list_sql *out)
{
    bool none = false;
    bool rare_kind = q->has_speaker_kind && q->speaker_kind != SPEAKER_PERSON &&
                     q->speaker_kind != SPEAKER_UNKNOWN;
    bool rare_class = q->has_cue_class && q->cue_class != CUE_NEUTRAL;
    const struct {
        bool given, *rest;
        const char *index, *where;
        int64_t value;
    } ways[] = {
        {q->has_article, &rest->article, "quotes_of_article", " WHERE x.article = ", rows->article},
        {q->has_speaker, &rest->speaker, "quotes_by_speaker", " WHERE x.speaker = ", rows->speaker},
        {slice_present(q->cue), &rest->cue, "quotes_by_cue", " WHERE x.cue_key = ", 0},
        {(q->has_negated && q->negated) || (q->has_hypothetical && q->hypothetical) ||
             (q->has_in_headline && q->in_headline),
         &none, "quotes_flagged", " WHERE x.negated + x.hypothetical + x.in_headline > 0", -1},
        {rare_kind, &none, "quotes_by_kind",
         " WHERE x.speaker_kind > 0 AND x.speaker_kind = ", (int64_t)q->speaker_kind},
        {rare_class, &none, "quotes_by_cue_class",
         " WHERE x.cue_class > 0 AND x.cue_class = ", (int64_t)q->cue_class},
        {slice_present(q->source), &rest->source, "quotes_by_source",
         " WHERE x.source = ", rows->source},
        {q->has_type, &none, "quotes_by_type", " WHERE x.type = ", (int64_t)q->type},
    };
    list_text(out, " FROM quotes x INDEXED BY ");
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        if (ways[i].given) {
            list_text(out, ways[i].index);
            list_text(out, rest->joins);
            if (ways[i].value < 0) {
                list_text(out, ways[i].where);
            } else if (ways[i].rest == &rest->cue) {
                list_slice(out, ways[i].where, rows->cue);
            } else {
                list_int(out, ways[i].where, ways[i].value);
            }
            *ways[i].rest = false;
            return;
        }
    }
    list_text(out, slice_present(q->lang) ? "quotes_by_lang" : "quotes_by_date");
    list_text(out, rest->joins);
    list_text(out, " WHERE 1");
}

static struct traits ask(const struct store_quote_query *q)
{
    const struct {
        bool given;
        unsigned shift, bits;
        int64_t value;
    } asked[] = {
        {q->has_type, TRAIT_TYPE_SHIFT, 2, (int64_t)q->type},
        {q->has_speaker_kind, TRAIT_KIND_SHIFT, 3, (int64_t)q->speaker_kind},
        {q->has_cue_class, TRAIT_CLASS_SHIFT, 4, (int64_t)q->cue_class},
        {q->has_negated, TRAIT_NEGATED_SHIFT, 1, q->negated},
        {q->has_hypothetical, TRAIT_HYPOTHETICAL_SHIFT, 1, q->hypothetical},
        {q->has_in_headline, TRAIT_HEADLINE_SHIFT, 1, q->in_headline},
    };
    struct traits traits = {0};
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        if (asked[i].given) {
            traits_ask(&traits, asked[i].shift, asked[i].bits, asked[i].value);
        }
    }
    return traits;
}

bool quote_list_by_entity(const struct store_quote_query *q, const struct list_rows *rows)
{
    return rows->match == NULL && !q->has_article && !q->has_speaker &&
           (q->has_reported_by || q->has_about || q->has_entity);
}

void quote_list_from(const struct store_quote_query *q, const struct list_rows *rows,
                     const char *joins, struct list_sql *out)
{
    struct rest rest = {.speaker = q->has_speaker,
                        .about = q->has_about,
                        .reported_by = q->has_reported_by,
                        .entity = q->has_entity,
                        .article = q->has_article,
                        .cue = slice_present(q->cue),
                        .source = slice_present(q->source),
                        .lang = slice_present(q->lang),
                        .traits = ask(q),
                        .joins = joins};
    if (rows->match != NULL) {
        from_words(rows, &rest, out);
    } else if (quote_list_by_entity(q, rows)) {
        from_entity(q, rows, &rest, out);
    } else {
        from_column(q, rows, &rest, out);
    }
    add_rest(q, rows, &rest, out);
}
