/* Local evidence: what never belongs to a name, what always does, and which institutions act. */
#include "analyse/names.h"

#define SURE 0.9F /* the tagger's word is not doubted from here on */
#define LISTED_BODIES (LEX_ORGANISATIONS & ~(uint32_t)(LEX_CLUB | LEX_UNIVERSITY))

static uint32_t bits_at(const struct naming *n, uint32_t i)
{
    return n->lexicon.bits[i];
}

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

/* The token before, of the same sentence; false at the head. */
static bool before(const struct naming *n, uint32_t i, uint32_t *out)
{
    if (i == 0 || !names_same_sentence(n, i - 1, i)) {
        return false;
    }
    *out = i - 1;
    return true;
}

/* ---- trimming */

static bool is_title_word(const struct naming *n, const struct name *name)
{
    uint32_t i = name->first;
    if (name->type != ENTITY_PER || !(n->lexicon.begin[i] & (LEX_TITLE | LEX_FUNCTION))) {
        return false;
    }
    if (!is_capital(n, i)) {
        return true;
    }
    return (bits_at(n, i) & LEX_TITLE) && !(bits_at(n, i) & LEX_FIRST_NAME) &&
           !(n->lexicon.begin[i] & (LEX_PERSON | LEX_PLACES));
}

/* Articles, prepositions and titles in front: l'Élysée, M. Rousselot, la France. */
static bool drops_front(const struct naming *n, const struct name *name)
{
    uint32_t i = name->first, known = n->lexicon.begin[i];
    if (!is_word(n, i)) {
        return names_token(n, i)->kind == TOKEN_PUNCTUATION;
    }
    if (known & (LEX_ORGANISATIONS | LEX_PLACES) && is_capital(n, i)) {
        return false;
    }
    if ((names_token(n, i)->flags & TOKEN_ELIDED) || is_title_word(n, name)) {
        return true;
    }
    if (is_capital(n, i)) {
        uint32_t ignored;
        return name->type != ENTITY_MISC && (known & LEX_ARTICLE) && !before(n, i, &ignored);
    }
    if (!is_lower_word(n, i) || (known & LEX_PARTICLE && name->type == ENTITY_PER && !(known & LEX_ARTICLE))) {
        return (bits_at(n, i) & LEX_PREPOSITION) && name->type != ENTITY_PER;
    }
    return name->type == ENTITY_PER || (name->type == ENTITY_ORG && !(known & LEX_ORG_HEAD)) ||
           (name->type == ENTITY_LOC && !(known & LEX_PLACE_NAMED)) ||
           (known & (LEX_ARTICLE | LEX_PREPOSITION));
}

static bool drops_back(const struct naming *n, const struct name *name)
{
    uint32_t i = name->end - 1;
    const struct token *t = names_token(n, i);
    if (t->kind == TOKEN_PUNCTUATION || (t->flags & (TOKEN_CLITIC | TOKEN_ELIDED))) {
        struct slice text = reading_token_text(n->r, i);
        return !(slice_is(text, ")") || slice_is(text, "!")) || name->end - name->first < 3;
    }
    return is_lower_word(n, i) && (bits_at(n, i) & (LEX_PREPOSITION | LEX_ARTICLE | LEX_OF | LEX_AND));
}

static void trim(const struct naming *n, struct name *name)
{
    while (name->first < name->end && drops_front(n, name)) {
        name->first++;
    }
    while (name->first < name->end && drops_back(n, name)) {
        name->end--;
    }
}

