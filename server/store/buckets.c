#include "store/buckets.h"

/* Days from 1970 to the first of a month, and back: the year begins in March, so that leap days end it. */
static int64_t day_of_month_start(int64_t months)
{
    int64_t year = 1970 + floor_div(months, 12), month = months - 12 * floor_div(months, 12);
    year -= month < 2;
    int64_t era = floor_div(year, 400), of_era = year - era * 400;
    int64_t of_year = (153 * ((month + 10) % 12) + 2) / 5;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int64_t month_of_day(int64_t day)
{
    /* A guess that is right or one too large. */
    int64_t months = floor_div((day + 1) * 4800, 146097);
    months += day >= day_of_month_start(months + 1);
    return months - (day < day_of_month_start(months));
}

int64_t bucket_of(enum store_interval interval, int64_t local_ms)
{
    int64_t day = floor_div(local_ms, DAY_MS);
    switch (interval) {
    case INTERVAL_HOUR:
        return floor_div(local_ms, HOUR_MS);
    case INTERVAL_AUTO:
    case INTERVAL_DAY:
        return day;
    case INTERVAL_WEEK:
        return floor_div(day + 3, 7); /* 1970 began on a Thursday */
    case INTERVAL_MONTH:
        return month_of_day(day);
    case INTERVAL_YEAR:
        return floor_div(month_of_day(day), 12);
    }
    return day;
}

int64_t bucket_start(enum store_interval interval, int64_t bucket)
{
    switch (interval) {
    case INTERVAL_HOUR:
        return bucket * HOUR_MS;
    case INTERVAL_AUTO:
    case INTERVAL_DAY:
        return bucket * DAY_MS;
    case INTERVAL_WEEK:
        return (bucket * 7 - 3) * DAY_MS;
    case INTERVAL_MONTH:
        return day_of_month_start(bucket) * DAY_MS;
    case INTERVAL_YEAR:
        return day_of_month_start(bucket * 12) * DAY_MS;
    }
    return 0;
}
