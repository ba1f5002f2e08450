#include "api/stored_quote.h"

#include <inttypes.h>
#include <stdio.h>

#include "api/links.h"

#define PIECE(text)                                                                                \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

/* In the order of a quote's members; of two that begin alike the longer one stands first. */
static const struct slice pieces[] = {
    PIECE("\"type\":\""),
    PIECE("\",\"text\":"),
    PIECE(",\"spans\":[{\"start\":"),
    PIECE(",\"verbatim\":true}"),
    PIECE(",\"verbatim\":false}"),
    PIECE("],\"cue\":null,\"speaker\":"),
    PIECE("],\"cue\":{\"text\":\""),
    PIECE("\",\"lemma\":\""),
    PIECE("\",\"class\":\""),
    PIECE("\",\"start\":"),
    PIECE("},\"speaker\":{\"text\":"),
    PIECE("null,\"start\":null,\"end\":null"),
    PIECE(",\"end\":"),
    PIECE(",\"kind\":\""),
    PIECE("\",\"entity\":null,\"name\":"),
    PIECE(",\"type\":null,\"title\":"),
    PIECE(",\"title\":"),
    PIECE(",\"affiliation\":"),
    PIECE("},\"speaker_resolution\":\""),
    PIECE("\",\"alternatives\":["),
    PIECE("],\"reported_by\":null,\"addressee\":null,\"channel\":null"),
    PIECE(",\"negated\":false,\"hypothetical\":false,\"in_headline\":false,\"body_quote\":null"
          ",\"about\":["),
    PIECE("],\"before\":"),
    PIECE(",\"confidence\":"),
    PIECE("\",\"corrected\":false"),
};
enum { PIECES = sizeof pieces / sizeof pieces[0] };
static_assert(STORED_PIECES + PIECES <= 0x20, "control bytes are all that JSON leaves");

void stored_quote_entity(struct jsonw *w, enum stored_slot slot,
                         const struct store_entity_ref *entity)
{
    char text[24];
    int len = snprintf(text, sizeof text, "%c%" PRIu64 ";", (int)slot, entity->id);
    jsonw_raw(w, slice_of(text, (size_t)len));
}

/* The piece that begins here; PIECES when none does. */
static size_t piece_at(struct slice rest)
{
    for (size_t i = 0; i < PIECES; i++) {
        if (pieces[i].ptr[0] == rest.ptr[0] && pieces[i].len <= rest.len &&
            memcmp(pieces[i].ptr, rest.ptr, pieces[i].len) == 0) {
            return i;
        }
    }
    return PIECES;
}

void stored_quote_pack(struct slice members, struct buf *out)
{
    for (size_t at = 0; at < members.len;) {
        char c = members.ptr[at];
        bool mark = c == '"' || c == ',' || c == ']' || c == '}' || c == 'n';
        size_t piece =
            mark ? piece_at(slice_of(members.ptr + at, members.len - at)) : (size_t)PIECES;
        if (piece < PIECES) {
            buf_char(out, (char)((size_t)STORED_PIECES + piece));
            at += pieces[piece].len;
        } else {
            buf_char(out, c);
            at++;
        }
    }
}

/* In the midst of an object that this file writes: no comma of the writer's. */
static void put_text(struct buf *out, struct slice text)
{
    struct jsonw w;
    jsonw_init(&w, out, 0);
    jsonw_string(&w, text);
}

static void put_id(struct buf *out, const char *before, uint64_t id)
{
    char text[DIGEST_ID_CHARS + 1];
    digest_format_id(id, text);
    buf_text(out, before);
    buf_append(out, text, DIGEST_ID_CHARS);
    buf_text(out, "\",\"name\":");
}

static void put_entity(struct buf *out, unsigned char slot, const struct store_entity_ref *entity)
{
    put_id(out, slot == STORED_OBJECT ? "{\"id\":\"" : "\"entity\":\"", entity->id);
    put_text(out, entity->name);
    if (slot == STORED_PARTY) {
        buf_text(out, ",\"type\":");
        put_text(out, slice_cstr(entity_type_name(entity->type)));
    } else if (slot == STORED_OBJECT) {
        buf_char(out, '}');
    }
}

static size_t plain(struct slice view, size_t at)
{
    while (at < view.len && (unsigned char)view.ptr[at] >= 0x20) {
        at++;
    }
    return at;
}

void stored_quote_write(struct jsonw *w, const struct store_quote *quote)
{
    struct buf *out = w->out;
    struct slice view = quote->view;
    size_t entities = 0;
    jsonw_raw(w, SLICE(""));
    for (size_t at = 0; at < view.len;) {
        size_t end = plain(view, at);
        buf_append(out, view.ptr + at, end - at);
        if (end == view.len) {
            return;
        }
        unsigned char byte = (unsigned char)view.ptr[end];
        at = end + 1;
        if (byte >= STORED_PIECES) {
            buf_slice(out,
                      byte < STORED_PIECES + PIECES ? pieces[byte - STORED_PIECES] : SLICE_NONE);
        } else if (byte == STORED_TEXT) {
            put_text(out, quote->text);
        } else if (byte == STORED_BEFORE || byte == STORED_AFTER) {
            put_text(out, byte == STORED_BEFORE ? quote->before : quote->after);
        } else if (entities < quote->view_entity_count) {
            put_entity(out, byte, &quote->view_entities[entities++]);
            const char *close = memchr(view.ptr + at, ';', view.len - at);
            at = close ? (size_t)(close - view.ptr) + 1 : view.len;
        }
    }
}
