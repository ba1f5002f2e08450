/* What an office is over belongs to the office; a ministry is one body. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "named.h"

#define FR(text, expected) named_expect("fr", text, expected)
#define EN(text, expected) named_expect("en", text, expected)

static void portfolios_are_no_names(void **state)
{
    (void)state;
    FR("Selon le ministre des Affaires étrangères, la trêve tiendra.", "");
    FR("Le ministre de l'Enseignement supérieur a reçu les étudiants.", "");
    FR("La ministre de la Transition écologique et de la Cohésion des territoires a tranché.", "");
    FR("Le secrétaire d'État chargé du Numérique, Bastien Rouvray, a présenté le plan.",
       "PER Bastien Rouvray");
    EN("The Minister of Defence declined to comment.", "");
    EN("The Secretary of State for Education resigned on Monday.", "");
}

static void person_behind_portfolio(void **state)
{
    (void)state;
    FR("Le ministre de l'Agriculture et des Forêts Orhan Demirtay a démissionné.",
       "PER Orhan Demirtay");
    FR("La ministre des Sports Solène Quéméneur et le ministre de l'Éducation nationale Marc "
       "Delaunay étaient là.",
       "PER Solène Quéméneur|PER Marc Delaunay");
    EN("Minister of Foreign Affairs Penny Hargrave spoke first.", "PER Penny Hargrave");
}

static void place_behind_office(void **state)
{
    (void)state;
    FR("Le procureur de la République de Rennes a ouvert une enquête.", "LOC Rennes");
}

static void ministries_are_bodies(void **state)
{
    (void)state;
    FR("Une source proche du ministère russe des Affaires étrangères le confirme.",
       "ORG ministère russe des Affaires étrangères");
    FR("Le ministère de l'Agriculture et des Forêts a publié une note.",
       "ORG ministère de l'Agriculture et des Forêts");
    FR("On l'a appris auprès du ministère de l'Intérieur.", "ORG ministère de l'Intérieur");
    EN("The Ministry of Health and Social Care denied it.",
       "ORG Ministry of Health and Social Care");
    EN("He left the Federal Ministry for Climate Action.",
       "ORG Federal Ministry for Climate Action");
    EN("The Foreign Office declined to comment.", "ORG Foreign Office");
}

static void near_misses(void **state)
{
    (void)state;
    /* Whom or what one is minister with, of a country or a party, stays a name. */
    named_has("fr", "Le ministre de la Belgique à Paris a signé.", "LOC", "Belgique");
    named_has("fr", "Le ministre de l'Intérieur et Emmanuel Macron se sont vus.", "PER",
              "Emmanuel Macron");
    named_has("fr", "Selon l'Éducation nationale, rien ne change.", "ORG", "Éducation nationale");
    named_has("en", "The general secretary of the Communist Party stood down.", "ORG",
              "Communist Party");
    named_has("en", "Secretary of Defense Lloyd Austin spoke.", "PER", "Lloyd Austin");
    FR("Le ministère a refusé de répondre.", "");
}

static void user_has_the_last_word(void **state)
{
    (void)state;
    struct err e = {0};
    struct gazetteer *g = NULL;
    assert_int_equal(gazetteer_parse(SLICE("add\tORG\tIntérieur\n"), &g, &e), RC_OK);
    struct named n;
    named_read(&n, "fr", "Le ministre de l'Intérieur a réagi.", g);
    assert_string_equal(named_list(&n), "ORG Intérieur");
    named_done(&n);
    gazetteer_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(portfolios_are_no_names),
        cmocka_unit_test(person_behind_portfolio),
        cmocka_unit_test(place_behind_office),
        cmocka_unit_test(ministries_are_bodies),
        cmocka_unit_test(near_misses),
        cmocka_unit_test(user_has_the_last_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
