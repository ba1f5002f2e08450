/* entity_words: every name and alias from the start of each of its words on, for GET /suggest. Internal to store/.
 *
 * Shape:   rows are kept in step with entity_aliases and entities by those who change these: a new name is
 *          added, a lost one dropped, and whatever changes an entity as a whole (merge, forbid, undo)
 *          has its rows made anew. Merged and forbidden entities have none.
 *          weight: how many bits its number of articles has; moves when that doubles, so that
 *          counting an article seldom writes here.
 * Threads: the writer's.
 */
#ifndef GUILLEMET_STORE_ENTITY_WORDS_H
#define GUILLEMET_STORE_ENTITY_WORDS_H

#include "store/writer.h"

/* Letters of a name behind which no word is looked for: as the migration has it. */
#define ENTITY_WORDS_PLACES 400

/* `key`: a name or alias, folded. */
void entity_words_add(struct writer *w, int64_t entity, struct slice key);
void entity_words_drop(struct writer *w, int64_t entity, struct slice key);
void entity_words_renew(struct writer *w, int64_t entity);
void entity_words_retype(struct writer *w, int64_t entity, int64_t type);
/* At the flush of counters. */
void entity_words_weigh(struct db *db, int64_t entity, int64_t articles_before, int64_t articles);

#endif
