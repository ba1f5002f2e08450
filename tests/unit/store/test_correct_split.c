/* One entity that was two: split, replayed, undone. */
#include "fixture.h"

#include "store/corrections.h"

static const char *const places[] = {"Dieppe", "Nantes"};

/* Jean Martin says something, of whom the text is about in a place. */
static uint64_t put(struct archive *a, int number, const char *name, const char *more)
{
    struct fixture f;
    char url[64], body[400];
    snprintf(url, sizeof url, "https://example.org/%d", number);
    snprintf(body, sizeof body, "%s, maire, est à %s. « Mots %d », dit Martin. %s", name,
             places[number % 2], number, more);
    fixture_begin(&f, url, "Titre", body);
    uint32_t who = fixture_entity(&f, name, ENTITY_PER),
             place = fixture_entity(&f, places[number % 2], ENTITY_LOC);
    char words[16];
    snprintf(words, sizeof words, "Mots %d", number);
    fixture_mention(&f, who, name);
    fixture_mention(&f, who, "Martin");
    fixture_mention(&f, place, places[number % 2]);
    fixture_title(&f, who, "maire");
    fixture_about(&f, fixture_quote(&f, words, who, QUOTE_DIRECT), place);
    struct store_result result = fixture_put(&f, a->store);
    fixture_end(&f);
    return result.id;
}

static struct store_entity get(struct archive *a, uint64_t id)
{
    struct store_entity entity = {0};
    struct err e = {0};
    if (store_entity_get(a->reader, id, 0, a->arena, &entity, &e) != RC_OK) {
        fail_msg("%s", e.message);
    }
    return entity;
}

/* 0: nobody; 1: several. */
static uint64_t id_of(struct archive *a, const char *name)
{
    struct store_candidate *rows;
    size_t count;
    struct err e = {0};
    if (store_entity_resolve(a->reader, slice_cstr(name), a->arena, &rows, &count, &e) != RC_OK) {
        return 0;
    }
    return count > 1 ? 1 : rows[0].id;
}

static void split_ok(struct archive *a, const struct store_split *split, uint64_t *made,
                     int64_t *number)
{
    struct err e = {0};
    size_t rows;
    if (store_split(a->store, split, made, number, &rows, &e) != RC_OK) {
        fail_msg("%s", e.message);
    }
    assert_int_equal(rows, split->alias_count + split->article_count);
}

static void check(struct archive *a, uint64_t id, int64_t articles)
{
    struct store_entity entity = get(a, id);
    assert_int_equal(entity.articles, articles);
    assert_int_equal(entity.mentions, 2 * articles);
    assert_int_equal(entity.quotes_by, articles);
    assert_int_equal(entity.title_count, articles > 0);
}

