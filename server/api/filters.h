/* From parameters to the filter of a list: the same for lists, counts and timelines.
 *
 * Shape:   every parameter that filters is a row of one table; a route takes those whose field its list has.
 * Errors:  filters_refuse says what the store found wrong with the values (an ambiguous name).
 * Memory:  in the request's arena.
 */
#ifndef GUILLEMET_API_FILTERS_H
#define GUILLEMET_API_FILTERS_H

#include "api/call.h"
#include "store/filter.h"

/* Adds what the request asks for to `out`, which may have clauses already. */
enum rc filters_read(const struct call *call, enum store_list list, struct store_filter *out,
                     struct err *e);
/* Of a read that took a filter: RC_CONFLICT is a 400 that names the parameter; others stay. */
enum rc filters_refuse(struct call *call, enum rc rc, struct err *e);
/* "hints" of a list, when there are any. */
void filters_write_hints(struct jsonw *w, const struct store_hints *hints);

#endif
