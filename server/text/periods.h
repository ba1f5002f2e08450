/* Moments and periods as people ask for them: ISO 8601, and counted back from now.
 *
 * Shape: a moment is a date, an instant, "now", or "-7d" ("-P7D"): so long before now. A period is a day, a month
 *        ("2026-02"), a year, two moments ("2026-02-01/2026-03-01"), a moment and a duration on either
 *        side ("2026-02-01/P1W"), or what began "-7d". Counts are in h, d, w, mo and y.
 * Units: ms since the epoch, UTC; a period has its first moment and not its last.
 * Errors: false when it is none of these; outputs are untouched.
 */
#ifndef GUILLEMET_TEXT_PERIODS_H
#define GUILLEMET_TEXT_PERIODS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* *relative is set when `now_ms` decided, and left alone otherwise. */
bool periods_moment(struct slice s, int64_t now_ms, int64_t *ms, bool *relative);
bool periods_parse(struct slice s, int64_t now_ms, int64_t *from_ms, int64_t *to_ms,
                   bool *relative);

#endif
