/* Which fields of life a title belongs to: "maire de Dieppe" is politics, "entraîneur" sport, "porte-parole" none. The
 * packs' table `callings` says it. Internal to store/. */
#ifndef GUILLEMET_STORE_TITLE_FIELDS_H
#define GUILLEMET_STORE_TITLE_FIELDS_H

#include "base/arena.h"

/* One bit a field; 0: nothing known. Titles of all languages are understood. */
unsigned title_fields(struct arena *arena, struct slice title);

#endif
