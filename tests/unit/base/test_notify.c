#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/notify.h"

/* A manager's socket in the abstract namespace; its name goes into NOTIFY_SOCKET. */
static int manager(void)
{
    struct sockaddr_un where = {.sun_family = AF_UNIX};
    char name[64];
    int len = snprintf(name, sizeof name, "@guillemet-test-%ld", (long)getpid());
    memcpy(where.sun_path + 1, name + 1, (size_t)len - 1);
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)len);
    assert_int_equal(bind(fd, (struct sockaddr *)&where, size), 0);
    setenv("NOTIFY_SOCKET", name, 1);
    return fd;
}

static const char *hear(int fd)
{
    static char text[256];
    ssize_t len = recv(fd, text, sizeof text - 1, MSG_DONTWAIT);
    text[len > 0 ? len : 0] = '\0';
    return text;
}

static void the_manager_is_told(void **state)
{
    (void)state;
    int fd = manager();
    notify_send("READY=1");
    assert_string_equal(hear(fd), "READY=1");
    notify_reloading();
    assert_memory_equal(hear(fd), "RELOADING=1\nMONOTONIC_USEC=", 27);
    close(fd);
    notify_send("STOPPING=1"); /* nobody listens any more */
    unsetenv("NOTIFY_SOCKET");
}

static void odd_sockets_are_left_alone(void **state)
{
    (void)state;
    static const char *const odd[] = {"", "@", "relative", "vsock:1:2"};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        setenv("NOTIFY_SOCKET", odd[i], 1);
        notify_send("READY=1");
    }
    char longest[300];
    memset(longest, '/', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    setenv("NOTIFY_SOCKET", longest, 1);
    notify_send("READY=1");
    unsetenv("NOTIFY_SOCKET");
}

static void the_watchdog_of_this_process(void **state)
{
    (void)state;
    char own[16];
    (void)snprintf(own, sizeof own, "%ld", (long)getpid());
    assert_int_equal(notify_watchdog_ms(), 0);
    setenv("WATCHDOG_USEC", "30000000", 1);
    assert_int_equal(notify_watchdog_ms(), 30000);
    setenv("WATCHDOG_PID", "1", 1);
    assert_int_equal(notify_watchdog_ms(), 0);
    setenv("WATCHDOG_PID", own, 1);
    assert_int_equal(notify_watchdog_ms(), 30000);
    setenv("WATCHDOG_USEC", "-5", 1);
    assert_int_equal(notify_watchdog_ms(), 0);
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_manager_is_told),
        cmocka_unit_test(odd_sockets_are_left_alone),
        cmocka_unit_test(the_watchdog_of_this_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
