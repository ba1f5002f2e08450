/* Names out of what stands where authors are named. */
#include "given.h"

#include "ingest/byline.h"

static const struct {
    const char *lang, *text, *names; /* "A|B" */
} fields[] = {
    {"fr", "Jean Dupont", "Jean Dupont"},
    {"fr", "Par Jean Dupont, Marie Petit et Luc Grand", "Jean Dupont|Marie Petit|Luc Grand"},
    {"fr", "Par JEAN DUPONT (avec AFP)", "JEAN DUPONT"},
    {"fr", "Publié par Karim Benali le 3 février 2026", "Karim Benali"},
    {"fr", "Rédigé par Léa Martin", "Léa Martin"},
    {"fr", "Auteur : Jean Petit", "Jean Petit"},
    {"fr", "Une enquête de Paul Noir et Jeanne Vert", "Paul Noir|Jeanne Vert"},
    {"fr", "De notre correspondante à Rome, Valérie Segond", "Valérie Segond"},
    {"fr", "De notre correspondant Luc Morel, à Rome", "Luc Morel"},
    {"fr", "Jean Dupont, correspondant à Berlin", "Jean Dupont"},
    {"fr", "Jean Dupont correspondant", "Jean Dupont"},
    {"fr", "La rédaction", "La rédaction"},
    {"fr", "Par L. M.", "L. M."},
    {"fr", "Anne-Sophie d'Estaing", "Anne-Sophie d'Estaing"},
    {"fr", "Jean Dupont @jdupont", "Jean Dupont"},
    {"fr", "CC7567", ""},
    {"fr", "Par avion", ""},
    {"en", "Richard (R. J.) Eskow", "Richard (R. J.) Eskow"},
    {"en", "Ann Lee (https://lee.example/)", "Ann Lee"},
    {"en", "By Ann Lee and Bo Park | Feb. 3, 2026", "Ann Lee|Bo Park"},
    {"en", "Posted by Ann Lee on 3 February", "Ann Lee"},
};

static void test_fields(void **state)
{
    (void)state;
    for (volatile size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        struct arena *arena = arena_new(0);
        struct formula_packs packs = formula_packs_for(slice_cstr(fields[i].lang));
        jmp_buf escape;
        char names[300] = "";
        arena_escape(arena, &escape);
        if (setjmp(escape)) {
            fail();
        }
        struct byline byline = byline_of_field(&packs, arena, slice_cstr(fields[i].text));
        for (size_t n = 0; n < byline.count; n++) {
            snprintf(names + strlen(names), sizeof names - strlen(names), "%s%.*s", n ? "|" : "",
                     SLICE_ARG(byline.names[n]));
        }
        assert_string_equal(names, fields[i].names);
        arena_free(arena);
    }
}

/* A line of a text is no byline because it begins like one. */
static void test_lines(void **state)
{
    (void)state;
    static const char *const others[] = {"Par ailleurs, le maire a promis un pont",
                                         "Par Toutatis !", "Reportage de la dernière chance",
                                         "Auteurs en colère"};
    struct arena *arena = arena_new(0);
    struct formula_packs packs = formula_packs_for(SLICE("fr"));
    jmp_buf escape;
    arena_escape(arena, &escape);
    if (setjmp(escape)) {
        fail();
    }
    for (volatile size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_int_equal(byline_read(&packs, arena, slice_cstr(others[i])).kind, BYLINE_NONE);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_fields), cmocka_unit_test(test_lines)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
