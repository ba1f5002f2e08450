#include "api/api_private.h"
#include "api/bulk.h"

#include <stdio.h>
#include <stdlib.h>

#include "api/formats.h"
#include "api/resources.h"
#include "base/clock.h"
#include "base/log.h"
#include "http/negotiate.h"
#include "store/rights.h"

enum {
    STANDARD_READ_TIMEOUT_MS = 1000,
    STANDARD_WORKERS = 2,
    WORKER_QUEUE = 256,
    PAGE_INLINE = 100,
    INLINE_FILTERS = 2,
    LAST_DATE_SORT = 1 /* of sort's choices */
};

/* ---- one request */

static enum rc read_params(struct call *call, struct err *e)
{
    size_t count = request_query_count(call->request);
    struct http_parameter *given = ARENA_ARRAY(call->arena, struct http_parameter, count);
    if (!given) {
        return err_nomem(e);
    }
    for (size_t i = 0; i < count; i++) {
        given[i] = request_query_at(call->request, i);
    }
    struct params_fault fault = {NULL, NULL};
    enum rc rc = params_parse(call->route->http.operation_id,
                              call->route->params | formats_params(call->use), given, count,
                              call->arena, &call->params, &fault, e);
    if (rc == RC_INVALID) {
        reply_problem(call->reply, fault.code, fault.nearest);
    }
    return rc;
}

/* What has no other format than its handler's: JSON, where it is of the archive. */
static enum rc check_accept(struct call *call, struct err *e)
{
    static const char *const offers[] = {"application/json"};
    struct slice accept = request_header(call->request, "Accept");
    if (call->use) {
        return formats_choose(call, e);
    }
    if (!call->route->reads_archive || negotiate_accept(accept, offers, 1) >= 0) {
        return RC_OK;
    }
    reply_problem(call->reply, "not_acceptable", NULL);
    return err_field(e, RC_UNSUPPORTED, "Accept", "this address answers in application/json");
}

/* A condition that nobody looks at would be taken for one that held. */
static enum rc check_condition(struct call *call, struct err *e)
{
    static const char *const conditional[] = {"replaceArticle", "deleteArticle", "updateQuote",
                                              "updateSource", "deleteSource"};
    const struct http_route *route = &call->route->http;
    struct slice condition = slice_trim(request_header(call->request, "If-Match"));
    bool known = strcmp(route->method, "GET") == 0;
    for (size_t i = 0; i < sizeof conditional / sizeof conditional[0]; i++) {
        known = known || strcmp(route->operation_id, conditional[i]) == 0;
    }
    if (known || !slice_present(condition) || slice_is(condition, "*")) {
        return RC_OK;
    }
    return err_field(e, RC_INVALID, "If-Match",
                     "there is no version to match here: If-Match is for PUT and DELETE "
                     "/articles/{id}, PATCH /quotes/{id}, PATCH and DELETE /sources/{id}");
}

/* Searches, and pages that are many reads in one: they would hold up an event thread's other connections. */
static bool is_long(const struct call *call)
{
    if (call->route->http.flags & HTTP_WORKER) {
        return false; /* runs on a worker already */
    }
    /* Those that words or an index's every entry may have to be looked at for. */
    static const enum param long_ones[] = {
        P_Q,           P_OFFSETS,         P_CHANNEL,        P_SPEAKER_KIND, P_CUE_CLASS,
        P_NEGATED,     P_HYPOTHETICAL,    P_IN_HEADLINE,    P_REPORTED_BY,  P_SECTION,
        P_AUTHOR,      P_MIN_CONFIDENCE,  P_MAX_CONFIDENCE, P_HAS_QUOTES,   P_MIN_QUOTES,
        P_MIN_WORDS,   P_MAX_WORDS,       P_MIN_ARTICLES,   P_ORDER,        P_DATE,
        P_ROLE_QUOTES, P_FACETS_ARTICLES, P_FACETS_QUOTES,
    };
    bool is_long = call_param(call, P_LIMIT)->number > PAGE_INLINE ||
                   call_param(call, P_SORT_ARTICLES)->number > LAST_DATE_SORT ||
                   call_param(call, P_SORT_QUOTES)->number > LAST_DATE_SORT ||
                   call_param(call, P_INCLUDE_LIST)->number != 0 || call->format == FORMAT_HTML;
    size_t clauses = 0;
    for (unsigned p = 0; p < PARAM_COUNT; p++) {
        const struct param_clause *given = call_param(call, p)->clauses;
        for (; given; given = given->next) {
            /* One plain value leads through its index, and so do two; what else is asked may be rare. */
            clauses += given->negated || given->count > 1 ? INLINE_FILTERS + 1 : 1;
        }
    }
    is_long = is_long || clauses > INLINE_FILTERS;
    for (size_t i = 0; i < sizeof long_ones / sizeof long_ones[0]; i++) {
        is_long = is_long || call_param(call, long_ones[i])->given;
    }
    return is_long;
}

