/* Where roles stand: before the name, with a comma or without; behind it, in apposition, in brackets or as a
 * predicate. */
#include "analyse/roles.h"

#define PHRASE_MOST 16 /* tokens of the longest role */

static const struct token *token_at(const struct roles *s, uint32_t i)
{
    return &s->r->tokens.items[i];
}

static bool same_sentence(const struct roles *s, uint32_t i, uint32_t near)
{
    return i < s->r->tokens.count && token_at(s, i)->sentence == token_at(s, near)->sentence;
}

static bool is_mark(const struct roles *s, uint32_t i, const char *mark)
{
    return slice_is(reading_token_text(s->r, i), mark);
}

static bool is_punctuation(const struct roles *s, uint32_t i)
{
    return token_at(s, i)->kind == TOKEN_PUNCTUATION || token_at(s, i)->kind == TOKEN_SYMBOL;
}

static uint32_t sentence_end(const struct roles *s, uint32_t i)
{
    return s->r->sentences.items[token_at(s, i)->sentence].end;
}

static enum gender gender_of(struct slice value)
{
    struct slice g = pack_column(value, 0);
    return slice_is(g, "m")   ? GENDER_MASCULINE
           : slice_is(g, "f") ? GENDER_FEMININE
                              : GENDER_UNKNOWN;
}

/* Modifiers, and in capitals-first languages inhabitants and places, that stand before a function. */
static uint32_t take_modifiers(const struct roles *s, uint32_t head)
{
    while (head > 0 && same_sentence(s, head - 1, head)) {
        uint32_t bits = s->r->lexicon->bits[head - 1];
        uint32_t name = s->r->name_at[head - 1];
        bool place = name != NO_INDEX && s->r->names.items[name].end == head &&
                     (s->r->names.items[name].type == ENTITY_LOC ||
                      s->r->names.items[name].type == ENTITY_ORG) &&
                     (s->any_modifier || (token_at(s, head)->flags & TOKEN_CAPITAL));
        if (place) {
            head = s->r->names.items[name].first;
        } else if (roles_is_modifier(s, head - 1) ||
                   ((bits & LEX_DEMONYM) && (token_at(s, head - 1)->flags & TOKEN_CAPITAL))) {
            head--;
        } else {
            break;
        }
    }
    while (roles_is_outside(s, head)) {
        head++;
    }
    return head;
}

/* What may stand inside a noun phrase, read from right to left or left to right. */
static bool is_inside(const struct roles *s, uint32_t i)
{
    if (is_punctuation(s, i)) {
        return is_mark(s, i, "-") || is_mark(s, i, "/") || is_mark(s, i, "&");
    }
    if (s->r->name_at[i] != NO_INDEX) {
        return true;
    }
    if (s->r->lexicon->bits[i] & LEX_CALENDAR) {
        return false; /* "a prévenu jeudi", "the mayor on Friday" */
    }
    bool noun_place = i > 0 && same_sentence(s, i - 1, i) &&
                      (roles_class(s, i - 1) & (ROLE_OF | ROLE_DET | ROLE_PREP));
    return !(roles_class(s, i) & (ROLE_REL | ROLE_FIN | ROLE_SUB)) &&
           (noun_place || !roles_is_verb(s, i));
}

/* A person's name is inside only as the end of an "of" phrase. */
static bool cuts_phrase(const struct roles *s, uint32_t i)
{
    uint32_t name = s->r->name_at[i];
    if (name == NO_INDEX || s->r->names.items[name].type != ENTITY_PER) {
        return false;
    }
    uint32_t first = s->r->names.items[name].first;
    return first == 0 || !same_sentence(s, first - 1, first) ||
           !(roles_class(s, first - 1) & (ROLE_OF | ROLE_PREP | ROLE_DET));
}

/* "a prévenu", "aurait accusé", "has led": behind an auxiliary a word is a participle, whatever else it may be. */
static bool is_participle(const struct roles *s, uint32_t i)
{
    uint32_t k = i;
    while (k > 0 && same_sentence(s, k - 1, i) && (roles_class(s, k - 1) & ROLE_ADV) &&
           !(roles_class(s, k - 1) & ROLE_HAVE)) {
        k--;
    }
    return k > 0 && same_sentence(s, k - 1, i) && (roles_class(s, k - 1) & ROLE_HAVE);
}

/* The function whose phrase reaches up to `end`: the leftmost ("le porte-parole du ministre, X") or the nearest
 * ("le porte-parole du ministre X"). False when there is none. */
