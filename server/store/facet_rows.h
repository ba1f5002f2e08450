/* Rows under a filter, and what facets say of each: for counting (facets.c) and for timelines (timeline.c).
 * Internal to store/. */
#ifndef GUILLEMET_STORE_FACET_ROWS_H
#define GUILLEMET_STORE_FACET_ROWS_H

#include "store/facets.h"
#include "store/filter_sql.h"
#include "store/row_set.h"
#include "store/tally.h"

struct facet_rows {
    enum store_list list;
    unsigned facets;    /* a bit each */
    const char *first;  /* columns that come first, or NULL */
    int first_count;    /* how many */
    bool joins_article; /* of quotes: as fa */
    /* Set by facet_rows_sql: where in the row they are. */
    int columns[STORE_FACET_COUNT];
    int id;
};

/* The whole statement. `order` NULL: all rows in any order. */
void facet_rows_sql(struct facet_rows *rows, const struct filter *filter,
                    const struct filter_order *order, struct list_sql *out);

/* Adds what the row has of a facet to its tally. `place`: where each value stands there, at most `most`; the
 * number of values: 0 when it has none. */
size_t facet_rows_add(const struct facet_rows *rows, struct db *db, sqlite3_stmt *row,
                      enum store_facet facet, struct tally *tally, size_t *places, size_t most);

/* ---- entities of many rows at once, without a statement for each */

struct facet_parts {
    struct tally *entities, *speakers; /* NULL: not asked for */
    int64_t named, speaking;           /* rows that have any */
};

/* Whether a facet's values stand in a table beside the rows: entities; of articles speakers and what is said. */
bool facet_rows_is_part(enum store_list list, enum store_facet facet);
void facet_rows_count_parts(struct db *db, enum store_list list, const struct row_set *set,
                            struct facet_parts *parts);
/* Row, entity, whether it speaks: of the rows of set ?1. */
const char *facet_rows_parts_sql(enum store_list list);

/* Of articles: what their quotes are, counted once for each article. */
struct facet_said {
    struct tally
        *tallies[STORE_FACET_COUNT];   /* of FACET_TYPE and those behind; NULL: not asked for */
    int64_t having[STORE_FACET_COUNT]; /* articles that have any */
};

static inline bool facet_said_is(enum store_list list, enum store_facet facet)
{
    return list == STORE_ARTICLE_LIST && facet >= FACET_TYPE;
}
void facet_said_count(struct db *db, const struct row_set *set, struct facet_said *said);
/* Article, traits, cue: of the rows of set ?1. */
const char *facet_said_sql(void);

/* What stands for a key when it is shown. */
void facet_rows_value(struct db *db, enum store_list list, enum store_facet facet,
                      const struct tally_key *key, struct arena *arena,
                      struct store_facet_value *out);

#endif
