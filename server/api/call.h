/* One request on its way through the API: what every handler is given.
 *
 * Shape:   api_dispatch (api.c) reads and checks the parameters, opens the reader, and hands a struct call to
 *          the route's handler, on the event thread or, for what may take longer, on a worker.
 * Errors:  handlers return an rc with `e` filled: http/ makes the problem document.
 * Memory:  in the request's arena.
 */
#ifndef GUILLEMET_API_CALL_H
#define GUILLEMET_API_CALL_H

#include "api/params.h"
#include "http/reply.h"
#include "http/request.h"
#include "ingest/pipeline.h"
#include "store/store.h"

struct api;
struct api_route;
struct resource_use;
struct field_paths;
struct claim;
struct store_filter;
struct store_facet_counts;

struct call {
    struct api *api;
    const struct api_route *route;
    struct http_request *request;
    struct http_reply *reply;
    struct arena *arena;
    struct store_reader *reader;
    struct slice base; /* what every link starts with: "", "/prefix" or "https://host/prefix" */
    struct params params;
    /* How the answer is shown, see formats.h. */
    const struct resource_use *use; /* NULL: in the handler's own format */
    int format;                     /* enum format */
    const struct field_paths *fields;
    bool continued;                     /* not the first page of an export */
    struct slice next_cursor;           /* set by call_list_end; absent: the list ends here */
    struct claim *claim;                /* of an Idempotency-Key, see idempotency.h; NULL: none */
    const struct store_filter *faceted; /* of a list that may have facets: facets.h */
    int faceted_list;                   /* enum store_list */
    const struct store_facet_counts *facets; /* once they are counted: facets_find */
    size_t facet_count;
};

typedef enum rc call_handler(struct call *call, struct err *e);

/* RC_NOT_FOUND for an entity that nothing is called, with the name that may have been meant. Passes others on. */
enum rc call_entity_refuse(struct call *call, struct slice asked, enum rc rc, struct err *e);

static inline const struct param_value *call_param(const struct call *call, enum param param)
{
    return &call->params.values[param];
}

struct store *call_store(const struct call *call);
/* After a change, which may have taken long: what is read for the answer has its own time. */
void call_reads_anew(struct call *call);
struct pipeline *call_pipeline(const struct call *call);

/* Sets the ETag: `resource` (may be "") and what the reply depends on: archive version, build, base, request.
 * *fresh: the client has it already; the reply is a 304, return RC_OK at once. */
enum rc call_etag(struct call *call, const char *resource, bool *fresh, struct err *e);

/* The {id} of the path. RC_NOT_FOUND when it can't be an id. `what`: "article" or "quote", for the message. */
enum rc call_path_id(const struct call *call, const char *what, uint64_t *id, struct err *e);

/* Finds the one entity that a text names: RC_NOT_FOUND, RC_GONE; a name that several share is RC_INVALID for
 * `field`, listing their ids. */
enum rc call_entity(struct call *call, const char *field, struct slice text, uint64_t *id,
                    struct err *e);
/* The choices that a repeated parameter leaves: all when it isn't given. */
unsigned call_choices(const struct call *call, enum param param);
/* What order= makes of a sort whose rows come smallest first when `ascending`, else largest. */
enum rc call_order(const struct call *call, bool ascending, enum store_sort *sort, bool *reversed,
                   struct err *e);
/* If-Match on a write: "3", W/"3" and the whole ETag of GET (W/"3.…") name revision 3. 0: any revision. `address`: for the
 * message, of what has revisions. */
enum rc call_if_match(struct call *call, const char *address, uint32_t *revision, struct err *e);
/* If-None-Match: * on a write: only what isn't there yet. */
bool call_if_none(const struct call *call);

/* Begins a list's object; items follow, then call_list_end with the page. */
struct jsonw call_list_begin(struct call *call);
enum rc call_list_end(struct call *call, struct jsonw *w, const struct store_page *page,
                      struct err *e);
/* A list without rows. */
enum rc call_list_empty(struct call *call, struct err *e);

#endif
