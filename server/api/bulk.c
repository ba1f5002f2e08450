#include "api/bulk.h"

#include <stdlib.h>

#include "api/api_private.h"
#include "api/jobs.h"
#include "api/links.h"
#include "api/view.h"
#include "http/negotiate.h"
#include "http/problem.h"

/* One request's; in its arena, but for `results`. */
struct bulk_call {
    struct call *call;
    struct ingest_hints hints;
    struct slice body; /* unpacked */
    struct ingest_source *source;
    bool dry_run, if_none;
    struct buf results;
    struct jsonw w;
    int64_t outcomes[OUTCOME_DELETED + 1], failed, items;
};

/* ---- results */

const char *bulk_problem_code(enum rc rc, bool if_none)
{
    return rc == RC_CONFLICT && if_none ? "precondition_failed" : problem_of(rc)->code;
}

void bulk_write_problem(struct jsonw *w, struct slice base, const char *code,
                        const struct err *fault)
{
    struct buf problem;
    buf_init(&problem);
    problem_write(&problem, problem_find(code), fault, base, NULL, NULL);
    jsonw_key(w, "problem");
    jsonw_raw(w, buf_view(&problem));
    w->out->failed = w->out->failed || problem.failed;
    buf_done(&problem);
}

static void write_taken(struct bulk_call *bulk, const struct bulk_item *item)
{
    struct jsonw *w = &bulk->w;
    bool created = !bulk->dry_run && item->outcome == OUTCOME_CREATED;
    jsonw_key_int(w, "status", created ? 201 : 200);
    jsonw_key_text(w, "outcome", bulk->dry_run ? NULL : outcome_name(item->outcome));
    links_write_id(w, "id", item->id);
    if (bulk->dry_run) {
        jsonw_key_null(w, "revision");
        jsonw_key(w, "counts");
        jsonw_object(w);
        jsonw_key_int(w, "entities", (int64_t)item->entity_count);
        jsonw_key_int(w, "quotes", (int64_t)item->quote_count);
        jsonw_end(w);
    } else {
        jsonw_key_int(w, "revision", item->revision);
    }
    jsonw_key(w, "warnings");
    jsonw_array(w);
    view_warnings(w, item->warnings, item->warning_count);
    jsonw_end(w);
    jsonw_key_null(w, "problem");
}

static void write_refused(struct bulk_call *bulk, const struct bulk_item *item)
{
    struct jsonw *w = &bulk->w;
    const char *code = bulk_problem_code(item->rc, bulk->if_none);
    jsonw_key_int(w, "status", problem_find(code)->status);
    jsonw_key_null(w, "outcome");
    jsonw_key_null(w, "id");
    jsonw_key_null(w, "revision");
    jsonw_key(w, "warnings");
    jsonw_array(w);
    jsonw_end(w);
    bulk_write_problem(w, bulk->call->base, code, &item->err);
}

static void on_item(void *context, const struct bulk_item *item)
{
    struct bulk_call *bulk = context;
    struct jsonw *w = &bulk->w;
    bulk->items++;
    jsonw_object(w);
    jsonw_key_int(w, "index", (int64_t)item->index);
    if (item->line) {
        jsonw_key_int(w, "line", (int64_t)item->line);
    } else {
        jsonw_key_null(w, "line");
    }
    if (item->rc == RC_OK) {
        bulk->outcomes[item->outcome] += !bulk->dry_run;
        write_taken(bulk, item);
    } else {
        bulk->failed++;
        write_refused(bulk, item);
    }
    jsonw_end(w);
}

static void write_reply(struct bulk_call *bulk, struct buf *out)
{
    struct jsonw w;
    jsonw_init(&w, out, 0);
    jsonw_object(&w);
    jsonw_key(&w, "items");
    jsonw_raw(&w, buf_view(&bulk->results));
    jsonw_key(&w, "totals");
    jsonw_object(&w);
    jsonw_key_int(&w, "items", bulk->items);
    jsonw_key_int(&w, "created", bulk->outcomes[OUTCOME_CREATED]);
    jsonw_key_int(&w, "revised", bulk->outcomes[OUTCOME_REVISED]);
    jsonw_key_int(&w, "unchanged", bulk->outcomes[OUTCOME_UNCHANGED]);
    jsonw_key_int(&w, "failed", bulk->failed);
    jsonw_end(&w);
    jsonw_key_bool(&w, "dry_run", bulk->dry_run);
    jsonw_end(&w);
    out->failed = out->failed || bulk->results.failed;
}

/* ---- running */

static bool is_stopping(void *context)
{
    const struct bulk_call *bulk = context;
    return atomic_load(&bulk->call->api->stopping);
}

