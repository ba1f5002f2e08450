/* The document's own evidence: a name recognised once is recognised everywhere, one form has one type,
 * a surname follows its full name, an acronym its expansion, a first name its coordinated partner. */
#include "analyse/names.h"

#define SPREADS_FROM                                                                               \
    0.55F /* a form's summed confidence that makes it worth looking for elsewhere */
#define TAIL_WEIGHT                                                                                \
    2.5F /* a surname seen in a full name is a person's, unless it is listed as something else */
#define DOUBTFUL         0.7F
#define FORM_WORDS_MOST  8
#define FORMS_TRIED_MOST 64 /* of those that begin with one word: bounds the work on odd texts */

struct vote {
    struct slice form;           /* as printed */
    float weight[4];             /* per type */
    uint32_t words, count, full; /* full: from a longer name that contains it */
    enum entity_type type;       /* the winner */
    bool is_tail;                /* only seen as the end of a person's name */
};

struct spreading {
    struct naming *n;
    struct vote *votes;
    uint32_t vote_count;
    struct names_map *forms;  /* printed form → vote */
    struct names_map *starts; /* first printed word → votes */
    struct names found;
};

static bool is_capital(const struct naming *n, uint32_t i)
{
    return (names_token(n, i)->flags & (TOKEN_CAPITAL | TOKEN_ALL_CAPS)) != 0;
}

/* The printed words first…end, with single blanks where the text has any. */
static struct slice printed(const struct naming *n, uint32_t first, uint32_t end)
{
    uint32_t start = names_token(n, first)->start_byte;
    return slice_of(n->r->document->text.ptr + start, names_token(n, end - 1)->end_byte - start);
}

static struct vote *vote_of(struct spreading *s, uint32_t first, uint32_t end)
{
    struct slice form = printed(s->n, first, end);
    uint32_t v = names_map_find(s->forms, form, NULL);
    if (v == NO_INDEX) {
        v = s->vote_count++;
        s->votes[v] = (struct vote){.form = form, .words = end - first};
        names_map_add(s->forms, form, v);
        names_map_add(s->starts, printed(s->n, first, first + 1), v);
    }
    return &s->votes[v];
}

/* "Witkoff" may stand for "Steve Witkoff", "Le Pen" for "Marine Le Pen"; "II" for nobody. */
static bool may_stand_alone(const struct naming *n, uint32_t i)
{
    const struct token *t = names_token(n, i);
    bool ordinary =
        n->lexicon.common[i] == 1 || t->kind != TOKEN_WORD || (t->flags & TOKEN_INITIAL);
    return is_capital(n, i) && !ordinary && t->end_byte - t->start_byte > 2 &&
           !((n->lexicon.bits[i] & LEX_FIRST_NAME) && !(n->lexicon.bits[i] & LEX_SURNAME));
}

static bool is_unlisted(const struct naming *n, uint32_t i)
{
    return n->lexicon.common[i] == 0 &&
           !(n->lexicon.bits[i] &
             (LEX_PLACES | LEX_ORGANISATIONS | LEX_SEAT | LEX_FIRST_NAME | LEX_SURNAME |
              LEX_PERSON | LEX_DEMONYM | LEX_CALENDAR | LEX_ORG_HEAD | LEX_PLACE_HEAD));
}

bool names_is_firm(const struct naming *n, const struct name *name)
{
    uint32_t words = name->end - name->first, last = name->end - 1;
    struct slice value;
    bool tail = pack_find(&n->name_triggers, names_token(n, last)->lower, &value) &&
                slice_is(pack_column(value, 0), "tail");
    return name->type == ENTITY_ORG && words > 1 && words < 4 && is_unlisted(n, name->first) &&
           is_capital(n, last) && names_token(n, name->first)->kind == TOKEN_WORD &&
           !(names_token(n, name->first)->flags & TOKEN_INITIAL) &&
           (tail || !(n->lexicon.bits[last] & (LEX_ORG_HEAD | LEX_PLACES)));
}

