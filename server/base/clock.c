#include "base/clock.h"

#include <stdatomic.h>
#include <string.h>
#include <time.h>

static _Atomic int64_t fake_now_ms = -1;

static int64_t read_clock(clockid_t clock, int64_t per_second)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * per_second + (int64_t)t.tv_nsec / (1000000000 / per_second);
}

int64_t clock_now_ms(void)
{
    int64_t fake = atomic_load_explicit(&fake_now_ms, memory_order_relaxed);
    return fake >= 0 ? fake : read_clock(CLOCK_REALTIME, 1000);
}

int64_t clock_steady_ms(void)
{
    return read_clock(CLOCK_MONOTONIC, 1000);
}

int64_t clock_cpu_us(void)
{
    return read_clock(CLOCK_THREAD_CPUTIME_ID, 1000000);
}

void clock_fake_ms(int64_t now_ms)
{
    atomic_store(&fake_now_ms, now_ms < 0 ? -1 : now_ms);
}

/* Gregorian date of a day number (0 = 1970-01-01). Years are counted from March, so that the leap day is
 * the last of its year, in eras of 400 years, which all have 146,097 days. */
static void civil_date(int64_t day, int64_t *year, int *month, int *day_of_month)
{
    int64_t shifted = day + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t of_era = shifted - era * 146097;
    int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t march_month = (5 * of_year + 2) / 153;
    *day_of_month = (int)(of_year - (153 * march_month + 2) / 5 + 1);
    *month = (int)(march_month < 10 ? march_month + 3 : march_month - 9);
    *year = year_of_era + era * 400 + (*month <= 2);
}

static char *put_digits(char *at, unsigned value, int width)
{
    for (int i = width - 1; i >= 0; i--) {
        at[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return at + width;
}

/* YYYY-MM-DD of a day number. A reply's times lie close together: the last day is remembered. */
static const char *date_text(int64_t day)
{
    static _Thread_local struct {
        bool known;
        int64_t day;
        char text[10];
    } last;
    if (!last.known || last.day != day) {
        int64_t year = 0;
        int month = 0, day_of_month = 0;
        civil_date(day, &year, &month, &day_of_month);
        char *at = put_digits(last.text, (unsigned)year, 4);
        *at++ = '-';
        at = put_digits(at, (unsigned)month, 2);
        *at++ = '-';
        put_digits(at, (unsigned)day_of_month, 2);
        last.day = day;
        last.known = true;
    }
    return last.text;
}

void clock_format_utc(int64_t time_ms, char out[32])
{
    /* Beyond four-digit years the format has no form: such times are clamped. */
    const int64_t least = INT64_C(-62135596800000), most = INT64_C(253402300799999);
    time_ms = time_ms < least ? least : time_ms > most ? most : time_ms;
    int64_t day = time_ms / 86400000, ms = time_ms % 86400000;
    if (ms < 0) {
        day--;
        ms += 86400000;
    }
    memcpy(out, date_text(day), 10);
    unsigned of_day = (unsigned)ms, second = of_day / 1000;
    char *at = out + 10;
    *at++ = 'T';
    at = put_digits(at, second / 3600, 2);
    *at++ = ':';
    at = put_digits(at, second / 60 % 60, 2);
    *at++ = ':';
    at = put_digits(at, second % 60, 2);
    if (of_day % 1000) {
        *at++ = '.';
        at = put_digits(at, of_day % 1000, 3);
    }
    *at++ = 'Z';
    *at = '\0';
}

void clock_format_http(int64_t time_ms, char out[32])
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    enum { THURSDAY = 4 }; /* 1970-01-01 */
    char utc[32];
    clock_format_utc(time_ms, utc); /* 2026-02-03T14:05:00… */
    int64_t day = time_ms / 86400000 - (time_ms % 86400000 < 0);
    size_t month = (size_t)((utc[5] - '0') * 10 + utc[6] - '0') - 1;
    size_t weekday = (size_t)(((day + THURSDAY) % 7 + 7) % 7);
    memcpy(out, "ddd, DD MMM YYYY hh:mm:ss GMT", 30);
    memcpy(out, days[weekday], 3);
    memcpy(out + 5, utc + 8, 2);
    memcpy(out + 8, months[month % 12], 3);
    memcpy(out + 12, utc, 4);
    memcpy(out + 17, utc + 11, 8);
}
