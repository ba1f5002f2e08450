#include "fixture.h"

#include "store/corrections.h"

static void put(struct archive *a, const char *url, const char *more)
{
    struct fixture f;
    char body[600];
    snprintf(
        body, sizeof body,
        "Steve Witkoff parle à Bercy. « Une étape », dit Witkoff de Bercy. Marco Rubio écoute, "
        "Hier aussi. « Rien », dit-il. %s",
        more);
    fixture_begin(&f, url, "Titre", body);
    uint32_t witkoff = fixture_entity(&f, "Steve Witkoff", ENTITY_PER);
    fixture_mention(&f, witkoff, "Steve Witkoff");
    fixture_mention(&f, witkoff, "Witkoff");
    uint32_t bercy = fixture_entity(&f, "Bercy", ENTITY_LOC);
    fixture_mention(&f, bercy, "Bercy");
    uint32_t rubio = fixture_entity(&f, "Marco Rubio", ENTITY_PER);
    fixture_mention(&f, rubio, "Marco Rubio");
    fixture_title(&f, rubio, "écoute");
    uint32_t hier = fixture_entity(&f, "Hier", ENTITY_MISC);
    fixture_mention(&f, hier, "Hier");
    struct quote *q = fixture_quote(&f, "Une étape", witkoff, QUOTE_DIRECT);
    fixture_about(&f, q, bercy);
    fixture_about(&f, q, hier);
    fixture_quote(&f, "Rien", rubio, QUOTE_DIRECT);
    fixture_put(&f, a->store);
    fixture_end(&f);
}

