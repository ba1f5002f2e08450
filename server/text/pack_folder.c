/* A pack's folder, as the build and `--lang-pack` read it. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "text/pack.h"

CLEANUP_DEFINE(arena_free, struct arena)

struct sources {
    struct pack_source *items;
    size_t count, capacity;
};

static int compare_names(const void *a, const void *b)
{
    const struct pack_source *x = a, *y = b;
    return strcmp(x->name, y->name);
}

static enum rc read_all(FILE *file, const char *path, struct buf *bytes, struct err *e)
{
    char chunk[65536];
    size_t got;
    while ((got = fread(chunk, 1, sizeof chunk, file)) > 0) {
        buf_append(bytes, chunk, got);
    }
    if (ferror(file)) {
        return err_set(e, RC_UNAVAILABLE, "%s: %s", path, strerror(errno));
    }
    return bytes->failed ? err_nomem(e) : RC_OK;
}

static enum rc read_file(struct arena *arena, const char *path, struct slice *out, struct err *e)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        return err_set(e, RC_UNAVAILABLE, "%s: %s", path, strerror(errno));
    }
    struct buf bytes;
    buf_init(&bytes);
    enum rc rc = read_all(file, path, &bytes, e);
    fclose(file);
    if (rc == RC_OK) {
        *out = arena_copy(arena, buf_view(&bytes));
        rc = slice_present(*out) ? RC_OK : err_nomem(e);
    }
    buf_done(&bytes);
    return rc;
}

/* All plain files of `dir`, in order of name, so that the same folder gives the same blob anywhere. */
static enum rc read_folder(struct arena *arena, const char *dir, struct sources *sources,
                           struct err *e)
{
    DIR *folder = opendir(dir);
    if (!folder) {
        return err_set(e, RC_UNAVAILABLE, "%s: %s", dir, strerror(errno));
    }
    enum rc rc = RC_OK;
    for (struct dirent *d = readdir(folder); d && rc == RC_OK; d = readdir(folder)) {
        if (d->d_name[0] == '.' || d->d_type == DT_DIR) {
            continue;
        }
        struct slice path = arena_printf(arena, "%s/%s", dir, d->d_name);
        struct pack_source *source = ARENA_PUSH(arena, sources);
        char *name = arena_strdup(arena, d->d_name);
        if (!slice_present(path) || !source || !name) {
            rc = err_nomem(e);
            break;
        }
        source->name = name;
        rc = read_file(arena, path.ptr, &source->bytes, e);
    }
    closedir(folder);
    if (sources->count) {
        qsort(sources->items, sources->count, sizeof *sources->items, compare_names);
    }
    return rc;
}

enum rc pack_compile_folder(const char *lang, const char *dir, struct buf *out, struct err *e)
{
    CLEANUP(arena_free_p) struct arena *arena = arena_new(0);
    struct sources sources = {NULL, 0, 0};
    if (!arena) {
        return err_nomem(e);
    }
    enum rc rc = read_folder(arena, dir, &sources, e);
    if (rc == RC_OK) {
        rc = pack_compile(lang, sources.items, sources.count, out, e);
        if (rc == RC_INVALID) {
            err_context(e, "%s", dir);
        }
    }
    return rc;
}
