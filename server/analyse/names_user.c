/* The user's gazetteer has the last word: names to add, to forbid, to retype, and aliases. */
#include "analyse/gazetteer.h"
#include "analyse/names.h"
#include "text/fold.h"

#define KEY_MOST 200

static const struct gazetteer *gazetteer_of(const struct naming *n)
{
    return n->r->options ? n->r->options->gazetteer : NULL;
}

/* Tokens first…end as a gazetteer key; an elided word is joined to the next, as in the user's file. */
static size_t append_word(const struct naming *n, uint32_t i, char *key, size_t len)
{
    struct slice word = names_token(n, i)->lower;
    bool joined = len == 0 || (names_token(n, i - 1)->flags & TOKEN_ELIDED);
    if (len + word.len + 1 > KEY_MOST) {
        return 0;
    }
    if (!joined) {
        key[len++] = ' ';
    }
    memcpy(key + len, word.ptr, word.len);
    return len + word.len;
}

/* The longest entry that begins at token i; *end is where it stops. */
static const struct gazetteer_entry *entry_at(const struct naming *n, uint32_t i, uint32_t *end)
{
    const struct gazetteer *g = gazetteer_of(n);
    const struct gazetteer_entry *best = NULL;
    char key[KEY_MOST];
    size_t len = 0;
    bool prefix = true;
    for (uint32_t k = i; prefix && names_same_sentence(n, k, i); k++) {
        len = append_word(n, k, key, len);
        if (len == 0) {
            break;
        }
        const struct gazetteer_entry *found = gazetteer_find(g, slice_of(key, len), &prefix);
        if (found) {
            best = found;
            *end = k + 1;
        }
        prefix |= (names_token(n, k)->flags & TOKEN_ELIDED) != 0;
    }
    return best;
}

const struct gazetteer_entry *names_user_entry(const struct naming *n, const struct name *name)
{
    uint32_t end = name->first;
    const struct gazetteer_entry *entry = gazetteer_of(n) ? entry_at(n, name->first, &end) : NULL;
    return entry && end == name->end ? entry : NULL;
}

static enum entity_type type_of_alias(const struct naming *n, const struct gazetteer_entry *alias,
                                      const struct name *there)
{
    struct slice key = fold_lower(n->r->arena, alias->canonical);
    const struct gazetteer_entry *canonical = gazetteer_find(gazetteer_of(n), key, NULL);
    if (canonical && (canonical->act == GAZETTEER_ADD || canonical->act == GAZETTEER_RETYPE)) {
        return canonical->type;
    }
    for (size_t i = 0; i < n->r->names.count && !there; i++) {
        const struct name *name = &n->r->names.items[i];
        if (slice_equal(fold_lower(n->r->arena, reading_text(n->r, name->span)), key)) {
            there = name;
        }
    }
    return there ? there->type : ENTITY_MISC;
}

static bool is_forbidden(const struct naming *n, const struct name *name)
{
    const struct gazetteer_entry *entry = names_user_entry(n, name);
    return entry && entry->act == GAZETTEER_FORBID;
}

static const struct name *name_exactly(const struct naming *n, uint32_t first, uint32_t end)
{
    uint32_t i = n->r->name_at[first];
    const struct name *name = i == NO_INDEX ? NULL : &n->r->names.items[i];
    return name && name->first == first && name->end == end ? name : NULL;
}

void names_user(struct naming *n)
{
    if (!gazetteer_of(n)) {
        return;
    }
    struct names kept = {0};
    struct arena *arena = n->r->arena;
    for (size_t i = 0; i < n->r->names.count; i++) {
        if (!is_forbidden(n, &n->r->names.items[i])) {
            *ARENA_PUSH(arena, &kept) = n->r->names.items[i];
        }
    }
    for (uint32_t i = 0; i < n->r->tokens.count; i++) {
        uint32_t end = i;
        const struct gazetteer_entry *entry = entry_at(n, i, &end);
        if (!entry || entry->act == GAZETTEER_FORBID) {
            continue;
        }
        const struct name *there = name_exactly(n, i, end);
        if (entry->act == GAZETTEER_RETYPE && !there) {
            continue;
        }
        enum entity_type type =
            entry->act == GAZETTEER_ALIAS ? type_of_alias(n, entry, there) : entry->type;
        *ARENA_PUSH(arena, &kept) = name_of(n, i, end, type, 1.0F, MENTION_USER);
        i = end - 1;
    }
    names_replace(n, kept.items, kept.count);
}
