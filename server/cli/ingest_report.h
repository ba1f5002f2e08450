/* What became of each input of `guillemet ingest`: messages, lines for each item, the file of rejects, sums.
 *
 * Threads: every function from the reading thread and from the writer's.
 */
#ifndef GUILLEMET_CLI_INGEST_REPORT_H
#define GUILLEMET_CLI_INGEST_REPORT_H

#include <pthread.h>
#include <stdatomic.h>

#include "cli/cli.h"
#include "cli/progress.h"
#include "ingest/ingest.h"

enum report_sum {
    SUM_CREATED,
    SUM_REVISED,
    SUM_UNCHANGED,
    SUM_REFUSED,
    SUM_RESTORED, /* lines of an export that are no articles */
    SUMS
};

struct report {
    pthread_mutex_t lock;
    struct progress progress;
    bool verbose, json, dry;
    const char *rejects_path; /* NULL: none wanted */
    FILE *rejects;            /* opened with the first of them, appended to */
    char kept_file[512];      /* the input that the last reject holds, */
    size_t kept_part;         /* or which part of it */
    int code;                 /* worst so far */
    atomic_bool refused;
    atomic_bool broken; /* the archive or the rejects file fails: stop */
    atomic_uint_fast64_t sums[SUMS];
};

/* Where an item stands, and what it was made from (for the rejects). */
struct report_place {
    const char *path;
    size_t line;
    struct ingest_origin origin; /* bytes absent: not kept */
};

/* A wrong --rejects file is told on stderr; the int is an exit code. */
int report_open(struct report *report, const struct cli *cli);
void report_close(struct report *report);

void report_stored(struct report *report, const struct report_place *place, enum report_sum sum,
                   uint64_t id, const struct document *document);
void report_refused(struct report *report, const struct report_place *place, const struct err *e);
/* A fault that spoiled something, but not the item: told, and part of the exit code. */
void report_noted(struct report *report, const struct report_place *place, const struct err *e);
void report_restored(struct report *report);

/* " (12 created, 3 refused)", or "" while there is nothing to tell. */
void report_detail(const struct report *report, char *out, size_t size);

/* CPU time by stage. */
struct report_times {
    int64_t read_us, analyse_us, render_us, store_us;
    int64_t search_us; /* of store: the full-text indexes */
};

/* The last words on stdout. */
void report_summary(struct report *report, uint64_t read, const struct report_times *times,
                    bool interrupted);

static inline uint64_t report_sum(const struct report *report, enum report_sum sum)
{
    return atomic_load(&report->sums[sum]);
}

#endif
