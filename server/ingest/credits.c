#include "ingest/credits.h"

#include <stdio.h>
#include <string.h>

#include "ingest/formulas.h"
#include "text/utf8.h"

#define CREDIT_MOST_BYTES 120 /* a longer line is a sentence */
#define CREDITS_MOST      8
#define LAST_BLOCKS       4
#define WORDS_MOST        24

struct finder {
    struct document *document;
    struct arena *arena;
    struct formula_packs packs;
    bool nomem;
};

/* A line as words: each with where it begins in the line and in `folded`, where one blank parts them. */
struct words {
    struct slice folded;
    struct {
        size_t start, folded_start;
    } items[WORDS_MOST];
    size_t count;
    bool whole; /* no more than WORDS_MOST */
};

static bool is_inside(uint32_t cp)
{
    return utf8_is_letter(cp) || utf8_is_digit(cp) || utf8_is_mark(cp) || cp == '-' || cp == '\'' ||
           cp == 0x2019;
}

static struct words cut(struct finder *f, struct slice line)
{
    struct words words = {.whole = true};
    char text[CREDIT_MOST_BYTES * 2];
    size_t len = 0;
    for (size_t at = 0; at < line.len && line.len <= CREDIT_MOST_BYTES;) {
        size_t start = at, next = at;
        while (next < line.len && is_inside(utf8_decode(line, next, &at))) {
            next = at;
        }
        if (next == start) {
            continue;
        }
        at = next;
        if (words.count == WORDS_MOST) {
            words.whole = false;
            break;
        }
        words.items[words.count].start = start;
        words.items[words.count++].folded_start = len + (len > 0);
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%.*s", len ? " " : "",
                                (int)(next - start), line.ptr + start);
    }
    words.folded = formula_line(f->arena, slice_of(text, len));
    words.whole = words.whole && words.folded.len == len;
    return words;
}

static bool is_year(struct slice word)
{
    bool digits = word.len == 4;
    for (size_t i = 0; i < word.len && digits; i++) {
        digits = word.ptr[i] >= '0' && word.ptr[i] <= '9';
    }
    return digits;
}

static bool add(struct finder *f, struct slice name)
{
    struct document *d = f->document;
    for (size_t i = 0; i < d->credit_count; i++) {
        if (slice_equal(d->credits[i], name)) {
            return true;
        }
    }
    if (d->credit_count == CREDITS_MOST) {
        return true;
    }
    struct slice *grown =
        arena_grow(f->arena, d->credits, d->credit_count, d->credit_count + 1, sizeof *grown);
    f->nomem = f->nomem || !grown;
    if (grown) {
        grown[d->credit_count++] = name;
        d->credits = grown;
    }
    return grown != NULL;
}

/* How the words from `first` on read as a credit: how many agencies, or 0 when something else stands among them. */
static size_t read_credit(struct finder *f, struct slice line, const struct words *words,
                          size_t first, struct slice *names)
{
    size_t found = 0;
    for (size_t i = first; i < words->count;) {
        size_t at = words->items[i].folded_start;
        struct slice rest = slice_of(words->folded.ptr + at, words->folded.len - at);
        struct formula_match match = formula_at_start(&f->packs, "agencies", rest);
        struct slice tail = rest;
        if (!slice_present(match.key) && !is_year(slice_cut(&tail, ' '))) {
            return 0;
        }
        size_t end = at + (slice_present(match.key) ? match.key.len : 4);
        bool agency = slice_is(pack_column(match.value, 0), "agency");
        /* "ap" and "pa" are words; an agency is printed with a capital */
        if (agency && !utf8_is_upper(utf8_decode(line, words->items[i].start, NULL))) {
            return 0;
        }
        if (agency && found < CREDITS_MOST) {
            names[found++] = pack_column(match.value, 1);
        }
        while (i < words->count && words->items[i].folded_start < end) {
            i++;
        }
    }
    return found;
}

/* True when all of `line` is a credit, which is then recorded. */
static bool take_line(struct finder *f, struct slice line)
{
    struct slice names[CREDITS_MOST];
    struct words words = cut(f, line);
    size_t found = words.whole ? read_credit(f, line, &words, 0, names) : 0;
    for (size_t i = 0; i < found; i++) {
        add(f, names[i]);
    }
    return found > 0;
}

/* "Jeanne Vidal avec AFP" → "Jeanne Vidal"; absent when it names nobody else. */
static struct slice without_credit(struct finder *f, struct slice byline)
{
    struct slice names[CREDITS_MOST];
    struct words words = cut(f, byline);
    for (size_t first = 0; words.whole && first < words.count; first++) {
        size_t found = read_credit(f, byline, &words, first, names);
        for (size_t i = 0; i < found; i++) {
            add(f, names[i]);
        }
        if (found > 0) {
            size_t end = words.items[first].start;
            while (end > 0) {
                size_t before;
                uint32_t cp = utf8_decode_before(byline, end, &before);
                if (is_inside(cp) && cp != '-') {
                    break;
                }
                end = before;
            }
            return end > 0 ? slice_of(byline.ptr, end) : SLICE_NONE;
        }
    }
    return byline;
}

static void read_bylines(struct finder *f)
{
    struct document *d = f->document;
    size_t kept = 0;
    struct slice *names = ARENA_ARRAY(f->arena, struct slice, d->byline_count + 1);
    f->nomem = f->nomem || !names;
    for (size_t i = 0; i < d->byline_count && names; i++) {
        struct slice name = without_credit(f, d->bylines[i]);
        if (slice_present(name)) {
            names[kept++] = name;
        }
    }
    if (names) {
        d->bylines = names;
        d->byline_count = kept;
    }
}

/* What stands in brackets at the end of a paragraph: "… a-t-il ajouté. (AFP)" */
static struct slice last_brackets(struct slice text)
{
    struct slice trimmed = slice_trim(text);
    while (trimmed.len > 0 && trimmed.ptr[trimmed.len - 1] == '.') {
        trimmed.len--;
    }
    const char *open = trimmed.len > 2 && trimmed.ptr[trimmed.len - 1] == ')'
                           ? memrchr(trimmed.ptr, '(', trimmed.len)
                           : NULL;
    return open ? slice_of(open, (size_t)(trimmed.ptr + trimmed.len - open)) : SLICE_NONE;
}

static void read_text(struct finder *f)
{
    const struct document *d = f->document;
    size_t first = d->block_count > LAST_BLOCKS ? d->block_count - LAST_BLOCKS : 0;
    for (size_t i = first; i < d->block_count; i++) {
        struct span span = d->blocks[i].span;
        struct slice block =
            slice_of(d->text.ptr + span.start_byte, span.end_byte - span.start_byte);
        struct slice brackets = last_brackets(block);
        if (d->blocks[i].kind != BLOCK_TITLE && !take_line(f, block) && slice_present(brackets)) {
            take_line(f, brackets);
        }
    }
    struct slice dateline = d->dateline.text;
    const char *open = slice_present(dateline) ? memchr(dateline.ptr, '(', dateline.len) : NULL;
    if (open) {
        take_line(f, slice_of(open, (size_t)(dateline.ptr + dateline.len - open)));
    }
}

bool credits_find(struct document *document, struct arena *arena)
{
    struct finder f = {
        .document = document, .arena = arena, .packs = formula_packs_for(document->lang.text)};
    read_bylines(&f);
    read_text(&f);
    return !f.nomem;
}
