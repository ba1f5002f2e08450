/* A write's way: body → ingest reader (here, on a worker) → analysis (here) → the store's writer → `done`
 * after the commit, which completes the postponed reply. */
#include "api/writes.h"

#include <string.h>

#include "api/api_private.h"
#include "api/links.h"
#include "api/view.h"
#include "api/view_analysis.h"
#include "ingest/ingest.h"
#include "ingest/unpack.h"
#include "store/write.h"

/* What `done` needs; in the request's arena. */
struct pending {
    struct call *call;
    bool conditional; /* If-Match or If-None-Match was given: a conflict is a 412 */
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

/* "3", W/"3" and the whole ETag of GET /articles/{id} (W/"3.…") name revision 3. 0: any revision. */
static enum rc read_if_match(struct call *call, uint32_t *revision, struct err *e)
{
    struct slice rest = slice_trim(request_header(call->request, "If-Match"));
    *revision = 0;
    if (!slice_present(rest) || slice_is(rest, "*")) {
        return RC_OK;
    }
    if (slice_starts(rest, SLICE("W/"))) {
        rest = slice_of(rest.ptr + 2, rest.len - 2);
    }
    uint32_t value = 0;
    size_t at = 1;
    while (at < rest.len && at < 10 && rest.ptr[at] >= '0' && rest.ptr[at] <= '9') {
        value = value * 10 + (uint32_t)(rest.ptr[at++] - '0');
    }
    bool good = rest.len > 2 && rest.ptr[0] == '"' && value > 0 && at < rest.len &&
                (rest.ptr[at] == '"' || rest.ptr[at] == '.') && rest.ptr[rest.len - 1] == '"';
    if (!good) {
        reply_problem(call->reply, "precondition_failed", NULL);
        return err_field(e, RC_CONFLICT, "If-Match",
                         "If-Match takes one revision (\"3\") or the ETag of GET /articles/{id}");
    }
    *revision = value;
    return RC_OK;
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

static void write_outcome(struct call *call, uint64_t id, uint32_t revision, enum outcome outcome,
                          const struct document *document, const struct analysis *analysis)
{
    struct jsonw w = reply_jsonw(call->reply);
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
    if (rc == RC_CONFLICT && pending->conditional) {
        reply_problem(pending->call->reply, "precondition_failed", NULL);
    }
    request_complete(pending->call->request, rc, e);
}

static void stored(void *context, const struct pipeline_result *result)
{
    const struct pending *pending = context;
    struct call *call = pending->call;
    call->reply = request_reply(call->request);
    if (result->rc == RC_OK) {
        char id[DIGEST_ID_CHARS + 1];
        digest_format_id(result->id, id);
        call->reply->status = result->outcome == OUTCOME_CREATED ? 201 : 200;
        reply_header(call->reply, "Location", "%.*s/articles/%s", SLICE_ARG(call->base), id);
        write_outcome(call, result->id, result->revision, result->outcome, result->document,
                      result->analysis);
    }
    finish(pending, result->rc, &result->err);
}

static struct pending *pending_new(struct call *call, bool conditional)
{
    struct pending *pending = ARENA_NEW(call->arena, struct pending);
    if (pending) {
        *pending = (struct pending){call, conditional};
    }
    return pending;
}

/* The one document of the body, unpacked. */
static enum rc read_body(struct call *call, struct arena *arena, struct document **out,
                         struct err *e)
{
    struct ingest_hints hints = hints_of(call);
    enum rc rc = ingest_read(request_body(call->request), &hints, arena, out, e);
    if (rc == RC_UNSUPPORTED && strcmp(e->field, "content-encoding") == 0) {
        reply_header(call->reply, "Accept-Encoding", UNPACK_CODINGS);
    }
    return rc;
}

static enum rc submit(struct call *call, struct pipeline_job *job, struct err *e)
{
    job->if_none = slice_is(slice_trim(request_header(call->request, "If-None-Match")), "*");
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
    return analyse(call, call_param(call, P_EXPLAIN)->number, e);
}

enum rc writes_post(struct call *call, struct err *e)
{
    if (call_param(call, P_DRY_RUN)->number) {
        return analyse(call, false, e);
    }
    struct pipeline_job job = {.has_id = false};
    return submit(call, &job, e);
}

enum rc writes_put(struct call *call, struct err *e)
{
    struct pipeline_job job = {.has_id = true};
    enum rc rc = call_path_id(call, "article", &job.id, e);
    rc = rc == RC_OK ? read_if_match(call, &job.if_revision, e) : rc;
    return rc == RC_OK ? submit(call, &job, e) : rc;
}

static void deleted(void *context, const struct store_result *result)
{
    const struct pending *pending = context;
    struct call *call = pending->call;
    call->reply = request_reply(call->request);
    if (result->rc == RC_OK) {
        write_outcome(call, result->id, result->revision, result->outcome, NULL, NULL);
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
    rc = rc == RC_OK ? read_if_match(call, &write->if_revision, e) : rc;
    if (rc != RC_OK) {
        return rc;
    }
    struct pending *pending = pending_new(call, write->if_revision != 0);
    if (!pending) {
        return err_nomem(e);
    }
    write->context = pending;
    request_defer(call->request);
    return store_write(call_store(call), write, e);
}
