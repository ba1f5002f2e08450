/* Who "il", "elle", "le ministre" or "l'élue" is: candidates before the word, scored by gender and number, distance,
 * whether they spoke last, whether they opened their sentence, and how often the article names them.
 */
#include "analyse/quoting.h"

#define NAMES_MOST     40u
#define NEAR_SENTENCES 6u /* a paragraph of a whole article is no neighbourhood */

struct scored {
    uint32_t entity;
    float score;
};

static bool gender_fits(enum gender wanted, enum gender given)
{
    return wanted == GENDER_UNKNOWN || given == GENDER_UNKNOWN || wanted == given;
}

static uint32_t last_name_before(const struct quoting *q, uint32_t token)
{
    uint32_t low = 0, high = (uint32_t)q->r->names.count;
    while (low < high) {
        uint32_t mid = (low + high) / 2;
        if (q->r->names.items[mid].end <= token) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

static bool opens_sentence(const struct quoting *q, const struct name *n)
{
    const struct token *items = q->r->tokens.items;
    uint32_t i = n->first;
    for (uint32_t back = 0; i > 0 && back < 8; back++, i--) {
        if (items[i - 1].sentence != items[n->first].sentence) {
            return true;
        }
        if (word_has(q, i - 1, WORD_PREPOSITION) || word_is_finite(q, i - 1)) {
            return false;
        }
    }
    return i == 0;
}

/* "Rossiter l'a encouragée": a verb follows. */
static bool is_subject(const struct quoting *q, const struct name *n)
{
    uint32_t i = n->end;
    while (i < n->end + 3 && (word_has(q, i, WORD_OBJECT) || word_has(q, i, WORD_NEGATES) ||
                              word_has(q, i, WORD_ADVERB))) {
        i++;
    }
    return word_is_finite(q, i) || opens_sentence(q, n);
}

static float score_of(const struct quoting *q, const struct wanted *w, const struct name *n,
                      uint32_t rank)
{
    const struct entity *e = &q->r->entities.items[n->entity];
    uint32_t block = q->r->tokens.items[n->first].block;
    bool same_sentence =
        q->r->tokens.items[n->first].sentence == q->r->tokens.items[w->before].sentence &&
        w->before < q->r->tokens.count;
    float score = 1.0F - (w->latest ? 0.4F : 0.03F) * (float)rank;
    bool near =
        w->before >= q->r->tokens.count || q->r->tokens.items[n->first].sentence + NEAR_SENTENCES >=
                                               q->r->tokens.items[w->before].sentence;
    score += block == w->block && near                    ? 0.65F
             : block == w->block || block + 1 == w->block ? 0.25F
                                                          : 0.0F;
    score += is_subject(q, n) && !w->latest ? 0.45F : 0.0F;
    score += q->r->tokens.items[n->first].sentence + 1 == q->r->tokens.items[w->before].sentence
                 ? 0.2F
                 : 0.0F;
    score += e->mention_count > 4 ? 0.25F : 0.06F * (float)e->mention_count;
    score += w->gender != GENDER_UNKNOWN && e->gender == w->gender ? 0.25F : 0.0F;
    score += same_sentence && !w->oblique ? -0.15F : 0.0F;
    if (n->first > 0 && word_has(q, n->first - 1, WORD_OF)) {
        score -= 0.3F;
    }
    if (q->words[n->first].pair != NO_INDEX) {
        score -= 0.5F; /* named by a speaker, not by the narrator */
    }
    for (size_t i = 0; i < w->inside_count; i++) {
        if (w->inside[i] == n->entity) {
            score -= 0.8F;
            break;
        }
    }
    if (w->last_speaker == n->entity && w->last_speaker_block + 2 >= w->block) {
        score += w->last_speaker_block == w->block && !w->last_speaker_far ? 0.6F : 0.25F;
    }
    return score;
}

static void insert(struct candidates *out, uint32_t entity, float score)
{
    for (size_t i = 0; i < out->count; i++) {
        if (out->items[i].entity == entity) {
            if (out->items[i].score >= score) {
                return;
            }
            memmove(&out->items[i], &out->items[i + 1],
                    (out->count - i - 1) * sizeof out->items[0]);
            out->count--;
            break;
        }
    }
    size_t at = out->count;
    while (at > 0 && out->items[at - 1].score < score) {
        at--;
    }
    const size_t most = sizeof out->items / sizeof out->items[0];
    if (at >= most) {
        return;
    }
    size_t moved = out->count == most ? most - at - 1 : out->count - at;
    memmove(&out->items[at + 1], &out->items[at], moved * sizeof out->items[0]);
    out->items[at] = (struct alternative){entity, score};
    out->count += out->count < most;
}

#define BESIDE_REACH 1500u

/* "le maire, Paul Garnier" or "Paul Garnier, the mayor" earlier in the text: the person whom the noun at `head`
 * stood beside, NO_INDEX: none. */
static uint32_t person_beside(const struct quoting *q, uint32_t head)
{
    const struct token *items = q->r->tokens.items;
    for (uint32_t i = head; q->r->name_at && i-- > 0 && head - i < BESIDE_REACH;) {
        if (!slice_equal(items[i].lower, items[head].lower)) {
            continue;
        }
        uint32_t after = i + 1 + (uint32_t)word_is_mark(q, i + 1, ",");
        uint32_t name = after < head ? q->r->name_at[after] : NO_INDEX;
        if (name == NO_INDEX && i > 2 && word_has(q, i - 1, WORD_DET) &&
            word_is_mark(q, i - 2, ",")) {
            name = q->r->name_at[i - 3];
        }
        if (name != NO_INDEX && q->r->names.items[name].type == ENTITY_PER) {
            return q->r->names.items[name].entity;
        }
    }
    return NO_INDEX;
}

/* "un magistrat … le magistrat": somebody of his own, unless "est un magistrat" or ", un magistrat," says what a name is. */
static bool brought_in(const struct quoting *q, uint32_t noun)
{
    return noun > 1 && word_has(q, noun - 1, WORD_INDEFINITE) && word_has(q, noun - 1, WORD_DET) &&
           !word_has(q, noun - 2, WORD_BE) && !word_has(q, noun - 2, WORD_AS) &&
           !word_is_any(q, noun - 2, ", ( – — -") && !word_is_mark(q, noun + 1, ",") &&
           (!q->r->name_at || q->r->name_at[noun + 1] == NO_INDEX);
}

/* "au ministre de la Santé … le ministre": the noun was brought in lately, and for nobody with a name. */
static bool introduced(const struct quoting *q, uint32_t head)
{
    const struct token *items = q->r->tokens.items;
    for (uint32_t i = head;
         i-- > 0 && head - i < 4 * QUOTING_REACH && items[i].block + 1 >= items[head].block;) {
        if (slice_equal(items[i].lower, items[head].lower) && q->words[i].pair == NO_INDEX) {
            return word_has(q, i + 1, WORD_OF) || brought_in(q, i);
        }
    }
    return false;
}

/* "For the mayor, … he said": a description nearby points at the one who bears that title. */
static void boost_described(const struct quoting *q, const struct wanted *w, struct candidates *out)
{
    const struct token *items = q->r->tokens.items;
    for (uint32_t i = w->before;
         i-- > 0 && w->before - i < 50 && items[i].block == items[w->before].block;) {
        bool described = word_has(q, i, WORD_PERSON) && q->words[i].pair == NO_INDEX && i > 0 &&
                         word_has(q, i - 1, WORD_DET) && !word_has(q, i - 1, WORD_INDEFINITE);
        uint32_t beside = described ? person_beside(q, i) : NO_INDEX;
        for (size_t k = 0; described && k < out->count; k++) {
            uint32_t entity = out->items[k].entity;
            if (entity == beside || fits_title(q, &q->r->entities.items[entity], i, i) > 0) {
                insert(out, entity, out->items[k].score + 1.2F);
                return;
            }
        }
        if (described && beside != NO_INDEX && out->count &&
            gender_fits(w->gender, q->r->entities.items[beside].gender)) {
            insert(out, beside, out->items[0].score + 0.1F);
            return;
        }
    }
}

#define BODY_REACH 1500u

/* "le distributeur, Les Films du Phare" or "X, the developer": the name that the noun stands beside somewhere. */
static uint32_t named_beside(const struct quoting *q, uint32_t i)
{
    const struct names *names = &q->r->names;
    uint32_t after = i + 1 + (uint32_t)word_is_mark(q, i + 1, ",");
    for (uint32_t t = i + 1; t <= after + 1 && t < q->r->tokens.count; t++) {
        uint32_t name = q->r->name_at[t];
        if (name != NO_INDEX && names->items[name].type != ENTITY_PER &&
            names->items[name].type != ENTITY_LOC) {
            return names->items[name].entity;
        }
        if (!word_is_mark(q, t, ",") && word_is_plain(q, t) && word_has(q, t, WORD_PREPOSITION)) {
            break;
        }
    }
    uint32_t start = i;
    while (start > 0 && i - start < 3 && word_is_plain(q, start - 1)) {
        start--;
    }
    if (start > 1 && word_is_mark(q, start - 1, ",")) {
        uint32_t name = q->r->name_at[start - 2];
        if (name != NO_INDEX && names->items[name].type == ENTITY_ORG) {
            return names->items[name].entity;
        }
    }
    return NO_INDEX;
}

uint32_t antecedent_body(const struct quoting *q, uint32_t head, uint32_t before)
{
    const struct token *items = q->r->tokens.items;
    if (!q->r->name_at) {
        return NO_INDEX;
    }
    for (uint32_t i = head; i-- > 0 && head - i < BODY_REACH;) {
        if (slice_equal(items[i].lower, items[head].lower)) {
            uint32_t entity = named_beside(q, i);
            if (entity != NO_INDEX) {
                return entity;
            }
        }
    }
    uint32_t block = items[before].block;
    for (uint32_t n = last_name_before(q, before); word_has(q, head, WORD_ANAPHOR) && n-- > 0;) {
        const struct name *name = &q->r->names.items[n];
        if (items[name->first].block + 1 < block) {
            break;
        }
        if (name->type == ENTITY_ORG && q->words[name->first].pair == NO_INDEX) {
            return name->entity;
        }
    }
    return NO_INDEX;
}

#define GROUP_REACH 160u

struct phrase antecedent_group(const struct quoting *q, uint32_t before, const struct wanted *w)
{
    const struct token *items = q->r->tokens.items;
    struct phrase none = {.first = NO_INDEX, .end = NO_INDEX, .name = NO_INDEX};
    for (uint32_t i = before;
         i-- > 0 && before - i < GROUP_REACH && items[i].block + 1 >= items[before].block;) {
        if (q->words[i].pair != NO_INDEX || (i > 0 && word_has(q, i - 1, WORD_PREPOSITION))) {
            continue;
        }
        uint32_t name = q->r->name_at ? q->r->name_at[i] : NO_INDEX;
        bool organisation = name != NO_INDEX && q->r->names.items[name].first == i &&
                            q->r->names.items[name].type == ENTITY_ORG;
        bool group =
            word_has(q, i, WORD_DET) && word_has(q, i, WORD_PLURAL) && !word_has(q, i, WORD_OF);
        bool one =
            word_has(q, i, WORD_DET) && !word_has(q, i, WORD_PLURAL) && !word_has(q, i, WORD_OF);
        if (!organisation && !(w->plural ? group : one)) {
            continue;
        }
        struct phrase p = phrase_at(q, i, before);
        uint32_t head = p.present ? phrase_head(q, &p) : NO_INDEX;
        bool people = head != NO_INDEX &&
                      (word_has(q, head, WORD_COLLECTIVE) || word_has(q, head, WORD_PERSON) ||
                       word_has(q, head, WORD_ANONYMOUS) || word_has(q, head, WORD_BODY));
        uint64_t h = head == NO_INDEX ? 0 : word_flags(q, head) | word_flags(q, i);
        bool clash =
            (w->gender == GENDER_MASCULINE && HAS(h, WORD_FEMININE) && !HAS(h, WORD_MASCULINE)) ||
            (w->gender == GENDER_FEMININE && HAS(h, WORD_MASCULINE) && !HAS(h, WORD_FEMININE));
        bool other =
            p.present && p.name != NO_INDEX && q->r->names.items[p.name].entity != NO_INDEX &&
            !gender_fits(w->gender, q->r->entities.items[q->r->names.items[p.name].entity].gender);
        if (p.present && !p.pronoun && !other && !clash && (p.name != NO_INDEX || people)) {
            return p;
        }
    }
    return none;
}

/* The only person that the text is about: any description fits. */
static bool is_protagonist(const struct quoting *q, uint32_t entity)
{
    uint32_t all = 0, most = 0;
    for (size_t i = 0; i < q->r->entities.count; i++) {
        const struct entity *e = &q->r->entities.items[i];
        all += e->type == ENTITY_PER ? (uint32_t)e->mention_count : 0;
        most = i == entity ? (uint32_t)e->mention_count : most;
    }
    return most >= 3 && most * 4 >= all * 3;
}

/* A description that says of a person what nothing else does: only where it can be true, and for whom the text is about. */
static bool excluded(const struct quoting *q, const struct wanted *w, const struct name *name)
{
    if (w->head == NO_INDEX) {
        return false;
    }
    bool known = w->last_speaker == name->entity || is_protagonist(q, name->entity);
    return !fits_entity(q, name, w->before, w->head, known);
}

void antecedents_find(const struct quoting *q, const struct wanted *w, struct candidates *out)
{
    out->count = 0;
    out->rule = w->head == NO_INDEX ? "pronoun" : "description";
    uint32_t n = last_name_before(q, w->before), seen = 0;
    uint32_t beside = w->head != NO_INDEX ? person_beside(q, w->head) : NO_INDEX;
    bool unnamed = w->head != NO_INDEX && beside == NO_INDEX && introduced(q, w->head);
    for (uint32_t i = n; i-- > 0 && seen < NAMES_MOST; seen++) {
        const struct name *name = &q->r->names.items[i];
        if (name->type != ENTITY_PER || name->entity == NO_INDEX) {
            continue;
        }
        const struct entity *e = &q->r->entities.items[name->entity];
        float titled = w->head == NO_INDEX      ? 0.0F
                       : name->entity == beside ? 1.2F
                                                : fits_title(q, e, w->before, w->head);
        if (!gender_fits(w->gender, e->gender) || (e->plural != w->plural && !w->any_number)) {
            continue;
        }
        if (titled <= 0 && (unnamed || excluded(q, w, name))) {
            continue;
        }
        struct slice office; /* but an office is held by somebody else */
        if (titled < 0 && !pack_find(&q->functions, q->r->tokens.items[w->head].lower, &office) &&
            is_protagonist(q, name->entity)) {
            titled = 0.6F;
        }
        bool heard = w->head != NO_INDEX && w->last_speaker == name->entity;
        float score = score_of(q, w, name, seen) + (titled > 0 || titled < 0 ? 2.0F * titled
                                                    : heard                  ? 0.5F
                                                                             : 0.0F);
        insert(out, name->entity, score);
    }
    if (beside != NO_INDEX && out->count == 0) {
        insert(out, beside, 2.0F);
    }
    if (w->head == NO_INDEX && out->count > 1) {
        boost_described(q, w, out);
    }
}
