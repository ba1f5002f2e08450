/* Revisions and what differs between two of them, as JSON (schema/revision.schema.json, revision-diff.schema.json). */
#ifndef GUILLEMET_API_VIEW_REVISION_H
#define GUILLEMET_API_VIEW_REVISION_H

#include "base/jsonw.h"
#include "store/revision_diff.h"

/* In a list; `changes`: against the one before, NULL when that isn't kept or there is none. */
void view_revision_summary(struct jsonw *w, struct slice base, uint64_t article,
                           const struct store_revision *revision,
                           const struct revision_diff *changes);
void view_revision_whole(struct jsonw *w, struct slice base, uint64_t article,
                         const struct store_revision *revision);

struct view_revisions {
    uint64_t article;
    const struct store_revision *from, *to;
    const struct revision_diff *diff;
    const struct revision_quote *from_quotes, *to_quotes;
    const struct revision_quotes *quotes;
};
void view_revision_diff(struct jsonw *w, struct slice base, const struct view_revisions *view);

#endif
