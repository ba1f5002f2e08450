#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "named.h"

static void expect_title(const char *lang, const char *text, const char *name, const char *title)
{
    struct named n;
    named_read(&n, lang, text, NULL);
    const struct entity *e = named_entity(&n, name);
    bool good = e && named_has_title(e, title);
    if (!good) {
        print_error("in \"%s\": names %s; %s lacks \"%s\"", text, named_list(&n), name, title);
        for (size_t i = 0; e && i < e->title_count; i++) {
            print_error(" [%.*s]", SLICE_ARG(e->titles[i].text));
        }
        print_error("\n");
    }
    named_done(&n);
    assert_true(good);
}

static size_t titles_of(const char *lang, const char *text, const char *name)
{
    struct named n;
    named_read(&n, lang, text, NULL);
    const struct entity *e = named_entity(&n, name);
    assert_non_null(e);
    size_t count = e->title_count;
    named_done(&n);
    return count;
}

static void before_the_name(void **state)
{
    (void)state;
    expect_title("fr", "Le porte-parole du Kremlin, Dmitri Peskov, a parlé.", "Dmitri Peskov",
                 "porte-parole du Kremlin");
    expect_title("fr", "Le conseiller de Donald Trump, Steve Witkoff, part.", "Steve Witkoff",
                 "conseiller de Donald Trump");
    expect_title("fr", "L'ancien président Donald Trump revient.", "Donald Trump",
                 "ancien président");
    expect_title("fr", "L’homme d’affaires américain Steve Witkoff arrive.", "Steve Witkoff",
                 "homme d’affaires américain");
    expect_title("fr", "La ministre du Travail Muriel Savignan a signé.", "Muriel Savignan",
                 "ministre du Travail");
    expect_title("en", "Treasury Secretary Janet Yellen spoke.", "Janet Yellen",
                 "Treasury Secretary");
    expect_title("en", "The chief executive of Boeing, Dave Calhoun, resigned.", "Dave Calhoun",
                 "chief executive of Boeing");
    expect_title("en", "The new head librarian, Farah Siddiq, agrees.", "Farah Siddiq",
                 "head librarian");
    expect_title("fr", "Son avocat, Me Fabrice Lantenay, a plaidé.", "Fabrice Lantenay", "avocat");
    expect_title("en", "Talks with French President Emmanuel Macron failed.", "Emmanuel Macron",
                 "French President");
}

/* « prévenu » is what a man is, and what a mayor has done; a day between verb and name is no part of a role. */
static void between_verb_and_name(void **state)
{
    (void)state;
    const char *text = "« Les quais fermeront », a prévenu jeudi Aude Kermarec, maire de Vannes.";
    assert_int_equal(titles_of("fr", text, "Aude Kermarec"), 1);
    expect_title("fr", text, "Aude Kermarec", "maire de Vannes");
    expect_title("fr", "« Non », a aussi prévenu Aude Kermarec, la maire de Vannes.",
                 "Aude Kermarec", "maire de Vannes");
    expect_title("fr", "Le prévenu Marc Delaunay a nié les faits.", "Marc Delaunay", "prévenu");
    expect_title("fr", "« Non », a lancé mardi soir à Brest la députée écologiste Marion Kerleau.",
                 "Marion Kerleau", "députée écologiste");
    expect_title("fr", "« Oui », a assuré à Lyon le président de la région, Paul Dervaux.",
                 "Paul Dervaux", "président de la région");
    expect_title("en", "\"No,\" warned on Thursday Jane Fowler, mayor of Derby.", "Jane Fowler",
                 "mayor of Derby");
    assert_int_equal(titles_of("en", "The council has led Jane Fowler to the door.", "Jane Fowler"),
                     0);
}

static void offices(void **state)
{
    (void)state;
    expect_title("fr", "Le ministre de l'Agriculture et des Forêts Orhan Demirtay a démissionné.",
                 "Orhan Demirtay", "ministre de l'Agriculture et des Forêts");
    expect_title("fr", "Le garde des Sceaux Marc Delaunay a parlé.", "Marc Delaunay",
                 "garde des Sceaux");
    expect_title("fr", "Le procureur de la République de Rennes, Marc Delaunay, a parlé.",
                 "Marc Delaunay", "procureur de la République de Rennes");
    expect_title("en", "The Minister for Health and Social Care Maria Caulfield resigned.",
                 "Maria Caulfield", "Minister for Health and Social Care");
}

static void behind_the_name(void **state)
{
    (void)state;
    expect_title("fr",
                 "Marine Dupont, présidente de l'association Les Amis du Lac, a salué ce choix.",
                 "Marine Dupont", "présidente de l'association Les Amis du Lac");
    expect_title("fr", "Steve Witkoff, envoyé spécial du président américain, viendra.",
                 "Steve Witkoff", "envoyé spécial du président américain");
    expect_title("fr", "Steve Witkoff, désormais conseiller de Trump, viendra.", "Steve Witkoff",
                 "conseiller de Trump");
    expect_title("fr", "Paul Durand (maire de Lille) a voté.", "Paul Durand", "maire de Lille");
    expect_title("fr", "Mathieu Klein est le maire de Nancy depuis 2020.", "Mathieu Klein",
                 "maire de Nancy");
    expect_title("en", "Simon Smith, a transport economist at the University of Leeds, argues.",
                 "Simon Smith", "transport economist at the University of Leeds");
    expect_title("en", "He met John Harkness, the company's managing director.", "John Harkness",
                 "managing director");
    expect_title("en", "Jane Doe, a spokeswoman for Acme Corp, said no.", "Jane Doe",
                 "spokeswoman for Acme Corp");
}

static void near_misses(void **state)
{
    (void)state;
    /* Another person's title, a place, a list. */
    assert_int_equal(
        titles_of("fr", "Le conseiller de Donald Trump, Steve Witkoff, part.", "Donald Trump"), 0);
    assert_int_equal(
        titles_of("fr", "Steve Witkoff, venu de Paris, a parlé au maire.", "Steve Witkoff"), 0);
    assert_int_equal(titles_of("fr",
                               "Devant le maire, Paul Durand et Luc Petit ont juré de se taire.",
                               "Luc Petit"),
                     0);
    assert_int_equal(titles_of("fr", "Après le discours de Martine Aubry, le ministre a parlé.",
                               "Martine Aubry"),
                     0);
    assert_int_equal(titles_of("en", "John Smith, who met the president, left.", "John Smith"), 0);
}

static void gender_and_number(void **state)
{
    (void)state;
    struct named n;
    named_read(&n, "fr",
               "Mme Galotte et M. Rousselot ont vu Claude Petit, avocate.\nLa Russie et les "
               "États-Unis négocient.",
               NULL);
    assert_int_equal(named_entity(&n, "Galotte")->gender, GENDER_FEMININE);
    assert_int_equal(named_entity(&n, "Rousselot")->gender, GENDER_MASCULINE);
    assert_int_equal(named_entity(&n, "Claude Petit")->gender, GENDER_FEMININE);
    assert_int_equal(named_entity(&n, "Russie")->gender, GENDER_FEMININE);
    assert_false(named_entity(&n, "Russie")->plural);
    assert_true(named_entity(&n, "États-Unis")->plural);
    named_done(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_the_name), cmocka_unit_test(between_verb_and_name),
        cmocka_unit_test(offices),         cmocka_unit_test(behind_the_name),
        cmocka_unit_test(near_misses),     cmocka_unit_test(gender_and_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
