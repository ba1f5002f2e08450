#include "http/server.h"

#include <assert.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "http/internal.h"

enum {
    LEAST_THREADS = 2,
    DRAIN_STEP_MS = 5,
    DRAIN_CALM_STEPS = 4, /* so many quiet steps in a row end the drain */
    ABANDON_GRACE_MS = 500,
    LEAST_TICK_MS = 5,
    LARGEST_TICK_MS = 500,
    GUESTS_PER_THREAD = 8,
    /* libmicrohttpd answers what is larger than its memory with a page of its own: what is somewhat too large is still
     * ours to refuse. More than 32 KiB in all would be mapped and unmapped for each connection, which costs as much again as
     * a short one does. */
    HEADER_ROOM = 2,
};

/* ---- options */

static size_t core_count(void)
{
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return count < LEAST_THREADS ? LEAST_THREADS : (size_t)count;
}

#define STANDARD(field, value)                                                                     \
    do {                                                                                           \
        if ((field) == 0) {                                                                        \
            (field) = (value);                                                                     \
        }                                                                                          \
    } while (0)

static void fill_standards(struct server_options *o)
{
    STANDARD(o->threads, core_count());
    STANDARD(o->workers, core_count());
    STANDARD(o->worker_queue, 256);
    STANDARD(o->streams, 16);
    STANDARD(o->connection_limit, 1024);
    STANDARD(o->header_limit_bytes, 16 * 1024);
    STANDARD(o->body_limit_bytes, 16 * 1024 * 1024);
    STANDARD(o->body_memory_bytes, 256 * 1024 * 1024);
    STANDARD(o->arena_limit_bytes, 256 * 1024 * 1024);
    STANDARD(o->idle_timeout_ms, 30000);
    STANDARD(o->request_timeout_ms, 30000);
    STANDARD(o->send_timeout_ms, 30000);
    STANDARD(o->slow_bytes_per_s, 16 * 1024);
    STANDARD(o->worker_deadline_ms, 10000);
    STANDARD(o->gzip_level, 1);
}

static enum rc read_base_path(struct http_server *server, struct err *e)
{
    struct server_options *o = &server->options;
    struct slice rest = slice_cstr(o->base_path);
    while (slice_present(rest) && rest.len > 0) {
        struct slice piece = slice_cut(&rest, '/');
        if (piece.len == 0) {
            continue;
        }
        if (server->base_segment_count == TARGET_MAX_SEGMENTS - 1) {
            return err_field(e, RC_INVALID, "base-path", "the base path has too many segments");
        }
        server->base_segments[server->base_segment_count++] = piece;
    }
    size_t used = 0, size = sizeof server->base_path;
    for (size_t i = 0; i < server->base_segment_count; i++) {
        used += (size_t)snprintf(server->base_path + used, size - used, "/%.*s",
                                 SLICE_ARG(server->base_segments[i]));
        if (used >= size) {
            return err_field(e, RC_INVALID, "base-path", "the base path is too long");
        }
    }
    return RC_OK;
}

static uint32_t tick_ms(const struct server_options *o)
{
    uint32_t least = o->idle_timeout_ms;
    least = o->request_timeout_ms < least ? o->request_timeout_ms : least;
    least = o->send_timeout_ms < least ? o->send_timeout_ms : least;
    uint32_t tick = least / 4;
    return tick < LEAST_TICK_MS ? LEAST_TICK_MS : tick > LARGEST_TICK_MS ? LARGEST_TICK_MS : tick;
}

/* ---- libmicrohttpd */

/* Nothing is decoded by the library: its parse of the target isn't used. */
static size_t keep_escapes(void *cls, struct MHD_Connection *connection, char *text)
{
    (void)cls;
    (void)connection;
    return strlen(text);
}

