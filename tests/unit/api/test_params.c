#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "api/cursor.h"
#include "api/params.h"

#define QUOTES                                                                                     \
    (PARAM_BIT(P_Q) | PARAM_BIT(P_SPEAKER) | PARAM_BIT(P_QUOTE_TYPE) | PARAM_BIT(P_LANG) |         \
     PARAM_BIT(P_FROM) | PARAM_BIT(P_TO) | PARAM_BIT(P_SORT_QUOTES) | PARAM_BIT(P_LIMIT) |         \
     PARAM_BIT(P_CURSOR) | PARAM_BIT(P_INCLUDE_LIST) | PARAM_BIT(P_DRY_RUN) |                      \
     PARAM_BIT(P_MIN_CONFIDENCE) | PARAM_BIT(P_ARTICLE))

static struct arena *arena;
static struct params params;
static struct params_fault fault;
static struct err e;

static int setup(void **state)
{
    (void)state;
    arena = arena_new(0);
    return arena ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* As the server does it: a request target's query. */
static enum rc parse(const char *query)
{
    struct target target;
    struct slice raw = arena_printf(arena, "/quotes?%s", query);
    assert_int_equal(target_parse(arena, raw, &target, &e), RC_OK);
    memset(&e, 0, sizeof e);
    return params_parse("listQuotes", QUOTES, target.parameters, target.parameter_count, arena,
                        &params, &fault, &e);
}

static void check_refused(const char *query, const char *field, const char *nearest)
{
    assert_int_equal(parse(query), RC_INVALID);
    assert_string_equal(e.field, field);
    assert_true(e.message[0] != '\0');
    if (nearest) {
        assert_non_null(fault.nearest);
        assert_string_equal(fault.nearest, nearest);
    } else {
        assert_null(fault.nearest);
    }
}

static void defaults_apply_where_nothing_is_given(void **state)
{
    (void)state;
    assert_int_equal(parse(""), RC_OK);
    assert_int_equal(params.values[P_LIMIT].number, 20);
    assert_false(params.values[P_LIMIT].given);
    assert_int_equal(params.values[P_SORT_QUOTES].number, 0);
    assert_int_equal(params.values[P_INCLUDE_LIST].number, 0);
    assert_false(slice_present(params.values[P_Q].text));
    assert_false(params.after.present);
}

static void values_are_read_by_kind(void **state)
{
    (void)state;
    assert_int_equal(
        parse("q=l%27%C3%A9t%C3%A9&limit=1000&type=mixed&sort=oldest&from=2026-02-03&"
              "to=2026-02-03T12:00:00%2B01:00&include=quotes,text&lang=FR-CA&dry_run=true"),
        RC_OK);
    assert_true(slice_is(params.values[P_Q].text, "l'\xC3\xA9t\xC3\xA9"));
    assert_true(slice_is(params.values[P_LANG].clauses->values[0], "fr-CA"));
    assert_int_equal(params.values[P_LIMIT].number, 1000);
    assert_int_equal(params.values[P_QUOTE_TYPE].clauses->choices, 1u << 2);
    assert_int_equal(params.values[P_SORT_QUOTES].number, 1);
    assert_int_equal(params.values[P_INCLUDE_LIST].number, 1 | 8);
    assert_int_equal(params.values[P_DRY_RUN].number, 1);
    assert_int_equal(params.values[P_TO].number - params.values[P_FROM].number, 11 * 3600 * 1000);
}

static void unknown_names_are_refused_with_the_nearest(void **state)
{
    (void)state;
    check_refused("spaeker=x", "spaeker", "speaker");
    assert_string_equal(fault.code, "unknown_parameter");
    assert_non_null(strstr(e.message, "limit")); /* the message lists all */
    check_refused("zzzzzzzzzz=1", "zzzzzzzzzz", NULL);
    check_refused("Q=x", "Q", NULL);
    /* known elsewhere, not here */
    check_refused("revive=true", "revive", NULL);
}

static void malformed_values_are_refused(void **state)
{
    (void)state;
    static const char *const numbers[] = {"0",
                                          "1001",
                                          "-1",
                                          "1.5",
                                          "abc",
                                          "",
                                          "%2B20",
                                          "0x10",
                                          "999999999",
                                          "1e3",
                                          "99999999999999999999"};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        char query[64];
        (void)snprintf(query, sizeof query, "limit=%s", numbers[i]);
        check_refused(query, "limit", NULL);
        assert_string_equal(fault.code, "invalid");
    }
    check_refused("type=derect", "type", "direct");
    check_refused("type=DIRECT", "type", NULL);
    check_refused("from=yesterday", "from", NULL);
    check_refused("from=2026-02-30", "from", NULL);
    check_refused("include=text,quots", "include", "quotes");
    check_refused("include=", "include", NULL);
    static const char *const langs[] = {"f",      "franc",        "fr-",   "--fr", "f1",
                                        "fr--CA", "fr-123456789", "fr_CA", "fr,"};
    for (size_t i = 0; i < sizeof langs / sizeof langs[0]; i++) {
        char query[64];
        (void)snprintf(query, sizeof query, "lang=%s", langs[i]);
        check_refused(query, "lang", NULL);
    }
    check_refused("lang=fran%C3%A7ais", "lang", NULL);
    check_refused("dry_run=yes", "dry_run", NULL);
    check_refused("q=", "q", NULL);
    check_refused("q=%20%20", "q", NULL);
    check_refused("q", "q", NULL);
    check_refused("limit=10&limit=10", "limit", NULL);
    check_refused("from=2026-02-03&to=2026-02-03", "to", NULL);
}

