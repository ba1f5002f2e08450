/* What EXTRACTION calls "must get right", in sentences of our own, each with near-misses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "named.h"

#define FR(text, expected) named_expect("fr", text, expected)
#define EN(text, expected) named_expect("en", text, expected)

static void particles_and_hyphens(void **state)
{
    (void)state;
    FR("Hier, Jean-Marc de La Sablière a rencontré Dominique de Villepin à Villeneuve-d'Ascq.",
       "PER Jean-Marc de La Sablière|PER Dominique de Villepin|LOC Villeneuve-d'Ascq");
    FR("Le bus part de L'Haÿ-les-Roses à midi.", "LOC L'Haÿ-les-Roses");
    EN("Willem de Klerk met Mary-Anne O'Neill in Stoke-on-Trent.",
       "PER Willem de Klerk|PER Mary-Anne O'Neill|LOC Stoke-on-Trent");
    EN("A well-known mother-in-law wrote an up-to-date letter.", "");
    named_has("fr", "Ursula von der Leyen était attendue à Châlons-en-Champagne.", "PER",
              "Ursula von der Leyen");
    named_has("fr", "Le train s'arrête à Châlons-en-Champagne tous les matins.", "LOC",
              "Châlons-en-Champagne");
    named_lacks("fr", "Le porte-parole a refusé tout rendez-vous avant-hier.", "porte-parole");
}

static void elided_articles(void **state)
{
    (void)state;
    FR("Selon l'Élysée, rien n'est décidé.", "ORG Élysée");
    FR("Lorsqu'Anne Hidalgo arrive, l'Espagne gagne ; jusqu'à l'aube, l'orage gronde.",
       "PER Anne Hidalgo|LOC Espagne");
    named_has("fr", "On dit qu'Emmanuel Macron viendra demain.", "PER", "Emmanuel Macron");
    named_has("fr", "Le musée d'Orsay rouvre, et la visite d'Angela Merkel est confirmée.", "PER",
              "Angela Merkel");
    named_has("fr", "Les pluies ont frappé l’Allemagne et l’Italie.", "LOC", "Allemagne");
    named_lacks("fr", "L'école et l'hôpital manquent de moyens.", "L'école");
}

static void all_capitals(void **state)
{
    (void)state;
    named_has("fr", "DONALD TRUMP ARRIVE À PARIS", "PER", "DONALD TRUMP");
    named_has("fr", "Selon l'OTAN et l'INSEE, la hausse ralentit.", "ORG", "OTAN");
    named_has("fr", "Selon l'OTAN et l'INSEE, la hausse ralentit.", "ORG", "INSEE");
    FR("ATTENTION AUX TRAVAUX SUR LA ROUTE", "");
    FR("EMMANUEL MACRON REÇOIT OLAF SCHOLZ À PARIS",
       "PER EMMANUEL MACRON|PER OLAF SCHOLZ|LOC PARIS");
    EN("LONDON MAYOR BORIS JOHNSON MEETS EMMANUEL MACRON",
       "LOC LONDON|PER BORIS JOHNSON|PER EMMANUEL MACRON");
    EN("ANNA BROWN AND PAUL GREEN TO MARRY IN KENYA", "PER ANNA BROWN|PER PAUL GREEN|LOC KENYA");
    EN("NATO WARNS OF A GREEN AND BROWN PAINT SHORTAGE", "ORG NATO");
    EN("ROADS CLOSED AFTER HEAVY RAIN", "");
}

static void initials(void **state)
{
    (void)state;
    named_has("fr", "Le vice-président J. D. Vance a pris la parole.", "PER", "J. D. Vance");
    named_has("en", "The novel by J. K. Rowling sold well.", "PER", "J. K. Rowling");
    named_lacks("fr", "Il faut lire le point B. de la note.", "point");
    FR("L'ancien juge P.-A. Mercier et J.R.R. Tolkien ne se sont jamais vus.",
       "PER P.-A. Mercier|PER J.R.R. Tolkien");
    EN("A vitamin B. deficiency was found in plan A.", "");
}

static void metonyms(void **state)
{
    (void)state;
    named_has("fr", "Le Kremlin a démenti mardi.", "ORG", "Kremlin");
    named_has("fr", "La Maison-Blanche refuse de commenter.", "ORG", "Maison-Blanche");
    named_has("fr", "Matignon et Bercy s'opposent sur ce point.", "ORG", "Matignon");
    named_has("fr", "Matignon et Bercy s'opposent sur ce point.", "ORG", "Bercy");
    named_has("fr", "Le Quai d'Orsay a convoqué l'ambassadeur.", "ORG", "Quai d'Orsay");
    named_has("fr", "Dans ce dossier, Bruxelles exige des garanties.", "ORG", "Bruxelles");
    named_has("fr", "Il est arrivé à Bruxelles par le train.", "LOC", "Bruxelles");
    FR("Une péniche est amarrée sur le quai d'Orsay, à Paris.", "LOC quai d'Orsay|LOC Paris");
    named_has("fr", "Les habitants de Moscou manifestent.", "LOC", "Moscou");
    named_has("en", "The White House declined to comment.", "ORG", "White House");
}

static void metonyms_in_english(void **state)
{
    (void)state;
    named_has("en", "Brussels has decided to fine the firm.", "ORG", "Brussels");
    named_has("en", "She moved to Brussels in the spring.", "LOC", "Brussels");
    named_has("en", "Downing Street refused to comment on Tuesday.", "ORG", "Downing Street");
    named_has("en", "He lives on Baker Street in London.", "LOC", "Baker Street");
}

/* The city is the entity, whether it is meant for its government once, mostly or always. */
static void a_capital_is_one_entity(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "Dans ce dossier, Bruxelles exige des garanties.",
        "Dans ce dossier, Bruxelles exige des garanties.\nBruxelles refuse aussi le calendrier.\n"
        "Il est arrivé à Bruxelles par le train.",
    };
    for (size_t i = 0; i < 2; i++) {
        struct named n;
        named_read(&n, "fr", texts[i], NULL);
        const struct entity *e = named_entity(&n, "Bruxelles");
        assert_non_null(e);
        assert_int_equal(e->type, ENTITY_LOC);
        assert_int_equal(e->mention_count, i ? 3 : 1);
        named_done(&n);
    }
    struct named n;
    named_read(&n, "fr", "Le Kremlin a démenti.\nLe Washington Post l'écrit.", NULL);
    assert_int_equal(named_entity(&n, "Kremlin")->type, ENTITY_ORG);
    assert_int_equal(named_entity(&n, "Washington Post")->type, ENTITY_ORG);
    named_done(&n);
}

