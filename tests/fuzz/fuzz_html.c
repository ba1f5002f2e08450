/* Any bytes as a web page: a document whose spans hold, or a refusal with a message. */
#include <stdint.h>
#include <stdlib.h>

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
        must(span.start_byte >= at && span.end_byte > span.start_byte &&
             span.end_byte <= d->text.len);
        must(utf8_valid(slice_of(d->text.ptr + span.start_byte, span.end_byte - span.start_byte),
                        NULL));
        at = span.end_byte;
    }
    must(!slice_present(d->title.text) || utf8_valid(d->title.text, NULL));
    must(!slice_present(d->standfirst.text) || utf8_valid(d->standfirst.text, NULL));
    for (size_t i = 0; i < d->byline_count; i++) {
        must(utf8_valid(d->bylines[i], NULL));
    }
    must(identity_of(d, arena, &identity, &e) == RC_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ingest_hints hints = {.content_type = SLICE("text/html")};
    struct arena *arena = arena_new(0);
    struct document *document = NULL;
    struct err e = {0};
    enum rc rc = ingest_read(slice_of((const char *)data, size), &hints, arena, &document, &e);
    must(rc == RC_OK ? document != NULL : e.message[0] != '\0');
    if (document) {
        check(document, arena);
    }
    arena_free(arena);
    return 0;
}