static struct param_clause clause_of(const char *speaker)
{
    char query[256];
    (void)snprintf(query, sizeof query, "speaker=%s", speaker);
    if (parse(query) != RC_OK) {
        fail_msg("%s: %s", speaker, e.message);
    }
    return *params.values[P_SPEAKER].clauses;
}

static void filters_have_values(void **state)
{
    (void)state;
    struct param_clause one = clause_of("A%20B,%20C");
    assert_false(one.negated);
    assert_int_equal(one.count, 2);
    assert_true(slice_is(one.values[0], "A B") && slice_is(one.values[1], "C"));
    one = clause_of("-A,B");
    assert_true(one.negated && one.count == 2 && slice_is(one.values[0], "A"));
    one = clause_of("%22-A,%20%22%22B%22%22%22,C"); /* "-A, ""B""",C */
    assert_false(one.negated);
    assert_true(one.count == 2 && slice_is(one.values[0], "-A, \"B\""));
    assert_true(slice_is(one.values[1], "C"));
    one = clause_of("-%22-A%22");
    assert_true(one.negated && slice_is(one.values[0], "-A"));
    one = clause_of("a-b");
    assert_true(!one.negated && slice_is(one.values[0], "a-b"));
    check_refused("speaker=a,,b", "speaker", NULL);
    check_refused("speaker=a,", "speaker", NULL);
    check_refused("speaker=-", "speaker", NULL);
    check_refused("speaker=%22a", "speaker", NULL);
    check_refused("speaker=%22a%22b", "speaker", NULL);
    check_refused("speaker=%22%22", "speaker", NULL);
    check_refused("speaker=a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q", "speaker", NULL);
    check_refused("type=direct,derect", "type", "direct");
}

static void filters_are_repeated(void **state)
{
    (void)state;
    assert_int_equal(parse("speaker=a&type=direct,mixed&speaker=-b&type=-mixed"), RC_OK);
    const struct param_clause *first = params.values[P_SPEAKER].clauses;
    assert_true(slice_is(first->values[0], "a") && slice_is(first->next->values[0], "b"));
    assert_true(first->next->negated && first->next->next == NULL);
    assert_int_equal(params.values[P_QUOTE_TYPE].clauses->choices, 1u | 4u);
    uint64_t filters = params.filters;
    assert_int_equal(parse("speaker=a&type=direct,mixed&speaker=b&type=-mixed"), RC_OK);
    assert_true(filters != params.filters); /* all of them bind the cursor */
    check_refused("lang=a1&lang=fr", "lang", NULL);
    check_refused("lang=fr&lang=fr&lang=fr&lang=fr&lang=fr&lang=fr&lang=fr&lang=fr&lang=fr", "lang",
                  NULL);
}

static void times_are_counted_from_now(void **state)
{
    (void)state;
    assert_int_equal(parse("from=-7d&to=now"), RC_OK);
    assert_true(params.relative);
    assert_int_equal(params.values[P_TO].number - params.values[P_FROM].number, 7 * 86400000);
    assert_int_equal(params.now_ms % 60000, 0);
    assert_int_equal(parse("from=2026-02-03"), RC_OK);
    assert_false(params.relative);
    check_refused("from=-7", "from", NULL);
    check_refused("from=7d", "from", NULL);
}

