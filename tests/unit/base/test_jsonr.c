#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/jsonr.h"
#include "base/jsonw.h"

static const char object[] =
    "{\"id\":\"a\",\"n\":12,\"none\":null,\"who\":{\"name\":\"Zo\xc3\xa9 \\\"Z\\\"\",\"deep\":{"
    "\"x\":[1,\"],}\",{\"y\":true}]}},\"empty\":{},\"list\":[],\"slash\":\"\\\\\",\"last\":false}";

static void test_members(void **state)
{
    (void)state;
    static const char *const keys[] = {"id", "n", "none", "who", "empty", "list", "slash", "last"};
    struct jsonr r = jsonr_open(slice_cstr(object));
    struct slice key, value;
    int count = 0;
    while (jsonr_member(&r, &key, &value)) {
        assert_true(count < 8 && slice_is(key, keys[count]));
        count++;
    }
    assert_int_equal(count, 8);
}

static void test_paths(void **state)
{
    (void)state;
    struct slice all = slice_cstr(object);
    assert_int_equal(jsonr_int(jsonr_get(all, "n"), -1), 12);
    assert_int_equal(jsonr_int(jsonr_get(all, "id"), -1), -1);
    assert_true(slice_is(jsonr_get(all, "who.deep.x"), "[1,\"],}\",{\"y\":true}]"));
    assert_true(slice_is(jsonr_get(all, "slash"), "\"\\\\\""));
    assert_false(slice_present(jsonr_get(all, "who.name.x")));
    assert_false(slice_present(jsonr_get(all, "who.nam")));
    assert_int_equal(jsonr_kind(jsonr_get(all, "none")), JSONR_NULL);
    assert_int_equal(jsonr_kind(jsonr_get(all, "nowhere")), JSONR_NONE);
    assert_false(jsonr_true(jsonr_get(all, "last")));
}

static void test_items(void **state)
{
    (void)state;
    struct slice list = jsonr_get(slice_cstr(object), "who.deep.x"), item;
    struct jsonr r = jsonr_open(list);
    assert_true(jsonr_item(&r, &item) && slice_is(item, "1"));
    assert_true(jsonr_item(&r, &item) && slice_is(item, "\"],}\""));
    assert_true(jsonr_item(&r, &item) && jsonr_true(jsonr_get(item, "y")));
    assert_false(jsonr_item(&r, &item));
    assert_false(jsonr_item(&r, &item));
}

/* What the writer escapes comes back. */
static void test_strings(void **state)
{
    (void)state;
    static const char text[] = "\"\\/\b\f\n\r\t\x01\x1f é \xe2\x80\xa8 \xf0\x9f\x98\x80 e\xcc\x81";
    struct arena *arena = arena_new(0);
    struct buf out;
    struct jsonw w;
    buf_init(&out);
    jsonw_init(&w, &out, 0);
    jsonw_text(&w, text);
    struct slice back = jsonr_string(buf_view(&out), arena);
    assert_true(slice_is(back, text));
    assert_false(slice_present(jsonr_string(SLICE("12"), arena)));
    buf_done(&out);
    arena_free(arena);
}

/* Cut anywhere, it ends; nothing is read past the end (the sanitizers would say so). */
static void test_cut(void **state)
{
    (void)state;
    struct arena *arena = arena_new(0);
    for (size_t len = 0; len < sizeof object; len++) {
        char *copy = malloc(len + 1);
        memcpy(copy, object, len);
        struct slice part = slice_of(copy, len), key, value;
        struct jsonr r = jsonr_open(part);
        while (jsonr_member(&r, &key, &value)) {
            (void)jsonr_string(value, arena);
        }
        (void)jsonr_get(part, "who.deep.x");
        free(copy);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_members), cmocka_unit_test(test_paths), cmocka_unit_test(test_items),
        cmocka_unit_test(test_strings), cmocka_unit_test(test_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
