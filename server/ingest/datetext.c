#include "ingest/datetext.h"

#include <stdio.h>
#include <stdlib.h>

#include "text/dates.h"
#include "text/fold.h"
#include "text/utf8.h"

#define TEXT_MOST  400u /* bytes that are looked at */
#define PARTS_MOST 64

/* A number or a word of the text, and the byte after it. */
struct part {
    int number; /* -1: a word */
    uint8_t digits;
    uint8_t month; /* of a word that names one */
    struct slice word;
    char after;
};

struct parts {
    struct part items[PARTS_MOST];
    size_t count;
};

struct when {
    int year, month, day, hour, minute, second;
    int zone_minutes;
    bool has_clock;
};

static uint8_t month_in(const struct pack *pack, struct slice word)
{
    struct pack_table months = pack_table(pack, "months");
    struct slice value;
    bool found = pack_find(&months, word, &value) && value.len > 0 && value.len < 4;
    return found ? (uint8_t)strtol(value.ptr, NULL, 10) : 0;
}

/* The page's language first, then any: French pages have English dates in their markup. */
static uint8_t month_of(struct slice word, const struct formula_packs *packs)
{
    uint8_t month = 0;
    for (size_t i = 0; i < packs->count && month == 0; i++) {
        month = month_in(packs->items[i], word);
    }
    for (size_t i = 0; i < pack_count() && month == 0; i++) {
        month = month_in(pack_at(i), word);
    }
    return month;
}

static void add_number(struct parts *parts, struct slice s, size_t *at)
{
    struct part part = {.number = 0};
    while (*at < s.len && s.ptr[*at] >= '0' && s.ptr[*at] <= '9' && part.digits < 8) {
        part.number = part.number * 10 + (s.ptr[(*at)++] - '0');
        part.digits++;
    }
    part.after = *at < s.len ? s.ptr[*at] : '\0';
    parts->items[parts->count++] = part;
}

static void add_word(struct parts *parts, struct slice s, size_t *at,
                     const struct formula_packs *packs)
{
    size_t start = *at, next = *at;
    while (*at < s.len && utf8_is_letter(utf8_decode(s, *at, &next))) {
        *at = next;
    }
    struct slice word = slice_of(s.ptr + start, *at - start);
    uint8_t month = 0;
    if (*at < s.len && s.ptr[*at] == '.') { /* "févr." stands with its stop */
        month = month_of(slice_of(word.ptr, word.len + 1), packs);
    }
    month = month ? month : month_of(word, packs);
    parts->items[parts->count++] = (struct part){
        .number = -1, .month = month, .word = word, .after = *at < s.len ? s.ptr[*at] : '\0'};
}

static void split(struct slice s, const struct formula_packs *packs, struct parts *parts)
{
    parts->count = 0;
    for (size_t at = 0, next = 0; at < s.len && parts->count < PARTS_MOST;) {
        uint32_t cp = utf8_decode(s, at, &next);
        if (cp >= '0' && cp <= '9') {
            add_number(parts, s, &at);
        } else if (utf8_is_letter(cp)) {
            add_word(parts, s, &at, packs);
        } else {
            at = next;
        }
    }
}

/* ---- dates */

static bool is_day(const struct part *p)
{
    return p->number >= 1 && p->number <= 31 && p->digits <= 2;
}

static bool is_year(const struct part *p)
{
    return p->digits == 4 && p->number >= DATETEXT_YEAR_LEAST && p->number <= DATETEXT_YEAR_MOST;
}

/* "3rd", "1er": the letters that follow a day's number. */
static bool is_ordinal(const struct part *p)
{
    return p->number < 0 && p->word.len == 2 && p->month == 0;
}

/* RFC 822 once wrote years with two digits. */
static int short_year(const struct part *p)
{
    return is_year(p)                         ? p->number
           : p->digits == 2 && p->number >= 0 ? (p->number < 70 ? 2000 : 1900) + p->number
                                              : 0;
}

/* 3 February 2026, 1er mars 2026, 3 de febrero... */
static size_t day_month_year(const struct parts *parts, size_t i, struct when *when)
{
    const struct part *p = parts->items;
    if (!is_day(&p[i])) {
        return 0;
    }
    size_t m = i + 1;
    m += m < parts->count && is_ordinal(&p[m]);
    if (m + 1 >= parts->count || p[m].month == 0 || short_year(&p[m + 1]) == 0) {
        return 0;
    }
    when->day = p[i].number;
    when->month = p[m].month;
    when->year = short_year(&p[m + 1]);
    return m + 2;
}

static size_t month_day_year(const struct parts *parts, size_t i, struct when *when)
{
    const struct part *p = parts->items;
    if (p[i].month == 0 || i + 2 >= parts->count || !is_day(&p[i + 1])) {
        return 0;
    }
    size_t y = i + 2;
    y += is_ordinal(&p[y]);
    if (y >= parts->count || !is_year(&p[y])) {
        return 0;
    }
    when->month = p[i].month;
    when->day = p[i + 1].number;
    when->year = p[y].number;
    return y + 1;
}

