/* Putting back what an export holds beside articles: deletions, entities and corrections. */
#ifndef GUILLEMET_CLI_RESTORE_H
#define GUILLEMET_CLI_RESTORE_H

#include "ingest/archive.h"

/* Doing it twice changes nothing the second time. */
enum rc restore_record(struct store *store, const struct ingest_archive *archive,
                       struct arena *arena, struct err *e);

#endif
