/* What marks are for when nobody is reported as saying the words: titles of works, nicknames, terms, scare
 * quotes. The noun in front tells (table `not_quotes`), or the words themselves. */
#include "analyse/quoting.h"

#define SHORT_WORDS 3u
#define SMALL_WORD  3u /* bytes: "of", "the" in a title of another language */

static uint32_t opening_of(const struct quoting *q, uint32_t pair)
{
    const struct pair *p = &q->pairs.items[pair];
    return p->open == NO_INDEX ? p->first : p->open;
}

static uint32_t word_count(const struct quoting *q, uint32_t first, uint32_t end)
{
    uint32_t n = 0;
    for (uint32_t i = first; i < end; i++) {
        n += word_is_plain(q, i);
    }
    return n;
}

/* "le journal « Le Monde »": the whole content is one name of a medium. */
static bool is_medium(const struct quoting *q, const struct pair *p)
{
    return table_match(q, &q->media, p->first, p->end, NULL) == p->end - p->first;
}

static bool announced(const struct quoting *q, uint32_t token, enum mark_use *use)
{
    struct slice v;
    uint32_t n = table_match(q, &q->not_quotes, token, token + 1, &v);
    if (!n || !mark_use_parse(pack_column(v, 0), use)) {
        return false;
    }
    for (uint32_t i = token; *use == MARK_TERM && i-- > 0 && token - i < 5;) {
        uint32_t c = q->words[i].cue;
        if (c != NO_INDEX && (q->cues.items[c].letters & LETTER('a'))) {
            return false; /* "called the plan “madness”" */
        }
    }
    uint32_t pair = pair_outermost(q, token + 1);
    const struct pair *p = pair == NO_INDEX ? NULL : &q->pairs.items[pair];
    if (*use == MARK_NICKNAME && p && p->close != NO_INDEX && word_is_finite(q, p->close + 1)) {
        return true; /* "X dit « le Grand » est mort" */
    }
    uint32_t named = q->words[token].cue;
    if (named != NO_INDEX && q->cues.items[named].form == CUE_FINITE && *use != MARK_NICKNAME) {
        uint32_t group = q->cues.items[named].group;
        struct phrase subject = phrase_before_verb(q, group, group > 24 ? group - 24 : 0, false);
        return subject.present && !phrase_is_human(q, &subject); /* "a paper called “…”" */
    }
    /* "X, dit « le Boucher »," · "Surnommé « le Boucher », X" */
    bool aside = token == 0 || word_is_any(q, token - 1, ", (") ||
                 q->r->tokens.items[token - 1].sentence != q->r->tokens.items[token].sentence;
    return q->words[token].cue == NO_INDEX || (*use == MARK_NICKNAME && aside);
}

/* Whether a reporting verb stands in front of `token` in its sentence. */
static bool reported(const struct quoting *q, uint32_t token)
{
    const struct token *items = q->r->tokens.items;
    for (uint32_t i = token;
         i-- > 0 && token - i < QUOTING_REACH && items[i].sentence == items[token].sentence;) {
        if (q->words[i].cue != NO_INDEX && q->words[i].pair == NO_INDEX) {
            return true;
        }
    }
    return false;
}

/* « Le Pont des Soupirs » within a sentence: every word that can be is capitalised. */
static bool is_title_cased(const struct quoting *q, const struct pair *p)
{
    uint32_t words = 0, capitals = 0, open = p->open == NO_INDEX ? p->first : p->open;
    struct slice v;
    if (open > 0 && pack_find(&q->cue_verbs, q->r->tokens.items[open - 1].lower, &v)) {
        return false; /* "l'a entendu crier « Allah Akbar »" */
    }
    for (uint32_t i = open; i-- > 0 && open - i < 4;) {
        if (q->words[i].cue != NO_INDEX || word_has(q, i, WORD_CUE_NOUN)) {
            return false;
        }
    }
    for (uint32_t i = p->first; i < p->end; i++) {
        bool small = word_has(q, i, WORD_DET) || word_has(q, i, WORD_PREPOSITION) ||
                     word_has(q, i, WORD_COORDINATES) ||
                     q->r->tokens.items[i].lower.len <= SMALL_WORD;
        bool capital = word_is_plain(q, i) && word_is_capital(q, i);
        if (word_has(q, i, WORD_SELF) || (!capital && (!small || i == p->first))) {
            return false;
        }
        words++;
        capitals += capital && !small;
    }
    return words > 1 && words < 7 && capitals > 0 && word_is_capital(q, p->first);
}

