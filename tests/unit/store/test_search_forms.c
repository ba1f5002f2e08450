/* Forms of words by the packs' tables: what belongs together finds each other, and nothing else is made of a word. */
#include "fixture.h"

#include "store/search_forms.h"

static struct arena *arena;

static bool has(const char *word, const char *lang, const char *form)
{
    struct slice out[SEARCH_FORMS_MOST];
    struct store_filter filter = {0};
    if (lang != NULL) {
        store_filter_value(arena, &filter, STORE_BY_LANG, "lang", slice_cstr(lang));
    }
    size_t count = search_forms(slice_cstr(word), &filter, arena, out);
    assert_true(count >= 1 && count <= SEARCH_FORMS_MOST);
    assert_true(slice_is(out[0], word));
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < i; k++) {
            assert_false(slice_equal(out[i], out[k]));
        }
        if (slice_is(out[i], form)) {
            return true;
        }
    }
    return false;
}

static void test_pairs(void **state)
{
    (void)state;
    static const char *const pairs[][3] = {
        {"fr", "greve", "greves"},         {"fr", "municipal", "municipaux"},
        {"fr", "travail", "travaux"},      {"fr", "bateau", "bateaux"},
        {"fr", "heureux", "heureuse"},     {"fr", "directeur", "directrice"},
        {"fr", "vendeur", "vendeuses"},    {"fr", "policier", "policieres"},
        {"fr", "parisien", "parisiennes"}, {"fr", "patron", "patronne"},
        {"fr", "vert", "vertes"},          {"fr", "loi", "lois"},
        {"fr", "decisif", "decisives"},    {"fr", "annonce", "annoncees"},
        {"fr", "genou", "genoux"},         {"en", "strike", "strikes"},
        {"en", "city", "cities"},          {"en", "church", "churches"},
        {"en", "wolf", "wolves"},          {"en", "holiday", "holidays"},
        {"en", "class", "classes"},        {"en", "index", "indexes"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (!has(pairs[i][1], pairs[i][0], pairs[i][2]) ||
            !has(pairs[i][2], pairs[i][0], pairs[i][1]) || !has(pairs[i][1], NULL, pairs[i][2])) {
            fail_msg("%s, %s", pairs[i][1], pairs[i][2]);
        }
    }
}

static void test_left_alone(void **state)
{
    (void)state;
    static const char *const words[] = {"de", "ans", "2026", "g20s", "été", "москва"};
    struct store_filter filter = {0};
    struct slice out[SEARCH_FORMS_MOST];
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        assert_int_equal(search_forms(slice_cstr(words[i]), &filter, arena, out), 1);
    }
    assert_false(has("press", "en", "pres"));
    assert_false(has("cheval", "en", "chevaux"));
    assert_int_equal(has("strike", "xx", "strikes"), 0); /* a language without a pack */
}

static int setup(void **state)
{
    (void)state;
    arena = arena_new(0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pairs),
                                       cmocka_unit_test(test_left_alone)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
