#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "fetch/headers.h"

static struct arena *arena;

static enum rc read_all(const char *text, struct headers *out)
{
    struct slice rest = slice_cstr(text);
    enum rc rc = RC_OK;
    *out = (struct headers){.status = 0};
    while (rc == RC_OK && slice_present(rest)) {
        struct slice line = slice_cut(&rest, '\n');
        if (slice_present(rest)) {
            rc = headers_line(out, slice_of(line.ptr, line.len + 1), arena, NULL);
        }
    }
    return rc;
}

static struct headers given(const char *text)
{
    struct headers headers;
    assert_int_equal(read_all(text, &headers), RC_OK);
    return headers;
}

static void the_last_answer_counts(void **state)
{
    (void)state;
    struct headers h = given("HTTP/1.1 103 Early Hints\r\nETag: \"a\"\r\n\r\n"
                             "HTTP/1.1 200 OK\r\nX: y\r\ncontent-TYPE:  text/html \r\n"
                             "Content-Type: text/plain\r\n\r\nETag: \"trailer\"\r\n");
    assert_int_equal(h.status, 200);
    assert_true(h.complete);
    assert_true(slice_is(h.values[HEADER_CONTENT_TYPE], "text/html"));
    assert_false(slice_present(h.values[HEADER_ETAG]));
    h = given("HTTP/2 301\r\nLocation: /a\r\n\r\n");
    assert_true(headers_are_redirect(&h) && headers_are_permanent(&h));
    h = given("HTTP/1.1 302 x\r\nLocation:\r\n\r\n");
    assert_false(headers_are_redirect(&h));
    h = given("HTTP/1.1 304 x\r\nLocation: /a\r\n\r\n");
    assert_false(headers_are_redirect(&h));
    h = given("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Encoding: br\r\n\r\n");
    assert_true(slice_is(h.values[HEADER_CONTENT_ENCODING], "gzip, br"));
}

static void cache_control_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        int64_t age;
    } cases[] = {
        {"max-age=60", 60},
        {"public, MAX-AGE = \"7\" , must-revalidate", 7},
        {"s-maxage=9", -1},
        {"max-age=-5", -1},
        {"max-age=x", -1},
        {"max-age=", -1},
        {"max-age", -1},
        {"max-age=99999999999999999999999999", 10LL * 366 * 86400},
        {"max-age=60, no-store", 0},
        {"no-cache", 0},
        {",,,", -1},
        {"", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct headers h = {.status = 200};
        h.values[HEADER_CACHE_CONTROL] = slice_cstr(cases[i].value);
        if (headers_max_age_s(&h) != cases[i].age) {
            fail_msg("%s: %lld", cases[i].value, (long long)headers_max_age_s(&h));
        }
    }
}

static void retry_after_is_seconds_or_a_date(void **state)
{
    (void)state;
    static const struct {
        const char *value, *date;
        int64_t seconds;
    } cases[] = {
        {"0", NULL, 0},
        {"3600", NULL, 3600},
        {"Thu, 26 Nov 2026 10:05:00 GMT", NULL, 600},
        {"Thu, 26 Nov 2026 10:05:00 GMT", "Thu, 26 Nov 2026 10:04:00 GMT", 60},
        {"Thursday, 26-Nov-26 10:05:00 GMT", NULL, 600},
        {"Thu Nov 26 10:05:00 2026", NULL, 600},
        {"Thu, 26 Nov 2026 09:00:00 GMT", NULL, 0}, /* it is over */
        {"Thu, 26 Nov 2099 09:00:00 GMT", NULL, 10LL * 366 * 86400},
        {"soon", NULL, -1},
        {"", NULL, -1},
        {NULL, NULL, -1},
    };
    int64_t now_ms = 1795686900000; /* 2026-11-26T09:55:00Z */
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct headers h = {.status = 503};
        h.values[HEADER_RETRY_AFTER] = slice_cstr(cases[i].value);
        h.values[HEADER_DATE] = slice_cstr(cases[i].date);
        if (headers_retry_after_s(&h, now_ms) != cases[i].seconds) {
            fail_msg("%s: %lld", cases[i].value, (long long)headers_retry_after_s(&h, now_ms));
        }
    }
}

static void has_limits(void **state)
{
    (void)state;
    static char many[HEADERS_MOST * 8], big[HEADERS_MOST_BYTES + 64];
    struct headers h;
    many[0] = '\0';
    for (int i = 0; i < HEADERS_MOST + 1; i++) {
        strcat(many, "A: b\r\n");
    }
    assert_int_equal(read_all(many, &h), RC_TOO_LARGE);
    strcpy(big, "X-Padding: ");
    memset(big + 11, 'a', HEADERS_MOST_BYTES);
    strcpy(big + 11 + HEADERS_MOST_BYTES, "\r\n");
    assert_int_equal(read_all(big, &h), RC_TOO_LARGE);
    strcpy(big, "Location: ");
    memset(big + 10, 'a', HEADER_VALUE_MOST + 1);
    strcpy(big + 11 + HEADER_VALUE_MOST, "\r\n");
    assert_int_equal(read_all(big, &h), RC_TOO_LARGE);
    assert_int_equal(read_all("HTTP/1.1 OK\r\n", &h), RC_INVALID);
    assert_int_equal(read_all("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n", &h),
                     RC_INVALID);
    assert_int_equal(read_all("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 4\r\n", &h),
                     RC_OK);
    assert_int_equal(headers_length(&h), 4);
}

static int start(void **state)
{
    (void)state;
    arena = arena_new(0);
    return arena == NULL;
}

static int stop(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_answer_counts),
        cmocka_unit_test(cache_control_is_read),
        cmocka_unit_test(retry_after_is_seconds_or_a_date),
        cmocka_unit_test(has_limits),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
