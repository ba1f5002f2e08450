/* A feed that isn't well-formed, an item at a time.
 *
 * Shape:  feed_broken_open looks at what stands before the first item; feed_broken_next gives each item within the start
 *         tags of the elements that items stand in (rss, channel, feed…), whose namespaces, bases and language hold for
 *         it. What is left open within an item ends with it.
 * Memory: texts are made in the arena. Internal to ingest/.
 */
#ifndef GUILLEMET_INGEST_FEED_BROKEN_H
#define GUILLEMET_INGEST_FEED_BROKEN_H

#include "base/arena.h"
#include "ingest/portions.h"

struct feed_broken {
    struct portions portions;
    struct slice rest, around;
    bool cut; /* at the end: the last item has no end, nor has the feed */
};

/* False: it has no items that could be told apart. */
bool feed_broken_open(struct slice text, struct arena *arena, struct feed_broken *out);
/* *xml is absent when memory is out. */
bool feed_broken_next(struct feed_broken *broken, struct arena *arena, struct slice *xml);

#endif
