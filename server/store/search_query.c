#include "store/search_query.h"

#include <stdio.h>

#include "base/buf.h"
#include "store/search_fields.h"
#include "store/search_forms.h"
#include "store/search_lexer.h"
#include "store/tokenizer.h"
#include "text/utf8.h"

#define WORDS_MOST         32
/* Fewer begin so many words that the places of most of the archive's would be merged. An ideograph has three. */
#define PREFIX_LEAST_BYTES 3
#define DEPTH_MOST         12
/* put_long_phrase */
#define PIECE_WORDS        4
#define PIECE_STEP         2
/* NEAR/n: FTS5 takes any number; more than this is no nearness. */
#define NEAR_MOST          100

struct parser {
    struct slice q;
    struct lexer lexer;
    struct lexeme now; /* not yet taken */
    enum store_list list;
    unsigned scope;
    struct arena *arena;
    struct store_filter *filter;
    struct search_query *out;
    size_t words; /* in all */
    int depth;
    bool in_choice; /* somewhere below OR or parentheses: no conditions */
    struct err *e;
    enum rc rc;
};

static void take_one(struct parser *p)
{
    p->now = lexer_next(&p->lexer);
}

static bool refuse(struct parser *p, size_t at, const char *why)
{
    if (p->rc == RC_OK) {
        p->rc = err_field(p->e, RC_INVALID, "q", "%s", why);
        err_where(p->e, "code point %zu", utf8_count(slice_of(p->q.ptr, at)));
    }
    return false;
}

/* ---- leaves: words as FTS5 takes them */

struct cutting {
    struct parser *p;
    struct search_phrase *phrase;
    size_t capacity;
};

static int add_word(void *context, struct slice folded, int start_byte, int end_byte)
{
    struct cutting *c = context;
    struct {
        struct slice *items;
        size_t count, capacity;
    } words = {c->phrase->words, c->phrase->count, c->capacity};
    (void)start_byte;
    (void)end_byte;
    struct slice *word = ARENA_PUSH(c->p->arena, &words);
    struct slice copy = arena_copy(c->p->arena, folded);
    if (word == NULL || !slice_present(copy)) {
        c->p->rc = err_nomem(c->p->e);
        return 1;
    }
    *word = copy;
    c->phrase->words = words.items;
    c->phrase->count = words.count;
    c->capacity = words.capacity;
    return ++c->p->words > WORDS_MOST;
}

/* What a phrase is searched in: its own columns, else the scope's; seams belong to phrases alone. */
static void put_columns(unsigned columns, bool phrase, struct buf *out)
{
    static const struct {
        unsigned column;
        const char *name;
    } names[] = {{SEARCH_IN_TITLE, "title"},
                 {SEARCH_IN_STANDFIRST, "standfirst"},
                 {SEARCH_IN_NARRATION, "narration"},
                 {SEARCH_IN_QUOTES, "quotes"},
                 {SEARCH_IN_SEAMS, "seams"}};
    bool any = false;
    if (columns == 0 || columns & (SEARCH_IN_QUOTE | SEARCH_IN_CHANNEL)) {
        return; /* quotes: one column; words of channels are marked */
    }
    buf_char(out, '{');
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        bool wanted = (columns & names[i].column) != 0;
        if (wanted && (phrase || names[i].column != SEARCH_IN_SEAMS)) {
            buf_text(out, any ? " " : "");
            buf_text(out, names[i].name);
            any = true;
        }
    }
    buf_text(out, "} : ");
}

/* A folded word holds letters and digits alone, so quotes around it are all the escaping there is. */
static void put_phrase(const struct search_phrase *phrase, struct buf *out)
{
    buf_char(out, '"');
    for (size_t i = 0; i < phrase->count; i++) {
        buf_text(out, i ? " " : "");
        if (phrase->columns & SEARCH_IN_CHANNEL) {
            buf_char(out, TOKENIZER_MARK);
        }
        buf_slice(out, phrase->words[i]);
    }
    buf_text(out, phrase->prefix ? "\" *" : "\"");
}

