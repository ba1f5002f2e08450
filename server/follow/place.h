/* Addresses of sources: which may be followed, and whose host they ask.
 *
 * Memory: results live in the arena, or borrow from the address.
 */
#ifndef GUILLEMET_FOLLOW_PLACE_H
#define GUILLEMET_FOLLOW_PLACE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

/* The address as it is asked: scheme and host in lower case, a path, no fragment. RC_INVALID for the field "url" when it is
 * no http or https address, is too long, or names a user. */
enum rc place_read(struct slice text, struct arena *arena, struct slice *out, struct err *e);
/* "https://host:port": of one that place_read gave, or of any that begins so. */
struct slice place_origin(struct slice url);

#endif
