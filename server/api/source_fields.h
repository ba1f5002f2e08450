/* What people may say of a source: the members of the JSON that POST and PATCH /sources take, and their limits.
 *
 * Shape:   one table of members; a null takes a choice back. What isn't named stays as it is in `choice`.
 * Errors:  RC_INVALID names the member; unknown ones are refused with the nearest that there is.
 * Memory:  in the arena.
 */
#ifndef GUILLEMET_API_SOURCE_FIELDS_H
#define GUILLEMET_API_SOURCE_FIELDS_H

#include "base/arena.h"
#include "store/sources.h"

#define SOURCE_INTERVAL_LEAST_S 60
#define SOURCE_INTERVAL_MOST_S  (30 * 86400)

/* *nearest: of a member that there isn't, or NULL. *given: at least one. */
enum rc source_fields_read(struct slice body, struct arena *arena,
                           struct store_source_choice *choice, bool *given, const char **nearest,
                           struct err *e);

#endif