static enum mark_use strong_use(const struct quoting *q, uint32_t pair)
{
    const struct pair *p = &q->pairs.items[pair];
    uint32_t open = opening_of(q, pair);
    enum mark_use use = MARK_QUOTE;
    if (is_medium(q, p)) {
        return MARK_TITLE;
    }
    if (open == 0 || q->r->tokens.items[open - 1].block != p->block) {
        return MARK_QUOTE;
    }
    uint32_t words = word_count(q, p->first, p->end);
    if (words == 1 && reading_text(q->r, tokens_span(q, p->first, p->end)).len == 1) {
        return MARK_TERM; /* fiché « S » */
    }
    bool sentence =
        words > 9 || (words > SHORT_WORDS && clause_has(q, p->first, p->end, WORD_SELF));
    uint32_t j = open - 1;
    j -= j > 0 && word_is_any(q, j, "' ’"); /* "le nom d'« X »" */
    bool listed = j > 0 && word_is_mark(q, j, ":") && words <= 9 && !reported(q, j);
    if (listed && !clause_has_finite(q, p->first, p->end) && announced(q, j - 1, &use) &&
        use == MARK_TITLE) {
        return use; /* "sur leur livre : « … »", nobody being said to write in it */
    }
    bool lower = word_is_plain(q, p->first) && !word_is_capital(q, p->first) &&
                 q->r->tokens.items[p->first].kind == TOKEN_WORD;
    if (announced(q, j, &use) && !(use == MARK_TITLE && lower && words > 1) &&
        (!sentence || (use == MARK_TITLE && words <= 9))) {
        return use;
    }
    if (is_title_cased(q, p)) {
        return MARK_TITLE;
    }
    uint32_t of = j; /* "le prix de la « marque de l'année »" */
    while (of > 0 && j - of < 2 && (word_has(q, of, WORD_OF) || word_has(q, of, WORD_DET))) {
        of--;
    }
    if (!sentence && of < j && word_has(q, of + 1, WORD_OF) && announced(q, of, &use) &&
        use == MARK_TERM && !word_has(q, of, WORD_CUE_NOUN)) {
        return use;
    }
    /* "les mots « a » ou « b »" */
    if (word_has(q, j, WORD_COORDINATES) && j > 0) {
        uint32_t before = pair_outermost(q, j - 1);
        if (before != NO_INDEX && before != pair && q->pairs.items[before].done &&
            q->pairs.items[before].quote == NO_INDEX && words <= SHORT_WORDS) {
            return MARK_TERM;
        }
    }
    return MARK_QUOTE;
}

#define REPEATS        1024u
#define REPEATED_LEAST 2u

/* « gilet jaune » and « gilets jaunes » are the same words: a last s is left out. */
static uint32_t words_hash(const struct quoting *q, uint32_t first, uint32_t end)
{
    uint32_t hash = 2166136261u;
    for (uint32_t i = first; i < end; i++) {
        struct slice s = q->r->tokens.items[i].lower;
        s.len -= s.len > 3 && s.ptr[s.len - 1] == 's';
        for (size_t k = 0; k < s.len; k++) {
            hash = (hash ^ (unsigned char)s.ptr[k]) * 16777619u;
        }
    }
    return (hash ^ hash >> 15) % REPEATS;
}

