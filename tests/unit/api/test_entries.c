#include "rendering.h"

#include "api/entries.h"

static struct arena *arena;

static void check(struct slice got, const char *expected)
{
    if (!slice_is(got, expected)) {
        fail_msg("'%.*s', not '%s'", SLICE_ARG(got), expected);
    }
}

static void a_quote(void **state)
{
    (void)state;
    struct atom_entry entry = {0};
    entry_quote(SLICE("{\"id\":\"q\",\"text\":\"t\",\"speaker\":{\"name\":null,\"text\":\"elle\"},"
                      "\"article\":{\"title\":\"T\",\"source\":\"S\",\"published_at\":null,\"at\":"
                      "\"2026-02-03T04:05:06Z\",\"url\":\"https://x/\"},\"links\":{\"self\":"
                      "\"/quotes/q\"}}"),
                arena, &entry);
    assert_string_equal(entry.kind, "quote");
    check(entry.title, "elle — T");
    check(entry.summary, "t");
    check(entry.updated, "2026-02-03T04:05:06Z");
    assert_false(slice_present(entry.published));
    check(entry.self, "/quotes/q");
    check(entry.related, "https://x/");
}

static void without_names(void **state)
{
    (void)state;
    struct atom_entry entry = {0};
    entry_quote(
        SLICE("{\"id\":\"q\",\"text\":\"t\",\"speaker\":null,\"article\":{\"title\":null}}"), arena,
        &entry);
    check(entry.title, "(unknown speaker)");
    entry_article(SLICE("{\"id\":\"a\",\"title\":null}"), arena, &entry);
    check(entry.title, "(untitled)");
}

static void an_entity(void **state)
{
    (void)state;
    struct atom_entry entry = {0};
    entry_entity(SLICE("{\"id\":\"e\",\"name\":\"Anne\",\"articles\":1,\"mentions\":2,"
                       "\"quotes_by\":3,\"quotes_about\":4,\"first_seen\":\"2026-01-01T00:00:00Z\","
                       "\"last_seen\":\"2026-02-01T00:00:00Z\",\"links\":{\"self\":\"/e\"}}"),
                 arena, &entry);
    check(entry.summary, "1 articles, 2 mentions, 3 quotes by, 4 quotes about");
    check(entry.updated, "2026-02-01T00:00:00Z");
}

static int setup(void **state)
{
    (void)state;
    arena = arena_new(0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_quote), cmocka_unit_test(without_names),
                                       cmocka_unit_test(an_entity)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
