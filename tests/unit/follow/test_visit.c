/* Single visits: what servers answer, and what is kept of it. */
#include "given.h"

#define SLOW (30 * MINUTE)

/* One answer after the other; the last one stays. */
struct script {
    struct {
        const char *url; /* of the request, its end */
        unsigned status; /* 0: `failure` */
        enum fetch_failure failure;
        const char *body, *etag, *moved_to;
        int64_t retry_after_s;
    } answers[16];
    int asked[16];
    int64_t at_ms[32]; /* when each request came */
    int requests;
    bool was_conditional;
    struct given *changes; /* somebody changes the source while it is asked */
    uint64_t changed;
};

static bool ends(struct slice url, const char *end)
{
    return slice_ends(url, slice_cstr(end));
}

static void change_now(struct script *s)
{
    struct store_source_choice choice = given_get(s->changes, s->changed).choice;
    struct err e = {0};
    choice.url = SLICE("https://elsewhere.example/feed");
    assert_int_equal(store_source_change(s->changes->store, s->changed, 0, &choice,
                                         (struct store_actor){.who = SLICE("test")}, &e),
                     RC_OK);
}

static enum rc ask(void *context, const struct fetch_request *request, struct fetch_reply *reply,
                   struct err *e)
{
    struct script *s = context;
    assert_true(s->requests < 32);
    s->at_ms[s->requests++] = clock_now_ms();
    for (int i = 0; i < 16 && s->answers[i].url; i++) {
        if (!ends(request->url, s->answers[i].url)) {
            continue;
        }
        s->asked[i]++;
        s->was_conditional = slice_present(request->etag);
        if (s->changes) {
            change_now(s);
        }
        given_reply(reply, s->answers[i].status, "text/plain",
                    s->answers[i].status == 200 ? s->answers[i].body : NULL);
        reply->failure = s->answers[i].failure;
        reply->etag = slice_cstr(s->answers[i].etag);
        reply->moved_to = slice_cstr(s->answers[i].moved_to);
        reply->final_url = arena_copy(reply->arena, request->url);
        reply->retry_after_s = s->answers[i].retry_after_s ? s->answers[i].retry_after_s : -1;
        return s->answers[i].status ? RC_OK : err_set(e, RC_UNAVAILABLE, "nobody listens there");
    }
    given_reply(reply, 404, "text/plain", NULL);
    return RC_OK;
}

static enum rc watch(struct given *g, struct script *s, int64_t until_ms, int64_t gap_ms)
{
    struct watcher_options options = {.store = g->store,
                                      .pipeline = g->pipeline,
                                      .fetch = ask,
                                      .fetch_context = s,
                                      .bounds = {SLOW, DAY, 0},
                                      .host_gap_ms = gap_ms,
                                      .slots = 1,
                                      .wait = given_turn};
    struct watcher *watcher;
    struct err e = {0};
    assert_int_equal(watcher_new(&options, &watcher, &e), RC_OK);
    enum rc rc = watcher_run(watcher, until_ms, &e);
    watcher_free(watcher);
    return rc;
}

/* All that is due now. */
static struct store_source visit(struct given *g, struct script *s, uint64_t id)
{
    assert_int_equal(watch(g, s, clock_now_ms() + 1, 0), RC_OK);
    return given_get(g, id);
}

#define ITEM(name, text)                                                                           \
    "<item><title>" name "</title><link>https://press.example/" name "</link><description>" text   \
    "</description></item>"
#define FEED(items) "<rss version=\"2.0\"><channel><title>A</title>" items "</channel></rss>"

