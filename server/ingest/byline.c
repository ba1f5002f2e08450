#include "ingest/byline.h"

#include "text/utf8.h"

#define LINE_MOST_BYTES     200
#define NAME_MOST_BYTES     60
#define NAME_MOST_WORDS     6
#define DATELINE_MOST_BYTES 80

/* Skips `count` blank-separated words of the printed line: what the folded phrase matched. Punctuation that
 * the table writes as a word of its own (" :") is one here too, or stuck to the word before. */
static struct slice after_phrase(struct slice line, struct slice key)
{
    size_t words = 1;
    for (size_t i = 0; i < key.len; i++) {
        words += key.ptr[i] == ' ';
    }
    size_t at = 0;
    while (words > 0 && at < line.len) {
        size_t next = at;
        while (next < line.len && !utf8_is_blank(utf8_decode(line, next, &at))) {
            next = at;
        }
        words--;
        while (at < line.len && utf8_is_blank(utf8_decode(line, at, &next))) {
            at = next;
        }
    }
    return slice_of(line.ptr + at, line.len - at);
}

/* What separates the people from the rest of the line: "| Publié le…", "• 14 mai", "à Paris". */
static bool is_end(uint32_t cp)
{
    return cp == '|' || cp == 0x2022 || cp == 0xB7 || cp == 0x2013 || cp == 0x2014 || cp == '(' ||
           cp == ':' || utf8_is_digit(cp);
}

static bool is_separator(uint32_t cp)
{
    return cp == ',' || cp == '/' || cp == '&' || cp == ';';
}

/* "Jean Dupont", "AFP", "Marie de La Tour": begins with a capital, is short. */
static bool is_name(struct slice s)
{
    if (s.len == 0 || s.len > NAME_MOST_BYTES || !utf8_is_upper(utf8_decode(s, 0, NULL))) {
        return false;
    }
    size_t words = 1;
    for (size_t at = 0; at < s.len;) {
        uint32_t cp = utf8_decode(s, at, &at);
        words += utf8_is_blank(cp);
        if (cp == '?' || cp == '!' || cp == '"' || cp == 0xAB || cp == 0x201C) {
            return false;
        }
    }
    return words <= NAME_MOST_WORDS;
}

static bool is_join(const struct formula_packs *packs, struct arena *arena, struct slice word)
{
    struct slice folded = formula_line(arena, word);
    struct formula_match match = formula_at_start(packs, "bylines", folded);
    return slice_equal(match.key, folded) && slice_is(pack_column(match.value, 0), "join");
}

/* Adds the name that ends at `end`; false stops the reading (a place, a job, a sentence). */
static bool add_name(struct byline *byline, struct slice rest, size_t start, size_t end)
{
    struct slice name = slice_trim(slice_of(rest.ptr + start, end - start));
    if (!is_name(name) || byline->count == BYLINE_NAMES_MOST) {
        return false;
    }
    byline->names[byline->count++] = name;
    return true;
}

static void read_names(const struct formula_packs *packs, struct arena *arena, struct slice rest,
                       struct byline *byline)
{
    size_t start = 0, at = 0;
    while (at < rest.len) {
        size_t word = at;
        uint32_t cp = utf8_decode(rest, at, &at);
        if (is_end(cp)) {
            add_name(byline, rest, start, word);
            return;
        }
        if (is_separator(cp)) {
            if (!add_name(byline, rest, start, word)) {
                return;
            }
            start = at;
        } else if (utf8_is_blank(cp)) {
            size_t end = at;
            while (end < rest.len && !utf8_is_blank(utf8_decode(rest, end, NULL))) {
                utf8_decode(rest, end, &end);
            }
            if (is_join(packs, arena, slice_of(rest.ptr + at, end - at))) {
                if (!add_name(byline, rest, start, word)) {
                    return;
                }
                start = at = end;
            }
        }
    }
    add_name(byline, rest, start, rest.len);
}

