/* Random filters against a look at every row: which rows, in which order, how many, page by page. */
#include "fixture.h"

#include "store/filter_sql.h"

#define ARTICLES 60

/* What article n is: decided by its number alone. */
static const char *const sources[] = {"Le Quotidien", "La Dépêche", "The Post"};
static const char *const langs[] = {"fr", "en"};
static const char *const sections[] = {"Politique", "Économie", "Sport", "Culture"};
static const char *const authors[] = {"Anne Lebrun", "Paul Roux", "Zoé Petit"};
static const char *const people[] = {"Jean Petit", "Claire Dubois", "Omar Sy"};

static bool mentions(int n, int person)
{
    return person == 0 ? n % 2 == 0 : person == 1 ? n % 3 == 0 : n % 7 < 3;
}

static int64_t day_of(int n)
{
    return 1770000000000 + n / 2 * INT64_C(86400000); /* pairs share a date */
}

static void put_article(struct archive *a, int n)
{
    struct fixture f;
    char url[64], body[300], words[32];
    snprintf(url, sizeof url, "https://example.org/filter/%d", n);
    snprintf(words, sizeof words, "parole %d %s", n, n % 5 ? "rare" : "forte");
    snprintf(body, sizeof body, "« %s », dit%s%s%s.", words, mentions(n, 0) ? " Jean Petit" : "",
             mentions(n, 1) ? " Claire Dubois" : "", mentions(n, 2) ? " Omar Sy" : "");
    fixture_begin(&f, url, "Titre", body);
    struct slice byline = slice_cstr(authors[n % 3]);
    f.document.source.text = slice_cstr(sources[n % 3]);
    f.document.section = (struct field){slice_cstr(sections[n % 4]), ORIGIN_SUBMITTED};
    f.document.bylines = &byline;
    f.document.byline_count = n % 4 != 3;
    f.document.published.time_ms = day_of(n);
    f.document.word_count = (uint32_t)(n * 10);
    f.analysis.lang = slice_cstr(langs[n % 2]);
    uint32_t speaker = NO_INDEX;
    for (int p = 0; p < 3; p++) {
        if (mentions(n, p)) {
            uint32_t entity = fixture_entity(&f, people[p], ENTITY_PER);
            fixture_mention(&f, entity, people[p]);
            speaker = speaker == NO_INDEX ? entity : speaker;
        }
    }
    if (n % 6 != 0) {
        struct quote *q = fixture_quote(&f, words, speaker, (enum quote_type)(n % 3));
        q->confidence = (float)(n % 10) / 10;
    }
    fixture_put(&f, a->store);
    fixture_end(&f);
}

/* Whom the quote of article n is by: the first of those it mentions. */
static bool speaks(int n, int person)
{
    for (int p = 0; p < person; p++) {
        if (mentions(n, p)) {
            return false;
        }
    }
    return n % 6 != 0 && mentions(n, person);
}

static unsigned draw(unsigned *seed, unsigned most)
{
    *seed = *seed * 1103515245u + 12345u;
    return (*seed >> 16) % most;
}

enum {
    OF_SOURCE,
    OF_LANG,
    OF_SECTION,
    OF_AUTHOR,
    OF_ENTITY,
    OF_SPEAKER,
    OF_DAYS,
    OF_LENGTH,
    OF_TYPE,
    OF_SURE,
    KINDS
};

struct asked {
    int kind;
    bool negated;
    unsigned values; /* bits */
    int64_t least, most;
};

static bool holds(const struct asked *q, int n, bool quotes)
{
    bool any = false;
    for (int p = 0; p < 3; p++) {
        bool wanted = (q->values >> p & 1) != 0;
        bool part = quotes ? speaks(n, p) : mentions(n, p); /* nobody else is in a quote */
        any = any || (wanted && q->kind == OF_ENTITY && part);
        any = any || (wanted && q->kind == OF_SPEAKER && speaks(n, p));
    }
    switch (q->kind) {
    case OF_SOURCE:
        any = q->values >> (n % 3) & 1;
        break;
    case OF_LANG:
        any = q->values >> (n % 2) & 1;
        break;
    case OF_SECTION:
        any = q->values >> (n % 4) & 1;
        break;
    case OF_AUTHOR:
        any = n % 4 != 3 && (q->values >> (n % 3) & 1);
        break;
    case OF_DAYS:
        any = day_of(n) >= q->least && day_of(n) <= q->most;
        break;
    case OF_LENGTH:
        any = n * 10 >= q->least && n * 10 <= q->most;
        break;
    case OF_TYPE:
        any = q->values >> (n % 3) & 1;
        break;
    case OF_SURE:
        any = n % 10 * 100 >= q->least && n % 10 * 100 <= q->most;
        break;
    default:
        break;
    }
    return any != q->negated;
}

