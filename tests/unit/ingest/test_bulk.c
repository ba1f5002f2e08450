/* Many documents through the pipeline: results in order, skipping, stopping, trying out, and a beat while one takes long. */
#include "given.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "ingest/bulk.h"
#include "store/store.h"

enum { ITEMS = 3 * BULK_WINDOW };

struct scene {
    char path[64];
    struct store *store;
    struct pipeline *pipeline;
    bool slow;
    size_t heard, failed, stop_at;
    size_t first, created, unchanged;
    int beats;
};

static enum rc render(void *context, const struct document *document,
                      const struct analysis *analysis, const struct identity *identity,
                      struct arena *arena, struct pipeline_rendering *out, struct err *e)
{
    const struct scene *scene = context;
    (void)document, (void)analysis, (void)identity, (void)arena, (void)e;
    if (scene->slow) {
        usleep(1300000);
    }
    out->summary = SLICE("\"n\":1");
    return RC_OK;
}

static int setup(void **state)
{
    struct scene *s = calloc(1, sizeof *s);
    struct err e = {0};
    snprintf(s->path, sizeof s->path, "/tmp/guillemet-bulk-XXXXXX");
    int descriptor = mkstemp(s->path);
    assert_true(descriptor >= 0);
    close(descriptor);
    unlink(s->path);
    assert_int_equal(store_open(&(struct store_options){.path = s->path}, &s->store, &e), RC_OK);
    s->pipeline = pipeline_new(&(struct pipeline_options){.store = s->store,
                                                          .render = render,
                                                          .render_context = s,
                                                          .threads = 2,
                                                          .queue_limit = 8},
                               &e);
    assert_non_null(s->pipeline);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    struct scene *s = *state;
    pipeline_free(s->pipeline);
    store_close(s->store);
    for (size_t i = 0; i < 3; i++) {
        char side[80];
        snprintf(side, sizeof side, "%s%s", s->path, ends[i]);
        unlink(side);
    }
    free(s);
    return 0;
}

static void each(void *context, const struct bulk_item *item)
{
    struct scene *s = context;
    assert_int_equal(item->index, s->first + s->heard); /* in order, none left out */
    assert_int_equal(item->line, item->index + 1);
    s->heard++;
    s->failed += item->rc != RC_OK;
    if (item->rc == RC_OK) {
        s->created += item->outcome == OUTCOME_CREATED;
        s->unchanged += item->outcome == OUTCOME_UNCHANGED;
    } else {
        assert_string_equal(item->err.field, "/text");
    }
}

static bool stop(void *context)
{
    const struct scene *s = context;
    return s->stop_at && s->heard >= s->stop_at;
}

static void beat(void *context)
{
    struct scene *s = context;
    s->beats++;
}

/* Every tenth is wrong. */
static void run(struct scene *s, size_t items, struct bulk_options options)
{
    struct buf body;
    struct err e = {0};
    buf_init(&body);
    for (size_t i = 0; i < items; i++) {
        buf_printf(&body,
                   i % 10 == 9 ? "{\"text\": %zu}\n"
                               : "{\"external_id\": \"%zu\", \"text\": \"Il pleut.\"}\n",
                   i);
    }
    struct ingest_hints hints = {.content_type = SLICE("application/x-ndjson")};
    assert_int_equal(ingest_open_bytes(buf_view(&body), &hints, &options.source, &e), RC_OK);
    s->heard = s->failed = s->created = s->unchanged = 0;
    s->first = options.skip;
    options.pipeline = s->pipeline;
    options.each = each;
    options.stop = stop;
    options.context = s;
    assert_int_equal(bulk_run(&options, &e), RC_OK);
    ingest_close(options.source);
    buf_done(&body);
}

static void results_in_order(void **state)
{
    struct scene *s = *state;
    run(s, ITEMS, (struct bulk_options){0});
    assert_int_equal(s->heard, ITEMS);
    assert_int_equal(s->failed, ITEMS / 10);
    assert_int_equal(s->created, ITEMS - ITEMS / 10);
    run(s, ITEMS, (struct bulk_options){.skip = 100}); /* as after a restart */
    assert_int_equal(s->heard, ITEMS - 100);
    assert_int_equal(s->created, 0);
    assert_int_equal(s->unchanged, s->heard - s->failed);
}

static void a_dry_run_stores_nothing(void **state)
{
    struct scene *s = *state;
    run(s, 30, (struct bulk_options){.dry_run = true});
    assert_int_equal(s->heard, 30);
    assert_int_equal(s->failed, 3);
    run(s, 30, (struct bulk_options){0});
    assert_int_equal(s->created, 27);
}

/* Those under way are told of; no more are begun. */
static void it_stops(void **state)
{
    struct scene *s = *state;
    s->stop_at = 1;
    run(s, ITEMS, (struct bulk_options){0});
    assert_in_range(s->heard, 1, 2 * BULK_WINDOW);
    size_t stored = s->created;
    s->stop_at = 0;
    run(s, ITEMS, (struct bulk_options){0});
    assert_int_equal(s->unchanged, stored);
}

static void it_beats(void **state)
{
    struct scene *s = *state;
    s->slow = true;
    run(s, 1, (struct bulk_options){.beat = beat});
    assert_true(s->beats >= 1);
    assert_int_equal(s->created, 1);
}

int main(void)
{
#define IN_SCENE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        IN_SCENE(results_in_order),
        IN_SCENE(a_dry_run_stores_nothing),
        IN_SCENE(it_stops),
        IN_SCENE(it_beats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
