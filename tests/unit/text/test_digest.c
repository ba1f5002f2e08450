#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "text/digest.h"

static void sha256_of_parts_is_that_of_the_whole(void **state)
{
    (void)state;
    char hex[65];
    struct slice parts[] = {SLICE("a"), SLICE_NONE, SLICE(""), SLICE("bc")};
    struct digest d = digest_sha256(parts, 4);
    digest_format_hex(&d, hex);
    /* FIPS 180-4's example for "abc" */
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_true(digest_id(&d) == UINT64_C(0xba7816bf8f01cfea));
    d = digest_sha256(NULL, 0);
    digest_format_hex(&d, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/* The values that FNV's authors give for "" and "foobar". */
static void quick_hash(void **state)
{
    (void)state;
    struct slice parts[] = {SLICE("foo"), SLICE_NONE, SLICE("bar")};
    assert_true(digest_quick(parts, 3) == UINT64_C(0x85944171f73967e8));
    assert_true(digest_quick(parts, 0) == UINT64_C(0xcbf29ce484222325));
}

static void ids_go_and_return(void **state)
{
    (void)state;
    uint64_t id = 1;
    for (int i = 0; i < 1000; i++) {
        id = id * UINT64_C(6364136223846793005) + 1442695040888963407u;
        char text[DIGEST_ID_CHARS + 1];
        uint64_t back = 0;
        digest_format_id(id, text);
        assert_true(digest_parse_id(slice_cstr(text), &back));
        assert_true(back == id);
    }
}

/* RFC 4648's base32 of the eight bytes, in lower case, unpadded. */
static void known_ids(void **state)
{
    (void)state;
    char text[DIGEST_ID_CHARS + 1];
    digest_format_id(0, text);
    assert_string_equal(text, "aaaaaaaaaaaaa");
    digest_format_id(UINT64_MAX, text);
    assert_string_equal(text, "7777777777776");
    digest_format_id(UINT64_C(0x666f6f6261723132), text); /* "foobar12" */
    assert_string_equal(text, "mzxw6ytboiyte");
}

static void what_is_no_id(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",
                                        "aaaaaaaaaaaa",
                                        "aaaaaaaaaaaaaa",
                                        "aaaaaaaaaaaab",
                                        "7777777777777",
                                        "AAAAAAAAAAAAA",
                                        "aaaaaa1aaaaaa",
                                        "aaaaaa0aaaaaa",
                                        "aaaaaa aaaaaa",
                                        "aaaaaaaaaaa=="};
    uint64_t id = 42;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_false(digest_parse_id(slice_cstr(wrong[i]), &id));
    }
    assert_false(digest_parse_id(SLICE("aaaaaa\0aaaaaa"), &id));
    assert_true(id == 42);
}

static void article_ids_keep_kind_and_key_apart(void **state)
{
    (void)state;
    uint64_t a = digest_article_id("url", SLICE("x"));
    assert_true(a == digest_article_id("url", SLICE("x")));
    assert_true(a != digest_article_id("id", SLICE("x")));
    assert_true(digest_article_id("ur", SLICE("lx")) != a);
    struct slice parts[] = {SLICE("url\0x")};
    struct digest d = digest_sha256(parts, 1);
    assert_true(a == digest_id(&d));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_of_parts_is_that_of_the_whole),
        cmocka_unit_test(quick_hash),
        cmocka_unit_test(ids_go_and_return),
        cmocka_unit_test(known_ids),
        cmocka_unit_test(what_is_no_id),
        cmocka_unit_test(article_ids_keep_kind_and_key_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
