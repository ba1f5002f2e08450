/* Replies that are given again: what an Idempotency-Key is answered with the second time.
 *
 * Shape:   a reply is kept with the write that it reports, in one transaction, so that neither is without the other:
 *          store_write takes a replay along (write.h), a bulk's is kept when its last item is durable. One belongs to
 *          who sent it, and to the very request: `request` is a hash of all of it.
 * Units:   kept for STORE_REPLAY_HOURS; the newest STORE_REPLAYS_MOST of them, and STORE_REPLAY_BYTES_MOST of bodies.
 * Errors:  RC_TOO_LARGE: a body over STORE_REPLAY_BODY_MOST is not kept. RC_NOT_FOUND for a key that is unknown or too old.
 */
#ifndef GUILLEMET_STORE_REPLAYS_H
#define GUILLEMET_STORE_REPLAYS_H

#include "store/store.h"
#include "text/digest.h"

#define STORE_REPLAY_HOURS      24
#define STORE_REPLAYS_MOST      100000
#define STORE_REPLAY_BYTES_MOST (64 << 20)
#define STORE_REPLAY_BODY_MOST  (16 << 20)

struct store_replay {
    struct slice caller, key; /* caller: "" when nobody in particular */
    struct digest request;
    int status;
    struct slice location; /* may be absent */
    struct slice body;
};

enum rc store_replay_find(struct store_reader *reader, struct slice caller, struct slice key,
                          struct arena *arena, struct store_replay *out, struct err *e);
/* Waits for the commit. */
enum rc store_replay_keep(struct store *store, const struct store_replay *replay, struct err *e);

#endif
