#include "store/put.h"

#include <inttypes.h>
#include <stdio.h>

#include "store/change_rows.h"
#include "store/duplicate_rows.h"
#include "store/followed_rows.h"
#include "store/replay_write.h"
#include "store/standing.h"
#include "store/text_purge.h"

static enum rc guard(const struct store_write *request, const struct standing *standing,
                     struct err *e)
{
    char id[DIGEST_ID_CHARS + 1];
    digest_format_id(standing->exists ? standing->id : request->id, id);
    bool needed = request->has_id || request->kind != STORE_PUT;
    bool imported = request->history != NULL;
    if (!standing->exists && needed && !imported) {
        return err_set(e, RC_NOT_FOUND, "there is no article %s", id);
    }
    if (standing->deleted && (!request->revive || request->kind != STORE_PUT)) {
        return err_set(e, RC_GONE, "article %s was deleted; only an explicit revive brings it back",
                       id);
    }
    if (request->if_none && standing->exists && !standing->deleted) {
        return err_set(e, RC_CONFLICT, "article %s is there already", id);
    }
    if (request->if_revision != 0 && request->if_revision != standing->revision) {
        return err_set(e, RC_CONFLICT, "article %s is at revision %" PRIu32 ", not %" PRIu32, id,
                       standing->revision, request->if_revision);
    }
    return RC_OK;
}

static bool span_fits(struct span span, size_t len)
{
    return span.start_byte <= span.end_byte && span.end_byte <= len;
}

static bool speaker_fits(const struct speaker *speaker, const struct analysis *a, size_t len)
{
    return !speaker->present ||
           ((speaker->implied || span_fits(speaker->span, len)) &&
            (speaker->entity == NO_INDEX || speaker->entity < a->entity_count) &&
            (speaker->affiliation == NO_INDEX || speaker->affiliation < a->entity_count));
}

static bool quote_fits(const struct quote *q, const struct analysis *a, size_t len)
{
    bool fits = span_fits(q->before, len) && span_fits(q->after, len) &&
                speaker_fits(&q->speaker, a, len) && speaker_fits(&q->reported_by, a, len) &&
                speaker_fits(&q->addressee, a, len) &&
                (!q->cue.present || span_fits(q->cue.span, len));
    for (size_t i = 0; i < q->span_count && fits; i++) {
        fits = span_fits(q->spans[i].span, len) &&
               (i == 0 || q->spans[i].span.start_byte >= q->spans[i - 1].span.end_byte);
    }
    for (size_t i = 0; i < q->about_count && fits; i++) {
        fits = q->about[i] < a->entity_count;
    }
    for (size_t i = 0; i < q->alternative_count && fits; i++) {
        fits = q->alternatives[i].entity < a->entity_count;
    }
    return fits && (q->body_quote == NO_INDEX || q->body_quote < a->quote_count);
}

/* The archive outlives analysers: what one of them got wrong must not get in. */
static enum rc check_analysis(const struct document *d, const struct analysis *a, struct err *e)
{
    size_t len = d->text.len;
    bool fits = true;
    for (size_t i = 0; i < d->block_count && fits; i++) {
        fits = span_fits(d->blocks[i].span, len) &&
               (i == 0 || d->blocks[i].span.start_byte >= d->blocks[i - 1].span.end_byte);
    }
    for (size_t i = 0; i < a->mention_count && fits; i++) {
        fits = span_fits(a->mentions[i].span, len) && a->mentions[i].entity < a->entity_count &&
               (i == 0 || a->mentions[i].span.start_byte >= a->mentions[i - 1].span.end_byte);
    }
    for (size_t i = 0; i < a->entity_count && fits; i++) {
        for (size_t t = 0; t < a->entities[i].title_count && fits; t++) {
            fits = span_fits(a->entities[i].titles[t].span, len);
        }
    }
    for (size_t i = 0; i < a->mark_count && fits; i++) {
        fits = span_fits(a->marks[i].span, len);
    }
    for (size_t i = 0; i < a->quote_count && fits; i++) {
        fits = quote_fits(&a->quotes[i], a, len);
    }
    return fits ? RC_OK
                : err_set(e, RC_INTERNAL,
                          "the analysis (version %s) has spans or references that don't "
                          "fit its text",
                          a->analyser ? a->analyser : "unknown");
}

