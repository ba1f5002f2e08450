#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "text/fold.h"
#include "text/utf8.h"

static struct arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new(0);
    return !arena;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

typedef struct slice folding(struct arena *arena, struct slice s);

static void expect(folding *fold, const char *text, const char *expected)
{
    struct slice got = fold(arena, slice_cstr(text));
    if (!slice_is(got, expected)) {
        fail_msg("\"%s\" gives \"%.*s\", not \"%s\"", text, SLICE_ARG(got), expected);
    }
}

static void lower(void **state)
{
    (void)state;
    expect(fold_lower, "L\u2019Élysée", "l'élysée");
    expect(fold_lower, "ŒUVRE À NAÏF", "œuvre à naïf");
    expect(fold_lower, "peut\u2011être", "peut-être");
    expect(fold_lower, "gou\u00ADvernement", "gouvernement");
    expect(fold_lower, "a\u00A0b\u202Fc", "a b c");
    expect(fold_lower, "e\u0301te\u0301 E\u0301", "été é"); /* decomposed: NFC */
    expect(fold_lower, "МОСКВА ΑΘΉΝΑ", "москва αθήνα");
    expect(fold_lower, "\u212Bngström", "ångström"); /* the Ångström sign is Å */
    expect(fold_lower, "ȺȾ", "ⱥⱦ");                  /* longer in lower case */
    expect(fold_lower, "İstanbul", "istanbul");
    expect(fold_lower, "日本 \U0001F600 «»", "日本 \U0001F600 «»");
    expect(fold_lower, "", "");
    assert_false(slice_present(fold_lower(arena, SLICE_NONE)));
    assert_true(slice_present(fold_lower(arena, SLICE(""))));
}

static void key(void **state)
{
    (void)state;
    expect(fold_key, "L\u2019Haÿ-les-Roses", "l hay les roses");
    expect(fold_key, "Villeneuve-d'Ascq", "villeneuve d ascq");
    expect(fold_key, "cœur Œuvre ÆGIS straße", "coeur oeuvre aegis strasse");
    expect(fold_key, "Łódź Ørsted Đoković ıİ", "lodz orsted dokovic ii");
    expect(fold_key, "e\u0301te\u0301", "ete");
    expect(fold_key, "  J. D.  Vance,\u00A0« x » ", "j d vance x");
    expect(fold_key, "O.N.U.", "onu");
    expect(fold_key, "AT&T", "att");
    expect(fold_key, "C++ 50 % A$AP", "c++ 50 a$ap");
    expect(fold_key, "Ёлка Київ", "елка киів");
    expect(fold_key, "…!", "");
    expect(fold_key, "ﬁn ½", "fin 1\u20442");
    assert_false(slice_present(fold_key(arena, SLICE_NONE)));
}

static void slug(void **state)
{
    (void)state;
    expect(fold_slug, "L'Haÿ-les-Roses", "l-hay-les-roses");
    expect(fold_slug, "Canal+ & Cie", "canal-cie");
    expect(fold_slug, "50 % de plus", "50-de-plus");
    expect(fold_slug, "Москва", "москва");
    expect(fold_slug, "+ x +", "x");
    expect(fold_slug, "", "-");
    expect(fold_slug, "«…»", "-");
}

static void same_name_key(const char *a, const char *b, bool same)
{
    struct slice x = fold_name_key(arena, slice_cstr(a)), y = fold_name_key(arena, slice_cstr(b));
    if (slice_equal(x, y) != same) {
        fail_msg("%s: %.*s, %s: %.*s", a, SLICE_ARG(x), b, SLICE_ARG(y));
    }
}

static void variants_of_a_name_unite(void **state)
{
    (void)state;
    static const char *const zelensky[] = {"Zelenskyy", "Zelenski", "Zelenskiy", "Zelenskij",
                                           "ZELENSKY"};
    for (size_t i = 0; i < sizeof zelensky / sizeof *zelensky; i++) {
        same_name_key("Zelensky", zelensky[i], true);
    }
    same_name_key("Volodymyr Zelensky", "Volodymyr Zelenskyy", true);
    same_name_key("Khadafi", "Kadhafi", true);
    same_name_key("Mohammed", "Mohamed", true);
    same_name_key("Sergei", "Sergueï", false);
    same_name_key("Dmitri", "Dmitriy", true);
    same_name_key("Jean-Luc", "jean luc", true);
}

