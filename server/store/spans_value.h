/* Spans that a person chose, as the value of a correction: they must find their words again in a later text.
 *
 * Shape:   "start_byte:v:length:" and that many bytes of text, one after the other; v is 1 for verbatim. Anchoring
 *          takes the places as they are when the words still stand there, else the nearest same words, in order.
 * Memory:  results live in the arena. Internal to store/.
 */
#ifndef GUILLEMET_STORE_SPANS_VALUE_H
#define GUILLEMET_STORE_SPANS_VALUE_H

#include <stdbool.h>

#include "base/arena.h"
#include "model/analysis.h"

/* `spans` in order, disjoint, within `text`. */
struct slice spans_value_write(struct arena *arena, struct slice text,
                               const struct quote_span *spans, size_t count);
/* False: `value` is malformed, or `text` doesn't say these words any more. */
bool spans_value_anchor(struct slice value, struct slice text, struct arena *arena,
                        struct quote_span **spans, size_t *count);
/* The words, parts joined by " … ". Absent when the value is malformed. */
struct slice spans_value_words(struct slice value, struct arena *arena);
struct slice spans_words(struct arena *arena, struct slice text, const struct quote_span *spans,
                         size_t count);

#endif
