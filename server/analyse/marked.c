/* Quotes with marks, one narrator's sentence at a time.
 *
 * For each outermost pair, strongest evidence first: an incise inside the marks; a verb with que or a colon in
 * front; an attribution right behind; an object of a reporting verb; an attribution further on in the
 * clause; "selon X" at its start; words given to a human subject; words that stand alone. What is left is a
 * term or a scare quote.
 */
#include "analyse/scene.h"

#define FAR_MOST     64u /* tokens to an attribution behind the clause */
#define INCISES_MOST 4u

bool scene_is_sentence(const struct quoting *q, const struct pair *p)
{
    bool opens = word_is_capital(q, p->first) || /* "100 euros, c'est peu" */
                 q->r->tokens.items[p->first].kind == TOKEN_NUMBER;
    return scene_words(q, p) >= 3 && (opens || word_ends_sentence(q, p->end - 1)) &&
           clause_has_finite(q, p->first, p->end);
}

void scene_claim(struct quoting *q, uint32_t first, uint32_t end, uint32_t quote)
{
    for (uint32_t i = first; i < end;) {
        uint32_t p = pair_outermost(q, i);
        if (p == NO_INDEX) {
            i++;
            continue;
        }
        struct pair *pair = &q->pairs.items[p];
        enum mark_use use;
        if (p != q->anchor && !pair->done && pair->first < pair->end && uses_named(q, p, &use)) {
            mark_write(q, p, use);
        } else if (!pair->done || pair->quote != NO_INDEX) {
            pair->done = true;
            pair->quote = quote;
        }
        uint32_t next = scene_behind(pair);
        i = next > i ? next : i + 1;
    }
}

struct draft scene_draft(const struct scene *s, enum quote_type type, const struct attribution *by)
{
    struct draft d = {.type = type,
                      .by = *by,
                      .rule = by->rule,
                      .block = s->f.block,
                      .frame = s->index,
                      .confidence = by->score};
    return d;
}

uint32_t scene_finish(struct scene *s, struct draft *d, uint32_t first, uint32_t end)
{
    uint32_t quote = draft_write(s->q, d);
    if (quote == NO_INDEX) {
        return quote;
    }
    scene_claim(s->q, first, end, quote);
    s->last_quote = quote;
    s->last = d->by;
    s->from = end > d->by.end || !d->by.present ? end : d->by.end;
    return quote;
}

/* ---- incise inside the marks */

bool scene_incise(struct scene *s, const struct pair *p)
{
    struct quoting *q = s->q;
    struct draft d = {.type = QUOTE_DIRECT, .block = s->f.block, .frame = s->index};
    uint32_t from = p->first, found = 0;
    /* « …, a évoqué son geste, … », a dit X: with a cue outside, a verb inside needs a speaker to count */
    bool outside = attribution_after(q, scene_behind(p), s->f.end, false).verb != NO_INDEX;
    for (uint32_t i = p->first + 1; i < p->end && found < INCISES_MOST; i++) {
        if (!word_is_any(q, i, ", ! ? … ... – — ―") ||
            pair_outermost(q, i) != (uint32_t)(p - q->pairs.items) ||
            &q->pairs.items[q->words[i].pair] != p) {
            continue;
        }
        bool comma = word_is_any(q, i, ", – — ―");
        struct attribution a = attribution_after(q, comma ? i : i + 1, p->end, true);
        if (!a.present || (outside && !phrase_is_human(q, &a.source))) {
            continue;
        }
        uint32_t end = incise_end(q, &a, p->end);
        draft_span(q, &d, from, comma ? i : i + 1, true);
        if (!found++) {
            d.by = a;
            d.by.end = end;
            d.rule = a.rule;
            d.confidence = a.score;
        }
        from = end;
        i = end - 1;
    }
    if (!found) {
        return false;
    }
    draft_span(q, &d, from, p->end, true);
    if (clause_words(q, s->from, scene_opening(p)) > 0 &&
        !word_is_any(q, scene_opening(p) - 1, ", :")) {
        d.type = QUOTE_MIXED;
    }
    uint32_t quote = scene_finish(s, &d, scene_opening(p), scene_behind(p));
    return quote != NO_INDEX;
}

/* ---- attribution behind */

