/* The blob that pack_compile writes and pack.c reads: shared by these files only.
 *
 * Shape:  pack_header, then the directory (pack_part each, sorted by name), then the parts, each on an
 *         8-byte boundary. All numbers little-endian, all positions in bytes from the start of what
 *         holds them, so a blob can be mapped anywhere.
 *         A table is pack_table_header, slots, entries, bytes. A slot holds the upper half of a key's
 *         hash and its entry's number + 1 (0: free); it is looked for from the lower half of the hash on, one
 *         slot after the other. Entries [0, count) are keys in byte order; entries [count, total) are
 *         beginnings of longer keys that are no keys themselves.
 *         The section PACK_WHERE says in which tables a key may be: a power of two of 64-bit words, one bit a table
 *         (pack_part.bit), found by the upper half of the key's hash. A blob without it is asked table by table.
 */
#ifndef GUILLEMET_TEXT_PACK_FORMAT_H
#define GUILLEMET_TEXT_PACK_FORMAT_H

#include "text/pack.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "language packs are little-endian");

#define PACK_MAGIC         "GUILPACK"
#define PACK_VERSION       1u
#define PACK_ALIGNMENT     8u
#define PACK_WHERE         "where"
#define PACK_BEGINS_LONGER UINT32_C(0x80000000) /* in key_len: a longer key begins with this one */

enum pack_part_kind { PACK_TABLE, PACK_SECTION };

struct pack_header {
    char magic[8];
    uint32_t version, size; /* of the whole blob */
    uint64_t checksum;      /* of everything after the header */
    char lang[16];          /* NUL-padded */
    uint32_t part_count, reserved;
};

struct pack_part {
    char name[40]; /* NUL-padded */
    uint32_t kind; /* enum pack_part_kind */
    uint32_t start, size;
    uint32_t bit; /* of a table in PACK_WHERE, modulo 64 */
};

struct pack_table_header {
    uint32_t count, total;
    uint32_t slot_mask;   /* number of slots - 1; a power of two - 1 */
    uint32_t longest_key; /* bytes */
    uint32_t slots, entries, bytes, bytes_len;
};

struct pack_slot {
    uint32_t tag, entry;
};

struct pack_entry_record {
    uint32_t key, key_len; /* key_len with PACK_BEGINS_LONGER */
    uint32_t value, value_len;
};

struct pack {
    struct slice blob, lang;
    const struct pack_part *parts;
    size_t part_count;
    const uint64_t *where; /* NULL: none */
    uint64_t where_mask;
};

uint64_t pack_hash(const char *bytes, size_t len);
/* Fills `pack` from a blob that came with this binary: looks at the header only. */
enum rc pack_open_trusted(struct slice blob, struct pack *pack, struct err *e);

#endif
