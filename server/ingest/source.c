/* Walking over the documents of some bytes or of a stream, whatever the format. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "ingest/credits.h"
#include "ingest/rejects.h"
#include "ingest/source.h"

#define HEAD_BYTES  65536 /* what sniffing sees */
/* Of files: what `zstd` makes unless told otherwise, and `--long` too. */
#define FILE_WINDOW 27

bool source_is_told_to_stop(const struct ingest_source *s)
{
    return s->hints.stop && *s->hints.stop;
}

static enum rc read_some(struct ingest_source *s, struct err *e)
{
    enum rc rc = input_read(&s->input, &s->held, e);
    if (source_is_told_to_stop(s)) { /* half a line is none */
        s->held.len = s->at;
        s->input.more = false;
        rc = RC_OK;
    }
    s->bytes = buf_view(&s->held);
    if (rc) { /* what was read of a line or text that isn't whole is no part of any */
        s->at = s->bytes.len;
    }
    return rc;
}

enum rc source_fill(struct ingest_source *s, size_t most_bytes, struct err *e)
{
    enum rc rc = RC_OK;
    while (rc == RC_OK && s->input.more && s->held.len < most_bytes) {
        rc = read_some(s, e);
    }
    return rc;
}

/* Enough to know the format by. A fault behind it is met again, once what came before was read. */
static enum rc fill_head(struct ingest_source *s, size_t most_bytes, struct err *e)
{
    enum rc rc = RC_OK;
    do {
        rc = input_read(&s->input, &s->held, e);
    } while (rc == RC_OK && s->input.more && s->held.len < most_bytes);
    if (source_is_told_to_stop(s)) {
        buf_clear(&s->held);
        s->input.more = false;
        rc = RC_OK;
    }
    s->bytes = buf_view(&s->held);
    if (rc && s->held.len > 0) {
        s->input.more = true;
        return RC_OK;
    }
    return rc;
}

static enum rc open_source(struct ingest_source *s, struct err *e)
{
    struct slice head =
        slice_of(s->bytes.ptr, s->bytes.len < HEAD_BYTES ? s->bytes.len : HEAD_BYTES);
    s->reader = ingest_reader_find(&s->hints, head, e);
    return s->reader ? RC_OK : RC_UNSUPPORTED;
}

static struct ingest_source *new_source(const struct ingest_hints *hints)
{
    struct ingest_source *s = calloc(1, sizeof *s);
    if (s) {
        s->hints = *hints;
        buf_init(&s->held);
        buf_init(&s->head);
        buf_init(&s->portion);
        input_init(&s->input, -1, SLICE(""));
        s->input.more = false;
        if (unpack_is_type(hints->content_type)) {
            s->hints.content_type = SLICE_NONE;
        }
    }
    return s;
}

/* What is packed is read like a stream; the rest is used where it is. */
static enum rc prepare_bytes(struct ingest_source *s, struct slice bytes, struct err *e)
{
    enum unpack_coding coding;
    enum rc rc = unpack_coding_find(s->hints.content_encoding, &coding, e);
    bool declared = coding != UNPACK_NONE;
    if (rc || (!declared && unpack_sniff(bytes) == UNPACK_NONE)) {
        s->bytes = bytes;
        return rc;
    }
    input_init(&s->input, -1, bytes);
    s->input.declared = declared;
    s->input.coding = coding;
    s->input.limits.most_bytes = s->hints.unpacked_most_bytes;
    return fill_head(s, HEAD_BYTES, e);
}

enum rc ingest_open_bytes(struct slice bytes, const struct ingest_hints *hints,
                          struct ingest_source **out, struct err *e)
{
    struct ingest_source *s = new_source(hints);
    if (!s) {
        return err_nomem(e);
    }
    enum rc rc = prepare_bytes(s, bytes.ptr ? bytes : SLICE(""), e);
    rc = rc ? rc : open_source(s, e);
    if (rc) {
        ingest_close(s);
        return rc;
    }
    *out = s;
    return RC_OK;
}

