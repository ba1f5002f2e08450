/* Rows without an envelope: NDJSON and CSV. */
#include "api/csv_rows.h"
#include "api/project.h"

enum rc rows_ndjson(const struct formatting *f, struct err *e)
{
    (void)e;
    struct jsonr r = jsonr_open(jsonr_get(f->body, resource_rows(f->resource)));
    struct slice item;
    while (jsonr_item(&r, &item)) {
        struct jsonw w;
        jsonw_init(&w, f->out, 0);
        project_write(&w, item, f->fields);
        buf_char(f->out, '\n');
    }
    return RC_OK;
}

enum rc rows_csv(const struct formatting *f, struct err *e)
{
    struct csv_rows rows;
    struct arena *arena = f->call->arena;
    struct jsonr r = jsonr_open(jsonr_get(f->body, resource_rows(f->resource)));
    struct slice item;
    enum rc rc = csv_rows_init(&rows, f->resource, f->fields, arena, f->out, e);
    if (rc == RC_OK && f->first) {
        csv_rows_header(&rows);
    }
    while (rc == RC_OK && jsonr_item(&r, &item)) {
        rc = csv_rows_write(&rows, item, arena, e);
    }
    csv_rows_done(&rows);
    return rc;
}