static void prepare(struct put *p, struct writer *w, const struct store_write *request,
                    const struct standing *standing)
{
    const struct store_history *history = request->history;
    *p = (struct put){.w = w,
                      .request = request,
                      .document = request->document,
                      .analysis = request->analysis,
                      .article = standing->article};
    p->id = standing->exists ? standing->id : request->id;
    p->revision = standing->revision + 1;
    if (history && history->revision > p->revision) {
        p->revision = history->revision;
    }
    p->ingested_ms = standing->exists ? standing->ingested_ms : w->now_ms;
    p->updated_ms = w->now_ms;
    if (history != NULL) {
        p->ingested_ms = history->ingested_ms ? history->ingested_ms : p->ingested_ms;
        p->updated_ms = history->updated_ms ? history->updated_ms : p->updated_ms;
    }
    p->sort_ms = p->document->published.present ? p->document->published.time_ms : p->ingested_ms;
    p->lang = p->analysis->lang;
    p->offsets = offsets_new(w->arena, p->document->text);
}

static void audit(struct writer *w, const struct store_write *request, const char *action,
                  uint64_t id, uint32_t revision)
{
    char target[DIGEST_ID_CHARS + 1], detail[32];
    digest_format_id(id, target);
    (void)snprintf(detail, sizeof detail, "revision %" PRIu32, revision);
    writer_audit(w, &(struct audit_entry){.who = request->who,
                                          .action = action,
                                          .target = slice_cstr(target),
                                          .detail = revision ? slice_cstr(detail) : SLICE_NONE,
                                          .request = request->request});
}

static enum rc put(struct writer *w, const struct store_write *request, struct standing *standing,
                   struct store_result *result, struct err *e)
{
    struct put p;
    enum rc rc = check_analysis(request->document, request->analysis, e);
    if (rc != RC_OK) {
        return rc;
    }
    prepare(&p, w, request, standing);
    if (standing->exists && !standing->deleted) {
        article_rows_count(w, p.article, -1);
        analysis_rows_remove(w, p.article);
        duplicate_rows_leave(w, p.article);
        article_rows_retire(w, p.article, !text_is_purged(w, p.article));
    } else if (standing->deleted) {
        counters_add(w->counters, COUNT_TOMBSTONES, -1, SLICE_NONE, -1);
    }
    article_rows_write(&p, !standing->exists);
    article_history_write(&p);
    duplicate_rows_join(w, p.article, p.document);
    analysis_rows_write(&p);
    article_rows_analysed(&p);
    article_rows_count(w, p.article, 1);
    if (request->history && request->history->text_purged) {
        text_purge(w, p.article);
    }
    change_rows_article(w, p.article);
    result->outcome = standing->exists && !standing->deleted ? OUTCOME_REVISED : OUTCOME_CREATED;
    result->id = p.id;
    result->revision = p.revision;
    audit(w, request, result->outcome == OUTCOME_REVISED ? "article_revise" : "article_create",
          p.id, p.revision);
    w->changed = true;
    return RC_OK;
}

static enum rc put_or_leave(struct writer *w, const struct store_write *request,
                            struct standing *standing, struct store_result *result, struct err *e)
{
    if (!standing->exists || standing->deleted || !standing->same) {
        return put(w, request, standing, result, e);
    }
    struct put p = {.w = w,
                    .request = request,
                    .document = request->document,
                    .article = standing->article,
                    .id = standing->id,
                    .revision = standing->revision};
    article_rows_keys(&p); /* it may be known under one more URL now */
    article_history_write(&p);
    result->outcome = OUTCOME_UNCHANGED;
    result->id = standing->id;
    result->revision = standing->revision;
    return RC_OK;
}

static enum rc reanalyse(struct writer *w, const struct store_write *request,
                         struct standing *standing, struct store_result *result, struct err *e)
{
    struct put p;
    enum rc rc = check_analysis(request->document, request->analysis, e);
    if (rc != RC_OK) {
        return rc;
    }
    prepare(&p, w, request, standing);
    p.revision = standing->revision;
    p.updated_ms = standing->updated_ms;
    article_rows_count(w, p.article, -1);
    analysis_rows_remove(w, p.article);
    sqlite3_stmt *s = db_use(w->db, "SELECT source FROM articles WHERE id = ?1");
    db_bind_int(s, 1, p.article);
    p.source = db_step(w->db, s) ? db_int(s, 0) : 0;
    db_done(s);
    article_rows_key(&p);
    analysis_rows_write(&p);
    article_rows_analysed(&p);
    duplicate_rows_renew(w, p.article, p.document);
    article_rows_count(w, p.article, 1);
    change_rows_article(w, p.article);
    result->outcome = OUTCOME_REVISED;
    result->id = p.id;
    result->revision = p.revision;
    w->changed = true;
    return RC_OK;
}

