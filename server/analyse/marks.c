/* Pairing of quotation marks, block by block.
 *
 * A stack of open marks, never deeper than STACK_MOST; a mark that has no partner costs its own sentence at
 * most, never the article. Straight marks open or close by the blanks around them. Paragraphs that re-open
 * the mark (« or “ at each) and words that run over several paragraphs are found in a second pass.
 */
#include "analyse/quoting.h"

#include <stdlib.h>

#define STACK_MOST      4u
#define PARAGRAPHS_MOST 8u   /* of one quote */
#define SINGLE_MOST     60u  /* tokens inside ‘ ’ */
#define INVERTED_MOST   120u /* tokens inside » « */

enum side { SIDE_NONE, SIDE_OPEN, SIDE_CLOSE, SIDE_EITHER };

static const struct {
    const char *text;
    uint8_t kind, side;
} mark_forms[] = {
    {"«", PAIR_GUILLEMETS, SIDE_OPEN},  {"»", PAIR_GUILLEMETS, SIDE_CLOSE},
    {"<<", PAIR_GUILLEMETS, SIDE_OPEN}, {">>", PAIR_GUILLEMETS, SIDE_CLOSE},
    {"“", PAIR_DOUBLE, SIDE_OPEN},      {"”", PAIR_DOUBLE, SIDE_CLOSE},
    {"„", PAIR_DOUBLE, SIDE_OPEN},      {"‟", PAIR_DOUBLE, SIDE_OPEN},
    {"‹", PAIR_SINGLE, SIDE_OPEN},      {"›", PAIR_SINGLE, SIDE_CLOSE},
    {"‘", PAIR_SINGLE, SIDE_OPEN},      {"’", PAIR_SINGLE, SIDE_CLOSE},
    {"‚", PAIR_SINGLE, SIDE_OPEN},      {"\"", PAIR_ASCII, SIDE_EITHER},
    {"＂", PAIR_ASCII, SIDE_EITHER},    {"'", PAIR_SINGLE, SIDE_EITHER},
};

struct open_mark {
    uint32_t token;
    uint8_t kind;
    uint8_t form; /* index into mark_forms */
};

struct pairing {
    struct quoting *q;
    uint32_t block, first, end; /* the block's tokens */
    struct open_mark stack[STACK_MOST];
    uint32_t depth;
    uint32_t stray_close; /* a closing mark without an opening one, NO_INDEX: none */
    size_t first_pair;
    uint32_t head_pair, left_pair, stray_pair; /* as in block_state */
};

static int form_of(const struct quoting *q, uint32_t token)
{
    if (q->r->tokens.items[token].kind == TOKEN_WORD ||
        q->r->tokens.items[token].kind == TOKEN_NUMBER) {
        return -1;
    }
    struct slice text = reading_token_text(q->r, token);
    for (size_t i = 0; i < sizeof mark_forms / sizeof mark_forms[0]; i++) {
        if (text.ptr[0] == mark_forms[i].text[0] && slice_is(text, mark_forms[i].text)) {
            return (int)i;
        }
    }
    return -1;
}

static bool blank_before(const struct quoting *q, uint32_t token)
{
    return (q->r->tokens.items[token].flags & TOKEN_SPACE_BEFORE) != 0;
}

static bool blank_after(const struct pairing *p, uint32_t token)
{
    return token + 1 >= p->end || blank_before(p->q, token + 1);
}

static bool opens_like(const struct pairing *p, uint32_t token)
{
    return (token == p->first || blank_before(p->q, token) ||
            word_is_any(p->q, token - 1, "( [ « “ ‘ \" – — - : / ’ '")) &&
           token + 1 < p->end;
}

static bool holds_open(const struct pairing *p, uint8_t kind)
{
    for (uint32_t i = 0; i < p->depth; i++) {
        if (p->stack[i].kind == kind) {
            return true;
        }
    }
    return false;
}

