#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/fold.h"
#include "text/tokens.h"
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

static struct tokens scan(const char *lang, const char *text)
{
    struct tokens tokens = {NULL, 0, 0};
    struct slice s = slice_cstr(text);
    const struct pack *pack = lang ? pack_for(slice_cstr(lang)) : NULL;
    tokens_scan(arena, pack, s, 0, (uint32_t)s.len, 3, &tokens);
    return tokens;
}

/* Tokens of `text`, joined by " | ". */
static void expect(const char *lang, const char *text, const char *expected)
{
    struct tokens tokens = scan(lang, text);
    char got[1024];
    size_t len = 0;
    for (size_t i = 0; i < tokens.count; i++) {
        const struct token *t = &tokens.items[i];
        len += (size_t)snprintf(got + len, sizeof got - len, "%s%.*s", i ? " | " : "",
                                (int)(t->end_byte - t->start_byte), text + t->start_byte);
        assert_true(len < sizeof got);
    }
    got[len] = '\0';
    assert_string_equal(got, expected);
}

static void elided_words_are_cut_off(void **state)
{
    (void)state;
    expect("fr", "l'Élysée", "l' | Élysée");
    expect("fr", "L\u2019Élysée", "L\u2019 | Élysée");
    expect("fr", "qu'Emmanuel", "qu' | Emmanuel");
    expect("fr", "jusqu'à lorsqu'on puisqu'il quoiqu'elle",
           "jusqu' | à | lorsqu' | on | puisqu' | il | quoiqu' | elle");
    expect("fr", "j'ai m'a t'es s'il n'y c'est d'où",
           "j' | ai | m' | a | t' | es | s' | il | n' | y | c' | est | d' | où");
    expect("fr", "D'AUJOURD'HUI", "D' | AUJOURD'HUI");
    expect("fr", "qu'aujourd'hui", "qu' | aujourd'hui");
    expect("fr", "l'O.N.U. d'A. Dupont", "l' | O.N.U. | d' | A. | Dupont");
    expect("fr", "l'1 million", "l' | 1 | million");
}

static void words_with_an_apostrophe_of_their_own_stay_whole(void **state)
{
    (void)state;
    static const char *const whole[] = {
        "aujourd'hui", "aujourd\u2019hui", "quelqu'un",  "presqu'île", "prud'hommes",
        "entr'acte",   "N'Golo",           "N'Djamena",  "M'Bappé",    "Villeneuve-d'Ascq",
        "Côte-d'Or",   "O'Brien",          "rock'n'roll"};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        expect("fr", whole[i], whole[i]);
    }
    expect("fr", "L'Haÿ-les-Roses", "L' | Haÿ-les-Roses");
    expect("en", "d'Artagnan", "d'Artagnan");
}

static void clitics_are_cut_off(void **state)
{
    (void)state;
    expect("fr", "dit-il", "dit | -il");
    expect("fr", "a-t-elle", "a | -t-elle");
    expect("fr", "Où va-t-on", "Où | va | -t-on");
    expect("fr", "est-ce", "est | -ce");
    expect("fr", "qu'est-ce", "qu' | est | -ce");
    expect("fr", "donne-le-moi", "donne | -le | -moi");
    expect("fr", "PARLE-T-ON", "PARLE | -T-ON");
    expect("fr", "dit\u2011il", "dit | \u2011il");
    expect("fr", "« Parlez-vous ? »", "« | Parlez | -vous | ? | »");
    expect("en", "Trump's", "Trump | 's");
    expect("en", "Trump\u2019s", "Trump | \u2019s");
    expect("en", "don't can't we'll", "do | n't | ca | n't | we | 'll");
    expect("en", "THEY'RE", "THEY | 'RE");
}

static void words_that_only_look_so_stay_whole(void **state)
{
    (void)state;
    static const char *const whole[] = {"porte-parole", "peut-être",     "là-bas",
                                        "celui-ci",     "rendez-vous",   "Jean-Luc",
                                        "Saint-Ouen",   "vice-président"};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        expect("fr", whole[i], whole[i]);
    }
    expect("fr", "avec Kim Jong-il et Shin Young-il",
           "avec | Kim | Jong-il | et | Shin | Young-il");
    expect("en", "o'clock ma'am", "o'clock | ma'am");
    expect(NULL, "l'ami dit-il", "l'ami | dit-il"); /* no pack: nothing is cut */
}

