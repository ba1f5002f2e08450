#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "http/internal.h"

const uint32_t server_latency_bounds_us[SERVER_LATENCY_BUCKETS - 1] = {
    250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000, 2500000};

/* The last slot counts every other status. */
static const int statuses[SERVER_MAX_STATUSES - 1] = {
    200, 201, 202, 204, 206, 207, 300, 301, 303, 304, 307, 308, 400, 401, 403, 404, 405, 406,
    409, 410, 411, 412, 413, 414, 415, 417, 422, 428, 429, 431, 500, 501, 503, 504, 507};

struct route_shard {
    _Atomic uint64_t statuses[SERVER_MAX_STATUSES];
    _Atomic uint64_t buckets[SERVER_LATENCY_BUCKETS];
    _Atomic uint64_t bytes_sent, total_us;
};

/* One per event thread, and only that thread counts in it: no locked instruction, no shared cache line. */
struct shard {
    _Atomic uint64_t started, finished, refused_framing, recalled, limited, turned_away;
    struct route_shard routes[]; /* the last one: no route */
};

static void add(_Atomic uint64_t *counter, uint64_t n)
{
    uint64_t before = atomic_load_explicit(counter, memory_order_relaxed);
    atomic_store_explicit(counter, before + n, memory_order_relaxed);
}

static uint64_t get(const _Atomic uint64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

int64_t metrics_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

enum rc metrics_init(struct http_server *server, struct err *e)
{
    const struct server_options *options = &server->options;
    size_t count = options->threads;
    server->shards = calloc(count, sizeof *server->shards);
    if (!server->shards) {
        return err_nomem(e);
    }
    size_t size = sizeof(struct shard) + (options->route_count + 1) * sizeof(struct route_shard);
    size = (size + 63) / 64 * 64;
    for (; server->shard_count < count; server->shard_count++) {
        struct shard *shard = aligned_alloc(64, size);
        if (!shard) {
            return err_nomem(e);
        }
        memset(shard, 0, size);
        server->shards[server->shard_count] = shard;
    }
    return RC_OK;
}

void metrics_done(struct http_server *server)
{
    for (size_t i = 0; i < server->shard_count; i++) {
        free(server->shards[i]);
    }
    free(server->shards);
}

void metrics_begin(struct http_thread *thread)
{
    if (!thread->shard) {
        size_t index = atomic_fetch_add(&thread->server->next_shard, 1);
        assert(index < thread->server->shard_count); /* requests begin on event threads only */
        thread->shard = thread->server->shards[index];
    }
    add(&thread->shard->started, 1);
}

void metrics_refused_framing(struct http_thread *thread)
{
    add(&thread->shard->refused_framing, 1);
}

void metrics_recalled(struct http_thread *thread)
{
    add(&thread->shard->recalled, 1);
}

void metrics_limited(struct http_thread *thread)
{
    add(&thread->shard->limited, 1);
}

void metrics_turned_away(struct http_thread *thread)
{
    add(&thread->shard->turned_away, 1);
}

static size_t status_slot(int status)
{
    size_t slot = 0;
    while (slot < SERVER_MAX_STATUSES - 1 && statuses[slot] != status) {
        slot++;
    }
    return slot;
}

static size_t bucket_of(int64_t took_us)
{
    size_t bucket = 0;
    while (bucket < SERVER_LATENCY_BUCKETS - 1 && took_us > server_latency_bounds_us[bucket]) {
        bucket++;
    }
    return bucket;
}

void metrics_end(struct http_thread *thread, const struct http_request *request, int64_t took_us)
{
    const struct http_server *server = request->server;
    bool routed = request->match.outcome == ROUTER_FOUND;
    size_t index = routed ? request->match.route_index : server->options.route_count;
    struct route_shard *route = &thread->shard->routes[index];
    if (request->status_sent != 0) {
        add(&route->statuses[status_slot(request->status_sent)], 1);
        add(&route->buckets[bucket_of(took_us)], 1);
        add(&route->bytes_sent, request->bytes_sent);
        add(&route->total_us, took_us > 0 ? (uint64_t)took_us : 0);
    }
    add(&thread->shard->finished, 1);
}

uint64_t metrics_in_flight(const struct http_server *server)
{
    uint64_t started = 0, finished = 0;
    for (size_t i = 0; i < server->shard_count; i++) {
        finished += get(&server->shards[i]->finished);
    }
    for (size_t i = 0; i < server->shard_count; i++) {
        started += get(&server->shards[i]->started);
    }
    return started - finished;
}

void server_route_counts(const struct http_server *server, size_t route_index,
                         struct server_route_counts *out)
{
    *out = (struct server_route_counts){.status_count = 0};
    uint64_t by_status[SERVER_MAX_STATUSES] = {0};
    for (size_t i = 0; i < server->shard_count; i++) {
        const struct route_shard *route = &server->shards[i]->routes[route_index];
        for (size_t s = 0; s < SERVER_MAX_STATUSES; s++) {
            by_status[s] += get(&route->statuses[s]);
        }
        for (size_t b = 0; b < SERVER_LATENCY_BUCKETS; b++) {
            out->buckets[b] += get(&route->buckets[b]);
        }
        out->bytes_sent += get(&route->bytes_sent);
        out->total_us += get(&route->total_us);
    }
    for (size_t s = 0; s < SERVER_MAX_STATUSES; s++) {
        out->requests += by_status[s];
        if (by_status[s] > 0) {
            int status = s < SERVER_MAX_STATUSES - 1 ? statuses[s] : 0;
            out->statuses[out->status_count++] = (struct server_status_count){status, by_status[s]};
        }
    }
}

void server_counts(const struct http_server *server, struct server_counts *out)
{
    /* The locks are the server's own business: reading the counters leaves the server as it was. */
    struct http_server *locked = (struct http_server *)server;
    *out = (struct server_counts){.in_flight = metrics_in_flight(server)};
    pthread_mutex_lock(&locked->deferred_lock);
    out->deferred = server->deferred_count;
    pthread_mutex_unlock(&locked->deferred_lock);
    out->worker_queued = server->workers ? pool_queued(server->workers) : 0;
    out->connections = server->watch ? watch_connection_count(server->watch) : 0;
    out->timeouts = server->watch ? watch_cut_count(server->watch) : 0;
    out->moved = server->watch ? watch_moved_count(server->watch) : 0;
    for (size_t i = 0; i < server->shard_count; i++) {
        out->refused_framing += get(&server->shards[i]->refused_framing);
        out->recalled += get(&server->shards[i]->recalled);
        out->limited += get(&server->shards[i]->limited);
        out->turned_away += get(&server->shards[i]->turned_away);
    }
}
