/* facets= beside a list: how its rows divide, under the same filter. */
#ifndef GUILLEMET_API_FACETS_H
#define GUILLEMET_API_FACETS_H

#include "api/call.h"
#include "store/facets.h"

/* Says what a list is of, so that call_list_end can add what facets= asks for. `filter` outlives the call. */
enum rc facets_of(struct call *call, enum store_list list, const struct store_filter *filter,
                  struct err *e);
/* The same of a list of entities, counted now: as the query finds them, or from what the handler counted. */
enum rc facets_of_entities(struct call *call, const struct store_entity_query *query,
                           struct err *e);
enum rc facets_of_types(struct call *call, const int64_t types[ENTITY_MISC + 1], struct err *e);
/* Counts what facets= asks for; a total that was only begun to count is at least what they have counted. */
enum rc facets_find(struct call *call, struct store_page *page, struct err *e);
/* "facets": {…}, when any are asked for. */
void facets_write(const struct call *call, struct jsonw *w);

#endif
