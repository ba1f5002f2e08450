/* Who is made responsible for some words, read from what stands before or behind them.
 *
 * Behind: « … », a déclaré X · dit-il · selon X · X said · (X) · — X · peut-on lire dans …
 * Before: X a déclaré : · X estime que · X évoque · Et X de conclure : · X : · la réponse de X :
 */
#include "analyse/quoting.h"

static const struct phrase no_phrase = {.first = NO_INDEX, .end = NO_INDEX, .name = NO_INDEX};

static struct attribution none(void)
{
    return (struct attribution){.verb = NO_INDEX, .cue_first = NO_INDEX, .cue_end = NO_INDEX,
                                .source = no_phrase, .reporter = no_phrase};
}

/* "…, cités par Bloomberg": who passes the words on. */
struct phrase attribution_reporter(const struct quoting *q, const struct phrase *source, uint32_t end)
{
    if (!source->present) {
        return no_phrase;
    }
    uint32_t i = source->end;
    for (uint32_t steps = 0; i < end && steps < 12; i++, steps++) {
        struct slice v;
        uint32_t n = table_match(q, &q->relays, i, end, &v);
        if (n) {
            return phrase_at(q, i + n, end);
        }
        if (word_is_finite(q, i) || word_ends_sentence(q, i)) {
            break;
        }
    }
    return no_phrase;
}

static struct attribution with_verb(const struct quoting *q, uint32_t verb, struct phrase source, uint32_t end,
                                    const char *rule, float score)
{
    const struct verb_cue *c = &q->cues.items[verb];
    struct attribution a = none();
    a.present = true;
    a.verb = verb;
    a.cue_first = c->first;
    a.cue_end = c->end;
    a.lemma = c->lemma;
    a.class = c->class;
    a.source = source;
    a.reporter = attribution_reporter(q, &source, end);
    a.first = c->group;
    a.end = c->end;
    if (source.present) {
        a.first = source.first < a.first ? source.first : a.first;
        a.end = source.end > a.end ? source.end : a.end;
    }
    a.rule = rule;
    a.score = score;
    return a;
}

/* The first cue at or after `token`, at most `reach` tokens on, outside marks of another level. */
static uint32_t cue_ahead(const struct quoting *q, uint32_t token, uint32_t end, uint32_t reach)
{
    for (uint32_t i = token; i < end && i < token + reach; i++) {
        if (q->words[i].pair != q->words[token].pair) {
            return NO_INDEX;
        }
        if (q->words[i].cue != NO_INDEX) {
            return q->words[i].cue;
        }
    }
    return NO_INDEX;
}

static struct phrase inverted_subject(const struct quoting *q, const struct verb_cue *c, uint32_t end)
{
    if (c->clitic != NO_INDEX) {
        return (struct phrase){.first = c->clitic, .end = c->clitic + 1, .name = NO_INDEX, .present = true,
                               .pronoun = true};
    }
    return phrase_after_verb(q, c->end, end);
}

/* « … », a déclaré vendredi à l'AFP X · dit-il · comme l'a souligné X */
static struct attribution inverted(const struct quoting *q, uint32_t token, uint32_t end, bool inside)
{
    uint32_t i = token;
    bool as = false;
    while (i < end && i < token + 3 && (word_has(q, i, WORD_AS) || (word_has(q, i, WORD_ADVERB) &&
                                                                     !word_has(q, i, WORD_DET)))) {
        as |= word_has(q, i, WORD_AS);
        i++;
    }
    uint32_t verb = cue_ahead(q, i, end, 7);
    if (verb == NO_INDEX) {
        return none();
    }
    const struct verb_cue *c = &q->cues.items[verb];
    bool form = c->form == CUE_FINITE || c->form == CUE_COMPOUND;
    if (!form || c->group > i || (c->group < token && !as) || (inside && !(c->letters & LETTER('x')))) {
        return none();
    }
    struct phrase source = inverted_subject(q, c, end);
    if (!source.present || (c->clitic == NO_INDEX && word_has(q, c->end, WORD_THAT)) || (source.pronoun && c->clitic == NO_INDEX && word_has(q, source.first, WORD_SELF))) {
        return none();
    }
    if (source.pronoun && c->clitic == NO_INDEX && word_has(q, source.first, WORD_OBJECT)) {
        return none();
    }
    if (inside && word_has(q, source.first, WORD_SELF)) {
        return none();
    }
    /* "a récité un long texte" follows narrated words, "lâche un gilet jaune" spoken ones: the caller knows */
    bool doubtful = (c->letters & LETTER('w')) && !source.pronoun && !phrase_is_human(q, &source);
    return with_verb(q, verb, source, end, inside ? "incise" : "verb_after",
                     doubtful ? ATTRIBUTION_DOUBTFUL : inside ? 0.9F : 0.95F);
}

