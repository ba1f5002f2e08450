/* A source that is followed, as JSON: what was chosen, how it does, what it gave. */
#ifndef GUILLEMET_API_VIEW_FOLLOWED_H
#define GUILLEMET_API_VIEW_FOLLOWED_H

#include "base/jsonw.h"
#include "store/sources.h"

/* `base`: what links start with. */
void view_followed_write(struct jsonw *w, struct slice base, const struct store_source *source);
/* "new", "ok", "failing", "paused" or "gone": one word for a person. */
const char *view_followed_status(const struct store_source *source);

#endif
