/* What lists show of a quote, as it goes on the wire, beside its row: reading forty columns and writing their JSON takes many
 * times what copying it does. Internal to store/.
 *
 * Shape:   column `view` of quotes, opaque here but for the entities that it names by row; names are joined at read, and so are
 *          the article's facts and the words, which would stand twice. Triggers take the view away and note the quote as
 *          stale when anything else of its rows changes. They are the connection's own: those of an archive's file are
 *          switched off (db.c), as a stranger may have written them. the writer makes such views anew once its queue has been empty
 *          for a while, and until then the quote is read member by member.
 * Threads: the writer's.
 */
#ifndef GUILLEMET_STORE_QUOTE_VIEWS_H
#define GUILLEMET_STORE_QUOTE_VIEWS_H

#include "store/writer.h"

/* On the connection that writes, before it does. */
void quote_views_watch(struct db *db);
/* Makes some stale ones anew in a transaction of its own; true when there are more. */
bool quote_views_keep(struct writer *w);

#endif
