/* A reader's inside: internal to store/. */
#ifndef GUILLEMET_STORE_READER_H
#define GUILLEMET_STORE_READER_H

#include "store/db.h"
#include "store/store.h"

struct store_reader {
    struct db *db;
    struct store *store;
};

/* Rowid and state of an article by public id: RC_NOT_FOUND, RC_GONE. */
enum rc reader_article(struct store_reader *reader, uint64_t id, int64_t *row, struct err *e);
/* Rowid of an entity by public id, merged ones followed: RC_NOT_FOUND. */
enum rc reader_entity(struct store_reader *reader, uint64_t id, int64_t *row, struct err *e);
/* Rowid of a source by name, 0 when no article has it. */
int64_t reader_source(struct store_reader *reader, struct slice name);

#endif
