#include "follow/visiting.h"

#include <stdio.h>

#include "base/clock.h"

enum { OK = 200, NOT_MODIFIED = 304, NOT_FOUND = 404, GONE = 410, TOO_MANY = 429 };
enum { SERVER_ERRORS = 500, UNAVAILABLE = 503 };

/* ---- what went wrong */

static void fail(struct visiting *v, const char *words)
{
    v->save.error = arena_copy(v->arena, slice_cstr(words));
    v->ours = v->ours || !slice_present(v->save.error);
}

static void note_missing(struct visiting *v)
{
    char since[32];
    v->save.missing_ms = v->source->missing_ms ? v->source->missing_ms : v->now_ms;
    clock_format_utc(v->save.missing_ms, since);
    bool long_ago = v->now_ms - v->save.missing_ms >= VISIT_MISSING_MS;
    v->save.error = arena_printf(v->arena, "there is nothing at this address since %s (404)%s",
                                 since, long_ago ? ": look for a new one, or remove it" : "");
    v->ours = v->ours || !slice_present(v->save.error);
}

static void note_status(struct visiting *v, unsigned status)
{
    static const struct {
        unsigned status;
        const char *words;
    } known[] = {{401, "the server wants to know who asks (401)"},
                 {402, "the server wants to be paid (402)"},
                 {403, "the server refuses to answer us (403)"},
                 {GONE, "the server says that it is gone for good (410)"},
                 {TOO_MANY, "the server says that it is asked too often (429)"},
                 {UNAVAILABLE, "the server is not available (503)"}};
    char words[120];
    snprintf(words, sizeof words,
             status >= SERVER_ERRORS ? "the server failed (%u)"
                                     : "the server answers %u, which is no answer to this",
             status);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].status == status) {
            snprintf(words, sizeof words, "%s", known[i].words);
        }
    }
    fail(v, words);
}

/* ---- the request */

static bool is_conditional(const struct store_source *source)
{
    return slice_present(source->etag) || slice_present(source->last_modified);
}

enum rc visit_ask(struct visiting *v, struct host *host, const struct fetch_request *request,
                  struct fetch_reply *reply, struct err *e)
{
    v->tools->note(v->tools->context, host);
    v->report->requests++;
    enum rc rc = v->tools->fetch(v->tools->fetch_context, request, reply, e);
    v->ours = v->ours || reply->failure == FETCH_CANCELLED ||
              reply->failure == FETCH_OUT_OF_MEMORY || rc == RC_NOMEM;
    return rc;
}

static enum rc ask(struct visiting *v, struct fetch_reply *reply, struct err *e)
{
    static const enum fetch_accept accepts[] = {FETCH_FEED, FETCH_PAGE, FETCH_SITEMAP};
    const struct store_source *source = v->source;
    struct fetch_request request = {.url = source->choice.url,
                                    .etag = source->etag,
                                    .last_modified = source->last_modified,
                                    .accept = accepts[source->choice.kind]};
    return visit_ask(v, v->host, &request, reply, e);
}

/* ---- the answer */

/* A permanent redirect is believed when it is seen twice: some are somebody's slip. */
static void note_moved(struct visiting *v, const struct fetch_reply *reply)
{
    struct slice to = reply->moved_to;
    if (slice_present(to) && slice_equal(to, v->source->moved_to)) {
        v->save.new_url = arena_copy(v->arena, to);
        v->report->moved_to = v->save.new_url;
    } else if (slice_present(to) && to.len <= SOURCE_URL_MOST) {
        v->save.moved_to = arena_copy(v->arena, to);
    }
}

static void take_validators(struct visiting *v, const struct fetch_reply *reply)
{
    v->save.keep_validators = false;
    if (!v->unfinished && !v->no_validators) {
        v->save.etag = arena_copy(v->arena, reply->etag);
        v->save.last_modified = arena_copy(v->arena, reply->last_modified);
    }
}

static void take_items(struct visiting *v, const struct fetch_reply *reply)
{
    struct err e = {0};
    enum rc rc = visit_items(v, reply, &e);
    if (rc != RC_OK) {
        v->ours = v->ours || rc == RC_NOMEM;
        fail(v, e.message);
        return;
    }
    take_validators(v, reply);
    note_moved(v, reply);
    bool news = v->report->created + v->report->revised > 0;
    v->report->outcome = news ? VISIT_NEWS : VISIT_NOTHING;
}

