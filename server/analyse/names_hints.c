/* What stands around a name that the tables don't know: the noun it hangs on, a dateline, a verb behind a first name.
 * And what only looks like a name: Roman numbers, a missing accent at the head of a sentence, a verb. */
#include "analyse/names.h"

#define SURE          0.95F
#define DOUBTFUL      0.7F
#define DATELINE_MOST 4 /* words */
#define LISTED        (LEX_PLACES | LEX_ORGANISATIONS | LEX_SEAT)
#define KNOWN_PERSON  (LEX_FIRST_NAME | LEX_SURNAME | LEX_PERSON)

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

static bool starts_sentence(const struct naming *n, uint32_t i)
{
    while (i > 0 && names_same_sentence(n, i - 1, i)) {
        if (names_token(n, --i)->kind != TOKEN_PUNCTUATION) {
            return false;
        }
    }
    return true;
}

static bool is_finite(const struct naming *n, uint32_t i)
{
    struct slice word = names_token(n, i)->lower, flags;
    if (!is_lower_word(n, i)) {
        return false;
    }
    if (pack_find(&n->finite_verbs, word, &flags)) {
        return true;
    }
    bool found = pack_find(&n->grammar, word, &flags);
    while (found && slice_present(flags)) {
        if (slice_is(slice_cut(&flags, ' '), "fin")) {
            return true;
        }
    }
    return false;
}

/* ---- no names */

/* "acte VII", "XXIe siècle": only I, V and X, so that CDI and MC stay what they are. */
static bool is_roman(const struct naming *n, const struct name *name)
{
    struct slice text = reading_token_text(n->r, name->first);
    size_t digits = 0;
    while (digits < text.len && memchr("IVX", text.ptr[digits], 3)) {
        digits++;
    }
    bool ordinal = text.len - digits <= 3;
    for (size_t i = digits; i < text.len; i++) {
        ordinal &= text.ptr[i] >= 'a' || (unsigned char)text.ptr[i] >= 0x80;
    }
    return name->end == name->first + 1 && digits >= 2 && ordinal;
}

/* "Equipés", "Etaient": capitals lose their accent. The word is common when it has one. */
static bool lost_accent(const struct naming *n, const struct name *name)
{
    uint32_t i = name->first;
    struct slice word = names_token(n, i)->lower, value;
    if (name->end != i + 1 || n->lexicon.common[i] > 0 || name->confidence >= SURE ||
        word.len < 3 || word.ptr[0] != 'e' || (n->lexicon.bits[i] & (LISTED | KNOWN_PERSON)) ||
        !starts_sentence(n, i)) {
        return false;
    }
    struct slice accented =
        arena_printf(n->r->arena, "\xc3\xa9%.*s", (int)(word.len - 1), word.ptr + 1);
    return pack_find(&n->common_words, accented, &value) ||
           pack_find(&n->finite_verbs, accented, &value);
}

/* "Chassées par …": a participle or a plural, whose plain form is a common word. */
static bool is_inflected(const struct naming *n, const struct name *name)
{
    uint32_t i = name->first;
    struct slice word = names_token(n, i)->lower, value;
    if (name->end != i + 1 || n->lexicon.common[i] > 0 || name->confidence >= SURE ||
        (n->lexicon.bits[i] & (LISTED | KNOWN_PERSON | LEX_ORG_HEAD)) || !starts_sentence(n, i) ||
        !names_same_sentence(n, i + 1, i) || !is_lower_word(n, i + 1) ||
        (names_token(n, i)->flags & TOKEN_ALL_CAPS)) {
        return false;
    }
    static const char *const endings[] = {"es", "s", "e"};
    for (size_t k = 0; k < sizeof endings / sizeof endings[0]; k++) {
        size_t length = strlen(endings[k]);
        if (word.len > length + 3 && slice_ends(word, slice_cstr(endings[k])) &&
            pack_find(&n->common_words, slice_of(word.ptr, word.len - length), &value) &&
            slice_is(pack_column(value, 0), "a")) {
            return true;
        }
    }
    return false;
}

