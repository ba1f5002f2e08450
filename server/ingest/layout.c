#include "ingest/layout.h"

#include "text/langid.h"
#include "text/utf8.h"

/* Wider lines are never the work of a text editor's line filling. */
#define FILLED_MOST_CODE_POINTS 160
#define FILLED_LEAST_LINES      3u

/* No article has so many blocks: what follows is one more, so that a file of bare line ends stays cheap. */
#define BLOCKS_MOST 50000

struct lines {
    struct layout *layout;
    uint32_t widest; /* code points */
    uint32_t filled; /* width to which the lines around here were filled, 0: they weren't */
    bool gapped;     /* blank lines separate blocks somewhere in this text */
    bool gap;        /* a blank line stands before the next one */
};

static uint32_t count_code_points(struct slice s)
{
    uint32_t count = 0;
    for (size_t i = 0; i < s.len; i++) {
        count += ((unsigned char)s.ptr[i] & 0xC0) != 0x80;
    }
    return count;
}

static struct span trim(struct slice text, size_t start, size_t end)
{
    while (start < end) {
        size_t next;
        if (!utf8_is_blank(utf8_decode(text, start, &next))) {
            break;
        }
        start = next;
    }
    while (end > start) {
        size_t before;
        if (!utf8_is_blank(utf8_decode_before(text, end, &before))) {
            break;
        }
        end = before;
    }
    return (struct span){(uint32_t)start, (uint32_t)end};
}

static uint32_t widest_line(struct slice text)
{
    struct slice rest = text;
    uint32_t widest = 0;
    while (slice_present(rest)) {
        uint32_t width = count_code_points(slice_cut(&rest, '\n'));
        widest = width > widest ? width : widest;
    }
    return widest;
}

/* A blank line between lines that aren't. */
static bool has_gap(struct slice text)
{
    struct slice rest = text;
    bool words = false, gap = false;
    while (slice_present(rest)) {
        struct slice line = slice_trim(slice_cut(&rest, '\n'));
        if (line.len > 0 && gap) {
            return true;
        }
        words |= line.len > 0;
        gap = words && line.len == 0;
    }
    return false;
}

static uint32_t first_word_width(struct slice text, struct span line)
{
    uint32_t width = 0;
    for (size_t at = line.start_byte; at < line.end_byte; width++) {
        size_t next;
        if (utf8_is_blank(utf8_decode(text, at, &next))) {
            break;
        }
        at = next;
    }
    return width;
}

static bool is_opening(uint32_t cp)
{
    return cp == '"' || cp == '\'' || cp == '(' || cp == '[' || cp == 0xAB || cp == 0x2018 ||
           cp == 0x201C || cp == 0x201E || cp == 0x2039 || cp == 0xBF || cp == 0xA1;
}

static bool is_closing(uint32_t cp)
{
    return cp == '"' || cp == '\'' || cp == ')' || cp == ']' || cp == 0xBB || cp == 0x2019 ||
           cp == 0x201D || cp == 0x203A || utf8_is_blank(cp);
}

static bool is_dash(uint32_t cp)
{
    return cp == '-' || cp == 0x2013 || cp == 0x2014 || cp == 0x2015;
}

static bool is_bullet(uint32_t cp)
{
    return cp == '*' || cp == 0x2022 || cp == 0xB7 || cp == 0x25AA || cp == 0x25A0 ||
           cp == 0x25CF || cp == 0x25BA || cp == 0x2023 || cp == 0x2043 || cp == 0x2192;
}

/* "1. " or "12) " */
static bool is_numbered(struct slice s)
{
    size_t digits = 0;
    while (digits < s.len && digits < 3 && s.ptr[digits] >= '0' && s.ptr[digits] <= '9') {
        digits++;
    }
    return digits > 0 && digits + 1 < s.len && (s.ptr[digits] == '.' || s.ptr[digits] == ')') &&
           s.ptr[digits + 1] == ' ';
}

