#include "http/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

/* A client that has just come, or just got its reply, will ask in a moment; a guest has no more than that. */
enum { IDLE_LEAST_MS = 1000, GUEST_MS = 2000 };
enum { MAX_LINGERING = 64, LINGER_MS = 2000, LINGER_TICK_MS = 20, LINGER_READS = 16 };
static const size_t LINGER_BYTES = 64 * 1024 * 1024;

struct watch_entry {
    int fd;
    _Atomic int64_t deadline_ms;
    _Atomic int64_t idle_since_ms; /* 0: busy */
    bool is_guest;                 /* set before anybody else sees the entry */
    bool leaving;                  /* under lock: cut, and not yet closed */
    void *held;                    /* the connection's event thread alone touches it */
    struct watch_entry *next, *previous;
};

struct lingering {
    int fd;
    int64_t until_ms;
    size_t left_bytes;
};

struct watch {
    pthread_t thread;
    pthread_mutex_t lock; /* guards the list: an entry on it has an open socket */
    struct watch_entry *first;
    size_t count, leaving_count, most;
    struct lingering lingering[MAX_LINGERING];
    size_t lingering_count;
    _Atomic uint64_t cut_count, moved_count;
    int wake_fd;
    uint32_t tick_ms;
    bool stopping;
    char sink[32 * 1024]; /* where the lingering sockets' bytes end */
};

/* Under the lock. */
static void cut(struct watch *watch, struct watch_entry *entry)
{
    atomic_store_explicit(&entry->deadline_ms, 0, memory_order_relaxed);
    watch->leaving_count += !entry->leaving;
    entry->leaving = true;
    (void)shutdown(entry->fd, SHUT_RDWR);
}

/* Under the lock. False: everybody is at work, or has been until a moment ago. */
static bool make_room(struct watch *watch, int64_t now_ms)
{
    struct watch_entry *longest = NULL;
    int64_t since = now_ms - IDLE_LEAST_MS;
    for (struct watch_entry *entry = watch->first; entry; entry = entry->next) {
        int64_t idle = atomic_load_explicit(&entry->idle_since_ms, memory_order_relaxed);
        if (idle != 0 && idle <= since && !entry->leaving && !entry->is_guest) {
            longest = entry;
            since = idle;
        }
    }
    if (longest) {
        atomic_fetch_add_explicit(&watch->moved_count, 1, memory_order_relaxed);
        cut(watch, longest);
    }
    return longest != NULL;
}

static void cut_overdue(struct watch *watch, int64_t now_ms)
{
    for (struct watch_entry *entry = watch->first; entry; entry = entry->next) {
        int64_t deadline = atomic_load_explicit(&entry->deadline_ms, memory_order_relaxed);
        if (deadline != 0 && deadline <= now_ms) {
            atomic_fetch_add_explicit(&watch->cut_count, 1, memory_order_relaxed);
            cut(watch, entry);
        }
    }
}

/* True when the client is done (it closed, failed, or sent too much). */
static bool drain_one(struct watch *watch, struct lingering *l)
{
    for (int i = 0; i < LINGER_READS; i++) {
        ssize_t got = recv(l->fd, watch->sink, sizeof watch->sink, MSG_DONTWAIT);
        if (got < 0) {
            return errno != EAGAIN && errno != EINTR;
        }
        if (got == 0 || (size_t)got > l->left_bytes) {
            return true;
        }
        l->left_bytes -= (size_t)got;
    }
    return false;
}

static void drain_lingering(struct watch *watch, int64_t now_ms)
{
    for (size_t i = 0; i < watch->lingering_count;) {
        struct lingering *l = &watch->lingering[i];
        if (drain_one(watch, l) || l->until_ms <= now_ms) {
            close(l->fd);
            *l = watch->lingering[--watch->lingering_count];
        } else {
            i++;
        }
    }
}

static void *watch_run(void *arg)
{
    struct watch *watch = arg;
    for (;;) {
        pthread_mutex_lock(&watch->lock);
        bool stopping = watch->stopping;
        int64_t now_ms = clock_steady_ms();
        cut_overdue(watch, now_ms);
        drain_lingering(watch, now_ms);
        int timeout_ms = (int)watch->tick_ms;
        if (watch->lingering_count > 0 && timeout_ms > LINGER_TICK_MS) {
            timeout_ms = LINGER_TICK_MS;
        }
        pthread_mutex_unlock(&watch->lock);
        if (stopping) {
            return NULL;
        }
        struct pollfd wake = {.fd = watch->wake_fd, .events = POLLIN};
        uint64_t ignored;
        if (poll(&wake, 1, timeout_ms) > 0) {
            (void)!read(watch->wake_fd, &ignored, sizeof ignored);
        }
    }
}

static void wake(struct watch *watch)
{
    uint64_t one = 1;
    (void)!write(watch->wake_fd, &one, sizeof one);
}

