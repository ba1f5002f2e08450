/* Does the jobs, one after the other, on a thread of its own.
 *
 * Shape:   takes the oldest unfinished job, feeds its documents to the pipeline and saves how far it is every
 *          few hundred milliseconds. When the service stops, the job stays queued and goes on from there at the next start; after
 *          a kill some items are done twice, and are then `unchanged`. A fault that is no item's (a full disk) doesn't
 *          use the items up: the runner waits and goes on.
 * Threads: wake from any.
 */
#ifndef GUILLEMET_API_JOB_RUNNER_H
#define GUILLEMET_API_JOB_RUNNER_H

#include "base/err.h"

struct job_runner;
struct pipeline;
struct store;

/* NULL with `e` filled when it can't start. */
struct job_runner *job_runner_new(struct store *store, struct pipeline *pipeline, struct err *e);
/* A job was added. */
void job_runner_wake(struct job_runner *runner);
/* Ends where it is. NULL is fine. */
void job_runner_free(struct job_runner *runner);

#endif