static uint16_t head_flags(struct slice s)
{
    size_t next;
    uint32_t first = utf8_decode(s, 0, &next);
    bool blank_after = next < s.len && utf8_is_blank(utf8_decode(s, next, NULL));
    unsigned flags = 0;
    if (utf8_is_upper(first) || utf8_is_digit(first) || is_opening(first)) {
        flags |= PIECE_UPPER;
    }
    if (is_dash(first) && (blank_after || first != '-')) {
        flags |= PIECE_DASH;
    }
    if (is_bullet(first) && (blank_after || first != '*')) {
        flags |= PIECE_BULLET;
    }
    if (is_numbered(s)) {
        flags |= PIECE_NUMBERED;
    }
    return (uint16_t)flags;
}

static uint16_t tail_flags(struct slice s)
{
    size_t end = s.len;
    uint32_t last = 0;
    while (end > 0) {
        last = utf8_decode_before(s, end, &end);
        if (!is_closing(last)) {
            break;
        }
    }
    switch (last) {
    case '?':
        return PIECE_STOP | PIECE_QUESTION;
    case '.':
    case '!':
    case 0x2026:
        return PIECE_STOP;
    case ':':
        return PIECE_OPEN_END | PIECE_COLON;
    case ',':
    case ';':
        return PIECE_OPEN_END;
    default:
        return 0;
    }
}

/* Whether one of the marks stands in `s`; they all begin with the same byte, which is rare. */
static bool has_any(struct slice s, const struct slice *marks, size_t count)
{
    for (size_t at = 0; at < s.len;) {
        const char *found = memchr(s.ptr + at, marks[0].ptr[0], s.len - at);
        if (!found) {
            return false;
        }
        at = (size_t)(found - s.ptr);
        for (size_t i = 0; i < count; i++) {
            if (slice_starts(slice_of(found, s.len - at), marks[i])) {
                return true;
            }
        }
        at++;
    }
    return false;
}

static bool has_marks(struct slice s)
{
    const struct slice straight[] = {SLICE("\"")}, doubled[] = {SLICE("<<")},
                       angled[] = {SLICE("«"), SLICE("»")},
                       curled[] = {SLICE("“"), SLICE("”"), SLICE("„")};
    return has_any(s, straight, 1) || has_any(s, angled, 2) || has_any(s, curled, 3) ||
           has_any(s, doubled, 1);
}

/* In a text that also has wider lines: the lines up to the next blank one were filled by an editor when most of them go on in
 * small letters. Their width; 0: they are lines of their own. */
static uint32_t filled_width(struct slice text, size_t at)
{
    struct slice rest = slice_of(text.ptr + at, text.len - at);
    uint32_t widest = 0, lines = 0, small = 0;
    while (slice_present(rest)) {
        struct slice line = slice_trim(slice_cut(&rest, '\n'));
        uint32_t width = count_code_points(line);
        if (width == 0) {
            break;
        }
        if (width <= FILLED_MOST_CODE_POINTS) {
            size_t next;
            small += lines > 0 && utf8_is_lower(utf8_decode(line, 0, &next));
            widest = width > widest ? width : widest;
            lines++;
        }
    }
    return lines >= FILLED_LEAST_LINES && small * 2 >= lines - 1 ? widest : 0;
}

/* A line goes on the one before when only the line's width broke them: no blank line between, and the
 * next word would not have fitted. */
static bool continues(const struct lines *lines, const struct piece *before, uint32_t before_width,
                      struct span line, uint16_t head)
{
    if (!before || !lines->gapped || lines->gap || lines->filled == 0 ||
        (head & (PIECE_BULLET | PIECE_DASH | PIECE_NUMBERED))) {
        return false;
    }
    uint32_t word = first_word_width(lines->layout->document->text, line);
    uint32_t slack = lines->filled / 8;
    return before_width <= lines->filled && before_width + 1 + word + slack > lines->filled;
}