/* Months and days that are also names. */
static void calendar_names(void **state)
{
    (void)state;
    named_has("en", "In May, Theresa May resigned.", "PER", "Theresa May");
    named_lacks("en", "On Friday in March, nobody came.", "March");
    named_lacks("fr", "En mars, les Bretons apprennent l'anglais.", "Bretons");
    named_has("fr", "Le chanteur Avril Dumont sera là en avril.", "PER", "Avril Dumont");
}

static void acronyms(void **state)
{
    (void)state;
    struct named n;
    named_read(&n, "fr",
               "L'Organisation mondiale de la santé (OMS) alerte.\nPour l'OMS, le risque demeure.",
               NULL);
    const struct entity *e = named_entity(&n, "Organisation mondiale de la santé");
    assert_non_null(e);
    assert_int_equal(e->type, ENTITY_ORG);
    assert_int_equal(e->mention_count, 3);
    named_done(&n);
    named_read(&n, "fr",
               "Le Comité lorrain de veille (CLV) siège avec la CGT.\nLe CLV votera demain.", NULL);
    e = named_entity(&n, "Comité lorrain de veille");
    assert_non_null(e);
    assert_int_equal(e->mention_count, 3); /* and not the CGT */
    named_done(&n);
}

/* An acronym in brackets says how far back its long form goes. */
static void expansions(void **state)
{
    (void)state;
    FR("L'Agence nationale de sécurité sanitaire de l'alimentation, de l'environnement et du "
       "travail "
       "(Anses) alerte.",
       "ORG Agence nationale de sécurité sanitaire de l'alimentation, de l'environnement et du "
       "travail|ORG Anses");
    FR("Selon la Caisse nationale des vacances des métiers du bois, ateliers et "
       "verreries (Cavambav), rien ne change.",
       "ORG Caisse nationale des vacances des métiers du bois, ateliers et "
       "verreries|ORG Cavambav");
    struct named n;
    named_read(&n, "fr",
               "L'Agence nationale de sécurité des vivres et du travail (Anses) alerte.\nL'Anses "
               "enquête.",
               NULL);
    const struct entity *e =
        named_entity(&n, "Agence nationale de sécurité des vivres et du travail");
    assert_non_null(e);
    assert_int_equal(e->mention_count, 3);
    named_done(&n);
    EN("The Organization for the Prohibition of Chemical Weapons (OPCW) met.",
       "ORG Organization for the Prohibition of Chemical Weapons|ORG OPCW");
    /* A bracket that doesn't spell it: a place, a verb between. */
    named_has("fr", "L'Agence nationale de l'habitat ouvre un bureau à la frontière (Menton).",
              "LOC", "Menton");
    named_lacks("fr", "La Caisse nationale ferme ses bureaux de la côte (Canot).", "bureaux");
}

