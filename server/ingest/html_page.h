/* Finding the article on a page: what its elements hold, which of them is the article, and what of it isn't.
 *
 * Shape:  html_page_init measures every subtree; html_page_find scores paragraphs into their ancestors, takes the best
 *         one with its like siblings (html_score.c) and strips what is beside the point from it
 *         (html_clean.c); html_blocks_of (html_blocks.c) makes the blocks of what is left. When too little
 *         is left the search begins anew with one scruple less.
 * Memory: the arena has an escape set.
 * Speed:  each pass is linear in the number of nodes; depth is bounded by the tree's.
 * Source: the method is the one that browsers' reading views made common (paragraphs vote for their
 *         ancestors, by length and commas, against links and class names); the weights are theirs too.
 */
#ifndef GUILLEMET_INGEST_HTML_PAGE_H
#define GUILLEMET_INGEST_HTML_PAGE_H

#include "ingest/html_hints.h"
#include "ingest/html_tree.h"

/* Of a subtree, without what is left out. */
struct html_stats {
    uint32_t text; /* code points, runs of blanks as one */
    uint32_t commas;
    uint32_t link_tenths; /* of code points: links within the page count three tenths */
    uint32_t heading;     /* code points within headings */
    uint32_t textish;     /* code points within elements that hold text, nested ones counted each */
    uint32_t list;        /* code points within lists */
    uint32_t paragraphs, images, items, inputs, embeds;
};

enum html_state {
    STATE_GONE = 1,       /* the subtree is left out */
    STATE_PHRASING = 2,   /* the subtree may stand in a paragraph */
    STATE_PARTS = 4,      /* something below is HTML_PARTS */
    STATE_DATA = 8,       /* a table that holds data */
    STATE_RATED = 16,     /* has a score */
    STATE_BREAKS = 32,    /* holds <br><br> directly */
    STATE_HOLDS_DATA = 64 /* is or holds a data table */
};

/* What a search is strict about; given up one by one. */
enum html_scruple {
    SCRUPLE_UNLIKELY = 1, /* leave out what class names say */
    SCRUPLE_WEIGHTS = 2,  /* let class names weigh */
    SCRUPLE_CLEAN = 4     /* strip what looks beside the point */
};

struct html_picks {
    uint32_t *items; /* in document order, none inside another */
    size_t count, capacity;
};

#define HTML_TIME_MOST   20u /* code points of a time that an entry of a live report begins with */
#define HTML_TIMES_LEAST 3u  /* a page with fewer is no live report */

struct html_page {
    struct arena *arena;
    const struct html_tree *tree;
    struct html_hints *hints;
    struct html_stats *stats;
    uint8_t *state, *first_state; /* enum html_state, by node */
    float *score;
    unsigned scruples;
    uint32_t title_node; /* heading that repeats the title; HTML_NO_NODE */
    struct html_picks picks;
    uint32_t times; /* <time> elements below the pick that is being cleaned */
};

void html_page_init(struct html_page *page, const struct html_tree *tree, struct arena *arena);
/* Leaves a subtree out for good (before html_page_find). */
void html_page_leave_out(struct html_page *page, uint32_t n);
/* Fills picks; none when there is hardly any text. */
void html_page_find(struct html_page *page);

/* ---- between the files */

void html_page_measure(struct html_page *page);
/* Leaves `n` out now and takes it off its ancestors' stats. */
void html_page_drop(struct html_page *page, uint32_t n);
unsigned html_page_hints(struct html_page *page, uint32_t n); /* of class and id */
int html_page_weight(struct html_page *page, uint32_t n);
double html_page_link_density(const struct html_page *page, uint32_t n);
/* The next node in document order that isn't left out, `end` at the end. */
uint32_t html_page_after(const struct html_page *page, uint32_t n);
void html_score_pick(struct html_page *page);
void html_clean(struct html_page *page);

#endif
