/* Which element of the page is the article: paragraphs vote for their ancestors. */
#include "ingest/html_page.h"

#define PARAGRAPH_LEAST 25u
#define VOTES_UP        5 /* levels */
#define CANDIDATES      5
#define ALIKE           0.75 /* of the best score: a candidate of equal right */
#define ALIKE_LEAST     3

static bool below_any(const struct html_page *page, uint32_t n, uint16_t one, uint16_t other)
{
    return html_tree_within(page->tree, n, one) || html_tree_within(page->tree, n, other);
}

/* Roles that an article never has. */
static bool has_unlikely_role(const struct html_page *page, uint32_t n)
{
    static const char *const roles[] = {"menu",  "menubar",     "complementary", "navigation",
                                        "alert", "alertdialog", "dialog"};
    struct slice role = html_tree_attribute(page->tree, n, "role");
    for (size_t i = 0; slice_present(role) && i < sizeof roles / sizeof roles[0]; i++) {
        if (slice_is(role, roles[i])) {
            return true;
        }
    }
    return false;
}

static bool is_unlikely(struct html_page *page, uint32_t n)
{
    uint16_t tag = html_tree_node(page->tree, n)->tag;
    if (tag == TAG_TEXT || tag == TAG_BODY || tag == TAG_HTML || tag == TAG_A || n == 0) {
        return false;
    }
    if (has_unlikely_role(page, n)) {
        return true;
    }
    unsigned hints = html_page_hints(page, n);
    if (tag == TAG_ARTICLE || tag == TAG_MAIN || !(hints & HINT_UNLIKELY) || (hints & HINT_MAYBE)) {
        return false;
    }
    return !below_any(page, n, TAG_TABLE, TAG_CODE);
}

static void leave_out_unlikely(struct html_page *page)
{
    uint32_t count = (uint32_t)page->tree->nodes.count;
    for (uint32_t n = 0; n < count; n = html_page_after(page, n)) {
        if (is_unlikely(page, n)) {
            page->state[n] |= STATE_GONE;
        }
    }
}

/* ---- votes */

static float first_score(struct html_page *page, uint32_t n)
{
    static const int8_t by_tag[TAG_COUNT] = {
        [TAG_DIV] = 5, [TAG_PRE] = 3,   [TAG_TD] = 3,  [TAG_BLOCKQUOTE] = 3, [TAG_ADDRESS] = -3,
        [TAG_OL] = -3, [TAG_UL] = -3,   [TAG_DL] = -3, [TAG_DD] = -3,        [TAG_DT] = -3,
        [TAG_LI] = -3, [TAG_FORM] = -3, [TAG_H1] = -5, [TAG_H2] = -5,        [TAG_H3] = -5,
        [TAG_H4] = -5, [TAG_H5] = -5,   [TAG_H6] = -5, [TAG_TH] = -5,
    };
    return (float)(by_tag[html_tree_node(page->tree, n)->tag] + html_page_weight(page, n));
}

static void rate(struct html_page *page, uint32_t n)
{
    if (!(page->state[n] & STATE_RATED)) {
        page->state[n] |= STATE_RATED;
        page->score[n] = first_score(page, n);
    }
}

static void vote(struct html_page *page, uint32_t parent, uint32_t text, uint32_t commas)
{
    if (text < PARAGRAPH_LEAST) {
        return;
    }
    float votes = (float)(2 + commas + (text / 100 < 3 ? text / 100 : 3));
    uint32_t n = parent;
    for (int level = 0; level < VOTES_UP && n != 0; level++) {
        uint32_t up = html_tree_node(page->tree, n)->parent;
        if (up == 0) { /* <html> is no candidate */
            break;
        }
        rate(page, n);
        page->score[n] += votes / (float)(level == 0 ? 1 : level == 1 ? 2 : level * 3);
        n = up;
    }
}

/* Text that stands in a container without a paragraph of its own: runs of phrases, cut at <br><br>. */
static void vote_by_runs(struct html_page *page, uint32_t n)
{
    uint32_t text = 0, commas = 0;
    bool after_break = false;
    for (uint32_t c = html_tree_child(page->tree, n); c != HTML_NO_NODE;
         c = html_tree_next(page->tree, c)) {
        bool gone = page->state[c] & STATE_GONE;
        bool is_break = html_tree_node(page->tree, c)->tag == TAG_BR;
        bool ends = (is_break && after_break) || (!gone && !(page->state[c] & STATE_PHRASING));
        if (ends) {
            vote(page, n, text, commas);
            text = commas = 0;
        } else if (!gone) {
            text += page->stats[c].text;
            commas += page->stats[c].commas;
        }
        after_break = is_break || (after_break && page->stats[c].text == 0);
    }
    vote(page, n, text, commas);
}