/* What may follow the verb in “…,” X told reporters on Friday. */
static bool content_does_not_follow(const struct quoting *q, uint32_t i, uint32_t end)
{
    for (uint32_t n = 0; i < end && n < 12; i++, n++) {
        if (word_is_any(q, i, ": « “ \" ‘ <<") || (word_has(q, i, WORD_THAT) && !word_has(q, i, WORD_DET))) {
            return false;
        }
        if (!word_is_plain(q, i)) {
            return true;
        }
    }
    return true;
}

/* “…,” X said · “…,” the spokesman, Y, told Z */
static struct attribution straight(const struct quoting *q, uint32_t token, uint32_t end)
{
    struct phrase opening = phrase_at(q, token, end);
    if (!opening.present || (opening.pronoun && word_has(q, opening.first, WORD_SELF))) {
        return none();
    }
    uint32_t i = opening.end, verb = NO_INDEX;
    for (; i < end && i < token + 40; i++) {
        if (q->words[i].pair != q->words[token].pair || word_is_any(q, i, ": ;")) {
            return none();
        }
        verb = q->words[i].cue;
        if (verb != NO_INDEX && (q->cues.items[verb].form == CUE_FINITE || q->cues.items[verb].form == CUE_COMPOUND)) {
            break;
        }
        verb = NO_INDEX;
        if (word_is_finite(q, i) && !word_is_mark(q, opening.end, ",")) {
            return none();
        }
    }
    if (verb == NO_INDEX) {
        return none();
    }
    const struct verb_cue *c = &q->cues.items[verb];
    struct phrase source = phrase_before_verb(q, c->group, token, false);
    if (!source.present || source.first > opening.end + 24 || c->group < source.end ||
        !(c->letters & (LETTER('x') | LETTER('q'))) || !content_does_not_follow(q, c->end, end)) {
        return none();
    }
    return with_verb(q, verb, source, end, "subject_verb_after", 0.85F);
}

struct attribution attribution_preposition(const struct quoting *q, uint32_t token, uint32_t end)
{
    struct slice v;
    uint32_t n = table_match(q, &q->cue_prepositions, token, end, &v);
    if (!n) {
        return none();
    }
    struct slice letters = pack_column(v, 1);
    const struct token *items = q->r->tokens.items;
    bool starts = token == 0 || items[token - 1].sentence != items[token].sentence ||
                  word_is_any(q, token - 1, ", ; : – — ― (") || word_has(q, token - 1, WORD_COORDINATES) ||
                  word_has(q, token - 1, WORD_THAT);
    if (!starts && slice_find(letters, SLICE("s"), 0) != SIZE_MAX) {
        return none();
    }
    bool weak = slice_find(letters, SLICE("w"), 0) != SIZE_MAX;
    struct attribution a = none();
    cue_class_parse(pack_column(v, 0), &a.class);
    if (slice_find(letters, SLICE("p"), 0) != SIZE_MAX) {
        a.source = (struct phrase){.first = token, .end = token + n, .name = NO_INDEX, .present = true,
                                   .pronoun = true};
    } else {
        uint32_t at = token + n;
        a.source = phrase_at(q, at, end);
        if (word_has(q, at - 1, WORD_CONTRACTED) && (!a.source.present || a.source.name == NO_INDEX)) {
            a.source = phrase_at(q, at - 1, end);
            a.source.first = a.source.present && a.source.first < at ? at : a.source.first;
            a.source.present = a.source.present && a.source.first < a.source.end;
        }
        a.source = phrase_with_apposition(q, a.source, end);
    }
    bool fits = weak ? phrase_is_human(q, &a.source) && !(a.source.pronoun && word_has(q, a.source.first, WORD_SELF))
                     : phrase_is_source(q, &a.source) && !phrase_is_survey(q, &a.source);
    if (!fits || (a.source.pronoun && word_has(q, a.source.first, WORD_SELF))) {
        return none();
    }
    a.present = true;
    a.first = token;
    a.end = a.source.end;
    a.cue_first = token;
    a.cue_end = token + n;
    a.lemma = q->r->tokens.items[token].lower;
    a.reporter = attribution_reporter(q, &a.source, end);
    a.rule = weak ? "view_of" : "according_to";
    a.score = weak ? 0.6F : 0.85F;
    return a;
}