void call_reads_anew(struct call *call)
{
    uint32_t timeout_ms = call->api->options.read_timeout_ms;
    store_reader_deadline(call->reader, clock_steady_ms() + timeout_ms);
}

enum rc call_run(struct call *call, struct store_reader *reader, struct err *e)
{
    call->reader = reader;
    if (reader) {
        call_reads_anew(call);
        store_reader_rights(reader, call->api->options.rights);
    }
    if (!reader || strcmp(call->route->http.method, "GET") != 0) {
        return call->route->handler(call, e);
    }
    /* All that one answer says is of one moment, its ETag's. */
    enum rc rc = store_reader_begin(reader, e);
    if (rc == RC_OK) {
        rc = call->route->handler(call, e);
        rc = rc == RC_OK ? formats_apply(call, e) : rc;
        store_reader_end(reader);
    }
    return rc;
}

static enum rc run_here(struct call *call, struct err *e)
{
    struct api_thread *thread = NULL;
    if (call->route->reads_archive) {
        thread = request_thread_state(call->request, e);
        if (!thread) {
            return e->rc;
        }
    }
    return call_run(call, thread ? thread->reader : NULL, e);
}

static void run_on_worker(void *arg, size_t worker)
{
    struct call *call = arg;
    struct store_reader **reader = &call->api->pool_readers[worker];
    struct err e = {.rc = RC_OK};
    enum rc rc = RC_OK;
    call->reply = request_reply(call->request);
    if (!*reader) {
        rc = store_reader_open(call_store(call), reader, &e);
    }
    if (rc == RC_OK) {
        rc = call_run(call, *reader, &e);
    }
    request_complete(call->request, rc, &e);
}

static enum rc api_dispatch(struct http_request *request, struct http_reply *reply, struct err *e)
{
    struct api *api = request_context(request);
    struct call *call = ARENA_NEW(request_arena(request), struct call);
    if (!call) {
        return err_nomem(e);
    }
    size_t count;
    call->api = api;
    size_t place = (size_t)(request_route(request) - api->routes);
    call->route = &api_routes(&count)[place];
    call->use = api->uses[place];
    call->request = request;
    call->reply = reply;
    call->arena = request_arena(request);
    call->base = request_base(request);
    reply->vary = call->route->reads_archive ? "Accept" : NULL;
    enum rc rc = read_params(call, e);
    rc = rc == RC_OK ? check_accept(call, e) : rc;
    rc = rc == RC_OK ? check_condition(call, e) : rc;
    if (rc != RC_OK) {
        return rc;
    }
    if (is_long(call)) {
        request_defer(request);
        return pool_submit(api->pool, run_on_worker, call, e);
    }
    return run_here(call, e);
}

/* ---- the server's threads */

static void *thread_open(void *context, struct err *e)
{
    struct api *api = context;
    struct api_thread *thread = calloc(1, sizeof *thread);
    if (!thread) {
        err_nomem(e);
        return NULL;
    }
    if (store_reader_open(api->options.store, &thread->reader, e) != RC_OK) {
        free(thread);
        return NULL;
    }
    return thread;
}

static void thread_close(void *context, void *state)
{
    (void)context;
    struct api_thread *thread = state;
    store_reader_close(thread->reader);
    free(thread);
}

/* What every reply with an ETag holds for. */
static bool data_version(void *context, void *state, uint64_t *version)
{
    (void)context;
    const struct api_thread *thread = state;
    struct err e;
    store_reader_deadline(thread->reader, 0);
    return store_version(thread->reader, version, &e) == RC_OK;
}

/* ---- life */

/* Links and Link headers take it as it is: nothing in it may need escaping. */
static enum rc check_base(const char *option, const char *base, bool must_be_url, struct err *e)
{
    if (!base) {
        return RC_OK;
    }
    struct slice url = slice_cstr(base);
    bool good = must_be_url
                    ? slice_starts(url, SLICE("http://")) || slice_starts(url, SLICE("https://"))
                    : slice_starts(url, SLICE("/"));
    for (size_t i = 0; good && i < url.len; i++) {
        char c = url.ptr[i];
        good = c > ' ' && c < 127 && !strchr("\"<>\\^`{|}?#", c);
    }
    if (!good || slice_ends(url, SLICE("/"))) {
        return err_field(e, RC_INVALID, option, "'%s' is no %s without a trailing '/'", base,
                         must_be_url ? "http(s) address" : "path");
    }
    return RC_OK;
}

