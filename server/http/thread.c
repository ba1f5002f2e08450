#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "http/internal.h"

/* A reply buffer that wasn't sent (a 304, a HEAD's) waits for the next reply. */
static const size_t LARGEST_KEPT_BODY_BYTES = 64 * 1024;

static void request_destroy(struct http_request *request)
{
    buf_done(&request->body);
    buf_done(&request->reply.body);
    arena_free(request->arena);
    free(request);
}

static void thread_link(struct http_thread *thread)
{
    struct http_server *server = thread->server;
    pthread_mutex_lock(&server->threads_lock);
    thread->next = server->threads;
    if (server->threads) {
        server->threads->previous = thread;
    }
    server->threads = thread;
    pthread_mutex_unlock(&server->threads_lock);
}

static void thread_unlink(struct http_thread *thread)
{
    struct http_server *server = thread->server;
    pthread_mutex_lock(&server->threads_lock);
    if (thread->previous) {
        thread->previous->next = thread->next;
    } else {
        server->threads = thread->next;
    }
    if (thread->next) {
        thread->next->previous = thread->previous;
    }
    pthread_mutex_unlock(&server->threads_lock);
}

static struct http_thread *thread_new(struct http_server *server)
{
    struct http_thread *thread = calloc(1, sizeof *thread);
    size_t *hints = calloc(server->options.route_count + 1, sizeof *hints);
    if (!thread || !hints) {
        free(thread);
        free(hints);
        return NULL;
    }
    thread->server = server;
    thread->body_hints = hints;
    if (getrandom(&thread->random, sizeof thread->random, GRND_NONBLOCK) < 0) {
        thread->random =
            (uint64_t)metrics_now_us() * UINT64_C(0x9e3779b97f4a7c15) + (uintptr_t)thread;
    }
    thread_link(thread);
    return thread;
}

struct http_thread *thread_here(struct http_server *server)
{
    struct http_thread *thread = pthread_getspecific(server->thread_key);
    if (!thread && (thread = thread_new(server))) {
        if (pthread_setspecific(server->thread_key, thread) != 0) {
            thread_end(thread);
            thread = NULL;
        }
    }
    return thread;
}

void thread_end(void *arg)
{
    struct http_thread *thread = arg;
    const struct server_options *options = &thread->server->options;
    thread_unlink(thread);
    if (thread->state && options->thread_close) {
        options->thread_close(options->context, thread->state);
    }
    while (thread->spare) {
        struct http_request *next = thread->spare->next;
        request_destroy(thread->spare);
        thread->spare = next;
    }
    gzip_done(thread->gzip);
    recall_done(thread);
    free(thread->body_hints);
    free(thread);
}

struct http_request *thread_request_new(struct http_thread *thread)
{
    struct http_request *request = thread->spare;
    if (request) {
        thread->spare = request->next;
        thread->spare_count--;
        return request;
    }
    request = malloc(sizeof *request);
    if (!request) {
        return NULL;
    }
    request->arena = arena_new(thread->server->options.arena_limit_bytes);
    if (!request->arena) {
        free(request);
        return NULL;
    }
    buf_init(&request->body);
    reply_init(&request->reply, request->arena);
    return request;
}

void thread_request_free(struct http_request *request)
{
    struct http_thread *thread = pthread_getspecific(request->server->thread_key);
    buf_done(&request->body);
    reply_reset(&request->reply); /* lets go of a stream that was never sent */
    if (request->reply.body.capacity > LARGEST_KEPT_BODY_BYTES) {
        buf_done(&request->reply.body);
    }
    if (!thread || thread->spare_count >= KEPT_REQUESTS) {
        request_destroy(request);
        return;
    }
    arena_reset(request->arena);
    request->next = thread->spare;
    thread->spare = request;
    thread->spare_count++;
}
