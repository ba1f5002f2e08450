/* The one source of time, so that tests can turn it.
 *
 * Units:   milliseconds since 1970-01-01T00:00:00Z (clock_now_ms), or of an arbitrary steady origin
 *          (clock_steady_ms, clock_cpu_us).
 * Threads: safe; clock_fake_ms is for tests and set before threads start.
 */
#ifndef GUILLEMET_BASE_CLOCK_H
#define GUILLEMET_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

int64_t clock_now_ms(void);
int64_t clock_steady_ms(void);
int64_t clock_cpu_us(void);         /* CPU time of the calling thread */
void clock_fake_ms(int64_t now_ms); /* a negative value returns to the real clock */

/* "2026-02-03T14:05:00Z" (milliseconds only when not 0): `out` holds at least 32 bytes. */
void clock_format_utc(int64_t time_ms, char out[32]);
/* "Tue, 03 Feb 2026 14:05:00 GMT", as headers of HTTP have it (RFC 9110 5.6.7). */
void clock_format_http(int64_t time_ms, char out[32]);

#endif
