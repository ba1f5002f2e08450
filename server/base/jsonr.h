/* Reads JSON that this program wrote: the other half of jsonw, for what makes other formats of a reply.
 *
 * Shape:   a value is the slice of its bytes; walking an object or array gives the slices of its parts, without a
 *          tree. Strings are decoded when asked for.
 * Errors:  none: of bytes that are no JSON it makes less, never a read out of bounds. What comes from outside is parsed
 *          by Jansson.
 * Memory:  borrows; decoded strings live in the arena, or are the value's own bytes when nothing is escaped.
 */
#ifndef GUILLEMET_BASE_JSONR_H
#define GUILLEMET_BASE_JSONR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"

enum jsonr_kind {
    JSONR_NONE, /* absent */
    JSONR_NULL,
    JSONR_BOOL,
    JSONR_NUMBER,
    JSONR_STRING,
    JSONR_ARRAY,
    JSONR_OBJECT
};

struct jsonr {
    const char *at, *end;
};

enum jsonr_kind jsonr_kind(struct slice value);
/* To walk an object's members or an array's items; anything else has none. */
struct jsonr jsonr_open(struct slice value);
bool jsonr_item(struct jsonr *r, struct slice *value);
/* The key without its quotes, as written: the program's own keys need no decoding. */
bool jsonr_member(struct jsonr *r, struct slice *key, struct slice *value);
/* "speaker.name": absent when it isn't there or something on the way is no object. */
struct slice jsonr_get(struct slice object, const char *path);
/* Decoded; absent for what is no string. */
struct slice jsonr_string(struct slice value, struct arena *arena);
struct slice jsonr_get_string(struct slice object, const char *path, struct arena *arena);
/* `otherwise` for what is no whole number. */
int64_t jsonr_int(struct slice value, int64_t otherwise);
bool jsonr_true(struct slice value);

#endif
