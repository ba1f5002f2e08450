/* SQLite's own checks, and those of the full-text indexes. Internal to store/. */
#ifndef GUILLEMET_STORE_INTEGRITY_H
#define GUILLEMET_STORE_INTEGRITY_H

#include "store/db.h"

/* Calls `found` for each fault, in words. The connection must be able to write: so FTS5 is asked. */
void integrity_check(struct db *db, void (*found)(void *context, struct slice what), void *context);
/* RC_UNAVAILABLE with the first fault. */
enum rc integrity_check_file(const char *path, struct err *e);

#endif
