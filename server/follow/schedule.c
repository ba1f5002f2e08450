#include "follow/schedule.h"

#define HOUR_MS       INT64_C(3600000)
#define DAY_MS        (24 * HOUR_MS)
#define SKIP_HOURS    (8 * 24) /* every hour of a week, and a bit */
#define DOUBLINGS     40
#define EPOCH_WEEKDAY 4 /* 1970-01-01 was a Thursday */

static int64_t at_most(int64_t value, int64_t most)
{
    return value < most ? value : most;
}

static int64_t at_least(int64_t value, int64_t least)
{
    return value > least ? value : least;
}

int64_t schedule_pause_ms(const struct schedule_bounds *bounds, int64_t week_items,
                          const struct store_rhythm *rhythm, int64_t max_age_ms)
{
    int64_t pause = week_items > 0 ? SOURCE_WEEK_MS / week_items / 2 : bounds->most_ms;
    int64_t asked = at_least(rhythm->ttl_ms, max_age_ms);
    pause = at_most(at_least(pause, bounds->least_ms), bounds->most_ms);
    return at_least(pause, at_most(asked, bounds->most_ms));
}

int64_t schedule_skip_ms(const struct store_rhythm *rhythm, int64_t at_ms)
{
    int64_t moment = at_ms;
    for (int i = 0; i < SKIP_HOURS; i++) {
        unsigned hour = (unsigned)(moment / HOUR_MS % 24);
        unsigned day = (unsigned)((moment / DAY_MS + EPOCH_WEEKDAY) % 7);
        if (!(rhythm->skip_hours >> hour & 1) && !(rhythm->skip_days >> day & 1)) {
            return moment;
        }
        moment = (moment / HOUR_MS + 1) * HOUR_MS;
    }
    return at_ms;
}

/* SplitMix64's last steps: every bit of the seed moves every bit of the result. */
static uint64_t mix(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static int64_t jittered(const struct schedule_bounds *bounds, int64_t pause_ms, uint64_t seed)
{
    int64_t most = pause_ms / 100 * (int64_t)bounds->jitter_percent;
    return most > 0 ? pause_ms + (int64_t)(mix(seed) % (uint64_t)(most + 1)) : pause_ms;
}

int64_t schedule_success_ms(const struct schedule_bounds *bounds, int64_t week_items,
                            const struct store_rhythm *rhythm, int64_t max_age_ms, uint64_t seed,
                            int64_t now_ms)
{
    int64_t pause = schedule_pause_ms(bounds, week_items, rhythm, max_age_ms);
    return schedule_skip_ms(rhythm, now_ms + jittered(bounds, pause, seed));
}

int64_t schedule_failure_ms(const struct schedule_bounds *bounds, int64_t failures, bool answered,
                            int64_t retry_after_ms, uint64_t seed, int64_t now_ms)
{
    int64_t silent_ms = at_least(SCHEDULE_SILENT_MOST_MS, bounds->least_ms);
    int64_t most = answered ? bounds->most_ms : at_most(bounds->most_ms, silent_ms);
    int64_t pause = bounds->least_ms;
    for (int64_t i = 1; i < failures && i < DOUBLINGS && pause < most; i++) {
        pause *= 2;
    }
    pause = at_most(pause, most);
    pause = at_least(pause, at_most(retry_after_ms, SCHEDULE_RETRY_MOST_MS));
    return now_ms + jittered(bounds, pause, seed);
}
