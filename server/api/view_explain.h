/* Why a quote is one, in plain words: which rule drew its line, what makes its type, how its speaker was found.
 *
 * Shape:   one table says a sentence for each name of model/rules.h; the sentences don't depend on the text's
 *          language. The archive's quotes and those of a fresh analysis come as the same few facts.
 * Memory:  borrows everything.
 */
#ifndef GUILLEMET_API_VIEW_EXPLAIN_H
#define GUILLEMET_API_VIEW_EXPLAIN_H

#include "api/view.h"
#include "store/quotes.h"

/* The sentence of a rule that finds quotes, or speakers; NULL for a name that nobody knows. */
const char *view_explain_rule(struct slice name);
const char *view_explain_resolution(struct slice name);

/* The member "explanation" of the object being written. */
void view_explain_stored(struct jsonw *w, const struct store_quote *quote);
void view_explain_found(struct jsonw *w, const struct view_source *source,
                        const struct quote *quote);

#endif
