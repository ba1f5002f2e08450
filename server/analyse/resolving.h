/* The search for speakers: its state, and what speakers.c and pronouns.c share. Seen by nobody else. */
#ifndef GUILLEMET_ANALYSE_RESOLVING_H
#define GUILLEMET_ANALYSE_RESOLVING_H

#include "analyse/quoting.h"

struct resolver {
    struct quoting *q;
    const struct speaker *last; /* of the quote before, resolved */
    const struct quote *last_quote;
    const struct speaker *last_source; /* anyone or anything that words were taken from */
    uint32_t last_block;
    uint32_t last_person, last_person_block; /* entity */
    bool several_persons;                    /* more than one person has spoken so far */
};

static inline const struct entity *entity_at(const struct quoting *q, uint32_t entity)
{
    return &q->r->entities.items[entity];
}

/* speakers.c */
struct span speaker_whole(const struct quote *quote);
void speaker_take_entity(const struct quoting *q, struct speaker *s, uint32_t entity,
                         struct span from);
/* The name of the group, or what it prints; `printed`: the quote shows the group as its speaker's mention. */
void speaker_take_phrase(struct resolver *rs, struct quote *quote, const struct phrase *p,
                         bool printed, const char *rule);
void speaker_take_last(struct resolver *rs, struct quote *quote, const char *rule);
/* At most so many paragraphs back, subheadings and captions not counted. */
bool speaker_last_near(const struct resolver *rs, uint32_t block, uint32_t blocks);
struct wanted speaker_wanted_for(const struct resolver *rs, const struct quote *quote,
                                 const struct phrase *p);
bool speaker_take_antecedent(struct resolver *rs, struct quote *quote, const struct wanted *w,
                             float least);
/* Whom a definite description of one person means; false: it has to stand as it is printed. */
bool speaker_take_described(struct resolver *rs, struct quote *quote, const struct phrase *p,
                            bool objected);

/* pronouns.c */
void speaker_resolve_pronoun(struct resolver *rs, struct quote *quote,
                             const struct quote_note *note);

#endif
