#include "api/csv_rows.h"

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
static bool read_columns(const struct resource *resource, const struct field_paths *fields,
                         struct arena *arena, struct field_paths *out)
{
    struct slice rest = slice_cstr(resource->columns);
    *out = *fields;
    while (fields->count == 0 && slice_present(rest) && out->count < FIELDS_MOST) {
        out->paths[out->count++] = slice_cut(&rest, ',');
    }
    for (size_t i = 0; i < out->count; i++) {
        out->paths[i] = arena_copy(arena, out->paths[i]);
        if (!slice_present(out->paths[i])) {
            return false;
        }
    }
    return true;
}

enum rc csv_rows_init(struct csv_rows *rows, const struct resource *resource,
                      const struct field_paths *fields, struct arena *arena, struct buf *out,
                      struct err *e)
{
    csv_init(&rows->csv, out);
    buf_init(&rows->words);
    return read_columns(resource, fields, arena, &rows->columns) ? RC_OK : err_nomem(e);
}

void csv_rows_done(struct csv_rows *rows)
{
    buf_done(&rows->words);
}

void csv_rows_header(struct csv_rows *rows)
{
    for (size_t i = 0; i < rows->columns.count; i++) {
        csv_text(&rows->csv, rows->columns.paths[i]);
    }
    csv_end_row(&rows->csv);
}

enum rc csv_rows_write(struct csv_rows *rows, struct slice object, struct arena *arena,
                       struct err *e)
{
    for (size_t i = 0; i < rows->columns.count; i++) {
        write_cell(&rows->csv, object, rows->columns.paths[i], arena, &rows->words);
    }
    csv_end_row(&rows->csv);
    return rows->words.failed ? err_nomem(e) : RC_OK;
}
