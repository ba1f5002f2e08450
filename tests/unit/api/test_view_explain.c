#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <string.h>

#include "api/view_explain.h"
#include "model/rules.h"
#include "sample.h"

#define NAME_(name) name,
static const char *const quote_rules[] = {QUOTE_RULES(NAME_)};
static const char *const speaker_rules[] = {SPEAKER_RULES(NAME_)};

static void every_rule_has_its_own_sentence(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof quote_rules / sizeof quote_rules[0]; i++) {
        const char *sentence = view_explain_rule(slice_cstr(quote_rules[i]));
        if (!sentence) {
            fail_msg("no sentence for the rule %s", quote_rules[i]);
        }
        assert_true(strlen(sentence) > 20 && sentence[strlen(sentence) - 1] == '.');
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(sentence, view_explain_rule(slice_cstr(quote_rules[k])));
        }
    }
    for (size_t i = 0; i < sizeof speaker_rules / sizeof speaker_rules[0]; i++) {
        if (!view_explain_resolution(slice_cstr(speaker_rules[i]))) {
            fail_msg("no sentence for the speaker's rule %s", speaker_rules[i]);
        }
    }
    assert_null(view_explain_rule(SLICE("guesswork")));
    assert_null(view_explain_resolution(SLICE("")));
}

static json_t *explained(const struct store_quote *quote)
{
    struct buf out;
    struct jsonw w;
    buf_init(&out);
    jsonw_init(&w, &out, 0);
    jsonw_object(&w);
    view_explain_stored(&w, quote);
    jsonw_end(&w);
    assert_false(out.failed);
    json_t *json = json_loadb(out.data, out.len, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    buf_done(&out);
    return json;
}

static const char *member(json_t *json, const char *name)
{
    return json_string_value(json_object_get(json_object_get(json, "explanation"), name));
}

static void facts_become_sentences(void **state)
{
    (void)state;
    struct store_quote_span spans[] = {{{0, 4, 0, 4}, true}, {{6, 9, 6, 9}, false}};
    struct store_alternative other = {{.present = true, .name = SLICE("Paul Lebrun")}, 0.25f};
    struct store_quote quote = {.type = QUOTE_MIXED,
                                .rule = SLICE("that_clause"),
                                .resolution = SLICE("pronoun"),
                                .spans = spans,
                                .span_count = 2,
                                .has_cue = true,
                                .negated = true,
                                .alternatives = &other,
                                .alternative_count = 1,
                                .corrected = true};
    quote.cue.text = SLICE("n'a pas \"nié\"");
    quote.cue.lemma = SLICE("nier");
    quote.cue.class = CUE_DENY;
    quote.speaker = (struct store_speaker){.present = true, .text = SLICE("elle")};
    quote.speaker.entity = (struct store_entity_ref){.present = true, .name = SLICE("Anne Lebrun")};
    json_t *json = explained(&quote);
    assert_non_null(strstr(member(json, "span"), "conjunction. A person corrected"));
    assert_non_null(
        strstr(member(json, "type"), "Mixed: a reported clause; 1 of its 2 parts is in marks."));
    assert_non_null(strstr(member(json, "cue"),
                           "(nier) is the word for it, of class deny: it denies something."));
    assert_non_null(strstr(member(json, "cue"), "negated"));
    assert_string_equal(member(json, "speaker"),
                        "Anne Lebrun: a pronoun stands there; gender, number, distance and "
                        "prominence led to the name. Printed there: “elle”. Also weighed: Paul "
                        "Lebrun (0.25).");
    json_decref(json);
    quote.type = QUOTE_DIRECT;
    json = explained(&quote);
    assert_non_null(strstr(member(json, "span"), " It has 2 parts"));
    json_decref(json);
    json = explained(&(struct store_quote){.rule = SLICE("floating"), .in_headline = true});
    assert_string_equal(member(json, "speaker"),
                        "Nobody: nothing says who speaks. It stands in a headline.");
    assert_null(member(json, "cue"));
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rule_has_its_own_sentence),
        cmocka_unit_test(facts_become_sentences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
