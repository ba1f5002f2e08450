/* Plain text: the stored text is the input, decoded, line ends levelled, nothing else changed. */
#include <stdlib.h>

#include "ingest/archive.h"
#include "ingest/charset.h"
#include "ingest/layout.h"
#include "ingest/metadata.h"
#include "ingest/reader.h"

struct plain {
    struct slice bytes;
    const struct ingest_hints *hints;
    bool given;
};

bool plain_sniff(struct slice head)
{
    (void)head; /* whatever nobody else recognised: decoding will say what is wrong with it */
    return true;
}

enum rc plain_open(struct slice bytes, const struct ingest_hints *hints, void **state,
                   struct err *e)
{
    struct plain *plain = malloc(sizeof *plain);
    if (!plain) {
        return err_nomem(e);
    }
    *plain = (struct plain){bytes, hints, false};
    *state = plain;
    return RC_OK;
}

void plain_close(void *state)
{
    free(state);
}

/* CRLF and CR → LF, in place: the text is the arena's own copy. */
static void level_line_ends(struct slice *text)
{
    char *out = (char *)(uintptr_t)text->ptr;
    size_t len = 0;
    for (size_t i = 0; i < text->len; i++) {
        char c = text->ptr[i];
        if (c == '\r') {
            c = '\n';
            i += i + 1 < text->len && text->ptr[i + 1] == '\n';
        }
        out[len++] = c;
    }
    text->len = len;
}

static bool is_blank(struct slice text)
{
    return slice_trim(text).len == 0;
}

static enum rc decode(const struct plain *plain, struct document *document, struct arena *arena,
                      struct err *e)
{
    const struct ingest_hints *hints = plain->hints;
    struct slice declared =
        slice_present(hints->charset) ? hints->charset : charset_of_type(hints->content_type);
    struct charset_text decoded;
    enum rc rc = charset_decode(plain->bytes, declared, DOCUMENT_TEXT_MOST, arena, &decoded, e);
    if (rc) {
        return rc;
    }
    if (memchr(decoded.text.ptr, '\r', decoded.text.len)) {
        level_line_ends(&decoded.text);
    }
    if (is_blank(decoded.text)) {
        return err_set(e, RC_INVALID, "the text is empty");
    }
    document->text = decoded.text;
    if (slice_present(decoded.from)) {
        struct slice detail = arena_printf(arena, "the text was converted from %.*s to UTF-8",
                                           SLICE_ARG(decoded.from));
        if (!slice_present(detail) ||
            !metadata_warn(document, arena, "charset_converted", detail)) {
            return err_nomem(e);
        }
    }
    return RC_OK;
}

enum rc plain_next(void *state, struct arena *arena, struct document **out, struct err *e)
{
    struct plain *plain = state;
    if (plain->given) {
        *out = NULL;
        return RC_OK;
    }
    plain->given = true;
    if (plain->hints->archive) {
        *plain->hints->archive = (struct ingest_archive){.kind = ARCHIVE_NONE};
    }
    struct document *document = ARENA_NEW(arena, struct document);
    if (!document) {
        return err_nomem(e);
    }
    enum rc rc = decode(plain, document, arena, e);
    if (rc == RC_OK) {
        rc = metadata_hints(document, plain->hints, arena, e);
    }
    if (rc == RC_OK) {
        rc = layout_find(document, arena, e);
    }
    if (rc == RC_OK) {
        *out = document;
    }
    return rc;
}
