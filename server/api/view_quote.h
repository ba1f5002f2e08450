/* A quote of the archive as JSON (schema/quote.schema.json): the same object alone and in every list. */
#ifndef GUILLEMET_API_VIEW_QUOTE_H
#define GUILLEMET_API_VIEW_QUOTE_H

#include "base/jsonw.h"
#include "store/quotes.h"

void view_quote_write(struct jsonw *w, struct slice base, const struct store_quote *quote);
/* With "explanation". */
void view_quote_explain(struct jsonw *w, struct slice base, const struct store_quote *quote);

#endif
