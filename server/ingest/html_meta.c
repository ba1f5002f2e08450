/* <meta>, <link>, <title>, microdata, RDFa, <time> and elements whose class says what they are. */
#include <ctype.h>
#include <strings.h>

#include "ingest/datetext.h"
#include "ingest/html_fields.h"
#include "ingest/html_hints.h"
#include "ingest/xml_url.h"
#include "text/utf8.h"

struct said {
    const char *name; /* lower case */
    enum html_field field;
    enum origin origin;
    enum html_rank rank;
};

/* <meta name= or property= or http-equiv=>: one document may use several of these vocabularies. */
static const struct said metas[] = {
    {"og:title", FIELD_TITLE, ORIGIN_OPENGRAPH, RANK_OPENGRAPH},
    {"dc:title", FIELD_TITLE, ORIGIN_META, RANK_META},
    {"dc.title", FIELD_TITLE, ORIGIN_META, RANK_META},
    {"dcterms.title", FIELD_TITLE, ORIGIN_META, RANK_META},
    {"title", FIELD_TITLE, ORIGIN_META, RANK_TWITTER},
    {"headline", FIELD_TITLE, ORIGIN_META, RANK_META},
    {"sailthru.title", FIELD_TITLE, ORIGIN_META, RANK_META},
    {"parsely-title", FIELD_TITLE, ORIGIN_META, RANK_META},
    {"cxenseparse:title", FIELD_TITLE, ORIGIN_META, RANK_META},
    {"twitter:title", FIELD_TITLE, ORIGIN_META, RANK_TWITTER},
    {"og:description", FIELD_STANDFIRST, ORIGIN_OPENGRAPH, RANK_OPENGRAPH},
    {"description", FIELD_STANDFIRST, ORIGIN_META, RANK_META},
    {"dc.description", FIELD_STANDFIRST, ORIGIN_META, RANK_META},
    {"twitter:description", FIELD_STANDFIRST, ORIGIN_META, RANK_TWITTER},
    {"author", FIELD_AUTHORS, ORIGIN_META, RANK_META},
    {"article:author", FIELD_AUTHORS, ORIGIN_OPENGRAPH, RANK_META},
    {"article:author_name", FIELD_AUTHORS, ORIGIN_OPENGRAPH, RANK_OPENGRAPH},
    {"og:article:author", FIELD_AUTHORS, ORIGIN_OPENGRAPH, RANK_META},
    {"dc.creator", FIELD_AUTHORS, ORIGIN_META, RANK_META},
    {"dc:creator", FIELD_AUTHORS, ORIGIN_META, RANK_META},
    {"dcterms.creator", FIELD_AUTHORS, ORIGIN_META, RANK_META},
    {"byl", FIELD_AUTHORS, ORIGIN_META, RANK_META},
    {"sailthru.author", FIELD_AUTHORS, ORIGIN_META, RANK_META},
    {"parsely-author", FIELD_AUTHORS, ORIGIN_META, RANK_META},
    {"cxenseparse:author", FIELD_AUTHORS, ORIGIN_META, RANK_META},
    {"article:published_time", FIELD_PUBLISHED, ORIGIN_OPENGRAPH, RANK_OPENGRAPH},
    {"og:article:published_time", FIELD_PUBLISHED, ORIGIN_OPENGRAPH, RANK_OPENGRAPH},
    {"og:published_time", FIELD_PUBLISHED, ORIGIN_OPENGRAPH, RANK_OPENGRAPH},
    {"article:published", FIELD_PUBLISHED, ORIGIN_OPENGRAPH, RANK_OPENGRAPH},
    {"date", FIELD_PUBLISHED, ORIGIN_META, RANK_META},
    {"dc.date", FIELD_PUBLISHED, ORIGIN_META, RANK_META},
    {"dc.date.issued", FIELD_PUBLISHED, ORIGIN_META, RANK_META},
    {"dcterms.date", FIELD_PUBLISHED, ORIGIN_META, RANK_META},
    {"dcterms.created", FIELD_PUBLISHED, ORIGIN_META, RANK_META},
    {"dcterms.issued", FIELD_PUBLISHED, ORIGIN_META, RANK_META},
    {"pubdate", FIELD_PUBLISHED, ORIGIN_META, RANK_META},
    {"publishdate", FIELD_PUBLISHED, ORIGIN_META, RANK_META},
    {"publish-date", FIELD_PUBLISHED, ORIGIN_META, RANK_META},
    {"publish_date", FIELD_PUBLISHED, ORIGIN_META, RANK_META},
    {"publication_date", FIELD_PUBLISHED, ORIGIN_META, RANK_META},
    {"ptime", FIELD_PUBLISHED, ORIGIN_META, RANK_META},
    {"pdate", FIELD_PUBLISHED, ORIGIN_META, RANK_META},
    {"sailthru.date", FIELD_PUBLISHED, ORIGIN_META, RANK_META},
    {"parsely-pub-date", FIELD_PUBLISHED, ORIGIN_META, RANK_META},
    {"cxenseparse:recs:publishtime", FIELD_PUBLISHED, ORIGIN_META, RANK_META},
    {"article_date_original", FIELD_PUBLISHED, ORIGIN_META, RANK_META},
    {"displaydate", FIELD_PUBLISHED, ORIGIN_META, RANK_META},
    {"originalpublicationdate", FIELD_PUBLISHED, ORIGIN_META, RANK_META},
    {"article:modified_time", FIELD_MODIFIED, ORIGIN_OPENGRAPH, RANK_OPENGRAPH},
    {"og:updated_time", FIELD_MODIFIED, ORIGIN_OPENGRAPH, RANK_META},
    {"dcterms.modified", FIELD_MODIFIED, ORIGIN_META, RANK_META},
    {"lastmod", FIELD_MODIFIED, ORIGIN_META, RANK_META},
    {"last-modified", FIELD_MODIFIED, ORIGIN_META, RANK_META},
    {"revision_date", FIELD_MODIFIED, ORIGIN_META, RANK_META},
    {"article:section", FIELD_SECTION, ORIGIN_OPENGRAPH, RANK_OPENGRAPH},
    {"section", FIELD_SECTION, ORIGIN_META, RANK_META},
    {"parsely-section", FIELD_SECTION, ORIGIN_META, RANK_META},
    {"cg", FIELD_SECTION, ORIGIN_META, RANK_META},
    {"article:tag", FIELD_KEYWORDS, ORIGIN_OPENGRAPH, RANK_OPENGRAPH},
    {"news_keywords", FIELD_KEYWORDS, ORIGIN_META, RANK_META},
    {"keywords", FIELD_KEYWORDS, ORIGIN_META, RANK_TWITTER},
    {"parsely-tags", FIELD_KEYWORDS, ORIGIN_META, RANK_TWITTER},
    {"og:image", FIELD_IMAGE, ORIGIN_OPENGRAPH, RANK_OPENGRAPH},
    {"og:image:secure_url", FIELD_IMAGE, ORIGIN_OPENGRAPH, RANK_OPENGRAPH},
    {"og:image:url", FIELD_IMAGE, ORIGIN_OPENGRAPH, RANK_OPENGRAPH},
    {"twitter:image", FIELD_IMAGE, ORIGIN_META, RANK_TWITTER},
    {"twitter:image:src", FIELD_IMAGE, ORIGIN_META, RANK_TWITTER},
    {"thumbnail", FIELD_IMAGE, ORIGIN_META, RANK_CLASS},
    {"og:url", FIELD_CANONICAL, ORIGIN_OPENGRAPH, RANK_OPENGRAPH},
    {"og:site_name", FIELD_SITE, ORIGIN_OPENGRAPH, RANK_OPENGRAPH},
    {"application-name", FIELD_SITE, ORIGIN_META, RANK_META},
    {"dc.publisher", FIELD_SITE, ORIGIN_META, RANK_META},
    {"al:ios:app_name", FIELD_SITE, ORIGIN_META, RANK_CLASS},
    {"og:locale", FIELD_LANG, ORIGIN_OPENGRAPH, RANK_CLASS},
    {"content-language", FIELD_LANG, ORIGIN_META, RANK_META},
    {"language", FIELD_LANG, ORIGIN_META, RANK_META},
    {"dc.language", FIELD_LANG, ORIGIN_META, RANK_META},
};

