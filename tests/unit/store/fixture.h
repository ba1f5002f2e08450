/* Documents and analyses made by hand, so that the store is tested without the analyser.
 *
 *   struct fixture f;
 *   fixture_begin(&f, "https://example.org/1", "Titre", "Steve Witkoff a rencontré …");
 *   uint32_t w = fixture_entity(&f, "Steve Witkoff", ENTITY_PER);
 *   fixture_mention(&f, w, "Witkoff");            every occurrence not yet taken
 *   fixture_quote(&f, "une étape", w, QUOTE_DIRECT);
 *   fixture_put(&f, store, &result);
 */
#ifndef GUILLEMET_TESTS_STORE_FIXTURE_H
#define GUILLEMET_TESTS_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/articles.h"
#include "store/check.h"
#include "store/entities.h"
#include "store/quotes.h"
#include "store/store.h"
#include "store/write.h"
#include "text/dates.h"

#define FIXTURE_MOST 64

struct fixture {
    struct arena *arena;
    struct document document;
    struct analysis analysis;
    struct block blocks[2];
    struct mention mentions[FIXTURE_MOST];
    struct entity entities[FIXTURE_MOST];
    struct quote quotes[FIXTURE_MOST];
    struct mark marks[FIXTURE_MOST];
    char text[4096];
    struct slice summary;
};

__attribute__((unused)) static void fixture_begin(struct fixture *f, const char *url,
                                                  const char *title, const char *body)
{
    memset(f, 0, sizeof *f);
    f->arena = arena_new(0);
    snprintf(f->text, sizeof f->text, "%s\n\n%s\n", title, body);
    struct document *d = &f->document;
    d->text = slice_cstr(f->text);
    d->title = (struct field){slice_of(f->text, strlen(title)), ORIGIN_TEXT};
    if (url != NULL) {
        d->url = (struct field){slice_cstr(url), ORIGIN_SUBMITTED};
        d->canonical_url = d->url;
    }
    d->source = (struct field){SLICE("Le Quotidien"), ORIGIN_SUBMITTED};
    d->published = (struct moment){true, false, 1770000000000, ORIGIN_SUBMITTED};
    uint32_t start = (uint32_t)strlen(title) + 2;
    f->blocks[0] = (struct block){BLOCK_TITLE, {0, (uint32_t)strlen(title)}};
    f->blocks[1] = (struct block){BLOCK_PARAGRAPH, {start, start + (uint32_t)strlen(body)}};
    d->blocks = f->blocks;
    d->block_count = 2;
    d->word_count = 42;
    struct analysis *a = &f->analysis;
    a->lang = SLICE("fr");
    a->lang_confidence = 0.9f;
    a->lang_origin = ORIGIN_DETECTED;
    a->mentions = f->mentions;
    a->entities = f->entities;
    a->quotes = f->quotes;
    a->marks = f->marks;
    a->analyser = "test 1";
    f->summary = SLICE("{\"summary\":1}");
}

__attribute__((unused)) static void fixture_end(struct fixture *f)
{
    arena_free(f->arena);
    f->arena = NULL;
}

__attribute__((unused)) static uint32_t fixture_entity(struct fixture *f, const char *name,
                                                       enum entity_type type)
{
    uint32_t at = (uint32_t)f->analysis.entity_count++;
    f->entities[at] = (struct entity){
        .name = slice_cstr(name), .type = type, .prominence = 1.0f / (float)(at + 1)};
    return at;
}

static struct span fixture_span(const struct fixture *f, const char *printed, size_t from)
{
    size_t at = slice_find(f->document.text, slice_cstr(printed), from);
    if (at == SIZE_MAX) {
        fail_msg("the fixture's text has no '%s'", printed);
    }
    return (struct span){(uint32_t)at, (uint32_t)(at + strlen(printed))};
}

static bool fixture_taken(const struct fixture *f, struct span span)
{
    for (size_t i = 0; i < f->analysis.mention_count; i++) {
        if (span.start_byte < f->mentions[i].span.end_byte &&
            f->mentions[i].span.start_byte < span.end_byte) {
            return true;
        }
    }
    return false;
}

static int fixture_by_start(const void *a, const void *b)
{
    const struct mention *x = a, *y = b;
    return (x->span.start_byte > y->span.start_byte) - (x->span.start_byte < y->span.start_byte);
}

__attribute__((unused)) static void fixture_mention(struct fixture *f, uint32_t entity,
                                                    const char *printed)
{
    struct alias alias = {slice_cstr(printed), 0};
    for (size_t at = 0;;) {
        at = slice_find(f->document.text, alias.text, at);
        if (at == SIZE_MAX) {
            break;
        }
        struct span span = fixture_span(f, printed, at);
        if (!fixture_taken(f, span)) {
            f->mentions[f->analysis.mention_count++] =
                (struct mention){span, f->entities[entity].type, 1, entity, 0.8f, MENTION_MODEL};
            alias.count++;
        }
        at = span.end_byte;
    }
    qsort(f->mentions, f->analysis.mention_count, sizeof *f->mentions, fixture_by_start);
    struct entity *e = &f->entities[entity];
    struct alias *aliases = ARENA_ARRAY(f->arena, struct alias, e->alias_count + 1);
    if (e->alias_count > 0) {
        memcpy(aliases, e->aliases, e->alias_count * sizeof *aliases);
    }
    aliases[e->alias_count++] = alias;
    e->aliases = aliases;
    e->mention_count += alias.count;
}

