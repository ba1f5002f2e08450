/* What a quote says beside its words: who, by which rule, who else, about whom, to whom, where, how sure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "analyse/quoting.h"
#include "named.h"

static void read_quotes(struct named *n, const char *lang, const char *text)
{
    named_read(n, lang, text, NULL);
    quotes_find(&n->reading);
    speakers_resolve(&n->reading);
}

static const struct quote *quote_at(const struct named *n, size_t index)
{
    assert_true(index < n->reading.quotes.count);
    return &n->reading.quotes.items[index];
}

static void assert_slice(struct slice s, const char *expected)
{
    if (!slice_is(s, expected)) {
        print_error("found \"%.*s\", expected \"%s\"\n", SLICE_ARG(s), expected);
        fail();
    }
}

static void test_printed_mention_and_name(void **state)
{
    (void)state;
    struct named n;
    read_quotes(&n, "fr",
                "La ministre Claire Morel est venue. « Le pont tiendra », a promis Mme Morel.");
    const struct quote *q = quote_at(&n, 0);
    assert_slice(q->speaker.text, "Morel");
    assert_slice(q->speaker.name, "Claire Morel");
    assert_slice(reading_text(&n.reading, q->speaker.span), "Morel");
    assert_false(q->speaker.implied);
    assert_string_equal(q->resolution, "name");
    named_done(&n);
}

/* The hyphens of an inversion, ASCII or not, are no part of the pronoun. */
static void test_inverted_pronouns(void **state)
{
    (void)state;
    const struct {
        const char *text, *pronoun;
    } cases[] = {
        {"Claire Morel est venue. « Le pont tiendra », a-t-elle dit.", "elle"},
        {"Claire Morel est venue. « Le pont tiendra », a-t-elle ajouté.", "elle"},
        {"Paul Garnier est venu. « Le pont tiendra », dit-il.", "il"},
        {"Les maires sont venus. « Le pont tiendra », disent-ils.", "ils"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct named n;
        read_quotes(&n, "fr", cases[i].text);
        const struct quote *q = quote_at(&n, 0);
        assert_slice(q->speaker.text, cases[i].pronoun);
        assert_slice(reading_text(&n.reading, q->speaker.span), cases[i].pronoun);
        named_done(&n);
    }
}

/* The first person of a column is its author: named when the byline names one person, else without a name. */
static void test_authors(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"fr", "Le maire est venu. « Rien n'est perdu », ai-je répondu."},
        {"fr", "« Rien n'est perdu », disais-je à ma voisine."},
        {"fr", "Je réponds : « Rien n'est perdu. »"},
        {"en", "“Nothing is lost,” I said."},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct named n;
        struct slice bylines[] = {SLICE("Claire Morel"), SLICE("Paul Garnier")};
        named_read(&n, texts[i][0], texts[i][1], NULL);
        struct document d = *n.reading.document;
        d.bylines = bylines;
        for (d.byline_count = 0; d.byline_count < 3; d.byline_count++) {
            n.reading.document = &d;
            n.reading.quotes.count = 0;
            quotes_find(&n.reading);
            speakers_resolve(&n.reading);
            const struct quote *q = quote_at(&n, 0);
            assert_int_equal(q->speaker.kind, SPEAKER_AUTHOR);
            bool named = d.byline_count == 1;
            assert_slice(q->speaker.name, named ? "Claire Morel" : "");
            assert_string_equal(q->resolution, named ? "byline" : "pronoun");
        }
        named_done(&n);
    }
}

/* Paragraph after paragraph with a mark re-opened: no quote grows without end. */
static void test_parts_are_limited(void **state)
{
    (void)state;
    enum { PARAGRAPHS = 300 };
    static const char paragraph[] = "« Le pont tiendra encore.\n";
    static char text[PARAGRAPHS * sizeof paragraph];
    for (size_t i = 0, at = 0; i < PARAGRAPHS; i++, at += sizeof paragraph - 1) {
        memcpy(text + at, paragraph, sizeof paragraph);
    }
    struct named n;
    read_quotes(&n, "fr", text);
    size_t parts = 0;
    for (size_t i = 0; i < n.reading.quotes.count; i++) {
        size_t count = n.reading.quotes.items[i].span_count;
        assert_true(count <= 64);
        parts += count;
    }
    assert_int_equal(parts, PARAGRAPHS);
    named_done(&n);
}

