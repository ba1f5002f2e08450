#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

static char captured[1 << 20];

struct capture {
    int pipe[2], before;
};

static void begin(struct capture *c)
{
    assert_int_equal(pipe(c->pipe), 0);
    c->before = dup(STDERR_FILENO);
    assert_int_equal(dup2(c->pipe[1], STDERR_FILENO), STDERR_FILENO);
}

static const char *end(struct capture *c)
{
    dup2(c->before, STDERR_FILENO);
    close(c->before);
    close(c->pipe[1]);
    size_t len = 0;
    ssize_t got;
    while ((got = read(c->pipe[0], captured + len, sizeof captured - 1 - len)) > 0) {
        len += (size_t)got;
    }
    captured[len] = '\0';
    close(c->pipe[0]);
    return captured;
}

static int fix_time(void **state)
{
    (void)state;
    clock_fake_ms(0);
    log_configure(LOG_INFO, LOG_LOGFMT);
    return 0;
}

static void a_line_of_logfmt(void **state)
{
    (void)state;
    struct capture c;
    begin(&c);
    log_write(LOG_INFO, "listening", "address", "127.0.0.1:8080", "empty", "", "none", NULL, NULL);
    assert_string_equal(end(&c), "ts=1970-01-01T00:00:00Z level=info msg=listening "
                                 "address=127.0.0.1:8080 empty=\"\" none=\"\"\n");
}

static void values_cannot_forge_lines_or_pairs(void **state)
{
    (void)state;
    struct capture c;
    begin(&c);
    log_write(LOG_WARN, "a b", "k", "x\nlevel=error \"q\" \\ é \xff", NULL);
    assert_string_equal(end(&c), "ts=1970-01-01T00:00:00Z level=warn msg=\"a b\" "
                                 "k=\"x\\nlevel=error \\\"q\\\" \\\\ é \\ufffd\"\n");
}

static void a_line_of_json(void **state)
{
    (void)state;
    log_configure(LOG_DEBUG, LOG_JSON);
    struct capture c;
    begin(&c);
    log_write(LOG_DEBUG, "m", "k", "\"\n\xC3", NULL);
    assert_string_equal(end(&c),
                        "{\"ts\":\"1970-01-01T00:00:00Z\",\"level\":\"debug\",\"msg\":\"m\","
                        "\"k\":\"\\\"\\n\\ufffd\"}\n");
}

static void lower_levels_are_silent(void **state)
{
    (void)state;
    log_configure(LOG_WARN, LOG_LOGFMT);
    struct capture c;
    begin(&c);
    log_write(LOG_DEBUG, "a", NULL);
    log_write(LOG_INFO, "b", NULL);
    log_write(LOG_ERROR, "c", NULL);
    assert_string_equal(end(&c), "ts=1970-01-01T00:00:00Z level=error msg=c\n");
}

static void levels_by_name(void **state)
{
    (void)state;
    enum log_level level = LOG_ERROR;
    assert_true(log_level_parse("debug", &level));
    assert_int_equal(level, LOG_DEBUG);
    assert_true(log_level_parse("warn", &level));
    assert_int_equal(level, LOG_WARN);
    assert_false(log_level_parse("loud", &level));
    assert_false(log_level_parse(NULL, &level));
    assert_int_equal(level, LOG_WARN);
}

static void *write_many(void *arg)
{
    for (int i = 0; i < 100; i++) {
        log_write(LOG_INFO, "x", "who", arg, NULL);
    }
    return NULL;
}

static void lines_of_threads_do_not_mix(void **state)
{
    (void)state;
    char names[4][101];
    struct capture c;
    begin(&c);
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        memset(names[i], 'a' + i, 100);
        names[i][100] = '\0';
        pthread_create(&threads[i], NULL, write_many, names[i]);
    }
    /* 4 × 100 lines of 150 bytes are below the 64 KB that a pipe holds */
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
    end(&c);
    int lines = 0;
    for (char *rest = captured, *line; (line = strsep(&rest, "\n")) && *line; lines++) {
        const char *who = strstr(line, "who=");
        assert_non_null(who);
        assert_int_equal(strlen(who), 104);
        assert_int_equal(strspn(who + 4, (char[]){who[4], '\0'}), 100);
    }
    assert_int_equal(lines, 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_line_of_logfmt, fix_time),
        cmocka_unit_test_setup(values_cannot_forge_lines_or_pairs, fix_time),
        cmocka_unit_test_setup(a_line_of_json, fix_time),
        cmocka_unit_test_setup(lower_levels_are_silent, fix_time),
        cmocka_unit_test_setup(levels_by_name, fix_time),
        cmocka_unit_test_setup(lines_of_threads_do_not_mix, fix_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
