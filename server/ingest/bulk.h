/* Many documents of one source through the pipeline, each with a result of its own, in the order of the source.
 *
 * Shape:   bulk_run reads, submits and waits; `each` hears of every item once it is durable or refused, in order,
 *          on the calling thread. A bad item spoils no other. At most BULK_WINDOW documents are under way.
 * Errors:  those of items are in their results; bulk_run itself fails only when nothing can go on.
 * Memory:  bounded by the window. What an item points to lives until `each` returns.
 * Threads: one bulk_run per source; several sources at once are fine, they share the pipeline.
 */
#ifndef GUILLEMET_INGEST_BULK_H
#define GUILLEMET_INGEST_BULK_H

#include "ingest/ingest.h"

#define BULK_WINDOW 64

struct bulk_item {
    size_t index, line; /* from 0; the line from 1, 0: not by line */
    enum rc rc;         /* RC_OK: stored, or in a dry run: would be */
    struct err err;
    enum outcome outcome;
    uint64_t id;
    uint32_t revision;
    size_t entity_count, quote_count; /* of a dry run */
    const struct warning *warnings;   /* of the reader */
    size_t warning_count;
};

struct bulk_options {
    struct pipeline *pipeline;
    struct ingest_source *source;
    size_t skip;  /* items that an earlier run did */
    bool dry_run; /* analyse, store nothing */
    bool if_none; /* as of pipeline_job */
    bool revive;
    struct slice who, request; /* as in pipeline_job; outlive the run */
    void (*each)(void *context, const struct bulk_item *item);
    bool (*stop)(void *context); /* asked before each item; NULL: never */
    void (*beat)(void *context); /* every second while one is waited for; NULL: nobody wants it */
    void *context;
};

enum rc bulk_run(const struct bulk_options *options, struct err *e);

#endif
