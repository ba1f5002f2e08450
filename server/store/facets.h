/* How the rows of a list divide: by source, language, entity, speaker, kind of quote…
 *
 * Shape:   under the same filter as the list. A facet's values come most frequent first. Of source, language, section, type,
 *          cue, cue class, kind of speaker and, of quotes, speaker, a row has one or none: values, `other`
 *          and `missing` sum up to `counted`. Entities (of articles also speakers and what
 *          their quotes are) a row has several.
 * Cost:    counters where one knows the answer; else the newest `most` rows are looked at (STORE_FACET_ROWS),
 *          and when there are more the facet isn't `exact`.
 */
#ifndef GUILLEMET_STORE_FACETS_H
#define GUILLEMET_STORE_FACETS_H

#include "model/enums.h"
#include "store/entities.h"

#define STORE_FACET_ROWS 10000

#define STORE_FACETS(X)                                                                            \
    X(FACET_SOURCE, "source")                                                                      \
    X(FACET_LANG, "lang")                                                                          \
    X(FACET_SECTION, "section")                                                                    \
    X(FACET_ENTITY, "entity")                                                                      \
    X(FACET_SPEAKER, "speaker")                                                                    \
    X(FACET_TYPE, "type")                                                                          \
    X(FACET_CUE, "cue")                                                                            \
    X(FACET_CUE_CLASS, "cue_class")                                                                \
    X(FACET_SPEAKER_KIND, "speaker_kind")
ENUM_DEFINE(store_facet, STORE_FACETS)
#define STORE_FACET_COUNT 9

struct store_facet_value {
    struct slice value; /* what a filter takes: a name, a choice; of entities their name */
    bool is_entity;
    uint64_t id; /* of entities */
    struct slice slug;
    enum entity_type type;
    int64_t count;
};

struct store_facet_counts {
    enum store_facet facet;
    struct store_facet_value *values;
    size_t count;
    int64_t distinct, other, missing; /* -1: not known */
    int64_t counted;                  /* rows looked at */
    bool exact;                       /* these are all rows */
};

/* How a list of entities divides by type, of its first STORE_FACET_ROWS rows; `after` and `limit` of the query don't count. */
enum rc store_entity_types(struct store_reader *reader, const struct store_entity_query *query,
                           struct arena *arena, struct store_facet_counts *out, struct err *e);

/* The facet of types from counts by type; false: memory is out. */
bool store_facet_types(const int64_t counts[ENTITY_MISC + 1], struct arena *arena,
                       struct store_facet_counts *out);

/* `facets`: a bit each; all of both lists. `limit` values of each are given, `most` rows are
 * looked at. `out` has room for STORE_FACET_COUNT. */
enum rc store_facets(struct store_reader *reader, const struct store_filter *filter,
                     enum store_list list, unsigned facets, uint32_t limit, uint32_t most,
                     struct arena *arena, struct store_facet_counts *out, size_t *count,
                     struct err *e);

#endif
