/* The same words elsewhere: found whatever was cut, added or changed, and what differs is told right. Held against a
 * look at every pair, over random variants. */
#include "fixture.h"

#include "store/corrections.h"
#include "store/occurrences.h"
#include "store/prints.h"
#include "store/word_diff.h"

static const char *const speech =
    "Nous avons tenu parole devant toute la ville et nous tiendrons encore parole demain matin";

static void put(struct archive *a, unsigned number, const char *source, const char *words)
{
    struct fixture f;
    char url[64], body[2000];
    snprintf(url, sizeof url, "https://example.org/%u", number);
    snprintf(body, sizeof body, "« %s », a dit Jean Petit.", words);
    fixture_begin(&f, url, "Titre", body);
    f.document.published.time_ms += (int64_t)number * 86400000;
    f.document.source.text = source ? slice_cstr(source) : SLICE_NONE;
    uint32_t jean = fixture_entity(&f, "Jean Petit", ENTITY_PER);
    fixture_mention(&f, jean, "Jean Petit");
    fixture_quote(&f, words, jean, QUOTE_DIRECT);
    fixture_put(&f, a->store);
    fixture_end(&f);
}

static struct store_quote *all(struct archive *a, size_t *count)
{
    struct store_quote_query q = {.limit = 500, .sort = STORE_OLDEST};
    struct store_quote *rows = NULL;
    struct store_page page;
    struct err e = {0};
    assert_int_equal(store_quote_list(a->reader, &q, a->arena, &rows, count, &page, &e), RC_OK);
    return rows;
}

static struct store_occurrences group_of(struct archive *a, uint64_t id)
{
    struct store_occurrences group = {0};
    struct err e = {0};
    if (store_quote_occurrences(a->reader, id, a->arena, &group, &e) != RC_OK) {
        fail_msg("%s", e.message);
    }
    return group;
}

static void test_kinds(void **state)
{
    struct archive *a = *state;
    size_t count;
    put(a, 3, "Le Nord", speech);
    put(a, 2, "Le Sud",
        "NOUS AVONS TENU PAROLE, devant toute la ville… et nous tiendrons encore "
        "parole : demain matin");
    put(a, 5, "Le Nord", "Nous avons tenu parole");
    put(a, 4, NULL,
        "Nous avons toujours tenu parole devant toute la cité et nous tiendrons encore "
        "parole demain matin");
    put(a, 6, "Le Sud", "Le port rouvrira devant toute la presse demain à midi");
    put(a, 7, "Le Sud", "Oui");
    struct store_quote *rows = all(a, &count);
    assert_int_equal(count, 6);
    struct store_occurrences group = group_of(a, rows[1].id); /* of the 3rd day */
    assert_int_equal(group.count, 4);
    static const enum occurrence_kind kinds[] = {OCCURRENCE_EXACT, OCCURRENCE_EXACT,
                                                 OCCURRENCE_ALTERED, OCCURRENCE_TRUNCATED};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(group.items[i].kind, kinds[i]);
        assert_true(group.items[i].quote.id == rows[i].id);
    }
    assert_int_equal(group.articles, 4);
    assert_int_equal(group.outlet_count, 3);
    assert_true(slice_is(group.outlets[0].source, "Le Sud"));
    assert_int_equal(group.outlets[1].quotes, 2);
    assert_false(slice_present(group.outlets[2].source));
    assert_true(group.is_whole);
    const struct store_occurrence *changed = &group.items[2];
    static const struct {
        enum store_diff op;
        const char *text;
    } runs[] = {{STORE_DIFF_EQUAL, "Nous avons"},
                {STORE_DIFF_INSERT, "toujours"},
                {STORE_DIFF_EQUAL, "tenu parole devant toute la"},
                {STORE_DIFF_DELETE, "ville"},
                {STORE_DIFF_INSERT, "cité"},
                {STORE_DIFF_EQUAL, "et nous tiendrons encore parole demain matin"}};
    assert_int_equal(changed->difference_count, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(changed->difference[i].op, runs[i].op);
        assert_true(slice_is(changed->difference[i].text, runs[i].text));
    }
    group = group_of(a, rows[3].id); /* the short one sees the long ones */
    assert_int_equal(group.count, 3);
    assert_int_equal(group.items[0].kind, OCCURRENCE_EXTENDED);
    assert_int_equal(group_of(a, rows[5].id).count, 1);
    archive_check(a, true);
}

