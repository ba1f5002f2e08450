#include "ingest/byline.h"
#include "ingest/layout.h"
#include "text/fold.h"
#include "text/utf8.h"

/* Code points. Press headlines stay under 150, decks under 450; subheadings are a line. */
#define TITLE_MOST              250
#define STOPPED_TITLE_MOST      100
#define LONE_TITLE_MOST         120
#define STANDFIRST_MOST         450
#define STANDFIRST_UNSURE_LEAST 40
#define STANDFIRST_UNSURE_MOST  350
#define SUBHEADING_MOST         120
#define SUBHEADING_STOPPED_MOST 80
#define QUESTION_MOST           400
#define PHRASE_BLOCK_MOST       260
#define TAIL_BLOCK_MOST         500
#define TAIL_PIECES_MOST        12
#define PIECES_MOST                                                                                \
    4000 /* beyond these many a text is no article: its middle is not asked for phrases */
#define TITLE_WITHIN 3 /* the title is among the first pieces: a byline may stand before it */

static size_t last_of(const struct layout *l)
{
    return l->pieces.count - 1;
}

static struct piece *next_content(struct layout *l, size_t from)
{
    for (size_t i = from; i < l->pieces.count; i++) {
        struct piece *p = &l->pieces.items[i];
        if (p->kind != BLOCK_BOILERPLATE && p->kind != BLOCK_CAPTION &&
            !(p->flags & PIECE_BYLINE)) {
            return p;
        }
    }
    return NULL;
}

/* ---- phrases: boilerplate, captions, bylines */

/* A byline inside the text is another article's: it heads nothing, but nobody signs here. */
static void take_byline(struct layout *l, struct piece *p, bool signs)
{
    struct byline byline = byline_read(&l->packs, l->arena, layout_text(l, p));
    struct document *d = l->document;
    if (byline.kind == BYLINE_NONE) {
        return;
    }
    p->flags |= PIECE_BYLINE;
    l->interviewed |= byline.kind == BYLINE_INTERVIEWER;
    if (!signs || d->byline_count > 0) {
        return; /* the metadata's, or an earlier line's */
    }
    d->bylines = ARENA_ARRAY(l->arena, struct slice, byline.count);
    for (size_t i = 0; i < byline.count; i++) {
        d->bylines[d->byline_count++] = byline.names[i];
    }
}

static void mark_phrases(struct layout *l)
{
    size_t count = l->pieces.count;
    for (size_t i = 0; i < count; i++) {
        struct piece *p = &l->pieces.items[i];
        bool middle = i > PIECES_MOST && i + PIECES_MOST < count;
        if (middle || p->code_points > PHRASE_BLOCK_MOST || !(p->flags & PIECE_ONE_LINE)) {
            continue;
        }
        struct slice line = formula_line(l->arena, layout_text(l, p));
        bool stop = p->flags & PIECE_STOP;
        /* A text of one block is the text, whatever it looks like. */
        if (count > 1 && formula_is_boilerplate(&l->packs, line, stop, false)) {
            p->kind = BLOCK_BOILERPLATE;
        } else if (i > 0 && slice_present(formula_at_start(&l->packs, "captions", line).key)) {
            p->kind = BLOCK_CAPTION;
        } else if (count > 1) {
            take_byline(l, p, i < TITLE_WITHIN + 2 || i + 4 > count);
        }
        struct formula_match match = formula_at_start(&l->packs, "bylines", line);
        l->interviewed |= i < TITLE_WITHIN + 2 && slice_present(match.key) &&
                          slice_is(pack_column(match.value, 0), "interview");
    }
}

/* From the end upwards, as long as lines address the reader. Words in marks are someone's: a report. */
static void mark_tail(struct layout *l)
{
    for (size_t n = 0; n < TAIL_PIECES_MOST && n + 1 < l->pieces.count; n++) {
        struct piece *p = &l->pieces.items[last_of(l) - n];
        if (p->kind == BLOCK_BOILERPLATE || (p->flags & PIECE_BYLINE) || p->kind == BLOCK_CAPTION) {
            continue;
        }
        if (p->code_points > TAIL_BLOCK_MOST || (p->flags & PIECE_MARKS) ||
            !formula_is_boilerplate(&l->packs, formula_line(l->arena, layout_text(l, p)),
                                    p->flags & PIECE_STOP, true)) {
            return;
        }
        p->kind = BLOCK_BOILERPLATE;
    }
}

