/* The stored view of a quote: members of its JSON, ready to be copied.
 *
 * Shape:   JSON as jsonw writes it holds no control bytes. Here they stand for what isn't known yet (an entity, which may be
 *          renamed; words that the row holds anyway) and for the pieces of JSON that every quote has, so that a view takes
 *          a hundred bytes. A byte's meaning is fixed once archives hold it: new pieces may be added, and a piece that
 *          no view needs any more still stands for what it stood for.
 * Errors:  sticky in the buf.
 */
#ifndef GUILLEMET_API_STORED_QUOTE_H
#define GUILLEMET_API_STORED_QUOTE_H

#include "base/jsonw.h"
#include "store/quotes.h"

enum stored_slot {
    STORED_PARTY = STORE_VIEW_ENTITY_FIRST, /* "entity":"…","name":"…","type":"…" */
    STORED_NAME,                            /* "entity":"…","name":"…" */
    STORED_OBJECT = STORE_VIEW_ENTITY_LAST, /* {"id":"…","name":"…"} */
    STORED_TEXT,
    STORED_BEFORE,
    STORED_AFTER,
    STORED_PIECES /* the first of them */
};

/* The next item or value, for the entity that is meant. */
void stored_quote_entity(struct jsonw *w, enum stored_slot slot,
                         const struct store_entity_ref *entity);
/* Members with slots → what is stored. */
void stored_quote_pack(struct slice members, struct buf *out);
/* What is stored → members, in a writer that stands in an object. */
void stored_quote_write(struct jsonw *w, const struct store_quote *quote);

#endif
