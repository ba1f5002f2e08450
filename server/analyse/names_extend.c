/* Names grow: over the lower-case head that belongs to them (rue Mouffetard, ministère de la Justice) and over
 * the phrases that a body's long name runs through (Association d'entraide des veuves et orphelins). */
#include "analyse/names.h"

static uint32_t bits_at(const struct naming *n, uint32_t i)
{
    return n->lexicon.bits[i];
}

static bool is_lower_word(const struct naming *n, uint32_t i)
{
    const struct token *t = names_token(n, i);
    return t->kind == TOKEN_WORD && !(t->flags & (TOKEN_CAPITAL | TOKEN_HAS_DIGIT));
}

static bool is_adjective(const struct naming *n, uint32_t i)
{
    struct slice unused;
    return is_lower_word(n, i) && ((bits_at(n, i) & LEX_DEMONYM) ||
                                   pack_find(&n->adjectives, names_token(n, i)->lower, &unused));
}

static bool step_back(const struct naming *n, uint32_t *i)
{
    if (*i == 0 || !names_same_sentence(n, *i - 1, *i)) {
        return false;
    }
    --*i;
    return true;
}

/* Back over "de la", "du", "des" … to the word they hang on; *linked tells whether there were any. */
static bool back_over_links(const struct naming *n, uint32_t first, uint32_t *at, bool *linked)
{
    *at = first;
    *linked = false;
    while (step_back(n, at)) {
        uint32_t bits = bits_at(n, *at);
        if (!(bits & (LEX_OF | LEX_ARTICLE)) || !is_lower_word(n, *at)) {
            return true;
        }
        *linked |= (bits & LEX_OF) != 0;
    }
    return false;
}

/* Goes to the beginning of the table entry of `kind` that covers *at. */
static void to_head(const struct naming *n, uint32_t kind, uint32_t *at)
{
    while (!(n->lexicon.begin[*at] & kind) && *at > 0 && (n->lexicon.inner[*at] & kind)) {
        --*at;
    }
}

static bool is_free(const struct naming *n, uint32_t first, uint32_t end)
{
    for (uint32_t i = first; i < end; i++) {
        if (n->r->name_at[i] != NO_INDEX) {
            return false;
        }
    }
    return true;
}

static bool may_go_on(const struct naming *n, uint32_t i)
{
    struct slice unused, word = names_token(n, i)->lower;
    return is_lower_word(n, i) && !pack_find(&n->grammar, word, &unused) &&
           !pack_find(&n->finite_verbs, word, &unused) &&
           !(bits_at(n, i) & (LEX_PREPOSITION | LEX_ARTICLE | LEX_ACTING | LEX_OF | LEX_AND |
                              LEX_FOR | LEX_CALENDAR));
}

static bool is_unit(const struct naming *n, uint32_t i)
{
    uint32_t name = n->r->name_at[i];
    return name != NO_INDEX && n->r->names.items[name].first == i &&
           n->r->names.items[name].end == i + 1;
}

static void take_place_head(const struct naming *n, struct name *name)
{
    uint32_t at;
    bool linked;
    bool loose = (name->type == ENTITY_ORG || name->type == ENTITY_MISC) &&
                 name->end == name->first + 1 && name->confidence < 0.95F &&
                 !(names_token(n, name->first)->flags & TOKEN_ALL_CAPS);
    if (!(name->type == ENTITY_LOC || name->type == ENTITY_PER || loose) ||
        !back_over_links(n, name->first, &at, &linked) ||
        !((bits_at(n, at) & LEX_PLACE_NAMED) || names_trigger(n, at, "house"))) {
        return;
    }
    to_head(n, LEX_PLACE_NAMED, &at);
    /* "le palais de Vladimir Poutine" stays a person's. */
    bool persons = name->type == ENTITY_PER && (linked || name->end - name->first > 2);
    bool bare =
        (bits_at(n, at) & LEX_PLACE_NAMED) &&
        !(bits_at(n, at) & LEX_PLACE_HEAD); /* "centre Marie-Marvingt", but "le centre de Nancy" */
    if (is_lower_word(n, at) && is_free(n, at, name->first) && !persons && !(bare && linked)) {
        name->first = at;
        name->type = ENTITY_LOC;
    }
}

