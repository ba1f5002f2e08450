#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>

#include "api/view_analysis.h"
#include "base/cleanup.h"
#include "sample.h"

CLEANUP_DEFINE(arena_free, struct arena)

/* Written by hand, from what EXTRACTION's records are: the order of keys is part of it. */
static const char golden[] =
    "{\"id\":\"doc-1\",\"lang\":\"fr\",\"lang_confidence\":0.5,"
    "\"text\":\"Été à Dieppe\\n« Ça ira à Dieppe », aurait dit à l'AFP Zoé Lebrun, maire. "
    "Un « été » dit long.\","
    "\"title\":\"Été à Dieppe\",\"standfirst\":null,"
    "\"blocks\":[{\"kind\":\"title\",\"start\":0,\"end\":12},"
    "{\"kind\":\"paragraph\",\"start\":13,\"end\":92}],"
    "\"entities\":["
    "{\"name\":\"Zoé Lebrun\",\"type\":\"PER\",\"prominence\":0.5,"
    "\"aliases\":[{\"text\":\"Zoé Lebrun\",\"count\":1}],"
    "\"titles\":[{\"text\":\"maire\",\"start\":65,\"end\":70}],"
    "\"mentions\":[{\"start\":53,\"end\":63,\"text\":\"Zoé Lebrun\",\"type\":\"PER\","
    "\"confidence\":1,\"method\":\"model\"}]},"
    "{\"name\":\"Dieppe\",\"type\":\"LOC\",\"prominence\":0.25,"
    "\"aliases\":[{\"text\":\"Dieppe\",\"count\":2}],\"titles\":[],"
    "\"mentions\":[{\"start\":6,\"end\":12,\"text\":\"Dieppe\",\"type\":\"LOC\","
    "\"confidence\":0.75,\"method\":\"gazetteer\"},"
    "{\"start\":24,\"end\":30,\"text\":\"Dieppe\",\"type\":\"LOC\","
    "\"confidence\":0.5,\"method\":\"document\"}]}],"
    "\"quotes\":["
    "{\"type\":\"direct\",\"text\":\"Ça ira à Dieppe\","
    "\"spans\":[{\"start\":15,\"end\":30,\"verbatim\":true}],"
    "\"cue\":{\"text\":\"aurait "
    "dit\",\"lemma\":\"dire\",\"class\":\"neutral\",\"start\":34,\"end\":44},"
    "\"speaker\":{\"text\":\"Zoé Lebrun\",\"start\":53,\"end\":63,\"kind\":\"person\","
    "\"name\":\"Zoé Lebrun\",\"type\":\"PER\",\"title\":\"maire\",\"affiliation\":\"Dieppe\"},"
    "\"reported_by\":null,\"confidence\":0.875,\"rule\":\"marks_cue\","
    "\"speaker_resolution\":\"nearest_name\","
    "\"alternatives\":[{\"name\":\"Dieppe\",\"type\":\"LOC\",\"score\":0.125}],"
    "\"addressee\":null,\"channel\":\"à l'AFP\",\"negated\":false,\"hypothetical\":true,"
    "\"in_headline\":false,\"body_quote\":null,"
    "\"about\":[{\"name\":\"Dieppe\",\"type\":\"LOC\"}],\"before\":\"\","
    "\"after\":\", aurait dit à l'AFP Zoé Lebrun, maire.\"},"
    "{\"type\":\"indirect\",\"text\":\"long\","
    "\"spans\":[{\"start\":87,\"end\":91,\"verbatim\":false}],\"cue\":null,"
    "\"speaker\":{\"text\":null,\"start\":null,\"end\":null,\"kind\":\"unknown\",\"name\":null,"
    "\"type\":null,\"title\":null,\"affiliation\":null},"
    "\"reported_by\":null,\"confidence\":0.25,\"rule\":\"cue_clause\","
    "\"speaker_resolution\":null,\"alternatives\":[],\"addressee\":null,\"channel\":null,"
    "\"negated\":false,\"hypothetical\":false,\"in_headline\":false,\"body_quote\":0,"
    "\"about\":[],\"before\":\"\",\"after\":\"\"}],"
    "\"quotation_marks\":[{\"start\":77,\"end\":80,\"use\":\"term\"}],"
    "\"warnings\":[{\"code\":\"unknown_field\",\"detail\":\"/colour is not read\"},"
    "{\"code\":\"short_text\",\"detail\":\"the language is a guess\"}],"
    "\"analyser\":\"1.0.0\",\"url\":\"https://gazette.example/"
    "a?b=\\\"c\\\"\",\"canonical_url\":null,\"source\":null,"
    "\"section\":null,\"image\":null,\"bylines\":[],\"credits\":[],\"keywords\":[],\"published_"
    "at\":\"2026-02-"
    "03\","
    "\"modified_at\":null}";

static void print(struct buf *out, int indent, struct slice id)
{
    CLEANUP(arena_free_p) struct arena *arena = arena_new(0);
    struct sample s;
    struct jsonw w;
    sample_init(&s);
    jsonw_init(&w, out, indent);
    view_analysis_write(&w, id, &s.document, &s.analysis, arena);
    assert_false(out->failed);
    buf_char(out, '\0');
}

static void everything_is_printed_in_order(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out);
    print(&out, 0, SLICE("doc-1"));
    assert_string_equal(out.data, golden);
    buf_done(&out);
}

static void pretty_is_the_same_json(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out);
    print(&out, 2, SLICE("doc-1"));
    json_t *pretty = json_loads(out.data, JSON_REJECT_DUPLICATES, NULL);
    json_t *plain = json_loads(golden, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(pretty);
    assert_non_null(plain);
    assert_true(json_equal(pretty, plain));
    json_decref(pretty);
    json_decref(plain);
    buf_done(&out);
}

static void a_document_without_id_has_null(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out);
    print(&out, 0, SLICE_NONE);
    assert_memory_equal(out.data, "{\"id\":null,", 11);
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_printed_in_order),
        cmocka_unit_test(pretty_is_the_same_json),
        cmocka_unit_test(a_document_without_id_has_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