enum rc ingest_open_stream(FILE *stream, const struct ingest_hints *hints,
                           struct ingest_source **out, struct err *e)
{
    struct ingest_source *s = new_source(hints);
    if (!s) {
        return err_nomem(e);
    }
    input_init(&s->input, fileno(stream), SLICE(""));
    s->input.limits.window_log = FILE_WINDOW;
    s->input.stop = hints->stop;
    s->bytes = SLICE("");
    /* A named type needs no sniffing: then don't wait for more than there is. */
    enum rc rc = fill_head(s, slice_present(s->hints.content_type) ? 1 : HEAD_BYTES, e);
    rc = rc ? rc : open_source(s, e);
    if (rc) {
        ingest_close(s);
        return rc;
    }
    *out = s;
    return RC_OK;
}

void source_close_reader(struct ingest_source *s)
{
    if (s->state) {
        s->reader->close(s->state);
        s->state = NULL;
    }
}

static void close_inner(struct ingest_source *s)
{
    ingest_close(s->inner);
    reject_close(s->rejected);
    s->inner = NULL;
    s->rejected = NULL;
}

void ingest_close(struct ingest_source *s)
{
    if (s) {
        close_inner(s);
        source_close_reader(s);
        buf_done(&s->portion);
        buf_done(&s->head);
        input_done(&s->input);
        buf_done(&s->held);
        free(s);
    }
}

size_t ingest_line(const struct ingest_source *s)
{
    return s->line;
}

struct ingest_origin ingest_origin(const struct ingest_source *s)
{
    if (s->inner) {
        return ingest_origin(s->inner);
    }
    struct slice type = s->hints.content_type;
    if (!slice_present(type)) {
        type = slice_cstr(s->reader->content_types[0]);
    }
    return (struct ingest_origin){.bytes = s->item,
                                  .content_type = type,
                                  .hints = &s->hints,
                                  .alone = s->reader->by_line || s->portions.kind == PORTIONS_ARRAY,
                                  .part = s->part};
}

uint64_t ingest_position(const struct ingest_source *s)
{
    off_t at = s->input.fd >= 0 ? lseek(s->input.fd, 0, SEEK_CUR) : 0;
    return at > 0 ? (uint64_t)at : 0;
}

/* Throws away what was consumed of a stream: memory stays that of one line. */
void source_compact(struct ingest_source *s)
{
    if (s->held.data && s->at > 0) {
        memmove(s->held.data, s->held.data + s->at, s->held.len - s->at);
        s->held.len -= s->at;
        s->at = 0;
        s->bytes = buf_view(&s->held);
    }
}

/* Skips the rest of a line that is too long to hold. */
static enum rc skip_line(struct ingest_source *s, struct err *e)
{
    size_t most = s->reader->most_bytes;
    for (;;) {
        const char *end = memchr(s->bytes.ptr + s->at, '\n', s->bytes.len - s->at);
        s->at = end ? (size_t)(end - s->bytes.ptr) + 1 : s->bytes.len;
        if (end || !s->input.more) {
            break;
        }
        source_compact(s);
        enum rc rc = read_some(s, e);
        if (rc) {
            return rc;
        }
    }
    return err_set(e, RC_TOO_LARGE, "the line is longer than %zu bytes", most);
}

/* The next line without its end; *found false at the end of the input. */
static enum rc next_line(struct ingest_source *s, struct slice *line, bool *found, struct err *e)
{
    size_t scanned = 0;
    s->line = ++s->next_line;
    for (;;) {
        struct slice rest = slice_of(s->bytes.ptr + s->at, s->bytes.len - s->at);
        const char *end =
            rest.len > scanned ? memchr(rest.ptr + scanned, '\n', rest.len - scanned) : NULL;
        if (end || !s->input.more) {
            size_t len = end ? (size_t)(end - rest.ptr) : rest.len;
            *found = rest.len > 0;
            *line = slice_of(rest.ptr, len);
            if (len > s->reader->most_bytes) {
                return skip_line(s, e);
            }
            s->at += len + (end != NULL);
            return RC_OK;
        }
        if (rest.len > s->reader->most_bytes) {
            return skip_line(s, e);
        }
        scanned = rest.len;
        source_compact(s);
        enum rc rc = read_some(s, e);
        if (rc) {
            return rc;
        }
    }
}

