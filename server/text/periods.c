#include "text/periods.h"

#include <time.h>

#include "text/dates.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MS  (24 * HOUR_MS)

/* Months are as long as the calendar has them, the others fixed. */
struct duration {
    int64_t months, ms;
};

/* More would leave the calendar. */
enum { COUNT_MOST = 100000 };

static bool read_count(struct slice *s, int64_t *count)
{
    size_t digits = 0;
    *count = 0;
    while (digits < s->len && s->ptr[digits] >= '0' && s->ptr[digits] <= '9' && digits < 7) {
        *count = *count * 10 + (s->ptr[digits++] - '0');
    }
    *s = slice_of(s->ptr + digits, s->len - digits);
    return digits > 0 && *count <= COUNT_MOST;
}

static bool add_unit(struct duration *d, struct slice unit, int64_t count)
{
    static const struct {
        const char *name;
        int64_t months, ms;
    } units[] = {
        {"h", 0, HOUR_MS}, {"d", 0, DAY_MS}, {"w", 0, 7 * DAY_MS}, {"mo", 1, 0}, {"y", 12, 0}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (slice_is(unit, units[i].name)) {
            d->months += units[i].months * count;
            d->ms += units[i].ms * count;
            return true;
        }
    }
    return false;
}

/* The part of a duration that `unit` names: before or behind the T. */
static bool add_iso(struct duration *d, char unit, bool time, int64_t count)
{
    switch (unit) {
    case 'Y':
        return !time && add_unit(d, SLICE("y"), count);
    case 'W':
        return !time && add_unit(d, SLICE("w"), count);
    case 'D':
        return !time && add_unit(d, SLICE("d"), count);
    case 'H':
        return time && add_unit(d, SLICE("h"), count);
    case 'M':
        d->ms += time ? count * 60000 : 0;
        d->months += time ? 0 : count;
        return true;
    case 'S':
        d->ms += count * 1000;
        return time;
    default:
        return false;
    }
}

/* "P1W", "P1M", "P1DT12H". */
static bool read_iso(struct slice s, struct duration *d)
{
    bool time = false, any = false;
    if (s.len < 3 || s.ptr[0] != 'P') {
        return false;
    }
    s = slice_of(s.ptr + 1, s.len - 1);
    while (s.len > 0) {
        int64_t count;
        if (s.ptr[0] == 'T' && !time) {
            time = true;
            any = false; /* something must follow */
            s = slice_of(s.ptr + 1, s.len - 1);
            continue;
        }
        if (!read_count(&s, &count) || s.len == 0 || !add_iso(d, s.ptr[0], time, count)) {
            return false;
        }
        s = slice_of(s.ptr + 1, s.len - 1);
        any = true;
    }
    return any;
}

static bool read_duration(struct slice s, struct duration *out)
{
    struct duration d = {0, 0};
    int64_t count;
    struct slice rest = s;
    bool good = s.len > 0 && s.ptr[0] == 'P'
                    ? read_iso(s, &d)
                    : read_count(&rest, &count) && add_unit(&d, rest, count);
    if (good) {
        *out = d;
    }
    return good;
}

/* `sign` -1: back. The 31st of a shorter month is its last day. */
static bool shift(int64_t ms, const struct duration *d, int sign, int64_t *out)
{
    time_t seconds = (time_t)((ms - (ms % 1000 + 1000) % 1000) / 1000);
    int64_t rest = ms - (int64_t)seconds * 1000;
    struct tm date;
    if (d->months != 0) {
        if (gmtime_r(&seconds, &date) == NULL) {
            return false;
        }
        int day = date.tm_mday;
        date.tm_mon += (int)(sign * d->months);
        seconds = timegm(&date);
        if (date.tm_mday != day) {
            date.tm_mday = 0;
            seconds = timegm(&date);
        }
        ms = (int64_t)seconds * 1000 + rest;
    }
    *out = ms + sign * d->ms;
    return true;
}

bool periods_moment(struct slice s, int64_t now_ms, int64_t *ms, bool *relative)
{
    bool date_only;
    struct duration back;
    if (slice_is(s, "now")) {
        *ms = now_ms;
        *relative = true;
        return true;
    }
    if (s.len > 1 && s.ptr[0] == '-' && read_duration(slice_of(s.ptr + 1, s.len - 1), &back) &&
        shift(now_ms, &back, -1, ms)) {
        *relative = true;
        return true;
    }
    return dates_parse_iso(s, ms, &date_only);
}

/* "2026-02-03", "2026-02", "2026": as long as it says. */
static bool read_calendar(struct slice s, int64_t *from_ms, int64_t *to_ms)
{
    char text[] = "0000-01-01";
    struct duration length = {0, 0};
    bool date_only = false;
    switch (s.len) {
    case 4:
        length.months = 12;
        break;
    case 7:
        length.months = 1;
        break;
    default:
        length.ms = DAY_MS;
        return dates_parse_iso(s, from_ms, &date_only) && date_only &&
               shift(*from_ms, &length, 1, to_ms);
    }
    memcpy(text, s.ptr, s.len);
    return dates_parse_iso(slice_cstr(text), from_ms, &date_only) &&
           shift(*from_ms, &length, 1, to_ms);
}

static bool read_interval(struct slice first, struct slice second, int64_t now_ms, int64_t *from_ms,
                          int64_t *to_ms, bool *relative)
{
    struct duration length;
    int64_t end_ms;
    bool starts =
        periods_moment(first, now_ms, from_ms, relative) || read_calendar(first, from_ms, &end_ms);
    if (starts && second.len > 0 && second.ptr[0] == 'P') {
        return read_duration(second, &length) && shift(*from_ms, &length, 1, to_ms);
    }
    if (!periods_moment(second, now_ms, to_ms, relative) &&
        !read_calendar(second, to_ms, &end_ms)) {
        return false;
    }
    return starts || (first.len > 0 && first.ptr[0] == 'P' && read_duration(first, &length) &&
                      shift(*to_ms, &length, -1, from_ms));
}

bool periods_parse(struct slice s, int64_t now_ms, int64_t *from_ms, int64_t *to_ms, bool *relative)
{
    int64_t from = 0, to = INT64_MAX;
    bool by_now = false, good;
    size_t slash = slice_find(s, SLICE("/"), 0);
    if (slash != SIZE_MAX) {
        good = read_interval(slice_of(s.ptr, slash), slice_of(s.ptr + slash + 1, s.len - slash - 1),
                             now_ms, &from, &to, &by_now);
    } else if (s.len > 1 && s.ptr[0] == '-') {
        good = periods_moment(s, now_ms, &from, &by_now);
    } else {
        good = read_calendar(s, &from, &to);
    }
    if (!good || from >= to) {
        return false;
    }
    *from_ms = from;
    *to_ms = to;
    *relative = *relative || by_now;
    return true;
}
