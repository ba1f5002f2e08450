/* The entities that rows name: internal to store/.
 *
 * Shape:   a page names few people again and again, and so do the pages of a minute. struct entity_refs knows those of a page;
 *          struct entity_names those that a connection met since the last commit of any process: a name may change
 *          with each, and its version forgets them all. Both are tables of fixed size where a new one takes another's place.
 * Memory:  zeroed refs are empty; what is found lives in the caller's arena. Names take at most half a megabyte.
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
/* The same without a page's table. */
struct store_entity_ref entity_refs_look_up(struct db *db, int64_t row, struct arena *arena);

/* The name of a source by row, remembered in the same way; absent for 0. */
struct slice entity_refs_source(struct db *db, int64_t source, struct arena *arena);

struct entity_names *entity_names_new(void); /* NULL: memory is out, and nothing is remembered */
void entity_names_free(struct entity_names *names);
/* What is asked from now on is of this version of the archive. */
void entity_names_at(struct entity_names *names, int64_t version);

#endif