static enum rc one_of_line(struct ingest_source *s, struct slice line, struct arena *arena,
                           struct document **out, struct err *e)
{
    struct ingest_hints hints = s->hints;
    void *state = NULL;
    enum rc rc = s->reader->open(line, &hints, &state, e);
    if (rc == RC_OK) {
        struct document *document = NULL;
        rc = s->reader->next(state, arena, &document, e);
        s->reader->close(state);
        if (rc == RC_OK && !document) {
            rc = err_set(e, RC_INVALID, "the line holds no document");
        }
        if (rc == RC_OK) {
            *out = document;
        }
    }
    if (rc && e && e->where[0] == '\0') {
        err_where(e, "line %zu", s->line);
    }
    return rc;
}

static enum rc open_inner(struct ingest_source *s, struct slice line, struct err *e)
{
    enum rc rc = reject_open(line, &s->rejected, e);
    if (rc == RC_OK && s->rejected) {
        struct ingest_hints hints = *reject_hints(s->rejected);
        hints.archive = s->hints.archive;
        rc = ingest_open_bytes(reject_bytes(s->rejected), &hints, &s->inner, e);
    }
    if (rc) {
        close_inner(s);
    }
    return rc;
}

/* RC_OK without a document at the inner source's end. */
static enum rc next_of_inner(struct ingest_source *s, struct arena *arena, struct document **out,
                             struct err *e)
{
    *out = NULL;
    enum rc rc = ingest_next(s->inner, arena, out, e);
    if (rc == RC_OK && !*out) {
        close_inner(s);
    }
    return rc;
}

static enum rc next_by_line(struct ingest_source *s, struct arena *arena, struct document **out,
                            struct err *e)
{
    for (;;) {
        struct slice line = SLICE("");
        bool found = false;
        if (s->inner) {
            enum rc inner = next_of_inner(s, arena, out, e);
            if (inner || s->inner) {
                return inner;
            }
        }
        s->item = SLICE_NONE;
        enum rc rc = next_line(s, &line, &found, e);
        if (rc && e && e->where[0] == '\0') {
            err_where(e, "line %zu", s->line);
        }
        if (rc) {
            return rc;
        }
        if (!found) {
            *out = NULL;
            return RC_OK;
        }
        s->item = line;
        if (s->hints.rejects && reject_is(line)) {
            rc = open_inner(s, line, e);
            if (rc) {
                return rc;
            }
        } else if (slice_trim(line).len > 0) {
            return one_of_line(s, line, arena, out, e);
        }
    }
}

/* Gives the whole input to a reader that doesn't go by line. */
static enum rc open_whole(struct ingest_source *s, struct err *e)
{
    enum rc rc = source_fill(s, s->reader->most_bytes + 1, e);
    bool longer = s->input.more || (!s->held.data && s->bytes.len > s->reader->most_bytes);
    if (rc == RC_OK && longer) {
        rc = err_set(e, RC_TOO_LARGE, "the input is longer than %zu bytes", s->reader->most_bytes);
    }
    s->item = rc ? SLICE_NONE : s->bytes;
    return rc ? rc : s->reader->open(s->bytes, &s->hints, &s->state, e);
}

/* Whole, unless it is so long that it is read in portions. */
static enum rc open_all(struct ingest_source *s, struct err *e)
{
    bool in_portions = false;
    enum rc rc = source_goes_in_portions(s, &in_portions, e);
    s->opened = true;
    return rc || in_portions ? rc : open_whole(s, e);
}

static enum rc next(struct ingest_source *s, struct arena *arena, struct document **out,
                    struct err *e)
{
    if (s->reader->by_line) {
        return next_by_line(s, arena, out, e);
    }
    if (!s->opened) {
        enum rc rc = open_all(s, e);
        if (rc) {
            return rc;
        }
    }
    if (s->portions.kind != PORTIONS_NONE) {
        return source_next_of_portion(s, arena, out, e);
    }
    if (!s->state) {
        *out = NULL;
        return RC_OK;
    }
    return s->reader->next(s->state, arena, out, e);
}

