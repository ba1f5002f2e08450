/* A reader's inside: internal to store/. */
#ifndef GUILLEMET_STORE_READER_H
#define GUILLEMET_STORE_READER_H

#include "store/db.h"
#include "store/store.h"

struct store_reader {
    struct db *db;
    struct store *store;
    sqlite3_stmt *moment; /* its open row holds the read transaction, see reader.c */
    int depth;            /* how many have entered */
    int64_t version;      /* while depth > 0: of this moment */
    uint64_t identity;    /* of the archive; 0: not asked yet */
};

/* Several statements of one answer see the same moment. False: it failed, as db_check will say. */
bool reader_enter(struct store_reader *reader);
void reader_leave(struct store_reader *reader, bool entered);

/* Rowid and state of an article by public id: RC_NOT_FOUND, RC_GONE. */
enum rc reader_article(struct store_reader *reader, uint64_t id, int64_t *row, struct err *e);
/* Rowid of an entity by public id, merged ones followed: RC_NOT_FOUND. */
enum rc reader_entity(struct store_reader *reader, uint64_t id, int64_t *row, struct err *e);
/* Rowid of a source by name, else by name folded as names of entities are; 0 when no article has it. */
int64_t reader_source(struct store_reader *reader, struct slice name);

#endif
