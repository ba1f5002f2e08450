/* Who is made responsible for some words, read from what stands in front of them:
 * X a déclaré : · X estime que · X évoque · Et X de conclure : · X : · la réponse de X :
 */
#include "analyse/attribution.h"

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
            return phrase_with_apposition(q, phrase_at(q, i + 1, end), end);
        }
    }
    return NO_PHRASE;
}

/* "Et au ministre de conclure": whose turn it is. */
static struct phrase dative_subject(const struct quoting *q, uint32_t group, uint32_t start)
{
    uint32_t i = start + (uint32_t)word_has(q, start, WORD_COORDINATES);
    if (!word_has(q, i, WORD_TO) || i >= group || !word_has(q, group, WORD_OF)) {
        return NO_PHRASE;
    }
    struct phrase p = phrase_at(q, word_has(q, i, WORD_CONTRACTED) ? i : i + 1, group);
    p.first += p.present && p.first == i;
    return p.end == group ? p : NO_PHRASE;
}

/* One person or thing, by its determiner; "une partie des élus" and what "et" joins may be several. */
static bool is_one(const struct quoting *q, const struct phrase *p)
{
    if (!p->present || p->pronoun || p->name != NO_INDEX) {
        return false;
    }
    uint32_t head = phrase_head(q, p); /* NO_INDEX has no flags */
    bool joined = p->first > 0 && word_has(q, p->first - 1, WORD_COORDINATES);
    bool one = word_has(q, p->first, WORD_DET) && !word_has(q, p->first, WORD_PLURAL) &&
               !word_has(q, head, WORD_COLLECTIVE) && !word_has(q, head, WORD_PLURAL);
    for (uint32_t i = p->first; one && i < p->end; i++) {
        one = !word_has(q, i, WORD_OF) && !word_has(q, i, WORD_COORDINATES);
    }
    return one && !joined;
}

/* "Certains ont reconnu un tag, mais affirment que": the subject of a verb before, when the group nearest to this one can't be
 * its subject. `otherwise` when there is none. */
static struct phrase plural_subject(const struct quoting *q, uint32_t verb, uint32_t start,
                                    struct phrase otherwise)
{
    for (uint32_t v = verb; v-- > start && verb - v < 40;) {
        if (!word_is_finite(q, v) || q->words[v].pair != q->words[verb].pair) {
            continue;
        }
        struct phrase p = phrase_before_verb(q, v, start, false);
        bool some = p.present && p.end == p.first + 1 && word_has(q, p.first, WORD_NOMINAL);
        if (some || (p.present && !p.pronoun && p.name == NO_INDEX &&
                     word_has(q, p.first, WORD_PLURAL) && phrase_is_human(q, &p))) {
            return p;
        }
    }
    return otherwise;
}

static struct phrase subject_of(const struct quoting *q, uint32_t verb, uint32_t start,
                                uint32_t end)
{
    const struct verb_cue *c = &q->cues.items[verb];
    if (c->clitic != NO_INDEX) {
        return attribution_inverted(q, c, end);
    }
    if (c->form == CUE_PASSIVE) {
        struct phrase agent = agent_of(q, c, end);
        return agent.present || c->class != CUE_THINK || !word_has(q, c->end, WORD_THAT)
                   ? agent /* "est convaincu que": its subject thinks */
                   : phrase_before_verb(q, c->group, start, false);
    }
    bool main_clause = c->form == CUE_INFINITIVE || c->form == CUE_GERUND;
    struct phrase dative =
        c->form == CUE_INFINITIVE ? dative_subject(q, c->group, start) : NO_PHRASE;
    if (dative.present) {
        return dative;
    }
    struct phrase p = phrase_before_verb(q, c->group, start, main_clause);
    bool several = c->plural && !c->singular && c->form <= CUE_COMPOUND;
    return several && is_one(q, &p) ? plural_subject(q, c->group, start, p) : p;
}