/* « … » (X) · « … » — X */
static struct attribution signature(const struct quoting *q, uint32_t token, uint32_t end)
{
    bool bracket = word_is_mark(q, token, "(");
    if (!bracket && !word_is_any(q, token, "– — ― -")) {
        return none();
    }
    struct phrase p = phrase_at(q, token + 1, end);
    bool closed = p.present && (bracket ? word_is_any(q, p.end, ") ,") : p.end >= end || word_is_any(q, p.end, ", ."));
    if (!closed || p.pronoun || p.name == NO_INDEX || q->r->names.items[p.name].type == ENTITY_LOC) {
        return none();
    }
    struct attribution a = none();
    a.present = true;
    a.source = p;
    a.first = token;
    a.end = p.end;
    a.rule = "signature";
    a.score = 0.7F;
    return a;
}

static struct attribution impersonal(const struct quoting *q, uint32_t token, uint32_t end)
{
    struct slice v;
    uint32_t n = table_match(q, &q->cue_phrases, token, end, &v);
    if (!n) {
        return none();
    }
    struct attribution a = none();
    cue_class_parse(pack_column(v, 0), &a.class);
    a.present = true;
    a.cue_first = token;
    a.cue_end = token + n;
    a.lemma = pack_column(v, 2);
    a.source = phrase_at(q, token + n, end);
    if (!a.source.present) {
        uint32_t i = token + n;
        while (i < end && i < token + n + 3 && word_has(q, i, WORD_PREPOSITION)) {
            i++;
        }
        a.source = phrase_at(q, word_has(q, i - 1, WORD_CONTRACTED) ? i - 1 : i, end);
    }
    a.first = token;
    a.end = a.source.present ? a.source.end : token + n;
    a.rule = "impersonal";
    a.score = 0.75F;
    return a;
}

/* « … » : X se dit prêt */
static struct attribution named_after_colon(const struct quoting *q, uint32_t colon, uint32_t end)
{
    struct phrase p = phrase_with_apposition(q, phrase_at(q, colon + 1, end), end);
    struct attribution a = none();
    if (p.pronoun || p.name == NO_INDEX || !phrase_is_human(q, &p)) {
        return a;
    }
    a.present = true;
    a.source = p;
    a.first = colon;
    a.end = p.end;
    a.rule = "words_colon_name";
    a.score = 0.6F;
    return a;
}

struct attribution attribution_after(const struct quoting *q, uint32_t token, uint32_t end, bool inside)
{
    if (token >= end) {
        return none();
    }
    uint32_t i = token;
    struct attribution a = inside ? none() : signature(q, token, end);
    if (a.present) {
        return a;
    }
    if (!inside && word_is_mark(q, token, ":")) {
        return named_after_colon(q, token, end);
    }
    if (word_is_any(q, i, ", – — ― -")) {
        i++;
    }
    if (i >= end) {
        return none();
    }
    a = impersonal(q, i, end);
    if (!a.present) {
        a = inverted(q, i, end, inside);
    }
    if (!a.present && !inside) {
        a = attribution_preposition(q, i, end);
        a.present = a.present && !(a.score < 0.7F);
    }
    if (!a.present && !inside) {
        a = straight(q, i, end);
    }
    if (a.present) {
        a.first = token < a.first ? token : a.first;
    }
    return a;
}

