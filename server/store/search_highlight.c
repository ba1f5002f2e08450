#include "store/search_highlight.h"

#include <stdlib.h>

#include "store/search_parts.h"
#include "store/tokenizer.h"
#include "text/utf8.h"

/* Code points of a snippet before and behind its first match. */
enum { SNIPPET_BEFORE = 80, SNIPPET_BEHIND = 160 };

struct word {
    struct slice folded;
    uint32_t start, end;
};

struct cutting {
    struct arena *arena;
    struct {
        struct word *items;
        size_t count, capacity;
    } words;
};

static int add_word(void *context, struct slice folded, int start_byte, int end_byte)
{
    struct cutting *c = context;
    struct word *word = ARENA_PUSH(c->arena, &c->words);
    struct slice copy = arena_copy(c->arena, folded);
    if (word == NULL || !slice_present(copy)) {
        return 1;
    }
    *word = (struct word){copy, (uint32_t)start_byte, (uint32_t)end_byte};
    return 0;
}

static bool stands_at(const struct search_phrase *phrase, const struct word *words, size_t left)
{
    if (phrase->count > left) {
        return false;
    }
    for (size_t i = 0; i < phrase->count; i++) {
        bool last = i + 1 == phrase->count;
        bool same = phrase->prefix && last ? slice_starts(words[i].folded, phrase->words[i])
                                           : slice_equal(words[i].folded, phrase->words[i]);
        if (!same) {
            return false;
        }
    }
    return true;
}

/* A phrase of quoted words, or of words outside of them, where it was searched. */
static bool was_searched(const struct search_phrase *phrase, unsigned columns, struct slice quoted,
                         uint32_t start, uint32_t end)
{
    unsigned wanted = phrase->columns ? phrase->columns & columns : columns;
    unsigned apart = SEARCH_IN_NARRATION | SEARCH_IN_QUOTES;
    if (!(columns & apart) || (wanted & apart) == apart) {
        return wanted != 0;
    }
    bool inside = search_parts_has(quoted, start, end);
    return wanted & SEARCH_IN_QUOTES
               ? inside
               : (wanted & SEARCH_IN_NARRATION) != 0 && !search_parts_touches(quoted, start, end);
}

/* In the order of the text; bytes for now. */
static bool find(const struct search_query *query, const struct cutting *cut, unsigned columns,
                 struct slice quoted, const char *field, struct arena *arena,
                 struct highlights *out)
{
    size_t first = out->count;
    for (size_t i = 0; i < cut->words.count; i++) {
        const struct word *word = &cut->words.items[i];
        for (size_t p = 0; p < query->count; p++) {
            const struct search_phrase *phrase = &query->items[p];
            if (!stands_at(phrase, word, cut->words.count - i)) {
                continue;
            }
            uint32_t end = word[phrase->count - 1].end;
            if (!was_searched(phrase, columns, quoted, word->start, end)) {
                continue;
            }
            struct store_highlight *before =
                out->count > first ? &out->items[out->count - 1] : NULL;
            if (before != NULL && word->start <= before->end_byte) {
                before->end_byte = end > before->end_byte ? end : before->end_byte;
                continue;
            }
            if (out->count - first == HIGHLIGHTS_MOST) {
                return true;
            }
            struct store_highlight *added = ARENA_PUSH(arena, out);
            if (added == NULL) {
                return false;
            }
            *added = (struct store_highlight){
                .field = field, .start_byte = word->start, .end_byte = end};
        }
    }
    return true;
}

static void count_code_points(struct slice text, struct highlights *out, size_t first)
{
    uint32_t byte = 0, cp = 0;
    for (size_t i = first; i < out->count; i++) {
        struct store_highlight *h = &out->items[i];
        cp += (uint32_t)utf8_count(slice_of(text.ptr + byte, h->start_byte - byte));
        h->start_cp = cp;
        cp += (uint32_t)utf8_count(slice_of(text.ptr + h->start_byte, h->end_byte - h->start_byte));
        h->end_cp = cp;
        byte = h->end_byte;
    }
}

bool search_highlight(const struct search_query *query, struct slice text, unsigned columns,
                      struct slice quoted, const char *field, struct arena *arena,
                      struct highlights *out)
{
    struct cutting cut = {.arena = arena};
    size_t first = out->count;
    if (text.len == 0 || query->count == 0) {
        return true;
    }
    bool whole = tokenizer_walk(text, add_word, &cut) == 0 &&
                 find(query, &cut, columns, quoted, field, arena, out);
    count_code_points(text, out, first);
    return whole;
}

static bool is_blank(struct slice text, size_t at)
{
    size_t next;
    return at < text.len && utf8_is_blank(utf8_decode(text, at, &next));
}

/* So many code points back, then to the beginning of a word. */
static size_t go_back(struct slice text, size_t at, int code_points)
{
    for (; at > 0 && (code_points > 0 || !is_blank(text, at)); code_points--) {
        do {
            at--;
        } while (at > 0 && ((unsigned char)text.ptr[at] & 0xc0) == 0x80);
        if (text.ptr[at] == '\n') {
            break; /* a snippet is of one paragraph */
        }
    }
    while (is_blank(text, at)) {
        utf8_decode(text, at, &at);
    }
    return at;
}

static size_t go_on(struct slice text, size_t at, int code_points)
{
    for (; at < text.len && text.ptr[at] != '\n' && (code_points > 0 || !is_blank(text, at));
         code_points--) {
        utf8_decode(text, at, &at);
    }
    return at;
}

void search_snippet(struct slice text, const struct highlights *highlights, const char *field,
                    struct arena *arena, struct store_snippet *out)
{
    size_t i = 0;
    while (i < highlights->count && highlights->items[i].field != field) {
        i++;
    }
    if (i == highlights->count) {
        return;
    }
    const struct store_highlight *first = &highlights->items[i];
    size_t start = go_back(text, first->start_byte, SNIPPET_BEFORE);
    size_t end = go_on(text, first->end_byte, SNIPPET_BEHIND);
    out->field = field;
    out->text = arena_copy(arena, slice_of(text.ptr + start, end - start));
    out->start_cp = (uint32_t)utf8_count(slice_of(text.ptr, start));
    out->end_cp = out->start_cp + (uint32_t)utf8_count(slice_of(text.ptr + start, end - start));
}