/* itemprop= and property= within the page. */
static const struct said properties[] = {
    {"headline", FIELD_TITLE, ORIGIN_META, RANK_CLASS},
    {"alternativeheadline", FIELD_STANDFIRST, ORIGIN_META, RANK_CLASS},
    {"author", FIELD_AUTHORS, ORIGIN_META, RANK_MICRODATA},
    {"creator", FIELD_AUTHORS, ORIGIN_META, RANK_MARKED},
    {"datepublished", FIELD_PUBLISHED, ORIGIN_META, RANK_MICRODATA},
    {"datecreated", FIELD_PUBLISHED, ORIGIN_META, RANK_META},
    {"datemodified", FIELD_MODIFIED, ORIGIN_META, RANK_MICRODATA},
    {"articlesection", FIELD_SECTION, ORIGIN_META, RANK_MICRODATA},
    {"inlanguage", FIELD_LANG, ORIGIN_META, RANK_CLASS},
    {"keywords", FIELD_KEYWORDS, ORIGIN_META, RANK_MARKED},
    {"description", FIELD_STANDFIRST, ORIGIN_META, RANK_CLASS},
    {"publisher", FIELD_SITE, ORIGIN_META, RANK_MICRODATA},
};

#define SMALL_NODES             40u /* elements that say one thing hold few others */
#define STANDFIRST_LEAST        40u /* bytes */
#define STANDFIRST_PRINTED_MOST 1200u