static void read_votes(struct spreading *s)
{
    const struct names *names = &s->n->r->names;
    for (size_t i = 0; i < names->count; i++) {
        const struct name *name = &names->items[i];
        struct vote *v = vote_of(s, name->first, name->end);
        /* What a noun beside it says ("le fabricant Veltis") outweighs the tagger's guesses elsewhere. */
        bool told = name->type == ENTITY_ORG && name->method == MENTION_RULE &&
                    name->end == name->first + 1;
        v->weight[name->type] += name->confidence * (told ? TAIL_WEIGHT : 1.0F);
        v->count++;
        v->is_tail = false;
        if (names_is_firm(s->n, name)) {
            struct vote *head = vote_of(s, name->first, name->first + 1);
            head->weight[ENTITY_ORG] += name->confidence * TAIL_WEIGHT;
            head->full++;
        }
        if (name->type != ENTITY_PER || name->end - name->first < 2) {
            continue;
        }
        for (uint32_t t = name->first + 1; t < name->end; t++) {
            bool last = t + 1 == name->end;
            bool particle = (s->n->lexicon.bits[t] & LEX_PARTICLE) && is_capital(s->n, t);
            if ((last && may_stand_alone(s->n, t)) || (!last && particle)) {
                struct vote *tail = vote_of(s, t, name->end);
                bool listed = (s->n->lexicon.bits[t] & (LEX_PLACES | LEX_ORGANISATIONS)) != 0;
                tail->weight[ENTITY_PER] += name->confidence * (listed ? 1.0F : TAIL_WEIGHT);
                tail->full++;
            }
        }
    }
    for (uint32_t v = 0; v < s->vote_count; v++) {
        struct vote *vote = &s->votes[v];
        for (unsigned t = 0; t < 4; t++) {
            vote->type =
                vote->weight[t] > vote->weight[vote->type] ? (enum entity_type)t : vote->type;
        }
    }
}

/* ---- one form, one type */

static bool is_fixed(const struct naming *n, const struct name *name)
{
    uint32_t known = n->lexicon.begin[name->first];
    return name->method == MENTION_USER || name->method == MENTION_RULE ||
           (name->type == ENTITY_LOC && (known & (LEX_COUNTRY | LEX_REGION | LEX_CAPITAL))) ||
           (name->type == ENTITY_ORG && (known & LEX_CAPITAL));
}

/* "Dete Papendieck", doubtful at the head of a sentence, when "Papendieck" is a person further on. */
static bool ends_in_person(const struct spreading *s, const struct name *name)
{
    uint32_t words = name->end - name->first;
    if (name->type == ENTITY_PER || words < 2 || words > 3 || name->confidence >= DOUBTFUL) {
        return false;
    }
    uint32_t v = names_map_find(s->forms, printed(s->n, name->end - 1, name->end), NULL);
    return v != NO_INDEX && s->votes[v].type == ENTITY_PER &&
           s->votes[v].weight[ENTITY_PER] > name->confidence;
}

static void level_types(struct spreading *s)
{
    struct names *names = &s->n->r->names;
    for (size_t i = 0; i < names->count; i++) {
        struct name *name = &names->items[i];
        const struct vote *v = vote_of(s, name->first, name->end);
        float all = v->weight[0] + v->weight[1] + v->weight[2] + v->weight[3];
        bool unlisted = name->end == name->first + 1 && is_unlisted(s->n, name->first);
        float share = unlisted ? 0.5F : 0.6F;
        if (v->type != name->type && v->weight[v->type] > share * all && !is_fixed(s->n, name)) {
            name->type = v->type;
            name->method = MENTION_DOCUMENT;
        } else if (ends_in_person(s, name)) {
            name->type = ENTITY_PER;
            name->method = MENTION_DOCUMENT;
        }
    }
}

/* ---- the same form elsewhere */

static bool starts_sentence(const struct naming *n, uint32_t i)
{
    while (i > 0 && names_same_sentence(n, i - 1, i)) {
        if (names_token(n, --i)->kind != TOKEN_PUNCTUATION) {
            return false;
        }
    }
    return true;
}

static bool is_worth(const struct spreading *s, const struct vote *v, uint32_t at)
{
    if (v->weight[v->type] < SPREADS_FROM || !is_capital(s->n, at)) {
        return false;
    }
    if (v->words > 1) {
        return true;
    }
    uint8_t common = s->n->lexicon.common[at];
    if (common == 1 || common == 2) {
        return v->count > 1 && !starts_sentence(s->n, at);
    }
    return !(s->n->lexicon.bits[at] & (LEX_DEMONYM | LEX_CALENDAR | LEX_TITLE));
}

/* The longest voted form that is printed at token i, or NULL. */
static const struct vote *form_at(const struct spreading *s, uint32_t i)
{
    const struct vote *best = NULL;
    uint32_t chain = 0, tried = 0;
    struct slice word = printed(s->n, i, i + 1);
    for (uint32_t v = names_map_find(s->starts, word, &chain);
         v != NO_INDEX && tried < FORMS_TRIED_MOST;
         v = names_map_next(s->starts, &chain), tried++) {
        const struct vote *vote = &s->votes[v];
        uint32_t end = i + vote->words;
        bool fits = vote->words <= FORM_WORDS_MOST && names_same_sentence(s->n, end - 1, i) &&
                    slice_equal(printed(s->n, i, end), vote->form);
        if (fits && (!best || vote->words > best->words) && is_worth(s, vote, i)) {
            best = vote;
        }
    }
    return best;
}

