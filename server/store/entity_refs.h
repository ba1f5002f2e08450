/* The entities that a page of rows names, each looked up once: internal to store/.
 *
 * Shape:   the quotes of a page name few people again and again; the cache forgets those whose place another one takes.
 * Memory:  zeroed is empty; refs live in the arena.
 * Threads: the db's.
 */
#ifndef GUILLEMET_STORE_ENTITY_REFS_H
#define GUILLEMET_STORE_ENTITY_REFS_H

#include "store/db.h"
#include "store/quotes.h"

#define ENTITY_REFS_KNOWN 32 /* a power of two */

struct entity_refs {
    int64_t rows[ENTITY_REFS_KNOWN];
    struct store_entity_ref refs[ENTITY_REFS_KNOWN];
};

/* Absent for row 0, and for one that isn't there. */
struct store_entity_ref entity_refs_find(struct entity_refs *known, struct db *db, int64_t row,
                                         struct arena *arena);

#endif