static void expansions_in_english(void **state)
{
    (void)state;
    struct named n;
    named_read(&n, "en",
               "The World Food Fund (WFF) opened an office.\nThe WFF said it was welcome.", NULL);
    const struct entity *e = named_entity(&n, "World Food Fund");
    assert_non_null(e);
    assert_int_equal(e->mention_count, 3);
    named_done(&n);
}

static void no_names(void **state)
{
    (void)state;
    FR("Hier, la pluie a cessé.", "");
    FR("Pourtant, rien ne change depuis janvier.", "");
    FR("Les Allemands et les Italiens parlent aussi anglais.", "");
    FR("Le lundi 3 mars, le français sera enseigné.", "");
    FR("Le ministre de l'Intérieur et le procureur de la République se taisent.", "");
    FR("Abonnez-vous à notre lettre.", "");
    EN("On Monday, German officials said nothing.", "");
    EN("The Germans speak English in January and French on Sundays.", "");
    EN("Nothing works. Some left. Tomorrow will tell.", "");
    FR("Mai 68 est loin ; Mardi gras aussi.", "");
    EN("However, the rain has stopped.", "");
    named_has("fr", "La place du 8-Mai est fermée, dit la Société du 4 septembre à Nice.", "LOC",
              "Nice");
}

static void titles_outside(void **state)
{
    (void)state;
    named_has("fr", "Le prince et Mme de La Fayette ont dîné à Pau.", "PER", "de La Fayette");
    named_has("en", "Dr. Helen Marsh and Mrs. Holt spoke.", "PER", "Helen Marsh");
    named_has("en", "Dr. Helen Marsh and Mrs. Holt spoke.", "PER", "Holt");
    FR("M. Rousselot a salué Mme Galotte.", "PER Rousselot|PER Galotte");
    FR("Me Durand et le Dr Petit sont venus.", "PER Durand|PER Petit");
    FR("Le Pr Didier Lacombe et la générale Anne Roux témoignent.",
       "PER Didier Lacombe|PER Anne Roux");
    FR("Un professeur et un général témoignent devant le maire.", "");
    EN("Sir Keir Starmer and Gen. Mark Milley agreed.", "PER Keir Starmer|PER Mark Milley");
    named_has("fr", "Le général de Villiers a quitté son poste.", "PER", "de Villiers");
    named_has("fr", "Le député Claude Jacquot a écrit.", "PER", "Claude Jacquot");
    named_has("en", "President Joe Biden met Dr. Anna Lee.", "PER", "Joe Biden");
    named_has("en", "President Joe Biden met Dr. Anna Lee.", "PER", "Anna Lee");
}

static void coordinated(void **state)
{
    (void)state;
    named_has("en", "Bill and Melinda Gates met the mayor.", "PER", "Bill");
    FR("Rouen et Brigitte Macron n'ont rien en commun.", "LOC Rouen|PER Brigitte Macron");
    named_has("en", "Bill and Melinda Gates met the mayor.", "PER", "Melinda Gates");
    named_lacks("en", "The bill and Melinda Gates have little to do with it.", "bill");
    struct named n;
    named_read(&n, "fr", "Emmanuel et Brigitte Macron ont reçu leurs invités.", NULL);
    assert_string_equal(named_list(&n), "PER Emmanuel|PER Brigitte Macron");
    assert_non_null(named_entity(&n, "Emmanuel Macron"));
    assert_non_null(named_entity(&n, "Brigitte Macron"));
    named_done(&n);
    named_read(&n, "fr", "Paul Petit et Brigitte Macron ont reçu leurs invités.", NULL);
    assert_null(named_entity(&n, "Petit Macron"));
    named_done(&n);
}

