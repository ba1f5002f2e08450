/* What an entity's newest articles say of it, kept in rows: counting takes many times what the rest of
 * GET /entities/{entity} does. Internal to store/.
 *
 * Shape:   whatever changes an article's entities marks them stale, in the same transaction. The writer makes stale
 *          rows anew once its queue has been empty for a while, a few at a time: a write never waits for
 *          that, and a reader that finds none counts by itself. Names of companions are read when
 *          asked for: they change without their articles.
 * Threads: recent_count on any connection; the others are the writer's.
 */
#ifndef GUILLEMET_STORE_RECENT_H
#define GUILLEMET_STORE_RECENT_H

#include "store/entities.h"
#include "store/writer.h"

struct recent_companion {
    int64_t entity, shared;
};

struct recent {
    int64_t articles, since_ms, speaks, spoken_about;
    enum gender gender;
    struct recent_companion companions[STORE_RECENT_COMPANIONS];
    size_t companion_count;
};

/* False: memory was out, and db knows. */
bool recent_count(struct db *db, int64_t entity, struct arena *arena, struct recent *out);
/* What is kept; false when nothing is, or it is stale. */
bool recent_read(struct db *db, int64_t entity, struct recent *out);

/* The same with the names of companions, counted now when nothing is kept. */
void recent_tell(struct db *db, int64_t entity, struct arena *arena,
                 struct store_entity_recent *out);

/* The entities of an article, as they stand in its rows; around every change of these. */
void recent_stale_article(struct writer *w, int64_t article);
void recent_stale(struct writer *w, int64_t entity);
/* Makes some stale rows anew in a transaction of its own; true when there are more. */
bool recent_keep(struct writer *w);

#endif