/* The words of a lexeme. False: it has none, or the query is refused. */
static bool cut(struct parser *p, const struct lexeme *lexeme, unsigned columns,
                struct search_phrase *out)
{
    struct search_phrase phrase = {.columns = columns ? columns : p->scope};
    struct cutting c = {p, &phrase, 0};
    tokenizer_walk(lexeme->text, add_word, &c);
    if (p->words > WORDS_MOST && p->rc == RC_OK) {
        p->rc = err_field(p->e, RC_TOO_LARGE, "q", "at most %d words can be searched for at once",
                          WORDS_MOST);
    }
    phrase.prefix = lexeme->prefix;
    if (phrase.prefix && phrase.count > 0 && p->rc == RC_OK &&
        phrase.words[phrase.count - 1].len < PREFIX_LEAST_BYTES) {
        refuse(p, lexeme->at, "the beginning of a word needs three letters before its *");
    }
    *out = phrase;
    return p->rc == RC_OK && phrase.count > 0;
}

/* A long phrase of an article's text may run over a quotation mark further than the seams reach, which hold three words at
 * least on each side (search_parts.h): it is asked for in pieces that they hold, each of which begins within the one
 * before. */
static void put_long_phrase(const struct search_phrase *phrase, struct buf *out)
{
    bool seams = phrase->columns == 0 || (phrase->columns & SEARCH_IN_SEAMS) != 0;
    if (!seams || phrase->count <= PIECE_WORDS) {
        put_columns(phrase->columns, phrase->count > 1, out);
        put_phrase(phrase, out);
        return;
    }
    buf_char(out, '(');
    for (size_t at = 0;;) {
        bool last = at + PIECE_WORDS >= phrase->count;
        at = last ? phrase->count - PIECE_WORDS : at;
        struct search_phrase piece = *phrase;
        piece.words += at;
        piece.count = PIECE_WORDS;
        piece.prefix = phrase->prefix && last;
        put_columns(piece.columns, true, out);
        put_phrase(&piece, out);
        if (last) {
            break;
        }
        buf_text(out, " AND ");
        at += PIECE_STEP;
    }
    buf_char(out, ')');
}

static void keep(struct parser *p, const struct search_phrase *phrase)
{
    struct search_phrase *kept = ARENA_PUSH(p->arena, p->out);
    if (kept == NULL) {
        p->rc = err_nomem(p->e);
    } else {
        *kept = *phrase;
    }
}

/* "a NEAR/5 b NEAR/5 c" */
static void near(struct parser *p, const struct search_phrase *first, bool negated, struct buf *out)
{
    struct buf inside;
    buf_init(&inside);
    put_phrase(first, &inside);
    int64_t most = 0;
    while (p->rc == RC_OK && p->now.kind == LEXEME_NEAR) {
        struct lexeme operator= p->now;
        struct search_phrase next;
        take_one(p);
        most = operator.number> most ? operator.number : most;
        if (operator.number> NEAR_MOST) {
            refuse(p, operator.at, "NEAR/n takes at most 100 words between");
        } else if (p->now.kind != LEXEME_WORDS || !cut(p, &p->now, first->columns, &next)) {
            refuse(p, operator.at, "NEAR stands between two words or phrases: budget NEAR/5 vote");
        } else {
            buf_char(&inside, ' ');
            put_phrase(&next, &inside);
            if (!negated) {
                keep(p, &next);
            }
            take_one(p);
        }
    }
    put_columns(first->columns, true, out);
    buf_printf(out, "NEAR(%.*s, %lld)", SLICE_ARG(buf_view(&inside)), (long long)most);
    out->failed = out->failed || inside.failed;
    buf_done(&inside);
}

/* One word, in any of its forms. */
static void put_forms(struct parser *p, const struct search_phrase *phrase, bool negated,
                      struct buf *out)
{
    struct slice forms[SEARCH_FORMS_MOST];
    size_t count = search_forms(phrase->words[0], p->filter, p->arena, forms);
    if (count == 0) {
        p->rc = err_nomem(p->e);
        return;
    }
    put_columns(phrase->columns, false, out);
    buf_text(out, count > 1 ? "(" : "");
    for (size_t i = 0; i < count; i++) {
        struct search_phrase form = *phrase;
        form.words = ARENA_NEW(p->arena, struct slice);
        if (form.words == NULL) {
            p->rc = err_nomem(p->e);
            return;
        }
        form.words[0] = forms[i];
        buf_text(out, i ? " OR " : "");
        put_phrase(&form, out);
        if (!negated && i > 0) {
            keep(p, &form);
        }
    }
    buf_text(out, count > 1 ? ")" : "");
}

