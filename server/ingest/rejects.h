/* Inputs that were refused, written so that they can be given to `guillemet ingest` again as they are.
 *
 * Shape:   one JSON object a line: {"rejected":{"file","line","code","field","reason"}, "hints":{what was said
 *          about the input beside it}, "input":{"content_type", "text" or "base64"}}. The input is what the
 *          reader was given: a line of NDJSON, else the whole file. It is left out when it wasn't read to its
 *          end, or stands in an earlier line for the same file.
 *          Read only where the caller asks for it (ingest_hints.rejects), and never inside of itself.
 * Errors:  RC_INVALID for a line that isn't of that shape or holds no input.
 * Memory:  a reject_input owns what its slices point to.
 */
#ifndef GUILLEMET_INGEST_REJECTS_H
#define GUILLEMET_INGEST_REJECTS_H

#include "base/jsonw.h"
#include "ingest/ingest.h"

struct reject {
    const char *file;
    size_t line; /* 0: none */
    const struct err *err;
    const struct ingest_hints *hints;
    struct slice content_type, input; /* input absent: not kept */
    bool again; /* an earlier line has the input: reading this one gives nothing */
};

/* One line, without its end. */
void reject_write(struct jsonw *w, const struct reject *reject);

/* A copy with texts of its own, of the fields that a reject remembers. NULL: out of memory. */
const struct ingest_hints *reject_keep_hints(const struct ingest_hints *hints, struct arena *arena);

struct reject_input;

bool reject_is(struct slice line);
/* RC_OK with *out NULL: the line stands for an input that another line holds. */
enum rc reject_open(struct slice line, struct reject_input **out, struct err *e);
void reject_close(struct reject_input *input); /* NULL is fine */
struct slice reject_bytes(const struct reject_input *input);
const struct ingest_hints *reject_hints(const struct reject_input *input);

#endif
