#include "store/filter_sql.h"
#include "store/roles.h"
#include "store/traits.h"

#include "model/enums.h"

/* Ways in: an index that has its quotes by date. */
struct way {
    const char *from;   /* with the index */
    const char *quotes; /* joins x, when `from` hasn't it */
    const char *where,
        *key; /* conditions that the index needs; what the clause's values are compared with */
    const char *sort_ms, *row;
    bool sorts; /* rows of one date are sorted, rows of several values all of them */
};

#define OF_QUOTES "x.sort_ms", "x.id", false

static const struct way by_date = {"quotes x INDEXED BY quotes_by_date", "", "1", NULL, OF_QUOTES};
static const struct way by_confidence = {"quotes x INDEXED BY quotes_by_confidence", "", "1", NULL,
                                         OF_QUOTES};
static const struct way by_speaker = {"quotes x INDEXED BY quotes_by_speaker", "", "1", "x.speaker",
                                      OF_QUOTES};
static const struct way by_part = {"quote_entities qe INDEXED BY quote_entities_by_entity",
                                   " CROSS JOIN quotes x ON x.id = qe.quote",
                                   "1",
                                   "qe.entity",
                                   "qe.sort_ms",
                                   "qe.quote",
                                   false};
static const struct way by_article = {"quotes x INDEXED BY quotes_of_article", "", "1", "x.article",
                                      OF_QUOTES};
static const struct way by_cue = {"quotes x INDEXED BY quotes_by_cue", "", "1", "x.cue_key",
                                  OF_QUOTES};
static const struct way by_source = {"quotes x INDEXED BY quotes_by_source", "", "1", "x.source",
                                     OF_QUOTES};
static const struct way by_lang = {"quotes x INDEXED BY quotes_by_lang", "", "1", "x.lang",
                                   OF_QUOTES};
static const struct way by_type = {"quotes x INDEXED BY quotes_by_type", "", "1", "x.type",
                                   OF_QUOTES};
static const struct way by_kind = {"quotes x INDEXED BY quotes_by_kind", "", "x.speaker_kind > 0",
                                   "x.speaker_kind", OF_QUOTES};
static const struct way by_class = {"quotes x INDEXED BY quotes_by_cue_class", "",
                                    "x.cue_class > 0", "x.cue_class", OF_QUOTES};
static const struct way flagged = {"quotes x INDEXED BY quotes_flagged", "",
                                   "x.negated + x.hypothetical + x.in_headline > 0", NULL,
                                   OF_QUOTES};
static const struct way by_section = {"articles sa INDEXED BY articles_by_section",
                                      " CROSS JOIN quotes x INDEXED BY quotes_of_article"
                                      " ON x.article = sa.id",
                                      "sa.deleted_ms IS NULL",
                                      "sa.section_key",
                                      "sa.sort_ms",
                                      "x.id",
                                      true};
static const struct way by_author = {"article_bylines sb INDEXED BY article_bylines_by_key",
                                     " CROSS JOIN quotes x INDEXED BY quotes_of_article"
                                     " ON x.article = sb.article",
                                     "1",
                                     "sb.key",
                                     "sb.sort_ms",
                                     "x.id",
                                     true};

struct building {
    const struct filter *filter;
    const struct filter_order *order;
    const struct filter_term *lead;
    const struct way *way;
    struct filter_term choices; /* the leading set as values */
    int64_t values[16];
    bool has_x, by_parts; /* by_parts: date, source, language, type are read beside the entity */
    struct list_sql *out;
    struct list_behind cursor; /* shared by all walks of a merge */
};

/* ---- sets of choices */

static const struct {
    enum store_field field;
    unsigned shift, bits, all;
} sets[] = {
    {STORE_BY_QUOTE_TYPE, TRAIT_TYPE_SHIFT, 2, 0x7},
    {STORE_BY_SPEAKER_KIND, TRAIT_KIND_SHIFT, 3, 0x3f},
    {STORE_BY_CUE_CLASS, TRAIT_CLASS_SHIFT, 4, 0xffff}, /* bit 15: no cue */
    {STORE_BY_NEGATED, TRAIT_NEGATED_SHIFT, 1, 0x3},
    {STORE_BY_HYPOTHETICAL, TRAIT_HYPOTHETICAL_SHIFT, 1, 0x3},
    {STORE_BY_IN_HEADLINE, TRAIT_HEADLINE_SHIFT, 1, 0x3},
};

