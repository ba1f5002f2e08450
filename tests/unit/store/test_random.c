/* Whatever happens in whatever order, every counter is what a recount gives. */
#include "random_work.h"

#include "store/corrections.h"

static void random_put(struct archive *a, unsigned *seed)
{
    struct fixture f;
    struct store_result result;
    struct err e = {0};
    random_article(&f, draw(seed, 40), draw(seed, 4));
    struct store_write request = fixture_request(&f);
    request.revive = draw(seed, 2);
    enum rc rc = store_write_wait(a->store, &request, &result, &e);
    if (rc != RC_OK && rc != RC_GONE) {
        fail_msg("put: %s", e.message);
    }
    if (rc == RC_OK && draw(seed, 4) == 0) { /* another analyser sees other things */
        f.analysis.quote_count /= 2;
        f.analysis.analyser = "test 2";
        request.kind = STORE_ANALYSIS;
        request.has_id = true;
        request.id = result.id;
        assert_int_equal(store_write_wait(a->store, &request, &result, &e), RC_OK);
    }
    fixture_end(&f);
}

static void random_delete(struct archive *a, unsigned *seed)
{
    struct fixture f;
    struct store_result result;
    struct err e = {0};
    random_article(&f, draw(seed, 40), 0);
    struct store_write request = fixture_request(&f);
    request.kind = STORE_DELETE;
    request.has_id = true;
    enum rc rc = store_write_wait(a->store, &request, &result, &e);
    assert_true(rc == RC_OK || rc == RC_GONE || rc == RC_NOT_FOUND);
    fixture_end(&f);
}

static bool random_entity(struct archive *a, unsigned *seed, uint64_t *id)
{
    struct store_candidate *rows;
    size_t count;
    struct err e = {0};
    const char *name = world[draw(seed, WORLD)].full;
    if (store_entity_resolve(a->reader, slice_cstr(name), a->arena, &rows, &count, &e) != RC_OK) {
        return false;
    }
    *id = rows[draw(seed, (unsigned)count)].id;
    return true;
}

static bool random_quote(struct archive *a, unsigned *seed, uint64_t *id)
{
    struct store_quote_query q = {.limit = 1 + draw(seed, 10)};
    struct store_quote *rows;
    struct store_page page;
    struct err e = {0};
    size_t count = 0;
    assert_int_equal(store_quote_list(a->reader, &q, a->arena, &rows, &count, &page, &e), RC_OK);
    if (count > 0) {
        *id = rows[count - 1].id;
    }
    return count > 0;
}

static void random_split(struct archive *a, unsigned *seed)
{
    struct store_article_query q = {.limit = 20};
    uint64_t entity;
    struct store_article *rows;
    struct store_page page;
    struct err e = {0};
    size_t count = 0;
    if (!random_entity(a, seed, &entity) ||
        !store_filter_entity(a->arena, &q.filter, "entity", STORE_ANY_ROLE, entity) ||
        store_article_list(a->reader, &q, a->arena, &rows, &count, &page, &e) != RC_OK ||
        count == 0) {
        return;
    }
    uint64_t made, articles[] = {rows[draw(seed, (unsigned)count)].id, rows[0].id};
    struct slice aliases[] = {slice_cstr(world[draw(seed, WORLD)].full)};
    struct store_split split = {.entity = entity,
                                .articles = articles,
                                .article_count = draw(seed, 3),
                                .aliases = aliases,
                                .alias_count = draw(seed, 2),
                                .has_type = draw(seed, 2),
                                .type = ENTITY_MISC,
                                .author = SLICE("t")};
    int64_t number, affected;
    size_t made_rows;
    enum rc rc = store_split(a->store, &split, &made, &number, &made_rows, &e);
    if (rc != RC_OK && rc != RC_INVALID) {
        fail_msg("split: %s", e.message);
    }
    if (rc == RC_OK && draw(seed, 3) == 0) {
        assert_int_equal(
            store_correction_undo(a->store, number, SLICE("t"), SLICE_NONE, &affected, &e), RC_OK);
    }
}