/* A div around one paragraph and nothing else is that paragraph. */
static bool wraps_paragraph(const struct html_page *page, uint32_t n)
{
    uint32_t paragraphs = 0;
    if (html_tree_node(page->tree, n)->tag != TAG_DIV) {
        return false;
    }
    for (uint32_t c = html_tree_child(page->tree, n); c != HTML_NO_NODE;
         c = html_tree_next(page->tree, c)) {
        const struct html_node *node = html_tree_node(page->tree, c);
        bool gone = page->state[c] & STATE_GONE;
        if (node->tag == TAG_P && !gone) {
            paragraphs++;
        } else if (!gone && (node->tag != TAG_TEXT || page->stats[c].text > 0)) {
            return false;
        }
        if (paragraphs > 1) {
            return false;
        }
    }
    return paragraphs == 1 && html_page_link_density(page, n) < 0.25;
}

static void vote_all(struct html_page *page)
{
    const struct html_tree *tree = page->tree;
    uint32_t count = (uint32_t)tree->nodes.count;
    for (uint32_t n = 1; n < count; n = html_page_after(page, n)) {
        const struct html_node *node = html_tree_node(tree, n);
        const struct html_stats *stats = &page->stats[n];
        bool scored = html_tree_traits(node->tag) & HTML_SCORED;
        if ((page->state[n] & STATE_BREAKS) && !(scored && !(page->state[n] & STATE_PARTS) &&
                                                 node->tag != TAG_P && node->tag != TAG_TD)) {
            vote_by_runs(page, n);
        } else if (scored) {
            bool wrapped = node->tag == TAG_P && wraps_paragraph(page, node->parent);
            vote(page, wrapped ? html_tree_node(tree, node->parent)->parent : node->parent,
                 stats->text, stats->commas);
        } else if (node->tag == TAG_DIV && !(page->state[n] & STATE_PARTS) &&
                   html_page_link_density(page, n) < 0.25) {
            vote(page, node->parent, stats->text, stats->commas);
        } else if (node->tag == TAG_DIV) {
            vote_by_runs(page, n);
        }
    }
}

/* ---- the best */

struct candidates {
    uint32_t items[CANDIDATES];
    size_t count;
};

static void keep_best(struct html_page *page, struct candidates *best, uint32_t n)
{
    size_t at = best->count;
    while (at > 0 && page->score[best->items[at - 1]] < page->score[n]) {
        at--;
    }
    if (at == CANDIDATES) {
        return;
    }
    size_t last = best->count < CANDIDATES ? best->count++ : CANDIDATES - 1;
    memmove(&best->items[at + 1], &best->items[at], (last - at) * sizeof best->items[0]);
    best->items[at] = n;
}

static void find_best(struct html_page *page, struct candidates *best)
{
    uint32_t count = (uint32_t)page->tree->nodes.count;
    for (uint32_t n = 1; n < count; n = html_page_after(page, n)) {
        if (page->state[n] & STATE_RATED) {
            page->score[n] *= (float)(1 - html_page_link_density(page, n));
            keep_best(page, best, n);
        }
    }
}

static uint32_t parent_of(const struct html_page *page, uint32_t n)
{
    return html_tree_node(page->tree, n)->parent;
}

static bool is_top(const struct html_page *page, uint32_t n)
{
    return n == 0 || html_tree_node(page->tree, n)->tag == TAG_BODY ||
           html_tree_node(page->tree, n)->tag == TAG_HTML;
}

static bool holds(const struct html_page *page, uint32_t outer, uint32_t inner)
{
    return inner > outer && inner < html_tree_node(page->tree, outer)->end;
}

/* Several good candidates below one element: the article is cut into parts, and that element is it. */
static uint32_t common_ancestor(const struct html_page *page, const struct candidates *best)
{
    uint32_t top = best->items[0];
    for (uint32_t up = parent_of(page, top); !is_top(page, up); up = parent_of(page, up)) {
        size_t held = 0;
        for (size_t i = 1; i < best->count; i++) {
            held += page->score[best->items[i]] >= (float)ALIKE * page->score[top] &&
                    holds(page, up, best->items[i]);
        }
        if (held >= ALIKE_LEAST) {
            return up;
        }
    }
    return top;
}

static size_t live_children(const struct html_page *page, uint32_t n)
{
    size_t count = 0;
    for (uint32_t c = html_tree_child(page->tree, n); c != HTML_NO_NODE;
         c = html_tree_next(page->tree, c)) {
        count += html_tree_node(page->tree, c)->tag != TAG_TEXT && !(page->state[c] & STATE_GONE);
    }
    return count;
}