static void add_pieces(struct layout *l)
{
    struct slice text = l->document->text;
    struct lines lines = {.layout = l, .widest = widest_line(text), .gapped = has_gap(text)};
    struct piece *before = NULL;
    uint32_t before_width = 0;
    for (size_t at = 0; at < text.len;) {
        const char *end = memchr(text.ptr + at, '\n', text.len - at);
        size_t stop = end ? (size_t)(end - text.ptr) : text.len;
        struct span line = trim(text, at, stop);
        if (lines.gap || at == 0) {
            lines.filled =
                lines.widest <= FILLED_MOST_CODE_POINTS ? lines.widest : filled_width(text, at);
        }
        at = stop + 1;
        if (line.start_byte == line.end_byte) {
            lines.gap = true;
            continue;
        }
        struct slice words = slice_of(text.ptr + line.start_byte, line.end_byte - line.start_byte);
        uint16_t head = head_flags(words);
        uint32_t width = count_code_points(words);
        if (l->pieces.count >= BLOCKS_MOST || continues(&lines, before, before_width, line, head)) {
            before->span.end_byte = line.end_byte;
            before->code_points += width + 1;
            before->flags &= (uint16_t)~PIECE_ONE_LINE;
        } else {
            before = ARENA_PUSH(l->arena, &l->pieces);
            before->span = line;
            before->code_points = width;
            before->flags = head | PIECE_ONE_LINE;
            before->kind = BLOCK_PARAGRAPH;
        }
        before_width = width;
        lines.gap = false;
    }
}

static void finish_pieces(struct layout *l)
{
    for (size_t i = 0; i < l->pieces.count; i++) {
        struct piece *p = &l->pieces.items[i];
        struct slice s = layout_text(l, p);
        p->flags |= tail_flags(s);
        if (has_marks(s)) {
            p->flags |= PIECE_MARKS;
        }
    }
}

static void file_blocks(struct layout *l)
{
    struct document *d = l->document;
    d->block_count = l->pieces.count;
    d->blocks = ARENA_ARRAY(l->arena, struct block, l->pieces.count);
    for (size_t i = 0; i < l->pieces.count; i++) {
        d->blocks[i] =
            (struct block){(enum block_kind)l->pieces.items[i].kind, l->pieces.items[i].span};
    }
}

uint32_t layout_count_words(const struct document *document)
{
    uint32_t words = 0;
    for (size_t i = 0; i < document->block_count; i++) {
        const struct block *b = &document->blocks[i];
        if (b->kind == BLOCK_BOILERPLATE) {
            continue;
        }
        bool counted = false;
        for (size_t at = b->span.start_byte; at < b->span.end_byte;) {
            uint32_t cp = utf8_decode(document->text, at, &at);
            if (utf8_is_blank(cp)) {
                counted = false;
            } else if (!counted && (utf8_is_letter(cp) || utf8_is_digit(cp))) {
                counted = true;
                words++;
            }
        }
    }
    return words;
}

static void find_all(struct layout *l)
{
    struct document *d = l->document;
    struct slice lang = d->lang.text;
    if (!slice_present(lang)) {
        float confidence = 0;
        lang = langid_detect(l->arena, d->text, &confidence);
    }
    l->packs = formula_packs_for(lang);
    add_pieces(l);
    finish_pieces(l);
    layout_kinds(l);
    file_blocks(l);
    d->word_count = layout_count_words(d);
}

enum rc layout_find(struct document *document, struct arena *arena, struct err *e)
{
    jmp_buf out;
    struct layout layout = {.arena = arena, .document = document};
    jmp_buf *before = arena_escape(arena, &out);
    if (setjmp(out)) {
        arena_escape(arena, before);
        return err_nomem(e);
    }
    find_all(&layout);
    arena_escape(arena, before);
    return RC_OK;
}
