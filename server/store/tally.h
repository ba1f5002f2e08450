/* Counting what comes by: keys, numbers or texts, and how often each came. Not by GROUP BY: SQLite sorts for that, which takes
 * most of the time. Internal to store/.
 *
 * Memory: keys are copied into the arena; db.nomem is set when it is out.
 */
#ifndef GUILLEMET_STORE_TALLY_H
#define GUILLEMET_STORE_TALLY_H

#include "store/db.h"

struct tally_key {
    int64_t number;     /* of texts: a hash */
    struct slice text;  /* absent: the number is the key */
    struct slice label; /* as the first one was printed */
    int64_t count;
};

struct tally {
    struct arena *arena;
    struct tally_key *items; /* in order of their coming */
    size_t count, capacity;
    uint32_t *slots; /* open addressing: place + 1 */
    size_t slot_count;
};

/* The key's place in items; SIZE_MAX: memory is out. */
size_t tally_add(struct tally *tally, struct db *db, int64_t number, int64_t weight);
size_t tally_add_text(struct tally *tally, struct db *db, struct slice text, struct slice label,
                      int64_t weight);
/* Places of the largest `most`, largest first; of equals the one that came first. */
size_t tally_top(const struct tally *tally, size_t most, struct arena *arena, size_t **places);
int64_t tally_sum(const struct tally *tally);

#endif
