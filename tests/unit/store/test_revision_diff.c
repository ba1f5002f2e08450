/* Differences between revisions: each side can be put together again from them, whatever the two are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "store/revision_diff.h"

CLEANUP_DEFINE(arena_free, struct arena)

/* Paragraphs separated by '|'. */
static struct store_revision revision_of(struct arena *arena, const char *text)
{
    struct store_revision revision = {.text = slice_cstr(text)};
    struct slice rest = revision.text;
    revision.blocks = ARENA_ARRAY(arena, struct block, 64);
    while (slice_present(rest) && revision.text.len > 0) {
        struct slice piece = slice_cut(&rest, '|');
        uint32_t start = (uint32_t)(piece.ptr - revision.text.ptr);
        revision.blocks[revision.block_count++] =
            (struct block){BLOCK_PARAGRAPH, {start, start + (uint32_t)piece.len}};
    }
    return revision;
}

static const char *changes_of(struct arena *arena, const char *from, const char *to)
{
    struct store_revision a = revision_of(arena, from), b = revision_of(arena, to);
    struct revision_diff diff;
    struct err e;
    assert_int_equal(revision_diff(&a, &b, arena, &diff, &e), RC_OK);
    char *letters = arena_alloc(arena, diff.count + 1);
    for (size_t i = 0; i < diff.count; i++) {
        letters[i] = "=+-~"[diff.items[i].change];
    }
    return letters;
}

static void paragraphs_are_paired(void **state)
{
    (void)state;
    CLEANUP(arena_free_p) struct arena *arena = arena_new(0);
    assert_string_equal(changes_of(arena, "a b|c d", "a b|c d"), "==");
    assert_string_equal(changes_of(arena, "a b|c d", "c d"), "-=");
    assert_string_equal(changes_of(arena, "c d", "a b|c d|e f"), "+=+");
    assert_string_equal(changes_of(arena, "one two three four|x", "one two three five|x"), "~=");
    assert_string_equal(changes_of(arena, "one two three four", "six seven"), "-+");
    /* The first of two that came is new: the second is what the old one became. */
    assert_string_equal(changes_of(arena, "one two three four", "new words|one two three five"),
                        "+~");
    assert_string_equal(changes_of(arena, "", "a"), "+");
    assert_string_equal(changes_of(arena, "a", ""), "-");
    assert_string_equal(changes_of(arena, "", ""), "");
    /* A comma, a case and an accent are differences. */
    assert_string_equal(changes_of(arena, "Oui, été là", "oui ete là"), "-+");
    assert_string_equal(changes_of(arena, "Oui été là bas", "Oui ete là bas"), "~");
}

static void add_word(struct buf *out, unsigned *seed)
{
    static const char *const words[] = {"le", "port", "rouvre",   "\xc2\xab", "\xc3\xa9t\xc3\xa9",
                                        "a",  "dit",  "\xc2\xa0", ",",        "mardi"};
    *seed = *seed * 1103515245u + 12345u;
    buf_text(out, words[(*seed >> 16) % 10]);
    buf_char(out, ' ');
}

static const char *random_text(struct arena *arena, unsigned *seed)
{
    struct buf text;
    buf_init(&text);
    *seed = *seed * 1103515245u + 12345u;
    unsigned paragraphs = (*seed >> 16) % 12;
    for (unsigned p = 0; p < paragraphs; p++) {
        if (p > 0) {
            buf_char(&text, '|');
        }
        *seed = *seed * 1103515245u + 12345u;
        for (unsigned n = (*seed >> 16) % 6; n > 0; n--) {
            add_word(&text, seed);
        }
    }
    const char *kept = arena_copy(arena, buf_view(&text)).ptr;
    buf_done(&text);
    return kept ? kept : "";
}

/* Every paragraph of each side is told once, in order, and the words of a changed one are all of it. */
static void check_sides(const struct store_revision *a, const struct store_revision *b,
                        const struct revision_diff *diff)
{
    size_t i = 0, k = 0;
    for (size_t n = 0; n < diff->count; n++) {
        const struct revision_part *part = &diff->items[n];
        if (part->from != REVISION_NO_BLOCK) {
            assert_int_equal(part->from, i++);
        }
        if (part->to != REVISION_NO_BLOCK) {
            assert_int_equal(part->to, k++);
        }
        assert_int_equal(part->change == REVISION_ADDED, part->from == REVISION_NO_BLOCK);
        assert_int_equal(part->change == REVISION_REMOVED, part->to == REVISION_NO_BLOCK);
        assert_int_equal(part->change == REVISION_CHANGED, part->word_count > 0);
    }
    assert_int_equal(i, a->block_count);
    assert_int_equal(k, b->block_count);
}

static void whatever_the_two_are(void **state)
{
    (void)state;
    unsigned seed = 7;
    for (int round = 0; round < 3000; round++) {
        CLEANUP(arena_free_p) struct arena *arena = arena_new(0);
        struct store_revision a = revision_of(arena, random_text(arena, &seed)),
                              b = revision_of(arena, random_text(arena, &seed));
        struct revision_diff diff;
        struct err e;
        assert_int_equal(revision_diff(&a, &b, arena, &diff, &e), RC_OK);
        check_sides(&a, &b, &diff);
    }
}

#define Q(text, speaker)                                                                           \
    {                                                                                              \
        {text, sizeof(text) - 1},                                                                  \
        {                                                                                          \
            speaker, sizeof(speaker) - 1                                                           \
        }                                                                                          \
    }

static void quotes_are_paired(void **state)
{
    (void)state;
    CLEANUP(arena_free_p) struct arena *arena = arena_new(0);
    const struct revision_quote from[] = {Q("Oui", "Anne"), Q("Nous avons tenu parole", "Anne"),
                                          Q("Rien ne presse ici", "Paul"), Q("C'est non", "Zoé")};
    const struct revision_quote to[] = {Q("Nous avons tenu parole hier", "Anne"),
                                        Q("Rien ne presse ici", "Marc"), Q("oui", "Anne"),
                                        Q("Tout recommence", "Paul")};
    struct revision_quotes quotes;
    struct err e;
    assert_int_equal(revision_quotes(from, 4, to, 4, arena, &quotes, &e), RC_OK);
    assert_int_equal(quotes.same, 1); /* case is none of a quote's words */
    assert_int_equal(quotes.count, 4);
    assert_int_equal(quotes.items[0].change, REVISION_CHANGED);
    assert_true(quotes.items[0].word_count > 0);
    assert_int_equal(quotes.items[1].change, REVISION_CHANGED); /* another speaker */
    assert_int_equal(quotes.items[1].word_count, 0);
    assert_int_equal(quotes.items[2].change, REVISION_REMOVED);
    assert_int_equal(quotes.items[3].change, REVISION_ADDED);
    assert_int_equal(revision_quotes(NULL, 0, to, 4, arena, &quotes, &e), RC_OK);
    assert_int_equal(quotes.count, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paragraphs_are_paired),
        cmocka_unit_test(whatever_the_two_are),
        cmocka_unit_test(quotes_are_paired),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
