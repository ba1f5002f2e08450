/* The archive's objects as entries of a feed. */
#ifndef GUILLEMET_API_ENTRIES_H
#define GUILLEMET_API_ENTRIES_H

#include "api/resources.h"

void entry_article(struct slice object, struct arena *arena, struct atom_entry *out);
void entry_quote(struct slice object, struct arena *arena, struct atom_entry *out);
void entry_entity(struct slice object, struct arena *arena, struct atom_entry *out);

#endif
