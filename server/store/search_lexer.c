#include "store/search_lexer.h"

#include "store/search_fields.h"
#include "text/utf8.h"

#define NEAR_STANDARD 10

void lexer_init(struct lexer *lexer, struct slice q)
{
    *lexer = (struct lexer){q, 0};
}

static bool is_quote_mark(uint32_t cp)
{
    return cp == '"' || cp == 0x201C || cp == 0x201D || cp == 0x201E || cp == 0xAB || cp == 0xBB;
}

static uint32_t peek(const struct lexer *l, size_t at, size_t *next)
{
    *next = at;
    return at < l->q.len ? utf8_decode(l->q, at, next) : 0;
}

static bool is_blank_at(const struct lexer *l, size_t at)
{
    size_t next;
    return at >= l->q.len || utf8_is_blank(peek(l, at, &next));
}

/* What stands between quotation marks; an unclosed one goes to the end. */
static struct lexeme read_quoted(struct lexer *l, size_t at)
{
    size_t next, start;
    peek(l, at, &start);
    size_t end = start;
    while (end < l->q.len && !is_quote_mark(peek(l, end, &next))) {
        end = next;
    }
    peek(l, end, &next);
    l->at = end < l->q.len ? next : end;
    struct lexeme lexeme = {.kind = LEXEME_WORDS,
                            .at = at,
                            .text = slice_of(l->q.ptr + start, end - start),
                            .quoted = true};
    if (l->at < l->q.len && l->q.ptr[l->at] == '*') {
        lexeme.prefix = true;
        l->at++;
    }
    return lexeme;
}

static bool read_near(struct slice word, int64_t *most)
{
    struct slice name = SLICE("NEAR");
    *most = NEAR_STANDARD;
    if (!slice_starts(word, name) || word.len > name.len + 10) {
        return false;
    }
    if (word.len == name.len) {
        return true;
    }
    *most = 0;
    for (size_t i = name.len + 1; i < word.len; i++) {
        if (word.ptr[i] < '0' || word.ptr[i] > '9') {
            return false;
        }
        *most = *most * 10 + (word.ptr[i] - '0');
    }
    return word.ptr[name.len] == '/' && word.len > name.len + 1;
}

static enum lexeme_kind kind_of(struct slice word, int64_t *number)
{
    static const struct {
        const char *word;
        enum lexeme_kind kind;
    } operators[] = {{"AND", LEXEME_AND}, {"ET", LEXEME_AND},  {"OR", LEXEME_OR},
                     {"OU", LEXEME_OR},   {"NOT", LEXEME_NOT}, {"SAUF", LEXEME_NOT}};
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        if (slice_is(word, operators[i].word)) {
            return operators[i].kind;
        }
    }
    return read_near(word, number) ? LEXEME_NEAR : LEXEME_WORDS;
}

/* Letters and a colon with something directly behind, which is or nearly is a field's name. */
static bool is_field(const struct lexer *l, size_t at, size_t *colon)
{
    size_t end = at;
    while (end < l->q.len &&
           ((l->q.ptr[end] >= 'a' && l->q.ptr[end] <= 'z') || l->q.ptr[end] == '_')) {
        end++;
    }
    *colon = end;
    return end > at && end < l->q.len && l->q.ptr[end] == ':' && !is_blank_at(l, end + 1) &&
           search_fields_sounds_like(slice_of(l->q.ptr + at, end - at));
}

static struct lexeme read_word(struct lexer *l, size_t at)
{
    size_t end = at, next;
    while (end < l->q.len) {
        uint32_t cp = peek(l, end, &next);
        if (utf8_is_blank(cp) || is_quote_mark(cp) || cp == '(' || cp == ')') {
            break;
        }
        end = next;
    }
    struct lexeme lexeme = {.at = at, .text = slice_of(l->q.ptr + at, end - at)};
    lexeme.kind = kind_of(lexeme.text, &lexeme.number);
    lexeme.prefix = l->q.ptr[end - 1] == '*';
    l->at = end;
    return lexeme;
}

struct lexeme lexer_next(struct lexer *l)
{
    size_t next, colon;
    while (l->at < l->q.len && is_blank_at(l, l->at)) {
        peek(l, l->at, &l->at);
    }
    size_t at = l->at;
    if (at >= l->q.len) {
        return (struct lexeme){.kind = LEXEME_END, .at = at};
    }
    uint32_t cp = peek(l, at, &next);
    if (is_quote_mark(cp)) {
        return read_quoted(l, at);
    }
    if (cp == '(' || cp == ')') {
        l->at = next;
        return (struct lexeme){.kind = cp == '(' ? LEXEME_OPEN : LEXEME_CLOSE, .at = at};
    }
    if (cp == '-' && !is_blank_at(l, next) && l->q.ptr[next] != '-' && l->q.ptr[next] != ')') {
        l->at = next;
        return (struct lexeme){.kind = LEXEME_MINUS, .at = at};
    }
    if (is_field(l, at, &colon)) {
        l->at = colon + 1;
        return (struct lexeme){
            .kind = LEXEME_FIELD, .at = at, .text = slice_of(l->q.ptr + at, colon - at)};
    }
    return read_word(l, at);
}

struct slice lexer_value(struct lexer *l)
{
    size_t at = l->at, end = at, next;
    bool quoted = false;
    while (end < l->q.len) {
        uint32_t cp = peek(l, end, &next);
        quoted = is_quote_mark(cp) ? !quoted : quoted;
        if (!quoted && (utf8_is_blank(cp) || cp == '(' || cp == ')')) {
            break;
        }
        end = next;
    }
    l->at = end;
    return end > at ? slice_of(l->q.ptr + at, end - at) : SLICE_NONE;
}