/* "2) « … », dit X": the number of an item is no word of the clause. */
static uint32_t behind_number(const struct quoting *q, uint32_t i)
{
    bool item = q->r->tokens.count > i + 1 && q->r->tokens.items[i].kind == TOKEN_NUMBER &&
                word_is_any(q, i + 1, ") . ° .-");
    return item ? i + 2 : i;
}

/* "Pour l'économiste X (Rennes), l'automobile « vit sous perfusion », estime-t-elle": whose words they are is none of them. */
static uint32_t behind_source(const struct scene *s, uint32_t open)
{
    const struct quoting *q = s->q;
    struct attribution by = attribution_preposition(q, s->from, open);
    uint32_t i = by.present && by.first == s->from ? by.end : open;
    if (i < open && word_is_mark(q, i, "(")) {
        while (i < open && !word_is_mark(q, i, ")")) {
            i++;
        }
        i++;
    }
    return i + 1 < open && word_is_mark(q, i, ",") ? i + 1 : s->from;
}

void scene_after(struct scene *s, const struct pair *p, const struct attribution *a)
{
    struct quoting *q = s->q;
    uint32_t open = scene_opening(p);
    if (open > s->from && word_ends_sentence(q, open - 1)) {
        s->from = open; /* a stop without the blank that would have ended the sentence */
    }
    s->from = s->from == s->f.first ? behind_number(q, s->from) : s->from;
    s->from = a->source.pronoun ? behind_source(s, open) : s->from;
    uint32_t pre = clause_words(q, s->from, open), stop = a->first;
    bool joined = clause_words(q, scene_behind(p), stop) > 0 ||
                  clause_pair(q, scene_behind(p), stop) != NO_INDEX;
    bool alone = !joined && (pre == 0 || word_is_mark(q, open - 1, ":") ||
                             (word_is_mark(q, open - 1, ",") &&
                              (scene_is_sentence(q, p) || clause_has_finite(q, p->first, p->end)) &&
                              scene_words(q, p) > 3));
    struct draft d = scene_draft(s, alone ? QUOTE_DIRECT : QUOTE_MIXED, a);
    if (alone) {
        draft_span(q, &d, p->first, p->end, true);
    } else {
        draft_mixed(q, &d, s->from, stop);
    }
    scene_finish(s, &d, alone ? open : s->from, stop > scene_behind(p) ? stop : scene_behind(p));
}

/* An attribution further on: "… « a » …, selon X." */
static struct attribution far_after(const struct scene *s, const struct pair *p)
{
    const struct quoting *q = s->q;
    struct attribution a = {.present = false};
    uint32_t i = scene_behind(p), outside = 0;
    while (i < s->f.end && outside < FAR_MOST && !word_is_any(q, i, "; :")) {
        uint32_t inner = pair_outermost(q, i);
        if (inner != NO_INDEX) {
            uint32_t next = scene_behind(&q->pairs.items[inner]);
            i = next > i ? next : i + 1;
            outside += 4;
            continue;
        }
        if (word_is_any(q, i, ", – — ― ? ! …")) {
            a = attribution_after(q, word_is_any(q, i, ", – — ―") ? i : i + 1, s->f.end, false);
        } else if (outside > 0) {
            a = attribution_preposition(q, i, s->f.end);
            a.present = a.present && a.score > 0.7F;
        }
        if (a.present && (q->bare_subjects || strcmp(a.rule, "subject_verb_after") != 0)) {
            return a;
        }
        i++;
        outside++;
    }
    a.present = false;
    return a;
}

/* "Selon X, …": at the clause's start or behind a comma in it. */
static struct attribution far_before(const struct scene *s, const struct pair *p)
{
    const struct quoting *q = s->q;
    struct attribution a = {.present = false};
    uint32_t open = scene_opening(p);
    uint32_t low = open > s->from + FAR_MOST ? open - FAR_MOST : s->from;
    for (uint32_t i = low; i < open; i++) {
        bool starts = i == s->from || word_is_any(q, i - 1, ", – — ― ( ; :") ||
                      word_has(q, i - 1, WORD_COORDINATES) || word_has(q, i - 1, WORD_ADVERB) ||
                      word_has(q, i - 1, WORD_SUBORDINATES) || word_has(q, i - 1, WORD_THAT);
        if (q->words[i].pair != NO_INDEX) {
            continue;
        }
        a = attribution_preposition(q, i, open);
        bool weak = a.present && a.score < 0.7F;
        if (a.present && starts && (!weak || (word_is_mark(q, a.end, ",") && i <= s->from + 2))) {
            return a;
        }
    }
    a.present = false;
    return a;
}

