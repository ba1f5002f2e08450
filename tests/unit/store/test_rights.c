/* Whose text may leave: the setting, and where a text is cut. */
#include "fixture.h"

#include "store/reader.h"
#include "store/rights_of.h"

static enum rc read_setting(const char *standard, const char *exceptions, struct err *e)
{
    struct store_rights_table *table = NULL;
    enum rc rc = store_rights_read(standard, exceptions, &table, e);
    store_rights_table_free(table);
    return rc;
}

static void the_setting_is_checked(void **state)
{
    (void)state;
    struct err e = {0};
    assert_int_equal(read_setting("full", NULL, &e), RC_OK);
    assert_int_equal(read_setting("excerpt", " A=none ;; B=b=full; ", &e), RC_OK);
    assert_int_equal(read_setting("some", NULL, &e), RC_INVALID);
    assert_string_equal(e.field, "serve-text");
    static const char *const wrong[] = {"A", "=none", "A=", "A=maybe"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        e = (struct err){0};
        assert_int_equal(read_setting("full", wrong[i], &e), RC_INVALID);
        assert_string_equal(e.field, "serve-text-of");
    }
}

static void sources_have_their_own(void **state)
{
    struct archive *a = *state;
    struct store_rights_table *table = NULL;
    struct fixture f;
    struct err e = {0};
    fixture_begin(&f, "https://example.org/1", "Titre", "Texte.");
    f.document.source.text = SLICE("Le Télégramme");
    fixture_put(&f, a->store);
    fixture_end(&f);
    int64_t source = reader_source(a->reader, SLICE("Le Télégramme"));
    assert_true(source > 0);
    assert_int_equal(rights_of(a->reader->db, source), STORE_RIGHTS_FULL);
    assert_int_equal(store_rights_read("excerpt", "LE TELEGRAMME=none;x=full", &table, &e), RC_OK);
    store_reader_rights(a->reader, table);
    for (int i = 0; i < 2; i++) { /* found, then remembered */
        assert_int_equal(rights_of(a->reader->db, source), STORE_RIGHTS_NONE);
    }
    assert_int_equal(rights_of(a->reader->db, 0), STORE_RIGHTS_EXCERPT);
    assert_int_equal(rights_of(a->reader->db, source + 1), STORE_RIGHTS_EXCERPT);
    store_reader_rights(a->reader, NULL);
    assert_int_equal(rights_of(a->reader->db, source), STORE_RIGHTS_FULL);
    store_rights_table_free(table);
}

static void excerpts_end_at_a_word(void **state)
{
    (void)state;
    char text[1200] = "";
    struct slice all = SLICE("é è");
    assert_true(slice_equal(rights_cut(STORE_RIGHTS_FULL, all), all));
    assert_false(slice_present(rights_cut(STORE_RIGHTS_NONE, all)));
    assert_true(slice_equal(rights_cut(STORE_RIGHTS_EXCERPT, all), all));
    for (int i = 0; i < 74; i++) { /* 296 code points, 370 bytes */
        strcat(text, "été ");
    }
    size_t words = strlen(text);
    strcat(text, "automne et hiver"); /* the 300th code point is inside */
    struct slice cut = rights_cut(STORE_RIGHTS_EXCERPT, slice_cstr(text));
    assert_int_equal(cut.len, words - 1);
    text[words] = '\0';
    strcat(text, "aube rouge"); /* … and here it ends a word */
    cut = rights_cut(STORE_RIGHTS_EXCERPT, slice_cstr(text));
    assert_int_equal(cut.len, words + 4);
    text[0] = '\0';
    for (int i = 0; i < 400; i++) {
        strcat(text, "é");
    }
    cut = rights_cut(STORE_RIGHTS_EXCERPT, slice_cstr(text)); /* one word: cut, never in a letter */
    assert_int_equal(cut.len, 2 * STORE_EXCERPT_CPS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_setting_is_checked),
        cmocka_unit_test_setup_teardown(sources_have_their_own, archive_setup, archive_teardown),
        cmocka_unit_test(excerpts_end_at_a_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
