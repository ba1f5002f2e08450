/* The stage door of quotes: tables, words, pairs, cues, frames; then each frame's quotes. */
#include <stdlib.h>

#include "analyse/quoting.h"
#include "text/fold.h"

#define HEADLINES_LOOK 200u /* marks that a headline's words are compared with */

static void tables_open(struct quoting *q)
{
    const struct {
        struct pack_table *table;
        const char *name;
    } tables[] = {
        {&q->grammar, "grammar"},
        {&q->pronouns, "pronouns"},
        {&q->finite_verbs, "finite_verbs"},
        {&q->person_nouns, "person_nouns"},
        {&q->functions, "functions"},
        {&q->anonymous, "anonymous_sources"},
        {&q->collectives, "collectives"},
        {&q->documents, "documents"},
        {&q->cue_verbs, "cue_verbs"},
        {&q->cue_nouns, "cue_nouns"},
        {&q->cue_prepositions, "cue_prepositions"},
        {&q->cue_phrases, "cue_phrases"},
        {&q->channels, "channels"},
        {&q->not_quotes, "not_quotes"},
        {&q->conventions, "conventions"},
        {&q->relays, "relays"},
        {&q->media, "media"},
        {&q->person_titles, "person_titles"},
        {&q->callings, "callings"},
        {&q->anonymity, "anonymity"},
    };
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        *tables[i].table = q->r->pack ? pack_table(q->r->pack, tables[i].name)
                                      : (struct pack_table){NULL, NULL, 0};
    }
}

/* Longest frame in tokens: text without sentence ends is cut, which keeps all that looks around in a frame linear. */
#define FRAME_MOST 500u

/* A frame ends where a sentence does outside the marks. */
static bool frame_ends(const struct quoting *q, uint32_t i)
{
    const struct token *items = q->r->tokens.items;
    if (i + 1 >= q->r->tokens.count || items[i + 1].block != items[i].block) {
        return true;
    }
    uint32_t p = pair_outermost(q, i);
    bool inside = p != NO_INDEX && p == pair_outermost(q, i + 1);
    return !inside && items[i].sentence != items[i + 1].sentence;
}

/* “Is it over?” Trump asked on Friday. A sentence that only says whose the marked words before it are. */
static bool attributes_back(const struct quoting *q, uint32_t last)
{
    const struct token *items = q->r->tokens.items;
    uint32_t first = last + 1, end = first;
    uint32_t pair = q->words[last].pair;
    if (!q->bare_subjects || pair == NO_INDEX || q->pairs.items[pair].close != last ||
        first >= q->r->tokens.count || items[first].block != items[last].block) {
        return false;
    }
    while (end < q->r->tokens.count && end - first < QUOTING_REACH &&
           items[end].sentence == items[first].sentence) {
        end++;
    }
    struct attribution a = attribution_after(q, first, end, false);
    if (!a.present || a.verb == NO_INDEX || q->cues.items[a.verb].first > first + 8) {
        return false;
    }
    uint32_t next = q->cues.items[a.verb].end;
    return next >= end || !word_is_plain(q, next) || word_has(q, next, WORD_TIME) ||
           (word_has(q, next, WORD_PREPOSITION) && !word_has(q, next, WORD_INFINITIVE_MARK)) ||
           word_has(q, next, WORD_SUBORDINATES);
}

static void frames_find(struct quoting *q)
{
    uint32_t first = 0;
    for (uint32_t i = 0; i < q->r->tokens.count; i++) {
        bool last = i + 1 >= q->r->tokens.count;
        bool outside =
            last || q->words[i].pair == NO_INDEX || q->words[i].pair != q->words[i + 1].pair;
        bool cut = i - first >= FRAME_MOST && outside;
        if ((frame_ends(q, i) && !attributes_back(q, i)) || cut) {
            *ARENA_PUSH(q->r->arena, &q->frames) =
                (struct frame){first, i + 1, q->r->tokens.items[i].block};
            first = i + 1;
        }
    }
}

static bool by_start(const struct quote *a, const struct quote *b)
{
    return a->spans[0].span.start_byte <= b->spans[0].span.start_byte;
}

/* Quotes are found nearly in order: insertion keeps notes beside them. */
static void quotes_sort(struct quoting *q)
{
    struct quote *items = q->r->quotes.items;
    for (size_t i = 1; i < q->r->quotes.count; i++) {
        struct quote quote = items[i];
        struct quote_note note = q->notes[i];
        size_t j = i;
        for (; j > 0 && !by_start(&items[j - 1], &quote); j--) {
            items[j] = items[j - 1];
            q->notes[j] = q->notes[j - 1];
        }
        items[j] = quote;
        q->notes[j] = note;
    }
}

/* "« Vampire lift »" over a text that uses the words as a term or a title says nothing by itself. */
static void headlines_drop(struct quoting *q)
{
    struct quote *items = q->r->quotes.items;
    size_t kept = 0,
           marks = q->r->marks.count < HEADLINES_LOOK ? q->r->marks.count : HEADLINES_LOOK;
    for (size_t i = 0; i < q->r->quotes.count; i++) {
        bool named = false;
        bool candidate = items[i].in_headline && q->notes[i].floating && items[i].span_count == 1 &&
                         items[i].text.len < 40;
        for (size_t k = 0; candidate && !named && k < marks; k++) {
            struct slice words = reading_text(q->r, q->r->marks.items[k].span);
            named =
                words.len == items[i].text.len &&
                slice_equal(fold_lower(q->r->arena, words), fold_lower(q->r->arena, items[i].text));
        }
        if (named) {
            *ARENA_PUSH(q->r->arena, &q->r->marks) =
                (struct mark){.span = items[i].spans[0].span, .use = MARK_TERM};
            continue;
        }
        items[kept] = items[i];
        q->notes[kept++] = q->notes[i];
    }
    q->r->quotes.count = q->note_count = kept;
}

static int mark_order(const void *a, const void *b)
{
    const struct mark *x = a, *y = b;
    return (x->span.start_byte > y->span.start_byte) - (x->span.start_byte < y->span.start_byte);
}

void quotes_find(struct reading *r)
{
    struct quoting *q = ARENA_NEW(r->arena, struct quoting);
    r->quoting = q;
    q->r = r;
    q->words = ARENA_ARRAY(r->arena, struct word, r->tokens.count);
    for (size_t i = 0; i < r->tokens.count; i++) {
        q->words[i] = (struct word){.pair = NO_INDEX, .cue = NO_INDEX};
    }
    q->interviewee = q->anchor = NO_INDEX;
    tables_open(q);
    grammar_read(q);
    marks_pair(q);
    uses_count(q);
    cues_find(q);
    frames_find(q);
    for (uint32_t f = 0; f < q->frames.count; f++) {
        marked_read(q, f);
        indirect_read(q, f);
    }
    headlines_drop(q);
    interviews_read(q);
    quotes_sort(q);
    if (r->marks.count > 1) {
        qsort(r->marks.items, r->marks.count, sizeof *r->marks.items, mark_order);
    }
}