/* "ministère russe des Affaires étrangères", "tribunal de Paris", "cabinet Cadel" */
static void take_body_head(const struct naming *n, struct name *name)
{
    uint32_t at;
    bool linked;
    if (!back_over_links(n, name->first, &at, &linked)) {
        return;
    }
    while (is_adjective(n, at) && !(bits_at(n, at) & LEX_ORG_TAKES) && linked &&
           step_back(n, &at)) {
    }
    /* One noun may stand between: "laboratoire d'astrophysique de Besançon". */
    bool again;
    if (linked && name->type == ENTITY_LOC && may_go_on(n, at) &&
        !(bits_at(n, at) & (LEX_ORG_TAKES | LEX_PLACE_HEAD)) &&
        (!back_over_links(n, at, &at, &again) || !again)) {
        return;
    }
    if (!(bits_at(n, at) & LEX_ORG_TAKES) ||
        !(linked || (at + 1 == name->first && is_lower_word(n, at)))) {
        return;
    }
    to_head(n, LEX_ORG_TAKES, &at);
    if (!is_lower_word(n, at)) { /* "la Mairie de Paris", tagged in two */
        bool single = name->type == ENTITY_LOC && (is_free(n, at, at + 1) || is_unit(n, at));
        name->type = single ? ENTITY_ORG : name->type;
        name->first = single ? at : name->first;
        return;
    }
    bool persons = name->type == ENTITY_PER && linked;
    if (is_free(n, at, name->first) && !persons) {
        name->first = at;
        name->type = ENTITY_ORG;
    }
}

static bool is_comma(const struct naming *n, uint32_t i)
{
    return slice_is(reading_token_text(n->r, i), ",");
}

/* The end of one more phrase behind i, or i: "des veuves", "et orphelins", ", internés et victimes". */
static uint32_t phrase_end(const struct naming *n, const struct name *name, uint32_t i)
{
    if (is_comma(n, i)) {
        bool list = names_same_sentence(n, i + 3, i) && may_go_on(n, i + 1) &&
                    (bits_at(n, i + 2) & LEX_AND) && may_go_on(n, i + 3) &&
                    name->end > name->first + 2;
        return list ? i + 4 : i;
    }
    uint32_t link = bits_at(n, i) & (LEX_OF | LEX_AND | LEX_FOR), k = i;
    if (!link || !is_lower_word(n, i) || ((link & LEX_AND) && name->end == name->first + 1)) {
        return i;
    }
    while (names_same_sentence(n, k, i) && k < i + 3 &&
           (bits_at(n, k) & (LEX_OF | LEX_ARTICLE | LEX_FOR | LEX_AND))) {
        link |= bits_at(n, k) & LEX_OF;
        k++;
    }
    if (!names_same_sentence(n, k, i)) {
        return i;
    }
    bool person = !(link & LEX_OF) && (bits_at(n, k) & LEX_FUNCTION); /* "et doyen de …" */
    if (may_go_on(n, k) && n->r->name_at[k] == NO_INDEX && !person) {
        return k + 1;
    }
    /* A capital goes on only after a plain "of": the next name may be another body's. */
    bool place =
        n->r->name_at[k] != NO_INDEX && n->r->names.items[n->r->name_at[k]].type == ENTITY_LOC;
    return (link & LEX_OF) && place && name->end > name->first + 2
               ? n->r->names.items[n->r->name_at[k]].end
               : i;
}

