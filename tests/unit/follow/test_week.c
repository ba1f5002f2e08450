/* Two hundred feeds for a week that takes seconds: every request, article and revision is foretold.
 *
 * The feeds are scripts (what stands there at a moment); `foretell` reads the same scripts and the rules as README tells
 * them, with its own words, one feed after the other, and knows nothing of slots, archives and XML. */
#include "given.h"

#define FEEDS      200
#define SHOWN      10 /* items that a feed has at a time */
#define ITEMS_MOST 400
#define LEAST      (30 * MINUTE)
#define MOST       DAY

enum habit {
    STEADY,
    QUIET,
    BURSTY,
    DEAD,
    FLAPPING,
    THROTTLED,
    MOVED,
    LEAVING,
    EDITED,
    SHARED,
    HABITS
};

static const struct habits {
    int64_t every;               /* an item */
    const char *head;            /* what the feed says of itself */
    int64_t ttl, max_age;        /* as it means for us */
    unsigned skip_from, skip_to; /* hours */
} habits[HABITS] = {
    [STEADY] = {.every = 4 * HOUR},
    [QUIET] = {.every = 0, .head = "<ttl>360</ttl>", .ttl = 6 * HOUR},
    [BURSTY] = {.every = 12 * HOUR,
                .head = "<skipHours><hour>0</hour><hour>1</hour><hour>2</hour><hour>3</hour>"
                        "<hour>4</hour></skipHours>",
                .skip_to = 5},
    [DEAD] = {.every = 0},
    [FLAPPING] = {.every = 12 * HOUR},
    [THROTTLED] = {.every = 8 * HOUR, .max_age = 6 * HOUR},
    [MOVED] = {.every = 12 * HOUR},
    [LEAVING] = {.every = 12 * HOUR},
    [EDITED] = {.every = 12 * HOUR},
    [SHARED] = {.every = 12 * HOUR},
};

/* ---- the scripts */

static enum habit habit_of(int feed)
{
    return (enum habit)(feed % HABITS);
}

/* Feeds of one habit don't publish at the same minute. Those that share their items do. */
static int64_t shift_of(int feed)
{
    return habit_of(feed) == SHARED ? 7 * MINUTE : (feed % 47) * MINUTE;
}

/* When item k was published; items of before the week have k under 5. -1: there is none. */
static int64_t published(int feed, int k)
{
    const struct habits *h = &habits[habit_of(feed)];
    int64_t every = h->every ? h->every : 20 * DAY;
    if (h->every == 0 && k > 1) {
        return -1;
    }
    if (habit_of(feed) == BURSTY && k >= 5) { /* eight within minutes, on Wednesday */
        return k < 13 ? MONDAY + 58 * HOUR + (k - 5) * MINUTE : -1;
    }
    return MONDAY + (k - 4) * every - shift_of(feed) - 1;
}

static int version_of(int feed, int k, int64_t now)
{
    return habit_of(feed) == EDITED && now >= published(feed, k) + 5 * HOUR ? 2 : 1;
}

static int item_count(int feed, int64_t now)
{
    int count = 0;
    while (count < ITEMS_MOST && published(feed, count) >= 0 && published(feed, count) <= now) {
        count++;
    }
    return count;
}

static int first_shown(int feed, int64_t now)
{
    int count = item_count(feed, now);
    return count > SHOWN ? count - SHOWN : 0;
}

/* What a validator stands for: everything that is shown. */
static int64_t state_of(int feed, int64_t now)
{
    int64_t state = item_count(feed, now);
    for (int k = first_shown(feed, now); k < item_count(feed, now); k++) {
        state = state * 3 + version_of(feed, k, now);
    }
    return state;
}

/* 0: no answer. 200 and 304 alike are 200 here. */
static unsigned status_of(int feed, int64_t now)
{
    int64_t hour = (now - MONDAY) / HOUR;
    switch (habit_of(feed)) {
    case DEAD:
        return 0;
    case FLAPPING:
        return hour % 2 ? 500 : 200;
    case THROTTLED:
        return hour >= 24 && hour < 48 ? 429 : 200;
    case LEAVING:
        return hour >= 72 ? 410 : 200;
    default:
        return 200;
    }
}

static bool is_moved(int feed, int64_t now)
{
    return habit_of(feed) == MOVED && now >= MONDAY + 24 * HOUR;
}

/* ---- the network that is made up of them */

struct made_up {
    int requests[FEEDS], robots[FEEDS], at_new[FEEDS], conditional[FEEDS];
};

static void address_of(int feed, bool moved, char out[64])
{
    snprintf(out, 64, "https://%s%d.example/feed", moved ? "new" : "feed", feed);
}

/* Items of feeds that share are the same addresses in both. */
static int namesake(int feed)
{
    return habit_of(feed) == SHARED && feed % 20 >= 10 ? feed - 10 : feed;
}

