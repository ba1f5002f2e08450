/* Descriptions as speakers: "une source proche du dossier", "le maire", "la même source": what kind of speaker they print,
 * what they are called, and whether they stand for somebody heard or named before. */
#include "analyse/quoting.h"

/* The printed words without their article: "une source proche" → "source proche". */
static struct slice without_article(const struct quoting *q, const struct phrase *p)
{
    uint32_t first = p->first;
    while (first + 1 < p->end && word_has(q, first, WORD_DET) &&
           !word_has(q, first, WORD_POSSESSIVE) && !word_has(q, first, WORD_NUMERAL) &&
           !word_has(q, first + 1, WORD_OF)) { /* but "un d'eux" */
        first++;
    }
    return reading_text(q->r, tokens_span(q, first, p->end));
}

static uint32_t affiliation_of(const struct quoting *q, const struct phrase *p)
{
    for (uint32_t i = p->first; i < p->end; i++) {
        uint32_t name = q->r->name_at ? q->r->name_at[i] : NO_INDEX;
        if (name != NO_INDEX && q->r->names.items[name].entity != NO_INDEX) {
            return q->r->names.items[name].entity;
        }
    }
    return NO_INDEX;
}

static enum speaker_kind kind_of(const struct quoting *q, const struct phrase *p)
{
    uint64_t all = 0;
    for (uint32_t i = p->first; i < p->end; i++) {
        all |= word_flags(q, i);
    }
    uint32_t head = phrase_head(q, p);
    uint64_t h = head == NO_INDEX ? 0 : word_flags(q, head);
    uint64_t first = word_flags(q, p->first);
    bool plural = HAS(first, WORD_PLURAL) || HAS(h, WORD_PLURAL) || HAS(h, WORD_COLLECTIVE);
    uint32_t one = p->first + (uint32_t)(HAS(first, WORD_DET) && !HAS(first, WORD_INDEFINITE));
    bool one_of = word_has(q, one, WORD_INDEFINITE) && !word_has(q, one, WORD_PLURAL) &&
                  one + 1 < p->end && word_has(q, one + 1, WORD_OF); /* "l'un des vendeurs" */
    if (HAS(all, WORD_ANONYMOUS_STRONG) || one_of) {
        return SPEAKER_ANONYMOUS;
    }
    if (HAS(h, WORD_DOCUMENT) || (HAS(h, WORD_BODY) && !HAS(h, WORD_COLLECTIVE))) {
        return SPEAKER_ORGANISATION;
    }
    bool one_noun = HAS(first, WORD_INDEFINITE) && p->end > p->first + 1; /* "one resident" */
    if (plural || (HAS(first, WORD_NOMINAL) && !one_noun)) {
        return SPEAKER_COLLECTIVE;
    }
    bool behind_article =
        p->first > 0 && word_has(q, p->first - 1, WORD_CONTRACTED); /* au préfet */
    bool indefinite = HAS(first, WORD_INDEFINITE) ||
                      (!HAS(first, WORD_DET) && !behind_article && !HAS(first, WORD_POSSESSIVE));
    if (indefinite) {
        return SPEAKER_ANONYMOUS;
    }
    return HAS(h, WORD_PERSON) || HAS(h, WORD_ANONYMOUS) ? SPEAKER_PERSON : SPEAKER_ORGANISATION;
}

void descriptions_take(const struct quoting *q, struct speaker *s, const struct phrase *p)
{
    s->present = true;
    s->kind = kind_of(q, p);
    s->name = without_article(q, p);
    s->entity = NO_INDEX;
    s->affiliation = affiliation_of(q, p);
}

enum gender descriptions_gender(const struct quoting *q, const struct phrase *p, uint32_t head)
{
    uint64_t f = word_flags(q, p->first) | (head == NO_INDEX ? 0 : word_flags(q, head));
    bool feminine = HAS(f, WORD_FEMININE), masculine = HAS(f, WORD_MASCULINE);
    return feminine == masculine ? GENDER_UNKNOWN : feminine ? GENDER_FEMININE : GENDER_MASCULINE;
}

