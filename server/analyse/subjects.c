/* The subject in front of a verb, found without a parser: the clause is cut at its commas, asides are skipped, and the last
 * group that no preposition governs is taken.
 */
#include "analyse/attribution.h"

#define CLAUSE_MOST 60u /* how far a subject may stand before its verb */

static bool is_person(const struct quoting *q, uint32_t name)
{
    return name != NO_INDEX && q->r->names.items[name].type == ENTITY_PER;
}

struct segment {              /* what stands between two commas */
    struct phrase last;       /* last group that no preposition governs */
    struct phrase first;      /* the group that opens the segment */
    struct phrase inner;      /* the subject behind the conjunction that opens it */
    struct phrase near;       /* the group read last, whatever governs it */
    struct phrase antecedent; /* the group in front of qui, while no verb has followed it */
    uint32_t start, end, level;
    bool opens_relative; /* qui stands first, and no verb behind it yet */
    bool relative, subordinate, verb, any_verb, verb_first, name_only, plain_start;
};

#define SEGMENTS_MOST 12u

/* Marked words that stand on their own end the narrator's clause; marked fragments are part of it. */
static bool is_statement(const struct quoting *q, uint32_t pair)
{
    while (pair != NO_INDEX && q->pairs.items[pair].quote == NO_INDEX) {
        pair = q->pairs.items[pair].parent;
    }
    return pair != NO_INDEX && q->r->quotes.items[q->pairs.items[pair].quote].type == QUOTE_DIRECT;
}

/* The pair that holds the verb; for a mark, the one that holds the mark's pair. */
static uint32_t level_of(const struct quoting *q, uint32_t verb)
{
    uint32_t level = q->words[verb].pair;
    bool mark = level != NO_INDEX && q->pairs.items[level].open == verb;
    return mark ? q->pairs.items[level].parent : level;
}

static uint32_t clause_start(const struct quoting *q, uint32_t verb, uint32_t start, uint32_t level)
{
    uint32_t low = verb > start + CLAUSE_MOST ? verb - CLAUSE_MOST : start;
    for (uint32_t i = verb; i > low; i--) {
        uint32_t pair = q->words[i - 1].pair;
        if (pair == level ? word_is_any(q, i - 1, ": ;") : is_statement(q, pair)) {
            return i;
        }
    }
    return low;
}

/* Whether nothing but marked words and adjectives ("plus modérés") stands between the group and `token`. */
static bool stands_before(const struct quoting *q, const struct phrase *p, uint32_t token)
{
    bool near = p->present && p->end <= token;
    for (uint32_t i = p->end, words = 0; near && i < token; i++) {
        bool marked = q->words[i].pair != q->words[p->first].pair;
        bool qualifies = word_is_plain(q, i) && !word_is_finite(q, i) && words++ < 3 &&
                         (word_has(q, i, WORD_ADVERB) || !word_flags(q, i));
        near = marked || qualifies;
    }
    return near;
}

static void segment_read(const struct quoting *q, struct segment *s)
{
    bool preposition = false;
    s->plain_start = true;
    for (uint32_t i = s->start; i < s->end;) {
        uint64_t f = word_flags(q, i);
        if (q->words[i].pair != s->level) {
            s->verb |= word_is_finite(q, i); /* Bercy « regrette » l'annonce et exige */
            s->any_verb |= s->verb;
            i++;
            continue;
        }
        struct phrase p =
            HAS(f, WORD_RELATIVE) || HAS(f, WORD_THAT) ? NO_PHRASE : phrase_at(q, i, s->end);
        bool governed = HAS(f, WORD_PREPOSITION) && !HAS(f, WORD_INDEFINITE);
        bool complement = HAS(f, WORD_OF) && s->near.present && s->near.end == i &&
                          s->near.first < i; /* "la fédération FO des transports" */
        bool date = p.present && p.name == NO_INDEX && !p.pronoun &&
                    word_has(q, p.end, WORD_TIME); /* "une nouvelle fois" */
        if (p.present && (governed || complement || date)) {
            p = NO_PHRASE;
        }
        if (p.present) {
            s->near = p;
            if (!preposition && s->subordinate && !s->inner.present && !s->verb) {
                s->inner = p;
            }
            if (!preposition && !(s->relative && !s->plain_start)) {
                s->last = s->relative ? s->last : p;
                if (i == s->start) {
                    s->first = p;
                }
            }
            s->name_only = p.name != NO_INDEX && !preposition && s->last.first == s->first.first &&
                           s->first.present && s->last.name != NO_INDEX;
            s->name_only |= preposition && s->first.present && s->first.name != NO_INDEX &&
                            s->last.first == s->first.first && !s->verb;
            preposition = false;
            i = p.end;
            continue;
        }
        bool subject_relative = HAS(f, WORD_RELATIVE_SUBJECT) && !HAS(f, WORD_DET);
        bool subordinate = HAS(f, WORD_SUBORDINATES) && !HAS(f, WORD_OBJECT);
        s->subordinate |= subordinate && i == s->start;
        s->opens_relative |= subject_relative && i == s->start;
        if (subject_relative) {
            bool someone = s->near.name != NO_INDEX ? is_person(q, s->near.name)
                                                    : phrase_is_human(q, &s->near);
            bool near = stands_before(q, &s->near, i) && (someone || !s->last.present);
            s->antecedent = near ? s->near : NO_PHRASE;
        }
        if (subject_relative || (subordinate && i == s->start)) {
            s->relative = true;
            s->plain_start = s->plain_start && (i != s->start || subordinate);
        }
        if (subordinate || (HAS(f, WORD_RELATIVE) && !subject_relative && !HAS(f, WORD_DET))) {
            s->inner = NO_PHRASE;
            s->last = NO_PHRASE; /* "où la majorité a promis": the subject follows */
            s->verb = false;
        }
        if (HAS(f, WORD_THAT) || (HAS(f, WORD_COORDINATES) && s->verb)) {
            s->last = s->relative ? s->last : NO_PHRASE;
            s->verb = false;
        }
        preposition = HAS(f, WORD_PREPOSITION);
        bool verb = word_is_finite(q, i) || phrase_verb_by_form(q, i);
        s->verb_first |= verb && i == s->start;
        s->antecedent = verb ? NO_PHRASE : s->antecedent;
        s->opens_relative &= !verb;
        s->verb |= verb;
        s->any_verb |= s->verb;
        i++;
        if (subject_relative && q->bare_subjects && word_is_plain(q, i) && i < s->end &&
            !word_has(q, i, WORD_DET) && !word_has(q, i, WORD_PRONOUN) &&
            !(q->r->name_at && q->r->name_at[i] != NO_INDEX)) {
            s->antecedent = NO_PHRASE;
            s->opens_relative = false;
            s->verb = s->any_verb = true; /* "which represents New York teachers" */
            i++;
        }
    }
}

