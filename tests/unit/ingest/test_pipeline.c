#include "given.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "analyse/gazetteer.h"
#include "store/articles.h"
#include "store/store.h"

struct scene {
    char path[64];
    struct store *store;
    struct pipeline *pipeline;
};

static enum rc render(void *context, const struct document *document,
                      const struct analysis *analysis, const struct identity *identity,
                      struct arena *arena, struct pipeline_rendering *out, struct err *e)
{
    (void)context, (void)analysis, (void)identity;
    if (slice_find(document->text, SLICE("illisible"), 0) != SIZE_MAX) {
        return err_set(e, RC_INTERNAL, "not to be rendered");
    }
    out->summary = arena_printf(arena, "\"n\":%zu", document->text.len);
    return RC_OK;
}

static struct scene scene_open_for(size_t threads, size_t queue, bool spares)
{
    struct scene s = {.path = "/tmp/guillemet-pipeline-XXXXXX"};
    struct err e = {0};
    int descriptor = mkstemp(s.path);
    assert_true(descriptor >= 0);
    close(descriptor);
    unlink(s.path);
    struct store_options options = {.path = s.path, .group_lasts_ms = spares ? 600000 : 0};
    assert_int_equal(store_open(&options, &s.store, &e), RC_OK);
    s.pipeline = pipeline_new(&(struct pipeline_options){.store = s.store,
                                                         .render = render,
                                                         .threads = threads,
                                                         .queue_limit = queue,
                                                         .spares = spares},
                              &e);
    assert_non_null(s.pipeline);
    return s;
}

static struct scene scene_open(size_t threads, size_t queue)
{
    return scene_open_for(threads, queue, false);
}

static void scene_close(struct scene *s)
{
    char side[80];
    pipeline_free(s->pipeline);
    store_close(s->store);
    unlink(s->path);
    snprintf(side, sizeof side, "%s-wal", s->path);
    unlink(side);
    snprintf(side, sizeof side, "%s-shm", s->path);
    unlink(side);
}

static struct pipeline_job job_of(const char *text, const char *id)
{
    struct pipeline_job job = {.arena = arena_new(0)};
    struct ingest_hints hints = {.content_type = SLICE("text/plain"),
                                 .external_id = slice_cstr(id)};
    struct document *document = NULL;
    struct err e;
    assert_int_equal(ingest_read(slice_cstr(text), &hints, job.arena, &document, &e), RC_OK);
    job.document = document;
    return job;
}

static struct pipeline_result put(struct scene *s, struct pipeline_job job)
{
    struct pipeline_result result = {.rc = RC_INTERNAL};
    struct err e = {0};
    enum rc rc = pipeline_put(s->pipeline, &job, &result, &e);
    assert_int_equal(rc, result.rc);
    assert_int_equal(e.rc, result.rc);
    return result;
}

static void test_outcomes(void **state)
{
    (void)state;
    struct scene s = scene_open(1, 4);
    struct pipeline_result first = put(&s, job_of("Il pleut sur Brest.", "7"));
    assert_int_equal(first.rc, RC_OK);
    assert_int_equal(first.outcome, OUTCOME_CREATED);
    assert_int_equal(first.revision, 1);
    assert_true(first.id == digest_article_id("external_id", SLICE("7")));
    assert_null(first.document);
    struct pipeline_result same = put(&s, job_of("Il pleut sur Brest.", "7"));
    assert_int_equal(same.outcome, OUTCOME_UNCHANGED);
    assert_true(same.id == first.id);
    struct pipeline_result edited = put(&s, job_of("Il neige sur Brest.", "7"));
    assert_int_equal(edited.outcome, OUTCOME_REVISED);
    assert_int_equal(edited.revision, 2);
    assert_true(edited.id == first.id);
    struct pipeline_progress progress = pipeline_progress(s.pipeline);
    assert_int_equal(progress.submitted, 3);
    assert_int_equal(progress.created, 1);
    assert_int_equal(progress.revised, 1);
    assert_int_equal(progress.unchanged, 1);
    assert_int_equal(progress.failed, 0);
    scene_close(&s);
}

