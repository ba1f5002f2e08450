/* facets= beside a list: how its rows divide, under the same filter. */
#ifndef GUILLEMET_API_FACETS_H
#define GUILLEMET_API_FACETS_H

#include "api/call.h"
#include "store/filter.h"

/* Says what a list is of, so that call_list_end can add what facets= asks for. `filter` outlives the call. */
enum rc facets_of(struct call *call, enum store_list list, const struct store_filter *filter,
                  struct err *e);
/* "facets": {…}, when any are asked for. */
enum rc facets_write(struct call *call, struct jsonw *w, struct err *e);

#endif
