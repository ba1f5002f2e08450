/* The full-text indexes are built anew when texts would be cut into other words than those they know. */
#ifndef GUILLEMET_STORE_SEARCH_RENEW_H
#define GUILLEMET_STORE_SEARCH_RENEW_H

#include "store/db.h"

/* After the migrations. `before`: the schema that the archive had before them; 0: it was empty. */
void search_renew(struct db *db, int before);

#endif
