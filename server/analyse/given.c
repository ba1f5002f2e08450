/* Marked words that no cue introduces and that belong to a human subject all the same. */
#include "analyse/scene.h"

/* "selon les protestataires, devenu « … »": a source named in the clause that the words end. */
static struct attribution named_source(const struct quoting *q, uint32_t start, uint32_t open)
{
    for (uint32_t i = open; i-- > start && open - i < 16 && q->words[i].pair == NO_INDEX;) {
        struct attribution a = attribution_preposition(q, i, open);
        if (a.present && a.source.present && a.class != CUE_THINK && a.end < open &&
            a.source.end < open) {
            a.rule = "according_to";
            a.score = 0.6F;
            a.end = open;
            return a;
        }
    }
    return (struct attribution){.present = false, .verb = NO_INDEX, .cue_first = NO_INDEX};
}

/* Words given to a human subject whatever the verb: "les diplomates s'attendent à « … »". */
struct attribution scene_given(const struct scene *s, const struct pair *p)
{
    const struct quoting *q = s->q;
    struct attribution a = {.present = false, .verb = NO_INDEX, .cue_first = NO_INDEX};
    uint32_t open = scene_opening(p), words = scene_words(q, p);
    bool verbal =
        clause_has_finite(q, p->first, p->end) || clause_has(q, p->first, p->end, WORD_SELF);
    const struct phrase no_subject = {.present = false, .name = NO_INDEX};
    struct phrase subject = no_subject;
    bool relative = open > s->f.first && word_has(q, open - 1, WORD_RELATIVE_SUBJECT);
    verbal |= relative;
    bool adjacent = false;
    if (verbal && open > s->f.first) { /* Ayrault « assume » */
        subject = phrase_before_verb(q, open, s->f.first, false);
        adjacent = subject.present && subject.end == open && subject.name != NO_INDEX;
    }
    subject = relative || adjacent ? subject : no_subject; /* "la femme qui « a tout vu »" */
    for (uint32_t v = open; !adjacent && !relative && v-- > s->f.first && open - v < 30;) {
        if (q->words[v].pair == NO_INDEX && (word_is_finite(q, v) || word_has(q, v, WORD_MODAL))) {
            uint32_t c = q->words[v].cue;
            subject = phrase_before_verb(q, c != NO_INDEX ? q->cues.items[c].group : v, s->f.first,
                                         false);
            break;
        }
    }
    bool indefinite =
        open > 0 && word_has(q, open - 1, WORD_DET) && !word_has(q, open - 1, WORD_OBJECT);
    if (subject.pronoun && subject.present && clause_has(q, subject.end, open, WORD_IMPERSONAL)) {
        return a;
    }
    bool titled = indefinite && !verbal && words > 1 && word_is_capital(q, p->first) &&
                  (!q->r->name_at || q->r->name_at[p->first] == NO_INDEX);
    struct attribution source = titled ? a : named_source(q, s->f.first, open);
    if (titled || source.present) {
        return source; /* "participer aux « Rencontres d'automne »" */
    }
    bool body = subject.present && subject.name != NO_INDEX &&
                q->r->names.items[subject.name].type != ENTITY_PER;
    if (body && !verbal && words < 5) {
        return a;
    }
    bool enough = adjacent || words > 3 || (words > 1 && (!indefinite || verbal));
    if (!subject.present || !enough || !phrase_is_human(q, &subject) ||
        (subject.pronoun && word_has(q, subject.first, WORD_EXPLETIVE))) {
        return a;
    }
    a.present = true;
    a.source = subject;
    a.reporter = (struct phrase){.first = NO_INDEX, .end = NO_INDEX, .name = NO_INDEX};
    a.first = subject.first;
    a.end = open;
    a.cue_end = NO_INDEX;
    a.rule = "given_words";
    a.score = verbal || words > 4 ? 0.55F : 0.4F;
    return a;
}
