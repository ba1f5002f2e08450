/* Preloaded into a program under test: makes its allocations or its writes fail.
 *
 *   FAIL_WHAT=memory|writes   which calls
 *   FAIL_AT=n                 the n-th of them, from 1, and no other
 *   FAIL_SHARE=n              one in n of them, by a generator that begins with FAIL_SEED
 *   FAIL_WAIT=1               none before SIGUSR2 came
 *   FAIL_COUNT=path           writes how many there were into that file at the end
 *
 * Allocations before main are left alone: they are the loader's. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);

static atomic_bool on;
static bool of_memory, of_writes;
static long fail_at, fail_share;
static _Atomic unsigned long calls, random_state;

static bool fails(bool wanted)
{
    if (!wanted || !atomic_load(&on)) {
        return false;
    }
    unsigned long n = atomic_fetch_add(&calls, 1) + 1;
    if (fail_share > 0) {
        unsigned long x = atomic_fetch_add(&random_state, 0x9e3779b97f4a7c15UL);
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9UL;
        return (x ^ (x >> 31)) % (unsigned long)fail_share == 0;
    }
    return fail_at > 0 && n == (unsigned long)fail_at;
}

void *malloc(size_t size)
{
    return fails(of_memory) ? (errno = ENOMEM, NULL) : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails(of_memory) ? (errno = ENOMEM, NULL) : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return fails(of_memory) ? (errno = ENOMEM, NULL) : __libc_realloc(old, size);
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t at)
{
    static ssize_t (*real)(int, const void *, size_t, off64_t);
    if (!real) {
        real = (ssize_t(*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64");
    }
    return fails(of_writes) ? (errno = EIO, -1) : real(fd, bytes, len, at);
}

int fsync(int fd)
{
    static int (*real)(int);
    if (!real) {
        real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    }
    return fails(of_writes) ? (errno = EIO, -1) : real(fd);
}

int fdatasync(int fd)
{
    static int (*real)(int);
    if (!real) {
        real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    }
    return fails(of_writes) ? (errno = EIO, -1) : real(fd);
}

static long number(const char *name)
{
    const char *value = getenv(name);
    return value ? strtol(value, NULL, 10) : 0;
}

static void start(int number)
{
    (void)number;
    atomic_store(&on, true);
}

__attribute__((constructor)) static void begin(void)
{
    const char *what = getenv("FAIL_WHAT");
    of_memory = what && strcmp(what, "memory") == 0;
    of_writes = what && strcmp(what, "writes") == 0;
    fail_at = number("FAIL_AT");
    fail_share = number("FAIL_SHARE");
    atomic_store(&random_state, (unsigned long)number("FAIL_SEED") * 2654435761UL + 1);
    signal(SIGUSR2, start);
    atomic_store(&on, number("FAIL_WAIT") == 0);
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("FAIL_COUNT");
    atomic_store(&on, false);
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644) : -1;
    if (fd >= 0) {
        char text[32];
        int len = snprintf(text, sizeof text, "%lu\n", atomic_load(&calls));
        (void)!write(fd, text, (size_t)len);
        close(fd);
    }
}
