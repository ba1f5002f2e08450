/* Who is made responsible for some words, read from what stands behind them:
 * « … », a déclaré X · dit-il · selon X · X said · (X) · — X · peut-on lire dans …
 * (attributions_before.c reads what stands in front.)
 */
#include "analyse/attribution.h"
#include "text/fold.h"

struct attribution attribution_none(void)
{
    return (struct attribution){.verb = NO_INDEX,
                                .cue_first = NO_INDEX,
                                .cue_end = NO_INDEX,
                                .source = NO_PHRASE,
                                .reporter = NO_PHRASE};
}

/* "…, cités par Bloomberg": who passes the words on. */
struct phrase attribution_reporter(const struct quoting *q, const struct phrase *source,
                                   uint32_t end)
{
    if (!source->present) {
        return NO_PHRASE;
    }
    uint32_t i = source->end;
    for (uint32_t steps = 0; i < end && steps < 12; i++, steps++) {
        struct slice v;
        uint32_t n = table_match(q, &q->relays, i, end, &v);
        if (n) {
            return phrase_at(q, i + n, end);
        }
        if (word_is_finite(q, i) || word_ends_sentence(q, i)) {
            break;
        }
    }
    return NO_PHRASE;
}

struct attribution attribution_verb(const struct quoting *q, uint32_t verb, struct phrase source,
                                    uint32_t end, const char *rule, float score)
{
    const struct verb_cue *c = &q->cues.items[verb];
    struct attribution a = attribution_none();
    a.present = true;
    a.verb = verb;
    a.cue_first = c->first;
    a.cue_end = c->end;
    a.lemma = c->lemma;
    a.class = c->class;
    a.source = source;
    a.reporter = attribution_reporter(q, &source, end);
    a.first = c->group;
    a.end = c->end;
    if (source.present) {
        a.first = source.first < a.first ? source.first : a.first;
        a.end = source.end > a.end ? source.end : a.end;
    }
    a.rule = rule;
    a.score = score;
    return a;
}

/* The first cue at or after `token`, at most `reach` tokens on, outside marks of another level. */
static uint32_t cue_ahead(const struct quoting *q, uint32_t token, uint32_t end, uint32_t reach)
{
    for (uint32_t i = token; i < end && i < token + reach; i++) {
        if (q->words[i].pair != q->words[token].pair) {
            return NO_INDEX;
        }
        if (q->words[i].cue != NO_INDEX) {
            return q->words[i].cue;
        }
    }
    return NO_INDEX;
}

struct phrase attribution_inverted(const struct quoting *q, const struct verb_cue *c, uint32_t end)
{
    if (c->clitic != NO_INDEX) {
        return (struct phrase){.first = c->clitic,
                               .end = c->clitic + 1,
                               .name = NO_INDEX,
                               .present = true,
                               .pronoun = true};
    }
    return phrase_after_verb(q, c->end, end);
}

/* "lundi", "ce mardi": the token behind the date. */
static uint32_t behind_time(const struct quoting *q, uint32_t token, uint32_t end)
{
    uint32_t i = token;
    while (i < end && i < token + 4 &&
           (word_has(q, i, WORD_TIME) ||
            (word_has(q, i, WORD_DET) && word_has(q, i + 1, WORD_TIME)))) {
        i++;
    }
    return i;
}

/* "de source policière", "de même source": a source without an article. */
static struct phrase bare_source(const struct quoting *q, uint32_t token, uint32_t end)
{
    uint32_t head = token;
    while (head < end && head < token + 2 && !word_has(q, head, WORD_ANONYMOUS_STRONG)) {
        head++;
    }
    if (head >= end || head >= token + 2 || !word_is_plain(q, token)) {
        return NO_PHRASE;
    }
    uint32_t behind = head + 1;
    bool qualified = behind < end && word_is_plain(q, behind) && !word_is_finite(q, behind) &&
                     !word_has(q, behind, WORD_PREPOSITION) && !word_has(q, behind, WORD_TIME) &&
                     !word_has(q, behind, WORD_COORDINATES) && !word_has(q, behind, WORD_RELATIVE);
    return (struct phrase){
        .first = token, .end = behind + qualified, .name = NO_INDEX, .present = true};
}