static void surnames_stay_apart(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"Martin", "Marin"},  {"Colin", "Collin"},    {"Perrin", "Périn"},  {"Bonnet", "Bonet"},
        {"Poutine", "Putin"}, {"Morel", "Morelle"},   {"Renard", "Renaud"}, {"Vallet", "Valet"},
        {"Guyot", "Guiot"},   {"Roussel", "Rousseau"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        same_name_key(pairs[i][0], pairs[i][1], false);
    }
}

static void a_key_is_its_own_key(void **state)
{
    (void)state;
    static const char *const texts[] = {"L'Élysée", "Œuvre", "ﬁn",   "Straße",       "Łódź",
                                        "Hà Nội",   "ÅÄÖ",   "C++",  "Ёлка",         "日本",
                                        "한국",     "हिन्दी", "عَرَبِيّ", "a\u0301\u0302"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct slice once = fold_key(arena, slice_cstr(texts[i]));
        assert_true(utf8_valid(once, NULL));
        assert_true(slice_equal(fold_key(arena, once), once));
        struct slice low = fold_lower(arena, slice_cstr(texts[i]));
        assert_true(slice_equal(fold_lower(arena, low), low));
    }
}

static void every_code_point_folds_to_valid_text(void **state)
{
    (void)state;
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
        char out[8];
        size_t len = fold_code_point(cp, out);
        assert_true(len <= 8);
        assert_true(utf8_valid(slice_of(out, len), NULL));
    }
    char out[8];
    assert_int_equal(fold_code_point(0x301, out), 0);
    assert_int_equal(fold_code_point(0x153, out), 2);
    assert_memory_equal(out, "oe", 2);
}

/* The short form and the full one agree wherever the short one answers. */
static void every_code_point_lowers_alike(void **state)
{
    (void)state;
    for (uint32_t cp = 1; cp <= 0x10FFFF; cp += cp < 0x3000 ? 1 : 7) {
        char text[8], out[8];
        size_t len = utf8_encode(cp, text);
        struct slice s = slice_of(text, len);
        size_t short_len = fold_lower_short(s, out);
        assert_true(short_len == SIZE_MAX || short_len <= len);
        struct slice full = fold_lower(arena, s);
        assert_true(utf8_valid(full, NULL));
        if (short_len != SIZE_MAX) {
            assert_true(slice_equal(full, slice_of(out, short_len)));
        }
        if (cp >= 0x1D100 && cp < 0x1D200) {
            continue; /* musical notes decompose into more than a fold of 8 bytes holds */
        }
        struct slice key_form = fold_key(arena, full);
        if (!slice_equal(key_form, fold_key(arena, s))) {
            fail_msg("U+%04X", (unsigned)cp);
        }
        arena_reset(arena);
    }
}

static void without_memory_results_are_absent(void **state)
{
    (void)state;
    struct arena *small = arena_new(16);
    struct slice text = SLICE("a text of more than sixteen bytes é\u0301");
    assert_false(slice_present(fold_lower(small, text)));
    assert_false(slice_present(fold_key(small, text)));
    assert_false(slice_present(fold_slug(small, text)));
    assert_false(slice_present(fold_name_key(small, text)));
    arena_free(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lower),
        cmocka_unit_test(key),
        cmocka_unit_test(slug),
        cmocka_unit_test(variants_of_a_name_unite),
        cmocka_unit_test(surnames_stay_apart),
        cmocka_unit_test(a_key_is_its_own_key),
        cmocka_unit_test(every_code_point_folds_to_valid_text),
        cmocka_unit_test(every_code_point_lowers_alike),
        cmocka_unit_test(without_memory_results_are_absent),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
