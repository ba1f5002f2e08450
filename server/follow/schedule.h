/* When a source is asked next: rules without a clock, a file or a random number of their own.
 *
 * Shape:   after a success the pause is half of the time between two items, as the last seven days had them; never
 *          shorter than bounds.least_ms, never longer than bounds.most_ms. What the publisher asks for (a feed's ttl
 *          or update period, Cache-Control's max-age) lengthens it, up to most_ms. An hour or a day that the feed says
 *          to skip is skipped.
 *          After the n-th failure in a row the pause is least_ms × 2^(n-1), never longer than most_ms, nor than
 *          SCHEDULE_SILENT_MOST_MS (or least_ms) when no answer came at all: the network that is down may be ours.
 *          It is never shorter than Retry-After asks for, up to SCHEDULE_RETRY_MOST_MS.
 *          Jitter lengthens a pause by up to bounds.jitter_percent of it, so that sources added at one moment, or
 *          failing for one reason, spread; the same seed gives the same jitter.
 * Units:   ms since the epoch, GMT.
 */
#ifndef GUILLEMET_FOLLOW_SCHEDULE_H
#define GUILLEMET_FOLLOW_SCHEDULE_H

#include "store/sources.h"

#define SCHEDULE_RETRY_MOST_MS  SOURCE_WEEK_MS
#define SCHEDULE_SILENT_MOST_MS INT64_C(3600000)

struct schedule_bounds {
    int64_t least_ms, most_ms;
    unsigned jitter_percent;
};

/* `max_age_ms` under 0: the reply had none. */
int64_t schedule_pause_ms(const struct schedule_bounds *bounds, int64_t week_items,
                          const struct store_rhythm *rhythm, int64_t max_age_ms);
/* The first moment at or after `at_ms` that no skipped hour or day holds; at_ms when every one is skipped. */
int64_t schedule_skip_ms(const struct store_rhythm *rhythm, int64_t at_ms);
int64_t schedule_success_ms(const struct schedule_bounds *bounds, int64_t week_items,
                            const struct store_rhythm *rhythm, int64_t max_age_ms, uint64_t seed,
                            int64_t now_ms);
/* `failures`: in a row, this one included. `answered`: with whatever status. `retry_after_ms` under 0: none was asked for. */
int64_t schedule_failure_ms(const struct schedule_bounds *bounds, int64_t failures, bool answered,
                            int64_t retry_after_ms, uint64_t seed, int64_t now_ms);

#endif
