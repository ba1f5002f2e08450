#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/analyse.h"
#include "text/pack.h"

struct article {
    struct arena *arena;
    struct document document;
    struct analysis *analysis;
};

static const char *const text =
    "Steve Witkoff attendu en Russie\n"
    "Le conseiller de Donald Trump, Steve Witkoff, est attendu mardi à Moscou.\n"
    "Vladimir Poutine doit le recevoir. Steve Witkoff ira ensuite à Kiev.\n"
    "Abonnez-vous à la lettre de Camille Durand pour tout savoir.";

static const char *const undeclared =
    "Steve Witkoff est attendu dans la capitale\nIl doit rencontrer les dirigeants du pays, qui ne "
    "veulent pas que "
    "les discussions soient connues de tous. Ce sont des heures difficiles pour les habitants, "
    "mais ils gardent "
    "l'espoir que la paix sera signée avant la fin de cette année.";

static void read(struct article *a, const char *body, const char *lang, enum origin origin)
{
    *a = (struct article){.arena = arena_new(0)};
    a->document.text = slice_cstr(body);
    a->document.blocks = ARENA_ARRAY(a->arena, struct block, 8);
    a->document.lang = (struct field){slice_cstr(lang), origin};
    static const enum block_kind kinds[] = {BLOCK_TITLE, BLOCK_PARAGRAPH, BLOCK_PARAGRAPH,
                                            BLOCK_BOILERPLATE};
    struct slice rest = a->document.text;
    while (slice_present(rest)) {
        struct slice line = slice_cut(&rest, '\n');
        uint32_t start = (uint32_t)(line.ptr - body);
        a->document.blocks[a->document.block_count] =
            (struct block){kinds[a->document.block_count % 4], {start, start + (uint32_t)line.len}};
        a->document.block_count++;
    }
    struct err e = {0};
    assert_int_equal(analyse_document(&a->document, NULL, a->arena, &a->analysis, &e), RC_OK);
}

static const struct entity *find(const struct article *a, const char *name)
{
    for (size_t i = 0; i < a->analysis->entity_count; i++) {
        if (slice_is(a->analysis->entities[i].name, name)) {
            return &a->analysis->entities[i];
        }
    }
    return NULL;
}

static void entities_by_prominence(void **state)
{
    (void)state;
    struct article a;
    read(&a, text, "fr", ORIGIN_SUBMITTED);
    assert_true(a.analysis->entity_count >= 5);
    assert_true(slice_is(a.analysis->entities[0].name, "Steve Witkoff"));
    for (size_t i = 1; i < a.analysis->entity_count; i++) {
        assert_true(a.analysis->entities[i - 1].prominence >= a.analysis->entities[i].prominence);
        assert_true(a.analysis->entities[i].prominence > 0 &&
                    a.analysis->entities[i].prominence <= 1);
    }
    assert_true(find(&a, "Russie")->prominence > find(&a, "Kiev")->prominence);
    arena_free(a.arena);
}

static void mentions_point_at_their_entity(void **state)
{
    (void)state;
    struct article a;
    read(&a, text, "fr", ORIGIN_SUBMITTED);
    uint32_t last = 0;
    for (uint32_t i = 0; i < a.analysis->mention_count; i++) {
        const struct mention *m = &a.analysis->mentions[i];
        assert_true(m->span.start_byte >= last && m->span.end_byte > m->span.start_byte);
        last = m->span.end_byte;
        const struct entity *e = &a.analysis->entities[m->entity];
        bool listed = false;
        for (size_t k = 0; k < e->mention_count; k++) {
            listed |= e->mentions[k] == i;
        }
        assert_true(listed);
        struct span block = a.document.blocks[m->block].span;
        assert_true(m->span.start_byte >= block.start_byte && m->span.end_byte <= block.end_byte);
    }
    assert_int_equal(find(&a, "Steve Witkoff")->mention_count, 3);
    arena_free(a.arena);
}

static void boilerplate_is_left_alone(void **state)
{
    (void)state;
    struct article a;
    read(&a, text, "fr", ORIGIN_SUBMITTED);
    assert_null(find(&a, "Camille Durand"));
    arena_free(a.arena);
}

static void language_is_submitted_declared_or_detected(void **state)
{
    (void)state;
    struct article a;
    read(&a, text, "fr", ORIGIN_SUBMITTED);
    assert_int_equal(a.analysis->lang_origin, ORIGIN_SUBMITTED);
    arena_free(a.arena);
    read(&a, undeclared, NULL, ORIGIN_NONE);
    assert_true(slice_is(a.analysis->lang, "fr"));
    assert_int_equal(a.analysis->lang_origin, ORIGIN_DETECTED);
    assert_non_null(find(&a, "Steve Witkoff"));
    arena_free(a.arena);
    /* A submitted language is believed even when we have nothing for it. */
    read(&a, text, "xx", ORIGIN_SUBMITTED);
    assert_true(slice_is(a.analysis->lang, "xx"));
    assert_int_equal(a.analysis->entity_count, 0);
    arena_free(a.arena);
    /* Too short to tell, and said nowhere. */
    read(&a, "12.", NULL, ORIGIN_NONE);
    assert_false(slice_present(a.analysis->lang));
    arena_free(a.arena);
}