/* Months, days, inhabitants and languages are no names; nor is what has neither capital nor digit. */
static bool is_no_name(const struct naming *n, const struct name *name)
{
    bool has_capital = false, all_common = true;
    for (uint32_t i = name->first; i < name->end; i++) {
        const struct token *t = names_token(n, i);
        has_capital |= (t->flags & (TOKEN_CAPITAL | TOKEN_ALL_CAPS)) || t->kind == TOKEN_NUMBER ||
                       (t->flags & TOKEN_HAS_DIGIT);
        bool excluded = (bits_at(n, i) & (LEX_CALENDAR | LEX_DEMONYM)) != 0 &&
                        !(bits_at(n, i) & (LEX_PLACES | LEX_ORGANISATIONS));
        all_common &= excluded || (bits_at(n, i) & (LEX_ARTICLE | LEX_PREPOSITION));
    }
    return !has_capital || (all_common && name->type != ENTITY_MISC) ||
           (all_common && name->end == name->first + 1);
}

/* ---- extending */

/* place Jacques-Bailleurs, rue de la Justice: the head is part of the place. */
static void take_place_head(const struct naming *n, struct name *name)
{
    uint32_t i = name->first, at;
    while (before(n, i, &at) && (bits_at(n, at) & (LEX_OF | LEX_ARTICLE)) && !is_capital(n, at)) {
        i = at;
    }
    if (!before(n, i, &at) || !(n->lexicon.bits[at] & LEX_PLACE_NAMED) ||
        !(name->type == ENTITY_LOC || name->type == ENTITY_PER)) {
        return;
    }
    while (!(n->lexicon.begin[at] & LEX_PLACE_NAMED) && before(n, at, &i)) {
        at = i;
    }
    if (n->r->name_at[at] == NO_INDEX && !(name->type == ENTITY_PER && i != name->first && is_lower_word(n, at))) {
        name->first = at;
        name->type = ENTITY_LOC;
    }
}

static bool may_go_on(const struct naming *n, uint32_t i)
{
    return is_lower_word(n, i) && n->lexicon.common[i] > 0 &&
           !(bits_at(n, i) & (LEX_PREPOSITION | LEX_ARTICLE | LEX_ACTING | LEX_OF | LEX_AND | LEX_FOR | LEX_CALENDAR));
}

/* Association d'entraide des veuves et orphelins: a body's name runs on through "of" phrases. */
static void take_of_phrases(const struct naming *n, struct name *name)
{
    if (name->type != ENTITY_ORG || !(n->lexicon.begin[name->first] & LEX_ORG_HEAD) ||
        !is_capital(n, name->first)) {
        return;
    }
    for (uint32_t i = name->end; names_same_sentence(n, i, name->first);) {
        uint32_t k = i;
        uint32_t link = bits_at(n, k) & (LEX_OF | LEX_AND | LEX_FOR);
        if (!link || is_capital(n, k) || ((link & LEX_AND) && name->end == name->first + 1)) {
            return;
        }
        while (names_same_sentence(n, k, i) && k < i + 3 && (bits_at(n, k) & (LEX_OF | LEX_ARTICLE | LEX_FOR | LEX_AND))) {
            k++;
        }
        if (!names_same_sentence(n, k, i) || (link & LEX_OF ? !may_go_on(n, k) && !(is_word(n, k) && is_capital(n, k)) : !may_go_on(n, k))) {
            return;
        }
        if (n->r->name_at[k] != NO_INDEX && n->r->names.items[n->r->name_at[k]].type != ENTITY_LOC) {
            return;
        }
        name->end = i = k + 1;
    }
}

/* ---- types */

static bool has_title_before(const struct naming *n, const struct name *name)
{
    uint32_t at;
    return before(n, name->first, &at) && (bits_at(n, at) & LEX_TITLE) &&
           (names_token(n, at)->flags & (TOKEN_ABBREVIATION | TOKEN_CAPITAL)) &&
           !(bits_at(n, at) & LEX_FUNCTION) && n->r->name_at[at] == NO_INDEX;
}

