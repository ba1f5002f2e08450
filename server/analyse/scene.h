/* One narrator's sentence while its marked quotes are read: shared by marked.c, marked_objects.c, halves.c and dialogues.c. */
#ifndef GUILLEMET_ANALYSE_SCENE_H
#define GUILLEMET_ANALYSE_SCENE_H

#include "analyse/quoting.h"

struct scene {
    struct quoting *q;
    uint32_t index; /* of the frame */
    struct frame f;
    uint32_t from; /* where the current clause's words begin */
    uint32_t last_quote;
    struct attribution last;
};

static inline uint32_t scene_opening(const struct pair *p)
{
    return p->open == NO_INDEX ? p->first : p->open;
}

static inline uint32_t scene_behind(const struct pair *p)
{
    return p->close == NO_INDEX ? p->end : p->close + 1;
}

static inline uint32_t scene_words(const struct quoting *q, const struct pair *p)
{
    uint32_t n = 0;
    for (uint32_t i = p->first; i < p->end; i++) {
        n += word_is_plain(q, i);
    }
    return n;
}

/* given.c */
struct attribution scene_given(const struct scene *s, const struct pair *p);

/* marked.c */
bool scene_is_sentence(const struct quoting *q, const struct pair *p);
struct draft scene_draft(const struct scene *s, enum quote_type type, const struct attribution *by);
void scene_claim(struct quoting *q, uint32_t first, uint32_t end, uint32_t quote);
uint32_t scene_finish(struct scene *s, struct draft *d, uint32_t first, uint32_t end);
bool scene_incise(struct scene *s, const struct pair *p);
void scene_after(struct scene *s, const struct pair *p, const struct attribution *a);
void scene_floating(struct scene *s, const struct pair *p);

/* marked_objects.c: words behind the verb that takes them. */
bool scene_before(struct scene *s, const struct pair *p, const struct attribution *a);
const struct pair *scene_enumeration_end(const struct quoting *q, const struct pair *p,
                                         uint32_t end);
bool scene_listed(struct scene *s, const struct pair *p);
bool scene_gapped(const struct scene *s, const struct pair *p); /* a subject without its verb */
bool scene_continued(struct scene *s, const struct pair *p);

/* halves.c: words that belong to a quote begun before. */
bool halves_second(struct scene *s, const struct pair *p);
bool halves_next(struct scene *s, const struct pair *p);
bool halves_continue(struct scene *s, uint32_t pair);

/* dialogues.c */
void dialogues_turn(struct scene *s, uint32_t pair);

#endif
