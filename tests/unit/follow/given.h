/* An archive, a clock that is turned, and a network that is made up. */
#ifndef GUILLEMET_TESTS_FOLLOW_GIVEN_H
#define GUILLEMET_TESTS_FOLLOW_GIVEN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "follow/watcher.h"
#include "ingest/pipeline.h"
#include "store/articles.h"
#include "store/check.h"
#include "store/sources.h"
#include "store/store.h"

#define MONDAY INT64_C(1767571200000) /* 2026-01-05T00:00:00Z */
#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define WEEK   (7 * DAY)

struct given {
    char path[64];
    struct store *store;
    struct store_reader *reader;
    struct pipeline *pipeline;
    struct arena *arena;
};

__attribute__((unused)) static struct given given_open(void)
{
    /* Thousands of commits: on a disk each would wait for it. */
    bool memory = access("/dev/shm", W_OK) == 0;
    struct given g = {.arena = arena_new(0)};
    snprintf(g.path, sizeof g.path, "%s/guillemet-follow-XXXXXX", memory ? "/dev/shm" : "/tmp");
    struct err e = {0};
    int descriptor = mkstemp(g.path);
    assert_true(descriptor >= 0 && g.arena);
    close(descriptor);
    unlink(g.path);
    clock_fake_ms(MONDAY);
    assert_int_equal(store_open(&(struct store_options){.path = g.path}, &g.store, &e), RC_OK);
    assert_int_equal(store_reader_open(g.store, &g.reader, &e), RC_OK);
    g.pipeline = pipeline_new(&(struct pipeline_options){.store = g.store, .threads = 1}, &e);
    assert_non_null(g.pipeline);
    return g;
}

__attribute__((unused)) static void given_close(struct given *g)
{
    char side[80];
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    pipeline_free(g->pipeline);
    store_reader_close(g->reader);
    store_close(g->store);
    arena_free(g->arena);
    for (int i = 0; i < 3; i++) {
        snprintf(side, sizeof side, "%s%s", g->path, suffixes[i]);
        unlink(side);
    }
    clock_fake_ms(-1);
}

__attribute__((unused)) static uint64_t given_source(struct given *g, enum source_kind kind,
                                                     const char *url)
{
    struct store_source_choice choice = {.kind = kind, .url = slice_cstr(url)};
    struct err e = {0};
    uint64_t id;
    if (store_source_add(g->store, &choice, (struct store_actor){.who = SLICE("test")}, &id, &e) !=
        RC_OK) {
        fail_msg("%s: %s", url, e.message);
    }
    return id;
}

__attribute__((unused)) static struct store_source given_get(struct given *g, uint64_t id)
{
    struct store_source source = {0};
    struct err e = {0};
    assert_int_equal(store_source_get(g->reader, id, g->arena, &source, &e), RC_OK);
    return source;
}

/* A reply as fetch_run would fill it. */
__attribute__((unused)) static void given_reply(struct fetch_reply *reply, unsigned status,
                                                const char *type, const char *body)
{
    *reply = (struct fetch_reply){
        .status = status, .max_age_s = -1, .retry_after_s = -1, .arena = arena_new(0)};
    assert_non_null(reply->arena);
    buf_init(&reply->body);
    reply->content_type = slice_cstr(type);
    if (body) {
        buf_text(&reply->body, body);
    }
}

__attribute__((unused)) static void given_turn(void *context, int64_t until_ms)
{
    (void)context;
    assert_true(until_ms >= clock_now_ms() && until_ms < MONDAY + 10 * WEEK);
    clock_fake_ms(until_ms);
}

#endif
