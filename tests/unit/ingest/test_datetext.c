#include "given.h"

#include "ingest/datetext.h"
#include "text/dates.h"

static void expect(const char *text, const char *lang, const char *iso)
{
    struct arena *arena = arena_new(0);
    struct formula_packs packs = formula_packs_for(slice_cstr(lang));
    struct moment moment = {0};
    char shown[32];
    bool found = datetext_read(slice_cstr(text), &packs, arena, &moment);
    if (!iso) {
        assert_false(found);
    } else {
        assert_true(found);
        dates_format(moment.time_ms, moment.date_only, shown);
        assert_string_equal(shown, iso);
    }
    arena_free(arena);
}

static void test_prose(void **state)
{
    (void)state;
    expect("Publié le 3 février 2026 à 14h05", "fr", "2026-02-03T14:05:00Z");
    expect("le mardi 1er mars 2026", "fr", "2026-03-01");
    expect("2 nov. 2023 à 16:00", "fr", "2023-11-02T16:00:00Z");
    expect("à 9 h, le 12 août 2025 à 9 h 30", "fr", "2025-08-12T09:30:00Z");
    expect("Feb 3, 2026 2:05 PM EST", "en", "2026-02-03T19:05:00Z");
    expect("March 11, 2015", "en", "2015-03-11");
    expect("Friday 6 November 2020 12:15 a.m.", "en", "2020-11-06T00:15:00Z");
    expect("03/02/2026", "fr", "2026-02-03");
    expect("03/02/2026", "en", "2026-03-02");
    expect("23/02/2026", "en", "2026-02-23");
    expect("2026.02.03 14:05", "en", "2026-02-03T14:05:00Z");
    expect("2023年11月17日", NULL, "2023-11-17");
}

static void test_feeds(void **state)
{
    (void)state;
    expect("Tue, 03 Feb 2026 14:05:09 +0100", "en", "2026-02-03T13:05:09Z");
    expect("Tue, 03 Feb 2026 14:05:09 GMT", NULL, "2026-02-03T14:05:09Z");
    expect("03 Feb 26 14:05 PST", "en", "2026-02-03T22:05:00Z");
    expect("2026-02-03T14:05:09.123-05:00", "en", "2026-02-03T19:05:09.123Z");
}

static void test_no_dates(void **state)
{
    (void)state;
    static const char *const none[] = {"",
                                       "hier",
                                       "31 février",
                                       "1601-01-01",
                                       "9999-12-31",
                                       "12/2026",
                                       "99/99/2026",
                                       "le 3 février",
                                       "3.5.1",
                                       "00000000000000000000000000",
                                       "31 juin 2026"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        expect(none[i], "fr", NULL);
    }
}

static void test_marks_and_urls(void **state)
{
    (void)state;
    struct arena *arena = arena_new(0);
    struct formula_packs packs = formula_packs_for(SLICE("fr"));
    struct moment moment = {0};
    char shown[32];
    struct slice line =
        SLICE("Publié le 3 février 2026 à 14h05, mis à jour le 4 février 2026 à 8h00");
    assert_true(datetext_marked(line, &packs, arena, "modified", &moment));
    dates_format(moment.time_ms, moment.date_only, shown);
    assert_string_equal(shown, "2026-02-04T08:00:00Z");
    assert_true(datetext_marked(line, &packs, arena, "published", &moment));
    dates_format(moment.time_ms, moment.date_only, shown);
    assert_string_equal(shown, "2026-02-03T14:05:00Z");
    assert_false(
        datetext_marked(SLICE("Le 3 février 2026, la ville"), &packs, arena, "published", &moment));
    assert_true(datetext_of_url(SLICE("https://e.example/ville/2026/02/03/halle.html"), &moment));
    dates_format(moment.time_ms, moment.date_only, shown);
    assert_string_equal(shown, "2026-02-03");
    assert_false(datetext_of_url(SLICE("https://e.example/2026/13/03/x"), &moment));
    assert_false(datetext_of_url(SLICE("https://e.example/12345/02/03"), &moment));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prose),
        cmocka_unit_test(test_feeds),
        cmocka_unit_test(test_no_dates),
        cmocka_unit_test(test_marks_and_urls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
