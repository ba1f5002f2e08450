/* GET /quotes… */
#ifndef GUILLEMET_API_QUOTES_H
#define GUILLEMET_API_QUOTES_H

#include "api/call.h"
#include "base/jsonw.h"
#include "store/quotes.h"

call_handler quotes_list, quotes_get;

/* Writes one quote as it is now. */
enum rc quotes_write(struct call *call, struct jsonw *w, uint64_t id, struct err *e);
/* Writes a page of quotes as the query says; the filters of the request and the cursor are filled in here. Shared by
 * all addresses that list quotes. */
enum rc quotes_page(struct call *call, struct store_quote_query *query, struct err *e);
/* So with sort, order and limit of the request. */
enum rc quotes_sorted(struct call *call, struct store_quote_query *query, struct err *e);

#endif
