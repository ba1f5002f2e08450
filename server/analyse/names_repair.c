/* Local evidence: what never belongs to a name, what always does, and which institutions act. */
#include "analyse/names.h"

#define SURE          0.9F /* the tagger's word is not doubted from here on */
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

static uint32_t whole_match(const struct naming *n, const struct name *name)
{
    uint32_t known = n->lexicon.begin[name->first];
    for (uint32_t i = name->first + 1; i < name->end; i++) {
        known &= n->lexicon.inner[i];
    }
    return known;
}

/* A capitalised word that is no name by itself: the State, a lone letter, what a function is over ("ministre du
 * Tourisme", "procureur de la République", "Premier ministre"). */
static bool is_no_word(const struct naming *n, const struct name *name)
{
    uint32_t i = name->first, at = i, known = n->lexicon.begin[i];
    const struct token *t = names_token(n, i);
    struct slice unused;
    if (name->method == MENTION_USER) {
        return false;
    }
    bool excluded =
        pack_find(&n->not_names, t->lower, &unused) && !slice_is(pack_column(unused, 0), "MISC");
    if (excluded || (n->lexicon.inner[i] & LEX_FUNCTION)) {
        return true;
    }
    if (t->end_byte - t->start_byte == 1 && !(known & (LEX_ORGANISATIONS | LEX_PLACES))) {
        return true;
    }
    if ((known & (LEX_ORGANISATIONS | LEX_PLACES | LEX_ORG_HEAD | LEX_FIRST_NAME)) ||
        n->lexicon.common[i] == 0) {
        return false;
    }
    bool linked = false, loud = (t->flags & TOKEN_ALL_CAPS) != 0;
    while (before(n, at, &at) && (loud || !is_capital(n, at)) &&
           (bits_at(n, at) & (LEX_OF | LEX_ARTICLE | LEX_DEMONYM | LEX_FOR))) {
        linked |= (bits_at(n, at) & (LEX_OF | LEX_FOR)) != 0;
    }
    return linked && (bits_at(n, at) & LEX_FUNCTION) && (loud || !is_capital(n, at));
}

/* "confie la Ghlinoise": of a town that no table knows, by the ending behind an article; works are listed or marked. */
static bool is_inhabitant(const struct naming *n, const struct name *name)
{
    uint32_t at = name->first;
    struct slice word = names_token(n, at)->lower;
    return name->type != ENTITY_ORG && name->method == MENTION_MODEL &&
           n->lexicon.common[at] == 0 && !whole_match(n, name) && before(n, name->first, &at) &&
           (is_lower_word(n, at) || at == 0 || !names_same_sentence(n, at - 1, at)) &&
           (bits_at(n, at) & LEX_ARTICLE) &&
           (slice_ends_any(word, n->inhabitant_endings[0]) ||
            slice_ends_any(word, n->inhabitant_endings[1]));
}

/* "report.pdf" */
static bool is_file_name(struct slice text)
{
    static const char *const endings[] = {".pdf", ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".txt",
                                          ".jpg", ".gif", ".png",  ".zip", ".htm",  ".html"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        if (slice_ends(text, slice_cstr(endings[i]))) {
            return true;
        }
    }
    return false;
}

/* E-mail addresses, account names and links. */
static bool is_address(const struct naming *n, const struct name *name)
{
    struct slice text = reading_text(n->r, (struct span){names_token(n, name->first)->start_byte,
                                                         names_token(n, name->end - 1)->end_byte});
    return memchr(text.ptr, '@', text.len) || memchr(text.ptr, '_', text.len) ||
           slice_find(text, SLICE("www."), 0) != SIZE_MAX || is_file_name(text) ||
           slice_find(text, SLICE("://"), 0) != SIZE_MAX;
}

