#include "store/spans_value.h"

#include "base/buf.h"

#define SPANS_MOST 256
#define JOINT      " \xE2\x80\xA6 " /* " … " */

struct chosen {
    uint32_t start_byte;
    bool verbatim;
    struct slice text;
};

struct chosen_list {
    struct chosen items[SPANS_MOST];
    size_t count;
};

struct slice spans_value_write(struct arena *arena, struct slice text,
                               const struct quote_span *spans, size_t count)
{
    struct buf out;
    buf_init(&out);
    for (size_t i = 0; i < count; i++) {
        struct span span = spans[i].span;
        uint32_t len = span.end_byte - span.start_byte;
        buf_printf(&out, "%u:%d:%u:", (unsigned)span.start_byte, spans[i].verbatim, (unsigned)len);
        buf_slice(&out, slice_of(text.ptr + span.start_byte, len));
    }
    struct slice copy = out.failed ? SLICE_NONE : arena_copy(arena, buf_view(&out));
    buf_done(&out);
    return copy;
}

static bool read_number(struct slice *rest, uint32_t *out)
{
    uint64_t value = 0;
    size_t digits = 0;
    while (rest->len > 0 && *rest->ptr >= '0' && *rest->ptr <= '9' && digits < 10) {
        value = value * 10 + (uint64_t)(*rest->ptr - '0');
        rest->ptr++;
        rest->len--;
        digits++;
    }
    if (digits == 0 || value > UINT32_MAX || rest->len == 0 || *rest->ptr != ':') {
        return false;
    }
    rest->ptr++;
    rest->len--;
    *out = (uint32_t)value;
    return true;
}

static bool read_value(struct slice value, struct chosen_list *out)
{
    struct slice rest = value;
    while (rest.len > 0) {
        uint32_t verbatim, len;
        if (out->count == SPANS_MOST) {
            return false;
        }
        struct chosen *chosen = &out->items[out->count++];
        if (!read_number(&rest, &chosen->start_byte) || !read_number(&rest, &verbatim) ||
            !read_number(&rest, &len) || len == 0 || len > rest.len) {
            return false;
        }
        chosen->verbatim = verbatim != 0;
        chosen->text = slice_of(rest.ptr, len);
        rest.ptr += len;
        rest.len -= len;
    }
    return out->count > 0;
}

static bool stands_at(struct slice text, size_t at, struct slice words)
{
    return at <= text.len && words.len <= text.len - at &&
           memcmp(text.ptr + at, words.ptr, words.len) == 0;
}

/* Where `words` begin at or after `from`, nearest to `wanted`; SIZE_MAX: nowhere. */
static size_t nearest(struct slice text, struct slice words, size_t from, size_t wanted)
{
    size_t best = SIZE_MAX;
    for (size_t at = slice_find(text, words, from); at != SIZE_MAX;
         at = slice_find(text, words, at + 1)) {
        if (best != SIZE_MAX && at >= wanted &&
            at - wanted >= (best > wanted ? best - wanted : wanted - best)) {
            break; /* they only go away from it now */
        }
        best = at;
    }
    return best;
}

bool spans_value_anchor(struct slice value, struct slice text, struct arena *arena,
                        struct quote_span **spans, size_t *count)
{
    struct chosen_list list = {.count = 0};
    if (!read_value(value, &list)) {
        return false;
    }
    bool as_it_was = true;
    for (size_t i = 0; i < list.count; i++) {
        as_it_was = as_it_was && stands_at(text, list.items[i].start_byte, list.items[i].text);
    }
    struct quote_span *out = ARENA_ARRAY(arena, struct quote_span, list.count);
    int64_t moved = 0;
    size_t from = 0;
    for (size_t i = 0; out != NULL && i < list.count; i++) {
        const struct chosen *chosen = &list.items[i];
        int64_t wanted = (int64_t)chosen->start_byte + moved;
        size_t at = as_it_was ? chosen->start_byte
                              : nearest(text, chosen->text, from, wanted > 0 ? (size_t)wanted : 0);
        if (at == SIZE_MAX || at < from) {
            return false;
        }
        from = at + chosen->text.len;
        moved = (int64_t)at - (int64_t)chosen->start_byte;
        out[i] = (struct quote_span){{(uint32_t)at, (uint32_t)from}, chosen->verbatim};
    }
    *spans = out;
    *count = list.count;
    return out != NULL;
}

struct slice spans_words(struct arena *arena, struct slice text, const struct quote_span *spans,
                         size_t count)
{
    struct buf out;
    buf_init(&out);
    for (size_t i = 0; i < count; i++) {
        struct span span = spans[i].span;
        buf_text(&out, i > 0 ? JOINT : "");
        buf_slice(&out, slice_of(text.ptr + span.start_byte, span.end_byte - span.start_byte));
    }
    struct slice copy = out.failed ? SLICE_NONE : arena_copy(arena, buf_view(&out));
    buf_done(&out);
    return copy;
}

struct slice spans_value_words(struct slice value, struct arena *arena)
{
    struct chosen_list list = {.count = 0};
    if (!read_value(value, &list)) {
        return SLICE_NONE;
    }
    struct buf out;
    buf_init(&out);
    for (size_t i = 0; i < list.count; i++) {
        buf_text(&out, i > 0 ? JOINT : "");
        buf_slice(&out, list.items[i].text);
    }
    struct slice copy = out.failed ? SLICE_NONE : arena_copy(arena, buf_view(&out));
    buf_done(&out);
    return copy;
}
