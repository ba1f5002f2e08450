/* Sentences: the second half of tokens.h. */
#include "text/tokens.h"

/* What a mark does to the sentence around it. A straight quote opens and closes in turn. */
enum role { ROLE_NONE, ROLE_FINAL, ROLE_OPENING, ROLE_CLOSING, ROLE_STRAIGHT, ROLE_DASH };

static const struct {
    const char *mark;
    enum role role;
} roles[] = {{".", ROLE_FINAL},   {"!", ROLE_FINAL},    {"?", ROLE_FINAL},    {"…", ROLE_FINAL},
             {"。", ROLE_FINAL},  {"！", ROLE_FINAL},   {"？", ROLE_FINAL},   {"‼", ROLE_FINAL},
             {"⁉", ROLE_FINAL},   {"؟", ROLE_FINAL},    {"«", ROLE_OPENING},  {"“", ROLE_OPENING},
             {"„", ROLE_OPENING}, {"‟", ROLE_OPENING},  {"‹", ROLE_OPENING},  {"‘", ROLE_OPENING},
             {"(", ROLE_OPENING}, {"[", ROLE_OPENING},  {"<<", ROLE_OPENING}, {"»", ROLE_CLOSING},
             {"”", ROLE_CLOSING}, {"›", ROLE_CLOSING},  {"’", ROLE_CLOSING},  {")", ROLE_CLOSING},
             {"]", ROLE_CLOSING}, {">>", ROLE_CLOSING}, {"'", ROLE_CLOSING},  {"\"", ROLE_STRAIGHT},
             {"—", ROLE_DASH},    {"–", ROLE_DASH},     {"-", ROLE_DASH},     {"--", ROLE_DASH},
             {"―", ROLE_DASH}};

struct splitter {
    struct arena *arena;
    struct slice text;
    struct tokens *tokens;
    struct sentences *sentences;
    uint32_t first;     /* token that begins the sentence */
    bool straight_open; /* inside "…" */
};

static struct slice token_text(const struct splitter *s, const struct token *t)
{
    return slice_of(s->text.ptr + t->start_byte, t->end_byte - t->start_byte);
}

static enum role role_of(const struct splitter *s, size_t i)
{
    const struct token *t = &s->tokens->items[i];
    if (t->kind != TOKEN_PUNCTUATION) {
        return ROLE_NONE;
    }
    struct slice text = token_text(s, t);
    for (size_t r = 0; r < sizeof roles / sizeof *roles; r++) {
        if (text.ptr[0] == roles[r].mark[0] && slice_is(text, roles[r].mark)) {
            return roles[r].role;
        }
    }
    return slice_starts(text, SLICE("..")) ? ROLE_FINAL : ROLE_NONE;
}

/* "etc." owns its stop but may end a sentence. */
static bool is_open_abbreviation(const struct splitter *s, size_t i)
{
    const struct token *t = &s->tokens->items[i];
    return t->kind == TOKEN_WORD && !(t->flags & (TOKEN_ABBREVIATION | TOKEN_INITIAL)) &&
           t->end_byte - t->start_byte > 1 && s->text.ptr[t->end_byte - 1] == '.';
}

/* The 1 of "1. Le premier point": the stop behind it numbers what follows. */
static bool is_item_number(const struct splitter *s, size_t final)
{
    return final == s->first + (size_t)1 && s->tokens->items[s->first].kind == TOKEN_NUMBER;
}

/* The dots of "(...)" and "[…]" stand for words left out. */
static bool is_omission(const struct splitter *s, size_t i)
{
    if (i == s->first) {
        return false;
    }
    char before = s->text.ptr[s->tokens->items[i - 1].start_byte];
    return before == '(' || before == '[';
}

/* A straight apostrophe closes when it touches the word before it; elsewhere it opens. */
static bool is_closing(const struct splitter *s, size_t i, enum role role)
{
    const struct token *t = &s->tokens->items[i];
    return role == ROLE_CLOSING &&
           !(s->text.ptr[t->start_byte] == '\'' && t->flags & TOKEN_SPACE_BEFORE);
}

/* Marks that close what the final mark at `i - 1` ended; returns the token behind them. */
static size_t skip_closing(struct splitter *s, size_t i)
{
    for (; i < s->tokens->count; i++) {
        enum role role = role_of(s, i);
        bool closes = is_closing(s, i, role) || role == ROLE_FINAL ||
                      (role == ROLE_STRAIGHT && s->straight_open);
        if (!closes) {
            break;
        }
        if (role == ROLE_STRAIGHT) {
            s->straight_open = false;
        }
    }
    return i;
}

static bool may_begin(const struct splitter *s, size_t i)
{
    const struct token *t = &s->tokens->items[i];
    switch (role_of(s, i)) {
    case ROLE_OPENING:
    case ROLE_CLOSING: /* closing ones were skipped: this one opens */
    case ROLE_STRAIGHT:
        return true;
    case ROLE_DASH:
        return t->flags & TOKEN_SPACE_BEFORE;
    default:
        return t->flags & TOKEN_CAPITAL || t->kind == TOKEN_NUMBER ||
               (t->kind == TOKEN_SYMBOL && t->flags & TOKEN_SPACE_BEFORE);
    }
}

static void end_sentence(struct splitter *s, size_t end)
{
    struct sentence *sentence = ARENA_PUSH(s->arena, s->sentences);
    sentence->first = s->first;
    sentence->end = (uint32_t)end;
    sentence->block = s->tokens->items[s->first].block;
    for (size_t i = s->first; i < end; i++) {
        s->tokens->items[i].sentence = (uint32_t)(s->sentences->count - 1);
    }
    s->first = (uint32_t)end;
}

void sentences_split(struct arena *arena, struct slice text, struct tokens *tokens, size_t first,
                     struct sentences *sentences)
{
    struct splitter s = {arena, text, tokens, sentences, (uint32_t)first, false};
    for (size_t i = first; i < tokens->count;) {
        enum role role = role_of(&s, i);
        if (role == ROLE_STRAIGHT) {
            s.straight_open = !s.straight_open;
        }
        bool final = role == ROLE_FINAL ? !is_item_number(&s, i) && !is_omission(&s, i)
                                        : is_open_abbreviation(&s, i);
        i++;
        if (final) {
            i = skip_closing(&s, i);
            if (i < tokens->count && may_begin(&s, i)) {
                end_sentence(&s, i);
            }
        }
    }
    if (s.first < tokens->count) {
        end_sentence(&s, tokens->count);
    }
}
