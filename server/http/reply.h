/* What a handler fills to answer.
 *
 * Shape:   a reply starts as 200 application/json with an empty body; the handler writes into reply->body (a
 *          buf whose bytes go out without a copy) or names bytes that are stored for ever.
 *          HEAD, gzip, CORS, Date, X-Request-Id, Vary and Content-Length are the layer's business.
 * Errors:  a failed body buf becomes a 503 problem; handlers needn't check it.
 * Memory:  header names and content types are literals or live in the request's arena; values given to
 *          reply_header are copied.
 */
#ifndef GUILLEMET_HTTP_REPLY_H
#define GUILLEMET_HTTP_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/jsonw.h"
#include "base/slice.h"
#include "http/request.h"

#define REPLY_MAX_HEADERS 12

struct http_header {
    const char *name, *value;
};

struct http_stream;

struct http_reply {
    int status;
    const char *content_type; /* NULL: none (a 204) */
    const char
        *cache_control; /* NULL: HTTP_REVALIDATE where a GET gives 200, 300 or 304; "": none */
    const char *etag;   /* complete: W/"…"; NULL: none */
    const char *vary;   /* what the representation depends on beside encoding: "Accept"; or NULL */
    struct buf body;
    bool stored_is_gzip; /* sent so, or unpacked for a client that can't */
    struct slice stored; /* present: sent instead of body; the bytes outlive the server */
    struct http_header headers[REPLY_MAX_HEADERS];
    size_t header_count;
    bool no_gzip;
    bool passing;               /* depends on the time of day too: not kept to be sent again */
    struct http_stream *stream; /* see reply_stream */
    /* for problems: refine what the rc says by itself */
    const char *problem_code; /* see problem.h */
    const char *nearest;      /* "did you mean" */
    struct arena *arena;
};

#define HTTP_REVALIDATE "max-age=0, must-revalidate"
/* What changes with the program alone, and may be a little old meanwhile. */
#define HTTP_KEEP       "public, max-age=3600"

/* Extra headers: Location, Link, Retry-After, Content-Disposition … Values with controls are dropped. */
void reply_header(struct http_reply *reply, const char *name, const char *value, ...)
    ERR_PRINTF(3, 4);
void reply_header_text(struct http_reply *reply, const char *name, struct slice value);
/* Starts a JSON body. */
struct jsonw reply_jsonw(struct http_reply *reply);
void reply_stored(struct http_reply *reply, const char *content_type, struct slice bytes);

/* Makes the next piece of a body, on a thread that may wait for the archive: appends to `out`, says when it was the
 * last. Another rc than RC_OK breaks the reply off after what was written. */
typedef enum rc reply_next(void *arg, struct http_request *request, struct buf *out, bool *last,
                           struct err *e);
/* The body goes on after reply->body, piece by piece, in bounded memory (see stream.h). `done` is called with `arg` once,
 * whatever becomes of the reply; after RC_BUSY (too many streams) or RC_NOMEM never. */
enum rc reply_stream(struct http_request *request, struct http_reply *reply, reply_next *next,
                     void (*done)(void *arg), void *arg, struct err *e);
/* A reply of one's own, for handlers that are run for the sake of their bodies. */
void reply_init(struct http_reply *reply, struct arena *arena);
/* Forgets what was written so far: status 200, empty body, no headers. */
void reply_reset(struct http_reply *reply);

/* Sets the ETag (weak comparison, lists and `*` understood). True: the client has it already, the reply is
 * now a 304 and the handler returns RC_OK at once. Only for GET and HEAD. */
bool reply_not_modified(struct http_request *request, struct http_reply *reply, const char *etag);
/* If-Match: true when the header is absent, `*` or names the tag. (Weak tags compare by their text: ours are
 * versions of the resource, not of its bytes.) */
bool reply_if_match(struct http_request *request, const char *etag);

/* For refusals that no rc says exactly: reply_problem(reply, "precondition_failed", NULL) and then
 * `return err_set(e, RC_CONFLICT, …)`. `code` is one of problem_kinds(). */
void reply_problem(struct http_reply *reply, const char *code, const char *nearest);

#endif