static void initials_and_acronyms_keep_their_stops(void **state)
{
    (void)state;
    expect("fr", "J. D. Vance", "J. | D. | Vance");
    expect("fr", "J.D. Vance", "J.D. | Vance");
    expect("fr", "J.-P. Raffarin", "J.-P. | Raffarin");
    expect("fr", "George W. Bush", "George | W. | Bush");
    expect("en", "U.S. forces at 3 p.m. today", "U.S. | forces | at | 3 | p.m. | today");
    expect("en", "U.S.A", "U.S.A");
    expect("fr", "le plan B.", "le | plan | B | .");
    expect("fr", "le plan B. il dort", "le | plan | B | . | il | dort");
    expect("en", "So do I. The end", "So | do | I | . | The | end");
}

static void abbreviations_keep_their_stop_where_they_are_ones(void **state)
{
    (void)state;
    expect("fr", "M. Dupont et MM. Durand", "M. | Dupont | et | MM. | Durand");
    expect("fr", "p. 12, art. 5", "p. | 12 | , | art. | 5");
    expect("fr", "son art. Il peint", "son | art | . | Il | peint");
    expect("fr", "etc. Le reste", "etc. | Le | reste");
    expect("fr", "etc... et", "etc | ... | et");
    expect("en", "Mr. Smith said no. 10 or no.", "Mr. | Smith | said | no. | 10 | or | no | .");
    expect("fr", "le chat dort. Fin.", "le | chat | dort | . | Fin | .");
}

static void numbers(void **state)
{
    (void)state;
    expect("fr", "1,5 3.14 14h05 14:05 1er 20e 2019-2020",
           "1,5 | 3.14 | 14h05 | 14:05 | 1er | 20e | 2019-2020");
    expect("fr", "20%", "20 | %");
    expect("fr", "3\u202F000 €", "3 | 000 | €");
    expect("fr", "en 2019, 2020.", "en | 2019 | , | 2020 | .");
    expect("fr", "-5 +33 $100", "- | 5 | + | 33 | $ | 100");
    expect("fr", "20°C m² n°5", "20°C | m² | n°5");
}

static void marks_stand_alone(void **state)
{
    (void)state;
    expect("fr", "«Oui»,“non”…", "« | Oui | » | , | “ | non | ” | …");
    expect("fr", "<<Oui>> a < b", "<< | Oui | >> | a | < | b");
    expect("fr", "Oui... non. Ah !?", "Oui | ... | non | . | Ah | ! | ?");
    expect("fr", "– Bonjour -- dit — elle - non", "– | Bonjour | -- | dit | — | elle | - | non");
    expect("en", "'Yes,' he said, \"no\"", "' | Yes | , | ' | he | said | , | \" | no | \"");
    expect("en", "\u2018Yes\u2019 it\u2019s", "\u2018 | Yes | \u2019 | it | \u2019s");
    expect("fr", "-il (a)", "- | il | ( | a | )");
    expect("fr", "Fin.Début", "Fin | . | Début");
}

static void addresses_are_one_token(void **state)
{
    (void)state;
    expect("fr", "voir https://exemple.fr/a(b)?x=1.", "voir | https://exemple.fr/a(b)?x=1 | .");
    expect("fr", "(www.exemple.fr)", "( | www.exemple.fr | )");
    expect("fr", "lemonde.fr, a.b@exemple.co.uk!", "lemonde.fr | , | a.b@exemple.co.uk | !");
    expect("fr", "Jean.Dupont@exemple.fr", "Jean.Dupont@exemple.fr");
    expect("fr", "@EmmanuelMacron #MeToo #1 @ 5", "@EmmanuelMacron | #MeToo | # | 1 | @ | 5");
    expect("fr", "http:// www. x", "http | : | / | / | www | . | x");
    expect("fr", "«https://exemple.fr»", "« | https://exemple.fr | »");
}

static void other_scripts(void **state)
{
    (void)state;
    expect("fr", "東京は", "東 | 京 | は");
    expect("fr", "Владимир Путин", "Владимир | Путин");
    expect("fr", "étudiant·e·s e\u0301te\u0301", "étudiant·e·s | e\u0301te\u0301");
    expect("fr", "AT&T R&D a&b", "AT&T | R&D | a | & | b");
    expect("fr", "\U0001F600\U0001F600 ok", "\U0001F600 | \U0001F600 | ok");
}

static const struct token *only(struct tokens *kept, const char *lang, const char *text, size_t i)
{
    *kept = scan(lang, text);
    assert_true(kept->count > i);
    return &kept->items[i];
}

