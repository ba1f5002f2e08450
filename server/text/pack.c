#include "text/pack.h"

#include <stdlib.h>

#include "text/pack_format.h"

static uint64_t read64(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

static uint32_t read32(const char *at)
{
    uint32_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

/* `len` bytes, fewer than eight, as a number: read in two halves that may overlap. */
static uint64_t read_few(const char *at, size_t len)
{
    if (len >= 4) {
        return read32(at) | (uint64_t)read32(at + len - 4) << 8 * (len - 4);
    }
    if (len == 0) {
        return 0;
    }
    uint64_t middle = (unsigned char)at[len / 2], last = (unsigned char)at[len - 1];
    return (unsigned char)at[0] | middle << 8 * (len / 2) | last << 8 * (len - 1);
}

static uint64_t mix(uint64_t h, uint64_t word)
{
    h = (h ^ word) * UINT64_C(0x9E3779B97F4A7C15);
    return h ^ h >> 29;
}

/* Not for hostile keys: tables are fixed when they are compiled. */
uint64_t pack_hash(const char *bytes, size_t len)
{
    uint64_t h = len * UINT64_C(0xC2B2AE3D27D4EB4F);
    size_t left = len;
    for (; left >= 8; bytes += 8, left -= 8) {
        h = mix(h, read64(bytes));
    }
    h = mix(h, read_few(bytes, left));
    h *= UINT64_C(0xBF58476D1CE4E5B9);
    return h ^ h >> 32;
}

/* ---- tables */

static const struct pack_table_header *header_of(const struct pack_table *table)
{
    return (const struct pack_table_header *)(const void *)table->base;
}

static const struct pack_entry_record *entries_of(const struct pack_table_header *h)
{
    return (const struct pack_entry_record *)(const void *)((const char *)h + h->entries);
}

static const char *bytes_of(const struct pack_table_header *h)
{
    return (const char *)h + h->bytes;
}

static const struct pack_entry_record *look_up(const struct pack_table *table, struct slice key,
                                               uint64_t hash)
{
    const struct pack_table_header *h = header_of(table);
    if (key.len > h->longest_key || key.len == 0) {
        return NULL;
    }
    const struct pack_slot *slots =
        (const struct pack_slot *)(const void *)((const char *)h + h->slots);
    uint32_t tag = (uint32_t)(hash >> 32);
    for (uint32_t i = (uint32_t)hash & h->slot_mask; slots[i].entry; i = (i + 1) & h->slot_mask) {
        if (slots[i].tag != tag) {
            continue;
        }
        const struct pack_entry_record *r = entries_of(h) + (slots[i].entry - 1);
        if ((r->key_len & ~PACK_BEGINS_LONGER) == key.len &&
            memcmp(bytes_of(h) + r->key, key.ptr, key.len) == 0) {
            return r;
        }
    }
    return NULL;
}

uint64_t pack_key_hash(struct slice key)
{
    return pack_hash(key.ptr, key.len);
}

unsigned pack_look(const struct pack_table *table, struct slice key, struct slice *value)
{
    return table->base ? pack_look_hashed(table, key, pack_hash(key.ptr, key.len), value) : 0;
}

unsigned pack_look_hashed(const struct pack_table *table, struct slice key, uint64_t hash,
                          struct slice *value)
{
    const struct pack_entry_record *r = table->base ? look_up(table, key, hash) : NULL;
    if (!r) {
        return 0;
    }
    const struct pack_table_header *h = header_of(table);
    unsigned seen = r->key_len & PACK_BEGINS_LONGER ? PACK_LONGER : 0;
    if (r - entries_of(h) < (ptrdiff_t)h->count) {
        seen |= PACK_FOUND;
        if (value) {
            *value = slice_of(bytes_of(h) + r->value, r->value_len);
        }
    }
    return seen;
}

bool pack_find(const struct pack_table *table, struct slice key, struct slice *value)
{
    return pack_look(table, key, value) & PACK_FOUND;
}

bool pack_prefix(const struct pack_table *table, struct slice key)
{
    return pack_look(table, key, NULL) & PACK_LONGER;
}

struct slice pack_column(struct slice value, size_t n)
{
    if (!slice_present(value)) {
        return SLICE_NONE;
    }
    struct slice rest = value;
    struct slice line = slice_cut(&rest, '\n');
    struct slice column = line;
    for (size_t i = 0; i <= n; i++) {
        if (!slice_present(line)) {
            return SLICE_NONE;
        }
        column = slice_cut(&line, '\t');
    }
    return column;
}

size_t pack_size(const struct pack_table *table)
{
    return table->base ? header_of(table)->count : 0;
}

void pack_entry(const struct pack_table *table, size_t index, struct slice *key,
                struct slice *value)
{
    const struct pack_table_header *h = header_of(table);
    const struct pack_entry_record *r = entries_of(h) + index;
    if (key) {
        *key = slice_of(bytes_of(h) + r->key, r->key_len & ~PACK_BEGINS_LONGER);
    }
    if (value) {
        *value = slice_of(bytes_of(h) + r->value, r->value_len);
    }
}

/* ---- packs */

struct slice pack_lang(const struct pack *pack)
{
    return pack->lang;
}

static const struct pack_part *find_part(const struct pack *pack, const char *name,
                                         enum pack_part_kind kind)
{
    size_t low = 0, high = pack ? pack->part_count : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct pack_part *part = &pack->parts[middle];
        int order = strncmp(name, part->name, sizeof part->name);
        if (order == 0) {
            return part->kind == kind ? part : NULL;
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

struct pack_table pack_table(const struct pack *pack, const char *name)
{
    const struct pack_part *part = find_part(pack, name, PACK_TABLE);
    const uint8_t *base = part ? (const uint8_t *)pack->blob.ptr + part->start : NULL;
    return (struct pack_table){base, pack, base ? UINT64_C(1) << part->bit % 64 : 0};
}

uint64_t pack_tables_with(const struct pack *pack, uint64_t hash)
{
    return pack->where ? pack->where[hash >> 32 & pack->where_mask] : UINT64_MAX;
}

struct slice pack_section(const struct pack *pack, const char *name)
{
    const struct pack_part *part = find_part(pack, name, PACK_SECTION);
    return part ? slice_of(pack->blob.ptr + part->start, part->size) : SLICE_NONE;
}

/* ---- opening */

/* A section that can't be what it should be is left alone: then all tables are asked. */
static void find_where(struct pack *pack)
{
    const struct pack_part *part = find_part(pack, PACK_WHERE, PACK_SECTION);
    uint64_t count = part ? part->size / sizeof(uint64_t) : 0;
    if (count == 0 || (count & (count - 1)) != 0 || part->start % PACK_ALIGNMENT != 0 ||
        part->start > pack->blob.len || part->size > pack->blob.len - part->start) {
        return;
    }
    pack->where = (const uint64_t *)(const void *)(pack->blob.ptr + part->start);
    pack->where_mask = count - 1;
}

enum rc pack_open_trusted(struct slice blob, struct pack *pack, struct err *e)
{
    if (blob.len < sizeof(struct pack_header) || (uintptr_t)blob.ptr % PACK_ALIGNMENT != 0) {
        return err_set(e, RC_INVALID, "not a language pack: too short or not aligned");
    }
    const struct pack_header *h = (const struct pack_header *)(const void *)blob.ptr;
    if (memcmp(h->magic, PACK_MAGIC, sizeof h->magic) != 0) {
        return err_set(e, RC_INVALID, "not a language pack: it does not begin with " PACK_MAGIC);
    }
    if (h->version != PACK_VERSION) {
        return err_set(e, RC_UNSUPPORTED,
                       "language pack of version %u, this program reads version %u", h->version,
                       PACK_VERSION);
    }
    if (h->size != blob.len || h->lang[0] == '\0' || h->lang[sizeof h->lang - 1] != '\0' ||
        h->part_count > (blob.len - sizeof *h) / sizeof(struct pack_part)) {
        return err_set(e, RC_INVALID,
                       "damaged language pack: its header does not fit its %zu bytes", blob.len);
    }
    pack->blob = blob;
    pack->lang = slice_cstr(h->lang);
    pack->parts = (const struct pack_part *)(const void *)(blob.ptr + sizeof *h);
    pack->part_count = h->part_count;
    find_where(pack);
    return RC_OK;
}

/* True when [start, start + count × size) lies within `len`, on the boundary that such items need. */
static bool fits(uint64_t start, uint64_t count, uint64_t size, uint64_t len)
{
    return start <= len && count * size <= len - start && (size == 1 || start % 4 == 0);
}

static bool entries_are_sound(const struct pack_table_header *h)
{
    const struct pack_entry_record *r = entries_of(h);
    for (uint32_t i = 0; i < h->total; i++) {
        uint32_t key_len = r[i].key_len & ~PACK_BEGINS_LONGER;
        if (!fits(r[i].key, key_len, 1, h->bytes_len) || key_len > h->longest_key ||
            !fits(r[i].value, r[i].value_len, 1, h->bytes_len)) {
            return false;
        }
    }
    return true;
}

static bool table_is_sound(const char *base, uint32_t size)
{
    const struct pack_table_header *h = (const struct pack_table_header *)(const void *)base;
    if (size < sizeof *h) {
        return false;
    }
    uint64_t slot_count = (uint64_t)h->slot_mask + 1;
    if ((slot_count & h->slot_mask) != 0 || h->count > h->total || h->total >= slot_count ||
        !fits(h->slots, slot_count, sizeof(struct pack_slot), size) ||
        !fits(h->entries, h->total, sizeof(struct pack_entry_record), size) ||
        !fits(h->bytes, h->bytes_len, 1, size)) {
        return false;
    }
    const struct pack_slot *slots = (const struct pack_slot *)(const void *)(base + h->slots);
    uint64_t free_slots = 0;
    for (uint64_t i = 0; i < slot_count; i++) {
        free_slots += slots[i].entry == 0;
        if (slots[i].entry > h->total) {
            return false;
        }
    }
    return free_slots > 0 && entries_are_sound(h); /* a full table would be searched for ever */
}

static bool part_is_sound(const struct pack *pack, size_t i)
{
    const struct pack_part *part = &pack->parts[i];
    if (part->name[sizeof part->name - 1] != '\0' || part->start % PACK_ALIGNMENT != 0 ||
        !fits(part->start, part->size, 1, pack->blob.len) ||
        (i > 0 && strncmp(pack->parts[i - 1].name, part->name, sizeof part->name) >= 0)) {
        return false;
    }
    return part->kind == PACK_SECTION ||
           (part->kind == PACK_TABLE && table_is_sound(pack->blob.ptr + part->start, part->size));
}

enum rc pack_open(struct slice blob, struct pack **out, struct err *e)
{
    struct pack pack = {.part_count = 0};
    enum rc rc = pack_open_trusted(blob, &pack, e);
    if (rc != RC_OK) {
        return rc;
    }
    const struct pack_header *h = (const struct pack_header *)(const void *)blob.ptr;
    if (h->checksum != pack_hash(blob.ptr + sizeof *h, blob.len - sizeof *h)) {
        return err_set(e, RC_INVALID, "damaged language pack \"%s\": its checksum does not match",
                       h->lang);
    }
    for (size_t i = 0; i < pack.part_count; i++) {
        if (!part_is_sound(&pack, i)) {
            return err_set(e, RC_INVALID, "damaged language pack \"%s\": part %zu is not sound",
                           h->lang, i + 1);
        }
    }
    struct pack *opened = malloc(sizeof *opened);
    if (!opened) {
        return err_nomem(e);
    }
    *opened = pack;
    *out = opened;
    return RC_OK;
}

void pack_close(struct pack *pack)
{
    free(pack);
}
