#include "fixture.h"

/* 30 articles: three sources' worth of dates, two languages, an entity in every third. */
static void fill(struct archive *a)
{
    static const char *const sources[] = {"Le Quotidien", "La Dépêche", "The Post"};
    struct fixture f;
    char url[64], title[64], body[500];
    for (int i = 0; i < 30; i++) {
        snprintf(url, sizeof url, "https://example.org/%d", i);
        snprintf(title, sizeof title, "Article numéro %d", i);
        snprintf(body, sizeof body, "Jean Petit a dit « mot %d » au sujet de Lyon. %s", i,
                 i % 3 == 0 ? "Claire Dubois était là en été." : "Rien d'autre.");
        fixture_begin(&f, url, title, body);
        f.document.source.text = slice_cstr(sources[i % 3]);
        f.analysis.lang = i % 2 ? SLICE("en") : SLICE("fr");
        /* pairs share a date: the row breaks the tie */
        f.document.published.time_ms = 1770000000000 + (i / 2) * 86400000LL;
        f.document.published.present = i != 29;
        char words[16];
        snprintf(words, sizeof words, "mot %d", i);
        uint32_t jean = fixture_entity(&f, "Jean Petit", ENTITY_PER);
        fixture_mention(&f, jean, "Jean Petit");
        uint32_t lyon = fixture_entity(&f, "Lyon", ENTITY_LOC);
        fixture_mention(&f, lyon, "Lyon");
        if (i % 3 == 0) {
            uint32_t claire = fixture_entity(&f, "Claire Dubois", ENTITY_PER);
            fixture_mention(&f, claire, "Claire Dubois");
        }
        struct quote *q = fixture_quote(&f, words, jean, i % 2 ? QUOTE_MIXED : QUOTE_DIRECT);
        fixture_about(&f, q, lyon);
        fixture_put(&f, a->store);
        fixture_end(&f);
    }
}

static uint64_t entity_id(struct archive *a, const char *name)
{
    struct store_candidate *rows;
    size_t count;
    struct err e = {0};
    assert_int_equal(store_entity_resolve(a->reader, slice_cstr(name), a->arena, &rows, &count, &e),
                     RC_OK);
    assert_int_equal(count, 1);
    return rows[0].id;
}

/* Pages through a list and checks order, completeness and total. */
static size_t page_articles(struct archive *a, struct store_article_query q, int64_t total)
{
    struct store_article *rows;
    struct store_page page;
    struct err e = {0};
    size_t count, all = 0;
    int64_t before = 0;
    uint64_t seen[100];
    do {
        if (store_article_list(a->reader, &q, a->arena, &rows, &count, &page, &e) != RC_OK) {
            fail_msg("list failed: %s", e.message);
        }
        assert_int_equal(page.total, total);
        assert_true(page.total_is_exact);
        for (size_t i = 0; i < count; i++) {
            if (all > 0) {
                assert_true(q.sort == STORE_OLDEST ? rows[i].sort_ms >= before
                                                   : rows[i].sort_ms <= before);
            }
            before = rows[i].sort_ms;
            for (size_t k = 0; k < all; k++) {
                assert_true(seen[k] != rows[i].id);
            }
            seen[all++] = rows[i].id;
        }
        q.after = page.last;
    } while (page.has_more);
    assert_int_equal(all, total);
    return all;
}

