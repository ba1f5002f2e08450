#include "fetch/fetch.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "fetch/address.h"
#include "fetch/failure.h"
#include "fetch/hop.h"

#define CONTACT_MOST 200

/* Handles that nobody uses: each keeps its connections, so that the next page of a site finds one open. */
struct slots {
    pthread_mutex_t lock;
    CURL *idle[8];
    size_t count;
};

/* ---- the policy */

struct fetch_policy fetch_policy_defaults(void)
{
    return (struct fetch_policy){.most_bytes = 16u * 1024u * 1024u,
                                 .most_redirects = 5,
                                 .connect_ms = 10000,
                                 .total_ms = 60000,
                                 .least_bytes_s = 100,
                                 .slow_s = 20};
}

enum rc fetch_policy_allow(struct fetch_policy *policy, const char *option, const char *networks,
                           struct err *e)
{
    struct networks allowed;
    enum rc rc = networks_parse(option, networks, &allowed, e);
    if (rc == RC_OK && allowed.unix_sockets) {
        rc = err_field(e, RC_INVALID, option, "\"unix\" is no network to fetch from");
    }
    if (rc == RC_OK) {
        policy->allowed = allowed;
    }
    return rc;
}

bool fetch_contact_is_good(const char *contact)
{
    size_t len = strlen(contact);
    for (size_t i = 0; i < len; i++) {
        if (contact[i] < ' ' || contact[i] > '~' || strchr("()\\", contact[i])) {
            return false;
        }
    }
    return len > 0 && len <= CONTACT_MOST;
}

/* ---- the fetcher */

enum rc fetcher_open(const struct fetch_policy *policy, struct fetcher **out, struct err *e)
{
    const char *contact = policy->contact && policy->contact[0] ? policy->contact : NULL;
    if (contact && !fetch_contact_is_good(contact)) {
        return err_field(e, RC_INVALID, "fetch-contact",
                         "a contact is at most 200 printable ASCII characters without parentheses, "
                         "as https://news.example/robot or desk@news.example");
    }
    if (policy->ca_file && access(policy->ca_file, R_OK) != 0) {
        return err_field(e, RC_INVALID, "fetch-ca-file", "%s can't be read", policy->ca_file);
    }
    enum rc rc = libcurl_load(e);
    if (rc) {
        return rc;
    }
    struct fetcher *fetcher = calloc(1, sizeof *fetcher);
    struct slots *slots = calloc(1, sizeof *slots);
    if (!fetcher || !slots) {
        free(fetcher);
        free(slots);
        return err_nomem(e);
    }
    pthread_mutex_init(&slots->lock, NULL);
    fetcher->policy = *policy;
    fetcher->slots = slots;
    snprintf(fetcher->agent, sizeof fetcher->agent, contact ? "guillemet/%s (+%s)" : "guillemet/%s",
             GUILLEMET_VERSION, contact);
    *out = fetcher;
    return RC_OK;
}

void fetcher_close(struct fetcher *fetcher)
{
    if (!fetcher) {
        return;
    }
    for (size_t i = 0; i < fetcher->slots->count; i++) {
        curl_easy_cleanup(fetcher->slots->idle[i]);
    }
    pthread_mutex_destroy(&fetcher->slots->lock);
    free(fetcher->slots);
    free(fetcher);
}

void fetcher_cancel(struct fetcher *fetcher)
{
    atomic_store(&fetcher->cancelled, true);
}

const char *fetcher_agent(const struct fetcher *fetcher)
{
    return fetcher->agent;
}

static CURL *take_handle(struct slots *slots)
{
    CURL *curl = NULL;
    pthread_mutex_lock(&slots->lock);
    if (slots->count > 0) {
        curl = slots->idle[--slots->count];
    }
    pthread_mutex_unlock(&slots->lock);
    return curl ? curl : curl_easy_init();
}

static void give_handle(struct slots *slots, CURL *curl)
{
    pthread_mutex_lock(&slots->lock);
    if (slots->count < sizeof slots->idle / sizeof slots->idle[0]) {
        slots->idle[slots->count++] = curl;
        curl = NULL;
    }
    pthread_mutex_unlock(&slots->lock);
    if (curl) {
        curl_easy_cleanup(curl);
    }
}

/* ---- one fetch */