/* Months, days, inhabitants and languages are no names; nor is what has neither capital nor digit. */
static bool is_no_name(const struct naming *n, const struct name *name)
{
    bool has_capital = false, all_common = true, shouted = true;
    for (uint32_t i = name->first; i < name->end; i++) {
        const struct token *t = names_token(n, i);
        has_capital |= (t->flags & (TOKEN_CAPITAL | TOKEN_ALL_CAPS)) || t->kind == TOKEN_NUMBER ||
                       (t->flags & TOKEN_HAS_DIGIT);
        bool listed = (bits_at(n, i) & (LEX_PLACES | LEX_ORGANISATIONS | LEX_FIRST_NAME |
                                        LEX_SURNAME | LEX_SEAT)) != 0;
        shouted &= (t->flags & TOKEN_ALL_CAPS) && n->lexicon.common[i] == 1 && !listed;
        bool excluded = (bits_at(n, i) & (LEX_CALENDAR | LEX_DEMONYM)) != 0 &&
                        !(bits_at(n, i) & (LEX_PLACES | LEX_ORGANISATIONS));
        all_common &= excluded || (bits_at(n, i) & (LEX_ARTICLE | LEX_PREPOSITION));
    }
    if (name->end == name->first + 1 && (is_no_word(n, name) || is_inhabitant(n, name))) {
        return true;
    }
    if ((whole_match(n, name) & LEX_FUNCTION) && name->type != ENTITY_PER) {
        return true; /* "Premier ministre" */
    }
    return !has_capital || shouted || is_address(n, name) ||
           (all_common && name->type != ENTITY_MISC) ||
           (all_common && name->end == name->first + 1);
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
        if (!is_lower_word(n, i) || (bits_at(n, i) & LEX_PREPOSITION) ||
            names_token(n, i)->end_byte - names_token(n, i)->start_byte > 5) {
            return false;
        }
    }
    return false;
}

/* Events, agreements, competitions: the pack lists those that look like bodies. */
static bool is_listed_misc(const struct naming *n, const struct name *name)
{
    char key[96];
    size_t len = 0;
    for (uint32_t i = name->first; i < name->end; i++) {
        struct slice word = names_token(n, i)->lower;
        if (len + word.len + 1 > sizeof key) {
            return false;
        }
        if (len > 0) {
            key[len++] = ' ';
        }
        memcpy(key + len, word.ptr, word.len);
        len += word.len;
    }
    struct slice value;
    return pack_find(&n->not_names, slice_of(key, len), &value) &&
           slice_is(pack_column(value, 0), "MISC");
}

/* "Baltica Pharma, the Danish company …", "le fabricant Veltis": a body's noun stands right beside. */
static bool is_called_body(const struct naming *n, const struct name *name)
{
    uint32_t at, i = name->end;
    if (before(n, name->first, &at) && is_lower_word(n, at) && (bits_at(n, at) & LEX_ORG_HEAD) &&
        !(bits_at(n, at) & (LEX_FUNCTION | LEX_PLACE_HEAD))) {
        return true;
    }
    bool apposed = name->end == name->first + 1 && before(n, name->first, &at) &&
                   slice_is(reading_token_text(n->r, at), ",") && before(n, at, &at);
    if (apposed && is_lower_word(n, at) && (bits_at(n, at) & LEX_ORG_HEAD) &&
        !(bits_at(n, at) & (LEX_FUNCTION | LEX_PLACE_HEAD)) &&
        !(bits_at(n, name->first) & (LEX_FIRST_NAME | LEX_SURNAME))) {
        return true; /* "The regulator, Ofgem, …" */
    }
    if (!names_same_sentence(n, i + 2, name->first) ||
        !slice_is(reading_token_text(n->r, i), ",") || !(bits_at(n, i + 1) & LEX_ARTICLE)) {
        return false;
    }
    for (i += 2; names_same_sentence(n, i, name->first) && (bits_at(n, i) & LEX_DEMONYM); i++) {
    }
    return names_same_sentence(n, i, name->first) && is_lower_word(n, i) &&
           (bits_at(n, i) & LEX_ORG_HEAD) && !(bits_at(n, i) & (LEX_FUNCTION | LEX_PLACE_HEAD));
}

/* "Le Courrier de l'Estuaire": article and a paper's noun, both with a capital. */
static bool is_titled_body(const struct naming *n, const struct name *name)
{
    uint32_t i = name->first;
    return name->end - i > 2 && (bits_at(n, i) & LEX_ARTICLE) && is_capital(n, i) &&
           is_capital(n, i + 1) && (n->lexicon.begin[i + 1] & LEX_ORG_HEAD) &&
           name->type == ENTITY_MISC;
}

