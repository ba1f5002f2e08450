/* A value of a facet as JSON: in facets and in the series of a timeline. */
#ifndef GUILLEMET_API_VIEW_FACETS_H
#define GUILLEMET_API_VIEW_FACETS_H

#include "base/jsonw.h"
#include "store/facets.h"

/* Its keys within an object: "value", and of entities "id", "slug", "type" and "links". */
void view_facet_value(struct jsonw *w, struct slice base, const struct store_facet_value *value);
/* null when it isn't known. */
void view_facet_number(struct jsonw *w, const char *key, int64_t number);

#endif