/* ---- title */

static bool same_words(struct layout *l, struct slice a, struct slice b)
{
    return slice_equal(a, b) || slice_equal(fold_key(l->arena, a), fold_key(l->arena, b));
}

static bool may_be_title(struct layout *l, const struct piece *p)
{
    const struct piece *next = next_content(l, (size_t)(p - l->pieces.items) + 1);
    if (!(p->flags & PIECE_ONE_LINE) || (p->flags & (PIECE_BULLET | PIECE_DASH))) {
        return false;
    }
    if (!next) {
        return p->code_points <= LONE_TITLE_MOST && !(p->flags & (PIECE_STOP | PIECE_OPEN_END));
    }
    bool full_stop =
        (p->flags & PIECE_STOP) && layout_text(l, p).ptr[layout_text(l, p).len - 1] == '.';
    if (full_stop) { /* headlines hardly ever end so: only when it is short and heads a longer text */
        return p->code_points <= STOPPED_TITLE_MOST && next->code_points > p->code_points * 3 / 2;
    }
    return p->code_points <= TITLE_MOST && !(p->flags & (PIECE_OPEN_END));
}

static void find_title(struct layout *l)
{
    struct field *title = &l->document->title;
    for (size_t i = 0; i < l->pieces.count && i < TITLE_WITHIN; i++) {
        struct piece *p = &l->pieces.items[i];
        if (p->kind != BLOCK_PARAGRAPH || (p->flags & PIECE_BYLINE)) {
            continue;
        }
        if (slice_present(title->text) && same_words(l, title->text, layout_text(l, p))) {
            title->text = layout_text(l, p);
            p->kind = BLOCK_TITLE;
        } else if (may_be_title(l, p)) {
            p->kind = BLOCK_TITLE;
            if (!slice_present(title->text)) {
                *title = (struct field){layout_text(l, p), ORIGIN_TEXT};
            }
        }
        return;
    }
}

/* ---- lists and interviews */

static void mark_lists(struct layout *l)
{
    for (size_t i = 0; i < l->pieces.count; i++) {
        struct piece *p = &l->pieces.items[i];
        if (p->kind != BLOCK_PARAGRAPH) {
            continue;
        }
        const struct piece *before = i > 0 ? p - 1 : NULL;
        const struct piece *next = i < last_of(l) ? p + 1 : NULL;
        bool announced =
            before && ((before->flags & PIECE_OPEN_END) || before->kind == BLOCK_LIST_ITEM);
        if (p->flags & PIECE_BULLET) {
            p->kind = BLOCK_LIST_ITEM;
        } else if (p->flags & PIECE_DASH) { /* after a full sentence a dash opens speech */
            bool item = !(p->flags & PIECE_STOP) || announced;
            p->kind = item && !(p->flags & PIECE_QUESTION) ? BLOCK_LIST_ITEM : BLOCK_PARAGRAPH;
        } else if ((p->flags & PIECE_NUMBERED) && ((next && next->flags & PIECE_NUMBERED) ||
                                                   (before && before->kind == BLOCK_LIST_ITEM &&
                                                    before->flags & PIECE_NUMBERED))) {
            p->kind = BLOCK_LIST_ITEM;
        }
    }
}

/* "Q: …" / "R. …": what the label announces, BLOCK_PARAGRAPH for no label. */
static enum block_kind label_of(struct layout *l, const struct piece *p)
{
    struct slice text = layout_text(l, p);
    struct slice line = formula_line(l->arena, slice_of(text.ptr, text.len < 24 ? text.len : 24));
    struct formula_match match = formula_at_start(&l->packs, "interview_marks", line);
    size_t at = match.key.len;
    if (!slice_present(match.key) || at >= line.len) {
        return BLOCK_PARAGRAPH;
    }
    at += line.ptr[at] == ' ';
    bool closed = at < line.len && (line.ptr[at] == ':' || line.ptr[at] == '.');
    if (!closed) {
        return BLOCK_PARAGRAPH;
    }
    return slice_is(pack_column(match.value, 0), "question") ? BLOCK_QUESTION : BLOCK_ANSWER;
}

