#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "text/pack_format.h"

static struct buf blob; /* a small sound pack */
static struct err e;

static int set_up(void **state)
{
    (void)state;
    const struct pack_source files[] = {
        {"t.tsv", SLICE("# source: x\na b c\t1\nb\t2\n\xC3\xA9t\xC3\xA9\t3\t4\nb\t5\n")},
        {"u.tsv", SLICE("# source: x\n")},
        {"m.bin", SLICE("0123456789")}};
    buf_init(&blob);
    return pack_compile("xx", files, 3, &blob, &e) != RC_OK;
}

static int tear_down(void **state)
{
    (void)state;
    buf_done(&blob);
    return 0;
}

/* Asks everything that can be asked of a pack that opened: none of it may leave the blob. */
static void use(const struct pack *pack)
{
    static const char *const names[] = {"t", "u", "m", "m.bin", "none"};
    static const char *const keys[] = {"a", "a b", "a b c", "b", "été", "zzz", ""};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct pack_table t = pack_table(pack, names[i]);
        size_t sum = pack_section(pack, names[i]).len;
        for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
            struct slice value = SLICE("");
            (void)pack_look(&t, slice_cstr(keys[k]), &value);
            for (size_t c = 0; c < value.len; c++) {
                sum += (unsigned char)value.ptr[c];
            }
        }
        for (size_t n = 0; n < pack_size(&t); n++) {
            struct slice key, value;
            pack_entry(&t, n, &key, &value);
            sum += key.len ? (unsigned char)key.ptr[key.len - 1] : 0;
            sum += value.len ? (unsigned char)value.ptr[value.len - 1] : 0;
        }
        assert_true(sum < SIZE_MAX);
    }
}

/* Opens a copy of exactly `len` bytes, so that a sanitizer sees every step outside. */
static enum rc open_copy(const char *bytes, size_t len, bool mend)
{
    char *copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, len);
    if (mend && len >= sizeof(struct pack_header)) {
        struct pack_header h;
        memcpy(&h, copy, sizeof h);
        h.size = (uint32_t)len;
        h.checksum = pack_hash(copy + sizeof h, len - sizeof h);
        memcpy(copy, &h, sizeof h);
    }
    struct pack *pack = NULL;
    enum rc rc = pack_open(slice_of(copy, len), &pack, &e);
    if (rc == RC_OK) {
        use(pack);
        pack_close(pack);
    } else {
        assert_null(pack);
        assert_true(strlen(e.message) > 0);
    }
    free(copy);
    return rc;
}

static void a_sound_pack_opens(void **state)
{
    (void)state;
    assert_int_equal(open_copy(blob.data, blob.len, false), RC_OK);
}

static void every_flipped_bit_is_noticed(void **state)
{
    (void)state;
    for (size_t i = 0; i < blob.len * 8; i++) {
        blob.data[i / 8] ^= (char)(1 << i % 8);
        enum rc rc = open_copy(blob.data, blob.len, false);
        /* the code's letters and the reserved word are outside the checksum, and harmless */
        bool outside =
            i / 8 >= offsetof(struct pack_header, lang) && i / 8 < sizeof(struct pack_header);
        assert_true(rc != RC_OK || outside);
        blob.data[i / 8] ^= (char)(1 << i % 8);
    }
}

static void every_truncation_is_noticed(void **state)
{
    (void)state;
    for (size_t len = 0; len < blob.len; len++) {
        assert_int_not_equal(open_copy(blob.data, len, false), RC_OK);
        (void)open_copy(blob.data, len, true);
    }
}

/* With the checksum made right again, only the checks of structure stand between damage and a crash. */
static void mended_damage_never_leads_outside(void **state)
{
    (void)state;
    static const uint32_t values[] = {0, 1, 7, 8, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF8, 0xFFFFFFFF};
    for (size_t at = 0; at + 4 <= blob.len; at += 4) {
        uint32_t before;
        memcpy(&before, blob.data + at, 4);
        for (size_t v = 0; v < sizeof values / sizeof *values + 2; v++) {
            uint32_t value = v < 8 ? values[v] : v == 8 ? before + 1 : before - 1;
            memcpy(blob.data + at, &value, 4);
            (void)open_copy(blob.data, blob.len, true);
        }
        memcpy(blob.data + at, &before, 4);
    }
    uint32_t seed = 5;
    for (int round = 0; round < 20000; round++) {
        char damaged[4096];
        assert_true(blob.len <= sizeof damaged);
        memcpy(damaged, blob.data, blob.len);
        for (int k = 0; k < 3; k++) {
            seed = seed * 1664525u + 1013904223u;
            damaged[(seed >> 8) % blob.len] = (char)(seed >> 3);
        }
        (void)open_copy(damaged, blob.len, true);
    }
}

static void another_version_is_unsupported(void **state)
{
    (void)state;
    blob.data[8] = 2;
    assert_int_equal(open_copy(blob.data, blob.len, true), RC_UNSUPPORTED);
}

