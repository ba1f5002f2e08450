/* Names without trained weights: runs of capitals, typed by the pack's tables. */
#include "analyse/names.h"

static bool is_capital(const struct naming *n, uint32_t i)
{
    return (names_token(n, i)->flags & TOKEN_CAPITAL) && names_token(n, i)->kind == TOKEN_WORD;
}

static bool starts_sentence(const struct naming *n, uint32_t i)
{
    while (i > 0 && names_same_sentence(n, i - 1, i)) {
        if (names_token(n, i - 1)->kind != TOKEN_PUNCTUATION) {
            return false;
        }
        i--;
    }
    return true;
}

static bool may_start(const struct naming *n, uint32_t i)
{
    uint32_t bits = n->lexicon.bits[i];
    if (!is_capital(n, i) || (names_token(n, i)->flags & TOKEN_ELIDED)) {
        return false;
    }
    if ((bits & (LEX_CALENDAR | LEX_DEMONYM | LEX_TITLE)) && !(n->lexicon.inner[i])) {
        return false;
    }
    if (starts_sentence(n, i) && n->lexicon.common[i] > 0 && n->lexicon.common[i] < 3) {
        return (bits & (LEX_PERSON | LEX_COUNTRY | LEX_CITY)) != 0;
    }
    return true;
}

/* Capitals, and particles between two of them. */
static uint32_t run_end(const struct naming *n, uint32_t i)
{
    uint32_t end = i + 1;
    while (names_same_sentence(n, end, i)) {
        uint32_t next = end;
        while (names_same_sentence(n, next, i) && next < end + 2 &&
               (n->lexicon.bits[next] & LEX_PARTICLE) && !is_capital(n, next)) {
            next++;
        }
        if (!names_same_sentence(n, next, i) || !is_capital(n, next)) {
            break;
        }
        end = next + 1;
    }
    return end;
}

/* The end of the table entry of these kinds that begins at i, or i. */
static uint32_t entry_end(const struct naming *n, uint32_t i, uint32_t kinds)
{
    uint32_t bit = n->lexicon.begin[i] & kinds, end = i;
    if (bit) {
        end = i + 1;
        while (names_same_sentence(n, end, i) && (n->lexicon.inner[end] & bit)) {
            end++;
        }
    }
    return end;
}

static enum entity_type type_of(const struct naming *n, uint32_t first, uint32_t end)
{
    uint32_t bits = n->lexicon.bits[first];
    uint32_t before =
        first > 0 && names_same_sentence(n, first - 1, first) ? n->lexicon.bits[first - 1] : 0;
    if (before & LEX_TITLE) {
        return ENTITY_PER;
    }
    if (bits & (LEX_ORGANISATIONS | LEX_ORG_HEAD | LEX_SEAT)) {
        return ENTITY_ORG;
    }
    if ((bits & LEX_PERSON) || (end > first + 1 && (bits & LEX_FIRST_NAME))) {
        return ENTITY_PER;
    }
    if ((bits & LEX_PLACES) || (before & LEX_PLACE_HEAD)) {
        return ENTITY_LOC;
    }
    if (end == first + 1 && (names_token(n, first)->flags & TOKEN_ALL_CAPS)) {
        return ENTITY_ORG;
    }
    return ENTITY_PER;
}

void names_rules(struct naming *n)
{
    struct names found = {0};
    struct arena *arena = n->r->arena;
    uint32_t count = (uint32_t)n->r->tokens.count;
    for (uint32_t i = 0; i < count;) {
        if (!may_start(n, i)) {
            i++;
            continue;
        }
        uint32_t entry = entry_end(n, i, LEX_ORGANISATIONS | LEX_PLACES | LEX_PERSON | LEX_SEAT);
        uint32_t end = entry > i + 1 ? entry : run_end(n, i);
        *ARENA_PUSH(arena, &found) = name_of(n, i, end, type_of(n, i, end), entry > i ? 0.7F : 0.5F,
                                             entry > i ? MENTION_GAZETTEER : MENTION_MODEL);
        i = end;
    }
    names_replace(n, found.items, found.count);
}
