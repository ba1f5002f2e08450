/* How many articles, mentions or quotes there are by hour, day, week, month or year.
 *
 * Shape:   buckets without a gap, from the filter's dates where it has them, else from the first row to the last. Weeks
 *          begin on Monday. A split tells the most frequent values of a facet apart.
 * Units:   an offset from UTC in minutes; what has a day without a time counts on that day, whatever the offset.
 *          Mentions are those of the one entity that is asked for, else of all.
 * Errors:  RC_INVALID for more buckets than STORE_BUCKETS_MOST.
 * Cost:    every row under the filter is walked; without a filter, and for the corpus, days are counters.
 */
#ifndef GUILLEMET_STORE_TIMELINE_H
#define GUILLEMET_STORE_TIMELINE_H

#include "store/facets.h"

#define STORE_BUCKETS_MOST 1000
/* Of the interval that is chosen when none is asked for. */
#define STORE_BUCKETS_AUTO 100

#define STORE_INTERVALS(X)                                                                         \
    X(INTERVAL_AUTO, "auto")                                                                       \
    X(INTERVAL_HOUR, "hour")                                                                       \
    X(INTERVAL_DAY, "day")                                                                         \
    X(INTERVAL_WEEK, "week")                                                                       \
    X(INTERVAL_MONTH, "month")                                                                     \
    X(INTERVAL_YEAR, "year")
ENUM_DEFINE(store_interval, STORE_INTERVALS)

struct store_timeline_query {
    enum store_list list; /* STORE_ARTICLE_LIST or STORE_QUOTE_LIST */
    bool mentions;        /* of articles: what is named in them */
    struct store_filter filter;
    enum store_interval interval;
    int offset_min;
    bool has_split;
    enum store_facet split;
    uint32_t split_limit;
};

struct store_series {
    struct store_facet_value value;
    int64_t *counts;
};

struct store_timeline {
    enum store_interval interval;
    size_t count;       /* buckets */
    int64_t *starts_ms; /* of each */
    int64_t *counts;
    int64_t *corpus; /* the same without the filter */
    int64_t total;   /* under the filter, also outside the buckets */
    struct store_series *series;
    size_t series_count;
    int64_t *other,
        *missing; /* of a split; values of several per row aren't in `other` once each */
};

enum rc store_timeline(struct store_reader *reader, const struct store_timeline_query *query,
                       struct arena *arena, struct store_timeline *out, struct err *e);

#endif
