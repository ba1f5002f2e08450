#include "store/search_parts.h"

#include <stdlib.h>

#include "store/pack_rows.h"
#include "text/utf8.h"

/* Words on each side of a mark, whatever stands between blanks: a colon and the mark itself leave three. */
#define SEAM_WORDS 5

struct range {
    size_t start, end;
};

/* ---- packing: gap from the end before, length, as varints */

static void put_number(struct buf *out, size_t value)
{
    while (value >= 0x80) {
        buf_char(out, (char)(value & 0x7f) | (char)0x80);
        value >>= 7;
    }
    buf_char(out, (char)value);
}

static bool get_number(struct slice *in, size_t *value)
{
    *value = 0;
    for (size_t i = 0; i < in->len && i < 5; i++) {
        unsigned char byte = (unsigned char)in->ptr[i];
        *value |= (size_t)(byte & 0x7f) << (7 * i);
        if (!(byte & 0x80)) {
            *in = slice_of(in->ptr + i + 1, in->len - i - 1);
            return true;
        }
    }
    return false;
}

/* The next range within the text; false: there is none. */
static bool next_range(struct slice *packed, size_t before, size_t text_len, struct range *out)
{
    size_t gap, len;
    if (!get_number(packed, &gap) || !get_number(packed, &len) || before + gap + len > text_len) {
        return false;
    }
    *out = (struct range){before + gap, before + gap + len};
    return true;
}

/* ---- cutting */

static void put_part(struct slice text, struct range range, struct buf *out)
{
    if (range.start < range.end) {
        if (out->len > 0) {
            buf_char(out, SEARCH_GAP);
        }
        buf_append(out, text.ptr + range.start, range.end - range.start);
    }
}

static bool is_blank(struct slice text, size_t at)
{
    size_t next;
    return utf8_is_blank(utf8_decode(text, at, &next));
}

static size_t step_back(struct slice text, size_t at)
{
    do {
        at--;
    } while (at > 0 && ((unsigned char)text.ptr[at] & 0xc0) == 0x80);
    return at;
}

static size_t words_back(struct slice text, size_t at)
{
    for (int words = 0; at > 0 && words < SEAM_WORDS; words++) {
        while (at > 0 && is_blank(text, step_back(text, at))) {
            at = step_back(text, at);
        }
        while (at > 0 && !is_blank(text, step_back(text, at))) {
            at = step_back(text, at);
        }
    }
    return at;
}

static size_t words_on(struct slice text, size_t at)
{
    for (int words = 0; at < text.len && words < SEAM_WORDS; words++) {
        while (at < text.len && is_blank(text, at)) {
            utf8_decode(text, at, &at);
        }
        while (at < text.len && !is_blank(text, at)) {
            utf8_decode(text, at, &at);
        }
    }
    return at;
}

/* The words around a mark, in one with those of the mark before when they touch. */
static void add_seam(struct slice text, size_t at, struct range *seam, struct buf *out)
{
    struct range here = {words_back(text, at), words_on(text, at)};
    if (seam->end >= here.start && seam->end > 0) {
        seam->end = here.end > seam->end ? here.end : seam->end;
        return;
    }
    put_part(text, *seam, out);
    *seam = here;
}

void search_parts_cut(struct slice text, struct slice quoted, enum search_part part,
                      struct buf *out)
{
    struct range range = {0, 0}, seam = {0, 0};
    size_t before = 0;
    while (next_range(&quoted, before, text.len, &range)) {
        if (part == SEARCH_NARRATION) {
            put_part(text, (struct range){before, range.start}, out);
        } else if (part == SEARCH_QUOTES) {
            put_part(text, range, out);
        } else {
            add_seam(text, range.start, &seam, out);
            add_seam(text, range.end, &seam, out);
        }
        before = range.end;
    }
    if (part == SEARCH_NARRATION) {
        put_part(text, (struct range){before, text.len}, out);
    } else if (part == SEARCH_SEAMS) {
        put_part(text, seam, out);
    }
}

