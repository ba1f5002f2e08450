#include "text/tokens_forms.h"

#include "text/tokens_chars.h"

enum { LONGEST_LOCAL = 64 /* bytes of an e-mail address before its @ */ };

static char byte_at(struct slice text, size_t at)
{
    return at < text.len ? text.ptr[at] : '\0';
}

/* True when letters, digits and dots from `at` on lead to an @: the front of an e-mail address. */
bool tokens_forms_leads_to_at_sign(struct slice text, size_t at)
{
    for (size_t end = at + LONGEST_LOCAL; at < end; at++) {
        char c = byte_at(text, at);
        if (c == '@') {
            return true;
        }
        if (!(tokens_class(text, at) & CHAR_WORD) && c != '.' && c != '-' && c != '_') {
            return false;
        }
    }
    return false;
}

/* Letters that each have their stop: U.S., O.N.U., J.-P., p.m. Returns how many; *end is behind them. */
size_t tokens_forms_stopped_letters(struct slice text, size_t at, size_t *end)
{
    size_t count = 0;
    for (;;) {
        size_t from = count && byte_at(text, at) == '-' ? at + 1 : at;
        size_t next = from;
        if (from >= text.len || !(tokens_char(text, from, &next) & CHAR_LETTER)) {
            return count;
        }
        if (byte_at(text, next) != '.') {
            bool last = count > 1 && from == at && !(tokens_class(text, next) & CHAR_WORD);
            *end = last ? next : *end; /* the A of "U.S.A" */
            return count + last;
        }
        at = next + 1;
        *end = at;
        count++;
    }
}

static bool starts_address(struct slice text, size_t at)
{
    static const char *const starts[] = {"http://", "https://", "www."};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        size_t len = strlen(starts[i]);
        size_t same = 0;
        while (same < len && at + same < text.len &&
               utf8_to_lower((unsigned char)text.ptr[at + same]) == (uint32_t)starts[i][same]) {
            same++;
        }
        if (same == len && !(tokens_class(text, at + len) & CHAR_BLANK)) {
            return true;
        }
    }
    return false;
}

/* Up to a blank or a quotation mark, without the punctuation of the sentence around it. */
size_t tokens_forms_end_of_address(struct slice text, size_t start)
{
    if (!starts_address(text, start)) {
        return start;
    }
    size_t end = start, next = start;
    bool bracket = false;
    for (; end < text.len; end = next) {
        unsigned class = tokens_char(text, end, &next);
        char c = text.ptr[end];
        if (class & CHAR_BLANK || c == '<' || c == '>' || c == '"' ||
            ((unsigned char)c >= 0x80 && class & CHAR_PUNCTUATION)) {
            break;
        }
        bracket = bracket || c == '(';
    }
    while (end > start + 1 && strchr(bracket ? ".,;:!?'" : ".,;:!?')]", text.ptr[end - 1])) {
        end--;
    }
    return end;
}

/* @handle, #hashtag: the end, or `start` when it is none. A hashtag has a letter: #1 is a number. */
size_t tokens_forms_end_of_tag(struct slice text, size_t start)
{
    unsigned seen = 0;
    size_t end = start + 1;
    for (size_t next; end < text.len; end = next) {
        unsigned class = tokens_char(text, end, &next);
        if (!(class & CHAR_WORD) && text.ptr[end] != '_') {
            break;
        }
        seen |= class;
    }
    return seen & CHAR_LETTER ? end : start;
}

/* Marks that are written with several characters: "...", "--", "<<", ">>". */
size_t tokens_forms_end_of_mark(struct slice text, size_t start)
{
    char c = text.ptr[start];
    size_t end = start + 1, next;
    (void)tokens_char(text, start, &next);
    if (c == '.' || c == '-') {
        while (byte_at(text, end) == c) {
            end++;
        }
        return end;
    }
    if ((c == '<' || c == '>') && byte_at(text, end) == c) {
        return end + 1;
    }
    return next;
}
