#include "api/jobs.h"

#include "api/api_private.h"
#include "api/bulk.h"
#include "api/links.h"
#include "api/view.h"
#include "base/clock.h"
#include "store/jobs.h"

/* ---- views */

/* Items a second since it began, and the seconds that the rest takes at that pace. */
static void write_pace(struct jsonw *w, const struct store_job *job)
{
    int64_t end_ms = job->finished_ms ? job->finished_ms : clock_now_ms();
    double seconds = job->started_ms ? (double)(end_ms - job->started_ms) / 1000.0 : 0;
    double rate = seconds > 0 ? (double)job->done / seconds : 0;
    bool goes_on = job->state == STORE_JOB_RUNNING && rate > 0;
    if (rate > 0) {
        jsonw_key_real(w, "rate", rate);
    } else {
        jsonw_key_null(w, "rate");
    }
    if (goes_on) {
        jsonw_key_int(w, "eta_s", (int64_t)((double)(job->total - job->done) / rate + 0.999));
    } else {
        jsonw_key_null(w, "eta_s");
    }
}

static void write_job(struct jsonw *w, struct slice base, const struct store_job *job)
{
    jsonw_object(w);
    links_write_id(w, "id", job->id);
    jsonw_key_text(w, "state", store_job_state_name(job->state));
    view_time(w, "created_at", job->created_ms != 0, job->created_ms);
    view_time(w, "started_at", job->started_ms != 0, job->started_ms);
    view_time(w, "finished_at", job->finished_ms != 0, job->finished_ms);
    jsonw_key_string(w, "who", job->who);
    jsonw_key_int(w, "bytes", job->bytes);
    jsonw_key(w, "totals");
    jsonw_object(w);
    jsonw_key_int(w, "items", job->total);
    jsonw_key_int(w, "done", job->done);
    jsonw_key_int(w, "created", job->created);
    jsonw_key_int(w, "revised", job->revised);
    jsonw_key_int(w, "unchanged", job->unchanged);
    jsonw_key_int(w, "failed", job->failed);
    jsonw_end(w);
    write_pace(w, job);
    jsonw_key_int(w, "interruptions", job->interruptions);
    jsonw_key_string(w, "problem", job->problem);
    jsonw_key(w, "links");
    jsonw_object(w);
    links_write(w, base, "self", "jobs", job->id, "");
    links_write(w, base, "rejects", "jobs", job->id, "/rejects");
    jsonw_end(w);
    jsonw_end(w);
}

static void write_reject(struct jsonw *w, struct slice base, const struct store_job_reject *reject)
{
    struct err fault = {0};
    char code[40];
    snprintf(fault.field, sizeof fault.field, "%.*s", SLICE_ARG(reject->field));
    snprintf(fault.where, sizeof fault.where, "%.*s", SLICE_ARG(reject->place));
    snprintf(fault.message, sizeof fault.message, "%.*s", SLICE_ARG(reject->message));
    snprintf(code, sizeof code, "%.*s", SLICE_ARG(reject->code));
    jsonw_object(w);
    jsonw_key_int(w, "index", reject->item);
    if (reject->line) {
        jsonw_key_int(w, "line", reject->line);
    } else {
        jsonw_key_null(w, "line");
    }
    bulk_write_problem(w, base, code, &fault);
    jsonw_end(w);
}

/* ---- accepting */

struct accepting {
    struct call *call;
    struct buf body;
};

static void on_added(void *context, const struct store_job *job, struct store_replay *replay)
{
    struct accepting *accepting = context;
    struct jsonw w;
    jsonw_init(&w, &accepting->body, 0);
    write_job(&w, accepting->call->base, job);
    if (replay) {
        char id[DIGEST_ID_CHARS + 1];
        digest_format_id(job->id, id);
        replay->status = 202;
        replay->location = arena_printf(accepting->call->arena, "%.*s/jobs/%s",
                                        SLICE_ARG(accepting->call->base), id);
        replay->body = buf_view(&accepting->body);
    }
}