bool descriptions_definite(const struct quoting *q, const struct phrase *p)
{
    uint64_t f = word_flags(q, p->first);
    uint32_t head = HAS(f, WORD_SELF) ? phrase_head(q, p) : NO_INDEX;
    struct slice
        v; /* "notre Premier ministre" holds an office; "mon grand-père" is somebody else */
    bool ours = head != NO_INDEX && q->words[head].pair == NO_INDEX &&
                q->r->document->blocks[q->r->tokens.items[head].block].kind != BLOCK_ANSWER &&
                pack_find(&q->functions, q->r->tokens.items[head].lower, &v);
    return (HAS(f, WORD_DET) && !HAS(f, WORD_INDEFINITE) && (!HAS(f, WORD_POSSESSIVE) || ours) &&
            !HAS(f, WORD_PLURAL)) ||
           (HAS(f, WORD_DEMONSTRATIVE) && !HAS(f, WORD_PLURAL));
}

/* "le vice-ministre Kemal Aydinsoy" when the name engine missed the name: the capitals are the name. */
bool descriptions_capitals(const struct quoting *q, struct speaker *s, const struct phrase *p,
                           uint32_t head)
{
    uint32_t first = p->end;
    bool unnamed = false;
    while (first > p->first + 1 && word_is_capital(q, first - 1)) {
        first--;
        uint32_t name = q->r->name_at ? q->r->name_at[first] : NO_INDEX;
        unnamed |= name == NO_INDEX || q->r->names.items[name].type == ENTITY_MISC;
    }
    if (!unnamed) {
        return false;
    }
    if (first < p->end && (word_has(q, first - 1, WORD_OF) || word_has(q, first - 1, WORD_DET) ||
                           word_has(q, first - 1, WORD_PREPOSITION))) {
        return false; /* "le ministre de l'Intérieur" */
    }
    bool person = head != NO_INDEX && head < first && word_has(q, head, WORD_PERSON);
    if (!person || first >= p->end || p->end - first > 4) {
        return false;
    }
    s->kind = SPEAKER_PERSON;
    s->name = reading_text(q->r, tokens_span(q, first, p->end));
    s->title = reading_text(q->r, tokens_span(q, head, first));
    s->affiliation = NO_INDEX;
    return true;
}

/* "la même source", "cette source", "la source": the one that was given last. */
bool descriptions_point_back(const struct quoting *q, const struct phrase *p, uint32_t head)
{
    if (head == NO_INDEX || word_has(q, p->first, WORD_PLURAL)) {
        return false;
    }
    bool same = false;
    for (uint32_t i = p->first; i < head; i++) {
        same |= word_has(q, i, WORD_SAME) && (i == p->first || word_has(q, i - 1, WORD_DET));
    }
    bool definite = word_has(q, p->first, WORD_DET) && !word_has(q, p->first, WORD_INDEFINITE) &&
                    !word_has(q, p->first, WORD_POSSESSIVE); /* "la source", "cette source" */
    return same || (definite && head == p->first + 1 && word_has(q, head, WORD_ANONYMOUS_STRONG) &&
                    p->end == head + 1);
}

/* "Le tueur l'a apostrophé": the one whom the text is about is the object, so not the subject. */
bool descriptions_objected(const struct quoting *q, uint32_t verb)
{
    const struct verb_cue *c = verb == NO_INDEX ? NULL : &q->cues.items[verb];
    for (uint32_t i = c ? c->group : 0; c && i < c->end; i++) {
        if (word_has(q, i, WORD_OBJECT) && !word_has(q, i, WORD_REFLEXIVE) &&
            !word_has(q, i, WORD_SELF) && !word_has(q, i, WORD_PREPOSITION)) {
            return true;
        }
    }
    return false;
}
