/* What the elements of an RSS or Atom feed say, whatever their prefixes and places: into a feed_item (feed.h).
 *
 * Memory: texts are copied into the arena given, those of the head into its own.
 * Internal to ingest/.
 */
#ifndef GUILLEMET_INGEST_FEED_ELEMENTS_H
#define GUILLEMET_INGEST_FEED_ELEMENTS_H

#include <libxml/tree.h>

#include "ingest/feed.h"

/* Of the feed as a whole: what items say that say nothing else. */
struct feed_head {
    struct arena *arena;
    struct slice title, lang, link;
    struct feed_list authors; /* Atom's entries inherit them */
};

/* By local name, without regard to case. */
bool feed_is_named(const xmlNode *node, const char *name);
/* Adds what a root or channel says. */
void feed_head_read(struct feed_head *head, xmlNodePtr parent);
void feed_item_read(struct feed_head *head, struct arena *arena, xmlNodePtr node,
                    struct feed_item *item);

#endif
