/* "Did you mean": a value of the archive that is close to one that nothing has. Internal to store/. */
#ifndef GUILLEMET_STORE_FILTER_NEAREST_H
#define GUILLEMET_STORE_FILTER_NEAREST_H

#include "store/filter.h"

/* As it is printed, in the arena; absent when nothing is close, or the field has no names. */
struct slice filter_nearest(struct store_reader *reader, enum store_field field, struct slice value,
                            struct arena *arena);

#endif
