/* A whole result set as rows, in the memory of one page.
 *
 * Shape:   the list's own handler is run again and again, each time from where the page before ended, each page in a read of
 *          its own: an export of any length keeps no old state of the archive alive, and as a list's pages do, it sees each row
 *          that is there all the time once.
 * Errors:  what the first page meets is a problem document. Later ones break the reply off, visibly (see http/stream.h); NDJSON
 *          ends in a line with "error" and the cursor to go on from.
 * Memory:  pages live in the export's own arena, emptied for each.
 */
#ifndef GUILLEMET_API_EXPORT_H
#define GUILLEMET_API_EXPORT_H

#include "api/call.h"

/* After the first page was made: the reply goes on when there is more. `cursor`: from the page's JSON; absent: that was all. */
enum rc export_continue(struct call *call, struct slice cursor, struct err *e);

#endif
