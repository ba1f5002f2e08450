/* Stretches of time and the buckets that they fall into. Internal to store/.
 *
 * Units: a bucket's number counts hours, days, weeks (of Mondays), months or years from 1970 on; times are
 *        local: UTC plus an offset.
 */
#ifndef GUILLEMET_STORE_BUCKETS_H
#define GUILLEMET_STORE_BUCKETS_H

#include "store/timeline.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MS  INT64_C(86400000)

static inline int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a % b < 0) != (b < 0));
}

int64_t bucket_of(enum store_interval interval, int64_t local_ms);
int64_t bucket_start(enum store_interval interval, int64_t bucket); /* local ms */

#endif
