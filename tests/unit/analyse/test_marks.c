/* Pairing of quotation marks, without a language pack: what stands between which marks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "analyse/quoting.h"
#include "base/buf.h"
#include "base/clock.h"
#include "named.h"

/* "[A|B]": the contents of all pairs in order, a nested one behind its holder; `~` in front of a guessed one. */
static void expect_pairs(const char *text, const char *expected)
{
    struct named n;
    named_read(&n, "xx", text, NULL);
    assert_null(n.reading.pack);
    quotes_find(&n.reading);
    const struct quoting *q = n.reading.quoting;
    struct buf b;
    buf_init(&b);
    for (size_t i = 0; i < q->pairs.count; i++) {
        const struct pair *p = &q->pairs.items[i];
        if (p->first < p->end) {
            buf_printf(&b, "%s%s", b.len ? "|" : "", p->broken ? "~" : "");
            buf_slice(&b, reading_text(&n.reading, tokens_span(q, p->first, p->end)));
        }
    }
    buf_char(&b, '\0');
    if (strcmp(b.data, expected) != 0) {
        print_error("in: %s\n  found    %s\n  expected %s\n", text, b.data, expected);
        fail();
    }
    buf_done(&b);
    named_done(&n);
}

static void test_kinds(void **state)
{
    (void)state;
    expect_pairs("« un » «deux» “trois” „quatre“ „cinq” \"six\" ‹ sept › ‘huit’ << neuf >> 'dix'",
                 "un|deux|trois|quatre|cinq|six|sept|huit|neuf|dix");
    expect_pairs("« un “deux ‘trois’ deux” un »",
                 "un “deux ‘trois’ deux” un|deux ‘trois’ deux|trois");
    expect_pairs("\"un\" et \"deux\", puis \"trois\".", "un|deux|trois");
    expect_pairs("« un » »deux« « trois »", "un|deux|trois");
}

static void test_no_marks(void **state)
{
    (void)state;
    expect_pairs("l'été, aujourd'hui, d'accord, the workers’ union, rock ’n’ roll", "");
    expect_pairs("un écran de 24\" et une planche de 6' 2\"", "");
    expect_pairs("back in the '90s, in '94 and in '98", "");
    expect_pairs("» À lire aussi", "");
    expect_pairs(">>> À lire aussi", "");
}

static void test_broken(void **state)
{
    (void)state;
    expect_pairs("« un. Deux.\ntrois « quatre » cinq", "~un.|quatre");
    expect_pairs("un deux » trois.\n« quatre » cinq", "~un deux|quatre");
    expect_pairs("\"un deux. Trois.\n\"quatre\" cinq \"six\"", "un deux. Trois.|quatre|six");
    expect_pairs("« un \"deux » trois", "un \"deux");
    expect_pairs("« un\" deux", "un");
}

static void test_paragraphs(void **state)
{
    (void)state;
    expect_pairs("« un.\n« deux.\n« trois. »\nquatre « cinq »", "un.|deux.|trois.|cinq");
    expect_pairs("« un.\ndeux.\ntrois. »\nquatre « cinq »", "un.|deux.|trois.|cinq");
    expect_pairs("« un.\ndeux.\n« trois »", "~un.|trois");
}

static void repeat_in_time(const char *piece, size_t times)
{
    struct named n;
    size_t len = strlen(piece);
    char *text = malloc(len * times + 1);
    for (size_t i = 0; i < times; i++) {
        memcpy(text + i * len, piece, len);
    }
    text[len * times] = '\0';
    for (int lang = 0; lang < 2; lang++) {
        named_read(&n, lang ? "fr" : "xx", text, NULL);
        int64_t since_us = clock_cpu_us();
        quotes_find(&n.reading);
        speakers_resolve(&n.reading);
        assert_true(clock_cpu_us() - since_us < 20 * 1000 * 1000);
        named_done(&n);
    }
    free(text);
}

/* Whatever is repeated, time grows with the length (a quadratic step would take minutes here). */
static void test_linear(void **state)
{
    (void)state;
    repeat_in_time("« ", 100000);
    repeat_in_time("«\n", 100000);
    repeat_in_time("\" ' ‘ “ ” » ", 30000);
    repeat_in_time("« a », a dit X, « b » et selon le ministre il dit que « c », ", 8000);
    repeat_in_time("– Non, dit-il.\n", 20000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),  cmocka_unit_test(test_no_marks),
        cmocka_unit_test(test_broken), cmocka_unit_test(test_paragraphs),
        cmocka_unit_test(test_linear),
    };
    return cmocka_run_group_tests_name("marks", tests, NULL, NULL);
}
