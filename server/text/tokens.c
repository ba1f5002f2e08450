#include "text/tokens.h"

#include "text/fold.h"
#include "text/tokens_chars.h"
#include "text/tokens_forms.h"

enum {
    LONGEST_PART =
        24, /* bytes of an elision, a clitic, an abbreviation: longer ones aren't looked up */
    LOWER_CHUNK = 1024
};

struct scanner {
    struct arena *arena;
    struct slice text; /* cut at the end of the stretch */
    struct tokens *tokens;
    size_t first; /* the stretch's first token */
    uint32_t block;
    struct pack_table elisions, clitics, abbreviations, function_words;
    char *room; /* for lower-case forms */
    size_t room_left;
    bool blank_before;
};

/* A run of text with what it is made of (char_class bits). */
struct piece {
    size_t start, end;
    unsigned seen;
};

static char byte_at(const struct scanner *s, size_t at)
{
    return at < s->text.len ? s->text.ptr[at] : '\0';
}

static struct slice part_of(const struct scanner *s, size_t start, size_t end)
{
    return slice_of(s->text.ptr + start, end - start);
}

/* ---- emitting */

static struct slice lower_form(struct scanner *s, struct slice text)
{
    if (text.len > s->room_left) {
        size_t size = text.len > LOWER_CHUNK ? text.len : LOWER_CHUNK;
        size_t left = s->text.len - (size_t)(text.ptr - s->text.ptr);
        s->room_left = size < left ? size : left;
        s->room = arena_alloc(s->arena, s->room_left);
    }
    size_t len = fold_lower_short(text, s->room);
    if (len == SIZE_MAX) {
        return fold_lower(s->arena, text);
    }
    struct slice lower = slice_of(s->room, len);
    s->room += len;
    s->room_left -= len;
    return lower;
}

/* Capital, all capitals, digits. */
static unsigned letter_flags(const struct scanner *s, struct piece p)
{
    unsigned flags = 0, letters = 0;
    bool all_upper = true;
    for (size_t at = p.start; at < p.end;) {
        unsigned class = tokens_char(s->text, at, &at);
        if (class & CHAR_LETTER) {
            bool upper = class & CHAR_UPPER;
            flags |= letters == 0 && upper ? TOKEN_CAPITAL : 0;
            all_upper = all_upper && upper;
            letters++;
        }
        flags |= class & CHAR_DIGIT ? TOKEN_HAS_DIGIT : 0;
    }
    return flags | (letters > 1 && all_upper ? TOKEN_ALL_CAPS : 0);
}

static void emit(struct scanner *s, struct piece p, enum token_kind kind, unsigned flags)
{
    struct token *t = ARENA_PUSH(s->arena, s->tokens);
    struct slice text = part_of(s, p.start, p.end);
    bool plain = !(p.seen & (CHAR_UPPER | CHAR_WIDE));
    if (p.seen & (CHAR_UPPER | CHAR_DIGIT)) {
        flags |= letter_flags(s, p);
    }
    t->start_byte = (uint32_t)p.start;
    t->end_byte = (uint32_t)p.end;
    t->lower = plain ? text : lower_form(s, text);
    t->kind = (uint8_t)kind;
    t->flags = (uint8_t)(flags | (s->blank_before ? TOKEN_SPACE_BEFORE : 0));
    t->block = s->block;
    s->blank_before = false;
}

/* ---- cutting words */

/* Looks up the lower-case form of a short part, with the stop behind it or without. */
static bool find_part(const struct pack_table *table, struct slice part, bool stop,
                      struct slice *value)
{
    char key[LONGEST_PART + 1];
    if (!table->base || part.len > LONGEST_PART) {
        return false;
    }
    size_t len = fold_lower_short(part, key);
    if (len == SIZE_MAX) {
        return false;
    }
    key[len] = '.';
    return pack_find(table, slice_of(key, len + stop), value);
}

/* True when the elision's letters (any, when it names none) allow what follows. */
static bool may_follow(const struct scanner *s, struct slice value, size_t at)
{
    struct slice letters = pack_column(value, 0);
    if (letters.len == 0) {
        return true;
    }
    size_t next;
    char folded[8];
    size_t len = fold_code_point(utf8_decode(s->text, at, &next), folded);
    return len > 0 && memchr(letters.ptr, folded[0], letters.len);
}