/* Feet and inches (6'2"), and years ('90s). */
static bool is_measure(const struct pairing *p, uint32_t token, uint8_t kind)
{
    const struct token *items = p->q->r->tokens.items;
    bool after_number =
        token > p->first && !blank_before(p->q, token) &&
        (items[token - 1].kind == TOKEN_NUMBER || (items[token - 1].flags & TOKEN_HAS_DIGIT));
    return after_number && !holds_open(p, kind);
}

static bool is_closing_single_ahead(const struct pairing *p, uint32_t token, bool ascii)
{
    for (uint32_t i = token + 2; i < p->end && i < token + SINGLE_MOST; i++) {
        int f = form_of(p->q, i);
        if (f >= 0 && mark_forms[f].kind == PAIR_SINGLE && mark_forms[f].side != SIDE_OPEN &&
            (mark_forms[f].side == SIDE_EITHER) == ascii && !blank_before(p->q, i)) {
            return true;
        }
    }
    return false;
}

/* »words«: the next guillemet is the other one. A » that starts a line is a bullet. */
static bool inverted_ahead(const struct pairing *p, uint32_t token)
{
    for (uint32_t i = token + 1; i < p->end && i < token + INVERTED_MOST; i++) {
        if (word_is_any(p->q, i, "« »")) {
            return word_is_mark(p->q, i, "«") && !blank_before(p->q, i);
        }
    }
    return false;
}

/* ‘the workers’ names’: an s in front, a word behind, and another mark to close with. */
static bool is_possessive(const struct pairing *p, uint32_t token)
{
    const struct token *items = p->q->r->tokens.items;
    struct slice before = reading_token_text(p->q->r, token - 1);
    if (!before.len || before.ptr[before.len - 1] != 's' || token + 1 >= p->end ||
        items[token + 1].kind != TOKEN_WORD) {
        return false;
    }
    for (uint32_t i = token + 1; i < p->end && i < token + SINGLE_MOST; i++) {
        int f = form_of(p->q, i);
        if (f >= 0 && mark_forms[f].kind == PAIR_SINGLE) {
            return mark_forms[f].side != SIDE_OPEN && !blank_before(p->q, i);
        }
    }
    return false;
}

/* "…agi ? ", a demandé X: no words begin with a comma or the like. */
static bool before_stop(const struct pairing *p, uint32_t token)
{
    return token + 1 < p->end && !blank_before(p->q, token + 1) &&
           word_is_any(p->q, token + 1, ", ; : ! ? ) ]");
}

/* What a mark does here: the side that its form says, or the side that its blanks say. */
static enum side side_of(const struct pairing *p, uint32_t token, int form)
{
    uint8_t kind = mark_forms[form].kind;
    enum side side = mark_forms[form].side;
    const char *text = mark_forms[form].text;
    if (is_measure(p, token, kind) && (kind == PAIR_ASCII || kind == PAIR_SINGLE)) {
        return SIDE_NONE;
    }
    if (kind == PAIR_SINGLE && strcmp(text, "‹") != 0 && strcmp(text, "›") != 0) {
        if (side != SIDE_OPEN && holds_open(p, kind)) {
            return blank_before(p->q, token) || is_possessive(p, token) ? SIDE_NONE : SIDE_CLOSE;
        }
        return side != SIDE_CLOSE && opens_like(p, token) && !blank_after(p, token) &&
                       is_closing_single_ahead(p, token, side == SIDE_EITHER)
                   ? SIDE_OPEN
                   : SIDE_NONE;
    }
    if (strcmp(text, "«") == 0 && p->depth && !blank_before(p->q, token) &&
        strcmp(mark_forms[p->stack[p->depth - 1].form].text, "»") == 0) {
        return SIDE_CLOSE;
    }
    if (strcmp(text, "“") == 0 && p->depth &&
        strcmp(mark_forms[p->stack[p->depth - 1].form].text, "„") == 0) {
        return SIDE_CLOSE;
    }
    if (strcmp(text, "”") == 0 && !holds_open(p, kind) && opens_like(p, token) &&
        !blank_after(p, token)) {
        return SIDE_OPEN; /* ”words” */
    }
    if (strcmp(text, "“") == 0 && holds_open(p, kind) && !opens_like(p, token) &&
        blank_after(p, token)) {
        return SIDE_CLOSE; /* “words“ */
    }
    if (strcmp(text, "»") == 0 && !holds_open(p, kind) && opens_like(p, token) &&
        !blank_after(p, token) && inverted_ahead(p, token)) {
        return SIDE_OPEN; /* »words« */
    }
    if (kind == PAIR_GUILLEMETS && side == SIDE_OPEN && holds_open(p, kind) &&
        !opens_like(p, token) && blank_after(p, token)) {
        return SIDE_CLOSE;
    }
    if (side != SIDE_EITHER) {
        return side;
    }
    bool open_fits = opens_like(p, token) && !blank_after(p, token) && !before_stop(p, token);
    bool close_fits = token > p->first && !blank_before(p->q, token);
    if (open_fits != close_fits) {
        return open_fits ? SIDE_OPEN : SIDE_CLOSE;
    }
    return holds_open(p, kind) ? SIDE_CLOSE : SIDE_OPEN;
}

