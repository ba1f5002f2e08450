/* What the word beside a doubtful name says that it is, and what its own form does. */
#include "analyse/names.h"

#define SURE         0.95F
#define DOUBTFUL     0.7F
#define LISTED       (LEX_PLACES | LEX_ORGANISATIONS | LEX_SEAT)
#define KNOWN_PERSON (LEX_FIRST_NAME | LEX_SURNAME | LEX_PERSON)

static bool is_word(const struct naming *n, uint32_t i)
{
    return names_token(n, i)->kind == TOKEN_WORD;
}

static bool is_capital(const struct naming *n, uint32_t i)
{
    return (names_token(n, i)->flags & (TOKEN_CAPITAL | TOKEN_ALL_CAPS)) != 0;
}

static bool is_lower_word(const struct naming *n, uint32_t i)
{
    return is_word(n, i) && !is_capital(n, i) && !(names_token(n, i)->flags & TOKEN_HAS_DIGIT);
}

bool names_trigger(const struct naming *n, uint32_t i, const char *where)
{
    struct slice value;
    return pack_find(&n->name_triggers, names_token(n, i)->lower, &value) &&
           slice_is(pack_column(value, 0), where);
}

/* "le député de Varnec", "les habitants de Sorlec": what only places have. */
static bool is_place_by_noun(const struct naming *n, const struct name *name)
{
    uint32_t i = name->first;
    return i > 1 && names_same_sentence(n, i - 2, i) && name->type != ENTITY_LOC &&
           (name->type == ENTITY_PER || name->confidence < DOUBTFUL) && name->confidence < SURE &&
           (n->lexicon.bits[i - 1] & LEX_OF) && !(n->lexicon.bits[i - 1] & LEX_ARTICLE) &&
           is_lower_word(n, i - 2) && names_trigger(n, i - 2, "over") && is_capital(n, i) &&
           !(names_token(n, i)->flags & TOKEN_ALL_CAPS) &&
           !(n->lexicon.bits[i] & (LEX_FIRST_NAME | LEX_ORGANISATIONS | LEX_ORG_HEAD));
}

/* "Glenmore council", "Varnick residents": what only places have, behind the name. */
static bool is_place_by_next(const struct naming *n, const struct name *name)
{
    uint32_t i = name->end;
    return name->end == name->first + 1 && name->confidence < DOUBTFUL &&
           names_same_sentence(n, i, name->first) && is_lower_word(n, i) &&
           names_trigger(n, i, "local") && !(names_token(n, name->first)->flags & TOKEN_ALL_CAPS) &&
           !(n->lexicon.bits[name->first] &
             (KNOWN_PERSON | LEX_ORGANISATIONS | LEX_ORG_HEAD | LEX_DEMONYM));
}

/* "le gouvernement Lecornu", "l'administration Vantrier": a head whose name it bears. */
static bool is_person_by_head(const struct naming *n, const struct name *name)
{
    uint32_t i = name->first;
    return i > 0 && name->end == i + 1 && names_same_sentence(n, i - 1, i) &&
           name->type != ENTITY_PER && name->confidence < SURE && is_lower_word(n, i - 1) &&
           names_trigger(n, i - 1, "whose") && !(n->lexicon.bits[i] & (LISTED | LEX_DEMONYM)) &&
           n->lexicon.common[i] != 1 && !(names_token(n, i)->flags & TOKEN_ALL_CAPS);
}

/* "QatarEnergy": a capital inside the word is a brand's, but for Mc, Mac and De. */
static bool is_brand(const struct naming *n, const struct name *name)
{
    static const char *const persons[] = {"Mc", "Mac", "De", "Di", "La", "Le", "Van", "Fitz"};
    struct slice text = reading_token_text(n->r, name->first);
    if (name->end != name->first + 1 || name->type == ENTITY_ORG || name->confidence >= SURE ||
        (n->lexicon.bits[name->first] & (LISTED | KNOWN_PERSON)) || !is_word(n, name->first)) {
        return false;
    }
    for (size_t p = 0; p < sizeof persons / sizeof persons[0]; p++) {
        size_t length = strlen(persons[p]);
        if (slice_starts(text, slice_cstr(persons[p])) && text.len > length &&
            text.ptr[length] >= 'A' && text.ptr[length] <= 'Z') {
            return false;
        }
    }
    for (size_t k = 1; k + 1 < text.len; k++) {
        bool inner = text.ptr[k] >= 'A' && text.ptr[k] <= 'Z';
        if (inner && text.ptr[k - 1] >= 'a' && text.ptr[k - 1] <= 'z') {
            return true;
        }
    }
    return false;
}

/* "l'A13", "la RN20": a road, but not the A380 that flies. */
static bool is_road(const struct naming *n, const struct name *name)
{
    static const char *const kinds[] = {"RN", "RD", "A", "N", "D"};
    struct slice text = reading_token_text(n->r, name->first);
    if (name->end != name->first + 1 || name->first == 0 ||
        !(n->lexicon.bits[name->first - 1] & LEX_ARTICLE)) {
        return false;
    }
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        size_t at = strlen(kinds[k]), most = at + (kinds[k][0] == 'A' ? 2 : 4);
        if (!slice_starts(text, slice_cstr(kinds[k])) || text.len == at || text.len > most) {
            continue;
        }
        while (at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9') {
            at++;
        }
        if (at == text.len) {
            return true;
        }
    }
    return false;
}

/* "l'ouragan Irma", "Hurricane Irma": weather has names, and is nobody. */
static bool is_weather(const struct naming *n, const struct name *name)
{
    uint32_t i = name->first;
    if (n->lexicon.bits[i] & (LEX_PLACES | LEX_ORGANISATIONS)) {
        return false;
    }
    return names_trigger(n, i, "weather") ||
           (i > 0 && names_same_sentence(n, i - 1, i) && names_trigger(n, i - 1, "weather"));
}

/* What the words around it or its own form say, in order. */
bool names_told(const struct naming *n, const struct name *name, enum entity_type *type)
{
    static const struct {
        bool (*tells)(const struct naming *n, const struct name *name);
        enum entity_type type;
    } rules[] = {{is_place_by_noun, ENTITY_LOC},  {is_place_by_next, ENTITY_LOC},
                 {is_person_by_head, ENTITY_PER}, {is_weather, ENTITY_MISC},
                 {is_road, ENTITY_LOC},           {is_brand, ENTITY_ORG}};
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (rules[i].tells(n, name)) {
            *type = rules[i].type;
            return true;
        }
    }
    return false;
}
