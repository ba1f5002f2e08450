/* The writer thread's inside: internal to store/.
 *
 * Shape:   jobs wait in a queue; the thread takes a group of them (group.h), runs each under a savepoint of
 *          one transaction, commits, and only then reports. A job that fails is rolled back alone. What
 *          other processes may change under us (another `guillemet ingest`) is not cached across
 *          groups unless the version row still stands where we left it.
 * Threads: writer_queue and writer_call from any thread; a job's `run` on the writer thread.
 */
#ifndef GUILLEMET_STORE_WRITER_H
#define GUILLEMET_STORE_WRITER_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/arena.h"
#include "store/counters.h"
#include "store/db.h"
#include "store/search_rows.h"
#include "store/write.h"

struct writer {
    struct store *store;
    struct db *db;
    struct arena *arena; /* of the job at hand, reset after it */
    struct counters *counters;
    struct search_rows *search;
    int64_t now_ms;  /* of the group */
    int64_t version; /* the archive's, as this group will leave it */
    bool caches_valid;
    bool has_entity_corrections, has_quote_corrections; /* cached: most archives have none */
    bool changed;                                       /* the job changed what reads can answer */
    int64_t idle_ms; /* how long until rows of entity_recent are made anew; 0: none is stale */
    bool moving;     /* rows of an entity wait to follow a decision: entity_moves.h */
    bool stuck;      /* the group's transaction is lost */
    struct err loss; /* what the job met that lost it */
};

struct job {
    struct job *next;
    enum rc (*run)(struct writer *w, struct job *job, struct err *e);
    struct store_write request; /* of article jobs */
    void *arg;                  /* of other jobs */
    struct store_result result;
    bool changed;
    bool flush_first;          /* it reads or changes counters' rows itself, or searches */
    bool waited_for, finished; /* the job is on its caller's stack */
};

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t filled, emptied, finished;
    pthread_t thread;
    struct job *first, *last;
    size_t count, limit;
    size_t waited_for; /* of the count: someone stands still for them */
    bool closing, started;
};

struct writer_counts {
    atomic_uint_fast64_t commits, committed, lost, groups[STORE_GROUP_BUCKETS];
    atomic_int_fast64_t busy_us, cpu_us, search_cpu_us;
};

struct store {
    char *path;
    bool file_known;
    uint64_t device, inode; /* of the file that was opened, when file_known */
    struct store_options options;
    struct queue queue;
    struct writer writer;
    struct writer_counts counts;
};

enum rc writer_start(struct store *store, struct err *e);
/* RC_UNAVAILABLE: the path doesn't name the opened file any more, and what is written into that would be lost. */
enum rc store_file_stands(const struct store *store, struct err *e);
/* Lets the queue run dry, then joins and frees. */
void writer_stop(struct store *store);

/* Queues `arg` for `run` on the writer thread and waits for the commit. */
enum rc writer_call(struct store *store,
                    enum rc (*run)(struct writer *, struct job *, struct err *), void *arg,
                    struct err *e);

/* Queues a small job that nobody waits for; dropped when the queue is full. `id` is in job->request. */
void writer_post(struct store *store, enum rc (*run)(struct writer *, struct job *, struct err *),
                 uint64_t id, void (*done)(void *context, const struct store_result *result));

/* The version to cache by: reads flags anew when another process wrote. */
void writer_refresh(struct writer *w);
/* What audit.h shows: in the transaction of the change that it tells. */
struct audit_entry {
    struct slice who;
    const char *action;
    struct slice target, detail, request; /* may be absent */
};
void writer_audit(struct writer *w, const struct audit_entry *entry);

#endif
