/* The HTTP server: one listening socket, an epoll thread pool, a worker pool, deadlines and a clean end.
 *
 * Event threads parse, run the inline handlers and send. HTTP_WORKER handlers run on the worker pool while
 * their connection sleeps; a full queue answers 503 with Retry-After.
 *
 * Units:   times in ms, sizes in bytes. A zero in the options means the standard value.
 * Errors:  server_start says which address failed and what to do. Nothing is left behind on failure.
 * Memory:  the options' strings and tables must outlive the server; the struct itself needn't.
 * Threads: start, stop and free from one thread. server_stop returns with every connection answered or closed
 *          and every server thread ended. Whoever may still call request_complete (a writer thread) must end
 *          after server_stop and before server_free.
 */
#ifndef GUILLEMET_HTTP_SERVER_H
#define GUILLEMET_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/log.h"
#include "http/limits.h"
#include "http/problem.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/router.h"

struct http_server;

enum http_access { HTTP_GRANTED, HTTP_UNAUTHENTICATED /* 401 */, HTTP_FORBIDDEN /* 403 */ };

struct server_options {
    const char *
        listen; /* "127.0.0.1:8080", "[::1]:8080", ":8080" (any address), "unix:/path", "fd:3"; port 0: any */
    const struct http_route *routes;
    size_t route_count;
    void *context; /* request_context */
    /* State of each thread that asks for it (request_thread_state); closed when the thread ends. */
    void *(*thread_open)(void *context, struct err *e);
    void (*thread_close)(void *context, void *state);
    /* Asked before the body is read for every route whose auth isn't HTTP_AUTH_NONE; NULL: all granted. When
     * it refuses, `e` says why. Runs on the event thread: no waiting. */
    enum http_access (*authorise)(void *context, struct http_request *request, enum http_auth auth,
                                  struct err *e);
    const char *base_path; /* "/guillemet": paths are served with and without it; NULL: none */
    const char *
        public_url; /* what links start with, "https://news.example/archive"; NULL: see request_base */
    /* Proxies whose Forwarded and X-Forwarded-* headers are believed: see networks.h; NULL: none. */
    const char *trusted_proxies;
    const char
        *cors_origins; /* "*" or origins separated by blanks or commas; NULL: no CORS headers */
    const char *server_name; /* the Server header; NULL: none */

    size_t threads;            /* event threads; standard: cores, at least 2 */
    size_t workers;            /* standard: cores, at least 2 */
    size_t streams;            /* replies in pieces at a time; standard 16 */
    size_t worker_queue;       /* waiting requests; standard 256 */
    size_t connection_limit;   /* standard 1024; beyond it a few that may ask HTTP_PROBE routes */
    size_t header_limit_bytes; /* of the target, and of the headers; standard 16 KiB */
    size_t body_limit_bytes;   /* HTTP_BODY_DEFAULT routes; standard 16 MiB */
    size_t body_memory_bytes;  /* all bodies being received together; standard 256 MiB */
    size_t arena_limit_bytes;  /* per request; standard 256 MiB */
    struct limits_options limits; /* of each client; zeros: none */
    uint32_t idle_timeout_ms;     /* silence on a kept connection; standard 30,000 */
    uint32_t request_timeout_ms;  /* from a request's first byte to its last; standard 30,000 */
    uint32_t send_timeout_ms;    /* for the reply, beside what its size takes at slow_bytes_per_s */
    size_t slow_bytes_per_s;     /* the slowest reader that is waited for; standard 16 KiB */
    uint32_t worker_deadline_ms; /* routes without their own; standard 10,000 */
    /* Replies that are kept to be sent again: the version that they hold for (false: not known now), called on an
     * event thread with its state for each GET; and how much memory all threads together may keep. Without the one or
     * with 0 for the other nothing is kept. See reply_not_modified: a reply with an ETag depends on this version,
     * the address and the headers of content negotiation alone. */
    bool (*version)(void *context, void *state, uint64_t *version);
    size_t cache_bytes;
    size_t gzip_min_bytes; /* 0: never */
    int gzip_level;        /* standard 1 */
    /* Formats that an address may end in (".csv"), see HTTP_SUFFIX; ended by a NULL; or NULL. */
    const char *const *suffixes;
    bool access_log;
    enum log_level access_log_level;
    bool no_turbo; /* leave MHD_USE_TURBO off */
};

/* While it serves, from one thread at a time: what requests from now on obey. The old limits stay when memory is out. */
enum rc server_set_limits(struct http_server *server, const struct limits_options *limits,
                          struct err *e);
void server_set_access_log(struct http_server *server, bool access_log);

enum rc server_start(const struct server_options *options, struct http_server **out, struct err *e);
/* The address really bound: "127.0.0.1:40123", "[::1]:8080", "unix:/run/g.sock". */
const char *server_address(const struct http_server *server);
/* From now on server_is_draining, replies close their connections, and the rest goes on as before: time for whoever
 * balances load to send clients elsewhere. */
void server_announce_stop(struct http_server *server);
/* Takes no new connections, lets what is in flight finish for at most `drain_ms`, answers 503 to what isn't
 * done then, closes. True when everything in flight was answered. */
bool server_stop(struct http_server *server, uint32_t drain_ms);
void server_free(struct http_server *server); /* NULL is fine; stops first if need be */
/* From a signal-handling thread or a handler: true once server_announce_stop or server_stop
 * began. */
bool server_is_draining(const struct http_server *server);

/* ---- counters, for /metrics: bounded labels (route × status), cheap to keep, summed on reading */

#define SERVER_LATENCY_BUCKETS 14
/* Upper bounds in µs of all buckets but the last (which is +Inf). */
extern const uint32_t server_latency_bounds_us[SERVER_LATENCY_BUCKETS - 1];

struct server_status_count {
    int status;
    uint64_t count;
};

#define SERVER_MAX_STATUSES 36

struct server_route_counts {
    struct server_status_count statuses[SERVER_MAX_STATUSES]; /* only those that occurred */
    size_t status_count;
    uint64_t requests, bytes_sent, total_us;
    uint64_t buckets[SERVER_LATENCY_BUCKETS]; /* not cumulative */
};

struct server_counts {
    uint64_t in_flight, deferred, worker_queued, connections;
    uint64_t timeouts;        /* connections cut by a deadline */
    uint64_t refused_framing; /* requests refused by the guard */
    uint64_t recalled;        /* answered from kept replies */
    uint64_t limited;         /* refused because the client asked too much */
    uint64_t moved;           /* idle connections closed to make room for others */
    uint64_t turned_away;     /* refused because all connections were at work */
};

/* `route_index` == route_count: requests that matched no route. */
void server_route_counts(const struct http_server *server, size_t route_index,
                         struct server_route_counts *out);
void server_counts(const struct http_server *server, struct server_counts *out);
const struct http_server *request_server(const struct http_request *request);

#endif