static void random_correction(struct archive *a, unsigned *seed)
{
    static const char *const values[][2] = {
        {"Nom choisi", "Autre nom"}, {"ORG", "PER"}, {NULL, NULL}, {"", ""}, {NULL, NULL},
        {"mixed", "indirect"},       {"", ""},
    };
    if (draw(seed, 4) == 0) {
        random_split(a, seed);
        return;
    }
    struct store_correction c = {.kind = (enum correction_kind)draw(seed, 7), .author = SLICE("t")};
    uint64_t other;
    int64_t number, affected;
    char id[DIGEST_ID_CHARS + 1];
    struct err e = {0};
    bool about_quote = c.kind >= CORRECTION_QUOTE_SPEAKER;
    if (!(about_quote ? random_quote(a, seed, &c.target) : random_entity(a, seed, &c.target)) ||
        !random_entity(a, seed, &other)) {
        return;
    }
    digest_format_id(other, id);
    const char *value = values[c.kind][draw(seed, 2)];
    c.value = slice_cstr(value ? value : id);
    enum rc rc = store_correct(a->store, &c, &number, &affected, &e);
    if (rc != RC_OK && rc != RC_INVALID && rc != RC_NOT_FOUND) {
        fail_msg("%s: %s", correction_kind_name(c.kind), e.message);
    }
    if (rc == RC_OK && draw(seed, 3) == 0) {
        assert_int_equal(
            store_correction_undo(a->store, number, SLICE("t"), SLICE_NONE, &affected, &e), RC_OK);
    }
}

/* Other words for a quote, and perhaps the old ones again. */
static void random_words(struct archive *a, unsigned *seed)
{
    uint64_t id;
    int64_t numbers[STORE_CHANGES_MOST], affected;
    size_t count = 0;
    struct err e = {0};
    if (!random_quote(a, seed, &id)) {
        return;
    }
    uint32_t start = draw(seed, 80), middle = start + 1 + draw(seed, 30);
    struct store_chosen_span spans[] = {{start, middle, true},
                                        {middle + 1, middle + 3 + draw(seed, 9), false}};
    struct store_quote_change c = {
        .quote = id, .spans = spans, .span_count = 1 + draw(seed, 2), .has_type = draw(seed, 2)};
    enum rc rc = store_change_quote(a->store, &c, numbers, &count, &e);
    if (rc != RC_OK && rc != RC_INVALID) {
        fail_msg("change: %s", e.message);
    }
    if (rc == RC_OK && draw(seed, 3) == 0) {
        assert_int_equal(
            store_correction_undo(a->store, numbers[0], SLICE("t"), SLICE_NONE, &affected, &e),
            RC_OK);
    }
}

static void test_recount(void **state)
{
    struct archive *a = *state;
    const char *given = getenv("RANDOM_SEED");
    unsigned seed = given ? (unsigned)atoi(given) : 20261123;
    for (int i = 0; i < 600; i++) {
        unsigned what = draw(&seed, 20);
        if (what < 14) {
            random_put(a, &seed);
        } else if (what < 17) {
            random_delete(a, &seed);
        } else if (i > 100) {
            random_correction(a, &seed);
            random_words(a, &seed);
        }
        if (i % 50 == 49) {
            archive_check(a, i % 200 == 199);
            arena_reset(a->arena);
        }
    }
    archive_check(a, true);
}

/* Everything deleted: nothing is left but tombstones, and every counter is zero. */
static void test_down_to_nothing(void **state)
{
    struct archive *a = *state;
    struct store_stats stats;
    struct fixture f;
    struct err e = {0};
    for (unsigned i = 0; i < 30; i++) {
        random_article(&f, i, 1);
        fixture_put(&f, a->store);
        fixture_end(&f);
    }
    for (unsigned i = 0; i < 30; i++) {
        random_article(&f, i, 1);
        struct store_result result;
        struct store_write request = fixture_request(&f);
        request.kind = STORE_DELETE;
        request.has_id = true;
        assert_int_equal(store_write_wait(a->store, &request, &result, &e), RC_OK);
        fixture_end(&f);
    }
    assert_int_equal(store_stats(a->reader, a->arena, &stats, &e), RC_OK);
    assert_int_equal(stats.articles, 0);
    assert_int_equal(stats.tombstones, 30);
    assert_int_equal(stats.entities, 0);
    assert_int_equal(stats.mentions, 0);
    assert_int_equal(stats.quotes, 0);
    assert_int_equal(stats.source_count, 0);
    archive_check(a, true);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, archive_setup, archive_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_recount), TEST(test_down_to_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