static void test_alternatives(void **state)
{
    (void)state;
    struct named n;
    read_quotes(&n, "fr",
                "Jean Garnier a reçu Paul Dumas jeudi à Lyon. Il a dit que le pont tiendrait.");
    const struct quote *q = quote_at(&n, 0);
    assert_string_equal(q->resolution, "pronoun");
    assert_int_equal(q->alternative_count, 1);
    assert_true(q->alternatives[0].score > 0 && q->alternatives[0].score <= 0.5F);
    assert_int_not_equal(q->alternatives[0].entity, q->speaker.entity);
    named_done(&n);
}

/* More than one other candidate: the likelier first, none of them the one taken. */
static void test_alternatives_in_order(void **state)
{
    (void)state;
    struct named n;
    read_quotes(&n, "fr",
                "Luc Ferrand écoutait au fond. Jean Garnier a reçu Paul Dumas jeudi. Il a dit que "
                "le pont tiendrait.");
    const struct quote *q = quote_at(&n, 0);
    assert_int_equal(q->alternative_count, 2);
    for (size_t i = 0; i < q->alternative_count; i++) {
        float score = q->alternatives[i].score;
        assert_true(score > 0 && score <= 0.5F);
        assert_true(i == 0 || score <= q->alternatives[i - 1].score);
        assert_int_not_equal(q->alternatives[i].entity, q->speaker.entity);
    }
    named_done(&n);
}

/* Nobody else is weighed where a name is printed, where one person is there, or where gender leaves one. */
static void test_no_alternatives(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "Jean Garnier a reçu Paul Dumas. « Le pont tiendra », a dit Jean Garnier.",
        "Jean Garnier est venu jeudi. Il a dit que le pont tiendrait.",
        "Jean Garnier a reçu Claire Morel jeudi. Il a dit que le pont tiendrait.",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct named n;
        read_quotes(&n, "fr", texts[i]);
        const struct quote *q = quote_at(&n, 0);
        assert_slice(q->speaker.name, "Jean Garnier");
        assert_int_equal(q->alternative_count, 0);
        named_done(&n);
    }
}

/* What only looks like a channel, an addressee, somebody spoken about, or someone who passes words on. */
static void test_details_that_are_none(void **state)
{
    (void)state;
    struct named n;
    read_quotes(&n, "fr", "« C'est non », a répondu Claire Morel dans la cour à midi.");
    assert_false(slice_present(quote_at(&n, 0)->channel));
    assert_false(quote_at(&n, 0)->addressee.present);
    assert_int_equal(quote_at(&n, 0)->about_count, 0);
    assert_false(quote_at(&n, 0)->reported_by.present);
    named_done(&n);
    read_quotes(
        &n, "fr",
        "Paul Garnier écoutait. « C'est non », a dit Claire Morel. Paul Garnier est parti.");
    assert_int_equal(quote_at(&n, 0)->about_count, 0);
    assert_false(quote_at(&n, 0)->addressee.present);
    named_done(&n);
    read_quotes(&n, "en", "“It is over,” Claire Morgan said in the yard before Paul Garner left.");
    assert_false(slice_present(quote_at(&n, 0)->channel));
    assert_false(quote_at(&n, 0)->addressee.present);
    assert_int_equal(quote_at(&n, 0)->about_count, 0);
    named_done(&n);
    read_quotes(&n, "en", "“It is over,” said Claire Morgan, who reads Bloomberg every day.");
    assert_false(quote_at(&n, 0)->reported_by.present);
    named_done(&n);
}

/* "l'agence X" is X, when it passes words on. */
static void test_reporter_with_its_kind(void **state)
{
    (void)state;
    struct named n;
    read_quotes(&n, "fr",
                "« Rien n'est signé », confie une source proche du dossier citée par l'agence "
                "Reuters.");
    const struct speaker *by = &quote_at(&n, 0)->reported_by;
    assert_slice(by->name, "Reuters");
    assert_int_not_equal(by->entity, NO_INDEX);
    named_done(&n);
}

