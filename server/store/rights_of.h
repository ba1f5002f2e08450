/* Asking the rights of a reader's connection. Internal to store/. */
#ifndef GUILLEMET_STORE_RIGHTS_OF_H
#define GUILLEMET_STORE_RIGHTS_OF_H

#include "store/db.h"
#include "store/rights.h"

/* By the source's rowid; 0: without one. */
enum store_rights rights_of(struct db *db, int64_t source);
/* The start of a text that may be shown. */
struct slice rights_cut(enum store_rights rights, struct slice text);

#endif
