/* Any text through the reader and the whole analysis, in each language: never a crash, and every span of the result
 * lies inside the text, in order, with its references in range. The first byte picks the language. */
#include <stdint.h>
#include <stdlib.h>

#include "analyse/analyse.h"
#include "ingest/ingest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int true_thing)
{
    if (!true_thing) {
        abort();
    }
}

static void check_span(const struct document *d, struct span s)
{
    must(s.start_byte <= s.end_byte && s.end_byte <= d->text.len);
    must(s.end_byte == d->text.len || ((unsigned char)d->text.ptr[s.end_byte] & 0xC0) != 0x80);
    must(s.start_byte == d->text.len || ((unsigned char)d->text.ptr[s.start_byte] & 0xC0) != 0x80);
}

static void check_entity_index(const struct analysis *a, uint32_t index)
{
    must(index == NO_INDEX || index < a->entity_count);
}

static void check_speaker(const struct document *d, const struct analysis *a,
                          const struct speaker *s)
{
    if (!s->present) {
        return;
    }
    check_entity_index(a, s->entity);
    check_entity_index(a, s->affiliation);
    if (!s->implied) {
        check_span(d, s->span);
    }
}

static void check_quote(const struct document *d, const struct analysis *a, const struct quote *q)
{
    uint32_t at = 0;
    must(q->span_count > 0 && q->rule != NULL && q->confidence >= 0 && q->confidence <= 1);
    for (size_t i = 0; i < q->span_count; i++) {
        check_span(d, q->spans[i].span);
        must(q->spans[i].span.start_byte >= at);
        must(q->spans[i].span.end_byte > q->spans[i].span.start_byte);
        at = q->spans[i].span.end_byte;
    }
    if (q->cue.present) {
        check_span(d, q->cue.span);
    }
    check_span(d, q->before);
    check_span(d, q->after);
    check_speaker(d, a, &q->speaker);
    check_speaker(d, a, &q->reported_by);
    check_speaker(d, a, &q->addressee);
    for (size_t i = 0; i < q->about_count; i++) {
        must(q->about[i] < a->entity_count);
    }
    must(q->body_quote == NO_INDEX || q->body_quote < a->quote_count);
}

static void check(const struct document *d, const struct analysis *a)
{
    uint32_t at = 0;
    for (size_t i = 0; i < a->mention_count; i++) {
        check_span(d, a->mentions[i].span);
        must(a->mentions[i].span.start_byte >= at && a->mentions[i].entity < a->entity_count);
        at = a->mentions[i].span.end_byte;
    }
    for (size_t i = 0; i < a->entity_count; i++) {
        must(a->entities[i].name.len > 0 && a->entities[i].mention_count > 0);
    }
    for (size_t i = 0; i < a->quote_count; i++) {
        check_quote(d, a, &a->quotes[i]);
    }
    for (size_t i = 0; i < a->mark_count; i++) {
        check_span(d, a->marks[i].span);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const langs[] = {"fr", "en", NULL, "xx"};
    if (size == 0) {
        return 0;
    }
    struct ingest_hints hints = {.content_type = SLICE("text/plain"),
                                 .lang = slice_cstr(langs[data[0] & 3])};
    struct arena *arena = arena_new(0);
    struct document *document = NULL;
    struct analysis *analysis = NULL;
    struct analyse_options options = {.gazetteer = NULL};
    struct err e = {0};
    if (ingest_read(slice_of((const char *)data + 1, size - 1), &hints, arena, &document, &e) ==
        RC_OK) {
        must(analyse_document(document, &options, arena, &analysis, &e) == RC_OK);
        check(document, analysis);
    }
    arena_free(arena);
    return 0;
}