static void test_articles(void **state)
{
    struct archive *a = *state;
    fill(a);
    uint64_t claire = entity_id(a, "claire dubois");
    struct store_article_query base = {.limit = 4, .parts = STORE_SUMMARY};
    struct store_article_query q = base;
    struct store_filter *f = &q.filter;
    page_articles(a, q, 30);
    q.sort = STORE_OLDEST;
    page_articles(a, q, 30);
    q = base;
    store_filter_value(a->arena, f, STORE_BY_SOURCE, "source", SLICE("Le Quotidien"));
    page_articles(a, q, 10);
    store_filter_value(a->arena, f, STORE_BY_LANG, "lang", SLICE("en"));
    page_articles(a, q, 5);
    q = base;
    store_filter_value(a->arena, f, STORE_BY_LANG, "lang", SLICE("en"));
    page_articles(a, q, 15);
    store_filter_value(a->arena, f, STORE_BY_SOURCE, "source", SLICE("Nobody"));
    page_articles(a, q, 0);
    q = base;
    store_filter_entity(a->arena, f, "entity", STORE_ANY_ROLE, claire);
    page_articles(a, q, 10);
    store_filter_value(a->arena, f, STORE_BY_LANG, "lang", SLICE("fr"));
    page_articles(a, q, 5);
    store_filter_value(a->arena, f, STORE_BY_SOURCE, "source", SLICE("Le Quotidien"));
    page_articles(a, q, 5);
    q = base; /* both ends included */
    store_filter_range(a->arena, f, STORE_BY_DATE, 1770000000000 + 86400000,
                       1770000000000 + 3 * 86400000LL - 1);
    page_articles(a, q, 4);
    store_filter_entity(a->arena, f, "entity", STORE_ANY_ROLE, claire);
    page_articles(a, q, 1);
    q = base;
    f->q = SLICE("ete");
    page_articles(a, q, 10);
    f->q = SLICE("\"claire dubois\" numero");
    store_filter_value(a->arena, f, STORE_BY_LANG, "lang", SLICE("en"));
    store_filter_entity(a->arena, f, "entity", STORE_ANY_ROLE, claire);
    page_articles(a, q, 5);
}

static void page_quotes(struct archive *a, struct store_quote_query q, int64_t total)
{
    struct store_quote *rows;
    struct store_page page;
    struct err e = {0};
    size_t count, all = 0;
    uint64_t seen[100];
    q.limit = 3;
    do {
        if (store_quote_list(a->reader, &q, a->arena, &rows, &count, &page, &e) != RC_OK) {
            fail_msg("list failed: %s", e.message);
        }
        assert_int_equal(page.total, total);
        for (size_t i = 0; i < count; i++) {
            for (size_t k = 0; k < all; k++) {
                assert_true(seen[k] != rows[i].id);
            }
            seen[all++] = rows[i].id;
        }
        q.after = page.last;
    } while (page.has_more);
    assert_int_equal(all, total);
}

static void test_quotes(void **state)
{
    struct archive *a = *state;
    fill(a);
    uint64_t jean = entity_id(a, "Jean Petit"), lyon = entity_id(a, "Lyon");
    struct store_quote_query q = {0};
    struct store_filter *f = &q.filter;
    page_quotes(a, q, 30);
    store_filter_entity(a->arena, f, "speaker", STORE_SPEAKS, jean);
    page_quotes(a, q, 30);
    store_filter_choice(a->arena, f, STORE_BY_QUOTE_TYPE, QUOTE_MIXED);
    page_quotes(a, q, 15);
    store_filter_value(a->arena, f, STORE_BY_SOURCE, "source", SLICE("The Post"));
    page_quotes(a, q, 5);
    store_filter_value(a->arena, f, STORE_BY_LANG, "lang", SLICE("fr"));
    page_quotes(a, q, 0);
    q = (struct store_quote_query){0};
    store_filter_entity(a->arena, f, "about", STORE_ABOUT, lyon);
    page_quotes(a, q, 30);
    store_filter_value(a->arena, f, STORE_BY_LANG, "lang", SLICE("fr"));
    page_quotes(a, q, 15);
    store_filter_entity(a->arena, f, "entity", STORE_ANY_ROLE, jean);
    page_quotes(a, q, 15);
    store_filter_entity(a->arena, f, "speaker", STORE_SPEAKS, jean);
    page_quotes(a, q, 15);
    store_filter_entity(a->arena, f, "speaker", STORE_SPEAKS, lyon);
    page_quotes(a, q, 0);
    q = (struct store_quote_query){0};
    store_filter_entity(a->arena, f, "entity", STORE_ANY_ROLE, lyon);
    page_quotes(a, q, 30);
    q.sort = STORE_OLDEST;
    page_quotes(a, q, 30);
    q = (struct store_quote_query){0};
    store_filter_choice(a->arena, f, STORE_BY_QUOTE_TYPE, QUOTE_DIRECT);
    page_quotes(a, q, 15);
    q = (struct store_quote_query){0};
    store_filter_value(a->arena, f, STORE_BY_SOURCE, "source", SLICE("La Dépêche"));
    page_quotes(a, q, 10);
    q = (struct store_quote_query){0};
    store_filter_value(a->arena, f, STORE_BY_LANG, "lang", SLICE("en"));
    page_quotes(a, q, 15);
    q = (struct store_quote_query){.filter = {.q = SLICE("mot 7")}};
    page_quotes(a, q, 1);
    f->q = SLICE("MOT");
    page_quotes(a, q, 30);
    store_filter_range(a->arena, f, STORE_BY_DATE, INT64_MIN, 1770000000000 + 86400000 - 1);
    page_quotes(a, q, 2);
}

