/* A process is told from every other, and known to be gone when it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/process.h"

static void lives(void **state)
{
    char name[PROCESS_NAME_MOST], again[PROCESS_NAME_MOST];
    (void)state;
    process_name(name);
    process_name(again);
    assert_string_equal(name, again);
    assert_false(process_is_gone(name));
}

/* Killed and not yet waited for, then gone altogether. */
static void ended(void **state)
{
    char name[PROCESS_NAME_MOST] = "";
    int ends[2];
    (void)state;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        process_name(name);
        _exit(write(ends[1], name, sizeof name) != (ssize_t)sizeof name);
    }
    assert_int_equal(read(ends[0], name, sizeof name), sizeof name);
    siginfo_t info;
    assert_int_equal(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
    assert_true(process_is_gone(name));
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_true(process_is_gone(name));
    close(ends[0]);
    close(ends[1]);
}

/* Our number, but of a process that began at another time: it was given out again. */
static void number_came_again(void **state)
{
    char name[PROCESS_NAME_MOST + 8];
    (void)state;
    process_name(name);
    size_t len = strlen(name);
    name[len - 1] = name[len - 1] == '1' ? '2' : '1';
    assert_true(process_is_gone(name));
}

static void of_others_nothing_is_said(void **state)
{
    char name[PROCESS_NAME_MOST];
    (void)state;
    process_name(name);
    name[0] = name[0] == 'a' ? 'b' : 'a'; /* another machine */
    assert_false(process_is_gone(name));
    assert_false(process_is_gone(""));
    assert_false(process_is_gone("?/1"));
    assert_false(process_is_gone("somebody"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lives),
        cmocka_unit_test(ended),
        cmocka_unit_test(number_came_again),
        cmocka_unit_test(of_others_nothing_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
