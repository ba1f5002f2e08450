#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "text/pack.h"

static struct buf blob;
static struct pack *pack;
static struct err e;

static int set_up(void **state)
{
    (void)state;
    buf_init(&blob);
    pack = NULL;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    pack_close(pack);
    buf_done(&blob);
    return 0;
}

static void compile(const struct pack_source *files, size_t count)
{
    assert_int_equal(pack_compile("xx", files, count, &blob, &e), RC_OK);
    if (pack_open(buf_view(&blob), &pack, &e) != RC_OK) {
        fail_msg("%s", e.message);
    }
}

static void compile_table(const char *text)
{
    struct pack_source file = {"t.tsv", slice_cstr(text)};
    compile(&file, 1);
}

static void expect(const char *key, const char *value)
{
    struct pack_table t = pack_table(pack, "t");
    struct slice found = SLICE_NONE;
    assert_true(pack_find(&t, slice_cstr(key), &found));
    assert_true(slice_is(found, value));
}

static void keys_and_values(void **state)
{
    (void)state;
    compile_table(
        "# source: test\n# comment\n\nun\n deux \ta\tb\nTrois\u2019\t\r\nquatre  mots  ici\tc d\n");
    expect("un", "");
    expect("deux", "a\tb");
    expect("trois'", "");
    expect("quatre mots ici", "c d");
    struct pack_table t = pack_table(pack, "t");
    assert_int_equal(pack_size(&t), 4);
    assert_false(pack_find(&t, SLICE("cinq"), NULL));
    assert_false(pack_find(&t, SLICE(""), NULL));
    assert_false(pack_find(&t, SLICE("# comment"), NULL));
    assert_false(pack_find(&t, SLICE("Trois'"), NULL)); /* keys are looked up folded */
}

static void lines_of_one_key_are_joined_in_order(void **state)
{
    (void)state;
    compile_table("# source: test\nk\tb\nz\tother\nk\ta\nK\tb\nk\tb2\n");
    expect("k", "b\na\nb2");
    struct slice value;
    struct pack_table t = pack_table(pack, "t");
    assert_true(pack_find(&t, SLICE("k"), &value));
    assert_true(slice_is(pack_column(value, 0), "b"));
    assert_false(slice_present(pack_column(value, 1)));
}

static void beginnings_of_longer_keys(void **state)
{
    (void)state;
    compile_table("# source: test\na b c\t1\na b\t2\nd'après\t3\npeut-on lire\t4\nabc\t5\n");
    struct pack_table t = pack_table(pack, "t");
    static const struct {
        const char *key;
        unsigned seen;
    } cases[] = {{"a", PACK_LONGER},
                 {"a b", PACK_FOUND | PACK_LONGER},
                 {"a b c", PACK_FOUND},
                 {"d'", PACK_LONGER},
                 {"peut", PACK_LONGER},
                 {"peut-on", PACK_LONGER},
                 {"ab", 0},
                 {"abc", PACK_FOUND},
                 {"a ", 0},
                 {"d", 0},
                 {"peut-", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct slice key = slice_cstr(cases[i].key);
        if (pack_look(&t, key, NULL) != cases[i].seen) {
            fail_msg("\"%s\"", cases[i].key);
        }
        assert_int_equal(pack_find(&t, key, NULL), !!(cases[i].seen & PACK_FOUND));
        assert_int_equal(pack_prefix(&t, key), !!(cases[i].seen & PACK_LONGER));
    }
    assert_int_equal(pack_size(&t), 5); /* beginnings are no entries */
}

static void entries_in_order_of_their_bytes(void **state)
{
    (void)state;
    compile_table("# source: test\nb\t2\na c\t1\né\t3\n");
    struct pack_table t = pack_table(pack, "t");
    static const char *const keys[] = {"a c", "b", "é"};
    for (size_t i = 0; i < 3; i++) {
        struct slice key, value;
        pack_entry(&t, i, &key, &value);
        assert_true(slice_is(key, keys[i]));
        assert_int_equal(value.ptr[0], '1' + (char)i);
    }
}

static void sections_and_ignored_files(void **state)
{
    (void)state;
    const struct pack_source files[] = {{"z.model", SLICE("\x01\0\x02")},
                                        {"t.tsv", SLICE("# source: x\na\n")},
                                        {"README.md", SLICE("not a table")},
                                        {".t.tsv.swp", SLICE("x")},
                                        {"empty.bin", SLICE("")}};
    compile(files, 5);
    struct slice section = pack_section(pack, "z.model");
    assert_true(slice_equal(section, SLICE("\x01\0\x02")));
    assert_int_equal((uintptr_t)section.ptr % 8, 0);
    assert_true(slice_present(pack_section(pack, "empty.bin")));
    assert_false(slice_present(pack_section(pack, "README.md")));
    assert_false(slice_present(pack_section(pack, "t")));
    assert_null(pack_table(pack, "z.model").base);
    assert_non_null(pack_table(pack, "t").base);
    assert_true(slice_is(pack_lang(pack), "xx"));
}

static void an_empty_table_and_an_empty_folder(void **state)
{
    (void)state;
    compile_table("# source: nothing yet");
    struct pack_table t = pack_table(pack, "t");
    assert_int_equal(pack_size(&t), 0);
    assert_false(pack_find(&t, SLICE("a"), NULL));
    pack_close(pack);
    pack = NULL;
    buf_clear(&blob);
    compile(NULL, 0);
    t = pack_table(pack, "t");
    assert_int_equal(pack_size(&t), 0);
    assert_false(pack_find(&t, SLICE("a"), NULL));
    assert_false(pack_prefix(&t, SLICE("a")));
}

static void many_keys_are_all_found(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text);
    buf_text(&text, "# source: test\n");
    for (int i = 0; i < 20000; i++) {
        buf_printf(&text, "key%d word%d\tvalue %d\n", i % 500, i, i);
    }
    buf_char(&text, '\0');
    compile_table(text.data);
    struct pack_table t = pack_table(pack, "t");
    assert_int_equal(pack_size(&t), 20000);
    for (int i = 0; i < 20000; i++) {
        buf_clear(&text);
        buf_printf(&text, "key%d word%d", i % 500, i);
        struct slice value;
        assert_true(pack_find(&t, buf_view(&text), &value));
        assert_int_equal(strtol(value.ptr + 6, NULL, 10), i);
        buf_text(&text, "x");
        assert_false(pack_find(&t, buf_view(&text), &value));
    }
    buf_done(&text);
}