static void add(struct archive *a, const struct asked *q, struct store_filter *filter)
{
    static const enum store_field fields[] = {
        STORE_BY_SOURCE, STORE_BY_LANG, STORE_BY_SECTION, STORE_BY_AUTHOR,     STORE_BY_ENTITY,
        STORE_BY_ENTITY, STORE_BY_DATE, STORE_BY_WORDS,   STORE_BY_QUOTE_TYPE, STORE_BY_CONFIDENCE};
    const char *const *names[] = {sources, langs, sections, authors, people, people};
    static const int counts[] = {3, 2, 4, 3, 3, 3};
    struct store_clause *clause = store_filter_add(a->arena, filter, fields[q->kind], "x");
    clause->negated = q->negated;
    clause->least = q->least;
    clause->most = q->most;
    if (q->kind == OF_TYPE) {
        clause->choices = q->values;
    }
    if (q->kind <= OF_SPEAKER) {
        clause->values = ARENA_ARRAY(a->arena, struct slice, 4);
        for (int i = 0; i < counts[q->kind]; i++) {
            if (q->values >> i & 1) {
                clause->values[clause->count++] = slice_cstr(names[q->kind][i]);
            }
        }
        clause->roles = q->kind == OF_SPEAKER ? STORE_SPEAKS : STORE_ANY_ROLE;
    }
}

static struct asked some(unsigned *seed, bool quotes)
{
    static const unsigned widths[] = {3, 2, 4, 3, 3, 3, 1, 1, 3, 1};
    struct asked q = {.negated = draw(seed, 3) == 0};
    do {
        q.kind = (int)draw(seed, KINDS);
    } while (quotes ? q.kind == OF_LENGTH : q.kind == OF_TYPE || q.kind == OF_SURE);
    q.values = 1 + draw(seed, (1u << widths[q.kind]) - 1);
    int64_t from = (int64_t)draw(seed, 60), to = from + (int64_t)draw(seed, 30);
    switch (q.kind) {
    case OF_DAYS:
        q.least = day_of((int)from);
        q.most = day_of((int)to);
        break;
    case OF_LENGTH:
        q.least = from * 10;
        q.most = to * 10;
        break;
    default:
        q.least = from * 16;
        q.most = to * 16;
        break;
    }
    return q;
}

/* The number in "https://example.org/filter/N". */
static int number_of(struct slice url)
{
    return atoi(url.ptr + strlen("https://example.org/filter/"));
}

static void check_numbers(const int *got, size_t count, const struct asked *asked, size_t clauses,
                          bool quotes, bool forte, const char *what)
{
    size_t expected = 0;
    for (int n = 0; n < ARTICLES; n++) {
        bool in = (!quotes || n % 6 != 0) && (!forte || n % 5 == 0);
        for (size_t i = 0; i < clauses; i++) {
            in = in && holds(&asked[i], n, quotes);
        }
        size_t times = 0;
        for (size_t i = 0; i < count; i++) {
            times += got[i] == n;
        }
        if (times != (size_t)in) {
            fail_msg("%s: article %d comes %zu times, not %d", what, n, times, in);
        }
        expected += in;
    }
    assert_int_equal(count, expected);
}

/* Exact when all matches are found at once, else a bound from below. */
static void check_total(const struct store_page *page, size_t all)
{
    bool exact = page->total_is_exact;
    assert_true(exact ? page->total == (int64_t)all : page->total <= (int64_t)all);
    assert_true(exact || filter_matches_most < ARTICLES);
}

static void test_articles(void **state)
{
    static const enum store_sort sorts[] = {STORE_NEWEST, STORE_OLDEST, STORE_WORDS, STORE_QUOTES};
    struct archive *a = *state;
    unsigned seed = 3;
    for (int round = 0; round < 400; round++) {
        struct asked asked[4];
        size_t clauses = draw(&seed, 5), count, all = 0;
        struct store_article_query q = {.limit = 1 + draw(&seed, 20),
                                        .parts = STORE_META,
                                        .sort = sorts[draw(&seed, 4)],
                                        .reversed = draw(&seed, 2)};
        bool forte = draw(&seed, 5) == 0;
        q.filter.q = forte ? SLICE("forte") : SLICE_NONE;
        for (size_t i = 0; i < clauses; i++) {
            asked[i] = some(&seed, false);
            add(a, &asked[i], &q.filter);
        }
        struct store_article *rows;
        struct store_page page;
        struct err e = {0};
        int got[ARTICLES * 2];
        int64_t before = INT64_MAX;
        do {
            if (store_article_list(a->reader, &q, a->arena, &rows, &count, &page, &e) != RC_OK) {
                fail_msg("%s", e.message);
            }
            for (size_t i = 0; i < count; i++) {
                got[all++] = number_of(rows[i].document.url.text);
                if (q.sort == STORE_NEWEST && !q.reversed) {
                    assert_true(rows[i].sort_ms <= before);
                    before = rows[i].sort_ms;
                }
                assert_true(all < ARTICLES * 2);
            }
            q.after = page.last;
        } while (page.has_more);
        check_numbers(got, all, asked, clauses, false, forte, "articles");
        check_total(&page, all);
    }
}

