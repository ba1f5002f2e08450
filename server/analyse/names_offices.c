/* What a minister is over is no name by itself: "ministre de l'Agriculture et des Forêts" is a role, "ministère russe
 * des Affaires étrangères" one body. The pack's `portfolios` say which words hold such a phrase. */
#include "analyse/names.h"

#define HEAD_WORDS_MOST 3
#define THEMES_MOST     6 /* "… de la Santé, de la Famille et de l'Autonomie" */
#define KEY_MOST        64

enum holder { HOLDER_NONE, HOLDER_OFFICE, HOLDER_BODY, HOLDER_CHARGE, HOLDER_THEME };

static uint32_t bits_at(const struct naming *n, uint32_t i)
{
    return n->lexicon.bits[i];
}

static bool is_word(const struct naming *n, uint32_t i, uint32_t near)
{
    return names_same_sentence(n, i, near) && names_token(n, i)->kind == TOKEN_WORD;
}

static bool is_lower(const struct naming *n, uint32_t i)
{
    return !(names_token(n, i)->flags & (TOKEN_CAPITAL | TOKEN_ALL_CAPS | TOKEN_HAS_DIGIT));
}

/* Longest entry of `portfolios` at token i; *end is where it stops. */
static enum holder holder_at(const struct naming *n, uint32_t i, uint32_t *end)
{
    static const struct {
        const char *kind;
        enum holder holder;
    } kinds[] = {{"office", HOLDER_OFFICE},
                 {"body", HOLDER_BODY},
                 {"charge", HOLDER_CHARGE},
                 {"theme", HOLDER_THEME}};
    char key[KEY_MOST];
    size_t len = 0;
    enum holder found = HOLDER_NONE;
    for (uint32_t k = i; k < i + HEAD_WORDS_MOST && is_word(n, k, i); k++) {
        struct slice word = names_token(n, k)->lower, value;
        if (len + word.len + 1 > sizeof key) {
            break;
        }
        if (len > 0) {
            key[len++] = ' ';
        }
        memcpy(key + len, word.ptr, word.len);
        len += word.len;
        if (!pack_find(&n->portfolios, slice_of(key, len), &value)) {
            continue;
        }
        for (size_t t = 0; t < sizeof kinds / sizeof kinds[0]; t++) {
            if (slice_is(pack_column(value, 0), kinds[t].kind)) {
                found = kinds[t].holder;
                *end = k + 1;
            }
        }
    }
    return found;
}

static bool is_adjective(const struct naming *n, uint32_t i)
{
    struct slice unused;
    return (bits_at(n, i) & LEX_DEMONYM) ||
           pack_find(&n->adjectives, names_token(n, i)->lower, &unused);
}

/* A capitalised common word that names no person, place or institution by itself: Intérieur, Defence. */
static bool is_theme(const struct naming *n, uint32_t i, uint32_t near)
{
    if (!is_word(n, i, near) || is_lower(n, i)) {
        return false;
    }
    uint32_t known = n->lexicon.begin[i], unused;
    bool common =
        n->lexicon.common[i] > 0 || is_adjective(n, i) || holder_at(n, i, &unused) == HOLDER_THEME;
    bool longer = names_same_sentence(n, i + 1, i) && (n->lexicon.inner[i + 1] & LEX_PLACES);
    return common && !(known & (LEX_TITLE | LEX_FUNCTION | LEX_CALENDAR | LEX_SEAT | LEX_PERSON)) &&
           !((known & LEX_PLACES) && longer);
}

/* A capital that goes on with a theme: "Foreign Affairs", "Affaires Étrangères", but no person's name. */
static bool goes_on(const struct naming *n, uint32_t i, uint32_t near)
{
    return is_theme(n, i, near) && !(bits_at(n, i) & (LEX_FIRST_NAME | LEX_SURNAME | LEX_PLACES));
}

/* "Cohésion des territoires": the tagger knows how far it goes, when no other capital is in its name. */
static uint32_t tagged_till(const struct naming *n, uint32_t i)
{
    uint32_t name = n->r->name_at[i], end = name == NO_INDEX ? i : n->r->names.items[name].end;
    for (uint32_t k = i + 1; k < end; k++) {
        if (!is_lower(n, k)) {
            return i;
        }
    }
    return end;
}

/* The end of "de l'Intérieur", or `from`; bare: the link may be missing ("Defence and Trade"). */
static uint32_t theme_end(const struct naming *n, uint32_t from, bool bare)
{
    uint32_t k = from;
    bool linked = bare;
    while (is_word(n, k, from) && is_lower(n, k) && k < from + 3 &&
           (bits_at(n, k) & (LEX_OF | LEX_FOR | LEX_ARTICLE))) {
        linked |= (bits_at(n, k) & (LEX_OF | LEX_FOR)) != 0;
        k++;
    }
    if (!linked || !is_theme(n, k, from)) {
        return from;
    }
    uint32_t tagged_end = tagged_till(n, k);
    for (k++; is_word(n, k, from); k++) {
        bool adjective = is_lower(n, k) && is_adjective(n, k);
        bool joined = (bits_at(n, k) & (LEX_OF | LEX_AND | LEX_ARTICLE)) ||
                      (bits_at(n, k - 1) & (LEX_OF | LEX_AND | LEX_ARTICLE));
        bool inside = k < tagged_end && is_lower(n, k) && joined;
        if (!adjective && !inside && !goes_on(n, k, from)) {
            break;
        }
    }
    return k;
}

