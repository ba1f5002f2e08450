/* Kinds of blocks that only their words and the whole show: interviews, headings in bold, boilerplate. */
#include "ingest/byline.h"
#include "ingest/html_blocks.h"
#include "text/utf8.h"

#define HEADING_MOST   120u /* code points of a heading set in bold */
#define QUESTION_MOST  300u
#define SIGNATURE_MOST 80u
#define PRONOUN_MOST   12u /* bytes */
#define TAIL_BLOCKS    4u
#define NOTE_BLOCKS    3u /* about the author, at the end */

static bool ends_with_stop(struct slice text)
{
    size_t at = text.len;
    while (at > 0) {
        uint32_t cp = utf8_decode_before(text, at, &at);
        if (cp == '.' || cp == '!' || cp == '?' || cp == 0x2026) {
            return true;
        }
        if (cp != 0xBB && cp != 0x201D && cp != '"' && cp != ')' && !utf8_is_blank(cp)) {
            return false;
        }
    }
    return false;
}

static bool all_bold(const struct html_block *b)
{
    return b->kind == BLOCK_PARAGRAPH && b->code_points > 0 && b->bold * 20 >= b->code_points * 19;
}

static bool asks(const struct html_block *b)
{
    return all_bold(b) && b->text.ptr[b->text.len - 1] == '?';
}

/* Not every question asks: "Racontez-nous comment tout a commencé." among others, and the answer follows. */
static bool bids(const struct html_blocks *blocks, size_t i)
{
    const struct html_block *b = &blocks->items[i];
    return all_bold(b) && b->code_points <= QUESTION_MOST && ends_with_stop(b->text) &&
           i + 1 < blocks->count && blocks->items[i + 1].kind == BLOCK_PARAGRAPH &&
           !all_bold(&blocks->items[i + 1]);
}

/* Whether a word ("j'", "you") is a pronoun of that person. */
static bool is_person(const struct formula_packs *packs, struct slice word, const char *person,
                      struct arena *arena)
{
    struct slice key = formula_line(arena, word), value;
    for (size_t p = 0; p < packs->count; p++) {
        struct pack_table table = pack_table(packs->items[p], "pronouns");
        if (pack_find(&table, key, &value) && slice_is(pack_column(value, 0), person)) {
            return true;
        }
    }
    return false;
}

/* Someone says "I" ("1") or is told "you" ("2") in it, and not within quotation marks. */
static bool has_person(const struct html_block *b, const char *person,
                       const struct formula_packs *packs, struct arena *arena)
{
    bool quoted = false;
    for (size_t at = 0, next; at < b->text.len; at = next) {
        uint32_t cp = utf8_decode(b->text, at, &next);
        quoted = cp == 0xAB || cp == 0x201C   ? true
                 : cp == 0xBB || cp == 0x201D ? false
                 : cp == '"'                  ? !quoted
                                              : quoted;
        if (!utf8_is_letter(cp)) {
            continue;
        }
        while (next < b->text.len && utf8_is_letter(utf8_decode(b->text, next, NULL))) {
            utf8_decode(b->text, next, &next);
        }
        size_t end = next;
        uint32_t behind = end < b->text.len ? utf8_decode(b->text, end, &end) : 0;
        end = behind == '\'' || behind == 0x2019 ? end : next;
        struct slice word = slice_of(b->text.ptr + at, end - at);
        if (!quoted && word.len <= PRONOUN_MOST &&
            (is_person(packs, word, person, arena) ||
             is_person(packs, slice_of(word.ptr, next - at), person, arena))) {
            return true;
        }
    }
    return false;
}

/* An interview has several questions in bold, to someone who answers them; explanations have such too, which nobody says. Of a
 * language without a table of pronouns the questions alone tell. */
static bool is_interview(const struct html_blocks *blocks, const struct formula_packs *packs,
                         struct arena *arena)
{
    size_t questions = 0, tables = 0;
    bool spoken = false;
    for (size_t p = 0; p < packs->count; p++) {
        struct pack_table table = pack_table(packs->items[p], "pronouns");
        tables += pack_size(&table) > 0;
    }
    for (size_t i = 0; i < blocks->count; i++) {
        questions += asks(&blocks->items[i]);
    }
    for (size_t i = 0; questions >= 2 && !spoken && i < blocks->count; i++) {
        const struct html_block *b = &blocks->items[i];
        spoken = asks(b) ? has_person(b, "2", packs, arena)
                         : b->kind == BLOCK_PARAGRAPH && !all_bold(b) &&
                               has_person(b, "1", packs, arena);
    }
    return questions >= 2 && (spoken || tables == 0);
}

static void settle_interview(struct html_blocks *blocks, const struct formula_packs *packs,
                             struct arena *arena)
{
    bool answering = false;
    if (!is_interview(blocks, packs, arena)) {
        return;
    }
    for (size_t i = 0; i < blocks->count; i++) {
        struct html_block *b = &blocks->items[i];
        if (asks(b) || (answering && bids(blocks, i))) {
            b->kind = BLOCK_QUESTION;
            answering = true;
        } else if (b->kind == BLOCK_SUBHEADING || all_bold(b)) {
            answering = answering && b->kind == BLOCK_SUBHEADING;
        } else if (answering && b->kind == BLOCK_PARAGRAPH) {
            b->kind = BLOCK_ANSWER;
        }
    }
}

