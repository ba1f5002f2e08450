/* Replies whose body comes piece by piece: exports of any size in the memory of one piece.
 *
 * A piece is made on a thread of its own while the connection sleeps, and the next one only when the client has taken
 * it: a slow client holds a piece of memory and no thread. The connection's deadline is that of one piece. One thread
 * makes the pieces of all streams in turn, so all exports together take one core at most.
 *
 * When a piece can't be made, what the callback wrote is still sent and then the connection is cut without the
 * chunked body's end: every HTTP client sees that something is missing.
 *
 * Memory:  the stream is its reply's, then its response's; whoever makes a piece holds a reference besides, for the end of
 *          a drain closes connections whose next piece is still being made.
 */
#ifndef GUILLEMET_HTTP_STREAM_H
#define GUILLEMET_HTTP_STREAM_H

#include "http/internal.h"

/* Takes the reply's body as the first piece; compresses when the client asked for it. */
void stream_prepare(struct http_request *request, struct http_reply *reply);
struct MHD_Response *stream_response(struct http_request *request, struct http_reply *reply);
void stream_release(struct http_stream *stream); /* NULL is fine */

#endif
