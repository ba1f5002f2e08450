/* Noting changes as they are written. Internal to store/. */
#ifndef GUILLEMET_STORE_CHANGE_ROWS_H
#define GUILLEMET_STORE_CHANGE_ROWS_H

#include "store/writer.h"

/* The article changes with this group's commit. */
void change_rows_article(struct writer *w, int64_t article);
/* So does the article of a quote, and each in which an entity is named. Before they are taken away. */
void change_rows_quote(struct writer *w, int64_t quote);
void change_rows_entity(struct writer *w, int64_t entity);
/* Its name was chosen anew: the newest articles that name it, STORE_CHANGE_NAMED of them, for this may happen with any
 * write. */
void change_rows_name(struct writer *w, int64_t entity);
/* Another article is the first of this cluster: what the others are copies of. None, when it is of more than
 * STORE_CHANGE_COPIES. */
void change_rows_cluster(struct writer *w, int64_t cluster, int64_t size);
/* With each commit that changes something, after the version moved. */
void change_rows_moment(struct writer *w);

#endif
