/* Reading a text or a JSON document in a test: what was made of it, or what was said against it. */
#ifndef TESTS_INGEST_GIVEN_H
#define TESTS_INGEST_GIVEN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* after what it needs */
#include <cmocka.h>

#include "ingest/ingest.h"

struct given {
    struct arena *arena;
    struct document *document; /* NULL when refused */
    enum rc rc;
    struct err err;
};

static inline struct given given_with(struct slice bytes, struct ingest_hints hints)
{
    struct given g = {.arena = arena_new(0)};
    g.rc = ingest_read(bytes, &hints, g.arena, &g.document, &g.err);
    if (g.rc == RC_OK) {
        assert_non_null(g.document);
    }
    return g;
}

static inline struct given given_text(const char *text, const char *lang)
{
    return given_with(slice_cstr(text), (struct ingest_hints){.content_type = SLICE("text/plain"),
                                                              .lang = slice_cstr(lang)});
}

static inline struct given given_json(const char *json)
{
    return given_with(slice_cstr(json),
                      (struct ingest_hints){.content_type = SLICE("application/json")});
}

static inline void given_done(struct given *g)
{
    arena_free(g->arena);
}

/* The blocks' kinds, "title standfirst paragraph". */
static inline const char *given_kinds(const struct given *g)
{
    static char kinds[4096];
    kinds[0] = '\0';
    for (size_t i = 0; i < g->document->block_count; i++) {
        snprintf(kinds + strlen(kinds), sizeof kinds - strlen(kinds), "%s%s", i ? " " : "",
                 block_kind_name(g->document->blocks[i].kind));
    }
    return kinds;
}

static inline struct slice given_block(const struct given *g, size_t index)
{
    assert_true(index < g->document->block_count);
    struct span span = g->document->blocks[index].span;
    return slice_of(g->document->text.ptr + span.start_byte, span.end_byte - span.start_byte);
}

#define assert_slice(actual, expected)                                                             \
    do {                                                                                           \
        struct slice slice_ = (actual);                                                            \
        assert_int_equal(slice_.len, strlen(expected));                                            \
        assert_memory_equal(slice_.ptr, expected, slice_.len);                                     \
    } while (0)

#define assert_refused(g, rc_, field_, words)                                                      \
    do {                                                                                           \
        assert_int_equal((g).rc, rc_);                                                             \
        assert_string_equal((g).err.field, field_);                                                \
        assert_non_null(strstr((g).err.message, words));                                           \
        assert_null((g).document);                                                                 \
        given_done(&(g));                                                                          \
    } while (0)

#endif