/* "rue.CroquettesEn": two words that lost the blank between them, right behind a stop. */
static bool is_glued(const struct naming *n, const struct name *name)
{
    uint32_t i = name->first;
    struct slice text = reading_token_text(n->r, i);
    if (i == 0 || name->end != i + 1 ||
        names_token(n, i - 1)->end_byte != names_token(n, i)->start_byte ||
        names_token(n, i - 1)->kind != TOKEN_PUNCTUATION || (n->lexicon.bits[i] & LISTED)) {
        return false;
    }
    for (size_t k = 1; k + 1 < text.len; k++) {
        if (text.ptr[k] >= 'A' && text.ptr[k] <= 'Z' && text.ptr[k - 1] >= 'a') {
            return true;
        }
    }
    return false;
}

/* A doubtful single word at the head of a sentence, common, and known as nothing. */
static bool is_opening_word(const struct naming *n, const struct name *name)
{
    uint32_t i = name->first, common = n->lexicon.common[i];
    return name->end == i + 1 && common == 1 && name->confidence < DOUBTFUL &&
           !(n->lexicon.bits[i] & (LISTED | KNOWN_PERSON | LEX_ORG_HEAD)) &&
           !(names_token(n, i)->flags & TOKEN_ALL_CAPS) && starts_sentence(n, i) &&
           names_same_sentence(n, i + 1, i) && is_lower_word(n, i + 1);
}

/* "Premier ministre belge": an office and where. */
static bool is_office(const struct naming *n, const struct name *name)
{
    uint32_t i = name->first;
    if (name->type == ENTITY_PER || name->type == ENTITY_ORG ||
        !(n->lexicon.begin[i] & LEX_FUNCTION)) {
        return false;
    }
    for (i++; i < name->end && (n->lexicon.inner[i] & LEX_FUNCTION); i++) {
    }
    bool rest = i < name->end;
    for (; i < name->end; i++) {
        rest &= (n->lexicon.bits[i] & LEX_DEMONYM) && !is_capital(n, i);
    }
    return rest;
}

static bool is_none(const struct naming *n, const struct name *name)
{
    return is_roman(n, name) || lost_accent(n, name) || is_inflected(n, name) ||
           is_glued(n, name) || is_opening_word(n, name) || is_office(n, name);
}

/* ---- types */

/* "boutique Bagelstein", "étude de Comparitech", "projets Ansej et Angem": the noun that a name hangs on. */
static bool hangs_on_body(const struct naming *n, const struct name *name)
{
    uint32_t i = name->first;
    if (i < 2 || !names_same_sentence(n, i - 1, i)) {
        return false;
    }
    if (is_lower_word(n, i - 1) && names_trigger(n, i - 1, "beside")) {
        return true;
    }
    if (!names_same_sentence(n, i - 2, i)) {
        return false;
    }
    uint32_t before = n->r->name_at[i - 2];
    if ((n->lexicon.bits[i - 1] & LEX_AND) && before != NO_INDEX) {
        uint32_t first = n->r->names.items[before].first;
        return first > 0 && names_same_sentence(n, first - 1, i) && is_lower_word(n, first - 1) &&
               names_trigger(n, first - 1, "beside");
    }
    return (n->lexicon.bits[i - 1] & LEX_OF) && is_lower_word(n, i - 2) &&
           names_trigger(n, i - 2, "of") && name->type == ENTITY_PER;
}

static bool is_body(const struct naming *n, const struct name *name)
{
    if (name->type == ENTITY_ORG || name->confidence >= SURE) {
        return false;
    }
    if (name->end > name->first + 1) {
        uint32_t last = name->end - 1;
        return is_capital(n, last) && names_trigger(n, last, "tail") &&
               !(n->lexicon.begin[name->first] & LEX_FIRST_NAME);
    }
    return (name->type != ENTITY_MISC || name->confidence < DOUBTFUL) &&
           !(n->lexicon.bits[name->first] & (LISTED | KNOWN_PERSON)) && hangs_on_body(n, name);
}

/* Two plain capitals that the tables know nothing of. */
static bool is_plain_pair(const struct naming *n, const struct name *name)
{
    bool plain =
        name->end == name->first + 2 && name->type != ENTITY_PER && name->confidence < SURE;
    for (uint32_t k = name->first; k < name->end && plain; k++) {
        plain = is_word(n, k) && is_capital(n, k) &&
                !(names_token(n, k)->flags & (TOKEN_ALL_CAPS | TOKEN_HAS_DIGIT)) &&
                !(n->lexicon.bits[k] & (LEX_ORG_HEAD | LEX_PLACE_HEAD)) &&
                (!(n->lexicon.bits[k] & LISTED) ||
                 (k == name->first && (n->lexicon.bits[k] & LEX_FIRST_NAME))) &&
                n->lexicon.common[k] == 0 && !names_trigger(n, k, "tail");
    }
    return plain;
}

