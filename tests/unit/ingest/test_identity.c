#include "given.h"

static struct slice canonical_of(struct slice url, struct arena *arena)
{
    struct slice out;
    struct err e;
    assert_int_equal(identity_canonical_url(url, arena, &out, &e), RC_OK);
    /* A fixed point: the id doesn't move when a URL comes back from us. */
    struct slice again;
    assert_int_equal(identity_canonical_url(out, arena, &again, &e), RC_OK);
    assert_true(slice_equal(out, again));
    return out;
}

static struct slice key_of(struct slice canonical, struct arena *arena)
{
    struct slice out;
    struct err e;
    assert_int_equal(identity_url_key(canonical, arena, &out, &e), RC_OK);
    return out;
}

static void canonical(const char *url, const char *expected)
{
    struct arena *arena = arena_new(0);
    assert_slice(canonical_of(slice_cstr(url), arena), expected);
    arena_free(arena);
}

/* What an id is made of, straight and by way of the canonical form; a fixed point too. */
static void keyed(const char *url, const char *expected)
{
    struct arena *arena = arena_new(0);
    struct slice key = key_of(canonical_of(slice_cstr(url), arena), arena);
    assert_slice(key, expected);
    assert_slice(key_of(key, arena), expected);
    assert_slice(canonical_of(key, arena), expected);
    arena_free(arena);
}

struct form {
    const char *url, *key;
};

static void all_keyed(const struct form *forms, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        keyed(forms[i].url, forms[i].key);
    }
}
#define ALL(forms) all_keyed(forms, sizeof(forms) / sizeof(forms)[0])

static void test_scheme_host_port_fragment(void **state)
{
    static const struct form forms[] = {
        {"HTTP://WWW.Example.ORG", "https://example.org/"},
        {"http://example.org/a", "https://example.org/a"},
        {"https://example.org:443/A/b", "https://example.org/A/b"},
        {"http://example.org:80", "https://example.org/"},
        {"http://example.org:8080/", "https://example.org:8080/"},
        {"http://[2001:DB8::1]:80/x", "https://[2001:db8::1]/x"},
        {"https://example.org./a", "https://example.org/a"},
        {"https://example.org/a#part", "https://example.org/a"},
        {"https://example.org/a#", "https://example.org/a"},
        {"https://example.org/#!/article/7", "https://example.org/#!/article/7"},
        {" https://user:secret@example.org/a ", "https://example.org/a"},
        /* IDN, composed or not */
        {"https://\xC3\x89lys\xC3\xA9"
         "e.fr/",
         "https://xn--lyse-9oad.fr/"},
        {"https://XN--lyse-9oad.fr", "https://xn--lyse-9oad.fr/"},
        {"https://e\xCC\x81lyse\xCC\x81"
         "e.fr/",
         "https://xn--lyse-9oad.fr/"},
        {"https://under_score.example.org/", "https://under_score.example.org/"},
        /* www is a habit; a name of two labels isn't undressed */
        {"https://www2.example.org/a", "https://www2.example.org/a"},
        {"https://www.fr/a", "https://www.fr/a"},
        {"https://wwwx.example.org/a", "https://wwwx.example.org/a"},
    };
    (void)state;
    ALL(forms);
}

static void test_amp_and_mobile_are_united(void **state)
{
    static const struct form forms[] = {
        {"https://m.journal.fr/a/12", "https://journal.fr/a/12"},
        {"https://mobile.journal.fr/a/12", "https://journal.fr/a/12"},
        {"https://www.m.journal.fr/a/12", "https://journal.fr/a/12"},
        {"https://amp.journal.fr/a/12", "https://journal.fr/a/12"},
        {"https://www.journal.fr/a/12/amp", "https://journal.fr/a/12"},
        {"https://www.journal.fr/a/12/amp/", "https://journal.fr/a/12"},
        {"https://www.journal.fr/amp/a/12", "https://journal.fr/a/12"},
        {"https://www.journal.fr/a/12?amp=1", "https://journal.fr/a/12"},
        {"https://www.journal.fr/a/12?amp", "https://journal.fr/a/12"},
        {"https://www.journal.fr/a/12?page=2&outputType=amp", "https://journal.fr/a/12?page=2"},
        {"https://www.journal.fr/a/12.amp.html", "https://journal.fr/a/12.html"},
        {"https://www.journal.fr/a/12-amp.html", "https://journal.fr/a/12.html"},
        {"https://www.journal.fr/a/12.amp", "https://journal.fr/a/12"},
        {"https://www.google.com/amp/s/www.journal.fr/a/12.amp.html",
         "https://journal.fr/a/12.html"},
        {"https://www-journal-fr.cdn.ampproject.org/c/s/www.journal.fr/a/12?amp_js_v=0.1&id=3",
         "https://journal.fr/a/12?id=3"},
        /* near-misses */
        {"https://journal.fr/amp", "https://journal.fr/amp"},
        {"https://journal.fr/lamp", "https://journal.fr/lamp"},
        {"https://journal.fr/a/champ", "https://journal.fr/a/champ"},
        {"https://journal.fr/amplis/12", "https://journal.fr/amplis/12"},
        {"https://mjournal.fr/a", "https://mjournal.fr/a"},
        {"https://journal.fr/a?amplitude=3", "https://journal.fr/a?amplitude=3"},
        {"https://journal.fr/a?output=pdf", "https://journal.fr/a?output=pdf"},
        {"https://google.com/amp/s/", "https://google.com/s"},
    };
    (void)state;
    ALL(forms);
}

