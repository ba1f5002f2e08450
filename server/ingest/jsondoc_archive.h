/* Reading what archive.h writes. */
#ifndef GUILLEMET_INGEST_JSONDOC_ARCHIVE_H
#define GUILLEMET_INGEST_JSONDOC_ARCHIVE_H

#include "ingest/archive.h"
#include "ingest/jsondoc.h"

/* Fills `out` and removes the members "archive" and "correction" from the object. */
enum rc jsondoc_archive(json_t *object, struct arena *arena, struct document *document,
                        struct ingest_archive *out, struct err *e);

#endif