static void flags(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t token;
        unsigned flags;
    } cases[] = {
        {"mot", 0, TOKEN_SPACE_BEFORE},
        {"Élan", 0, TOKEN_SPACE_BEFORE | TOKEN_CAPITAL},
        {"OTAN", 0, TOKEN_SPACE_BEFORE | TOKEN_CAPITAL | TOKEN_ALL_CAPS},
        {"À", 0, TOKEN_SPACE_BEFORE | TOKEN_CAPITAL},
        {"iPhone", 0, TOKEN_SPACE_BEFORE},
        {"G20", 0, TOKEN_SPACE_BEFORE | TOKEN_CAPITAL | TOKEN_HAS_DIGIT},
        {"CAC40", 0, TOKEN_SPACE_BEFORE | TOKEN_CAPITAL | TOKEN_ALL_CAPS | TOKEN_HAS_DIGIT},
        {"14", 0, TOKEN_SPACE_BEFORE | TOKEN_HAS_DIGIT},
        {"L'an", 0, TOKEN_SPACE_BEFORE | TOKEN_CAPITAL | TOKEN_ELIDED},
        {"L'an", 1, 0},
        {"dit-il", 1, TOKEN_CLITIC},
        {"oui, non", 1, 0},
        {"oui, non", 2, TOKEN_SPACE_BEFORE},
        {"J. Dupont", 0, TOKEN_SPACE_BEFORE | TOKEN_CAPITAL | TOKEN_INITIAL},
        {"M. Dupont", 0, TOKEN_SPACE_BEFORE | TOKEN_CAPITAL | TOKEN_ABBREVIATION},
        {"O.N.U. dit", 0, TOKEN_SPACE_BEFORE | TOKEN_CAPITAL | TOKEN_ALL_CAPS | TOKEN_ABBREVIATION},
        {"etc. dit", 0, TOKEN_SPACE_BEFORE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tokens kept;
        const struct token *t = only(&kept, "fr", cases[i].text, cases[i].token);
        if (t->flags != cases[i].flags) {
            fail_msg("%s: flags %u, not %u", cases[i].text, t->flags, cases[i].flags);
        }
        assert_int_equal(t->block, 3);
    }
}

static void kinds(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum token_kind kind;
    } cases[] = {
        {"mot", TOKEN_WORD},        {"14h05", TOKEN_NUMBER},     {"«", TOKEN_PUNCTUATION},
        {"<<", TOKEN_PUNCTUATION},  {"<", TOKEN_SYMBOL},         {"%", TOKEN_SYMBOL},
        {"€", TOKEN_SYMBOL},        {"a@b.fr", TOKEN_SYMBOL},    {"@x", TOKEN_SYMBOL},
        {"www.x.fr", TOKEN_SYMBOL}, {"-", TOKEN_PUNCTUATION},    {"\u2019", TOKEN_PUNCTUATION},
        {"京", TOKEN_WORD},         {"\U0001F600", TOKEN_SYMBOL}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tokens kept;
        assert_int_equal(only(&kept, "fr", cases[i].text, 0)->kind, cases[i].kind);
    }
}

static void lower_case_words_point_into_the_text(void **state)
{
    (void)state;
    const char *text = "été plus tard L\u2019Été";
    struct tokens tokens = scan("fr", text);
    assert_ptr_equal(tokens.items[0].lower.ptr, text);
    assert_ptr_equal(tokens.items[1].lower.ptr, text + tokens.items[1].start_byte);
    assert_true(slice_is(tokens.items[3].lower, "l'"));
    assert_true(slice_is(tokens.items[4].lower, "été"));
}

static void a_stretch_is_scanned_alone(void **state)
{
    (void)state;
    struct slice text = SLICE("avant l'an après");
    struct tokens tokens = {NULL, 0, 0};
    tokens_scan(arena, pack_for(SLICE("fr")), text, 6, 10, 0, &tokens);
    assert_int_equal(tokens.count, 2);
    assert_int_equal(tokens.items[0].start_byte, 6);
    assert_true(tokens.items[0].flags & TOKEN_SPACE_BEFORE);
    assert_int_equal(tokens.items[1].end_byte, 10);
    tokens_scan(arena, NULL, text, 10, 10, 0, &tokens);
    assert_int_equal(tokens.count, 2);
    tokens_scan(arena, NULL, text, 11, 1000, 0, &tokens); /* an end beyond the text is its end */
    assert_int_equal(tokens.count, 3);
}

