/* A write's way: body → ingest reader (here, on a worker) → analysis (here) → the store's writer → `done`
 * after the commit, which completes the postponed reply. */
#include "api/writes.h"

#include <string.h>

#include "api/api_private.h"
#include "api/bulk.h"
#include "api/formats.h"
#include "api/links.h"
#include "api/view.h"
#include "api/view_analysis.h"
#include "ingest/ingest.h"
#include "store/write.h"
#include "text/unpack.h"

/* What `done` needs; in the request's arena. */
struct pending {
    struct call *call;
    bool conditional; /* If-Match or If-None-Match was given: a conflict is a 412 */
    struct buf body;  /* of a reply that is kept */
};

static struct ingest_hints hints_of(const struct call *call)
{
    struct slice lang = call_param(call, P_DOC_LANG)->text;
    return (struct ingest_hints){
        .content_type = request_header(call->request, "Content-Type"),
        .content_encoding = request_header(call->request, "Content-Encoding"),
        .unpacked_most_bytes = request_body_limit(call->request),
        .url = call_param(call, P_DOC_URL)->text,
        .external_id = call_param(call, P_DOC_EXTERNAL_ID)->text,
        .source = call_param(call, P_DOC_SOURCE)->text,
        .lang = slice_present(lang) ? lang : slice_cstr(call->api->options.lang),
        .title = call_param(call, P_DOC_TITLE)->text,
        .section = call_param(call, P_DOC_SECTION)->text,
        .published_at = call_param(call, P_DOC_PUBLISHED_AT)->text,
        .modified_at = call_param(call, P_DOC_MODIFIED_AT)->text,
    };
}

static void write_links(struct jsonw *w, const struct call *call, uint64_t id)
{
    jsonw_key(w, "links");
    jsonw_object(w);
    links_write(w, call->base, "self", "articles", id, "");
    links_write(w, call->base, "entities", "articles", id, "/entities");
    links_write(w, call->base, "quotes", "articles", id, "/quotes");
    jsonw_end(w);
}

static void write_outcome(struct call *call, struct buf *out, uint64_t id, uint32_t revision,
                          enum outcome outcome, const struct document *document,
                          const struct analysis *analysis)
{
    struct jsonw w;
    jsonw_init(&w, out, 0);
    jsonw_object(&w);
    links_write_id(&w, "id", id);
    jsonw_key_int(&w, "revision", revision);
    jsonw_key_text(&w, "outcome", outcome_name(outcome));
    jsonw_key(&w, "warnings");
    jsonw_array(&w);
    if (document) {
        view_warnings(&w, document->warnings, document->warning_count);
    }
    if (analysis) {
        view_warnings(&w, analysis->warnings, analysis->warning_count);
    }
    jsonw_end(&w);
    write_links(&w, call, id);
    jsonw_end(&w);
}

static void finish(const struct pending *pending, enum rc rc, const struct err *e)
{
    idempotency_end(pending->call);
    if (rc == RC_CONFLICT && pending->conditional) {
        reply_problem(pending->call->reply, "precondition_failed", NULL);
    }
    request_complete(pending->call->request, rc, e);
}

static int status_of(const struct pipeline_result *result)
{
    return result->outcome == OUTCOME_CREATED ? 201 : 200;
}

/* What is kept for the Idempotency-Key is the reply's very body: it is written before the commit that keeps it. */
static void on_reply(void *context, const struct pipeline_result *result,
                     struct store_replay *replay)
{
    struct pending *pending = context;
    struct call *call = pending->call;
    char id[DIGEST_ID_CHARS + 1];
    digest_format_id(result->id, id);
    write_outcome(call, &pending->body, result->id, result->revision, result->outcome,
                  result->document, result->analysis);
    replay->status = status_of(result);
    replay->location = arena_printf(call->arena, "%.*s/articles/%s", SLICE_ARG(call->base), id);
    replay->body = buf_view(&pending->body);
}

static void stored(void *context, const struct pipeline_result *result)
{
    struct pending *pending = context;
    struct call *call = pending->call;
    call->reply = request_reply(call->request);
    if (result->rc == RC_OK) {
        char id[DIGEST_ID_CHARS + 1];
        digest_format_id(result->id, id);
        call->reply->status = status_of(result);
        reply_header(call->reply, "Location", "%.*s/articles/%s", SLICE_ARG(call->base), id);
        write_outcome(call, &call->reply->body, result->id, result->revision, result->outcome,
                      result->document, result->analysis);
    }
    buf_done(&pending->body);
    finish(pending, result->rc, &result->err);
}

static struct pending *pending_new(struct call *call, bool conditional)
{
    struct pending *pending = ARENA_NEW(call->arena, struct pending);
    if (pending) {
        *pending = (struct pending){.call = call, .conditional = conditional};
        buf_init(&pending->body);
    }
    return pending;
}

static enum rc tell_codings(struct call *call, enum rc rc, const struct err *e)
{
    if (rc == RC_UNSUPPORTED && strcmp(e->field, "content-encoding") == 0) {
        reply_header(call->reply, "Accept-Encoding", UNPACK_CODINGS);
    }
    return rc;
}