/* In figures: the year first, or last with the day first unless the packs say otherwise. */
static bool month_comes_first(const struct formula_packs *packs)
{
    for (size_t i = 0; i < packs->count; i++) {
        struct pack_table marks = pack_table(packs->items[i], "date_marks");
        struct slice value;
        if (!pack_find(&marks, SLICE("~order"), &value) ||
            !slice_is(pack_column(value, 0), "month")) {
            return false;
        }
    }
    return packs->count > 0;
}

static bool joins_figures(char c)
{
    return c == '/' || c == '.' || c == '-' || (unsigned char)c >= 0xE0; /* 年 */
}

static size_t in_figures(const struct parts *parts, size_t i, const struct formula_packs *packs,
                         struct when *when)
{
    const struct part *p = parts->items;
    size_t last = i + 2;
    if (parts->count > 4 && i + 4 < parts->count && is_year(&p[i]) && p[i + 1].number < 0 &&
        p[i + 3].number < 0 && is_day(&p[i + 2]) && is_day(&p[i + 4])) { /* 2026年2月3日 */
        *when = (struct when){p[i].number, p[i + 2].number, p[i + 4].number, 0, 0, 0, 0, false};
        return when->month <= 12 && (unsigned char)p[i].after >= 0xE0 ? i + 5 : 0;
    }
    if (last >= parts->count || p[i].number < 0 || p[i + 1].number < 0 || p[last].number < 0 ||
        !joins_figures(p[i].after) || !joins_figures(p[i + 1].after) || !is_day(&p[i + 1])) {
        return 0;
    }
    int a = p[i].number, b = p[i + 1].number, c = p[last].number;
    if (is_year(&p[i]) && is_day(&p[last])) {
        *when = (struct when){a, b, c, 0, 0, 0, 0, false};
    } else if (is_day(&p[i]) && is_year(&p[last])) {
        bool month_first = a <= 12 && (b > 12 || month_comes_first(packs));
        *when = (struct when){c, month_first ? a : b, month_first ? b : a, 0, 0, 0, 0, false};
    } else {
        return 0;
    }
    return when->month <= 12 ? i + 3 : 0;
}

/* ---- clock and zone */

static const struct {
    const char *name;
    int minutes;
} zones[] = {{"z", 0},      {"gmt", 0},    {"utc", 0},    {"ut", 0},     {"est", -300},
             {"edt", -240}, {"cst", -360}, {"cdt", -300}, {"mst", -420}, {"mdt", -360},
             {"pst", -480}, {"pdt", -420}, {"bst", 60},   {"cet", 60},   {"cest", 120},
             {"wet", 0},    {"west", 60},  {"eet", 120},  {"eest", 180}, {"jst", 540},
             {"ist", 330},  {"et", -300},  {"pt", -480}};

static void read_half(const struct part *p, struct when *when)
{
    bool morning = slice_is(p->word, "am") || slice_is(p->word, "a");
    bool afternoon = slice_is(p->word, "pm") || slice_is(p->word, "p");
    if (morning && when->hour == 12) {
        when->hour = 0;
    } else if (afternoon && when->hour < 12) {
        when->hour += 12;
    }
}

static void read_zone(const struct parts *parts, size_t at, struct slice text, struct when *when)
{
    for (size_t i = at; i < parts->count && i < at + 3; i++) {
        const struct part *p = &parts->items[i];
        for (size_t z = 0; p->number < 0 && z < sizeof zones / sizeof zones[0]; z++) {
            if (slice_is(p->word, zones[z].name)) {
                when->zone_minutes = zones[z].minutes;
                return;
            }
        }
    }
    /* +0100, -05:00: the sign isn't part of any word */
    for (size_t i = 1; i + 4 < text.len; i++) {
        char sign = text.ptr[i];
        const char *d = text.ptr + i + 1;
        size_t left = text.len - i - 1, colon = left > 4 && d[2] == ':';
        bool digits = left >= 4 + colon;
        for (size_t k = 0; digits && k < 4; k++) {
            char c = d[k + (k > 1 ? colon : 0)];
            digits = c >= '0' && c <= '9';
        }
        char before = text.ptr[i - 1];
        if (digits && (sign == '+' || (sign == '-' && (before == ' ' || colon)))) {
            int minutes = (d[0] - '0') * 600 + (d[1] - '0') * 60 + (d[2 + colon] - '0') * 10 +
                          (d[3 + colon] - '0');
            when->zone_minutes = sign == '-' ? -minutes : minutes;
            return;
        }
    }
}

