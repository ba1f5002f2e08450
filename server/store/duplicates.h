/* Articles that print the same text: who else does, and who was first.
 *
 * Shape:   copies are found when an article is written (duplicate_rows.c) and form a cluster; the article that was
 *          published first stands for it. Lists can leave the others out (struct store_article_query).
 */
#ifndef GUILLEMET_STORE_DUPLICATES_H
#define GUILLEMET_STORE_DUPLICATES_H

#include "store/articles.h"

struct store_duplicate {
    struct store_article article;
    bool first;                    /* stands for the cluster */
    float similarity, resemblance; /* to the article that was asked about: sketch.h */
};

/* The other articles of its cluster, first published first; the cursor's key is a moment. */
enum rc store_duplicate_list(struct store_reader *reader, uint64_t id, unsigned parts,
                             const struct store_cursor *after, uint32_t limit, struct arena *arena,
                             struct store_duplicate **rows, size_t *count, struct store_page *page,
                             struct err *e);

#endif