/* Lower case, without the vocabulary's prefix: "schema:datePublished", "http://schema.org/author". */
static struct slice plain_name(struct slice name, char out[64])
{
    for (size_t i = name.len; i > 0; i--) {
        if (name.ptr[i - 1] == '/') {
            name = slice_of(name.ptr + i, name.len - i);
            break;
        }
    }
    name = slice_starts(name, SLICE("schema:")) ? slice_of(name.ptr + 7, name.len - 7) : name;
    size_t len = name.len < 64 ? name.len : 0;
    for (size_t i = 0; i < len; i++) {
        out[i] = (char)tolower((unsigned char)name.ptr[i]);
    }
    return slice_of(out, len);
}

static const struct said *find_said(const struct said *table, size_t count, struct slice name)
{
    char lower[64];
    name = plain_name(slice_trim(name), lower);
    for (size_t i = 0; name.len > 0 && i < count; i++) {
        if (slice_is(name, table[i].name)) {
            return &table[i];
        }
    }
    return NULL;
}

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static void offer(struct html_fields *f, const struct said *said, struct slice value)
{
    html_fields_offer(f, said->field, value, said->origin, said->rank);
}

static bool has_word(struct slice words, const char *word)
{
    while (slice_present(words)) {
        struct slice one = slice_cut(&words, ' ');
        if (one.len == strlen(word) && strncasecmp(one.ptr, word, one.len) == 0) {
            return true;
        }
    }
    return false;
}

static void read_link(struct html_fields *f, const struct html_tree *tree, uint32_t n)
{
    struct slice rel = html_tree_attribute(tree, n, "rel");
    struct slice href = html_tree_attribute(tree, n, "href");
    if (has_word(rel, "canonical")) {
        html_fields_offer(f, FIELD_CANONICAL, href, ORIGIN_META, RANK_JSON_LD);
    } else if (has_word(rel, "image_src")) {
        html_fields_offer(f, FIELD_IMAGE, href, ORIGIN_META, RANK_CLASS);
    }
}

