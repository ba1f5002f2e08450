/* Small lists that live in one column of their row, because nothing ever looks inside them by SQL.
 *
 * Shape:  blocks and quote spans: varints, each list in order, starts as gaps from the end before:
 *           block: kind, gap_bytes, bytes, gap_cps, cps       span: verbatim, gap_bytes, bytes, gap_cps, cps
 *         origins: "title=text published_at=json-ld". Warnings: lines of code, tab, detail.
 * Errors: unpacking stops at the first thing that makes no sense: what came before it is kept.
 */
#ifndef GUILLEMET_STORE_PACK_ROWS_H
#define GUILLEMET_STORE_PACK_ROWS_H

#include "base/arena.h"
#include "base/buf.h"
#include "model/analysis.h"
#include "model/document.h"
#include "store/articles.h"
#include "store/quotes.h"
#include "text/utf8.h"

void pack_blocks(struct buf *out, const struct document *document, const struct offsets *offsets);
bool unpack_blocks(struct slice packed, struct arena *arena, struct document *document,
                   struct store_cp_span **cps);

void pack_spans(struct buf *out, const struct quote_span *spans, size_t count,
                const struct offsets *offsets);
bool unpack_spans(struct slice packed, struct arena *arena, struct store_quote_span **spans,
                  size_t *count);

void pack_origins(struct buf *out, const struct document *document);
/* Fields that are absent but have an origin stay absent. */
void unpack_origins(struct slice packed, struct document *document);

void pack_warnings(struct buf *out, const struct warning *warnings, size_t count);
bool unpack_warnings(struct slice packed, struct arena *arena, struct warning **warnings,
                     size_t *count);

#endif
