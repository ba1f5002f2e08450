#include "fixture.h"

#include "store/tokens.h"

static void test_life_of_a_token(void **state)
{
    struct archive *a = *state;
    char secret[STORE_TOKEN_CHARS + 1], other[STORE_TOKEN_CHARS + 1];
    struct store_token token, *rows;
    size_t count;
    struct err e = {0};
    assert_int_equal(store_token_create(a->store, SLICE("desk"), SLICE("write"), secret, &e),
                     RC_OK);
    assert_int_equal(store_token_create(a->store, SLICE("desk"), SLICE("write"), other, &e),
                     RC_CONFLICT);
    assert_int_equal(store_token_create(a->store, SLICE(""), SLICE("write"), other, &e),
                     RC_INVALID);
    assert_int_equal(store_token_create(a->store, SLICE("robot"), SLICE("write admin"), other, &e),
                     RC_OK);
    assert_string_not_equal(secret, other);
    assert_int_equal(strlen(secret), STORE_TOKEN_CHARS);
    assert_int_equal(store_token_check(a->reader, slice_cstr(secret), a->arena, &token, &e), RC_OK);
    assert_true(slice_is(token.name, "desk"));
    assert_true(slice_is(token.scopes, "write"));
    secret[10] = secret[10] == 'a' ? 'b' : 'a';
    assert_int_equal(store_token_check(a->reader, slice_cstr(secret), a->arena, &token, &e),
                     RC_NOT_FOUND);
    assert_int_equal(store_token_check(a->reader, SLICE(""), a->arena, &token, &e), RC_NOT_FOUND);
    assert_int_equal(store_token_revoke(a->store, SLICE("robot"), &e), RC_OK);
    assert_int_equal(store_token_revoke(a->store, SLICE("robot"), &e), RC_NOT_FOUND);
    assert_int_equal(store_token_check(a->reader, slice_cstr(other), a->arena, &token, &e),
                     RC_NOT_FOUND);
    assert_int_equal(store_token_list(a->reader, a->arena, &rows, &count, &e), RC_OK);
    assert_int_equal(count, 2);
    assert_true(rows[0].last_used_ms > 0 && rows[0].revoked_ms == 0);
    assert_true(rows[1].revoked_ms > 0);
}

/* The secret itself is nowhere in the file. */
static void test_only_the_hash_is_kept(void **state)
{
    struct archive *a = *state;
    char secret[STORE_TOKEN_CHARS + 1], command[320];
    struct err e = {0};
    assert_int_equal(store_token_create(a->store, SLICE("x"), SLICE("write"), secret, &e), RC_OK);
    snprintf(command, sizeof command, "grep -q '%s' '%s' '%s-wal'", secret, a->path, a->path);
    assert_int_not_equal(system(command), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, archive_setup, archive_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_life_of_a_token),
                                       TEST(test_only_the_hash_is_kept)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