static void shares_and_ids(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t thousandths; /* -1: refused */
    } shares[] = {{"0", 0},        {"1", 1000},     {"0.5", 500},  {"0.75", 750},
                  {"1.000", 1000}, {"0.8999", 899}, {"1.001", -1}, {"1.5", -1},
                  {"2", -1},       {"-0", -1},      {".5", -1},    {"0.", -1},
                  {"0,5", -1},     {"5e-1", -1},    {"00.5", -1},  {"0.000000000000000000001", -1}};
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
        char query[64];
        (void)snprintf(query, sizeof query, "min_confidence=%s", shares[i].text);
        if (shares[i].thousandths < 0) {
            check_refused(query, "min_confidence", NULL);
        } else {
            assert_int_equal(parse(query), RC_OK);
            assert_int_equal(params.values[P_MIN_CONFIDENCE].number, shares[i].thousandths);
        }
    }
    assert_int_equal(parse("article=aaaaaaaaaaaae"), RC_OK);
    assert_int_equal(params.values[P_ARTICLE].id, 2);
    check_refused("article=7", "article", NULL);
}

static void long_texts_are_refused(void **state)
{
    (void)state;
    char query[1024] = "q=";
    memset(query + 2, 'a', 513);
    check_refused(query, "q", NULL);
    query[2 + 512] = '\0';
    assert_int_equal(parse(query), RC_OK);
}

/* A cursor goes with its filters and its sort, not with how many rows are shown. */
static void cursors_are_bound_to_their_filters(void **state)
{
    (void)state;
    assert_int_equal(parse("speaker=Witkoff&limit=5"), RC_OK);
    struct store_cursor at = {true, 11, 12, SLICE_NONE};
    struct slice word = cursor_write(arena, &at, params.filters);
    static const struct {
        const char *query;
        enum rc rc;
    } cases[] = {{"speaker=Witkoff&limit=50&cursor=%.*s", RC_OK},
                 {"include=text&cursor=%.*s&speaker=Witkoff", RC_OK},
                 {"sort=newest&speaker=Witkoff&cursor=%.*s", RC_OK}, /* the default, said aloud */
                 {"speaker=Peskov&cursor=%.*s", RC_INVALID},
                 {"cursor=%.*s", RC_INVALID},
                 {"speaker=Witkoff&sort=oldest&cursor=%.*s", RC_INVALID},
                 {"q=Witkoff&cursor=%.*s", RC_INVALID}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char query[256];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        (void)snprintf(query, sizeof query, cases[i].query, SLICE_ARG(word));
#pragma GCC diagnostic pop
        assert_int_equal(parse(query), cases[i].rc);
        if (cases[i].rc == RC_OK) {
            assert_int_equal(params.after.key, 11);
        } else {
            assert_string_equal(e.field, "cursor");
        }
    }
}

static void cursors_are_bound_to_their_list(void **state)
{
    (void)state;
    struct params other;
    assert_int_equal(parse(""), RC_OK);
    assert_int_equal(params_parse("listEntityQuotes", QUOTES, NULL, 0, arena, &other, &fault, &e),
                     RC_OK);
    assert_true(params.filters != other.filters);
}

static void the_table_is_sound(void **state)
{
    (void)state;
    for (unsigned p = 0; p < PARAM_COUNT; p++) {
        const struct param_spec *spec = param_spec(p);
        assert_non_null(spec->name);
        assert_true((spec->kind == PARAM_CHOICE || spec->kind == PARAM_CHOICES ||
                     spec->kind == PARAM_SET) == (spec->choices != NULL));
        assert_true(spec->least <= spec->most);
        /* What doesn't change which rows there are, and in which order. */
        static const char *const shaping[] = {"limit",  "cursor",     "include",   "explain",
                                              "format", "fields",     "highlight", "offsets",
                                              "facets", "facet_limit"};
        bool shapes = false;
        for (size_t i = 0; i < sizeof shaping / sizeof shaping[0]; i++) {
            shapes = shapes || strcmp(spec->name, shaping[i]) == 0;
        }
        assert_true(spec->shapes == shapes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_apply_where_nothing_is_given),
        cmocka_unit_test(values_are_read_by_kind),
        cmocka_unit_test(unknown_names_are_refused_with_the_nearest),
        cmocka_unit_test(malformed_values_are_refused),
        cmocka_unit_test(filters_have_values),
        cmocka_unit_test(filters_are_repeated),
        cmocka_unit_test(times_are_counted_from_now),
        cmocka_unit_test(shares_and_ids),
        cmocka_unit_test(long_texts_are_refused),
        cmocka_unit_test(cursors_are_bound_to_their_filters),
        cmocka_unit_test(cursors_are_bound_to_their_list),
        cmocka_unit_test(the_table_is_sound),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
