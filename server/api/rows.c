/* Rows without an envelope: NDJSON and CSV. */
#include "api/formats.h"
#include "api/project.h"
#include "api/resources.h"
#include "base/csv.h"

enum rc rows_ndjson(const struct formatting *f, struct err *e)
{
    (void)e;
    struct jsonr r = jsonr_open(jsonr_get(f->body, "items"));
    struct slice item;
    while (jsonr_item(&r, &item)) {
        struct jsonw w;
        jsonw_init(&w, f->out, 0);
        project_write(&w, item, f->fields);
        buf_char(f->out, '\n');
    }
    return RC_OK;
}

/* ---- CSV */

/* What a path leads to, as words: those of a list's items one after the other. */
static void gather(struct slice value, struct slice path, struct arena *arena, struct buf *words,
                   bool *any)
{
    struct slice item, rest = path;
    enum jsonr_kind kind = jsonr_kind(value);
    if (kind == JSONR_ARRAY) {
        struct jsonr r = jsonr_open(value);
        while (jsonr_item(&r, &item)) {
            gather(item, path, arena, words, any);
        }
        return;
    }
    if (kind == JSONR_OBJECT && slice_present(rest)) {
        struct slice name = arena_copy(arena, slice_cut(&rest, '.'));
        if (slice_present(name)) {
            gather(jsonr_get(value, name.ptr), rest, arena, words, any);
        }
        return;
    }
    if (kind == JSONR_NONE || kind == JSONR_NULL || slice_present(rest)) {
        return;
    }
    buf_text(words, *any ? "; " : "");
    buf_slice(words, kind == JSONR_STRING ? jsonr_string(value, arena) : value);
    *any = true;
}

/* Straight from the object where no list is on the way, which is nearly always. */
static void write_cell(struct csv *csv, struct slice object, struct slice path, struct arena *arena,
                       struct buf *words)
{
    struct slice value = jsonr_get(object, path.ptr);
    switch (jsonr_kind(value)) {
    case JSONR_NULL:
        csv_word(csv, SLICE(""));
        return;
    case JSONR_NUMBER:
    case JSONR_BOOL:
        csv_word(csv, value);
        return;
    case JSONR_STRING:
        csv_text(csv, jsonr_string(value, arena));
        return;
    case JSONR_OBJECT:
        csv_text(csv, value);
        return;
    case JSONR_NONE:
    case JSONR_ARRAY:
        break;
    }
    bool any = false;
    buf_clear(words);
    gather(object, path, arena, words, &any);
    csv_text(csv, buf_view(words));
}

/* Each path with a NUL behind it. */
static bool read_columns(const struct formatting *f, struct field_paths *out)
{
    struct slice rest = slice_cstr(f->resource->columns);
    *out = *f->fields;
    while (f->fields->count == 0 && slice_present(rest) && out->count < FIELDS_MOST) {
        out->paths[out->count++] = slice_cut(&rest, ',');
    }
    for (size_t i = 0; i < out->count; i++) {
        out->paths[i] = arena_copy(f->call->arena, out->paths[i]);
        if (!slice_present(out->paths[i])) {
            return false;
        }
    }
    return true;
}

enum rc rows_csv(const struct formatting *f, struct err *e)
{
    struct field_paths columns;
    struct csv csv;
    struct buf words;
    struct slice item;
    if (!read_columns(f, &columns)) {
        return err_nomem(e);
    }
    csv_init(&csv, f->out);
    for (size_t i = 0; f->first && i < columns.count; i++) {
        csv_text(&csv, columns.paths[i]);
    }
    if (f->first) {
        csv_end_row(&csv);
    }
    buf_init(&words);
    struct jsonr r = jsonr_open(jsonr_get(f->body, "items"));
    while (jsonr_item(&r, &item)) {
        for (size_t i = 0; i < columns.count; i++) {
            write_cell(&csv, item, columns.paths[i], f->call->arena, &words);
        }
        csv_end_row(&csv);
    }
    bool failed = words.failed;
    buf_done(&words);
    return failed ? err_nomem(e) : RC_OK;
}
