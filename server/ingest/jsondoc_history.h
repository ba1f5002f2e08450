/* Reading what archive.h writes about the past: keys, older revisions, whom mentions were taken for, entities.
 * Internal to ingest/. */
#ifndef GUILLEMET_INGEST_JSONDOC_HISTORY_H
#define GUILLEMET_INGEST_JSONDOC_HISTORY_H

#include <jansson.h>

#include "ingest/archive.h"

/* `object`: the member "archive" of an export. */
enum rc jsondoc_history(json_t *object, struct arena *arena, struct store_history *out,
                        struct err *e);
enum rc jsondoc_entities(json_t *array, struct arena *arena, struct ingest_archive *out,
                         struct err *e);

#endif