/* The text of an element, or the machine-readable form beside it. */
static struct slice value_of(const struct html_tree *tree, uint32_t n)
{
    static const char *const attributes[] = {"content", "datetime", "title"};
    for (size_t i = 0; i < COUNT(attributes); i++) {
        struct slice value = html_tree_attribute(tree, n, attributes[i]);
        bool date_only = i > 0;
        if (slice_trim(value).len > 0 && (!date_only || isdigit((unsigned char)value.ptr[0]))) {
            return value;
        }
    }
    return html_tree_text(tree, n);
}

/* ---- microdata and RDFa */

static bool contains(struct slice s, const char *piece)
{
    return slice_present(s) && slice_find(s, slice_cstr(piece), 0) != SIZE_MAX;
}

/* What an element begins an item of; absent when it begins none. */
static struct slice item_type(const struct html_tree *tree, uint32_t n)
{
    struct slice type = html_tree_attribute(tree, n, "itemtype");
    type = slice_present(type) ? type : html_tree_attribute(tree, n, "typeof");
    bool bare = !slice_present(type) && slice_present(html_tree_attribute(tree, n, "itemscope"));
    return bare ? SLICE("") : type;
}

static bool is_article(struct slice type)
{
    return contains(type, "Article") || contains(type, "Posting") || contains(type, "Report");
}

/* Teasers are items too: the article's own has the page's heading or the body. */
static bool holds_article(const struct html_tree *tree, uint32_t n)
{
    for (uint32_t i = n + 1; i < html_tree_node(tree, n)->end; i++) {
        if (html_tree_node(tree, i)->tag == TAG_H1 ||
            contains(html_tree_attribute(tree, i, "itemprop"), "articleBody") ||
            contains(html_tree_attribute(tree, i, "property"), "articleBody")) {
            return true;
        }
    }
    return false;
}

static uint32_t find_item(const struct html_tree *tree)
{
    for (uint32_t n = 1; n < tree->nodes.count; n++) {
        if (html_tree_node(tree, n)->attribute_count > 0 && is_article(item_type(tree, n)) &&
            holds_article(tree, n)) {
            return n;
        }
    }
    return HTML_NO_NODE;
}

/* <span itemprop=author><a><span itemprop=name>…: the name is inside. */
static struct slice name_inside(const struct html_tree *tree, uint32_t n)
{
    for (uint32_t i = n + 1; i < html_tree_node(tree, n)->end; i++) {
        if (has_word(html_tree_attribute(tree, i, "itemprop"), "name") ||
            has_word(html_tree_attribute(tree, i, "property"), "name") ||
            has_word(html_tree_attribute(tree, i, "property"), "schema:name")) {
            return value_of(tree, i);
        }
    }
    return value_of(tree, n);
}

/* Whether a property is the article's: it stands in the article's item, or in none that is known. */
static bool is_of_article(const struct html_fields *f, const struct html_tree *tree, uint32_t n,
                          enum html_field field)
{
    bool asks_for_item =
        field == FIELD_STANDFIRST || field == FIELD_SITE; /* others have such too */
    for (uint32_t up = html_tree_node(tree, n)->parent; up != 0;
         up = html_tree_node(tree, up)->parent) {
        struct slice type = item_type(tree, up);
        if (slice_present(type)) {
            bool other = is_article(type) && f->item != HTML_NO_NODE && up != f->item;
            return asks_for_item ? up == f->item : !other && !contains(type, "Comment");
        }
    }
    return !asks_for_item;
}

static void keep_standfirst(struct html_fields *f, const struct html_tree *tree, uint32_t n)
{
    struct slice text = html_tree_text(tree, n);
    if (f->standfirst_node == HTML_NO_NODE && html_tree_node(tree, n)->end - n < SMALL_NODES &&
        text.len >= STANDFIRST_LEAST && text.len <= STANDFIRST_PRINTED_MOST) {
        f->standfirst_node = n;
    }
}

