#include "fetch/hop.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "fetch/address.h"
#include "fetch/failure.h"
#include "fetch/reach.h"
#include "text/unpack.h"

/* Of an answer whose body nobody wants this much is read, so that the connection may serve again. */
#define DRAINED_MOST (64u * 1024u)

/* libcurl's clock may be ahead of ours by a tick. */
#define TIMER_MS 20

/* A hop under way: what its callbacks share. */
struct running {
    struct hop *hop;
    struct err *e;
    struct unpacker *unpacker;
    bool begun;  /* the body */
    bool enough; /* it was ended by us, and that is no fault */
    uint64_t drained;
    struct reach_refusal refused; /* the last address that was; "" when none */
    char said[CURL_ERROR_SIZE];
};

static const char *const accepts[] = {
    [FETCH_ANY] = "*/*",
    [FETCH_FEED] = ("application/atom+xml, application/rss+xml, application/feed+json;q=0.9, "
                    "application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"),
    [FETCH_PAGE] = "text/html, application/xhtml+xml, */*;q=0.1",
    [FETCH_SITEMAP] = "application/xml, text/xml;q=0.9, */*;q=0.1",
    [FETCH_ROBOTS] = "text/plain, */*;q=0.1",
};

static bool fail(struct running *run, enum fetch_failure failure)
{
    run->hop->failure = failure;
    return false;
}

/* ---- callbacks */

static bool is_stopped(const struct fetcher *fetcher)
{
    return atomic_load(&fetcher->cancelled) || (fetcher->policy.stop && *fetcher->policy.stop);
}

static int on_progress(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const struct running *run = context;
    (void)a, (void)b, (void)c, (void)d;
    return is_stopped(run->hop->fetcher);
}

/* The address is the one that connect() gets: between this look and that there is no name any more. */
static curl_socket_t on_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct running *run = context;
    struct reach_refusal refused = {.address = ""};
    if (purpose != CURLSOCKTYPE_IPCXN ||
        !reach_allows(&address->addr, address->addrlen, &run->hop->fetcher->policy.allowed,
                      &refused)) {
        run->refused = refused;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static bool wants_body(const struct hop *hop)
{
    return hop->headers.status >= 200 && hop->headers.status < 300;
}

static bool is_identity(struct slice coding)
{
    return !slice_present(coding) ||
           (coding.len == 8 && strncasecmp(coding.ptr, "identity", 8) == 0);
}

/* Once all headers are known, before the body: what can't be taken is refused before it comes. */
static bool look_at_headers(struct running *run)
{
    const struct headers *headers = &run->hop->headers;
    struct slice transfer = headers->values[HEADER_TRANSFER_ENCODING];
    if (!is_identity(transfer) &&
        !(transfer.len == 7 && strncasecmp(transfer.ptr, "chunked", 7) == 0)) {
        err_set(run->e, RC_INVALID, "it sends by a transfer coding that wasn't asked for");
        return fail(run, FETCH_DECODING);
    }
    int64_t length = headers_length(headers);
    if (wants_body(run->hop) && !run->hop->request->cut && length > 0 &&
        (uint64_t)length > run->hop->most_bytes) {
        err_set(run->e, RC_TOO_LARGE,
                "it would send %" PRId64 " bytes, and at most %" PRIu64 " are taken", length,
                run->hop->most_bytes);
        return fail(run, FETCH_TOO_LARGE);
    }
    return true;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *context)
{
    struct running *run = context;
    struct hop *hop = run->hop;
    bool before = hop->headers.complete;
    enum rc rc = headers_line(&hop->headers, slice_of(bytes, size * count), hop->arena, run->e);
    bool good = rc == RC_OK || fail(run, failure_of_rc(rc, FETCH_PROTOCOL));
    good = good && (before || !hop->headers.complete || look_at_headers(run));
    return good ? size * count : 0;
}

static bool begin_body(struct running *run)
{
    struct hop *hop = run->hop;
    enum unpack_coding coding = UNPACK_NONE;
    struct unpack_limits limits = {.most_bytes = hop->most_bytes};
    run->begun = true;
    enum rc rc = unpack_coding_find(hop->headers.values[HEADER_CONTENT_ENCODING], &coding, run->e);
    if (rc) {
        err_set(run->e, rc, "it sends %.*s, which wasn't asked for",
                SLICE_ARG(hop->headers.values[HEADER_CONTENT_ENCODING]));
    } else if (coding != UNPACK_NONE) {
        rc = unpack_open(coding, &limits, &run->unpacker, run->e);
    }
    return rc == RC_OK || fail(run, failure_of_rc(rc, FETCH_DECODING));
}

/* What is over the limit is cut, or refused. */
static bool check_length(struct running *run, enum rc rc)
{
    struct hop *hop = run->hop;
    bool over = hop->body->len > hop->most_bytes;
    if (over && hop->request->cut) {
        hop->body->len = hop->most_bytes;
        hop->was_cut = run->enough = true;
        return false;
    }
    if (rc == RC_OK && over) {
        rc = err_set(run->e, RC_TOO_LARGE, "it sends more than %" PRIu64 " bytes", hop->most_bytes);
    }
    return rc == RC_OK || fail(run, failure_of_rc(rc, FETCH_DECODING));
}

static bool take_body(struct running *run, struct slice bytes)
{
    struct buf *body = run->hop->body;
    enum rc rc = RC_OK;
    if (!run->unpacker) {
        buf_slice(body, bytes);
        return body->failed ? fail(run, FETCH_OUT_OF_MEMORY) : check_length(run, RC_OK);
    }
    while (rc == RC_OK && bytes.len > 0 && body->len <= run->hop->most_bytes) {
        rc = unpack_feed(run->unpacker, &bytes, body, run->e);
    }
    return check_length(run, rc);
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct running *run = context;
    size_t len = size * count;
    bool good;
    if (!wants_body(run->hop)) {
        run->drained += len;
        run->enough = run->drained > DRAINED_MOST;
        good = !run->enough;
    } else {
        good = (run->begun || begin_body(run)) && take_body(run, slice_of(bytes, len));
    }
    return good ? len : CURL_WRITEFUNC_ERROR;
}

/* ---- what is asked */

/* Text of another server's making becomes part of a request: it stays on its line. */
static bool is_clean(struct slice value)
{
    for (size_t i = 0; i < value.len; i++) {
        if ((unsigned char)value.ptr[i] < ' ' || value.ptr[i] == 0x7F) {
            return false;
        }
    }
    return value.len > 0 && value.len <= HEADER_VALUE_MOST;
}

static bool add_header(struct curl_slist **list, const char *name, struct slice value)
{
    char line[HEADER_VALUE_MOST + 64];
    if (!slice_present(value) || !is_clean(value)) {
        return true;
    }
    snprintf(line, sizeof line, "%s: %.*s", name, SLICE_ARG(value));
    struct curl_slist *longer = curl_slist_append(*list, line);
    *list = longer ? longer : *list;
    return longer != NULL;
}

static bool make_headers(const struct fetch_request *request, struct curl_slist **list)
{
    return add_header(list, "Accept", slice_cstr(accepts[request->accept])) &&
           add_header(list, "Accept-Encoding", SLICE(UNPACK_CODINGS)) &&
           add_header(list, "If-None-Match", request->etag) &&
           add_header(list, "If-Modified-Since", request->last_modified);
}

static void set_limits(CURL *curl, const struct fetch_policy *policy, int64_t left_ms)
{
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)left_ms);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)policy->connect_ms);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, (long)policy->least_bytes_s);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)policy->slow_s);
}

