/* packtool LANG DIR OUT: compiles the folder of a language pack into the blob that is linked in. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

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

/* Written aside and renamed: an interrupted build leaves no half pack. */
static enum rc write_file(struct arena *arena, const char *path, struct slice bytes, struct err *e)
{
    struct slice aside = arena_printf(arena, "%s.tmp", path);
    FILE *file = slice_present(aside) ? fopen(aside.ptr, "wb") : NULL;
    if (!file) {
        return err_set(e, RC_UNAVAILABLE, "%s: %s", path, strerror(errno));
    }
    size_t written = fwrite(bytes.ptr, 1, bytes.len, file);
    if (fclose(file) != 0 || written != bytes.len || rename(aside.ptr, path) != 0) {
        return err_set(e, RC_UNAVAILABLE, "%s: %s", path, strerror(errno));
    }
    return RC_OK;
}

static enum rc run(struct arena *arena, char **argv, struct err *e)
{
    struct sources sources = {NULL, 0, 0};
    enum rc rc = read_folder(arena, argv[2], &sources, e);
    struct buf blob;
    buf_init(&blob);
    if (rc == RC_OK) {
        rc = pack_compile(argv[1], sources.items, sources.count, &blob, e);
        if (rc == RC_INVALID) {
            err_context(e, "%s", argv[2]);
        }
    }
    if (rc == RC_OK) {
        rc = write_file(arena, argv[3], buf_view(&blob), e);
    }
    buf_done(&blob);
    return rc;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: packtool LANG DIR OUT\n");
        return 2;
    }
    struct err e = {0};
    CLEANUP(arena_free_p) struct arena *arena = arena_new(0);
    if (!arena || run(arena, argv, &e) != RC_OK) {
        fprintf(stderr, "packtool: %s\n", arena ? e.message : "out of memory");
        return 1;
    }
    return 0;
}