/* "les Canucks de Vancouver" */
static void take_home(const struct naming *n, struct name *name)
{
    uint32_t link = name->end, home = name->end + 1;
    if (name->end == name->first + 3 && name->type == ENTITY_LOC && name->confidence < 0.9F &&
        (n->lexicon.begin[name->first] & LEX_CLUB) && (bits_at(n, name->first + 1) & LEX_OF) &&
        !(n->lexicon.begin[name->first] & (LEX_PLACES | LEX_PLACE_HEAD))) {
        name->type = ENTITY_ORG;
        return;
    }
    if (name->end != name->first + 1 || !(n->lexicon.begin[name->first] & LEX_CLUB) ||
        (names_token(n, name->first)->flags & TOKEN_ALL_CAPS) ||
        !names_same_sentence(n, home, name->first) || !(bits_at(n, link) & LEX_OF)) {
        return;
    }
    home +=
        (bits_at(n, home) & LEX_ARTICLE) && names_same_sentence(n, home + 1, name->first) ? 1 : 0;
    if (n->r->name_at[home] != NO_INDEX &&
        n->r->names.items[n->r->name_at[home]].type == ENTITY_LOC) {
        name->end = n->r->names.items[n->r->name_at[home]].end;
        name->type = ENTITY_ORG;
        name->method = MENTION_RULE;
    }
}

static void take_of_phrases(const struct naming *n, struct name *name)
{
    bool headed = (n->lexicon.begin[name->first] & LEX_ORG_HEAD) && !is_lower_word(n, name->first);
    if (name->type != ENTITY_ORG || !headed ||
        (n->lexicon.begin[name->first] & LEX_ORGANISATIONS)) {
        return;
    }
    for (uint32_t end = name->end;; name->end = end) {
        while (names_same_sentence(n, end, name->first) && is_adjective(n, end)) {
            end++;
        }
        name->end = end;
        end = names_same_sentence(n, end, name->first) ? phrase_end(n, name, end) : end;
        if (end == name->end) {
            return;
        }
    }
}

/* "35e RI": a regiment's number is its name. */
static void take_number(const struct naming *n, struct name *name)
{
    uint32_t at = name->first;
    if (name->type != ENTITY_ORG || !step_back(n, &at) ||
        !(names_token(n, name->first)->flags & TOKEN_ALL_CAPS)) {
        return;
    }
    struct slice text = reading_token_text(n->r, at);
    bool ordinal = text.len > 1 && text.ptr[0] >= '0' && text.ptr[0] <= '9' &&
                   text.ptr[text.len - 1] >= 'a' && text.ptr[text.len - 1] <= 'z';
    if (ordinal) {
        name->first = at;
    }
}

/* "L'Haÿ-les-Roses", "La Haye", "Le Monde": the article is part of what the tables list. */
static void take_listed_article(const struct naming *n, struct name *name)
{
    uint32_t at = name->first;
    if (!step_back(n, &at) || is_lower_word(n, at) || n->r->name_at[at] != NO_INDEX) {
        return;
    }
    uint32_t kinds =
        n->lexicon.begin[at] & (LEX_PLACES | LEX_ORGANISATIONS) & ~n->lexicon.inner[at];
    for (uint32_t i = name->first; i < name->end; i++) {
        kinds &= n->lexicon.inner[i];
    }
    if (kinds && (bits_at(n, at) & LEX_ARTICLE)) {
        name->first = at;
    }
}

void names_extend(const struct naming *n, struct name *name)
{
    take_listed_article(n, name);
    take_place_head(n, name);
    take_body_head(n, name);
    take_home(n, name);
    take_of_phrases(n, name);
    take_number(n, name);
}

static bool is_capital_word(const struct naming *n, uint32_t i)
{
    const struct token *t = names_token(n, i);
    return t->kind == TOKEN_WORD && (t->flags & TOKEN_CAPITAL) && !(t->flags & TOKEN_ELIDED);
}

