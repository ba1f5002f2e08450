/* Facets and related entities against SQL that counts without them; sets of rows as tables. */
#include "random_work.h"

#include "store/facets.h"
#include "store/reader.h"
#include "store/related.h"
#include "store/row_set.h"

static void fill(struct archive *a, unsigned articles)
{
    struct fixture f;
    for (unsigned i = 0; i < articles; i++) {
        random_article(&f, i, 0);
        fixture_put(&f, a->store);
        fixture_end(&f);
    }
}

static int64_t count_of(struct archive *a, const char *sql, int64_t bound)
{
    sqlite3_stmt *s = db_use_text(a->reader->db, sql);
    if (bound >= 0) {
        db_bind_int(s, 1, bound);
    }
    int64_t count = db_step(a->reader->db, s) ? db_int(s, 0) : -1;
    db_done(s);
    assert_true(db_ok(a->reader->db));
    return count;
}

static size_t facets_of(struct archive *a, enum store_list list, uint32_t most,
                        struct store_facet_counts *out)
{
    static const unsigned of_articles = 1u << FACET_SOURCE | 1u << FACET_LANG |
                                        1u << FACET_SECTION | 1u << FACET_ENTITY |
                                        1u << FACET_SPEAKER;
    struct store_filter filter = {0};
    struct err e = {0};
    size_t count;
    /* Everything satisfies it; without a clause counters would answer. */
    assert_true(store_filter_range(
        a->arena, &filter, list == STORE_ARTICLE_LIST ? STORE_BY_WORDS : STORE_BY_CONFIDENCE, 0,
        INT64_MAX));
    unsigned facets = list == STORE_ARTICLE_LIST ? of_articles : (1u << STORE_FACET_COUNT) - 1;
    if (store_facets(a->reader, &filter, list, facets, 3, most, a->arena, out, &count, &e) !=
        RC_OK) {
        fail_msg("%s", e.message);
    }
    return count;
}

/* A value's rows, counted in another way. */
static int64_t count_value(struct archive *a, enum store_list list, enum store_facet facet,
                           const struct store_facet_value *value)
{
    const char *sql =
        list == STORE_QUOTE_LIST ? "SELECT count(DISTINCT q.quote) FROM quote_entities q JOIN "
                                   "entities e ON e.id = q.entity"
                                   " WHERE e.public_id = ?1 AND q.roles & 15"
        : facet == FACET_SPEAKER
            ? "SELECT count(*) FROM article_entities q JOIN entities e ON e.id = q.entity"
              " WHERE e.public_id = ?1 AND q.quotes_by > 0"
            : "SELECT count(*) FROM article_entities q JOIN entities e ON e.id = q.entity"
              " WHERE e.public_id = ?1";
    sqlite3_stmt *s = db_use_text(a->reader->db, sql);
    db_bind_int(s, 1, db_id(value->id));
    int64_t count = db_step(a->reader->db, s) ? db_int(s, 0) : -1;
    db_done(s);
    return count;
}

static void check_facet(struct archive *a, enum store_list list,
                        const struct store_facet_counts *facet)
{
    bool several = facet->facet == FACET_ENTITY ||
                   (facet->facet == FACET_SPEAKER && list == STORE_ARTICLE_LIST);
    int64_t sum = facet->other + facet->missing;
    for (size_t i = 0; i < facet->count; i++) {
        sum += facet->values[i].count;
        assert_true(i == 0 || facet->values[i - 1].count >= facet->values[i].count);
        if (several && facet->exact) {
            assert_int_equal(facet->values[i].count,
                             count_value(a, list, facet->facet, &facet->values[i]));
        }
    }
    assert_true(several ? sum >= facet->counted : sum == facet->counted);
    assert_true(facet->distinct >= (int64_t)facet->count);
}

static void test_sums_and_limits(void **state)
{
    static const enum store_list lists[] = {STORE_ARTICLE_LIST, STORE_QUOTE_LIST};
    static const char *const rows[] = {"SELECT count(*) FROM articles WHERE deleted_ms IS NULL",
                                       "SELECT count(*) FROM quotes"};
    struct archive *a = *state;
    fill(a, 80);
    for (int n = 0; n < 2; n++) {
        int64_t all = count_of(a, rows[n], -1);
        assert_true(all > 40);
        const int64_t mosts[] = {0, 1, 7, all - 1, all, all + 1};
        for (size_t i = 0; i < sizeof mosts / sizeof mosts[0]; i++) {
            struct store_facet_counts facets[STORE_FACET_COUNT];
            size_t count = facets_of(a, lists[n], (uint32_t)mosts[i], facets);
            assert_int_equal(count, lists[n] == STORE_ARTICLE_LIST ? 5 : STORE_FACET_COUNT);
            for (size_t k = 0; k < count; k++) {
                assert_int_equal(facets[k].counted, mosts[i] < all ? mosts[i] : all);
                assert_int_equal(facets[k].exact, mosts[i] >= all);
                check_facet(a, lists[n], &facets[k]);
            }
        }
    }
    struct store_facet_counts facets[STORE_FACET_COUNT];
    facets_of(a, STORE_ARTICLE_LIST, 1000, facets);
    assert_int_equal(facets[FACET_SPEAKER].missing,
                     count_of(a,
                              "SELECT count(*) FROM articles a WHERE NOT EXISTS (SELECT 1 FROM"
                              " article_entities e WHERE e.article = a.id AND e.quotes_by > 0)",
                              -1));
}