/* "auprès du parquet", "de même source": the group behind the prepositions. */
static struct phrase governed(const struct quoting *q, uint32_t token, uint32_t end)
{
    uint32_t i = token;
    while (i < end && i < token + 3 && word_has(q, i, WORD_PREPOSITION)) {
        i++;
    }
    if (i == token) {
        return NO_PHRASE;
    }
    struct phrase p = phrase_at(q, word_has(q, i - 1, WORD_CONTRACTED) ? i - 1 : i, end);
    return p.present ? p : bare_source(q, i, end);
}

/* "dit-on à l'Élysée", "a-t-on appris de source policière": those whom "on" stands for. */
static struct phrase anyone(const struct quoting *q, const struct verb_cue *c, uint32_t end)
{
    struct slice v;
    bool impersonal = table_match(q, &q->pronouns, c->clitic, end, &v) &&
                      slice_is(pack_column(v, 3), "impersonal");
    struct phrase p = impersonal ? governed(q, behind_time(q, c->end, end), end) : NO_PHRASE;
    if (p.present && p.name != NO_INDEX &&
        table_match(q, &q->media, p.first, p.end, NULL) == p.end - p.first) {
        p = governed(q, p.end, end); /* "indique-t-on à Reuters au parquet" */
    }
    return phrase_is_source(q, &p) ? p : NO_PHRASE;
}

/* « … », a déclaré vendredi à l'AFP X · dit-il · comme l'a souligné X */
static struct attribution inverted(const struct quoting *q, uint32_t token, uint32_t end,
                                   bool inside)
{
    uint32_t i = token;
    bool as = false;
    while (
        i < end && i < token + 3 &&
        (word_has(q, i, WORD_AS) || (word_has(q, i, WORD_ADVERB) && !word_has(q, i, WORD_DET)))) {
        as |= word_has(q, i, WORD_AS);
        i++;
    }
    uint32_t verb = cue_ahead(q, i, end, 7);
    if (verb == NO_INDEX) {
        return attribution_none();
    }
    const struct verb_cue *c = &q->cues.items[verb];
    /* a participle whose auxiliary stands further in front follows its subject: "ont, elles, jugé" */
    bool whole = word_has(q, c->first, WORD_HAVE) || word_has(q, c->first, WORD_BE);
    bool tried =
        c->form == CUE_INFINITIVE && c->group == i && c->clitic == NO_INDEX &&
        (word_has(q, i, WORD_HAVE) || word_has(q, i, WORD_MODAL)); /* "a tenté de défendre X" */
    bool form = c->form == CUE_FINITE || tried || (c->form == CUE_COMPOUND && whole);
    if (!form || c->group > i || (c->group < token && !as) ||
        (inside && !(c->letters & LETTER('x')))) {
        return attribution_none();
    }
    struct phrase source = attribution_inverted(q, c, end),
                  meant = c->clitic == NO_INDEX ? NO_PHRASE : anyone(q, c, end);
    source = meant.present ? meant : source;
    if (!source.present || (c->clitic == NO_INDEX && word_has(q, c->end, WORD_THAT)) ||
        (source.pronoun && c->clitic == NO_INDEX && word_has(q, source.first, WORD_SELF))) {
        return attribution_none();
    }
    if (source.pronoun && c->clitic == NO_INDEX && word_has(q, source.first, WORD_OBJECT)) {
        return attribution_none();
    }
    if (inside && word_has(q, source.first, WORD_SELF)) {
        return attribution_none();
    }
    /* "a récité un long texte" follows narrated words, "lâche un gilet jaune" spoken ones: the caller knows */
    bool doubtful = (c->letters & LETTER('w')) && !source.pronoun && !phrase_is_human(q, &source);
    return attribution_verb(q, verb, source, end, inside ? "incise" : "verb_after",
                            doubtful ? ATTRIBUTION_DOUBTFUL
                            : inside ? 0.9F
                                     : 0.95F);
}

/* What may follow the verb in “…,” X told reporters on Friday. */
static bool content_does_not_follow(const struct quoting *q, uint32_t i, uint32_t end)
{
    for (uint32_t n = 0; i < end && n < 12; i++, n++) {
        if (word_is_any(q, i, ": « “ \" ‘ <<") ||
            (word_has(q, i, WORD_THAT) && !word_has(q, i, WORD_DET))) {
            return false;
        }
        if (!word_is_plain(q, i)) {
            return true;
        }
    }
    return true;
}