/* Closing would reset the connection, and take away the reply that says why it is closed. */
static void linger_if_unread(struct http_server *server, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    char byte;
    if (info && recv(info->connect_fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0) {
        watch_linger(server->watch, info->connect_fd);
    }
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **socket_context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct http_server *server = cls;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        /* A request that libmicrohttpd gave up on before it asked us to answer (its memory for a connection
         * holds some 400 parameters) is never reported as completed. */
        void *unfinished = watch_held(*socket_context);
        if (unfinished) {
            dispatch_end(server, connection, &unfinished, MHD_REQUEST_TERMINATED_WITH_ERROR);
        }
        linger_if_unread(server, connection);
        watch_remove(server->watch, *socket_context);
        *socket_context = NULL;
        return;
    }
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    *socket_context = info ? watch_add(server->watch, info->connect_fd, clock_steady_ms(),
                                       server->options.request_timeout_ms)
                           : NULL;
}

static void log_library(void *cls, const char *format, va_list args)
{
    (void)cls;
    char text[512];
    (void)vsnprintf(text, sizeof text, format, args);
    text[strcspn(text, "\n")] = '\0';
    log_write(LOG_DEBUG, "libmicrohttpd", "says", text, NULL);
}

/* Beyond the limit, for watch.h's guests; libmicrohttpd gives each thread its share. */
static size_t guest_count(const struct server_options *o)
{
    return o->connection_limit / 16 + GUESTS_PER_THREAD * o->threads;
}

static enum rc start_daemon(struct http_server *server, struct err *e)
{
    const struct server_options *o = &server->options;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC |
                     MHD_USE_ERROR_LOG | (o->no_turbo ? 0U : (unsigned)MHD_USE_TURBO);
    server->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, dispatch_run, server,                                    //
        MHD_OPTION_EXTERNAL_LOGGER, log_library, server,                               //
        MHD_OPTION_LISTEN_SOCKET, server->listen_fd,                                   //
        MHD_OPTION_THREAD_POOL_SIZE, (unsigned)o->threads,                             //
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)(o->connection_limit + guest_count(o)), //
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, HEADER_ROOM * o->header_limit_bytes,       //
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)(o->idle_timeout_ms + 999) / 1000,    //
        MHD_OPTION_URI_LOG_CALLBACK, dispatch_begin, server,                           //
        MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, server,                            //
        MHD_OPTION_NOTIFY_COMPLETED, dispatch_end, server,                             //
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, server,                           //
        MHD_OPTION_END);
    return server->daemon ? RC_OK
                          : err_set(e, RC_UNAVAILABLE,
                                    "can't start the HTTP threads on %s: out of threads or file "
                                    "descriptors",
                                    server->bound);
}

/* ---- what may change while it serves */

enum rc server_set_limits(struct http_server *server, const struct limits_options *limits,
                          struct err *e)
{
    struct limits *known = atomic_load(&server->limits), *fresh = NULL;
    if (known) {
        limits_set(known, limits); /* requests hold places in it: it stays, if with no limit */
        return RC_OK;
    }
    enum rc rc = limits_new(limits, &fresh, e);
    if (rc == RC_OK) {
        atomic_store_explicit(&server->limits, fresh, memory_order_release);
    }
    return rc;
}

void server_set_access_log(struct http_server *server, bool access_log)
{
    atomic_store(&server->access_log, access_log);
}

/* ---- start */

CLEANUP_DEFINE(server_free, struct http_server)

static struct http_server *server_new(const struct server_options *options, struct err *e)
{
    struct http_server *server = calloc(1, sizeof *server);
    if (!server) {
        err_nomem(e);
        return NULL;
    }
    if (pthread_key_create(&server->thread_key, thread_end) != 0) {
        free(server);
        err_set(e, RC_UNAVAILABLE, "out of thread-specific keys");
        return NULL;
    }
    server->options = *options;
    fill_standards(&server->options);
    server->cors_allow_any = options->cors_origins && strcmp(options->cors_origins, "*") == 0;
    server->listen_fd = -1;
    pthread_mutex_init(&server->threads_lock, NULL);
    pthread_mutex_init(&server->deferred_lock, NULL);
    return server;
}