/* Quotes that differ in everything a filter can ask for: each filter against a look at every row. */
static void fill_traits(struct archive *a)
{
    static const char *const lemmas[] = {"déclarer", "nier", "craindre"};
    for (int n = 0; n < 40; n++) {
        struct fixture f;
        char url[64], body[200], words[32];
        snprintf(url, sizeof url, "https://example.org/traits/%d", n);
        snprintf(words, sizeof words, "Parole %d", n);
        snprintf(body, sizeof body, "« %s », dit Jean Petit à Lyon.", words);
        fixture_begin(&f, url, "Titre", body);
        uint32_t jean = fixture_entity(&f, "Jean Petit", ENTITY_PER);
        fixture_mention(&f, jean, "Jean Petit");
        struct quote *q = fixture_quote(&f, words, n % 5 ? jean : NO_INDEX, QUOTE_DIRECT);
        if (n % 5 != 0) {
            q->speaker.kind = (enum speaker_kind)(n % 6);
        }
        if (n % 4 != 0) {
            q->cue = (struct cue){.present = true,
                                  .span = q->spans[0].span,
                                  .text = SLICE("dit"),
                                  .lemma = slice_cstr(lemmas[n % 3]),
                                  .class = (enum cue_class)(n % 12)};
        }
        q->negated = n % 3 == 0;
        q->hypothetical = n % 7 == 0;
        q->in_headline = n % 11 == 0;
        q->confidence = (float)n / 40;
        q->channel = n % 9 == 0 ? SLICE("dans un communiqué") : SLICE_NONE;
        fixture_put(&f, a->store);
        fixture_end(&f);
    }
}

/* What is asked for; -1: anything. */
struct traits {
    int kind, class, negated, hypothetical, in_headline;
    int confidence; /* thousandths */
    bool cue;
};

static bool trait_holds(const struct store_quote *row, const struct traits *t)
{
    enum speaker_kind kind = row->speaker.present ? row->speaker.kind : SPEAKER_UNKNOWN;
    return (t->kind < 0 || (int)kind == t->kind) &&
           (t->class < 0 || (row->has_cue && (int)row->cue.class == t->class)) &&
           (t->negated < 0 || row->negated == t->negated) &&
           (t->hypothetical < 0 || row->hypothetical == t->hypothetical) &&
           (t->in_headline < 0 || row->in_headline == t->in_headline) &&
           row->confidence + 0.0001f >= (float)t->confidence / 1000 &&
           (!t->cue || (row->has_cue && slice_is(row->cue.lemma, "déclarer")));
}

static struct store_quote_query ask(struct archive *a, const struct traits *t)
{
    struct store_quote_query q = {0};
    const struct {
        enum store_field field;
        int value;
    } choices[] = {{STORE_BY_SPEAKER_KIND, t->kind},
                   {STORE_BY_CUE_CLASS, t->class},
                   {STORE_BY_NEGATED, t->negated},
                   {STORE_BY_HYPOTHETICAL, t->hypothetical},
                   {STORE_BY_IN_HEADLINE, t->in_headline}};
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
        if (choices[i].value >= 0) {
            store_filter_choice(a->arena, &q.filter, choices[i].field, (unsigned)choices[i].value);
        }
    }
    if (t->confidence > 0) {
        store_filter_range(a->arena, &q.filter, STORE_BY_CONFIDENCE, t->confidence, INT64_MAX);
    }
    if (t->cue) {
        store_filter_value(a->arena, &q.filter, STORE_BY_CUE, "cue", SLICE("DECLARER"));
    }
    return q;
}