/* "le vice-ministre Kemal Aydınsoy": several capitals right behind a function are a person. */
static bool follows_function(const struct naming *n, const struct name *name)
{
    uint32_t at;
    return name->end - name->first > 1 && (name->type == ENTITY_MISC || name->type == ENTITY_LOC) &&
           before(n, name->first, &at) && is_lower_word(n, at) && (bits_at(n, at) & LEX_FUNCTION) &&
           !(bits_at(n, at) & (LEX_ORG_HEAD | LEX_PLACE_HEAD)) && is_capital(n, name->end - 1) &&
           !(names_token(n, name->first)->flags & (TOKEN_ALL_CAPS | TOKEN_HAS_DIGIT));
}

static bool is_first_and_surname(const struct naming *n, const struct name *name)
{
    uint32_t last = name->end - 1;
    return last == name->first + 1 && (bits_at(n, name->first) & LEX_FIRST_NAME) &&
           (bits_at(n, last) & LEX_SURNAME) && !(bits_at(n, last) & LEX_PLACES) &&
           is_capital(n, last);
}

/* "Theresa May", tagged as a body with doubt: a first name, and nothing that only bodies end in. */
static bool is_first_and_capital(const struct naming *n, const struct name *name)
{
    uint32_t first = name->first, last = name->end - 1;
    bool unlisted = bits_at(n, last) == 0 && n->lexicon.common[last] == 0;
    return name->confidence < (unlisted ? SURE : 0.7F) && last == first + 1 && is_word(n, last) &&
           is_capital(n, first) && is_capital(n, last) && n->lexicon.common[first] == 0 &&
           (bits_at(n, first) & LEX_FIRST_NAME) &&
           !(names_token(n, last)->flags & TOKEN_ALL_CAPS) &&
           !(bits_at(n, first) & (LEX_ORGANISATIONS | LEX_ORG_HEAD | LEX_PLACE_HEAD)) &&
           (unlisted || !(bits_at(n, first) & LEX_PLACES)) &&
           !(bits_at(n, last) & (LEX_ORGANISATIONS | LEX_PLACES | LEX_ORG_HEAD | LEX_PLACE_HEAD)) &&
           !names_trigger(n, last, "tail");
}

/* "Mme de La Fayette", tagged as a place: a title of address is in front. */
static bool is_addressed(const struct naming *n, const struct name *name)
{
    uint32_t i = name->first;
    const struct token *t = names_token(n, i);
    return name->end > i + 1 && (name->type == ENTITY_LOC || name->type == ENTITY_MISC) &&
           (bits_at(n, i) & LEX_TITLE) && !(bits_at(n, i) & (LEX_FUNCTION | LEX_PLACES)) &&
           is_capital(n, i) && t->end_byte - t->start_byte <= 4 && name->confidence < SURE;
}