static void write_feed(struct buf *out, int feed, int64_t now)
{
    buf_printf(out, "<rss version=\"2.0\"><channel><title>Feed %d</title>%s", feed,
               habits[habit_of(feed)].head ? habits[habit_of(feed)].head : "");
    for (int k = item_count(feed, now) - 1; k >= first_shown(feed, now); k--) {
        char date[32];
        clock_format_http(published(feed, k) / 1000 * 1000, date);
        buf_printf(out,
                   "<item><title>Item %d of %d</title><link>https://press%d.example/%d</link>"
                   "<pubDate>%s</pubDate><description>Words %d, told for the %d. time in a feed."
                   "</description></item>",
                   k, namesake(feed), namesake(feed), k, date, k, version_of(feed, k, now));
    }
    buf_text(out, "</channel></rss>");
}

static enum rc answer(struct made_up *n, int feed, bool moved_here,
                      const struct fetch_request *request, struct fetch_reply *reply, struct err *e)
{
    int64_t now = clock_now_ms();
    unsigned status = status_of(feed, now);
    char etag[40], to[64];
    n->requests[feed]++;
    n->at_new[feed] += moved_here;
    reply->status = status;
    if (status == 0) {
        reply->failure = FETCH_FAILED_CONNECT;
        return err_set(e, RC_UNAVAILABLE, "nobody listens there");
    }
    snprintf(etag, sizeof etag, "\"%lld\"", (long long)state_of(feed, now));
    reply->max_age_s = habits[habit_of(feed)].max_age / 1000;
    reply->max_age_s = reply->max_age_s ? reply->max_age_s : -1;
    reply->retry_after_s = status == 429 ? 5 * 3600 : -1;
    if (status != 200) {
        return RC_OK;
    }
    if (is_moved(feed, now) && !moved_here) {
        address_of(feed, true, to);
        reply->moved_to = arena_copy(reply->arena, slice_cstr(to));
    }
    if (slice_is(request->etag, etag)) {
        n->conditional[feed]++;
        reply->status = 304;
        return RC_OK;
    }
    reply->etag = arena_copy(reply->arena, slice_cstr(etag));
    write_feed(&reply->body, feed, now);
    return RC_OK;
}

static enum rc ask(void *context, const struct fetch_request *request, struct fetch_reply *reply,
                   struct err *e)
{
    struct made_up *n = context;
    char url[100];
    int feed = -1;
    given_reply(reply, 404, "text/plain", NULL);
    snprintf(url, sizeof url, "%.*s", SLICE_ARG(request->url));
    bool moved = sscanf(url, "https://new%d.example/", &feed) == 1;
    assert_true(moved || sscanf(url, "https://feed%d.example/", &feed) == 1);
    assert_in_range(feed, 0, FEEDS - 1);
    if (strstr(url, "/robots.txt")) {
        n->robots[feed]++;
        return RC_OK;
    }
    return answer(n, feed, moved, request, reply, e);
}

/* ---- what must come of it */

struct foretold {
    int requests, robots, not_modified, at_new;
    int created, revised, unchanged, duplicates, failures;
    bool gone;
    int64_t next;
};

struct prophecy {
    struct foretold *f;
    int feed, version[ITEMS_MOST]; /* as seen last; 0: never */
    int64_t now, validator, rules_until[2];
    bool moved, saw_redirect;
};

static void foretell_items(struct prophecy *p, bool (*others)[ITEMS_MOST])
{
    for (int k = first_shown(p->feed, p->now); k < item_count(p->feed, p->now); k++) {
        int version = version_of(p->feed, k, p->now);
        if (p->version[k] == version) {
            p->f->unchanged++;
        } else if (p->version[k] != 0) {
            p->f->revised++;
        } else if (others && (*others)[k]) { /* the other feed had it first */
            p->f->duplicates++;
            p->f->unchanged++;
        } else {
            p->f->created++;
        }
        p->version[k] = version;
    }
}

static int64_t foretell_pause(const struct prophecy *p)
{
    const struct habits *h = &habits[habit_of(p->feed)];
    int64_t count = 0, pause = MOST;
    for (int k = 0; k < ITEMS_MOST; k++) {
        count += p->version[k] != 0 && published(p->feed, k) / 1000 * 1000 > p->now - WEEK;
    }
    if (count > 0) {
        pause = WEEK / count / 2;
    }
    pause = pause < LEAST ? LEAST : pause;
    pause = pause < h->ttl ? h->ttl : pause;
    pause = pause < h->max_age ? h->max_age : pause;
    return pause > MOST ? MOST : pause;
}

static int64_t foretell_skip(const struct prophecy *p, int64_t at)
{
    const struct habits *h = &habits[habit_of(p->feed)];
    int64_t hour = at / HOUR % 24;
    bool skipped = hour >= h->skip_from && hour < h->skip_to;
    return skipped ? at / DAY * DAY + h->skip_to * HOUR : at;
}

