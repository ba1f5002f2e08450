/* An HTML page as a flat tree: libxml2's forgiving parser read once, then nothing but an array.
 *
 * Shape:  nodes stand in document order, so a subtree is a range [n, nodes[n].end) and walking needs neither
 *         recursion nor pointers. Node 0 is the root. Text of script and style is kept (JSON-LD lives there);
 *         comments and processing instructions are not. Tag and attribute names are in lower case.
 * Errors: RC_TOO_LARGE over HTML_NODES_MOST; RC_NOMEM. Broken markup is repaired, never an error. What is
 *         nested deeper than HTML_DEPTH_MOST ends the reading there (tree.cut).
 * Memory: everything lives in the arena, which must not have an escape set while parsing.
 * Safety: nothing is fetched or opened: no DTD, no entities but HTML's own, an entity loader that refuses.
 * Source: tag names are those of the HTML Living Standard.
 */
#ifndef GUILLEMET_INGEST_HTML_TREE_H
#define GUILLEMET_INGEST_HTML_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

#define HTML_NODES_MOST 2000000u
#define HTML_DEPTH_MOST 512u
#define HTML_NO_NODE    UINT32_MAX

/* What a tag means for the text around it. */
enum html_trait {
    HTML_BLOCK = 1,    /* begins and ends a line */
    HTML_PHRASING = 2, /* may stand inside a paragraph */
    HTML_SILENT = 4,   /* its content is never text of the page */
    HTML_HEADING = 8,
    HTML_TEXTISH = 16, /* holds running text when it holds any */
    HTML_SCORED = 32,  /* counts as a paragraph when the page is scored */
    HTML_PARTS = 64,   /* a div with one of these inside is a container, not a paragraph */
    HTML_CONTROL = 128 /* of a form */
};