static void answers_in_words(void **state)
{
    (void)state;
    static const struct {
        unsigned status;
        enum fetch_failure failure;
        const char *body, *words;
    } cases[] = {{403, 0, NULL, "refuses"},
                 {429, 0, NULL, "too often"},
                 {500, 0, NULL, "failed (500)"},
                 {503, 0, NULL, "not available"},
                 {302, 0, NULL, "302"},
                 {204, 0, NULL, "204"},
                 {304, 0, NULL, "was not asked"},
                 {404, 0, NULL, "nothing at this address since 2026-01-05"},
                 {410, 0, NULL, "gone for good"},
                 {0, FETCH_FAILED_CONNECT, NULL, "nobody listens"},
                 {200, 0, "<!doctype html><html><body>Hi</body></html>", "web page"},
                 {200, 0, "plain words", "neither RSS"},
                 {200, 0, "", "neither RSS"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct given g = given_open();
        struct script s = {.answers = {{.url = "/feed",
                                        .status = cases[i].status,
                                        .failure = cases[i].failure,
                                        .body = cases[i].body}}};
        struct store_source source =
            visit(&g, &s, given_source(&g, SOURCE_FEED, "https://a.example/feed"));
        if (slice_find(source.error, slice_cstr(cases[i].words), 0) == SIZE_MAX) {
            fail_msg("%u: %.*s", cases[i].status, SLICE_ARG(source.error));
        }
        assert_true(source.failures == 1 && source.success_ms == 0);
        assert_int_equal(source.status, cases[i].status);
        assert_true((source.choice.state == SOURCE_GONE) == (cases[i].status == 410));
        given_close(&g);
    }
}

static void a_stop_is_nobodys_fault(void **state)
{
    (void)state;
    struct given g = given_open();
    struct script s = {.answers = {{.url = "/feed", .failure = FETCH_CANCELLED}}};
    uint64_t id = given_source(&g, SOURCE_FEED, "https://a.example/feed");
    assert_int_equal(watch(&g, &s, clock_now_ms() + 1, 0), RC_UNAVAILABLE);
    struct store_source source = given_get(&g, id);
    assert_true(source.failures == 0 && source.attempt_ms == 0 && source.requests == 0);
    given_close(&g);
}

static void what_is_changed_meanwhile_is_asked_anew(void **state)
{
    (void)state;
    struct given g = given_open();
    struct script s = {.answers = {{.url = "a.example/feed",
                                    .status = 200,
                                    .body = FEED(ITEM("one", "Un.")),
                                    .etag = "\"1\""}}};
    uint64_t id = given_source(&g, SOURCE_FEED, "https://a.example/feed");
    s.changes = &g;
    s.changed = id;
    assert_int_equal(watch(&g, &s, clock_now_ms() + 1, 0), RC_OK);
    struct store_source source = given_get(&g, id);
    assert_true(slice_is(source.choice.url, "https://elsewhere.example/feed"));
    assert_true(!slice_present(source.etag) && source.revision >= 2); /* of the old address */
    assert_int_equal(source.created, 1);
    given_close(&g);
}

static void one_item_twice_is_one(void **state)
{
    (void)state;
    struct given g = given_open();
    struct script s = {.answers = {{.url = "/feed",
                                    .status = 200,
                                    .body = FEED(ITEM("one", "Un.") ITEM("one", "Un, autrement.")
                                                     ITEM("two", "Deux.") "<item></item>")}}};
    uint64_t id = given_source(&g, SOURCE_FEED, "https://a.example/feed");
    for (int i = 0; i < 3; i++) {
        struct store_source source = visit(&g, &s, id);
        assert_true(source.created == 2 && source.revised == 0 && source.duplicates == 0);
        assert_int_equal(source.unchanged, 2 * i);
        assert_int_equal(source.refused, i + 1); /* the one that says nothing */
        clock_fake_ms(source.next_ms);
    }
    given_close(&g);
}

static void a_feed_has_an_end(void **state)
{
    (void)state;
    struct given g = given_open();
    struct buf body;
    buf_init(&body);
    buf_text(&body, "<rss><channel><title>A</title>");
    for (int i = 0; i < VISIT_ITEMS_MOST + 7; i++) {
        buf_printf(&body, "<item><link>https://press.example/%d</link><title>%d</title></item>",
                   i < VISIT_ITEMS_MOST ? 1 : i, i < VISIT_ITEMS_MOST ? 1 : i);
    }
    buf_text(&body, "</channel></rss>");
    struct script s = {.answers = {{.url = "/feed", .status = 200, .body = body.data}}};
    struct store_source source =
        visit(&g, &s, given_source(&g, SOURCE_FEED, "https://a.example/feed"));
    assert_true(source.created == 1 && source.refused == 7);
    buf_done(&body);
    given_close(&g);
}

static void redirects_are_believed_twice(void **state)
{
    (void)state;
    struct given g = given_open();
    struct script s = {.answers = {{.url = "/feed",
                                    .status = 200,
                                    .body = FEED(ITEM("one", "Un.")),
                                    .moved_to = "https://b.example/x"}}};
    uint64_t id = given_source(&g, SOURCE_FEED, "https://a.example/feed");
    struct store_source source = visit(&g, &s, id);
    assert_true(slice_is(source.moved_to, "https://b.example/x"));
    s.answers[0].moved_to = NULL; /* a slip: it doesn't any more */
    clock_fake_ms(source.next_ms);
    source = visit(&g, &s, id);
    assert_false(slice_present(source.moved_to));
    for (int i = 0; i < 2; i++) {
        s.answers[0].moved_to = "https://b.example/x";
        clock_fake_ms(source.next_ms);
        source = visit(&g, &s, id);
        assert_true(slice_is(source.choice.url, "https://b.example/x") == (i == 1));
    }
    assert_int_equal(source.revision, 1);
    given_close(&g);
}

static void validators_come_with_what_is_stored(void **state)
{
    (void)state;
    struct given g = given_open();
    struct script s = {
        .answers = {
            {.url = "/feed", .status = 200, .body = FEED(ITEM("one", "Un.")), .etag = "\"1\""}}};
    uint64_t id = given_source(&g, SOURCE_FEED, "https://a.example/feed");
    struct store_source source = visit(&g, &s, id);
    assert_true(slice_is(source.etag, "\"1\"") && !s.was_conditional);
    s.answers[0].status = 500;
    clock_fake_ms(source.next_ms);
    source = visit(&g, &s, id);
    assert_true(slice_is(source.etag, "\"1\"") && s.was_conditional); /* a failure takes nothing */
    s.answers[0].status = 200;
    s.answers[0].etag = NULL;
    clock_fake_ms(source.next_ms);
    source = visit(&g, &s, id);
    assert_true(!slice_present(source.etag) && source.failures == 0);
    given_close(&g);
}

static void hosts_are_spared(void **state)
{
    (void)state;
    struct given g = given_open();
    struct script s = {.answers = {{.url = "/robots.txt",
                                    .status = 200,
                                    .body = "User-agent: *\nCrawl-delay: 20\nDisallow: /no\n"},
                                   {.url = "/feed", .status = 200, .body = FEED("")},
                                   {.url = "/feed2", .status = 200, .body = FEED("")},
                                   {.url = "/no", .status = 200, .body = FEED("")}}};
    given_source(&g, SOURCE_FEED, "https://a.example/feed");
    given_source(&g, SOURCE_FEED, "https://a.example/feed2");
    uint64_t no = given_source(&g, SOURCE_FEED, "https://a.example/no");
    assert_int_equal(watch(&g, &s, MONDAY + MINUTE, 1000), RC_OK);
    assert_true(s.asked[0] == 1 && s.asked[1] == 1 && s.asked[2] == 1 && s.asked[3] == 0);
    assert_int_equal(s.at_ms[2] - s.at_ms[1], 20000);
    assert_true(slice_find(given_get(&g, no).error, SLICE("robots.txt"), 0) != SIZE_MAX);
    given_close(&g);
}

static void rules_that_can_not_be_read_forbid(void **state)
{
    (void)state;
    struct given g = given_open();
    struct script s = {.answers = {{.url = "/robots.txt", .status = 503},
                                   {.url = "/feed", .status = 200, .body = FEED("")}}};
    struct store_source source =
        visit(&g, &s, given_source(&g, SOURCE_FEED, "https://a.example/feed"));
    assert_true(slice_find(source.error, SLICE("robots.txt answers 503"), 0) != SIZE_MAX);
    assert_true(s.asked[1] == 0 && source.failures == 1);
    given_close(&g);
}

#define MAP(inside)                                                                                \
    "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">" inside "</urlset>"
#define PAGE(title)                                                                                \
    "<html><head><title>" title "</title></head><body><article><h1>" title                         \
    "</h1><p>Le port de Dieppe a rouvert mardi matin, après trois semaines de silence sur les "   \
    "quais, et les grues y tournent de nouveau devant tous.</p></article></body></html>"

static void an_index_leads_to_its_sitemaps(void **state)
{
    (void)state;
    struct given g = given_open();
    struct script s = {
        .answers = {
            {.url = "/index.xml",
             .status = 200,
             .etag = "\"i\"",
             .body = "<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">"
                     "<sitemap><loc>https://a.example/new.xml</loc><lastmod>2026-01-04</lastmod>"
                     "</sitemap></sitemapindex>"},
            {.url = "/new.xml",
             .status = 200,
             .body = MAP("<url><loc>https://a.example/1</loc><lastmod>2026-01-04</lastmod></url>"
                         "<url><loc>https://a.example/2</loc><lastmod>2025-01-04</lastmod></url>"
                         "<url><loc>https://a.example/3</loc><lastmod>2026-01-03</lastmod></url>")},
            {.url = "/1", .status = 200, .body = PAGE("Un")},
            {.url = "/3", .status = 500}}};
    uint64_t id = given_source(&g, SOURCE_SITEMAP, "https://a.example/index.xml");
    struct store_source source = visit(&g, &s, id);
    assert_true(source.created == 1 && s.asked[2] == 1 && s.asked[3] == 1);
    assert_false(slice_present(source.error) || slice_present(source.etag));
    s.answers[3].status = 200;
    s.answers[3].body = PAGE("Trois");
    clock_fake_ms(source.next_ms);
    source = visit(&g, &s, id);
    assert_true(source.created == 2 && source.unchanged == 1 && s.asked[2] == 1);
    given_close(&g);
}

static void pages_that_all_fail_are_not_all_asked(void **state)
{
    (void)state;
    struct given g = given_open();
    struct script s = {
        .answers = {
            {.url = "/map.xml",
             .status = 200,
             .body =
                 MAP("<url><loc>https://a.example/p1</loc><lastmod>2026-01-04</lastmod></url>"
                     "<url><loc>https://a.example/p2</loc><lastmod>2026-01-04</lastmod></url>"
                     "<url><loc>https://a.example/p3</loc><lastmod>2026-01-04</lastmod></url>"
                     "<url><loc>https://a.example/p4</loc><lastmod>2026-01-04</lastmod></url>"
                     "<url><loc>https://a.example/p5</loc><lastmod>2026-01-04</lastmod></url>"
                     "<url><loc>https://a.example/p6</loc><lastmod>2026-01-04</lastmod></url>"
                     "<url><loc>https://a.example/p7</loc><lastmod>2026-01-04</lastmod></url>")},
            {.url = "/robots.txt", .status = 404}}};
    struct store_source source =
        visit(&g, &s, given_source(&g, SOURCE_SITEMAP, "https://a.example/map.xml"));
    assert_true(slice_find(source.error, SLICE("its pages can't be read"), 0) != SIZE_MAX);
    assert_int_equal(s.requests, 2 + 5);
    given_close(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(answers_in_words),
                                       cmocka_unit_test(a_stop_is_nobodys_fault),
                                       cmocka_unit_test(what_is_changed_meanwhile_is_asked_anew),
                                       cmocka_unit_test(one_item_twice_is_one),
                                       cmocka_unit_test(a_feed_has_an_end),
                                       cmocka_unit_test(redirects_are_believed_twice),
                                       cmocka_unit_test(validators_come_with_what_is_stored),
                                       cmocka_unit_test(hosts_are_spared),
                                       cmocka_unit_test(rules_that_can_not_be_read_forbid),
                                       cmocka_unit_test(an_index_leads_to_its_sitemaps),
                                       cmocka_unit_test(pages_that_all_fail_are_not_all_asked)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
