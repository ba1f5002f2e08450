/* Packed lines are read like others: whole ones are documents, whatever happens to the rest. */
#include "given.h"

#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/buf.h"
#include "text/unpack.h"

static void pack_gzip(struct slice text, struct buf *out)
{
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    size_t bound = deflateBound(&z, text.len) + 64;
    assert_true(buf_reserve(out, bound));
    z.next_in = (Bytef *)(uintptr_t)text.ptr;
    z.avail_in = (uInt)text.len;
    z.next_out = (Bytef *)out->data + out->len;
    z.avail_out = (uInt)bound;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    out->len += z.total_out;
    deflateEnd(&z);
}

static void pack_zstd(struct slice text, struct buf *out)
{
    size_t bound = ZSTD_compressBound(text.len);
    assert_true(buf_reserve(out, bound));
    size_t len = ZSTD_compress(out->data + out->len, bound, text.ptr, text.len, 3);
    assert_false(ZSTD_isError(len));
    out->len += len;
}

typedef void pack(struct slice text, struct buf *out);
static pack *const packs[] = {pack_gzip, pack_zstd};

/* Enough lines of noise that the packed bytes are many chunks. */
static void lines(struct buf *out, int count)
{
    unsigned noise = 12345;
    for (int i = 0; i < count; i++) {
        buf_printf(out, "{\"external_id\": \"%d\", \"text\": \"Ligne", i);
        for (int k = 0; k < 30; k++) {
            noise = noise * 1103515245u + 12345u;
            buf_printf(out, " mot%u", noise >> 8);
        }
        buf_text(out, "\"}\n");
    }
}

struct walked {
    size_t documents, refused, last_line;
    enum rc rc;
    struct err err;
};

static struct walked walk(struct ingest_source *source)
{
    struct walked w = {0};
    for (;;) {
        struct arena *arena = arena_new(0);
        struct document *document = NULL;
        struct err e = {0};
        enum rc rc = ingest_next(source, arena, &document, &e);
        w.documents += document != NULL;
        if (rc) {
            w.refused++;
            w.last_line = ingest_line(source);
            w.rc = rc;
            w.err = e;
        }
        arena_free(arena);
        if (rc == RC_OK && !document) {
            return w;
        }
    }
}

static struct walked walk_stream(struct slice bytes, struct ingest_hints hints)
{
    struct ingest_source *source = NULL;
    struct err e = {0};
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
    fflush(file);
    lseek(fileno(file), 0, SEEK_SET);
    struct walked w = {.refused = 1};
    w.rc = ingest_open_stream(file, &hints, &source, &e);
    w.err = e;
    if (w.rc == RC_OK) {
        w = walk(source);
    }
    ingest_close(source);
    fclose(file);
    return w;
}

static struct walked walk_bytes(struct slice bytes, struct ingest_hints hints)
{
    struct ingest_source *source = NULL;
    struct walked w = {.refused = 1};
    w.rc = ingest_open_bytes(bytes, &hints, &source, &w.err);
    if (w.rc == RC_OK) {
        w = walk(source);
    }
    ingest_close(source);
    return w;
}

#define NDJSON ((struct ingest_hints){.content_type = SLICE("application/x-ndjson")})

static void test_lines_of_a_stream_and_of_bytes(void **state)
{
    (void)state;
    for (size_t p = 0; p < 2; p++) {
        struct buf text, packed;
        buf_init(&text);
        buf_init(&packed);
        lines(&text, 2000);
        packs[p](buf_view(&text), &packed);
        assert_true(packed.len > 200000);
        struct walked w = walk_stream(buf_view(&packed), NDJSON);
        assert_int_equal(w.documents, 2000);
        assert_int_equal(w.refused, 0);
        w = walk_bytes(buf_view(&packed), NDJSON);
        assert_int_equal(w.documents, 2000);
        w = walk_stream(buf_view(&packed), (struct ingest_hints){.name = SLICE("dump.ndjson.xx")});
        assert_int_equal(w.documents, 2000); /* known by what is inside */
        packs[p](buf_view(&text), &packed);  /* a second member */
        w = walk_stream(buf_view(&packed), NDJSON);
        assert_int_equal(w.documents, 4000);
        assert_int_equal(w.refused, 0);
        buf_done(&text);
        buf_done(&packed);
    }
}

static void test_cut_and_damaged(void **state)
{
    (void)state;
    for (size_t p = 0; p < 2; p++) {
        struct buf text, packed;
        buf_init(&text);
        buf_init(&packed);
        lines(&text, 3000);
        packs[p](buf_view(&text), &packed);
        struct walked w = walk_stream(slice_of(packed.data, packed.len * 2 / 3), NDJSON);
        assert_in_range(w.documents, 1500, 2100);
        assert_int_equal(w.refused, 1);
        assert_int_equal(w.rc, RC_INVALID);
        assert_int_equal(w.last_line, w.documents + 1);
        assert_non_null(strstr(w.err.message, "end too early"));
        w = walk_stream(slice_of(packed.data, packed.len - 2), NDJSON);
        assert_int_equal(w.refused, 1); /* the check sum is what's missing */
        packed.data[packed.len / 2] ^= 0x55;
        packed.data[packed.len / 2 + 1] ^= 0x55;
        w = walk_bytes(buf_view(&packed), NDJSON);
        assert_true(w.documents > 500 && w.documents < 3000);
        assert_int_equal(w.rc, RC_INVALID);
        buf_done(&text);
        buf_done(&packed);
    }
}

