/* What an export remembers beside the document, and an import gives back.
 *
 * Shape:  member "archive" of a document: {"id","revision","ingested_at","updated_at","warnings"}, "keys" (all
 *         URLs, external ids and texts it was known by, hashed), "revisions" (older ones, with their texts)
 *         and "mentions" (entity id → first bytes). A line of its own for what is no article:
 *         {"archive":{"id","deleted_at",…}} is a tombstone, {"entities":[…]} some hundred entities or
 *         redirects, {"correction":{…}} a correction (store/corrections.h). Read only where the caller
 *         trusts the input (ingest_hints.archive): to anyone else these are unknown fields.
 * Errors: RC_INVALID with the JSON pointer.
 * Memory: the arena given to ingest_next.
 */
#ifndef GUILLEMET_INGEST_ARCHIVE_H
#define GUILLEMET_INGEST_ARCHIVE_H

#include "base/jsonw.h"
#include "model/document.h"
#include "store/articles.h"
#include "store/corrections.h"
#include "store/entities.h"
#include "store/write.h"

enum archive_kind {
    ARCHIVE_NONE,
    ARCHIVE_ARTICLE,
    ARCHIVE_TOMBSTONE,
    ARCHIVE_CORRECTION,
    ARCHIVE_ENTITIES
};

struct ingest_archive {
    enum archive_kind kind;
    uint64_t id;
    struct store_history history;         /* ARCHIVE_ARTICLE, ARCHIVE_TOMBSTONE */
    int64_t deleted_ms;                   /* ARCHIVE_TOMBSTONE */
    struct store_entity_record *entities; /* ARCHIVE_ENTITIES */
    size_t entity_count;
    struct store_correction correction; /* ARCHIVE_CORRECTION */
};

/* One line of an export, without the line end. `history`: of store_article_history. */
void archive_write_record(struct jsonw *w, const struct store_record *record,
                          const struct store_history *history);
/* `redirects`: only what they were merged into. */
void archive_write_entities(struct jsonw *w, const struct store_entity_record *rows, size_t count,
                            bool redirects);
void archive_write_correction(struct jsonw *w, const struct store_correction *correction);

#endif
