/* Which columns an article's parts are, and how they are read back. Internal to store/. */
#ifndef GUILLEMET_STORE_ARTICLE_COLUMNS_H
#define GUILLEMET_STORE_ARTICLE_COLUMNS_H

#include "store/articles.h"
#include "store/list_sql.h"

/* The select list for `parts` of articles a (and what article_columns_joins joins). */
void article_columns_select(struct list_sql *list, unsigned parts);
/* "LEFT JOIN …": its cluster; article_texts t when parts need it. */
const char *article_columns_joins(unsigned parts);
/* Reads what was selected; *row is the internal id. Bylines and keywords come from tables of their own:
 * article_columns_lists, once the statement is done. */
void article_columns_read(struct columns *c, unsigned parts, struct store_article *out,
                          int64_t *row);
void article_columns_lists(struct db *db, int64_t row, struct arena *arena,
                           struct store_article *out);

#endif