/* Where the elided word that stands at `start` (l', d', qu'…) ends; `start` when there is none. */
static size_t end_of_elision(const struct scanner *s, size_t start)
{
    size_t most = s->elisions.base ? start + LONGEST_PART : start;
    for (size_t at = start, next; at < most && at < s->text.len; at = next) {
        unsigned class = tokens_char(s->text, at, &next);
        if (class & CHAR_LETTER) {
            continue;
        }
        struct slice value;
        bool elided = class & CHAR_APOSTROPHE &&
                      tokens_class(s->text, next) & (CHAR_LETTER | CHAR_DIGIT) &&
                      find_part(&s->elisions, part_of(s, start, next), false, &value) &&
                      may_follow(s, value, next);
        return elided ? next : start;
    }
    return start;
}

/* Where the clitic at the end of [start, end) begins; `end` when there is none. The longest one wins:
 * of "a-t-il" it is "-t-il", of "don't" it is "n't". */
static size_t find_clitic(const struct scanner *s, size_t start, size_t end)
{
    size_t best = end;
    size_t least = end - start > LONGEST_PART ? end - LONGEST_PART : start;
    for (size_t at = end, next; at > least + 1;) {
        (void)utf8_decode_before(s->text, at, &at);
        unsigned class = at > start ? tokens_char(s->text, at, &next) : 0;
        if (!(class & (CHAR_HYPHEN | CHAR_APOSTROPHE))) {
            continue;
        }
        if (find_part(&s->clitics, part_of(s, at, end), false, NULL)) {
            best = at;
        }
        if (class & CHAR_APOSTROPHE && at > start + 1 &&
            find_part(&s->clitics, part_of(s, at - 1, end), false, NULL)) {
            best = at - 1;
        }
    }
    return best;
}

/* A capitalised word inside a sentence is no verb: Kim Jong-il keeps his -il. */
static bool is_inside_name(const struct scanner *s, struct piece p)
{
    if (!(tokens_class(s->text, p.start) & CHAR_UPPER) || s->tokens->count == s->first) {
        return false;
    }
    const struct token *before = &s->tokens->items[s->tokens->count - 1];
    return before->kind == TOKEN_WORD && !(before->flags & TOKEN_ELIDED);
}

static bool is_hyphen_clitic(const struct scanner *s, size_t at)
{
    return tokens_class(s->text, at) & CHAR_HYPHEN;
}

static void emit_word(struct scanner *s, struct piece p, enum token_kind kind)
{
    enum { MOST_CUTS = 3 };
    size_t cuts[MOST_CUTS + 1] = {p.end};
    size_t count = 0;
    bool whole = !s->clitics.base || !(p.seen & (CHAR_APOSTROPHE | CHAR_HYPHEN)) ||
                 find_part(&s->clitics, part_of(s, p.start, p.end), false, NULL);
    while (!whole && count < MOST_CUTS) {
        size_t at = find_clitic(s, p.start, cuts[count]);
        if (at == cuts[count] || (is_hyphen_clitic(s, at) && is_inside_name(s, p))) {
            break;
        }
        cuts[++count] = at;
    }
    emit(s, (struct piece){p.start, cuts[count], p.seen}, kind, 0);
    for (; count > 0; count--) {
        emit(s, (struct piece){cuts[count], cuts[count - 1], p.seen}, TOKEN_WORD, TOKEN_CLITIC);
    }
}

/* ---- finding words */

/* Whether the stop, comma, colon, ampersand… at `at` belongs to the word around it. */
static bool joins(const struct scanner *s, const struct piece *p, unsigned before, size_t at,
                  size_t next)
{
    unsigned after = tokens_class(s->text, next);
    bool digits = (before & CHAR_DIGIT) && (after & CHAR_DIGIT);
    bool address = p->seen & CHAR_SYMBOL;
    switch (s->text.ptr[at]) {
    case '.':
        return digits || ((before & CHAR_LETTER) && (after & CHAR_LOWER)) ||
               ((before & CHAR_WORD) && (after & CHAR_WORD) &&
                (address || tokens_forms_leads_to_at_sign(s->text, next)));
    case ',':
    case ':':
        return digits && !(p->seen & CHAR_LETTER);
    case '&':
        return (before & CHAR_UPPER) && (after & CHAR_UPPER);
    case '@':
        return !address && (after & (CHAR_LETTER | CHAR_DIGIT));
    case '_':
        return (before & CHAR_WORD) && (after & CHAR_WORD);
    default: /* the middle dot of étudiant·e·s */
        return (before & CHAR_LETTER) && (after & CHAR_LETTER) &&
               slice_starts(part_of(s, at, s->text.len), SLICE("·"));
    }
}

