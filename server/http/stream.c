#include "http/stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "http/negotiate.h"

enum { BLOCK_BYTES = 32 * 1024, LARGEST_KEPT_PIECE_BYTES = 4 * 1024 * 1024 };

struct http_stream {
    _Atomic int references;
    _Atomic bool working; /* the next piece is being made: the rest is not the event thread's */
    struct http_request *request;
    reply_next *next;
    void (*done)(void *arg);
    void *arg;
    struct buf piece;
    size_t sent;
    bool last, failed;
    void *gzip; /* NULL: plain */
};

enum rc reply_stream(struct http_request *request, struct http_reply *reply, reply_next *next,
                     void (*done)(void *arg), void *arg, struct err *e)
{
    struct http_server *server = request->server;
    struct http_stream *stream = calloc(1, sizeof *stream);
    if (!stream) {
        return err_nomem(e);
    }
    if (atomic_fetch_add(&server->stream_count, 1) >= server->options.streams) {
        atomic_fetch_sub(&server->stream_count, 1);
        free(stream);
        reply_header(reply, "Retry-After", "5");
        return err_set(e, RC_BUSY, "%zu exports are running, as many as may; try again in a moment",
                       server->options.streams);
    }
    atomic_init(&stream->references, 1);
    atomic_init(&stream->working, false);
    buf_init(&stream->piece);
    stream->request = request;
    stream->next = next;
    stream->done = done;
    stream->arg = arg;
    reply->stream = stream;
    return RC_OK;
}

void stream_release(struct http_stream *stream)
{
    if (!stream || atomic_fetch_sub(&stream->references, 1) != 1) {
        return;
    }
    atomic_fetch_sub(&stream->request->server->stream_count, 1);
    stream->done(stream->arg);
    buf_done(&stream->piece);
    gzip_done(stream->gzip);
    free(stream);
}

static void release_response(void *arg)
{
    stream_release(arg);
}

/* A piece that can't be compressed can't be sent at all: the client was told what is coming. */
static void compress(struct http_stream *stream)
{
    if (stream->gzip && !gzip_piece(stream->gzip, &stream->piece, stream->last)) {
        buf_clear(&stream->piece);
        stream->failed = true;
    }
}

void stream_prepare(struct http_request *request, struct http_reply *reply)
{
    struct http_stream *stream = reply->stream;
    const struct server_options *options = &request->server->options;
    buf_done(&stream->piece);
    stream->piece = reply->body;
    buf_init(&reply->body);
    if (options->gzip_min_bytes > 0 && !reply->no_gzip && reply->status == 200 &&
        reply->header_count < REPLY_MAX_HEADERS &&
        negotiate_gzip(request_header(request, "Accept-Encoding"))) {
        stream->gzip = gzip_new(options->gzip_level);
    }
    if (stream->gzip) {
        reply->headers[reply->header_count++] = (struct http_header){"Content-Encoding", "gzip"};
    }
    compress(stream);
}

/* ---- on the streams' thread */

static void make_piece(void *arg, size_t worker)
{
    (void)worker;
    struct http_stream *stream = arg;
    struct http_request *request = stream->request;
    struct err e = {.rc = RC_BUSY};
    enum rc rc = RC_BUSY;
    if (stream->piece.capacity > LARGEST_KEPT_PIECE_BYTES) {
        buf_done(&stream->piece);
    }
    buf_clear(&stream->piece);
    stream->sent = 0;
    if (!defer_is_abandoned(request)) {
        rc = stream->next(stream->arg, request, &stream->piece, &stream->last, &e);
    }
    if (rc != RC_OK || stream->piece.failed) {
        stream->failed = true;
        log_write(LOG_ERROR, "stream broken off", "error", e.message, "route",
                  request->match.route->operation_id, "request_id", request->id, NULL);
    }
    compress(stream);
    atomic_store(&stream->working, false);
    stream_release(stream);
    defer_wake(request);
}

/* ---- on the event thread */

static void start_piece(struct http_stream *stream)
{
    struct err e;
    atomic_fetch_add(&stream->references, 1);
    atomic_store(&stream->working, true);
    defer_sleep(stream->request);
    /* The queue has room for one piece of each stream that may exist. */
    if (pool_submit(stream->request->server->exports, make_piece, stream, &e) != RC_OK) {
        atomic_store(&stream->working, false);
        stream->failed = true;
        stream_release(stream);
        defer_wake(stream->request);
    }
}

static ssize_t send_some(struct http_stream *stream, char *out, size_t size)
{
    struct http_request *request = stream->request;
    const struct server_options *options = &request->server->options;
    size_t left = stream->piece.len - stream->sent, some = left < size ? left : size;
    memcpy(out, stream->piece.data + stream->sent, some);
    stream->sent += some;
    request->bytes_sent += some;
    watch_set(request->watched, clock_steady_ms() + options->send_timeout_ms +
                                    (int64_t)(left / options->slow_bytes_per_s) * 1000);
    return (ssize_t)some;
}

static ssize_t read_piece(void *cls, uint64_t position, char *out, size_t size)
{
    (void)position;
    struct http_stream *stream = cls;
    if (defer_is_abandoned(stream->request)) {
        return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    if (atomic_load(&stream->working)) {
        return 0;
    }
    if (stream->sent < stream->piece.len) {
        return send_some(stream, out, size);
    }
    if (stream->failed) {
        watch_cut(stream->request->watched); /* the library alone would keep the client waiting */
        return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    if (stream->last) {
        return MHD_CONTENT_READER_END_OF_STREAM;
    }
    start_piece(stream);
    return 0;
}

struct MHD_Response *stream_response(struct http_request *request, struct http_reply *reply)
{
    (void)request;
    struct MHD_Response *response = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, BLOCK_BYTES, read_piece, reply->stream, release_response);
    if (response) {
        reply->stream = NULL;
    }
    return response;
}