static void test_preconditions(void **state)
{
    (void)state;
    struct scene s = scene_open(1, 4);
    struct pipeline_result first = put(&s, job_of("Il pleut sur Brest.", "7"));
    struct pipeline_job job = job_of("Il neige sur Brest.", NULL);
    job.has_id = true;
    job.id = first.id;
    job.if_revision = 4;
    assert_int_equal(put(&s, job).rc, RC_CONFLICT);
    job = job_of("Il neige sur Brest.", NULL);
    job.has_id = true;
    job.id = first.id ^ 1;
    assert_int_equal(put(&s, job).rc, RC_NOT_FOUND);
    assert_int_equal(pipeline_progress(s.pipeline).failed, 2);
    scene_close(&s);
}

static void test_a_failed_rendering_stores_nothing(void **state)
{
    (void)state;
    struct scene s = scene_open(1, 4);
    struct pipeline_result result = put(&s, job_of("Un mot illisible.", "7"));
    assert_int_equal(result.rc, RC_INTERNAL);
    assert_string_equal(result.err.message, "not to be rendered");
    assert_int_equal(put(&s, job_of("Un mot lisible.", "7")).outcome, OUTCOME_CREATED);
    scene_close(&s);
}

struct tally {
    atomic_int done, failed;
    atomic_uint last_revision;
};

static void count(void *context, const struct pipeline_result *result)
{
    struct tally *tally = context;
    assert_non_null(result->document);
    atomic_fetch_add(&tally->done, 1);
    atomic_fetch_add(&tally->failed, result->rc != RC_OK);
    atomic_store(&tally->last_revision, result->revision);
}

/* Many versions of one article through several workers and a short queue: all arrive, in order. */
static void test_submission_order_is_kept(void **state)
{
    (void)state;
    struct scene s = scene_open(4, 3);
    struct tally tally = {0};
    char text[400];
    for (int i = 0; i < 60; i++) {
        /* long and short texts take different times to analyse */
        snprintf(text, sizeof text, "Version %d. %.*s", i, i % 3 * 100,
                 "Le maire de Brest a dit non. La ville attend. Le maire de Brest a dit non. La "
                 "ville attend. "
                 "Le maire de Brest a dit non. La ville attend. Le maire de Brest a dit non. La "
                 "ville attend.");
        struct pipeline_job job = job_of(text, "7");
        struct err e = {0};
        job.wait = true;
        assert_int_equal(pipeline_submit(s.pipeline, &job, count, &tally, &e), RC_OK);
    }
    pipeline_drain(s.pipeline);
    assert_int_equal(atomic_load(&tally.done), 60);
    assert_int_equal(atomic_load(&tally.failed), 0);
    assert_int_equal(atomic_load(&tally.last_revision), 60);
    struct store_reader *reader = NULL;
    struct store_article article;
    struct arena *arena = arena_new(0);
    struct err e = {0};
    assert_int_equal(store_reader_open(s.store, &reader, &e), RC_OK);
    assert_int_equal(store_article_get(reader, digest_article_id("external_id", SLICE("7")),
                                       STORE_TEXT, arena, &article, &e),
                     RC_OK);
    assert_true(slice_starts(article.document.text, SLICE("Version 59.")));
    store_reader_close(reader);
    arena_free(arena);
    scene_close(&s);
}

static void count_without_analysis(void *context, const struct pipeline_result *result)
{
    assert_non_null(result->document);
    assert_true(result->rc != RC_OK || result->analysis == NULL);
    count(context, result);
}

