/* Nominal groups that can be a source, found without a parser: a name, a pronoun, or a determiner with the words
 * that follow it up to a verb, a comma or a preposition other than "de".
 */
#include "analyse/quoting.h"

#define PHRASE_MOST 16u /* tokens of one group */

static const struct phrase no_phrase = {.first = NO_INDEX, .end = NO_INDEX, .name = NO_INDEX};

static uint32_t name_at(const struct quoting *q, uint32_t token)
{
    return q->r->name_at && token < q->r->tokens.count ? q->r->name_at[token] : NO_INDEX;
}

static const struct name *name_of(const struct quoting *q, uint32_t name)
{
    return &q->r->names.items[name];
}

static bool is_person(const struct quoting *q, uint32_t name)
{
    return name != NO_INDEX && name_of(q, name)->type == ENTITY_PER;
}

static bool is_title(const struct quoting *q, uint32_t token)
{
    struct slice v;
    return word_is_plain(q, token) &&
           pack_find(&q->person_titles, q->r->tokens.items[token].lower, &v);
}

static struct phrase named(const struct quoting *q, uint32_t first, uint32_t name)
{
    return (struct phrase){
        .first = first, .end = name_of(q, name)->end, .name = name, .present = true};
}

/* "M. Witkoff", "Mme Cardenal": the title stays outside. */
static struct phrase titled_name(const struct quoting *q, uint32_t token, uint32_t end)
{
    uint32_t i = token;
    while (i < end && i < token + 3 && is_title(q, i) && name_at(q, i) == NO_INDEX) {
        i++;
    }
    uint32_t name = i < end ? name_at(q, i) : NO_INDEX;
    if (name == NO_INDEX || name_of(q, name)->end > end || (i > token && !is_person(q, name))) {
        return no_phrase;
    }
    return named(q, i, name);
}

/* "watched the film": by its ending a verb, when a group follows. */
bool phrase_verb_by_form(const struct quoting *q, uint32_t i)
{
    uint64_t next = word_flags(q, i + 1);
    return q->bare_subjects && word_has(q, i, WORD_FINITE_FORM) &&
           (HAS(next, WORD_DET) || HAS(next, WORD_PRONOUN)) && !HAS(next, WORD_THAT);
}

/* Words that end a nominal group. */
static bool breaks(const struct quoting *q, uint32_t i)
{
    uint64_t f = word_flags(q, i);
    if (phrase_verb_by_form(q, i)) {
        return true;
    }
    if (!word_is_plain(q, i)) {
        return !word_is_mark(q, i, "\xc2\xad"); /* a soft hyphen breaks nothing */
    }
    if (HAS(f, WORD_OF) || HAS(f, WORD_NUMERAL) || HAS(f, WORD_GENITIVE)) {
        return false;
    }
    if (HAS(f, WORD_PREPOSITION) || HAS(f, WORD_THAT) || HAS(f, WORD_RELATIVE) ||
        HAS(f, WORD_NEGATES) || HAS(f, WORD_SUBORDINATES) || HAS(f, WORD_COORDINATES) ||
        HAS(f, WORD_TIME) || HAS(f, WORD_NEGATION_PART) || HAS(f, WORD_REFLEXIVE) ||
        HAS(f, WORD_HAVE) || HAS(f, WORD_BE)) {
        return true;
    }
    if (HAS(f, WORD_PRONOUN) && !HAS(f, WORD_DET)) {
        return true;
    }
    return (q->r->tokens.items[i].flags & TOKEN_CLITIC) != 0 || word_is_finite(q, i) ||
           (q->relays.base && table_match(q, &q->relays, i, i + 3, NULL) > 0);
}

/* "wounded men", but neither "Lagarde outlined steps" nor "are supported". */
static bool may_be_adjective(const struct quoting *q, uint32_t i)
{
    bool verb = i > 0 && (name_at(q, i - 1) != NO_INDEX || word_has(q, i - 1, WORD_BE) ||
                          word_has(q, i - 1, WORD_HAVE) || word_has(q, i - 1, WORD_PRONOUN));
    return !verb && word_is_plain(q, i + 1);
}

