#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/score.h"
#include "text/utf8.h"

static void expect(struct score_count c, long long hits, long long predicted, long long support)
{
    assert_int_equal(c.hits, hits);
    assert_int_equal(c.predicted, predicted);
    assert_int_equal(c.support, support);
}

/* Spans are sets, types are exact, OPT counts neither way, types that weren't asked for don't exist. */
static void test_counts(void **state)
{
    (void)state;
    struct arena *arena = arena_new(0);
    struct gold gold;
    struct err e;
    assert_int_equal(
        gold_read(
            SLICE("{\"text\":\"Anne vit à Brest, à l'Europole, près du Bigouden.\",\"entities\":["
                  "{\"start\":0,\"end\":4,\"type\":\"PER\"},{\"start\":11,\"end\":16,\"type\":"
                  "\"LOC\"},"
                  "{\"start\":22,\"end\":30,\"type\":\"OPT\"},{\"start\":40,\"end\":48,\"type\":"
                  "\"MISC\"}]}"),
            SLICE("fr"), arena, &gold, &e),
        RC_OK);
    struct mention mentions[] = {
        {.span = {0, 4}, .type = ENTITY_PER},   {.span = {0, 4}, .type = ENTITY_PER},
        {.span = {12, 17}, .type = ENTITY_ORG}, /* é: a byte further; the wrong type */
        {.span = {24, 28}, .type = ENTITY_ORG}, /* overlaps OPT */
        {.span = {5, 8}, .type = ENTITY_MISC},
    };
    struct analysis analysis = {.mentions = mentions, .mention_count = 5};
    struct score_entities s = {.types = {{"PER", 3}, {"ORG", 3}, {"LOC", 3}}, .type_count = 3};
    long long listings = 0;
    struct score_case c = {.gold = &gold,
                           .analysis = &analysis,
                           .offsets = offsets_new(arena, gold.document->text),
                           .arena = arena,
                           .listings = &listings};
    score_entities_add(&s, &c);
    expect(s.by_type[0], 1, 1, 1);
    expect(s.by_type[1], 0, 1, 0);
    expect(s.by_type[2], 0, 0, 1);
    expect(s.span, 2, 2, 2);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_counts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