/* An ancestor whose score rises again holds more of the article; one that holds nothing else is it too. */
static uint32_t climb(struct html_page *page, uint32_t top)
{
    rate(page, top);
    float last = page->score[top], least = last / 3;
    for (uint32_t up = parent_of(page, top); !is_top(page, up); up = parent_of(page, up)) {
        if (!(page->state[up] & STATE_RATED)) {
            continue;
        }
        if (page->score[up] < least) {
            break;
        }
        if (page->score[up] > last) {
            top = up;
            break;
        }
        last = page->score[up];
    }
    for (uint32_t up = parent_of(page, top); !is_top(page, up) && live_children(page, up) == 1;
         up = parent_of(page, up)) {
        top = up;
    }
    rate(page, top);
    return top;
}

/* ---- siblings */

static void pick(struct html_page *page, uint32_t n)
{
    uint32_t *slot = ARENA_PUSH(page->arena, &page->picks);
    *slot = n;
}

static bool ends_sentence(const struct html_page *page, uint32_t n)
{
    for (uint32_t i = html_tree_node(page->tree, n)->end; i-- > n;) {
        struct slice text = slice_trim(html_tree_node(page->tree, i)->text);
        if (text.len > 0) {
            return text.ptr[text.len - 1] == '.' || slice_find(text, SLICE(". "), 0) != SIZE_MAX;
        }
    }
    return false;
}

static bool joins(struct html_page *page, uint32_t n, struct slice class_of_top, float top_score)
{
    float least = top_score * 0.2f > 10 ? top_score * 0.2f : 10;
    struct slice class = html_tree_attribute(page->tree, n, "class");
    float bonus = class_of_top.len > 0 && slice_equal(class, class_of_top) ? top_score * 0.2f : 0;
    if ((page->state[n] & STATE_RATED) && page->score[n] + bonus >= least) {
        return true;
    }
    uint16_t tag = html_tree_node(page->tree, n)->tag;
    bool paragraph = tag == TAG_P || wraps_paragraph(page, n) ||
                     (tag == TAG_DIV && !(page->state[n] & STATE_PARTS) &&
                      html_page_link_density(page, n) < 0.25);
    if (!paragraph) {
        return false;
    }
    double links = html_page_link_density(page, n);
    uint32_t text = page->stats[n].text;
    return text > 80 ? links < 0.25
                     : text > 0 && page->stats[n].link_tenths == 0 && ends_sentence(page, n);
}

static void pick_with_siblings(struct html_page *page, uint32_t top)
{
    struct slice class = html_tree_attribute(page->tree, top, "class");
    class = slice_present(class) ? class : SLICE("");
    for (uint32_t c = html_tree_child(page->tree, parent_of(page, top)); c != HTML_NO_NODE;
         c = html_tree_next(page->tree, c)) {
        if (c == top ||
            (!(page->state[c] & STATE_GONE) && html_tree_node(page->tree, c)->tag != TAG_TEXT &&
             joins(page, c, class, page->score[top]))) {
            pick(page, c);
        }
    }
}

/* The element that the publisher itself calls the article's body, else its <article>. Several of a kind (teasers,
 * comments) say nothing. */
static uint32_t declared_body(const struct html_page *page)
{
    uint32_t found[2] = {HTML_NO_NODE, HTML_NO_NODE};
    size_t times[2] = {0, 0};
    uint32_t count = (uint32_t)page->tree->nodes.count;
    for (uint32_t n = 1; n < count; n = html_page_after(page, n)) {
        bool article = html_tree_node(page->tree, n)->tag == TAG_ARTICLE;
        if (article || slice_is(html_tree_attribute(page->tree, n, "itemprop"), "articleBody")) {
            found[article] = n;
            times[article]++;
        }
    }
    return times[0] == 1 ? found[0] : times[1] == 1 ? found[1] : HTML_NO_NODE;
}

/* Believed when it holds a fair share of what was found, or all that was found lies elsewhere. */
static bool is_better(const struct html_page *page, uint32_t body, uint32_t top)
{
    uint32_t text = page->stats[body].text;
    return body != HTML_NO_NODE && !holds(page, top, body) && !holds(page, body, top) &&
           body != top && text >= PARAGRAPH_LEAST && text * 3 > page->stats[top].text;
}

void html_score_pick(struct html_page *page)
{
    struct candidates best = {.count = 0};
    if (page->scruples & SCRUPLE_UNLIKELY) {
        leave_out_unlikely(page);
    }
    html_page_measure(page);
    vote_all(page);
    find_best(page, &best);
    if (best.count == 0 || is_top(page, best.items[0])) {
        pick(page, 0); /* all of it */
        return;
    }
    uint32_t top = climb(page, common_ancestor(page, &best)), body = declared_body(page);
    if (body != HTML_NO_NODE && is_better(page, body, top)) {
        top = body;
        rate(page, top);
    }
    pick_with_siblings(page, top);
}
