#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "named.h"

static struct gazetteer *parse(const char *file)
{
    struct gazetteer *g = NULL;
    struct err e = {0};
    assert_int_equal(gazetteer_parse(slice_cstr(file), &g, &e), RC_OK);
    return g;
}

static void finds_what_was_written(void **state)
{
    (void)state;
    struct gazetteer *g = parse(
        "# our names\n\nadd\tORG\tLes Amis du Lac\r\nforbid\tMarche Verte\nretype\tLOC\tOrange\n"
        "alias\tBibi\tBenyamin Netanyahou\n");
    bool prefix = false;
    assert_null(gazetteer_find(g, SLICE("les"), &prefix));
    assert_true(prefix);
    const struct gazetteer_entry *entry = gazetteer_find(g, SLICE("les amis du lac"), &prefix);
    assert_non_null(entry);
    assert_false(prefix);
    assert_int_equal(entry->act, GAZETTEER_ADD);
    assert_int_equal(entry->type, ENTITY_ORG);
    assert_int_equal(gazetteer_find(g, SLICE("marche verte"), NULL)->act, GAZETTEER_FORBID);
    assert_int_equal(gazetteer_find(g, SLICE("orange"), NULL)->type, ENTITY_LOC);
    assert_true(slice_is(gazetteer_find(g, SLICE("bibi"), NULL)->canonical, "Benyamin Netanyahou"));
    assert_null(gazetteer_find(g, SLICE("nobody"), NULL));
    gazetteer_free(g);
}

static void says_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *file, *where, *message;
    } cases[] = {
        {"add\tORG\tA\nremove\tB\n", "line 2", "remove"},
        {"add\tTOWN\tNancy\n", "line 1", "needs a type"},
        {"forbid\n", "line 1", "lacks a name"},
        {"alias\tBibi\n", "line 1", "lacks a name"},
        {"add ORG Nancy\n", "line 1", "none of"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct gazetteer *g = NULL;
        struct err e = {0};
        assert_int_equal(gazetteer_parse(slice_cstr(cases[i].file), &g, &e), RC_INVALID);
        assert_string_equal(e.where, cases[i].where);
        assert_non_null(strstr(e.message, cases[i].message));
        assert_null(g);
    }
    gazetteer_free(NULL);
}

static void grows(void **state)
{
    (void)state;
    struct buf file;
    buf_init(&file);
    for (int i = 0; i < 3000; i++) {
        buf_printf(&file, "add\tPER\tName%d of Many\n", i);
    }
    struct gazetteer *g = NULL;
    assert_int_equal(gazetteer_parse(buf_view(&file), &g, NULL), RC_OK);
    assert_non_null(gazetteer_find(g, SLICE("name0 of many"), NULL));
    assert_non_null(gazetteer_find(g, SLICE("name2999 of many"), NULL));
    gazetteer_free(g);
    buf_done(&file);
}

static void is_honoured(void **state)
{
    (void)state;
    struct gazetteer *g =
        parse("add\tORG\tpetit comité de l'Ouest\nforbid\tEmmanuel Macron\nretype\tMISC\tKremlin\n"
              "alias\tBibi\tBenyamin Netanyahou\nadd\tPER\tBenyamin Netanyahou\n");
    struct named n;
    named_read(&n, "fr",
               "Le petit comité de l'Ouest a écrit à Emmanuel Macron et au Kremlin.\nBibi se tait. "
               "Benyamin Netanyahou aussi.",
               g);
    const struct entity *e = named_entity(&n, "petit comité de l'Ouest");
    assert_non_null(e);
    assert_int_equal(e->type, ENTITY_ORG);
    assert_null(named_entity(&n, "Emmanuel Macron"));
    assert_int_equal(named_entity(&n, "Kremlin")->type, ENTITY_MISC);
    e = named_entity(&n, "Benyamin Netanyahou");
    assert_non_null(e);
    assert_int_equal(e->mention_count, 2);
    assert_null(named_entity(&n, "Bibi"));
    named_done(&n);
    gazetteer_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_was_written),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(grows),
        cmocka_unit_test(is_honoured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