static struct pair *pair_add(struct pairing *p, uint32_t open, uint32_t close, uint32_t first,
                             uint32_t end, uint8_t kind)
{
    if (first >= end) {
        return NULL;
    }
    struct pair *pair = ARENA_PUSH(p->q->r->arena, &p->q->pairs);
    *pair = (struct pair){.open = open,
                          .close = close,
                          .first = first,
                          .end = end,
                          .parent = NO_INDEX,
                          .block = p->block,
                          .kind = kind,
                          .quote = NO_INDEX};
    if (open == p->first) {
        p->head_pair = (uint32_t)(p->q->pairs.count - 1);
    }
    return pair;
}

/* An opening mark that nothing closes: its words end with its sentence, or before the next mark. */
static void recover_open(struct pairing *p, struct open_mark m)
{
    const struct token *items = p->q->r->tokens.items;
    uint32_t end = m.token + 1;
    while (end < p->end && items[end].sentence == items[m.token].sentence &&
           form_of(p->q, end) < 0) {
        end++;
    }
    if (mark_forms[m.form].kind == PAIR_SINGLE) {
        return;
    }
    struct pair *pair = pair_add(p, m.token, NO_INDEX, m.token + 1, end, m.kind);
    if (pair) {
        p->left_pair = (uint32_t)(p->q->pairs.count - 1);
        pair->broken = true;
    }
}

static void close_mark(struct pairing *p, uint32_t token, uint8_t kind)
{
    uint32_t d = p->depth;
    while (d > 0 && p->stack[d - 1].kind != kind) {
        d--;
    }
    if (d == 0 && p->depth && kind != PAIR_SINGLE && p->stack[p->depth - 1].kind != PAIR_SINGLE) {
        d = p->depth; /* « words": another closing mark than the opening one asks for */
    }
    if (d == 0) {
        if (p->stray_close == NO_INDEX && kind != PAIR_SINGLE) {
            p->stray_close = token;
        }
        return;
    }
    struct open_mark m = p->stack[d - 1];
    p->depth = d - 1; /* what was opened inside and not closed is given up */
    pair_add(p, m.token, token, m.token + 1, token, kind);
}

static void open_mark(struct pairing *p, uint32_t token, int form)
{
    uint8_t kind = mark_forms[form].kind;
    if (p->depth && p->stack[p->depth - 1].kind == kind && kind == PAIR_ASCII) {
        recover_open(p, p->stack[--p->depth]); /* straight marks don't nest in themselves */
    }
    if (p->depth < STACK_MOST) {
        p->stack[p->depth++] = (struct open_mark){token, kind, (uint8_t)form};
    }
}