static bool phrase_before(const struct roles *s, uint32_t end, bool nearest, struct role *out)
{
    bool found = false;
    uint32_t steps = 0;
    for (uint32_t i = end; i > 0 && steps < PHRASE_MOST && same_sentence(s, i - 1, end); steps++) {
        i--;
        if (s->r->lexicon->office[i]) {
            i = s->r->lexicon->office[i] - 1; /* "ministre de l'Agriculture et des Forêts" */
        }
        if (!is_inside(s, i) || cuts_phrase(s, i)) {
            break;
        }
        struct slice value;
        uint32_t head_end = roles_function(s, i, end, &value);
        bool inner = s->r->name_at[i] != NO_INDEX &&
                     s->r->names.items[s->r->name_at[i]].first != i &&
                     s->r->names.items[s->r->name_at[i]].type != ENTITY_PER;
        if (head_end > i && head_end <= end && !inner && !is_participle(s, i)) {
            *out = (struct role){i, end, gender_of(value)};
            found = true;
        }
        /* "la députée écologiste X": one function right before another is its noun. */
        bool longer = found && i > 0 && same_sentence(s, i - 1, end) &&
                      roles_function(s, i - 1, end, &value) >= i;
        if ((roles_class(s, i) & ROLE_COORD) || (found && nearest && !longer)) {
            break;
        }
    }
    if (found) {
        out->first = take_modifiers(s, out->first);
    }
    return found;
}

/* Between head and name without a comma only adjectives or an "of" phrase: no second person. */
static bool directly_before(const struct roles *s, const struct name *name, struct role *out)
{
    if (!phrase_before(s, name->first, true, out)) {
        return false;
    }
    for (uint32_t i = out->first; i < name->first; i++) {
        uint32_t other = s->r->name_at[i];
        if (other != NO_INDEX && s->r->names.items[other].type == ENTITY_PER) {
            /* "le conseiller de Donald Trump Steve Witkoff" needs its comma. */
            out->first = s->r->names.items[other].end;
            struct slice value;
            uint32_t end = roles_function(s, out->first, name->first, &value);
            if (end == out->first) {
                return false;
            }
        }
    }
    /* A preposition right before the name makes it another noun's: "le président de Renault". */
    return out->first < name->first &&
           !(roles_class(s, name->first - 1) & (ROLE_PREP | ROLE_OF | ROLE_DET | ROLE_COORD));
}

/* "maire de Nancy depuis 2020": a time is no part of the role. */
static bool is_since(const struct roles *s, uint32_t i)
{
    bool prep = (roles_class(s, i) & ROLE_PREP) && !(roles_class(s, i) & ROLE_OF);
    return prep && same_sentence(s, i + 1, i) &&
           (token_at(s, i + 1)->kind == TOKEN_NUMBER ||
            (s->r->lexicon->bits[i + 1] & LEX_CALENDAR));
}

/* Reads [adverbs] [article] [modifiers] function … from i: a role when there is one. */
static bool phrase_from(const struct roles *s, uint32_t i, struct role *out)
{
    uint32_t end = sentence_end(s, i);
    while (i < end && (roles_class(s, i) & (ROLE_ADV | ROLE_DET)) && !roles_is_modifier(s, i) &&
           !(roles_class(s, i) & ROLE_PREP && !(roles_class(s, i) & ROLE_DET))) {
        i++;
    }
    uint32_t first = i;
    struct slice value = SLICE_NONE;
    uint32_t head_end = i;
    for (uint32_t n = 0; n < 5 && i < end && head_end == i; n++) {
        head_end = roles_function(s, i, end, &value);
        if (head_end > i) {
            break;
        }
        if (s->any_modifier && n > 0 && (token_at(s, i)->flags & TOKEN_CLITIC)) {
            first = i = head_end = i + 1; /* "the company's managing director" */
            continue;
        }
        uint32_t bits = s->r->lexicon->bits[i];
        uint32_t name = s->r->name_at[i];
        if (roles_is_modifier(s, i) || (bits & LEX_DEMONYM)) {
            i++;
        } else if (name != NO_INDEX && s->r->names.items[name].type == ENTITY_LOC) {
            i = s->r->names.items[name].end;
        } else {
            return false;
        }
        head_end = i;
    }
    if (i >= end || head_end <= i) {
        return false;
    }
    uint32_t last = head_end;
    while (last < end && last < first + PHRASE_MOST && is_inside(s, last) && !is_since(s, last)) {
        last++;
    }
    while (last > head_end &&
           (roles_class(s, last - 1) & (ROLE_PREP | ROLE_OF | ROLE_DET | ROLE_COORD | ROLE_ADV))) {
        last--;
    }
    while (first + 1 < last && roles_is_outside(s, first)) {
        first++;
    }
    *out = (struct role){first, last, gender_of(value)};
    return true;
}

