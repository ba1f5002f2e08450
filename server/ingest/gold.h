/* Gold sets: texts with what people found in them, for `guillemet evaluate`.
 *
 * Shape:  one JSON object a line: {"id","text","lang","entities":[{"start","end","type"}]} and/or
 *         {"quotes":[{"type","content":[[s,e],…],"speaker_full","speaker_alt","speaker_text",
 *         "source_text","quoted_span"}],"not_quotes":[[s,e]],"ignore":[[s,e]]}. Other members are ignored.
 * Units:  Unicode code points of the text, end-exclusive.
 * Errors: RC_INVALID with the JSON pointer for members of another shape and spans outside the text.
 * Memory: everything lives in the arena.
 */
#ifndef GUILLEMET_INGEST_GOLD_H
#define GUILLEMET_INGEST_GOLD_H

#include "base/arena.h"
#include "model/document.h"

struct gold_span {
    uint32_t start_cp, end_cp;
};

struct gold_spans {
    struct gold_span *items;
    size_t count, capacity;
};

struct gold_entity {
    struct gold_span span;
    struct slice type; /* "PER"…, "OPT": counts neither way */
};

struct gold_names {
    struct slice *items;
    size_t count, capacity;
};

struct gold_quote {
    enum quote_type type;
    struct gold_spans content;
    struct gold_names full;    /* resolved name and accepted alternatives */
    struct gold_names printed; /* as printed near the quote */
};

struct gold {
    struct slice id;
    struct document *document; /* of the text, laid out; in the language that gold_read was given when it names none */
    struct gold_entity *entities;
    size_t entity_count;
    struct gold_quote *quotes;
    size_t quote_count;
    bool fragments; /* each marked fragment of a mixed quote is a record of its own */
    struct gold_spans not_quotes, ignore;
};

enum rc gold_read(struct slice line, struct slice lang, struct arena *arena, struct gold *out,
                  struct err *e);

#endif
