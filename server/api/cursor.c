#include "api/cursor.h"

#include "text/digest.h"
#include "text/utf8.h"

enum { CURSOR_VERSION = 2, TEXT_MOST = 1024, CHECK_BYTES = 4 };

/* version, key 8, row 8, filters 8, flag 1, text, checksum 4 */
enum { HEAD_BYTES = 26, LEAST_BYTES = HEAD_BYTES + CHECK_BYTES };

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void put_u64(uint8_t *out, uint64_t value)
{
    for (int i = 7; i >= 0; i--) {
        out[i] = (uint8_t)(value & 0xff);
        value >>= 8;
    }
}

static uint64_t get_u64(const uint8_t *in)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++) {
        value = value << 8 | in[i];
    }
    return value;
}

/* Against damage alone: a cursor says nothing that a client couldn't ask for by other means. */
static void checksum(const uint8_t *bytes, size_t len, uint8_t out[CHECK_BYTES])
{
    struct slice parts[] = {SLICE("guillemet cursor"), slice_of((const char *)bytes, len)};
    uint64_t sum = digest_quick(parts, 2);
    sum ^= sum >> 32;
    for (int i = 0; i < CHECK_BYTES; i++) {
        out[i] = (uint8_t)(sum >> 8 * i & 0xff);
    }
}

static struct slice encode(struct arena *arena, const uint8_t *bytes, size_t len)
{
    char *out = arena_alloc(arena, (len + 2) / 3 * 4 + 1);
    if (!out) {
        return SLICE_NONE;
    }
    size_t count = 0;
    for (size_t i = 0; i < len; i += 3) {
        size_t have = len - i < 3 ? len - i : 3;
        uint32_t bits = (uint32_t)bytes[i] << 16;
        bits |= have > 1 ? (uint32_t)bytes[i + 1] << 8 : 0;
        bits |= have > 2 ? (uint32_t)bytes[i + 2] : 0;
        for (size_t j = 0; j <= have; j++) {
            out[count++] = alphabet[bits >> (18 - 6 * j) & 63];
        }
    }
    return slice_of(out, count);
}

/* Its place in the alphabet; -1: it has none. */
static int value_of(char c)
{
    return c >= 'A' && c <= 'Z'   ? c - 'A'
           : c >= 'a' && c <= 'z' ? c - 'a' + 26
           : c >= '0' && c <= '9' ? c - '0' + 52
           : c == '-'             ? 62
           : c == '_'             ? 63
                                  : -1;
}

/* False when a character or the length can't be. */
static bool decode(struct slice text, uint8_t *out, size_t *len)
{
    uint32_t bits = 0;
    unsigned held = 0;
    *len = 0;
    for (size_t i = 0; i < text.len; i++) {
        int value = value_of(text.ptr[i]);
        if (value < 0) {
            return false;
        }
        bits = (bits << 6 | (uint32_t)value) & 0xffffff;
        held += 6;
        if (held >= 8) {
            held -= 8;
            out[(*len)++] = (uint8_t)(bits >> held & 0xff);
        }
    }
    /* one way only to write a cursor: no loose bits at the end */
    return held < 6 && (bits & ((1u << held) - 1)) == 0;
}

struct slice cursor_write(struct arena *arena, const struct store_cursor *cursor, uint64_t filters)
{
    size_t text_len = cursor->text.len;
    uint8_t *bytes = arena_alloc(arena, LEAST_BYTES + text_len);
    if (!bytes || text_len > TEXT_MOST) {
        return SLICE_NONE;
    }
    bytes[0] = CURSOR_VERSION;
    put_u64(bytes + 1, (uint64_t)cursor->key);
    put_u64(bytes + 9, (uint64_t)cursor->row);
    put_u64(bytes + 17, filters);
    bytes[25] = slice_present(cursor->text);
    if (text_len) {
        memcpy(bytes + HEAD_BYTES, cursor->text.ptr, text_len);
    }
    checksum(bytes, HEAD_BYTES + text_len, bytes + HEAD_BYTES + text_len);
    return encode(arena, bytes, LEAST_BYTES + text_len);
}

static enum rc refuse(struct err *e, const char *why)
{
    return err_field(e, RC_INVALID, "cursor",
                     "this cursor %s: start again without it, or take next_cursor as it came", why);
}

enum rc cursor_read(struct slice text, uint64_t filters, struct arena *arena,
                    struct store_cursor *out, struct err *e)
{
    if (text.len > (LEAST_BYTES + TEXT_MOST) * 4 / 3 + 4) {
        return refuse(e, "is too long");
    }
    uint8_t *bytes = arena_alloc(arena, text.len + 1);
    size_t len;
    if (!bytes) {
        return err_nomem(e);
    }
    if (!decode(text, bytes, &len) || len < LEAST_BYTES || bytes[0] != CURSOR_VERSION) {
        return refuse(e, "is damaged");
    }
    size_t text_len = len - LEAST_BYTES;
    uint8_t check[CHECK_BYTES];
    checksum(bytes, len - CHECK_BYTES, check);
    struct slice key = slice_of((const char *)bytes + HEAD_BYTES, text_len);
    if (memcmp(check, bytes + len - CHECK_BYTES, CHECK_BYTES) != 0 || bytes[25] > 1 ||
        (!bytes[25] && text_len) || !utf8_valid(key, NULL)) {
        return refuse(e, "is damaged");
    }
    if (get_u64(bytes + 17) != filters) {
        return refuse(e, "was made for another list, other filters or another sort");
    }
    *out = (struct store_cursor){.present = true,
                                 .key = (int64_t)get_u64(bytes + 1),
                                 .row = (int64_t)get_u64(bytes + 9),
                                 .text = bytes[25] ? key : SLICE_NONE};
    return RC_OK;
}