static void far_before_write(struct scene *s, const struct pair *p, const struct attribution *a)
{
    struct quoting *q = s->q;
    uint32_t first = a->end;
    if (word_is_mark(q, first, ",")) { /* "Pour X, experte, …" */
        uint32_t behind = clause_apposition(q, first, scene_opening(p));
        first = word_is_mark(q, behind, ",") ? behind + 1 : first;
    }
    uint32_t end = clause_end(q, first, s->f.end);
    end = end < scene_behind(p) ? scene_behind(p) : end;
    struct draft d = scene_draft(s, QUOTE_MIXED, a);
    if (clause_words(q, first, scene_opening(p)) == 0 && end == scene_behind(p) &&
        scene_words(q, p) >= 3 && clause_has_finite(q, p->first, p->end)) {
        d.type = QUOTE_DIRECT;
    }
    if (clause_words(q, s->from, a->first) > 1) {
        draft_mixed(q, &d, s->from, a->first);
    }
    draft_mixed(q, &d, first, end);
    uint32_t quote = scene_finish(s, &d, first, end);
    s->from = end;
    if (quote != NO_INDEX && clause_has(q, a->end, end, WORD_CONDITIONAL)) {
        q->r->quotes.items[quote].hypothetical = true;
    }
}

static bool stands_alone(const struct scene *s, const struct pair *p)
{
    const struct quoting *q = s->q;
    uint32_t open = scene_opening(p), words = scene_words(q, p);
    bool opens = clause_words(q, s->f.first, open) == 0;
    bool colon = open > s->f.first && word_is_mark(q, open - 1, ":");
    bool whole = opens && clause_words(q, scene_behind(p), s->f.end) == 0;
    if (p->reopened) {
        return true;
    }
    if (whole) {
        return words > 1;
    }
    if (colon) {
        return words > 5 || clause_has_finite(q, p->first, p->end) ||
               clause_has(q, p->first, p->end, WORD_SELF);
    }
    return opens && words > 4 && scene_is_sentence(q, p) && !p->broken;
}

void scene_floating(struct scene *s, const struct pair *p)
{
    struct quoting *q = s->q;
    struct draft d = {.type = QUOTE_DIRECT,
                      .block = s->f.block,
                      .frame = s->index,
                      .rule = "floating",
                      .floating = true,
                      .reopened = p->reopened,
                      .confidence = 0.6F};
    d.by.verb = NO_INDEX;
    d.by.cue_first = NO_INDEX;
    d.by.source = d.by.reporter =
        (struct phrase){.first = NO_INDEX, .end = NO_INDEX, .name = NO_INDEX};
    draft_span(q, &d, p->first, p->end, true);
    scene_finish(s, &d, scene_opening(p), scene_behind(p));
}

/* « … » (X): the bracket or the dash may stand behind the sentence's end. */
static uint32_t signature_end(const struct scene *s, const struct pair *p)
{
    const struct quoting *q = s->q;
    bool more = scene_behind(p) >= s->f.end && s->index + 1 < q->frames.count &&
                q->frames.items[s->index + 1].block == s->f.block &&
                word_is_any(q, scene_behind(p), "( – — ―");
    return more ? q->frames.items[s->index + 1].end : s->f.end;
}

static bool is_anyone(const struct quoting *q, const struct phrase *p)
{
    struct slice v;
    return p->present && p->pronoun && table_match(q, &q->pronouns, p->first, p->end, &v) &&
           slice_is(pack_column(v, 3), "impersonal");
}

