#include "ingest/html_blocks.h"

#include "ingest/byline.h"
#include "ingest/layout.h"
#include "text/utf8.h"

struct open_block {
    uint32_t node, end;
    enum block_kind kind;
    bool lines; /* line ends count (pre) */
};

struct writer {
    struct html_page *page;
    struct html_blocks *out;
    struct open_block stack[HTML_DEPTH_MOST + 2];
    size_t depth;
    char *line; /* room for all text of the subtree */
    size_t len;
    bool blank; /* a blank is due before the next character */
    bool broke; /* a <br> came last */
    uint32_t code_points, bold, linked, timed;
    uint32_t bold_end, link_end, time_end;
};

static bool is_empty_space(uint32_t cp)
{
    return cp == 0xA0 || cp == 0x202F || cp == 0x2009 || cp == 0x3000;
}

static struct slice trim_spaces(struct slice s)
{
    size_t next = 0;
    while (s.len > 0 && is_empty_space(utf8_decode(s, 0, &next))) {
        s = slice_trim(slice_of(s.ptr + next, s.len - next));
    }
    while (s.len > 0 && is_empty_space(utf8_decode_before(s, s.len, &next))) {
        s = slice_trim(slice_of(s.ptr, next));
    }
    return s;
}

static void end_line(struct writer *w)
{
    struct slice line = trim_spaces(slice_of(w->line, w->len));
    if (line.len > 0) {
        const struct open_block *in = &w->stack[w->depth - 1];
        struct html_block *block = ARENA_PUSH(w->page->arena, w->out);
        bool time = in->kind == BLOCK_PARAGRAPH && w->timed == w->code_points &&
                    w->code_points <= HTML_TIME_MOST && w->page->times >= HTML_TIMES_LEAST;
        *block = (struct html_block){.kind = time ? BLOCK_SUBHEADING : in->kind,
                                     .text = line,
                                     .code_points = w->code_points,
                                     .bold = w->bold,
                                     .linked = w->linked,
                                     .node = in->node};
        w->line += w->len;
    }
    w->len = 0;
    w->blank = w->broke = false;
    w->code_points = w->bold = w->linked = w->timed = 0;
}

/* Characters that only tell a browser where a line may be broken, and control characters. */
static bool is_invisible(uint32_t cp)
{
    return cp == 0xAD || cp == 0x200B || cp == 0xFEFF || cp < 0x20 || (cp >= 0x7F && cp < 0xA0);
}

static void put(struct writer *w, struct slice text, size_t at, size_t next)
{
    if (w->blank && w->len > 0) {
        w->line[w->len++] = ' ';
    }
    memcpy(w->line + w->len, text.ptr + at, next - at);
    w->len += next - at;
    w->blank = w->broke = false;
    w->code_points++;
}

static void write_text(struct writer *w, uint32_t n)
{
    struct slice text = html_tree_node(w->page->tree, n)->text;
    uint32_t before = w->code_points;
    bool lines = w->stack[w->depth - 1].lines;
    for (size_t at = 0, next = 0; at < text.len; at = next) {
        uint32_t cp = utf8_decode(text, at, &next);
        if (cp == '\n' && lines) {
            end_line(w);
            before = 0;
        } else if (cp == ' ' || (cp >= 9 && cp <= 13) || cp == 0x2028 || cp == 0x2029) {
            w->blank = true;
        } else if (!is_invisible(cp)) {
            put(w, text, at, next);
        }
    }
    uint32_t added = w->code_points - before;
    w->bold += n < w->bold_end ? added : 0;
    w->linked += n < w->link_end ? added : 0;
    w->timed += n < w->time_end ? added : 0;
}

static enum block_kind kind_in(struct writer *w, uint32_t n, enum block_kind around)
{
    uint16_t tag = html_tree_node(w->page->tree, n)->tag;
    if (html_tree_traits(tag) & HTML_HEADING) {
        return BLOCK_SUBHEADING;
    }
    switch (tag) {
    case TAG_FIGCAPTION:
    case TAG_CAPTION:
        return BLOCK_CAPTION;
    case TAG_LI:
    case TAG_DD:
        return around == BLOCK_CAPTION ? around : BLOCK_LIST_ITEM;
    case TAG_BLOCKQUOTE:
        return BLOCK_BLOCKQUOTE;
    default:
        break;
    }
    bool caption = around == BLOCK_PARAGRAPH && w->page->stats[n].text < 400 &&
                   (html_page_hints(w->page, n) & HINT_CAPTION);
    return caption ? BLOCK_CAPTION : around;
}

static void open_block(struct writer *w, uint32_t n)
{
    const struct html_node *node = html_tree_node(w->page->tree, n);
    const struct open_block *around = &w->stack[w->depth - 1];
    end_line(w);
    struct open_block block = {n, node->end, kind_in(w, n, around->kind),
                               around->lines || node->tag == TAG_PRE};
    w->stack[w->depth++] = block;
}

