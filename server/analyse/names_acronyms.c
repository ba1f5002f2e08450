/* "Agence nationale de sécurité sanitaire de l'alimentation, de l'environnement et du travail (Anses)": the acronym says
 * that the words in front are one body's name, and how far back it goes. */
#include "analyse/names.h"
#include "text/fold.h"

#define REACH_MOST    30 /* tokens of the longest name */
#define LETTERS_LEAST 3
#define LETTERS_MOST  20

static bool is_capital(const struct naming *n, uint32_t i)
{
    return (names_token(n, i)->flags & (TOKEN_CAPITAL | TOKEN_ALL_CAPS)) != 0;
}

static bool is_small(const struct naming *n, uint32_t i)
{
    return (n->lexicon.bits[i] & (LEX_OF | LEX_AND | LEX_FOR | LEX_ARTICLE | LEX_PREPOSITION)) != 0;
}

static bool is_loud(const struct naming *n, uint32_t i)
{
    const struct token *t = names_token(n, i);
    return t->kind == TOKEN_WORD && (t->flags & TOKEN_ALL_CAPS) && t->end_byte - t->start_byte >= 2;
}

/* A capitalised word alone in brackets. */
static bool is_bracketed(const struct naming *n, uint32_t at)
{
    return names_token(n, at)->kind == TOKEN_WORD && is_capital(n, at) &&
           slice_is(reading_token_text(n->r, at - 1), "(") &&
           slice_is(reading_token_text(n->r, at + 1), ")") && names_same_sentence(n, at - 2, at) &&
           names_same_sentence(n, at + 1, at);
}

/* Where the words begin whose initials, small words aside, are the letters of the acronym at `at` ("Tribunal pénal
 * international (TPI)"). `at` when they aren't. */
static uint32_t initials_start(const struct naming *n, uint32_t at)
{
    struct slice acronym = names_token(n, at)->lower;
    size_t letters = acronym.len;
    for (uint32_t i = at - 1; i > 0 && letters > 0 && names_same_sentence(n, i - 1, at);) {
        i--;
        const struct token *t = names_token(n, i);
        if (t->kind != TOKEN_WORD) {
            break;
        }
        if (t->lower.ptr[0] == acronym.ptr[letters - 1]) {
            letters--;
            if (letters == 0) {
                return is_capital(n, i) ? i : at;
            }
        } else if (!is_small(n, i)) {
            break;
        }
    }
    return at;
}

/* ---- acronyms of syllables: each word gives some of its first letters or none, in order */

static bool may_be_inside(const struct naming *n, uint32_t i)
{
    const struct token *t = names_token(n, i);
    struct slice unused;
    if (t->kind != TOKEN_WORD) {
        struct slice text = reading_token_text(n->r, i);
        return slice_is(text, ",") || slice_is(text, "-") || slice_is(text, "&");
    }
    return n->r->name_at[i] != NO_INDEX || is_small(n, i) || is_capital(n, i) ||
           (!(n->lexicon.bits[i] & (LEX_ACTING | LEX_CALENDAR)) &&
            !pack_find(&n->grammar, t->lower, &unused) &&
            !pack_find(&n->finite_verbs, t->lower, &unused));
}

/* fold_key of a word; most have nothing to fold. */
static struct slice folded(const struct naming *n, uint32_t i)
{
    struct slice lower = names_token(n, i)->lower;
    for (size_t k = 0; k < lower.len; k++) {
        if ((unsigned char)lower.ptr[k] >= 0x80) {
            return fold_key(n->r->arena, lower);
        }
    }
    return lower;
}

/* The places in the acronym that may be reached behind `word`, from those in `reached` (bit p: p letters are used). */
static uint32_t reach(struct slice acronym, struct slice word, uint32_t reached, bool must)
{
    uint32_t out = must ? 0 : reached;
    for (size_t p = 0; p < acronym.len; p++) {
        for (size_t k = 0; (reached >> p & 1) && p + k < acronym.len && k < word.len &&
                           acronym.ptr[p + k] == word.ptr[k];
             k++) {
            out |= 1u << (p + k + 1);
        }
    }
    return out;
}

static bool spells(const struct naming *n, struct slice acronym, uint32_t first, uint32_t end)
{
    uint32_t reached = 1;
    for (uint32_t i = first; i < end; i++) {
        if (names_token(n, i)->kind == TOKEN_WORD && !is_small(n, i)) {
            reached = reach(acronym, folded(n, i), reached, i == first);
        }
    }
    return (reached >> acronym.len & 1) != 0;
}

/* The nearest head of a body, or body found, in front of the bracket that spells the acronym; `at` when none. */
static uint32_t syllables_start(const struct naming *n, uint32_t at)
{
    struct slice acronym = folded(n, at);
    if (acronym.len < LETTERS_LEAST || acronym.len > LETTERS_MOST) {
        return at;
    }
    for (uint32_t i = at - 1; i > 0 && i + REACH_MOST > at && names_same_sentence(n, i - 1, at);) {
        i--;
        if (!may_be_inside(n, i)) {
            break;
        }
        uint32_t name = n->r->name_at[i];
        bool body = name != NO_INDEX && n->r->names.items[name].first == i &&
                    n->r->names.items[name].type == ENTITY_ORG;
        bool head = is_capital(n, i) && (n->lexicon.begin[i] & LEX_ORG_HEAD) &&
                    (name == NO_INDEX || n->r->names.items[name].first == i);
        if ((body || head) && i + 2 < at && spells(n, acronym, i, at - 1)) {
            return i;
        }
    }
    return at;
}

void names_acronyms(const struct naming *n, struct names *found)
{
    struct arena *arena = n->r->arena;
    for (uint32_t at = 2; at + 1 < n->r->tokens.count; at++) {
        if (!is_bracketed(n, at)) {
            continue;
        }
        bool loud = is_loud(n, at);
        uint32_t before = n->r->name_at[at - 2], start = loud ? initials_start(n, at) : at;
        start = start == at ? syllables_start(n, at) : start;
        const struct name *name = before == NO_INDEX ? NULL : &n->r->names.items[before];
        if (start + 2 < at && names_token(n, at)->lower.len > 2) {
            *ARENA_PUSH(arena, found) = name_of(n, start, at - 1, ENTITY_ORG, 0.9F, MENTION_RULE);
        } else if (!loud || !name || name->type != ENTITY_ORG || name->end - name->first < 2) {
            continue;
        }
        *ARENA_PUSH(arena, found) = name_of(n, at, at + 1, ENTITY_ORG, 0.9F, MENTION_RULE);
    }
}