enum rc server_start(const struct server_options *options, struct http_server **out, struct err *e)
{
    CLEANUP(server_free_p) struct http_server *server = server_new(options, e);
    if (!server) {
        return e->rc;
    }
    const struct server_options *o = &server->options;
    enum rc rc = read_base_path(server, e);
    if (rc == RC_OK) {
        rc = networks_parse("trusted-proxies", o->trusted_proxies, &server->trusted, e);
    }
    if (rc != RC_OK || (rc = metrics_init(server, e)) != RC_OK) {
        return rc;
    }
    server_set_access_log(server, o->access_log);
    rc = server_set_limits(server, &o->limits, e);
    if (rc != RC_OK) {
        return rc;
    }
    server->router = router_new(o->routes, o->route_count, e);
    if (!server->router) {
        return e->rc;
    }
    const char *address = o->listen ? o->listen : "127.0.0.1:8080";
    server->inherited = listen_is_inherited(address);
    rc = listen_open(address, &server->listen_fd, server->bound, e);
    if (rc != RC_OK) {
        return rc;
    }
    server->workers = pool_new(o->workers, o->worker_queue, e);
    server->exports = server->workers ? pool_new(1, o->streams, e) : NULL;
    server->watch = server->exports ? watch_new(tick_ms(o), o->connection_limit, e) : NULL;
    if (!server->watch) {
        return e->rc;
    }
    rc = start_daemon(server, e);
    if (rc == RC_OK) {
        *out = take(server);
    }
    return rc;
}

const char *server_address(const struct http_server *server)
{
    return server->bound;
}

bool server_is_draining(const struct http_server *server)
{
    return atomic_load(&server->draining);
}

/* ---- stop */

static void pause_ms(int ms)
{
    struct timespec pause = {.tv_nsec = ms * 1000000L};
    nanosleep(&pause, NULL);
}

/* True when nothing was in flight for a moment. */
static bool wait_calm(const struct http_server *server, int64_t until_ms)
{
    for (int calm = 0; calm < DRAIN_CALM_STEPS;) {
        calm = metrics_in_flight(server) == 0 ? calm + 1 : 0;
        if (calm == 0 && clock_steady_ms() >= until_ms) {
            return false;
        }
        pause_ms(DRAIN_STEP_MS);
    }
    return true;
}

/* New clients are refused from the first moment (shutdown), but the socket's number stays taken until the
 * library's threads are gone: one of them may still be about to name it to its epoll set. An inherited socket goes on
 * taking connections: whoever else holds it answers them. */
static void stop_daemon(struct http_server *server, uint32_t drain_ms)
{
    MHD_socket listening = MHD_quiesce_daemon(server->daemon);
    if (!server->inherited) {
        if (listening != MHD_INVALID_SOCKET) {
            shutdown(listening, SHUT_RDWR);
        }
        listen_forget(server->bound);
    }
    server->drained = wait_calm(server, clock_steady_ms() + drain_ms);
    if (defer_abandon_all(server) > 0) {
        (void)wait_calm(server, clock_steady_ms() + ABANDON_GRACE_MS);
    }
    MHD_stop_daemon(server->daemon);
    server->daemon = NULL;
    if (listening != MHD_INVALID_SOCKET) {
        close(listening);
    }
    server->listen_fd = -1;
}

void server_announce_stop(struct http_server *server)
{
    atomic_store(&server->draining, true);
}

bool server_stop(struct http_server *server, uint32_t drain_ms)
{
    if (server->stopped) {
        return server->drained;
    }
    server->stopped = true;
    server->drained = true;
    server_announce_stop(server);
    if (server->daemon) {
        stop_daemon(server, drain_ms);
    }
    if (server->workers) {
        pool_free(server->workers); /* runs out: the abandoned are let go there */
        server->workers = NULL;
    }
    if (server->exports) {
        pool_free(server->exports);
        server->exports = NULL;
    }
    watch_free(server->watch);
    server->watch = NULL;
    return server->drained;
}

void server_free(struct http_server *server)
{
    if (!server) {
        return;
    }
    (void)server_stop(server, 0);
    if (server->listen_fd >= 0) {
        close(server->listen_fd);
        if (!server->inherited) {
            listen_forget(server->bound);
        }
    }
    pthread_key_delete(server->thread_key);
    while (server->threads) {
        thread_end(server->threads); /* of threads that are not the server's own */
    }
    metrics_done(server);
    limits_free(server->limits);
    router_free(server->router);
    pthread_mutex_destroy(&server->threads_lock);
    pthread_mutex_destroy(&server->deferred_lock);
    free(server);
}