/* In the order of names: looked up by bisection. */
#define HTML_TAGS(X)                                                                               \
    X(A, "a", HTML_PHRASING)                                                                       \
    X(ABBR, "abbr", HTML_PHRASING)                                                                 \
    X(ADDRESS, "address", HTML_BLOCK)                                                              \
    X(AMP_IMG, "amp-img", HTML_PHRASING)                                                           \
    X(APPLET, "applet", HTML_SILENT)                                                               \
    X(ARTICLE, "article", HTML_BLOCK)                                                              \
    X(ASIDE, "aside", HTML_BLOCK)                                                                  \
    X(AUDIO, "audio", HTML_PHRASING | HTML_SILENT)                                                 \
    X(B, "b", HTML_PHRASING)                                                                       \
    X(BASE, "base", 0)                                                                             \
    X(BDI, "bdi", HTML_PHRASING)                                                                   \
    X(BDO, "bdo", HTML_PHRASING)                                                                   \
    X(BIG, "big", HTML_PHRASING)                                                                   \
    X(BLOCKQUOTE, "blockquote", HTML_BLOCK | HTML_TEXTISH | HTML_PARTS)                            \
    X(BODY, "body", HTML_BLOCK)                                                                    \
    X(BR, "br", HTML_PHRASING)                                                                     \
    X(BUTTON, "button", HTML_PHRASING | HTML_CONTROL)                                              \
    X(CANVAS, "canvas", HTML_SILENT)                                                               \
    X(CAPTION, "caption", HTML_BLOCK)                                                              \
    X(CENTER, "center", HTML_BLOCK)                                                                \
    X(CITE, "cite", HTML_PHRASING)                                                                 \
    X(CODE, "code", HTML_PHRASING)                                                                 \
    X(DATA, "data", HTML_PHRASING)                                                                 \
    X(DATALIST, "datalist", HTML_SILENT | HTML_PHRASING)                                           \
    X(DD, "dd", HTML_BLOCK)                                                                        \
    X(DEL, "del", HTML_PHRASING)                                                                   \
    X(DETAILS, "details", HTML_BLOCK)                                                              \
    X(DFN, "dfn", HTML_PHRASING)                                                                   \
    X(DIALOG, "dialog", HTML_BLOCK)                                                                \
    X(DIV, "div", HTML_BLOCK | HTML_TEXTISH | HTML_PARTS)                                          \
    X(DL, "dl", HTML_BLOCK | HTML_TEXTISH | HTML_PARTS)                                            \
    X(DT, "dt", HTML_BLOCK)                                                                        \
    X(EM, "em", HTML_PHRASING)                                                                     \
    X(EMBED, "embed", HTML_PHRASING | HTML_SILENT)                                                 \
    X(FIELDSET, "fieldset", HTML_BLOCK)                                                            \
    X(FIGCAPTION, "figcaption", HTML_BLOCK)                                                        \
    X(FIGURE, "figure", HTML_BLOCK)                                                                \
    X(FONT, "font", HTML_PHRASING)                                                                 \
    X(FOOTER, "footer", HTML_BLOCK)                                                                \
    X(FORM, "form", HTML_BLOCK)                                                                    \
    X(FRAME, "frame", HTML_SILENT)                                                                 \
    X(H1, "h1", HTML_BLOCK | HTML_HEADING)                                                         \
    X(H2, "h2", HTML_BLOCK | HTML_HEADING | HTML_SCORED)                                           \
    X(H3, "h3", HTML_BLOCK | HTML_HEADING | HTML_SCORED)                                           \
    X(H4, "h4", HTML_BLOCK | HTML_HEADING | HTML_SCORED)                                           \
    X(H5, "h5", HTML_BLOCK | HTML_HEADING | HTML_SCORED)                                           \
    X(H6, "h6", HTML_BLOCK | HTML_HEADING | HTML_SCORED)                                           \
    X(HEAD, "head", HTML_SILENT)                                                                   \
    X(HEADER, "header", HTML_BLOCK)                                                                \
    X(HGROUP, "hgroup", HTML_BLOCK)                                                                \
    X(HR, "hr", HTML_BLOCK)                                                                        \
    X(HTML, "html", HTML_BLOCK)                                                                    \
    X(I, "i", HTML_PHRASING)                                                                       \
    X(IFRAME, "iframe", HTML_SILENT)                                                               \
    X(IMG, "img", HTML_PHRASING | HTML_TEXTISH | HTML_PARTS)                                       \
    X(INPUT, "input", HTML_PHRASING | HTML_CONTROL | HTML_SILENT)                                  \
    X(INS, "ins", HTML_PHRASING)                                                                   \
    X(KBD, "kbd", HTML_PHRASING)                                                                   \
    X(LABEL, "label", HTML_PHRASING)                                                               \
    X(LEGEND, "legend", HTML_BLOCK)                                                                \
    X(LI, "li", HTML_BLOCK | HTML_TEXTISH)                                                         \
    X(LINK, "link", HTML_PHRASING | HTML_SILENT)                                                   \
    X(MAIN, "main", HTML_BLOCK)                                                                    \
    X(MAP, "map", HTML_SILENT)                                                                     \
    X(MARK, "mark", HTML_PHRASING)                                                                 \
    X(MATH, "math", HTML_PHRASING | HTML_SILENT)                                                   \
    X(MENU, "menu", HTML_BLOCK)                                                                    \
    X(META, "meta", HTML_PHRASING | HTML_SILENT)                                                   \
    X(NAV, "nav", HTML_BLOCK)                                                                      \
    X(NOSCRIPT, "noscript", HTML_PHRASING | HTML_SILENT)                                           \
    X(OBJECT, "object", HTML_PHRASING | HTML_SILENT)                                               \
    X(OL, "ol", HTML_BLOCK | HTML_TEXTISH | HTML_PARTS)                                            \
    X(OPTGROUP, "optgroup", HTML_SILENT)                                                           \
    X(OPTION, "option", HTML_SILENT)                                                               \
    X(P, "p", HTML_BLOCK | HTML_TEXTISH | HTML_SCORED | HTML_PARTS)                                \
    X(PICTURE, "picture", HTML_PHRASING)                                                           \
    X(PRE, "pre", HTML_BLOCK | HTML_TEXTISH | HTML_SCORED | HTML_PARTS)                            \
    X(Q, "q", HTML_PHRASING)                                                                       \
    X(RP, "rp", HTML_PHRASING | HTML_SILENT)                                                       \
    X(RT, "rt", HTML_PHRASING)                                                                     \
    X(RUBY, "ruby", HTML_PHRASING)                                                                 \
    X(S, "s", HTML_PHRASING)                                                                       \
    X(SAMP, "samp", HTML_PHRASING)                                                                 \
    X(SCRIPT, "script", HTML_PHRASING | HTML_SILENT)                                               \
    X(SECTION, "section", HTML_BLOCK | HTML_SCORED)                                                \
    X(SELECT, "select", HTML_PHRASING | HTML_SILENT | HTML_CONTROL)                                \
    X(SLOT, "slot", HTML_PHRASING)                                                                 \
    X(SMALL, "small", HTML_PHRASING)                                                               \
    X(SPAN, "span", HTML_PHRASING | HTML_TEXTISH)                                                  \
    X(STRIKE, "strike", HTML_PHRASING)                                                             \
    X(STRONG, "strong", HTML_PHRASING)                                                             \
    X(STYLE, "style", HTML_PHRASING | HTML_SILENT)                                                 \
    X(SUB, "sub", HTML_PHRASING)                                                                   \
    X(SUMMARY, "summary", HTML_BLOCK)                                                              \
    X(SUP, "sup", HTML_PHRASING)                                                                   \
    X(SVG, "svg", HTML_PHRASING | HTML_SILENT)                                                     \
    X(TABLE, "table", HTML_BLOCK | HTML_TEXTISH | HTML_PARTS)                                      \
    X(TBODY, "tbody", HTML_BLOCK)                                                                  \
    X(TD, "td", HTML_BLOCK | HTML_TEXTISH | HTML_SCORED)                                           \
    X(TEMPLATE, "template", HTML_SILENT)                                                           \
    X(TEXTAREA, "textarea", HTML_PHRASING | HTML_SILENT | HTML_CONTROL)                            \
    X(TFOOT, "tfoot", HTML_BLOCK)                                                                  \
    X(TH, "th", HTML_BLOCK)                                                                        \
    X(THEAD, "thead", HTML_BLOCK)                                                                  \
    X(TIME, "time", HTML_PHRASING)                                                                 \
    X(TITLE, "title", HTML_SILENT)                                                                 \
    X(TR, "tr", HTML_BLOCK)                                                                        \
    X(TT, "tt", HTML_PHRASING)                                                                     \
    X(U, "u", HTML_PHRASING)                                                                       \
    X(UL, "ul", HTML_BLOCK | HTML_TEXTISH | HTML_PARTS)                                            \
    X(VAR, "var", HTML_PHRASING)                                                                   \
    X(VIDEO, "video", HTML_PHRASING | HTML_SILENT)                                                 \
    X(WBR, "wbr", HTML_PHRASING)