/* A custom element or a link that holds blocks is a block itself. */
static bool is_block(const struct writer *w, uint32_t n)
{
    return (html_tree_traits(html_tree_node(w->page->tree, n)->tag) & HTML_BLOCK) ||
           !(w->page->state[n] & STATE_PHRASING);
}

static void enter(struct writer *w, uint32_t n)
{
    const struct html_node *node = html_tree_node(w->page->tree, n);
    if (node->tag == TAG_TEXT) {
        write_text(w, n);
    } else if (node->tag == TAG_BR) {
        if (w->broke) {
            end_line(w);
        }
        w->blank = w->broke = true;
    } else if (is_block(w, n)) {
        open_block(w, n);
    }
    if (node->tag == TAG_B || node->tag == TAG_STRONG) {
        w->bold_end = node->end > w->bold_end ? node->end : w->bold_end;
    }
    if (node->tag == TAG_TIME) {
        w->time_end = node->end;
    }
    if (node->tag == TAG_A) {
        w->link_end = node->end > w->link_end ? node->end : w->link_end;
    }
}

void html_blocks_of(struct html_page *page, uint32_t root, struct html_blocks *out)
{
    struct writer *w = ARENA_NEW(page->arena, struct writer);
    uint32_t end = html_tree_node(page->tree, root)->end;
    size_t most = 1;
    for (uint32_t n = root; n < end; n++) {
        most += html_tree_node(page->tree, n)->text.len + 1;
    }
    w->page = page;
    w->out = out;
    w->line = arena_alloc(page->arena, most);
    w->stack[w->depth++] = (struct open_block){root, end, BLOCK_PARAGRAPH, false};
    for (uint32_t n = root; n < end; n = html_page_after(page, n)) {
        while (w->depth > 1 && n >= w->stack[w->depth - 1].end) {
            end_line(w);
            w->depth--;
        }
        enter(w, n);
    }
    while (w->depth > 0) {
        end_line(w);
        w->depth--;
        if (w->depth == 0) {
            break;
        }
    }
}

/* ---- kinds that the words show */

#define HEADING_MOST   120u /* code points of a heading set in bold */
#define QUESTION_MOST  300u
#define SIGNATURE_MOST 80u
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

/* An interview has several questions, and its answers aren't in bold. */
static void settle_interview(struct html_blocks *blocks)
{
    size_t questions = 0;
    for (size_t i = 0; i < blocks->count; i++) {
        questions += asks(&blocks->items[i]);
    }
    bool answering = false;
    for (size_t i = 0; questions >= 2 && i < blocks->count; i++) {
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
    settle_interview(blocks);
    settle_headings(blocks);
}

/* ---- the stored text */

struct filing {
    struct document *document;
    char *text;
    size_t len;
};

static struct slice file_line(struct filing *f, enum block_kind kind, struct slice line)
{
    struct document *d = f->document;
    if (f->len > 0) {
        f->text[f->len++] = '\n';
    }
    memcpy(f->text + f->len, line.ptr, line.len);
    struct span span = {(uint32_t)f->len, (uint32_t)(f->len + line.len)};
    d->blocks[d->block_count++] = (struct block){kind, span};
    f->len += line.len;
    return slice_of(f->text + span.start_byte, line.len);
}

static struct slice block_text(const struct html_blocks *blocks, size_t i)
{
    return i < blocks->count ? blocks->items[i].text : SLICE("");
}

enum rc html_blocks_file(const struct html_blocks *blocks, struct document *document,
                         struct arena *arena, struct err *e)
{
    struct field *title = &document->title, *standfirst = &document->standfirst;
    size_t bytes = title->text.len + 2;
    for (size_t i = 0; i < blocks->count; i++) {
        bytes += block_text(blocks, i).len + 1;
    }
    if (bytes > DOCUMENT_TEXT_MOST) {
        return err_set(e, RC_TOO_LARGE, "the text is longer than %u bytes", DOCUMENT_TEXT_MOST);
    }
    struct filing f = {document, arena_alloc(arena, bytes), 0};
    document->blocks = ARENA_ARRAY(arena, struct block, blocks->count + 1);
    document->block_count = 0;
    if (title->text.len > 0) {
        title->text = file_line(&f, BLOCK_TITLE, title->text);
    }
    for (size_t i = 0; i < blocks->count; i++) {
        struct slice line = file_line(&f, blocks->items[i].kind, block_text(blocks, i));
        if (blocks->items[i].kind == BLOCK_STANDFIRST && !slice_present(standfirst->text)) {
            *standfirst = (struct field){line, ORIGIN_TEXT};
        } else if (blocks->items[i].kind == BLOCK_STANDFIRST) {
            standfirst->text = line;
        }
    }
    if (f.len == 0) {
        return err_set(e, RC_INVALID, "no article was found on the page");
    }
    document->text = slice_of(f.text, f.len);
    document->word_count = layout_count_words(document);
    return RC_OK;
}
