/* Any bytes as a feed in XML or JSON (the first byte picks): each item is a document whose spans hold, or is refused
 * with a message; the source always ends. */
#include <stdint.h>
#include <stdlib.h>

#include "ingest/ingest.h"
#include "ingest/portions.h"
#include "text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int true_thing)
{
    if (!true_thing) {
        abort();
    }
}

static void check(const struct document *d)
{
    size_t at = 0;
    must(utf8_valid(d->text, NULL) && d->text.len > 0);
    for (size_t i = 0; i < d->block_count; i++) {
        struct span span = d->blocks[i].span;
        must(span.start_byte >= at && span.end_byte > span.start_byte &&
             span.end_byte <= d->text.len);
        at = span.end_byte;
    }
    must(!slice_present(d->title.text) || utf8_valid(d->title.text, NULL));
}

/* Portions are the bytes in order, each once, and the walk ends. */
static void check_portions(struct slice bytes, enum portions_kind kind)
{
    struct portions p = {.kind = kind, .most = 64, .least = 16};
    size_t at = 0, shown = 0;
    struct err e = {0};
    for (size_t steps = 0;; steps++) {
        struct slice portion = SLICE("");
        size_t used = 0;
        must(steps <= 3 * bytes.len + 9);
        enum portions_step step = portions_next(&p, slice_of(bytes.ptr + at, shown - at),
                                                shown < bytes.len, &portion, &used, &e);
        must(used <= shown - at && portion.len <= shown - at);
        must(step != PORTIONS_MORE || shown < bytes.len);
        must(step != PORTIONS_FAULT || e.message[0] != '\0');
        if (step == PORTIONS_END || step == PORTIONS_FAULT) {
            return;
        }
        at += step == PORTIONS_MORE ? 0 : used;
        shown += step == PORTIONS_MORE; /* a byte at a time */
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    struct ingest_hints hints = {.content_type = data[0] == '{' ? SLICE("application/feed+json")
                                                                : SLICE("application/xml")};
    struct ingest_source *source = NULL;
    struct err e = {0};
    check_portions(slice_of((const char *)data, size),
                   data[0] == '<' ? PORTIONS_FEED : PORTIONS_ARRAY);
    if (ingest_open_bytes(slice_of((const char *)data, size), &hints, &source, &e) != RC_OK) {
        must(e.message[0] != '\0'); /* packed, or so it says */
        return 0;
    }
    for (size_t items = 0;; items++) {
        struct arena *arena = arena_new(0);
        struct document *document = NULL;
        enum rc rc = ingest_next(source, arena, &document, &e);
        must(rc == RC_OK || e.message[0] != '\0');
        must(items <= size + 1);
        if (document) {
            check(document);
        }
        arena_free(arena);
        if (rc == RC_OK && !document) {
            break;
        }
    }
    ingest_close(source);
    return 0;
}