static void test_about_and_context(void **state)
{
    (void)state;
    struct named n;
    read_quotes(&n, "fr",
                "Claire Morel est venue. « Paul Garnier a tort », a-t-elle dit vendredi. Le maire "
                "écoutait.");
    const struct quote *q = quote_at(&n, 0);
    assert_int_equal(q->about_count, 1);
    assert_slice(n.reading.entities.items[q->about[0]].name, "Paul Garnier");
    assert_slice(reading_text(&n.reading, q->before), "Claire Morel est venue. « ");
    assert_slice(reading_text(&n.reading, q->after), " », a-t-elle dit vendredi.");
    named_done(&n);
}

static void test_channel_and_addressee(void **state)
{
    (void)state;
    struct named n;
    read_quotes(&n, "fr", "« C'est non », a répondu Claire Morel dans un communiqué.");
    assert_slice(quote_at(&n, 0)->channel, "dans un communiqué");
    named_done(&n);
    read_quotes(&n, "fr", "« C'est non », a répondu à Paul Garnier la ministre Claire Morel.");
    assert_slice(quote_at(&n, 0)->addressee.name, "Paul Garnier");
    assert_slice(quote_at(&n, 0)->speaker.name, "Claire Morel");
    named_done(&n);
    read_quotes(&n, "en", "“It is over,” Claire Morgan told reporters.");
    assert_slice(quote_at(&n, 0)->addressee.name, "reporters");
    named_done(&n);
}

static void test_affiliation(void **state)
{
    (void)state;
    struct named n;
    read_quotes(&n, "fr", "« Rien n'est signé », confie une source proche de Renault.");
    const struct speaker *s = &quote_at(&n, 0)->speaker;
    assert_int_equal(s->kind, SPEAKER_ANONYMOUS);
    assert_int_equal(s->entity, NO_INDEX);
    assert_int_not_equal(s->affiliation, NO_INDEX);
    assert_slice(n.reading.entities.items[s->affiliation].name, "Renault");
    named_done(&n);
}

static void test_implied_speaker_has_no_span(void **state)
{
    (void)state;
    struct named n;
    read_quotes(
        &n, "fr",
        "« Le pont est vieux », a dit Claire Morel.\n« Il faut le refaire avant l'hiver. »");
    const struct quote *q = quote_at(&n, 1);
    assert_true(q->speaker.present && q->speaker.implied);
    assert_false(slice_present(q->speaker.text));
    assert_slice(q->speaker.name, "Claire Morel");
    assert_true(q->confidence < quote_at(&n, 0)->confidence);
    named_done(&n);
}

static void test_without_a_pack(void **state)
{
    (void)state;
    struct named n;
    read_quotes(
        &n, "xx",
        "« Le pont est vieux et il faut le refaire. »\n“It must be rebuilt before the winter.”");
    assert_int_equal(n.reading.quotes.count, 2);
    assert_false(quote_at(&n, 0)->speaker.present);
    assert_true(quote_at(&n, 0)->confidence < 0.5F);
    named_done(&n);
}

/* The same sentence in the guises that texts come in: the words found are the same. */
static void test_guises(void **state)
{
    (void)state;
    static const char *const guises[] = {
        "« Le pont est fermé », a déclaré Claire Morel.",
        "«\xc2\xa0Le pont est fermé\xc2\xa0», a déclaré Claire Morel.",
        "«\xe2\x80\xafLe pont est fermé\xe2\x80\xaf», a déclaré Claire\xc2\xa0Morel.",
        "«Le pont est fermé», a déclaré Claire Morel.",
        ("« Le pont est ferme\xcc\x81 », a de\xcc\x81"
         "clare\xcc\x81 Claire Morel."),
        "«  Le pont est fermé  » ,  a déclaré  Claire Morel .",
    };
    for (size_t i = 0; i < sizeof guises / sizeof guises[0]; i++) {
        struct named n;
        read_quotes(&n, "fr", guises[i]);
        assert_int_equal(n.reading.quotes.count, 1);
        assert_int_equal(quote_at(&n, 0)->type, QUOTE_DIRECT);
        assert_true(slice_starts(quote_at(&n, 0)->text, SLICE("Le pont est ferm")));
        assert_int_equal(quote_at(&n, 0)->cue.class, CUE_NEUTRAL);
        assert_true(slice_ends(quote_at(&n, 0)->speaker.name, SLICE("Morel")));
        named_done(&n);
    }
}

