/* Whom the narrator talks about beside a quote: the subject of the sentence before it, or whoever is brought in right behind.
 * Words without an attribution, and a pronoun whose noun has no name, are his.
 */
#include "analyse/quoting.h"

#define FRAMES_BACK 3u   /* sentences that only a pronoun continues */
#define NAMES_BACK  100u /* names among which a person counts as known */

static const struct phrase nobody = {.first = NO_INDEX, .end = NO_INDEX, .name = NO_INDEX};

/* Behind "Mais", "Pourtant," and the like. */
static uint32_t past_opener(const struct quoting *q, const struct frame *f)
{
    uint32_t i = f->first;
    while (i < f->end && i < f->first + 3 &&
           (word_has(q, i, WORD_BUT) || word_has(q, i, WORD_AND) || word_has(q, i, WORD_ADVERB) ||
            word_is_mark(q, i, ","))) {
        i++;
    }
    return i;
}

/* The group that opens a sentence and has its verb, or an apposition, right behind. */
static struct phrase opening_subject(const struct quoting *q, const struct frame *f, uint32_t end)
{
    uint32_t i = past_opener(q, f);
    if (i >= end || q->words[i].pair != NO_INDEX) {
        return nobody;
    }
    struct phrase p = phrase_at(q, i, end);
    if (!p.present) {
        return nobody;
    }
    uint32_t next = p.end;
    while (next < end && (word_has(q, next, WORD_OBJECT) || word_has(q, next, WORD_NEGATES))) {
        next++;
    }
    bool named = p.name != NO_INDEX && word_is_plain(q, next) && !word_is_capital(q, next) &&
                 !word_has(q, next, WORD_PREPOSITION) && !word_has(q, next, WORD_COORDINATES);
    bool subject =
        next < end && (named || word_is_finite(q, next) || word_has(q, next, WORD_MODAL) ||
                       word_is_mark(q, next, ",") || word_has(q, next, WORD_RELATIVE_SUBJECT));
    return subject ? phrase_with_apposition(q, p, end) : nobody;
}

static bool is_somebody(const struct quoting *q, const struct phrase *p)
{
    if (p->name != NO_INDEX) {
        return q->r->names.items[p->name].type == ENTITY_PER;
    }
    uint32_t head = phrase_head(q, p);
    return head != NO_INDEX && word_has(q, head, WORD_PERSON) && !word_has(q, head, WORD_BODY) &&
           !word_has(q, p->first, WORD_POSSESSIVE);
}

static bool names_person(const struct quoting *q, uint32_t first, uint32_t end)
{
    for (uint32_t i = first; i < end && q->r->name_at; i++) {
        uint32_t name = q->r->name_at[i];
        if (name != NO_INDEX && q->r->names.items[name].type == ENTITY_PER &&
            q->words[i].pair == NO_INDEX) {
            return true;
        }
    }
    return false;
}

/* Before the token in its paragraph: "Le conférencier a parlé. Il … a-t-il dit". A sentence about anything else hides it. */
struct phrase narration_subject(const struct quoting *q, uint32_t frame, uint32_t before)
{
    uint32_t block = q->frames.items[frame].block;
    for (uint32_t back = 0; back < FRAMES_BACK; back++, frame--) {
        const struct frame *f = &q->frames.items[frame];
        uint32_t end = f->end < before ? f->end : before;
        struct phrase p = f->first < end ? opening_subject(q, f, end) : nobody;
        if (p.present && !p.pronoun) {
            bool hidden = p.name == NO_INDEX && names_person(q, p.end, before);
            return is_somebody(q, &p) && !hidden ? p : nobody;
        }
        if (frame == 0 || q->frames.items[frame - 1].block != block) {
            break;
        }
    }
    return nobody;
}

/* "Certains sont moins positifs. « … »": the sentence right before the words brings in somebody else than the last speaker. */
struct phrase narration_lead(const struct quoting *q, uint32_t frame)
{
    const struct frame *f = &q->frames.items[frame];
    if (frame == 0 || q->frames.items[frame - 1].block != f->block) {
        return nobody;
    }
    const struct frame *before = &q->frames.items[frame - 1];
    for (uint32_t i = before->first; i < before->end; i++) {
        if (q->words[i].pair != NO_INDEX) {
            return nobody; /* words were said there */
        }
    }
    struct phrase p = opening_subject(q, before, before->end);
    if (!p.present || p.pronoun) {
        return nobody;
    }
    bool brought_in = word_has(q, p.first, WORD_INDEFINITE) || word_has(q, p.first, WORD_NOMINAL);
    bool named = p.name != NO_INDEX && q->r->names.items[p.name].type == ENTITY_PER;
    return named || (brought_in && p.name == NO_INDEX && phrase_is_human(q, &p)) ? p : nobody;
}

static bool named_lately(const struct quoting *q, uint32_t name)
{
    for (uint32_t n = name, seen = 0; n-- > 0 && seen < NAMES_BACK; seen++) {
        if (q->r->names.items[n].entity == q->r->names.items[name].entity) {
            return true;
        }
    }
    return false;
}

/* "… Cette phrase de X": the sentence behind names the words and whose they are. */
struct phrase narration_named(const struct quoting *q, uint32_t frame)
{
    if (frame + 1 >= q->frames.count ||
        q->frames.items[frame + 1].block != q->frames.items[frame].block) {
        return nobody;
    }
    const struct frame *next = &q->frames.items[frame + 1];
    for (uint32_t i = next->first; i < next->end && i < next->first + 5; i++) {
        uint32_t of = i + 1 + (uint32_t)word_has(q, i + 1, WORD_BE); /* "Les mots sont de X" */
        if (word_has(q, i, WORD_CUE_NOUN) && word_has(q, of, WORD_OF)) {
            struct phrase p = phrase_at(q, of + 1, next->end);
            if (p.present && p.name != NO_INDEX) {
                return p;
            }
        }
    }
    return nobody;
}

/* « … » Comme tant d'autres, Nadia Ferrat, une infirmière, …: the sentence behind words that open a paragraph brings their
 * speaker in, or takes him up: « … » Cette retraitée … */
struct phrase narration_next(const struct quoting *q, uint32_t frame)
{
    const struct frame *f = &q->frames.items[frame];
    bool opens = frame == 0 || q->frames.items[frame - 1].block != f->block;
    if (!opens || frame + 1 >= q->frames.count || q->frames.items[frame + 1].block != f->block) {
        return nobody;
    }
    const struct frame *next = &q->frames.items[frame + 1];
    struct phrase p = phrase_at(q, next->first, next->end);
    if (p.present && word_has(q, p.first, WORD_DEMONSTRATIVE) && p.name == NO_INDEX &&
        is_somebody(q, &p)) {
        return p;
    }
    for (uint32_t i = next->first; i < next->end && i < next->first + 14 && q->r->name_at; i++) {
        uint32_t name = q->r->name_at[i];
        if (q->words[i].pair != NO_INDEX || word_is_finite(q, i)) {
            break;
        }
        if (name == NO_INDEX || q->r->names.items[name].type != ENTITY_PER) {
            continue;
        }
        const struct name *n = &q->r->names.items[name];
        bool told = word_is_mark(q, n->end, ","); /* what follows says who that is */
        return told && !named_lately(q, name) &&
                       (i == next->first || !word_has(q, i - 1, WORD_PREPOSITION))
                   ? (struct phrase){.first = n->first,
                                     .end = n->end,
                                     .name = name,
                                     .present = true}
                   : nobody;
    }
    return nobody;
}