static struct store_job job_of(const struct call *call, const struct ingest_hints *hints,
                               struct slice body, int64_t total)
{
    return (struct store_job){.state = STORE_JOB_QUEUED,
                              .who = request_caller(call->request),
                              .content_type = hints->content_type,
                              .source = hints->source,
                              .lang = hints->lang,
                              .section = hints->section,
                              .published_at = hints->published_at,
                              .modified_at = hints->modified_at,
                              .revive = call_param(call, P_REVIVE)->number,
                              .if_none = call_if_none(call),
                              .bytes = (int64_t)body.len,
                              .total = total,
                              .body = body};
}

enum rc jobs_accept(struct call *call, const struct ingest_hints *hints, struct slice body,
                    int64_t total, struct err *e)
{
    struct accepting accepting = {.call = call};
    struct store_job job = job_of(call, hints, body, total);
    buf_init(&accepting.body);
    enum rc rc =
        store_job_add(call_store(call), &job, idempotency_replay(call), on_added, &accepting, e);
    if (rc == RC_BUSY) {
        reply_header(call->reply, "Retry-After", "30");
    }
    if (rc == RC_OK) {
        char id[DIGEST_ID_CHARS + 1];
        digest_format_id(job.id, id);
        call->reply->status = 202;
        reply_header(call->reply, "Location", "%.*s/jobs/%s", SLICE_ARG(call->base), id);
        reply_header(call->reply, "Preference-Applied", "respond-async");
        if (accepting.body.len == 0) {
            on_added(&accepting, &job, NULL);
        }
        buf_slice(&call->reply->body, buf_view(&accepting.body));
        job_runner_wake(call->api->runner);
    }
    buf_done(&accepting.body);
    idempotency_end(call);
    return rc;
}

/* ---- telling; never kept: progress moves without the archive's version */

static enum rc find_job(struct call *call, struct store_job *job, struct err *e)
{
    uint64_t id;
    call->reply->cache_control = "no-store";
    enum rc rc = call_path_id(call, "job", &id, e);
    return rc == RC_OK ? store_job_get(call->reader, id, call->arena, job, e) : rc;
}

static enum rc show_job(struct call *call, struct err *e)
{
    struct store_job job;
    enum rc rc = find_job(call, &job, e);
    if (rc == RC_OK) {
        struct jsonw w = reply_jsonw(call->reply);
        write_job(&w, call->base, &job);
    }
    return rc;
}

enum rc jobs_get(struct call *call, struct err *e)
{
    return show_job(call, e);
}

enum rc jobs_list(struct call *call, struct err *e)
{
    struct store_job *rows;
    struct store_page page;
    size_t count;
    call->reply->cache_control = "no-store";
    enum rc rc = store_job_list(call->reader, &call->params.after,
                                (uint32_t)call_param(call, P_LIMIT)->number, call->arena, &rows,
                                &count, &page, e);
    if (rc != RC_OK) {
        return rc;
    }
    struct jsonw w = call_list_begin(call);
    for (size_t i = 0; i < count; i++) {
        write_job(&w, call->base, &rows[i]);
    }
    return call_list_end(call, &w, &page, e);
}

enum rc jobs_rejects(struct call *call, struct err *e)
{
    struct store_job job;
    struct store_job_reject *rows;
    struct store_page page;
    size_t count;
    enum rc rc = find_job(call, &job, e);
    if (rc == RC_OK) {
        rc = store_job_rejects(call->reader, job.row, &call->params.after,
                               (uint32_t)call_param(call, P_LIMIT)->number, call->arena, &rows,
                               &count, &page, e);
    }
    if (rc != RC_OK) {
        return rc;
    }
    struct jsonw w = call_list_begin(call);
    for (size_t i = 0; i < count; i++) {
        write_reject(&w, call->base, &rows[i]);
    }
    return call_list_end(call, &w, &page, e);
}

enum rc jobs_cancel(struct call *call, struct err *e)
{
    uint64_t id;
    enum rc rc = call_path_id(call, "job", &id, e);
    rc = rc == RC_OK ? store_job_cancel(call_store(call), id, e) : rc;
    return rc == RC_OK ? show_job(call, e) : rc;
}