__attribute__((unused)) static void fixture_title(struct fixture *f, uint32_t entity,
                                                  const char *printed)
{
    struct entity *e = &f->entities[entity];
    struct title *titles = ARENA_ARRAY(f->arena, struct title, e->title_count + 1);
    if (e->title_count > 0) {
        memcpy(titles, e->titles, e->title_count * sizeof *titles);
    }
    titles[e->title_count++] = (struct title){slice_cstr(printed), fixture_span(f, printed, 0)};
    e->titles = titles;
}

/* `speaker`: NO_INDEX for a floating quote. */
__attribute__((unused)) static struct quote *fixture_quote(struct fixture *f, const char *words,
                                                           uint32_t speaker, enum quote_type type)
{
    struct quote *q = &f->quotes[f->analysis.quote_count++];
    q->type = type;
    q->text = slice_cstr(words);
    q->spans = ARENA_ARRAY(f->arena, struct quote_span, 1);
    q->spans[0] = (struct quote_span){fixture_span(f, words, 0), true};
    q->span_count = 1;
    q->body_quote = NO_INDEX;
    q->reported_by.entity = q->reported_by.affiliation = NO_INDEX;
    q->addressee.entity = q->addressee.affiliation = NO_INDEX;
    q->speaker.entity = q->speaker.affiliation = NO_INDEX;
    if (speaker != NO_INDEX) {
        q->speaker.present = true;
        q->speaker.implied = true;
        q->speaker.kind = SPEAKER_PERSON;
        q->speaker.entity = speaker;
        q->speaker.name = f->entities[speaker].name;
        q->resolution = "nearest_name";
    }
    q->confidence = 0.75f;
    q->rule = "test";
    q->block = 1;
    return q;
}

__attribute__((unused)) static void fixture_about(struct fixture *f, struct quote *q,
                                                  uint32_t entity)
{
    uint32_t *about = ARENA_ARRAY(f->arena, uint32_t, q->about_count + 1);
    if (q->about_count > 0) {
        memcpy(about, q->about, q->about_count * sizeof *about);
    }
    about[q->about_count++] = entity;
    q->about = about;
}

/* Identity as ingest computes it: URL, external id or content. */
__attribute__((unused)) static struct store_write fixture_request(const struct fixture *f)
{
    const struct document *d = &f->document;
    struct store_write request = {
        .kind = STORE_PUT, .document = d, .analysis = &f->analysis, .summary = f->summary};
    struct slice url = d->canonical_url.text, external = d->external_id.text;
    request.key_kind = slice_present(url)        ? "url"
                       : slice_present(external) ? "external_id"
                                                 : "content";
    request.id = digest_article_id("article", slice_present(url)        ? url
                                              : slice_present(external) ? external
                                                                        : d->text);
    request.content = digest_sha256(&d->text, 1);
    char when[32];
    snprintf(when, sizeof when, "%lld",
             d->published.present ? (long long)d->published.time_ms : -1);
    struct slice parts[] = {d->text, d->source.text, url, external, slice_cstr(when)};
    request.revision = digest_sha256(parts, 5);
    return request;
}

__attribute__((unused)) static struct store_result fixture_put(const struct fixture *f,
                                                               struct store *store)
{
    struct store_write request = fixture_request(f);
    struct store_result result;
    struct err e = {0};
    if (store_write_wait(store, &request, &result, &e) != RC_OK) {
        fail_msg("put failed: %s", e.message);
    }
    return result;
}

/* ---- a database in a directory of its own */

struct archive {
    char directory[64], path[96];
    struct store *store;
    struct store_reader *reader;
    struct arena *arena;
};

__attribute__((unused)) static void archive_open(struct archive *a)
{
    struct err e = {0};
    struct store_options options = {.path = a->path};
    if (store_open(&options, &a->store, &e) != RC_OK ||
        store_reader_open(a->store, &a->reader, &e) != RC_OK) {
        fail_msg("open failed: %s", e.message);
    }
}

__attribute__((unused)) static void archive_close(struct archive *a)
{
    store_reader_close(a->reader);
    store_close(a->store);
    a->reader = NULL;
    a->store = NULL;
}

__attribute__((unused)) static int archive_setup(void **state)
{
    struct archive *a = calloc(1, sizeof *a);
    snprintf(a->directory, sizeof a->directory, "/tmp/guillemet-store-XXXXXX");
    assert_non_null(mkdtemp(a->directory));
    snprintf(a->path, sizeof a->path, "%s/test.db", a->directory);
    a->arena = arena_new(0);
    archive_open(a);
    *state = a;
    return 0;
}

__attribute__((unused)) static int archive_teardown(void **state)
{
    struct archive *a = *state;
    char command[128];
    archive_close(a);
    arena_free(a->arena);
    snprintf(command, sizeof command, "rm -rf '%s'", a->directory);
    int code = system(command);
    free(a);
    return code;
}

/* Every counter must be what a recount gives. */
__attribute__((unused)) static void archive_check(struct archive *a, bool deep)
{
    struct store_difference *rows = NULL;
    size_t count = 0;
    struct err e = {0};
    if (store_recount_check(a->reader, deep, 10, a->arena, &rows, &count, &e) != RC_OK) {
        fail_msg("check failed: %s", e.message);
    }
    for (size_t i = 0; i < count; i++) {
        print_error("%.*s\n", SLICE_ARG(rows[i].what));
    }
    assert_int_equal(count, 0);
}

#endif