/* The values that satisfy a clause, a bit each; *place: of its row in `sets`. 0 when it is no set or can't hold. */
static unsigned choices_of(const struct filter_term *term, size_t *place)
{
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        if (sets[i].field == term->field) {
            *place = i;
            return (term->negated ? ~term->choices : term->choices) & sets[i].all;
        }
    }
    *place = SIZE_MAX;
    return 0;
}

static int only_bit(unsigned choices)
{
    for (int bit = 0; bit < 16; bit++) {
        if (choices == 1u << bit) {
            return bit;
        }
    }
    return -1;
}

/* Indexes of kinds and classes leave out the common value and those that have none. */
#define RARE_KINDS                                                                                 \
    (1u << SPEAKER_ORGANISATION | 1u << SPEAKER_COLLECTIVE | 1u << SPEAKER_ANONYMOUS |             \
     1u << SPEAKER_AUTHOR)
#define RARE_CLASSES (0xfffu & ~(1u << CUE_NEUTRAL))

static const struct way *way_of_choices(const struct filter_term *term)
{
    size_t place;
    unsigned choices = choices_of(term, &place);
    if (choices == 0) {
        return NULL;
    }
    switch (term->field) {
    case STORE_BY_QUOTE_TYPE:
        return only_bit(choices) >= 0 ? &by_type : NULL;
    case STORE_BY_SPEAKER_KIND:
        return (choices & ~RARE_KINDS) == 0 ? &by_kind : NULL;
    case STORE_BY_CUE_CLASS:
        return (choices & ~RARE_CLASSES) == 0 ? &by_class : NULL;
    default: /* a flag that is set is rare */
        return choices == 2 ? &flagged : NULL;
    }
}

/* ---- who leads */

static const struct way *way_of(const struct filter_term *term)
{
    if (term->field > STORE_BY_LANG) {
        return way_of_choices(term);
    }
    if (term->negated || term->count == 0) {
        return NULL;
    }
    switch (term->field) {
    case STORE_BY_ENTITY:
        return term->roles == STORE_SPEAKS ? &by_speaker : &by_part;
    case STORE_BY_ARTICLE:
        return &by_article;
    case STORE_BY_SOURCE:
        return &by_source;
    case STORE_BY_SECTION:
        return &by_section;
    case STORE_BY_AUTHOR:
        return &by_author;
    case STORE_BY_CUE:
        return &by_cue;
    default:
        return &by_lang;
    }
}

static void choose_lead(struct building *b)
{
    for (size_t i = 0; i < b->filter->count && !filter_by_words(b->filter); i++) {
        const struct filter_term *term = &b->filter->items[i];
        if (way_of(term) != NULL && (b->lead == NULL || term->expected < b->lead->expected)) {
            b->lead = term;
        }
    }
    bool by_date_or_none = b->order == NULL || b->order->sort == STORE_NEWEST;
    if (b->lead != NULL && !by_date_or_none && b->lead->expected > FILTER_SORTED_MOST) {
        b->lead = NULL;
    }
    b->way = b->lead ? way_of(b->lead) : by_date_or_none ? &by_date : &by_confidence;
}

/* The leading set of choices as values that an index is asked for. */
static const struct filter_term *lead_values(struct building *b)
{
    size_t place;
    unsigned choices = choices_of(b->lead, &place);
    if (place == SIZE_MAX) {
        return b->lead;
    }
    b->choices = *b->lead;
    b->choices.rows = b->values;
    for (int bit = 0; bit < 16; bit++) {
        if (choices & 1u << bit) {
            b->values[b->choices.count++] = bit;
        }
    }
    return &b->choices;
}

/* ---- conditions of each row */

static void has_part(const struct building *b, const struct filter_term *term)
{
    list_text(b->out, term->negated ? " AND NOT EXISTS" : " AND EXISTS");
    list_text(b->out, " (SELECT 1 FROM quote_entities o WHERE o.quote = ");
    list_text(b->out, b->by_parts ? "qe.quote" : "x.id");
    list_int(b->out, " AND o.roles & ", term->roles);
    list_text(b->out, " AND o.entity ");
    filter_values(term, b->out);
    list_text(b->out, ")");
}

