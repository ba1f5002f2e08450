/* Comma-separated values, for spreadsheets and data frames.
 *
 * Shape:   RFC 4180: fields between commas, rows end in CR LF, a field with a comma, quote, line end or blank at an end
 *          stands in double quotes, a quote within is doubled. UTF-8 without a byte order mark: readers
 *          of data take one for a part of the first column's name.
 *          A text that a spreadsheet would run as a formula (it begins with = + - @, their full-width forms, a tab or a
 *          line end) gets an apostrophe in front, which spreadsheets hide; numbers are written as they are.
 * Errors:  sticky in the buf.
 */
#ifndef GUILLEMET_BASE_CSV_H
#define GUILLEMET_BASE_CSV_H

#include "base/buf.h"

struct csv {
    struct buf *out;
    bool in_row;
};

void csv_init(struct csv *csv, struct buf *out);
void csv_text(struct csv *csv, struct slice text); /* absent: an empty field */
/* What is no user's text: numbers, ids, true and false. */
void csv_word(struct csv *csv, struct slice word);
void csv_end_row(struct csv *csv);

#endif
