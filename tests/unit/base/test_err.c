#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/err.h"

static void set_fills_and_clears(void **state)
{
    (void)state;
    struct err e = {.where = "old place", .field = "old"};
    assert_int_equal(err_set(&e, RC_CONFLICT, "%d of %s", 3, "x"), RC_CONFLICT);
    assert_int_equal(e.rc, RC_CONFLICT);
    assert_string_equal(e.message, "3 of x");
    assert_string_equal(e.field, "");
    assert_string_equal(e.where, "");
}

static void field_and_where(void **state)
{
    (void)state;
    struct err e = {0};
    assert_int_equal(err_field(&e, RC_INVALID, "limit", "must be positive"), RC_INVALID);
    assert_string_equal(e.field, "limit");
    assert_int_equal(err_where(&e, "byte %d", 17), RC_INVALID);
    assert_string_equal(e.where, "byte 17");
    assert_string_equal(e.message, "must be positive");
}

static void context_goes_in_front(void **state)
{
    (void)state;
    struct err e = {0};
    err_field(&e, RC_INVALID, "f", "cause");
    assert_int_equal(err_context(&e, "line %d", 4), RC_INVALID);
    assert_string_equal(e.message, "line 4: cause");
    assert_string_equal(e.field, "f");
}

static void a_message_may_be_rephrased_from_itself(void **state)
{
    (void)state;
    struct err e = {0};
    err_field(&e, RC_INVALID, "name", "bad");
    err_field(&e, RC_TOO_LARGE, e.field, "also %s", e.message);
    assert_string_equal(e.message, "also bad");
    assert_string_equal(e.field, "name");
}

static void long_texts_are_cut_and_closed(void **state)
{
    (void)state;
    struct err e = {0};
    char text[2000];
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = '\0';
    err_field(&e, RC_INVALID, text, "%s", text);
    err_where(&e, "%s", text);
    assert_int_equal(strlen(e.field), sizeof e.field - 1);
    assert_int_equal(strlen(e.message), sizeof e.message - 1);
    assert_int_equal(strlen(e.where), sizeof e.where - 1);
    err_context(&e, "front");
    assert_memory_equal(e.message, "front: aaa", 10);
    assert_int_equal(strlen(e.message), sizeof e.message - 1);
    err_context(&e, "%s", text);
    assert_int_equal(strlen(e.message), sizeof e.message - 1);
}

static void context_at_every_length(void **state)
{
    (void)state;
    char text[sizeof((struct err *)0)->message + 8];
    for (size_t len = sizeof text - 16; len < sizeof text; len++) {
        struct err e = {0};
        err_set(&e, RC_INVALID, "tail");
        memset(text, 'b', len);
        text[len] = '\0';
        err_context(&e, "%s", text);
        assert_true(strlen(e.message) < sizeof e.message);
        size_t kept = len < sizeof e.message - 1 ? len : sizeof e.message - 1;
        assert_memory_equal(e.message, text, kept);
    }
}

static void null_is_allowed(void **state)
{
    (void)state;
    assert_int_equal(err_set(NULL, RC_BUSY, "x"), RC_BUSY);
    assert_int_equal(err_nomem(NULL), RC_NOMEM);
    assert_int_equal(err_where(NULL, "x"), RC_INTERNAL);
    assert_int_equal(err_context(NULL, "x"), RC_INTERNAL);
}

static void every_rc_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (int a = RC_OK; a <= RC_INTERNAL; a++) {
        assert_true(strlen(rc_name((enum rc)a)) > 1);
        for (int b = RC_OK; b < a; b++) {
            assert_string_not_equal(rc_name((enum rc)a), rc_name((enum rc)b));
        }
    }
    assert_string_equal(rc_name(RC_NOT_FOUND), "not_found");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(set_fills_and_clears),
        cmocka_unit_test(field_and_where),
        cmocka_unit_test(context_goes_in_front),
        cmocka_unit_test(a_message_may_be_rephrased_from_itself),
        cmocka_unit_test(long_texts_are_cut_and_closed),
        cmocka_unit_test(context_at_every_length),
        cmocka_unit_test(null_is_allowed),
        cmocka_unit_test(every_rc_has_a_name_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