static void an_open_language_is_said_and_the_nearest_one_used(void **state)
{
    (void)state;
    static const struct {
        const char *text, *lang, *warning;
        bool names;
    } cases[] = {
        {"Le maire de Lyon, Paul Durand, a dit « non ».", NULL, "language_unsure", true},
        {"Der Bürgermeister Paul Durand hat gesagt, dass kein Geld da sei.", NULL,
         "language_unknown", false},
        {"Le maire de Lyon, Paul Durand, a dit « non ».", "xx", "no_language_pack", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct article a;
        read(&a, cases[i].text, cases[i].lang, cases[i].lang ? ORIGIN_SUBMITTED : ORIGIN_NONE);
        assert_int_equal(a.analysis->warning_count, 1);
        assert_string_equal(a.analysis->warnings[0].code, cases[i].warning);
        assert_int_equal(find(&a, "Paul Durand") != NULL, cases[i].names);
        arena_free(a.arena);
    }
}

static void empty_and_odd_texts(void **state)
{
    (void)state;
    static const char *const odd[] = {"",  " ",      "(", "M.",  "d'",
                                      "«", "Le Pen", "A", "(A)", "\xef\xbb\xbf"};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        struct article a;
        read(&a, odd[i], "fr", ORIGIN_SUBMITTED);
        arena_free(a.arena);
    }
}

static void says_when_memory_is_out(void **state)
{
    (void)state;
    struct article a;
    read(&a, text, "fr", ORIGIN_SUBMITTED);
    struct arena *small = arena_new(4096);
    struct analysis *out = NULL;
    struct err e = {0};
    assert_int_equal(analyse_document(&a.document, NULL, small, &out, &e), RC_NOMEM);
    assert_null(out);
    arena_free(small);
    arena_free(a.arena);
}

static void counts_cpu_of_stages(void **state)
{
    (void)state;
    struct article a;
    read(&a, text, "fr", ORIGIN_SUBMITTED);
    int64_t cpu_us[ANALYSE_STAGES] = {0};
    struct analyse_options options = {.stage_cpu_us = cpu_us};
    struct err e = {0};
    for (int i = 0; i < 50; i++) {
        assert_int_equal(analyse_document(&a.document, &options, a.arena, &a.analysis, &e), RC_OK);
    }
    assert_true(cpu_us[STAGE_NAMES] > 0);
    arena_free(a.arena);
}

/* A language is a folder: an invented one, of two tables and no weights, finds its names. */
static void a_language_is_data(void **state)
{
    (void)state;
    static const struct pack_source files[] = {
        {"first_names.tsv", {"# source: invented\nzorgu\tm\n", 28}},
        {"places.tsv", {"# source: invented\nplim\tcity\n", 29}},
    };
    struct buf blob;
    struct err e = {0};
    struct pack *pack = NULL;
    buf_init(&blob);
    assert_int_equal(pack_compile("qz", files, 2, &blob, &e), RC_OK);
    assert_int_equal(pack_open(buf_view(&blob), &pack, &e), RC_OK);
    assert_int_equal(pack_register(pack, &e), RC_OK);
    struct article a;
    read(&a, "ulu ulu\nma Zorgu Bantek ulu da Plim ulu.", "qz", ORIGIN_SUBMITTED);
    assert_non_null(find(&a, "Zorgu Bantek"));
    assert_int_equal(find(&a, "Zorgu Bantek")->type, ENTITY_PER);
    assert_int_equal(find(&a, "Zorgu Bantek")->gender, GENDER_MASCULINE);
    assert_non_null(find(&a, "Plim"));
    assert_int_equal(find(&a, "Plim")->type, ENTITY_LOC);
    arena_free(a.arena);
    /* Registered packs live as long as the program. */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entities_by_prominence),
        cmocka_unit_test(mentions_point_at_their_entity),
        cmocka_unit_test(boilerplate_is_left_alone),
        cmocka_unit_test(language_is_submitted_declared_or_detected),
        cmocka_unit_test(an_open_language_is_said_and_the_nearest_one_used),
        cmocka_unit_test(empty_and_odd_texts),
        cmocka_unit_test(says_when_memory_is_out),
        cmocka_unit_test(counts_cpu_of_stages),
        cmocka_unit_test(a_language_is_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
