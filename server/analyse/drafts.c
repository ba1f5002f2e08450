/* Writing a quote down: spans trimmed to their words, text joined, the cue and the printed source copied. */
#include <assert.h>

#include "analyse/quoting.h"

static bool trims(const struct quoting *q, uint32_t i, bool verbatim, bool at_end)
{
    if (!verbatim && word_is_any(q, i, "’ '")) {
        return true;
    }
    if (word_is_any(q, i, ", ; : – — ― -")) {
        return !verbatim || !word_is_any(q, i, "– — ― -") || at_end;
    }
    return !verbatim && at_end && word_ends_sentence(q, i) && !word_is_any(q, i, "? ! … ...");
}

void draft_span(struct quoting *q, struct draft *d, uint32_t first, uint32_t end, bool verbatim)
{
    while (first < end && trims(q, first, verbatim, false)) {
        first++;
    }
    while (end > first && trims(q, end - 1, verbatim, true)) {
        end--;
    }
    if (first >= end) {
        return;
    }
    struct {
        struct quote_span *items;
        size_t count, capacity;
    } v = {d->spans, d->span_count, d->span_capacity};
    *ARENA_PUSH(q->r->arena, &v) = (struct quote_span){tokens_span(q, first, end), verbatim};
    d->spans = v.items;
    d->span_count = v.count;
    d->span_capacity = v.capacity;
}

/* Marked words in a narrated clause that only name something: « gilets jaunes », a title. */
static bool is_narrated(const struct quoting *q, uint32_t pair)
{
    const struct pair *p = &q->pairs.items[pair];
    enum mark_use use;
    return pair != q->anchor && p->first < p->end &&
           (p->done ? p->quote == NO_INDEX : uses_named(q, pair, &use));
}

void draft_mixed(struct quoting *q, struct draft *d, uint32_t first, uint32_t end)
{
    uint32_t from = first;
    for (uint32_t i = first; i < end;) {
        uint32_t p = pair_outermost(q, i);
        if (p == NO_INDEX) {
            i++;
            continue;
        }
        const struct pair *pair = &q->pairs.items[p];
        if (is_narrated(q, p)) {
            uint32_t behind = pair->close != NO_INDEX ? pair->close + 1 : pair->end;
            i = behind > i ? behind : i + 1;
            continue;
        }
        if (i > from) {
            draft_span(q, d, from, i, false);
        }
        uint32_t stop = pair->end < end ? pair->end : end;
        if (pair->first < stop) {
            draft_span(q, d, pair->first > first ? pair->first : first, stop, true);
        }
        i = pair->close != NO_INDEX ? pair->close + 1 : pair->end;
        from = i;
    }
    if (end > from) {
        draft_span(q, d, from, end, false);
    }
}

static struct slice joined_text(const struct quoting *q, const struct quote_span *spans,
                                size_t count)
{
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        len += spans[i].span.end_byte - spans[i].span.start_byte + 8;
    }
    char *out = arena_alloc(q->r->arena, len + 1);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            /* marks alone between two spans of a mixed quote: the sentence runs on */
            bool runs_on = spans[i].verbatim != spans[i - 1].verbatim;
            const char *glue = runs_on ? " " : " … ";
            size_t glue_len = strlen(glue);
            memcpy(out + at, glue, glue_len);
            at += glue_len;
        }
        struct slice s = reading_text(q->r, spans[i].span);
        memcpy(out + at, s.ptr, s.len);
        at += s.len;
    }
    return slice_of(out, at);
}

/* "-t-elle" is printed as "elle": the hyphens belong to the inversion. */
static struct span without_hyphens(const struct quoting *q, struct span span)
{
    struct slice text = reading_text(q->r, span);
    size_t from = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool wide = i + 3 < text.len && (memcmp(text.ptr + i, "\xe2\x80\x90", 3) == 0 ||
                                         memcmp(text.ptr + i, "\xe2\x80\x91", 3) == 0);
        if ((text.ptr[i] == '-' || wide) && i + 1 < text.len) {
            from = i + (wide ? 3 : 1);
        }
    }
    span.start_byte += (uint32_t)from;
    return span;
}

static struct speaker printed(const struct quoting *q, const struct phrase *p)
{
    struct speaker s = {.entity = NO_INDEX, .affiliation = NO_INDEX, .kind = SPEAKER_UNKNOWN};
    if (p->present) {
        uint32_t first = p->name != NO_INDEX ? q->r->names.items[p->name].first : p->first;
        first =
            p->first < first && p->name != NO_INDEX && q->r->names.items[p->name].type != ENTITY_PER
                ? p->first
                : first;
        s.present = true;
        s.span = tokens_span(q, first, p->end);
        if (p->pronoun && (q->r->tokens.items[first].flags & TOKEN_CLITIC)) {
            s.span = without_hyphens(q, s.span);
        }
        s.text = reading_text(q->r, s.span);
    }
    return s;
}

