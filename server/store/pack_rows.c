#include "store/pack_rows.h"

#include <stddef.h>

static void put_varint(struct buf *out, uint32_t value)
{
    while (value >= 0x80) {
        buf_char(out, (char)(value | 0x80));
        value >>= 7;
    }
    buf_char(out, (char)value);
}

static bool get_varint(struct slice *in, uint32_t *value)
{
    uint32_t result = 0;
    for (unsigned shift = 0; shift < 35 && in->len > 0; shift += 7) {
        uint32_t c = (unsigned char)*in->ptr;
        in->ptr++;
        in->len--;
        result |= (c & 0x7f) << shift;
        if (c < 0x80) {
            *value = result;
            return true;
        }
    }
    return false;
}

/* One entry of either list: a tag and a span in both units. */
struct entry {
    uint32_t tag;
    struct store_span span;
};

static void put_entry(struct buf *out, uint32_t tag, struct span span,
                      const struct offsets *offsets, struct store_span *before)
{
    struct store_span now = {span.start_byte, span.end_byte, offsets_cp(offsets, span.start_byte),
                             offsets_cp(offsets, span.end_byte)};
    put_varint(out, tag);
    put_varint(out, now.start_byte - before->end_byte);
    put_varint(out, now.end_byte - now.start_byte);
    put_varint(out, now.start_cp - before->end_cp);
    put_varint(out, now.end_cp - now.start_cp);
    *before = now;
}

static bool get_entry(struct slice *in, struct entry *out, struct store_span *before)
{
    uint32_t gap_bytes, bytes, gap_cps, cps;
    if (!get_varint(in, &out->tag) || !get_varint(in, &gap_bytes) || !get_varint(in, &bytes) ||
        !get_varint(in, &gap_cps) || !get_varint(in, &cps)) {
        return false;
    }
    out->span.start_byte = before->end_byte + gap_bytes;
    out->span.end_byte = out->span.start_byte + bytes;
    out->span.start_cp = before->end_cp + gap_cps;
    out->span.end_cp = out->span.start_cp + cps;
    *before = out->span;
    return true;
}

/* Every entry takes at least five bytes. */
static size_t entries_most(struct slice packed)
{
    return packed.len / 5 + 1;
}

void pack_blocks(struct buf *out, const struct document *document, const struct offsets *offsets)
{
    struct store_span before = {0};
    for (size_t i = 0; i < document->block_count; i++) {
        const struct block *block = &document->blocks[i];
        put_entry(out, (uint32_t)block->kind, block->span, offsets, &before);
    }
}

bool unpack_blocks(struct slice packed, struct arena *arena, struct document *document,
                   struct store_cp_span **cps)
{
    struct block *blocks = ARENA_ARRAY(arena, struct block, entries_most(packed));
    struct store_cp_span *spans = ARENA_ARRAY(arena, struct store_cp_span, entries_most(packed));
    if (blocks == NULL || spans == NULL) {
        return false;
    }
    struct store_span before = {0};
    struct entry entry;
    size_t count = 0;
    while (packed.len > 0 && get_entry(&packed, &entry, &before)) {
        blocks[count].kind = (enum block_kind)entry.tag;
        blocks[count].span = (struct span){entry.span.start_byte, entry.span.end_byte};
        spans[count++] = (struct store_cp_span){entry.span.start_cp, entry.span.end_cp};
    }
    document->blocks = blocks;
    document->block_count = count;
    if (cps != NULL) {
        *cps = spans;
    }
    return true;
}

void pack_spans(struct buf *out, const struct quote_span *spans, size_t count,
                const struct offsets *offsets)
{
    struct store_span before = {0};
    for (size_t i = 0; i < count; i++) {
        put_entry(out, spans[i].verbatim, spans[i].span, offsets, &before);
    }
}

bool unpack_spans(struct slice packed, struct arena *arena, struct store_quote_span **spans,
                  size_t *count)
{
    *count = 0;
    *spans = ARENA_ARRAY(arena, struct store_quote_span, entries_most(packed));
    if (*spans == NULL) {
        return false;
    }
    struct store_span before = {0};
    struct entry entry;
    while (packed.len > 0 && get_entry(&packed, &entry, &before)) {
        (*spans)[*count].span = entry.span;
        (*spans)[(*count)++].verbatim = entry.tag != 0;
    }
    return true;
}

/* ---- origins */

static const struct origin_field {
    const char *name;
    size_t offset; /* of its enum origin in struct document */
} origin_fields[] = {
    {"title", offsetof(struct document, title.origin)},
    {"standfirst", offsetof(struct document, standfirst.origin)},
    {"url", offsetof(struct document, url.origin)},
    {"canonical_url", offsetof(struct document, canonical_url.origin)},
    {"external_id", offsetof(struct document, external_id.origin)},
    {"source", offsetof(struct document, source.origin)},
    {"section", offsetof(struct document, section.origin)},
    {"image", offsetof(struct document, image.origin)},
    {"dateline", offsetof(struct document, dateline.origin)},
    {"lang", offsetof(struct document, lang.origin)},
    {"published_at", offsetof(struct document, published.origin)},
    {"modified_at", offsetof(struct document, modified.origin)},
};

void pack_origins(struct buf *out, const struct document *document)
{
    for (size_t i = 0; i < sizeof origin_fields / sizeof origin_fields[0]; i++) {
        enum origin origin;
        memcpy(&origin, (const char *)document + origin_fields[i].offset, sizeof origin);
        if (origin != ORIGIN_NONE) {
            buf_printf(out, "%s%s=%s", out->len ? " " : "", origin_fields[i].name,
                       origin_name(origin));
        }
    }
}

void unpack_origins(struct slice packed, struct document *document)
{
    while (slice_present(packed)) {
        struct slice value = slice_cut(&packed, ' ');
        struct slice name = slice_cut(&value, '=');
        enum origin origin;
        if (!slice_present(value) || !origin_parse(value, &origin)) {
            continue;
        }
        for (size_t i = 0; i < sizeof origin_fields / sizeof origin_fields[0]; i++) {
            if (slice_is(name, origin_fields[i].name)) {
                memcpy((char *)document + origin_fields[i].offset, &origin, sizeof origin);
            }
        }
    }
}

/* ---- warnings */

void pack_warnings(struct buf *out, const struct warning *warnings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_text(out, warnings[i].code);
        buf_char(out, '\t');
        for (size_t k = 0; k < warnings[i].detail.len; k++) {
            char c = warnings[i].detail.ptr[k];
            buf_char(out, c == '\n' ? ' ' : c);
        }
        buf_char(out, '\n');
    }
}

bool unpack_warnings(struct slice packed, struct arena *arena, struct warning **warnings,
                     size_t *count)
{
    struct {
        struct warning *items;
        size_t count, capacity;
    } list = {0};
    while (packed.len > 0) {
        struct slice detail = slice_cut(&packed, '\n');
        struct slice code = slice_cut(&detail, '\t');
        struct warning *warning = ARENA_PUSH(arena, &list);
        struct slice kept = arena_copy(arena, code); /* NUL-terminated */
        if (warning == NULL || !slice_present(kept)) {
            return false;
        }
        warning->code = kept.ptr;
        warning->detail = arena_copy(arena, slice_present(detail) ? detail : SLICE(""));
    }
    *warnings = list.items;
    *count = list.count;
    return true;
}