static bool is_comma(const struct naming *n, uint32_t i, uint32_t near)
{
    return names_same_sentence(n, i, near) && slice_is(reading_token_text(n->r, i), ",");
}

/* "the director of the Maritime Agency" up to token `last`: an office, and perhaps the one body that it is in. */
static bool ends_in_office(const struct naming *n, uint32_t last, uint32_t near)
{
    uint32_t i = last, body;
    if (!names_same_sentence(n, i, near)) {
        return false;
    }
    body = n->r->name_at[i];
    if (body != NO_INDEX) {
        i = n->r->names.items[body].first;
        do {
            if (i == 0 || !names_same_sentence(n, i - 1, near)) {
                return false;
            }
            i--;
        } while (is_lower_word(n, i) && (n->lexicon.bits[i] & (LEX_OF | LEX_ARTICLE)));
    }
    return is_lower_word(n, i) && (n->lexicon.bits[i] & LEX_FUNCTION) &&
           !(n->lexicon.bits[i] & (LEX_ORG_HEAD | LEX_PLACE_HEAD));
}

/* "Redoine Faïd, homme le plus recherché", "its lawyer, Priyanka Deshmukh-Hall, …": a person's noun in apposition. */
static bool is_person_by_noun(const struct naming *n, const struct name *name)
{
    uint32_t i = name->end + 1, first = name->first;
    struct slice unused;
    if (!is_plain_pair(n, name)) {
        return false;
    }
    if (first > 1 && is_comma(n, first - 1, first) && ends_in_office(n, first - 2, first)) {
        return true;
    }
    if (!is_comma(n, name->end, first) || !names_same_sentence(n, i, first)) {
        return false;
    }
    i += (n->lexicon.bits[i] & LEX_ARTICLE) != 0;
    return names_same_sentence(n, i, first) && is_lower_word(n, i) &&
           pack_find(&n->person_nouns, names_token(n, i)->lower, &unused);
}

/* "Odile raconte": a first name alone at the head of a sentence, with a verb. */
static bool is_first_name_acting(const struct naming *n, uint32_t i)
{
    uint32_t bits = n->lexicon.bits[i];
    return is_word(n, i) && (bits & LEX_FIRST_NAME) && n->lexicon.common[i] == 0 &&
           !(bits & (LISTED | LEX_TITLE | LEX_FUNCTION | LEX_CALENDAR | LEX_DEMONYM)) &&
           !(names_token(n, i)->flags & TOKEN_ALL_CAPS) && starts_sentence(n, i) &&
           names_same_sentence(n, i + 1, i) && is_finite(n, i + 1);
}

/* "attentat de Strasbourg", tagged as one event: the place is what is named, when the event has no capital. */
static void give_place(const struct naming *n, struct name *name)
{
    uint32_t end = name->end;
    if (name->type != ENTITY_MISC || name->method != MENTION_MODEL ||
        !is_lower_word(n, name->first)) {
        return;
    }
    while (end > name->first && (names_token(n, end - 1)->kind == TOKEN_NUMBER ||
                                 (end < name->end && (n->lexicon.bits[end - 1] & LEX_OF)))) {
        end--; /* "de Paris de 2015" */
    }
    uint32_t i = end;
    while (i > name->first && is_capital(n, i - 1)) {
        i--;
    }
    bool place = i < end && i > name->first && (n->lexicon.bits[i - 1] & LEX_OF) &&
                 (n->lexicon.begin[i] & LEX_PLACES);
    for (uint32_t k = name->first; k < end; k++) {
        place &= k < i ? !is_capital(n, k) : (n->lexicon.bits[k] & LEX_PLACES) != 0;
    }
    if (place) {
        *name = name_of(n, i, end, ENTITY_LOC, name->confidence, MENTION_RULE);
    }
}

/* "gouvernement Vasquelin", tagged whole: the person is what is named. */
static void give_person(const struct naming *n, struct name *name)
{
    uint32_t i = name->first;
    if (name->end == i + 2 && name->method == MENTION_MODEL && is_lower_word(n, i) &&
        names_trigger(n, i, "whose") && is_capital(n, i + 1) &&
        !(n->lexicon.bits[i + 1] & (LISTED | LEX_DEMONYM))) {
        *name = name_of(n, i + 1, i + 2, ENTITY_PER, name->confidence, MENTION_RULE);
    }
}