static bool is_free(const struct naming *n, uint32_t first, uint32_t end)
{
    for (uint32_t i = first; i < end; i++) {
        if (n->r->name_at[i] != NO_INDEX) {
            return false;
        }
    }
    return true;
}

/* A capital right beside is part of another, longer name that nobody recognised: "Egypt Air". */
static bool stands_alone(const struct naming *n, uint32_t first, uint32_t end)
{
    bool joined_before =
        first > 0 && names_same_sentence(n, first - 1, first) && is_capital(n, first - 1) &&
        names_token(n, first - 1)->kind == TOKEN_WORD && !starts_sentence(n, first - 1) &&
        !(n->lexicon.bits[first - 1] & (LEX_TITLE | LEX_FUNCTION | LEX_DEMONYM)) &&
        n->r->name_at[first - 1] == NO_INDEX;
    bool joined_behind = names_same_sentence(n, end, first) && is_capital(n, end) &&
                         names_token(n, end)->kind == TOKEN_WORD &&
                         n->r->name_at[end] == NO_INDEX &&
                         !(names_token(n, end)->flags & TOKEN_CLITIC);
    return !joined_before && !joined_behind;
}

static void find_others(struct spreading *s)
{
    struct naming *n = s->n;
    uint32_t count = (uint32_t)n->r->tokens.count;
    for (uint32_t i = 0; i < count; i++) {
        if (n->r->name_at[i] != NO_INDEX || !is_capital(n, i)) {
            continue;
        }
        const struct vote *v = form_at(s, i);
        if (v && is_free(n, i, i + v->words) && stands_alone(n, i, i + v->words)) {
            *ARENA_PUSH(n->r->arena, &s->found) =
                name_of(n, i, i + v->words, v->type, 0.7F, MENTION_DOCUMENT);
            i += v->words - 1;
        }
    }
}

/* ---- acronyms and first names that share a surname */

/* "la Fapeo (Fédération des associations …)": what a long body's name explains is that body. */
static void type_explained(struct spreading *s)
{
    struct names *names = &s->n->r->names;
    for (size_t i = 0; i + 1 < names->count; i++) {
        struct name *a = &names->items[i];
        const struct name *b = &names->items[i + 1];
        if (a->end == a->first + 1 && a->type == ENTITY_LOC && b->type == ENTITY_ORG &&
            b->end - b->first > 2 && b->first == a->end + 1 &&
            slice_is(reading_token_text(s->n->r, a->end), "(") &&
            !(s->n->lexicon.bits[a->first] & LEX_PLACES)) {
            a->type = ENTITY_ORG;
            a->method = MENTION_RULE;
        }
    }
}

/* Emmanuel et Brigitte Macron */
static void find_partners(struct spreading *s)
{
    struct naming *n = s->n;
    const struct names *names = &n->r->names;
    for (size_t i = 0; i < names->count; i++) {
        const struct name *name = &names->items[i];
        uint32_t first = name->first;
        if (name->type != ENTITY_PER || name->end - first < 2 || first < 2 ||
            !names_same_sentence(n, first - 2, first) || !(n->lexicon.bits[first - 1] & LEX_AND) ||
            !(n->lexicon.begin[first] & LEX_FIRST_NAME)) {
            continue;
        }
        bool alone = first < 3 || !names_same_sentence(n, first - 3, first) ||
                     !is_capital(n, first - 3) || starts_sentence(n, first - 3);
        if ((n->lexicon.bits[first - 2] & LEX_FIRST_NAME) && is_capital(n, first - 2) && alone &&
            !(n->lexicon.bits[first - 2] & (LEX_COUNTRY | LEX_REGION))) {
            struct name partner =
                name_of(n, first - 2, first - 1, ENTITY_PER, name->confidence, MENTION_RULE);
            *ARENA_PUSH(n->r->arena, &s->found) = partner;
        }
    }
}

static void merge(struct spreading *s)
{
    struct names *names = &s->n->r->names;
    for (size_t i = 0; i < names->count; i++) {
        *ARENA_PUSH(s->n->r->arena, &s->found) = names->items[i];
    }
    names_replace(s->n, s->found.items, s->found.count);
    s->found.count = 0;
}

void names_spread(struct naming *n)
{
    size_t most = 0;
    for (size_t i = 0; i < n->r->names.count; i++) {
        most += 2 + n->r->names.items[i].end - n->r->names.items[i].first;
    }
    struct spreading s = {.n = n};
    s.votes = ARENA_ARRAY(n->r->arena, struct vote, most);
    s.forms = names_map_new(n->r->arena, most);
    s.starts = names_map_new(n->r->arena, most);
    type_explained(&s);
    read_votes(&s);
    level_types(&s);
    names_acronyms(n, &s.found);
    find_partners(&s);
    merge(&s);
    find_others(&s);
    merge(&s);
}