static size_t segments_read(const struct quoting *q, uint32_t start, uint32_t end, uint32_t level,
                            struct segment *out)
{
    size_t count = 0;
    for (uint32_t i = start; i <= end; i++) {
        bool cut = i == end || (q->words[i].pair == level && word_is_any(q, i, ", – — ― ( )"));
        if (!cut) {
            continue;
        }
        bool bracket =
            i < end && word_is_mark(q, i, ")") && start > 0 && word_is_mark(q, start - 1, "(");
        if (bracket) { /* "Trey Gowdy (R-S.C.) said" */
            start = i + 1;
            continue;
        }
        if (count == SEGMENTS_MOST) {
            memmove(out, out + 1, (SEGMENTS_MOST - 1) * sizeof *out);
            count--;
        }
        out[count] = (struct segment){.first = NO_PHRASE,
                                      .last = NO_PHRASE,
                                      .inner = NO_PHRASE,
                                      .near = NO_PHRASE,
                                      .antecedent = NO_PHRASE,
                                      .start = start,
                                      .end = i,
                                      .level = level};
        segment_read(q, &out[count++]);
        start = i + 1;
    }
    return count;
}

static bool is_subject_word(const struct quoting *q, const struct phrase *p)
{
    struct slice v;
    return p->pronoun && table_match(q, &q->pronouns, p->first, p->end, &v) &&
           slice_is(pack_column(v, 3), "subject");
}

static bool agrees(const struct quoting *q, const struct phrase *p)
{
    return p->present &&
           !(p->pronoun && word_has(q, p->first, WORD_OBJECT) && !word_has(q, p->first, WORD_DET) &&
             !word_has(q, p->first, WORD_SUBJECT_LIKE) && p->end == p->first + 1 &&
             !word_has(q, p->first, WORD_PRONOUN));
}

