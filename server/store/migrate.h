/* The schema and its migrations: forward only, compiled into the program.
 *
 * Shape:  store_open brings a database up to date by itself; these serve `guillemet migrate` and
 *         `make schema`. Each file of migrations/ runs in one transaction with its number; an
 *         existing database is copied to <path>.bak-v<N> before the first pending one.
 */
#ifndef GUILLEMET_STORE_MIGRATE_H
#define GUILLEMET_STORE_MIGRATE_H

#include "base/buf.h"
#include "store/store.h"

struct store_migration {
    int number;
    const char *name; /* "0001_archive" */
    bool applied;
};

/* Of a file that may not exist yet (then nothing is applied). */
enum rc store_migrate_status(const char *path, struct arena *arena, struct store_migration **rows,
                             size_t *count, struct err *e);
/* `applied`: how many ran now. `backup`: path of the copy taken, absent when none was needed. */
enum rc store_migrate_up(const char *path, struct arena *arena, int *applied, struct slice *backup,
                         struct err *e);
/* The schema after all migrations, as SQL text, the same on every run. */
enum rc store_schema_dump(struct buf *out, struct err *e);

#endif
