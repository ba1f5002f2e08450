#include "base/csv.h"

/* Beginnings that Excel, LibreOffice or Google Sheets take for a formula. The full-width signs are what Japanese
 * keyboards write. */
static const char *const formula_starts[] = {
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\xef\xbc\x9d",
    "\xef\xbc\x8b",
    "\xef\xbc\x8d",
    "\xef\xbc\xa0",
};

void csv_init(struct csv *csv, struct buf *out)
{
    csv->out = out;
    csv->in_row = false;
}

static void separate(struct csv *csv)
{
    if (csv->in_row) {
        buf_char(csv->out, ',');
    }
    csv->in_row = true;
}

static bool is_formula(struct slice text)
{
    for (size_t i = 0; i < sizeof formula_starts / sizeof formula_starts[0]; i++) {
        if (slice_starts(text, slice_cstr(formula_starts[i]))) {
            return true;
        }
    }
    return false;
}

static bool needs_quotes(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '"' || c == ',' || c == '\n' || c == '\r') {
            return true;
        }
    }
    return text.len > 0 && (text.ptr[0] == ' ' || text.ptr[text.len - 1] == ' ');
}

void csv_text(struct csv *csv, struct slice text)
{
    separate(csv);
    bool formula = is_formula(text), quoted = needs_quotes(text);
    if (quoted) {
        buf_char(csv->out, '"');
    }
    if (formula) {
        buf_char(csv->out, '\'');
    }
    size_t from = 0;
    for (size_t i = 0; quoted && i < text.len; i++) {
        if (text.ptr[i] == '"') { /* once more than it stands there */
            buf_append(csv->out, text.ptr + from, i + 1 - from);
            from = i;
        }
    }
    if (text.len > 0) {
        buf_append(csv->out, text.ptr + from, text.len - from);
    }
    if (quoted) {
        buf_char(csv->out, '"');
    }
}

void csv_word(struct csv *csv, struct slice word)
{
    separate(csv);
    buf_slice(csv->out, word);
}

void csv_end_row(struct csv *csv)
{
    buf_text(csv->out, "\r\n");
    csv->in_row = false;
}