/* Deleted, rejected and corrected words are no occurrences any more. */
static void test_kept_up(void **state)
{
    struct archive *a = *state;
    struct err e = {0};
    size_t count;
    int64_t numbers[STORE_CHANGES_MOST];
    put(a, 1, "Le Nord", speech);
    put(a, 2, "Le Sud", speech);
    put(a, 3, "Le Sud", speech);
    struct store_quote *rows = all(a, &count);
    struct store_quote_change reject = {.quote = rows[1].id, .reject = true};
    assert_int_equal(store_change_quote(a->store, &reject, numbers, &count, &e), RC_OK);
    assert_int_equal(group_of(a, rows[0].id).count, 2);
    struct store_chosen_span span = {9, 27, true}; /* "Nous avons tenu pa" */
    struct store_quote_change words = {.quote = rows[2].id, .spans = &span, .span_count = 1};
    assert_int_equal(store_change_quote(a->store, &words, numbers, &count, &e), RC_OK);
    assert_int_equal(group_of(a, rows[0].id).count, 1);
    put(a, 3, "L'Est", speech); /* a new revision: the correction holds */
    assert_int_equal(group_of(a, rows[0].id).count, 1);
    archive_check(a, true);
}

static unsigned draw(unsigned *seed, unsigned most)
{
    *seed = *seed * 1103515245u + 12345u;
    return (*seed >> 16) % most;
}

/* A variant of one of a few speeches of made-up words: cut, lengthened, or with words exchanged. */
static void random_words(unsigned *seed, char *out, size_t size)
{
    unsigned base = draw(seed, 6), length = 8 + draw(seed, 25), cut = draw(seed, 3);
    unsigned from = cut == 1 ? draw(seed, 5) : 0;
    unsigned to = cut == 2 && length > 8 ? length - draw(seed, 4) : length;
    out[0] = '\0';
    for (unsigned i = from; i < to; i++) {
        unsigned word = base * 1000 + i;
        word = draw(seed, 12) == 0 ? 9000 + draw(seed, 900) : word;
        size_t len = strlen(out);
        snprintf(out + len, size - len, "%smot%u", len ? " " : "", word);
    }
}

static void test_nothing_is_missed(void **state)
{
    struct archive *a = *state;
    unsigned seed = 20261123;
    char words[1000];
    size_t count;
    for (unsigned i = 0; i < 120; i++) {
        random_words(&seed, words, sizeof words);
        put(a, i, "A", words);
    }
    struct store_quote *rows = all(a, &count);
    assert_int_equal(count, 120);
    size_t pairs = 0, close = 0;
    for (size_t i = 0; i < count; i++) {
        struct store_occurrences group = group_of(a, rows[i].id);
        assert_true(group.is_whole);
        struct print_words mine = prints_words(a->arena, rows[i].text);
        for (size_t k = 0; k < count; k++) {
            struct print_words other = prints_words(a->arena, rows[k].text);
            struct word_diff diff = word_diff(a->arena, rows[i].text, &mine, rows[k].text, &other);
            size_t in_group = 0;
            while (in_group < group.count && group.items[in_group].quote.id != rows[k].id) {
                in_group++;
            }
            bool found = in_group < group.count;
            pairs += found && i != k;
            /* seven words in a row in common are never missed, when enough else is */
            bool row_of_seven = false;
            for (size_t r = 0; r < diff.count; r++) {
                size_t spaces = 0;
                for (size_t c = 0; c < diff.items[r].text.len; c++) {
                    spaces += diff.items[r].text.ptr[c] == ' ';
                }
                row_of_seven =
                    row_of_seven || (diff.items[r].op == STORE_DIFF_EQUAL && spaces >= 6);
            }
            bool much =
                4 * diff.equal >= mine.count + other.count && diff.equal >= 3 * diff.equal_runs;
            close += row_of_seven && much && i != k;
            if (row_of_seven && much && !found) {
                fail_msg("'%.*s' doesn't find '%.*s'", SLICE_ARG(rows[i].text),
                         SLICE_ARG(rows[k].text));
            }
            if (found) { /* equal and deleted runs give the asked words, in order */
                char again[1200] = "";
                for (size_t r = 0; r < group.items[in_group].difference_count; r++) {
                    const struct store_diff_run *run = &group.items[in_group].difference[r];
                    size_t len = strlen(again);
                    if (run->op != STORE_DIFF_INSERT) {
                        snprintf(again + len, sizeof again - len, "%s%.*s", len ? " " : "",
                                 SLICE_ARG(run->text));
                    }
                }
                assert_true(slice_is(rows[i].text, again));
            }
        }
    }
    assert_true(pairs > 500 && close > 300);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, archive_setup, archive_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_kinds),
        TEST(test_kept_up),
        TEST(test_nothing_is_missed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
