/* Turns of talk in paragraphs that start with a dash. */
#include "analyse/scene.h"

/* A paragraph with a dash that nobody is said to speak: an item of a list. What is marked in it counts for itself. */
static void dash_drop(struct quoting *q, uint32_t pair)
{
    struct pair *p = &q->pairs.items[pair];
    for (uint32_t t = p->open; t < p->end; t++) {
        uint32_t inner = q->words[t].pair;
        if (inner == pair) {
            q->words[t].pair = NO_INDEX;
        } else if (inner != NO_INDEX && q->pairs.items[inner].parent == pair) {
            q->pairs.items[inner].parent = NO_INDEX;
        }
    }
    p->first = p->end = p->open;
    p->done = true;
}

static bool turn_before(const struct quoting *q, uint32_t pair)
{
    for (uint32_t i = pair; i-- > 0;) {
        const struct pair *before = &q->pairs.items[i];
        if (before->kind == PAIR_DASH) {
            return before->quote != NO_INDEX && before->block + 1 == q->pairs.items[pair].block;
        }
        if (before->block + 1 < q->pairs.items[pair].block) {
            return false;
        }
    }
    return false;
}

void dialogues_turn(struct scene *s, uint32_t pair)
{
    const struct pair *p = &s->q->pairs.items[pair];
    if (scene_incise(s, p)) {
        return;
    }
    if (turn_before(s->q, pair)) {
        scene_floating(s, p);
        return;
    }
    dash_drop(s->q, pair);
}