/* A capital city acts when it is the subject of a verb of will or word: "Moscou refuse", "selon Kiev" aside. */
static bool acts(const struct naming *n, const struct name *name)
{
    uint32_t at, i = name->end;
    if (before(n, name->first, &at) && (bits_at(n, at) & LEX_PREPOSITION)) {
        return false;
    }
    for (uint32_t steps = 0; steps < 4 && names_same_sentence(n, i, name->first); steps++, i++) {
        if (bits_at(n, i) & LEX_ACTING) {
            return true;
        }
        if (!is_lower_word(n, i) || (bits_at(n, i) & LEX_PREPOSITION) || names_token(n, i)->end_byte - names_token(n, i)->start_byte > 5) {
            return false;
        }
    }
    return false;
}

static void decide_type(const struct naming *n, struct name *name)
{
    uint32_t known = n->lexicon.begin[name->first];
    bool whole = name->end == name->first + 1 || (n->lexicon.inner[name->end - 1] & known);
    if (has_title_before(n, name) && name->type != ENTITY_ORG) {
        name->type = ENTITY_PER;
        name->method = MENTION_RULE;
    } else if ((known & LEX_SEAT) && whole) {
        name->type = ENTITY_ORG;
    } else if ((known & LEX_CAPITAL) && whole && name->type == ENTITY_LOC && acts(n, name)) {
        name->type = ENTITY_ORG;
        name->method = MENTION_RULE;
    } else if ((known & LEX_COUNTRY) && whole && name->end - name->first > 1) {
        name->type = ENTITY_LOC;
    } else if ((known & LISTED_BODIES) && whole && name->type != ENTITY_ORG && name->confidence < SURE &&
               !(known & (LEX_PLACES | LEX_FIRST_NAME | LEX_SURNAME)) && n->lexicon.common[name->first] == 0) {
        name->type = ENTITY_ORG;
    }
}

/* ---- splitting */

/* "ministre du Travail Muriel Pénicaud": a person's name at the end of something that isn't named after one. */
static uint32_t person_inside(const struct naming *n, const struct name *name)
{
    uint32_t head = n->lexicon.begin[name->first];
    if (name->type == ENTITY_PER || (head & (LEX_ORG_HEAD | LEX_PLACE_HEAD | LEX_ORGANISATIONS | LEX_PLACES))) {
        return name->end;
    }
    for (uint32_t i = name->first + 1; i + 1 < name->end; i++) {
        bool known = (n->lexicon.begin[i] & LEX_PERSON) && (n->lexicon.inner[name->end - 1] & LEX_PERSON);
        bool plain = i + 2 == name->end && (n->lexicon.bits[i] & LEX_FIRST_NAME) && is_capital(n, i + 1) &&
                     (n->lexicon.bits[i + 1] & LEX_SURNAME) && n->lexicon.common[i] == 0;
        if ((known || plain) && !(bits_at(n, i - 1) & (LEX_OF | LEX_ARTICLE | LEX_PARTICLE))) {
            return i;
        }
    }
    return name->end;
}

/* "Abonnez-vous": a verb at the head of a sentence, whatever the capital says. */
static bool is_inverted_verb(const struct naming *n, const struct name *name)
{
    uint32_t i = name->end;
    return name->end == name->first + 1 && names_same_sentence(n, i, name->first) &&
           (names_token(n, i)->flags & TOKEN_CLITIC) && reading_token_text(n->r, i).ptr[0] == '-';
}

void names_repair(struct naming *n)
{
    struct names *names = &n->r->names;
    struct name *kept = ARENA_ARRAY(n->r->arena, struct name, names->count * 2);
    size_t count = 0;
    for (size_t i = 0; i < names->count; i++) {
        struct name name = names->items[i];
        trim(n, &name);
        if (name.first == name.end || is_no_name(n, &name) || is_inverted_verb(n, &name)) {
            continue;
        }
        uint32_t person = person_inside(n, &name);
        if (person < name.end) {
            kept[count++] = name_of(n, person, name.end, ENTITY_PER, name.confidence, name.method);
            name.end = person;
        }
        decide_type(n, &name);
        take_place_head(n, &name);
        take_of_phrases(n, &name);
        kept[count++] = name_of(n, name.first, name.end, name.type, name.confidence, name.method);
    }
    names_replace(n, kept, count);
}
