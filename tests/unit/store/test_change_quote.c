/* Corrections of quotes: other words, survival of new analyses and new texts, two editors. */
#include "fixture.h"

#include "store/corrections.h"
#include "store/spans_value.h"
#include "text/utf8.h"

static struct slice body_of(const struct fixture *f)
{
    return f->document.text;
}

/* An article whose analysis finds `words`; `before` moves them, `after` changes the text behind them. */
static void put(struct archive *a, const char *before, const char *words, const char *after,
                struct fixture *f)
{
    char body[800];
    snprintf(body, sizeof body, "%s « Une étape vers Genève et la paix », dit Witkoff. %s", before,
             after);
    fixture_begin(f, "https://example.org/1", "Titre", body);
    uint32_t witkoff = fixture_entity(f, "Witkoff", ENTITY_PER);
    fixture_mention(f, witkoff, "Witkoff");
    uint32_t geneva = fixture_entity(f, "Genève", ENTITY_LOC);
    fixture_mention(f, geneva, "Genève");
    struct quote *q = fixture_quote(f, words, witkoff, QUOTE_DIRECT);
    fixture_about(f, q, geneva);
    fixture_put(f, a->store);
}

static struct store_quote only_quote(struct archive *a)
{
    struct store_quote_query q = {.limit = 10};
    struct store_quote *rows, out = {0};
    struct store_page page;
    struct err e = {0};
    size_t count = 0;
    assert_int_equal(store_quote_list(a->reader, &q, a->arena, &rows, &count, &page, &e), RC_OK);
    assert_int_equal(count, 1);
    assert_int_equal(store_quote_get(a->reader, rows[0].id, a->arena, &out, &e), RC_OK);
    return out;
}

static struct store_chosen_span choose(const struct fixture *f, const char *words, bool verbatim)
{
    size_t at = slice_find(body_of(f), slice_cstr(words), 0);
    assert_true(at != SIZE_MAX);
    uint32_t start = (uint32_t)utf8_count(slice_of(f->text, at));
    return (struct store_chosen_span){start, start + (uint32_t)utf8_count(slice_cstr(words)),
                                      verbatim};
}

static enum rc change(struct archive *a, struct store_quote_change c, int64_t *number)
{
    int64_t numbers[STORE_CHANGES_MOST] = {0};
    size_t count = 0;
    struct err e = {0};
    c.author = SLICE("desk");
    enum rc rc = store_change_quote(a->store, &c, numbers, &count, &e);
    if (number != NULL) {
        *number = numbers[0];
    }
    return rc;
}

static void check_span(const struct store_quote *q, size_t index, struct slice text,
                       const char *words)
{
    struct store_span span = q->spans[index].span;
    assert_true(
        slice_is(slice_of(text.ptr + span.start_byte, span.end_byte - span.start_byte), words));
    assert_int_equal(span.start_cp, utf8_count(slice_of(text.ptr, span.start_byte)));
    assert_int_equal(span.end_cp, utf8_count(slice_of(text.ptr, span.end_byte)));
}

static int64_t orphans(struct archive *a)
{
    struct store_correction_query q = {.has_orphaned = true, .orphaned = true, .limit = 9};
    struct store_correction *rows;
    struct store_page page;
    struct err e = {0};
    size_t count;
    assert_int_equal(store_correction_search(a->reader, &q, a->arena, &rows, &count, &page, &e),
                     RC_OK);
    return page.total;
}

static void test_other_words_last(void **state)
{
    struct archive *a = *state;
    struct fixture f;
    put(a, "Hier,", "Une étape vers Genève", "", &f);
    struct store_quote before = only_quote(a);
    assert_int_equal(before.about_count, 1);
    struct store_chosen_span spans[] = {choose(&f, "Une étape", true),
                                        choose(&f, "la paix", false)};
    struct store_quote_change c = {.quote = before.id, .spans = spans, .span_count = 2};
    assert_int_equal(change(a, c, NULL), RC_OK);
    fixture_end(&f);
    static const char *const movers[] = {"Hier,", "Hier et avant-hier, à Évian,", ""};
    for (size_t round = 0; round < 4; round++) {
        struct store_quote now = only_quote(a);
        assert_int_equal(now.id, before.id);
        assert_true(slice_is(now.text, "Une étape … la paix"));
        assert_int_equal(now.span_count, 2);
        assert_true(now.spans[0].verbatim);
        assert_false(now.spans[1].verbatim);
        assert_int_equal(now.about_count, 0); /* Genève isn't said any more */
        assert_true(now.corrected);
        archive_check(a, true);
        if (round < 3) {
            put(a, movers[round], "Une étape vers Genève", round == 1 ? "Fin." : "", &f);
            struct store_quote moved = only_quote(a);
            check_span(&moved, 0, body_of(&f), "Une étape");
            check_span(&moved, 1, body_of(&f), "la paix");
            fixture_end(&f);
        }
    }
    assert_int_equal(orphans(a), 0);
}

