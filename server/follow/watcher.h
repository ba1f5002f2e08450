/* Follows sources: asks each when it is due, on a fixed number of slots, politely to each host.
 *
 * Shape:   a slot is a thread that takes the source that has been due longest among those whose host may be asked now,
 *          visits it (visit.h), and looks again; a source that hangs costs its slot alone. What is due stands in the
 *          archive: sources that anyone adds, changes or hastens, in whatever process, are seen within
 *          WATCHER_LOOK_MS.
 *          One process at a time watches an archive (store_watch_claim); the others stand by, and take over once the
 *          first has ended, however it did.
 *          watcher_start runs until watcher_stop; watcher_run returns when nothing is due before `until_ms`.
 * Errors:  those of sources are saved with them and told to `on_visit`. A fault of our own side pauses all slots for
 *          WATCHER_PAUSE_MS and is told to `on_fault`.
 * Threads: the callbacks are called from slots, one at a time.
 */
#ifndef GUILLEMET_FOLLOW_WATCHER_H
#define GUILLEMET_FOLLOW_WATCHER_H

#include <signal.h>

#include "follow/visit.h"

#define WATCHER_LOOK_MS    2000
#define WATCHER_PAUSE_MS   5000
#define WATCHER_SLOTS_MOST 64

struct watcher_options {
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
    /* Told when it changes: whether this process follows, or another one does. */
    void (*on_standing)(void *context, bool watching);
    /* Not 0: ends a watcher_run, whose caller's thread gets the signals that set it; may be NULL. */
    const volatile sig_atomic_t *stop;
    void *context;
};

struct watcher;

enum rc watcher_new(const struct watcher_options *options, struct watcher **out, struct err *e);
/* After watcher_stop. NULL is fine. */
void watcher_free(struct watcher *watch);

enum rc watcher_start(struct watcher *watch, struct err *e);
/* Ends fetches under way, lets what is being stored be stored, and joins. Nothing, when it wasn't started. */
void watcher_stop(struct watcher *watch);
/* Something may be due: looks at once. From any thread. */
void watcher_wake(struct watcher *watch);
/* From another thread: watcher_run returns soon. */
void watcher_end(struct watcher *watch);

/* RC_BUSY: another process watches. RC_OK when it came to `until_ms`, or was ended. */
enum rc watcher_run(struct watcher *watch, int64_t until_ms, struct err *e);

struct watcher_counts {
    bool watching; /* false: another process does */
    uint64_t visits[VISIT_OUTCOME_COUNT];
    uint64_t requests, created, revised, unchanged, refused;
    uint64_t running; /* slots at work now */
};
void watcher_counts(struct watcher *watch, struct watcher_counts *out);

#endif