bool search_parts_has(struct slice quoted, size_t start, size_t end)
{
    struct range range = {0, 0};
    while (next_range(&quoted, range.end, SIZE_MAX, &range)) {
        if (start >= range.start && end <= range.end) {
            return true;
        }
    }
    return false;
}

bool search_parts_touches(struct slice quoted, size_t start, size_t end)
{
    struct range range = {0, 0};
    while (next_range(&quoted, range.end, SIZE_MAX, &range)) {
        if (start < range.end && end > range.start) {
            return true;
        }
    }
    return false;
}

/* ---- as SQLite calls it */

static void part_of(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    struct buf out;
    struct slice text = slice_of((const char *)sqlite3_value_text(values[0]),
                                 (size_t)sqlite3_value_bytes(values[0]));
    struct slice quoted =
        slice_of(sqlite3_value_blob(values[1]), (size_t)sqlite3_value_bytes(values[1]));
    buf_init(&out);
    search_parts_cut(text, quoted, (enum search_part)sqlite3_value_int(values[2]), &out);
    if (out.failed) {
        sqlite3_result_error_nomem(context);
    } else {
        sqlite3_result_text64(context, out.data ? out.data : "", out.len, SQLITE_TRANSIENT,
                              SQLITE_UTF8);
    }
    buf_done(&out);
}

struct gathering {
    struct arena *arena;
    struct {
        struct range *items;
        size_t count, capacity;
    } ranges;
};

static void gather(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    struct gathering *g = sqlite3_aggregate_context(context, sizeof *g);
    if (g == NULL || (g->arena == NULL && (g->arena = arena_new(0)) == NULL)) {
        sqlite3_result_error_nomem(context);
        return;
    }
    struct slice packed =
        slice_of(sqlite3_value_blob(values[0]), (size_t)sqlite3_value_bytes(values[0]));
    struct store_quote_span *spans = NULL;
    size_t span_count = 0;
    unpack_spans(packed, g->arena, &spans, &span_count);
    for (size_t i = 0; i < span_count; i++) {
        struct range *range = spans[i].verbatim ? ARENA_PUSH(g->arena, &g->ranges) : NULL;
        if (range != NULL) {
            *range = (struct range){spans[i].span.start_byte, spans[i].span.end_byte};
        }
    }
}

static int by_start(const void *a, const void *b)
{
    const struct range *x = a, *y = b;
    return (x->start > y->start) - (x->start < y->start);
}

static void gathered(sqlite3_context *context)
{
    struct gathering *g = sqlite3_aggregate_context(context, 0);
    struct buf out;
    buf_init(&out);
    if (g != NULL && g->ranges.count > 0) {
        qsort(g->ranges.items, g->ranges.count, sizeof *g->ranges.items, by_start);
    }
    size_t before = 0, count = g ? g->ranges.count : 0;
    for (size_t i = 0; i < count;) {
        struct range range = g->ranges.items[i++];
        while (i < count && g->ranges.items[i].start <= range.end) {
            size_t end = g->ranges.items[i++].end;
            range.end = end > range.end ? end : range.end;
        }
        put_number(&out, range.start - before);
        put_number(&out, range.end - range.start);
        before = range.end;
    }
    if (out.failed) {
        sqlite3_result_error_nomem(context);
    } else if (out.len > 0) {
        sqlite3_result_blob64(context, out.data, out.len, SQLITE_TRANSIENT);
    } /* else NULL */
    buf_done(&out);
    if (g != NULL) {
        arena_free(g->arena);
        g->arena = NULL;
    }
}

int search_parts_register(sqlite3 *handle)
{
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    int code = sqlite3_create_function(handle, "search_part", 3, flags, NULL, part_of, NULL, NULL);
    return code != SQLITE_OK ? code
                             : sqlite3_create_function(handle, "search_quoted", 1, flags, NULL,
                                                       NULL, gather, gathered);
}
