/* Refusals as RFC 9457 problem documents: the one place that maps enum rc to an HTTP status.
 *
 * Shape:   {"type":"<base>/problems/<code>","title":…,"status":400,"code":"invalid","detail":…,"field":…,
 *           "nearest":…,"instance":…}; field, nearest and instance only when known; a position (err.where) ends
 *          the detail. Every code is in
 *          problem_kinds(), so that each can have its page of documentation.
 */
#ifndef GUILLEMET_HTTP_PROBLEM_H
#define GUILLEMET_HTTP_PROBLEM_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#define PROBLEM_CONTENT_TYPE "application/problem+json"

struct problem_kind {
    const char *code; /* stable */
    int status;
    const char *title;
};

const struct problem_kind *problem_kinds(size_t *count);
/* NULL when there is no such code. */
const struct problem_kind *problem_find(const char *code);
/* Never NULL; RC_OK is a broken invariant. */
const struct problem_kind *problem_of(enum rc rc);

/* `base`: what links start with, see request_base. `nearest` and `instance` may be NULL. */
void problem_write(struct buf *out, const struct problem_kind *kind, const struct err *e,
                   struct slice base, const char *nearest, const char *instance);

#endif
