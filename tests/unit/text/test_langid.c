#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/buf.h"
#include "text/langid.h"

static const char *const french[] = {
    "Le conseil municipal a voté mardi soir le budget de la ville, malgré l'opposition des élus de "
    "gauche.",
    "« Nous ne savons pas encore quand la ligne rouvrira », a reconnu la directrice, qui promet "
    "des bus le matin.",
    "À l'aube, les pompiers luttaient encore contre le feu ; deux maisons ont été évacuées et "
    "personne n'a été blessé.",
    "Selon Jean Dupont, Marie Durand et Paul Martin, le maire de Saint-Ouen n'avait pas répondu "
    "aux lettres de l'association.",
    "LE GOUVERNEMENT RENONCE À LA RÉFORME QUE LES SYNDICATS COMBATTENT DEPUIS L'AUTOMNE DANS TOUT "
    "LE PAYS",
};
static const char *const english[] = {
    "The town council voted on Tuesday night to close the old swimming pool, despite protests from "
    "parents.",
    "\"We don't know yet when the line will reopen,\" the regional manager said, adding that buses "
    "would run in the morning.",
    "Firefighters were still battling the blaze at dawn; two houses had been evacuated and nobody "
    "was hurt.",
    "According to John Smith and Mary Jones, the mayor had not answered any of the letters that "
    "they sent him last year.",
};
static const char *const neither[] = {
    "Der Stadtrat hat am Dienstagabend beschlossen, das alte Schwimmbad zu schließen, obwohl viele "
    "Eltern dagegen waren.",
    "El ayuntamiento aprobó el martes por la noche el presupuesto de la ciudad, a pesar de la "
    "oposición de la izquierda.",
    "Il consiglio comunale ha approvato martedì sera il bilancio della città, nonostante "
    "l'opposizione della sinistra.",
    "A câmara municipal aprovou na terça-feira à noite o orçamento da cidade, apesar da oposição "
    "dos vereadores de esquerda.",
    "De gemeenteraad heeft dinsdagavond besloten het oude zwembad te sluiten, hoewel veel ouders "
    "daartegen waren.",
    "Городской совет проголосовал во вторник вечером за бюджет города, несмотря на возражения "
    "оппозиции.",
    "市議会は火曜日の夜、市の予算案を可決した。野党は学校給食の値上げに反対していたが、賛成多数で可"
    "決された。",
    "qsdf jklm wxcv poiu azer tyui nbvc mlkj hgfd sqaz erty uiop qsdf ghjk lmwx cvbn azer tyui "
    "opqs dfgh",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    "aaaaaa",
    "12 34 56 78 90 12 34 56 78 90 12 34 56 78 90 12 34 56 78 90 12 34 56 78 90 12 34 56 78 90",
};

static struct slice detect(struct slice text, float *confidence)
{
    struct arena *arena = arena_new(0);
    struct slice lang = langid_detect(arena, text, confidence);
    arena_free(arena); /* the code belongs to the pack */
    return lang;
}

static void expect(const char *const *texts, size_t count, const char *lang)
{
    for (size_t i = 0; i < count; i++) {
        float confidence = -1;
        struct slice got = detect(slice_cstr(texts[i]), &confidence);
        if (lang ? !slice_is(got, lang) : slice_present(got)) {
            fail_msg("\"%.*s\" for: %s", SLICE_ARG(got), texts[i]);
        }
        assert_true(lang ? confidence >= 0.5f && confidence <= 1
                         : !(confidence > 0 || confidence < 0));
    }
}

static void languages_with_a_pack_are_known(void **state)
{
    (void)state;
    expect(french, sizeof french / sizeof *french, "fr");
    expect(english, sizeof english / sizeof *english, "en");
}

static void others_are_not(void **state)
{
    (void)state;
    expect(neither, sizeof neither / sizeof *neither, NULL);
}

static void short_texts_have_no_language(void **state)
{
    (void)state;
    static const char *const shorts[] = {"", "Le chat dort dans la maison",
                                         "The cat is in the house", "…"};
    expect(shorts, sizeof shorts / sizeof *shorts, NULL);
    float confidence;
    assert_false(slice_present(detect(SLICE_NONE, &confidence)));
}

static void short_texts_are_guessed_when_one_language_leads(void **state)
{
    (void)state;
    static const struct {
        const char *text, *lang;
    } cases[] = {
        {"Le maire de Lyon a dit non.", "fr"},
        {"Mayor Jane Doe said no.", "en"},
        /* mostly names: the words between them say it */
        {"Emmanuel Macron a rencontré Volodymyr Zelensky à Kiev.", "fr"},
        {"Olaf Scholz and Giorgia Meloni will meet Viktor Orbán in Budapest.", "en"},
        {"Trump, Poutine, Zelensky", NULL},
        {"Olaf Scholz trifft Giorgia Meloni nicht in Budapest.", NULL},
        {"Der Bürgermeister hat gesagt, dass die Stadt kein Geld habe.", NULL},
        {"El presidente ha anunciado que la reforma se aprobará en junio.", NULL},
        {"asdf qwer zxcv poiu", NULL},
        {"1 2 3", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena *arena = arena_new(0);
        struct slice found = langid_guess(arena, slice_cstr(cases[i].text));
        assert_true(cases[i].lang ? slice_is(found, cases[i].lang) : !slice_present(found));
        arena_free(arena);
    }
}

static void a_long_text_is_surer_than_a_short_one(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text);
    for (size_t i = 0; i < 4; i++) {
        buf_text(&text, french[i]);
        buf_char(&text, '\n');
    }
    float whole = 0;
    assert_true(slice_is(detect(buf_view(&text), &whole), "fr"));
    assert_true(whole > 0.9f);
    buf_done(&text);
}

/* The head alone must not decide: a French article may begin with a foreign headline. Nor may samples
 * be cut inside a character. */
static void long_texts_are_sampled(void **state)
{
    (void)state;
    for (size_t shift = 0; shift < 4; shift++) {
        struct buf text;
        buf_init(&text);
        for (size_t i = 0; i < shift; i++) {
            buf_char(&text, 'x');
        }
        for (int i = 0; i < 300; i++) {
            buf_text(&text, "été à la ségrégation, où l'œuvre a été déçue par les élèves. ");
        }
        float confidence;
        assert_true(slice_is(detect(buf_view(&text), &confidence), "fr"));
        buf_done(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(languages_with_a_pack_are_known),
        cmocka_unit_test(others_are_not),
        cmocka_unit_test(short_texts_have_no_language),
        cmocka_unit_test(short_texts_are_guessed_when_one_language_leads),
        cmocka_unit_test(a_long_text_is_surer_than_a_short_one),
        cmocka_unit_test(long_texts_are_sampled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
