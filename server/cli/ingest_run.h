/* A run of `guillemet ingest` under way: from documents that are read to what became of each.
 *
 * Shape:   an operand is opened as a reading; ingest_run_next takes its documents one by one: what is known as it is, what
 *          would be done (a dry run), what goes to the pipeline.
 * Threads: one reads; what was stored is told by the writer's.
 */
#ifndef GUILLEMET_CLI_INGEST_RUN_H
#define GUILLEMET_CLI_INGEST_RUN_H

#include "cli/backend.h"
#include "cli/ingest_report.h"
#include "ingest/archive.h"
#include "ingest/known.h"

struct ingest_web;

struct ingest_run {
    const struct cli *cli;
    struct backend backend;
    struct report report;
    struct known *known;    /* NULL: a dry run without an archive */
    struct ingest_web *web; /* NULL: no operand is an address */
    bool dry, revive, stop_on_error, keeps_origins, full;
    uint64_t read;                    /* items */
    uint64_t bytes_total, bytes_past; /* of all files, of those that are done */
};

/* A file or an address under way. */
struct ingest_reading {
    struct ingest_run *run;
    const char *path;
    const struct ingest_hints *hints;
    struct ingest_source *source;
    struct ingest_archive archive;
    bool full;          /* pages take the place of items */
    struct slice place; /* of a page that was fetched: where; absent otherwise */
    void (*advise)(void *context,
                   struct err *e); /* may add to why something is refused; NULL: nobody */
    void *advise_context;
};

bool ingest_run_stops(struct ingest_run *run);
/* False at the end of the source. */
bool ingest_run_next(struct ingest_reading *reading);
/* One document, which lives in the arena; takes that. */
void ingest_run_take(struct ingest_reading *reading, const struct report_place *place,
                     const struct document *document, struct arena *arena);
/* One that can't be read. */
void ingest_run_refuse(struct ingest_reading *reading, const struct report_place *place,
                       struct err *e);

#endif