static void test_quotes(void **state)
{
    static const enum store_sort sorts[] = {STORE_NEWEST, STORE_OLDEST, STORE_CONFIDENCE};
    struct archive *a = *state;
    unsigned seed = 4;
    for (int round = 0; round < 400; round++) {
        struct asked asked[4];
        size_t clauses = draw(&seed, 5), count, all = 0;
        struct store_quote_query q = {.limit = 1 + draw(&seed, 20),
                                      .sort = sorts[draw(&seed, 3)],
                                      .reversed = draw(&seed, 2)};
        bool forte = draw(&seed, 5) == 0;
        q.filter.q = forte ? SLICE("forte") : SLICE_NONE;
        for (size_t i = 0; i < clauses; i++) {
            asked[i] = some(&seed, true);
            add(a, &asked[i], &q.filter);
        }
        struct store_quote *rows;
        struct store_page page;
        struct err e = {0};
        int got[ARTICLES * 2];
        do {
            if (store_quote_list(a->reader, &q, a->arena, &rows, &count, &page, &e) != RC_OK) {
                fail_msg("%s", e.message);
            }
            for (size_t i = 0; i < count; i++) {
                got[all++] = number_of(rows[i].article.url);
                assert_true(all < ARTICLES * 2);
            }
            q.after = page.last;
        } while (page.has_more);
        check_numbers(got, all, asked, clauses, true, forte, "quotes");
        check_total(&page, all);
    }
}

/* More matches than are found at once: the same rows in the same order; the total is at least those that were known. */
static void test_open_matches(void **state)
{
    int64_t most = filter_matches_most;
    filter_matches_most = 3;
    test_articles(state);
    test_quotes(state);
    filter_matches_most = most;
}

static void test_open_total_is_the_same_in_every_order(void **state)
{
    static const enum store_sort sorts[] = {STORE_NEWEST, STORE_OLDEST, STORE_CONFIDENCE,
                                            STORE_RELEVANCE};
    struct archive *a = *state;
    int64_t most = filter_matches_most;
    filter_matches_most = 5;
    for (size_t i = 0; i < sizeof sorts / sizeof sorts[0]; i++) {
        struct store_quote_query q = {.limit = 2, .sort = sorts[i], .filter.q = SLICE("parole")};
        struct store_quote *rows;
        struct store_page page;
        struct err e = {0};
        size_t count;
        do {
            assert_int_equal(store_quote_list(a->reader, &q, a->arena, &rows, &count, &page, &e),
                             RC_OK);
            assert_int_equal(page.total, 5);
            assert_false(page.total_is_exact);
            q.after = page.last;
        } while (page.has_more);
    }
    filter_matches_most = most;
}

/* What nobody is called finds nothing, or takes nothing away, and says so. */
static void test_unknown_values(void **state)
{
    struct archive *a = *state;
    static const struct {
        enum store_field field;
        const char *value, *nearest;
    } cases[] = {{STORE_BY_SOURCE, "Le Quotidiem", "Le Quotidien"},
                 {STORE_BY_ENTITY, "Claire Duboix", "Claire Dubois"},
                 {STORE_BY_SECTION, "economies", "Économie"},
                 {STORE_BY_AUTHOR, "Paul Rouxe", "Paul Roux"},
                 {STORE_BY_SOURCE, "Something Else", NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int negated = 0; negated < 2; negated++) {
            struct store_article_query q = {.limit = 5};
            struct store_article *rows;
            struct store_page page;
            struct err e = {0};
            size_t count;
            store_filter_value(a->arena, &q.filter, cases[i].field, "f",
                               slice_cstr(cases[i].value));
            q.filter.items[0].negated = negated;
            assert_int_equal(store_article_list(a->reader, &q, a->arena, &rows, &count, &page, &e),
                             RC_OK);
            assert_int_equal(page.total, negated ? ARTICLES : 0);
            assert_int_equal(page.hints.count, 1);
            assert_true(slice_is(page.hints.items[0].value, cases[i].value));
            if (cases[i].nearest != NULL) {
                assert_true(slice_is(page.hints.items[0].nearest, cases[i].nearest));
            } else {
                assert_false(slice_present(page.hints.items[0].nearest));
            }
        }
    }
}

static int setup(void **state)
{
    int code = archive_setup(state);
    for (int n = 0; n < ARTICLES; n++) {
        put_article(*state, n);
    }
    return code;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_articles),
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_unknown_values),
        cmocka_unit_test(test_open_matches),
        cmocka_unit_test(test_open_total_is_the_same_in_every_order),
    };
    return cmocka_run_group_tests(tests, setup, archive_teardown);
}
