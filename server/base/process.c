#include "base/process.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { PLACE_MOST = 100 };

static bool read_line(const char *path, char *out, size_t most)
{
    FILE *file = fopen(path, "re");
    bool read = file && fgets(out, (int)most, file);
    if (file) {
        fclose(file);
    }
    if (read) {
        out[strcspn(out, "\n")] = '\0';
    }
    return read;
}

/* The machine since it was started, and the namespace that numbers of processes are of; false: not known. */
static bool find_place(char out[PLACE_MOST])
{
    char boot[48], space[48];
    ssize_t len = readlink("/proc/self/ns/pid", space, sizeof space - 1);
    if (len <= 0 || !read_line("/proc/sys/kernel/random/boot_id", boot, sizeof boot)) {
        return false;
    }
    space[len] = '\0';
    snprintf(out, PLACE_MOST, "%s/%s", boot, space);
    return true;
}

/* The line's second field is a name in brackets that may hold anything: fields are counted behind it. */
static bool read_start(long pid, char *state, unsigned long long *start)
{
    char path[64], line[1024];
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    if (!read_line(path, line, sizeof line)) {
        return false;
    }
    enum { STATE_FIELD = 3, START_FIELD = 22 }; /* proc(5) */
    const char *rest = strrchr(line, ')');
    if (!rest || rest[1] != ' ' || rest[2] == '\0') {
        return false;
    }
    *state = rest[2];
    rest += 2;
    for (int field = STATE_FIELD; rest && field < START_FIELD; field++) {
        rest = strchr(rest + 1, ' ');
    }
    char *end = NULL;
    *start = rest ? strtoull(rest, &end, 10) : 0;
    return end && end != rest;
}

void process_name(char out[PROCESS_NAME_MOST])
{
    char place[PLACE_MOST], state;
    unsigned long long start;
    long pid = (long)getpid();
    if (find_place(place) && read_start(pid, &state, &start)) {
        snprintf(out, PROCESS_NAME_MOST, "%s/%ld/%llu", place, pid, start);
    } else {
        snprintf(out, PROCESS_NAME_MOST, "?/%ld", pid);
    }
}

uint64_t process_files_most(uint64_t wanted)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) {
        return wanted;
    }
    struct rlimit more = {.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max,
                          .rlim_max = limit.rlim_max};
    return setrlimit(RLIMIT_NOFILE, &more) == 0 ? more.rlim_cur : limit.rlim_cur;
}

bool process_is_gone(const char *name)
{
    char place[PLACE_MOST], state;
    unsigned long long start;
    if (!find_place(place)) {
        return false;
    }
    size_t len = strlen(place);
    if (strncmp(name, place, len) != 0 || name[len] != '/') {
        return false; /* elsewhere, or nobody knows */
    }
    char *end;
    long pid = strtol(name + len + 1, &end, 10);
    if (end == name + len + 1 || *end != '/') {
        return false;
    }
    unsigned long long began = strtoull(end + 1, NULL, 10);
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld", pid);
    if (!read_start(pid, &state, &start)) {
        return access(path, F_OK) != 0 && errno == ENOENT;
    }
    return start != began || state == 'Z' || state == 'X';
}
