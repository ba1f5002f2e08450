#include "follow/watcher.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/process.h"
#include "follow/place.h"

#define RENEW_MS (WATCH_LEASE_MS / 4)
#define STAND_MS 3000 /* how often one that stands by looks whether the other has ended */
#define FLAG_MS  200  /* how often a flag that wakes nobody is looked at */

struct slot {
    struct watcher *watch;
    pthread_t thread;
    struct store_reader *reader;
    struct arena *arena;
    uint64_t running; /* source; 0: none */
};

struct watcher {
    struct watcher_options options;
    struct hosts *hosts;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct slot slots[WATCHER_SLOTS_MOST];
    size_t slot_count;    /* threads that were started */
    size_t slots_running; /* and haven't come to their end */
    pthread_t keeper;
    bool keeper_runs, stop, watching, told_standing;
    int64_t until_ms;        /* 0: for ever; else slots end when nothing is due before */
    struct err fault;        /* that ended a watcher_run */
    int64_t paused_until_ms; /* steady */
    char owner[PROCESS_NAME_MOST];
    struct watcher_counts counts;
};

/* ---- waiting, with the lock held */

/* Until somebody wakes, or so many ms have passed. */
static void wait_some(struct watcher *w, int64_t ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t until_ns = until.tv_nsec + ms % 1000 * 1000000;
    until.tv_sec += ms / 1000 + until_ns / 1000000000;
    until.tv_nsec = until_ns % 1000000000;
    pthread_cond_clockwait(&w->changed, &w->lock, CLOCK_MONOTONIC, &until);
}

static void wait_ms(struct watcher *w, int64_t ms)
{
    if (!w->stop) {
        wait_some(w, ms);
    }
}

/* Until then, or till it is time to look again. */
static void wait_until(struct watcher *w, int64_t until_ms)
{
    if (w->options.wait) {
        pthread_mutex_unlock(&w->lock);
        w->options.wait(w->options.context, until_ms);
        pthread_mutex_lock(&w->lock);
        return;
    }
    int64_t left_ms = until_ms - clock_now_ms();
    wait_ms(w, left_ms < 1 ? 1 : left_ms < WATCHER_LOOK_MS ? left_ms : WATCHER_LOOK_MS);
}

/* ---- what visits ask for */

static struct host *enter(void *context, struct slice origin)
{
    struct watcher *w = context;
    struct host *host = NULL;
    pthread_mutex_lock(&w->lock);
    while (!w->stop) {
        int64_t free_ms;
        host = hosts_enter(w->hosts, origin, clock_now_ms(), &free_ms);
        if (host || free_ms == 0) {
            break;
        }
        wait_until(w, free_ms);
    }
    pthread_mutex_unlock(&w->lock);
    return host;
}

static void note(void *context, struct host *host)
{
    struct watcher *w = context;
    pthread_mutex_lock(&w->lock);
    hosts_note(w->hosts, host, clock_now_ms());
    pthread_mutex_unlock(&w->lock);
}

