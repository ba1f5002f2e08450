/* Where the words of a search stand, as JSON. */
#ifndef GUILLEMET_API_VIEW_HIGHLIGHTS_H
#define GUILLEMET_API_VIEW_HIGHLIGHTS_H

#include "base/jsonw.h"
#include "store/filter.h"

/* "highlights", and "snippet" unless `snippet` is NULL: null without a match in the text. */
void view_highlights_write(struct jsonw *w, const struct store_highlight *highlights, size_t count,
                           const struct store_snippet *snippet);

#endif
