#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/config.h"

static const struct config_option options[] = {
    {"listen", CONFIG_TEXT, "127.0.0.1:8080", NULL, 0, 0, false, "address"},
    {"log-level", CONFIG_CHOICE, "info", "debug|info|warn|error", 0, 0, false, "level"},
    {"open-writes", CONFIG_BOOL, "false", NULL, 0, 0, false, "writes"},
    {"workers", CONFIG_INT, NULL, NULL, 1, 64, false, "threads"},
    {"body-limit", CONFIG_BYTES, "10M", NULL, 1024, INT64_C(1) << 30, false, "bytes"},
    {"timeout", CONFIG_DURATION_MS, "30s", NULL, 0, 0, false, "time"},
    {"token", CONFIG_TEXT, NULL, NULL, 0, 0, true, "secret"},
};

struct fixture {
    struct config *config;
    struct err e;
    char path[64];
};

static int set_up(void **state)
{
    static struct fixture f;
    memset(&f, 0, sizeof f);
    f.config = config_new(options, sizeof options / sizeof *options, &f.e);
    snprintf(f.path, sizeof f.path, "/tmp/test_config.XXXXXX");
    int fd = mkstemp(f.path);
    if (fd >= 0) {
        close(fd);
    }
    *state = &f;
    return !f.config || fd < 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    config_free(f->config);
    unlink(f->path);
    return 0;
}

