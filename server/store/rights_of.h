/* Asking the rights of a reader's connection. Internal to store/. */
#ifndef GUILLEMET_STORE_RIGHTS_OF_H
#define GUILLEMET_STORE_RIGHTS_OF_H

#include "store/db.h"
#include "store/rights.h"

/* By the source's rowid; 0: without one. */
enum store_rights rights_of(struct db *db, int64_t source);
/* Of one of its articles. */
static inline enum store_rights rights_of_article(struct db *db, int64_t source, bool purged)
{
    return purged ? STORE_RIGHTS_PURGED : rights_of(db, source);
}
/* No text, no standfirst, no words around quotes. */
static inline bool rights_hide(enum store_rights rights)
{
    return rights == STORE_RIGHTS_NONE || rights == STORE_RIGHTS_PURGED;
}
/* The start of a text that may be shown. */
struct slice rights_cut(enum store_rights rights, struct slice text);

#endif
