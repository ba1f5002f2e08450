#include "given.h"

static void expect_kinds(const char *text, const char *lang, const char *kinds)
{
    struct given g = given_text(text, lang);
    assert_int_equal(g.rc, RC_OK);
    assert_string_equal(given_kinds(&g), kinds);
    given_done(&g);
}

/* Every character that isn't blank stands in exactly one block. */
static void expect_nothing_lost(const struct given *g)
{
    size_t at = 0;
    const struct document *d = g->document;
    for (size_t i = 0; i <= d->block_count; i++) {
        size_t next = i < d->block_count ? d->blocks[i].span.start_byte : d->text.len;
        assert_true(next >= at);
        assert_int_equal(slice_trim(slice_of(d->text.ptr + at, next - at)).len, 0);
        at = i < d->block_count ? d->blocks[i].span.end_byte : at;
    }
}

static void test_stored_text_is_the_input(void **state)
{
    (void)state;
    struct given g = given_text("\xEF\xBB\xBF  Titre \r\n\r\nUn\tdeux.\rTrois. \n\n", "fr");
    assert_slice(g.document->text, "  Titre \n\nUn\tdeux.\nTrois. \n\n");
    assert_slice(given_block(&g, 0), "Titre");
    expect_nothing_lost(&g);
    given_done(&g);
}

static const char article[] =
    "Une usine va fermer dans la vallée\n\n"
    "Le groupe Arvelin quitte Saint-Orens. Deux cents emplois sont menacés.\n\n"
    "Par Claire Aubier et Hugo Lenoir, à Saint-Orens | Publié le 3 février 2026\n\n"
    "Un choc pour la commune\n\n"
    "Le groupe Arvelin a confirmé mardi la fermeture de son usine de Saint-Orens, ouverte en 1974, "
    "où "
    "travaillent encore deux cents personnes. « C’est un désastre », a réagi la maire, Jeanne "
    "Vidal.\n\n"
    "Lire aussi : Arvelin, chronique d’un déclin\n\n"
    "Et maintenant ?\n\n"
    "Une réunion est prévue lundi à la préfecture avec les syndicats, la direction et la région, "
    "qui promet "
    "un « plan de reprise » avant l’été et demande un moratoire.\n\n"
    "Vous avez aimé cet article ? Abonnez-vous à notre lettre.\n\n"
    "© Le Courrier de la vallée";

static void test_a_whole_article(void **state)
{
    (void)state;
    struct given g = given_text(article, NULL);
    const struct document *d = g.document;
    assert_string_equal(given_kinds(&g),
                        "title standfirst paragraph subheading paragraph boilerplate "
                        "subheading paragraph boilerplate boilerplate");
    assert_slice(d->title.text, "Une usine va fermer dans la vallée");
    assert_int_equal(d->title.origin, ORIGIN_TEXT);
    assert_true(d->title.text.ptr >= d->text.ptr && d->title.text.ptr < d->text.ptr + d->text.len);
    assert_true(slice_starts(d->standfirst.text, SLICE("Le groupe Arvelin quitte")));
    assert_int_equal(d->byline_count, 2);
    assert_slice(d->bylines[0], "Claire Aubier");
    assert_slice(d->bylines[1], "Hugo Lenoir");
    expect_nothing_lost(&g);
    given_done(&g);
}

static void test_lines_without_blank_lines_are_blocks(void **state)
{
    (void)state;
    expect_kinds(
        "Le ciel change\nIl pleut sur la ville et personne ne sait quand cela finira vraiment.\n"
        "La préfecture a appelé les habitants à rester chez eux jusqu'à demain matin, dit-on.",
        "fr", "title paragraph paragraph");
}

static void test_filled_lines_are_joined(void **state)
{
    (void)state;
    struct given g = given_text("A bridge too old\n\n"
                                "The old bridge over the river Arn will close on Monday\n"
                                "for repairs that the county has put off for years, the\n"
                                "mayor said.\n\n"
                                "Drivers will have to take the ferry, which runs every\n"
                                "hour, until the spring.\n",
                                "en");
    assert_string_equal(given_kinds(&g), "title paragraph paragraph");
    assert_true(slice_ends(given_block(&g, 1), SLICE("mayor said.")));
    given_done(&g);
}

