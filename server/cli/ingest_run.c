#include "cli/ingest_run.h"

#include <stdlib.h>
#include <string.h>

#include "cli/ingest_web.h"
#include "cli/restore.h"
#include "cli/stop.h"
#include "ingest/fetched.h"
#include "ingest/rejects.h"

/* A document under way: lives in its arena. */
struct passenger {
    struct ingest_run *run;
    struct report_place place;
    struct known_keys keys;
    struct identity identity;
    struct store_history history;
};

bool ingest_run_stops(struct ingest_run *run)
{
    return stop_signal || atomic_load(&run->report.broken) ||
           (run->stop_on_error && atomic_load(&run->report.refused));
}

/* ---- one document */

/* On the writer's thread. */
static void stored(void *context, const struct pipeline_result *result)
{
    struct passenger *p = context;
    known_leave(p->run->known, &p->keys);
    if (result->rc) {
        report_refused(&p->run->report, &p->place, &result->err);
        return;
    }
    enum report_sum sum = result->outcome == OUTCOME_CREATED   ? SUM_CREATED
                          : result->outcome == OUTCOME_REVISED ? SUM_REVISED
                                                               : SUM_UNCHANGED;
    report_stored(&p->run->report, &p->place, sum, result->id, result->document);
}

/* What is needed after the source went on: copied into the document's arena. */
static struct passenger *board(const struct ingest_reading *reading,
                               const struct report_place *place, struct arena *arena, struct err *e)
{
    struct passenger *p = ARENA_NEW(arena, struct passenger);
    char *path = p ? arena_strdup(arena, place->path) : NULL;
    if (!path) {
        err_nomem(e);
        return NULL;
    }
    p->run = reading->run;
    p->place = (struct report_place){.path = path, .line = place->line};
    if (reading->run->keeps_origins) {
        struct slice bytes = place->origin.alone ? place->origin.bytes : SLICE_NONE;
        p->place.origin.alone = true;
        p->place.origin.hints = reject_keep_hints(place->origin.hints, arena);
        p->place.origin.bytes = arena_copy(arena, bytes);
        p->place.origin.content_type = arena_copy(arena, place->origin.content_type);
    }
    if (reading->archive.kind == ARCHIVE_ARTICLE) {
        p->history = reading->archive.history;
    }
    return p;
}

static enum rc submit(const struct ingest_reading *reading, struct passenger *p,
                      const struct document *document, struct arena *arena, struct err *e)
{
    bool exported = reading->archive.kind == ARCHIVE_ARTICLE;
    struct pipeline_job job = {.arena = arena,
                               .document = document,
                               .identity = &p->identity,
                               .history = exported ? &p->history : NULL,
                               .archive_id = exported ? reading->archive.id : 0,
                               .revive = p->run->revive,
                               .who = SLICE("guillemet ingest"),
                               .wait = true};
    known_enter(p->run->known, &p->keys);
    enum rc rc = pipeline_submit(p->run->backend.pipeline, &job, stored, p, e);
    if (rc) {
        known_leave(p->run->known, &p->keys);
    }
    return rc;
}

static enum rc foretell(struct ingest_run *run, const struct passenger *p,
                        const struct store_outlook *outlook, const struct document *document,
                        struct arena *arena, struct err *e)
{
    enum report_sum sum = outlook->outcome == OUTCOME_CREATED ? SUM_CREATED : SUM_REVISED;
    struct analysis *analysis = NULL;
    if (outlook->deleted && !run->revive) {
        return err_set(e, RC_GONE, "it was deleted; only --revive brings it back");
    }
    enum rc rc = pipeline_analyse(run->backend.pipeline, document, arena, &analysis, e);
    if (rc == RC_OK) {
        report_stored(&run->report, &p->place, sum, outlook->id, document);
    }
    return rc;
}

