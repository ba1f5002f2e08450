/* Idempotency-Key: a write that is sent again, because its reply got lost, is done once.
 *
 * Shape:   idempotency_begin claims the key for this request and looks for a kept reply. The handler then puts
 *          call->replay along with its write (pipeline_job.replay, store_replay_keep, store_job_add), and whoever completes the
 *          request gives the claim back first. Refused requests keep nothing: mended, they may be sent under the same key.
 * Errors:  RC_CONFLICT (idempotency_in_use) while the first one is under way; RC_INVALID (idempotency_mismatch) for a
 *          key that was used for something else.
 * Memory:  claims live in their request's arena.
 * Threads: any.
 */
#ifndef GUILLEMET_API_IDEMPOTENCY_H
#define GUILLEMET_API_IDEMPOTENCY_H

#include <pthread.h>

#include "api/call.h"
#include "store/replays.h"

struct claim {
    struct claim *next, *previous;
    struct store_replay replay; /* caller, key and request; what was answered is filled in later */
};

/* Keys of requests that are under way. */
struct claims {
    pthread_mutex_t lock;
    struct claim *first;
};

void claims_init(struct claims *claims);
void claims_done(struct claims *claims);

/* *answered: the reply was given before, and is given again: return RC_OK at once. Without the header nothing happens. */
enum rc idempotency_begin(struct call *call, bool *answered, struct err *e);
/* The reply to keep, NULL without a key. */
struct store_replay *idempotency_replay(const struct call *call);
/* After the commit or the refusal, before request_complete. */
void idempotency_end(struct call *call);

#endif
