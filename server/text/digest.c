#include "text/digest.h"

#include <sys/types.h>

#include <sha2.h>

static const char base32[] = "abcdefghijklmnopqrstuvwxyz234567";

struct digest digest_sha256(const struct slice *parts, size_t count)
{
    SHA2_CTX context;
    SHA256Init(&context);
    for (size_t i = 0; i < count; i++) {
        if (parts[i].len) {
            SHA256Update(&context, (const uint8_t *)parts[i].ptr, parts[i].len);
        }
    }
    struct digest d;
    SHA256Final(d.bytes, &context);
    return d;
}

uint64_t digest_quick(const struct slice *parts, size_t count)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < count; i++) {
        for (size_t at = 0; at < parts[i].len; at++) {
            hash = (hash ^ (uint8_t)parts[i].ptr[at]) * UINT64_C(1099511628211);
        }
    }
    return hash;
}

uint64_t digest_id(const struct digest *d)
{
    uint64_t id = 0;
    for (int i = 0; i < 8; i++) {
        id = id << 8 | d->bytes[i];
    }
    return id;
}

/* 64 bits are 12 groups of five and a last group of four: one zero bit pads it. */
void digest_format_id(uint64_t id, char out[DIGEST_ID_CHARS + 1])
{
#pragma GCC unroll 12
    for (int i = 0; i < DIGEST_ID_CHARS - 1; i++) {
        out[i] = base32[id >> (59 - 5 * i) & 31];
    }
    out[DIGEST_ID_CHARS - 1] = base32[(id & 15) << 1];
    out[DIGEST_ID_CHARS] = '\0';
}

bool digest_parse_id(struct slice text, uint64_t *id)
{
    if (text.len != DIGEST_ID_CHARS) {
        return false;
    }
    uint64_t value = 0;
    for (size_t i = 0; i < DIGEST_ID_CHARS; i++) {
        char c = text.ptr[i];
        uint64_t group;
        if (c >= 'a' && c <= 'z') {
            group = (uint64_t)(c - 'a');
        } else if (c >= '2' && c <= '7') {
            group = (uint64_t)(c - '2') + 26;
        } else {
            return false;
        }
        if (i < DIGEST_ID_CHARS - 1) {
            value = value << 5 | group;
        } else if (group & 1) {
            return false; /* the pad bit: two spellings of one id would be two URLs */
        } else {
            value = value << 4 | group >> 1;
        }
    }
    *id = value;
    return true;
}

void digest_format_hex(const struct digest *d, char out[65])
{
    static const char hex[] = "0123456789abcdef";
    for (int i = 0; i < 32; i++) {
        out[2 * i] = hex[d->bytes[i] >> 4];
        out[2 * i + 1] = hex[d->bytes[i] & 15];
    }
    out[64] = '\0';
}

uint64_t digest_article_id(const char *kind, struct slice key)
{
    struct slice parts[] = {slice_of(kind, strlen(kind) + 1), key};
    struct digest d = digest_sha256(parts, 2);
    return digest_id(&d);
}