/* How the words at `token` hang on the verb: by que, as its object, behind a colon. NULL: not at all. */
static const char *link_of(const struct quoting *q, const struct verb_cue *c, uint32_t token)
{
    bool that = false, finite = false, comma = false, relative = false;
    bool object = !q->bare_subjects && (c->letters & LETTER('o')) && !(c->letters & LETTER('w'));
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
        that |= word_has(q, i, WORD_THAT) ||
                (word_has(q, i, WORD_WHETHER) && (c->letters & LETTER('s')) != 0);
        relative |= object && word_has(q, i, WORD_RELATIVE) && !word_has(q, i, WORD_THAT);
        /* "évoque un climat qui « … »": the relative belongs to the object */
        finite |= !that && !relative && word_is_finite(q, i);
        words++;
    }
    if (that && c->restricted && word_has(q, c->end, WORD_THAT)) {
        return NULL;
    }
    if (that && !finite && (c->letters & (LETTER('q') | LETTER('x')))) {
        return "that_clause";
    }
    if (finite) {
        bool opens =
            !comma || phrase_at(q, c->end, token).present; /* "said he knew, in part, “…”" */
        return q->that_may_lack && opens && (c->letters & LETTER('q')) && words < 40 ? "bare_clause"
                                                                                     : NULL;
    }
    bool takes =
        (c->letters & (LETTER('o') | LETTER('a') | LETTER('q') | LETTER('d') | LETTER('i'))) != 0;
    if (c->form == CUE_PASSIVE && !word_has(q, c->end, WORD_BY)) {
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
                return attribution_none(); /* "in the words of X" */
            }
        }
        struct attribution a = attribution_none();
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
            a.source = NO_PHRASE;
            for (uint32_t v = i; v-- > start && i - v < 20;) {
                if (word_is_finite(q, v)) {
                    a.source = phrase_before_verb(q, v, start, false);
                    break;
                }
            }
        }
        if (!phrase_is_human(q, &a.source)) {
            a.source = NO_PHRASE;
        }
        bool of = a.source.present && a.source.first > i;
        uint32_t behind = of ? a.source.end : i + 1;
        if (token > behind + 3 && !word_is_mark(q, token - 1, ":")) {
            return attribution_none(); /* "trois mots sur le rap « made in France »" */
        }
        return a;
    }
    return attribution_none();
}