static struct piece find_word(const struct scanner *s, size_t start)
{
    struct piece p = {start, start, 0};
    unsigned before = 0;
    while (p.end < s->text.len) {
        size_t next;
        unsigned class = tokens_char(s->text, p.end, &next);
        if (!(class & CHAR_WORD)) {
            bool inner =
                class & (CHAR_APOSTROPHE | CHAR_HYPHEN)
                    ? tokens_class(s->text, next) & (CHAR_LETTER | CHAR_DIGIT)
                    : !(class & (CHAR_BLANK | CHAR_IDEOGRAPH)) && joins(s, &p, before, p.end, next);
            if (!inner) {
                break;
            }
            class = class & ~(unsigned)CHAR_SYMBOL;
            class |= s->text.ptr[p.end] == '@' ? CHAR_SYMBOL : 0;
        }
        p.seen |= class;
        before = class & CHAR_MARK ? before | class : class;
        p.end = next;
    }
    return p;
}

/* The class of what follows the blanks at `at`; CHAR_BLANK when nothing does. */
static unsigned class_after_blanks(const struct scanner *s, size_t at)
{
    for (size_t next; at < s->text.len; at = next) {
        unsigned class = tokens_char(s->text, at, &next);
        if (!(class & CHAR_BLANK)) {
            return class;
        }
    }
    return CHAR_BLANK;
}

/* What the table says of the stop behind [start, end): does it belong to the word? */
static bool owns_stop(const struct scanner *s, size_t start, size_t end, unsigned *flags)
{
    struct slice value;
    if (!find_part(&s->abbreviations, part_of(s, start, end), true, &value)) {
        return false;
    }
    struct slice when = pack_column(value, 0);
    unsigned after = class_after_blanks(s, end + 1);
    if ((slice_is(when, "digit") && !(after & CHAR_DIGIT)) ||
        (slice_is(when, "capital") && !(after & CHAR_UPPER)) || slice_is(when, "never")) {
        return false;
    }
    *flags = slice_is(when, "end") ? 0 : TOKEN_ABBREVIATION;
    return true;
}

/* True when the word behind the blanks at `at` is a function word: it begins a sentence, no surname. */
static bool function_word_follows(const struct scanner *s, size_t at)
{
    size_t next;
    while (at < s->text.len && tokens_char(s->text, at, &next) & CHAR_BLANK) {
        at = next;
    }
    size_t end = at;
    while (end < s->text.len && tokens_char(s->text, end, &next) & CHAR_WORD) {
        end = next;
    }
    return end - at > 1 && find_part(&s->function_words, part_of(s, at, end), false, NULL);
}

/* The J of "J. Dupont", the S of "Laurence S. Dupont", not those of "plan B. Le maire", "Laurence S. Elle". */
static bool is_initial(const struct scanner *s, struct piece p)
{
    size_t next;
    bool one_capital = tokens_char(s->text, p.start, &next) & CHAR_UPPER && next == p.end;
    if (!one_capital || !(class_after_blanks(s, p.end + 1) & CHAR_UPPER) ||
        find_part(&s->abbreviations, part_of(s, p.start, p.end), true, NULL)) {
        return false;
    }
    size_t count = s->tokens->count;
    bool after_word = count > s->first && s->tokens->items[count - 1].kind == TOKEN_WORD &&
                      !(s->tokens->items[count - 1].flags & TOKEN_INITIAL);
    return !after_word || !function_word_follows(s, p.end + 1);
}

