/* "where is the best place in punjab": who writes without capitals names places all the same. Only in sentences that
 * have no capital at all, behind a preposition, and only places that are no common words. */
#include "analyse/names.h"

#define WORDS_MOST    3
#define LETTERS_LEAST 4 /* bytes of a name: "in or", "to us" */
#define KEY_MOST      64

static bool is_lower_sentence(const struct naming *n, const struct sentence *s)
{
    for (uint32_t i = s->first; i < s->end; i++) {
        const struct token *t = names_token(n, i);
        if ((t->flags & (TOKEN_CAPITAL | TOKEN_ALL_CAPS)) && t->end_byte - t->start_byte > 1) {
            return false;
        }
    }
    return true;
}

static bool is_plain_word(const struct naming *n, uint32_t i)
{
    const struct token *t = names_token(n, i);
    return t->kind == TOKEN_WORD && !(t->flags & TOKEN_HAS_DIGIT);
}

/* The end of the longest place that begins at token i, or i. */
static uint32_t place_end(const struct naming *n, const struct pack_table *places, uint32_t i,
                          uint32_t limit)
{
    char key[KEY_MOST];
    size_t len = 0;
    uint32_t end = i;
    bool uncommon = false;
    for (uint32_t k = i; k < limit && k < i + WORDS_MOST && is_plain_word(n, k); k++) {
        struct slice word = names_token(n, k)->lower, value;
        if (len + word.len + 1 > sizeof key) {
            break;
        }
        if (len > 0) {
            key[len++] = ' ';
        }
        memcpy(key + len, word.ptr, word.len);
        len += word.len;
        uncommon |= n->lexicon.common[k] == 0;
        struct slice whole = slice_of(key, len);
        if (uncommon && len >= LETTERS_LEAST && pack_find(places, whole, &value) &&
            !slice_is(pack_column(value, 0), "town")) {
            end = k + 1;
        }
        if (!pack_prefix(places, whole)) {
            break;
        }
    }
    return end;
}

static void read_sentence(const struct naming *n, const struct pack_table *places,
                          const struct sentence *s, struct names *found)
{
    for (uint32_t i = s->first; i + 1 < s->end; i++) {
        uint32_t at = i + 1;
        if (!(n->lexicon.bits[i] & LEX_PREPOSITION) || (n->lexicon.bits[at] & LEX_DEMONYM) ||
            n->r->name_at[at] != NO_INDEX) {
            continue;
        }
        uint32_t end = place_end(n, places, at, s->end);
        if (end > at) {
            *ARENA_PUSH(n->r->arena, found) =
                name_of(n, at, end, ENTITY_LOC, 0.6F, MENTION_GAZETTEER);
            i = end - 1;
        }
    }
}

void names_lower(struct naming *n)
{
    struct pack_table places = pack_table(n->r->pack, "places");
    struct names found = {0};
    for (size_t i = 0; i < n->r->sentences.count; i++) {
        const struct sentence *s = &n->r->sentences.items[i];
        if (is_lower_sentence(n, s)) {
            read_sentence(n, &places, s, &found);
        }
    }
    if (found.count == 0) {
        return;
    }
    for (size_t i = 0; i < n->r->names.count; i++) {
        *ARENA_PUSH(n->r->arena, &found) = n->r->names.items[i];
    }
    names_replace(n, found.items, found.count);
}
