/* GET /articles… */
#ifndef GUILLEMET_API_ARTICLES_H
#define GUILLEMET_API_ARTICLES_H

#include "api/call.h"
#include "store/articles.h"

call_handler articles_list, articles_get, articles_entities, articles_quotes;

/* Writes a page of articles as the query says; `query` lacks limit, cursor, sort and parts. Shared with
 * GET /entities/{entity}/articles. */
enum rc articles_page(struct call *call, struct store_article_query *query, struct err *e);

#endif