/* The one document of the body, unpacked. */
static enum rc read_body(struct call *call, struct arena *arena, struct document **out,
                         struct err *e)
{
    struct ingest_hints hints = hints_of(call);
    enum rc rc = ingest_read(request_body(call->request), &hints, arena, out, e);
    return tell_codings(call, rc, e);
}

static enum rc submit(struct call *call, struct pipeline_job *job, struct err *e)
{
    job->if_none = call_if_none(call);
    struct pending *pending = pending_new(call, job->if_revision != 0 || job->if_none);
    /* The body dies with the reply, the document's arena with the job: the job ends first. */
    job->arena = arena_new(0);
    struct document *document;
    if (!pending || !job->arena) {
        arena_free(job->arena);
        return err_nomem(e);
    }
    enum rc rc = read_body(call, job->arena, &document, e);
    if (rc != RC_OK) {
        arena_free(job->arena);
        return rc;
    }
    job->document = document;
    job->revive = call_param(call, P_REVIVE)->number;
    job->who = request_caller(call->request);
    job->request = slice_cstr(request_id(call->request));
    job->replay = idempotency_replay(call);
    job->reply = on_reply;
    request_defer(call->request);
    pipeline_run(call_pipeline(call), job, stored, pending);
    return RC_OK;
}

/* What `guillemet analyse` prints of the same document. */
static enum rc analyse(struct call *call, bool explain, struct err *e)
{
    struct document *document;
    struct analysis *analysis;
    enum rc rc = read_body(call, call->arena, &document, e);
    rc = rc == RC_OK ? pipeline_analyse(call_pipeline(call), document, call->arena, &analysis, e)
                     : rc;
    if (rc != RC_OK) {
        return rc;
    }
    struct jsonw w = reply_jsonw(call->reply);
    (explain ? view_analysis_explain : view_analysis_write)(&w, document->external_id.text,
                                                            document, analysis, call->arena);
    return RC_OK;
}

enum rc writes_analyse(struct call *call, struct err *e)
{
    enum rc rc = analyse(call, call_param(call, P_EXPLAIN)->number, e);
    return rc == RC_OK ? formats_apply(call, e) : rc;
}

/* One document, or many in one body (bulk.h). */
static enum rc post(struct call *call, struct err *e)
{
    struct ingest_hints hints = hints_of(call);
    struct slice body;
    enum rc rc = ingest_unpack(request_body(call->request), &hints, call->arena, &body, e);
    if (rc != RC_OK) {
        return tell_codings(call, rc, e);
    }
    if (ingest_holds_many(&hints, body)) {
        return bulk_post(call, &hints, body, e);
    }
    struct pipeline_job job = {.has_id = false};
    return call_param(call, P_DRY_RUN)->number ? analyse(call, false, e) : submit(call, &job, e);
}

enum rc writes_post(struct call *call, struct err *e)
{
    bool answered = false;
    if (call_param(call, P_DRY_RUN)->number) {
        return post(call, e); /* keeps nothing, no reply either */
    }
    enum rc rc = idempotency_begin(call, &answered, e);
    if (rc != RC_OK || answered) {
        return rc;
    }
    rc = post(call, e);
    if (rc != RC_OK) {
        idempotency_end(call); /* refused before anyone else took it over */
    }
    return rc;
}

enum rc writes_put(struct call *call, struct err *e)
{
    struct pipeline_job job = {.has_id = true};
    enum rc rc = call_path_id(call, "article", &job.id, e);
    rc = rc == RC_OK ? call_if_match(call, "/articles/{id}", &job.if_revision, e) : rc;
    return rc == RC_OK ? submit(call, &job, e) : rc;
}

static void deleted(void *context, const struct store_result *result)
{
    const struct pending *pending = context;
    struct call *call = pending->call;
    call->reply = request_reply(call->request);
    if (result->rc == RC_OK) {
        write_outcome(call, &call->reply->body, result->id, result->revision, result->outcome, NULL,
                      NULL);
    }
    finish(pending, result->rc, &result->err);
}

enum rc writes_delete(struct call *call, struct err *e)
{
    struct store_write *write = ARENA_NEW(call->arena, struct store_write);
    if (!write) {
        return err_nomem(e);
    }
    *write = (struct store_write){.kind = STORE_DELETE, .has_id = true, .done = deleted};
    enum rc rc = call_path_id(call, "article", &write->id, e);
    rc = rc == RC_OK ? call_if_match(call, "/articles/{id}", &write->if_revision, e) : rc;
    if (rc != RC_OK) {
        return rc;
    }
    struct pending *pending = pending_new(call, write->if_revision != 0);
    if (!pending) {
        return err_nomem(e);
    }
    write->context = pending;
    write->who = request_caller(call->request);
    write->request = slice_cstr(request_id(call->request));
    request_defer(call->request);
    return store_write(call_store(call), write, e);
}
