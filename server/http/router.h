/* The route table's type, and finding the route of a path and a method.
 *
 * The table itself lives in api/. From it come 404, 405 + Allow, OPTIONS, HEAD (every GET answers HEAD), the
 * body limits and what runs where. A literal segment beats a parameter, so /entities/suggest and
 * /entities/{entity} live together whatever their order.
 *
 * Errors:  router_new names the route that is malformed or doubled: a programming fault, told at start-up.
 * Memory:  the table must outlive the router.
 * Threads: immutable after router_new.
 */
#ifndef GUILLEMET_HTTP_ROUTER_H
#define GUILLEMET_HTTP_ROUTER_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "http/target.h"

struct http_request;
struct http_reply;

/* Answers one request: fills the reply and returns RC_OK, or returns another rc with `e` filled: the layer
 * makes the problem document (see problem.h). May postpone the answer (see request_defer). */
typedef enum rc http_handler(struct http_request *request, struct http_reply *reply, struct err *e);

enum http_auth { HTTP_AUTH_NONE, HTTP_AUTH_READ, HTTP_AUTH_WRITE, HTTP_AUTH_ADMIN };

enum http_route_flags {
    HTTP_INLINE = 0, /* runs on the event thread: indexed point reads and one-page lists only */
    HTTP_WORKER =
        1 << 0, /* the connection sleeps while a worker runs the handler: searches, writes */
    HTTP_NO_GZIP = 1 << 1,
    HTTP_SUFFIX =
        1 << 3, /* its address may end in a format: server_options.suffixes, request_suffix */
    HTTP_PROBE =
        1 << 2, /* left out of the access log unless it fails; goes on answering while draining */
};

#define HTTP_BODY_DEFAULT SIZE_MAX /* the server's body_limit_bytes */

struct http_route {
    const char *method;       /* "GET", "POST", "PUT", "PATCH" or "DELETE" */
    const char *path;         /* "/articles/{id}/quotes"; "/" is the root */
    const char *operation_id; /* "listArticleQuotes": the name in openapi.yaml, metrics and logs */
    http_handler *handler;
    size_t body_limit_bytes; /* 0: takes no body; HTTP_BODY_DEFAULT: the server's limit */
    enum http_auth auth;
    unsigned flags;       /* enum http_route_flags */
    uint32_t deadline_ms; /* for HTTP_WORKER, from arrival to answer; 0: the server's */
};

#define ROUTER_MAX_PARAMETERS 4

struct router;

struct router *router_new(const struct http_route *routes, size_t count, struct err *e);
void router_free(struct router *router);

enum router_outcome { ROUTER_FOUND, ROUTER_NO_PATH, ROUTER_NO_METHOD, ROUTER_OPTIONS };

struct router_match {
    enum router_outcome outcome;
    const struct http_route *route; /* ROUTER_FOUND only */
    size_t route_index;             /* its place in the table */
    const char *allow;              /* "GET, HEAD, OPTIONS, POST" for all but ROUTER_NO_PATH */
    size_t parameter_count;
    struct http_parameter parameters[ROUTER_MAX_PARAMETERS]; /* {id} → its decoded segment */
};

/* `skip` leading segments (a base path) are left out. */
void router_match(const struct router *router, const char *method, const struct target *target,
                  size_t skip, struct router_match *out);

#endif
