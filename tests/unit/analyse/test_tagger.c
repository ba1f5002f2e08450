#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "analyse/tagger.h"
#include "named.h"

static void labels_follow_bilou(void **state)
{
    (void)state;
    unsigned begin = tagger_label(ENTITY_PER, TAGGER_BEGIN),
             inside = tagger_label(ENTITY_PER, TAGGER_INSIDE),
             last = tagger_label(ENTITY_PER, TAGGER_LAST),
             unit = tagger_label(ENTITY_LOC, TAGGER_UNIT);
    assert_true(tagger_follows(begin, inside));
    assert_true(tagger_follows(begin, last));
    assert_true(tagger_follows(last, unit));
    assert_true(tagger_follows(TAGGER_OUTSIDE, begin));
    assert_false(tagger_follows(TAGGER_OUTSIDE, last));
    assert_false(tagger_follows(begin, TAGGER_OUTSIDE));
    assert_false(tagger_follows(begin, begin));
    assert_false(tagger_follows(begin, tagger_label(ENTITY_ORG, TAGGER_LAST)));
}

static struct slice shipped(const char *lang)
{
    struct slice section = pack_section(pack_for(slice_cstr(lang)), "entities.model");
    assert_true(slice_present(section));
    return section;
}

static void shipped_models_are_whole(void **state)
{
    (void)state;
    struct tagger_model model;
    struct err e = {0};
    assert_int_equal(tagger_open(shipped("fr"), true, &model, &e), RC_OK);
    assert_int_equal(tagger_open(shipped("en"), true, &model, &e), RC_OK);
    assert_true(shipped("fr").len + shipped("en").len <= 12u << 20);
}

/* Every kind of damage is told, none is followed. */
static void damage_is_refused(void **state)
{
    (void)state;
    struct slice good = shipped("en");
    char *copy = aligned_alloc(64, (good.len + 63) / 64 * 64);
    struct tagger_model model;
    struct err e = {0};
    struct tagger_header *h = (struct tagger_header *)(void *)copy;
    memcpy(copy, good.ptr, good.len);
    copy[0] = 'x';
    assert_int_equal(tagger_open(slice_of(copy, good.len), false, &model, &e), RC_INVALID);
    memcpy(copy, good.ptr, good.len);
    h->version++;
    assert_int_equal(tagger_open(slice_of(copy, good.len), false, &model, &e), RC_INVALID);
    assert_non_null(strstr(e.message, "version"));
    memcpy(copy, good.ptr, good.len);
    h->rows_at = h->size - 8;
    assert_int_equal(tagger_open(slice_of(copy, good.len), false, &model, &e), RC_INVALID);
    memcpy(copy, good.ptr, good.len);
    assert_int_equal(tagger_open(slice_of(copy, good.len - 8), false, &model, &e), RC_INVALID);
    assert_int_equal(tagger_open(slice_of(copy, 10), false, &model, &e), RC_INVALID);
    copy[good.len / 2] = (char)(copy[good.len / 2] + 1);
    assert_int_equal(tagger_open(slice_of(copy, good.len), true, &model, &e), RC_INVALID);
    assert_non_null(strstr(e.message, "checksum"));
    free(copy);
}

static void tags_with_confidence(void **state)
{
    (void)state;
    struct named n;
    named_read(&n, "fr", "Le maire a reçu Emmanuel Macron à Strasbourg.", NULL);
    struct tagger_model model;
    struct tags tags = {0};
    assert_int_equal(tagger_open(shipped("fr"), false, &model, NULL), RC_OK);
    tagger_run(&n.reading, n.reading.lexicon, &model, &tags);
    assert_int_equal(tags.count, 2);
    assert_int_equal(tags.items[0].type, ENTITY_PER);
    assert_int_equal(tags.items[0].end - tags.items[0].first, 2);
    assert_int_equal(tags.items[1].type, ENTITY_LOC);
    for (size_t i = 0; i < tags.count; i++) {
        assert_true(tags.items[i].confidence > 0.5F && tags.items[i].confidence <= 1.0F);
    }
    named_done(&n);
}

/* Stretches cover every capital, stay inside sentences and have a bound, on any text. */
static void stretches_are_bounded(void **state)
{
    (void)state;
    char *text = malloc(60001);
    for (size_t i = 0; i < 60000; i += 3) {
        memcpy(text + i, "Ab ", 3);
    }
    text[60000] = '\0';
    struct named n;
    named_read(&n, "fr", text, NULL);
    struct tagger_view *v = tagger_view_new(&n.reading, n.reading.lexicon, NULL);
    uint32_t at = 0, first, end, covered = 0;
    while (tagger_next_stretch(v, &at, &first, &end)) {
        assert_true(end > first && end - first <= TAGGER_STRETCH_MOST);
        covered += end - first;
    }
    assert_int_equal(covered, n.reading.tokens.count);
    named_done(&n);
    free(text);
}

static void features_are_stable(void **state)
{
    (void)state;
    struct named n;
    named_read(&n, "fr", "Emmanuel Macron parle.", NULL);
    struct tagger_view *v = tagger_view_new(&n.reading, n.reading.lexicon, NULL);
    uint32_t a[TAGGER_FEATURES_MOST], b[TAGGER_FEATURES_MOST];
    size_t count = tagger_features(v, 0, a);
    assert_true(count > 30 && count <= TAGGER_FEATURES_MOST);
    assert_int_equal(tagger_features(v, 0, b), count);
    assert_memory_equal(a, b, count * sizeof *a);
    for (size_t i = 0; i < count; i++) {
        assert_int_not_equal(a[i], 0);
    }
    named_done(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_follow_bilou),   cmocka_unit_test(shipped_models_are_whole),
        cmocka_unit_test(damage_is_refused),     cmocka_unit_test(tags_with_confidence),
        cmocka_unit_test(stretches_are_bounded), cmocka_unit_test(features_are_stable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
