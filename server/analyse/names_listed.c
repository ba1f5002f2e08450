/* Names that the tagger left and the tables know: bodies of several words, acronyms, whom a title announces. */
#include "analyse/names.h"

#define LISTED_BODIES (LEX_ORGANISATIONS & ~(uint32_t)(LEX_CLUB | LEX_UNIVERSITY))

static bool is_word(const struct naming *n, uint32_t i)
{
    return names_token(n, i)->kind == TOKEN_WORD;
}

static bool is_capital(const struct naming *n, uint32_t i)
{
    return (names_token(n, i)->flags & TOKEN_CAPITAL) != 0;
}

static bool is_lower_word(const struct naming *n, uint32_t i)
{
    return is_word(n, i) && !is_capital(n, i) && !(names_token(n, i)->flags & TOKEN_HAS_DIGIT);
}

/* Bodies of several words that the tables list, where the tagger saw part of them or nothing: "Québec solidaire". */
static size_t add_listed(const struct naming *n, struct name *out)
{
    size_t count = 0;
    for (uint32_t i = 0; i < n->r->tokens.count; i++) {
        /* Clubs are called like their towns: only those whose first word says what they are. */
        uint32_t wanted = LISTED_BODIES | (n->lexicon.bits[i] & LEX_ORG_HEAD ? LEX_CLUB : 0);
        uint32_t kinds = n->lexicon.begin[i] & wanted, end = i + 1;
        while (kinds && names_same_sentence(n, end, i) && (n->lexicon.inner[end] & kinds)) {
            end++;
        }
        bool loose = (i == 0 || !names_same_sentence(n, i - 1, i)) && end == i + 2 &&
                     is_lower_word(n, i + 1);
        if (kinds && end > i + 1 && !loose && !(n->lexicon.begin[i] & LEX_FIRST_NAME)) {
            out[count++] = name_of(n, i, end, ENTITY_ORG, 0.85F, MENTION_GAZETTEER);
            i = end - 1;
        }
    }
    return count;
}

static bool is_shouted(const struct naming *n, uint32_t i, uint32_t near)
{
    return names_same_sentence(n, i, near) && is_word(n, i) &&
           (names_token(n, i)->flags & TOKEN_ALL_CAPS);
}

/* "US Open" is something else, "US General Breedlove" is not. */
static bool goes_on(const struct naming *n, uint32_t i, uint32_t near)
{
    return names_same_sentence(n, i, near) && is_word(n, i) && is_capital(n, i) &&
           n->r->name_at[i] == NO_INDEX && !(n->lexicon.bits[i] & (LEX_TITLE | LEX_FUNCTION));
}

/* "the EU needs": an acronym that the tables list, and the tagger left, where the words around it aren't shouted. */
static size_t add_acronyms(const struct naming *n, struct name *out)
{
    const uint32_t places = LEX_COUNTRY | LEX_REGION;
    size_t count = 0;
    for (uint32_t i = 0; i < n->r->tokens.count; i++) {
        uint32_t kinds = n->lexicon.begin[i] & ((LISTED_BODIES & ~(uint32_t)LEX_COMPANY) | places);
        if (!kinds || n->r->name_at[i] != NO_INDEX || !is_shouted(n, i, i) ||
            n->lexicon.common[i] == 1 || (n->lexicon.inner[i] & kinds) ||
            (i > 0 && is_shouted(n, i - 1, i)) || is_shouted(n, i + 1, i) || goes_on(n, i + 1, i) ||
            (names_same_sentence(n, i + 1, i) && (n->lexicon.inner[i + 1] & kinds))) {
            continue;
        }
        out[count++] = name_of(n, i, i + 1, kinds & places ? ENTITY_LOC : ENTITY_ORG, 0.85F,
                               MENTION_GAZETTEER);
    }
    return count;
}

/* "Dr Petit": what a title of address announces is a person, however common the word. */
static size_t add_titled(const struct naming *n, struct name *out)
{
    size_t count = 0;
    for (uint32_t i = 0; i + 1 < n->r->tokens.count; i++) {
        uint32_t bits = n->lexicon.begin[i], end = i + 1;
        bool address = (bits & LEX_TITLE) &&
                       !(bits & (LEX_FUNCTION | LEX_FIRST_NAME | LEX_SURNAME)) &&
                       is_capital(n, i) && n->r->name_at[i] == NO_INDEX;
        while (
            address && names_same_sentence(n, end, i) && is_word(n, end) && is_capital(n, end) &&
            end < i + 4 && n->r->name_at[end] == NO_INDEX &&
            !(n->lexicon.begin[end] & (LEX_TITLE | LEX_PLACE_HEAD | LEX_ORG_HEAD | LEX_FUNCTION))) {
            end++;
        }
        if (end > i + 1 &&
            names_token(n, i + 1)->end_byte - names_token(n, i + 1)->start_byte > 1) {
            out[count++] = name_of(n, i + 1, end, ENTITY_PER, 0.8F, MENTION_RULE);
            i = end - 1;
        }
    }
    return count;
}

size_t names_listed(const struct naming *n, struct name *out)
{
    size_t count = add_listed(n, out);
    count += add_acronyms(n, out + count);
    return count + add_titled(n, out + count);
}
