#include "given.h"

#include <stdlib.h>
#include <unistd.h>

static FILE *file_of(const char *text)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    fflush(file);
    lseek(fileno(file), 0, SEEK_SET);
    return file;
}

/* Walks to the end: "a" for a document's text, "!" for a refusal, with the line. */
static const char *walk(struct ingest_source *source)
{
    static char out[512];
    out[0] = '\0';
    for (;;) {
        struct arena *arena = arena_new(0);
        struct document *document = NULL;
        struct err e = {0};
        enum rc rc = ingest_next(source, arena, &document, &e);
        size_t len = strlen(out);
        if (rc) {
            snprintf(out + len, sizeof out - len, "[%zu!%s]", ingest_line(source), rc_name(rc));
        } else if (document) {
            snprintf(out + len, sizeof out - len, "[%zu %.*s]", ingest_line(source),
                     SLICE_ARG(document->text));
        }
        arena_free(arena);
        if (rc == RC_OK && !document) {
            return out;
        }
    }
}

static const char *walk_bytes(const char *text, const char *type, const char *name)
{
    struct ingest_hints hints = {.content_type = slice_cstr(type), .name = slice_cstr(name)};
    struct ingest_source *source = NULL;
    struct err e;
    assert_int_equal(ingest_open_bytes(slice_cstr(text), &hints, &source, &e), RC_OK);
    const char *out = walk(source);
    ingest_close(source);
    return out;
}

static const char *walk_stream(const char *text, const char *type)
{
    struct ingest_hints hints = {.content_type = slice_cstr(type)};
    struct ingest_source *source = NULL;
    struct err e;
    FILE *file = file_of(text);
    assert_int_equal(ingest_open_stream(file, &hints, &source, &e), RC_OK);
    const char *out = walk(source);
    ingest_close(source);
    fclose(file);
    return out;
}

static const char lines[] =
    "{\"text\":\"a\"}\r\n\n{bad\n  \n{\"text\":3}\n{\"text\":\"b\"}\n[{\"text\":\"c\"}]";

static void test_a_bad_line_is_not_the_end(void **state)
{
    (void)state;
    const char *expected = "[1 a][3!invalid][5!invalid][6 b][7 c]";
    assert_string_equal(walk_bytes(lines, "application/x-ndjson", NULL), expected);
    assert_string_equal(walk_stream(lines, "application/x-ndjson"), expected);
}

static void test_a_bad_item_is_not_the_end(void **state)
{
    (void)state;
    assert_string_equal(
        walk_bytes("[{\"text\":\"a\"},{},{\"text\":\"b\"}]", "application/json", NULL),
        "[0 a][0!invalid][0 b]");
    assert_string_equal(walk_bytes("[{\"text\":\"a\"}", "application/json", NULL), "[0!invalid]");
}

static void test_choosing_the_reader(void **state)
{
    (void)state;
    const char *two = "{\"text\":\"a\"}\n{\"text\":\"b\"}\n";
    assert_string_equal(walk_bytes(two, NULL, NULL), "[1 a][2 b]");
    assert_string_equal(walk_bytes(two, NULL, "dump.json"),
                        "[1 a][2 b]"); /* dumps are often named so */
    assert_string_equal(walk_bytes(two, "application/json", NULL),
                        "[0!invalid]"); /* said is said */
    assert_string_equal(walk_bytes("{\"text\":\"a\"}", NULL, NULL), "[0 a]");
    assert_string_equal(walk_bytes("{\"text\":\"a\"}", NULL, "x.txt"), "[0 {\"text\":\"a\"}]");
    assert_string_equal(walk_bytes("{sic} et [autres]", NULL, "-"), "[0 {sic} et [autres]]");
    assert_string_equal(walk_bytes("{\"text\":\"a\"}", "Text/Plain; charset=utf-8", "x.json"),
                        "[0 {\"text\":\"a\"}]");
    struct ingest_source *source = NULL;
    struct err e = {0};
    struct ingest_hints hints = {.content_type = SLICE("application/pdf")};
    assert_int_equal(ingest_open_bytes(SLICE("%PDF"), &hints, &source, &e), RC_UNSUPPORTED);
    assert_non_null(strstr(e.message, ingest_content_types()));
    assert_null(source);
}

static void test_files_that_are_taken(void **state)
{
    (void)state;
    assert_true(ingest_takes_file("a.txt") && ingest_takes_file("b.JSON") &&
                ingest_takes_file("c.ndjson") && ingest_takes_file("d.jsonl"));
    assert_false(ingest_takes_file("a.pdf") || ingest_takes_file("txt") ||
                 ingest_takes_file(".txt") || ingest_takes_file("README"));
}

/* More than one read, lines across reads, no line end at the end. */
static void test_long_streams(void **state)
{
    (void)state;
    FILE *file = tmpfile();
    size_t count = 3000;
    for (size_t i = 0; i < count; i++) {
        fprintf(file, "{\"text\":\"line %zu %0*d\"}%s", i, (int)(i % 400) + 1, 0,
                i + 1 < count ? "\n" : "");
    }
    fflush(file);
    lseek(fileno(file), 0, SEEK_SET);
    struct ingest_hints hints = {.content_type = SLICE("application/x-ndjson")};
    struct ingest_source *source = NULL;
    struct err e;
    assert_int_equal(ingest_open_stream(file, &hints, &source, &e), RC_OK);
    struct arena *arena = arena_new(0);
    for (size_t i = 0; i < count; i++) {
        char head[32];
        struct document *document = NULL;
        arena_reset(arena);
        assert_int_equal(ingest_next(source, arena, &document, &e), RC_OK);
        snprintf(head, sizeof head, "line %zu 0", i);
        assert_true(slice_starts(document->text, slice_cstr(head)));
        assert_int_equal(ingest_line(source), i + 1);
    }
    struct document *end = NULL;
    assert_int_equal(ingest_next(source, arena, &end, &e), RC_OK);
    assert_null(end);
    arena_free(arena);
    ingest_close(source);
    fclose(file);
}

/* A line too long to hold is refused, the next one is read. */
static void test_an_endless_line(void **state)
{
    (void)state;
    FILE *file = tmpfile();
    char *chunk = malloc(1 << 20);
    memset(chunk, 'x', 1 << 20);
    for (size_t i = 0; i < 61; i++) {
        fwrite(chunk, 1, 1 << 20, file);
    }
    free(chunk);
    fputs("\n{\"text\":\"after\"}", file);
    fflush(file);
    lseek(fileno(file), 0, SEEK_SET);
    struct ingest_hints hints = {.content_type = SLICE("application/x-ndjson")};
    struct ingest_source *source = NULL;
    struct err e;
    assert_int_equal(ingest_open_stream(file, &hints, &source, &e), RC_OK);
    assert_string_equal(walk(source), "[1!too_large][2 after]");
    ingest_close(source);
    fclose(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_bad_line_is_not_the_end),
        cmocka_unit_test(test_a_bad_item_is_not_the_end),
        cmocka_unit_test(test_choosing_the_reader),
        cmocka_unit_test(test_files_that_are_taken),
        cmocka_unit_test(test_long_streams),
        cmocka_unit_test(test_an_endless_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
