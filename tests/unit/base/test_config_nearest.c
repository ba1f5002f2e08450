#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/config.h"

static const char *const names[] = {"listen", "log-level", "log-format", "workers", "db"};

static const char *nearest(const char *given)
{
    return config_nearest(given, names, sizeof names / sizeof *names);
}

static void one_slip_is_understood(void **state)
{
    (void)state;
    assert_string_equal(nearest("lisen"), "listen");   /* dropped */
    assert_string_equal(nearest("lissten"), "listen"); /* doubled */
    assert_string_equal(nearest("litsen"), "listen");  /* swapped */
    assert_string_equal(nearest("lizten"), "listen");  /* changed */
    assert_string_equal(nearest("log-fromat"), "log-format");
    assert_string_equal(nearest("loglevel"), "log-level");
}

static void strangers_are_not(void **state)
{
    (void)state;
    assert_null(nearest("frobnicate"));
    assert_null(nearest(""));
    assert_null(nearest("bd")); /* a third of two letters is none */
    assert_null(config_nearest("listen", NULL, 0));
    char name[300];
    memset(name, 'l', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_null(nearest(name));
}

static void the_closest_wins_whatever_the_order(void **state)
{
    (void)state;
    const char *const two[] = {"worker", "workers"};
    const char *const owt[] = {"workers", "worker"};
    assert_string_equal(config_nearest("workerss", two, 2), "workers");
    assert_string_equal(config_nearest("workerss", owt, 2), "workers");
    assert_string_equal(config_nearest("worker", owt, 2), "worker");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_slip_is_understood),
        cmocka_unit_test(strangers_are_not),
        cmocka_unit_test(the_closest_wins_whatever_the_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
