/* GET /articles… */
#ifndef GUILLEMET_API_ARTICLES_H
#define GUILLEMET_API_ARTICLES_H

#include "api/call.h"
#include "store/articles.h"

call_handler articles_list, articles_get, articles_entities, articles_quotes;

/* A row that was stored without renderings is read again with its fields. */
enum rc articles_complete(struct store_reader *reader, struct arena *arena,
                          struct store_article *row, unsigned include, struct err *e);
/* Finds the article of the path (404, 410) and sets its ETag, which starts with the revision: what If-Match takes. */
enum rc articles_open(struct call *call, uint64_t *id, bool *fresh, struct err *e);
/* One article in a writer that stands where a value goes; `include`: view_article.h. */
enum rc articles_write(struct call *call, struct jsonw *w, struct store_article *row,
                       unsigned include, struct err *e);

/* Writes a page of articles under the filters of the request; `query` has those of the address alone. Shared with
 * GET /entities/{entity}/articles. */
enum rc articles_page(struct call *call, struct store_article_query *query, struct err *e);

/* key: article. Fails before it wrote anything. `include`: bits of view_article.h. */
enum rc articles_write_by_id(struct call *call, struct jsonw *w, const char *key, uint64_t id,
                             unsigned include, struct err *e);

#endif