static void one_person_many_forms(void **state)
{
    (void)state;
    struct named n;
    named_read(&n, "fr",
               "Steve Witkoff est arrivé.\nM. Witkoff a souri.\nPour Witkoff, tout va bien.", NULL);
    const struct entity *e = named_entity(&n, "Steve Witkoff");
    assert_non_null(e);
    assert_int_equal(e->mention_count, 3);
    assert_int_equal(n.reading.entities.count, 1);
    assert_int_equal(e->alias_count, 2);
    named_done(&n);
}

static void two_people_one_surname(void **state)
{
    (void)state;
    struct named n;
    named_read(&n, "fr",
               "Marine Le Pen a parlé. Jean-Marie Le Pen a répondu.\nMme Le Pen a conclu.", NULL);
    const struct entity *marine = named_entity(&n, "Marine Le Pen"),
                        *father = named_entity(&n, "Jean-Marie Le Pen");
    assert_non_null(marine);
    assert_non_null(father);
    assert_ptr_not_equal(marine, father);
    assert_int_equal(marine->mention_count, 2);
    named_done(&n);
}

static void recognised_once_is_everywhere(void **state)
{
    (void)state;
    struct named n;
    named_read(&n, "en",
               "Dete Papendieck keeps bees.\nBees, Papendieck says, are lazy. Ask Papendieck.",
               NULL);
    const struct entity *e = named_entity(&n, "Dete Papendieck");
    assert_non_null(e);
    assert_int_equal(e->mention_count, 3);
    named_done(&n);
}

static void beside_a_noun(void **state)
{
    (void)state;
    named_has("fr", "Le vice-ministre Kemal Aydinsoy assure que tout va bien.", "PER",
              "Kemal Aydinsoy");
    named_has("en", "Baltica Pharma, the Danish company that holds the licence, is slow.", "ORG",
              "Baltica Pharma");
    named_has("fr", "D'après L'Écho des Flandres, le chantier est fini.", "ORG",
              "L'Écho des Flandres");
    named_has("fr", "Le chef de l'État a reçu la NSA américaine.", "ORG", "NSA");
    named_has("fr", "Les joueurs ont battu les Canucks de Vancouver.", "ORG",
              "Canucks de Vancouver");
    named_lacks("fr", "Le tour de France des vignobles commence.", "tour");
    named_lacks("en", "Write to someone@example.org for details.", "someone@example.org");
}

static void long_bodies(void **state)
{
    (void)state;
    named_has("fr", "Il préside l'Association d'aide des veuves et orphelins du canton.", "ORG",
              "Association d'aide des veuves et orphelins du canton");
    named_has("fr", "Une source du ministère russe des Affaires étrangères confirme.", "ORG",
              "ministère russe des Affaires étrangères");
    named_has("fr", "Le tribunal correctionnel de Nancy a tranché.", "ORG",
              "tribunal correctionnel de Nancy");
    named_has("fr", "Rendez-vous rue de la Justice.", "LOC", "rue de la Justice");
    named_lacks("fr", "Il préside l'association des parents.", "association");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(particles_and_hyphens),
        cmocka_unit_test(elided_articles),
        cmocka_unit_test(all_capitals),
        cmocka_unit_test(initials),
        cmocka_unit_test(metonyms),
        cmocka_unit_test(metonyms_in_english),
        cmocka_unit_test(a_capital_is_one_entity),
        cmocka_unit_test(calendar_names),
        cmocka_unit_test(expansions_in_english),
        cmocka_unit_test(acronyms),
        cmocka_unit_test(expansions),
        cmocka_unit_test(no_names),
        cmocka_unit_test(titles_outside),
        cmocka_unit_test(coordinated),
        cmocka_unit_test(one_person_many_forms),
        cmocka_unit_test(two_people_one_surname),
        cmocka_unit_test(recognised_once_is_everywhere),
        cmocka_unit_test(long_bodies),
        cmocka_unit_test(beside_a_noun),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
