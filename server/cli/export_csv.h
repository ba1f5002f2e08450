/* `guillemet export --format csv`: a list of the API, whole, as the same rows.
 *
 * Memory: one page of rows. Each page is a read of its own, as of the API's exports.
 */
#ifndef GUILLEMET_CLI_EXPORT_CSV_H
#define GUILLEMET_CLI_EXPORT_CSV_H

#include "base/buf.h"
#include "store/filter.h"
#include "store/store.h"

struct export_table {
    const char *name; /* "quotes" */
    enum store_list list;
    const char *operation_id; /* of the API's list that has the same objects */
};

extern const struct export_table export_tables[]; /* a NULL name ends it */

/* Writes it with `put`, which gets whole rows; *rows: how many, without the header. */
enum rc export_csv(const struct export_table *table, struct store_reader *reader,
                   const struct store_filter *filter, void *context,
                   enum rc (*put)(void *context, const struct buf *rows, struct err *e),
                   unsigned long long *rows, struct err *e);

#endif
