/* A quote of the archive as JSON (schema/quote.schema.json): the same object alone and in every list. */
#ifndef GUILLEMET_API_VIEW_QUOTE_H
#define GUILLEMET_API_VIEW_QUOTE_H

#include "base/jsonw.h"
#include "store/quotes.h"

void view_quote_write(struct jsonw *w, struct slice base, const struct store_quote *quote);
/* With "explanation". */
void view_quote_explain(struct jsonw *w, struct slice base, const struct store_quote *quote);

/* What the store keeps beside a quote (store_options.view), of one whose entities are handles: view_quote_write makes the same of
 * it as of the whole quote. False: memory is out. */
bool view_quote_store(const struct store_quote *quote, struct buf *out);

#endif
