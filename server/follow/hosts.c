#include "follow/hosts.h"

#include <stdlib.h>
#include <string.h>

struct hosts {
    int64_t gap_ms;
    struct host *items[HOSTS_MOST];
    size_t count;
};

struct hosts *hosts_new(int64_t gap_ms, struct err *e)
{
    struct hosts *hosts = calloc(1, sizeof *hosts);
    if (!hosts) {
        err_nomem(e);
        return NULL;
    }
    hosts->gap_ms = gap_ms;
    return hosts;
}

static void host_free(struct host *host)
{
    arena_free(host->rules_arena);
    free(host->origin);
    free(host);
}

void hosts_free(struct hosts *hosts)
{
    for (size_t i = 0; hosts && i < hosts->count; i++) {
        host_free(hosts->items[i]);
    }
    free(hosts);
}

static struct host *find(const struct hosts *hosts, struct slice origin)
{
    for (size_t i = 0; i < hosts->count; i++) {
        if (slice_is(origin, hosts->items[i]->origin)) {
            return hosts->items[i];
        }
    }
    return NULL;
}

/* Whose place a new one takes: never one whose gap still runs. False: all are in use. */
static bool make_room(struct hosts *hosts, int64_t now_ms)
{
    size_t oldest = hosts->count;
    for (size_t i = 0; i < hosts->count; i++) {
        const struct host *host = hosts->items[i];
        if (!host->taken && host->free_ms <= now_ms &&
            (oldest == hosts->count || host->used_ms < hosts->items[oldest]->used_ms)) {
            oldest = i;
        }
    }
    if (oldest == hosts->count) {
        return false;
    }
    host_free(hosts->items[oldest]);
    hosts->items[oldest] = hosts->items[--hosts->count];
    return true;
}

static struct host *add(struct hosts *hosts, struct slice origin, int64_t now_ms)
{
    if (hosts->count == HOSTS_MOST && !make_room(hosts, now_ms)) {
        return NULL;
    }
    struct host *host = calloc(1, sizeof *host);
    char *name = host ? strndup(origin.len ? origin.ptr : "", origin.len) : NULL;
    if (!name) {
        free(host);
        return NULL;
    }
    host->origin = name;
    hosts->items[hosts->count++] = host;
    return host;
}

/* A clock that was set back makes no gap longer than it can be. */
static bool is_free(const struct host *host, int64_t now_ms, int64_t *free_ms)
{
    if (!host->taken && host->free_ms > now_ms + HOSTS_GAP_MOST_MS) {
        return true;
    }
    *free_ms = host->taken ? INT64_MAX : host->free_ms;
    return !host->taken && host->free_ms <= now_ms;
}

bool hosts_is_free(const struct hosts *hosts, struct slice origin, int64_t now_ms, int64_t *free_ms)
{
    const struct host *host = find(hosts, origin);
    return !host || is_free(host, now_ms, free_ms);
}

struct host *hosts_enter(struct hosts *hosts, struct slice origin, int64_t now_ms, int64_t *free_ms)
{
    struct host *host = find(hosts, origin);
    *free_ms = 0;
    host = host ? host : add(hosts, origin, now_ms);
    if (!host || !is_free(host, now_ms, free_ms)) {
        return NULL;
    }
    host->taken = true;
    host->used_ms = now_ms;
    return host;
}

void hosts_note(struct hosts *hosts, struct host *host, int64_t now_ms)
{
    host->free_ms = now_ms + (host->delay_ms > hosts->gap_ms ? host->delay_ms : hosts->gap_ms);
}

void hosts_leave(struct host *host)
{
    host->taken = false;
}