static void an_unaligned_blob_is_refused(void **state)
{
    (void)state;
    char *copy = malloc(blob.len + 1);
    memcpy(copy + 1, blob.data, blob.len);
    struct pack *pack = NULL;
    assert_int_equal(pack_open(slice_of(copy + 1, blob.len), &pack, &e), RC_INVALID);
    free(copy);
}

static void columns(void **state)
{
    (void)state;
    struct slice value = SLICE("a\t\tc\nd\te");
    assert_true(slice_is(pack_column(value, 0), "a"));
    assert_true(slice_present(pack_column(value, 1)));
    assert_true(slice_is(pack_column(value, 1), ""));
    assert_true(slice_is(pack_column(value, 2), "c"));
    assert_false(slice_present(pack_column(value, 3)));
    assert_false(slice_present(pack_column(SLICE_NONE, 0)));
    assert_true(slice_is(pack_column(SLICE(""), 0), ""));
}

static void no_pack_has_empty_tables(void **state)
{
    (void)state;
    struct pack_table t = pack_table(NULL, "t");
    assert_null(t.base);
    assert_int_equal(pack_size(&t), 0);
    assert_int_equal(pack_look(&t, SLICE("a"), NULL), 0);
    assert_false(slice_present(pack_section(NULL, "m")));
}

static void hashes_differ_by_every_byte_and_length(void **state)
{
    (void)state;
    char text[40] = {0};
    uint64_t zero = pack_hash(text, 20);
    for (size_t i = 0; i < 20; i++) {
        text[i] = 1;
        assert_true(pack_hash(text, 20) != zero);
        text[i] = 0;
        assert_true(pack_hash(text, i) != zero);
    }
}

/* As pack_hash says itself: eight bytes at a time, then what is left with zeros behind it. */
static uint64_t hash_slowly(const char *bytes, size_t len)
{
    uint64_t h = len * UINT64_C(0xC2B2AE3D27D4EB4F);
    for (size_t at = 0; at <= len; at += 8) {
        uint64_t word = 0;
        for (size_t i = at; i < at + 8 && i < len; i++) {
            word |= (uint64_t)(unsigned char)bytes[i] << 8 * (i - at);
        }
        h = (h ^ word) * UINT64_C(0x9E3779B97F4A7C15);
        h ^= h >> 29;
    }
    h *= UINT64_C(0xBF58476D1CE4E5B9);
    return h ^ h >> 32;
}

static void hashes_are_those_of_older_packs(void **state)
{
    (void)state;
    char text[40];
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = (char)(i * 37 + 129);
    }
    for (size_t len = 0; len <= sizeof text; len++) {
        assert_true(pack_hash(text, len) == hash_slowly(text, len));
    }
}

static void what_is_in_a_table_is_told_with_one_look(void **state)
{
    (void)state;
    struct pack *pack = NULL;
    assert_int_equal(pack_open(buf_view(&blob), &pack, &e), RC_OK);
    struct pack_table t = pack_table(pack, "t"), u = pack_table(pack, "u");
    assert_true(t.bit != 0 && u.bit != 0 && t.bit != u.bit);
    assert_true(pack_table(pack, "none").bit == 0);
    static const char *const keys[] = {"a", "a b", "a b c", "b", "été"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        uint64_t where = pack_tables_with(pack, pack_key_hash(slice_cstr(keys[i])));
        assert_int_not_equal(pack_look(&t, slice_cstr(keys[i]), NULL), 0);
        assert_true(where == t.bit);
    }
    unsigned nowhere = 0;
    for (char key[2] = "c"; key[0] <= 'z'; key[0]++) {
        nowhere += pack_tables_with(pack, pack_key_hash(slice_cstr(key))) == 0;
    }
    assert_in_range(nowhere, 1, 24); /* words that no table has are known as such */
    pack_close(pack);
}

static void a_pack_that_does_not_tell_is_asked_table_by_table(void **state)
{
    (void)state;
    struct pack *pack = NULL;
    struct pack_header h;
    memcpy(&h, blob.data, sizeof h);
    for (uint32_t i = 0; i < h.part_count; i++) {
        char *name = blob.data + sizeof h + i * sizeof(struct pack_part);
        if (strcmp(name, PACK_WHERE) == 0) {
            name[0] = 'x'; /* stays the last one */
        }
    }
    h.checksum = pack_hash(blob.data + sizeof h, blob.len - sizeof h);
    memcpy(blob.data, &h, sizeof h);
    assert_int_equal(pack_open(buf_view(&blob), &pack, &e), RC_OK);
    assert_true(pack_tables_with(pack, pack_key_hash(SLICE("zzz"))) == UINT64_MAX);
    pack_close(pack);
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_sound_pack_opens),
        TEST(every_flipped_bit_is_noticed),
        TEST(every_truncation_is_noticed),
        TEST(mended_damage_never_leads_outside),
        TEST(another_version_is_unsupported),
        TEST(an_unaligned_blob_is_refused),
        TEST(columns),
        TEST(no_pack_has_empty_tables),
        TEST(hashes_differ_by_every_byte_and_length),
        TEST(hashes_are_those_of_older_packs),
        TEST(what_is_in_a_table_is_told_with_one_look),
        TEST(a_pack_that_does_not_tell_is_asked_table_by_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