static void in_article(const struct building *b, const struct filter_term *term)
{
    list_text(b->out, term->negated ? " AND NOT EXISTS" : " AND EXISTS");
    list_text(b->out, term->field == STORE_BY_SECTION
                          ? " (SELECT 1 FROM articles o WHERE o.id = x.article AND o.section_key "
                          : " (SELECT 1 FROM article_bylines o WHERE o.article = x.article"
                            " AND o.key ");
    filter_values(term, b->out);
    list_text(b->out, ")");
}

static void in_set(const struct building *b, const struct filter_term *term)
{
    size_t place;
    unsigned choices = choices_of(term, &place);
    if (place == SIZE_MAX || choices == sets[place].all) {
        return;
    }
    if (b->by_parts && term->field == STORE_BY_QUOTE_TYPE) {
        list_int(b->out, " AND (1 << qe.type) & ", choices);
        return;
    }
    int bit = only_bit(choices);
    int64_t mask = ((INT64_C(1) << sets[place].bits) - 1) << sets[place].shift;
    if (bit >= 0) {
        list_int(b->out, " AND x.traits & ", mask);
        list_int(b->out, " = ", (int64_t)bit << sets[place].shift);
    } else {
        list_int(b->out, " AND (1 << ((x.traits & ", mask);
        list_int(b->out, ") >> ", sets[place].shift);
        list_int(b->out, ")) & ", choices);
    }
}

/* Confidence is on top of the traits. */
static void confident(const struct building *b, const struct filter_term *term)
{
    struct filter_term traits = *term;
    if (term->least != INT64_MIN) {
        traits.least = term->least * (1 << TRAIT_CONFIDENCE_SHIFT);
    }
    if (term->most != INT64_MAX) {
        traits.most = (term->most + 1) * (1 << TRAIT_CONFIDENCE_SHIFT) - 1;
    }
    filter_range(&traits, "x.traits", b->out);
}

static void condition(const struct building *b, const struct filter_term *term)
{
    bool parts = b->by_parts;
    if (term->field <= STORE_BY_LANG && term->count == 0) {
        filter_nothing(term, b->out);
        return;
    }
    switch (term->field) {
    case STORE_BY_ENTITY:
        has_part(b, term);
        return;
    case STORE_BY_ARTICLE:
        filter_in(term, "x.article", b->out);
        return;
    case STORE_BY_SOURCE:
        filter_in(term, parts ? "qe.source" : "x.source", b->out);
        return;
    case STORE_BY_LANG:
        filter_in(term, parts ? "qe.lang" : "x.lang", b->out);
        return;
    case STORE_BY_CUE:
        filter_in(term, "x.cue_key", b->out);
        return;
    case STORE_BY_SECTION:
    case STORE_BY_AUTHOR:
        in_article(b, term);
        return;
    case STORE_BY_CONFIDENCE:
        confident(b, term);
        return;
    default: /* dates: with the way in */
        in_set(b, term);
        return;
    }
}

void filter_quote(const struct filter_term *given, bool plainly, struct list_sql *out)
{
    struct filter_term term = *given;
    struct building b = {.out = out};
    term.negated = term.negated && !plainly;
    if (term.field == STORE_BY_DATE) {
        filter_range(&term, "x.sort_ms", out);
    } else {
        condition(&b, &term);
    }
}

/* Whether a condition reads more than what stands beside the entity. */
static bool needs_x(const struct filter *filter)
{
    for (size_t i = 0; i < filter->count; i++) {
        enum store_field field = filter->items[i].field;
        if (field != STORE_BY_ENTITY && field != STORE_BY_SOURCE && field != STORE_BY_LANG &&
            field != STORE_BY_QUOTE_TYPE && field != STORE_BY_DATE) {
            return true;
        }
    }
    return false;
}

/* ---- ways in */

static void walk(struct building *b, const struct filter_term *values)
{
    list_text(b->out, " WHERE ");
    list_text(b->out, b->way->where);
    if (values != NULL && b->way->key != NULL) {
        list_text(b->out, " AND ");
        list_text(b->out, b->way->key);
        list_text(b->out, " ");
        filter_values(values, b->out);
    }
    if (b->way == &by_part) {
        list_int(b->out, " AND qe.roles & ", b->lead->roles);
    }
    filter_dates(b->filter, b->way->sort_ms, b->out);
}

