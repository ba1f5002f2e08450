/* Which stored article a document is, and whether it says anything new. Internal to store/. */
#ifndef GUILLEMET_STORE_STANDING_H
#define GUILLEMET_STORE_STANDING_H

#include "store/db.h"
#include "store/write.h"

/* An article as it stands before the write. */
struct standing {
    bool exists, deleted;
    int64_t article;
    uint64_t id;
    uint32_t revision;
    int64_t ingested_ms, updated_ms;
    bool same; /* the document is the stored revision */
};

/* By the request's id, else by its document's keys. */
void standing_find(struct db *db, const struct store_write *request, struct standing *out);

#endif
