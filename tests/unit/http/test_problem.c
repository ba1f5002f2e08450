#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "http/problem.h"
#include "text/utf8.h"

static void every_rc_has_its_status(void **state)
{
    (void)state;
    static const struct {
        enum rc rc;
        int status;
    } expected[] = {
        {RC_INVALID, 400},   {RC_NOT_FOUND, 404}, {RC_GONE, 410},        {RC_CONFLICT, 409},
        {RC_TOO_LARGE, 413}, {RC_BUSY, 503},      {RC_UNSUPPORTED, 415}, {RC_UNAVAILABLE, 503},
        {RC_NOMEM, 503},     {RC_INTERNAL, 500},  {RC_FULL, 507},        {RC_READ_ONLY, 403},
    };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_int_equal(problem_of(expected[i].rc)->status, expected[i].status);
    }
}

static void codes_are_found_and_differ(void **state)
{
    (void)state;
    size_t count = 0;
    const struct problem_kind *kinds = problem_kinds(&count);
    assert_true(count > 10);
    for (size_t i = 0; i < count; i++) {
        assert_ptr_equal(problem_find(kinds[i].code), &kinds[i]);
        assert_in_range(kinds[i].status, 400, 599);
    }
    assert_null(problem_find("nonsense"));
}

static void assert_written(const struct err *e, const char *nearest, const char *instance,
                           const char *expected)
{
    struct buf out;
    buf_init(&out);
    problem_write(&out, problem_of(e->rc), e, SLICE(""), nearest, instance);
    size_t len = 0;
    char *text = buf_take(&out, &len);
    assert_string_equal(text, expected);
    free(text);
}

static void writes_what_is_known(void **state)
{
    (void)state;
    struct err e;
    err_set(&e, RC_NOT_FOUND, "no article \"%s\"", "x");
    assert_written(
        &e, NULL, NULL,
        "{\"type\":\"/problems/not_found\",\"title\":\"No such resource\",\"status\":404,"
        "\"code\":\"not_found\",\"detail\":\"no article \\\"x\\\"\"}");
    err_field(&e, RC_INVALID, "limti", "unknown parameter");
    err_where(&e, "byte %d", 3);
    assert_written(
        &e, "limit", "/articles",
        "{\"type\":\"/problems/invalid\",\"title\":\"The request is wrong\",\"status\":400,"
        "\"code\":\"invalid\",\"detail\":\"unknown parameter (byte 3)\",\"field\":\"limti\","
        "\"where\":\"byte 3\","
        "\"nearest\":\"limit\",\"instance\":\"/articles\"}");
}

/* A message is cut at the size of its buffer, maybe inside a character, and may quote raw bytes. */
static void is_always_utf8(void **state)
{
    (void)state;
    struct err e;
    char text[600];
    for (size_t i = 0; i + 2 < sizeof text; i += 2) {
        memcpy(text + i, "é", 3);
    }
    err_set(&e, RC_INVALID, "x%s", text);
    struct buf out;
    buf_init(&out);
    problem_write(&out, problem_of(RC_INVALID), &e, SLICE("/p"), "\xff", "/caf\xe9");
    assert_true(utf8_valid(buf_view(&out), NULL));
    assert_true(slice_find(buf_view(&out), SLICE("\"instance\":\"/caf?\""), 0) != SIZE_MAX);
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rc_has_its_status),
        cmocka_unit_test(codes_are_found_and_differ),
        cmocka_unit_test(writes_what_is_known),
        cmocka_unit_test(is_always_utf8),
    };
    return cmocka_run_group_tests_name("http/problem", tests, NULL, NULL);
}