static void write_file(const struct fixture *f, const char *text)
{
    FILE *file = fopen(f->path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void expect_message(const struct fixture *f, const char *part)
{
    if (!strstr(f->e.message, part)) {
        fail_msg("\"%s\" lacks \"%s\"", f->e.message, part);
    }
}

static void defaults(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(config_text(f->config, "listen"), "127.0.0.1:8080");
    assert_string_equal(config_origin(f->config, "listen"), "default");
    assert_int_equal(config_int(f->config, "body-limit"), 10 << 20);
    assert_int_equal(config_int(f->config, "timeout"), 30000);
    assert_false(config_bool(f->config, "open-writes"));
    assert_null(config_text(f->config, "token"));
    assert_int_equal(config_int(f->config, "workers"), 0);
    assert_int_equal(config_count(f->config), 7);
    assert_string_equal(config_at(f->config, 0)->name, "listen");
    assert_null(config_at(f->config, 7));
    assert_null(config_find(f->config, "nothing"));
    assert_string_equal(config_find(f->config, "token")->help, "secret");
}

static void load(struct fixture *f, int source)
{
    char *environment[] = {(char[]){"GUILLEMET_LISTEN=env"}, (char[]){"PATH=/bin"}, NULL};
    write_file(f, "listen = file\n");
    enum rc rc = source == 0   ? config_set_flag(f->config, "listen", "flag", &f->e)
                 : source == 1 ? config_load_environment(f->config, environment, &f->e)
                               : config_load_file(f->config, f->path, true, &f->e);
    assert_int_equal(rc, RC_OK);
}

/* Flags over environment over file over default, in whatever order they come. */
static void precedence_in_every_order(void **state)
{
    struct fixture *f = *state;
    static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                     {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (int i = 0; i < 6; i++) {
        config_free(f->config);
        f->config = config_new(options, sizeof options / sizeof *options, &f->e);
        for (int k = 0; k < 3; k++) {
            load(f, orders[i][k]);
        }
        assert_string_equal(config_text(f->config, "listen"), "flag");
        assert_string_equal(config_origin(f->config, "listen"), "flag");
    }
}

static void environment_over_file(void **state)
{
    struct fixture *f = *state;
    load(f, 1);
    load(f, 2);
    assert_string_equal(config_text(f->config, "listen"), "env");
    assert_string_equal(config_origin(f->config, "listen"), "environment GUILLEMET_LISTEN");
}

static void the_last_flag_wins(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(config_set_flag(f->config, "listen", "a", &f->e), RC_OK);
    assert_int_equal(config_set_flag(f->config, "listen", "b", &f->e), RC_OK);
    assert_string_equal(config_text(f->config, "listen"), "b");
}

static void a_file_with_everything(void **state)
{
    struct fixture *f = *state;
    write_file(f, "# comment\n\n  listen=  \"a b\"  \r\nlog_level = debug\nopen-writes = yes\n"
                  "workers = 4\nbody-limit = 2 MiB\ntimeout = 5m\ntoken = a=b#c");
    assert_int_equal(config_load_file(f->config, f->path, true, &f->e), RC_OK);
    assert_string_equal(config_text(f->config, "listen"), "a b");
    assert_string_equal(config_text(f->config, "log-level"), "debug");
    assert_int_equal(config_int(f->config, "log-level"), 0);
    assert_true(config_bool(f->config, "open-writes"));
    assert_int_equal(config_int(f->config, "workers"), 4);
    assert_int_equal(config_int(f->config, "body-limit"), 2 << 20);
    assert_int_equal(config_int(f->config, "timeout"), 300000);
    assert_string_equal(config_text(f->config, "token"), "a=b#c");
    char origin[96];
    snprintf(origin, sizeof origin, "%s:5", f->path);
    assert_string_equal(config_origin(f->config, "open-writes"), origin);
}

static void faults_in_a_file_name_the_line(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"\nlisten\n", ":2: a line is"},
        {"= x\n", ":1: a line is"},
        {"lisen = x\n", ":1: unknown option \"lisen\": did you mean \"listen\"?"},
        {"frobnicate = x\n", "unknown option \"frobnicate\""},
        {"workers = many\n", ":1: workers: \"many\" is not a whole number"},
        {"workers = 65\n", "not between 1 and 64"},
        {"timeout = 30\n", "with its unit"},
        {"log-level = loud\n", "none of debug|info|warn|error"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_file(f, cases[i].text);
        assert_int_equal(config_load_file(f->config, f->path, true, &f->e), RC_INVALID);
        expect_message(f, cases[i].message);
    }
    write_file(f, "frobnicate = x\n");
    config_load_file(f->config, f->path, true, &f->e);
    assert_null(strstr(f->e.message, "did you mean"));
}

static void a_missing_file(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(config_load_file(f->config, "/nonexistent/x.conf", false, &f->e), RC_OK);
    assert_int_equal(config_load_file(f->config, "/nonexistent/x.conf", true, &f->e),
                     RC_UNAVAILABLE);
    expect_message(f, "/nonexistent/x.conf");
}

static void a_binary_file_is_refused(void **state)
{
    struct fixture *f = *state;
    FILE *file = fopen(f->path, "w");
    fwrite("listen = a\0b\n", 1, 13, file);
    fclose(file);
    assert_int_equal(config_load_file(f->config, f->path, true, &f->e), RC_INVALID);
}

static void unknown_environment_names(void **state)
{
    struct fixture *f = *state;
    char *typo[] = {(char[]){"GUILLEMET_LOGLEVEL=debug"}, NULL};
    assert_int_equal(config_load_environment(f->config, typo, &f->e), RC_INVALID);
    expect_message(f, "environment GUILLEMET_LOGLEVEL");
    expect_message(f, "did you mean \"log-level\"?");
    char *foreign[] = {(char[]){"GUILLEMET_CONFIG=/etc/x"},
                       (char[]){"GUILLEMET_PORT=tcp://10.0.0.1:8080"},
                       (char[]){"GUILLEMET_SERVICE_HOST=10.0.0.1"},
                       (char[]){"GUILLEMET_PORT_8080_TCP_ADDR=10.0.0.1"},
                       (char[]){"GUILLEMETX=1"},
                       (char[]){"NOEQUALS"},
                       NULL};
    assert_int_equal(config_load_environment(f->config, foreign, &f->e), RC_OK);
    assert_int_equal(config_load_environment(f->config, NULL, &f->e), RC_OK);
}

static void secrets_from_files(void **state)
{
    struct fixture *f = *state;
    write_file(f, "s3cret\n");
    char variable[96];
    snprintf(variable, sizeof variable, "GUILLEMET_TOKEN_FILE=%s", f->path);
    char *environment[] = {variable, NULL};
    assert_int_equal(config_load_environment(f->config, environment, &f->e), RC_OK);
    assert_string_equal(config_text(f->config, "token"), "s3cret");
    assert_int_equal(config_set_flag(f->config, "token-file", "/nonexistent", &f->e),
                     RC_UNAVAILABLE);
    expect_message(f, "flag");
    /* only secrets have that form */
    assert_int_equal(config_set_flag(f->config, "listen-file", f->path, &f->e), RC_INVALID);
}

static void flags_without_values(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(config_set_flag(f->config, "open-writes", NULL, &f->e), RC_OK);
    assert_true(config_bool(f->config, "open-writes"));
    assert_int_equal(config_set_flag(f->config, "listen", NULL, &f->e), RC_INVALID);
    expect_message(f, "needs a value");
}

static void expect_number(struct fixture *f, const char *name, const char *text, int64_t number)
{
    assert_int_equal(config_set_flag(f->config, name, text, &f->e), RC_OK);
    assert_true(config_int(f->config, name) == number);
}

static void expect_refused(struct fixture *f, const char *name, const char *text)
{
    int64_t before = config_int(f->config, name);
    assert_int_equal(config_set_flag(f->config, name, text, &f->e), RC_INVALID);
    assert_string_equal(f->e.field, name);
    assert_true(config_int(f->config, name) == before);
}

static void numbers_and_units(void **state)
{
    struct fixture *f = *state;
    expect_number(f, "body-limit", "1024", 1024);
    expect_number(f, "body-limit", "512k", 512 << 10);
    expect_number(f, "body-limit", "1GiB", INT64_C(1) << 30);
    expect_number(f, "timeout", "0", 0);
    expect_number(f, "timeout", "500ms", 500);
    expect_number(f, "timeout", "24h", 86400000);
    expect_number(f, "timeout", "2 d", 172800000);
    expect_number(f, "workers", "64", 64);
    expect_refused(f, "workers", "0");
    expect_refused(f, "workers", "4k");
    expect_refused(f, "workers", "");
    expect_refused(f, "workers", "-");
    expect_refused(f, "workers", " 4");
    expect_refused(f, "workers", "99999999999999999999");
    expect_refused(f, "body-limit", "1.5M");
    expect_refused(f, "body-limit", "9223372036854775807T");
    expect_refused(f, "body-limit", "1023");
    expect_refused(f, "timeout", "5 weeks");
    expect_refused(f, "open-writes", "maybe");
}

static void a_wrong_default_is_refused(void **state)
{
    (void)state;
    static const struct config_option wrong[] = {{"n", CONFIG_INT, "x", NULL, 0, 0, false, ""}};
    struct err e = {0};
    assert_null(config_new(wrong, 1, &e));
    assert_int_equal(e.rc, RC_INVALID);
}

static void a_name_too_long_is_unknown(void **state)
{
    struct fixture *f = *state;
    char name[200];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_int_equal(config_set_flag(f->config, name, "x", &f->e), RC_INVALID);
    expect_message(f, "unknown option");
}

static void read_again(void **state)
{
    struct fixture *f = *state;
    char *environment[] = {"GUILLEMET_WORKERS=4", NULL};
    struct config *again = NULL;
    write_file(f, "log-level = warn\nworkers = 2\nlisten = :1\n");
    assert_int_equal(config_load_file(f->config, f->path, true, &f->e), RC_OK);
    assert_int_equal(config_load_environment(f->config, environment, &f->e), RC_OK);
    assert_int_equal(config_set_flag(f->config, "timeout", "5s", &f->e), RC_OK);
    assert_int_equal(config_again(f->config, &again, &f->e), RC_OK);
    assert_string_equal(config_text(again, "log-level"), "info"); /* the file isn't read yet */
    write_file(f, "log-level = debug\nworkers = 3\n");
    assert_int_equal(config_load_file(again, f->path, true, &f->e), RC_OK);
    assert_string_equal(config_text(again, "log-level"), "debug");
    assert_int_equal(config_int(again, "workers"), 4);
    assert_string_equal(config_origin(again, "workers"), "environment GUILLEMET_WORKERS");
    assert_int_equal(config_int(again, "timeout"), 5000);
    assert_string_equal(config_text(again, "listen"), "127.0.0.1:8080");
    config_swap(f->config, again, "log-level");
    assert_string_equal(config_text(f->config, "log-level"), "debug");
    assert_string_equal(config_text(again, "log-level"), "warn");
    config_free(again);
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(defaults),
        TEST(precedence_in_every_order),
        TEST(environment_over_file),
        TEST(the_last_flag_wins),
        TEST(a_file_with_everything),
        TEST(faults_in_a_file_name_the_line),
        TEST(a_missing_file),
        TEST(a_binary_file_is_refused),
        TEST(unknown_environment_names),
        TEST(secrets_from_files),
        TEST(flags_without_values),
        TEST(numbers_and_units),
        TEST(a_wrong_default_is_refused),
        TEST(a_name_too_long_is_unknown),
        TEST(read_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
