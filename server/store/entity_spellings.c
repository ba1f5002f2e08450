#include "store/entity_spellings.h"

#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "text/pack.h"

enum { WORDS_MOST = 8 };

struct respelling {
    struct arena *arena;
    struct slice name;
    struct slice words[WORDS_MOST];
    size_t word_count;
    struct slice *out;
    size_t count;
};

static bool split(struct respelling *r)
{
    for (size_t at = 0; at <= r->name.len;) {
        const char *blank = memchr(r->name.ptr + at, ' ', r->name.len - at);
        size_t end = blank ? (size_t)(blank - r->name.ptr) : r->name.len;
        if (r->word_count == WORDS_MOST) {
            return false; /* no person's name */
        }
        r->words[r->word_count++] = slice_of(r->name.ptr + at, end - at);
        at = end + 1;
    }
    return true;
}

/* The name with words[i] replaced by spelt[i] where that is present. */
static void add(struct respelling *r, const struct slice *spelt)
{
    struct buf text;
    buf_init(&text);
    for (size_t i = 0; i < r->word_count; i++) {
        if (i) {
            buf_char(&text, ' ');
        }
        buf_slice(&text, slice_present(spelt[i]) ? spelt[i] : r->words[i]);
    }
    struct slice made = arena_copy(r->arena, buf_view(&text));
    buf_done(&text);
    bool known = slice_equal(made, r->name) || r->count == ENTITY_SPELLINGS_MOST;
    for (size_t i = 0; i < r->count; i++) {
        known = known || slice_equal(made, r->out[i]);
    }
    if (!known) {
        r->out[r->count++] = made;
    }
}

static void by_pack(struct respelling *r, const struct pack_table *table)
{
    struct slice all[WORDS_MOST] = {SLICE_NONE}, value;
    for (size_t i = 0; i < r->word_count; i++) {
        all[i] = pack_find(table, r->words[i], &value) ? pack_column(value, 0) : SLICE_NONE;
    }
    add(r, all);
    for (size_t i = 0; i < r->word_count; i++) {
        if (!slice_present(all[i])) {
            continue;
        }
        struct slice one[WORDS_MOST] = {SLICE_NONE};
        (void)pack_find(table, r->words[i], &value);
        for (size_t n = 0; slice_present(one[i] = pack_column(value, n)); n++) {
            add(r, one);
        }
        struct slice rest[WORDS_MOST];
        memcpy(rest, all, sizeof rest);
        rest[i] = SLICE_NONE; /* "Mohammed ben Salmane" → "Mohammed bin Salman" */
        add(r, rest);
    }
}

size_t entity_spellings(struct arena *arena, struct slice match_key,
                        struct slice out[ENTITY_SPELLINGS_MOST])
{
    struct respelling r = {.arena = arena, .name = match_key, .out = out};
    bool person = split(&r);
    for (size_t i = 0; person && i < pack_count(); i++) {
        struct pack_table table = pack_table(pack_at(i), "spellings");
        by_pack(&r, &table);
    }
    return r.count;
}