static void test_traits(void **state)
{
    struct archive *a = *state;
    struct store_quote_query all = {.limit = 100};
    struct store_quote *rows;
    struct store_page page;
    struct err e = {0};
    size_t count;
    fill_traits(a);
    assert_int_equal(store_quote_list(a->reader, &all, a->arena, &rows, &count, &page, &e), RC_OK);
    assert_int_equal(count, 40);
    unsigned seed = 7;
    for (int n = 0; n < 400; n++) {
        unsigned bits = (seed = seed * 1103515245u + 12345u) >> 16;
        struct traits t = {.kind = (bits & 3) == 1 ? n % 6 : -1,
                           .class = (bits & 12) == 4 ? n % 12 : -1,
                           .negated = (bits & 48) == 16 ? n & 1 : -1,
                           .hypothetical = (bits & 192) == 64 ? (n & 2) != 0 : -1,
                           .in_headline = (bits & 768) == 256 ? (n & 4) != 0 : -1,
                           .confidence = bits & 1024 ? n % 40 * 25 : 0,
                           .cue = (bits & 6144) == 2048};
        int64_t expected = 0;
        for (size_t i = 0; i < count; i++) {
            expected += trait_holds(&rows[i], &t);
        }
        page_quotes(a, ask(a, &t), expected);
    }
    page_quotes(a, (struct store_quote_query){.filter = {.channel = SLICE("communique")}}, 5);
    page_quotes(a, (struct store_quote_query){.filter = {.q = SLICE("communique")}}, 0);
    page_quotes(a,
                (struct store_quote_query){
                    .filter = {.q = SLICE("parole"), .channel = SLICE("\"un communiqué\"")}},
                5);
}

static void test_a_quote_has_it_all(void **state)
{
    struct archive *a = *state;
    struct fixture f;
    struct err e = {0};
    fixture_begin(&f, "https://example.org/q", "« Une étape »",
                  "« Une étape », évoque une source proche du ministère, citée par l'agence. Fin.");
    uint32_t ministry = fixture_entity(&f, "ministère", ENTITY_ORG);
    fixture_mention(&f, ministry, "ministère");
    uint32_t agency = fixture_entity(&f, "l'agence", ENTITY_ORG);
    fixture_mention(&f, agency, "l'agence");
    struct quote *q = fixture_quote(&f, "Une étape", NO_INDEX, QUOTE_DIRECT);
    q->in_headline = true;
    q->body_quote = 1;
    q = fixture_quote(&f, "« Une étape », évoque", NO_INDEX, QUOTE_MIXED);
    q->text = SLICE("Une étape");
    q->cue = (struct cue){true, fixture_span(&f, "évoque", 0), SLICE("évoque"), SLICE("évoquer"),
                          CUE_NEUTRAL};
    q->speaker = (struct speaker){true,
                                  false,
                                  fixture_span(&f, "une source proche du ministère", 0),
                                  SLICE("une source proche du ministère"),
                                  SPEAKER_ANONYMOUS,
                                  NO_INDEX,
                                  SLICE("source proche du ministère"),
                                  SLICE_NONE,
                                  ministry};
    q->resolution = "anonymous";
    q->reported_by = (struct speaker){true,
                                      false,
                                      fixture_span(&f, "l'agence", 0),
                                      SLICE("l'agence"),
                                      SPEAKER_ORGANISATION,
                                      agency,
                                      SLICE("l'agence"),
                                      SLICE_NONE,
                                      NO_INDEX};
    q->channel = SLICE("à l'AFP");
    q->negated = q->hypothetical = true;
    struct alternative other = {agency, 0.25f};
    q->alternatives = &other;
    q->alternative_count = 1;
    q->after = fixture_span(&f, "Fin.", 0);
    q->before = (struct span){f.blocks[1].span.start_byte, f.blocks[1].span.start_byte};
    struct store_result result = fixture_put(&f, a->store);

    struct store_quote *rows, one;
    struct store_page page;
    size_t count;
    struct store_quote_query query = {.sort = STORE_OLDEST, .limit = 10};
    store_filter_article(a->arena, &query.filter, result.id);
    assert_int_equal(store_quote_list(a->reader, &query, a->arena, &rows, &count, &page, &e),
                     RC_OK);
    assert_int_equal(count, 2);
    assert_true(rows[0].in_headline && rows[0].has_body_quote);
    assert_int_equal(rows[0].body_quote, rows[1].id);
    assert_true(rows[0].id != rows[1].id); /* the same words twice */
    assert_int_equal(store_quote_get(a->reader, rows[1].id, a->arena, &one, &e), RC_OK);
    assert_true(slice_is(one.text, "Une étape"));
    assert_true(one.has_cue && slice_is(one.cue.lemma, "évoquer"));
    assert_int_equal(one.cue.span.end_cp - one.cue.span.start_cp, 6);
    assert_int_equal(one.cue.span.end_byte - one.cue.span.start_byte, 7);
    assert_true(one.speaker.present && !one.speaker.entity.present);
    assert_int_equal(one.speaker.kind, SPEAKER_ANONYMOUS);
    assert_true(slice_is(one.speaker.affiliation.name, "ministère"));
    assert_true(slice_is(one.reported_by.entity.name, "l'agence"));
    assert_false(one.addressee.present);
    assert_true(slice_is(one.channel, "à l'AFP"));
    assert_true(one.negated && one.hypothetical);
    assert_int_equal(one.alternative_count, 1);
    assert_true(one.alternatives[0].score > 0.24f && one.alternatives[0].score < 0.26f);
    assert_true(slice_is(one.after, "Fin."));
    assert_int_equal(one.before.len, 0);
    assert_int_equal(one.span_count, 1);
    assert_true(one.spans[0].verbatim);
    assert_true(slice_is(one.article.source, "Le Quotidien"));
    assert_true(slice_is(one.resolution, "anonymous"));
    archive_check(a, true);
    fixture_end(&f);
}