/* False: signs alone, which separate words and are none. */
static bool leaf(struct parser *p, unsigned columns, bool negated, struct buf *out)
{
    struct search_phrase phrase;
    struct lexeme lexeme = p->now;
    take_one(p);
    if (!cut(p, &lexeme, columns, &phrase)) {
        return false;
    }
    if (!negated) {
        keep(p, &phrase);
    }
    if (p->now.kind == LEXEME_NEAR) {
        near(p, &phrase, negated, out);
        return true;
    }
    bool inflected = p->filter != NULL && p->filter->forms && phrase.count == 1 && !phrase.prefix &&
                     !lexeme.quoted;
    if (inflected) {
        put_forms(p, &phrase, negated, out);
        return p->rc == RC_OK;
    }
    put_long_phrase(&phrase, out);
    return true;
}

/* ---- fields */

static bool condition(struct parser *p, const struct search_field *field,
                      const struct lexeme *lexeme, bool negated)
{
    if (p->in_choice) {
        return refuse(
            p, lexeme->at,
            "this field goes with AND and minus at the top of the search, in no OR and no "
            "parentheses; several values are separated by commas: speaker:A,B");
    }
    if (p->filter == NULL) {
        return refuse(p, lexeme->at, "no such field can be searched here");
    }
    const char *why = NULL;
    enum rc rc = search_fields_add(field, &p->lexer, negated, p->list, p->arena, p->filter, &why);
    if (rc == RC_NOMEM) {
        p->rc = err_nomem(p->e);
        return false;
    }
    take_one(p);
    return rc == RC_OK || refuse(p, lexeme->at, why);
}

/* The lexeme at hand is a field's name with its colon. True: it wrote an expression. */
static bool field(struct parser *p, bool negated, struct buf *out)
{
    struct lexeme lexeme = p->now;
    const char *nearest = NULL;
    const struct search_field *found = search_fields_find(lexeme.text, p->list, &nearest);
    if (found == NULL) {
        char why[160];
        snprintf(
            why, sizeof why,
            "there is no field '%.*s:' here; did you mean '%s:'? Quotation marks make it words",
            SLICE_ARG(lexeme.text), nearest);
        return refuse(p, lexeme.at, why);
    }
    if (found->columns == 0) {
        condition(p, found, &lexeme, negated);
        return false;
    }
    take_one(p);
    if (p->now.kind != LEXEME_WORDS) {
        return refuse(p, lexeme.at, "a word or phrase follows the colon: title:budget");
    }
    return leaf(p, found->columns, negated, out);
}

/* ---- operators */

static bool choices(struct parser *p, struct buf *out);

static bool group(struct parser *p, struct buf *out)
{
    size_t at = p->now.at;
    bool before = p->in_choice;
    struct buf inside;
    if (p->depth == DEPTH_MOST) {
        return refuse(p, at, "parentheses go 12 deep");
    }
    p->depth++;
    p->in_choice = true;
    take_one(p);
    buf_init(&inside);
    bool any = choices(p, &inside);
    p->depth--;
    p->in_choice = before;
    if (p->rc == RC_OK && p->now.kind != LEXEME_CLOSE) {
        refuse(p, at, "this parenthesis isn't closed");
    } else if (p->rc == RC_OK) {
        take_one(p);
        any = any || refuse(p, at, "these parentheses hold no word");
    }
    buf_char(out, '(');
    buf_slice(out, buf_view(&inside));
    buf_char(out, ')');
    out->failed = out->failed || inside.failed;
    buf_done(&inside);
    return p->rc == RC_OK && any;
}

static bool operand(struct parser *p, bool negated, struct buf *out)
{
    switch (p->now.kind) {
    case LEXEME_OPEN:
        return group(p, out);
    case LEXEME_FIELD:
        return field(p, negated, out);
    case LEXEME_WORDS:
        return leaf(p, 0, negated, out);
    default:
        return refuse(
            p, p->now.at,
            "an operator (AND, OR, NOT, NEAR) stands between words; quotation marks make it "
            "a word");
    }
}

static bool ends_all(enum lexeme_kind kind)
{
    return kind == LEXEME_END || kind == LEXEME_CLOSE || kind == LEXEME_OR;
}

/* What an AND or a NOT needs behind it. */
static void expect_operand(struct parser *p, size_t at)
{
    if (ends_all(p->now.kind)) {
        refuse(p, at, "something must follow this operator; quotation marks make it a word");
    }
}

