/* search_rank(table, weight of each column…) in SQL: bm25 of a full-text row, the larger the better. Internal to store/.
 *
 * Cost:    FTS5's own walks all rows of each word to count them, a million of them for "de". Here the first
 *          SEARCH_RANK_LOOKS rows are looked at, and the others are guessed from how densely these lie: rows are numbered
 *          in the order of their coming.
 * Source:  S. Robertson, H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009.
 */
#ifndef GUILLEMET_STORE_SEARCH_RANK_H
#define GUILLEMET_STORE_SEARCH_RANK_H

#include "store/db.h"

#define SEARCH_RANK_LOOKS 2000

int search_rank_register(sqlite3 *handle);

/* How many of `all` rows have a word that the first `looked_at` have, up to row `last_row`. */
double search_rank_rows(int64_t looked_at, int64_t last_row, int64_t all);

#endif