static void cue_write(struct quoting *q, struct quote *quote, const struct attribution *by)
{
    if (!by->present || by->cue_first == NO_INDEX) {
        return;
    }
    quote->cue.present = true;
    quote->cue.span = tokens_span(q, by->cue_first, by->cue_end);
    quote->cue.text = reading_text(q->r, quote->cue.span);
    quote->cue.lemma = by->lemma;
    quote->cue.class = by->class;
    if (by->verb != NO_INDEX) {
        quote->negated = q->cues.items[by->verb].negated;
        quote->hypothetical = q->cues.items[by->verb].conditional;
    }
}

uint32_t draft_write(struct quoting *q, struct draft *d)
{
    if (d->span_count == 0) {
        return NO_INDEX;
    }
    struct quote *quote = ARENA_PUSH(q->r->arena, &q->r->quotes);
    struct {
        struct quote_note *items;
        size_t count, capacity;
    } notes = {q->notes, q->note_count, q->note_capacity};
    struct quote_note *note = ARENA_PUSH(q->r->arena, &notes);
    q->notes = notes.items;
    q->note_count = notes.count;
    q->note_capacity = notes.capacity;
    *note = (struct quote_note){.source = d->by.source,
                                .reporter = d->by.reporter,
                                .frame = d->frame,
                                .verb = d->by.present ? d->by.verb : NO_INDEX,
                                .floating = d->floating,
                                .reopened = d->reopened};
    note->entity = NO_INDEX;
    note->addressee = (struct phrase){.first = NO_INDEX, .end = NO_INDEX, .name = NO_INDEX};
    note->end = d->by.present ? d->by.end : NO_INDEX;
    enum block_kind kind = q->r->document->blocks[d->block].kind;
    *quote = (struct quote){.type = d->type,
                            .spans = d->spans,
                            .span_count = d->span_count,
                            .block = d->block,
                            .text = joined_text(q, d->spans, d->span_count),
                            .rule = d->rule,
                            .confidence = d->confidence,
                            .body_quote = NO_INDEX};
    quote->in_headline = kind == BLOCK_TITLE || kind == BLOCK_SUBHEADING;
    quote->speaker = printed(q, &d->by.source);
    quote->reported_by = printed(q, &d->by.reporter);
    quote->addressee = printed(q, &note->addressee);
    if (!d->by.present) {
        quote->speaker.present = false;
        quote->reported_by.present = false;
    }
    cue_write(q, quote, &d->by);
    return (uint32_t)(q->r->quotes.count - 1);
}

/* Adds the draft's spans to a quote: the second half of a statement. */
void draft_extend(struct quoting *q, uint32_t index, const struct draft *d)
{
    struct quote *quote = &q->r->quotes.items[index];
    size_t count = quote->span_count + d->span_count;
    struct quote_span *spans = ARENA_ARRAY(q->r->arena, struct quote_span, count);
    memcpy(spans, quote->spans, quote->span_count * sizeof *spans);
    if (d->span_count) {
        memcpy(spans + quote->span_count, d->spans, d->span_count * sizeof *spans);
    }
    quote->spans = spans;
    quote->span_count = count;
    quote->text = joined_text(q, spans, count);
}

void quote_merge_back(struct quoting *q, uint32_t into)
{
    uint32_t last = (uint32_t)(q->r->quotes.count - 1);
    struct quote *from = &q->r->quotes.items[last], *to = &q->r->quotes.items[into];
    struct draft rest = {.spans = from->spans, .span_count = from->span_count};
    to->cue = from->cue;
    to->speaker = from->speaker;
    to->reported_by = from->reported_by;
    to->negated = from->negated;
    to->hypothetical = from->hypothetical;
    to->rule = from->rule;
    to->confidence = from->confidence;
    q->notes[into] = q->notes[last];
    draft_extend(q, into, &rest);
    q->r->quotes.count--;
    q->note_count--;
}

void mark_write(struct quoting *q, uint32_t pair, enum mark_use use)
{
    struct pair *p = &q->pairs.items[pair];
    p->done = true;
    if (p->broken) {
        return;
    }
    struct mark *m = ARENA_PUSH(q->r->arena, &q->r->marks);
    m->span = tokens_span(q, p->first, p->end);
    m->use = use;
}