/* Takes the arena. */
static enum rc take_article(struct ingest_reading *reading, const struct report_place *place,
                            const struct document *document, struct arena *arena, struct err *e)
{
    struct ingest_run *run = reading->run;
    struct store_outlook outlook = {.outcome = OUTCOME_CREATED};
    struct passenger *p = board(reading, place, arena, e);
    enum rc rc = p ? identity_of(document, arena, &p->identity, e) : RC_NOMEM;
    if (rc == RC_OK) {
        p->keys = known_keys_of(document, &p->identity);
        outlook.id = p->identity.id;
    }
    bool settled = reading->archive.kind == ARCHIVE_NONE && run->known && rc == RC_OK &&
                   !known_is_under_way(run->known, &p->keys);
    if (settled) {
        rc = known_look(run->known, document, &p->identity, &outlook, e);
    }
    if (rc == RC_OK && outlook.outcome == OUTCOME_UNCHANGED) {
        report_stored(&run->report, &p->place, SUM_UNCHANGED, outlook.id, document);
    } else if (rc == RC_OK && run->dry) {
        rc = foretell(run, p, &outlook, document, arena, e);
    } else if (rc == RC_OK) {
        rc = submit(reading, p, document, arena, e);
        arena = rc ? arena : NULL;
    }
    arena_free(arena);
    return rc;
}

/* Takes the arena. */
static enum rc take_document(struct ingest_reading *reading, const struct report_place *place,
                             const struct document *document, struct arena *arena, struct err *e)
{
    struct ingest_run *run = reading->run;
    const struct ingest_archive *archive = &reading->archive;
    bool one = cli_value(run->cli, "url") || cli_value(run->cli, "external-id");
    enum rc rc = RC_OK;
    if (one && run->read > 1) {
        rc =
            err_set(e, RC_INVALID, "--url and --external-id name one article, and this is another");
    } else if (archive->kind == ARCHIVE_NONE || archive->kind == ARCHIVE_ARTICLE) {
        return take_article(reading, place, document, arena, e);
    } else if (!run->dry) { /* in its order among the articles */
        pipeline_drain(run->backend.pipeline);
        rc = restore_record(run->backend.store, archive, arena, e);
        if (rc == RC_OK) {
            report_restored(&run->report);
        }
    }
    arena_free(arena);
    return rc;
}

static void show_progress(const struct ingest_reading *reading)
{
    struct ingest_run *run = reading->run;
    uint64_t position = reading->source ? ingest_position(reading->source) : 0;
    char detail[96];
    if (!progress_due(&run->report.progress)) {
        return;
    }
    report_detail(&run->report, detail, sizeof detail);
    struct progress_state state = {.done = run->bytes_past + position,
                                   .total = run->bytes_total,
                                   .count = run->read,
                                   .detail = detail};
    pthread_mutex_lock(&run->report.lock);
    progress_show(&run->report.progress, &state);
    pthread_mutex_unlock(&run->report.lock);
}

void ingest_run_refuse(struct ingest_reading *reading, const struct report_place *place,
                       struct err *e)
{
    if (reading->advise) {
        reading->advise(reading->advise_context, e);
    }
    report_refused(&reading->run->report, place, e);
}

void ingest_run_take(struct ingest_reading *reading, const struct report_place *place,
                     const struct document *document, struct arena *arena)
{
    struct err e = {0};
    if (take_document(reading, place, document, arena, &e)) {
        report_refused(&reading->run->report, place, &e);
    }
    show_progress(reading);
}

/* False: there is nothing to do for that item. */
static bool put_page(struct ingest_reading *reading, const struct report_place *place,
                     struct arena *arena, struct document **document)
{
    struct ingest_run *run = reading->run;
    bool again = false;
    struct err e = {0};
    enum rc rc = ingest_web_page(run->web, reading->hints, run->known, arena, document, &again, &e);
    if (rc && !stop_signal) {
        report_noted(&run->report, place, &e);
    }
    return !again && !stop_signal;
}

bool ingest_run_next(struct ingest_reading *reading)
{
    struct ingest_run *run = reading->run;
    struct err e = {0};
    struct document *document = NULL;
    struct arena *arena = arena_new(0);
    enum rc rc = arena ? ingest_next(reading->source, arena, &document, &e) : err_nomem(&e);
    if ((rc == RC_OK && !document) || stop_signal) {
        arena_free(arena);
        return false;
    }
    struct report_place place = {.path = reading->path,
                                 .line = ingest_line(reading->source),
                                 .origin = ingest_origin(reading->source)};
    run->read++;
    if (rc == RC_OK && slice_present(reading->place)) {
        rc = fetched_settle(document, reading->place, arena, &e);
    }
    if (rc != RC_OK) {
        arena_free(arena);
        ingest_run_refuse(reading, &place, &e);
    } else if (reading->full && !put_page(reading, &place, arena, &document)) {
        arena_free(arena);
    } else {
        ingest_run_take(reading, &place, document, arena);
    }
    return !ingest_run_stops(run);
}
