/* Keeps clusters of copies while articles are written. Internal to store/.
 *
 * Shape:   an article that is written looks for others under its least shingles (a bounded number of rows),
 *          compares sketches with the few that share most, and joins the clusters of those that are copies. One
 *          that is revised or deleted leaves; what it alone held together is parted again.
 */
#ifndef GUILLEMET_STORE_DUPLICATE_ROWS_H
#define GUILLEMET_STORE_DUPLICATE_ROWS_H

#include "store/sketch.h"
#include "store/writer.h"

/* Once the article's row says when it was published. */
void duplicate_rows_join(struct writer *w, int64_t article, const struct document *document);
/* The same text as before, perhaps of an archive that knew no sketches. */
void duplicate_rows_renew(struct writer *w, int64_t article, const struct document *document);
void duplicate_rows_leave(struct writer *w, int64_t article);
/* False: it has none. */
bool duplicate_rows_sketch(struct db *db, int64_t article, struct sketch *out);

/* Moment by which the first is chosen, of articles a: a day without a time is over before it counts. */
#define DUPLICATE_MOMENT "coalesce(a.published_ms + 86399999 * a.published_day, a.ingested_ms)"

#endif
