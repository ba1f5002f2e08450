/* Autocomplete: entities, sources and sections by the beginning of a name, of an alias or of any word in them.
 *
 * Shape:   letters are compared folded (fold_key), so accents, case, hyphens and apostrophes don't matter, and
 *          elided words may be left out. Several words may stand in another order than in the name; such names come
 *          last. An entity comes once, however many aliases match; best known
 *          first, those that were in the news lately before equals. A beginning that hundreds of names
 *          share is looked up among the best known alone: bounded work, whatever the archive's size.
 * Units:   start_cp and end_cp count code points of `matched`.
 */
#ifndef GUILLEMET_STORE_SUGGEST_H
#define GUILLEMET_STORE_SUGGEST_H

#include "model/enums.h"
#include "store/store.h"

enum store_suggest_kind { STORE_SUGGEST_ENTITY, STORE_SUGGEST_SOURCE, STORE_SUGGEST_SECTION };

struct store_suggestion {
    enum store_suggest_kind kind;
    uint64_t id; /* entities: these four */
    struct slice slug;
    enum entity_type type;
    int64_t last_seen_ms;
    struct slice name;
    int64_t articles;     /* of sections 1,000 at most */
    struct slice matched; /* the name, else the alias that begins so */
    uint32_t start_cp, end_cp;
};

struct store_suggest_query {
    struct slice q;
    bool entities, sources, sections; /* which kinds */
    bool has_type;
    enum entity_type type;
    uint32_t limit;
};

enum rc store_suggest(struct store_reader *reader, const struct store_suggest_query *query,
                      struct arena *arena, struct store_suggestion **rows, size_t *count,
                      struct err *e);

#endif
