/* Any bytes as OPML: refused with a message, or read; what is written of it is read again as the same feeds. */
#include <stdint.h>
#include <stdlib.h>
#include <strings.h>

#include "ingest/xml_opml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int true_thing)
{
    if (!true_thing) {
        abort();
    }
}

static void round_trip(const struct opml *opml, struct arena *arena)
{
    struct ingest_hints hints = {.charset = SLICE("utf-8")};
    struct opml again;
    struct buf out;
    buf_init(&out);
    opml_write(opml, 0, &out);
    must(opml_sniff(buf_view(&out)));
    must(opml_read(buf_view(&out), &hints, arena, &again, NULL) == RC_OK);
    must(again.count == opml->count && again.left_out == 0);
    for (size_t i = 0; i < opml->count; i++) {
        must(slice_equal(again.items[i].url, opml->items[i].url));
    }
    buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice bytes = slice_of((const char *)data, size);
    struct ingest_hints hints = {.charset = SLICE_NONE};
    struct arena *arena = arena_new(0);
    struct opml opml;
    struct err e = {.message = ""};
    opml_sniff(bytes);
    if (opml_read(bytes, &hints, arena, &opml, &e) == RC_OK) {
        must(opml.count <= OPML_FEEDS_MOST);
        round_trip(&opml, arena);
    } else {
        must(e.message[0] != '\0');
    }
    arena_free(arena);
    return 0;
}
