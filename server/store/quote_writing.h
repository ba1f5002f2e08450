/* One quote on its way into rows: internal to store/, of quote_rows.c and quote_writing.c. */
#ifndef GUILLEMET_STORE_QUOTE_WRITING_H
#define GUILLEMET_STORE_QUOTE_WRITING_H

#include "store/put.h"
#include "store/quotes.h"
#include "store/replay.h"
#include "store/roles.h"

struct part { /* an entity's part in a quote */
    int64_t entity;
    unsigned roles;
    int64_t position;
};

struct parts {
    struct part *items;
    size_t count, capacity;
};

/* Everything about one quote that the analysis doesn't say itself. */
struct writing {
    struct put *p;
    const struct clusters *clusters;
    const struct quote *quote;
    const struct replay_quote *decided; /* NULL: nothing */
    const uint64_t *ids;
    size_t ordinal;
    int64_t speaker, affiliation; /* rowids, 0: none */
    enum quote_type type;
    struct parts parts;
    int64_t people, alternatives, about;
    int64_t row;
};

static inline int64_t quote_entity_row(const struct writing *q, uint32_t index)
{
    return index == NO_INDEX ? 0 : q->clusters->entities[index];
}

/* The quote as quote_read_one would read it from its rows, entities as handles, without its article's facts: so that the
 * view of a new quote needs no reading. In the writer's arena. */
void quote_writing_tell(const struct writing *q, struct store_quote *out);

#endif
