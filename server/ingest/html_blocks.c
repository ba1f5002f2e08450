#include "ingest/html_blocks.h"

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

/* A question in bold, which one line end parts from its answer: <p><b>Pourquoi ?</b><br>Parce que…</p> */
static bool has_asked(const struct writer *w)
{
    return w->len > 1 && w->line[w->len - 1] == '?' && w->bold == w->code_points;
}

static void enter(struct writer *w, uint32_t n)
{
    const struct html_node *node = html_tree_node(w->page->tree, n);
    if (node->tag == TAG_TEXT) {
        write_text(w, n);
    } else if (node->tag == TAG_BR) {
        if (w->broke || has_asked(w)) {
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
