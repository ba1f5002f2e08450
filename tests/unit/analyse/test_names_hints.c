/* What the words around an unknown name say of it, and what only looks like a name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "named.h"

#define FR(text, expected) named_expect("fr", text, expected)
#define EN(text, expected) named_expect("en", text, expected)

static void roman_numbers(void **state)
{
    (void)state;
    named_lacks("fr", "Après un « acte VII » calme, le mouvement continue.", "VII");
    named_lacks("fr", "Devenu adulte au XXIe siècle, il vote peu.", "XXIe");
    /* Not every word of those letters is a number. */
    named_has("fr", "Le président chinois Xi Jinping viendra.", "PER", "Xi Jinping");
    named_has("fr", "Le roi Louis XIV y vécut.", "PER", "Louis XIV");
    named_has("en", "The main goal of Iran is to lift the sanctions.", "LOC", "Iran");
    named_has("fr", "L'émission de LCI a duré une heure.", "ORG", "LCI");
}

static void units_and_common_acronyms(void **state)
{
    (void)state;
    FR("Les oranges sont à 120 DA le kilo, payées par CCP, sous une ampoule LED.", "");
    named_has("fr", "Selon l'OTAN, rien ne change.", "ORG", "OTAN");
    EN("The LED lamp has a GPS chip.", "");
}

static void opening_words(void **state)
{
    (void)state;
    FR("Equipés d'une puce, ils doivent rester en laisse.", "");
    FR("Etaient conviés les voisins et leurs enfants.", "");
    named_lacks("fr", "Il traverse la rue.CroquettesEn ville, les animaux ont faim.",
                "CroquettesEn");
    named_has("fr", "Emmanuel Macron a parlé.", "PER", "Emmanuel Macron");
}

static void datelines(void **state)
{
    (void)state;
    FR("PARIS | Ils devaient partir hier.", "LOC PARIS");
    named_has("fr", "MONTRÉAL — Les écoles ferment demain.", "LOC", "MONTRÉAL");
    named_has("en", "TEHRAN (AFP) - Talks went on.", "LOC", "TEHRAN");
    named_has("en", "NEW YORK — Ministers met on Monday.", "LOC", "NEW YORK");
    named_lacks("fr", "VIDÉO | Ils devaient partir hier.", "VIDÉO");
}

static void the_noun_it_hangs_on(void **state)
{
    (void)state;
    FR("La vitrine d'une boutique Bagelor a été brisée.", "ORG Bagelor");
    FR("Les bénéficiaires des projets Ansejo et Angemo attendent.", "ORG Ansejo|ORG Angemo");
    named_has("fr", "La société Korvelia Consulting gère le fonds.", "ORG", "Korvelia Consulting");
    named_has("en", "He joined Korvelia Consulting last year.", "ORG", "Korvelia Consulting");
    named_has("en", "She complained on the petition platform Wandelo.org yesterday.", "ORG",
              "Wandelo.org");
    /* A known person or place stays one, whatever it hangs on. */
    named_lacks("fr", "L'étude de Jean Viard a fait date.", "étude");
    named_has("fr", "L'étude de Jean Viard a fait date.", "PER", "Jean Viard");
    named_has("fr", "Les salariés de Toulouse sont en grève.", "LOC", "Toulouse");
}

static void persons(void **state)
{
    (void)state;
    named_has("fr", "Odile a travaillé jusqu'à deux heures.", "PER", "Odile");
    named_has("fr", "Lundi matin, Radouan Faïbel, homme le plus recherché du pays, a fui.", "PER",
              "Radouan Faïbel");
    /* "Florence" may be the town: the verb alone doesn't tell. */
    named_lacks("fr", "Rose pâle ou rouge, la fleur plaît.", "Rose");
}

static void announced(void **state)
{
    (void)state;
    named_has("en", "Its lawyer, Priyanka Deshmukh-Hall, described the vote as a gift.", "PER",
              "Priyanka Deshmukh-Hall");
    named_has("en", "The regulator, Ofgem, will decide.", "ORG", "Ofgem");
}

static void editions(void **state)
{
    (void)state;
    named_has("fr", "Selon Bourgogne Dimanche, deux plaintes ont été déposées.", "ORG",
              "Bourgogne Dimanche");
    named_has("fr", "Il arrive à Paris dimanche matin.", "LOC", "Paris");
}

/* A firm's first word is the firm, in type and as an entity; a town's is the town. */
static void firms(void **state)
{
    (void)state;
    struct named n;
    named_read(
        &n, "en",
        "The developer, Northbeam Digital, promised jobs.\nThe data centre would bring jobs, "
        "Northbeam said.",
        NULL);
    const struct entity *e = named_entity(&n, "Northbeam Digital");
    assert_non_null(e);
    assert_int_equal(e->type, ENTITY_ORG);
    assert_int_equal(e->mention_count, 2);
    named_done(&n);
    named_has("en", "Leeds Digital opened.\nPeople in Leeds are glad.", "LOC", "Leeds");
}

static void places_inside_events(void **state)
{
    (void)state;
    FR("Depuis l'attentat de Strasbourg, la police est partout.", "LOC Strasbourg");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roman_numbers),
        cmocka_unit_test(units_and_common_acronyms),
        cmocka_unit_test(opening_words),
        cmocka_unit_test(datelines),
        cmocka_unit_test(the_noun_it_hangs_on),
        cmocka_unit_test(persons),
        cmocka_unit_test(places_inside_events),
        cmocka_unit_test(announced),
        cmocka_unit_test(editions),
        cmocka_unit_test(firms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
