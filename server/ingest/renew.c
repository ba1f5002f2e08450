#include "ingest/renew.h"

#include "ingest/pipeline.h"
#include "store/articles.h"
#include "store/corrections.h"

enum { RENEWED_MOST = 50 };

/* What the correction took away is in no row any more, but the text still says it. */
static bool renew(struct pipeline *pipeline, struct store_reader *reader, uint64_t id,
                  struct slice who)
{
    struct pipeline_job job = {
        .arena = arena_new(0), .has_id = true, .id = id, .analysis_only = true, .who = who};
    struct store_article *row = job.arena ? ARENA_NEW(job.arena, struct store_article) : NULL;
    struct pipeline_result result;
    struct err ignored;
    if (!row ||
        store_article_get(reader, id, STORE_META | STORE_TEXT | STORE_BLOCKS | STORE_WHOLE,
                          job.arena, row, &ignored) ||
        row->rights == STORE_RIGHTS_PURGED) {
        arena_free(job.arena);
        return false;
    }
    job.document = &row->document;
    job.if_revision = row->revision;
    return pipeline_put(pipeline, &job, &result, &ignored) == RC_OK;
}

void renew_after_undo(struct pipeline *pipeline, struct store_reader *reader,
                      const struct store_correction *correction, struct slice who,
                      struct arena *arena, int64_t *waiting)
{
    struct store_record *rows;
    size_t count = 0;
    struct err ignored;
    if (correction_about_quote(correction->kind)) {
        *waiting -= *waiting == 1 && renew(pipeline, reader, correction->article, who);
        return;
    }
    if (*waiting == 0 || *waiting > RENEWED_MOST ||
        store_article_marked(reader, RENEWED_MOST, arena, &rows, &count, &ignored)) {
        return;
    }
    for (size_t i = 0; i<count && * waiting> 0; i++) {
        *waiting -= renew(pipeline, reader, rows[i].article.id, who);
    }
}