static void settle_headings(struct html_blocks *blocks)
{
    for (size_t i = 0; i + 1 < blocks->count; i++) {
        struct html_block *b = &blocks->items[i];
        if (all_bold(b) && b->code_points <= HEADING_MOST && !ends_with_stop(b->text) && i > 0 &&
            b->text.ptr[b->text.len - 1] != ',' && b->text.ptr[b->text.len - 1] != ':') {
            b->kind = BLOCK_SUBHEADING;
        }
    }
}

/* "Jeanne Vidal suit les transports": what the end says of one who signs. */
static bool is_about_author(const struct html_block *b, const struct html_signed *by,
                            const struct formula_packs *packs, struct arena *arena)
{
    struct slice line = formula_line(arena, b->text);
    for (size_t i = 0; i < by->count; i++) {
        struct slice name = formula_line(arena, by->names[i]);
        if (name.len > 0 && name.len < line.len && slice_starts(line, name) &&
            line.ptr[name.len] == ' ') {
            struct slice rest = slice_of(line.ptr + name.len + 1, line.len - name.len - 1);
            if (slice_present(formula_at_start(packs, "author_notes", rest).key)) {
                return true;
            }
        }
    }
    return false;
}

/* What an article ends with about its author: a sentence that opens with the name, or a heading and what is below. */
static void settle_author_note(struct html_blocks *blocks, const struct html_signed *by,
                               const struct formula_packs *packs, struct arena *arena)
{
    size_t first = blocks->count > NOTE_BLOCKS + 1 ? blocks->count - NOTE_BLOCKS : 2;
    bool note = false;
    for (size_t i = first; i < blocks->count; i++) {
        struct html_block *b = &blocks->items[i];
        struct slice line = formula_line(arena, b->text);
        struct formula_match heading = formula_at_start(packs, "author_notes", line);
        note |=
            slice_equal(heading.key, line) && slice_is(pack_column(heading.value, 0), "heading");
        if (note || (i + 2 >= blocks->count && b->kind == BLOCK_PARAGRAPH &&
                     is_about_author(b, by, packs, arena))) {
            b->kind = BLOCK_BOILERPLATE;
        }
    }
}

static bool has_letters(struct slice text)
{
    for (size_t at = 0; at < text.len;) {
        if (utf8_is_letter(utf8_decode(text, at, &at))) {
            return true;
        }
    }
    return false;
}

/* "1 / 3", "• • •": figures and signs that count or part. With a currency or a percentage it may be an answer. */
static bool is_counter(const struct html_block *b)
{
    static const char signs[] = " /|-*.()#0123456789";
    for (size_t at = 0; at < b->text.len;) {
        uint32_t cp = utf8_decode(b->text, at, &at);
        bool sign = (cp < 0x80 && strchr(signs, (int)cp)) || cp == 0x2022 || cp == 0xB7 ||
                    cp == 0x2013 || cp == 0x2014 || cp == 0xA0;
        if (!sign) {
            return false;
        }
    }
    return b->kind == BLOCK_PARAGRAPH;
}

/* Who signs, said once more: above a live post, or with the date that a page sticks to the name. */
static bool is_signature(const struct html_block *b, const struct html_signed *by,
                         const struct formula_packs *packs, struct arena *arena)
{
    if (b->kind != BLOCK_PARAGRAPH || b->code_points > SIGNATURE_MOST || ends_with_stop(b->text)) {
        return false;
    }
    struct byline byline = byline_read(packs, arena, b->text);
    struct slice line = formula_line(arena, slice_present(byline.rest) ? byline.rest : b->text);
    for (size_t i = 0; i < by->count; i++) {
        struct slice name = formula_line(arena, by->names[i]);
        if (name.len > 0 && slice_starts(line, name)) {
            struct slice rest = slice_of(line.ptr + name.len, line.len - name.len);
            bool digit = false;
            for (size_t k = 0; k < rest.len; k++) {
                digit = digit || (rest.ptr[k] >= '0' && rest.ptr[k] <= '9');
            }
            return rest.len == 0 || digit;
        }
    }
    return false;
}

/* Links whose words are in the way ("Lire aussi"), or that have none ("1 2 3"). */
static bool is_mere_link(const struct html_block *b)
{
    return b->linked * 2 >= b->code_points &&
           (b->kind == BLOCK_BOILERPLATE || (b->kind == BLOCK_PARAGRAPH && !has_letters(b->text)));
}

void html_blocks_settle(struct html_blocks *blocks, const struct html_signed *by,
                        const struct formula_packs *packs, struct arena *arena)
{
    size_t kept = 0;
    for (size_t i = 0; i < blocks->count; i++) {
        struct html_block *b = &blocks->items[i];
        bool ended = ends_with_stop(b->text), tail = i + TAIL_BLOCKS >= blocks->count;
        if (b->kind != BLOCK_CAPTION && b->kind != BLOCK_BLOCKQUOTE &&
            (formula_is_boilerplate(packs, formula_line(arena, b->text), ended, tail) ||
             is_counter(b) || is_signature(b, by, packs, arena))) {
            b->kind = BLOCK_BOILERPLATE;
        }
        if (!is_mere_link(b)) {
            blocks->items[kept++] = *b;
        }
    }
    blocks->count = kept;
    settle_author_note(blocks, by, packs, arena);
    settle_interview(blocks, packs, arena);
    settle_headings(blocks);
}
