#include "cli/source_choice.h"

#include <stdlib.h>
#include <string.h>

#include "api/source_fields.h"
#include "base/jsonw.h"
#include "cli/discover.h"
#include "follow/place.h"

/* Read by the same rules as a body of POST /sources. */
static enum rc read_options(const struct cli *cli, struct arena *arena,
                            struct store_source_choice *choice, struct err *e)
{
    static const char *const texts[] = {"kind", "name", "lang", "section"};
    const char *nearest;
    bool given;
    struct buf body;
    struct jsonw w;
    buf_init(&body);
    jsonw_init(&w, &body, 0);
    jsonw_object(&w);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (cli_value(cli, texts[i])) {
            jsonw_key_text(&w, texts[i], cli_value(cli, texts[i]));
        }
    }
    if (cli_switch(cli, "full")) {
        jsonw_key_bool(&w, "full", true);
    }
    jsonw_end(&w);
    enum rc rc = source_fields_read(buf_view(&body), arena, choice, &given, &nearest, e);
    buf_done(&body);
    return rc;
}

/* "90s", "30m", "6h", "2d" */
static enum rc read_interval(const struct cli *cli, const char *name, int64_t *ms, struct err *e)
{
    static const struct {
        char unit;
        int64_t ms;
    } units[] = {{'s', 1000}, {'m', 60000}, {'h', 3600000}, {'d', 86400000}};
    const char *text = cli_value(cli, name);
    char *end = NULL;
    if (!text) {
        return RC_OK;
    }
    long long value = strtoll(text, &end, 10);
    bool one_unit = end != text && *end != '\0' && end[1] == '\0';
    for (size_t i = 0; i < sizeof units / sizeof units[0] && one_unit; i++) {
        bool fits = value > 0 && value < INT64_MAX / units[i].ms;
        *ms = fits && *end == units[i].unit ? value * units[i].ms : *ms;
    }
    bool good = *ms >= SOURCE_INTERVAL_LEAST_S * 1000LL && *ms <= SOURCE_INTERVAL_MOST_S * 1000LL;
    return good ? RC_OK
                : err_field(e, RC_INVALID, name,
                            "--%s is a time from 1m to 30d, such as 90s, 30m or 6h, not \"%s\"",
                            name, text);
}

/* What the address itself is comes first, then a feed that its page names. */
static const struct source_found *pick(const struct sources_found *found)
{
    const struct source_found *best = NULL;
    for (size_t i = 0; i < found->count; i++) {
        const struct source_found *one = &found->items[i];
        bool usable = one->error.len == 0 && one->kind != SOURCE_FOUND_SITEMAP;
        usable = usable || (one->error.len == 0 && one->by == FOUND_GIVEN);
        bool better = !best || one->by == FOUND_GIVEN ||
                      (best->kind != SOURCE_FOUND_FEED && one->kind == SOURCE_FOUND_FEED);
        best = usable && better ? one : best;
    }
    return best;
}

static void tell_others(const struct sources_found *found, const struct source_found *picked)
{
    for (size_t i = 0; i < found->count; i++) {
        if (&found->items[i] != picked && found->items[i].error.len == 0) {
            cli_complain("there is also %.*s", SLICE_ARG(found->items[i].url));
        }
    }
}

static enum rc look(struct web *web, struct slice address, struct arena *arena,
                    struct store_source_choice *choice, struct err *e)
{
    struct sources_found found = {.items = NULL};
    enum rc rc = discover_sources(web, address, arena, &found, e);
    if (rc != RC_OK) {
        return err_context(e, "%.*s can't be looked at (--kind feed follows it all the same)",
                           (int)(address.len < 200 ? address.len : 200), address.ptr);
    }
    const struct source_found *picked = pick(&found);
    if (!picked) {
        return err_set(e, RC_INVALID,
                       "no feed and no news sitemap was found there; --kind page follows the page "
                       "itself");
    }
    tell_others(&found, picked);
    choice->kind = picked->kind == SOURCE_FOUND_FEED ? SOURCE_FEED : SOURCE_SITEMAP;
    return place_read(picked->url, arena, &choice->url, e);
}

enum rc source_choice_read(const struct cli *cli, const char *address, struct arena *arena,
                           struct store_source_choice *out, struct err *e)
{
    struct store_source_choice choice = {.kind = SOURCE_FEED};
    struct web *web = NULL;
    enum rc rc = place_read(slice_cstr(address), arena, &choice.url, e);
    rc = rc == RC_OK ? read_options(cli, arena, &choice, e) : rc;
    rc = rc == RC_OK ? read_interval(cli, "min-interval", &choice.least_ms, e) : rc;
    rc = rc == RC_OK ? read_interval(cli, "max-interval", &choice.most_ms, e) : rc;
    if (rc == RC_OK && choice.most_ms > 0 && choice.most_ms < choice.least_ms) {
        rc = err_set(e, RC_INVALID, "--max-interval is shorter than --min-interval");
    }
    if (rc == RC_OK && !cli_value(cli, "kind")) {
        rc = web_open(cli, &web, e);
        rc = rc == RC_OK ? look(web, choice.url, arena, &choice, e) : rc;
        web_close(web);
    }
    if (rc == RC_OK) {
        *out = choice;
    }
    return rc;
}