/* Filled lines in a text that has wider ones too: pasted from a mail and from a page. */
static void test_filled_lines_beside_wide_ones(void **state)
{
    (void)state;
#define WIDE                                                                                        \
    "Depuis dix ans le chantier avance lentement, et les habitants de la vallée regardent passer " \
    "les camions sans savoir si le mur montera un jour à la hauteur que les ingénieurs avaient "  \
    "promise au village.\n"
    expect_kinds("Un titre\n\nLe maire a dit mardi soir que\nle pont serait ouvert avant la\n"
                 "fin du mois de mars, et que\nles travaux sont finis.\n\n" WIDE,
                 "fr", "title paragraph paragraph");
    /* lines that each begin anew are lines */
    expect_kinds("Un titre\n\nLe pont est ouvert depuis mardi.\nLes travaux sont enfin terminés.\n"
                 "Le maire en est content, dit-il.\nLa fête aura lieu samedi à midi.\n\n" WIDE,
                 "fr", "title paragraph paragraph paragraph paragraph paragraph");
#undef WIDE
}

static void test_a_lone_line(void **state)
{
    (void)state;
    expect_kinds("Il pleut sur Brest.", "fr", "paragraph");
    expect_kinds("« Je pars », a dit Anne Morel.", "fr", "paragraph");
    expect_kinds("Anne Morel quitte la mairie de Brest", "fr", "title");
    expect_kinds("Abonnez-vous à notre newsletter", "fr",
                 "title"); /* all there is: never put aside */
    expect_kinds("Lire aussi", "fr", "title");
    expect_kinds("De longs mots sans fin et sans point qui courent encore et encore le long d'une "
                 "ligne bien "
                 "trop longue pour un titre de journal, comme on en voit dans des extraits coupés",
                 "fr", "paragraph");
}

static void test_first_lines_that_are_no_title(void **state)
{
    (void)state;
    /* a sentence as long as what follows */
    expect_kinds(
        "La maire a dit non au projet de tramway. Elle le redira.\nLe conseil votera lundi.", "fr",
        "paragraph paragraph");
    /* headlines may ask and exclaim */
    expect_kinds(
        "Faut-il avoir peur du loup ?\nLes éleveurs du plateau demandent des tirs de défense.",
        "fr", "title paragraph");
    expect_kinds("Il pleut.\nDes averses tomberont toute la journée sur la moitié nord du pays.",
                 "fr", "title paragraph");
    expect_kinds("- Où allez-vous ?\n- À Paris, répondit-elle.", "fr", "paragraph paragraph");
    expect_kinds(
        "Par Léa Morin\nLa Loire déborde\nLes quais de Tours sont fermés depuis lundi soir.", "fr",
        "paragraph title paragraph");
}

static void test_standfirst(void **state)
{
    (void)state;
    const char *body =
        "\n\nLe conseil municipal a voté lundi soir, par trente voix contre douze, la vente des "
        "terrains de l'ancien hôpital, malgré les protestations des riverains rassemblés "
        "devant la mairie depuis le matin.\n\nUn second vote aura lieu.\n\nIl sera décisif.";
    char text[1200];
    snprintf(text, sizeof text,
             "La ville vend l'hôpital\n\nLe vote a eu lieu sous les huées d'une foule.%s", body);
    expect_kinds(text, "fr", "title standfirst paragraph paragraph paragraph");
    /* a wire's first paragraph begins with its dateline */
    snprintf(text, sizeof text,
             "La ville vend l'hôpital\n\nNANTES (AFP) - Le vote a eu lieu sous les huées.%s", body);
    expect_kinds(text, "fr", "title paragraph paragraph paragraph paragraph");
    /* as long as the next: a lead */
    expect_kinds(
        "La ville vend l'hôpital\n\nLe vote a eu lieu sous les huées d'une foule nombreuse.\n\n"
        "Un second vote aura lieu dans une semaine exactement.\n\nIl sera décisif.\n\nOn verra.",
        "fr", "title paragraph paragraph paragraph paragraph");
}

