#include "text/dates.h"

#include "base/clock.h"

enum { LEAST_YEAR = 1600 };
/* 1600-01-01T00:00:00Z and 9999-12-31T23:59:59.999Z */
#define LEAST_MS INT64_C(-11676096000000)
#define MOST_MS  INT64_C(253402300799999)

struct reader {
    struct slice s;
    size_t at;
};

/* Exactly `width` digits. */
static bool read_digits(struct reader *r, int width, int *value)
{
    if (r->s.len - r->at < (size_t)width) {
        return false;
    }
    int v = 0;
    for (int i = 0; i < width; i++) {
        char c = r->s.ptr[r->at + (size_t)i];
        if (c < '0' || c > '9') {
            return false;
        }
        v = v * 10 + (c - '0');
    }
    r->at += (size_t)width;
    *value = v;
    return true;
}

static bool read_char(struct reader *r, const char *any)
{
    if (r->at < r->s.len && r->s.ptr[r->at] && strchr(any, r->s.ptr[r->at])) {
        r->at++;
        return true;
    }
    return false;
}

static bool at_end(const struct reader *r)
{
    return r->at == r->s.len;
}

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days from 1970-01-01: whole years, then whole months. */
static int64_t day_number(int year, int month, int day)
{
    int64_t y = year - 1;
    int64_t days = y * 365 + y / 4 - y / 100 + y / 400 - 719162;
    for (int m = 1; m < month; m++) {
        days += days_in(year, m);
    }
    return days + day - 1;
}

/* 2026-02-03 or 20260203: both separators or none. */
static bool read_date(struct reader *r, int64_t *days, bool *extended)
{
    int year = 0, month = 0, day = 0;
    if (!read_digits(r, 4, &year)) {
        return false;
    }
    *extended = read_char(r, "-");
    if (!read_digits(r, 2, &month) || (*extended && !read_char(r, "-")) ||
        !read_digits(r, 2, &day)) {
        return false;
    }
    if (year < LEAST_YEAR || month < 1 || month > 12 || day < 1 || day > days_in(year, month)) {
        return false;
    }
    *days = day_number(year, month, day);
    return true;
}

/* Any number of decimals; what is finer than a millisecond is cut. */
static bool read_fraction(struct reader *r, int *ms)
{
    int scale = 100, digit = 0, value = 0, count = 0;
    while (read_digits(r, 1, &digit)) {
        value += digit * scale;
        scale /= 10;
        count++;
    }
    *ms = value;
    return count > 0;
}

static bool read_clock(struct reader *r, bool extended, int64_t *time_ms)
{
    int hour = 0, minute = 0, second = 0, ms = 0;
    if (!read_digits(r, 2, &hour) || (extended && !read_char(r, ":")) ||
        !read_digits(r, 2, &minute)) {
        return false;
    }
    bool has_second =
        extended ? read_char(r, ":")
                 : r->s.len - r->at >= 2 && r->s.ptr[r->at] >= '0' && r->s.ptr[r->at] <= '9';
    if (has_second && !read_digits(r, 2, &second)) {
        return false;
    }
    if (has_second && read_char(r, ".,") && !read_fraction(r, &ms)) {
        return false;
    }
    bool midnight_end = hour == 24 && minute == 0 && second == 0 && ms == 0;
    if ((hour > 23 && !midnight_end) || minute > 59 || second > 60) {
        return false;
    }
    if (second == 60) { /* a leap second has no number of its own in Unix time */
        second = 59;
    }
    *time_ms = ((hour * INT64_C(60) + minute) * 60 + second) * 1000 + ms;
    return true;
}

/* Z, +01:00, +0100, +01, or nothing: UTC. */
static bool read_zone(struct reader *r, int64_t *offset_ms)
{
    *offset_ms = 0;
    if (at_end(r) || read_char(r, "Zz")) {
        return true;
    }
    bool minus = r->s.ptr[r->at] == '-';
    int hour = 0, minute = 0;
    if (!read_char(r, "+-") || !read_digits(r, 2, &hour)) {
        return false;
    }
    if (read_char(r, ":") ? !read_digits(r, 2, &minute)
                          : !at_end(r) && !read_digits(r, 2, &minute)) {
        return false;
    }
    if (hour > 23 || minute > 59) {
        return false;
    }
    int64_t size = (hour * INT64_C(60) + minute) * 60000;
    *offset_ms = minus ? -size : size;
    return true;
}

bool dates_parse_iso(struct slice s, int64_t *time_ms, bool *date_only)
{
    struct reader r = {slice_trim(s), 0};
    int64_t days = 0, clock = 0, offset = 0;
    bool extended = false;
    if (!slice_present(s) || !read_date(&r, &days, &extended)) {
        return false;
    }
    bool day_alone = at_end(&r);
    if (!day_alone) {
        if (!read_char(&r, "Tt ") || !read_clock(&r, extended, &clock)) {
            return false;
        }
        if (extended) {
            (void)read_char(&r, " "); /* "14:05:00 +0100" is common in feeds */
        }
        if (!read_zone(&r, &offset) || !at_end(&r)) {
            return false;
        }
    }
    int64_t found_ms = days * 86400000 + clock - offset;
    if (found_ms < LEAST_MS || found_ms > MOST_MS) {
        return false; /* the zone led out of the years: what is written of it couldn't be read again */
    }
    *time_ms = found_ms;
    *date_only = day_alone;
    return true;
}

void dates_format(int64_t time_ms, bool date_only, char out[32])
{
    clock_format_utc(time_ms, out);
    if (date_only) {
        out[10] = '\0';
    }
}
