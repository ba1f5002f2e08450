/* Fields of a document: limits, cleaning, dates, and what hints say.
 *
 * Shape:  metadata_set cleans one field by its rule in the table (trimmed, no control characters, a length
 *         limit) and files it with its origin; an empty value leaves the field absent. Readers set what
 *         the format says first, then metadata_hints fills what is still absent.
 * Errors: RC_INVALID, err.field as given by the caller (a JSON pointer or a parameter's name).
 * Memory: values are copied into the arena.
 */
#ifndef GUILLEMET_INGEST_METADATA_H
#define GUILLEMET_INGEST_METADATA_H

#include "base/arena.h"
#include "ingest/ingest.h"

enum metadata_field {
    METADATA_TITLE,
    METADATA_STANDFIRST,
    METADATA_URL,
    METADATA_EXTERNAL_ID,
    METADATA_SOURCE,
    METADATA_SECTION,
    METADATA_IMAGE,
    METADATA_LANG,
    METADATA_DATELINE
};

enum rc metadata_set(struct document *document, enum metadata_field field, struct slice value,
                     enum origin origin, const char *name, struct arena *arena, struct err *e);
enum rc metadata_moment(struct moment *out, struct slice value, enum origin origin,
                        const char *name, struct err *e);
/* Appends to bylines or keywords. */
enum rc metadata_list(struct slice **items, size_t *count, struct slice value, const char *name,
                      struct arena *arena, struct err *e);
enum rc metadata_hints(struct document *document, const struct ingest_hints *hints,
                       struct arena *arena, struct err *e);

/* Appends a warning (codes are stable). False when memory is out. */
bool metadata_warn(struct document *document, struct arena *arena, const char *code,
                   struct slice detail);

#endif
