/* Articles as JSON (schema/article.schema.json): rendered once when written, completed when read.
 *
 * Shape:   the stored summary is the members of the object that one document and its analysis decide
 *          (without braces); what the writer alone knows (id, revision, times, counts) and what
 *          merges and moves change (names, ids, links) is added by view_article_write. The stored
 *          detail is the array of blocks. A row without renderings is written from its fields: the same
 *          bytes, only slower.
 * Memory:  renderings live in the given arena.
 * Threads: any.
 */
#ifndef GUILLEMET_API_VIEW_ARTICLE_H
#define GUILLEMET_API_VIEW_ARTICLE_H

#include "base/jsonw.h"
#include "ingest/pipeline.h"
#include "store/articles.h"
#include "store/quotes.h"

/* What `include` asked for: bits in the order of P_INCLUDE's choices. */
enum view_include { VIEW_TEXT = 1, VIEW_BLOCKS = 2, VIEW_ENTITIES = 4, VIEW_QUOTES = 8 };

/* The pipeline's render callback; `context` is not used. */
enum rc view_article_render(void *context, const struct document *document,
                            const struct analysis *analysis, const struct identity *identity,
                            struct arena *arena, struct pipeline_rendering *out, struct err *e);

struct view_article {
    const struct store_article *article;
    unsigned include;
    const struct store_article_entity *entities;
    size_t entity_count;
    const struct store_quote *quotes;
    size_t quote_count;
    bool highlighted; /* by a search */
};

/* Parts of the store's row that a view with these includes needs. */
unsigned view_article_parts(unsigned include);
void view_article_write(struct jsonw *w, struct slice base, const struct view_article *view);

#endif
