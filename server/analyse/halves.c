/* Words that belong to a quote begun before: “A,” said X, “B.”, a following “C.”, a paragraph that re-opens its mark. */
#include "analyse/scene.h"

#define PARTS_MOST 64u

/* A quote has at most so many parts: what follows is a quote of its own, which keeps a text of marks alone linear. */
static bool is_full(const struct quoting *q, uint32_t quote)
{
    return q->r->quotes.items[quote].span_count >= PARTS_MOST;
}

/* The second half of a statement: “A,” said X, “B.” */
bool halves_second(struct scene *s, const struct pair *p)
{
    struct quoting *q = s->q;
    if (s->last_quote == NO_INDEX || !s->last.present || is_full(q, s->last_quote) ||
        q->r->quotes.items[s->last_quote].type != QUOTE_DIRECT ||
        strcmp(s->last.rule, "colon") == 0 || strcmp(s->last.rule, "name_colon") == 0) {
        return false;
    }
    uint32_t open = scene_opening(p);
    bool near = open >= s->last.end && open - s->last.end < 40 &&
                clause_words(q, scene_behind(p), s->f.end) == 0;
    bool tight = near && open > s->last.end && word_is_any(q, open - 1, ", : – — ― .");
    for (uint32_t i = s->last.end; tight && i < open; i++) {
        tight = q->words[i].pair == NO_INDEX &&
                (q->words[i].cue == NO_INDEX || q->words[i].cue == s->last.verb) &&
                !word_is_finite(q, i);
    }
    if (!tight) {
        return false;
    }
    struct draft d = {.type = QUOTE_DIRECT};
    draft_span(q, &d, p->first, p->end, true);
    draft_extend(q, s->last_quote, &d);
    scene_claim(q, open, scene_behind(p), s->last_quote);
    s->from = scene_behind(p);
    return true;
}

/* “A,” said X. “B.” is one quote where the language's press writes so (convention join_halves). */
bool halves_next(struct scene *s, const struct pair *p)
{
    struct quoting *q = s->q;
    size_t count = q->r->quotes.count;
    if (!q->joins_halves || count == 0 || s->index == 0 || p->broken ||
        clause_words(q, s->f.first, s->f.end) > 0 || scene_opening(p) != s->f.first) {
        return false;
    }
    uint32_t last = NO_INDEX;
    for (size_t i = count; i-- > 0 && q->notes[i].frame + 1 >= s->index;) {
        if (q->r->quotes.items[i].type == QUOTE_DIRECT && q->notes[i].frame + 1 == s->index) {
            last = (uint32_t)i;
            break;
        }
    }
    const struct frame *before = &q->frames.items[s->index - 1];
    if (last == NO_INDEX || is_full(q, last) || before->block != s->f.block ||
        q->notes[last].end == NO_INDEX || q->notes[last].end <= before->first ||
        word_has(q, before->end - 1, WORD_THAT)) {
        return false;
    }
    const struct quote *quote = &q->r->quotes.items[last];
    uint32_t words_end = quote->spans[quote->span_count - 1].span.end_byte;
    if (q->r->tokens.items[q->notes[last].end - 1].start_byte < words_end) {
        return false; /* X said: “A.” “B.”: two statements */
    }
    struct draft d = {.type = QUOTE_DIRECT};
    draft_span(q, &d, p->first, p->end, true);
    draft_extend(q, last, &d);
    scene_claim(q, scene_opening(p), scene_behind(p), last);
    s->last_quote = last;
    return true;
}

/* A paragraph that goes on with the marks of the one before. */
bool halves_continue(struct scene *s, uint32_t pair)
{
    struct quoting *q = s->q;
    const struct pair *p = &q->pairs.items[pair];
    uint32_t before = NO_INDEX;
    for (uint32_t i = pair; p->reopened && i-- > 0;) {
        if (q->pairs.items[i].parent == NO_INDEX) {
            before = i;
            break;
        }
    }
    if (before == NO_INDEX || !q->pairs.items[before].continues ||
        q->pairs.items[before].quote == NO_INDEX || is_full(q, q->pairs.items[before].quote)) {
        return false;
    }
    uint32_t quote = q->pairs.items[before].quote;
    struct quote_note *note = &q->notes[quote];
    struct attribution a = attribution_after(q, scene_behind(p), s->f.end, false);
    size_t count = q->r->quotes.count;
    if (!note->floating && a.present) {
        q->pairs.items[pair].reopened = false;
        return false; /* it has a speaker of its own */
    }
    if (note->floating && (scene_incise(s, p) || a.present)) {
        if (q->r->quotes.count == count) {
            scene_after(s, p, &a);
        }
        if (q->r->quotes.count > count) {
            quote_merge_back(q, quote);
            q->pairs.items[pair].quote = quote;
            s->last_quote = quote;
            return true;
        }
    }
    struct draft d = {.type = QUOTE_DIRECT};
    draft_span(q, &d, p->first, p->end, true);
    draft_extend(q, quote, &d);
    scene_claim(q, scene_opening(p), scene_behind(p), quote);
    s->last_quote = quote;
    s->from = scene_behind(p);
    return true;
}
