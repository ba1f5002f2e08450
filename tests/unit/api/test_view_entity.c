#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "api/view_entity.h"

static struct buf out;
static struct jsonw w;

static void begin(void)
{
    buf_init(&out);
    jsonw_init(&w, &out, 0);
}

static void check(const char *expected)
{
    buf_char(&out, '\0');
    assert_false(out.failed);
    assert_string_equal(out.data, expected);
    buf_done(&out);
}

static void an_entity_of_the_archive(void **state)
{
    (void)state;
    struct alias aliases[] = {{SLICE("Anne Lebrun"), 3}, {SLICE("Lebrun"), 1}};
    struct store_title titles[] = {{SLICE("maire"), 2, 1770076800000, 1770112345678}};
    struct store_entity entity = {.id = 1,
                                  .name = SLICE("Anne Lebrun"),
                                  .slug = SLICE("anne-lebrun"),
                                  .type = ENTITY_PER,
                                  .articles = 2,
                                  .mentions = 4,
                                  .quotes_by = 1,
                                  .quotes_about = 0,
                                  .first_seen_ms = 1770076800000,
                                  .last_seen_ms = 1770112345000,
                                  .aliases = aliases,
                                  .alias_count = 2,
                                  .titles = titles,
                                  .title_count = 1};
    begin();
    view_entity_write(&w, SLICE(""), &entity, NULL, SLICE("Lebrun \"\\"));
    check("{\"id\":\"aaaaaaaaaaaac\",\"slug\":\"anne-lebrun\",\"name\":\"Anne "
          "Lebrun\",\"type\":\"PER\","
          "\"aliases\":[{\"text\":\"Anne Lebrun\",\"count\":3},{\"text\":\"Lebrun\",\"count\":1}],"
          "\"titles\":[{\"text\":\"maire\",\"count\":2,\"first_seen\":\"2026-02-03T00:00:00Z\","
          "\"last_seen\":\"2026-02-03T09:52:25.678Z\"}],"
          "\"first_seen\":\"2026-02-03T00:00:00Z\",\"last_seen\":\"2026-02-03T09:52:25Z\","
          "\"articles\":2,\"mentions\":4,\"quotes_by\":1,\"quotes_about\":0,"
          "\"resolved_from\":\"Lebrun \\\"\\\\\","
          "\"links\":{\"self\":\"/entities/aaaaaaaaaaaac\","
          "\"articles\":\"/entities/aaaaaaaaaaaac/articles\","
          "\"quotes\":\"/entities/aaaaaaaaaaaac/quotes\"}}");
}

static void one_that_lost_its_last_article(void **state)
{
    (void)state;
    struct store_entity entity = {
        .id = 1, .name = SLICE("X"), .slug = SLICE("x"), .type = ENTITY_ORG};
    begin();
    view_entity_write(&w, SLICE("https://h/p"), &entity, NULL, SLICE_NONE);
    check("{\"id\":\"aaaaaaaaaaaac\",\"slug\":\"x\",\"name\":\"X\",\"type\":\"ORG\",\"aliases\":[],"
          "\"titles\":[],\"first_seen\":null,\"last_seen\":null,\"articles\":0,\"mentions\":0,"
          "\"quotes_by\":0,\"quotes_about\":0,"
          "\"links\":{\"self\":\"https://h/p/entities/aaaaaaaaaaaac\","
          "\"articles\":\"https://h/p/entities/aaaaaaaaaaaac/articles\","
          "\"quotes\":\"https://h/p/entities/aaaaaaaaaaaac/quotes\"}}");
}

static void what_its_newest_articles_say(void **state)
{
    (void)state;
    struct store_entity entity = {
        .id = 1, .name = SLICE("X"), .slug = SLICE("x"), .type = ENTITY_PER, .articles = 300};
    struct store_companion companions[] = {{3, SLICE("dieppe"), SLICE("Dieppe"), ENTITY_LOC, 7}};
    struct store_entity_recent recent = {.articles = 100,
                                         .since_ms = 1770076800000,
                                         .speaks = 5,
                                         .spoken_about = 2,
                                         .gender = GENDER_FEMININE,
                                         .companions = companions,
                                         .companion_count = 1};
    begin();
    view_entity_write(&w, SLICE(""), &entity, &recent, SLICE_NONE);
    check("{\"id\":\"aaaaaaaaaaaac\",\"slug\":\"x\",\"name\":\"X\",\"type\":\"PER\",\"aliases\":[],"
          "\"titles\":[],\"first_seen\":null,\"last_seen\":null,\"articles\":300,\"mentions\":0,"
          "\"quotes_by\":0,\"quotes_about\":0,\"gender\":\"feminine\","
          "\"recent\":{\"articles\":100,\"since\":\"2026-02-03T00:00:00Z\",\"speaks\":5,"
          "\"spoken_about\":2,\"seen_with\":[{\"id\":\"aaaaaaaaaaaag\",\"slug\":\"dieppe\","
          "\"name\":\"Dieppe\",\"type\":\"LOC\",\"articles\":7,"
          "\"links\":{\"self\":\"/entities/aaaaaaaaaaaag\"}}]},"
          "\"links\":{\"self\":\"/entities/aaaaaaaaaaaac\","
          "\"articles\":\"/entities/aaaaaaaaaaaac/articles\","
          "\"quotes\":\"/entities/aaaaaaaaaaaac/quotes\"}}");
}

static void an_entity_in_one_article(void **state)
{
    (void)state;
    struct store_mention mentions[] = {
        {12, 18, 10, 16, SLICE("Lebrun"), ENTITY_PER, MENTION_DOCUMENT, 0.5f, 1}};
    struct alias aliases[] = {{SLICE("Lebrun"), 1}};
    struct store_article_title titles[] = {{SLICE("maire"), 20, 25, 18, 23}};
    struct store_article_entity entity = {.id = 1,
                                          .name = SLICE("Anne Lebrun"),
                                          .slug = SLICE("anne-lebrun"),
                                          .local_name = SLICE("Lebrun"),
                                          .type = ENTITY_PER,
                                          .prominence = 0.25f,
                                          .quotes_by = 2,
                                          .quotes_about = 1,
                                          .mentions = mentions,
                                          .mention_count = 1,
                                          .aliases = aliases,
                                          .alias_count = 1,
                                          .titles = titles,
                                          .title_count = 1};
    begin();
    view_article_entity_write(&w, SLICE(""), &entity);
    check("{\"id\":\"aaaaaaaaaaaac\",\"slug\":\"anne-lebrun\",\"name\":\"Anne "
          "Lebrun\",\"type\":\"PER\","
          "\"prominence\":0.25,\"quotes_by\":2,\"quotes_about\":1,\"aliases\":[{\"text\":"
          "\"Lebrun\",\"count\":1}],"
          "\"titles\":[{\"text\":\"maire\",\"start\":18,\"end\":23}],"
          "\"mentions\":[{\"start\":10,\"end\":16,\"text\":\"Lebrun\",\"type\":\"PER\","
          "\"confidence\":0.5,\"method\":\"document\"}],"
          "\"links\":{\"self\":\"/entities/aaaaaaaaaaaac\"}}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entity_of_the_archive),
        cmocka_unit_test(one_that_lost_its_last_article),
        cmocka_unit_test(what_its_newest_articles_say),
        cmocka_unit_test(an_entity_in_one_article),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
