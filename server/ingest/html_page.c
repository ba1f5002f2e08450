#include "ingest/html_page.h"

#include <strings.h>

#include "text/utf8.h"

#define TABLE_LOOK  5000u /* nodes: enough to know a table by; tables may be nested */
#define ENOUGH_TEXT 500u  /* code points: less, and the search is made again with a scruple less */
#define SOME_TEXT   140u  /* a brief, a teaser: only far more text is worth a scruple */

/* Players of press videos: an article may hold as many as it likes. */
static const char *const video_hosts[] = {"youtube", "youtu.be",   "vimeo",    "dailymotion",
                                          "twitch",  "brightcove", "ultimedia"};

static bool contains(struct slice s, const char *piece)
{
    return slice_present(s) && slice_find(s, slice_cstr(piece), 0) != SIZE_MAX;
}

static bool is_video(const struct html_page *page, uint32_t n)
{
    struct slice src = html_tree_attribute(page->tree, n, "src");
    for (size_t i = 0; i < sizeof video_hosts / sizeof video_hosts[0]; i++) {
        if (contains(src, video_hosts[i])) {
            return true;
        }
    }
    return false;
}

/* "display: none" whatever the blanks and the case. */
static bool style_says(struct slice style, const char *property, const char *value)
{
    while (slice_present(style)) {
        struct slice rule = slice_cut(&style, ';');
        struct slice name = slice_trim(slice_cut(&rule, ':'));
        rule = slice_present(rule) ? slice_trim(rule) : SLICE("");
        if (name.len == strlen(property) && strncasecmp(name.ptr, property, name.len) == 0 &&
            rule.len >= strlen(value) && strncasecmp(rule.ptr, value, strlen(value)) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_hidden(const struct html_page *page, uint32_t n)
{
    const struct html_tree *tree = page->tree;
    struct slice style = html_tree_attribute(tree, n, "style");
    struct slice label = html_tree_attribute(tree, n, "aria-hidden");
    return slice_present(html_tree_attribute(tree, n, "hidden")) ||
           (slice_present(style) &&
            (style_says(style, "display", "none") || style_says(style, "visibility", "hidden"))) ||
           (slice_present(label) && slice_is(label, "true") &&
            !contains(html_tree_attribute(tree, n, "class"), "fallback-image")) ||
           slice_is(html_tree_attribute(tree, n, "aria-modal"), "true");
}

/* A table of figures, as against one that only places things on the page. */
static bool is_data_table(const struct html_page *page, uint32_t n)
{
    const struct html_tree *tree = page->tree;
    if (slice_is(html_tree_attribute(tree, n, "role"), "presentation") ||
        slice_is(html_tree_attribute(tree, n, "datatable"), "0")) {
        return false;
    }
    bool summed_up = slice_present(html_tree_attribute(tree, n, "summary"));
    uint32_t end = html_tree_node(tree, n)->end;
    end = end - n > TABLE_LOOK ? n + TABLE_LOOK : end;
    uint32_t rows = 0, cells = 0, tables = 0, telling = 0, widest = 0;
    for (uint32_t i = n + 1; i < end; i++) {
        uint16_t tag = html_tree_node(tree, i)->tag;
        tables += tag == TAG_TABLE;
        telling += tag == TAG_CAPTION || tag == TAG_THEAD || tag == TAG_TFOOT || tag == TAG_TH;
        if (tag == TAG_TR) {
            rows++;
            cells = 0;
        }
        cells += tag == TAG_TD;
        widest = cells > widest ? cells : widest;
    }
    if (summed_up || telling > 0) {
        return true;
    }
    return tables == 0 && widest > 1 && rows > 1 &&
           (rows >= 10 || widest > 4 || rows * widest > 10);
}

static bool is_break(const struct html_tree *tree, uint32_t n)
{
    return html_tree_node(tree, n)->tag == TAG_BR;
}

/* Two <br> with nothing but blanks between them. */
static bool has_breaks(const struct html_page *page, uint32_t n)
{
    bool after_break = false;
    for (uint32_t c = html_tree_child(page->tree, n); c != HTML_NO_NODE;
         c = html_tree_next(page->tree, c)) {
        const struct html_node *node = html_tree_node(page->tree, c);
        if (is_break(page->tree, c)) {
            if (after_break) {
                return true;
            }
            after_break = true;
        } else if (node->tag != TAG_TEXT || slice_trim(node->text).len > 0) {
            after_break = false;
        }
    }
    return false;
}

static bool is_phrasing(const struct html_page *page, uint32_t n)
{
    uint16_t tag = html_tree_node(page->tree, n)->tag;
    if (!(html_tree_traits(tag) & HTML_PHRASING)) {
        return false;
    }
    if (tag != TAG_A && tag != TAG_DEL && tag != TAG_INS && tag != TAG_OTHER) {
        return true;
    }
    for (uint32_t c = html_tree_child(page->tree, n); c != HTML_NO_NODE;
         c = html_tree_next(page->tree, c)) {
        if (!(page->state[c] & STATE_PHRASING)) {
            return false;
        }
    }
    return true;
}

static uint8_t first_state(const struct html_page *page, uint32_t n)
{
    uint16_t tag = html_tree_node(page->tree, n)->tag;
    unsigned traits = html_tree_traits(tag);
    unsigned state = is_phrasing(page, n) ? STATE_PHRASING : 0;
    if (tag == TAG_TEXT) {
        return (uint8_t)state;
    }
    if (((traits & HTML_SILENT) && tag != TAG_INPUT) || is_hidden(page, n)) {
        return (uint8_t)(state | STATE_GONE);
    }
    for (uint32_t c = html_tree_child(page->tree, n); c != HTML_NO_NODE;
         c = html_tree_next(page->tree, c)) {
        state |= page->state[c] & (STATE_PARTS | STATE_HOLDS_DATA);
        if (html_tree_traits(html_tree_node(page->tree, c)->tag) & HTML_PARTS) {
            state |= STATE_PARTS;
        }
    }
    if (tag == TAG_TABLE && is_data_table(page, n)) {
        state |= STATE_DATA | STATE_HOLDS_DATA;
    }
    state |= has_breaks(page, n) ? STATE_BREAKS : 0;
    return (uint8_t)state;
}

void html_page_init(struct html_page *page, const struct html_tree *tree, struct arena *arena)
{
    size_t count = tree->nodes.count;
    *page = (struct html_page){.arena = arena,
                               .tree = tree,
                               .hints = ARENA_NEW(arena, struct html_hints),
                               .stats = ARENA_ARRAY(arena, struct html_stats, count),
                               .state = ARENA_ARRAY(arena, uint8_t, count),
                               .first_state = ARENA_ARRAY(arena, uint8_t, count),
                               .score = ARENA_ARRAY(arena, float, count),
                               .title_node = HTML_NO_NODE};
    for (uint32_t n = (uint32_t)count; n-- > 0;) { /* children before parents */
        page->state[n] = first_state(page, n);
    }
    memcpy(page->first_state, page->state, count);
}

void html_page_leave_out(struct html_page *page, uint32_t n)
{
    page->first_state[n] |= STATE_GONE;
    page->state[n] |= STATE_GONE;
}

uint32_t html_page_after(const struct html_page *page, uint32_t n)
{
    uint32_t count = (uint32_t)page->tree->nodes.count;
    n = page->state[n] & STATE_GONE ? html_tree_node(page->tree, n)->end : n + 1;
    while (n < count && (page->state[n] & STATE_GONE)) {
        n = html_tree_node(page->tree, n)->end;
    }
    return n;
}

/* ---- measuring */

static struct html_stats measure_text(struct slice text)
{
    struct html_stats stats = {0};
    bool blank = true;
    for (size_t at = 0; at < text.len;) {
        unsigned char c = (unsigned char)text.ptr[at];
        bool is_blank = c == ' ' || (c >= 9 && c <= 13);
        if (c < 0x80) {
            at++;
        } else { /* full-width and Arabic commas count like ours */
            uint32_t cp = utf8_decode(text, at, &at);
            stats.commas += cp == 0x3001 || cp == 0xFF0C || cp == 0x060C;
        }
        stats.commas += c == ',';
        stats.text += !is_blank || !blank;
        blank = is_blank;
    }
    if (blank && stats.text > 0) {
        stats.text--;
    }
    return stats;
}

static void add(struct html_stats *to, const struct html_stats *from, int sign)
{
    uint32_t *a = (uint32_t *)to;
    const uint32_t *b = (const uint32_t *)from;
    for (size_t i = 0; i < sizeof *to / sizeof *a; i++) {
        a[i] = sign > 0 ? a[i] + b[i] : a[i] - b[i];
    }
}

static uint32_t link_share(const struct html_page *page, uint32_t n)
{
    struct slice href = html_tree_attribute(page->tree, n, "href");
    return slice_present(href) && href.len > 1 && href.ptr[0] == '#' ? 3 : 10;
}

struct enclosing {
    uint32_t link_end, heading_end, list_end, share;
};

static void measure_own(struct html_page *page, uint32_t n, struct enclosing *in)
{
    const struct html_node *node = html_tree_node(page->tree, n);
    struct html_stats *stats = &page->stats[n];
    if (node->tag == TAG_TEXT) {
        *stats = measure_text(node->text);
        stats->link_tenths = n < in->link_end ? stats->text * in->share : 0;
        stats->heading = n < in->heading_end ? stats->text : 0;
        stats->list = n < in->list_end ? stats->text : 0;
        return;
    }
    if (node->tag == TAG_A && n >= in->link_end) {
        in->link_end = node->end;
        in->share = link_share(page, n);
    }
    if ((html_tree_traits(node->tag) & HTML_HEADING) && n >= in->heading_end) {
        in->heading_end = node->end;
    }
    if ((node->tag == TAG_UL || node->tag == TAG_OL) && n >= in->list_end) {
        in->list_end = node->end;
    }
    stats->paragraphs = node->tag == TAG_P;
    stats->images = node->tag == TAG_IMG;
    stats->items = node->tag == TAG_LI;
    stats->inputs = node->tag == TAG_INPUT;
}

void html_page_measure(struct html_page *page)
{
    const struct html_tree *tree = page->tree;
    uint32_t count = (uint32_t)tree->nodes.count;
    memset(page->stats, 0, count * sizeof *page->stats);
    struct enclosing in = {0};
    for (uint32_t n = 0; n < count;) {
        uint16_t tag = html_tree_node(tree, n)->tag;
        if (page->state[n] & STATE_GONE) {
            bool embed = tag == TAG_IFRAME || tag == TAG_OBJECT || tag == TAG_EMBED;
            page->stats[n].embeds = embed && !is_video(page, n);
            n = html_tree_node(tree, n)->end;
            continue;
        }
        measure_own(page, n++, &in);
    }
    for (uint32_t n = count; n-- > 1;) {
        struct html_stats up = page->stats[n];
        if (html_tree_traits(html_tree_node(tree, n)->tag) & HTML_TEXTISH) {
            up.textish += up.text;
        }
        add(&page->stats[html_tree_node(tree, n)->parent], &up, 1);
    }
}

void html_page_drop(struct html_page *page, uint32_t n)
{
    struct html_stats gone = page->stats[n];
    if (html_tree_traits(html_tree_node(page->tree, n)->tag) & HTML_TEXTISH) {
        gone.textish += gone.text;
    }
    page->state[n] |= STATE_GONE;
    while (n != 0) {
        n = html_tree_node(page->tree, n)->parent;
        add(&page->stats[n], &gone, -1);
        if (page->state[n] & STATE_GONE) { /* it was taken off the ones above already */
            break;
        }
    }
}

double html_page_link_density(const struct html_page *page, uint32_t n)
{
    const struct html_stats *stats = &page->stats[n];
    return stats->text ? (double)stats->link_tenths / 10 / stats->text : 0;
}

/* ---- class names */

unsigned html_page_hints(struct html_page *page, uint32_t n)
{
    return html_hints_look(page->hints, html_tree_attribute(page->tree, n, "class")) |
           html_hints_look(page->hints, html_tree_attribute(page->tree, n, "id"));
}

static int weigh(unsigned hints)
{
    return (hints & (HINT_NEGATIVE | HINT_DROP) ? -25 : 0) + (hints & HINT_CONTENT ? 25 : 0);
}

int html_page_weight(struct html_page *page, uint32_t n)
{
    if (!(page->scruples & SCRUPLE_WEIGHTS)) {
        return 0;
    }
    return weigh(html_hints_look(page->hints, html_tree_attribute(page->tree, n, "class"))) +
           weigh(html_hints_look(page->hints, html_tree_attribute(page->tree, n, "id")));
}

/* ---- the search */

static uint32_t picked_text(const struct html_page *page)
{
    uint32_t text = 0;
    for (size_t i = 0; i < page->picks.count; i++) {
        text += page->stats[page->picks.items[i]].text;
    }
    return text;
}

static void search(struct html_page *page, unsigned scruples)
{
    size_t count = page->tree->nodes.count;
    page->scruples = scruples;
    page->picks.count = 0;
    memcpy(page->state, page->first_state, count);
    memset(page->score, 0, count * sizeof *page->score);
    html_score_pick(page);
    html_clean(page);
}

void html_page_find(struct html_page *page)
{
    static const unsigned attempts[] = {SCRUPLE_UNLIKELY | SCRUPLE_WEIGHTS | SCRUPLE_CLEAN,
                                        SCRUPLE_WEIGHTS | SCRUPLE_CLEAN, SCRUPLE_CLEAN, 0};
    uint32_t most = 0;
    unsigned best = attempts[0];
    for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++) {
        search(page, attempts[i]);
        uint32_t text = picked_text(page);
        if (most < SOME_TEXT ? text > most : text * 2 > most * 3) {
            most = text;
            best = attempts[i];
            if (text >= ENOUGH_TEXT) {
                return;
            }
        }
    }
    search(page, best);
}