#define HTML_TAG_ENUM_(id, name, traits) TAG_##id,
enum html_tag { TAG_TEXT, TAG_OTHER, HTML_TAGS(HTML_TAG_ENUM_) TAG_COUNT };

struct html_attribute {
    struct slice name, value;
};

struct html_node {
    uint16_t tag; /* enum html_tag */
    uint16_t attribute_count;
    uint32_t parent; /* of the root: itself */
    uint32_t end;
    uint32_t attribute; /* first of its own in tree.attributes */
    struct slice text;  /* of TAG_TEXT */
};

struct html_tree {
    struct arena *arena;
    struct {
        struct html_node *items;
        size_t count, capacity;
    } nodes;
    struct {
        struct html_attribute *items;
        size_t count, capacity;
    } attributes;
    bool cut; /* nested too deep: the rest is missing */
};

/* `page` is valid UTF-8. */
enum rc html_tree_parse(struct slice page, struct arena *arena, struct html_tree *out,
                        struct err *e);

unsigned html_tree_traits(uint16_t tag);
static inline const struct html_node *html_tree_node(const struct html_tree *tree, uint32_t n)
{
    return &tree->nodes.items[n];
}
/* Absent when the node hasn't got it; present and empty when it has no value. */
struct slice html_tree_attribute(const struct html_tree *tree, uint32_t n, const char *name);
/* First child, next sibling: HTML_NO_NODE at the end. */
uint32_t html_tree_child(const struct html_tree *tree, uint32_t n);
uint32_t html_tree_next(const struct html_tree *tree, uint32_t n);
/* All text below `n`, blanks levelled, trimmed; copied into the tree's arena (which may have an escape by then). */
struct slice html_tree_text(const struct html_tree *tree, uint32_t n);
bool html_tree_within(const struct html_tree *tree, uint32_t n, enum html_tag tag);

#endif
