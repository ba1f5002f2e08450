/* Work that was accepted and is done later: bodies of many articles, each with its progress.
 *
 * Shape:   a job is queued with its body in one transaction: what was answered 202 outlives any end of the process.
 *          A runner takes the oldest unfinished job (store_job_take), and saves how far it came as it goes
 *          (store_job_save): whoever takes it next goes on from there. Several processes may serve one archive: a job is
 *          its taker's until it is finished, given back (saved as queued), its owner is gone (base/process.h), or
 *          JOB_LEASE_MS passed since the last save. Jobs run one after another, whoever runs them. The body goes when
 *          the job is finished; its row stays for JOBS_KEPT_DAYS, at most JOBS_KEPT_MOST of them. A copy of the
 *          archive (backup.h) has no unfinished jobs: they failed there.
 * Units:   items count from 0, lines from 1.
 * Errors:  RC_TOO_LARGE: a body over JOB_BODY_MOST. RC_BUSY when as many jobs or bytes wait as may. RC_NOT_FOUND for unknown ids. RC_CONFLICT: not in this state.
 * Memory:  rows live in the arena given.
 * Threads: any; writes wait for their commit.
 */
#ifndef GUILLEMET_STORE_JOBS_H
#define GUILLEMET_STORE_JOBS_H

#include "model/enums.h"
#include "store/replays.h"
#include "store/store.h"

#define JOB_BODY_MOST           (48LL << 20) /* unpacked; a row of SQLite ends at 64 MiB here */
#define JOBS_WAITING_MOST       64
#define JOBS_WAITING_BYTES_MOST (256LL << 20)
#define JOBS_KEPT_DAYS          7
#define JOBS_KEPT_MOST          1000
#define JOB_LEASE_MS            30000
#define JOB_REJECTS_MOST        1000 /* kept of one job; counted are all */

#define STORE_JOB_STATES(X)                                                                        \
    X(STORE_JOB_QUEUED, "queued")                                                                  \
    X(STORE_JOB_RUNNING, "running")                                                                \
    X(STORE_JOB_DONE, "done")                                                                      \
    X(STORE_JOB_FAILED, "failed") /* as a whole: single items are rejects of a job that is done */ \
    X(STORE_JOB_CANCELLED, "cancelled")
ENUM_DEFINE(store_job_state, STORE_JOB_STATES)

struct store_job {
    uint64_t id;
    int64_t row;
    enum store_job_state state;
    int64_t created_ms, started_ms, finished_ms; /* 0: not yet */
    struct slice who, content_type;
    struct slice source, lang, section, published_at, modified_at;
    bool revive, if_none;
    int64_t bytes, total, done, created, revised, unchanged, failed, interruptions;
    struct slice problem;
    struct slice owner; /* process_name; of store_job_take, for store_job_save */
    struct slice body;  /* for store_job_add, of store_job_take */
};

struct store_job_reject {
    int64_t item, line;
    struct slice code, field, place, message;
};

/* `replay` (may be NULL) is kept with it; its `location` is completed with the id first by `located`. */
enum rc store_job_add(struct store *store, struct store_job *job, struct store_replay *replay,
                      void (*located)(void *context, const struct store_job *job,
                                      struct store_replay *replay),
                      void *context, struct err *e);
enum rc store_job_get(struct store_reader *reader, uint64_t id, struct arena *arena,
                      struct store_job *out, struct err *e);
/* Newest first. */
enum rc store_job_list(struct store_reader *reader, const struct store_cursor *after,
                       uint32_t limit, struct arena *arena, struct store_job **rows, size_t *count,
                       struct store_page *page, struct err *e);
/* By item. `row` as in the job. */
enum rc store_job_rejects(struct store_reader *reader, int64_t row,
                          const struct store_cursor *after, uint32_t limit, struct arena *arena,
                          struct store_job_reject **rows, size_t *count, struct store_page *page,
                          struct err *e);
/* RC_NOT_FOUND: there is nothing to take. A look alone. */
enum rc store_job_waits(struct store_reader *reader, struct err *e);
/* Takes the oldest unfinished one, with its body. RC_NOT_FOUND: there is none; RC_BUSY: another process is at it. */
enum rc store_job_take(struct store *store, struct store_reader *reader, struct slice owner,
                       struct arena *arena, struct store_job *out, struct err *e);
/* State and counts as they are in `job`, with rejects that are new since the last call, and a new lease.
 * RC_CONFLICT: it was cancelled, or taken by another process: leave it alone. */
enum rc store_job_save(struct store *store, const struct store_job *job,
                       const struct store_job_reject *rejects, size_t reject_count, struct err *e);
/* RC_CONFLICT: it is finished already. */
enum rc store_job_cancel(struct store *store, uint64_t id, struct err *e);

#endif