static void decide_type(const struct naming *n, struct name *name)
{
    if (is_listed_misc(n, name)) {
        name->type = ENTITY_MISC;
        name->method = MENTION_RULE;
        return;
    }
    uint32_t known = whole_match(n, name);
    bool town = (known & (LEX_CAPITAL | LEX_COUNTRY)) && !(known & (LEX_FIRST_NAME | LEX_SURNAME));
    if (town && name->type == ENTITY_PER && !has_title_before(n, name)) {
        name->type = ENTITY_LOC;
    }
    uint32_t head = n->lexicon.begin[name->first];
    bool several = name->end - name->first > 1, capital = is_capital(n, name->first);
    if (has_title_before(n, name) && name->type != ENTITY_ORG) {
        name->type = ENTITY_PER;
        name->method = MENTION_RULE;
    } else if (known & LEX_SEAT) {
        name->type = ENTITY_ORG;
    } else if ((known & LEX_CAPITAL) && name->type == ENTITY_LOC && acts(n, name)) {
        name->type = ENTITY_ORG;
        name->method = MENTION_RULE;
    } else if ((known & (LEX_COUNTRY | LEX_REGION)) && name->type == ENTITY_MISC &&
               !(known & LEX_DEMONYM)) {
        name->type = ENTITY_LOC;
    } else if ((known & LEX_COUNTRY) && several) {
        name->type = ENTITY_LOC;
    } else if ((known & LISTED_BODIES) && several && !(known & (LEX_PLACES | LEX_PERSON))) {
        name->type = ENTITY_ORG;
    } else if ((known & LEX_PLACES) && several && name->confidence < SURE &&
               name->type != ENTITY_MISC && !(known & (LEX_ORGANISATIONS | LEX_PERSON))) {
        name->type = ENTITY_LOC;
    } else if ((known & LISTED_BODIES) && name->type != ENTITY_ORG && name->confidence < SURE &&
               !(known & (LEX_PLACES | LEX_FIRST_NAME | LEX_SURNAME)) &&
               n->lexicon.common[name->first] == 0) {
        name->type = ENTITY_ORG;
    } else if (!known && name->confidence < SURE && follows_function(n, name)) {
        name->type = ENTITY_PER;
    } else if (is_titled_body(n, name) || (name->type != ENTITY_ORG && name->confidence < SURE &&
                                           !(known & LEX_PLACES) && is_called_body(n, name))) {
        name->type = ENTITY_ORG;
        name->method = MENTION_RULE;
    } else if (several && (known & LEX_PERSON) && name->confidence < SURE &&
               !(known & (LEX_PLACES | LEX_ORGANISATIONS))) {
        name->type = ENTITY_PER;
    } else if (!known && is_first_and_capital(n, name)) {
        name->type = ENTITY_PER;
    } else if (is_first_and_surname(n, name) && !known && name->confidence < SURE &&
               name->type != ENTITY_MISC) {
        name->type = ENTITY_PER;
    } else if (several && capital && name->type == ENTITY_LOC && (head & LEX_ORG_HEAD) &&
               !(head & LEX_PLACE_HEAD) && !(known & LEX_PLACES)) {
        name->type = ENTITY_ORG;
    } else if (several && capital && (head & LEX_PLACE_HEAD) &&
               (bits_at(n, name->first + 1) & LEX_OF) &&
               (name->type == ENTITY_PER ||
                (name->type != ENTITY_LOC && (head & LEX_PLACE_NAMED) && name->confidence < SURE &&
                 !(head & (LEX_ORG_HEAD | LEX_ORGANISATIONS))))) { /* "Place des Nations" */
        name->type = ENTITY_LOC;
    }
}

/* ---- splitting */

/* "ministre du Travail Muriel Savignan": a person's name at the end of something that isn't named after one. */
static uint32_t person_inside(const struct naming *n, const struct name *name)
{
    uint32_t head = n->lexicon.begin[name->first];
    if (name->type == ENTITY_PER || (head & (LEX_ORG_HEAD | LEX_PLACE_NAMED))) {
        return name->end;
    }
    for (uint32_t i = name->first + 1; i + 1 < name->end; i++) {
        bool known =
            (n->lexicon.begin[i] & LEX_PERSON) && (n->lexicon.inner[name->end - 1] & LEX_PERSON);
        bool plain = i + 2 == name->end && (n->lexicon.bits[i] & LEX_FIRST_NAME) &&
                     is_capital(n, i + 1) && (n->lexicon.bits[i + 1] & LEX_SURNAME) &&
                     n->lexicon.common[i] != 1;
        bool listed = (n->lexicon.inner[i] & (LEX_ORGANISATIONS | LEX_PLACES)) != 0;
        if ((known || plain) && !listed &&
            !(bits_at(n, i - 1) & (LEX_OF | LEX_ARTICLE | LEX_PARTICLE))) {
            return i;
        }
    }
    return name->end;
}

/* "Autorité de la concurrence et la Cour des comptes": where the second body begins, or the name's end. */
static uint32_t body_inside(const struct naming *n, const struct name *name)
{
    for (uint32_t i = name->first + 1; name->type == ENTITY_ORG && i + 2 < name->end; i++) {
        uint32_t k = i + 1;
        while (k + 1 < name->end && is_lower_word(n, k) && (bits_at(n, k) & LEX_ARTICLE)) {
            k++;
        }
        if ((bits_at(n, i) & LEX_AND) && is_lower_word(n, i) && k > i + 1 && is_capital(n, k) &&
            (n->lexicon.begin[k] & LEX_ORG_HEAD)) {
            return k;
        }
    }
    return name->end;
}