/* "X :" and "X est formel :" */
static struct attribution colon_before(const struct quoting *q, uint32_t colon, uint32_t start)
{
    struct attribution a = attribution_none();
    struct phrase p = NO_PHRASE;
    uint32_t from = start;
    while (from < colon && from < start + 3 &&
           (word_has(q, from, WORD_COORDINATES) || word_has(q, from, WORD_ADVERB))) {
        from++;
    }
    p = phrase_with_apposition(q, phrase_at(q, from, colon), colon);
    if (p.present && p.end == colon && phrase_is_source(q, &p)) {
        a.rule = "name_colon";
        a.score = 0.85F;
    } else {
        p = NO_PHRASE;
        struct phrase opening = phrase_at(q, from, colon);
        for (uint32_t v = colon; v-- > start && colon - v < 40;) {
            bool verb = word_is_finite(q, v) || word_has(q, v, WORD_NEGATES) ||
                        word_has(q, v, WORD_REFLEXIVE);
            if (verb && q->words[v].pair == NO_INDEX) {
                p = phrase_before_verb(q, v, start, false);
                break;
            }
        }
        p = p.present ? p : opening;
        bool expletive = p.present && p.pronoun && word_has(q, p.first, WORD_EXPLETIVE);
        if (!p.present || expletive || !phrase_is_human(q, &p)) {
            return attribution_none();
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

/* "réclamé par les élus « … »": what stands behind the agent of a participle is no object of it. */
static bool only_agent(const struct quoting *q, const struct verb_cue *c,
                       const struct phrase *agent, uint32_t token)
{
    return c->form == CUE_PASSIVE && c->first + 1 == c->end && word_has(q, c->end, WORD_BY) &&
           agent->present && agent->end == token;
}

/* A verb in front of `token` that takes the words from `floor` on in a que-clause. */
static bool outer_report(const struct quoting *q, uint32_t group, uint32_t floor, uint32_t token,
                         uint32_t *at)
{
    uint32_t outer = cue_behind(q, group, floor);
    if (outer == NO_INDEX) {
        return false;
    }
    const struct verb_cue *c = &q->cues.items[q->words[outer].cue];
    const char *link = link_of(q, c, token);
    uint32_t lead = clause_lead(q, c->end, token, true);
    if (link && strcmp(link, "that_clause") == 0 && !word_has(q, lead, WORD_THAT) &&
        !word_has(q, lead, WORD_WHETHER)) {
        return false; /* "dénoncent la démarche qu'ils qualifient de « … »": a relative */
    }
    if (!link || (strcmp(link, "that_clause") != 0 && strcmp(link, "bare_clause") != 0)) {
        return false;
    }
    *at = outer;
    return true;
}

/* "Estimant que « … », X a …": the subject follows the words, behind their comma. */
static struct phrase subject_ahead(const struct quoting *q, uint32_t token)
{
    uint32_t block = q->r->tokens.items[token].block;
    for (uint32_t i = token, n = 0; i < q->r->tokens.count && n < QUOTING_REACH; i++) {
        if (q->words[i].pair != NO_INDEX) {
            continue;
        }
        n++;
        if (q->r->tokens.items[i].block != block || word_ends_sentence(q, i)) {
            break;
        }
        if (word_is_mark(q, i, ",")) {
            struct phrase p = phrase_at(q, i + 1, (uint32_t)q->r->tokens.count);
            return phrase_is_human(q, &p) ? p : NO_PHRASE;
        }
    }
    return NO_PHRASE;
}

struct attribution attribution_before(const struct quoting *q, uint32_t token, uint32_t start,
                                      uint32_t floor)
{
    bool colon = token > start && word_is_mark(q, token - 1, ":");
    uint32_t at = cue_behind(q, token, floor);
    for (uint32_t tries = 0; at != NO_INDEX && tries < 3; tries++) {
        uint32_t verb = q->words[at].cue;
        const struct verb_cue *c = &q->cues.items[verb];
        const char *link = link_of(q, c, token);
        if (link) {
            struct phrase source = subject_of(q, verb, start, token);
            if (only_agent(q, c, &source, token)) {
                at = cue_behind(q, c->group < at ? c->group : at, floor);
                continue;
            }
            if ((source.pronoun || source.name == NO_INDEX) && strcmp(link, "object") == 0 &&
                outer_report(q, c->group, floor, token, &at)) {
                continue; /* "X a annoncé qu'il remettrait « … »": X reports */
            }
            if (!source.present && colon && c->clitic == NO_INDEX && c->form <= CUE_COMPOUND) {
                source = phrase_after_verb(q, c->end, token);
            }
            bool headless =
                (c->form == CUE_INFINITIVE || c->form == CUE_GERUND || c->form == CUE_PARTICIPLE) &&
                c->group <= start + 1;
            if (headless && !source.present) {
                source = subject_ahead(q, token);
            }
            if (source.present || colon || headless) {
                struct attribution a =
                    attribution_verb(q, verb, source, token, link, link_score(link));
                a.end = c->end;
                return a;
            }
        }
        at = cue_behind(q, c->group < at ? c->group : at, floor);
    }
    struct attribution a = noun_before(q, token, floor);
    if (colon) {
        struct attribution by = colon_before(q, token - 1, start);
        struct attribution prep = attribution_preposition(q, start, token);
        prep.end = token;
        bool loose = by.present && strcmp(by.rule, "colon_subject") == 0 && prep.present;
        if (by.present && !(a.present && a.source.present)) {
            return loose ? prep : by; /* "Pour lui, les enjeux sont clairs : « … »" */
        }
        if (prep.present && !a.present) {
            return prep;
        }
    }
    return a;
}
