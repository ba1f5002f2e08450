/* Our own document schema (schema/document.schema.json) as JSON: one object, or an array of them.
 *
 * Shape:  jsondoc_read turns one parsed object into a document. `text` is kept exactly as it is; without it
 *         the text is built from title, standfirst and blocks, one a line. Unknown fields are warnings.
 * Errors: err.field is the JSON pointer ("/bylines/2").
 * Memory: the document is copied out of the JSON value.
 */
#ifndef GUILLEMET_INGEST_JSONDOC_H
#define GUILLEMET_INGEST_JSONDOC_H

#include <jansson.h>

#include "ingest/ingest.h"

enum rc jsondoc_read(json_t *object, const struct ingest_hints *hints, struct arena *arena,
                     struct document *document, struct err *e);

/* ---- between jsondoc.c and jsondoc_fields.c */

struct jsondoc {
    struct arena *arena;
    const struct ingest_hints *hints;
    struct document *document;
    json_t *blocks;  /* as submitted, NULL when absent */
    json_t *origins; /* as submitted, NULL when absent */
    bool has_text;
};

enum rc jsondoc_fields(struct jsondoc *j, json_t *object, struct err *e);
/* After the text is set: moves the origins that an export remembered into the fields. */
enum rc jsondoc_origins(struct jsondoc *j, struct err *e);
enum rc jsondoc_wrong_type(const char *pointer, json_t *value, const char *wanted, struct err *e);
/* `blocks` with a text: spans in code points. Without: the text is built from them. */
enum rc jsondoc_blocks(struct jsondoc *j, struct err *e);

static inline struct slice jsondoc_slice(const json_t *string)
{
    return slice_of(json_string_value(string), json_string_length(string));
}

#endif
