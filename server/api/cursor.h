/* Cursors: where the next page begins, as an opaque word of an address.
 *
 * Shape:   base64url of version, sort key, tie-breaker, text key, filter hash and a checksum. A cursor is bound
 *          to the filters and the sort that it was made under.
 * Errors:  damaged, foreign and mismatched cursors are RC_INVALID naming `cursor`; none can crash.
 * Memory:  in the arena.
 */
#ifndef GUILLEMET_API_CURSOR_H
#define GUILLEMET_API_CURSOR_H

#include "base/arena.h"
#include "store/store.h"

/* Absent when memory is out. */
struct slice cursor_write(struct arena *arena, const struct store_cursor *cursor, uint64_t filters);
enum rc cursor_read(struct slice text, uint64_t filters, struct arena *arena,
                    struct store_cursor *out, struct err *e);

#endif