static void test_subheadings(void **state)
{
    (void)state;
    const char *around =
        "La région promet une aide aux éleveurs touchés par la sécheresse de cet été, qui dure.";
    const struct {
        const char *line, *kind;
    } cases[] = {
        {"Des bêtes affamées", "subheading"},        {"« Du jamais vu »", "subheading"},
        {"Quelle aide pour demain ?", "subheading"}, {"Rien ne va plus.", "paragraph"},
        {"trois mille hectares", "paragraph"},       {"Les mesures sont :", "paragraph"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[600], kinds[80];
        snprintf(text, sizeof text, "Sécheresse\n\n%s\n\n%s\n\n%s\n\n%s", around, around,
                 cases[i].line, around);
        snprintf(kinds, sizeof kinds, "title paragraph paragraph %s paragraph", cases[i].kind);
        expect_kinds(text, "fr", kinds);
    }
    /* at the end nothing is headed */
    char text[600];
    snprintf(text, sizeof text, "Sécheresse\n\n%s\n\nUne ligne en l'air", around);
    expect_kinds(text, "fr", "title paragraph paragraph");
}

static void test_boilerplate_and_near_misses(void **state)
{
    (void)state;
    const char *body =
        "Sécheresse\n\nLa région promet une aide aux éleveurs touchés par la sécheresse.\n\n"
        "Le préfet parle d'une situation grave et demande aux maires d'économiser l'eau.\n\n";
    const struct {
        const char *line, *lang, *kind;
    } cases[] = {
        {"Abonnez-vous pour lire la suite.", "fr", "boilerplate"},
        {"Pour ne rien manquer, inscrivez-vous à notre newsletter !", "fr", "boilerplate"},
        {"Publié le 3 février 2026 à 14h05", "fr", "boilerplate"},
        {"Lire aussi : « Rien ne va plus », dit le préfet", "fr", "boilerplate"},
        {"Partager", "fr", "boilerplate"},
        {"© AFP", "fr", "boilerplate"},
        {"Sign up for our daily newsletter.", "en", "boilerplate"},
        {"Read more: Drought in the valley", "en", "boilerplate"},
        {"All rights reserved.", "en", "boilerplate"},
        /* the words are there, the use isn't */
        {"« Abonnez-vous à notre newsletter », conseille le préfet.", "fr", "paragraph"},
        {"Publié le 3 février, le rapport pointe des failles.", "fr", "paragraph"},
        {"Partager l'eau reste un défi pour les éleveurs.", "fr", "paragraph"},
        {"Le préfet veut partager l'eau entre les éleveurs.", "fr", "paragraph"},
        {"Subscribers left the paper in 2020.", "en", "paragraph"},
        {"The subscription model is dead, he said.", "en", "paragraph"},
        {"Share prices fell sharply on Monday.", "en", "paragraph"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[700], kinds[80];
        snprintf(text, sizeof text, "%s%s", body, cases[i].line);
        snprintf(kinds, sizeof kinds, "title paragraph paragraph %s", cases[i].kind);
        expect_kinds(text, cases[i].lang, kinds);
    }
}

static void test_phrases_of_the_end_count_only_there(void **state)
{
    (void)state;
    expect_kinds(
        "Presse locale\n\nLe journal a perdu des lecteurs depuis dix ans, comme tous les "
        "autres.\n\n"
        "Votre newsletter est morte, disent les jeunes lecteurs interrogés par nos confrères.\n\n"
        "La rédaction cherche encore un nouveau format pour les retrouver un jour, dit-elle.",
        "fr", "title paragraph paragraph paragraph");
}

static void test_lists_and_dialogue(void **state)
{
    (void)state;
    expect_kinds(
        "Budget\n\nLe plan comprend trois mesures pour les familles :\n- une aide de 100 euros ;\n"
        "- un chèque énergie ;\n- la gratuité des transports.\n\nIl sera voté lundi.",
        "fr", "title paragraph list_item list_item list_item paragraph");
    expect_kinds(
        "Budget\n\nÀ retenir de la séance de lundi au conseil régional.\n• L'aide est doublée\n"
        "• Le vote est reporté\n\nLa suite lundi.",
        "fr", "title paragraph list_item list_item paragraph");
    expect_kinds("La rencontre\n\nIl s'assit en face d'elle sans un mot, puis se décida.\n"
                 "— Vous partez quand ?\n— Demain, je crois.\n\nElle se tut.",
                 "fr", "title paragraph paragraph paragraph paragraph");
}

static void test_interviews(void **state)
{
    (void)state;
    expect_kinds(
        "Q: Why now?\nA: Because the money is there. It won't last.\nThat is all.\nQ: And then?\n"
        "A: Then we build.",
        "en",
        "interview_question interview_answer interview_answer interview_question interview_answer");
    expect_kinds(
        "« Le vélo a gagné »\n\nPropos recueillis par Nadia Ferrand\n\n"
        "Pourquoi ce livre sur les pistes cyclables ?\n\nParce que personne ne l'avait écrit. "
        "J'avais "
        "dix ans d'archives.\n\nEt les voitures ?\n\nElles reculent, lentement, mais elles "
        "reculent.",
        "fr",
        "title paragraph interview_question interview_answer interview_question interview_answer");
    /* with answers behind dashes a statement asks too; the interviewer's line ends the talk */
    expect_kinds(
        "« Le vélo a gagné »\n\nPourquoi ce livre ?\n\n— Parce que personne ne l'avait "
        "écrit.\n\nJ'avais dix ans d'archives.\n\nLe maire vous a pourtant critiquée.\n\n"
        "— Il a changé d'avis.\n\nEt les voitures ?\n\n— Elles reculent.\n\n"
        "Propos recueillis par Nadia Ferrand\n\nLe livre paraît jeudi chez un éditeur lyonnais.",
        "fr",
        "title interview_question interview_answer interview_answer interview_question "
        "interview_answer interview_question interview_answer paragraph paragraph");
    /* two rhetorical questions don't make an interview */
    expect_kinds(
        "Le vélo gagne\n\nLes pistes se multiplient dans toutes les villes moyennes du pays.\n\n"
        "Faut-il s'en réjouir vraiment, quand les trottoirs rétrécissent et que les bus attendent "
        "?\n\n"
        "La question divise. Les piétons protestent, les cyclistes se plaignent.\n\n"
        "Et que disent les automobilistes, coincés dans les bouchons depuis septembre dernier ?\n\n"
        "Ils attendent.",
        "fr", "title paragraph paragraph paragraph paragraph paragraph");
}

static void test_captions(void **state)
{
    (void)state;
    expect_kinds("Le pont ferme\n\nPhoto : le pont, lundi. Marc Olivier / AFP\n\nIl rouvrira au "
                 "printemps, dit-on.",
                 "fr", "title caption paragraph");
}

static void test_datelines(void **state)
{
    (void)state;
    const struct {
        const char *paragraph, *dateline;
    } cases[] = {
        {"PARIS (AFP) – Le gouvernement recule.", "PARIS (AFP)"},
        {"LONDON, March 3 (Reuters) - Shares fell.", "LONDON, March 3 (Reuters)"},
        {"HEMPSTEAD, N.Y. ― It worked once.", "HEMPSTEAD, N.Y."},
        {"GENÈVE — L'accord est signé.", "GENÈVE"},
        {"Jean-Marc – c'est son nom – recule.", NULL},
        {"Paris – ville lumière – s'éteint.", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[300];
        snprintf(text, sizeof text, "Un titre\n\n%s", cases[i].paragraph);
        struct given g = given_text(text, "fr");
        if (cases[i].dateline) {
            assert_slice(g.document->dateline.text, cases[i].dateline);
            assert_int_equal(g.document->dateline.origin, ORIGIN_TEXT);
        } else {
            assert_false(slice_present(g.document->dateline.text));
        }
        given_done(&g);
    }
}

static void test_bylines(void **state)
{
    (void)state;
    const struct {
        const char *line, *lang, *names; /* '|' between names; NULL: no byline */
    } cases[] = {
        {"Par Jean-Marc de La Tour", "fr", "Jean-Marc de La Tour"},
        {"PAR CLAIRE AUBIER", "fr", "CLAIRE AUBIER"},
        {"Par Le Courrier avec AFP", "fr", "Le Courrier"},
        {"Par Ana Ruiz, envoyée spéciale", "fr", "Ana Ruiz"},
        {"By Jane Doe and John Smith", "en", "Jane Doe|John Smith"},
        {"By Jane Doe, John Smith & Li Wei in Paris", "en", "Jane Doe|John Smith|Li Wei in Paris"},
        {"Par ailleurs", "fr", NULL},
        {"Par Jean Dupont, tout est dit.", "fr", NULL},
        {"By Monday the bridge was closed.", "en", NULL},
        {"Parlons d'Anne", "fr", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[300], names[200] = "";
        snprintf(text, sizeof text, "A title\n\n%s\n\nThe bridge closed on Monday, the mayor said.",
                 cases[i].line);
        struct given g = given_text(text, cases[i].lang);
        for (size_t k = 0; k < g.document->byline_count; k++) {
            snprintf(names + strlen(names), sizeof names - strlen(names), "%s%.*s", k ? "|" : "",
                     SLICE_ARG(g.document->bylines[k]));
        }
        assert_string_equal(names, cases[i].names ? cases[i].names : "");
        given_done(&g);
    }
}

static void test_words_are_counted_without_boilerplate(void **state)
{
    (void)state;
    struct given g =
        given_text("Le mot juste\n\nL'été, 3 mots – « oui » !\n\nAbonnez-vous vite.", "fr");
    assert_int_equal(g.document->word_count, 3 + 4);
    given_done(&g);
}

static void test_metadata_and_warnings(void **state)
{
    (void)state;
    struct given g =
        given_with(SLICE("Titre du jour\n\nLa pluie a cess\xE9 hier, dit-on \xE0 Lyon."),
                   (struct ingest_hints){.content_type = SLICE("text/plain"),
                                         .url = SLICE("http://E.org/a?utm_source=b"),
                                         .source = SLICE("Le Courrier"),
                                         .published_at = SLICE("2026-02-03")});
    assert_int_equal(g.rc, RC_OK);
    assert_int_equal(g.document->warning_count, 1);
    assert_string_equal(g.document->warnings[0].code, "charset_converted");
    assert_slice(g.document->url.text, "http://E.org/a?utm_source=b");
    assert_slice(g.document->canonical_url.text, "http://e.org/a");
    assert_int_equal(g.document->source.origin, ORIGIN_SUBMITTED);
    assert_true(g.document->published.date_only);
    given_done(&g);
    g = given_with(SLICE("Oui."), (struct ingest_hints){.content_type = SLICE("text/plain"),
                                                        .published_at = SLICE("demain")});
    assert_refused(g, RC_INVALID, "published_at", "not a date");
    g = given_with(SLICE("Oui."), (struct ingest_hints){.content_type = SLICE("text/plain"),
                                                        .url = SLICE("nope")});
    assert_refused(g, RC_INVALID, "url", "http");
}

static void test_empty_texts(void **state)
{
    (void)state;
    const char *empty[] = {"", " ", "\n\r\n\t", "\xEF\xBB\xBF"};
    for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++) {
        struct given g = given_text(empty[i], "fr");
        assert_refused(g, RC_INVALID, "", "empty");
    }
    struct given blank =
        given_text("\xC2\xA0\n\xE2\x80\x83", "fr"); /* no ASCII blank, still no words */
    assert_int_equal(blank.rc, RC_OK);
    assert_int_equal(blank.document->block_count, 0);
    given_done(&blank);
}

/* 10 MB in one line, and 10 MB of lines: done in seconds, nothing lost. */
static void test_huge_texts(void **state)
{
    (void)state;
    struct arena *arena = arena_new(0);
    char *text = arena_alloc(arena, DOCUMENT_TEXT_MOST + 1);
    memset(text, 'a', DOCUMENT_TEXT_MOST);
    struct given g = given_with(slice_of(text, DOCUMENT_TEXT_MOST),
                                (struct ingest_hints){.content_type = SLICE("text/plain")});
    assert_int_equal(g.rc, RC_OK);
    assert_int_equal(g.document->block_count, 1);
    given_done(&g);
    for (size_t i = 1; i < DOCUMENT_TEXT_MOST; i += 2) {
        text[i] = '\n';
    }
    g = given_with(slice_of(text, DOCUMENT_TEXT_MOST),
                   (struct ingest_hints){.content_type = SLICE("text/plain")});
    assert_int_equal(g.rc, RC_OK);
    assert_int_equal(g.document->block_count, 50000); /* the last one takes the rest */
    expect_nothing_lost(&g);
    given_done(&g);
    g = given_with(
        slice_of(text, DOCUMENT_TEXT_MOST + 1),
        (struct ingest_hints){.content_type = SLICE("text/plain"), .charset = SLICE("latin1")});
    assert_refused(g, RC_TOO_LARGE, "", "longer");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stored_text_is_the_input),
        cmocka_unit_test(test_a_whole_article),
        cmocka_unit_test(test_lines_without_blank_lines_are_blocks),
        cmocka_unit_test(test_filled_lines_are_joined),
        cmocka_unit_test(test_filled_lines_beside_wide_ones),
        cmocka_unit_test(test_a_lone_line),
        cmocka_unit_test(test_first_lines_that_are_no_title),
        cmocka_unit_test(test_standfirst),
        cmocka_unit_test(test_subheadings),
        cmocka_unit_test(test_boilerplate_and_near_misses),
        cmocka_unit_test(test_phrases_of_the_end_count_only_there),
        cmocka_unit_test(test_lists_and_dialogue),
        cmocka_unit_test(test_interviews),
        cmocka_unit_test(test_captions),
        cmocka_unit_test(test_datelines),
        cmocka_unit_test(test_bylines),
        cmocka_unit_test(test_words_are_counted_without_boilerplate),
        cmocka_unit_test(test_metadata_and_warnings),
        cmocka_unit_test(test_empty_texts),
        cmocka_unit_test(test_huge_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