static bool starts_phrase(const struct quoting *q, uint32_t i)
{
    uint64_t f = word_flags(q, i);
    if (HAS(f, WORD_GENITIVE)) {
        return false;
    }
    if (HAS(f, WORD_DET) || HAS(f, WORD_NOMINAL)) {
        return true;
    }
    bool noun = HAS(f, WORD_PERSON) || HAS(f, WORD_COLLECTIVE) || HAS(f, WORD_ANONYMOUS) ||
                HAS(f, WORD_BODY) || HAS(f, WORD_DOCUMENT);
    if (q->bare_subjects) {
        return word_is_plain(q, i) && !breaks(q, i) && !HAS(f, WORD_OF) && !HAS(f, WORD_ADVERB) &&
               !HAS(f, WORD_INFINITIVE_MARK) && !HAS(f, WORD_MODAL) &&
               !HAS(f, WORD_GERUND_FORM) && /* "exasperated", "being interviewed" */
               (!HAS(f, WORD_FINITE_FORM) || may_be_adjective(q, i)) && q->words[i].cue == NO_INDEX;
    }
    return noun && HAS(f, WORD_PLURAL) && q->words[i].cue == NO_INDEX;
}

/* A second determiner starts another group, unless it follows "de" or a quantifier ("tous les"). */
static bool starts_another(const struct quoting *q, uint32_t first, uint32_t i)
{
    if (!word_has(q, i, WORD_DET) || word_has(q, i, WORD_CONTRACTED) || i == first) {
        return false;
    }
    uint64_t before = word_flags(q, i - 1);
    return !HAS(before, WORD_OF) && !HAS(before, WORD_DET) && !word_has(q, i, WORD_NUMERAL);
}

/* "Trump campaign spokesman", "Clinton aide": the name is no head when a noun for people or bodies follows. */
static bool compound_ahead(const struct quoting *q, uint32_t i, uint32_t end)
{
    for (uint32_t n = 0; q->bare_subjects && i < end && n < 4; i++, n++) {
        uint64_t f = word_flags(q, i);
        if (breaks(q, i) || HAS(f, WORD_OF) || HAS(f, WORD_DET)) {
            return false;
        }
        if (name_at(q, i) != NO_INDEX || HAS(f, WORD_PERSON) || HAS(f, WORD_ANONYMOUS) ||
            HAS(f, WORD_COLLECTIVE) || HAS(f, WORD_BODY) || HAS(f, WORD_DOCUMENT)) {
            return true;
        }
    }
    return false;
}

#define MARKED_MOST 3u

/* "les « gilets jaunes » du Nord": the marked noun of a group that starts with a determiner at `token`. */
static uint32_t behind_marked(const struct quoting *q, uint32_t token, uint32_t i)
{
    uint32_t pair = q->words[i].pair;
    const struct pair *p = pair == NO_INDEX ? NULL : &q->pairs.items[pair];
    bool noun = p && p->open == i && p->close != NO_INDEX && p->parent == q->words[token].pair &&
                p->end - p->first <= MARKED_MOST && word_has(q, i - 1, WORD_DET) &&
                word_has(q, token, WORD_DET);
    bool people = false;
    for (uint32_t k = noun ? p->first : 0; noun && k < p->end; k++) {
        people |= word_has(q, k, WORD_COLLECTIVE) || word_has(q, k, WORD_PERSON);
    }
    return people ? p->close + 1 : i;
}

