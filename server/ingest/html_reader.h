/* An HTML page as a document: main text, title, standfirst, authors, dates and the rest, each with its origin.
 *
 * Shape:  html_read is the whole way from bytes to document; html_fragment makes blocks of a piece of HTML (a
 *         feed's item), where nothing has to be searched for.
 * Errors: RC_INVALID for what is no text or holds no article; RC_TOO_LARGE over the limits of html_tree.h.
 * Memory: the document lives in the arena given; work space is the reader's own and freed.
 * Safety: nothing is fetched or opened because of what a page says.
 */
#ifndef GUILLEMET_INGEST_HTML_READER_H
#define GUILLEMET_INGEST_HTML_READER_H

#include "ingest/html_blocks.h"
#include "ingest/ingest.h"

enum rc html_read(struct slice bytes, const struct ingest_hints *hints, struct arena *arena,
                  struct document *document, struct err *e);
/* `html` is valid UTF-8. Blocks live in the arena, which must not have an escape set. */
enum rc html_fragment(struct slice html, const struct formula_packs *packs, struct arena *arena,
                      struct html_blocks *out, struct err *e);

#endif