static void page_entities(struct archive *a, struct store_entity_query q, int64_t total)
{
    struct store_entity *rows;
    struct store_page page;
    struct err e = {0};
    size_t count, all = 0;
    q.limit = 2;
    do {
        if (store_entity_list(a->reader, &q, a->arena, &rows, &count, &page, &e) != RC_OK) {
            fail_msg("list failed: %s", e.message);
        }
        assert_int_equal(page.total, total);
        all += count;
        q.after = page.last;
    } while (page.has_more);
    assert_int_equal(all, total);
}

static void test_entities(void **state)
{
    struct archive *a = *state;
    fill(a);
    static const enum store_sort sorts[] = {STORE_ARTICLES, STORE_MENTIONS, STORE_NAME,
                                            STORE_QUOTES, STORE_LAST_SEEN};
    for (size_t i = 0; i < 10; i++) {
        struct store_entity_query q = {.sort = sorts[i / 2], .reversed = i % 2};
        page_entities(a, q, 3);
        store_filter_choice(a->arena, &q.filter, STORE_BY_ENTITY_TYPE, ENTITY_PER);
        page_entities(a, q, 2);
        q.q = SLICE("CL");
        page_entities(a, q, 1);
        q.filter = (struct store_filter){0};
        q.q = SLICE("Nemo");
        page_entities(a, q, 0);
    }
    struct store_entity_query by_name = {.sort = STORE_NAME, .limit = 3};
    struct store_entity *rows;
    struct store_page page;
    struct err e = {0};
    size_t count;
    assert_int_equal(store_entity_list(a->reader, &by_name, a->arena, &rows, &count, &page, &e),
                     RC_OK);
    assert_true(slice_is(rows[0].name, "Claire Dubois"));
    assert_true(slice_is(rows[2].name, "Lyon"));
    assert_int_equal(rows[2].quotes_about, 30);
    assert_int_equal(rows[1].quotes_by, 30);
    assert_int_equal(rows[0].first_seen_ms, 1770000000000);
}

static void test_stats(void **state)
{
    struct archive *a = *state;
    struct store_stats stats;
    struct err e = {0};
    fill(a);
    assert_int_equal(store_stats(a->reader, a->arena, &stats, &e), RC_OK);
    assert_int_equal(stats.articles, 30);
    assert_int_equal(stats.quotes, 30);
    assert_int_equal(stats.entities, 3);
    assert_int_equal(stats.mentions, 70);
    assert_int_equal(stats.source_count, 3);
    assert_int_equal(stats.sources[0].count, 10);
    assert_true(slice_is(stats.entity_types[0].key, "PER"));
    assert_int_equal(stats.quote_type_count, 2);
    assert_true(stats.database_bytes > 0);
    archive_check(a, true);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, archive_setup, archive_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_articles),           TEST(test_quotes),   TEST(test_traits),
        TEST(test_a_quote_has_it_all), TEST(test_entities), TEST(test_stats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