struct phrase phrase_at(const struct quoting *q, uint32_t token, uint32_t end)
{
    if (token >= end) {
        return no_phrase;
    }
    struct phrase p = titled_name(q, token, end);
    if (p.present && !word_has(q, p.end, WORD_GENITIVE) && !compound_ahead(q, p.end, end)) {
        return p;
    }
    uint64_t f = word_flags(q, token);
    if (HAS(f, WORD_PRONOUN) && !HAS(f, WORD_DET) && !HAS(f, WORD_RELATIVE) && !HAS(f, WORD_THAT)) {
        return (struct phrase){
            .first = token, .end = token + 1, .name = NO_INDEX, .present = true, .pronoun = true};
    }
    bool alone = HAS(f, WORD_PRONOUN) && HAS(f, WORD_DET) && !HAS(f, WORD_THAT) &&
                 (token + 1 >= end || !word_is_plain(q, token + 1)); /* "according to her," */
    if (alone) {
        return (struct phrase){
            .first = token, .end = token + 1, .name = NO_INDEX, .present = true, .pronoun = true};
    }
    struct slice v;
    uint32_t n = table_match(q, &q->pronouns, token, end, &v);
    if (n > 1) {
        return (struct phrase){
            .first = token, .end = token + n, .name = NO_INDEX, .present = true, .pronoun = true};
    }
    if (!p.present && !starts_phrase(q, token)) {
        return no_phrase;
    }
    uint32_t i = token, last_name = NO_INDEX, count = 0;
    bool of = false;
    while (i < end && i < token + PHRASE_MOST) {
        uint32_t name = name_at(q, i);
        if (name != NO_INDEX && name_of(q, name)->end <= end) {
            bool genitive = word_has(q, name_of(q, name)->end, WORD_GENITIVE);
            if (!of && !genitive) {
                bool determined = i > token && word_has(q, i - 1, WORD_DET) && i == token + 1;
                if (is_person(q, name) || determined) {
                    struct phrase named_phrase = named(q, is_person(q, name) ? i : token, name);
                    uint32_t next = named_phrase.end;
                    if (!compound_ahead(q, next, end)) {
                        return named_phrase;
                    }
                }
                last_name = name;
            }
            i = name_of(q, name)->end;
            of = false;
            count++;
            continue;
        }
        uint32_t marked = i > token ? behind_marked(q, token, i) : i;
        if (marked > i && marked <= end) {
            i = marked;
            count++;
            of = false;
            continue;
        }
        uint64_t w = word_flags(q, i);
        if (i > token && (breaks(q, i) || starts_another(q, token, i))) {
            break;
        }
        if (HAS(w, WORD_OF) && !(i == token)) {
            if (i + 1 >= end || (breaks(q, i + 1) && name_at(q, i + 1) == NO_INDEX)) {
                break;
            }
            of = true;
        } else if (!HAS(w, WORD_DET)) {
            of = false;
            count++;
        }
        i++;
    }
    if (i > token + 2 && word_has(q, i, WORD_BY) && !q->bare_subjects && word_is_plain(q, i - 1) &&
        !(word_flags(q, i - 1) & ~(UINT64_C(1) << WORD_CUE_NOUN)) &&
        (q->words[i - 1].cue == NO_INDEX ||
         q->cues.items[q->words[i - 1].cue].form == CUE_PASSIVE) &&
        name_at(q, i - 1) == NO_INDEX) {
        i--; /* "une des banderoles brandies par X": the participle is no part of the name */
    }
    while (i > token &&
           (word_has(q, i - 1, WORD_OF) || (word_has(q, i - 1, WORD_ADVERB) && i - 1 > token))) {
        i--;
    }
    bool one = i == token + 2 && word_has(q, token, WORD_DET) && word_has(q, token, WORD_OBJECT) &&
               word_has(q, i - 1, WORD_INDEFINITE); /* "l'un d'eux", "l'une des deux" */
    if (one && word_has(q, i, WORD_OF) && word_has(q, i + 1, WORD_PRONOUN) && i + 1 < end) {
        i += 2;
    }
    if (i == token || (count == 0 && !one && !word_has(q, token, WORD_NOMINAL))) {
        return no_phrase;
    }
    /* "Trump campaign spokesman Jason Miller": the last name is the head when the group ends with it */
    if (last_name != NO_INDEX && name_of(q, last_name)->end == i &&
        (is_person(q, last_name) || name_of(q, last_name)->first == token)) {
        return named(q, name_of(q, last_name)->first, last_name);
    }
    return (struct phrase){.first = token, .end = i, .name = NO_INDEX, .present = true};
}

/* "le ministre, X" names a person; "le distributeur, X" a body. */
bool phrase_may_name(const struct quoting *q, const struct phrase *description, uint32_t name)
{
    if (is_person(q, name)) {
        return true;
    }
    uint32_t head = phrase_head(q, description);
    return head != NO_INDEX && word_has(q, head, WORD_BODY) && name_of(q, name)->type != ENTITY_LOC;
}

