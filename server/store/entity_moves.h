/* The rows of an entity that was merged into another or is no name: they follow the decision in parts, for an entity may
 * have a hundred thousand of them and other writes shall not wait for all. Internal to store/.
 *
 * Shape:   the decision stands at once, in the entity's row (merged_into, forbidden), and its names with it; a row of
 *          entity_moves says that rows of it are left. Each part takes some articles, with their quotes, and leaves every
 *          counter right. Whoever decided waits for the last part while other writes go in between; what a killed process
 *          left is done by the writer of the next one.
 * Errors:  as writer_call; what is left then stays noted.
 * Threads: the writer's, but for entity_moves_finish: any, as writer_call.
 */
#ifndef GUILLEMET_STORE_ENTITY_MOVES_H
#define GUILLEMET_STORE_ENTITY_MOVES_H

#include "store/writer.h"

#define ENTITY_MOVES_ALL SIZE_MAX

/* Notes the entity, after its row says where its rows go. */
void entity_moves_begin(struct writer *w, int64_t entity);
/* Moves the rows of at most `most` articles or quotes; true when some may be left. Within a job. */
bool entity_moves_some(struct writer *w, int64_t entity, size_t most);
/* What is noted, whoever noted it, part by part until nothing is. */
enum rc entity_moves_finish(struct store *store, struct err *e);

bool entity_moves_wait(struct db *db);
/* One part as a job; sets w->moving. */
enum rc entity_moves_part(struct writer *w, struct job *job, struct err *e);

#endif
