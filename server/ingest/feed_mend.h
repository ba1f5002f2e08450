/* XML as feeds really have it → XML that can be read.
 *
 * Shape:  bare ampersands are escaped, HTML's named characters (which XML lacks) and numbered ones become characters,
 *         control characters go; CDATA stays as it is. Entities that a DTD declares stay words: nothing is
 *         ever expanded, so no document can grow.
 * Memory: a copy in the arena; absent when memory is out.
 */
#ifndef GUILLEMET_INGEST_FEED_MEND_H
#define GUILLEMET_INGEST_FEED_MEND_H

#include "base/arena.h"

struct slice feed_mend(struct slice xml, struct arena *arena);

#endif