static void foretell_failure(struct prophecy *p, unsigned status)
{
    int64_t pause = LEAST;
    p->f->failures++;
    for (int i = 1; i < p->f->failures; i++) {
        pause = pause * 2 > MOST ? MOST : pause * 2;
    }
    pause = status == 0 && pause > HOUR ? HOUR : pause;
    pause = status == 429 && pause < 5 * HOUR ? 5 * HOUR : pause;
    p->f->gone = status == 410;
    p->f->next = p->now + pause;
}

static void foretell_visit(struct prophecy *p, bool (*others)[ITEMS_MOST])
{
    unsigned status = status_of(p->feed, p->now);
    if (p->now >= p->rules_until[p->moved]) {
        p->f->robots++;
        p->rules_until[p->moved] = p->now + DAY;
    }
    p->f->requests++;
    p->f->at_new += p->moved;
    if (status != 200) {
        foretell_failure(p, status);
        return;
    }
    p->f->failures = 0;
    if (state_of(p->feed, p->now) == p->validator) {
        p->f->not_modified++;
    } else {
        foretell_items(p, others);
        p->validator = state_of(p->feed, p->now);
    }
    if (is_moved(p->feed, p->now) && !p->moved) {
        p->moved = p->saw_redirect; /* believed when it is seen twice */
        p->saw_redirect = true;
    }
    p->f->next = foretell_skip(p, p->now + foretell_pause(p));
}

static struct foretold foretell(int feed, bool (*others)[ITEMS_MOST])
{
    struct foretold f = {.next = MONDAY};
    struct prophecy p = {.f = &f, .feed = feed};
    while (f.next < MONDAY + WEEK && !f.gone) {
        p.now = f.next;
        foretell_visit(&p, others);
    }
    for (int k = 0; others && k < ITEMS_MOST; k++) {
        (*others)[k] = (*others)[k] || p.version[k] != 0;
    }
    return f;
}

/* ---- the week */

static void compare(struct given *g, uint64_t id, int feed, const struct made_up *n,
                    const struct foretold *f)
{
    struct store_source s = given_get(g, id);
    char url[64];
    address_of(feed, f->at_new > 0, url);
    if (n->requests[feed] != f->requests || n->robots[feed] != f->robots ||
        n->at_new[feed] != f->at_new || s.not_modified != f->not_modified ||
        s.requests != f->requests + f->robots || s.revised != f->revised ||
        s.unchanged != f->unchanged || s.failures != f->failures || s.next_ms != f->next ||
        n->conditional[feed] != f->not_modified || !slice_is(s.choice.url, url) ||
        (s.choice.state == SOURCE_GONE) != f->gone) {
        fail_msg("feed %d: requests %d/%d, robots %d/%d, at new %d/%d, 304 %lld/%d, revised "
                 "%lld/%d, unchanged %lld/%d, failures %lld/%d, next %lld/%lld, at %.*s",
                 feed, n->requests[feed], f->requests, n->robots[feed], f->robots, n->at_new[feed],
                 f->at_new, (long long)s.not_modified, f->not_modified, (long long)s.revised,
                 f->revised, (long long)s.unchanged, f->unchanged, (long long)s.failures,
                 f->failures, (long long)s.next_ms, (long long)f->next, SLICE_ARG(s.choice.url));
    }
    assert_int_equal(s.refused, 0);
    assert_int_equal(s.created, f->created);
    assert_int_equal(s.duplicates, f->duplicates);
}

static void a_week_is_as_foretold(void **state)
{
    (void)state;
    static struct made_up network;
    static uint64_t ids[FEEDS];
    static bool shared[FEEDS][ITEMS_MOST];
    struct given g = given_open();
    struct err e = {0};
    struct watcher *watch;
    int64_t articles = 0, revisions = 0, requests = 0;
    for (int feed = 0; feed < FEEDS; feed++) {
        char url[64];
        address_of(feed, false, url);
        ids[feed] = given_source(&g, SOURCE_FEED, url);
    }
    struct watcher_options options = {.store = g.store,
                                      .pipeline = g.pipeline,
                                      .fetch = ask,
                                      .fetch_context = &network,
                                      .bounds = {LEAST, MOST, 0},
                                      .slots = 1,
                                      .wait = given_turn};
    assert_int_equal(watcher_new(&options, &watch, &e), RC_OK);
    assert_int_equal(watcher_run(watch, MONDAY + WEEK, &e), RC_OK);
    watcher_free(watch);
    for (int feed = 0; feed < FEEDS; feed++) {
        bool(*others)[ITEMS_MOST] = habit_of(feed) == SHARED ? &shared[namesake(feed)] : NULL;
        struct foretold f = foretell(feed, others);
        compare(&g, ids[feed], feed, &network, &f);
        articles += f.created;
        revisions += f.revised;
        requests += f.requests;
    }
    struct store_stats stats;
    assert_int_equal(store_stats(g.reader, g.arena, &stats, &e), RC_OK);
    assert_int_equal(stats.articles, articles);
    assert_true(articles > 1500 && revisions > 100 && requests > 7000);
    print_message("%lld requests, %lld articles, %lld revisions\n", (long long)requests,
                  (long long)articles, (long long)revisions);
    given_close(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_week_is_as_foretold)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