static enum rc run_items(struct bulk_call *bulk, struct err *e)
{
    struct bulk_options options = {.pipeline = call_pipeline(bulk->call),
                                   .source = bulk->source,
                                   .dry_run = bulk->dry_run,
                                   .if_none = bulk->if_none,
                                   .revive = call_param(bulk->call, P_REVIVE)->number,
                                   .who = request_caller(bulk->call->request),
                                   .request = slice_cstr(request_id(bulk->call->request)),
                                   .each = on_item,
                                   .stop = is_stopping,
                                   .context = bulk};
    jsonw_init(&bulk->w, &bulk->results, 0);
    jsonw_array(&bulk->w);
    enum rc rc = bulk_run(&options, e);
    jsonw_end(&bulk->w);
    if (rc == RC_OK && is_stopping(bulk)) {
        rc = err_set(e, RC_BUSY, "the service is stopping: send what is left again");
    }
    return rc;
}

static enum rc answer(struct bulk_call *bulk, struct err *e)
{
    struct call *call = bulk->call;
    call->reply->status = bulk->failed ? 207 : 200;
    write_reply(bulk, &call->reply->body);
    struct store_replay *replay = idempotency_replay(call);
    if (!replay || call->reply->body.failed) {
        return RC_OK;
    }
    replay->status = call->reply->status;
    replay->body = buf_view(&call->reply->body);
    enum rc rc = store_replay_keep(call_store(call), replay, e);
    return rc == RC_TOO_LARGE ? RC_OK
                              : rc; /* its items are durable: done again they are unchanged */
}

static void run(void *arg, size_t worker)
{
    struct bulk_call *bulk = arg;
    struct call *call = bulk->call;
    struct err e = {0};
    (void)worker;
    call->reply = request_reply(call->request);
    enum rc rc = run_items(bulk, &e);
    rc = rc == RC_OK ? answer(bulk, &e) : rc;
    ingest_close(bulk->source);
    buf_done(&bulk->results);
    idempotency_end(call);
    request_complete(call->request, rc, &e);
}

/* ---- the door */

/* What names one article can't be said of many. */
static enum rc refuse_single(const struct call *call, struct err *e)
{
    static const enum param single[] = {P_DOC_URL, P_DOC_EXTERNAL_ID, P_DOC_TITLE};
    for (size_t i = 0; i < sizeof single / sizeof single[0]; i++) {
        const char *name = param_spec(single[i])->name;
        if (call_param(call, single[i])->given) {
            return err_field(e, RC_INVALID, name,
                             "%s belongs to one article: put it into each document of the bulk",
                             name);
        }
    }
    return RC_OK;
}

static enum rc open_source(struct bulk_call *bulk, int64_t most, size_t *total, struct err *e)
{
    enum rc rc = refuse_single(bulk->call, e);
    if (rc == RC_OK) {
        rc = ingest_open_bytes(bulk->body, &bulk->hints, &bulk->source, e);
    }
    if (rc != RC_OK) {
        return rc;
    }
    rc = ingest_total(bulk->source, total, e);
    if (rc == RC_OK && *total == 0) {
        rc = err_set(e, RC_INVALID, "the body holds no document");
    }
    if (rc == RC_OK && (int64_t)*total > most) {
        rc = err_set(e, RC_TOO_LARGE,
                     "the body holds %zu documents, at most %lld are taken at a "
                     "time: send it in parts",
                     *total, (long long)most);
    }
    if (rc != RC_OK) {
        ingest_close(bulk->source);
    }
    return rc;
}

/* Prefer: respond-async, maybe among others. */
static bool wants_async(const struct call *call)
{
    struct slice rest = request_header(call->request, "Prefer");
    while (slice_present(rest)) {
        struct slice preference = slice_cut(&rest, ',');
        struct slice name = slice_trim(slice_cut(&preference, ';'));
        if (negotiate_equal_nocase(name, "respond-async")) {
            return true;
        }
    }
    return false;
}

enum rc bulk_post(struct call *call, const struct ingest_hints *hints, struct slice body,
                  struct err *e)
{
    struct bulk_call *bulk = ARENA_NEW(call->arena, struct bulk_call);
    if (!bulk) {
        return err_nomem(e);
    }
    *bulk = (struct bulk_call){.call = call,
                               .hints = *hints,
                               .body = body,
                               .dry_run = call_param(call, P_DRY_RUN)->number,
                               .if_none = call_if_none(call)};
    bulk->hints.content_encoding = SLICE_NONE;
    buf_init(&bulk->results);
    bool async = wants_async(call) && !bulk->dry_run;
    size_t total = 0;
    enum rc rc = open_source(bulk, async ? BULK_JOB_ITEMS_MOST : BULK_ITEMS_MOST, &total, e);
    if (rc != RC_OK) {
        return rc;
    }
    if (async) {
        ingest_close(bulk->source);
        return jobs_accept(call, &bulk->hints, body, (int64_t)total, e);
    }
    request_defer(call->request);
    rc = pool_submit(call->api->bulk_pool, run, bulk, e);
    if (rc != RC_OK) {
        ingest_close(bulk->source);
        reply_header(call->reply, "Retry-After", "5");
        err_set(e, rc, "%d bulk requests are waiting already: try again in a moment",
                BULK_WAITING_MOST);
    }
    return rc;
}
