/* When a feed says that it needn't be asked: RSS's ttl, skipHours and skipDays, the syndication module's period.
 *
 * Shape:   feed_rhythm_read looks at the bytes of a feed, of whatever kind; what says nothing gives zeros.
 * Errors:  none: what is malformed is as good as absent.
 * Source:  RSS 2.0 (ttl in minutes; hours and days in GMT); RSS 1.0 modules, Syndication (updatePeriod over
 *          updateFrequency).
 */
#ifndef GUILLEMET_INGEST_FEED_RHYTHM_H
#define GUILLEMET_INGEST_FEED_RHYTHM_H

#include <stdint.h>

#include "base/slice.h"

struct feed_rhythm {
    int64_t ttl_ms;      /* the longest that it says; 0: nothing */
    uint32_t skip_hours; /* bit 0: 0 to 1 GMT */
    uint32_t skip_days;  /* bit 0: Sunday, GMT */
};

struct feed_rhythm feed_rhythm_read(struct slice bytes);

#endif
