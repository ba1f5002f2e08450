/* One visit of a source: its robots.txt, one request, what is new into the archive, and what was learned saved.
 *
 * Shape:   visit_run does all of it on the calling thread. Items are stored one by one, each with its mark in one
 *          savepoint; when all are, the visit is saved: validators, counts, when to come again. A visit that ends
 *          before (a kill, a stop, a disk that is full) leaves what it stored and is done anew from the start, where
 *          what it stored is known. What asks the network, and who may ask a host now, comes from the tools.
 * Errors:  what is wrong with the source is saved with it, in words; `report.error` has them. What is wrong on our
 *          side makes VISIT_ABANDONED: nothing was saved.
 * Memory:  what a report points to lives in the arena given.
 * Threads: several visits at once are fine, each with a reader and an arena of its own.
 */
#ifndef GUILLEMET_FOLLOW_VISIT_H
#define GUILLEMET_FOLLOW_VISIT_H

#include "fetch/fetch.h"
#include "follow/hosts.h"
#include "follow/schedule.h"
#include "ingest/pipeline.h"
#include "store/sources.h"

#define VISIT_ITEMS_MOST 1000 /* of one reply; those behind them are refused */
#define VISIT_PAGES_MOST 50   /* of one visit; the others wait for the next */
#define VISIT_MISSING_MS SOURCE_WEEK_MS

#define VISIT_OUTCOMES(X)                                                                          \
    X(VISIT_NEWS, "news")       /* something was created or revised */                             \
    X(VISIT_NOTHING, "nothing") /* the reply said nothing new */                                   \
    X(VISIT_NOT_MODIFIED, "not_modified")                                                          \
    X(VISIT_FAILED, "failed")                                                                      \
    X(VISIT_GONE, "gone")                                                                          \
    X(VISIT_ABANDONED, "abandoned")
ENUM_DEFINE(visit_outcome, VISIT_OUTCOMES)
#define VISIT_OUTCOME_COUNT (VISIT_ABANDONED + 1)

/* As fetch_run, which it is outside of tests. */
typedef enum rc visit_fetch(void *context, const struct fetch_request *request,
                            struct fetch_reply *reply, struct err *e);

struct visit_tools {
    struct store *store;
    struct pipeline *pipeline;
    visit_fetch *fetch;
    void *fetch_context;
    struct schedule_bounds bounds; /* of sources that have none of their own */
    bool ignore_robots;            /* tests of other things */
    /* Waits until the host may be asked and takes it; NULL: it is time to stop. */
    struct host *(*enter)(void *context, struct slice origin);
    void (*note)(void *context, struct host *host); /* a request begins */
    void (*leave)(void *context, struct host *host);
    bool (*stopping)(void *context);
    void *context;
};

struct visit_report {
    uint64_t source;
    struct slice url, error; /* error absent: all is well */
    struct slice moved_to;   /* the new address, once it is confirmed */
    enum visit_outcome outcome;
    bool fault; /* abandoned for a reason of ours, which others will meet too */
    int status;
    int64_t created, revised, unchanged, refused, requests;
    int64_t next_ms;
    struct slice first_refusal;
};

/* `host` is taken, and left. */
void visit_run(const struct visit_tools *tools, struct store_reader *reader,
               const struct store_source *source, struct host *host, struct arena *arena,
               struct visit_report *report);

#endif
