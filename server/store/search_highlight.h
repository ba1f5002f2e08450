/* Where the words of a search stand in what it found. Internal to store/; the result is articles.h's.
 *
 * Shape:   words are cut as the index cuts them. Phrases that were searched in quoted words, or outside of them, are
 *          shown there alone. Overlapping places are united; at most HIGHLIGHTS_MOST of a text.
 */
#ifndef GUILLEMET_STORE_SEARCH_HIGHLIGHT_H
#define GUILLEMET_STORE_SEARCH_HIGHLIGHT_H

#include "store/articles.h"
#include "store/search_query.h"

#define HIGHLIGHTS_MOST 100

struct highlights {
    struct store_highlight *items;
    size_t count, capacity;
};

/* Appends the places in `text`, which is one field of `columns`. `quoted`: packed ranges of it (search_parts.h), or
 * absent. False: memory is out. */
bool search_highlight(const struct search_query *query, struct slice text, unsigned columns,
                      struct slice quoted, const char *field, struct arena *arena,
                      struct highlights *out);
/* Some words around the first places in `text`. */
void search_snippet(struct slice text, const struct highlights *highlights, const char *field,
                    struct arena *arena, struct store_snippet *out);

#endif
