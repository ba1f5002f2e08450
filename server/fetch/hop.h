/* One request and its answer, on one handle: what fetch.c's loop over redirects is made of.
 *
 * Threads: one.
 */
#ifndef GUILLEMET_FETCH_HOP_H
#define GUILLEMET_FETCH_HOP_H

#include <stdatomic.h>

#include "fetch/fetch.h"
#include "fetch/headers.h"
#include "fetch/libcurl.h"

struct fetcher {
    struct fetch_policy policy;
    char agent[320];
    atomic_bool cancelled;
    struct slots *slots; /* fetch.c: handles that nobody uses, with their connections */
};

struct hop {
    const struct fetcher *fetcher;
    const struct fetch_request *request;
    CURLU *url;
    struct arena *arena;
    int64_t deadline_ms; /* of the steady clock */
    uint64_t most_bytes;

    struct headers headers;
    struct buf *body;
    bool was_cut;
    enum fetch_failure failure;
};

enum rc hop_run(CURL *curl, struct hop *hop, struct err *e);

#endif