static bool mark_labelled_interview(struct layout *l)
{
    size_t questions = 0, answers = 0;
    if (l->pieces.count > PIECES_MOST) {
        return false;
    }
    for (size_t i = 0; i < l->pieces.count; i++) {
        enum block_kind kind = label_of(l, &l->pieces.items[i]);
        questions += kind == BLOCK_QUESTION;
        answers += kind == BLOCK_ANSWER;
    }
    if (questions == 0 || answers == 0) {
        return false;
    }
    enum block_kind current = BLOCK_PARAGRAPH;
    for (size_t i = 0; i < l->pieces.count; i++) {
        struct piece *p = &l->pieces.items[i];
        enum block_kind kind = label_of(l, p);
        current = kind != BLOCK_PARAGRAPH ? kind : current;
        if (p->kind == BLOCK_PARAGRAPH) {
            p->kind = (uint8_t)current;
        }
    }
    return true;
}

static bool is_question(const struct piece *p)
{
    return p->kind == BLOCK_PARAGRAPH && (p->flags & PIECE_QUESTION) && !(p->flags & PIECE_MARKS) &&
           p->code_points <= QUESTION_MOST;
}

/* Where every question is answered behind a dash, what stands before a dash asks, with a question mark or without. */
static bool answered_with_dashes(struct layout *l, size_t first)
{
    size_t asked = 0, dashed = 0;
    for (size_t i = first; i < l->pieces.count && !(l->pieces.items[i].flags & PIECE_BYLINE); i++) {
        if (is_question(&l->pieces.items[i])) {
            const struct piece *next = next_content(l, i + 1);
            asked++;
            dashed += next && (next->flags & PIECE_DASH);
        }
    }
    return dashed > 1 && dashed == asked;
}

/* Questions that stand alone, each answered by a paragraph that is none: two of them when a line says so,
 * else four that make up much of the text. */
static void mark_interview(struct layout *l)
{
    size_t questions = 0, answered = 0, first = SIZE_MAX;
    for (size_t i = 0; i < l->pieces.count; i++) {
        if (is_question(&l->pieces.items[i])) {
            first = first == SIZE_MAX ? i : first;
            questions++;
            const struct piece *next = next_content(l, i + 1);
            answered += next && next->kind == BLOCK_PARAGRAPH && !is_question(next);
        }
    }
    size_t need = l->interviewed ? 2 : 4;
    if (questions < need || answered * 5 < questions * 4 ||
        (!l->interviewed && questions * 4 < l->pieces.count - first)) {
        return;
    }
    bool dashes = answered_with_dashes(l, first);
    for (size_t i = first; i < l->pieces.count; i++) {
        struct piece *p = &l->pieces.items[i];
        if (p->flags & PIECE_BYLINE) {
            break; /* "Propos recueillis par": what follows is the paper's */
        }
        const struct piece *next = next_content(l, i + 1);
        bool asks = dashes ? !(p->flags & PIECE_DASH) && next && (next->flags & PIECE_DASH)
                           : is_question(p);
        if (p->kind == BLOCK_PARAGRAPH) {
            p->kind = asks ? BLOCK_QUESTION : BLOCK_ANSWER;
        }
    }
}

/* ---- subheadings and standfirst */

static bool may_be_subheading(const struct piece *p)
{
    if ((p->kind != BLOCK_PARAGRAPH && p->kind != BLOCK_ANSWER) || !(p->flags & PIECE_ONE_LINE) ||
        !(p->flags & PIECE_UPPER) || (p->flags & (PIECE_STOP | PIECE_OPEN_END | PIECE_BYLINE))) {
        return false;
    }
    return p->code_points <= SUBHEADING_MOST;
}

/* "Une trêve, à quel prix ?": a short question that heads a much longer paragraph. */
static bool is_asking_subheading(const struct piece *p, const struct piece *next)
{
    return p->kind == BLOCK_PARAGRAPH && (p->flags & PIECE_ONE_LINE) && (p->flags & PIECE_UPPER) &&
           (p->flags & PIECE_QUESTION) && !(p->flags & PIECE_BYLINE) &&
           p->code_points <= SUBHEADING_STOPPED_MOST && next->code_points > 3 * p->code_points;
}

