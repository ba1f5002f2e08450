/* Members of a JSON object of an export, one by one. Internal to ingest/.
 *
 * Shape:  absent and null leave *out as it is.
 * Errors: RC_INVALID with the JSON pointer.
 * Memory: strings are copied into the arena.
 */
#ifndef GUILLEMET_INGEST_MEMBERS_H
#define GUILLEMET_INGEST_MEMBERS_H

#include <jansson.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

struct members {
    json_t *object;
    const char *name; /* where it stands, for pointers: "archive" */
    struct arena *arena;
    struct err *e;
};

enum rc members_bad(const struct members *m, const char *member, const char *wanted);
enum rc members_text(const struct members *m, const char *member, struct slice *out);
enum rc members_id(const struct members *m, const char *member, uint64_t *out);
enum rc members_time(const struct members *m, const char *member, int64_t *out);
enum rc members_number(const struct members *m, const char *member, uint32_t *out);
/* Exactly 2 × count digits. */
enum rc members_hex(const struct members *m, const char *member, uint8_t *out, size_t count);

#endif
