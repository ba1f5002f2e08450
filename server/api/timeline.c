#include "api/timeline.h"

#include <math.h>

#include "api/filters.h"
#include "api/formats.h"
#include "api/routes.h"
#include "api/view_facets.h"
#include "store/timeline.h"
#include "text/dates.h"

enum { OF_ARTICLES, OF_MENTIONS, OF_QUOTES }; /* P_OF's choices */

/* Filters that one of the two lists alone has. */
static const struct {
    enum param param;
    bool of_quotes;
} particular[] = {
    {P_QUOTE_TYPE, true},  {P_CHANNEL, true},    {P_SAID_TYPE, false}, {P_HAS_QUOTES, false},
    {P_MIN_QUOTES, false}, {P_MIN_WORDS, false}, {P_MAX_WORDS, false}, {P_COLLAPSE, false},
};

/* Nothing is ignored in silence. */
static enum rc check_filters(const struct call *call, bool quotes, struct err *e)
{
    for (size_t i = 0; i < sizeof particular / sizeof particular[0]; i++) {
        const char *name = param_spec(particular[i].param)->name;
        if (call_param(call, particular[i].param)->given && particular[i].of_quotes != quotes) {
            return err_field(e, RC_INVALID, name, "%s goes with of=%s", name,
                             particular[i].of_quotes ? "quotes" : "articles or of=mentions");
        }
    }
    if (call_param(call, P_SPLIT_LIMIT)->given && !call_param(call, P_SPLIT)->given) {
        return err_field(e, RC_INVALID, "split_limit",
                         "split_limit goes with split: say by what, as in split=source");
    }
    if (call_param(call, P_SPLIT)->given && call->format != FORMAT_JSON) {
        return err_field(e, RC_INVALID, "split",
                         "split goes with json: rows are the buckets alone");
    }
    if (call_param(call, P_SPLIT)->given && !quotes &&
        call_param(call, P_SPLIT)->number > FACET_SPEAKER) {
        return err_field(e, RC_INVALID, "split", "split=%.*s goes with of=quotes",
                         SLICE_ARG(call_param(call, P_SPLIT)->text));
    }
    return RC_OK;
}

/* "Z", "+01:00", "-0330", "+5". Names of zones would need the history of all clocks of the world. */
static enum rc read_offset(const struct call *call, int *offset_min, struct err *e)
{
    struct slice text = call_param(call, P_TZ)->text;
    int digits[4] = {0}, count = 0;
    bool good = text.len > 0;
    *offset_min = 0;
    if (slice_is(text, "Z") || slice_is(text, "z") || slice_is(text, "UTC")) {
        return RC_OK;
    }
    good = good && (text.ptr[0] == '+' || text.ptr[0] == '-' || text.ptr[0] == ' ');
    for (size_t i = 1; i < text.len && good; i++) {
        if (text.ptr[i] == ':' && count == 2) {
            continue;
        }
        good = count < 4 && text.ptr[i] >= '0' && text.ptr[i] <= '9';
        digits[good ? count++ : 0] = good ? text.ptr[i] - '0' : 0;
    }
    good = good && count > 0 && count != 3;
    int hours = count == 1 ? digits[0] : digits[0] * 10 + digits[1];
    int minutes = digits[2] * 10 + digits[3];
    if (!good || hours > 14 || minutes > 59) {
        return err_field(
            e, RC_INVALID, "tz",
            "tz is a fixed offset from UTC up to 14 hours, such as %%2B01:00, -03:30 or "
            "Z; names of zones aren't known here");
    }
    *offset_min = (hours * 60 + minutes) * (text.ptr[0] == '-' ? -1 : 1);
    return RC_OK;
}

static enum rc read_query(const struct call *call, struct store_timeline_query *query,
                          struct err *e)
{
    int64_t of = call_param(call, P_OF)->number;
    *query = (struct store_timeline_query){
        .list = of == OF_QUOTES ? STORE_QUOTE_LIST : STORE_ARTICLE_LIST,
        .mentions = of == OF_MENTIONS,
        .interval = (enum store_interval)call_param(call, P_INTERVAL)->number,
        .has_split = call_param(call, P_SPLIT)->given,
        .split = (enum store_facet)call_param(call, P_SPLIT)->number,
        .split_limit = (uint32_t)call_param(call, P_SPLIT_LIMIT)->number};
    enum rc rc = check_filters(call, of == OF_QUOTES, e);
    rc = rc == RC_OK ? read_offset(call, &query->offset_min, e) : rc;
    return rc == RC_OK ? filters_read(call, query->list, &query->filter, e) : rc;
}

static void write_counts(struct jsonw *w, const char *key, const int64_t *counts, size_t count)
{
    jsonw_key(w, key);
    jsonw_array(w);
    for (size_t i = 0; i < count; i++) {
        jsonw_int(w, counts[i]);
    }
    jsonw_end(w);
}

static void write_buckets(struct jsonw *w, const struct store_timeline *timeline)
{
    char start[32];
    jsonw_key(w, "buckets");
    jsonw_array(w);
    for (size_t i = 0; i < timeline->count; i++) {
        jsonw_object(w);
        dates_format(timeline->starts_ms[i], false, start);
        jsonw_key_text(w, "start", start);
        jsonw_key_int(w, "count", timeline->counts[i]);
        jsonw_key_int(w, "corpus", timeline->corpus[i]);
        if (timeline->corpus[i] > 0) {
            double share = (double)timeline->counts[i] / (double)timeline->corpus[i];
            jsonw_key_real(w, "share", round(share * 1e6) / 1e6);
        } else {
            jsonw_key_null(w, "share");
        }
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void write_series(struct call *call, struct jsonw *w, const struct store_timeline *timeline)
{
    jsonw_key_string(w, "split", call_param(call, P_SPLIT)->text);
    jsonw_key(w, "series");
    jsonw_array(w);
    for (size_t i = 0; i < timeline->series_count; i++) {
        jsonw_object(w);
        view_facet_value(w, call->base, &timeline->series[i].value);
        jsonw_key_int(w, "count", timeline->series[i].value.count);
        write_counts(w, "counts", timeline->series[i].counts, timeline->count);
        jsonw_end(w);
    }
    jsonw_end(w);
    write_counts(w, "other", timeline->other, timeline->count);
    write_counts(w, "missing", timeline->missing, timeline->count);
}

enum rc timeline_get(struct call *call, struct err *e)
{
    struct store_timeline_query query;
    struct store_timeline timeline;
    bool fresh;
    enum rc rc = call_etag(call, "", &fresh, e);
    if (rc != RC_OK || fresh) {
        return rc;
    }
    rc = read_query(call, &query, e);
    rc = rc == RC_OK ? store_timeline(call->reader, &query, call->arena, &timeline, e) : rc;
    if (rc != RC_OK) {
        return filters_refuse(call, rc, e);
    }
    struct jsonw w = reply_jsonw(call->reply);
    jsonw_object(&w);
    jsonw_key_string(&w, "of", call_param(call, P_OF)->text);
    jsonw_key_text(&w, "interval", store_interval_name(timeline.interval));
    jsonw_key_int(&w, "offset_minutes", query.offset_min);
    jsonw_key_int(&w, "total", timeline.total);
    write_buckets(&w, &timeline);
    if (query.has_split) {
        write_series(call, &w, &timeline);
    }
    jsonw_end(&w);
    return RC_OK;
}