static void take_answer(struct visiting *v, const struct fetch_reply *reply)
{
    v->save.status = (int)reply->status;
    switch (reply->status) {
    case OK:
        take_items(v, reply);
        break;
    case NOT_MODIFIED:
        if (!is_conditional(v->source)) {
            fail(v, "the server answers that nothing changed (304), and was not asked that");
            break;
        }
        v->save.not_modified = 1;
        v->report->outcome = VISIT_NOT_MODIFIED;
        note_moved(v, reply);
        break;
    case NOT_FOUND:
        note_missing(v);
        break;
    case GONE:
        v->save.gone = true;
        v->report->outcome = VISIT_GONE;
        note_status(v, reply->status);
        break;
    default:
        note_status(v, reply->status);
    }
}

/* ---- when to come again */

static struct schedule_bounds bounds_of(const struct visiting *v)
{
    struct schedule_bounds bounds = v->tools->bounds;
    const struct store_source_choice *choice = &v->source->choice;
    bounds.least_ms = choice->least_ms > 0 ? choice->least_ms : bounds.least_ms;
    bounds.most_ms = choice->most_ms > 0 ? choice->most_ms : bounds.most_ms;
    bounds.most_ms = bounds.most_ms < bounds.least_ms ? bounds.least_ms : bounds.most_ms;
    return bounds;
}

static int64_t in_ms(int64_t seconds)
{
    return seconds < 0 || seconds > INT64_MAX / 1000 ? -1 : seconds * 1000;
}

static void plan(struct visiting *v, const struct fetch_reply *reply)
{
    struct schedule_bounds bounds = bounds_of(v);
    uint64_t seed = v->source->id ^ (uint64_t)v->now_ms;
    if (slice_present(v->save.error)) {
        v->save.failures = v->source->failures + 1;
        v->save.next_ms = schedule_failure_ms(&bounds, v->save.failures, reply->status != 0,
                                              in_ms(reply->retry_after_s), seed, v->now_ms);
        return;
    }
    struct err e;
    if (store_followed_count(v->reader, v->source->row, v->now_ms - SOURCE_WEEK_MS,
                             &v->save.week_items, &e)) {
        v->ours = true;
    }
    v->save.next_ms = v->unfinished
                          ? schedule_failure_ms(&bounds, 1, true, -1, seed, v->now_ms)
                          : schedule_success_ms(&bounds, v->save.week_items, &v->save.rhythm,
                                                in_ms(reply->max_age_s), seed, v->now_ms);
}

/* ---- the whole */

static void leave(struct visiting *v)
{
    if (v->host) {
        v->tools->leave(v->tools->context, v->host);
        v->host = NULL;
    }
}

static void save(struct visiting *v)
{
    struct visit_report *report = v->report;
    struct err e = {0};
    v->save.requests = report->requests;
    v->save.unchanged = report->unchanged;
    v->save.refused = report->refused;
    enum rc rc = visit_is_over(v) ? RC_BUSY : store_source_visited(v->tools->store, &v->save, &e);
    v->removed = v->removed || rc == RC_NOT_FOUND;
    report->error = v->save.error;
    report->status = v->save.status;
    report->next_ms = v->save.next_ms;
    if (rc == RC_OK && slice_present(report->error) && report->outcome != VISIT_GONE) {
        report->outcome = VISIT_FAILED;
    } else if (rc != RC_OK) {
        report->outcome = VISIT_ABANDONED;
        report->fault = !v->removed && !v->tools->stopping(v->tools->context);
        report->error = slice_present(report->error) ? report->error
                                                     : arena_copy(v->arena, slice_cstr(e.message));
    }
}

void visit_run(const struct visit_tools *tools, struct store_reader *reader,
               const struct store_source *source, struct host *host, struct arena *arena,
               struct visit_report *report)
{
    struct visiting *v = ARENA_NEW(arena, struct visiting);
    struct fetch_reply reply = {.retry_after_s = -1, .max_age_s = -1};
    struct err e = {0};
    *report = (struct visit_report){
        .source = source->id, .url = source->choice.url, .outcome = VISIT_ABANDONED};
    if (!v) {
        tools->leave(tools->context, host);
        return;
    }
    *v = (struct visiting){.tools = tools,
                           .reader = reader,
                           .source = source,
                           .host = host,
                           .arena = arena,
                           .now_ms = clock_now_ms(),
                           .report = report};
    v->save = (struct store_visit){.source = source->id,
                                   .asked = source->choice.url,
                                   .at_ms = v->now_ms,
                                   .keep_validators = true,
                                   .rhythm = source->rhythm,
                                   .week_items = source->week_items};
    enum rc rc = visit_rules_check(v, host, source->choice.url, &e);
    rc = rc == RC_OK ? ask(v, &reply, &e) : rc;
    leave(v);
    if (rc == RC_OK) {
        take_answer(v, &reply);
    } else {
        fail(v, e.message);
    }
    report->fault = false;
    plan(v, &reply);
    save(v);
    fetch_reply_done(&reply);
}
