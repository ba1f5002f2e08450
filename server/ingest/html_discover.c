#include "ingest/html_discover.h"

#include <string.h>
#include <strings.h>

#include "ingest/fetched.h"
#include "ingest/html_charset.h"
#include "ingest/html_tree.h"
#include "ingest/xml_url.h"

static const char *const feed_types[] = {"application/rss+xml",   "application/atom+xml",
                                         "application/feed+json", "application/rdf+xml",
                                         "application/xml",       "text/xml"};
/* Ends of paths and words of queries that feeds are found under. */
static const char *const path_ends[] = {
    "/rss",     "/feed",     "/atom",      "/feeds",     "/rss/",     "/feed/",    "/atom/",
    ".rss",     ".atom",     ".rdf",       "/rss.xml",   "/feed.xml", "/atom.xml", "/rss2.xml",
    "/rss.php", "/feed.php", "/feed.json", "/index.rdf", "_rss.xml",  "-rss.xml"};
static const char *const queries[] = {"feed=rss",    "feed=atom", "format=rss",
                                      "format=feed", "type=rss",  "output=rss"};
static const char *const hosts[] = {"feeds.", "rss.", "feed."};
static const char *const words[] = {"rss", "atom", "flux rss", "rss feed", "feed"};
static const char *const comments[] = {"comment", "commentaire", "/comments/"};

struct search {
    const struct html_tree *tree;
    struct slice base, page; /* addresses */
    struct arena *arena;
    struct discoveries *out;
    bool failed;
};

/* ---- words */

static bool equals(struct slice s, const char *word)
{
    return s.len == strlen(word) && strncasecmp(s.ptr, word, s.len) == 0;
}

static bool ends(struct slice s, const char *end)
{
    size_t len = strlen(end);
    return s.len >= len && strncasecmp(s.ptr + s.len - len, end, len) == 0;
}

