#include "cli/restore.h"

#include "analyse/analyse.h"
#include "text/digest.h"

#define PAGE 500

static enum rc delete_article(struct store *store, uint64_t id, struct err *e)
{
    struct store_write request = {
        .kind = STORE_DELETE, .has_id = true, .id = id, .who = SLICE("guillemet ingest")};
    struct store_result result;
    return store_write_wait(store, &request, &result, e);
}

/* A tombstone stands where an article stood: an archive that never had it gets a stand-in to delete, so that the
 * article doesn't come back by accident here either. */
static enum rc put_stand_in(struct store *store, const struct ingest_archive *archive,
                            struct arena *arena, struct err *e)
{
    char id[DIGEST_ID_CHARS + 1];
    digest_format_id(archive->id, id);
    struct document document = {.text = arena_printf(arena, "deleted %s", id)};
    struct analysis analysis = {.analyser = ANALYSE_VERSION};
    struct store_history history = {.revision = archive->history.revision,
                                    .ingested_ms = archive->deleted_ms,
                                    .updated_ms = archive->deleted_ms};
    if (!slice_present(document.text)) {
        return err_nomem(e);
    }
    struct store_write request = {.kind = STORE_PUT,
                                  .id = archive->id,
                                  .key_kind = "content",
                                  .document = &document,
                                  .analysis = &analysis,
                                  .content = digest_sha256(&document.text, 1),
                                  .revision = digest_sha256(&document.text, 1),
                                  .history = history.revision ? &history : NULL,
                                  .who = SLICE("guillemet ingest")};
    struct store_result result;
    return store_write_wait(store, &request, &result, e);
}

static enum rc restore_deletion(struct store *store, const struct ingest_archive *archive,
                                struct arena *arena, struct err *e)
{
    enum rc rc = delete_article(store, archive->id, e);
    if (rc == RC_NOT_FOUND) {
        rc = put_stand_in(store, archive, arena, e);
        rc = rc ? rc : delete_article(store, archive->id, e);
    }
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
    return archive->kind == ARCHIVE_TOMBSTONE
               ? restore_deletion(store, archive, arena, e)
               : restore_correction(store, &archive->correction, arena, e);
}
