/* Is the archive what its counters say? For tests and `guillemet check`.
 *
 * Shape:  recomputes every maintained counter and index from the rows and lists the differences, first
 *         `most` of them; runs SQLite's own checks too when `deep`.
 */
#ifndef GUILLEMET_STORE_CHECK_H
#define GUILLEMET_STORE_CHECK_H

#include "store/store.h"

struct store_difference {
    struct slice what; /* "entity 7f…: articles is 3, should be 2" */
};

enum rc store_recount_check(struct store_reader *reader, bool deep, uint32_t most,
                            struct arena *arena, struct store_difference **rows, size_t *count,
                            struct err *e);

#endif
