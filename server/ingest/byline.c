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

/* "(RJ) Eskow": a name within a name, and not what follows it; `at` is behind the bracket. */
static size_t skip_nickname(struct slice rest, size_t at)
{
    const char *close = memchr(rest.ptr + at, ')', rest.len - at < 24 ? rest.len - at : 24);
    size_t next = close ? (size_t)(close - rest.ptr) + 1 : rest.len;
    bool named = next + 1 < rest.len && rest.ptr[next] == ' ' &&
                 utf8_is_upper(utf8_decode(rest, next + 1, NULL)) &&
                 utf8_is_upper(utf8_decode(rest, at, NULL));
    return named ? next : 0;
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

/* Whether a word has no capital: no last part of a name ("le 3 février", "correspondant"). */
static bool is_small(struct slice word)
{
    for (size_t at = 0; at < word.len;) {
        if (!utf8_is_lower(utf8_decode(word, at, &at))) {
            return false;
        }
    }
    return word.len > 0;
}

static struct slice without_small_tail(struct slice name)
{
    for (;;) {
        size_t at = name.len;
        while (at > 0 && name.ptr[at - 1] != ' ') {
            at--;
        }
        struct slice head = slice_trim(slice_of(name.ptr, at));
        bool single = !memchr(head.ptr, ' ', head.len); /* "La rédaction" */
        if (at == 0 || single || !is_small(slice_of(name.ptr + at, name.len - at))) {
            return name;
        }
        name = head;
    }
}

/* Adds the name that ends at `end`; false stops the reading (a place, a job, a sentence). */
static bool add_name(struct byline *byline, struct slice rest, size_t start, size_t end)
{
    struct slice name = without_small_tail(slice_trim(slice_of(rest.ptr + start, end - start)));
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
        bool begins = word == 0 || rest.ptr[word - 1] == ' ';
        if (cp == '(' && skip_nickname(rest, at) > 0) {
            at = skip_nickname(rest, at);
            continue;
        }
        if (is_end(cp) || (cp == '@' && begins)) {
            if (begins ||
                !utf8_is_digit(cp)) { /* "CC7567" is no name, nor is what it begins with */
                add_name(byline, rest, start, word);
            }
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

/* "L. M." */
static bool ends_in_initial(struct slice line)
{
    return line.len > 2 && line.ptr[line.len - 1] == '.' && line.ptr[line.len - 3] == ' ' &&
           line.ptr[line.len - 2] >= 'A' && line.ptr[line.len - 2] <= 'Z';
}

struct byline byline_read(const struct formula_packs *packs, struct arena *arena, struct slice line)
{
    struct byline byline = {.kind = BYLINE_NONE};
    if (line.len == 0 || line.len > LINE_MOST_BYTES ||
        (strchr(".!?", line.ptr[line.len - 1]) && !ends_in_initial(line))) {
        return byline;
    }
    struct formula_match match = formula_at_start(packs, "bylines", formula_line(arena, line));
    struct slice kind = pack_column(match.value, 0);
    bool correspondent = slice_is(kind, "correspondent"),
         interviewer = slice_is(kind, "interviewer");
    if (!slice_present(match.key) ||
        (!correspondent && !interviewer && !slice_is(kind, "author"))) {
        return byline;
    }
    struct slice rest = after_phrase(line, match.key);
    byline.rest = rest;
    const char *comma = correspondent ? memchr(rest.ptr, ',', rest.len) : NULL;
    if (comma && !is_name(slice_of(rest.ptr, (size_t)(comma - rest.ptr)))) { /* "à Rome, …" */
        rest = slice_trim(slice_of(comma + 1, rest.len - (size_t)(comma + 1 - rest.ptr)));
    }
    read_names(packs, arena, rest, &byline);
    if (byline.count > 0) {
        byline.kind = interviewer ? BYLINE_INTERVIEWER : BYLINE_AUTHOR;
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
    while (line.len > 0 && strchr(".,;|", line.ptr[line.len - 1]) && !ends_in_initial(line)) {
        line.len--;
    }
    struct byline byline = byline_read(packs, arena, line);
    if (byline.count == 0 && slice_present(open) && !slice_present(byline.rest)) {
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
