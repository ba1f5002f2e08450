#include "ingest/bulk.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

/* An item under way. Its arena holds what `each` still wants of the document once the pipeline has freed its own. */
struct slot {
    struct bulk *bulk;
    struct bulk_item item;
    struct arena *arena;
    bool done;
};

struct bulk {
    const struct bulk_options *options;
    pthread_mutex_t lock;
    pthread_cond_t arrived;
    struct slot slots[BULK_WINDOW];
    size_t first, next; /* items told, items taken up: slots are a ring */
};

static void mark_done(struct slot *slot)
{
    pthread_mutex_lock(&slot->bulk->lock);
    slot->done = true;
    pthread_cond_signal(&slot->bulk->arrived);
    pthread_mutex_unlock(&slot->bulk->lock);
}

static void keep_warnings(struct slot *slot, const struct document *document)
{
    struct warning *kept = ARENA_ARRAY(slot->arena, struct warning, document->warning_count);
    for (size_t i = 0; kept && i < document->warning_count; i++) {
        kept[i] = (struct warning){document->warnings[i].code,
                                   arena_copy(slot->arena, document->warnings[i].detail)};
    }
    slot->item.warnings = kept;
    slot->item.warning_count = kept ? document->warning_count : 0;
}

static void on_stored(void *context, const struct pipeline_result *result)
{
    struct slot *slot = context;
    slot->item.rc = result->rc;
    slot->item.err = result->err;
    slot->item.outcome = result->outcome;
    slot->item.id = result->id;
    slot->item.revision = result->revision;
    mark_done(slot);
}

static void try_out(struct slot *slot, const struct document *document, struct arena *arena)
{
    struct bulk_item *item = &slot->item;
    struct analysis *analysis = NULL;
    struct identity identity = {0};
    item->rc =
        pipeline_analyse(slot->bulk->options->pipeline, document, arena, &analysis, &item->err);
    if (item->rc == RC_OK) {
        item->rc = identity_of(document, arena, &identity, &item->err);
    }
    if (item->rc == RC_OK) {
        item->id = identity.id;
        item->entity_count = analysis->entity_count;
        item->quote_count = analysis->quote_count;
    }
}

/* Owns the arena. */
static void take_up(struct slot *slot, const struct document *document, struct arena *arena)
{
    const struct bulk_options *options = slot->bulk->options;
    keep_warnings(slot, document);
    if (options->dry_run) {
        try_out(slot, document, arena);
        arena_free(arena);
        slot->done = true;
        return;
    }
    struct pipeline_job job = {.arena = arena,
                               .document = document,
                               .if_none = options->if_none,
                               .revive = options->revive,
                               .who = options->who,
                               .request = options->request,
                               .wait = true};
    struct err fault = {0}; /* the slot is on_stored's from here on, unless it's refused */
    enum rc rc = pipeline_submit(options->pipeline, &job, on_stored, slot, &fault);
    if (rc) {
        slot->item.rc = rc;
        slot->item.err = fault;
        arena_free(arena);
        slot->done = true;
    }
}

static bool is_done(struct bulk *bulk, const struct slot *slot, bool wait)
{
    const struct bulk_options *options = bulk->options;
    pthread_mutex_lock(&bulk->lock);
    while (wait && !slot->done) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec++;
        if (pthread_cond_clockwait(&bulk->arrived, &bulk->lock, CLOCK_MONOTONIC, &until) != 0 &&
            options->beat) {
            pthread_mutex_unlock(&bulk->lock);
            options->beat(options->context);
            pthread_mutex_lock(&bulk->lock);
        }
    }
    bool done = slot->done;
    pthread_mutex_unlock(&bulk->lock);
    return done;
}

/* Tells of every item at the ring's head that is done; with `wait`, of one at least. */
static void tell(struct bulk *bulk, bool wait)
{
    while (bulk->first < bulk->next) {
        struct slot *slot = &bulk->slots[bulk->first % BULK_WINDOW];
        if (!is_done(bulk, slot, wait)) {
            return;
        }
        bulk->options->each(bulk->options->context, &slot->item);
        arena_reset(slot->arena);
        bulk->first++;
        wait = false;
    }
}

/* Reads one item. *more false: the source is at its end. */
static enum rc step(struct bulk *bulk, size_t index, bool *more, struct err *e)
{
    struct ingest_source *source = bulk->options->source;
    struct arena *arena = arena_new(0);
    struct document *document = NULL;
    struct err fault = {0};
    if (!arena) {
        return err_nomem(e);
    }
    enum rc rc = ingest_next(source, arena, &document, &fault);
    *more = rc != RC_OK || document;
    if (!*more || index < bulk->options->skip) {
        arena_free(arena);
        return RC_OK;
    }
    if (bulk->next - bulk->first == BULK_WINDOW) {
        tell(bulk, true);
    }
    struct slot *slot = &bulk->slots[bulk->next++ % BULK_WINDOW];
    slot->item = (struct bulk_item){.index = index, .line = ingest_line(source), .rc = rc};
    slot->done = rc != RC_OK;
    if (rc) {
        slot->item.err = fault;
        arena_free(arena);
    } else {
        take_up(slot, document, arena);
    }
    return RC_OK;
}

static enum rc run(struct bulk *bulk, struct err *e)
{
    const struct bulk_options *options = bulk->options;
    enum rc rc = RC_OK;
    bool more = true;
    for (size_t index = 0; rc == RC_OK && more; index++) {
        if (options->stop && options->stop(options->context)) {
            break;
        }
        rc = step(bulk, index, &more, e);
        tell(bulk, false);
    }
    while (bulk->first < bulk->next) {
        tell(bulk, true);
    }
    return rc;
}

enum rc bulk_run(const struct bulk_options *options, struct err *e)
{
    struct bulk *bulk = calloc(1, sizeof *bulk);
    enum rc rc = bulk ? RC_OK : err_nomem(e);
    for (size_t i = 0; rc == RC_OK && i < BULK_WINDOW; i++) {
        bulk->slots[i].bulk = bulk;
        bulk->slots[i].arena = arena_new(0);
        rc = bulk->slots[i].arena ? RC_OK : err_nomem(e);
    }
    if (rc == RC_OK) {
        bulk->options = options;
        pthread_mutex_init(&bulk->lock, NULL);
        pthread_cond_init(&bulk->arrived, NULL);
        rc = run(bulk, e);
        pthread_cond_destroy(&bulk->arrived);
        pthread_mutex_destroy(&bulk->lock);
    }
    for (size_t i = 0; bulk && i < BULK_WINDOW; i++) {
        arena_free(bulk->slots[i].arena);
    }
    free(bulk);
    return rc;
}
