#include "rendering.h"

#include "api/project.h"

static void check(const char *value, const char *fields, const char *expected)
{
    struct field_paths paths = {.count = 0};
    struct slice rest = slice_cstr(fields);
    struct buf out;
    struct jsonw w;
    while (slice_present(rest) && fields[0]) {
        paths.paths[paths.count++] = slice_cut(&rest, ',');
    }
    buf_init(&out);
    jsonw_init(&w, &out, 0);
    project_write(&w, slice_cstr(value), &paths);
    buf_char(&out, '\0');
    assert_string_equal(out.data, expected);
    buf_done(&out);
}

static const char quote[] = "{\"id\":1,\"speaker\":{\"name\":\"A\",\"title\":null},\"spans\":[{"
                            "\"start\":1,\"end\":2},{\"start\":3,\"end\":4}],\"about\":[]}";

static void paths_lead_through_lists(void **state)
{
    (void)state;
    check(quote, "", quote);
    check(quote, "id", "{\"id\":1}");
    check(quote, "spans.end,id", "{\"id\":1,\"spans\":[{\"end\":2},{\"end\":4}]}");
    check(quote, "speaker", "{\"speaker\":{\"name\":\"A\",\"title\":null}}");
    check(quote, "about.name", "{\"about\":[]}");
}

/* The whole wins over a part of it; the object's order stands. */
static void parts_and_wholes(void **state)
{
    (void)state;
    check(quote, "speaker.title,speaker", "{\"speaker\":{\"name\":\"A\",\"title\":null}}");
    check(quote, "speaker.title,speaker.name", "{\"speaker\":{\"name\":\"A\",\"title\":null}}");
    check(quote, "nothing", "{}");
    check(quote, "id.below", "{\"id\":1}"); /* the schema refuses it before */
    check("{\"speaker\":null}", "speaker.name", "{\"speaker\":null}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(paths_lead_through_lists),
                                       cmocka_unit_test(parts_and_wholes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