static bool is_few_words(const struct pair *p)
{
    return p->end > p->first && p->end - p->first <= SHORT_WORDS;
}

void uses_count(struct quoting *q)
{
    q->repeats = ARENA_ARRAY(q->r->arena, uint16_t, REPEATS);
    for (size_t i = 0; i < q->pairs.count; i++) {
        const struct pair *p = &q->pairs.items[i];
        enum block_kind kind = q->r->document->blocks[p->block].kind;
        bool body = kind != BLOCK_TITLE && kind != BLOCK_SUBHEADING && kind != BLOCK_STANDFIRST;
        uint16_t *n = body && is_few_words(p) ? &q->repeats[words_hash(q, p->first, p->end)] : NULL;
        if (n && *n < UINT16_MAX) {
            ++*n;
        }
    }
}

/* « a », dit X · qualifie X de « a » · X : « a »: even words that are marked again and again are said here. */
static bool is_said(const struct quoting *q, uint32_t pair)
{
    const struct pair *p = &q->pairs.items[pair];
    uint32_t open = opening_of(q, pair), behind = p->close == NO_INDEX ? p->end : p->close + 1;
    if (open > 0 && word_is_any(q, open - 1, ":")) {
        return true;
    }
    for (uint32_t i = open; i-- > 0 && open - i < 4;) {
        uint32_t cue = q->words[i].cue;
        if (cue != NO_INDEX && (q->cues.items[cue].letters & LETTER('a')) &&
            (word_has(q, open - 1, WORD_OF) || word_has(q, open - 1, WORD_AS))) {
            return true;
        }
    }
    uint32_t sentence = q->r->tokens.items[p->end - 1].sentence, end = behind;
    while (end < q->r->tokens.count && end < behind + QUOTING_REACH &&
           q->r->tokens.items[end].sentence == sentence) {
        end++;
    }
    return word_is_mark(q, behind, ",") && attribution_after(q, behind, end, false).present;
}

static bool is_repeated(const struct quoting *q, uint32_t pair)
{
    const struct pair *p = &q->pairs.items[pair];
    uint32_t open = opening_of(q, pair);
    bool determined =
        open > 0 && (word_has(q, open - 1, WORD_DET) || word_has(q, open - 1, WORD_OF) ||
                     q->r->tokens.items[open - 1].kind == TOKEN_NUMBER ||
                     (open > 1 && word_is_plain(q, open - 1) && word_has(q, open - 2, WORD_DET)));
    if (!is_few_words(p) || !determined || clause_has(q, p->first, p->end, WORD_SELF)) {
        return false;
    }
    /* « gilets jaunes libres »: the repeated words with one more */
    return q->repeats[words_hash(q, p->first, p->end)] >= REPEATED_LEAST ||
           (p->end - p->first > 2 &&
            q->repeats[words_hash(q, p->first, p->end - 1)] >= REPEATED_LEAST);
}

bool uses_named(const struct quoting *q, uint32_t pair, enum mark_use *use)
{
    *use = strong_use(q, pair);
    if (*use == MARK_QUOTE && is_repeated(q, pair) && !is_said(q, pair)) {
        *use = MARK_TERM;
    }
    return *use != MARK_QUOTE;
}

enum mark_use uses_weak(const struct quoting *q, uint32_t pair)
{
    const struct pair *p = &q->pairs.items[pair];
    uint32_t open = opening_of(q, pair), capitals = 0, words = 0;
    for (uint32_t i = p->first; i < p->end; i++) {
        words += word_is_plain(q, i);
        capitals += word_is_plain(q, i) && word_is_capital(q, i);
    }
    if (words && capitals * 2 > words && words < 6) {
        return MARK_TITLE;
    }
    bool determined =
        open > 0 && (word_has(q, open - 1, WORD_DET) || word_has(q, open - 1, WORD_OF));
    return determined && words <= SHORT_WORDS ? MARK_TERM : MARK_SCARE;
}