static enum rc fill(struct api *api, struct err *e)
{
    const struct api_route *routes = api_routes(&api->route_count);
    api->routes = calloc(api->route_count, sizeof *api->routes);
    api->uses = calloc(api->route_count, sizeof *api->uses);
    api->pool_readers = calloc(api->options.workers, sizeof *api->pool_readers);
    if (!api->routes || !api->uses || !api->pool_readers) {
        return err_nomem(e);
    }
    for (size_t i = 0; i < api->route_count; i++) {
        api->routes[i] = routes[i].http;
        api->routes[i].handler = api_dispatch;
        api->uses[i] = resource_use_find(routes[i].http.operation_id);
        api->routes[i].flags |= api->uses[i] ? (unsigned)HTTP_SUFFIX : 0;
    }
    api->pool = pool_new(api->options.workers, WORKER_QUEUE, e);
    api->bulk_pool = api->pool ? pool_new(BULK_THREADS, BULK_WAITING_MOST, e) : NULL;
    if (!api->bulk_pool) {
        return e->rc;
    }
    if (api->options.pipeline) {
        api->runner = job_runner_new(api->options.store, api->options.pipeline, e);
        return api->runner ? RC_OK : e->rc;
    }
    return RC_OK;
}

enum rc api_new(const struct api_options *options, struct api **out, struct err *e)
{
    enum rc rc = check_base("public-url", options->base_url, true, e);
    rc = rc == RC_OK ? check_base("base-path", options->base_path, false, e) : rc;
    if (rc != RC_OK) {
        return rc;
    }
    struct api *api = calloc(1, sizeof *api);
    if (!api) {
        return err_nomem(e);
    }
    api->options = *options;
    api->started_ms = clock_now_ms();
    claims_init(&api->claims);
    pthread_rwlock_init(&api->watch_lock, NULL);
    atomic_init(&api->stopping, false);
    if (api->options.read_timeout_ms == 0) {
        api->options.read_timeout_ms = STANDARD_READ_TIMEOUT_MS;
    }
    if (api->options.workers == 0) {
        api->options.workers = STANDARD_WORKERS;
    }
    rc = fill(api, e);
    if (rc != RC_OK) {
        api_free(api);
        return rc;
    }
    *out = api;
    return RC_OK;
}

void api_drain(struct api *api)
{
    atomic_store(&api->stopping, true);
    job_runner_free(api->runner);
    api->runner = NULL;
    if (api->bulk_pool) {
        pool_free(api->bulk_pool);
        api->bulk_pool = NULL;
    }
    if (api->pool) {
        pool_free(api->pool);
        api->pool = NULL;
        for (size_t i = 0; i < api->options.workers; i++) {
            store_reader_close(api->pool_readers[i]);
            api->pool_readers[i] = NULL;
        }
    }
}

void api_free(struct api *api)
{
    if (!api) {
        return;
    }
    api_drain(api);
    claims_done(&api->claims);
    pthread_rwlock_destroy(&api->watch_lock);
    free(api->pool_readers);
    free(api->routes);
    free(api->uses);
    free(api);
}

void api_configure(struct api *api, struct server_options *http)
{
    http->routes = api->routes;
    http->route_count = api->route_count;
    http->context = api;
    http->thread_open = thread_open;
    http->thread_close = thread_close;
    http->version = data_version;
    http->suffixes = formats_suffixes();
    http->authorise = api_authorise;
    http->base_path = api->options.base_path;
    http->public_url = api->options.base_url;
}

void api_configure_admin(struct api *api, struct server_options *http)
{
    size_t first = 0, count = 0;
    while (!(api->routes[first].flags & HTTP_PROBE)) {
        first++;
    }
    while (first + count < api->route_count && api->routes[first + count].flags & HTTP_PROBE) {
        count++;
    }
    http->routes = api->routes + first;
    http->route_count = count;
    http->context = api;
    http->thread_open = thread_open;
    http->thread_close = thread_close;
    http->public_url = api->options.base_url;
}

void api_attach(struct api *api, const struct http_server *server)
{
    atomic_store(&api->server, server);
}

void api_attach_watch(struct api *api, struct watcher *watch)
{
    pthread_rwlock_wrlock(&api->watch_lock);
    api->watch = watch;
    pthread_rwlock_unlock(&api->watch_lock);
}

struct store *call_store(const struct call *call)
{
    return call->api->options.store;
}

struct pipeline *call_pipeline(const struct call *call)
{
    return call->api->options.pipeline;
}