/* Another analyser draws the line elsewhere, or right: what people said still holds. */
static void test_another_analyser(void **state)
{
    struct archive *a = *state;
    struct fixture f;
    put(a, "Hier,", "Une étape vers Genève", "", &f);
    struct store_quote_change c = {
        .quote = only_quote(a).id, .has_type = true, .type = QUOTE_MIXED};
    assert_int_equal(change(a, c, NULL), RC_OK);
    fixture_end(&f);
    put(a, "Hier,", "Une étape vers Genève et", "", &f); /* same text: unchanged, so ask for it */
    struct store_write request = fixture_request(&f);
    struct store_result result;
    struct err e = {0};
    request.kind = STORE_ANALYSIS;
    request.has_id = true;
    assert_int_equal(store_write_wait(a->store, &request, &result, &e), RC_OK);
    struct store_quote now = only_quote(a);
    assert_true(slice_is(now.text, "Une étape vers Genève et"));
    assert_int_equal(now.type, QUOTE_MIXED);
    fixture_end(&f);
    /* words that a person chose, found by the analyser itself later */
    put(a, "Hier,", "Une étape vers Genève et", "Revu.", &f);
    struct store_chosen_span spans[] = {choose(&f, "Une étape vers Genève et la paix", true)};
    c = (struct store_quote_change){.quote = only_quote(a).id, .spans = spans, .span_count = 1};
    assert_int_equal(change(a, c, NULL), RC_OK);
    fixture_end(&f);
    put(a, "Avant-hier,", "Une étape vers Genève et la paix", "Revu encore.", &f);
    assert_true(only_quote(a).corrected);
    fixture_end(&f);
    archive_check(a, true);
}

static void test_words_that_are_gone(void **state)
{
    struct archive *a = *state;
    struct fixture f;
    int64_t number, affected;
    struct err e = {0};
    put(a, "Hier,", "Une étape vers Genève", "", &f);
    struct store_chosen_span spans[] = {choose(&f, "Hier, « Une étape", true)};
    struct store_quote_change c = {.quote = only_quote(a).id, .spans = spans, .span_count = 1};
    assert_int_equal(change(a, c, &number), RC_OK);
    fixture_end(&f);
    put(a, "Demain,", "Une étape vers Genève", "", &f); /* "Hier," is gone */
    assert_true(slice_is(only_quote(a).text, "Une étape vers Genève"));
    assert_int_equal(orphans(a), 1);
    fixture_end(&f);
    put(a, "Hier,", "Une étape vers Genève", "", &f);
    assert_true(slice_is(only_quote(a).text, "Hier, « Une étape"));
    assert_int_equal(orphans(a), 0);
    assert_int_equal(
        store_correction_undo(a->store, number, SLICE("desk"), SLICE_NONE, &affected, &e), RC_OK);
    assert_int_equal(affected, 1);
    fixture_end(&f);
    archive_check(a, true);
}

static void test_two_editors(void **state)
{
    struct archive *a = *state;
    struct fixture f;
    put(a, "Hier,", "Une étape vers Genève", "", &f);
    struct store_quote read = only_quote(a);
    struct store_quote_change c = {.quote = read.id,
                                   .has_state = true,
                                   .state = read.state,
                                   .has_type = true,
                                   .type = QUOTE_INDIRECT};
    assert_int_equal(change(a, c, NULL), RC_OK);
    assert_int_equal(change(a, c, NULL), RC_CONFLICT);
    c.state = only_quote(a).state;
    c.has_speaker = c.nobody = true;
    assert_int_equal(change(a, c, NULL), RC_OK);
    assert_false(only_quote(a).speaker.present);
    /* all or nothing: the speaker is none, so the type stays */
    c = (struct store_quote_change){.quote = read.id,
                                    .has_speaker = true,
                                    .speaker = 4711,
                                    .has_type = true,
                                    .type = QUOTE_DIRECT};
    assert_int_equal(change(a, c, NULL), RC_NOT_FOUND);
    assert_int_equal(only_quote(a).type, QUOTE_INDIRECT);
    c = (struct store_quote_change){.quote = read.id, .reject = true};
    assert_int_equal(change(a, c, NULL), RC_OK);
    assert_int_equal(change(a, c, NULL), RC_GONE);
    struct store_quote gone;
    struct err e = {0};
    assert_int_equal(store_quote_get(a->reader, read.id, a->arena, &gone, &e), RC_GONE);
    fixture_end(&f);
    archive_check(a, true);
}

static void test_values(void **state)
{
    struct archive *a = *state;
    struct slice text = SLICE("un deux trois deux quatre");
    struct quote_span spans[] = {{{3, 7}, true}, {{14, 18}, false}}, *found;
    size_t count;
    struct slice value = spans_value_write(a->arena, text, spans, 2);
    assert_true(slice_is(spans_value_words(value, a->arena), "deux … deux"));
    assert_true(spans_value_anchor(value, text, a->arena, &found, &count));
    assert_int_equal(count, 2);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(found[i].span.start_byte, spans[i].span.start_byte);
        assert_int_equal(found[i].span.end_byte, spans[i].span.end_byte);
        assert_int_equal(found[i].verbatim, spans[i].verbatim);
    }
    /* moved as a whole, in order, each word once */
    assert_true(
        spans_value_anchor(value, SLICE("et un deux trois deux quatre"), a->arena, &found, &count));
    assert_int_equal(found[0].span.start_byte, 6);
    assert_int_equal(found[1].span.start_byte, 17);
    assert_false(spans_value_anchor(value, SLICE("un deux trois"), a->arena, &found, &count));
    static const char *const broken[] = {"",       "3:1",         "3:1:9:deux",
                                         "3:1:0:", "x:1:1:a",     "3:1:4:deu",
                                         ":::",    "3:1:4:deux5", "99999999999:1:1:a"};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        assert_false(spans_value_anchor(slice_cstr(broken[i]), text, a->arena, &found, &count));
        assert_false(slice_present(spans_value_words(slice_cstr(broken[i]), a->arena)));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, archive_setup, archive_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_other_words_last), TEST(test_another_analyser), TEST(test_words_that_are_gone),
        TEST(test_two_editors),      TEST(test_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
