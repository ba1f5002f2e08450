/* A language that nobody speaks, given as tables alone: whoever adds a real one needs no more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/analyse.h"
#include "base/buf.h"
#include "text/pack.h"

#define LINES(name, lines)                                                                         \
    {                                                                                              \
        name, "# source: invented for this test\n" lines                                           \
    }

/* Karelan: "ta melora" the harbour, "vo" in, "ke" that, "karu" said, "don" and "dona" Mr and Mrs. */
static const struct {
    const char *name, *lines;
} tables[] = {
    LINES("langid.tsv", "ta\t100\nvo\t100\nke\t100\nni\t100\nsuni\t100\n"),
    LINES("grammar.tsv", "ta\tdet\nvo\tprep\nke\tthat\nni\tcoord and\nsuni\tbe fin\n"),
    LINES("articles.tsv", "ta\n"),
    LINES("prepositions.tsv", "vo\n"),
    LINES("person_titles.tsv", "don\tm\ndona\tf\n"),
    LINES("functions.tsv", "tolvira\te\n"),
    LINES("organisations.tsv", "korda melanta\tcompany\n"),
    LINES("places.tsv", "tarvik\tcity\n"),
    LINES("cue_verbs.tsv", "karu\tkarun\tneutral\tind.pst.3s\tqx\n"),
    LINES("cue_prepositions.tsv", "selo\tneutral\t\n"),
    LINES("common_words.tsv", "mi\ta\n"),
    LINES("pronouns.tsv", "elu\t3\tf\ts\tsubject\n"),
};

static struct pack *pack;
static struct buf blob;

static int add_language(void **state)
{
    (void)state;
    enum { TABLES = sizeof tables / sizeof tables[0] };
    struct pack_source sources[TABLES];
    struct err e = {0};
    for (size_t i = 0; i < TABLES; i++) {
        sources[i] = (struct pack_source){tables[i].name, slice_cstr(tables[i].lines)};
    }
    buf_init(&blob);
    if (pack_compile("qkl", sources, TABLES, &blob, &e) != RC_OK ||
        pack_open(buf_view(&blob), &pack, &e) != RC_OK || pack_register(pack, &e) != RC_OK) {
        fail_msg("%s", e.message);
    }
    return 0;
}

struct read {
    struct arena *arena;
    struct block blocks[8];
    struct document document;
    struct analysis *analysis;
};

static void read_text(struct read *r, const char *lang, const char *text)
{
    struct err e = {0};
    *r = (struct read){.arena = arena_new(0)};
    struct document *d = &r->document;
    d->text = slice_cstr(text);
    d->blocks = r->blocks;
    d->lang = (struct field){slice_cstr(lang), lang ? ORIGIN_SUBMITTED : ORIGIN_NONE};
    for (struct slice rest = d->text; slice_present(rest);) {
        struct slice line = slice_cut(&rest, '\n');
        uint32_t start = (uint32_t)(line.ptr - text);
        if (line.len > 0) {
            d->blocks[d->block_count++] =
                (struct block){BLOCK_PARAGRAPH, {start, start + (uint32_t)line.len}};
        }
    }
    struct analyse_options options = {0};
    if (analyse_document(d, &options, r->arena, &r->analysis, &e) != RC_OK) {
        fail_msg("%s", e.message);
    }
}

static const struct entity *entity_named(const struct read *r, const char *name)
{
    for (size_t i = 0; i < r->analysis->entity_count; i++) {
        if (slice_is(r->analysis->entities[i].name, name)) {
            return &r->analysis->entities[i];
        }
    }
    for (size_t i = 0; i < r->analysis->entity_count; i++) {
        print_error("%s %.*s\n", entity_type_name(r->analysis->entities[i].type),
                    SLICE_ARG(r->analysis->entities[i].name));
    }
    fail_msg("no entity '%s'", name);
    return NULL;
}