/* Elided words, words that own the stop behind them, and all others. Returns where to go on. */
static size_t scan_word(struct scanner *s, size_t start)
{
    size_t first_end, end = end_of_elision(s, start);
    if (end > start) {
        emit(s, (struct piece){start, end, CHAR_UPPER | CHAR_WIDE}, TOKEN_WORD, TOKEN_ELIDED);
        return end;
    }
    unsigned class = tokens_char(s->text, start, &first_end);
    if (class & CHAR_LETTER && byte_at(s, first_end) == '.') {
        size_t letters = tokens_forms_stopped_letters(s->text, start, &end);
        if (letters > 1) {
            unsigned initial = class_after_blanks(s, end) & class & CHAR_UPPER ? TOKEN_INITIAL : 0;
            emit(s, (struct piece){start, end, CHAR_UPPER | CHAR_WIDE}, TOKEN_WORD,
                 TOKEN_ABBREVIATION | initial);
            return end;
        }
    }
    struct piece p = find_word(s, start);
    enum token_kind kind = p.seen & CHAR_SYMBOL ? TOKEN_SYMBOL
                           : class & CHAR_DIGIT ? TOKEN_NUMBER
                                                : TOKEN_WORD;
    bool stop = byte_at(s, p.end) == '.' && byte_at(s, p.end + 1) != '.';
    unsigned flags = 0;
    if (stop && kind == TOKEN_WORD && (owns_stop(s, p.start, p.end, &flags) || is_initial(s, p))) {
        bool initial = !flags && is_initial(s, p);
        p.end++;
        emit(s, p, TOKEN_WORD, flags | (initial ? TOKEN_INITIAL : 0));
        return p.end;
    }
    if (kind != TOKEN_SYMBOL && p.seen & (CHAR_APOSTROPHE | CHAR_HYPHEN)) {
        emit_word(s, p, kind);
    } else {
        emit(s, p, kind, 0);
    }
    return p.end;
}

static size_t scan_address(struct scanner *s, size_t start, size_t end)
{
    emit(s, (struct piece){start, end, CHAR_UPPER | CHAR_WIDE}, TOKEN_SYMBOL, 0);
    return end;
}

static size_t scan_mark(struct scanner *s, size_t start, unsigned class)
{
    char c = s->text.ptr[start];
    if (c == '@' || c == '#') {
        size_t end = tokens_forms_end_of_tag(s->text, start);
        if (end > start) {
            return scan_address(s, start, end);
        }
    }
    size_t end = tokens_forms_end_of_mark(s->text, start);
    bool double_angle = (c == '<' || c == '>') && end == start + 2;
    bool punctuation = class & CHAR_PUNCTUATION || double_angle;
    emit(s, (struct piece){start, end, class}, punctuation ? TOKEN_PUNCTUATION : TOKEN_SYMBOL, 0);
    return end;
}

static size_t scan_ideograph(struct scanner *s, size_t start, size_t next)
{
    size_t end = next;
    while (end < s->text.len && tokens_char(s->text, end, &next) & CHAR_MARK) {
        end = next;
    }
    emit(s, (struct piece){start, end, CHAR_WIDE}, TOKEN_WORD, 0);
    return end;
}

static size_t scan_one(struct scanner *s, size_t at)
{
    size_t next;
    unsigned class = tokens_char(s->text, at, &next);
    if (class & CHAR_BLANK) {
        s->blank_before = true;
        return next;
    }
    if (class & (CHAR_LETTER | CHAR_DIGIT)) {
        char c = (char)(s->text.ptr[at] | 0x20);
        size_t end = c == 'h' || c == 'w' ? tokens_forms_end_of_address(s->text, at) : at;
        return end > at ? scan_address(s, at, end) : scan_word(s, at);
    }
    return class & CHAR_IDEOGRAPH ? scan_ideograph(s, at, next) : scan_mark(s, at, class);
}

void tokens_scan(struct arena *arena, const struct pack *pack, struct slice text,
                 uint32_t start_byte, uint32_t end_byte, uint32_t block, struct tokens *tokens)
{
    struct scanner s = {.arena = arena,
                        .text = slice_of(text.ptr, end_byte < text.len ? end_byte : text.len),
                        .tokens = tokens,
                        .first = tokens->count,
                        .block = block,
                        .elisions = pack_table(pack, "elisions"),
                        .clitics = pack_table(pack, "clitics"),
                        .abbreviations = pack_table(pack, "abbreviations"),
                        .function_words = pack_table(pack, "langid"),
                        .blank_before = true};
    for (size_t at = start_byte; at < s.text.len;) {
        at = scan_one(&s, at);
    }
}
