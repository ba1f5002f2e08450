/* What the files of this layer share: the request, the server, and a thread's belongings.
 *
 * The life of a request: born when libmicrohttpd has read the request line (dispatch_begin); its headers are
 * guarded and routed (dispatch.c), its body collected, its handler run here or on a worker (defer.c), its reply
 * handed to libmicrohttpd (send.c); it ends when the last byte is out or the connection breaks
 * (dispatch_end), or, when a handler still holds it then, when that handler lets go.
 */
#ifndef GUILLEMET_HTTP_INTERNAL_H
#define GUILLEMET_HTTP_INTERNAL_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/networks.h"
#include "base/pool.h"
#include "http/guard.h"
#include "http/listen.h"
#include "http/server.h"
#include "http/watch.h"

enum { REQUEST_MAX_HEADERS = 64, REQUEST_ID_BYTES = 64, CLIENT_BYTES = 48, KEPT_REQUESTS = 16 };

enum request_stage { STAGE_HEADERS, STAGE_BODY, STAGE_SUSPENDED, STAGE_SENT };

struct http_request {
    struct http_server *server;
    struct MHD_Connection *connection;
    struct watch_entry *watched;
    struct arena *arena;
    const char *method;
    struct slice raw_target; /* as sent, in the arena */
    struct target target;
    struct router_match match;
    struct slice recall_key; /* present: the reply may be kept under it, see recall.c */
    uint64_t recall_version;
    struct recalled *recalled; /* found: the answer */
    struct request_header headers[REQUEST_MAX_HEADERS];
    size_t header_count;
    struct guard_framing framing;
    struct buf body;
    size_t body_limit_bytes, body_reserved_bytes;
    struct http_reply reply;
    struct slice content_type, charset, caller, base;
    struct slice suffix; /* "csv" of "/quotes.csv", see suffix.h */
    int64_t started_us, deadline_ms;
    enum request_stage stage;
    bool has_base_path, is_head, refused, content_type_known, headers_are_copied;
    bool trust_known, trusted; /* the peer is a trusted proxy: see origin.c */
    bool linger;               /* the client may still be sending: see watch_linger */
    bool limited;              /* holds limit.place */
    struct limits_verdict limit;
    int status_sent;
    size_t bytes_sent;
    char id[REQUEST_ID_BYTES + 1];
    char client[CLIENT_BYTES];

    /* answering later, see defer.c */
    _Atomic int pending;    /* who still works on the reply: the handler, the one it deferred to */
    _Atomic int references; /* libmicrohttpd's, and one while suspended */
    bool suspended;         /* set before `pending` is shared, then only read */
    bool deferred;          /* the handler called request_defer */
    bool abandoned;         /* under server->deferred_lock: answered 503 at the end of the drain */
    struct http_request *next,
        *previous; /* on server->deferred; `next` also on a thread's free list */
};

/* What a thread keeps: reached by a thread-specific key, closed when the thread ends. */
struct http_thread {
    struct http_server *server;
    struct http_thread *next, *previous; /* on server->threads */
    void *state;                         /* the api's */
    struct shard *shard;                 /* an event thread's counters */
    struct http_request *spare;          /* finished requests, their arenas warm */
    size_t spare_count;
    size_t *body_hints;  /* by route: how long the last body was */
    void *gzip;          /* z_stream, see gzip.c */
    uint64_t random;     /* for request ids */
    struct cache *cache; /* of replies, see recall.c */
};

struct http_server {
    struct server_options options; /* with the standard values filled in */
    struct router *router;
    struct MHD_Daemon *daemon;
    struct limits *_Atomic limits; /* NULL: none */
    _Atomic bool access_log;
    struct pool *workers;
    struct pool *exports; /* one thread, for the pieces of streams */
    _Atomic size_t stream_count;
    struct watch *watch;
    pthread_key_t thread_key;
    pthread_mutex_t threads_lock; /* guards threads */
    struct http_thread *threads;
    pthread_mutex_t deferred_lock; /* guards deferred, closing and each request's abandoned */
    struct http_request *deferred;
    size_t deferred_count;
    bool closing; /* no deferral begins any more */
    _Atomic bool draining;
    _Atomic size_t body_bytes; /* held by all requests together */
    struct shard **shards;
    size_t shard_count;
    _Atomic size_t next_shard;
    struct slice base_segments[TARGET_MAX_SEGMENTS];
    size_t base_segment_count;
    char base_path[256];     /* as it stands in links: "" or "/a/b" */
    struct networks trusted; /* proxies */
    bool cors_allow_any;
    char bound[LISTEN_ADDRESS_MAX];
    int listen_fd;
    bool inherited; /* listen_fd is also others' */
    bool stopped, drained;
};

