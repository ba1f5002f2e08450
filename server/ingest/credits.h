/* Credits: the agencies whose copy an article prints, "(AFP)", "avec Reuters", "© 2026 Belga".
 *
 * Shape:   looked for where papers put them: in the byline, in the dateline, at the end of the last paragraphs and in
 *          lines of their own there. A credit is nothing but agencies and the words of the packs' table `agencies` that
 *          stand beside them, so that a sentence that names one is none. In a byline they are taken out:
 *          "Jeanne Vidal avec AFP" was written by Jeanne Vidal.
 * Memory:  names borrow from the packs; the list lives in the arena.
 */
#ifndef GUILLEMET_INGEST_CREDITS_H
#define GUILLEMET_INGEST_CREDITS_H

#include "base/arena.h"
#include "model/document.h"

/* False when memory is out. */
bool credits_find(struct document *document, struct arena *arena);

#endif