static const struct quote *quote_of(const struct read *r, const char *words)
{
    for (size_t i = 0; i < r->analysis->quote_count; i++) {
        if (slice_is(r->analysis->quotes[i].text, words)) {
            return &r->analysis->quotes[i];
        }
    }
    for (size_t i = 0; i < r->analysis->quote_count; i++) {
        print_error("%s [%.*s]\n", quote_type_name(r->analysis->quotes[i].type),
                    SLICE_ARG(r->analysis->quotes[i].text));
    }
    fail_msg("no quote '%s'", words);
    return NULL;
}

static const char text[] =
    "Ta melora vo Tarvik suni grelo ni ta dovar suni pelo vo ta sarga.\n"
    "« Mi duno ta melora ni ta dovar vo ta sarga », karu dona Ilsa Vornek, tolvira vo Korda "
    "Melanta.\n"
    "Don Belo Karasti karu ke ta dovar suni grelo. « Mi suni pelo », karu elu.\n";

static void test_names(void **state)
{
    (void)state;
    struct read r;
    read_text(&r, "qkl", text);
    const struct entity *ilsa = entity_named(&r, "Ilsa Vornek");
    assert_int_equal(ilsa->type, ENTITY_PER);
    assert_int_equal(ilsa->gender, GENDER_FEMININE);
    assert_true(ilsa->title_count == 1);
    const struct entity *belo = entity_named(&r, "Belo Karasti");
    assert_int_equal(belo->type, ENTITY_PER);
    assert_int_equal(belo->gender, GENDER_MASCULINE);
    assert_int_equal(entity_named(&r, "Tarvik")->type, ENTITY_LOC);
    assert_int_equal(entity_named(&r, "Korda Melanta")->type, ENTITY_ORG);
    arena_free(r.arena);
}

static void check_quote(const struct read *r, const char *words, enum quote_type type,
                        const char *speaker)
{
    const struct quote *quote = quote_of(r, words);
    assert_int_equal(quote->type, type);
    assert_true(quote->cue.present);
    assert_true(slice_is(quote->cue.lemma, "karun"));
    assert_true(quote->speaker.present);
    if (!slice_is(quote->speaker.name, speaker)) {
        fail_msg("'%s' is said by '%.*s'", words, SLICE_ARG(quote->speaker.name));
    }
}

static void test_quotes(void **state)
{
    (void)state;
    struct read r;
    read_text(&r, "qkl", text);
    check_quote(&r, "Mi duno ta melora ni ta dovar vo ta sarga", QUOTE_DIRECT, "Ilsa Vornek");
    check_quote(&r, "ta dovar suni grelo", QUOTE_INDIRECT, "Belo Karasti");
    check_quote(&r, "Mi suni pelo", QUOTE_DIRECT, "Ilsa Vornek"); /* elu: she */
    arena_free(r.arena);
}

/* The words of its own tables tell the language, and nobody's French is taken for it. */
static void test_is_told_from_others(void **state)
{
    (void)state;
    struct read r;
    read_text(&r, NULL, text);
    assert_true(slice_is(r.analysis->lang, "qkl"));
    assert_true(r.analysis->lang_confidence > 0.6f);
    assert_true(r.analysis->quote_count > 0);
    arena_free(r.arena);
    read_text(&r, NULL,
              "Le port de la ville rouvre au trafic après trois semaines de grève, et les "
              "pêcheurs sortent de nouveau en mer dès que le vent le permet.\n");
    assert_true(slice_is(r.analysis->lang, "fr"));
    arena_free(r.arena);
}

/* Without the pack the same text has no quote of that kind: the tables made it. */
static void test_the_tables_did_it(void **state)
{
    (void)state;
    struct read r;
    read_text(&r, "xx", text);
    for (size_t i = 0; i < r.analysis->quote_count; i++) {
        assert_int_not_equal(r.analysis->quotes[i].type, QUOTE_INDIRECT);
        assert_false(r.analysis->quotes[i].cue.present);
    }
    arena_free(r.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_is_told_from_others),
        cmocka_unit_test(test_the_tables_did_it),
    };
    return cmocka_run_group_tests(tests, add_language, NULL);
}