/* A closing mark without an opening one: words from the block's start, when nothing was marked before. */
static void recover_close(struct pairing *p)
{
    if (p->stray_close == NO_INDEX || p->stray_close == p->first) {
        return;
    }
    for (size_t i = p->first_pair; i < p->q->pairs.count; i++) {
        if (p->q->pairs.items[i].first < p->stray_close) {
            return;
        }
    }
    const struct token *items = p->q->r->tokens.items;
    uint32_t first = p->stray_close;
    while (first > p->first && items[first - 1].sentence == items[p->stray_close].sentence) {
        first--;
    }
    struct pair *pair =
        pair_add(p, NO_INDEX, p->stray_close, first, p->stray_close, PAIR_GUILLEMETS);
    if (pair) {
        p->stray_pair = (uint32_t)(p->q->pairs.count - 1);
        pair->broken = true;
    }
}

struct block_state {
    uint32_t first, end;
    struct open_mark
        left_open; /* outermost mark that the block leaves open; token NO_INDEX: none */
    uint32_t stray_close;
    uint32_t head_pair;  /* the pair that opens the block */
    uint32_t left_pair;  /* what was guessed for left_open */
    uint32_t stray_pair; /* what was guessed for stray_close */
};

static struct block_state pair_block(struct quoting *q, uint32_t block, uint32_t first,
                                     uint32_t end)
{
    struct pairing p = {.q = q,
                        .block = block,
                        .first = first,
                        .end = end,
                        .stray_close = NO_INDEX,
                        .first_pair = q->pairs.count,
                        .head_pair = NO_INDEX,
                        .left_pair = NO_INDEX,
                        .stray_pair = NO_INDEX};
    struct block_state s = {first, end, {NO_INDEX, 0, 0}, NO_INDEX, NO_INDEX, NO_INDEX, NO_INDEX};
    for (uint32_t i = first; i < end; i++) {
        int form = form_of(q, i);
        if (form < 0) {
            continue;
        }
        enum side side = side_of(&p, i, form);
        if (side == SIDE_OPEN) {
            open_mark(&p, i, form);
        } else if (side == SIDE_CLOSE) {
            close_mark(&p, i, mark_forms[form].kind);
        }
    }
    recover_close(&p);
    s.stray_close = p.stray_close;
    for (uint32_t d = 0; d < p.depth; d++) {
        recover_open(&p, p.stack[d]);
        if (d == 0 && p.stack[d].kind != PAIR_SINGLE) {
            s.left_open = p.stack[d];
            s.left_pair = p.left_pair;
        }
    }
    s.head_pair = p.head_pair;
    s.stray_pair = p.stray_pair;
    return s;
}

static bool block_opens_with(const struct quoting *q, const struct block_state *s, uint8_t kind)
{
    int f = s->first < s->end ? form_of(q, s->first) : -1;
    return f >= 0 && mark_forms[f].kind == kind;
}

/* How far a quote that block `b` leaves open runs: the last block that belongs to it, or b. */
static uint32_t quote_runs_to(const struct quoting *q, const struct block_state *s, size_t count,
                              uint32_t b)
{
    uint8_t kind = s[b].left_open.kind;
    for (uint32_t n = b + 1; n < count && n <= b + PARAGRAPHS_MOST; n++) {
        if (s[n].first >= s[n].end) {
            continue;
        }
        if (block_opens_with(q, &s[n], kind)) {
            return n > b + 1 ? b : n; /* re-opened: the next block settles its own end */
        }
        int f = s[n].stray_close == NO_INDEX ? -1 : form_of(q, s[n].stray_close);
        if (f >= 0 && mark_forms[f].kind == kind) {
            return n;
        }
        if (s[n].left_open.token != NO_INDEX || kind == PAIR_ASCII) {
            return b;
        }
    }
    return b;
}