/* An apposition is closed by a mark, a relative or another phrase, never by a verb. */
static bool goes_on(const struct roles *s, uint32_t end, uint32_t near)
{
    return same_sentence(s, end, near) && !is_punctuation(s, end) &&
           !(roles_class(s, end) &
             (ROLE_REL | ROLE_COORD | ROLE_PREP | ROLE_OF | ROLE_DET | ROLE_ADV));
}

/* "X, président de Y," – but not in "X, Premier ministre Y": the phrase must not end in another person. */
static bool behind(const struct roles *s, const struct name *name, struct role *out)
{
    uint32_t i = name->end;
    if (!same_sentence(s, i, name->first)) {
        return false;
    }
    /* An acronym of a party may come between: "X (PS), maire de Y". */
    if (is_mark(s, i, "(") && same_sentence(s, i + 3, name->first) && is_mark(s, i + 2, ")") &&
        is_mark(s, i + 3, ",")) {
        i += 3;
    }
    bool bracket = is_mark(s, i, "(");
    if (!bracket && !is_mark(s, i, ",") && !is_mark(s, i, "–") && !is_mark(s, i, "—")) {
        return false;
    }
    if (!same_sentence(s, i + 1, name->first) || !phrase_from(s, i + 1, out)) {
        return false;
    }
    if (goes_on(s, out->end, name->first)) {
        return false; /* "Martine Aubry, le Premier ministre a parlé": the next clause's subject */
    }
    uint32_t last_name = s->r->name_at[out->end - 1];
    bool ends_in_person = last_name != NO_INDEX && s->r->names.items[last_name].type == ENTITY_PER;
    bool linked =
        out->end > out->first + 1 && last_name != NO_INDEX &&
        s->r->names.items[last_name].first > out->first &&
        (roles_class(s, s->r->names.items[last_name].first - 1) & (ROLE_OF | ROLE_PREP | ROLE_DET));
    struct role direct;
    if (ends_in_person && !linked && directly_before(s, &s->r->names.items[last_name], &direct)) {
        /* "Donald Trump, l'ancien président Donald Trump": the phrase belongs to the name in it, unless that
         * name hangs on an "of". */
        if (direct.first <= out->first + 1) {
            return false;
        }
    }
    return true;
}

/* "X est le maire de Y" */
static bool predicate(const struct roles *s, const struct name *name, struct role *out)
{
    uint32_t i = name->end;
    return same_sentence(s, i + 1, name->first) && (roles_class(s, i) & ROLE_BE) &&
           phrase_from(s, i + 1, out) && out->end > out->first;
}

/* "Le porte-parole du Kremlin, X," and "président : X" */
static bool before_with_comma(const struct roles *s, const struct name *name, struct role *out)
{
    uint32_t i = name->first;
    while (i > 0 && same_sentence(s, i - 1, i) && (s->r->lexicon->bits[i - 1] & LEX_TITLE) &&
           (token_at(s, i - 1)->flags & TOKEN_CAPITAL)) {
        i--; /* "son avocat, Me Fabrice Lantenay" */
    }
    if (i == 0 || !same_sentence(s, i - 1, i) ||
        !(is_mark(s, i - 1, ",") || is_mark(s, i - 1, ":"))) {
        return false;
    }
    if (!phrase_before(s, i - 1, false, out) || out->first == i - 1) {
        return false;
    }
    /* In a list ("le maire, X, Y et Z") the phrase must open the sentence or follow an article. */
    uint32_t head = out->first;
    while (head > 0 && same_sentence(s, head - 1, head) && roles_is_outside(s, head - 1)) {
        head--;
    }
    bool opens = head == 0 || !same_sentence(s, head - 1, head) || is_punctuation(s, head - 1) ||
                 (roles_class(s, head - 1) & (ROLE_DET | ROLE_COORD));
    /* "X, président de Y, Z": the phrase already belongs to X. */
    uint32_t k = head;
    while (k > 0 && same_sentence(s, k - 1, head) && (roles_class(s, k - 1) & ROLE_DET)) {
        k--;
    }
    bool taken = k > 1 && same_sentence(s, k - 2, head) && is_mark(s, k - 1, ",") &&
                 s->r->name_at[k - 2] != NO_INDEX &&
                 s->r->names.items[s->r->name_at[k - 2]].type == ENTITY_PER;
    return opens && !taken;
}

size_t roles_around(const struct roles *s, const struct name *name, struct role out[ROLES_MOST])
{
    size_t count = 0;
    struct role role;
    if (before_with_comma(s, name, &role) || directly_before(s, name, &role)) {
        if (is_mark(s, role.end - 1, ",")) {
            role.end--;
        }
        out[count++] = role;
    }
    if (behind(s, name, &role)) {
        out[count++] = role;
    }
    if (predicate(s, name, &role)) {
        out[count++] = role;
    }
    return count;
}