static void test_escapes_and_paths_are_levelled(void **state)
{
    static const struct form forms[] = {
        {"https://example.org/caf%c3%a9", "https://example.org/caf%C3%A9"},
        {"https://example.org/caf\xC3\xA9", "https://example.org/caf%C3%A9"},
        {"https://example.org/%7Ejo/%41%2d1", "https://example.org/~jo/A-1"},
        {"https://example.org/a%2Fb", "https://example.org/a%2Fb"},
        {"https://example.org/a%zz", "https://example.org/a%zz"},
        {"https://example.org/a%00b", "https://example.org/a%00b"},
        {"https://example.org/%2541", "https://example.org/%2541"},
        {"https://example.org/?q=a|b", "https://example.org/?q=a%7Cb"},
        {"https://example.org/a/./b/../c", "https://example.org/a/c"},
        {"https://example.org/../../c", "https://example.org/c"},
        {"https://example.org/a/%2e%2e/c", "https://example.org/c"},
        {"https://example.org/a/", "https://example.org/a"},
        {"https://example.org/a/index.html", "https://example.org/a"},
        {"https://example.org/a/;jsessionid=1A2B", "https://example.org/a"},
        {"https://example.org/a.php;jsessionid=1A2B?id=3", "https://example.org/a.php?id=3"},
    };
    (void)state;
    ALL(forms);
}

static void test_tracking_parameters_go(void **state)
{
    static const struct form forms[] = {
        {"https://e.org/a?utm_source=x&UTM_Medium=y", "https://e.org/a"},
        {"https://e.org/a?utm%5Fsource=x", "https://e.org/a"},
        {"https://e.org/a?id=3&fbclid=z&page=2", "https://e.org/a?id=3&page=2"},
        {"https://e.org/a?at_medium=custom&at_campaign=1&xtor=RSS-3208", "https://e.org/a"},
        {"https://e.org/a?gclid=1&gbraid=2&msclkid=3&srsltid=4", "https://e.org/a"},
        {"https://e.org/a?b=2&a=1", "https://e.org/a?a=1&b=2"},
        {"https://e.org/a?%62=2&a=1", "https://e.org/a?a=1&b=2"},
        {"https://e.org/a?b=2&a=3&b=1", "https://e.org/a?a=3&b=2&b=1"}, /* of one name: in order */
        {"https://e.org/a?", "https://e.org/a"},
        {"https://e.org/a?&&x&", "https://e.org/a?x"},
        {"https://e.org/a?utm=1&gclidx=2", "https://e.org/a?gclidx=2&utm=1"}, /* near-misses */
    };
    (void)state;
    ALL(forms);
}

/* What is shown can be opened: scheme, www and slash stay as the publisher has them. */
static void test_canonical_urls_can_be_opened(void **state)
{
    (void)state;
    canonical("HTTP://WWW.Example.ORG/a/?utm_source=x#c", "http://www.example.org/a/");
    canonical("https://www.m.journal.fr/a/12/amp/", "https://www.journal.fr/a/12/");
    canonical("https://m.journal.fr/a/12?b=2&a=1", "https://journal.fr/a/12?b=2&a=1");
    canonical("https://journal.fr/a/index.html", "https://journal.fr/a/index.html");
    canonical("https://www.google.fr/amp/s/www.journal.fr/a", "https://www.journal.fr/a");
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
    assert_slice(a.key, "https://e.org/");
    assert_true(a.id == digest_article_id("url", SLICE("https://e.org/")));
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

/* In which of its forms the address is given is no change; another address is one. */
static void test_forms_of_an_address_are_no_revision(void **state)
{
    (void)state;
    const char *const forms[] = {"https://www.e.org/a/?c=1&b=2", "http://e.org/a?b=2&c=1",
                                 "https://m.e.org/a/?b=2&c=1&utm_source=x"};
    struct digest first = {{0}};
    for (int i = 0; i < 4; i++) {
        char json[200];
        snprintf(json, sizeof json, "{\"text\":\"Il pleut.\",\"url\":\"%s\"}",
                 i < 3 ? forms[i] : "https://e.org/b");
        struct given g = given_json(json);
        struct digest revision = identity(&g).revision;
        first = i == 0 ? revision : first;
        assert_true(same_digest(revision, first) == (i < 3));
        given_done(&g);
    }
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
        cmocka_unit_test(test_escapes_and_paths_are_levelled),
        cmocka_unit_test(test_amp_and_mobile_are_united),
        cmocka_unit_test(test_tracking_parameters_go),
        cmocka_unit_test(test_canonical_urls_can_be_opened),
        cmocka_unit_test(test_what_is_no_url),
        cmocka_unit_test(test_url_then_external_id_then_text),
        cmocka_unit_test(test_forms_of_an_address_are_no_revision),
        cmocka_unit_test(test_revision_moves_with_every_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
