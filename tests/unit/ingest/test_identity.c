#include "given.h"

static void canonical(const char *url, const char *expected)
{
    struct arena *arena = arena_new(0);
    struct slice out;
    struct err e;
    assert_int_equal(identity_canonical_url(slice_cstr(url), arena, &out, &e), RC_OK);
    assert_slice(out, expected);
    /* Canonical is a fixed point: the id doesn't move when a URL comes back from us. */
    struct slice again;
    assert_int_equal(identity_canonical_url(out, arena, &again, &e), RC_OK);
    assert_true(slice_equal(out, again));
    arena_free(arena);
}

static void test_scheme_host_port_fragment(void **state)
{
    (void)state;
    canonical("HTTP://WWW.Example.ORG", "http://www.example.org/");
    canonical("https://example.org:443/A/b", "https://example.org/A/b");
    canonical("http://example.org:80", "http://example.org/");
    canonical("http://example.org:8080/", "http://example.org:8080/");
    canonical("http://[2001:DB8::1]:80/x", "http://[2001:db8::1]/x");
    canonical("https://example.org/a#part", "https://example.org/a");
    canonical(" https://user:secret@example.org/a ", "https://example.org/a");
    canonical("https://\xC3\x89lys\xC3\xA9"
              "e.fr/",
              "https://\xC3\xA9lys\xC3\xA9"
              "e.fr/");
}

static void test_escapes_are_levelled(void **state)
{
    (void)state;
    canonical("https://example.org/caf%c3%a9", "https://example.org/caf%C3%A9");
    canonical("https://example.org/caf\xC3\xA9", "https://example.org/caf%C3%A9");
    canonical("https://example.org/a%zz", "https://example.org/a%zz");
    canonical("https://example.org/?q=a|b", "https://example.org/?q=a%7Cb");
}

static void test_tracking_parameters_go(void **state)
{
    (void)state;
    canonical("https://e.org/a?utm_source=x&UTM_Medium=y", "https://e.org/a");
    canonical("https://e.org/a?id=3&fbclid=z&page=2", "https://e.org/a?id=3&page=2");
    canonical("https://e.org/a?b=2&a=1", "https://e.org/a?b=2&a=1"); /* order is the publisher's */
    canonical("https://e.org/a?", "https://e.org/a");
    canonical("https://e.org/a?&&x&", "https://e.org/a?x");
    canonical("https://e.org/a?utm=1&gclidx=2", "https://e.org/a?utm=1&gclidx=2"); /* near-misses */
}

static void test_what_is_no_url(void **state)
{
    (void)state;
    const char *bad[] = {
        "",           "example.org/a", "ftp://example.org", "javascript:alert(1)", "https://",
        "https:///a", "http://a b/",   "http://a/\nb",      "//example.org/a",     "http:/a"};
    struct arena *arena = arena_new(0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct slice out;
        struct err e = {0};
        assert_int_equal(identity_canonical_url(slice_cstr(bad[i]), arena, &out, &e), RC_INVALID);
        assert_string_equal(e.field, "url");
    }
    char *endless = arena_alloc(arena, 100001);
    memset(endless, 'a', 100000);
    memcpy(endless, "http://", 7);
    struct slice out;
    struct err e = {0};
    assert_int_equal(identity_canonical_url(slice_of(endless, 100000), arena, &out, &e),
                     RC_INVALID);
    arena_free(arena);
}

static struct identity identity(struct given *g)
{
    struct identity out;
    struct err e;
    assert_int_equal(g->rc, RC_OK);
    assert_int_equal(identity_of(g->document, g->arena, &out, &e), RC_OK);
    return out;
}