/* ---- before */

static uint32_t cue_behind(const struct quoting *q, uint32_t token, uint32_t start)
{
    for (uint32_t i = token; i-- > start && token - i <= QUOTING_REACH;) {
        if (q->words[i].pair == NO_INDEX && q->words[i].cue != NO_INDEX) {
            return i;
        }
    }
    return NO_INDEX;
}

/* The agent of a passive: "a été accusé par Y de". */
static struct phrase agent_of(const struct quoting *q, const struct verb_cue *c, uint32_t end)
{
    for (uint32_t i = c->end; i < end && i < c->end + 24; i++) {
        if (word_has(q, i, WORD_BY) && q->words[i].pair == NO_INDEX) {
            return phrase_at(q, i + 1, end);
        }
    }
    return no_phrase;
}

static struct phrase subject_of(const struct quoting *q, uint32_t verb, uint32_t start, uint32_t end)
{
    const struct verb_cue *c = &q->cues.items[verb];
    if (c->clitic != NO_INDEX) {
        return inverted_subject(q, c, end);
    }
    if (c->form == CUE_PASSIVE) {
        return agent_of(q, c, end);
    }
    bool main_clause = c->form == CUE_INFINITIVE || c->form == CUE_GERUND;
    struct phrase p = phrase_before_verb(q, c->group, start, main_clause);
    return p;
}

/* How the words at `token` hang on the verb: by que, as its object, behind a colon. NULL: not at all. */
static const char *link_of(const struct quoting *q, const struct verb_cue *c, uint32_t token)
{
    bool that = false, finite = false, comma = false;
    uint32_t words = 0;
    for (uint32_t i = c->end; i < token; i++) {
        if (q->words[i].pair != NO_INDEX) {
            words++;
            continue;
        }
        if (word_is_any(q, i, ": ;")) {
            return i + 1 == token && word_is_mark(q, i, ":") ? "colon" : NULL;
        }
        comma |= !that && word_is_any(q, i, ", – — ―");
        that |= word_has(q, i, WORD_THAT);
        finite |= !that && word_is_finite(q, i);
        words++;
    }
    if (that && c->restricted && word_has(q, c->end, WORD_THAT)) {
        return NULL;
    }
    if (that && !finite && (c->letters & (LETTER('q') | LETTER('x')))) {
        return "that_clause";
    }
    if (finite) {
        return q->that_may_lack && !comma && (c->letters & LETTER('q')) && words < 30 ? "bare_clause" : NULL;
    }
    bool takes = (c->letters & (LETTER('o') | LETTER('a') | LETTER('q') | LETTER('d') | LETTER('i'))) != 0;
    if (c->form == CUE_PASSIVE) {
        takes = (c->letters & LETTER('a')) != 0;
    }
    return takes && words <= (comma ? 10U : 16U) ? "object" : NULL;
}

static float link_score(const char *link)
{
    return strcmp(link, "object") == 0 ? 0.8F : strcmp(link, "bare_clause") == 0 ? 0.75F : 0.92F;
}

/* "la réponse de Y :", "cette phrase de Y". */
static struct attribution noun_before(const struct quoting *q, uint32_t token, uint32_t start)
{
    for (uint32_t i = token; i-- > start && token - i <= 14;) {
        if (!word_has(q, i, WORD_CUE_NOUN) || q->words[i].pair != NO_INDEX) {
            continue;
        }
        for (uint32_t k = 1; k <= 3 && i >= start + k; k++) {
            if (table_match(q, &q->cue_prepositions, i - k, token, NULL) > k) {
                return none(); /* "in the words of X" */
            }
        }
        struct attribution a = none();
        a.present = true;
        a.cue_first = i;
        a.cue_end = i + 1;
        a.lemma = q->r->tokens.items[i].lower;
        a.first = i;
        a.end = token;
        a.rule = "noun";
        a.score = 0.7F;
        if (word_has(q, i + 1, WORD_OF) && i + 2 < token) {
            a.source = phrase_at(q, word_has(q, i + 1, WORD_DET) ? i + 1 : i + 2, token);
        }
        if (!phrase_is_source(q, &a.source)) {
            a.source = no_phrase;
            for (uint32_t v = i; v-- > start && i - v < 20;) {
                if (word_is_finite(q, v)) {
                    a.source = phrase_before_verb(q, v, start, false);
                    break;
                }
            }
        }
        if (!phrase_is_human(q, &a.source)) {
            a.source = no_phrase;
        }
        return a;
    }
    return none();
}