static uint32_t themes_end(const struct naming *n, uint32_t from)
{
    uint32_t end = theme_end(n, from, false);
    for (uint32_t count = 1; end > from && count < THEMES_MOST; count++) {
        if (!names_same_sentence(n, end + 1, from)) {
            break;
        }
        bool and = (bits_at(n, end) & LEX_AND) != 0;
        bool comma = slice_is(reading_token_text(n->r, end), ",");
        uint32_t next = and || comma ? theme_end(n, end + 1, and) : end + 1;
        if (next == end + 1) {
            break;
        }
        end = next;
    }
    return end;
}

/* "secretary of the Communist Party": a body, which nobody is minister of. */
static bool has_body(const struct naming *n, uint32_t first, uint32_t end)
{
    for (uint32_t i = first; i < end; i++) {
        if (!is_lower(n, i) && (bits_at(n, i) & (LEX_ORG_HEAD | LEX_PARTY | LEX_UNION))) {
            return true;
        }
    }
    return false;
}

static uint32_t office_end(const struct naming *n, uint32_t i, enum holder *holder)
{
    uint32_t k = i, unused;
    *holder = holder_at(n, i, &k);
    if (*holder != HOLDER_OFFICE && *holder != HOLDER_BODY) {
        return i;
    }
    while (is_word(n, k, i) &&
           ((is_lower(n, k) && is_adjective(n, k)) || holder_at(n, k, &unused) == HOLDER_CHARGE)) {
        k++;
    }
    uint32_t end = themes_end(n, k);
    return end > k && !has_body(n, k, end) ? end : i;
}

/* "Federal Ministry for Climate Action": what the tagger saw in front or behind stays. */
static struct name body_of(const struct naming *n, uint32_t first, uint32_t end)
{
    uint32_t i = n->r->name_at[first];
    const struct name *name = i == NO_INDEX ? NULL : &n->r->names.items[i];
    if (name && name->type == ENTITY_ORG) {
        first = name->first;
        bool goes =
            name->end > end && (!is_lower(n, end) || (bits_at(n, end) & (LEX_OF | LEX_AND)));
        end = goes ? name->end : end;
    }
    return name_of(n, first, end, ENTITY_ORG, 0.9F, MENTION_RULE);
}

void names_offices(struct naming *n)
{
    uint32_t count = (uint32_t)n->r->tokens.count;
    n->lexicon.office = ARENA_ARRAY(n->r->arena, uint32_t, count);
    struct names bodies = {0};
    for (uint32_t i = 0; i < count; i++) {
        enum holder holder;
        uint32_t end =
            n->lexicon.begin[i] & (LEX_FUNCTION | LEX_ORG_HEAD) ? office_end(n, i, &holder) : i;
        if (end == i) {
            continue;
        }
        if (holder == HOLDER_BODY) {
            *ARENA_PUSH(n->r->arena, &bodies) = body_of(n, i, end);
        }
        for (uint32_t k = i; k < end && holder == HOLDER_OFFICE; k++) {
            n->lexicon.office[k] = i + 1;
        }
        i = end - 1;
    }
    if (bodies.count > 0) {
        for (size_t i = 0; i < n->r->names.count; i++) {
            *ARENA_PUSH(n->r->arena, &bodies) = n->r->names.items[i];
        }
        names_replace(n, bodies.items, bodies.count);
    }
    names_leave_offices(n);
}

/* What is left of a name behind an office: the person ("Forêts Bekir Pakdemirli"), or the place that hangs on it. */
static bool leave_office(const struct naming *n, struct name *name)
{
    uint32_t start = n->lexicon.office[name->first];
    if (start == 0) {
        return true;
    }
    uint32_t first = name->first;
    while (first < name->end && n->lexicon.office[first] == start) {
        first++;
    }
    bool linked = false;
    while (first < name->end && is_lower(n, first)) {
        linked |= (bits_at(n, first) & LEX_OF) != 0;
        first++;
    }
    if (first == name->end) {
        return false;
    }
    *name = name_of(n, first, name->end, linked ? ENTITY_LOC : ENTITY_PER, name->confidence,
                    name->method);
    return true;
}

void names_leave_offices(struct naming *n)
{
    struct names *names = &n->r->names;
    size_t kept = 0;
    bool changed = false;
    for (size_t i = 0; i < names->count; i++) {
        struct name name = names->items[i];
        bool stays = name.method == MENTION_USER || leave_office(n, &name);
        changed |= !stays || name.first != names->items[i].first;
        if (stays) {
            names->items[kept++] = name;
        }
    }
    if (changed) {
        names_replace(n, names->items, kept);
    }
}
