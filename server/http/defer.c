/* Answers that come later: the connection sleeps (MHD_suspend_connection), the reply is made on a worker or
 * wherever the handler sent the request, and the last one who works on it wakes the connection.
 *
 * `pending` counts who still works on the reply: the handler until it returned, and after request_defer the one
 * who will call request_complete. Whoever brings it to 0 owns the request for its last step. At the end of a
 * drain the sleepers are abandoned: their connections wake to a 503 while their request stays in memory, by
 * `references`, until those who work on it are done. */
#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "http/internal.h"

enum { LARGEST_HINT_BYTES = 256 * 1024 };

static void link_deferred(struct http_request *request)
{
    struct http_server *server = request->server;
    request->previous = NULL;
    request->next = server->deferred;
    if (server->deferred) {
        server->deferred->previous = request;
    }
    server->deferred = request;
    server->deferred_count++;
}

static void unlink_deferred(struct http_request *request)
{
    struct http_server *server = request->server;
    if (request->previous) {
        request->previous->next = request->next;
    } else {
        server->deferred = request->next;
    }
    if (request->next) {
        request->next->previous = request->previous;
    }
    server->deferred_count--;
}

/* On the event thread only. From here on the connection wakes by defer_wake() or defer_abandon_all(). */
void defer_sleep(struct http_request *request)
{
    struct http_server *server = request->server;
    request_detach(request);
    watch_set(request->watched, 0);
    request->suspended = true;
    request->stage = STAGE_SUSPENDED;
    atomic_fetch_add(&request->references, 1);
    MHD_suspend_connection(request->connection);
    pthread_mutex_lock(&server->deferred_lock);
    if (server->closing) {
        request->abandoned = true;
        MHD_resume_connection(request->connection);
    } else {
        link_deferred(request);
    }
    pthread_mutex_unlock(&server->deferred_lock);
}

/* The reply is complete. The request may be gone when this returns. */
void defer_wake(struct http_request *request)
{
    struct http_server *server = request->server;
    pthread_mutex_lock(&server->deferred_lock);
    bool abandoned = request->abandoned;
    if (!abandoned) {
        unlink_deferred(request);
        /* libmicrohttpd's own reference keeps the request until the reply is sent. */
        atomic_fetch_sub(&request->references, 1);
        MHD_resume_connection(request->connection);
    }
    pthread_mutex_unlock(&server->deferred_lock);
    if (abandoned) {
        defer_release(request);
    }
}

void defer_release(struct http_request *request)
{
    if (atomic_fetch_sub(&request->references, 1) == 1) {
        thread_request_free(request);
    }
}

size_t defer_abandon_all(struct http_server *server)
{
    pthread_mutex_lock(&server->deferred_lock);
    server->closing = true;
    size_t count = server->deferred_count;
    while (server->deferred) {
        struct http_request *request = server->deferred;
        unlink_deferred(request);
        request->abandoned = true;
        MHD_resume_connection(request->connection);
    }
    pthread_mutex_unlock(&server->deferred_lock);
    return count;
}

/* What follows a handler's return. True: nobody else works on the reply. When false the request must not be
 * touched any more. */
static bool settle(struct http_request *request, enum rc rc, const struct err *e)
{
    bool handed_over = request->deferred && rc == RC_OK;
    int leaving = request->deferred && rc != RC_OK ? 2 : 1; /* a refusal takes the deferral back */
    if (!handed_over) {
        if (rc != RC_OK) {
            reply_refuse(request, &request->reply, rc, e);
        }
        send_prepare(request);
    }
    return atomic_fetch_sub(&request->pending, leaving) == leaving;
}

/* A route's bodies are alike in size: room for one like the last saves growing there from nothing. */
static size_t *body_hint(const struct http_request *request)
{
    struct http_thread *thread = thread_here(request->server);
    return thread ? &thread->body_hints[request->match.route_index] : NULL;
}

static enum rc run_handler(struct http_request *request, struct err *e)
{
    size_t *hint = body_hint(request);
    struct buf *body = &request->reply.body;
    e->rc = RC_OK;
    e->field[0] = e->where[0] = e->message[0] = '\0';
    if (hint && *hint > 0) {
        (void)buf_reserve(body, *hint);
    }
    enum rc rc = request->match.route->handler(request, &request->reply, e);
    if (hint && rc == RC_OK && !request->deferred && body->len > 0) {
        *hint = body->len < LARGEST_HINT_BYTES ? body->len : LARGEST_HINT_BYTES;
    }
    return rc;
}

bool defer_run_inline(struct http_request *request)
{
    struct err e;
    atomic_store_explicit(&request->pending, 1, memory_order_relaxed);
    enum rc rc = run_handler(request, &e);
    bool suspended = request->suspended; /* only this thread sets it */
    bool last = settle(request, rc, &e);
    if (suspended && last) {
        defer_wake(request);
    }
    assert(suspended || last);
    return !suspended;
}

bool defer_is_abandoned(struct http_request *request)
{
    pthread_mutex_lock(&request->server->deferred_lock);
    bool abandoned = request->abandoned;
    pthread_mutex_unlock(&request->server->deferred_lock);
    return abandoned;
}

static void work(void *arg, size_t worker)
{
    (void)worker;
    struct http_request *request = arg;
    struct err e;
    enum rc rc = RC_BUSY;
    if (defer_is_abandoned(request) || request_is_expired(request)) {
        request->reply.problem_code = "timeout";
        err_set(&e, rc, "The request waited too long for a free worker; try again.");
    } else {
        rc = run_handler(request, &e);
    }
    if (settle(request, rc, &e)) {
        defer_wake(request);
    }
}

bool defer_run_worker(struct http_request *request)
{
    struct err e;
    atomic_store(&request->pending, 1);
    defer_sleep(request);
    enum rc rc = pool_submit(request->server->workers, work, request, &e);
    if (rc != RC_OK) {
        err_set(&e, rc, "Too many requests are waiting; try again in a moment.");
        if (settle(request, rc, &e)) {
            defer_wake(request);
        }
    }
    return false;
}

void request_defer(struct http_request *request)
{
    assert(!request->deferred);
    request->deferred = true;
    atomic_fetch_add(&request->pending, 1);
    if (!request->suspended) {
        defer_sleep(request);
    }
}

struct http_reply *request_reply(struct http_request *request)
{
    return &request->reply;
}

void request_complete(struct http_request *request, enum rc rc, const struct err *e)
{
    struct err nomem;
    if (rc != RC_OK) {
        reply_refuse(request, &request->reply, rc, e);
    } else if (request->reply.body.failed) {
        reply_refuse(request, &request->reply, err_nomem(&nomem), &nomem);
    } else if (strcmp(request->match.route->method, "GET") == 0) {
        send_prepare(request); /* of a write's short reply the writer's thread needn't care */
    }
    if (atomic_fetch_sub(&request->pending, 1) == 1) {
        defer_wake(request);
    }
}
