/* Evidence that tells homonyms apart, and that an acronym is a name. Internal to store/. */
#ifndef GUILLEMET_STORE_ENTITY_EVIDENCE_H
#define GUILLEMET_STORE_ENTITY_EVIDENCE_H

#include "store/entity_match.h"

/* Which of the persons of this full name the article means; 0: none of them. */
int64_t entity_evidence_person(struct writer *w, const struct match_context *context,
                               const struct entity *entity, struct slice match_key);

bool entity_evidence_genders_clash(struct writer *w, int64_t entity, enum gender gender);

/* "OMS" of "Organisation mondiale de la santé": capitals alone, that stand in the name in this order, from its
 * first letter on. */
bool entity_evidence_is_acronym(struct arena *arena, struct slice printed, struct slice name);

#endif