/* Whatever the text: in order, apart, no byte but blanks left out, no blank inside, lower as fold_lower. */
static void check_cover(struct slice text, const struct tokens *tokens)
{
    size_t at = 0;
    for (size_t i = 0; i <= tokens->count; i++) {
        size_t start = i < tokens->count ? tokens->items[i].start_byte : text.len;
        bool blank = at == 0;
        while (at < start) {
            assert_true(utf8_is_blank(utf8_decode(text, at, &at)));
            blank = true;
        }
        assert_int_equal(at, start);
        if (i == tokens->count) {
            break;
        }
        const struct token *t = &tokens->items[i];
        assert_true(t->end_byte > t->start_byte && t->end_byte <= text.len);
        assert_int_equal(!!(t->flags & TOKEN_SPACE_BEFORE), blank);
        struct slice word = slice_of(text.ptr + t->start_byte, t->end_byte - t->start_byte);
        assert_true(slice_equal(t->lower, fold_lower(arena, word)));
        while (at < t->end_byte) {
            assert_false(utf8_is_blank(utf8_decode(text, at, &at)));
        }
        assert_int_equal(at, t->end_byte);
    }
}

static uint32_t random_below(uint32_t *seed, uint32_t n)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % n;
}

static void tokens_cover_pseudo_random_text(void **state)
{
    (void)state;
    static const char *const bits[] = {
        "l'",     "qu\u2019", "-t-il",   "-il",        ".",      "..",      "J.",  "A.B.",
        "@",      "#",        "http://", "www.",       "é",      "e\u0301", " ",   "\u00A0",
        "\u202F", "«",        "»",       "\"",         "'",      "\u2019",  "1",   ",5",
        "京",     "\u3099",   "M.",      "etc.",       "n't",    "'s",      "-",   "—",
        "<<",     "&",        "_",       "·",          "\u00AD", "Mot",     "MOT", "ß",
        "İ",      "\u212B",   "\u0600",  "\U0001F600", "\u200D", "°",       "²",   "Ⱥ",
        "a@b.c",  ":",        "/",       "(",          ")"};
    uint32_t seed = 11;
    for (int round = 0; round < 4000; round++) {
        char text[512];
        size_t len = 0;
        uint32_t count = random_below(&seed, 40);
        for (uint32_t i = 0; i < count; i++) {
            if (random_below(&seed, 4) == 0) {
                len += utf8_encode(random_below(&seed, random_below(&seed, 2) ? 0x3000 : 0x110000),
                                   text + len);
            } else {
                const char *bit = bits[random_below(&seed, sizeof bits / sizeof *bits)];
                memcpy(text + len, bit, strlen(bit));
                len += strlen(bit);
            }
        }
        struct tokens tokens = {NULL, 0, 0};
        struct slice s = slice_of(text, len);
        tokens_scan(arena, pack_for(round % 2 ? SLICE("fr") : SLICE("en")), s, 0, (uint32_t)len, 0,
                    &tokens);
        check_cover(s, &tokens);
        arena_reset(arena);
    }
}

/* Two megabytes without a blank, of everything that looks ahead or back: done at once, or not at all. */
static void long_runs_stay_linear(void **state)
{
    (void)state;
    static const char *const units[] = {"a",   "l'",  "-il",     "A.",  "a.",      "1,", "@",
                                        "#1",  "京",  "e\u0301", "n't", "http://", "\"", "a@",
                                        "J.-", "A.a", "_",       "))",  "é-t-",    "X.Y"};
    enum { SIZE = 2 * 1024 * 1024 };
    char *text = malloc(SIZE + 16);
    for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
        size_t width = strlen(units[u]), len = 0;
        for (; len + width <= SIZE; len += width) {
            memcpy(text + len, units[u], width);
        }
        for (int lang = 0; lang < 2; lang++) {
            struct tokens tokens = {NULL, 0, 0};
            struct sentences sentences = {NULL, 0, 0};
            struct slice s = slice_of(text, len);
            tokens_scan(arena, pack_for(lang ? SLICE("fr") : SLICE("en")), s, 0, (uint32_t)len, 0,
                        &tokens);
            sentences_split(arena, s, &tokens, 0, &sentences);
            assert_true(tokens.count > 0);
            arena_reset(arena);
        }
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elided_words_are_cut_off),
        cmocka_unit_test(words_with_an_apostrophe_of_their_own_stay_whole),
        cmocka_unit_test(clitics_are_cut_off),
        cmocka_unit_test(words_that_only_look_so_stay_whole),
        cmocka_unit_test(initials_and_acronyms_keep_their_stops),
        cmocka_unit_test(abbreviations_keep_their_stop_where_they_are_ones),
        cmocka_unit_test(numbers),
        cmocka_unit_test(marks_stand_alone),
        cmocka_unit_test(addresses_are_one_token),
        cmocka_unit_test(other_scripts),
        cmocka_unit_test(flags),
        cmocka_unit_test(kinds),
        cmocka_unit_test(lower_case_words_point_into_the_text),
        cmocka_unit_test(a_stretch_is_scanned_alone),
        cmocka_unit_test(tokens_cover_pseudo_random_text),
        cmocka_unit_test(long_runs_stay_linear),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