/* More documents wait for a commit than may be under way: those that are rows make room. */
static void test_what_is_written_makes_room(void **state)
{
    (void)state;
    struct scene s = scene_open_for(2, 4, true);
    struct tally tally = {0};
    char text[100];
    for (int i = 0; i < 60; i++) {
        snprintf(text, sizeof text, "Version %d. Le maire de Brest a dit « non » hier.%s", i,
                 i % 20 == 7 ? " illisible" : "");
        struct pipeline_job job = job_of(text, "7");
        struct err e = {0};
        job.wait = true;
        job.if_revision = i == 30 ? 1000 : 0; /* a conflict */
        assert_int_equal(pipeline_submit(s.pipeline, &job, count_without_analysis, &tally, &e),
                         RC_OK);
    }
    pipeline_drain(s.pipeline);
    assert_int_equal(atomic_load(&tally.done), 60);
    assert_int_equal(atomic_load(&tally.failed), 4);
    assert_int_equal(atomic_load(&tally.last_revision), 56);
    scene_close(&s);
}

static void test_a_full_queue_says_so(void **state)
{
    (void)state;
    struct scene s = scene_open(1, 1);
    struct tally tally = {0};
    bool refused = false;
    int accepted = 0;
    for (int i = 0; i < 200 && !refused; i++) {
        struct pipeline_job job = job_of("Le maire de Brest a dit non.", "7");
        struct err e = {0};
        enum rc rc = pipeline_submit(s.pipeline, &job, count, &tally, &e);
        if (rc) { /* the arena is still ours */
            assert_int_equal(rc, RC_BUSY);
            arena_free(job.arena);
            refused = true;
        } else {
            accepted++;
        }
    }
    assert_true(refused);
    pipeline_drain(s.pipeline);
    assert_int_equal(atomic_load(&tally.done), accepted);
    scene_close(&s);
}

static void test_analysis_alone_needs_no_store(void **state)
{
    (void)state;
    struct err e = {0};
    struct pipeline *pipeline = pipeline_new(&(struct pipeline_options){.store = NULL}, &e);
    assert_non_null(pipeline);
    struct pipeline_job job = job_of("Le maire de Brest a dit « non » à la presse.", NULL);
    struct analysis *analysis = NULL;
    assert_int_equal(pipeline_analyse(pipeline, job.document, job.arena, &analysis, &e), RC_OK);
    assert_non_null(analysis);
    arena_free(job.arena);
    pipeline_free(pipeline);
}

/* Each is freed as soon as it is replaced, while analyses run: the sanitizers see who still reads it. */
static void test_gazetteers_change_under_analyses(void **state)
{
    (void)state;
    struct scene s = scene_open(2, 16);
    struct gazetteer *known = NULL;
    struct tally tally = {0};
    struct err e = {0};
    for (int turn = 0; turn < 40; turn++) {
        char text[160], id[16];
        struct gazetteer *fresh = NULL;
        snprintf(text, sizeof text,
                 "Le cercle des riverains, selon le CDR, a tenu %d réunions à Velm.", turn);
        snprintf(id, sizeof id, "n%d", turn);
        struct pipeline_job job = job_of(text, id);
        job.wait = true;
        assert_int_equal(pipeline_submit(s.pipeline, &job, count, &tally, &e), RC_OK);
        if (turn % 4 != 3) {
            assert_int_equal(gazetteer_parse(SLICE("add\tORG\tcercle des riverains\n"
                                                   "alias\tCDR\tcercle des riverains\n"),
                                             &fresh, &e),
                             RC_OK);
        }
        pipeline_set_gazetteer(s.pipeline, fresh);
        gazetteer_free(known);
        known = fresh;
    }
    pipeline_drain(s.pipeline);
    assert_int_equal(pipeline_progress(s.pipeline).created, 40);
    scene_close(&s);
    gazetteer_free(known);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outcomes),
        cmocka_unit_test(test_preconditions),
        cmocka_unit_test(test_a_failed_rendering_stores_nothing),
        cmocka_unit_test(test_submission_order_is_kept),
        cmocka_unit_test(test_what_is_written_makes_room),
        cmocka_unit_test(test_a_full_queue_says_so),
        cmocka_unit_test(test_analysis_alone_needs_no_store),
        cmocka_unit_test(test_gazetteers_change_under_analyses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