/* "Le porte-parole, Dmitri Peskov, a dit": the aside names the subject; every other aside is skipped. */
static struct phrase from_segments(const struct quoting *q, const struct segment *s, size_t count,
                                   bool main_clause)
{
    const struct segment *own = &s[count - 1];
    if (!main_clause && own->antecedent.present) {
        const struct segment *t = count > 1 ? &s[count - 2] : NULL;
        bool apposed = t && own->antecedent.first == own->start && t->last.end == t->end &&
                       t->last.present && t->last.name != NO_INDEX &&
                       own->antecedent.name == NO_INDEX && is_person(q, t->last.name);
        if (apposed) {
            return t->last; /* "Claire Morel, une retraitée qui a tout vu" */
        }
        return own->antecedent; /* "avec les élus qui ont dit" */
    }
    if (!main_clause && agrees(q, &own->last) && !own->verb) {
        return own->last;
    }
    if (main_clause && own->last.present && own->last.first == own->start && !own->any_verb &&
        own->last.end == own->end && count > 1 && own->start < own->end) {
        return own->last; /* "la diplomatie faisant part de": a subject of its own */
    }
    if (main_clause && own->inner.present) {
        return own->inner; /* "où ils attendent du monde pour réclamer" */
    }
    if (main_clause && own->first.present && (own->verb || is_subject_word(q, &own->first))) {
        return own->first;
    }
    if (!main_clause && own->inner.present && !own->verb) {
        return own->inner; /* "alors que le gouvernement décidait" */
    }
    if (own->relative && own->plain_start && own->last.present && own->last.end < own->end) {
        return own->last; /* "le ministre qui a déclaré": the antecedent */
    }
    if (!own->last.present && own->any_verb && own->first.present) {
        return own->first; /* "elle a évoqué « a » et mentionné « b »" */
    }
    struct phrase fallback = own->last;
    bool verb_seen = false, aside_seen = own->start < own->end && !main_clause;
    for (size_t i = count - 1; i-- > 0;) {
        const struct segment *t = &s[i];
        bool apposed = verb_seen && !t->verb && i > 0 && s[i - 1].last.present &&
                       s[i - 1].last.end == s[i - 1].end;
        bool no_subject = q->bare_subjects || (main_clause && !t->last.present);
        if ((t->verb_first && i > 0 && no_subject) || apposed) {
            verb_seen = true;
            continue; /* "Roy Cooper, her opponent, viewed the videos": the subject stands before */
        }
        if (!main_clause && t->antecedent.present && !verb_seen) {
            return t->antecedent; /* "des élus qui, malgré tout, disent" */
        }
        if (!main_clause && t->opens_relative && t->end == t->start + 1 && i > 0 &&
            s[i - 1].near.present && !s[i - 1].near.pronoun &&
            stands_before(q, &s[i - 1].near, s[i - 1].end) && phrase_is_source(q, &s[i - 1].near)) {
            return s[i - 1].near; /* "pris au mot le maire, qui, dans sa lettre, indiquait" */
        }
        if (own->opens_relative && i + 2 == count && t->near.present && !t->near.pronoun &&
            t->near.first > t->start && stands_before(q, &t->near, t->end) &&
            phrase_is_source(q, &t->near)) {
            return t->near; /* "a reçu les élus, qui disent": not an aside on the subject */
        }
        if (t->inner.present && !t->any_verb && !t->last.present) {
            return t->inner; /* "Si les modérés, …, ont dit" */
        }
        uint32_t inverted = main_clause && t->verb_first ? q->words[t->start].cue : NO_INDEX;
        if (inverted != NO_INDEX && (q->cues.items[inverted].letters & LETTER('x')) &&
            phrase_is_source(q, &t->last)) {
            return t->last; /* "…, a précisé la préfecture, indiquant que" */
        }
        bool earlier_subject = i > 0 && s[i - 1].last.present;
        bool names = t->name_only && t->first.present && !aside_seen;
        if (names && earlier_subject ? s[i - 1].last.name == NO_INDEX &&
                                           phrase_may_name(q, &s[i - 1].last, t->first.name)
                                     : names && is_person(q, t->first.name)) {
            return t->first;
        }
        if (!aside_seen && i > 0 &&
            (t->relative || !t->first.present ||
             (s[i - 1].last.present && !t->verb && s[i - 1].last.end == s[i - 1].end &&
              !t->first.pronoun && i + 1 == count - 1))) {
            aside_seen = true;
            fallback = fallback.present ? fallback : t->last;
            continue;
        }
        bool subject = t->first.present && (t->any_verb || (main_clause && t->last.present &&
                                                            phrase_is_human(q, &t->first) &&
                                                            !phrase_is_human(q, &t->last)));
        if ((subject || agrees(q, &t->last)) && !(t->relative && !t->plain_start)) {
            return subject ? t->first : t->last;
        }
    }
    return !fallback.present && main_clause ? s[0].first : fallback;
}

/* What stands between a noun and the verb belongs to the noun when it starts with a preposition. */
static bool is_complement(const struct quoting *q, uint32_t first, uint32_t verb)
{
    if (first >= verb || verb - first > 12 || !word_has(q, first, WORD_PREPOSITION)) {
        return false;
    }
    for (uint32_t i = first; i < verb; i++) {
        if (!word_is_plain(q, i) || word_is_finite(q, i) || word_has(q, i, WORD_RELATIVE) ||
            word_has(q, i, WORD_TIME)) {
            return false;
        }
    }
    return true;
}

struct phrase phrase_before_verb(const struct quoting *q, uint32_t verb, uint32_t start,
                                 bool main_clause)
{
    struct segment segments[SEGMENTS_MOST];
    uint32_t level = level_of(q, verb);
    uint32_t from = clause_start(q, verb, start, level);
    if (from >= verb) {
        return NO_PHRASE;
    }
    uint32_t adjacent = q->r->name_at && main_clause ? q->r->name_at[verb - 1] : NO_INDEX;
    if (q->bare_subjects && is_person(q, adjacent) && level == q->words[verb - 1].pair) {
        return (struct phrase){.first = q->r->names.items[adjacent].first,
                               .end = verb,
                               .name = adjacent,
                               .present = true}; /* "footage of Paul Garner saying" */
    }
    size_t count = segments_read(q, from, verb, level, segments);
    struct phrase p = count ? from_segments(q, segments, count, main_clause) : NO_PHRASE;
    if (p.present && !p.pronoun && p.name == NO_INDEX && !main_clause &&
        is_complement(q, p.end, verb)) {
        p.end = verb; /* "a source close to the talks" */
    }
    return phrase_with_apposition(q, p, verb);
}
