/* The rows of entity_words that begin so. Internal to store/. */
#ifndef GUILLEMET_STORE_SUGGEST_WORDS_H
#define GUILLEMET_STORE_SUGGEST_WORDS_H

#include "store/list_sql.h"

/* Beginnings that more rows share are looked up by how well known the entities are. */
#define SUGGEST_RARE_MOST 400
/* Rows that are then looked at. */
#define SUGGEST_ROWS_MOST 2000

struct suggest_hit {
    int64_t entity, weight;
    bool whole; /* the word is complete: "paris", not "parisot" */
};

struct suggest_hits {
    struct suggest_hit *items; /* of an entity possibly several */
    size_t count, capacity;
};

struct suggest_ask {
    struct slice key;  /* folded, not empty */
    struct slice last; /* behind all that begin so */
    int64_t type;      /* -1: any */
    uint32_t wanted;   /* distinct entities */
};

/* All of them, SUGGEST_RARE_MOST + 1 at most. */
void suggest_rare_sql(const struct suggest_ask *ask, struct list_sql *out);
/* Best known first. */
void suggest_known_sql(const struct suggest_ask *ask, struct list_sql *out);
void suggest_words_find(struct db *db, const struct suggest_ask *ask, struct arena *arena,
                        struct suggest_hits *out);

#endif