static void the_same_files_give_the_same_bytes(void **state)
{
    (void)state;
    struct pack_source files[] = {{"a.tsv", SLICE("# source: x\nb\nc d\n")}, {"b.bin", SLICE("1")}};
    struct buf again;
    buf_init(&again);
    compile(files, 2);
    assert_int_equal(pack_compile("xx", files, 2, &again, &e), RC_OK);
    assert_true(slice_equal(buf_view(&blob), buf_view(&again)));
    buf_done(&again);
}

static void faults_name_file_and_line(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text, *message;
    } cases[] = {
        {"t.tsv", "a\tb\n", "t.tsv:1"},
        {"t.tsv", "", "t.tsv:1"},
        {"t.tsv", "# source: x\na\n\tb\n", "t.tsv:3"},
        {"t.tsv", "# source: x\na\xff\n", "t.tsv: not UTF-8 at byte 13"},
        {".tsv", "# source: x\n", NULL},
        {"a_name_that_is_far_longer_than_any_part_name_may_be.bin", "", "file name"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pack_source file = {cases[i].name, slice_cstr(cases[i].text)};
        buf_clear(&blob);
        enum rc rc = pack_compile("xx", &file, 1, &blob, &e);
        assert_int_equal(rc, cases[i].message ? RC_INVALID : RC_OK); /* dot files are ignored */
        if (cases[i].message && !strstr(e.message, cases[i].message)) {
            fail_msg("\"%s\" lacks \"%s\"", e.message, cases[i].message);
        }
    }
    const struct pack_source twice[] = {{"t", SLICE("")}, {"t.tsv", SLICE("# source: x\n")}};
    assert_int_equal(pack_compile("xx", twice, 2, &blob, &e), RC_INVALID);
    assert_int_equal(pack_compile("", NULL, 0, &blob, &e), RC_INVALID);
    assert_int_equal(pack_compile("a-language-code-too-long", NULL, 0, &blob, &e), RC_INVALID);
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(keys_and_values),
        TEST(lines_of_one_key_are_joined_in_order),
        TEST(beginnings_of_longer_keys),
        TEST(entries_in_order_of_their_bytes),
        TEST(sections_and_ignored_files),
        TEST(an_empty_table_and_an_empty_folder),
        TEST(many_keys_are_all_found),
        TEST(the_same_files_give_the_same_bytes),
        TEST(faults_name_file_and_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
