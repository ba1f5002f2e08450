/* Any bytes as plain text, with and without a declared charset: refused with a message, or read so that the blocks
 * are in order, inside the text and hold every character. The first byte picks the charset and language. */
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

static int is_span_of(struct slice inner, struct slice outer)
{
    return inner.ptr >= outer.ptr && inner.ptr + inner.len <= outer.ptr + outer.len;
}

static void check(const struct document *d)
{
    size_t at = 0;
    must(utf8_valid(d->text, NULL) && d->text.len <= DOCUMENT_TEXT_MOST);
    must(!memchr(d->text.ptr, '\r', d->text.len) && !memchr(d->text.ptr, 0, d->text.len));
    for (size_t i = 0; i <= d->block_count; i++) {
        size_t next = i < d->block_count ? d->blocks[i].span.start_byte : d->text.len;
        must(at <= next);
        while (at < next) { /* between blocks there are blanks alone */
            must(utf8_is_blank(utf8_decode(d->text, at, &at)));
        }
        if (i < d->block_count) {
            must(d->blocks[i].span.end_byte > next && d->blocks[i].span.end_byte <= d->text.len);
            at = d->blocks[i].span.end_byte;
        }
    }
    must(!slice_present(d->title.text) || is_span_of(d->title.text, d->text));
    must(!slice_present(d->standfirst.text) || is_span_of(d->standfirst.text, d->text));
    must(!slice_present(d->dateline.text) || is_span_of(d->dateline.text, d->text));
    for (size_t i = 0; i < d->byline_count; i++) {
        must(d->bylines[i].len > 0 && is_span_of(d->bylines[i], d->text));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const charsets[] = {NULL,       NULL,         "utf-8",     "latin1",
                                           "utf-16le", "iso-8859-2", "shift_jis", "utf-7"};
    static const char *const langs[] = {NULL, "fr", "en", "xx"};
    if (size == 0) {
        return 0;
    }
    struct ingest_hints hints = {.content_type = SLICE("text/plain"),
                                 .charset = slice_cstr(charsets[data[0] & 7]),
                                 .lang = slice_cstr(langs[(data[0] >> 3) & 3])};
    struct arena *arena = arena_new(0);
    struct document *document = NULL;
    struct err e = {0};
    enum rc rc =
        ingest_read(slice_of((const char *)data + 1, size - 1), &hints, arena, &document, &e);
    if (rc == RC_OK) {
        struct identity identity;
        check(document);
        must(identity_of(document, arena, &identity, &e) == RC_OK);
    } else {
        must(e.message[0] != '\0');
    }
    arena_free(arena);
    return 0;
}
