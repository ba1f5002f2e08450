#include "cli/discover.h"

#include <string.h>
#include <strings.h>

#include "cli/stop.h"
#include "fetch/robots.h"
#include "ingest/html_discover.h"
#include "ingest/xml_sitemap.h"

#define CHILDREN_MOST 4 /* of an index, that are called news */

static const char *const usual_feeds[] = {"/feed",     "/rss",       "/rss.xml",  "/feed.xml",
                                          "/atom.xml", "/index.xml", "/feed.json"};
static const char *const usual_sitemaps[] = {"/news-sitemap.xml", "/sitemap-news.xml",
                                             "/sitemap_news.xml", "/sitemap.xml"};
static const char *const words_of_news[] = {"news", "actu", "article", "derni", "recent", "latest"};

struct search {
    struct web *web;
    struct arena *arena;
    struct sources_found *out;
    struct slice page; /* its address */
    int requests;
    bool has_feed;
};

const char *discover_kind_name(enum source_found_kind kind)
{
    static const char *const names[] = {"feed", "news_sitemap", "sitemap"};
    return names[kind];
}

const char *discover_by_name(enum source_found_by by)
{
    static const char *const names[] = {"given", "page", "robots.txt", "sitemap index", "guess"};
    return names[by];
}

/* ---- one address */

static bool was_met(const struct search *s, struct slice url)
{
    for (size_t i = 0; i < s->out->count; i++) {
        if (slice_equal(s->out->items[i].url, url)) {
            return true;
        }
    }
    return false;
}

static struct source_found *add(struct search *s, struct slice url, enum source_found_kind kind,
                                enum source_found_by by)
{
    struct source_found *found = ARENA_PUSH(s->arena, s->out);
    if (found) {
        *found = (struct source_found){.url = arena_copy(s->arena, url), .kind = kind, .by = by};
    }
    return found;
}

static void add_failed(struct search *s, struct slice url, enum source_found_kind kind,
                       enum source_found_by by, const struct err *e)
{
    struct source_found *found = by == FOUND_BY_GUESS || stop_signal ? NULL : add(s, url, kind, by);
    if (found) {
        found->error = arena_copy(s->arena, slice_cstr(e->message));
    }
}

static bool ask(struct search *s, struct slice url, enum fetch_accept accept,
                struct fetch_reply *reply, struct err *e)
{
    struct fetch_request request = {.url = url, .accept = accept};
    *reply = (struct fetch_reply){.status = 0};
    if (s->requests == DISCOVER_REQUESTS) {
        err_set(e, RC_INVALID, "not asked: %d requests are enough", DISCOVER_REQUESTS);
        return false;
    }
    s->requests++;
    return web_get_politely(s->web, &request, reply, e) == RC_OK;
}

/* ---- feeds */

/* False: it is none. */
static bool read_feed(struct search *s, const struct fetch_reply *reply, enum source_found_by by,
                      struct err *e)
{
    struct ingest_hints hints = {.url = SLICE_NONE};
    struct ingest_source *source = NULL;
    struct document *first = NULL;
    size_t items = 0;
    web_type(reply, &hints);
    bool feed = slice_is(hints.content_type, "application/rss+xml") ||
                slice_is(hints.content_type, "application/feed+json");
    if (!feed || ingest_open_bytes(buf_view(&reply->body), &hints, &source, e)) {
        return feed ? false : (err_set(e, RC_INVALID, "what stands there is no feed"), false);
    }
    enum rc rc = ingest_total(source, &items, e);
    if (rc == RC_OK) {
        struct err ignored;
        struct source_found *found = add(s, reply->final_url, SOURCE_FOUND_FEED, by);
        if (found) {
            found->items = items;
            bool told = ingest_next(source, s->arena, &first, &ignored) == RC_OK && first;
            found->title = told ? first->source.text : SLICE_NONE;
        }
        s->has_feed = true;
    }
    ingest_close(source);
    return rc == RC_OK;
}

static void look_at_feed(struct search *s, struct slice url, enum source_found_by by)
{
    struct fetch_reply reply;
    struct err e = {0};
    if (was_met(s, url) || stop_signal) {
        return;
    }
    bool good = ask(s, url, FETCH_FEED, &reply, &e);
    if (good && was_met(s, reply.final_url)) {
        good = true; /* another address of what is listed */
    } else if (!good || !read_feed(s, &reply, by, &e)) {
        add_failed(s, url, SOURCE_FOUND_FEED, by, &e);
    }
    fetch_reply_done(&reply);
}

/* ---- sitemaps */

static bool is_called_news(struct slice url)
{
    for (size_t i = 0; i < sizeof words_of_news / sizeof words_of_news[0]; i++) {
        size_t len = strlen(words_of_news[i]);
        for (size_t at = 0; at + len <= url.len; at++) {
            if (strncasecmp(url.ptr + at, words_of_news[i], len) == 0) {
                return true;
            }
        }
    }
    return false;
}

static void look_at_sitemap(struct search *s, struct slice url, enum source_found_by by, bool deep);

