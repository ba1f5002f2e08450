/* Reporting verbs in their sentences: lemma, form, class, negation, condition, inversion. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "analyse/quoting.h"
#include "base/buf.h"
#include "named.h"

static const char *const forms[] = {"finite", "compound", "infinitive",
                                    "gerund", "passive",  "participle"};

/* "dire compound neutral -": lemma, form, class, flags (n negated, c conditional, i inverted, r reflexive). */
static void expect_cues(const char *lang, const char *text, const char *expected)
{
    struct named n;
    named_read(&n, lang, text, NULL);
    quotes_find(&n.reading);
    const struct quoting *q = n.reading.quoting;
    struct buf b;
    buf_init(&b);
    for (size_t i = 0; i < q->cues.count; i++) {
        const struct verb_cue *c = &q->cues.items[i];
        buf_printf(&b, "%s%.*s %s %s %s%s%s%s", b.len ? "|" : "", SLICE_ARG(c->lemma),
                   forms[c->form], cue_class_name(c->class), c->negated ? "n" : "",
                   c->conditional ? "c" : "", c->clitic != NO_INDEX ? "i" : "",
                   c->reflexive ? "r" : "");
    }
    buf_char(&b, '\0');
    if (strcmp(b.data, expected) != 0) {
        print_error("in: %s\n  found    %s\n  expected %s\n", text, b.data, expected);
        fail();
    }
    buf_done(&b);
    named_done(&n);
}

static void test_tenses(void **state)
{
    (void)state;
    expect_cues("fr", "Elle affirme que oui.", "affirmer finite assert ");
    expect_cues("fr", "Elle affirmait que oui.", "affirmer finite assert ");
    expect_cues("fr", "Elle affirma que oui.", "affirmer finite assert ");
    expect_cues("fr", "Elle affirmera que oui.", "affirmer finite assert ");
    expect_cues("fr", "Elle a toujours affirmé que oui.", "affirmer compound assert ");
    expect_cues("fr", "Elle avait affirmé que oui.", "affirmer compound assert ");
    expect_cues("fr", "Elle a tenu à affirmer que oui.", "affirmer infinitive assert ");
    expect_cues("fr", "Elle sourit, affirmant que oui.",
                "sourire finite neutral |affirmer gerund assert ");
    expect_cues("fr", "Elle a ri et affirmé que oui.",
                "rire compound neutral |affirmer compound assert ");
    expect_cues("fr", "Elle a fait savoir que oui.", "faire savoir compound neutral ");
    expect_cues("en", "She has said that it is so.", "say compound neutral ");
    expect_cues("en", "She pointed out that it is so.", "point out finite neutral ");
    expect_cues("en", "She left, saying that it is so.", "say gerund neutral ");
    expect_cues("en", "She was quoted.", "quote passive neutral ");
}

static void test_flags(void **state)
{
    (void)state;
    expect_cues("fr", "Elle n'a pas dit oui.", "dire compound neutral n");
    expect_cues("fr", "Elle ne dit jamais oui.", "dire finite neutral n");
    expect_cues("fr", "Elle aurait déclaré forfait.", "déclarer compound neutral c");
    expect_cues("fr", "Elle refuse de dire oui.", "refuser finite deny |dire infinitive neutral n");
    expect_cues("fr", "Oui, dit-elle.", "dire finite neutral i");
    expect_cues("fr", "Oui, a-t-elle ajouté.", "ajouter compound neutral i");
    expect_cues("fr", "Oui, s'est-elle exclamée.", "exclamer compound neutral ir");
    expect_cues("en", "She did not say so.", "say finite neutral n");
    expect_cues("en", "She declined to say so.", "say infinitive neutral n");
}

static void test_nouns_are_no_verbs(void **state)
{
    (void)state;
    expect_cues("fr", "La critique de la note est sévère.", "");
    expect_cues("fr", "Le juge de la cour prend une pause.", "");
    expect_cues("fr", "Une annonce est prévue.", "prévoir passive announce ");
    expect_cues("fr", "Elle exclame.", "");
    expect_cues("en", "The report and the late-night tweets are out.", "");
    expect_cues("en", "His claim is in the state records.", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tenses),
        cmocka_unit_test(test_flags),
        cmocka_unit_test(test_nouns_are_no_verbs),
    };
    return cmocka_run_group_tests_name("cues", tests, NULL, NULL);
}
