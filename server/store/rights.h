/* What of the articles' texts may leave the service.
 *
 * Shape:   a standard, and exceptions by source. A reader that was given rights shows no more than they allow, whatever
 *          is asked of it: there is one place to look at, and no view or format to forget. Under `excerpt` an article's
 *          text ends at a word within its first STORE_EXCERPT_CPS characters; under `none` it is absent, as are
 *          the standfirst and the words around quotes; `purged` is the same of a text that was deleted (text_purge.h). Titles, offsets, names and quotes themselves stay: offsets are those
 *          of the stored text.
 * Errors:  store_rights_read says which part of the setting is wrong.
 * Memory:  rights outlive the readers that were given them.
 * Threads: immutable, shared.
 */
#ifndef GUILLEMET_STORE_RIGHTS_H
#define GUILLEMET_STORE_RIGHTS_H

#include "model/enums.h"
#include "store/store.h"

#define STORE_EXCERPT_CPS 300

/* "purged" is of an article alone, and no setting: there is no text any more. */
#define STORE_RIGHTS(X)                                                                            \
    X(STORE_RIGHTS_FULL, "full")                                                                   \
    X(STORE_RIGHTS_EXCERPT, "excerpt")                                                             \
    X(STORE_RIGHTS_NONE, "none")                                                                   \
    X(STORE_RIGHTS_PURGED, "purged")
ENUM_DEFINE(store_rights, STORE_RIGHTS)

struct store_rights_table;

/* `standard`: "full", "excerpt" or "none". `exceptions`: "Le Monde=excerpt; AFP=none"; NULL or "": none. A
 * source is named without regard to case and accents. */
enum rc store_rights_read(const char *standard, const char *exceptions,
                          struct store_rights_table **out, struct err *e);
void store_rights_table_free(struct store_rights_table *table); /* NULL is fine */
/* From now on this reader shows what they allow; NULL: everything. */
void store_reader_rights(struct store_reader *reader, const struct store_rights_table *table);

#endif