static uint64_t id_of(struct archive *a, const char *name)
{
    struct store_candidate *rows;
    size_t count;
    struct err e = {0};
    if (store_entity_resolve(a->reader, slice_cstr(name), a->arena, &rows, &count, &e) != RC_OK) {
        return 0;
    }
    return rows[0].id;
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

static enum rc correct(struct archive *a, enum correction_kind kind, uint64_t target,
                       const char *value, int64_t *number)
{
    struct store_correction c = {
        .kind = kind, .target = target, .value = slice_cstr(value), .author = SLICE("desk")};
    int64_t affected, made = 0;
    struct err e = {0};
    enum rc rc = store_correct(a->store, &c, &made, &affected, &e);
    if (number != NULL) {
        *number = made;
    }
    return rc;
}

static const char *text_id(struct archive *a, uint64_t id)
{
    char *out = arena_alloc(a->arena, DIGEST_ID_CHARS + 1);
    digest_format_id(id, out);
    return out;
}

static void test_rename(void **state)
{
    struct archive *a = *state;
    int64_t number, affected;
    struct err e = {0};
    put(a, "https://example.org/1", "");
    uint64_t bercy = id_of(a, "bercy");
    assert_int_equal(
        correct(a, CORRECTION_ENTITY_RENAME, bercy, "ministère de l'Économie", &number), RC_OK);
    assert_int_equal(correct(a, CORRECTION_ENTITY_RENAME, bercy, "", NULL), RC_INVALID);
    put(a, "https://example.org/2", "");
    assert_true(slice_is(get(a, bercy).name, "ministère de l'Économie"));
    assert_int_equal(get(a, bercy).articles, 2);
    assert_int_equal(id_of(a, "Bercy"), bercy); /* still an alias */
    assert_int_equal(
        store_correction_undo(a->store, number, SLICE("desk"), SLICE_NONE, &affected, &e), RC_OK);
    assert_true(slice_is(get(a, bercy).name, "Bercy"));
    assert_int_equal(
        store_correction_undo(a->store, number, SLICE("desk"), SLICE_NONE, &affected, &e),
        RC_CONFLICT);
    assert_int_equal(store_correction_undo(a->store, 999, SLICE("desk"), SLICE_NONE, &affected, &e),
                     RC_NOT_FOUND);
    archive_check(a, true);
}

static void test_retype(void **state)
{
    struct archive *a = *state;
    put(a, "https://example.org/1", "");
    uint64_t bercy = id_of(a, "bercy");
    assert_int_equal(correct(a, CORRECTION_ENTITY_RETYPE, bercy, "XYZ", NULL), RC_INVALID);
    assert_int_equal(correct(a, CORRECTION_ENTITY_RETYPE, bercy, "ORG", NULL), RC_OK);
    put(a, "https://example.org/2", ""); /* the analysis says LOC again: the person wins */
    assert_int_equal(get(a, bercy).type, ENTITY_ORG);
    assert_int_equal(get(a, bercy).articles, 2);
    struct store_article_query q = {.limit = 1};
    struct store_article *rows;
    struct store_page page;
    struct store_article_entity *entities;
    size_t count;
    struct err e = {0};
    assert_int_equal(store_article_list(a->reader, &q, a->arena, &rows, &count, &page, &e), RC_OK);
    assert_int_equal(store_article_entities(a->reader, rows[0].id, a->arena, &entities, &count, &e),
                     RC_OK);
    for (size_t i = 0; i < count; i++) {
        if (entities[i].id == bercy) {
            assert_int_equal(entities[i].mentions[0].type, ENTITY_ORG);
        }
    }
    archive_check(a, true);
}

static void test_merge_redirects_for_ever(void **state)
{
    struct archive *a = *state;
    struct store_candidate *rows;
    size_t count;
    int64_t number, affected;
    struct err e = {0};
    put(a, "https://example.org/1", "");
    put(a, "https://example.org/2", "");
    uint64_t witkoff = id_of(a, "steve witkoff"), rubio = id_of(a, "marco rubio");
    assert_int_equal(correct(a, CORRECTION_ENTITY_MERGE, rubio, text_id(a, rubio), NULL),
                     RC_INVALID);
    assert_int_equal(correct(a, CORRECTION_ENTITY_MERGE, rubio, "nonsense", NULL), RC_NOT_FOUND);
    assert_int_equal(correct(a, CORRECTION_ENTITY_MERGE, rubio, text_id(a, witkoff), &number),
                     RC_OK);
    struct store_entity one = get(a, rubio);
    assert_int_equal(one.id, witkoff);
    assert_int_equal(one.articles, 2);
    assert_int_equal(one.mentions, 6);
    assert_int_equal(one.quotes_by, 4);
    assert_int_equal(one.title_count, 1);
    archive_check(a, true);
    put(a, "https://example.org/3", ""); /* and for what comes later */
    assert_int_equal(get(a, witkoff).quotes_by, 6);
    assert_int_equal(
        store_entity_resolve(a->reader, slice_cstr(text_id(a, rubio)), a->arena, &rows, &count, &e),
        RC_OK);
    assert_int_equal(rows[0].match, STORE_MATCH_MERGED_ID);
    archive_check(a, true);
    /* undone: the articles ask for a new analysis, which tells them apart again */
    assert_int_equal(
        store_correction_undo(a->store, number, SLICE("desk"), SLICE_NONE, &affected, &e), RC_OK);
    assert_int_equal(affected, 3);
    put(a, "https://example.org/3", "Revu.");
    assert_int_equal(get(a, rubio).id, rubio);
    assert_int_equal(get(a, rubio).articles, 1);
    archive_check(a, true);
}

static void test_merge_chain(void **state)
{
    struct archive *a = *state;
    put(a, "https://example.org/1", "");
    uint64_t witkoff = id_of(a, "steve witkoff"), rubio = id_of(a, "marco rubio"),
             hier = id_of(a, "hier");
    assert_int_equal(correct(a, CORRECTION_ENTITY_MERGE, hier, text_id(a, rubio), NULL), RC_OK);
    assert_int_equal(correct(a, CORRECTION_ENTITY_MERGE, rubio, text_id(a, witkoff), NULL), RC_OK);
    assert_int_equal(get(a, hier).id, witkoff);
    put(a, "https://example.org/2", "");
    assert_int_equal(get(a, witkoff).articles, 2);
    archive_check(a, true);
}

static void test_forbid(void **state)
{
    struct archive *a = *state;
    int64_t number, affected;
    struct err e = {0};
    put(a, "https://example.org/1", "");
    uint64_t hier = id_of(a, "hier");
    assert_int_equal(correct(a, CORRECTION_ENTITY_FORBID, hier, "", &number), RC_OK);
    assert_int_equal(get(a, hier).articles, 0);
    assert_int_equal(id_of(a, "hier"), 0);
    archive_check(a, true);
    put(a, "https://example.org/2", "");
    put(a, "https://example.org/1", "Revu.");
    assert_int_equal(id_of(a, "hier"), 0);
    archive_check(a, true);
    assert_int_equal(
        store_correction_undo(a->store, number, SLICE("desk"), SLICE_NONE, &affected, &e), RC_OK);
    assert_int_equal(affected, 2); /* found by the text that still says it */
    put(a, "https://example.org/2", "Revu.");
    assert_int_equal(get(a, hier).articles, 1);
    archive_check(a, true);
}

static struct store_quote *quotes(struct archive *a, size_t *count)
{
    struct store_quote_query q = {.limit = 50, .sort = STORE_OLDEST};
    struct store_quote *rows = NULL;
    struct store_page page;
    struct err e = {0};
    assert_int_equal(store_quote_list(a->reader, &q, a->arena, &rows, count, &page, &e), RC_OK);
    return rows;
}

static void test_quotes(void **state)
{
    struct archive *a = *state;
    size_t count;
    struct err e = {0};
    put(a, "https://example.org/1", "");
    uint64_t rubio = id_of(a, "marco rubio"), witkoff = id_of(a, "steve witkoff");
    struct store_quote *rows = quotes(a, &count);
    assert_int_equal(count, 2);
    uint64_t step = slice_is(rows[0].text, "Une étape") ? rows[0].id : rows[1].id;
    uint64_t nothing = slice_is(rows[0].text, "Rien") ? rows[0].id : rows[1].id;
    assert_int_equal(correct(a, CORRECTION_QUOTE_SPEAKER, step, text_id(a, rubio), NULL), RC_OK);
    assert_int_equal(correct(a, CORRECTION_QUOTE_TYPE, step, "mixed", NULL), RC_OK);
    assert_int_equal(correct(a, CORRECTION_QUOTE_TYPE, step, "shouted", NULL), RC_INVALID);
    assert_int_equal(correct(a, CORRECTION_QUOTE_REJECT, nothing, "", NULL), RC_OK);
    assert_int_equal(correct(a, CORRECTION_QUOTE_REJECT, 4711, "", NULL), RC_NOT_FOUND);
    for (int round = 0; round < 2; round++) {
        rows = quotes(a, &count);
        assert_int_equal(count, 1);
        assert_int_equal(rows[0].id, step);
        assert_int_equal(rows[0].type, QUOTE_MIXED);
        assert_int_equal(rows[0].speaker.entity.id, rubio);
        assert_true(rows[0].corrected);
        assert_true(slice_is(rows[0].resolution, "correction"));
        assert_int_equal(rows[0].about_count, 2);
        assert_int_equal(get(a, witkoff).quotes_by, 0);
        assert_int_equal(get(a, rubio).quotes_by, 1);
        archive_check(a, true);
        put(a, "https://example.org/1", "Le texte a changé, pas les mots."); /* replayed */
    }
    /* the words are gone: kept, and said to be orphaned */
    struct fixture f;
    fixture_begin(&f, "https://example.org/1", "Titre", "Plus rien de tout cela.");
    fixture_put(&f, a->store);
    fixture_end(&f);
    struct store_correction *list;
    assert_int_equal(store_correction_list(a->reader, true, 0, 50, a->arena, &list, &count, &e),
                     RC_OK);
    assert_int_equal(count, 3);
    assert_true(slice_is(list[0].words, "Une étape"));
    put(a, "https://example.org/1", "");
    assert_int_equal(store_correction_list(a->reader, true, 0, 50, a->arena, &list, &count, &e),
                     RC_OK);
    assert_int_equal(count, 0);
    archive_check(a, true);
}

/* Corrections exported from one archive win in another one, whatever is imported first. */
static void test_travel(void **state)
{
    struct archive *a = *state;
    void *second = NULL;
    struct store_correction *list;
    size_t count;
    struct err e = {0};
    int64_t number, affected;
    put(a, "https://example.org/1", "");
    uint64_t rubio = id_of(a, "marco rubio"), witkoff = id_of(a, "steve witkoff");
    uint64_t bercy = id_of(a, "bercy"), hier = id_of(a, "hier");
    struct store_quote *rows = quotes(a, &count);
    assert_int_equal(correct(a, CORRECTION_QUOTE_TYPE, rows[0].id, "indirect", NULL), RC_OK);
    assert_int_equal(correct(a, CORRECTION_ENTITY_MERGE, rubio, text_id(a, witkoff), NULL), RC_OK);
    assert_int_equal(correct(a, CORRECTION_ENTITY_RETYPE, bercy, "ORG", NULL), RC_OK);
    assert_int_equal(correct(a, CORRECTION_ENTITY_FORBID, hier, "", NULL), RC_OK);
    assert_int_equal(store_correction_list(a->reader, false, 0, 50, a->arena, &list, &count, &e),
                     RC_OK);
    assert_int_equal(count, 4);
    for (int first = 0; first < 2; first++) { /* articles first, corrections first */
        archive_setup(&second);
        struct archive *b = second;
        if (first == 0) {
            put(b, "https://example.org/1", "");
        }
        for (size_t i = 0; i < count; i++) {
            struct store_correction c = list[i];
            c.from_export = true;
            if (store_correct(b->store, &c, &number, &affected, &e) != RC_OK) {
                fail_msg("%s", e.message);
            }
        }
        if (first == 1) {
            put(b, "https://example.org/1", "");
        }
        assert_int_equal(id_of(b, "hier"), 0);
        assert_int_equal(id_of(b, "marco rubio"), witkoff);
        struct store_entity merged = get(b, witkoff);
        assert_true(slice_is(merged.name, "Steve Witkoff"));
        assert_int_equal(merged.quotes_by, 2);
        assert_int_equal(get(b, id_of(b, "bercy")).type, ENTITY_ORG);
        size_t quote_count;
        struct store_quote *again = quotes(b, &quote_count);
        assert_int_equal(again[0].type, QUOTE_INDIRECT);
        archive_check(b, true);
        archive_teardown(&second);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, archive_setup, archive_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_rename),      TEST(test_retype), TEST(test_merge_redirects_for_ever),
        TEST(test_merge_chain), TEST(test_forbid), TEST(test_quotes),
        TEST(test_travel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
