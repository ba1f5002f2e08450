/* SQL of the lists, apart so that tests can ask SQLite for its plan. Internal to store/. */
#ifndef GUILLEMET_STORE_ARTICLE_LIST_H
#define GUILLEMET_STORE_ARTICLE_LIST_H

#include "store/articles.h"
#include "store/entities.h"
#include "store/list_sql.h"
#include "store/quotes.h"

/* Names of the request as internal ids. */
struct list_rows {
    int64_t source, entity, speaker, about, article;
    const char *match; /* compiled search words */
    int64_t reported_by;
    struct slice cue; /* folded */
};

/* FROM … WHERE … of the list (what is counted), then ORDER BY and LIMIT on a copy. */
void article_list_from(const struct store_article_query *query, const struct list_rows *rows,
                       unsigned parts, struct list_sql *out);
void article_list_sql(const struct store_article_query *query, const struct list_rows *rows,
                      struct list_sql *out);
/* The other articles of one's cluster. */
struct duplicate_asked {
    int64_t row, cluster;
    unsigned parts;
    struct store_cursor after;
    uint32_t limit;
};
void duplicate_list_sql(const struct duplicate_asked *asked, struct list_sql *out);
/* `joins`: what the select list needs besides quotes x; "" for counting. */
void quote_list_from(const struct store_quote_query *query, const struct list_rows *rows,
                     const char *joins, struct list_sql *out);
/* The way in is an entity's part in quotes: date and id are read from quote_entities. */
bool quote_list_by_entity(const struct store_quote_query *query, const struct list_rows *rows);
void quote_list_sql(const struct store_quote_query *query, const struct list_rows *rows,
                    struct list_sql *out);
void entity_list_from(const struct store_entity_query *query, struct slice first, struct slice last,
                      struct list_sql *out);
void entity_list_sql(const struct store_entity_query *query, struct slice first, struct slice last,
                     struct list_sql *out);

#endif
