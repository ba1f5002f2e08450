/* What never belongs to a name: articles and titles in front, prepositions and verbs behind, marks inside. */
#include "analyse/names.h"

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
        return name->type != ENTITY_MISC && (known & LEX_ARTICLE) &&
               (i == 0 || !names_same_sentence(n, i - 1, i));
    }
    if (!is_lower_word(n, i) ||
        (known & LEX_PARTICLE && name->type == ENTITY_PER && !(known & LEX_ARTICLE))) {
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
    struct slice unused;
    bool acronym = i > name->first && (names_token(n, i - 1)->flags & TOKEN_ALL_CAPS);
    if (is_lower_word(n, i) && acronym && (bits_at(n, i) & LEX_DEMONYM)) {
        return true; /* "la NSA américaine" */
    }
    return is_lower_word(n, i) &&
           ((bits_at(n, i) & (LEX_PREPOSITION | LEX_ARTICLE | LEX_OF | LEX_AND)) ||
            pack_find(&n->name_tails, t->lower, &unused) ||
            pack_find(&n->finite_verbs, t->lower, &unused)); /* "Brenval agrandit" */
}

/* Quotation marks, bars and spaced dashes are never inside: the name ends before them. */
static void cut_at_marks(const struct naming *n, struct name *name)
{
    for (uint32_t i = name->first; i < name->end; i++) {
        static const char *const marks[] = {"«", "»", "“", "”", "\"", "|",
                                            ":", ";", "?", "–", "—",  "…"};
        struct slice text = reading_token_text(n->r, i);
        for (size_t m = 0; m < sizeof marks / sizeof marks[0]; m++) {
            if (slice_is(text, marks[m])) {
                name->first = i == name->first ? i + 1 : name->first;
                name->end = i > name->first ? i : name->end;
            }
        }
    }
}

/* "L'Haÿ-les-Roses à midi": a preposition before a small word begins something else; "Neuilly sur Seine" not. */
static void cut_at_preposition(const struct naming *n, struct name *name)
{
    for (uint32_t i = name->first + 1;
         i + 1 < name->end && name->type != ENTITY_ORG && name->type != ENTITY_MISC; i++) {
        if (is_lower_word(n, i) && (bits_at(n, i) & LEX_PREPOSITION) &&
            !(bits_at(n, i) & (LEX_OF | LEX_AND)) && is_lower_word(n, i + 1) &&
            !(bits_at(n, i + 1) & LEX_ARTICLE)) {
            name->end = i;
        }
    }
}

/* "Cour pénale internationale pour les vétérans": a listed body ends where it ends, when a preposition follows. */
static void cut_behind_listed(const struct naming *n, struct name *name)
{
    uint32_t i = name->first + 1;
    uint32_t kinds = n->lexicon.begin[name->first] & LEX_ORGANISATIONS;
    while (kinds && i < name->end && (n->lexicon.inner[i] & kinds)) {
        i++;
    }
    if (kinds && name->type == ENTITY_ORG && i > name->first + 1 && i < name->end &&
        is_lower_word(n, i) && (bits_at(n, i) & LEX_PREPOSITION) &&
        !(bits_at(n, i) & (LEX_OF | LEX_AND | LEX_FOR))) {
        name->end = i;
    }
}

/* "Nairobi-based", "New York-born": what is only the first part of a word is no name. */
static bool is_part_of_word(const struct naming *n, const struct name *name)
{
    struct slice unused, text = reading_token_text(n->r, name->end - 1);
    size_t at = text.len;
    while (at > 0 && text.ptr[at - 1] != '-') {
        at--;
    }
    return at > 1 && at < text.len && is_capital(n, name->end - 1) &&
           pack_find(&n->name_tails, slice_of(text.ptr + at, text.len - at), &unused);
}

void names_trim(const struct naming *n, struct name *name)
{
    if (name->first < name->end && is_part_of_word(n, name)) {
        name->end = name->first;
        return;
    }
    cut_at_marks(n, name);
    cut_behind_listed(n, name);
    cut_at_preposition(n, name);
    while (name->first < name->end && drops_front(n, name)) {
        name->first++;
    }
    while (name->first < name->end && drops_back(n, name)) {
        name->end--;
    }
}
