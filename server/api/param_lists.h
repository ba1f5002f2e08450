/* Parameters that may be repeated, negated and given several values: every filter.
 *
 * Shape:  "a,b" is a or b; given twice, both must hold; "-a,b" is neither a nor b. A value with a comma, or that
 *         begins with a minus, is put into double quotes (two of them are one).
 * Errors: RC_INVALID, RC_TOO_LARGE naming the parameter.
 * Memory: in the arena, values borrow from the given text where they can.
 */
#ifndef GUILLEMET_API_PARAM_LISTS_H
#define GUILLEMET_API_PARAM_LISTS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

/* A parameter as it was given once. */
struct param_clause {
    struct slice raw;
    bool negated;
    struct slice *values;
    size_t count;
    unsigned choices;       /* PARAM_CHOICES: bits of the choices' places */
    int64_t from_ms, to_ms; /* PARAM_PERIOD */
    struct param_clause *next;
};

/* Cuts `text` into `out`. */
enum rc param_lists_cut(const char *name, struct slice text, struct arena *arena,
                        struct param_clause *out, struct err *e);

#endif
