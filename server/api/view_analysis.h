/* What was seen in one document, as JSON: what `guillemet analyse` prints and a dry run answers.
 *
 * Shape:  {"id","lang","lang_confidence","text","title","standfirst","blocks","entities","quotes",
 *         "quotation_marks","warnings","analyser"}, described by schema/analysis.schema.json. Within
 *         a document an entity is known by its name: ids exist only in an archive.
 * Units:  offsets in Unicode code points of "text".
 * Errors: sticky in the writer's buf (memory).
 * Memory: work space lives in `arena`.
 */
#ifndef GUILLEMET_API_VIEW_ANALYSIS_H
#define GUILLEMET_API_VIEW_ANALYSIS_H

#include "base/arena.h"
#include "base/jsonw.h"
#include "model/analysis.h"

/* `id`: the document's as its sender knows it, absent for none. */
void view_analysis_write(struct jsonw *w, struct slice id, const struct document *document,
                         const struct analysis *analysis, struct arena *arena);

/* With an "explanation" in each quote. */
void view_analysis_explain(struct jsonw *w, struct slice id, const struct document *document,
                           const struct analysis *analysis, struct arena *arena);

#endif