static void test_interview(void **state)
{
    (void)state;
    struct named n;
    named_read(&n, "fr",
               "Claire Morel : la ville et l'eau\nPourquoi ce livre ?\n— Parce que l'eau manque. "
               "Mon voisin Paul Garnier "
               "m'a dit : « Je pars. »\nQui le dit ?\n— Tout le monde.",
               NULL);
    static const enum block_kind kinds[] = {BLOCK_TITLE, BLOCK_QUESTION, BLOCK_ANSWER,
                                            BLOCK_QUESTION, BLOCK_ANSWER};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        n.document.blocks[i].kind = kinds[i];
    }
    quotes_find(&n.reading);
    speakers_resolve(&n.reading);
    assert_int_equal(n.reading.quotes.count, 3);
    assert_string_equal(quote_at(&n, 0)->rule, "interview");
    assert_slice(quote_at(&n, 0)->speaker.name, "Claire Morel");
    assert_true(quote_at(&n, 0)->speaker.implied);
    assert_slice(quote_at(&n, 1)->text, "Je pars.");
    assert_slice(quote_at(&n, 1)->speaker.name, "Paul Garnier");
    assert_slice(quote_at(&n, 2)->text, "Tout le monde.");
    assert_slice(quote_at(&n, 2)->speaker.name, "Claire Morel");
    named_done(&n);
}

static void test_interview_headline(void **state)
{
    (void)state;
    struct named n;
    named_read(&n, "fr",
               "« L'eau n'est pas à nous » : entretien avec Claire Morel\nPourquoi ce livre ?\n— "
               "Parce que "
               "c'est grave. Mon grand-père disait : « L'eau a une mémoire. »",
               NULL);
    static const enum block_kind kinds[] = {BLOCK_TITLE, BLOCK_QUESTION, BLOCK_ANSWER};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        n.document.blocks[i].kind = kinds[i];
    }
    quotes_find(&n.reading);
    speakers_resolve(&n.reading);
    assert_int_equal(n.reading.quotes.count, 3);
    assert_true(quote_at(&n, 0)->in_headline);
    assert_slice(quote_at(&n, 0)->speaker.name, "Claire Morel");
    assert_slice(quote_at(&n, 2)->speaker.name, "Mon grand-père"); /* nobody of the article */
    named_done(&n);
}

static void test_confidence_is_a_share(void **state)
{
    (void)state;
    struct named n;
    read_quotes(&n, "fr",
                "Selon Claire Morel, « le pont » est « vieux ». « Non », dit-il. Les syndicats "
                "parlent de « mépris ».\n"
                "« Ah. »\nX : « Oui. »");
    assert_true(n.reading.quotes.count > 2);
    for (size_t i = 0; i < n.reading.quotes.count; i++) {
        assert_true(quote_at(&n, i)->confidence > 0 && quote_at(&n, i)->confidence < 1);
        assert_non_null(quote_at(&n, i)->rule);
        assert_non_null(quote_at(&n, i)->resolution);
    }
    named_done(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_printed_mention_and_name),
        cmocka_unit_test(test_inverted_pronouns),
        cmocka_unit_test(test_authors),
        cmocka_unit_test(test_parts_are_limited),
        cmocka_unit_test(test_alternatives),
        cmocka_unit_test(test_alternatives_in_order),
        cmocka_unit_test(test_no_alternatives),
        cmocka_unit_test(test_details_that_are_none),
        cmocka_unit_test(test_reporter_with_its_kind),
        cmocka_unit_test(test_about_and_context),
        cmocka_unit_test(test_channel_and_addressee),
        cmocka_unit_test(test_affiliation),
        cmocka_unit_test(test_implied_speaker_has_no_span),
        cmocka_unit_test(test_without_a_pack),
        cmocka_unit_test(test_guises),
        cmocka_unit_test(test_confidence_is_a_share),
        cmocka_unit_test(test_interview),
        cmocka_unit_test(test_interview_headline),
    };
    return cmocka_run_group_tests_name("speakers", tests, NULL, NULL);
}
