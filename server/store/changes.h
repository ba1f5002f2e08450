/* Articles in the order in which they last changed: what a mirror reads.
 *
 * Shape:   each article and tombstone carries the archive's version of the commit that changed it last. Versions grow by
 *          one with each commit, and a commit becomes visible whole: who has read everything up to a version misses
 *          nothing that commits later, however long it took. An article that changes again moves to the end.
 *          A change is a new document, a deletion, a new analysis, a correction of what it says or names or its undoing,
 *          and what it is a copy of.
 * Units:   versions as store_version gives them; -1 is before everything.
 */
#ifndef GUILLEMET_STORE_CHANGES_H
#define GUILLEMET_STORE_CHANGES_H

#include "store/articles.h"

/* Moments are kept so long; what is asked since an earlier one is everything. */
#define STORE_CHANGE_DAYS   90
/* What one write changes elsewhere is bounded: articles of an entity that the archive calls otherwise from now on, and
 * of a story whose first article is another one. */
#define STORE_CHANGE_NAMED  100
#define STORE_CHANGE_COPIES 256

struct store_change {
    struct store_record record; /* tombstones: id, revision and times alone */
    int64_t version;
};

/* Those behind `since` and behind the cursor (version, row). *version: the archive's at this moment. */
enum rc store_changes(struct store_reader *reader, int64_t since, const struct store_cursor *after,
                      uint32_t limit, unsigned parts, struct arena *arena,
                      struct store_change **rows, size_t *count, struct store_page *page,
                      int64_t *version, struct err *e);
/* A version before everything that committed from `ms` on: at most a minute more. */
enum rc store_changes_at(struct store_reader *reader, int64_t ms, int64_t *since, struct err *e);

#endif
