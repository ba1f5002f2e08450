/* Hashes and public ids.
 *
 * Source: SHA-256 (FIPS 180-4) by libmd; FNV-1a (Fowler, Noll, Vo), 64 bits; base32 is RFC 4648's alphabet in lower case, unpadded.
 */
#ifndef GUILLEMET_TEXT_DIGEST_H
#define GUILLEMET_TEXT_DIGEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

#define DIGEST_ID_CHARS 13 /* 64 bits in base32 */

struct digest {
    uint8_t bytes[32];
};

struct digest digest_sha256(const struct slice *parts, size_t count); /* of the concatenation */
/* FNV-1a of the concatenation, for telling apart what nobody gains by confusing: a tenth of SHA-256's work. */
uint64_t digest_quick(const struct slice *parts, size_t count);
/* First 64 bits, big-endian. */
uint64_t digest_id(const struct digest *d);
/* 64 bits ↔ 13 characters. format writes 13 + NUL. parse refuses everything else. */
void digest_format_id(uint64_t id, char out[DIGEST_ID_CHARS + 1]);
bool digest_parse_id(struct slice text, uint64_t *id);
void digest_format_hex(const struct digest *d, char out[65]);
/* SHA-256(kind ‖ NUL ‖ key), first 64 bits: the public id of an article. */
uint64_t digest_article_id(const char *kind, struct slice key);

#endif