/* thread.c */
struct http_thread *thread_here(struct http_server *server); /* NULL: out of memory */
void thread_end(void *thread);                               /* the key's destructor */
struct http_request *thread_request_new(struct http_thread *thread);
void thread_request_free(struct http_request *request);

/* request.c */
void request_read_headers(struct http_request *request);
/* Copies what points into the connection's memory, which may vanish before the request does. */
void request_detach(struct http_request *request);

/* origin.c */
bool origin_is_trusted(struct http_request *request); /* the peer is a proxy that is believed */
void origin_find_base(struct http_request *request);  /* for request_base, once the path is known */

/* dispatch.c: libmicrohttpd's callbacks */
void *dispatch_begin(void *cls, const char *target, struct MHD_Connection *connection);
enum MHD_Result dispatch_run(void *cls, struct MHD_Connection *connection, const char *url,
                             const char *method, const char *version, const char *upload,
                             size_t *upload_len, void **context);
void dispatch_end(void *cls, struct MHD_Connection *connection, void **context,
                  enum MHD_RequestTerminationCode code);

/* No handler runs: the reply says why. `code`: the problem's, NULL: that of rc. */
void dispatch_refuse(struct http_request *request, const char *code, enum rc rc,
                     const struct err *e);

/* admit.c: refuse what may not go on */
void admit_check(struct http_request *request); /* once its route or its kept reply is known */
void admit_check_access(struct http_request *request);

/* defer.c */
/* Runs the route's handler inline. True: the reply is ready; false: the connection sleeps. */
bool defer_run_inline(struct http_request *request);
/* Puts the connection to sleep and the handler on the worker pool. As above. */
bool defer_run_worker(struct http_request *request);
/* Answers 503 to every sleeping request and lets no other fall asleep. How many there were. */
size_t defer_abandon_all(struct http_server *server);
/* The connection sleeps until defer_wake, which may come from any thread. On the event thread only. */
void defer_sleep(struct http_request *request);
void defer_wake(struct http_request *request); /* the request may be gone when this returns */
/* The end of a drain doesn't wait for it. */
bool defer_is_abandoned(struct http_request *request);
void defer_release(struct http_request *request); /* drops a reference */

/* reply.c */
/* Turns the reply into the problem document of rc and e. */
void reply_refuse(struct http_request *request, struct http_reply *reply, enum rc rc,
                  const struct err *e);

/* send.c */
/* Last touches that may cost time and so are made on the handler's thread: status of a failed body, gzip. */
void send_prepare(struct http_request *request);
enum MHD_Result send_reply(struct http_request *request, struct http_reply *reply);
/* Writes the reply to the socket past libmicrohttpd, which takes no reply in the middle of a body. The
 * caller then returns MHD_NO to close. */
void send_raw(struct http_request *request, struct http_reply *reply);
/* The parts of send_reply, for replies that are sent again (recall.c). The caller keeps its own reference to the
 * response. */
void send_headers(struct http_request *request, const struct http_reply *reply,
                  struct MHD_Response *response);
bool send_needs_id(const struct http_request *request, int status);
enum MHD_Result send_response(struct http_request *request, int status,
                              struct MHD_Response *response, size_t body_len);
bool cors_is_allowed(const struct http_server *server, struct slice origin);

/* recall.c */
/* Whether the reply is in the cache: then recall_send is all that is left to do. */
bool recall_find(struct http_request *request);
enum MHD_Result recall_send(struct http_request *request);
void recall_let_go(struct http_request *request); /* at the request's end */
/* Keeps the request's reply and sends it, when it may be sent again: *queued is what libmicrohttpd is told. */
bool recall_keep(struct http_request *request, enum MHD_Result *queued);
void recall_done(struct http_thread *thread);

/* gzip.c */
bool gzip_body(struct http_thread *thread, struct buf *body, int level);
/* Unpacks bytes that are ours. False: memory is out. */
bool gunzip_stored(struct slice packed, struct buf *out);
/* A stream's own compressor: NULL when memory is out. */
void *gzip_new(int level);
/* Replaces a piece by what it adds to the compressed stream. False: memory is out. */
bool gzip_piece(void *gzip, struct buf *piece, bool last);
void gzip_done(void *gzip);

/* metrics.c */
enum rc metrics_init(struct http_server *server, struct err *e);
void metrics_done(struct http_server *server);
void metrics_begin(struct http_thread *thread);
void metrics_end(struct http_thread *thread, const struct http_request *request, int64_t took_us);
void metrics_refused_framing(struct http_thread *thread);
void metrics_recalled(struct http_thread *thread);
void metrics_limited(struct http_thread *thread);
void metrics_turned_away(struct http_thread *thread);
uint64_t metrics_in_flight(const struct http_server *server);
int64_t metrics_now_us(void); /* steady */

#endif