#define APPOSITION_MOST 24u

/* What may follow a name in apposition: ", Rémy Garnier lors d'une conférence". */
static bool apposition_closes(const struct quoting *q, uint32_t i)
{
    bool complement = word_has(q, i, WORD_PREPOSITION) && !word_has(q, i, WORD_OF) &&
                      !q->bare_subjects && !word_has(q, i, WORD_BY);
    return word_is_any(q, i, ", .") || complement || word_has(q, i, WORD_TIME);
}

/* "un porte-parole des « gilets jaunes » de l'Ain, Paul Garnier,": the name stands behind the noun's complements. */
static struct phrase far_apposition(const struct quoting *q, const struct phrase *p, uint32_t end)
{
    uint32_t head = phrase_head(q, p);
    if (head == NO_INDEX || !word_has(q, head, WORD_PERSON)) {
        return no_phrase;
    }
    for (uint32_t i = p->end, bracket = 0; i < end && i < p->end + APPOSITION_MOST; i++) {
        bracket += (uint32_t)word_is_mark(q, i, "(");
        bracket -= (uint32_t)(bracket && word_is_mark(q, i, ")"));
        if (bracket || q->words[i].pair != q->words[p->first].pair) {
            continue; /* "de l'Ain (centre-est), Paul Garnier" */
        }
        if (word_is_mark(q, i, ",")) {
            struct phrase next = phrase_at(q, i + 1, end);
            bool closed = next.present && next.name != NO_INDEX && is_person(q, next.name) &&
                          (next.end >= end || apposition_closes(q, next.end));
            return closed ? next : no_phrase;
        }
        if (word_is_finite(q, i) || word_has(q, i, WORD_RELATIVE) || word_ends_sentence(q, i) ||
            word_is_mark(q, i, ":")) {
            break;
        }
    }
    return no_phrase;
}

struct phrase phrase_with_apposition(const struct quoting *q, struct phrase p, uint32_t end)
{
    bool single_pronoun = p.pronoun && p.end == p.first + 1; /* but "cette dernière, X" */
    if (!p.present || single_pronoun || (p.name != NO_INDEX && is_person(q, p.name))) {
        return p;
    }
    if (!word_is_mark(q, p.end, ",")) {
        struct phrase far = p.name == NO_INDEX ? far_apposition(q, &p, end) : no_phrase;
        return far.present ? far : p;
    }
    struct phrase next = titled_name(q, p.end + 1, end);
    if (!next.present && p.name == NO_INDEX) {
        next = far_apposition(q, &p, end);
    }
    bool stops = next.present &&
                 (next.end >= end || !word_is_plain(q, next.end) || apposition_closes(q, next.end));
    bool description = p.name == NO_INDEX;
    return stops && description && phrase_may_name(q, &p, next.name) ? next : p;
}

/* A verbless group after a preposition: "à l'AFP", "lors d'une conférence de presse". */
static uint32_t skip_complement(const struct quoting *q, uint32_t i, uint32_t end)
{
    struct slice v;
    uint32_t n = table_match(q, &q->channels, i, end, &v);
    uint32_t at = i + (n ? n : 1);
    bool whole =
        n && !slice_is(pack_column(v, 0), "medium") && !slice_is(pack_column(v, 0), "broadcast");
    if (whole) {
        return at;
    }
    if (word_has(q, i, WORD_CONTRACTED) && !n) {
        at = i;
    }
    /* one word or name; a following determiner or person begins the subject */
    uint32_t first = at;
    while (at < end && at < first + PHRASE_MOST) {
        uint32_t name = name_at(q, at);
        if (name != NO_INDEX) {
            if (at > first && is_person(q, name) && !word_has(q, at - 1, WORD_OF)) {
                return at;
            }
            at = name_of(q, name)->end;
            if (!word_has(q, at, WORD_OF)) {
                return at;
            }
            continue;
        }
        if (at > first &&
            (breaks(q, at) || (word_has(q, at, WORD_DET) && !word_has(q, at - 1, WORD_OF) &&
                               !word_has(q, at, WORD_OF)))) {
            return at;
        }
        at++;
    }
    return at;
}