/* ---- datelines */

/* "PARIS | ", "MONTRÉAL — ", "LONDON (Reuters) – " at the head of a block. The end of the place, or `first`. */
static uint32_t dateline_end(const struct naming *n, uint32_t first)
{
    static const char *const marks[] = {"|", "—", "–", "-"};
    uint32_t end = first;
    bool listed = (n->lexicon.begin[first] & LEX_PLACES) != 0;
    while (names_same_sentence(n, end, first) && is_word(n, end) &&
           (names_token(n, end)->flags & TOKEN_ALL_CAPS) && end < first + DATELINE_MOST) {
        listed &= (n->lexicon.bits[end] & LEX_PLACES) != 0;
        end++;
    }
    uint32_t mark = end;
    if (end == first || !names_same_sentence(n, mark, first)) {
        return first;
    }
    if (slice_is(reading_token_text(n->r, mark), "(")) {
        while (names_same_sentence(n, mark + 1, first) && mark < end + 4 &&
               !slice_is(reading_token_text(n->r, mark), ")")) {
            mark++;
        }
        mark++;
    }
    for (size_t m = 0; m < sizeof marks / sizeof marks[0] && names_same_sentence(n, mark, first);
         m++) {
        if (slice_is(reading_token_text(n->r, mark), marks[m]) && listed) {
            return end;
        }
    }
    return first;
}

static size_t add_datelines(const struct naming *n, struct name *out)
{
    size_t count = 0;
    for (uint32_t i = 0; i < n->r->tokens.count; i++) {
        bool opens = i == 0 || names_token(n, i)->block != names_token(n, i - 1)->block;
        uint32_t end = opens ? dateline_end(n, i) : i;
        if (end > i) {
            out[count++] = name_of(n, i, end, ENTITY_LOC, 0.9F, MENTION_RULE);
        }
    }
    return count;
}

/* "Moises Varlando avait …": a first name, a capital that the tables don't know, a verb. The end, or i. */
static uint32_t full_name_end(const struct naming *n, uint32_t i)
{
    uint32_t end = i + 1;
    if (n->lexicon.common[i] == 1 || (n->lexicon.bits[i] & (LISTED | LEX_TITLE | LEX_FUNCTION)) ||
        !starts_sentence(n, i)) {
        return i;
    }
    while (names_same_sentence(n, end, i) && end < i + 4 && is_word(n, end) && is_capital(n, end) &&
           n->r->name_at[end] == NO_INDEX && n->lexicon.common[end] != 1 &&
           !(n->lexicon.bits[end] & (LISTED | LEX_TITLE | LEX_FUNCTION | LEX_CALENDAR |
                                     LEX_DEMONYM | LEX_ORG_HEAD | LEX_PLACE_HEAD))) {
        end++;
    }
    return end > i + 1 && names_same_sentence(n, end, i) && is_finite(n, end) ? end : i;
}

static size_t add_first_names(const struct naming *n, struct name *out)
{
    size_t count = 0;
    for (uint32_t i = 0; i + 1 < n->r->tokens.count; i++) {
        if (n->r->name_at[i] != NO_INDEX || !(n->lexicon.bits[i] & LEX_FIRST_NAME)) {
            continue;
        }
        uint32_t end = full_name_end(n, i);
        end = end == i && is_first_name_acting(n, i) ? i + 1 : end;
        if (end > i) {
            out[count++] = name_of(n, i, end, ENTITY_PER, DOUBTFUL, MENTION_RULE);
        }
    }
    return count;
}

static bool is_unknown(const struct naming *n, uint32_t i)
{
    return is_word(n, i) && is_capital(n, i) && n->r->name_at[i] == NO_INDEX &&
           n->lexicon.common[i] == 0 && n->lexicon.bits[i] == 0 &&
           !(names_token(n, i)->flags & (TOKEN_ALL_CAPS | TOKEN_HAS_DIGIT));
}

/* "Béni Tarzelt", "Ouled Fayet": a word that only opens names of places. "le gouvernement Vasquelin": one that only
 * stands before a person's. */
