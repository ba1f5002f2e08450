/* A group of writes, one transaction: internal to store/.
 *
 * Shape:   group_run begins a transaction, or goes on with the one that is open, and runs each job under a savepoint of
 *          its own; group_end commits and gives the jobs back, with their results. Between the two a job's document
 *          and analysis are spared: what is kept of a write until the commit is its request and its result.
 * Errors:  a job that fails is rolled back alone. A transaction that is lost (disk full) fails every job of it.
 * Memory:  zeroed is empty. Jobs stay whoever's they were.
 * Threads: the writer's.
 */
#ifndef GUILLEMET_STORE_GROUP_H
#define GUILLEMET_STORE_GROUP_H

#include "store/writer.h"

struct group {
    struct job *first, *last; /* NULL: no transaction is open */
    size_t count;
    int64_t opened_ms; /* steady */
    bool waited_for;   /* someone stands still for one of them */
    bool changed;
    enum rc rc; /* of the transaction as a whole */
    struct err fault;
};

void group_run(struct writer *w, struct group *g, struct job *jobs);
/* The transaction can still be committed. */
bool group_stands(const struct writer *w, const struct group *g);
struct job *group_end(struct writer *w, struct group *g);

#endif
