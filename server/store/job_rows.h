/* Jobs as they are read. Internal to store/. */
#ifndef GUILLEMET_STORE_JOB_ROWS_H
#define GUILLEMET_STORE_JOB_ROWS_H

#include "store/jobs.h"
#include "store/list_sql.h"
#include "store/writer.h"

/* An unfinished one with its body; RC_NOT_FOUND: it was cancelled meanwhile. */
enum rc job_rows_body(struct store_reader *reader, int64_t row, struct arena *arena,
                      struct store_job *out, struct err *e);

#endif