/* "M. de Villiers", "le général de Villiers": after a title the particle is the person's. */
static void take_particle(const struct naming *n, struct name *name)
{
    uint32_t particle, title;
    if (name->type == ENTITY_PER && before(n, name->first, &particle) && !is_capital(n, particle) &&
        (bits_at(n, particle) & LEX_PARTICLE) &&
        (bits_at(n, particle) & (LEX_OF | LEX_PREPOSITION)) && before(n, particle, &title) &&
        (bits_at(n, title) & LEX_TITLE) &&
        (name->end == name->first + 1 ||
         (name->end == name->first + 2 && (bits_at(n, name->first) & LEX_ARTICLE))) &&
        !names_trigger(n, title, "over")) {
        name->first = particle;
    }
}

/* "Abonnez-vous": a verb at the head of a sentence, whatever the capital says. */
static bool is_inverted_verb(const struct naming *n, const struct name *name)
{
    uint32_t i = name->end;
    return name->end == name->first + 1 && names_same_sentence(n, i, name->first) &&
           (names_token(n, i)->flags & TOKEN_CLITIC) && reading_token_text(n->r, i).ptr[0] == '-';
}

/* "Emmanuel" and "Macron" side by side are one person whom the tagger saw in two halves; "Aïn" and "Belzart" one
 * place. */
static void join_halves(struct naming *n)
{
    struct names *names = &n->r->names;
    size_t count = 0;
    for (size_t i = 0; i < names->count; i++) {
        struct name *last = count > 0 ? &names->items[count - 1] : NULL;
        const struct name *name = &names->items[i];
        bool halves = last && (last->type == ENTITY_PER || last->confidence < SURE) &&
                      name->type == ENTITY_PER && last->end == name->first &&
                      last->end == last->first + 1 &&
                      (n->lexicon.bits[last->first] & LEX_FIRST_NAME) &&
                      names_same_sentence(n, name->first, last->first);
        bool opened = last && last->end == name->first && last->end == last->first + 1 &&
                      last->type == ENTITY_LOC && names_trigger(n, last->first, "opens") &&
                      names_same_sentence(n, name->first, last->first);
        if (halves || opened) {
            *last = name_of(n, last->first, name->end,
                            last->type == ENTITY_LOC && opened ? ENTITY_LOC : ENTITY_PER,
                            last->confidence, last->method);
        } else {
            names->items[count++] = *name;
        }
    }
    if (count < names->count) {
        names_replace(n, names->items, count);
    }
}

void names_repair(struct naming *n)
{
    struct names *names = &n->r->names;
    struct name *kept =
        ARENA_ARRAY(n->r->arena, struct name, names->count * 3 + n->r->tokens.count * 2 + 1);
    size_t count = names_listed(n, kept);
    count += names_headed(n, kept + count);
    for (size_t i = 0; i < names->count; i++) {
        struct name name = names->items[i];
        name.type = is_addressed(n, &name) ? ENTITY_PER : name.type;
        names_trim(n, &name);
        if (name.first == name.end || is_no_name(n, &name) || is_inverted_verb(n, &name)) {
            continue;
        }
        uint32_t person = person_inside(n, &name);
        if (person < name.end) {
            kept[count++] = name_of(n, person, name.end, ENTITY_PER, name.confidence, name.method);
            name.end = person;
        }
        uint32_t body = body_inside(n, &name);
        if (body < name.end) {
            kept[count++] = name_of(n, body, name.end, ENTITY_ORG, name.confidence, name.method);
            name.end = body;
            names_trim(n, &name);
        }
        decide_type(n, &name);
        take_particle(n, &name);
        names_extend(n, &name);
        kept[count++] = name_of(n, name.first, name.end, name.type, name.confidence, name.method);
    }
    names_replace(n, kept, count);
    join_halves(n);
}
