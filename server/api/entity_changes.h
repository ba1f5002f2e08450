/* Corrections of entities: PATCH and DELETE /entities/{entity}, POST …/merge, POST …/split. Answers come after the
 * commit. */
#ifndef GUILLEMET_API_ENTITY_CHANGES_H
#define GUILLEMET_API_ENTITY_CHANGES_H

#include "api/call.h"

call_handler entity_changes_patch, entity_changes_merge, entity_changes_split,
    entity_changes_delete;

#endif
