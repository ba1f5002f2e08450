/* Agencies are credited where papers credit them, and a sentence that names one credits nobody. */
#include "given.h"

static const char *joined(const struct slice *items, size_t count)
{
    static char out[400];
    out[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(out);
        snprintf(out + len, sizeof out - len, "%s%.*s", i ? "|" : "", SLICE_ARG(items[i]));
    }
    return out;
}

static void expect(const char *json, const char *bylines, const char *credits)
{
    struct given g = given_json(json);
    assert_int_equal(g.rc, RC_OK);
    assert_string_equal(joined(g.document->bylines, g.document->byline_count), bylines);
    assert_string_equal(joined(g.document->credits, g.document->credit_count), credits);
    given_done(&g);
}

#define BODY "Le port a rouvert mardi matin, dit la mairie."

static void test_bylines(void **state)
{
    (void)state;
    expect("{\"lang\":\"fr\",\"text\":\"" BODY "\",\"bylines\":[\"AFP\"]}", "", "AFP");
    expect("{\"lang\":\"fr\",\"text\":\"" BODY "\",\"bylines\":[\"Jeanne Vidal avec AFP\"]}",
           "Jeanne Vidal", "AFP");
    expect("{\"lang\":\"fr\",\"text\":\"" BODY
           "\",\"bylines\":[\"Jeanne Vidal (avec AFP et Reuters)\"]}",
           "Jeanne Vidal", "AFP|Reuters");
    expect("{\"lang\":\"fr\",\"text\":\"" BODY "\",\"bylines\":[\"Le Courrier, avec agences\"]}",
           "Le Courrier, avec agences", "");
    expect("{\"lang\":\"en\",\"text\":\"It rains.\",\"bylines\":[\"Ann Reid\",\"The Associated "
           "Press\"]}",
           "Ann Reid", "AP");
    expect("{\"lang\":\"en\",\"text\":\"It rains.\",\"bylines\":[\"Pa Salt\",\"Bloomberg Jones\"]}",
           "Pa Salt|Bloomberg Jones", ""); /* people who are called so */
}

static void test_ends_of_the_text(void **state)
{
    static const struct {
        const char *end, *credits;
    } cases[] = {
        {"Fin. (AFP)", "AFP"},
        {"Fin (avec Belga).", "Belga"},
        {"© 2026 AFP", "AFP"},
        {"(c) 2026 Agence France-Presse. Tous droits réservés.", "AFP"},
        {"Source : Reuters", "Reuters"},
        {"AFP, Reuters et ATS", "AFP|Reuters|ATS"},
        {"La dépêche de l'AFP a surpris le maire.", ""},
        {"Il en a parlé (à l'AFP et à son frère).", ""},
        {"Un pa de plus (ap).", ""},
        {"En 2026.", ""},
        {"Avec et par.", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char json[400];
        snprintf(json, sizeof json, "{\"lang\":\"fr\",\"text\":\"Titre\\n\\n" BODY "\\n\\n%s\"}",
                 cases[i].end);
        expect(json, "", cases[i].credits);
    }
}

static void test_dateline_and_given(void **state)
{
    (void)state;
    struct given g = given_text("Le port rouvre\n\nDIEPPE (Reuters) - Le port a rouvert mardi, a "
                                "annoncé la mairie dans un communiqué.\n\nUn autre paragraphe.\n\n"
                                "Encore un.\n\nEt un.\n\nLe dernier.",
                                "fr");
    assert_int_equal(g.rc, RC_OK);
    assert_string_equal(joined(g.document->credits, g.document->credit_count), "Reuters");
    given_done(&g);
    expect("{\"lang\":\"fr\",\"text\":\"" BODY " (AFP)\",\"credits\":[\"Belga\"]}", "", "Belga");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_bylines),
                                       cmocka_unit_test(test_ends_of_the_text),
                                       cmocka_unit_test(test_dateline_and_given)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