/* Blocks b … to hold one quote: each gets its own pair, marked as a continuation. */
static void join_blocks(struct quoting *q, struct block_state *s, uint32_t b, uint32_t to)
{
    if (s[b].left_pair != NO_INDEX) {
        struct pair *p = &q->pairs.items[s[b].left_pair];
        p->end = s[b].end;
        p->broken = false;
        p->continues = true;
    }
    bool reopened = block_opens_with(q, &s[to], s[b].left_open.kind);
    for (uint32_t n = b + 1; n <= to; n++) {
        if (s[n].first >= s[n].end) {
            continue;
        }
        if (n == to && reopened) {
            if (s[n].head_pair != NO_INDEX) {
                q->pairs.items[s[n].head_pair].reopened = true;
            }
            return;
        }
        bool last = n == to;
        struct pair *p = last && s[n].stray_pair != NO_INDEX ? &q->pairs.items[s[n].stray_pair]
                                                             : ARENA_PUSH(q->r->arena, &q->pairs);
        *p = (struct pair){.open = NO_INDEX,
                           .close = last ? s[n].stray_close : NO_INDEX,
                           .first = s[n].first,
                           .end = last ? s[n].stray_close : s[n].end,
                           .parent = NO_INDEX,
                           .block = q->r->tokens.items[s[n].first].block,
                           .kind = s[b].left_open.kind,
                           .reopened = true,
                           .continues = !last,
                           .quote = NO_INDEX};
    }
}

/* "– Vous partez ? demande X": a paragraph that starts with a dash and ends like a sentence may be a turn of talk. */
static void dash_read(struct quoting *q, const struct block_state *s)
{
    enum block_kind kind = q->r->document->blocks[q->r->tokens.items[s->first].block].kind;
    bool dash = kind != BLOCK_ANSWER && kind != BLOCK_QUESTION && s->end > s->first + 2 &&
                word_is_any(q, s->first, "– — ― -") && blank_before(q, s->first + 1) &&
                (word_is_capital(q, s->first + 1) || !word_is_plain(q, s->first + 1)) &&
                word_ends_sentence(q, s->end - 1);
    if (!dash) {
        return;
    }
    *ARENA_PUSH(q->r->arena, &q->pairs) = (struct pair){.open = s->first,
                                                        .close = NO_INDEX,
                                                        .first = s->first + 1,
                                                        .end = s->end,
                                                        .parent = NO_INDEX,
                                                        .block = q->r->tokens.items[s->first].block,
                                                        .kind = PAIR_DASH,
                                                        .quote = NO_INDEX};
}

static int pair_order(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    if (x->first != y->first) {
        return x->first < y->first ? -1 : 1;
    }
    return x->end > y->end ? -1 : x->end < y->end;
}

/* Sorts the pairs, sets parents and tells every token which pair holds it. */
static void pairs_settle(struct quoting *q)
{
    if (q->pairs.count == 0) {
        return;
    }
    qsort(q->pairs.items, q->pairs.count, sizeof *q->pairs.items, pair_order);
    for (uint32_t i = 0; i < q->pairs.count; i++) {
        struct pair *p = &q->pairs.items[i];
        uint32_t from = p->open == NO_INDEX ? p->first : p->open;
        uint32_t to = p->close == NO_INDEX ? p->end : p->close + 1;
        p->parent = q->words[from].pair;
        for (uint32_t t = from; t < to; t++) {
            q->words[t].pair = i;
        }
    }
}

void marks_pair(struct quoting *q)
{
    const struct tokens *tokens = &q->r->tokens;
    size_t blocks = 0, capacity = q->r->document->block_count + 1;
    struct block_state *s = ARENA_ARRAY(q->r->arena, struct block_state, capacity);
    for (uint32_t i = 0; i < tokens->count && blocks < capacity;) {
        uint32_t end = i;
        while (end < tokens->count && tokens->items[end].block == tokens->items[i].block) {
            end++;
        }
        s[blocks++] = pair_block(q, tokens->items[i].block, i, end);
        i = end;
    }
    for (uint32_t b = 0; b + 1 < blocks; b++) {
        uint32_t to = s[b].left_open.token == NO_INDEX ? b : quote_runs_to(q, s, blocks, b);
        if (to > b) {
            join_blocks(q, s, b, to);
        }
    }
    for (uint32_t b = 0; b < blocks; b++) {
        if (s[b].first < s[b].end) {
            dash_read(q, &s[b]);
        }
    }
    pairs_settle(q);
}