/* Two people under one name: told apart by article. */
static void test_by_article(void **state)
{
    struct archive *a = *state;
    uint64_t articles[4], made, other;
    int64_t number;
    for (int i = 0; i < 4; i++) {
        articles[i] = put(a, i, "Jean Martin", "");
    }
    uint64_t martin = id_of(a, "jean martin");
    uint64_t his[] = {articles[1], articles[3]};
    struct store_split split = {.entity = martin,
                                .articles = his,
                                .article_count = 2,
                                .author = SLICE("desk"),
                                .note = SLICE("de Nantes")};
    split_ok(a, &split, &made, &number);
    assert_int_not_equal(made, martin);
    check(a, martin, 2);
    check(a, made, 2);
    assert_true(slice_is(get(a, made).name, "Jean Martin"));
    assert_int_equal(id_of(a, "jean martin"), 1); /* two now */
    archive_check(a, true);
    put(a, 1, "Jean Martin", "Revu."); /* again: the decision holds, */
    put(a, 0, "Jean Martin", "Revu."); /* and touches no other article */
    check(a, martin, 2);
    check(a, made, 2);
    /* what is decided about the one does not befall the other */
    int64_t renamed, affected;
    struct err e = {0};
    struct store_correction c = {
        .kind = CORRECTION_ENTITY_RETYPE, .target = made, .value = SLICE("MISC")};
    assert_int_equal(store_correct(a->store, &c, &renamed, &affected, &e), RC_OK);
    c = (struct store_correction){
        .kind = CORRECTION_ENTITY_RENAME, .target = made, .value = SLICE("Jean Martin (Nantes)")};
    assert_int_equal(store_correct(a->store, &c, &renamed, &affected, &e), RC_OK);
    for (int i = 0; i < 4; i++) {
        put(a, i, "Jean Martin", "Revu encore.");
    }
    check(a, martin, 2);
    check(a, made, 2);
    assert_int_equal(get(a, martin).type, ENTITY_PER);
    assert_int_equal(get(a, made).type, ENTITY_MISC);
    assert_true(slice_is(get(a, martin).name, "Jean Martin"));
    assert_true(slice_is(get(a, made).name, "Jean Martin (Nantes)"));
    archive_check(a, true);
    /* nothing is lost when the split is undone, and the new id leads back for ever */
    assert_int_equal(
        store_correction_undo(a->store, number, SLICE("desk"), SLICE_NONE, &affected, &e), RC_OK);
    assert_int_equal(affected, 2); /* their mentions' type is another analysis' to say */
    assert_int_equal(get(a, made).id, martin);
    check(a, martin, 4);
    archive_check(a, true);
    for (int i = 0; i < 4; i++) {
        put(a, i, "Jean Martin", "Revu trois fois.");
    }
    check(a, martin, 4);
    other = id_of(a, "jean martin");
    assert_int_equal(other, martin);
    archive_check(a, true);
}

/* Two names that were merged by matching: told apart by the fullest form. */
static void test_by_alias(void **state)
{
    struct archive *a = *state;
    uint64_t made;
    int64_t number, affected;
    struct err e = {0};
    put(a, 0, "Jean Martin", "");
    put(a, 1, "Jean Martin", "");
    put(a, 2, "Jean Martyn", ""); /* joined as a variant */
    uint64_t martin = id_of(a, "jean martin");
    struct slice aliases[] = {SLICE("JEAN MARTYN")};
    struct store_split split = {.entity = martin,
                                .aliases = aliases,
                                .alias_count = 1,
                                .name = SLICE("Jean Q. Martyn"),
                                .has_type = true,
                                .type = ENTITY_PER};
    if (get(a, martin).articles != 3) { /* the fold doesn't level these: then by correction */
        struct store_correction merge = {.kind = CORRECTION_ENTITY_MERGE,
                                         .target = id_of(a, "jean martyn")};
        char id[DIGEST_ID_CHARS + 1];
        digest_format_id(martin, id);
        merge.value = slice_cstr(id);
        assert_int_equal(store_correct(a->store, &merge, &number, &affected, &e), RC_OK);
    }
    split_ok(a, &split, &made, &number);
    check(a, martin, 2);
    check(a, made, 1);
    assert_true(slice_is(get(a, made).name, "Jean Q. Martyn"));
    archive_check(a, true);
    assert_int_equal(
        store_correction_undo(a->store, number, SLICE("desk"), SLICE_NONE, &affected, &e), RC_OK);
    assert_int_equal(get(a, made).id, martin);
    check(a, martin, 3);
    assert_int_equal(
        store_correction_undo(a->store, number, SLICE("desk"), SLICE_NONE, &affected, &e),
        RC_CONFLICT);
    archive_check(a, true);
}