struct watch *watch_new(uint32_t tick_ms, size_t most, struct err *e)
{
    struct watch *watch = calloc(1, sizeof *watch);
    if (!watch) {
        err_nomem(e);
        return NULL;
    }
    watch->tick_ms = tick_ms;
    watch->most = most;
    watch->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&watch->lock, NULL);
    if (watch->wake_fd < 0 || pthread_create(&watch->thread, NULL, watch_run, watch) != 0) {
        err_set(e, RC_UNAVAILABLE, "can't start the thread that holds the connections' deadlines");
        if (watch->wake_fd >= 0) {
            close(watch->wake_fd);
        }
        pthread_mutex_destroy(&watch->lock);
        free(watch);
        return NULL;
    }
    return watch;
}

void watch_free(struct watch *watch)
{
    if (!watch) {
        return;
    }
    pthread_mutex_lock(&watch->lock);
    watch->stopping = true;
    pthread_mutex_unlock(&watch->lock);
    wake(watch);
    pthread_join(watch->thread, NULL);
    for (size_t i = 0; i < watch->lingering_count; i++) {
        close(watch->lingering[i].fd);
    }
    while (watch->first) {
        struct watch_entry *next = watch->first->next;
        free(watch->first);
        watch->first = next;
    }
    close(watch->wake_fd);
    pthread_mutex_destroy(&watch->lock);
    free(watch);
}

struct watch_entry *watch_add(struct watch *watch, int fd, int64_t now_ms, int64_t patience_ms)
{
    struct watch_entry *entry = calloc(1, sizeof *entry);
    if (!entry) {
        return NULL;
    }
    entry->fd = fd;
    atomic_init(&entry->idle_since_ms, now_ms);
    pthread_mutex_lock(&watch->lock);
    entry->is_guest =
        watch->count - watch->leaving_count >= watch->most && !make_room(watch, now_ms);
    if (entry->is_guest && patience_ms > GUEST_MS) {
        patience_ms = GUEST_MS;
    }
    atomic_init(&entry->deadline_ms, now_ms + patience_ms);
    entry->next = watch->first;
    if (watch->first) {
        watch->first->previous = entry;
    }
    watch->first = entry;
    watch->count++;
    pthread_mutex_unlock(&watch->lock);
    return entry;
}

void watch_remove(struct watch *watch, struct watch_entry *entry)
{
    if (!entry) {
        return;
    }
    pthread_mutex_lock(&watch->lock);
    if (entry->previous) {
        entry->previous->next = entry->next;
    } else {
        watch->first = entry->next;
    }
    if (entry->next) {
        entry->next->previous = entry->previous;
    }
    watch->count--;
    watch->leaving_count -= entry->leaving;
    pthread_mutex_unlock(&watch->lock);
    free(entry);
}

void watch_cut(struct watch_entry *entry)
{
    if (entry) {
        (void)shutdown(entry->fd, SHUT_RDWR);
    }
}

void watch_set(struct watch_entry *entry, int64_t deadline_ms)
{
    if (entry) {
        atomic_store_explicit(&entry->deadline_ms, deadline_ms, memory_order_relaxed);
    }
}

bool watch_is_guest(const struct watch_entry *entry)
{
    return entry && entry->is_guest;
}

void watch_busy(struct watch_entry *entry)
{
    if (entry) {
        atomic_store_explicit(&entry->idle_since_ms, 0, memory_order_relaxed);
    }
}

void watch_idle(struct watch_entry *entry, int64_t now_ms)
{
    if (entry) {
        atomic_store_explicit(&entry->idle_since_ms, now_ms, memory_order_relaxed);
    }
}

void watch_hold(struct watch_entry *entry, void *held)
{
    if (entry) {
        entry->held = held;
    }
}

void *watch_held(const struct watch_entry *entry)
{
    return entry ? entry->held : NULL;
}

void watch_linger(struct watch *watch, int fd)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (copy < 0) {
        return;
    }
    (void)shutdown(copy, SHUT_WR);
    pthread_mutex_lock(&watch->lock);
    bool room = watch->lingering_count < MAX_LINGERING && !watch->stopping;
    if (room) {
        watch->lingering[watch->lingering_count++] =
            (struct lingering){copy, clock_steady_ms() + LINGER_MS, LINGER_BYTES};
    }
    pthread_mutex_unlock(&watch->lock);
    if (room) {
        wake(watch);
    } else {
        close(copy);
    }
}

uint64_t watch_cut_count(const struct watch *watch)
{
    return atomic_load_explicit(&watch->cut_count, memory_order_relaxed);
}

uint64_t watch_moved_count(const struct watch *watch)
{
    return atomic_load_explicit(&watch->moved_count, memory_order_relaxed);
}

size_t watch_connection_count(struct watch *watch)
{
    pthread_mutex_lock(&watch->lock);
    size_t count = watch->count;
    pthread_mutex_unlock(&watch->lock);
    return count;
}