/* Everything that must hold together, then what must not. */
static bool all(struct parser *p, struct buf *out)
{
    struct buf with, without, one;
    buf_init(&with);
    buf_init(&without);
    size_t start = p->now.at, negatives = 0;
    bool operators = false;
    while (p->rc == RC_OK && !ends_all(p->now.kind)) {
        size_t at = p->now.at;
        bool joined = p->now.kind == LEXEME_AND;
        if (joined) {
            if (with.len == 0 && !operators) {
                refuse(p, at, "AND stands between two words; quotation marks make it a word");
            }
            take_one(p);
            expect_operand(p, at);
        }
        bool negated = p->now.kind == LEXEME_NOT || p->now.kind == LEXEME_MINUS;
        if (negated) {
            take_one(p);
            expect_operand(p, at);
        }
        if (p->rc != RC_OK) {
            break;
        }
        bool was_field = p->now.kind == LEXEME_FIELD;
        buf_init(&one);
        bool any = operand(p, negated, &one);
        operators = operators || was_field;
        struct buf *target = negated ? &without : &with;
        if (any) {
            negatives += negated;
            buf_text(target, negated ? " NOT " : target->len ? " AND " : "");
            buf_slice(target, buf_view(&one));
        }
        out->failed = out->failed || one.failed;
        buf_done(&one);
    }
    if (p->rc == RC_OK && negatives > 0 && with.len == 0) {
        refuse(p, start, "a search says what must occur beside what must not: budget -vote");
    }
    bool grouped = without.len > 0 && with.len > 0;
    buf_text(out, grouped ? "((" : "");
    buf_slice(out, buf_view(&with));
    buf_text(out, grouped ? ")" : "");
    buf_slice(out, buf_view(&without));
    buf_text(out, grouped ? ")" : "");
    out->failed = out->failed || with.failed || without.failed;
    bool any = with.len > 0;
    buf_done(&with);
    buf_done(&without);
    return p->rc == RC_OK && any;
}

/* "a b OR c": both a and b, or c. */
static bool choices(struct parser *p, struct buf *out)
{
    size_t conditions = p->filter ? p->filter->count : 0;
    bool any = all(p, out);
    while (p->rc == RC_OK && p->now.kind == LEXEME_OR) {
        size_t at = p->now.at;
        bool added = p->filter && p->filter->count != conditions;
        if (added && !p->in_choice) {
            return refuse(p, at,
                          "fields such as speaker: and before: go with AND and minus, in no OR; "
                          "several values are separated by commas: speaker:A,B");
        }
        struct buf one;
        buf_init(&one);
        bool before = p->in_choice;
        p->in_choice = true;
        take_one(p);
        bool more = all(p, &one);
        p->in_choice = before;
        if (p->rc == RC_OK && (!any || !more)) {
            refuse(p, at, "OR stands between two words; quotation marks make it a word");
        }
        buf_text(out, " OR ");
        buf_slice(out, buf_view(&one));
        out->failed = out->failed || one.failed;
        buf_done(&one);
    }
    return p->rc == RC_OK && any;
}

enum rc search_query_compile(struct slice q, enum store_list list, unsigned scope,
                             struct arena *arena, struct store_filter *filter,
                             struct search_query *out, struct err *e)
{
    struct search_query found = {0};
    struct parser p = {.q = q,
                       .list = list,
                       .scope = scope,
                       .arena = arena,
                       .filter = filter,
                       .out = &found,
                       .e = e,
                       .rc = RC_OK};
    struct buf text;
    size_t conditions = filter ? filter->count : 0;
    buf_init(&text);
    lexer_init(&p.lexer, q);
    take_one(&p);
    bool any = choices(&p, &text);
    if (p.rc == RC_OK && p.now.kind == LEXEME_CLOSE) {
        refuse(&p, p.now.at, "this parenthesis was never opened");
    }
    if (text.failed) {
        p.rc = err_nomem(e); /* words that had no room look like none: nothing said of them holds */
    }
    if (p.rc == RC_OK && !any && (filter == NULL || filter->count == conditions)) {
        p.rc = err_field(e, RC_INVALID, "q", "no word to search for");
    }
    if (p.rc == RC_OK && any) {
        found.match = arena_copy(arena, buf_view(&text)).ptr;
        p.rc = found.match == NULL ? err_nomem(e) : RC_OK;
    }
    buf_done(&text);
    if (p.rc == RC_OK) {
        *out = found;
    }
    return p.rc;
}
