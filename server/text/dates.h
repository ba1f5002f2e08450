/* Dates as people and feeds write them.
 *
 * Units: ms since the epoch, UTC; date_only for a day without a time.
 * Errors: false when it isn't a date, or lies outside the years 1600–9999.
 */
#ifndef GUILLEMET_TEXT_DATES_H
#define GUILLEMET_TEXT_DATES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* RFC 3339 / ISO 8601: "2026-02-03", "2026-02-03T14:05Z", "2026-02-03T14:05:09.5+01:00", "20260203". A
 * time without a zone is taken as UTC. */
bool dates_parse_iso(struct slice s, int64_t *time_ms, bool *date_only);
/* "2026-02-03" or "2026-02-03T14:05:00Z". */
void dates_format(int64_t time_ms, bool date_only, char out[32]);

#endif
