/* SQL of the lists, apart so that tests can ask SQLite for its plan. Internal to store/. */
#ifndef GUILLEMET_STORE_LIST_QUERIES_H
#define GUILLEMET_STORE_LIST_QUERIES_H

#include "store/articles.h"
#include "store/entities.h"
#include "store/filter_sql.h"
#include "store/quotes.h"

/* The other articles of one's cluster. */
struct duplicate_asked {
    int64_t row, cluster;
    unsigned parts;
    struct store_cursor after;
    uint32_t limit;
};
void duplicate_list_sql(const struct duplicate_asked *asked, struct list_sql *out);
void article_list_sql(const struct store_article_query *query, const struct filter *filter,
                      struct list_sql *out);
void quote_list_sql(const struct store_quote_query *query, const struct filter *filter,
                    struct list_sql *out);
/* `first` and `last`: the names that start as asked lie between them. False: memory is out. */
bool entity_list_names(struct slice start, struct arena *arena, struct slice *first,
                       struct slice *last);
/* FROM to LIMIT. */
void entity_list_rows(const struct store_entity_query *query, const struct filter *filter,
                      struct slice first, struct slice last, struct list_sql *out);
void entity_list_from(const struct store_entity_query *query, const struct filter *filter,
                      struct slice first, struct slice last, struct list_sql *out);
void entity_list_sql(const struct store_entity_query *query, const struct filter *filter,
                     struct slice first, struct slice last, struct list_sql *out);
/* Row, entity, roles: of the rows of set ?1, articles or (directed) quotes. */
const char *related_rows_sql(bool directed);

#endif