/* ---- related */

static uint64_t best_known(struct archive *a)
{
    return (uint64_t)count_of(a, "SELECT public_id FROM entities ORDER BY quotes_by DESC LIMIT 1",
                              -1);
}

static void test_directed(void **state)
{
    static const char pairs[] =
        "SELECT count(*) FROM quote_entities q JOIN quote_entities o ON o.quote = q.quote AND"
        " o.entity <> q.entity JOIN entities e ON e.id = q.entity JOIN entities t ON t.id = "
        "o.entity"
        " WHERE e.public_id = ?1 AND t.public_id = ?2 AND q.roles & ?3 AND o.roles & ?4";
    struct archive *a = *state;
    fill(a, 80);
    uint64_t entity = best_known(a);
    for (int back = 0; back < 2; back++) {
        struct store_related_query q = {.entity = entity,
                                        .relation =
                                            back ? STORE_SPOKEN_ABOUT_BY : STORE_SPEAKS_ABOUT,
                                        .types = ~0u,
                                        .least = 1,
                                        .limit = 100};
        struct store_related_list list;
        struct err e = {0};
        assert_int_equal(store_entity_related(a->reader, &q, a->arena, &list, &e), RC_OK);
        assert_true(list.count > 0 && list.whole);
        for (size_t i = 0; i < list.count; i++) {
            sqlite3_stmt *s = db_use_text(a->reader->db, pairs);
            db_bind_int(s, 1, db_id(entity));
            db_bind_int(s, 2, db_id(list.items[i].id));
            db_bind_int(s, 3, back ? 2 : 1);
            db_bind_int(s, 4, back ? 1 : 2);
            assert_true(db_step(a->reader->db, s));
            assert_int_equal(list.items[i].shared, db_int(s, 0));
            db_done(s);
        }
    }
}

/* Newest first, each article once, and no newer one is left out. */
static void test_evidence(void **state)
{
    static const char newer[] =
        "SELECT count(*) FROM article_entities x JOIN article_entities y ON y.article = x.article"
        " JOIN entities e ON e.id = x.entity JOIN entities t ON t.id = y.entity"
        " WHERE e.public_id = ?1 AND t.public_id = ?2 AND x.sort_ms > ?3";
    struct archive *a = *state;
    fill(a, 80);
    struct store_related_query q = {
        .entity = best_known(a), .types = ~0u, .least = 1, .limit = 100};
    struct store_related_list list;
    struct err e = {0};
    assert_int_equal(store_entity_related(a->reader, &q, a->arena, &list, &e), RC_OK);
    assert_true(list.count > 3);
    for (size_t i = 0; i < list.count; i++) {
        const struct store_related *row = &list.items[i];
        int64_t most = row->shared < STORE_RELATED_EVIDENCE ? row->shared : STORE_RELATED_EVIDENCE;
        assert_int_equal(row->evidence_count, most);
        for (size_t k = 0; k < row->evidence_count; k++) {
            sqlite3_stmt *s = db_use_text(a->reader->db, newer);
            db_bind_int(s, 1, db_id(q.entity));
            db_bind_int(s, 2, db_id(row->id));
            db_bind_int(s, 3, row->evidence[k].sort_ms);
            assert_true(db_step(a->reader->db, s));
            assert_true(db_int(s, 0) <= (int64_t)k);
            db_done(s);
            for (size_t j = 0; j < k; j++) {
                assert_true(row->evidence[j].article != row->evidence[k].article);
                assert_true(row->evidence[j].sort_ms >= row->evidence[k].sort_ms);
            }
        }
    }
}

/* ---- sets as tables */

static void test_rows_of(void **state)
{
    struct archive *a = *state;
    struct row_set set = {.arena = a->arena};
    unsigned seed = 3;
    for (unsigned n = 0; n < 400; n++) {
        assert_true(row_set_add(&set, draw(&seed, n < 200 ? 70 : 5000)));
    }
    sqlite3_stmt *s = db_use_text(a->reader->db, "SELECT row FROM rows_of(?1)");
    row_set_bind(s, 1, &set);
    int64_t count = 0, last = -1;
    while (db_step(a->reader->db, s)) {
        assert_true(db_int(s, 0) > last && row_set_has(&set, db_int(s, 0)));
        last = db_int(s, 0);
        count++;
    }
    db_done(s);
    assert_int_equal(count, set.count);
    struct row_set nothing = {.arena = a->arena};
    s = db_use_text(a->reader->db, "SELECT row FROM rows_of(?1)");
    row_set_bind(s, 1, &nothing);
    assert_false(db_step(a->reader->db, s));
    db_done(s);
    db_bind_int(s, 1, 7); /* no set at all */
    assert_false(db_step(a->reader->db, s));
    db_done(s);
    assert_true(db_ok(a->reader->db));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, archive_setup, archive_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_sums_and_limits), TEST(test_directed),
                                       TEST(test_evidence), TEST(test_rows_of)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
