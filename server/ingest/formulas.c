#include "ingest/formulas.h"

#include <stdint.h>

#include "text/fold.h"
#include "text/utf8.h"

struct formula_packs formula_packs_for(struct slice lang)
{
    struct formula_packs packs = {.count = 0};
    const struct pack *one = slice_present(lang) ? pack_for(lang) : NULL;
    if (one) {
        packs.items[packs.count++] = one;
        return packs;
    }
    for (size_t i = 0; i < pack_count() && packs.count < FORMULA_PACKS_MOST; i++) {
        packs.items[packs.count++] = pack_at(i);
    }
    return packs;
}

struct slice formula_line(struct arena *arena, struct slice line)
{
    size_t len = line.len < FORMULA_LINE_MOST ? line.len : FORMULA_LINE_MOST;
    while (len > 0 && len < line.len && ((unsigned char)line.ptr[len] & 0xC0) == 0x80) {
        len--;
    }
    char *level = arena_alloc(arena, len + 1);
    size_t out = 0;
    for (size_t at = 0; at < len;) {
        size_t next;
        if (utf8_is_blank(utf8_decode(line, at, &next))) {
            if (out > 0 && level[out - 1] != ' ') {
                level[out++] = ' ';
            }
        } else {
            memcpy(level + out, line.ptr + at, next - at);
            out += next - at;
        }
        at = next;
    }
    return fold_lower(arena, slice_of(level, out));
}

/* A phrase that ends in a letter must not stop inside a word. */
static bool ends_word(struct slice line, size_t at)
{
    size_t last;
    if (at >= line.len) {
        return true;
    }
    uint32_t before = utf8_decode_before(line, at, &last);
    uint32_t after = utf8_decode(line, at, NULL);
    bool inside = utf8_is_letter(before) || utf8_is_digit(before);
    return !inside || !(utf8_is_letter(after) || utf8_is_digit(after));
}

static bool begins_word(struct slice line, size_t at)
{
    if (at == 0) {
        return true;
    }
    uint32_t before = utf8_decode_before(line, at, NULL);
    return !utf8_is_letter(before) && !utf8_is_digit(before);
}

struct formula_match formula_at_start(const struct formula_packs *packs, const char *table,
                                      struct slice line)
{
    struct formula_match best = {SLICE_NONE, SLICE_NONE};
    for (size_t p = 0; p < packs->count; p++) {
        struct pack_table phrases = pack_table(packs->items[p], table);
        for (size_t i = 0; i < pack_size(&phrases); i++) {
            struct slice key, value;
            pack_entry(&phrases, i, &key, &value);
            if (slice_starts(line, key) && ends_word(line, key.len) && key.len > best.key.len) {
                best = (struct formula_match){key, value};
            }
        }
    }
    return best;
}

static bool stands_anywhere(struct slice line, struct slice key)
{
    for (size_t at = slice_find(line, key, 0); at != SIZE_MAX; at = slice_find(line, key, at + 1)) {
        if (begins_word(line, at) && ends_word(line, at + key.len)) {
            return true;
        }
    }
    return false;
}

static bool stands_where(struct slice line, struct slice key, struct slice where)
{
    if (slice_is(where, "whole")) {
        return slice_equal(line, key);
    }
    if (slice_is(where, "start")) {
        return slice_starts(line, key) && ends_word(line, key.len);
    }
    return slice_is(where, "anywhere") && stands_anywhere(line, key);
}

/* One phrase may stand in the table on several lines: each is "where\tscope". */
static bool one_applies(struct slice line, struct slice key, struct slice value, bool ended,
                        bool tail)
{
    while (slice_present(value)) {
        struct slice row = slice_cut(&value, '\n');
        struct slice scope = pack_column(row, 1);
        bool allowed = slice_is(scope, "any") || (tail && slice_is(scope, "tail")) ||
                       (!ended && slice_is(scope, "unended"));
        if (allowed && stands_where(line, key, pack_column(row, 0))) {
            return true;
        }
    }
    return false;
}

/* Which pairs of bytes a line has: a phrase with another one doesn't stand in it, and most phrases are out at once. */
struct pairs {
    uint64_t bits[16];
};

static unsigned pair_at(struct slice s, size_t at)
{
    unsigned a = (unsigned char)s.ptr[at], b = (unsigned char)s.ptr[at + 1];
    return (a * 33 + b) & 1023;
}

static struct pairs pairs_of(struct slice line)
{
    struct pairs pairs = {.bits = {0}};
    for (size_t i = 0; i + 1 < line.len; i++) {
        unsigned pair = pair_at(line, i);
        pairs.bits[pair / 64] |= UINT64_C(1) << pair % 64;
    }
    return pairs;
}

static bool may_contain(const struct pairs *pairs, struct slice key)
{
    for (size_t i = 0; i + 1 < key.len; i++) {
        unsigned pair = pair_at(key, i);
        if (!(pairs->bits[pair / 64] >> pair % 64 & 1)) {
            return false;
        }
    }
    return true;
}

bool formula_is_boilerplate(const struct formula_packs *packs, struct slice line, bool ended,
                            bool tail)
{
    struct pairs pairs = pairs_of(line);
    for (size_t p = 0; p < packs->count; p++) {
        struct pack_table phrases = pack_table(packs->items[p], "boilerplate");
        for (size_t i = 0; i < pack_size(&phrases); i++) {
            struct slice key, value;
            pack_entry(&phrases, i, &key, &value);
            if (may_contain(&pairs, key) && one_applies(line, key, value, ended, tail)) {
                return true;
            }
        }
    }
    return false;
}