/* “…,” X said · “…,” the spokesman, Y, told Z */
static struct attribution straight(const struct quoting *q, uint32_t token, uint32_t end)
{
    struct phrase opening = phrase_at(q, token, end);
    bool self = opening.pronoun && word_has(q, opening.first, WORD_SELF);
    if (!opening.present || (self && q->words[opening.end].cue == NO_INDEX)) {
        return attribution_none(); /* but “…,” I said */
    }
    uint32_t i = opening.end, verb = NO_INDEX;
    for (; i < end && i < token + 40; i++) {
        if (q->words[i].pair != q->words[token].pair || word_is_any(q, i, ": ;")) {
            return attribution_none();
        }
        verb = q->words[i].cue;
        if (verb != NO_INDEX &&
            (q->cues.items[verb].form == CUE_FINITE || q->cues.items[verb].form == CUE_COMPOUND)) {
            break;
        }
        verb = NO_INDEX;
        if (word_is_finite(q, i) && !word_is_mark(q, opening.end, ",")) {
            return attribution_none();
        }
    }
    if (verb == NO_INDEX) {
        return attribution_none();
    }
    const struct verb_cue *c = &q->cues.items[verb];
    struct phrase source = phrase_before_verb(q, c->group, token, false);
    if (!source.present || source.first > opening.end + 24 || c->group < source.end ||
        !(c->letters & (LETTER('x') | LETTER('q'))) || !content_does_not_follow(q, c->end, end)) {
        return attribution_none();
    }
    return attribution_verb(q, verb, source, end, "subject_verb_after", 0.85F);
}

struct attribution attribution_preposition(const struct quoting *q, uint32_t token, uint32_t end)
{
    struct slice v;
    uint32_t n = table_match(q, &q->cue_prepositions, token, end, &v);
    if (!n) {
        return attribution_none();
    }
    struct slice letters = pack_column(v, 1);
    const struct token *items = q->r->tokens.items;
    bool starts = token == 0 || items[token - 1].sentence != items[token].sentence ||
                  word_is_any(q, token - 1, ", ; : – — ― (") ||
                  word_has(q, token - 1, WORD_COORDINATES) || word_has(q, token - 1, WORD_THAT);
    if (!starts && slice_find(letters, SLICE("s"), 0) != SIZE_MAX) {
        return attribution_none();
    }
    bool weak = slice_find(letters, SLICE("w"), 0) != SIZE_MAX;
    struct attribution a = attribution_none();
    cue_class_parse(pack_column(v, 0), &a.class);
    if (slice_find(letters, SLICE("p"), 0) != SIZE_MAX) {
        a.source = (struct phrase){
            .first = token, .end = token + n, .name = NO_INDEX, .present = true, .pronoun = true};
    } else {
        uint32_t at = token + n;
        a.source = phrase_at(q, at, end);
        if (word_has(q, at - 1, WORD_CONTRACTED) &&
            (!a.source.present || a.source.name == NO_INDEX)) {
            a.source = phrase_at(q, at - 1, end);
            a.source.first = a.source.present && a.source.first < at ? at : a.source.first;
            a.source.present = a.source.present && a.source.first < a.source.end;
        }
        a.source = phrase_with_apposition(q, a.source, end);
    }
    bool fits = weak ? phrase_is_human(q, &a.source) &&
                           !(a.source.pronoun && word_has(q, a.source.first, WORD_SELF))
                     : phrase_is_source(q, &a.source) && !phrase_is_survey(q, &a.source);
    bool marked_only = slice_find(letters, SLICE("m"), 0) != SIZE_MAX;
    if (!fits || (a.source.pronoun && (marked_only || word_has(q, a.source.first, WORD_SELF)))) {
        return attribution_none(); /* "chez lui": at his home */
    }
    a.present = true;
    a.first = token;
    a.end = a.source.end;
    a.cue_first = token;
    a.cue_end = token + n;
    a.lemma = fold_lower(q->r->arena, reading_text(q->r, tokens_span(q, token, token + n)));
    a.reporter = attribution_reporter(q, &a.source, end);
    a.rule = weak ? "view_of" : "according_to";
    a.score = weak ? (marked_only ? 0.55F : 0.6F) : 0.85F;
    return a;
}

/* « … » (X) · « … » — X */
static struct attribution signature(const struct quoting *q, uint32_t token, uint32_t end)
{
    bool bracket = word_is_mark(q, token, "(");
    if (!bracket && !word_is_any(q, token, "– — ― -")) {
        return attribution_none();
    }
    struct phrase p = phrase_at(q, token + 1, end);
    bool closed = p.present && (bracket ? word_is_any(q, p.end, ") ,")
                                        : p.end >= end || word_is_any(q, p.end, ", ."));
    if (!closed || p.pronoun || p.name == NO_INDEX ||
        q->r->names.items[p.name].type == ENTITY_LOC) {
        return attribution_none();
    }
    struct attribution a = attribution_none();
    a.present = true;
    a.source = p;
    a.first = token;
    a.end = p.end;
    a.rule = "signature";
    a.score = 0.7F;
    return a;
}

