/* News sitemaps: which pages a site published of late. Each is read once, and again when its entry says that it changed. */
#include <stdlib.h>

#include "follow/place.h"
#include "follow/visiting.h"
#include "ingest/charset.h"
#include "ingest/identity.h"
#include "ingest/xml_sitemap.h"

#define CHILDREN_MOST 4 /* of an index, the newest */
#define FAILED_MOST   5 /* pages in a row that can't be read: then the others can't either */

struct mapping {
    struct visiting *v;
    struct sitemap map;
    size_t failed; /* in a row */
    struct err why;
};

static int64_t moment_of(const struct sitemap_entry *entry)
{
    return entry->published.present  ? entry->published.time_ms
           : entry->modified.present ? entry->modified.time_ms
                                     : 0;
}

static int by_newest(const void *a, const void *b)
{
    int64_t x = moment_of(a), y = moment_of(b);
    return (x < y) - (x > y);
}

static void sort_entries(struct sitemap *map)
{
    if (map->count > 0) {
        qsort(map->items, map->count, sizeof *map->items, by_newest);
    }
}

/* ---- an entry */

static bool identify(const struct mapping *m, const struct sitemap_entry *entry,
                     struct store_followed *out, struct err *e)
{
    struct visiting *v = m->v;
    struct slice canonical, key;
    if (identity_canonical_url(entry->url, v->arena, &canonical, e) != RC_OK ||
        identity_url_key(canonical, v->arena, &key, e) != RC_OK) {
        return false;
    }
    int64_t at_ms = moment_of(entry);
    struct slice parts[] = {arena_printf(v->arena, "%lld %lld ", (long long)entry->modified.time_ms,
                                         (long long)entry->published.time_ms),
                            slice_present(entry->title) ? entry->title : SLICE("")};
    struct digest said = digest_sha256(parts, 2);
    *out = (struct store_followed){.source = v->source->id,
                                   .item = digest_article_id("url", key),
                                   .said = digest_id(&said),
                                   .at_ms = at_ms < v->now_ms ? at_ms : v->now_ms};
    return true;
}

static void complete(struct document *page, const struct sitemap_entry *entry)
{
    if (!page->published.present && entry->published.present) {
        page->published = (struct moment){.present = true,
                                          .date_only = entry->published.date_only,
                                          .time_ms = entry->published.time_ms,
                                          .origin = ORIGIN_SUBMITTED};
    }
}

/* Reads the page and stores it. */
static void take_page(struct mapping *m, const struct sitemap_entry *entry,
                      const struct store_followed *followed)
{
    struct visiting *v = m->v;
    struct visit_item item = {.arena = arena_new(0), .followed = *followed};
    bool later = false;
    v->pages++;
    v->ours = v->ours || !item.arena;
    if (visit_is_over(v) ||
        visit_page(v, entry->url, item.arena, &item.document, &later, &m->why) != RC_OK) {
        m->failed++;
        v->unfinished = v->unfinished || later;
        if (!later && !visit_is_over(v)) {
            visit_refuse(v, &m->why);
        }
        arena_free(item.arena);
        return;
    }
    m->failed = 0;
    complete(item.document, entry);
    visit_store(v, &item);
}

static void take_entry(struct mapping *m, const struct sitemap_entry *entry)
{
    struct visiting *v = m->v;
    struct store_followed followed;
    struct err e = {0};
    bool known = false;
    uint64_t said = 0;
    if (!identify(m, entry, &followed, &e)) {
        visit_refuse(v, &e);
        return;
    }
    if (visit_was_met(v, followed.item)) {
        return;
    }
    v->ours =
        v->ours || store_followed_look(v->reader, v->source->row, followed.item, &known, &said, &e);
    if (known && said == followed.said) {
        v->report->unchanged++;
    } else if (v->pages >= VISIT_PAGES_MOST) {
        v->unfinished = true;
    } else if (!v->ours) {
        take_page(m, entry, &followed);
    }
}

/* Those of the last seven days, the newest first. */
static enum rc take_entries(struct mapping *m, struct err *e)
{
    struct visiting *v = m->v;
    size_t dated = 0;
    sort_entries(&m->map);
    for (size_t i = 0; i < m->map.count && i < VISIT_ITEMS_MOST && !visit_is_over(v); i++) {
        const struct sitemap_entry *entry = &m->map.items[i];
        dated += moment_of(entry) != 0;
        if (moment_of(entry) > v->now_ms - SOURCE_WEEK_MS) {
            take_entry(m, entry);
        }
        if (m->failed >= FAILED_MOST) {
            return err_set(e, RC_INVALID, "its pages can't be read: %.400s", m->why.message);
        }
        v->ours = v->ours || v->tools->stopping(v->tools->context);
    }
    return m->map.count > 0 && dated == 0
               ? err_set(e, RC_INVALID,
                         "the sitemap doesn't say when its pages changed: follow a news sitemap or "
                         "a feed")
               : RC_OK;
}

/* ---- sitemaps */

static enum rc read_map(struct mapping *m, const struct fetch_reply *reply, struct err *e)
{
    struct ingest_hints hints = {.url = reply->final_url,
                                 .charset =
                                     charset_served(reply->content_type, buf_view(&reply->body))};
    m->map = (struct sitemap){.items = NULL};
    return sitemap_read(buf_view(&reply->body), &hints, m->v->arena, &m->map, e);
}

static enum rc ask_map(struct visiting *v, struct slice url, struct fetch_reply *reply,
                       struct err *e)
{
    struct fetch_request request = {.accept = FETCH_SITEMAP};
    enum rc rc = place_read(url, v->arena, &request.url, e);
    struct host *host =
        rc == RC_OK ? v->tools->enter(v->tools->context, place_origin(request.url)) : NULL;
    if (!host) {
        v->ours = v->ours || rc == RC_OK;
        return rc == RC_OK ? err_set(e, RC_BUSY, "stopping") : rc;
    }
    rc = visit_rules_check(v, host, request.url, e);
    rc = rc == RC_OK ? visit_ask(v, host, &request, reply, e) : rc;
    v->tools->leave(v->tools->context, host);
    return rc == RC_OK && reply->status != 200
               ? err_set(e, RC_INVALID, "a sitemap of the index answers %u", reply->status)
               : rc;
}

static enum rc take_child(struct visiting *v, struct slice url, struct err *e)
{
    struct mapping m = {.v = v};
    struct fetch_reply reply = {.retry_after_s = -1};
    enum rc rc = ask_map(v, url, &reply, e);
    rc = rc == RC_OK ? read_map(&m, &reply, e) : rc;
    fetch_reply_done(&reply);
    if (rc == RC_OK && m.map.is_index) {
        rc = err_set(e, RC_INVALID, "a sitemap index names another index");
    }
    return rc == RC_OK ? take_entries(&m, e) : rc;
}

enum rc visit_sitemap(struct visiting *v, const struct fetch_reply *reply, struct err *e)
{
    struct mapping m = {.v = v};
    enum rc rc = read_map(&m, reply, e);
    if (rc != RC_OK || !m.map.is_index) {
        return rc == RC_OK ? take_entries(&m, e) : rc;
    }
    sort_entries(&m.map);
    v->no_validators = true; /* an index may stay the same while its sitemaps change */
    for (size_t i = 0; i < m.map.count && i < CHILDREN_MOST && rc == RC_OK; i++) {
        rc = visit_is_over(v) ? RC_OK : take_child(v, m.map.items[i].url, e);
    }
    return rc;
}