static size_t add_openings(const struct naming *n, struct name *out)
{
    size_t count = 0;
    for (uint32_t i = 0; i + 1 < n->r->tokens.count; i++) {
        if (is_capital(n, i) && n->r->name_at[i] == NO_INDEX && names_trigger(n, i, "opens") &&
            names_same_sentence(n, i + 1, i) && is_capital(n, i + 1) && is_word(n, i + 1) &&
            n->r->name_at[i + 1] == NO_INDEX) {
            out[count++] = name_of(n, i, i + 2, ENTITY_LOC, 0.85F, MENTION_RULE);
        } else if (is_lower_word(n, i) && names_same_sentence(n, i + 1, i) &&
                   is_unknown(n, i + 1) && names_trigger(n, i, "whose")) {
            out[count++] = name_of(n, i + 1, i + 2, ENTITY_PER, DOUBTFUL, MENTION_RULE);
        }
    }
    return count;
}

/* "Korvelia" tagged, and "Consulting" behind it not; "Bourgogne Dimanche" is a paper, as days have no capital. */
static void take_tail(const struct naming *n, struct name *name)
{
    uint32_t i = name->end;
    if (names_same_sentence(n, i, name->first) && is_word(n, i) && is_capital(n, i) &&
        n->r->name_at[i] == NO_INDEX &&
        (names_trigger(n, i, "edition") ||
         (name->confidence < SURE && names_trigger(n, i, "tail") &&
          !(n->lexicon.bits[name->first] & (LEX_PLACES | LEX_SEAT))))) {
        *name = name_of(n, name->first, i + 1, ENTITY_ORG, name->confidence, MENTION_RULE);
    }
}

static void decide_type(const struct naming *n, struct name *name)
{
    give_place(n, name);
    give_person(n, name);
    take_tail(n, name);
    bool alone = name->end == name->first + 1 && name->type != ENTITY_PER;
    bool first_name = alone && name->type == ENTITY_MISC && name->confidence < DOUBTFUL &&
                      (n->lexicon.bits[name->first] & LEX_FIRST_NAME) &&
                      !(n->lexicon.bits[name->first] & LISTED) &&
                      n->lexicon.common[name->first] == 0;
    if (is_body(n, name)) {
        name->type = ENTITY_ORG;
        name->method = MENTION_RULE;
    } else if (names_told(n, name, &name->type)) {
        name->method = MENTION_RULE;
    } else if (name->end > name->first + 1 && name->confidence < SURE &&
               is_capital(n, name->first) && names_trigger(n, name->first, "opens")) {
        name->type = ENTITY_LOC;
        name->method = MENTION_RULE;
    } else if (first_name || is_person_by_noun(n, name) ||
               (alone && name->confidence < SURE && is_first_name_acting(n, name->first))) {
        name->type = ENTITY_PER;
        name->method = MENTION_RULE;
    }
}

/* "les projets Ansejo et Angemo": the second of two bodies, when the noun in front says what the first is. */
static size_t add_seconds(const struct naming *n, struct name *out)
{
    size_t count = 0;
    for (size_t i = 0; i < n->r->names.count; i++) {
        const struct name *name = &n->r->names.items[i];
        uint32_t first = name->first, and = name->end;
        if (first > 0 && name->end == first + 1 && names_same_sentence(n, and+1, first) &&
            (n->lexicon.bits[and] & LEX_AND) && is_unknown(n, and+1) &&
            names_same_sentence(n, first - 1, first) && is_lower_word(n, first - 1) &&
            names_trigger(n, first - 1, "beside")) {
            out[count++] = name_of(n, and+1, and+2, ENTITY_ORG, DOUBTFUL, MENTION_RULE);
        }
    }
    return count;
}

void names_hints(struct naming *n)
{
    const struct names *names = &n->r->names;
    struct name *kept =
        ARENA_ARRAY(n->r->arena, struct name, 2 * names->count + 2 * n->r->tokens.count + 1);
    size_t count = add_first_names(n, kept);
    count += add_openings(n, kept + count);
    count += add_seconds(n, kept + count);
    count += add_datelines(n, kept + count);
    for (size_t i = 0; i < names->count; i++) {
        struct name name = names->items[i];
        if (name.method == MENTION_USER || !is_none(n, &name)) {
            decide_type(n, &name);
            kept[count++] = name;
        }
    }
    names_replace(n, kept, count);
}