static void set_manners(CURL *curl, const struct fetcher *fetcher)
{
    curl_easy_setopt(curl, CURLOPT_USERAGENT, fetcher->agent);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L); /* each redirect is looked at in fetch.c */
    curl_easy_setopt(curl, CURLOPT_PROXY, "");          /* and not the environment's */
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_HTTP09_ALLOWED, 0L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    if (fetcher->policy.ca_file) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, fetcher->policy.ca_file);
        curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    }
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L); /* a resolver that hangs doesn't hold us */
}

static void set_callbacks(CURL *curl, struct running *run)
{
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, run->said);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, run);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, run);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, on_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, run);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, run);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
}

/* ---- what went wrong */

/* Whether it had come as far as to a connection. */
static bool was_connected(CURL *curl)
{
    curl_off_t time = 0;
    return curl_easy_getinfo(curl, CURLINFO_PRETRANSFER_TIME_T, &time) == CURLE_OK && time > 0;
}

static enum fetch_failure kind_of(CURL *curl, CURLcode code, const struct running *run)
{
    enum fetch_failure failure = failure_of(code);
    if (failure == FETCH_FAILED_CONNECT && run->refused.address[0]) {
        return FETCH_REFUSED_ADDRESS;
    }
    bool in_time = clock_steady_ms() < run->hop->deadline_ms - TIMER_MS;
    return failure == FETCH_TIMEOUT && in_time && was_connected(curl) ? FETCH_TOO_SLOW : failure;
}

/* "SSL certificate problem: self-signed certificate" → what follows the colon. */
static const char *after_colon(const char *said)
{
    const char *colon = strstr(said, ": ");
    return colon ? colon + 2 : said;
}