static void mark_subheadings(struct layout *l)
{
    size_t count = l->pieces.count;
    for (size_t i = 1; i + 1 < count;) {
        size_t end = i;
        while (end < count && may_be_subheading(&l->pieces.items[end])) {
            end++;
        }
        if (end == i) {
            struct piece *p = &l->pieces.items[i];
            if (p[1].kind == BLOCK_PARAGRAPH && (p[1].flags & PIECE_STOP) &&
                is_asking_subheading(p, p + 1)) {
                p->kind = BLOCK_SUBHEADING;
            }
            i++;
            continue;
        }
        const struct piece *next = next_content(l, end);
        bool heads = next && next->kind != BLOCK_TITLE && next == &l->pieces.items[end];
        for (size_t k = i; k < end;
             k++) { /* a run of bare lines is an enumeration, its last may head */
            bool subheading = heads && (end - i <= 2 || k == end - 1);
            if (subheading) {
                l->pieces.items[k].kind = BLOCK_SUBHEADING;
            } else if (end - i > 2) {
                l->pieces.items[k].kind = BLOCK_LIST_ITEM;
            }
        }
        i = end;
    }
}

static size_t paragraphs_after(const struct layout *l, const struct piece *from)
{
    size_t count = 0;
    for (const struct piece *p = from + 1; p < l->pieces.items + l->pieces.count; p++) {
        count += p->kind == BLOCK_PARAGRAPH && !(p->flags & PIECE_BYLINE);
    }
    return count;
}

static bool may_be_standfirst(struct layout *l, const struct piece *p)
{
    const struct piece *next = next_content(l, (size_t)(p - l->pieces.items) + 1);
    if (p->kind != BLOCK_PARAGRAPH || p->code_points > STANDFIRST_MOST || (p->flags & PIECE_DASH) ||
        !next || slice_present(byline_dateline(layout_text(l, p)))) {
        return false;
    }
    if (next->kind == BLOCK_SUBHEADING || next->kind == BLOCK_QUESTION) {
        return paragraphs_after(l, p) > 0 || next->kind == BLOCK_QUESTION;
    }
    /* Without a subheading behind it a deck is told from a lead by its shortness alone. */
    return next->kind == BLOCK_PARAGRAPH && p->code_points >= STANDFIRST_UNSURE_LEAST &&
           p->code_points <= STANDFIRST_UNSURE_MOST && paragraphs_after(l, p) >= 3 &&
           next->code_points >= p->code_points * 2;
}

static void find_standfirst(struct layout *l, struct piece *first)
{
    struct field *standfirst = &l->document->standfirst;
    if (slice_present(standfirst->text)) {
        if (same_words(l, standfirst->text, layout_text(l, first))) {
            standfirst->text = layout_text(l, first);
            first->kind = BLOCK_STANDFIRST;
        }
    } else if (may_be_standfirst(l, first)) {
        first->kind = BLOCK_STANDFIRST;
        *standfirst = (struct field){layout_text(l, first), ORIGIN_TEXT};
    }
}

static void find_head(struct layout *l)
{
    bool titled = false;
    for (size_t i = 0; i < l->pieces.count && i < TITLE_WITHIN; i++) {
        titled |= l->pieces.items[i].kind == BLOCK_TITLE;
    }
    for (size_t i = 0; i < l->pieces.count; i++) {
        struct piece *p = &l->pieces.items[i];
        if (p->kind == BLOCK_PARAGRAPH && !(p->flags & PIECE_BYLINE)) {
            if (titled || slice_present(l->document->standfirst.text)) {
                find_standfirst(l, p);
            }
            break;
        }
    }
    for (size_t i = 0; i < l->pieces.count && !slice_present(l->document->dateline.text); i++) {
        struct piece *p = &l->pieces.items[i];
        if (p->kind == BLOCK_PARAGRAPH && !(p->flags & PIECE_BYLINE)) {
            struct slice dateline = byline_dateline(layout_text(l, p));
            if (slice_present(dateline)) {
                l->document->dateline = (struct field){dateline, ORIGIN_TEXT};
            }
            break;
        }
    }
}

void layout_kinds(struct layout *l)
{
    if (l->pieces.count == 0) {
        return;
    }
    mark_phrases(l);
    mark_tail(l);
    bool labelled = mark_labelled_interview(l);
    find_title(l);
    mark_lists(l);
    if (!labelled) {
        mark_interview(l);
    }
    mark_subheadings(l);
    find_head(l);
}
