/* Runs migrations on a connection: internal to store/ and its tests (which bring their own lists). */
#ifndef GUILLEMET_STORE_MIGRATE_RUN_H
#define GUILLEMET_STORE_MIGRATE_RUN_H

#include "store/db.h"
#include "store/migrations.h"

/* RC_UNAVAILABLE for a database that isn't ours or is newer than the list. *version: 0 for an empty one. */
enum rc migrate_inspect(struct db *db, const struct migration *list, size_t count, int *version,
                        struct err *e);
/* Brings it up to date. `backup_path` (may be NULL) receives the copy's path, "" when none was taken. */
enum rc migrate_run(struct db *db, const char *path, const struct migration *list, size_t count,
                    int *applied, char backup_path[4200], struct err *e);

#endif
