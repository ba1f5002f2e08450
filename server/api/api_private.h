/* The API's own state, for the files of this folder. */
#ifndef GUILLEMET_API_API_PRIVATE_H
#define GUILLEMET_API_API_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "api/api.h"
#include <stdatomic.h>

#include "api/call.h"
#include "api/idempotency.h"
#include "api/job_runner.h"
#include "api/routes.h"
#include "base/pool.h"
#include "http/server.h"

struct api {
    struct api_options options;
    struct http_route *routes;        /* of api_routes(), with the dispatcher as handler */
    const struct resource_use **uses; /* beside routes; NULL: a route without formats */
    size_t route_count;
    const struct http_server *_Atomic server; /* see api_attach */
    pthread_rwlock_t watch_lock;              /* held while metrics look at it */
    struct watcher *watch;                    /* see api_attach_watch */
    struct pool *pool;
    struct store_reader **pool_readers; /* one per worker, opened on first use */
    struct pool *bulk_pool;             /* requests that bring many articles */
    struct job_runner *runner;          /* those that are done later */
    struct claims claims;
    int64_t started_ms;
    atomic_bool stopping; /* nobody waits any more: what takes long ends where it is */
};

/* Of an event thread or a worker of the server. */
struct api_thread {
    struct store_reader *reader;
};

/* Runs the handler, in one moment of the archive where it reads, and gives the reply its format. */
enum rc call_run(struct call *call, struct store_reader *reader, struct err *e);

enum http_access api_authorise(void *context, struct http_request *request, enum http_auth auth,
                               struct err *e);

#endif
