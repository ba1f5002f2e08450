/* Bytes from the network: one address asked once, politely and under limits. The one home of curl/curl.h.
 *
 * Shape:   a fetcher holds the policy and connections that are kept; fetch_run asks for one address and follows its
 *          redirects, each of them looked at as if it were asked for itself. Nothing but these addresses is requested, and
 *          every connection's address is looked at when its socket opens (reach.h), whatever the name led to before.
 *          Neither cookies, nor credentials, nor the environment's proxies are known to it.
 * Units:   bytes after unpacking (gzip, zstd); milliseconds, seconds where the name says so.
 * Errors:  whatever status a server answers with is RC_OK. What kept it from answering is an rc with words for its
 *          reader, and reply->failure says of which kind. reply is to be given back in either case.
 * Memory:  what a reply holds is its own, until fetch_reply_done.
 * Threads: fetch_run blocks; any number of threads may share a fetcher. fetcher_cancel ends what is under way within
 *          about a second, and what is begun afterwards at once.
 */
#ifndef GUILLEMET_FETCH_FETCH_H
#define GUILLEMET_FETCH_FETCH_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/networks.h"

enum fetch_accept { FETCH_ANY, FETCH_FEED, FETCH_PAGE, FETCH_SITEMAP, FETCH_ROBOTS };

enum fetch_failure {
    FETCH_NO_FAILURE,
    FETCH_FAILED_URL,     /* no address that may be asked for: scheme, user name, zone, length */
    FETCH_FAILED_RESOLVE, /* the name leads nowhere */
    FETCH_REFUSED_ADDRESS,
    FETCH_FAILED_CONNECT,
    FETCH_FAILED_TLS,
    FETCH_TIMEOUT,
    FETCH_TOO_SLOW,
    FETCH_TOO_LARGE,
    FETCH_REDIRECTS, /* too many, a loop, or to where none may lead */
    FETCH_PROTOCOL,  /* what came is no HTTP, or ended before its end */
    FETCH_DECODING,
    FETCH_CANCELLED,
    FETCH_OUT_OF_MEMORY,
};
/* "resolve", "refused_address" and the like: stable, for metrics. */
const char *fetch_failure_name(enum fetch_failure failure);

struct fetch_policy {
    struct networks allowed; /* beside the public ones */
    const char *contact;     /* an address or a page about who asks; NULL: none */
    const char *ca_file;     /* certificates to trust instead of the system's; NULL: those */
    uint64_t most_bytes;     /* of a body, unpacked */
    unsigned most_redirects;
    unsigned connect_ms, total_ms; /* total: with all redirects */
    unsigned least_bytes_s;        /* slower than that for slow_s is too slow */
    unsigned slow_s;
    const volatile sig_atomic_t *stop; /* not 0: as fetcher_cancel; may be NULL */
};
struct fetch_policy fetch_policy_defaults(void);
/* "10.0.0.0/8 fd00::/8" into policy->allowed; RC_INVALID names the entry, `option` is the field. */
enum rc fetch_policy_allow(struct fetch_policy *policy, const char *option, const char *networks,
                           struct err *e);
/* What a contact may be made of: printable ASCII without parentheses, at most 200 bytes. */
bool fetch_contact_is_good(const char *contact);

struct fetcher;
/* What the policy points to must outlive the fetcher. */
enum rc fetcher_open(const struct fetch_policy *policy, struct fetcher **out, struct err *e);
void fetcher_close(struct fetcher *fetcher); /* once no fetch_run is under way; NULL is fine */
void fetcher_cancel(struct fetcher *fetcher);

struct fetch_request {
    struct slice url; /* http or https, absolute */
    struct slice etag,
        last_modified; /* of what is known already, as a reply gave them; absent: none */
    enum fetch_accept accept;
    uint64_t most_bytes; /* 0: the policy's */
    bool cut;            /* what is longer ends there, and is no failure */
};

struct fetch_reply {
    unsigned status; /* of the last answer; 0: none came */
    enum fetch_failure failure;
    unsigned hops;         /* redirects that were followed */
    int64_t max_age_s;     /* of Cache-Control; -1: none, 0: no-store, no-cache */
    int64_t retry_after_s; /* -1: none; a date is told from now */
    struct slice content_type, etag, last_modified; /* absent: none */
    struct slice final_url;                         /* without fragment */
    struct slice
        moved_to; /* final_url when every hop was permanent and the last answer is 2xx or 304; else absent */
    struct buf body; /* of 2xx alone */
    bool was_cut;
    struct arena *arena; /* its own */
};

/* `reply` is overwritten. */
enum rc fetch_run(struct fetcher *fetcher, const struct fetch_request *request,
                  struct fetch_reply *reply, struct err *e);
void fetch_reply_done(struct fetch_reply *reply);

/* "guillemet/1.0 (+contact)" of that fetcher. */
const char *fetcher_agent(const struct fetcher *fetcher);
/* The name that robots.txt knows us by. */
#define FETCH_ROBOT "guillemet"

#endif
