/* Articles by what is said in them, against a look at every quote: few such quotes, and more than are found at once. */
#include "fixture.h"

#include "store/filter_sql.h"

enum { ARTICLES = 44, QUOTES = 50 }; /* more quotes than FILTER_FEW_SPOKEN */

/* What quote k of article n is: decided by the two numbers. */
static enum quote_type type_of(int n, int k)
{
    return k == 0 && n % 4 == 0 ? QUOTE_MIXED : k % 7 == n % 7 ? QUOTE_INDIRECT : QUOTE_DIRECT;
}

static bool negated(int n, int k)
{
    return k == 3 && n % 5 == 0;
}

static int sure(int n, int k)
{
    return (n * 7 + k) % 10;
}

static bool speaks(int n, int k)
{
    return k % 3 == 0 && n % 2 == 0;
}

static void put_article(struct archive *a, int n)
{
    struct fixture f;
    char url[64], body[2048] = "Jean Petit parle.", words[QUOTES][32];
    size_t len = strlen(body);
    snprintf(url, sizeof url, "https://example.org/filter/%d", n);
    for (int k = 0; k < QUOTES; k++) {
        snprintf(words[k], sizeof words[k], "mot%02dde%02d", k, n);
        len += (size_t)snprintf(body + len, sizeof body - len, " « %s »", words[k]);
    }
    fixture_begin(&f, url, "Titre", body);
    f.document.published.time_ms += n * INT64_C(86400000);
    uint32_t entity = fixture_entity(&f, "Jean Petit", ENTITY_PER);
    fixture_mention(&f, entity, "Jean Petit");
    for (int k = 0; k < QUOTES; k++) {
        struct quote *q =
            fixture_quote(&f, words[k], speaks(n, k) ? entity : NO_INDEX, type_of(n, k));
        q->confidence = (float)sure(n, k) / 10;
        q->negated = negated(n, k);
    }
    fixture_put(&f, a->store);
    fixture_end(&f);
}

enum { ASK_TYPE, ASK_NEGATED, ASK_SURE, ASK_SPEAKER, KINDS };

struct asked {
    int kind;
    bool negated;
    unsigned choices;
    int64_t least;
};

static bool holds(const struct asked *q, int n, int k)
{
    switch (q->kind) {
    case ASK_TYPE:
        return q->choices >> type_of(n, k) & 1;
    case ASK_NEGATED:
        return q->choices >> negated(n, k) & 1;
    case ASK_SURE:
        return sure(n, k) * 100 >= q->least;
    default:
        return speaks(n, k);
    }
}

static bool is_in(const struct asked *asked, size_t count, int n)
{
    bool one = false;
    for (int k = 0; k < QUOTES; k++) {
        bool all = true;
        for (size_t i = 0; i < count; i++) {
            bool so = holds(&asked[i], n, k);
            if (asked[i].negated && so) {
                return false;
            }
            all = all && (so || asked[i].negated);
        }
        one = one || all;
    }
    return one;
}

static void add(struct archive *a, const struct asked *q, struct store_filter *filter)
{
    static const enum store_field fields[] = {STORE_BY_QUOTE_TYPE, STORE_BY_NEGATED,
                                              STORE_BY_CONFIDENCE, STORE_BY_ENTITY};
    if (q->kind == ASK_SPEAKER) {
        store_filter_value(a->arena, filter, STORE_BY_ENTITY, "x", SLICE("Jean Petit"));
        filter->items[filter->count - 1].roles = STORE_SPEAKS;
    } else {
        struct store_clause *clause = store_filter_add(a->arena, filter, fields[q->kind], "x");
        clause->choices = q->choices;
        clause->least = q->kind == ASK_SURE ? q->least : INT64_MIN;
    }
    filter->items[filter->count - 1].negated = q->negated;
}

static unsigned draw(unsigned *seed, unsigned most)
{
    *seed = *seed * 1103515245u + 12345u;
    return (*seed >> 16) % most;
}

static void check_list(struct archive *a, struct store_article_query *q, const struct asked *asked,
                       size_t clauses)
{
    struct store_article *rows;
    struct store_page page;
    struct err e = {0};
    size_t count, all = 0, expected = 0;
    bool got[ARTICLES] = {false};
    do {
        if (store_article_list(a->reader, q, a->arena, &rows, &count, &page, &e) != RC_OK) {
            fail_msg("%s", e.message);
        }
        for (size_t i = 0; i < count; i++, all++) {
            int n = atoi(rows[i].document.url.text.ptr + strlen("https://example.org/filter/"));
            assert_false(got[n]);
            got[n] = true;
        }
        q->after = page.last;
    } while (page.has_more);
    for (int n = 0; n < ARTICLES; n++) {
        assert_int_equal(got[n], is_in(asked, clauses, n));
        expected += got[n];
    }
    assert_int_equal(page.total, expected);
}

static void test_lists(void **state)
{
    static const enum store_sort sorts[] = {STORE_NEWEST, STORE_OLDEST, STORE_QUOTES};
    struct archive *a = *state;
    unsigned seed = 9;
    for (int round = 0; round < 300; round++) {
        struct asked asked[3];
        size_t clauses = 1 + draw(&seed, 3);
        struct store_article_query q = {.limit = 1 + draw(&seed, 20),
                                        .parts = STORE_META,
                                        .sort = sorts[draw(&seed, 3)],
                                        .reversed = draw(&seed, 2)};
        q.filter.q = draw(&seed, 4) ? SLICE_NONE : SLICE("parle");
        for (size_t i = 0; i < clauses; i++) {
            asked[i] = (struct asked){(int)draw(&seed, i ? KINDS : KINDS - 1), draw(&seed, 3) == 0,
                                      1 + draw(&seed, 7), draw(&seed, 10) * 100};
            add(a, &asked[i], &q.filter);
        }
        check_list(a, &q, asked, clauses);
    }
}

/* Both ways are gone: articles that lead, and quotes looked at article by article. */
static void test_ways(void **state)
{
    struct archive *a = *state;
    static const struct {
        unsigned choices;
        bool few;
    } cases[] = {{1u << QUOTE_DIRECT | 1u << QUOTE_INDIRECT, false}, {1u << QUOTE_MIXED, true}};
    for (size_t i = 0; i < 2; i++) {
        struct store_filter given = {0};
        struct filter filter;
        struct err e = {0};
        struct store_clause *clause =
            store_filter_add(a->arena, &given, STORE_BY_QUOTE_TYPE, "quote_type");
        clause->choices = cases[i].choices;
        assert_int_equal(
            filter_resolve(a->reader, &given, STORE_ARTICLE_LIST, a->arena, &filter, &e), RC_OK);
        assert_true(filter.spoken);
        assert_int_equal(filter.spoken_in != NULL, cases[i].few);
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
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_ways),
    };
    return cmocka_run_group_tests(tests, setup, archive_teardown);
}