static bool holds(struct slice s, const char *piece)
{
    size_t len = strlen(piece);
    for (size_t at = 0; at + len <= s.len; at++) {
        if (strncasecmp(s.ptr + at, piece, len) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_word(struct slice s, const char *word)
{
    while (slice_present(s)) {
        if (equals(slice_trim(slice_cut(&s, ' ')), word)) {
            return true;
        }
    }
    return false;
}

static struct slice host_of(struct slice url)
{
    size_t start = slice_find(url, SLICE("://"), 0);
    return start == SIZE_MAX ? SLICE("") : slice_of(url.ptr + start + 3, url.len - start - 3);
}

static bool looks_like_feed(struct slice url)
{
    struct slice query = url, path = slice_cut(&query, '?');
    struct slice host = host_of(url);
    for (size_t i = 0; i < sizeof path_ends / sizeof path_ends[0]; i++) {
        if (ends(path, path_ends[i])) {
            return true;
        }
    }
    for (size_t i = 0; slice_present(query) && i < sizeof queries / sizeof queries[0]; i++) {
        if (holds(query, queries[i])) {
            return true;
        }
    }
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        size_t len = strlen(hosts[i]);
        if (host.len > len && strncasecmp(host.ptr, hosts[i], len) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_called_feed(struct slice text)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (equals(text, words[i])) {
            return true;
        }
    }
    return false;
}

static bool is_of_comments(struct slice url, struct slice title)
{
    for (size_t i = 0; i < sizeof comments / sizeof comments[0]; i++) {
        if (holds(title, comments[i]) || holds(url, comments[i])) {
            return true;
        }
    }
    return false;
}

/* ---- what is found */

static void offer(struct search *s, struct slice href, struct slice title, enum discover_kind kind,
                  enum discover_sign sign)
{
    struct slice url = xml_url_join(s->base, href, s->arena);
    if (!slice_present(url) || s->out->count == DISCOVER_MOST) {
        return;
    }
    if (sign == SIGN_ANCHOR && !fetched_is_one_site(url, s->page)) {
        return;
    }
    if (kind == DISCOVER_FEED && is_of_comments(url, title)) {
        sign = SIGN_COMMENTS;
    }
    for (size_t i = 0; i < s->out->count; i++) {
        struct discover_hit *known = &s->out->items[i];
        if (slice_equal(known->url, url)) {
            known->sign = sign < known->sign ? sign : known->sign;
            return;
        }
    }
    struct discover_hit *hit = ARENA_PUSH(s->arena, s->out);
    if (!hit) {
        s->failed = true;
        return;
    }
    title = slice_trim(title);
    *hit = (struct discover_hit){.url = url, .kind = kind, .sign = sign};
    hit->title = title.len > 0 ? arena_copy(s->arena, title) : SLICE_NONE;
}

static bool is_feed_type(struct slice type)
{
    struct slice essence = slice_trim(slice_cut(&type, ';'));
    for (size_t i = 0; i < sizeof feed_types / sizeof feed_types[0]; i++) {
        if (equals(essence, feed_types[i])) {
            return true;
        }
    }
    return false;
}

static void look_at_link(struct search *s, uint32_t n)
{
    struct slice rel = html_tree_attribute(s->tree, n, "rel");
    struct slice href = html_tree_attribute(s->tree, n, "href");
    struct slice type = html_tree_attribute(s->tree, n, "type");
    struct slice title = html_tree_attribute(s->tree, n, "title");
    if (!slice_present(rel) || !slice_present(href)) {
        return;
    }
    if ((has_word(rel, "alternate") && slice_present(type) && is_feed_type(type)) ||
        has_word(rel, "feed")) {
        offer(s, href, title, DISCOVER_FEED, SIGN_LINK);
    } else if (has_word(rel, "sitemap")) {
        offer(s, href, title, DISCOVER_SITEMAP, SIGN_LINK);
    }
}

static void look_at_anchor(struct search *s, uint32_t n)
{
    struct slice href = html_tree_attribute(s->tree, n, "href");
    struct slice type = html_tree_attribute(s->tree, n, "type");
    if (slice_trim(href).len == 0 || href.ptr[0] == '#') {
        return;
    }
    struct slice text = html_tree_text(s->tree, n);
    if (looks_like_feed(href) || is_called_feed(text) ||
        (slice_present(type) && is_feed_type(type))) {
        offer(s, href, text.len < 200 ? text : SLICE_NONE, DISCOVER_FEED, SIGN_ANCHOR);
    }
}

static void look(struct search *s)
{
    bool based = false;
    for (uint32_t n = 1; n < s->tree->nodes.count && !s->failed; n++) {
        uint16_t tag = html_tree_node(s->tree, n)->tag;
        if (tag == TAG_BASE && !based) {
            struct slice href = html_tree_attribute(s->tree, n, "href");
            struct slice base = xml_url_join(s->base, href, s->arena);
            based = slice_present(base);
            s->base = based ? base : s->base;
        } else if (tag == TAG_LINK) {
            look_at_link(s, n);
        } else if (tag == TAG_A) {
            look_at_anchor(s, n);
        }
    }
}

/* Insertion keeps the page's order among equals; there are few. */
static void order(struct discoveries *found)
{
    for (size_t i = 1; i < found->count; i++) {
        struct discover_hit hit = found->items[i];
        size_t at = i;
        for (; at > 0 && found->items[at - 1].sign > hit.sign; at--) {
            found->items[at] = found->items[at - 1];
        }
        found->items[at] = hit;
    }
}

enum rc discover_in_page(struct slice bytes, const struct ingest_hints *hints, struct arena *arena,
                         struct discoveries *out, struct err *e)
{
    struct charset_text page;
    struct html_tree *tree = ARENA_NEW(arena, struct html_tree);
    struct discoveries found = {.items = NULL};
    struct search search = {
        .tree = tree, .base = hints->url, .page = hints->url, .arena = arena, .out = &found};
    if (!tree) {
        return err_nomem(e);
    }
    enum rc rc = html_charset_decode(bytes, hints, arena, &page, e);
    rc = rc ? rc : html_tree_parse(page.text, arena, tree, e);
    if (rc) {
        return rc;
    }
    look(&search);
    if (search.failed) {
        return err_nomem(e);
    }
    order(&found);
    *out = found;
    return RC_OK;
}
