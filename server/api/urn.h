/* Names for the archive's objects outside of it: urn:uuid:…, made of the object's own id, so the same on every machine,
 * behind every proxy, for ever. */
#ifndef GUILLEMET_API_URN_H
#define GUILLEMET_API_URN_H

#include "base/buf.h"

/* `kind`: "article", "quote", "entity" or "feed" (whose id is its address without a page). */
void urn_write(struct buf *out, const char *kind, struct slice id);

#endif