static bool attributed(struct scene *s, const struct pair *p)
{
    const struct quoting *q = s->q;
    uint32_t open = scene_opening(p);
    struct attribution before = attribution_before(q, open, s->f.first, s->from);
    struct attribution after = attribution_after(q, scene_behind(p), signature_end(s, p), false);
    bool topic =
        scene_words(q, p) <= 3 && !clause_has_finite(q, p->first, p->end) &&
        !clause_has(q, p->first, p->end, WORD_SELF); /* « Gilets jaunes » : X veut parler */
    if (after.present &&
        ((strcmp(after.rule, "signature") == 0 && clause_words(q, s->from, open) > 0) ||
         (strcmp(after.rule, "words_colon_name") == 0 && topic))) {
        after.present = false;
    }
    if (after.present && !q->bare_subjects && strcmp(after.rule, "subject_verb_after") == 0 &&
        clause_words(q, s->from, open) > 0) {
        after.present =
            false; /* "les « gilets jaunes », un mouvement qui dénonce": an apposition */
    }
    if (after.present &&
        !(after.score > ATTRIBUTION_DOUBTFUL || after.score < ATTRIBUTION_DOUBTFUL) &&
        clause_words(q, s->from, open) > 0) {
        after.present = false;
    }
    if (before.present && is_anyone(q, &before.source)) { /* "Chez X, on parle de « a »" */
        struct attribution led = far_before(s, p);
        if (led.present) {
            far_before_write(s, p, &led);
            return true;
        }
    }
    bool strong = before.present && before.score > 0.9F;
    if (after.present && before.present && before.source.present &&
        strcmp(after.rule, "according_to") == 0) {
        before.reporter = after.source;
        return scene_before(s, p, &before);
    }
    if (after.present && !strong) {
        scene_after(s, p, &after);
        return true;
    }
    if (before.present) {
        return scene_before(s, p, &before);
    }
    if (scene_gapped(s, p)) {
        return false;
    }
    after = far_after(s, p);
    before = far_before(s, p);
    bool same = after.present && after.source.pronoun && before.present && !before.source.pronoun;
    if (after.present && !same) { /* "Pour X, … « a », puisque selon lui": X */
        scene_after(s, p, &after);
        return true;
    }
    if (before.present) {
        far_before_write(s, p, &before);
        return true;
    }
    return false;
}

static void pair_read(struct scene *s, uint32_t pair)
{
    struct quoting *q = s->q;
    const struct pair *p = &q->pairs.items[pair];
    if (p->kind == PAIR_DASH) {
        dialogues_turn(s, pair);
        return;
    }
    q->anchor = pair;
    if (p->first >= p->end || halves_continue(s, pair)) {
        return;
    }
    enum mark_use use;
    if (uses_named(q, pair, &use)) {
        mark_write(q, pair, use);
        return;
    }
    if (scene_incise(s, p) || halves_second(s, p) || halves_next(s, p) || scene_listed(s, p) ||
        attributed(s, p)) {
        return;
    }
    if (scene_continued(s, p)) {
        return;
    }
    struct attribution a = attribution_unsourced(q, scene_behind(p), s->f.end);
    if (a.present && !q->bare_subjects && clause_words(q, s->f.first, scene_opening(p)) == 0) {
        scene_after(s, p, &a);
        return;
    }
    a = scene_given(s, p);
    if (stands_alone(s, p)) {
        scene_floating(s, p);
    } else if (a.present && !p->broken) {
        const struct pair *last = scene_enumeration_end(q, p, s->f.end);
        struct draft d = scene_draft(s, QUOTE_MIXED, &a);
        draft_mixed(q, &d, scene_opening(p), scene_behind(last));
        scene_finish(s, &d, scene_opening(p), scene_behind(last));
    } else {
        mark_write(q, pair, uses_weak(q, pair));
    }
}

void marked_read(struct quoting *q, uint32_t frame)
{
    struct scene s = {.q = q, .index = frame, .f = q->frames.items[frame], .last_quote = NO_INDEX};
    s.from = s.f.first;
    for (uint32_t i = s.f.first; i < s.f.end;) {
        uint32_t pair = pair_outermost(q, i);
        if (pair == NO_INDEX) {
            if (word_is_mark(q, i, ";")) {
                s.from = i + 1;
            }
            i++;
            continue;
        }
        if (!q->pairs.items[pair].done) {
            pair_read(&s, pair);
        }
        bool dropped = q->pairs.items[pair].first >= q->pairs.items[pair].end;
        uint32_t next = dropped ? i + 1 : scene_behind(&q->pairs.items[pair]);
        i = next > i ? next : i + 1;
    }
}