/* A tombstone of another archive: its article was never here, or is still. */
static void import_tombstone(struct put *p, bool fresh)
{
    const struct store_history *history = p->request->history;
    sqlite3_stmt *s =
        db_use(p->w->db,
               "INSERT INTO articles (id, public_id, key_kind, deleted_ms, revision, revision_hash,"
               " content_hash, ingested_ms, updated_ms, sort_ms)"
               " VALUES (?1, ?2, ?3, ?4, ?5, x'', x'', ?6, ?4, ?6) ON CONFLICT (id) DO UPDATE SET"
               " deleted_ms = excluded.deleted_ms, updated_ms = excluded.updated_ms,"
               " revision = max(revision, excluded.revision)");
    db_bind_maybe(s, 1, !fresh, p->article);
    db_bind_int(s, 2, db_id(p->id));
    db_bind_text(s, 3, slice_cstr(history->key_kind ? history->key_kind : "content"));
    db_bind_int(s, 4, history->updated_ms ? history->updated_ms : p->w->now_ms);
    db_bind_int(s, 5, history->revision);
    db_bind_int(s, 6, history->ingested_ms ? history->ingested_ms : history->updated_ms);
    db_run(p->w->db, s);
    if (fresh) {
        p->article = sqlite3_last_insert_rowid(p->w->db->handle);
    }
    article_history_write(p);
}

static enum rc bury(struct writer *w, const struct store_write *request,
                    const struct standing *standing, struct store_result *result)
{
    if (standing->exists) {
        article_rows_count(w, standing->article, -1);
        analysis_rows_remove(w, standing->article);
        duplicate_rows_leave(w, standing->article);
        article_rows_retire(w, standing->article, false);
        article_rows_bury(w, standing->article);
        audit(w, request, "article_delete", request->id, 0);
    }
    if (request->history != NULL) {
        struct put p = {
            .w = w, .request = request, .article = standing->article, .id = request->id};
        import_tombstone(&p, !standing->exists);
        change_rows_article(w, p.article);
    } else {
        change_rows_article(w, standing->article);
    }
    counters_add(w->counters, COUNT_TOMBSTONES, -1, SLICE_NONE, 1);
    result->outcome = OUTCOME_DELETED;
    result->id = request->id;
    result->revision = standing->exists ? standing->revision : request->history->revision;
    w->changed = true;
    return RC_OK;
}

static int64_t row_of(struct writer *w, uint64_t id)
{
    sqlite3_stmt *s = db_use(w->db, "SELECT id FROM articles WHERE public_id = ?1");
    db_bind_int(s, 1, db_id(id));
    int64_t row = db_step(w->db, s) ? db_int(s, 0) : 0;
    db_done(s);
    return row;
}

/* An item of a followed source: what is another source's stays as that one tells it. */
static enum rc put_followed(struct writer *w, const struct store_write *request,
                            struct standing *standing, struct store_result *result, struct err *e)
{
    struct followed followed;
    enum rc rc = followed_rows_look(w, request->followed, standing->article, &followed, e);
    if (rc == RC_OK && followed.others) {
        result->outcome = OUTCOME_UNCHANGED;
        result->id = standing->id;
        result->revision = standing->revision;
    } else if (rc == RC_OK) {
        rc = put_or_leave(w, request, standing, result, e);
    }
    if (rc == RC_OK) {
        followed_rows_note(w, request->followed, &followed, row_of(w, result->id), standing->exists,
                           result->outcome);
    }
    return rc;
}

static enum rc purge_text(struct writer *w, const struct store_write *request,
                          const struct standing *standing, struct store_result *result)
{
    *result = (struct store_result){
        .outcome = OUTCOME_UNCHANGED, .id = standing->id, .revision = standing->revision};
    if (text_purge(w, standing->article)) {
        audit(w, request, "article_text_purge", request->id, 0);
        change_rows_article(w, standing->article);
        result->outcome = OUTCOME_REVISED;
        w->changed = true;
    }
    return RC_OK;
}

static enum rc write_it(struct writer *w, struct job *job, struct err *e)
{
    const struct store_write *request = &job->request;
    struct standing standing = {0};
    standing_find(w->db, request, &standing);
    enum rc rc = db_check(w->db, e);
    if (rc == RC_OK) {
        rc = guard(request, &standing, e);
    }
    if (rc != RC_OK) {
        return rc;
    }
    switch (request->kind) {
    case STORE_PUT:
        return request->followed ? put_followed(w, request, &standing, &job->result, e)
                                 : put_or_leave(w, request, &standing, &job->result, e);
    case STORE_ANALYSIS:
        return reanalyse(w, request, &standing, &job->result, e);
    case STORE_DELETE:
        return bury(w, request, &standing, &job->result);
    case STORE_PURGE_TEXT:
        return purge_text(w, request, &standing, &job->result);
    }
    return err_set(e, RC_INTERNAL, "unknown kind of write");
}

enum rc put_run(struct writer *w, struct job *job, struct err *e)
{
    enum rc rc = write_it(w, job, e);
    if (rc == RC_OK && job->request.replay != NULL) {
        struct store_replay replay = *job->request.replay;
        job->request.reply(job->request.context, &job->result, &replay);
        replay_write(w, &replay);
    }
    return rc;
}