static bool same_digest(struct digest a, struct digest b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

static void test_url_then_external_id_then_text(void **state)
{
    (void)state;
    struct given all =
        given_json("{\"text\":\"Il pleut.\",\"external_id\":\"7\",\"url\":\"http://E.org#x\"}");
    struct given id = given_json("{\"text\":\"Il pleut.\",\"external_id\":\"7\"}");
    struct given text = given_json("{\"text\":\"Il pleut.\"}");
    struct identity a = identity(&all), b = identity(&id), c = identity(&text);
    assert_string_equal(a.kind, "url");
    assert_slice(a.key, "http://e.org/");
    assert_true(a.id == digest_article_id("url", SLICE("http://e.org/")));
    assert_string_equal(b.kind, "external_id");
    assert_true(b.id == digest_article_id("external_id", SLICE("7")));
    assert_string_equal(c.kind, "content");
    assert_int_equal(c.key.len, 64);
    assert_true(a.id != b.id && b.id != c.id);
    assert_true(same_digest(a.content, c.content));
    assert_false(same_digest(a.revision, c.revision));
    given_done(&all);
    given_done(&id);
    given_done(&text);
}

static void test_revision_moves_with_every_field(void **state)
{
    (void)state;
    const char *changed[] = {
        "{\"external_id\":\"7\",\"text\":\"Il pleut fort.\"}",
        "{\"external_id\":\"7\",\"text\":\"Il pleut.\",\"title\":\"Pluie\"}",
        "{\"external_id\":\"7\",\"text\":\"Il pleut.\",\"standfirst\":\"Pluie\"}",
        "{\"external_id\":\"7\",\"text\":\"Il pleut.\",\"source\":\"AFP\"}",
        "{\"external_id\":\"7\",\"text\":\"Il pleut.\",\"section\":\"AFP\"}",
        "{\"external_id\":\"7\",\"text\":\"Il pleut.\",\"bylines\":[\"A\",\"B\"]}",
        "{\"external_id\":\"7\",\"text\":\"Il pleut.\",\"bylines\":[\"A, B\"]}",
        "{\"external_id\":\"7\",\"text\":\"Il pleut.\",\"keywords\":[\"A\",\"B\"]}",
        "{\"external_id\":\"7\",\"text\":\"Il pleut.\",\"published_at\":\"2026-02-03\"}",
        "{\"external_id\":\"7\",\"text\":\"Il pleut.\",\"published_at\":\"2026-02-03T00:00:00Z\"}",
        "{\"external_id\":\"7\",\"text\":\"Il pleut.\",\"modified_at\":\"2026-02-03\"}",
        "{\"external_id\":\"7\",\"text\":\"Il pleut.\",\"lang\":\"fr\"}",
        "{\"external_id\":\"7\",\"text\":\"Il pleut.\",\"image\":\"http://e.org/i\"}",
        "{\"external_id\":\"7\",\"text\":\"Il pleut.\",\"blocks\":[{\"start\":0,\"end\":8}]}",
    };
    struct given base = given_json("{\"external_id\":\"7\",\"text\":\"Il pleut.\"}");
    struct given again = given_json("{ \"text\":\"Il pleut.\", \"external_id\":7, \"bogus\":1 }");
    struct identity first = identity(&base);
    assert_true(same_digest(first.revision, identity(&again).revision));
    given_done(&again);
    struct digest seen[sizeof changed / sizeof changed[0]];
    for (size_t i = 0; i < sizeof changed / sizeof changed[0]; i++) {
        struct given g = given_json(changed[i]);
        struct identity next = identity(&g);
        assert_true(next.id == first.id);
        assert_false(same_digest(next.revision, first.revision));
        for (size_t k = 0; k < i; k++) {
            assert_false(same_digest(next.revision, seen[k]));
        }
        seen[i] = next.revision;
        given_done(&g);
    }
    given_done(&base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scheme_host_port_fragment),
        cmocka_unit_test(test_escapes_are_levelled),
        cmocka_unit_test(test_tracking_parameters_go),
        cmocka_unit_test(test_what_is_no_url),
        cmocka_unit_test(test_url_then_external_id_then_text),
        cmocka_unit_test(test_revision_moves_with_every_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
