/* Best first: bm25 with weights of the columns, and what is new above what is old. Internal to store/.
 *
 * Cost:   bounded: of a search that matches more, the newest RANKING_MOST rows under the filter are ranked.
 * Shape:  the newest article of the archive is the measure of what is new, so that the order depends on the archive
 *         alone. A score is an integer: a cursor goes on behind (score, row).
 */
#ifndef GUILLEMET_STORE_RANKING_H
#define GUILLEMET_STORE_RANKING_H

#include "store/filter_sql.h"

#define RANKING_MOST 1000

struct ranked {
    int64_t row, score;
};

struct ranking {
    struct ranked *items; /* best first (or last: `ascending`), behind the cursor */
    size_t count, capacity;
    bool bounded; /* more than RANKING_MOST matched */
};

/* The filter has words. */
enum rc ranking_make(struct store_reader *reader, const struct filter *filter, enum store_list list,
                     bool ascending, const struct store_cursor *after, struct arena *arena,
                     struct ranking *out, struct err *e);

#endif
