#include "analyse/gazetteer.h"

#include <stdlib.h>

#include "base/arena.h"
#include "text/fold.h"
#include "text/tokens.h"

struct slot {
    struct slice key;
    bool is_name, is_prefix;
    struct gazetteer_entry entry;
};

struct gazetteer {
    struct arena *arena;
    struct slot *slots;
    uint32_t slot_count, used;
};

static const struct {
    const char *word;
    enum gazetteer_act act;
    bool has_type, has_canonical;
} acts[] = {
    {"add", GAZETTEER_ADD, true, false},
    {"forbid", GAZETTEER_FORBID, false, false},
    {"retype", GAZETTEER_RETYPE, true, false},
    {"alias", GAZETTEER_ALIAS, false, true},
};

void gazetteer_free(struct gazetteer *g)
{
    if (g) {
        struct arena *arena = g->arena;
        arena_free(arena); /* g lives in it */
    }
}

static uint32_t hash(struct slice key)
{
    uint32_t h = 2166136261U;
    for (size_t i = 0; i < key.len; i++) {
        h = (h ^ (uint8_t)key.ptr[i]) * 16777619U;
    }
    return h;
}

static struct slot *find(const struct gazetteer *g, struct slice key)
{
    uint32_t at = hash(key) & (g->slot_count - 1);
    while (g->slots[at].key.ptr && !slice_equal(g->slots[at].key, key)) {
        at = (at + 1) & (g->slot_count - 1);
    }
    return &g->slots[at];
}

static void grow(struct gazetteer *g)
{
    struct slot *old = g->slots;
    uint32_t old_count = g->slot_count;
    g->slot_count = old_count ? old_count * 2 : 64;
    g->slots = ARENA_ARRAY(g->arena, struct slot, g->slot_count);
    for (uint32_t i = 0; i < old_count; i++) {
        if (old[i].key.ptr) {
            *find(g, old[i].key) = old[i];
        }
    }
}

static struct slot *put(struct gazetteer *g, struct slice key)
{
    if (g->used * 2 >= g->slot_count) {
        grow(g);
    }
    struct slot *slot = find(g, key);
    g->used += !slot->key.ptr;
    slot->key = key;
    return slot;
}

/* The words as the tokenizer cuts them without a language, lower case, one blank between. */
static struct slice key_of(struct arena *arena, struct slice name)
{
    struct tokens tokens = {0};
    struct buf key;
    tokens_scan(arena, NULL, name, 0, (uint32_t)name.len, 0, &tokens);
    buf_init(&key);
    for (size_t i = 0; i < tokens.count; i++) {
        if (i > 0) {
            buf_char(&key, ' ');
        }
        buf_slice(&key, tokens.items[i].lower);
    }
    struct slice copy = arena_copy(arena, buf_view(&key));
    buf_done(&key);
    return copy;
}

static void add(struct gazetteer *g, struct slice key, struct gazetteer_entry entry)
{
    for (size_t i = 0; i < key.len; i++) {
        if (key.ptr[i] == ' ') {
            put(g, slice_of(key.ptr, i))->is_prefix = true;
        }
    }
    struct slot *slot = put(g, key);
    slot->is_name = true;
    slot->entry = entry;
}

static enum rc parse_line(struct gazetteer *g, struct slice line, struct err *e)
{
    struct slice rest = line, word = slice_trim(slice_cut(&rest, '\t'));
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        if (!slice_is(word, acts[i].word)) {
            continue;
        }
        struct gazetteer_entry entry = {.act = acts[i].act};
        if (acts[i].has_type) {
            struct slice type =
                slice_present(rest) ? slice_trim(slice_cut(&rest, '\t')) : SLICE_NONE;
            if (!entity_type_parse(type, &entry.type)) {
                return err_set(
                    e, RC_INVALID,
                    "\"%s\" needs a type: PER, ORG, LOC or MISC, then a tab and the name",
                    acts[i].word);
            }
        }
        struct slice name = slice_present(rest) ? slice_trim(slice_cut(&rest, '\t')) : SLICE_NONE;
        entry.canonical =
            acts[i].has_canonical && slice_present(rest) ? slice_trim(rest) : SLICE_NONE;
        if (name.len == 0 || (acts[i].has_canonical && entry.canonical.len == 0)) {
            return err_set(e, RC_INVALID, "\"%s\" lacks a name (columns are separated by tabs)",
                           acts[i].word);
        }
        entry.canonical =
            slice_present(entry.canonical) ? arena_copy(g->arena, entry.canonical) : SLICE_NONE;
        add(g, key_of(g->arena, name), entry);
        return RC_OK;
    }
    return err_set(e, RC_INVALID, "\"%.*s\" is none of add, forbid, retype, alias",
                   (int)(word.len < 40 ? word.len : 40), word.ptr);
}

static enum rc parse_lines(struct gazetteer *g, struct slice file, struct err *e)
{
    struct slice rest = file;
    for (unsigned number = 1; slice_present(rest); number++) {
        struct slice line = slice_trim(slice_cut(&rest, '\n'));
        if (line.len == 0 || line.ptr[0] == '#') {
            continue;
        }
        enum rc rc = parse_line(g, line, e);
        if (rc != RC_OK) {
            err_where(e, "line %u", number);
            return rc;
        }
    }
    return RC_OK;
}

enum rc gazetteer_parse(struct slice file, struct gazetteer **out, struct err *e)
{
    struct arena *arena = arena_new(0);
    if (!arena) {
        return err_nomem(e);
    }
    jmp_buf out_of_memory;
    arena_escape(arena, &out_of_memory);
    if (setjmp(out_of_memory)) {
        arena_free(arena);
        return err_nomem(e);
    }
    struct gazetteer *g = ARENA_NEW(arena, struct gazetteer);
    g->arena = arena;
    grow(g);
    enum rc rc = parse_lines(g, file, e);
    arena_escape(arena, NULL);
    if (rc != RC_OK) {
        arena_free(arena);
        return rc;
    }
    *out = g;
    return RC_OK;
}

const struct gazetteer_entry *gazetteer_find(const struct gazetteer *g, struct slice key,
                                             bool *prefix)
{
    const struct slot *slot = find(g, key);
    if (prefix) {
        *prefix = slot->key.ptr && slot->is_prefix;
    }
    return slot->key.ptr && slot->is_name ? &slot->entry : NULL;
}