static void tell_tls(CURLcode code, const struct running *run, const char *host)
{
    if (code == CURLE_PEER_FAILED_VERIFICATION) {
        err_set(
            run->e, failure_rc(FETCH_FAILED_TLS),
            "the certificate of %s can't be trusted: %s (--fetch-ca-file names others to trust)",
            host, after_colon(run->said));
    } else {
        err_set(run->e, failure_rc(FETCH_FAILED_TLS), "no secure connection to %s: %s", host,
                run->said);
    }
}

static const char *connect_fault(CURL *curl)
{
    long number = 0;
    curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &number);
    return number == ECONNREFUSED                            ? "nothing listens on that port"
           : number == ENETUNREACH || number == EHOSTUNREACH ? "there is no way to it"
                                                             : "nobody answers";
}

static void tell(CURL *curl, CURLcode code, const struct running *run, const char *host)
{
    const struct fetch_policy *policy = &run->hop->fetcher->policy;
    enum fetch_failure failure = run->hop->failure;
    enum rc rc = failure_rc(failure);
    switch (failure) {
    case FETCH_FAILED_RESOLVE:
        err_set(run->e, rc, "there is no host %s, or the name server doesn't answer", host);
        return;
    case FETCH_REFUSED_ADDRESS:
        err_set(run->e, rc,
                "%s is at %s, %s: nothing is fetched from there unless --fetch-allow %s says so",
                host, run->refused.address, run->refused.why, run->refused.allow);
        return;
    case FETCH_FAILED_CONNECT:
        err_set(run->e, rc, "no connection to %s: %s", host, connect_fault(curl));
        return;
    case FETCH_FAILED_TLS:
        tell_tls(code, run, host);
        return;
    case FETCH_TIMEOUT:
        err_set(run->e, rc, "%s took too long (at most %u ms to connect, %u in all)", host,
                policy->connect_ms, policy->total_ms);
        return;
    case FETCH_TOO_SLOW:
        err_set(run->e, rc, "%s sent less than %u bytes a second for %u s", host,
                policy->least_bytes_s, policy->slow_s);
        return;
    case FETCH_CANCELLED:
        err_set(run->e, rc, "stopped before %s had answered", host);
        return;
    case FETCH_OUT_OF_MEMORY:
        err_nomem(run->e);
        return;
    default:
        err_set(run->e, rc, "%s: %s", host, run->said[0] ? run->said : "no HTTP came back");
    }
}

static enum rc settle(CURL *curl, CURLcode code, struct running *run, struct err *e)
{
    struct hop *hop = run->hop;
    struct slice host = address_host(hop->url, hop->arena);
    const char *name = slice_present(host) ? host.ptr : "the server";
    enum rc rc = RC_OK;
    if (hop->failure != FETCH_NO_FAILURE) { /* a callback's, in its own words */
        rc = hop->failure == FETCH_OUT_OF_MEMORY ? err_nomem(e) : err_context(e, "%s", name);
    } else if (run->enough || code == CURLE_OK) {
        rc = run->unpacker && !run->enough ? unpack_end(run->unpacker, e) : RC_OK;
        hop->failure = rc ? FETCH_DECODING : FETCH_NO_FAILURE;
        rc = rc ? err_context(e, "%s", name) : RC_OK;
    } else {
        hop->failure = kind_of(curl, code, run);
        tell(curl, code, run, name);
        rc = failure_rc(hop->failure);
    }
    if (rc == RC_OK && !hop->headers.complete) {
        hop->failure = FETCH_PROTOCOL;
        tell(curl, code, run, name);
        rc = failure_rc(FETCH_PROTOCOL);
    }
    return rc;
}

enum rc hop_run(CURL *curl, struct hop *hop, struct err *e)
{
    struct err own = {0};
    struct running run = {.hop = hop, .e = e ? e : &own};
    struct curl_slist *list = NULL;
    int64_t left = hop->deadline_ms - clock_steady_ms();
    hop->failure = FETCH_NO_FAILURE;
    hop->headers = (struct headers){.status = 0};
    hop->body->len = 0;
    if (!make_headers(hop->request, &list)) {
        curl_slist_free_all(list);
        hop->failure = FETCH_OUT_OF_MEMORY;
        return err_nomem(e);
    }
    curl_easy_reset(curl);
    set_manners(curl, hop->fetcher);
    set_callbacks(curl, &run);
    set_limits(curl, &hop->fetcher->policy, left > 0 ? left : 1);
    curl_easy_setopt(curl, CURLOPT_CURLU, hop->url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
    CURLcode code = is_stopped(hop->fetcher) ? CURLE_ABORTED_BY_CALLBACK : curl_easy_perform(curl);
    enum rc rc = settle(curl, code, &run, run.e);
    curl_easy_reset(curl); /* it knows nothing of this frame any more */
    unpack_close(run.unpacker);
    curl_slist_free_all(list);
    return rc;
}