static void read_clock(const struct parts *parts, size_t at, struct slice text, struct when *when)
{
    for (size_t i = at; i + 1 < parts->count && i < at + 5; i++) {
        const struct part *p = &parts->items[i];
        size_t m = i + 1;
        bool hours = p->number >= 0 && p->number <= 23 && p->digits <= 2;
        if (hours && p->after == ':' && parts->items[m].digits == 2) {
            when->minute = parts->items[m].number;
        } else if (hours && parts->items[m].number < 0 && slice_is(parts->items[m].word, "h")) {
            m++;
            bool minutes = m < parts->count && parts->items[m].digits == 2;
            when->minute = minutes ? parts->items[m].number : 0;
            m -= !minutes;
        } else {
            continue;
        }
        if (when->minute > 59) {
            return;
        }
        when->hour = p->number;
        when->has_clock = true;
        bool seconds = m + 1 < parts->count && parts->items[m].after == ':' &&
                       parts->items[m + 1].digits == 2 && parts->items[m + 1].number < 60;
        when->second = seconds ? parts->items[++m].number : 0;
        if (m + 1 < parts->count && parts->items[m + 1].number < 0) {
            read_half(&parts->items[m + 1], when);
        }
        read_zone(parts, m + 1, text, when);
        return;
    }
}

static bool finish(const struct when *when, struct moment *out)
{
    char iso[40];
    int len = when->has_clock
                  ? snprintf(iso, sizeof iso, "%04d-%02d-%02dT%02d:%02d:%02dZ", when->year,
                             when->month, when->day, when->hour, when->minute, when->second)
                  : snprintf(iso, sizeof iso, "%04d-%02d-%02d", when->year, when->month, when->day);
    struct moment moment = {.present = true};
    if (!dates_parse_iso(slice_of(iso, (size_t)len), &moment.time_ms, &moment.date_only)) {
        return false;
    }
    moment.time_ms -= when->zone_minutes * INT64_C(60000);
    *out = moment;
    return true;
}

static bool is_sane(const struct moment *moment)
{
    char iso[32];
    dates_format(moment->time_ms, true, iso);
    long year = strtol(iso, NULL, 10);
    return year >= DATETEXT_YEAR_LEAST && year <= DATETEXT_YEAR_MOST;
}

bool datetext_read(struct slice text, const struct formula_packs *packs, struct arena *arena,
                   struct moment *out)
{
    text = slice_trim(text);
    struct moment iso = {.present = true};
    if (dates_parse_iso(text, &iso.time_ms, &iso.date_only)) {
        if (is_sane(&iso)) {
            *out = iso;
            return true;
        }
        return false;
    }
    text.len = text.len > TEXT_MOST ? TEXT_MOST : text.len;
    if (!utf8_valid(text, NULL)) { /* cut within a character */
        utf8_valid(text, &text.len);
    }
    struct slice folded = formula_line(arena, text);
    struct parts parts;
    split(folded, packs, &parts);
    for (size_t i = 0; i < parts.count; i++) {
        struct when when = {0};
        size_t after = day_month_year(&parts, i, &when);
        after = after ? after : month_day_year(&parts, i, &when);
        after = after ? after : in_figures(&parts, i, packs, &when);
        if (after) {
            read_clock(&parts, after, folded, &when);
            if (finish(&when, out) && is_sane(out)) {
                return true;
            }
        }
    }
    return false;
}

bool datetext_marked(struct slice line, const struct formula_packs *packs, struct arena *arena,
                     const char *what, struct moment *out)
{
    struct slice folded = formula_line(arena, line);
    for (size_t p = 0; p < packs->count; p++) {
        struct pack_table marks = pack_table(packs->items[p], "date_marks");
        for (size_t i = 0; i < pack_size(&marks); i++) {
            struct slice key, value;
            pack_entry(&marks, i, &key, &value);
            size_t at =
                slice_is(pack_column(value, 0), what) ? slice_find(folded, key, 0) : SIZE_MAX;
            if (at != SIZE_MAX &&
                datetext_read(slice_of(folded.ptr + at + key.len, folded.len - at - key.len), packs,
                              arena, out)) {
                return true;
            }
        }
    }
    return false;
}

/* `count` digits at `at` as a number, -1 when there is anything else. */
static int digits_at(struct slice s, size_t at, size_t count)
{
    int value = 0;
    for (size_t i = at; i < at + count; i++) {
        if (i >= s.len || s.ptr[i] < '0' || s.ptr[i] > '9') {
            return -1;
        }
        value = value * 10 + (s.ptr[i] - '0');
    }
    return value;
}

bool datetext_of_url(struct slice url, struct moment *out)
{
    for (size_t at = 0; at + 11 <= url.len; at++) {
        if (url.ptr[at] != '/' || url.ptr[at + 5] != '/' || url.ptr[at + 8] != '/') {
            continue;
        }
        struct when when = {.year = digits_at(url, at + 1, 4),
                            .month = digits_at(url, at + 6, 2),
                            .day = digits_at(url, at + 9, 2)};
        bool ends = at + 11 == url.len || digits_at(url, at + 11, 1) < 0;
        if (ends && when.year > 1990 && when.year <= DATETEXT_YEAR_MOST && when.month > 0 &&
            when.day > 0) {
            return finish(&when, out);
        }
    }
    return false;
}
