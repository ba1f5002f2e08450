#include "ingest/feed_rhythm.h"

#include <libxml/xmlreader.h>
#include <stdlib.h>
#include <strings.h>

#include "ingest/xml_bound.h"
#include "ingest/xml_guard.h"

#define MINUTE_MS  INT64_C(60000)
#define HOUR_MS    (60 * MINUTE_MS)
#define DAY_MS     (24 * HOUR_MS)
#define TEXT_MOST  32
#define NODES_MOST 20000 /* outside of items: heads are short */

struct reading {
    struct feed_rhythm rhythm;
    int64_t period_ms, frequency;
};

/* Digits alone, up to nine of them; -1 otherwise. */
static int64_t number_of(const char *text)
{
    char *end;
    long long value = strtoll(text, &end, 10);
    return end == text || *end != '\0' || value < 0 || value > 999999999 ? -1 : value;
}

static void read_ttl(struct reading *r, const char *text)
{
    int64_t minutes = number_of(text);
    if (minutes > 0 && minutes * MINUTE_MS > r->rhythm.ttl_ms) {
        r->rhythm.ttl_ms = minutes * MINUTE_MS;
    }
}

/* Some count the hours from 1 to 24. */
static void read_hour(struct reading *r, const char *text)
{
    int64_t hour = number_of(text);
    if (hour >= 0 && hour <= 24) {
        r->rhythm.skip_hours |= UINT32_C(1) << (hour % 24);
    }
}

static void read_day(struct reading *r, const char *text)
{
    static const char *const days[] = {"sunday",   "monday", "tuesday", "wednesday",
                                       "thursday", "friday", "saturday"};
    for (unsigned i = 0; i < 7; i++) {
        if (strcasecmp(text, days[i]) == 0) {
            r->rhythm.skip_days |= UINT32_C(1) << i;
        }
    }
}

static void read_period(struct reading *r, const char *text)
{
    static const struct {
        const char *name;
        int64_t ms;
    } periods[] = {{"hourly", HOUR_MS},
                   {"daily", DAY_MS},
                   {"weekly", 7 * DAY_MS},
                   {"monthly", 30 * DAY_MS},
                   {"yearly", 365 * DAY_MS}};
    for (size_t i = 0; i < sizeof periods / sizeof periods[0]; i++) {
        r->period_ms = strcasecmp(text, periods[i].name) == 0 ? periods[i].ms : r->period_ms;
    }
}

static void read_frequency(struct reading *r, const char *text)
{
    int64_t times = number_of(text);
    r->frequency = times > 0 ? times : r->frequency;
}

static const struct {
    const char *name;
    void (*read)(struct reading *r, const char *text);
} elements[] = {{"ttl", read_ttl},
                {"hour", read_hour},
                {"day", read_day},
                {"updatePeriod", read_period},
                {"updateFrequency", read_frequency}};

static void read_element(struct reading *r, xmlTextReaderPtr reader, const char *name)
{
    for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++) {
        if (strcasecmp(name, elements[i].name) == 0) {
            xmlChar *inside = xmlTextReaderReadString(reader);
            struct slice text = slice_trim(slice_cstr((const char *)inside));
            char copy[TEXT_MOST] = "";
            if (text.len < sizeof copy) {
                memcpy(copy, text.len ? text.ptr : "", text.len);
            }
            elements[i].read(r, copy);
            xmlFree(inside);
        }
    }
}

static void walk(struct reading *r, xmlTextReaderPtr reader)
{
    int more = xmlTextReaderRead(reader);
    for (size_t nodes = 0; more == 1 && nodes < NODES_MOST; nodes++) {
        const char *name = (const char *)xmlTextReaderConstLocalName(reader);
        bool opens = xmlTextReaderNodeType(reader) == XML_READER_TYPE_ELEMENT;
        bool item = opens && name && (strcmp(name, "item") == 0 || strcmp(name, "entry") == 0);
        if (opens && name && !item) {
            read_element(r, reader, name);
        }
        more = item ? xmlTextReaderNext(reader) : xmlTextReaderRead(reader);
    }
}

struct feed_rhythm feed_rhythm_read(struct slice bytes)
{
    struct reading r = {.frequency = 1};
    bytes = slice_trim(bytes);
    if (bytes.len == 0 || bytes.ptr[0] == '{' || bytes.len > INT32_MAX) {
        return r.rhythm;
    }
    xml_guard();
    struct arena *arena = arena_new(0);
    struct slice bound = arena ? xml_bound(bytes, false, arena) : SLICE_NONE;
    xmlTextReaderPtr reader =
        slice_present(bound)
            ? xmlReaderForMemory(bound.ptr, (int)bound.len, NULL, NULL,
                                 XML_PARSE_RECOVER | XML_PARSE_NONET | XML_PARSE_NOERROR |
                                     XML_PARSE_NOWARNING | XML_PARSE_NOCDATA)
            : NULL;
    if (reader) {
        walk(&r, reader);
        xmlFreeTextReader(reader);
    }
    arena_free(arena);
    int64_t period_ms = r.period_ms / r.frequency;
    r.rhythm.ttl_ms = period_ms > r.rhythm.ttl_ms ? period_ms : r.rhythm.ttl_ms;
    return r.rhythm;
}
