/* Follows sources: asks each when it is due, on a fixed number of slots, politely to each host.
 *
 * Shape:   a slot is a thread that takes the source that has been due longest among those whose host may be asked now,
 *          visits it (visit.h), and looks again; a source that hangs costs its slot alone. What is due stands in the
 *          archive: sources that anyone adds, changes or hastens, in whatever process, are seen within
 *          WATCH_LOOK_MS.
 *          One process at a time watches an archive (store_watch_claim); the others stand by, and take over once the
 *          first has ended, however it did.
 *          watch_start runs until watch_stop; watch_run returns when nothing is due before `until_ms`.
 * Errors:  those of sources are saved with them and told to `on_visit`. A fault of our own side pauses all slots for
 *          WATCH_PAUSE_MS and is told to `on_fault`.
 * Threads: on_visit and on_fault are called from slots, one at a time.
 */
#ifndef GUILLEMET_FOLLOW_WATCH_H
#define GUILLEMET_FOLLOW_WATCH_H

#include "follow/visit.h"

#define WATCH_LOOK_MS    2000
#define WATCH_PAUSE_MS   5000
#define WATCH_SLOTS_MOST 64

struct watch_options {
    struct store *store;
    struct pipeline *pipeline;
    visit_fetch *fetch; /* fetch_run, outside of tests */
    void *fetch_context;
    void (*cancel)(void *fetch_context); /* ends fetches under way; may be NULL */
    struct schedule_bounds bounds;
    int64_t host_gap_ms;
    size_t slots;
    bool ignore_robots; /* tests of other things */
    /* Waits until `until_ms` of clock_now_ms: NULL outside of tests, which turn the clock instead. */
    void (*wait)(void *context, int64_t until_ms);
    void (*on_visit)(void *context, const struct visit_report *report);
    void (*on_fault)(void *context, const struct err *e);
    void *context;
};

struct watch;

enum rc watch_new(const struct watch_options *options, struct watch **out, struct err *e);
/* After watch_stop. NULL is fine. */
void watch_free(struct watch *watch);

enum rc watch_start(struct watch *watch, struct err *e);
/* Ends fetches under way, lets what is being stored be stored, and joins. Nothing, when it wasn't started. */
void watch_stop(struct watch *watch);
/* Something may be due: looks at once. From any thread. */
void watch_wake(struct watch *watch);
/* From another thread: watch_run returns soon. */
void watch_end(struct watch *watch);

/* RC_BUSY: another process watches. RC_OK when it came to `until_ms`, or was ended. */
enum rc watch_run(struct watch *watch, int64_t until_ms, struct err *e);

struct watch_counts {
    bool watching; /* false: another process does */
    uint64_t visits[VISIT_OUTCOME_COUNT];
    uint64_t requests, created, revised, unchanged, refused;
    uint64_t running; /* slots at work now */
};
void watch_counts(struct watch *watch, struct watch_counts *out);

#endif