static struct attribution impersonal(const struct quoting *q, uint32_t token, uint32_t end)
{
    struct slice v;
    uint32_t n = table_match(q, &q->cue_phrases, token, end, &v);
    if (!n) {
        return attribution_none();
    }
    struct attribution a = attribution_none();
    cue_class_parse(pack_column(v, 0), &a.class);
    a.present = true;
    a.cue_first = token;
    a.cue_end = token + n;
    a.lemma = pack_column(v, 2);
    uint32_t i = behind_time(q, token + n, end);
    a.source = phrase_at(q, i, end);
    if (!a.source.present && i == token + n && word_has(q, i - 1, WORD_CONTRACTED)) {
        a.source = phrase_at(q, i - 1, end); /* "appris auprès des services de X" */
    }
    if (!a.source.present) {
        a.source = governed(q, i, end);
    }
    a.first = token;
    a.end = a.source.present ? a.source.end : token + n;
    a.rule = "impersonal";
    a.score = 0.75F;
    return a;
}

/* « … » : X se dit prêt */
static struct attribution named_after_colon(const struct quoting *q, uint32_t colon, uint32_t end)
{
    struct phrase p = phrase_with_apposition(q, phrase_at(q, colon + 1, end), end);
    struct attribution a = attribution_none();
    if (p.pronoun || p.name == NO_INDEX || !phrase_is_human(q, &p) ||
        word_has(q, p.end, WORD_NEGATES)) { /* but « … » : X n'y croit plus */
        return a;
    }
    a.present = true;
    a.source = p;
    a.first = colon;
    a.end = p.end;
    a.rule = "words_colon_name";
    a.score = 0.6F;
    return a;
}

struct attribution attribution_after(const struct quoting *q, uint32_t token, uint32_t end,
                                     bool inside)
{
    if (token >= end) {
        return attribution_none();
    }
    uint32_t i = token;
    struct attribution a = inside ? attribution_none() : signature(q, token, end);
    if (a.present) {
        return a;
    }
    if (!inside && word_is_mark(q, token, ":")) {
        return named_after_colon(q, token, end);
    }
    if (word_is_any(q, i, ", – — ― -")) {
        i++;
    }
    if (i >= end) {
        return attribution_none();
    }
    a = impersonal(q, i, end);
    if (!a.present) {
        a = inverted(q, i, end, inside);
    }
    if (!a.present && !inside) {
        a = attribution_preposition(q, i, end);
        a.present = a.present && !(a.score < 0.7F);
    }
    bool parted = i > token || q->bare_subjects || word_ends_sentence(q, token - 2);
    if (!a.present && !inside && parted) {
        a = straight(q, i, end);
    }
    if (a.present) {
        a.first = token < a.first ? token : a.first;
    }
    return a;
}

struct attribution attribution_unsourced(const struct quoting *q, uint32_t token, uint32_t end)
{
    uint32_t i = token + (uint32_t)word_is_any(q, token, ", – — ―");
    uint32_t verb = i < end ? cue_ahead(q, i, end, 2) : NO_INDEX;
    const struct verb_cue *c = verb == NO_INDEX ? NULL : &q->cues.items[verb];
    bool spoken = c && (c->form == CUE_FINITE || c->form == CUE_COMPOUND) &&
                  (c->letters & LETTER('x')) && c->group <= i + 1;
    if (!spoken) {
        return attribution_none();
    }
    struct phrase source = NO_PHRASE;
    uint32_t most = q->bare_subjects ? 0 : 12;
    for (uint32_t k = c->end; q->r->name_at && k < end && k < c->end + most; k++) {
        uint32_t name = q->words[k].pair == q->words[token].pair ? q->r->name_at[k] : NO_INDEX;
        if (name != NO_INDEX && !source.present) { /* "à Lyon Stella" read as one name */
            source = (struct phrase){.first = q->r->names.items[name].first,
                                     .end = q->r->names.items[name].end,
                                     .name = name,
                                     .present = true};
        }
    }
    return attribution_verb(q, verb, source, end, "verb_after", source.present ? 0.4F : 0.5F);
}
