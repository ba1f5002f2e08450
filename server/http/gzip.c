#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#include "http/internal.h"

enum { GZIP_WRAPPER = 16, WINDOW_BITS = 15, MEMORY_LEVEL = 8 };

static z_stream *stream_new(int level)
{
    z_stream *stream = calloc(1, sizeof *stream);
    if (stream && deflateInit2(stream, level, Z_DEFLATED, WINDOW_BITS + GZIP_WRAPPER, MEMORY_LEVEL,
                               Z_DEFAULT_STRATEGY) != Z_OK) {
        free(stream);
        return NULL;
    }
    return stream;
}

/* A stream is 256 KB of tables: made once per thread, then reset. */
static z_stream *stream_here(struct http_thread *thread, int level)
{
    z_stream *stream = thread->gzip;
    if (stream) {
        return deflateReset(stream) == Z_OK ? stream : NULL;
    }
    stream = stream_new(level);
    if (!stream) {
        return NULL;
    }
    thread->gzip = stream;
    return stream;
}

/* Replaces the body by its compressed form when that is shorter. */
bool gzip_body(struct http_thread *thread, struct buf *body, int level)
{
    z_stream *stream = stream_here(thread, level);
    if (!stream || body->len > UINT_MAX / 2) {
        return false;
    }
    struct buf packed;
    buf_init(&packed);
    if (!buf_reserve(&packed, deflateBound(stream, body->len))) {
        return false;
    }
    stream->next_in = (Bytef *)body->data;
    stream->avail_in = (uInt)body->len;
    stream->next_out = (Bytef *)packed.data;
    stream->avail_out = (uInt)(packed.capacity < UINT_MAX ? packed.capacity : UINT_MAX);
    if (deflate(stream, Z_FINISH) != Z_STREAM_END || stream->total_out >= body->len) {
        buf_done(&packed);
        return false;
    }
    packed.len = stream->total_out;
    buf_done(body);
    *body = packed;
    return true;
}

bool gunzip_stored(struct slice packed, struct buf *out)
{
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)packed.ptr, .avail_in = (uInt)packed.len};
    int status = inflateInit2(&stream, WINDOW_BITS + GZIP_WRAPPER);
    while (status == Z_OK && buf_reserve(out, packed.len * 2)) {
        size_t room = out->capacity - out->len - 1;
        stream.next_out = (Bytef *)out->data + out->len;
        stream.avail_out = (uInt)room;
        status = inflate(&stream, Z_NO_FLUSH);
        out->len += room - stream.avail_out;
    }
    (void)inflateEnd(&stream);
    return status == Z_STREAM_END && !out->failed;
}

void *gzip_new(int level)
{
    return stream_new(level);
}

bool gzip_piece(void *gzip, struct buf *piece, bool last)
{
    z_stream *stream = gzip;
    struct buf packed;
    if (piece->len == 0 && !last) {
        return !piece->failed;
    }
    buf_init(&packed);
    if (piece->failed || piece->len > UINT_MAX / 2 ||
        !buf_reserve(&packed, deflateBound(stream, piece->len) + 16)) {
        return false;
    }
    stream->next_in = (Bytef *)(piece->data ? piece->data : "");
    stream->avail_in = (uInt)piece->len;
    stream->next_out = (Bytef *)packed.data;
    stream->avail_out = (uInt)(packed.capacity < UINT_MAX ? packed.capacity : UINT_MAX);
    uInt room = stream->avail_out;
    int status = deflate(stream, last ? Z_FINISH : Z_SYNC_FLUSH);
    if (status != (last ? Z_STREAM_END : Z_OK) || stream->avail_in > 0) {
        buf_done(&packed);
        return false;
    }
    packed.len = room - stream->avail_out;
    buf_done(piece);
    *piece = packed;
    return true;
}

void gzip_done(void *gzip)
{
    if (gzip) {
        deflateEnd(gzip);
        free(gzip);
    }
}
