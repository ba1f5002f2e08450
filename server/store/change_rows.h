/* Noting changes as they are written. Internal to store/. */
#ifndef GUILLEMET_STORE_CHANGE_ROWS_H
#define GUILLEMET_STORE_CHANGE_ROWS_H

#include "store/writer.h"

/* The article changes with this group's commit. */
void change_rows_article(struct writer *w, int64_t article);
/* So does the article of a quote, and each in which an entity is named. Before they are taken away. */
void change_rows_quote(struct writer *w, int64_t quote);
void change_rows_entity(struct writer *w, int64_t entity);
/* With each commit that changes something, after the version moved. */
void change_rows_moment(struct writer *w);

#endif
