/* What is inside the article's element but not of the article: boxes of links, buttons, forms, pleas. */
#include "ingest/html_page.h"

static bool within_state(const struct html_page *page, uint32_t n, uint8_t state)
{
    while (n != 0) {
        n = html_tree_node(page->tree, n)->parent;
        if (page->state[n] & state) {
            return true;
        }
    }
    return false;
}

/* The signs that a box is beside the point. One is enough. */
static bool looks_beside(const struct html_page *page, uint32_t n, bool is_list, int weight)
{
    const struct html_stats *s = &page->stats[n];
    bool figure = html_tree_within(page->tree, n, TAG_FIGURE);
    double links = html_page_link_density(page, n);
    double headings = s->text ? (double)s->heading / s->text : 0;
    long items = (long)s->items - 100;
    const bool signs[] = {
        !figure && s->images > 1 && s->paragraphs * 2 < s->images,
        !is_list && items > (long)s->paragraphs,
        s->inputs > s->paragraphs / 3,
        !is_list && !figure && headings < 0.9 && s->text < 25 &&
            (s->images == 0 || s->images > 2) && links > 0,
        !is_list && weight < 25 && links > 0.2,
        weight >= 25 && links > 0.5,
        (s->embeds == 1 && s->text < 75) || s->embeds > 1,
        s->images == 0 && s->textish == 0,
    };
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        if (signs[i]) {
            return true;
        }
    }
    return false;
}

static bool is_list_of_images(const struct html_page *page, uint32_t n)
{
    const struct html_stats *s = &page->stats[n];
    return s->items > 0 && s->images == s->items && s->text < s->items * 40;
}

/* Entries of a live report begin with the time, which stands alone; several do. */
static bool is_time_of_entry(const struct html_page *page, uint32_t n)
{
    const struct html_tree *tree = page->tree;
    uint32_t text = page->stats[n].text, next = html_tree_node(tree, n)->end;
    bool timed = false;
    for (uint32_t i = n + 1; text > 0 && text <= HTML_TIME_MOST && i < next; i++) {
        timed |= html_tree_node(tree, i)->tag == TAG_TIME && page->stats[i].text == text;
    }
    while (timed && next < tree->nodes.count && html_tree_node(tree, next)->tag == TAG_TEXT) {
        next++;
    }
    return timed && page->times >= HTML_TIMES_LEAST && next < tree->nodes.count &&
           html_tree_node(tree, next)->parent == html_tree_node(tree, n)->parent &&
           html_tree_node(tree, next)->tag == TAG_P;
}

static bool is_beside(struct html_page *page, uint32_t n)
{
    uint16_t tag = html_tree_node(page->tree, n)->tag;
    const struct html_stats *s = &page->stats[n];
    if (within_state(page, n, STATE_DATA) || html_tree_within(page->tree, n, TAG_CODE) ||
        (page->state[n] & STATE_HOLDS_DATA)) {
        return false;
    }
    if (is_time_of_entry(page, n)) {
        return false;
    }
    int weight = html_page_weight(page, n);
    if (weight < 0) {
        return true;
    }
    if (s->commas >= 10) {
        return false;
    }
    bool is_list = tag == TAG_UL || tag == TAG_OL || (s->text > 0 && s->list > s->text * 9 / 10);
    return looks_beside(page, n, is_list, weight) && !(is_list && is_list_of_images(page, n));
}

/* Inner ones first: an outer box is judged by what is left of it. */
static void clean_tag(struct html_page *page, uint32_t root, uint16_t one, uint16_t other)
{
    uint32_t end = html_tree_node(page->tree, root)->end;
    for (uint32_t n = end; n-- > root + 1;) {
        uint16_t tag = html_tree_node(page->tree, n)->tag;
        if ((tag == one || tag == other) && !(page->state[n] & STATE_GONE) && is_beside(page, n)) {
            html_page_drop(page, n);
        }
    }
}

static bool is_banned(const struct html_page *page, uint32_t n)
{
    switch (html_tree_node(page->tree, n)->tag) {
    case TAG_FOOTER:
    case TAG_ASIDE:
    case TAG_BUTTON:
    case TAG_INPUT:
    case TAG_NAV:
        return true;
    default:
        return false;
    }
}

static bool is_named_away(struct html_page *page, uint32_t n, uint32_t all)
{
    uint16_t tag = html_tree_node(page->tree, n)->tag;
    unsigned hints = tag == TAG_TEXT || tag == TAG_BODY ? 0 : html_page_hints(page, n);
    uint32_t text = page->stats[n].text;
    /* A class such as "has-newsletter" may stand on the article itself. */
    if ((hints & HINT_DROP) && text * 3 < all) {
        return true;
    }
    if ((hints & HINT_SHARE) && text < 500) {
        return true;
    }
    return (tag == TAG_H1 || tag == TAG_H2) && html_page_weight(page, n) < 0;
}

static void drop_banned(struct html_page *page, uint32_t root)
{
    uint32_t end = html_tree_node(page->tree, root)->end, all = page->stats[root].text;
    for (uint32_t n = html_page_after(page, root); n < end; n = html_page_after(page, n)) {
        if (is_banned(page, n) || is_named_away(page, n, all)) {
            html_page_drop(page, n);
        }
    }
}

static uint32_t count_times(const struct html_page *page, uint32_t root)
{
    uint32_t times = 0, end = html_tree_node(page->tree, root)->end;
    for (uint32_t n = root; n < end; n++) {
        times += html_tree_node(page->tree, n)->tag == TAG_TIME;
    }
    return times;
}

void html_clean(struct html_page *page)
{
    static const uint16_t rounds[][2] = {{TAG_FORM, TAG_FORM}, {TAG_FIELDSET, TAG_FIELDSET}};
    static const uint16_t late_rounds[][2] = {
        {TAG_TABLE, TAG_TABLE}, {TAG_UL, TAG_UL}, {TAG_DIV, TAG_DIV}};
    for (size_t i = 0; i < page->picks.count; i++) {
        uint32_t root = page->picks.items[i];
        page->times = count_times(page, root);
        for (size_t r = 0; (page->scruples & SCRUPLE_CLEAN) && r < 2; r++) {
            clean_tag(page, root, rounds[r][0], rounds[r][1]);
        }
        drop_banned(page, root);
        for (size_t r = 0; (page->scruples & SCRUPLE_CLEAN) && r < 3; r++) {
            clean_tag(page, root, late_rounds[r][0], late_rounds[r][1]);
        }
    }
}