static void read_property(struct html_fields *f, const struct html_tree *tree, uint32_t n)
{
    struct slice names = html_tree_attribute(tree, n, "itemprop");
    names = slice_present(names) ? names : html_tree_attribute(tree, n, "property");
    while (slice_present(names)) {
        const struct said *said = find_said(properties, COUNT(properties), slice_cut(&names, ' '));
        if (!said || !is_of_article(f, tree, n, said->field)) {
            continue;
        }
        bool named = said->field == FIELD_AUTHORS || said->field == FIELD_SITE;
        struct slice value = named ? name_inside(tree, n) : value_of(tree, n);
        offer(f, said, value.len <= 500 ? value : SLICE_NONE);
        if (said->field == FIELD_STANDFIRST) {
            keep_standfirst(f, tree, n);
        }
    }
}

static void read_meta(struct html_fields *f, const struct html_tree *tree, uint32_t n)
{
    static const char *const keys[] = {"property", "name", "itemprop", "http-equiv"};
    struct slice content = html_tree_attribute(tree, n, "content");
    for (size_t i = 0; slice_present(content) && i < COUNT(keys); i++) {
        struct slice names = html_tree_attribute(tree, n, keys[i]);
        while (slice_present(names)) { /* property="og:title dc:title" */
            struct slice name = slice_cut(&names, ' ');
            const struct said *said = i == 2 ? find_said(properties, COUNT(properties), name)
                                             : find_said(metas, COUNT(metas), name);
            if (!said && i < 2) {
                said = find_said(properties, COUNT(properties), name);
            }
            if (said && (i != 2 || is_of_article(f, tree, n, said->field))) {
                offer(f, said, content);
            }
        }
    }
}

static void read_time(struct html_fields *f, const struct html_tree *tree, uint32_t n,
                      unsigned hints)
{
    struct slice when = html_tree_attribute(tree, n, "datetime");
    bool article = html_tree_within(tree, n, TAG_ARTICLE) || html_tree_within(tree, n, TAG_MAIN) ||
                   (hints & HINT_DATE) || slice_present(html_tree_attribute(tree, n, "pubdate"));
    when = slice_trim(when).len > 0 ? when : html_tree_text(tree, n);
    html_fields_offer(f, FIELD_PUBLISHED, when, ORIGIN_META, article ? RANK_MARKED : RANK_CLASS);
}

/* A line such as "Publié le 3 février 2026 à 14h05, mis à jour le 4 février": what it says of the dates. */
static bool read_dates(struct html_fields *f, struct slice line, bool any)
{
    struct moment moment;
    bool published = datetext_marked(line, &f->packs, f->arena, "published", &moment);
    if (published) {
        html_fields_offer(f, FIELD_PUBLISHED, line, ORIGIN_TEXT, RANK_MARKED + 5);
    }
    bool modified = datetext_marked(line, &f->packs, f->arena, "modified", &moment);
    if (modified) {
        html_fields_offer(f, FIELD_MODIFIED, line, ORIGIN_TEXT, RANK_CLASS);
    }
    if (!published && !modified && any && datetext_read(line, &f->packs, f->arena, &moment)) {
        html_fields_offer(f, FIELD_PUBLISHED, line, ORIGIN_TEXT, RANK_CLASS + 5);
        return true;
    }
    return published || modified;
}

static void read_byline(struct html_fields *f, const struct html_tree *tree, uint32_t n,
                        enum html_rank rank)
{
    struct slice text = name_inside(tree, n);
    if (text.len > 0 && text.len <= 150) {
        html_fields_offer(f, FIELD_AUTHORS, text, ORIGIN_TEXT, rank);
        if (f->byline_node == HTML_NO_NODE && html_tree_node(tree, n)->end - n < SMALL_NODES) {
            f->byline_node = n;
        }
    }
}

