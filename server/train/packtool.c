/* packtool LANG DIR OUT: compiles the folder of a language pack into the blob that is linked in. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "text/pack.h"

CLEANUP_DEFINE(arena_free, struct arena)

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
    struct buf blob;
    buf_init(&blob);
    enum rc rc = pack_compile_folder(argv[1], argv[2], &blob, e);
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
