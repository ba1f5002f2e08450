/* Pieces of JSON that several views share: spans, speakers, cues, warnings.
 *
 * Shape:  a view_source binds a document, its analysis and the offset index of its text; every span
 *         goes out through view_span in the unit that users count in.
 * Units:  Unicode code points on the wire, bytes inside.
 * Errors: sticky in the writer's buf.
 * Memory: borrows everything; the offset index lives in the arena given to view_source_init.
 */
#ifndef GUILLEMET_API_VIEW_H
#define GUILLEMET_API_VIEW_H

#include "base/jsonw.h"
#include "model/analysis.h"
#include "model/document.h"
#include "text/utf8.h"

struct view_source {
    const struct document *document;
    const struct analysis *analysis;
    const struct offsets *offsets;
    bool explain; /* each quote says why it is one */
};

/* False when memory is out. */
bool view_source_init(struct view_source *source, const struct document *document,
                      const struct analysis *analysis, struct arena *arena);

/* "start":…,"end":… inside the object being written. */
void view_span(struct jsonw *w, const struct view_source *source, struct span span);
/* As view_span, but nulls for what is not printed in the text. */
void view_span_or_null(struct jsonw *w, const struct view_source *source, bool printed,
                       struct span span);
void view_block(struct jsonw *w, const struct view_source *source, const struct block *block);
void view_mention(struct jsonw *w, const struct view_source *source, const struct mention *mention);
void view_cue(struct jsonw *w, const struct view_source *source, const struct cue *cue);
void view_quote_spans(struct jsonw *w, const struct view_source *source, const struct quote *quote);
/* "aliases": "text":…,"count":… objects, most frequent first. */
void view_aliases(struct jsonw *w, const struct alias *aliases, size_t count);
/* A key with an instant, a moment (a day or an instant) or a list of texts; an unknown time is null. */
void view_time(struct jsonw *w, const char *key, bool known, int64_t time_ms);
void view_moment(struct jsonw *w, const char *key, const struct moment *moment);
void view_texts(struct jsonw *w, const char *key, const struct slice *texts, size_t count);
/* "text", "start", "end" objects in order of appearance. */
void view_titles(struct jsonw *w, const struct view_source *source, const struct entity *entity);
void view_warnings(struct jsonw *w, const struct warning *warnings, size_t count);

static inline struct slice view_text(const struct view_source *source, struct span span)
{
    return slice_of(source->document->text.ptr + span.start_byte,
                    (size_t)(span.end_byte - span.start_byte));
}

/* The analysis' entity, or NULL for NO_INDEX. */
static inline const struct entity *view_entity(const struct view_source *source, uint32_t index)
{
    return index < source->analysis->entity_count ? &source->analysis->entities[index] : NULL;
}

#endif
