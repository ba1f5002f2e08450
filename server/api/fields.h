/* A small JSON body, read as strictly as parameters: an object whose members are texts or lists of texts.
 *
 * Shape:   the caller gives a table of members; fields_read fills in what is there. A member that is absent or
 *          null is not given.
 * Errors:  RC_INVALID naming the member: unknown (with the nearest known one), of another kind, empty, too
 *          long, with control characters. RC_UNSUPPORTED for a body that isn't said to be JSON.
 * Memory:  values live in the call's arena.
 */
#ifndef GUILLEMET_API_FIELDS_H
#define GUILLEMET_API_FIELDS_H

#include <jansson.h>

#include "api/call.h"

struct field_text {
    const char *name;
    size_t most_bytes; /* of the text, or of each item */
    size_t most_items; /* 0: one text, else a list with 1 to that many */
    bool given;
    struct slice text; /* trimmed */
    struct slice *items;
    size_t item_count;
};

/* The body as an object, owned by the caller even after a failure; `example` is the member that messages show. */
enum rc fields_object(struct call *call, const char *example, json_t **object, struct err *e);
enum rc fields_read(struct call *call, struct field_text *fields, size_t count, struct err *e);

#endif