/* What every format has alike is found here, once. */
enum rc ingest_next(struct ingest_source *s, struct arena *arena, struct document **out,
                    struct err *e)
{
    struct document *document = NULL;
    enum rc rc = next(s, arena, &document, e);
    if (rc == RC_OK && document && document->credit_count == 0 && !credits_find(document, arena)) {
        rc = err_nomem(e);
    }
    if (rc == RC_OK) {
        *out = document;
    }
    return rc;
}

/* Lines that hold something. */
static size_t count_lines(struct slice bytes)
{
    size_t count = 0;
    while (slice_present(bytes)) {
        count += slice_trim(slice_cut(&bytes, '\n')).len > 0;
    }
    return count;
}

enum rc ingest_total(struct ingest_source *s, size_t *total, struct err *e)
{
    if (s->reader->by_line) {
        *total = count_lines(s->bytes);
        return RC_OK;
    }
    enum rc rc = s->opened ? RC_OK : open_all(s, e);
    if (rc == RC_OK && s->portions.kind != PORTIONS_NONE) {
        return source_count_portions(s, total, e);
    }
    if (rc == RC_OK) {
        *total = s->state && s->reader->count ? s->reader->count(s->state) : 1;
    }
    return rc;
}

enum rc ingest_read(struct slice bytes, const struct ingest_hints *hints, struct arena *arena,
                    struct document **out, struct err *e)
{
    struct ingest_source *s = NULL;
    struct document *first = NULL, *second = NULL;
    enum rc rc = ingest_open_bytes(bytes, hints, &s, e);
    if (rc) {
        return rc;
    }
    rc = ingest_next(s, arena, &first, e);
    if (rc == RC_OK && !first) {
        rc = err_set(e, RC_INVALID, "the input holds no document");
    }
    if (rc == RC_OK) { /* one that follows, good or bad, makes it more than one */
        struct err ignored;
        if (ingest_next(s, arena, &second, &ignored) || second) {
            rc = err_set(e, RC_INVALID, "the input holds several documents: send one");
        }
    }
    ingest_close(s);
    if (rc == RC_OK) {
        *out = first;
    }
    return rc;
}

static enum rc unpack_all(struct slice bytes, struct unpacker *unpacker, struct buf *out,
                          struct err *e)
{
    enum rc rc = RC_OK;
    while (rc == RC_OK && bytes.len > 0) {
        rc = unpack_feed(unpacker, &bytes, out, e);
    }
    rc = rc == RC_OK ? unpack_end(unpacker, e) : rc;
    return rc == RC_OK && out->failed ? err_nomem(e) : rc;
}

enum rc ingest_unpack(struct slice bytes, const struct ingest_hints *hints, struct arena *arena,
                      struct slice *out, struct err *e)
{
    struct unpack_limits limits = {.most_bytes = hints->unpacked_most_bytes};
    struct unpacker *unpacker = NULL;
    enum unpack_coding coding;
    enum rc rc = unpack_coding_find(hints->content_encoding, &coding, e);
    coding = rc == RC_OK && coding == UNPACK_NONE ? unpack_sniff(bytes) : coding;
    if (rc != RC_OK || coding == UNPACK_NONE) {
        *out = bytes;
        return rc;
    }
    struct buf text;
    buf_init(&text);
    rc = unpack_open(coding, &limits, &unpacker, e);
    rc = rc == RC_OK ? unpack_all(bytes, unpacker, &text, e) : rc;
    struct slice kept = rc == RC_OK ? arena_copy(arena, buf_view(&text)) : SLICE_NONE;
    if (rc == RC_OK && !slice_present(kept)) {
        rc = err_nomem(e);
    }
    unpack_close(unpacker);
    buf_done(&text);
    if (rc == RC_OK) {
        *out = kept;
    }
    return rc;
}
