#include "base/process.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
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
    const char *rest = strrchr(line, ')');
    return rest && sscanf(rest + 1,
                          " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
                          "%*s %*s %llu",
                          state, start) == 2;
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

bool process_is_gone(const char *name)
{
    char place[PLACE_MOST], state;
    long pid;
    unsigned long long began, start;
    if (!find_place(place)) {
        return false;
    }
    size_t len = strlen(place);
    if (strncmp(name, place, len) != 0 || sscanf(name + len, "/%ld/%llu", &pid, &began) != 2) {
        return false; /* elsewhere, or nobody knows */
    }
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld", pid);
    if (!read_start(pid, &state, &start)) {
        return access(path, F_OK) != 0 && errno == ENOENT;
    }
    return start != began || state == 'Z' || state == 'X';
}
