/* How else the press spells a name that comes from another alphabet: "vladimir poutine" → "vladimir putin".
 *
 * Shape:  keys as names match (fold_name_key), from the packs' table `spellings`, every pack's: an archive may hold articles
 *         in several languages. All words of a name as another language has them come first, then single ones. Internal to
 *         store/.
 * Memory: the keys live in the arena.
 */
#ifndef GUILLEMET_STORE_ENTITY_SPELLINGS_H
#define GUILLEMET_STORE_ENTITY_SPELLINGS_H

#include <stddef.h>

#include "base/arena.h"
#include "base/slice.h"

enum { ENTITY_SPELLINGS_MOST = 16 };

/* Returns how many; never `match_key` itself, and none twice. */
size_t entity_spellings(struct arena *arena, struct slice match_key,
                        struct slice out[ENTITY_SPELLINGS_MOST]);

#endif
