/* Which documents the archive has already, exactly as they are: a run that is begun again needn't analyse them.
 *
 * Shape:   known_look answers for one document, as the archive stands now. Documents under way may change that:
 *          they are entered before they go to the pipeline and left once they are stored, and what shares
 *          a key with one of them is never said to be unchanged.
 * Threads: known_leave from any thread, the rest on the one that reads.
 */
#ifndef GUILLEMET_INGEST_KNOWN_H
#define GUILLEMET_INGEST_KNOWN_H

#include "ingest/identity.h"
#include "store/write.h"

struct known;

/* The keys of a document under way. */
struct known_keys {
    uint32_t slots[4];
    size_t count;
};

struct known *known_new(struct store *store, struct err *e);
void known_free(struct known *known); /* NULL is fine */

/* What storing it would do. `identity` is its own. */
enum rc known_look(struct known *known, const struct document *document,
                   const struct identity *identity, struct store_outlook *out, struct err *e);
/* True when what known_look said of it may be changed by what is under way. */
bool known_is_under_way(const struct known *known, const struct known_keys *keys);

/* The same for one look, by a reader that is at hand. */
enum rc known_outlook(struct store_reader *reader, const struct document *document,
                      const struct identity *identity, struct store_outlook *out, struct err *e);

struct known_keys known_keys_of(const struct document *document, const struct identity *identity);
void known_enter(struct known *known, const struct known_keys *keys);
void known_leave(struct known *known, const struct known_keys *keys);

#endif
