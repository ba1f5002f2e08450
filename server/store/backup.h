/* Copies of the whole archive: taken while it is written to, checked, and put back.
 *
 * Shape:   a copy is of one moment: it is read in one transaction, however long that takes (the log of changes
 *          grows meanwhile, and shrinks afterwards). It is written beside its place, checked there
 *          (SQLite's integrity check, foreign keys, both full-text indexes), and takes its name last: what
 *          has the name is whole.
 * Errors:  RC_CONFLICT for what --force may override, RC_BUSY when a program has the archive open,
 *          RC_UNAVAILABLE for files that are no archive, damaged, newer than this program, or can't be
 *          written.
 */
#ifndef GUILLEMET_STORE_BACKUP_H
#define GUILLEMET_STORE_BACKUP_H

#include "store/store.h"

/* Called now and then with what was done so far; false stops the copy with RC_BUSY. */
typedef bool store_copy_progress(void *context, uint64_t pages_done, uint64_t pages_total);

struct store_copy {
    const char *from, *to;
    bool force;
    store_copy_progress *progress; /* may be NULL */
    void *context;
};

struct store_copied {
    uint64_t bytes;
    int64_t articles;  /* live ones */
    uint64_t version;  /* of the archive, as copied */
    struct slice kept; /* restore: where the old archive is now; absent when there was none */
};

/* An archive → a file. Overwrites a file only when forced. */
enum rc store_backup(const struct store_copy *copy, struct arena *arena, struct store_copied *out,
                     struct err *e);
/* A file → the archive. Refused while anything has the archive open, and, unless forced, when it was changed since the
 * file was made. The old one is kept beside it. */
enum rc store_restore(const struct store_copy *copy, struct arena *arena, struct store_copied *out,
                      struct err *e);

#endif