static void read_element(struct html_fields *f, const struct html_tree *tree, uint32_t n,
                         struct html_hints *hints)
{
    const struct html_node *node = html_tree_node(tree, n);
    unsigned said = html_hints_look(hints, html_tree_attribute(tree, n, "class")) |
                    html_hints_look(hints, html_tree_attribute(tree, n, "id"));
    bool small = node->end - n < SMALL_NODES;
    if (node->tag == TAG_TIME) {
        read_time(f, tree, n, said);
    }
    if (has_word(html_tree_attribute(tree, n, "rel"), "author")) {
        read_byline(f, tree, n, RANK_MARKED + 2);
    } else if ((said & HINT_BYLINE) && small && f->values[FIELD_AUTHORS].rank >= RANK_CLASS) {
        read_byline(f, tree, n, RANK_CLASS);
    }
    if (!small || f->values[FIELD_PUBLISHED].rank <= RANK_MARKED || node->end == n + 1) {
        return;
    }
    bool leaf = html_tree_node(tree, n + 1)->tag == TAG_TEXT;
    if (leaf || (said & HINT_DATE)) {
        struct slice line = html_tree_text(tree, n);
        if (line.len >= 6 && line.len <= 200) {
            read_dates(f, line, said & HINT_DATE);
        }
    }
}

static void read_heading(struct html_fields *f, const struct html_tree *tree, uint32_t n)
{
    if (f->heading_count < HEADINGS_MOST) {
        f->headings[f->heading_count++] = html_tree_text(tree, n);
    }
}

static void read_standfirst(struct html_fields *f, const struct html_tree *tree, uint32_t n,
                            struct html_hints *hints)
{
    if (f->standfirst_node == HTML_NO_NODE &&
        (html_hints_look(hints, html_tree_attribute(tree, n, "class")) & HINT_STANDFIRST)) {
        keep_standfirst(f, tree, n);
    }
}

static void read_node(struct html_fields *f, const struct html_tree *tree, uint32_t n,
                      struct html_hints *hints)
{
    switch (html_tree_node(tree, n)->tag) {
    case TAG_META:
        read_meta(f, tree, n);
        return;
    case TAG_LINK:
        read_link(f, tree, n);
        return;
    case TAG_TITLE:
        if (!html_tree_within(tree, n, TAG_SVG) && !html_tree_within(tree, n, TAG_BODY)) {
            f->page_title = slice_present(f->page_title) ? f->page_title : html_tree_text(tree, n);
        }
        return;
    case TAG_HTML:
        html_fields_offer(f, FIELD_LANG, html_tree_attribute(tree, n, "lang"), ORIGIN_META,
                          RANK_OPENGRAPH);
        html_fields_offer(f, FIELD_LANG, html_tree_attribute(tree, n, "xml:lang"), ORIGIN_META,
                          RANK_META);
        return;
    case TAG_H1:
    case TAG_H2:
        read_heading(f, tree, n);
        break;
    case TAG_SCRIPT:
    case TAG_TEXT:
        return;
    default:
        break;
    }
    if (html_tree_node(tree, n)->attribute_count > 0) {
        read_property(f, tree, n);
        read_standfirst(f, tree, n, hints);
    }
    read_element(f, tree, n, hints);
}

void html_meta_read(struct html_fields *f, const struct html_tree *tree)
{
    struct html_hints *hints = ARENA_NEW(f->arena, struct html_hints);
    f->item = find_item(tree);
    for (uint32_t n = 1; n < tree->nodes.count; n++) {
        struct slice type = SLICE_NONE;
        if (html_tree_node(tree, n)->tag == TAG_SCRIPT) {
            type = html_tree_attribute(tree, n, "type");
        }
        if (slice_present(type) && type.len >= 19 &&
            strncasecmp(type.ptr, "application/ld+json", 19) == 0 &&
            html_tree_node(tree, n)->end > n + 1) {
            html_jsonld_read(f, html_tree_node(tree, n + 1)->text);
        } else if (html_tree_node(tree, n)->tag == TAG_BASE && !slice_present(f->base)) {
            f->base = xml_url_join(SLICE_NONE, html_tree_attribute(tree, n, "href"), f->arena);
        }
        read_node(f, tree, n, hints);
    }
}