struct phrase phrase_after_verb(const struct quoting *q, uint32_t token, uint32_t end)
{
    uint32_t i = token, limit = token + QUOTING_REACH / 2 < end ? token + QUOTING_REACH / 2 : end;
    while (i < limit) {
        uint64_t f = word_flags(q, i);
        struct slice v;
        uint32_t pronoun = table_match(q, &q->pronouns, i, limit, &v);
        bool time = HAS(f, WORD_TIME) ||
                    (HAS(f, WORD_DET) &&
                     (word_has(q, i + 1, WORD_TIME) ||
                      (i + 1 < limit && q->r->tokens.items[i + 1].kind == TOKEN_NUMBER &&
                       word_has(q, i + 2, WORD_TIME))));
        bool date = word_is_mark(q, i, "/") && i > token; /* "9/11 widow" */
        if (time || date || q->r->tokens.items[i].kind == TOKEN_NUMBER) {
            i++;
        } else if (pronoun < 2 && HAS(f, WORD_PREPOSITION) && !HAS(f, WORD_INDEFINITE)) {
            i = skip_complement(q, i, limit);
        } else if (HAS(f, WORD_ADVERB) && !HAS(f, WORD_DET) && name_at(q, i) == NO_INDEX) {
            i++;
        } else if (word_is_mark(q, i, "(") && i > token) { /* "à l'Agence France-Presse (AFP)" */
            uint32_t close = i + 1;
            while (close < limit && close < i + 6 && !word_is_mark(q, close, ")")) {
                close++;
            }
            i = close + 1;
        } else if (word_is_mark(q, i, ",") &&
                   (i > token || word_has(q, i + 1, WORD_TIME) ||
                    word_has(q, i + 1, WORD_PREPOSITION))) { /* "a estimé, samedi, X" */
            i++;
        } else {
            bool marked =
                q->words[i].pair != q->words[token - 1].pair; /* a appelé à « une trêve » */
            return marked ? no_phrase : phrase_with_apposition(q, phrase_at(q, i, end), end);
        }
    }
    return no_phrase;
}

/* ---- what a group can be */

uint32_t phrase_head(const struct quoting *q, const struct phrase *p)
{
    uint32_t head = NO_INDEX;
    for (uint32_t i = p->first; i < p->end; i++) {
        uint64_t f = word_flags(q, i);
        if (HAS(f, WORD_OF) && i > p->first &&
            (head != NO_INDEX || !word_has(q, i - 1, WORD_DET))) {
            break; /* but "l'un des vendeurs" */
        }
        bool noun = HAS(f, WORD_PERSON) || HAS(f, WORD_ANONYMOUS) || HAS(f, WORD_COLLECTIVE) ||
                    HAS(f, WORD_BODY) || HAS(f, WORD_DOCUMENT) || HAS(f, WORD_SURVEY);
        if (noun && (head == NO_INDEX || q->bare_subjects)) {
            head = i;
        }
    }
    return head;
}

bool phrase_is_source(const struct quoting *q, const struct phrase *p)
{
    if (!p->present) {
        return false;
    }
    if (p->pronoun || p->name != NO_INDEX) {
        return true;
    }
    return phrase_head(q, p) != NO_INDEX;
}

bool phrase_is_human(const struct quoting *q, const struct phrase *p)
{
    if (!p->present) {
        return false;
    }
    if (p->name != NO_INDEX) {
        return is_person(q, p->name) || name_of(q, p->name)->type == ENTITY_ORG;
    }
    uint32_t head = phrase_head(q, p);
    uint64_t f = head == NO_INDEX ? 0 : word_flags(q, head);
    bool some = p->end == p->first + 1 && word_has(q, p->first, WORD_NOMINAL); /* "certains" */
    return p->pronoun || some || HAS(f, WORD_PERSON) || HAS(f, WORD_ANONYMOUS) ||
           HAS(f, WORD_COLLECTIVE);
}

bool phrase_is_survey(const struct quoting *q, const struct phrase *p)
{
    uint32_t head = p->present && !p->pronoun && p->name == NO_INDEX ? phrase_head(q, p) : NO_INDEX;
    return head != NO_INDEX && word_has(q, head, WORD_SURVEY);
}
