/* From what is left of a tree to lines: one a block, as a reader would see them.
 *
 * Shape:  block elements and <br><br> end a line, inline elements never do, so no tag breaks a word or a quotation.
 *         Blanks are levelled; no-break spaces stay; soft hyphens and zero-width spaces go. Kinds come from the
 *         elements; html_blocks_settle (html_kinds.c) then finds what only the words and the whole show: interview
 *         questions, headings in bold, boilerplate.
 * Memory: the arena has an escape set.
 */
#ifndef GUILLEMET_INGEST_HTML_BLOCKS_H
#define GUILLEMET_INGEST_HTML_BLOCKS_H

#include "ingest/formulas.h"
#include "ingest/html_page.h"
#include "model/document.h"

struct html_block {
    enum block_kind kind;
    struct slice text;
    uint32_t code_points, bold, linked; /* how many of them are in bold, in links */
    uint32_t node;                      /* innermost block element */
};

struct html_blocks {
    struct html_block *items;
    size_t count, capacity;
};

/* Appends the lines of the subtree `root`. */
void html_blocks_of(struct html_page *page, uint32_t root, struct html_blocks *out);
/* Who is known to have written it: what the end says of them is no part of the article. */
struct html_signed {
    const struct slice *names;
    size_t count;
};

/* `packs`: of the page's language. Drops lines of links that only lead elsewhere. */
void html_blocks_settle(struct html_blocks *blocks, const struct html_signed *by,
                        const struct formula_packs *packs, struct arena *arena);
/* Builds document.text: title, standfirst, then the blocks; RC_TOO_LARGE, RC_INVALID when empty. */
enum rc html_blocks_file(const struct html_blocks *blocks, struct document *document,
                         struct arena *arena, struct err *e);

#endif