/* Short enough to be unpacked while the format is still being found out. */
static void test_cut_near_the_beginning(void **state)
{
    (void)state;
    struct buf text, packed;
    buf_init(&text);
    buf_init(&packed);
    lines(&text, 20);
    pack_gzip(buf_view(&text), &packed);
    struct slice cut = slice_of(packed.data, packed.len * 3 / 4);
    struct walked w = walk_stream(cut, (struct ingest_hints){.name = SLICE("a.ndjson.gz")});
    assert_in_range(w.documents, 10, 16);
    assert_int_equal(w.last_line, w.documents + 1);
    assert_int_equal(w.rc, RC_INVALID);
    buf_done(&text);
    buf_done(&packed);
}

static void test_what_follows_a_member(void **state)
{
    (void)state;
    struct buf text, packed;
    buf_init(&text);
    buf_init(&packed);
    lines(&text, 10);
    pack_gzip(buf_view(&text), &packed);
    size_t len = packed.len;
    assert_true(buf_reserve(&packed, 1024));
    memset(packed.data + len, 0, 1024);
    packed.len += 1024; /* padding, as on tape */
    struct walked w = walk_bytes(buf_view(&packed), NDJSON);
    assert_int_equal(w.documents, 10);
    assert_int_equal(w.refused, 0);
    packed.len = len;
    buf_text(&packed, "{\"text\": \"not packed\"}\n");
    w = walk_bytes(buf_view(&packed), NDJSON);
    assert_int_equal(w.documents, 10);
    assert_int_equal(w.rc, RC_INVALID);
    buf_done(&text);
    buf_done(&packed);
}

static void test_bombs(void **state)
{
    (void)state;
    for (size_t p = 0; p < 2; p++) {
        struct buf zeros, packed;
        buf_init(&zeros);
        buf_init(&packed);
        assert_true(buf_reserve(&zeros, 64u << 20));
        memset(zeros.data, ' ', 64u << 20);
        zeros.len = 64u << 20;
        packs[p](buf_view(&zeros), &packed);
        struct walked w = walk_stream(buf_view(&packed), NDJSON);
        assert_int_equal(w.documents, 0);
        assert_int_equal(w.rc, RC_TOO_LARGE);
        assert_non_null(strstr(w.err.message, "times their size"));
        struct ingest_hints hints = {.content_type = SLICE("text/html"),
                                     .unpacked_most_bytes = 1000000};
        w = walk_bytes(buf_view(&packed), hints);
        assert_int_equal(w.rc, RC_TOO_LARGE);
        assert_non_null(strstr(w.err.message, "longer than 1000000 bytes"));
        buf_done(&zeros);
        buf_done(&packed);
    }
}

/* zstd --ultra --long=31 asks for 2 GiB of memory: refused, not tried. */
static void test_a_window_too_wide(void **state)
{
    (void)state;
    static const char frame[] = "\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00";
    struct walked w = walk_bytes(slice_of(frame, sizeof frame - 1), NDJSON);
    assert_int_equal(w.rc, RC_TOO_LARGE);
    assert_non_null(strstr(w.err.message, "window"));
}

static void test_codings(void **state)
{
    (void)state;
    enum unpack_coding coding;
    struct err e = {0};
    assert_int_equal(unpack_coding_find(SLICE_NONE, &coding, &e), RC_OK);
    assert_int_equal(coding, UNPACK_NONE);
    assert_int_equal(unpack_coding_find(SLICE(" X-Gzip"), &coding, &e), RC_OK);
    assert_int_equal(coding, UNPACK_GZIP);
    assert_int_equal(unpack_coding_find(SLICE("zstd"), &coding, &e), RC_OK);
    assert_int_equal(coding, UNPACK_ZSTD);
    assert_int_equal(unpack_coding_find(SLICE("identity"), &coding, &e), RC_OK);
    assert_int_equal(unpack_coding_find(SLICE("br"), &coding, &e), RC_UNSUPPORTED);
    assert_non_null(strstr(e.message, UNPACK_CODINGS));
    assert_int_equal(unpack_coding_find(SLICE("gzip, gzip"), &coding, &e), RC_UNSUPPORTED);
    assert_true(ingest_takes_file("page.html.gz") && ingest_takes_file("DUMP.NDJSON.ZST"));
    assert_false(ingest_takes_file("photo.jpg.gz") || ingest_takes_file("archive.gz"));
    assert_true(slice_is(unpack_strip_suffix(SLICE("a.xml.gz")), "a.xml"));
    assert_true(unpack_is_type(SLICE("Application/GZIP; x=y")));
}

/* What is declared and isn't so is told, not guessed at. */
static void test_declared_and_not_packed(void **state)
{
    (void)state;
    struct ingest_hints hints = NDJSON;
    hints.content_encoding = SLICE("gzip");
    struct walked w = walk_bytes(SLICE("{\"text\": \"Un texte.\"}\n"), hints);
    assert_int_equal(w.documents, 0);
    assert_int_equal(w.rc, RC_INVALID);
    w = walk_bytes(SLICE(""), hints);
    assert_int_equal(w.rc, RC_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_of_a_stream_and_of_bytes),
        cmocka_unit_test(test_cut_and_damaged),
        cmocka_unit_test(test_cut_near_the_beginning),
        cmocka_unit_test(test_what_follows_a_member),
        cmocka_unit_test(test_bombs),
        cmocka_unit_test(test_a_window_too_wide),
        cmocka_unit_test(test_codings),
        cmocka_unit_test(test_declared_and_not_packed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