/* As in filter_articles.c. */
static void merge(struct building *b, const struct filter_term *values)
{
    struct list_sql *out = b->out;
    bool dated = b->order != NULL && b->order->sort == STORE_NEWEST;
    struct filter_term one = *values;
    one.count = 1;
    list_text(out, " FROM (");
    for (size_t i = 0; i < values->count; i++) {
        one.rows = values->rows ? &values->rows[i] : NULL;
        one.keys = values->keys ? &values->keys[i] : NULL;
        list_text(out, i ? " UNION SELECT " : "SELECT ");
        list_text(out, b->way->row);
        list_text(out, " AS id, ");
        list_text(out, b->way->sort_ms);
        list_text(out, " AS sort_ms FROM ");
        list_text(out, b->way->from);
        walk(b, &one);
        if (dated) {
            list_behind(out, b->way->sort_ms, b->way->row, !b->order->ascending, b->order->after,
                        &b->cursor);
        }
    }
    list_text(out, dated && b->order->ascending ? " ORDER BY sort_ms, id LIMIT -1"
                                                : " ORDER BY sort_ms DESC, id DESC LIMIT -1");
    list_text(out, ") m CROSS JOIN quotes x ON x.id = m.id");
}

static bool is_merged(const struct way *way, const struct filter_term *values)
{
    return values != NULL && values->count > 1 && way->key != NULL && !way->sorts &&
           way != &by_article;
}

static void from_words(struct building *b, const char *joins)
{
    list_slice(b->out, " FROM (SELECT rowid AS id FROM quote_search WHERE quote_search MATCH ",
               slice_cstr(b->filter->match));
    list_text(b->out, ") m CROSS JOIN quotes x ON x.id = m.id");
    list_text(b->out, joins);
    list_text(b->out, " WHERE 1");
    filter_dates(b->filter, "x.sort_ms", b->out);
}

static bool from_way(struct building *b, const char *joins)
{
    const struct filter_term *values = b->lead ? lead_values(b) : NULL;
    if (is_merged(b->way, values)) {
        merge(b, values);
        list_text(b->out, joins);
        list_text(b->out, " WHERE 1");
        return true;
    }
    b->by_parts = b->way == &by_part;
    list_text(b->out, " FROM ");
    list_text(b->out, b->way->from);
    if (!b->by_parts || joins[0] != '\0' || needs_x(b->filter)) {
        list_text(b->out, b->way->quotes);
    }
    list_text(b->out, joins);
    walk(b, values);
    return false;
}

static void order(struct building *b, bool merged)
{
    const struct filter_order *asked = b->order;
    bool by_time = asked->sort == STORE_NEWEST;
    bool words = filter_by_words(b->filter);
    if (merged && by_time) {
        list_int(b->out, " LIMIT ", (int64_t)asked->limit + 1);
        return;
    }
    const char *key = !by_time                                  ? "x.confidence"
                      : filter_one_article(b->filter) && !words ? "x.ordinal"
                      : words || merged                         ? "x.sort_ms"
                                                                : b->way->sort_ms;
    bool own_row = !words && !merged && by_time;
    list_order(b->out, key, own_row ? b->way->row : "x.id", !asked->ascending, asked->after,
               asked->limit);
}

void filter_quotes(const struct filter *filter, const struct filter_order *asked, const char *joins,
                   struct list_sql *out)
{
    struct building b = {.filter = filter, .order = asked, .out = out};
    bool merged = false;
    choose_lead(&b);
    if (filter_by_words(filter)) {
        from_words(&b, joins);
    } else {
        merged = from_way(&b, joins);
    }
    for (size_t i = 0; i < filter->count; i++) {
        const struct filter_term *term = &filter->items[i];
        bool done = term == b.lead && b.way->key != NULL;
        if (!done) {
            condition(&b, term);
        }
    }
    filter_matches(filter, b.by_parts ? "qe.quote" : "x.id", out);
    if (asked != NULL) {
        order(&b, merged);
    }
}