static void test_refusals(void **state)
{
    struct archive *a = *state;
    uint64_t made = 0, articles[] = {put(a, 0, "Jean Martin", ""), 4711};
    int64_t number;
    size_t rows;
    struct err e = {0};
    struct slice aliases[] = {SLICE("Martin"), SLICE("Jean Martin")};
    struct store_split split = {.entity = id_of(a, "jean martin")};
    assert_int_equal(store_split(a->store, &split, &made, &number, &rows, &e), RC_INVALID);
    split.aliases = aliases;
    split.alias_count = 1; /* a short form is nobody's fullest form */
    assert_int_equal(store_split(a->store, &split, &made, &number, &rows, &e), RC_INVALID);
    assert_string_equal(e.field, "aliases");
    split.aliases = aliases + 1; /* all there is */
    assert_int_equal(store_split(a->store, &split, &made, &number, &rows, &e), RC_INVALID);
    split.alias_count = 0;
    split.articles = articles + 1;
    split.article_count = 1;
    assert_int_equal(store_split(a->store, &split, &made, &number, &rows, &e), RC_INVALID);
    assert_string_equal(e.field, "articles");
    split.entity = 4711;
    assert_int_equal(store_split(a->store, &split, &made, &number, &rows, &e), RC_NOT_FOUND);
    assert_int_equal(made, 0);
    archive_check(a, true);
}

/* A quote that a person gave to someone stays with them. */
static void test_chosen_speaker_stays(void **state)
{
    struct archive *a = *state;
    uint64_t articles[] = {put(a, 0, "Jean Martin", ""), put(a, 1, "Jean Martin", "")}, made;
    int64_t number, affected;
    struct err e = {0};
    struct store_quote_query q = {.limit = 5};
    store_filter_article(a->arena, &q.filter, articles[1]);
    struct store_quote *quotes;
    struct store_page page;
    size_t count;
    assert_int_equal(store_quote_list(a->reader, &q, a->arena, &quotes, &count, &page, &e), RC_OK);
    uint64_t martin = id_of(a, "jean martin");
    char id[DIGEST_ID_CHARS + 1];
    digest_format_id(martin, id);
    struct store_correction c = {
        .kind = CORRECTION_QUOTE_SPEAKER, .target = quotes[0].id, .value = slice_cstr(id)};
    assert_int_equal(store_correct(a->store, &c, &number, &affected, &e), RC_OK);
    struct store_split split = {.entity = martin, .articles = articles + 1, .article_count = 1};
    split_ok(a, &split, &made, &number);
    assert_int_equal(get(a, martin).quotes_by, 2);
    assert_int_equal(get(a, made).quotes_by, 0);
    archive_check(a, true);
    put(a, 1, "Jean Martin", "Revu.");
    assert_int_equal(get(a, martin).quotes_by, 2);
    archive_check(a, true);
}

/* In another archive, before or after its articles. */
static void test_travel(void **state)
{
    struct archive *a = *state;
    uint64_t articles[4], made;
    int64_t number, affected;
    struct err e = {0};
    for (int i = 0; i < 4; i++) {
        articles[i] = put(a, i, "Jean Martin", "");
    }
    struct store_split split = {
        .entity = id_of(a, "jean martin"), .articles = articles + 2, .article_count = 2};
    split_ok(a, &split, &made, &number);
    struct store_correction *list;
    size_t count;
    assert_int_equal(store_correction_list(a->reader, false, 0, 50, a->arena, &list, &count, &e),
                     RC_OK);
    assert_int_equal(count, 2);
    for (int first = 0; first < 2; first++) {
        void *second = NULL;
        archive_setup(&second);
        struct archive *b = second;
        for (int i = 0; i < 4 && first == 0; i++) {
            put(b, i, "Jean Martin", "");
        }
        for (size_t i = 0; i < count; i++) {
            struct store_correction c = list[i];
            c.from_export = true;
            if (store_correct(b->store, &c, &number, &affected, &e) != RC_OK) {
                fail_msg("%s", e.message);
            }
        }
        for (int i = 0; i < 4 && first == 1; i++) {
            put(b, i, "Jean Martin", "");
        }
        check(b, made, 2);
        check(b, split.entity, 2);
        archive_check(b, true);
        archive_teardown(&second);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, archive_setup, archive_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_by_article),           TEST(test_by_alias), TEST(test_refusals),
        TEST(test_chosen_speaker_stays), TEST(test_travel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
