#include "cli/restore.h"

#define PAGE 500

/* A tombstone stands where an article stood, also where it never was: so that it doesn't come back by accident
 * here either. */
static enum rc restore_deletion(struct store *store, const struct ingest_archive *archive,
                                struct err *e)
{
    struct store_write request = {.kind = STORE_DELETE,
                                  .has_id = true,
                                  .id = archive->id,
                                  .history = &archive->history,
                                  .who = SLICE("guillemet ingest")};
    struct store_result result;
    enum rc rc = store_write_wait(store, &request, &result, e);
    return rc == RC_GONE ? RC_OK : rc; /* deleted here too */
}

static bool same_slice(struct slice a, struct slice b)
{
    return slice_present(a) == slice_present(b) && slice_equal(a, b);
}

static bool same_correction(const struct store_correction *a, const struct store_correction *b)
{
    return a->kind == b->kind && a->created_ms == b->created_ms && a->article == b->article &&
           same_slice(a->value, b->value) && same_slice(a->alias_key, b->alias_key) &&
           same_slice(a->words, b->words);
}

static enum rc find_correction(struct store *store, const struct store_correction *wanted,
                               struct arena *arena, bool *found, struct err *e)
{
    struct store_reader *reader = NULL;
    enum rc rc = store_reader_open(store, &reader, e);
    int64_t after = 0;
    *found = false;
    while (rc == RC_OK && !*found) {
        struct store_correction *rows = NULL;
        size_t count = 0;
        rc = store_correction_list(reader, false, after, PAGE, arena, &rows, &count, e);
        for (size_t i = 0; rc == RC_OK && i < count; i++) {
            *found |= same_correction(&rows[i], wanted);
            after = rows[i].number;
        }
        if (count < PAGE) {
            break;
        }
    }
    store_reader_close(reader);
    return rc;
}

static enum rc restore_correction(struct store *store, const struct store_correction *correction,
                                  struct arena *arena, struct err *e)
{
    bool found = false;
    int64_t number = 0, affected = 0;
    enum rc rc = find_correction(store, correction, arena, &found, e);
    if (rc || found) {
        return rc;
    }
    return store_correct(store, correction, &number, &affected, e);
}

enum rc restore_record(struct store *store, const struct ingest_archive *archive,
                       struct arena *arena, struct err *e)
{
    switch (archive->kind) {
    case ARCHIVE_TOMBSTONE:
        return restore_deletion(store, archive, e);
    case ARCHIVE_ENTITIES:
        return store_entity_restore(store, archive->entities, archive->entity_count, e);
    case ARCHIVE_CORRECTION:
        return restore_correction(store, &archive->correction, arena, e);
    case ARCHIVE_NONE:
    case ARCHIVE_ARTICLE:
        break;
    }
    return RC_OK;
}
