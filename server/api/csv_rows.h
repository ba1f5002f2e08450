/* Objects of the API as rows of CSV: lists over HTTP and `guillemet export` write the same.
 *
 * Shape:   a column is a path into an object ("speaker.name"); a path through a list gives the items' values, joined by "; ".
 * Memory:  columns and unescaped strings live in the arenas given; the rows go to `out`.
 */
#ifndef GUILLEMET_API_CSV_ROWS_H
#define GUILLEMET_API_CSV_ROWS_H

#include "api/formats.h"
#include "api/resources.h"
#include "base/csv.h"

struct csv_rows {
    struct csv csv;
    struct field_paths columns; /* each with a NUL behind it */
    struct buf words;
};

/* `fields` without any: the resource's own columns. */
enum rc csv_rows_init(struct csv_rows *rows, const struct resource *resource,
                      const struct field_paths *fields, struct arena *arena, struct buf *out,
                      struct err *e);
void csv_rows_done(struct csv_rows *rows);
void csv_rows_header(struct csv_rows *rows);
/* `object`: JSON. `arena`: for what is needed until it returns. RC_NOMEM */
enum rc csv_rows_write(struct csv_rows *rows, struct slice object, struct arena *arena,
                       struct err *e);

#endif