/* Where the answer sends us. */
static enum rc follow(struct hop *hop, struct fetch_reply *reply, struct err *e)
{
    struct slice location = hop->headers.values[HEADER_LOCATION];
    struct slice from = address_text(hop->url, reply->arena);
    bool secure = address_is_secure(hop->url);
    hop->failure = FETCH_REDIRECTS;
    if (reply->hops == hop->fetcher->policy.most_redirects) {
        return err_set(e, RC_INVALID, "more than %u redirects, the last at %.*s",
                       hop->fetcher->policy.most_redirects, SLICE_ARG(from));
    }
    enum rc rc = address_go(hop->url, location, e);
    if (rc) {
        hop->failure = rc == RC_NOMEM ? FETCH_OUT_OF_MEMORY : FETCH_REDIRECTS;
        return err_context(e, "%.*s redirects elsewhere", SLICE_ARG(from));
    }
    if (secure && !address_is_secure(hop->url)) {
        struct slice to = address_text(hop->url, reply->arena);
        return err_set(e, RC_INVALID,
                       "%.*s redirects to %.*s, which isn't secure: ask for that address itself if "
                       "it is right",
                       SLICE_ARG(from), SLICE_ARG(to));
    }
    hop->failure = FETCH_NO_FAILURE;
    reply->hops++;
    return RC_OK;
}

/* An address that a redirect led to is told with its fault. */
static enum rc tell_way(const struct hop *hop, const struct fetch_reply *reply, enum rc rc,
                        struct err *e)
{
    struct slice at = reply->hops > 0 ? address_text(hop->url, reply->arena) : SLICE_NONE;
    return slice_present(at) ? err_context(e, "redirected to %.*s", SLICE_ARG(at)) : rc;
}

static enum rc run_hops(CURL *curl, struct hop *hop, struct fetch_reply *reply, bool *permanent,
                        struct err *e)
{
    *permanent = true;
    for (;;) {
        enum rc rc = hop_run(curl, hop, e);
        reply->status = hop->headers.status;
        if (rc) {
            return tell_way(hop, reply, rc, e);
        }
        if (!headers_are_redirect(&hop->headers)) {
            return RC_OK;
        }
        *permanent = *permanent && headers_are_permanent(&hop->headers);
        rc = follow(hop, reply, e);
        if (rc) {
            return rc;
        }
    }
}

static enum rc fill(const struct hop *hop, bool permanent, struct fetch_reply *reply, struct err *e)
{
    const struct headers *headers = &hop->headers;
    bool good = (headers->status >= 200 && headers->status < 300) || headers->status == 304;
    reply->max_age_s = headers_max_age_s(headers);
    reply->retry_after_s = headers_retry_after_s(headers, clock_now_ms());
    reply->content_type = headers->values[HEADER_CONTENT_TYPE];
    reply->etag = headers->values[HEADER_ETAG];
    reply->last_modified = headers->values[HEADER_LAST_MODIFIED];
    reply->was_cut = hop->was_cut;
    reply->final_url = address_text(hop->url, reply->arena);
    if (!slice_present(reply->final_url)) {
        reply->failure = FETCH_OUT_OF_MEMORY;
        return err_nomem(e);
    }
    if (good && permanent && reply->hops > 0) {
        reply->moved_to = reply->final_url;
    }
    return RC_OK;
}

static enum rc run_with(struct fetcher *fetcher, CURL *curl, CURLU *url,
                        const struct fetch_request *request, struct fetch_reply *reply,
                        struct err *e)
{
    const struct fetch_policy *policy = &fetcher->policy;
    struct hop hop = {.fetcher = fetcher,
                      .request = request,
                      .url = url,
                      .arena = reply->arena,
                      .deadline_ms = clock_steady_ms() + policy->total_ms,
                      .most_bytes = request->most_bytes ? request->most_bytes : policy->most_bytes,
                      .body = &reply->body};
    bool permanent;
    enum rc rc = address_go(url, request->url, e);
    if (rc) {
        reply->failure = failure_of_rc(rc, FETCH_FAILED_URL);
        return rc;
    }
    rc = run_hops(curl, &hop, reply, &permanent, e);
    reply->failure = hop.failure;
    if (rc) {
        buf_clear(&reply->body);
    }
    return rc ? rc : fill(&hop, permanent, reply, e);
}

enum rc fetch_run(struct fetcher *fetcher, const struct fetch_request *request,
                  struct fetch_reply *reply, struct err *e)
{
    *reply = (struct fetch_reply){.max_age_s = -1, .retry_after_s = -1, .arena = arena_new(0)};
    buf_init(&reply->body);
    CURLU *url = curl_url();
    CURL *curl = take_handle(fetcher->slots);
    enum rc rc = RC_NOMEM;
    if (reply->arena && url && curl) {
        rc = run_with(fetcher, curl, url, request, reply, e);
    } else {
        reply->failure = FETCH_OUT_OF_MEMORY;
        err_nomem(e);
    }
    curl_url_cleanup(url);
    give_handle(fetcher->slots, curl);
    return rc;
}

void fetch_reply_done(struct fetch_reply *reply)
{
    buf_done(&reply->body);
    arena_free(reply->arena);
    *reply = (struct fetch_reply){.status = 0};
}
