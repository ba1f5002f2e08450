/* What the class and id of an element say about it: the packs' tables html_classes, all languages at once.
 *
 * Shape:   a table's keys are pieces of names ("sidebar", "lire-aussi"), found anywhere in the attribute or as
 *          a word of it ("ad", not "shadow"). Names are technical, so a page's language doesn't matter.
 * Speed:   pages repeat their classes: answers are remembered by attribute.
 * Threads: the tables are compiled once; a html_hints belongs to one page.
 */
#ifndef GUILLEMET_INGEST_HTML_HINTS_H
#define GUILLEMET_INGEST_HTML_HINTS_H

#include "base/slice.h"

enum html_hint {
    HINT_CONTENT = 1,      /* likely holds the article */
    HINT_NEGATIVE = 2,     /* likely beside it */
    HINT_UNLIKELY = 4,     /* left out unless HINT_MAYBE */
    HINT_MAYBE = 8,        /* saves from HINT_UNLIKELY */
    HINT_DROP = 16,        /* never the article: newsletters, "lire aussi" */
    HINT_SHARE = 32,       /* buttons */
    HINT_BYLINE = 64,      /* names its author */
    HINT_STANDFIRST = 128, /* sums it up */
    HINT_DATE = 256,       /* dates it */
    HINT_CAPTION = 512     /* says what a picture shows, or whose it is */
};

/* The or of what `name` (a class or an id) says. */
unsigned html_hints_of(struct slice name);

#define HTML_HINTS_CACHE 512

struct html_hints {
    struct {
        struct slice name;
        unsigned hints;
    } seen[HTML_HINTS_CACHE];
};
unsigned html_hints_look(struct html_hints *hints, struct slice name);

#endif