struct byline byline_read(const struct formula_packs *packs, struct arena *arena, struct slice line)
{
    struct byline byline = {.kind = BYLINE_NONE};
    if (line.len == 0 || line.len > LINE_MOST_BYTES || strchr(".!?", line.ptr[line.len - 1])) {
        return byline;
    }
    struct formula_match match = formula_at_start(packs, "bylines", formula_line(arena, line));
    struct slice kind = pack_column(match.value, 0);
    bool author = slice_is(kind, "author"), interviewer = slice_is(kind, "interviewer");
    if (!slice_present(match.key) || (!author && !interviewer)) {
        return byline;
    }
    read_names(packs, arena, after_phrase(line, match.key), &byline);
    if (byline.count > 0) {
        byline.kind = author ? BYLINE_AUTHOR : BYLINE_INTERVIEWER;
    }
    return byline;
}

/* What a pack opens a byline with, so that a bare list of names can be read as one. */
static struct slice opener(const struct formula_packs *packs)
{
    for (size_t p = 0; p < packs->count; p++) {
        struct pack_table table = pack_table(packs->items[p], "bylines");
        for (size_t i = 0; i < pack_size(&table); i++) {
            struct slice key, value;
            pack_entry(&table, i, &key, &value);
            if (slice_is(pack_column(value, 0), "author") && !memchr(key.ptr, ' ', key.len)) {
                return key;
            }
        }
    }
    return SLICE_NONE;
}

struct byline byline_of_field(const struct formula_packs *packs, struct arena *arena,
                              struct slice text)
{
    struct slice line = slice_trim(text), open = opener(packs);
    while (line.len > 0 && strchr(".,;|", line.ptr[line.len - 1])) {
        line.len--;
    }
    struct byline byline = byline_read(packs, arena, line);
    if (byline.count == 0 && slice_present(open)) {
        line = arena_printf(arena, "%.*s %.*s", SLICE_ARG(open), SLICE_ARG(line));
        byline = byline_read(packs, arena, line);
    }
    return byline;
}

/* Counts capitals and small letters of a stretch. */
static void count_case(struct slice s, size_t *upper, size_t *lower)
{
    *upper = *lower = 0;
    for (size_t at = 0; at < s.len;) {
        uint32_t cp = utf8_decode(s, at, &at);
        *upper += utf8_is_upper(cp);
        *lower += utf8_is_lower(cp);
    }
}

/* An agency in brackets, or a place wholly in capitals: without either a dash is just a dash. */
static bool is_dateline(struct slice head)
{
    size_t upper, lower;
    if (head.len < 3 || !utf8_is_upper(utf8_decode(head, 0, NULL))) {
        return false;
    }
    const char *open = memchr(head.ptr, '(', head.len);
    if (open) {
        return head.ptr[head.len - 1] == ')' && open > head.ptr + 2;
    }
    const char *comma = memchr(head.ptr, ',', head.len);
    count_case(slice_of(head.ptr, comma ? (size_t)(comma - head.ptr) : head.len), &upper, &lower);
    return upper >= 3 && lower == 0;
}

struct slice byline_dateline(struct slice paragraph)
{
    size_t limit = paragraph.len < DATELINE_MOST_BYTES ? paragraph.len : DATELINE_MOST_BYTES;
    for (size_t at = 0; at < limit;) {
        size_t start = at;
        uint32_t cp = utf8_decode(paragraph, at, &at);
        bool dash = cp == '-' || (cp >= 0x2013 && cp <= 0x2015);
        bool blank_before = start > 0 && utf8_is_blank(utf8_decode_before(paragraph, start, NULL));
        bool blank_after = at < paragraph.len && utf8_is_blank(utf8_decode(paragraph, at, NULL));
        if (dash && (cp >= 0x2014 || (blank_before && blank_after))) {
            struct slice head = slice_of(paragraph.ptr, start);
            while (head.len > 0) {
                size_t last;
                if (!utf8_is_blank(utf8_decode_before(head, head.len, &last))) {
                    break;
                }
                head.len = last;
            }
            return is_dateline(head) ? head : SLICE_NONE;
        }
        if (cp == '?' || cp == '!' || cp == ':') {
            return SLICE_NONE;
        }
    }
    return SLICE_NONE;
}
