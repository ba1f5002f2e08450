/* Work that is done later: accepting it (202), and telling how far it is. The work itself: job_runner.h. */
#ifndef GUILLEMET_API_JOBS_H
#define GUILLEMET_API_JOBS_H

#include "api/call.h"
#include "ingest/ingest.h"

/* Queues a body of `total` documents; replies 202. */
enum rc jobs_accept(struct call *call, const struct ingest_hints *hints, struct slice body,
                    int64_t total, struct err *e);

call_handler jobs_list, jobs_get, jobs_rejects, jobs_cancel;

#endif
