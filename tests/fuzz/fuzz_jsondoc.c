/* Any bytes as JSON documents, one, many or one a line, trusted as an export or not: each item is a document whose
 * spans hold, or is refused with a message; the source always ends. The first byte picks the format. */
#include <stdint.h>
#include <stdlib.h>

#include "ingest/archive.h"
#include "ingest/ingest.h"
#include "text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int true_thing)
{
    if (!true_thing) {
        abort();
    }
}

static void check(const struct document *d, struct arena *arena)
{
    size_t at = 0;
    struct err e;
    struct identity identity;
    must(utf8_valid(d->text, NULL) && d->text.len > 0 && d->text.len <= DOCUMENT_TEXT_MOST);
    for (size_t i = 0; i < d->block_count; i++) {
        struct span span = d->blocks[i].span;
        must(span.start_byte >= at && span.end_byte >= span.start_byte &&
             span.end_byte <= d->text.len);
        at = span.end_byte;
    }
    must(!slice_present(d->title.text) || utf8_valid(d->title.text, NULL));
    must(identity_of(d, arena, &identity, &e) == RC_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const types[] = {"application/json", "application/x-ndjson", NULL, NULL};
    if (size == 0) {
        return 0;
    }
    struct ingest_archive archive = {.kind = ARCHIVE_NONE};
    struct ingest_hints hints = {.content_type = slice_cstr(types[data[0] & 3]),
                                 .archive = data[0] & 4 ? &archive : NULL};
    struct ingest_source *source = NULL;
    struct err e = {0};
    struct slice bytes = slice_of((const char *)data + 1, size - 1);
    if (ingest_open_bytes(bytes, &hints, &source, &e) != RC_OK) {
        must(e.message[0] != '\0'); /* packed, or so it says */
        return 0;
    }
    for (size_t items = 0;; items++) {
        struct arena *arena = arena_new(0);
        struct document *document = NULL;
        enum rc rc = ingest_next(source, arena, &document, &e);
        must(rc == RC_OK || e.message[0] != '\0');
        must(items <= size + 1);
        if (document && (archive.kind == ARCHIVE_NONE || archive.kind == ARCHIVE_ARTICLE)) {
            check(document, arena);
        }
        arena_free(arena);
        if (rc == RC_OK && !document) {
            break;
        }
    }
    ingest_close(source);
    return 0;
}
