/* Filters as SQL: the one place where conditions become FROM and WHERE. Internal to store/.
 *
 * Shape:   filter_resolve finds the rows that names stand for. filter_articles and filter_quotes then write
 *          " FROM … WHERE …" (with ORDER BY and LIMIT when an order is given): a SELECT list stands before
 *          it, GROUP BY may follow. Articles are `a`, quotes `x`. The clause that fewest rows have leads through its
 *          index; all others are asked of each row. A clause of several values leads as a merge of one
 *          walk each, so rows come in order without being sorted.
 *          Words lead when few rows match them; else their matches are a set of bits.
 * Cost:    what the leading clause has, or less: a page ends the walk. Sorts but by date read all that the
 *          leading clause has when that is no more than FILTER_SORTED_MOST, else they walk the sort's index.
 */
#ifndef GUILLEMET_STORE_FILTER_SQL_H
#define GUILLEMET_STORE_FILTER_SQL_H

#include "store/filter.h"
#include "store/list_sql.h"
#include "store/search_query.h"

#define FILTER_SORTED_MOST 20000
/* As many quotes may be as asked for their articles to lead. */
#define FILTER_FEW_SPOKEN  2000
/* A search that so few match leads, and what it finds is sorted. Others are asked of each row. */
#define FILTER_FEW_MATCHES 2000

/* A clause whose names are rows. */
struct filter_term {
    enum store_field field;
    bool negated;
    unsigned roles, choices;
    int64_t least, most;
    int64_t *rows;      /* of entities, articles, sources */
    struct slice *keys; /* of the others, folded */
    size_t count;
    int64_t expected; /* how many articles or quotes have it, about */
};

/* Matches of a search that are found at once, by arrival; the others when they are asked for. Tests lower it. */
extern int64_t filter_matches_most;

struct filter {
    struct filter_term *items;
    size_t count, capacity;
    const char *match;             /* full-text expression, NULL: none */
    struct search_query words;     /* what it was made of */
    const struct row_set *matches; /* whom it matches, */
    int64_t match_count;           /* how many they were before others were looked up, */
    bool matches_more;             /* and so many more that only some were counted */
    bool collapse;
    /* Of articles, whose quotes are asked for too (filter_spoken.c): */
    bool spoken;
    const struct row_set
        *spoken_in; /* the articles that have such a quote; NULL: too many to say */
    struct store_hints hints;
};

enum rc filter_resolve(struct store_reader *reader, const struct store_filter *given,
                       enum store_list list, struct arena *arena, struct filter *out,
                       struct err *e);

/* NULL for counting. */
struct filter_order {
    enum store_sort sort;
    bool ascending;
    const struct store_cursor *after;
    uint32_t limit;
};

/* `joins`: what the select list needs besides; NULL when rows are only counted: `a` may then be missing. */
void filter_articles(const struct filter *filter, const struct filter_order *order,
                     const char *joins, struct list_sql *out);
/* `x` is there only when `joins` isn't empty or a condition needs it: else count(*) alone. */
void filter_quotes(const struct filter *filter, const struct filter_order *order, const char *joins,
                   struct list_sql *out);

/* The only clause that isn't negated and names one entity: its prominence in an article can be told. NULL: none.
 * It is `ae` in filter_articles. */
const struct filter_term *filter_focus(const struct filter *filter);
/* Whether the words lead. */
bool filter_by_words(const struct filter *filter);
/* AND the row is among the matches, when the words don't lead. */
void filter_matches(const struct filter *filter, const char *row, struct list_sql *out);
/* The filter for counting: of an open set of matches those that are known, in `closed`; then the count isn't exact. */
struct filter filter_counting(const struct filter *filter, struct row_set *closed);
/* The one article whose quotes are asked for: lists are in the order of its text. */
bool filter_one_article(const struct filter *filter);

/* Whether counters know how many rows a clause alone leaves: all those of its sources or languages, or all others.
 * And how many that are, of `all`. */
bool filter_is_counted(const struct filter_term *term);
int64_t filter_counted(const struct filter_term *term, int64_t all);

/* ---- for the two above */

/* AND column is one of the term's values (or none of them). */
void filter_in(const struct filter_term *term, const char *column, struct list_sql *out);
/* AND no row: none of the values is in the archive (or every row, when negated). */
void filter_nothing(const struct filter_term *term, struct list_sql *out);
/* AND the quote x is as the term says, as it would be if the term weren't negated when `plainly`. */
void filter_quote(const struct filter_term *term, bool plainly, struct list_sql *out);
/* Whether a clause on articles is about one of their quotes. */
bool filter_is_spoken(const struct filter_term *term);
/* Finds out whether few quotes are as asked, and sets spoken and spoken_in. */
void filter_find_spoken(struct store_reader *reader, struct arena *arena, struct filter *filter);
/* Whether the articles of those few lead. */
bool filter_by_spoken(const struct filter *filter);
/* AND the article has such a quote, and none of those that it mustn't have. */
void filter_spoken(const struct filter *filter, const char *article, struct list_sql *out);
/* "= ?" or "IN (?, …)". */
void filter_values(const struct filter_term *term, struct list_sql *out);
/* AND column lies in the range (or not). */
void filter_range(const struct filter_term *term, const char *column, struct list_sql *out);
/* AND the leading column lies in all ranges of dates that aren't negated. */
void filter_dates(const struct filter *filter, const char *column, struct list_sql *out);

#endif
