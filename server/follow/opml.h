/* OPML lists of feeds into the sources, for API and command line alike.
 *
 * Shape:   every feed of the list becomes a source, all in one commit; those whose address is followed already stay as
 *          they are. A feed's title becomes the source's name. Folders aren't kept.
 * Errors:  RC_INVALID for what is no OPML, RC_TOO_LARGE for more sources than may be. Single feeds that can't be followed
 *          are counted as refused, the first with its reason.
 * Memory:  in the arena.
 */
#ifndef GUILLEMET_FOLLOW_OPML_H
#define GUILLEMET_FOLLOW_OPML_H

#include "base/arena.h"
#include "base/err.h"
#include "store/sources.h"

struct opml_import {
    size_t added, existing, refused;
    struct slice first_refusal; /* absent: none */
};

/* `content_type` may be absent. */
enum rc opml_import(struct store *store, struct slice bytes, struct slice content_type,
                    struct store_actor by, struct arena *arena, struct opml_import *out,
                    struct err *e);

#endif
