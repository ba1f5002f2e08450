/* Pages of single articles, and what bytes of the network are. */
#include <string.h>

#include "follow/place.h"
#include "follow/visiting.h"
#include "ingest/charset.h"
#include "ingest/fetched.h"

struct ingest_hints visit_hints(const struct visiting *v)
{
    const struct store_source_choice *choice = &v->source->choice;
    return (struct ingest_hints){
        .source = choice->name, .lang = choice->lang, .section = choice->section};
}

/* What people called the source is what its articles are of, whatever the feed calls itself. */
void visit_name(const struct visiting *v, struct document *document)
{
    if (slice_present(v->source->choice.name)) {
        document->source =
            (struct field){.text = v->source->choice.name, .origin = ORIGIN_SUBMITTED};
    }
}

static bool may_pass(const struct fetch_reply *reply)
{
    switch (reply->failure) {
    case FETCH_FAILED_RESOLVE:
    case FETCH_FAILED_CONNECT:
    case FETCH_TIMEOUT:
    case FETCH_TOO_SLOW:
    case FETCH_PROTOCOL:
        return true;
    default:
        return reply->status == 429 || reply->status >= 500;
    }
}

/* The request alone, with the host's leave. */
static enum rc ask_page(struct visiting *v, struct slice url, struct fetch_reply *reply,
                        bool *later, struct err *e)
{
    struct fetch_request request = {.accept = FETCH_PAGE};
    enum rc rc = place_read(url, v->arena, &request.url, e);
    *later = false;
    if (rc != RC_OK) {
        return rc;
    }
    struct host *host = v->tools->enter(v->tools->context, place_origin(request.url));
    if (!host) {
        v->ours = true;
        return err_set(e, RC_BUSY, "stopping");
    }
    rc = visit_rules_check(v, host, request.url, e);
    *later = rc == RC_BUSY;
    if (rc == RC_OK) {
        rc = visit_ask(v, host, &request, reply, e);
        *later = may_pass(reply);
    }
    v->tools->leave(v->tools->context, host);
    return rc == RC_OK && reply->status != 200
               ? err_set(e, RC_INVALID, "the page answers %u", reply->status)
               : rc;
}

static enum rc read_page(struct visiting *v, const struct fetch_reply *reply, struct arena *arena,
                         struct document **out, struct err *e)
{
    struct slice body = buf_view(&reply->body);
    const char *type = fetched_type(body);
    struct ingest_hints hints = visit_hints(v);
    struct document *page;
    if (!type || strcmp(type, "text/html") != 0) {
        return err_set(e, RC_INVALID, "what stands there is no web page");
    }
    hints.content_type = slice_cstr(type);
    hints.charset = charset_served(reply->content_type, body);
    hints.url = reply->final_url;
    enum rc rc = ingest_read(body, &hints, arena, &page, e);
    rc = rc == RC_OK ? fetched_settle(page, reply->final_url, arena, e) : rc;
    if (rc == RC_OK) {
        visit_name(v, page);
        *out = page;
    }
    return rc;
}

enum rc visit_page(struct visiting *v, struct slice url, struct arena *arena, struct document **out,
                   bool *later, struct err *e)
{
    struct fetch_reply reply = {.retry_after_s = -1};
    enum rc rc = ask_page(v, url, &reply, later, e);
    rc = rc == RC_OK ? read_page(v, &reply, arena, out, e) : rc;
    fetch_reply_done(&reply);
    return rc;
}
