/* search_rank against FTS5's own bm25, which counts all rows of each word; and the guess where it doesn't. */
#include "fixture.h"

#include <math.h>

#include "store/reader.h"
#include "store/search_rank.h"

static void put(struct archive *a, int n)
{
    struct fixture f;
    char url[64], title[64], body[512] = "";
    snprintf(url, sizeof url, "https://example.org/rank/%d", n);
    snprintf(title, sizeof title, "Titre %s", n % 5 ? "commun" : "budget");
    for (int i = 0; i < 1 + n % 7; i++) {
        strcat(body, n % 3 ? "Le budget de la ville. " : "La ville attend. ");
    }
    strcat(body, n % 11 ? "Rien." : "« le vote du budget » hier.");
    fixture_begin(&f, url, title, body);
    fixture_put(&f, a->store);
    fixture_end(&f);
}

static void test_as_bm25(void **state)
{
    struct archive *a = *state;
    static const char *const matches[] = {"\"budget\"",
                                          "\"titre\"",
                                          "\"vote\" OR \"ville\"",
                                          "{title} : \"budget\" OR \"vote\"",
                                          "\"le budget\"",
                                          "\"bud\" *",
                                          "NEAR(\"vote\" \"budget\", 3)",
                                          "\"ville\" NOT \"budget\""};
    for (size_t i = 0; i < sizeof matches / sizeof matches[0]; i++) {
        int rows = 0;
        sqlite3_stmt *s =
            db_use(a->reader->db, "SELECT search_rank(article_search, 8.0, 3.0, 1.0, 1.2, 0.0),"
                                  " -bm25(article_search, 8.0, 3.0, 1.0, 1.2, 0.0)"
                                  " FROM article_search WHERE article_search MATCH ?1");
        db_bind_text(s, 1, slice_cstr(matches[i]));
        for (; db_step(a->reader->db, s); rows++) {
            double ours = sqlite3_column_double(s, 0), theirs = sqlite3_column_double(s, 1);
            if (fabs(ours - theirs) > 1e-9) {
                fail_msg("%s: %f, not %f", matches[i], ours, theirs);
            }
        }
        db_done(s);
        assert_true(rows > 0);
    }
}

/* Rows are numbered as they came: what the first ones have so densely, all have, about. */
static void test_guess(void **state)
{
    (void)state;
    double exact = search_rank_rows(7, 90000, 100000);
    assert_true(exact > 6.9 && exact < 7.1);
    assert_true(fabs(search_rank_rows(SEARCH_RANK_LOOKS, SEARCH_RANK_LOOKS, 100000) - 100000) < 1);
    assert_true(fabs(search_rank_rows(SEARCH_RANK_LOOKS, 50000, 100000) - 4000) < 1);
    assert_true(search_rank_rows(SEARCH_RANK_LOOKS, 300000, 100000) >= SEARCH_RANK_LOOKS);
}

static int setup(void **state)
{
    int code = archive_setup(state);
    for (int n = 0; n < 60; n++) {
        put(*state, n);
    }
    return code;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_bm25),
        cmocka_unit_test(test_guess),
    };
    return cmocka_run_group_tests(tests, setup, archive_teardown);
}
