/* Counters of a write group: kept in memory while articles are written, flushed once before the commit.
 *
 * Shape:   what one article changes is noted first; counters_keep adds it to the group's sums, and
 *          counters_drop forgets it with the article's savepoint. A much-named entity is thus
 *          updated once per commit, not once per article.
 * Threads: the writer's.
 */
#ifndef GUILLEMET_STORE_COUNTERS_H
#define GUILLEMET_STORE_COUNTERS_H

#include "store/db.h"

enum counter {
    COUNT_ARTICLES,
    COUNT_ARTICLES_SOURCE,      /* key: source id */
    COUNT_ARTICLES_LANG,        /* key: language, "" for none */
    COUNT_ARTICLES_SOURCE_LANG, /* key: both */
    COUNT_ARTICLES_ANALYSER,    /* key: its version, "" for those that wait for a new analysis */
    COUNT_TOMBSTONES,
    COUNT_DUPLICATES, /* articles that another one stands for */
    COUNT_MENTIONS,
    COUNT_QUOTES,
    COUNT_QUOTES_TYPE, /* key: enum quote_type */
    COUNT_QUOTES_SOURCE,
    COUNT_QUOTES_LANG,
    COUNT_ARTICLES_DAY, /* key: day since 1970 + COUNTERS_DAY_BASE, so that keys are in order */
    COUNT_MENTIONS_DAY,
    COUNT_QUOTES_DAY,
    COUNT_ENTITIES,      /* those with an article */
    COUNT_ENTITIES_TYPE, /* key: enum entity_type */
    COUNTERS
};

#define COUNTERS_DAY_BASE 2000000

struct entity_change {
    int64_t articles, mentions, quotes_by, quotes_about;
};

struct counters;

struct counters *counters_new(void);
void counters_free(struct counters *counters);

/* `number` -1 and `text` absent when the counter's key has no such part. */
void counters_add(struct counters *counters, enum counter counter, int64_t number,
                  struct slice text, int64_t change);
void counters_add_entity(struct counters *counters, int64_t entity, struct entity_change change);

void counters_keep(struct counters *counters);
void counters_drop(struct counters *counters);
void counters_drop_all(struct counters *counters);
/* Writes all that was kept. Sticky faults are in db; false when memory was out since the last flush. */
bool counters_flush(struct counters *counters, struct db *db);

/* As stored, without what is not flushed yet. */
int64_t counters_read(struct db *db, enum counter counter, int64_t number, struct slice text);
const char *counters_name(enum counter counter);

/* A day's counter by a moment of it. */
void counters_add_day(struct counters *counters, enum counter counter, int64_t time_ms,
                      int64_t change);
void counters_day_key(int64_t day, char out[24]);

#endif