/* "X :" and "X est formel :" */
static struct attribution colon_before(const struct quoting *q, uint32_t colon, uint32_t start)
{
    struct attribution a = none();
    struct phrase p = no_phrase;
    uint32_t from = start;
    while (from < colon && from < start + 3 && (word_has(q, from, WORD_COORDINATES) || word_has(q, from, WORD_ADVERB))) {
        from++;
    }
    p = phrase_with_apposition(q, phrase_at(q, from, colon), colon);
    if (p.present && p.end == colon && phrase_is_source(q, &p)) {
        a.rule = "name_colon";
        a.score = 0.85F;
    } else {
        p = no_phrase;
        struct phrase opening = phrase_at(q, from, colon);
        for (uint32_t v = colon; v-- > start && colon - v < 40;) {
            bool verb = word_is_finite(q, v) || word_has(q, v, WORD_NEGATES) || word_has(q, v, WORD_REFLEXIVE);
            if (verb && q->words[v].pair == NO_INDEX) {
                p = phrase_before_verb(q, v, start, false);
                break;
            }
        }
        p = p.present ? p : opening;
        if (!p.present || !phrase_is_human(q, &p)) {
            return none();
        }
        a.rule = "colon_subject";
        a.score = 0.65F;
    }
    a.present = true;
    a.source = p;
    a.reporter = attribution_reporter(q, &p, colon);
    a.first = p.first;
    a.end = colon + 1;
    return a;
}

/* A verb in front of `token` that takes the words from `floor` on in a que-clause. */
static bool outer_report(const struct quoting *q, uint32_t group, uint32_t floor, uint32_t token, uint32_t *at)
{
    uint32_t outer = cue_behind(q, group, floor);
    if (outer == NO_INDEX) {
        return false;
    }
    const char *link = link_of(q, &q->cues.items[q->words[outer].cue], token);
    if (!link || (strcmp(link, "that_clause") != 0 && strcmp(link, "bare_clause") != 0)) {
        return false;
    }
    *at = outer;
    return true;
}

struct attribution attribution_before(const struct quoting *q, uint32_t token, uint32_t start, uint32_t floor)
{
    bool colon = token > start && word_is_mark(q, token - 1, ":");
    uint32_t at = cue_behind(q, token, floor);
    for (uint32_t tries = 0; at != NO_INDEX && tries < 3; tries++) {
        uint32_t verb = q->words[at].cue;
        const struct verb_cue *c = &q->cues.items[verb];
        const char *link = link_of(q, c, token);
        if (link) {
            struct phrase source = subject_of(q, verb, start, token);
            if ((source.pronoun || source.name == NO_INDEX) && strcmp(link, "object") == 0 && outer_report(q, c->group, floor, token, &at)) {
                continue; /* "X a annoncé qu'il remettrait « … »": X reports */
            }
            if (!source.present && colon && c->clitic == NO_INDEX && c->form <= CUE_COMPOUND) {
                source = phrase_after_verb(q, c->end, token);
            }
            bool headless = (c->form == CUE_INFINITIVE || c->form == CUE_GERUND) && c->group <= start + 1;
            if (source.present || colon || headless) {
                struct attribution a = with_verb(q, verb, source, token, link, link_score(link));
                a.end = c->end;
                return a;
            }
        }
        at = cue_behind(q, c->group < at ? c->group : at, floor);
    }
    struct attribution a = noun_before(q, token, floor);
    if (colon) {
        struct attribution by = colon_before(q, token - 1, start);
        if (by.present && !(a.present && a.source.present)) {
            return by;
        }
        struct attribution prep = attribution_preposition(q, start, token);
        if (prep.present && !a.present) {
            prep.end = token;
            return prep;
        }
    }
    return a;
}