static void leave(void *context, struct host *host)
{
    struct watcher *w = context;
    pthread_mutex_lock(&w->lock);
    hosts_leave(host);
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

static bool is_stopping(void *context)
{
    struct watcher *w = context;
    pthread_mutex_lock(&w->lock);
    bool stop = w->stop;
    pthread_mutex_unlock(&w->lock);
    return stop;
}

/* ---- choosing, with the lock held */

struct choosing {
    struct watcher *watch;
    int64_t now_ms, free_ms; /* when the first of those that wait for their host may go */
};

static bool is_running(const struct watcher *w, uint64_t source)
{
    for (size_t i = 0; i < WATCHER_SLOTS_MOST; i++) {
        if (w->slots[i].running == source) {
            return true;
        }
    }
    return false;
}

static bool may_visit(void *context, uint64_t id, struct slice url)
{
    struct choosing *choosing = context;
    int64_t free_ms = INT64_MAX;
    if (is_running(choosing->watch, id)) {
        return false;
    }
    bool takes =
        hosts_is_free(choosing->watch->hosts, place_origin(url), choosing->now_ms, &free_ms);
    choosing->free_ms = !takes && free_ms < choosing->free_ms ? free_ms : choosing->free_ms;
    return takes;
}

static void tell_fault(struct watcher *w, const struct err *e)
{
    w->paused_until_ms = clock_steady_ms() + WATCHER_PAUSE_MS;
    if (w->until_ms != 0) { /* whoever waits for the end hears of it instead */
        w->fault = *e;
        w->stop = true;
        pthread_cond_broadcast(&w->changed);
        return;
    }
    if (w->options.on_fault) {
        w->options.on_fault(w->options.context, e);
    }
}

/* When to look again. */
struct again {
    int64_t next_ms; /* when the next source is due */
    int64_t
        free_ms; /* when the host of one that is due may be asked; INT64_MAX: none waits for that */
};

/* Takes a source that is due, and its host. NULL: none. */
static struct host *choose(struct slot *slot, struct store_source *source, struct again *again)
{
    struct watcher *w = slot->watch;
    struct choosing choosing = {w, clock_now_ms(), INT64_MAX};
    struct err e = {0};
    bool found = false;
    int64_t next_ms = INT64_MAX, free_ms;
    if (store_source_due(slot->reader, choosing.now_ms, may_visit, &choosing, slot->arena, source,
                         &found, &next_ms, &e)) {
        tell_fault(w, &e);
    }
    *again = (struct again){next_ms, choosing.free_ms};
    struct host *host =
        found ? hosts_enter(w->hosts, place_origin(source->choice.url), choosing.now_ms, &free_ms)
              : NULL;
    if (found && !host) { /* all the hosts that are kept in mind are in use, or memory is out */
        again->free_ms = choosing.now_ms + WATCHER_LOOK_MS;
    }
    return host;
}

/* ---- visiting */

static void count(struct watcher *w, const struct visit_report *report)
{
    w->counts.visits[report->outcome]++;
    w->counts.requests += (uint64_t)report->requests;
    w->counts.created += (uint64_t)report->created;
    w->counts.revised += (uint64_t)report->revised;
    w->counts.unchanged += (uint64_t)report->unchanged;
    w->counts.refused += (uint64_t)report->refused;
}

/* With the lock held, which it gives up meanwhile. */
static void visit(struct slot *slot, const struct store_source *source, struct host *host)
{
    struct watcher *w = slot->watch;
    struct visit_tools tools = {.store = w->options.store,
                                .pipeline = w->options.pipeline,
                                .fetch = w->options.fetch,
                                .fetch_context = w->options.fetch_context,
                                .bounds = w->options.bounds,
                                .ignore_robots = w->options.ignore_robots,
                                .enter = enter,
                                .note = note,
                                .leave = leave,
                                .stopping = is_stopping,
                                .context = w};
    struct visit_report report;
    slot->running = source->id;
    w->counts.running++;
    pthread_mutex_unlock(&w->lock);
    visit_run(&tools, slot->reader, source, host, slot->arena, &report);
    pthread_mutex_lock(&w->lock);
    slot->running = 0;
    w->counts.running--;
    count(w, &report);
    if (report.fault) {
        struct err e = {0};
        err_set(&e, RC_UNAVAILABLE, "a visit was given up: %.*s", SLICE_ARG(report.error));
        tell_fault(w, &e);
    }
    if (w->options.on_visit) {
        w->options.on_visit(w->options.context, &report);
    }
    pthread_cond_broadcast(&w->changed);
}

/* Visits one that is due. False: none was. With the lock held. */
static bool visit_next(struct slot *slot, struct again *again)
{
    struct store_source source;
    arena_reset(slot->arena);
    struct host *host = choose(slot, &source, again);
    if (host) {
        visit(slot, &source, host);
    }
    return host;
}

/* Of a run with an end: nothing is due before it, and nobody is at work who could change that. */
static bool is_at_end(const struct watcher *w, const struct again *again)
{
    return w->until_ms != 0 && again->next_ms >= w->until_ms && again->free_ms == INT64_MAX &&
           w->counts.running == 0;
}

static void *slot_main(void *arg)
{
    struct slot *slot = arg;
    struct watcher *w = slot->watch;
    struct again again;
    pthread_mutex_lock(&w->lock);
    while (!w->stop) {
        int64_t paused_ms = w->paused_until_ms - clock_steady_ms();
        if (paused_ms > 0) {
            wait_ms(w, paused_ms);
        } else if (!w->watching) {
            wait_ms(w, WATCHER_LOOK_MS);
        } else if (visit_next(slot, &again)) {
            continue;
        } else if (is_at_end(w, &again)) {
            break;
        } else {
            wait_until(w, again.next_ms < again.free_ms ? again.next_ms : again.free_ms);
        }
    }
    w->slots_running--;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

/* ---- who watches */

/* With the lock held, which it gives up meanwhile. */
static enum rc claim(struct watcher *w, struct err *e)
{
    pthread_mutex_unlock(&w->lock);
    enum rc rc = store_watch_claim(w->options.store, slice_cstr(w->owner), clock_now_ms(), e);
    pthread_mutex_lock(&w->lock);
    bool changed = !w->told_standing || w->watching != (rc == RC_OK);
    w->watching = rc == RC_OK;
    w->told_standing = true;
    if (changed && w->options.on_standing) {
        w->options.on_standing(w->options.context, w->watching);
    }
    if (rc == RC_OK) {
        pthread_cond_broadcast(&w->changed);
    }
    return rc;
}

static void *keeper_main(void *arg)
{
    struct watcher *w = arg;
    pthread_mutex_lock(&w->lock);
    while (!w->stop) {
        struct err e = {0};
        enum rc rc = claim(w, &e);
        int64_t until_ms = clock_steady_ms() + (w->watching ? RENEW_MS : STAND_MS), left_ms;
        if (rc != RC_OK && rc != RC_BUSY) {
            tell_fault(w, &e);
        }
        while (!w->stop && (left_ms = until_ms - clock_steady_ms()) > 0) {
            wait_ms(w, left_ms);
        }
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

/* ---- life */

static enum rc open_slot(struct watcher *w, struct slot *slot, struct err *e)
{
    slot->watch = w;
    slot->arena = arena_new(0);
    return slot->arena ? store_reader_open(w->options.store, &slot->reader, e) : err_nomem(e);
}

enum rc watcher_new(const struct watcher_options *options, struct watcher **out, struct err *e)
{
    struct watcher *w = calloc(1, sizeof *w);
    struct hosts *hosts = w ? hosts_new(options->host_gap_ms, e) : NULL;
    if (!hosts) {
        free(w);
        return err_nomem(e);
    }
    w->options = *options;
    w->hosts = hosts;
    if (w->options.slots == 0 || w->options.slots > WATCHER_SLOTS_MOST) {
        w->options.slots = WATCHER_SLOTS_MOST;
    }
    process_name(w->owner);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->changed, NULL);
    enum rc rc = RC_OK;
    for (size_t i = 0; i < w->options.slots && rc == RC_OK; i++) {
        rc = open_slot(w, &w->slots[i], e);
    }
    if (rc != RC_OK) {
        watcher_free(w);
        return rc;
    }
    *out = w;
    return RC_OK;
}

void watcher_free(struct watcher *w)
{
    if (!w) {
        return;
    }
    for (size_t i = 0; i < WATCHER_SLOTS_MOST; i++) {
        store_reader_close(w->slots[i].reader);
        arena_free(w->slots[i].arena);
    }
    hosts_free(w->hosts);
    pthread_cond_destroy(&w->changed);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

static void join_slots(struct watcher *w)
{
    for (size_t i = 0; i < w->slot_count; i++) {
        pthread_join(w->slots[i].thread, NULL);
    }
    w->slot_count = 0;
}

static void flag_stop(struct watcher *w)
{
    pthread_mutex_lock(&w->lock);
    w->stop = true;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

static void give_up(struct watcher *w)
{
    struct err e;
    if (w->watching) {
        store_watch_release(w->options.store, slice_cstr(w->owner), &e);
    }
    w->watching = false;
}

static bool start_slot(struct watcher *w, struct slot *slot)
{
    pthread_mutex_lock(&w->lock); /* before it can come to its end */
    bool started = pthread_create(&slot->thread, NULL, slot_main, slot) == 0;
    w->slot_count += started;
    w->slots_running += started;
    pthread_mutex_unlock(&w->lock);
    return started;
}

enum rc watcher_start(struct watcher *w, struct err *e)
{
    w->keeper_runs = pthread_create(&w->keeper, NULL, keeper_main, w) == 0;
    bool started = w->keeper_runs;
    for (size_t i = 0; i < w->options.slots && started; i++) {
        started = start_slot(w, &w->slots[i]);
    }
    if (!started) {
        watcher_stop(w);
        return err_set(e, RC_UNAVAILABLE, "can't start the threads that follow sources: too many");
    }
    return RC_OK;
}

void watcher_end(struct watcher *w)
{
    flag_stop(w);
    if (w->options.cancel) {
        w->options.cancel(w->options.fetch_context);
    }
}

void watcher_stop(struct watcher *w)
{
    if (w->keeper_runs) {
        watcher_end(w);
        join_slots(w);
        pthread_join(w->keeper, NULL);
        w->keeper_runs = false;
        give_up(w);
    }
}

/* Slots come to their end by themselves; the caller's flag is looked at here, on the thread that it belongs to. */
static void await_end(struct watcher *w)
{
    pthread_mutex_lock(&w->lock);
    while (w->slots_running > 0) {
        if (w->options.stop && *w->options.stop && !w->stop) {
            pthread_mutex_unlock(&w->lock);
            watcher_end(w);
            pthread_mutex_lock(&w->lock);
        } else {
            wait_some(w, FLAG_MS);
        }
    }
    pthread_mutex_unlock(&w->lock);
}

enum rc watcher_run(struct watcher *w, int64_t until_ms, struct err *e)
{
    pthread_mutex_lock(&w->lock);
    enum rc rc = claim(w, e);
    w->until_ms = until_ms;
    w->fault = (struct err){.rc = RC_OK};
    pthread_mutex_unlock(&w->lock);
    rc = rc == RC_OK ? watcher_start(w, e) : rc;
    if (rc != RC_OK) {
        give_up(w);
        return rc;
    }
    await_end(w);
    watcher_stop(w);
    w->stop = false;
    if (w->fault.rc != RC_OK && e) {
        *e = w->fault;
    }
    return w->fault.rc;
}

void watcher_counts(struct watcher *w, struct watcher_counts *out)
{
    pthread_mutex_lock(&w->lock);
    *out = w->counts;
    out->watching = w->watching;
    pthread_mutex_unlock(&w->lock);
}
