/* Shared by the two halves of attributions: what stands behind the words, what stands in front. */
#ifndef GUILLEMET_ANALYSE_ATTRIBUTION_H
#define GUILLEMET_ANALYSE_ATTRIBUTION_H

#include "analyse/quoting.h"

#define NO_PHRASE ((struct phrase){.first = NO_INDEX, .end = NO_INDEX, .name = NO_INDEX})

struct attribution attribution_none(void);
struct attribution attribution_verb(const struct quoting *q, uint32_t verb, struct phrase source,
                                    uint32_t end, const char *rule, float score);
/* The pronoun in "dit-il", else the group behind the verb. */
struct phrase attribution_inverted(const struct quoting *q, const struct verb_cue *c, uint32_t end);

#endif
