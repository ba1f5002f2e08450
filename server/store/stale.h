/* Rows that are made anew while nothing is written: internal to store/.
 *
 * Shape:   a table names, by row number, what a write left stale. The writer takes some of them once its queue has been empty for
 *          a while, in a transaction of its own: a write never waits for it longer than for these.
 * Errors:  what can't be made anew stays noted, and whoever reads does without.
 * Threads: the writer's.
 */
#ifndef GUILLEMET_STORE_STALE_H
#define GUILLEMET_STORE_STALE_H

#include "store/writer.h"

enum { STALE_MOST_AT_ONCE = 128 };

struct stale {
    const char *any;    /* SQL: 1 when there is some */
    const char *some;   /* the first ?1 of them */
    const char *settle; /* takes ?1 off */
    size_t at_once;     /* rows of one transaction, at most STALE_MOST_AT_ONCE */
    void (*renew)(struct writer *w,
                  int64_t row); /* in the writer's arena, which is reset behind it */
};

/* True when there are more. */
bool stale_keep(struct writer *w, const struct stale *kind);

#endif
