/* Document → analysis → store, on a pool of workers.
 *
 * Shape:   pipeline_submit queues a document for a worker, which analyses it, renders what GETs return
 *          (through a callback from above: ingest sits below api) and hands it to the store's one
 *          writer. `done` is called after the commit, so that nothing is acknowledged before it is
 *          durable. pipeline_run does the same on the calling thread (a server's own worker),
 *          pipeline_put waits for the result.
 *          Workers analyse in any order, but documents reach the store in the order of submission: two
 *          versions of an article in one file end as the later one, on every run.
 * Errors:  RC_BUSY when the queue is full: back-pressure, the arena then stays the caller's. Every other
 *          fault is in the result that `done` gets.
 * Memory:  the pipeline owns the arena of a job it accepted; it is freed after `done` returned. The
 *          document must live in that arena, or borrow from bytes that live until then.
 * Threads: every function from any thread; `done` runs on a worker or the writer thread: be quick there.
 */
#ifndef GUILLEMET_INGEST_PIPELINE_H
#define GUILLEMET_INGEST_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyse/analyse.h"
#include "base/arena.h"
#include "base/err.h"
#include "ingest/identity.h"
#include "model/analysis.h"
#include "model/document.h"

struct store;
struct store_history;
struct store_replay;
struct store_followed;
struct gazetteer;
struct pipeline;

/* What api/view makes of an article for later GETs: opaque here and to the store. */
struct pipeline_rendering {
    struct slice summary; /* the article object of lists, of GET /articles/{id} too */
};

typedef enum rc pipeline_render(void *context, const struct document *document,
                                const struct analysis *analysis, const struct identity *identity,
                                struct arena *arena, struct pipeline_rendering *out, struct err *e);

struct pipeline_options {
    struct store *store;               /* NULL: analysis only (pipeline_analyse) */
    const struct gazetteer *gazetteer; /* the user's names, may be NULL */
    pipeline_render *render;           /* may be NULL: nothing is stored for GETs */
    void *render_context;
    size_t threads;     /* 0: one per core */
    size_t queue_limit; /* 0: 256 documents */
    bool spares; /* an analysis is freed once it is rows, before the commit: `done` gets none */
};

struct pipeline *pipeline_new(const struct pipeline_options *options, struct err *e);
/* Analyses that begin from now on go by these names (NULL: none). Returns when no analysis goes by the old ones any more,
 * which may then be freed. From one thread at a time. */
void pipeline_set_gazetteer(struct pipeline *pipeline, const struct gazetteer *gazetteer);
/* Lets accepted jobs finish, then frees. The store must still be open. */
void pipeline_free(struct pipeline *pipeline);

struct pipeline_result {
    enum rc rc;     /* RC_OK: stored */
    struct err err; /* when not RC_OK */
    enum outcome outcome;
    uint64_t id;
    uint32_t revision;
    const struct document *document; /* valid during `done` */
    const struct analysis *analysis; /* may be NULL when rc is not RC_OK, or with `spares` */
};

/* Says what the reply to this write is, before it is durable: on the writer thread. */
typedef void pipeline_reply(void *context, const struct pipeline_result *result,
                            struct store_replay *replay);

struct pipeline_job {
    struct arena *arena; /* where the document lives; becomes the pipeline's */
    const struct document *document;
    bool has_id; /* replace this very article (PUT): its key is not looked at */
    uint64_t id;
    bool
        analysis_only; /* same revision, new analysis: needs has_id, the document as it is stored */
    uint32_t if_revision; /* 0: any; else RC_CONFLICT when another revision is stored (If-Match) */
    bool if_none;         /* RC_CONFLICT when there is such an article (If-None-Match: *) */
    bool revive;          /* a tombstone gives way */
    uint64_t archive_id;  /* with history: the id that the article had where it was exported */
    const struct store_history
        *history;                    /* NULL, or what an export remembered; lives in the arena */
    struct slice who, request;       /* for the audit log (store/audit.h); may be absent */
    const struct identity *identity; /* when it is known already; lives in the arena */
    const struct store_followed
        *followed; /* the item of a followed source, NULL: none; lives until `done` */
    const struct store_replay
        *replay;           /* NULL, or a reply to keep with the write; lives until `done` */
    pipeline_reply *reply; /* completes it; gets the context of `done` */
    bool wait;             /* pipeline_submit waits for room instead of RC_BUSY */
};

typedef void pipeline_done(void *context, const struct pipeline_result *result);

enum rc pipeline_submit(struct pipeline *pipeline, const struct pipeline_job *job,
                        pipeline_done *done, void *context, struct err *e);
void pipeline_run(struct pipeline *pipeline, const struct pipeline_job *job, pipeline_done *done,
                  void *context);
/* Waits for the commit; result->document and ->analysis are NULL afterwards. Returns result->rc and fills `e`. */
enum rc pipeline_put(struct pipeline *pipeline, const struct pipeline_job *job,
                     struct pipeline_result *result, struct err *e);
/* Waits until every accepted job is done. */
void pipeline_drain(struct pipeline *pipeline);

/* Analysis alone, on the calling thread; results live in `arena` (dry runs). */
enum rc pipeline_analyse(struct pipeline *pipeline, const struct document *document,
                         struct arena *arena, struct analysis **out, struct err *e);

struct pipeline_progress {
    uint64_t submitted, created, revised, unchanged, failed;
    uint64_t waiting; /* accepted and not done */
    uint64_t bytes;   /* of text, stored */
    int64_t analyse_cpu_us, render_cpu_us;
    int64_t stage_cpu_us[ANALYSE_STAGES]; /* of analyses, dry runs included */
};
struct pipeline_progress pipeline_progress(struct pipeline *pipeline);

#endif
