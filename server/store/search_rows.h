/* What the full-text indexes are to be told, kept until the group's commit.
 *
 * Idea:    FTS5 writes its pending words to disk at every savepoint, and each article has one: told at once, an
 *          index gets a segment for each article and merges them over and over. Told at the end of the
 *          group, outside of any savepoint, it gets one for all of them.
 * Shape:   as counters.h: what one article changes is noted; search_rows_keep adds it to the group's,
 *          search_rows_drop forgets it with the article's savepoint, search_rows_flush writes in the
 *          order of noting. Whoever searches inside the writer flushes first.
 * Memory:  texts are copied; some MB of them are flushed before the end of the group.
 * Threads: the writer's.
 */
#ifndef GUILLEMET_STORE_SEARCH_ROWS_H
#define GUILLEMET_STORE_SEARCH_ROWS_H

#include "store/db.h"

#define SEARCH_COLUMNS_MOST 7

struct search_rows;

struct search_rows *search_rows_new(void);
void search_rows_free(struct search_rows *rows);

/* `sql` is a literal that tells an index of row ?1 with columns ?2, ?3…: an insertion, or a 'delete' with what it
 * was told before. */
void search_rows_note(struct search_rows *rows, const char *sql, int64_t row,
                      const struct slice *columns, size_t count);

/* True when so much is kept that it should be flushed now. */
bool search_rows_keep(struct search_rows *rows);
void search_rows_drop(struct search_rows *rows);
void search_rows_drop_all(struct search_rows *rows);
/* Sticky faults are in db; false when memory was out since the last flush. */
bool search_rows_flush(struct search_rows *rows, struct db *db);

#endif
