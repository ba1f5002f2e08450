#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
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

/* A small model that is right in all, made by hand: header, tables of 8 slots, transitions. */
#define SMALL_SLOTS 8
#define SMALL_MOST  2048

static struct slice small_model(char *bytes, const char *lang)
{
    struct tagger_header h = {.version = TAGGER_VERSION, .labels = TAGGER_LABELS, .scale = 0.03F};
    memcpy(h.magic, TAGGER_MAGIC, sizeof TAGGER_MAGIC);
    snprintf(h.lang, sizeof h.lang, "%s", lang);
    h.slots = h.cluster_slots = SMALL_SLOTS;
    h.keys_at = 88;
    h.rows_at = h.keys_at + SMALL_SLOTS * 4;
    h.cluster_keys_at = h.rows_at + SMALL_SLOTS * TAGGER_ROW;
    h.clusters_at = h.cluster_keys_at + SMALL_SLOTS * 4;
    h.transitions_at = h.clusters_at + SMALL_SLOTS * 6;
    h.size = (h.transitions_at + TAGGER_TRANSITIONS * 4 + 7) / 8 * 8;
    assert_true(h.size <= SMALL_MOST);
    memset(bytes, 0, h.size);
    memcpy(bytes, &h, sizeof h);
    h.checksum = tagger_checksum(slice_of(bytes, h.size));
    memcpy(bytes, &h, sizeof h);
    return slice_of(bytes, h.size);
}

static void sign(struct slice model)
{
    uint32_t sum = tagger_checksum(model);
    memcpy((char *)(uintptr_t)model.ptr + offsetof(struct tagger_header, checksum), &sum,
           sizeof sum);
}

/* Every single bit that flips is told, wherever it is; so is every length that is too short. */
static void damage_is_refused(void **state)
{
    (void)state;
    _Alignas(8) char bytes[SMALL_MOST];
    struct tagger_model model;
    struct err e = {0};
    struct slice good = small_model(bytes, "fr");
    assert_int_equal(tagger_open(good, true, &model, &e), RC_OK);
    for (size_t bit = 0; bit < good.len * 8; bit++) {
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
        e = (struct err){0};
        assert_int_equal(tagger_open(good, true, &model, &e), RC_INVALID);
        assert_true(strlen(e.message) > 20);
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
    }
    for (size_t length = 0; length < good.len; length++) {
        assert_int_equal(tagger_open(slice_of(bytes, length), true, &model, &e), RC_INVALID);
    }
    assert_int_equal(tagger_open(good, true, &model, &e), RC_OK);
}

/* What a right checksum can't excuse: positions outside, full tables, numbers that are none. */
static void signed_nonsense_is_refused(void **state)
{
    (void)state;
    _Alignas(8) char bytes[SMALL_MOST];
    struct tagger_model model;
    struct err e = {0};
    struct slice good = small_model(bytes, "fr");
    struct tagger_header *h = (struct tagger_header *)(void *)bytes;
    uint32_t *positions[] = {&h->keys_at, &h->rows_at, &h->cluster_keys_at, &h->clusters_at,
                             &h->transitions_at};
    static const uint32_t wrong[] = {0, 8, 89, SMALL_MOST * 8, UINT32_MAX - 7};
    for (size_t p = 0; p < 5; p++) {
        for (size_t w = 0; w < 5; w++) {
            small_model(bytes, "fr");
            *positions[p] = wrong[w];
            sign(good);
            assert_int_equal(tagger_open(good, false, &model, &e), RC_INVALID);
        }
    }
    small_model(bytes, "fr");
    memset(bytes + h->keys_at, 1, SMALL_SLOTS * 4);
    sign(good);
    assert_int_equal(tagger_open(good, true, &model, &e), RC_INVALID);
    small_model(bytes, "fr");
    memset(bytes + h->transitions_at, 0xff, 4); /* not a number */
    sign(good);
    assert_int_equal(tagger_open(good, true, &model, &e), RC_INVALID);
    small_model(bytes, "a language of long name"); /* cut, so without an end */
    memset(h->lang, 'a', sizeof h->lang);
    sign(good);
    assert_int_equal(tagger_open(good, true, &model, &e), RC_INVALID);
}

static void other_versions_and_languages_are_refused(void **state)
{
    (void)state;
    _Alignas(8) char bytes[SMALL_MOST];
    struct tagger_model model;
    struct err e = {0};
    struct slice good = small_model(bytes, "fr");
    assert_int_equal(tagger_open_for(good, SLICE("fr"), &model, &e), RC_OK);
    assert_int_equal(tagger_open_for(good, SLICE("en"), &model, &e), RC_INVALID);
    assert_string_equal(e.message, "the name model is for \"fr\", not for \"en\"");
    ((struct tagger_header *)(void *)bytes)->version = TAGGER_VERSION + 1;
    sign(good);
    assert_int_equal(tagger_open(good, true, &model, &e), RC_INVALID);
    assert_non_null(
        strstr(e.message, "version 3 and 17 labels, this program reads version 2 and 17"));
    small_model(bytes, "zxx");
    assert_int_equal(tagger_open(good, true, &model, &e), RC_OK);
    assert_int_equal(tagger_use(&model, &e), RC_INVALID);
    assert_non_null(strstr(e.message, "no language pack"));
    assert_int_equal(tagger_open(SLICE("{\"version\": 2, \"weights\": []}"), true, &model, &e),
                     RC_INVALID);
    assert_string_equal(analyse_version(), ANALYSE_VERSION);
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
        cmocka_unit_test(labels_follow_bilou),
        cmocka_unit_test(shipped_models_are_whole),
        cmocka_unit_test(damage_is_refused),
        cmocka_unit_test(signed_nonsense_is_refused),
        cmocka_unit_test(other_versions_and_languages_are_refused),
        cmocka_unit_test(tags_with_confidence),
        cmocka_unit_test(stretches_are_bounded),
        cmocka_unit_test(features_are_stable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
