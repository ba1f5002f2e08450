#include "cli/ingest_address.h"

#include <string.h>

#include "cli/files.h"
#include "cli/ingest_run.h"
#include "cli/ingest_web.h"
#include "cli/stop.h"

static void refuse(struct ingest_run *run, const char *address, struct err *e)
{
    struct report_place place = {.path = address};
    run->read++;
    if (!stop_signal) { /* which is told at the end */
        report_refused(&run->report, &place, e);
    }
}

static void advise(void *context, struct err *e)
{
    ingest_web_advise(context, e);
}

/* ---- a sitemap: pages without items */

/* False when the run is to stop. */
static bool take_entry(struct ingest_reading *reading, const struct sitemap_entry *entry)
{
    struct ingest_run *run = reading->run;
    struct document *document = NULL;
    struct report_place place = {.path = reading->path};
    struct arena *arena = arena_new(0);
    bool again = false;
    struct err e = {0};
    enum rc rc =
        arena ? ingest_web_entry(run->web, reading->hints, entry, arena, &document, &again, &e)
              : err_nomem(&e);
    if (again || stop_signal) {
        arena_free(arena);
        return !ingest_run_stops(run);
    }
    run->read++;
    if (rc == RC_OK) {
        ingest_run_take(reading, &place, document, arena);
    } else {
        arena_free(arena);
        ingest_run_refuse(reading, &place, &e);
    }
    return !ingest_run_stops(run);
}

static enum rc open_sitemap(const struct ingest_run *run, const struct ingest_found *found,
                            const struct ingest_hints *hints, struct arena *arena,
                            struct sitemap *out, struct err *e)
{
    struct ingest_hints own = {.url = found->address, .charset = hints->charset};
    enum rc rc = sitemap_read(found->body, &own, arena, out, e);
    if (rc == RC_OK && out->is_index) {
        rc = err_set(e, RC_INVALID,
                     "it is an index of %zu sitemaps: give the address of one, such as %.*s",
                     out->count, SLICE_ARG(out->count ? out->items[0].url : SLICE("")));
    } else if (rc == RC_OK && !run->full) {
        rc = err_set(e, RC_INVALID, "it is a sitemap of %zu pages: --full reads them", out->count);
    }
    return rc;
}

static void ingest_sitemap(struct ingest_reading *reading, const struct ingest_found *found)
{
    struct sitemap sitemap;
    struct err e = {0};
    struct arena *arena = arena_new(0);
    enum rc rc = arena ? open_sitemap(reading->run, found, reading->hints, arena, &sitemap, &e)
                       : err_nomem(&e);
    if (rc) {
        refuse(reading->run, reading->path, &e);
    }
    for (size_t i = 0; rc == RC_OK && i < sitemap.count && take_entry(reading, &sitemap.items[i]);
         i++) {
    }
    arena_free(arena);
}

/* ---- everything else is for the readers */

/* An export's deletions and corrections are for those who have the file, not for those who have an address. */
static void ingest_bytes(struct ingest_reading *reading, const struct ingest_hints *hints,
                         struct ingest_found *found)
{
    struct err e = {0};
    if (ingest_open_bytes(found->body, hints, &reading->source, &e)) {
        advise(found, &e);
        refuse(reading->run, reading->path, &e);
        return;
    }
    reading->full = reading->run->full && !found->is_page;
    reading->place = found->is_page ? hints->url : SLICE_NONE;
    reading->advise = advise;
    reading->advise_context = found;
    while (ingest_run_next(reading)) {
    }
    ingest_close(reading->source);
    reading->source = NULL;
}

void ingest_address(struct ingest_run *run, const char *address)
{
    struct ingest_reading reading = {
        .run = run, .path = address, .archive = {.kind = ARCHIVE_NONE}};
    struct ingest_hints hints = files_hints(run->cli);
    struct ingest_found found;
    struct err e = {0};
    hints.content_type = cli_slice(run->cli, "type");
    hints.stop = &stop_signal;
    reading.hints = &hints;
    if (ingest_web_ask(run->web, address, &hints, &found, &e)) {
        refuse(run, address, &e);
    } else if (found.is_sitemap) {
        ingest_sitemap(&reading, &found);
    } else {
        ingest_bytes(&reading, &hints, &found);
    }
}