/* "The Environment Agency": capitals that end in a body's noun. From the run's first word; its end, or `first`. */
static uint32_t run_to_head(const struct naming *n, uint32_t first)
{
    uint32_t end = first;
    while (names_same_sentence(n, end, first) && is_capital_word(n, end) &&
           n->r->name_at[end] == NO_INDEX &&
           !(bits_at(n, end) & (LEX_CALENDAR | LEX_TITLE | LEX_ARTICLE)) && end < first + 5) {
        end++;
    }
    bool headed = end > first + 1 && (n->lexicon.bits[end - 1] & LEX_ORG_HEAD) &&
                  !(n->lexicon.bits[end - 1] & (LEX_PLACE_HEAD | LEX_FUNCTION));
    return headed && !(names_token(n, first)->flags & TOKEN_ALL_CAPS) ? end : first;
}

/* "L'Écho des Flandres" inside a sentence: article, a paper's noun, a place. Its end, or `first`. */
static uint32_t paper_end(const struct naming *n, uint32_t first)
{
    uint32_t k = first + 2, at = first;
    if (!step_back(n, &at) || is_lower_word(n, first) || !(bits_at(n, first) & LEX_ARTICLE) ||
        !names_same_sentence(n, first + 3, first) || !is_capital_word(n, first + 1) ||
        !(n->lexicon.begin[first + 1] & LEX_ORG_HEAD) || !(bits_at(n, k) & LEX_OF)) {
        return first;
    }
    while (names_same_sentence(n, k, first) && (bits_at(n, k) & (LEX_OF | LEX_ARTICLE)) &&
           is_lower_word(n, k)) {
        k++;
    }
    return names_same_sentence(n, k, first) && is_capital_word(n, k) ? k + 1 : first;
}

static size_t add_run(const struct naming *n, uint32_t *i, struct name *out)
{
    uint32_t end = paper_end(n, *i);
    end = end > *i ? end : run_to_head(n, *i);
    if (end == *i) {
        return 0;
    }
    *out = name_of(n, *i, end, ENTITY_ORG, 0.7F, MENTION_RULE);
    *i = end - 1;
    return 1;
}

size_t names_headed(const struct naming *n, struct name *out)
{
    size_t count = 0;
    for (uint32_t i = 0; i + 2 < n->r->tokens.count; i++) {
        size_t added =
            is_lower_word(n, i) || n->r->name_at[i] != NO_INDEX ? 0 : add_run(n, &i, out + count);
        count += added;
        uint32_t k = i + 1;
        if (added || !(n->lexicon.begin[i] & (LEX_ORG_TAKES | LEX_PLACE_NAMED)) ||
            !is_lower_word(n, i) || n->r->name_at[i] != NO_INDEX) {
            continue;
        }
        while (names_same_sentence(n, k, i) &&
               ((n->lexicon.inner[k] & LEX_ORG_TAKES) || is_adjective(n, k))) {
            k++;
        }
        bool linked = names_same_sentence(n, k, i) && (bits_at(n, k) & LEX_OF);
        bool place = (n->lexicon.begin[i] & LEX_PLACE_NAMED) != 0;
        linked &= !place || (n->lexicon.begin[i] & LEX_PLACE_HEAD);
        while (names_same_sentence(n, k, i) && (bits_at(n, k) & (LEX_OF | LEX_ARTICLE)) &&
               is_lower_word(n, k)) {
            k++;
        }
        bool capital = names_same_sentence(n, k, i) && (names_token(n, k)->flags & TOKEN_CAPITAL) &&
                       names_token(n, k)->kind == TOKEN_WORD && n->r->name_at[k] == NO_INDEX &&
                       n->lexicon.common[k] > 0;
        if (!linked || !capital) {
            continue;
        }
        for (k++; names_same_sentence(n, k, i) && is_adjective(n, k);) {
            k++;
        }
        out[count++] = name_of(n, i, k, place ? ENTITY_LOC : ENTITY_ORG, 0.7F, MENTION_RULE);
        i = k - 1;
    }
    return count;
}