static void look_into_index(struct search *s, const struct sitemap *index)
{
    int children = 0;
    for (size_t i = 0; i < index->count && children < CHILDREN_MOST; i++) {
        if (is_called_news(index->items[i].url)) {
            look_at_sitemap(s, index->items[i].url, FOUND_BY_INDEX, false);
            children++;
        }
    }
    if (children == 0 && index->count > 0) { /* to know what they are like */
        look_at_sitemap(s, index->items[0].url, FOUND_BY_INDEX, false);
    }
}

static bool read_sitemap(struct search *s, const struct fetch_reply *reply, enum source_found_by by,
                         bool deep, struct err *e)
{
    struct ingest_hints hints = {.url = reply->final_url};
    struct sitemap sitemap;
    if (sitemap_read(buf_view(&reply->body), &hints, s->arena, &sitemap, e)) {
        return false;
    }
    if (sitemap.is_index) {
        if (deep) {
            look_into_index(s, &sitemap);
        }
        return true;
    }
    struct source_found *found =
        add(s, reply->final_url, sitemap.news > 0 ? SOURCE_FOUND_NEWS : SOURCE_FOUND_SITEMAP, by);
    if (found) {
        found->items = sitemap.count;
        found->title = sitemap.news > 0 ? sitemap.items[0].source : SLICE_NONE;
    }
    return true;
}

static void look_at_sitemap(struct search *s, struct slice url, enum source_found_by by, bool deep)
{
    struct fetch_reply reply;
    struct err e = {0};
    if (was_met(s, url) || stop_signal) {
        return;
    }
    bool good = ask(s, url, FETCH_SITEMAP, &reply, &e);
    if (!good || (!was_met(s, reply.final_url) && !read_sitemap(s, &reply, by, deep, &e))) {
        add_failed(s, url, SOURCE_FOUND_SITEMAP, by, &e);
    }
    fetch_reply_done(&reply);
}

/* ---- a site */

static struct slice on_site(struct search *s, const char *path)
{
    size_t host = slice_find(s->page, SLICE("://"), 0), at;
    for (at = host + 3; at < s->page.len && !memchr("/?#", s->page.ptr[at], 3); at++) {
    }
    return arena_printf(s->arena, "%.*s%s", (int)at, s->page.ptr, path);
}

static void look_at_page(struct search *s, const struct fetch_reply *reply,
                         const struct ingest_hints *hints)
{
    struct discoveries named;
    struct err ignored;
    if (discover_in_page(buf_view(&reply->body), hints, s->arena, &named, &ignored)) {
        return;
    }
    for (size_t i = 0; i < named.count; i++) {
        const struct discover_hit *hit = &named.items[i];
        if (hit->kind == DISCOVER_SITEMAP) {
            look_at_sitemap(s, hit->url, FOUND_BY_PAGE, true);
        } else if (hit->sign != SIGN_COMMENTS) {
            /* What merely looks like a feed is a guess. */
            look_at_feed(s, hit->url, hit->sign == SIGN_LINK ? FOUND_BY_PAGE : FOUND_BY_GUESS);
        }
    }
}

static void look_at_robots(struct search *s)
{
    struct err ignored = {0};
    const struct robots *robots = web_robots(s->web, s->page, &ignored);
    for (size_t i = 0; robots && i < robots->sitemaps.count; i++) {
        look_at_sitemap(s, robots->sitemaps.items[i], FOUND_BY_ROBOTS, true);
    }
    for (size_t i = 0; robots && robots->sitemaps.count == 0 &&
                       i < sizeof usual_sitemaps / sizeof usual_sitemaps[0];
         i++) {
        look_at_sitemap(s, on_site(s, usual_sitemaps[i]), FOUND_BY_GUESS, true);
    }
}

enum rc discover_sources(struct web *web, struct slice url, struct arena *arena,
                         struct sources_found *out, struct err *e)
{
    struct search search = {.web = web, .arena = arena, .out = out};
    struct fetch_request request = {.url = url, .accept = FETCH_PAGE};
    struct fetch_reply reply;
    struct ingest_hints hints = {.url = SLICE_NONE};
    struct err ignored;
    enum rc rc = web_get(web, &request, &reply, e);
    if (rc == RC_OK) {
        search.page = reply.final_url;
        hints.url = reply.final_url;
        web_type(&reply, &hints);
    }
    if (rc == RC_OK && sitemap_sniff(buf_view(&reply.body))) {
        rc = read_sitemap(&search, &reply, FOUND_GIVEN, true, e) ? RC_OK : RC_INVALID;
    } else if (rc == RC_OK && !read_feed(&search, &reply, FOUND_GIVEN, &ignored)) {
        look_at_page(&search, &reply, &hints);
        look_at_robots(&search);
        for (size_t i = 0; !search.has_feed && i < sizeof usual_feeds / sizeof usual_feeds[0];
             i++) {
            look_at_feed(&search, on_site(&search, usual_feeds[i]), FOUND_BY_GUESS);
        }
    }
    fetch_reply_done(&reply);
    return rc;
}
