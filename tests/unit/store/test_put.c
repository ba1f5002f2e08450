#include "fixture.h"

static struct store_article get(struct archive *a, uint64_t id, unsigned parts)
{
    struct store_article article;
    struct err e = {0};
    if (store_article_get(a->reader, id, parts, a->arena, &article, &e) != RC_OK) {
        fail_msg("get failed: %s", e.message);
    }
    return article;
}

static void make_article(struct fixture *f, const char *url, const char *more)
{
    char body[1000];
    snprintf(
        body, sizeof body,
        "Steve Witkoff, homme d'affaires américain, a parlé. « C'est une étape », a dit Witkoff à "
        "propos de l'Élysée. %s",
        more);
    fixture_begin(f, url, "Un titre à l'été", body);
    uint32_t w = fixture_entity(f, "Steve Witkoff", ENTITY_PER);
    uint32_t p = fixture_entity(f, "Élysée", ENTITY_ORG);
    fixture_mention(f, w, "Steve Witkoff");
    fixture_mention(f, w, "Witkoff");
    fixture_mention(f, p, "Élysée");
    fixture_title(f, w, "homme d'affaires américain");
    struct quote *q = fixture_quote(f, "C'est une étape", w, QUOTE_DIRECT);
    fixture_about(f, q, p);
}

static void test_created_unchanged_revised(void **state)
{
    struct archive *a = *state;
    struct fixture f;
    make_article(&f, "https://example.org/a", "");
    struct store_result first = fixture_put(&f, a->store);
    assert_int_equal(first.outcome, OUTCOME_CREATED);
    assert_int_equal(first.revision, 1);
    uint64_t version = first.version;

    struct store_result again = fixture_put(&f, a->store);
    assert_int_equal(again.outcome, OUTCOME_UNCHANGED);
    assert_int_equal(again.id, first.id);
    assert_int_equal(again.version, version); /* nothing that a read answers has moved */
    fixture_end(&f);

    make_article(&f, "https://example.org/a", "Une phrase de plus.");
    struct store_result revised = fixture_put(&f, a->store);
    assert_int_equal(revised.outcome, OUTCOME_REVISED);
    assert_int_equal(revised.id, first.id);
    assert_int_equal(revised.revision, 2);
    assert_true(revised.version > version);
    struct store_article article = get(a, first.id, STORE_META | STORE_TEXT | STORE_BLOCKS);
    assert_true(slice_equal(article.document.text, f.document.text));
    assert_int_equal(article.entity_count, 2);
    assert_int_equal(article.mention_count, 3);
    assert_int_equal(article.quote_count, 1);

    struct store_revision *revisions;
    size_t count;
    struct err e = {0};
    assert_int_equal(
        store_article_revisions(a->reader, first.id, true, a->arena, &revisions, &count, &e),
        RC_OK);
    assert_int_equal(count, 2);
    assert_false(revisions[0].current);
    assert_true(slice_present(revisions[0].text));
    assert_int_equal(revisions[0].block_count, 2);
    assert_true(revisions[1].current);
    archive_check(a, true);
    fixture_end(&f);
}

static void test_everything_comes_back(void **state)
{
    struct archive *a = *state;
    struct fixture f;
    make_article(&f, "https://example.org/whole", "");
    struct slice bylines[] = {SLICE("Anne Dupont"), SLICE("AFP")},
                 keywords[] = {SLICE("diplomatie")};
    struct warning warnings[] = {{"charset_converted", SLICE("from windows-1252")}};
    struct warning seen[] = {{"lang_guessed", SLICE("")}};
    struct document *d = &f.document;
    d->external_id = (struct field){SLICE("ext-1"), ORIGIN_SUBMITTED};
    d->section = (struct field){SLICE("Monde"), ORIGIN_JSON_LD};
    d->image = (struct field){SLICE("https://example.org/i.jpg"), ORIGIN_OPENGRAPH};
    d->dateline = (struct field){SLICE("Moscou"), ORIGIN_TEXT};
    d->standfirst = (struct field){SLICE("Un chapô."), ORIGIN_META};
    d->modified = (struct moment){true, true, 1770100000000, ORIGIN_META};
    d->bylines = bylines;
    d->byline_count = 2;
    d->keywords = keywords;
    d->keyword_count = 1;
    d->warnings = warnings;
    d->warning_count = 1;
    f.analysis.warnings = seen;
    f.analysis.warning_count = 1;
    struct store_result result = fixture_put(&f, a->store);

    struct store_article article =
        get(a, result.id, STORE_SUMMARY | STORE_META | STORE_TEXT | STORE_BLOCKS);
    const struct document *r = &article.document;
    assert_true(slice_is(article.summary, "{\"summary\":1}"));
    assert_true(slice_equal(r->text, d->text));
    assert_true(slice_is(r->title.text, "Un titre à l'été"));
    assert_int_equal(r->title.origin, ORIGIN_TEXT);
    assert_true(slice_is(r->section.text, "Monde"));
    assert_int_equal(r->section.origin, ORIGIN_JSON_LD);
    assert_int_equal(r->image.origin, ORIGIN_OPENGRAPH);
    assert_true(slice_is(r->dateline.text, "Moscou"));
    assert_true(slice_is(r->standfirst.text, "Un chapô."));
    assert_true(slice_is(r->external_id.text, "ext-1"));
    assert_true(slice_is(r->source.text, "Le Quotidien"));
    assert_false(slice_present(r->lang.text));
    assert_true(slice_is(article.lang, "fr"));
    assert_int_equal(article.lang_origin, ORIGIN_DETECTED);
    assert_true(r->published.present && !r->published.date_only);
    assert_int_equal(r->published.time_ms, 1770000000000);
    assert_int_equal(r->published.origin, ORIGIN_SUBMITTED);
    assert_true(r->modified.present && r->modified.date_only);
    assert_int_equal(r->modified.time_ms, 1770100000000);
    assert_int_equal(r->byline_count, 2);
    assert_true(slice_is(r->bylines[1], "AFP"));
    assert_int_equal(r->keyword_count, 1);
    assert_int_equal(r->warning_count, 1);
    assert_string_equal(r->warnings[0].code, "charset_converted");
    assert_true(slice_is(r->warnings[0].detail, "from windows-1252"));
    assert_int_equal(article.warning_count, 1);
    assert_string_equal(article.warnings[0].code, "lang_guessed");
    assert_int_equal(r->block_count, 2);
    assert_int_equal(r->blocks[1].kind, BLOCK_PARAGRAPH);
    assert_int_equal(r->blocks[1].span.end_byte, f.blocks[1].span.end_byte);
    assert_int_equal(article.block_cps[1].start_cp, strlen("Un titre a l'ete") + 2);
    assert_int_equal(r->word_count, 42);
    assert_true(slice_is(article.analyser, "test 1"));
    fixture_end(&f);
}

static void test_article_entities(void **state)
{
    struct archive *a = *state;
    struct fixture f;
    make_article(&f, "https://example.org/e", "");
    struct store_result result = fixture_put(&f, a->store);
    struct store_article_entity *rows;
    size_t count;
    struct err e = {0};
    assert_int_equal(store_article_entities(a->reader, result.id, a->arena, &rows, &count, &e),
                     RC_OK);
    assert_int_equal(count, 2);
    assert_true(slice_is(rows[0].name, "Steve Witkoff"));
    assert_int_equal(rows[0].mention_count, 2);
    assert_true(slice_is(rows[0].mentions[1].text, "Witkoff"));
    assert_int_equal(rows[0].alias_count, 2);
    assert_int_equal(rows[0].title_count, 1);
    assert_true(slice_is(rows[0].titles[0].text, "homme d'affaires américain"));
    assert_int_equal(rows[0].quotes_by, 1);
    assert_int_equal(rows[1].quotes_about, 1);
    assert_true(slice_is(rows[1].slug, "elysee"));
    for (size_t i = 0; i < rows[0].mention_count; i++) {
        const struct store_mention *m = &rows[0].mentions[i];
        assert_true(m->start_cp <= m->start_byte);
        assert_int_equal(m->end_cp - m->start_cp, m->text.len); /* ASCII */
    }
    fixture_end(&f);
}

static void test_identity_by_keys(void **state)
{
    struct archive *a = *state;
    struct fixture f;
    /* an external id alone, then with a URL: one article */
    make_article(&f, NULL, "");
    f.document.external_id = (struct field){SLICE("agency-7"), ORIGIN_SUBMITTED};
    struct store_result first = fixture_put(&f, a->store);
    f.document.canonical_url = (struct field){SLICE("https://example.org/7"), ORIGIN_SUBMITTED};
    struct store_result second = fixture_put(&f, a->store);
    assert_int_equal(second.outcome, OUTCOME_REVISED);
    assert_int_equal(second.id, first.id);
    /* the same external id with another URL is another publisher's: never a wrong join */
    f.document.canonical_url =
        (struct field){SLICE("https://elsewhere.example/7"), ORIGIN_SUBMITTED};
    struct store_result third = fixture_put(&f, a->store);
    assert_int_equal(third.outcome, OUTCOME_CREATED);
    assert_int_not_equal(third.id, first.id);
    fixture_end(&f);
    /* without any key an edited text is a new article */
    make_article(&f, NULL, "Texte un.");
    struct store_result plain = fixture_put(&f, a->store);
    assert_int_equal(fixture_put(&f, a->store).outcome, OUTCOME_UNCHANGED);
    fixture_end(&f);
    make_article(&f, NULL, "Texte deux.");
    struct store_result edited = fixture_put(&f, a->store);
    assert_int_equal(edited.outcome, OUTCOME_CREATED);
    assert_int_not_equal(edited.id, plain.id);
    fixture_end(&f);
    archive_check(a, false);
}

static void test_delete_and_revive(void **state)
{
    struct archive *a = *state;
    struct fixture f;
    struct store_article article;
    struct store_result result;
    struct err e = {0};
    make_article(&f, "https://example.org/d", "");
    struct store_result first = fixture_put(&f, a->store);
    struct store_write gone = {.kind = STORE_DELETE, .has_id = true, .id = first.id};
    assert_int_equal(store_write_wait(a->store, &gone, &result, &e), RC_OK);
    assert_int_equal(result.outcome, OUTCOME_DELETED);
    assert_int_equal(store_article_get(a->reader, first.id, STORE_META, a->arena, &article, &e),
                     RC_GONE);
    assert_int_equal(store_write_wait(a->store, &gone, &result, &e), RC_GONE);
    archive_check(a, true);

    struct store_write again = fixture_request(&f);
    assert_int_equal(store_write_wait(a->store, &again, &result, &e), RC_GONE);
    again.revive = true;
    assert_int_equal(store_write_wait(a->store, &again, &result, &e), RC_OK);
    assert_int_equal(result.outcome, OUTCOME_CREATED);
    assert_int_equal(result.id, first.id);
    assert_int_equal(result.revision, 2);
    get(a, first.id, STORE_META);
    archive_check(a, true);
    fixture_end(&f);
}

static void test_conflicts(void **state)
{
    struct archive *a = *state;
    struct fixture f;
    struct store_result result;
    struct err e = {0};
    make_article(&f, "https://example.org/c", "");
    struct store_result first = fixture_put(&f, a->store);
    struct store_write request = fixture_request(&f);
    request.has_id = true;
    request.if_revision = 7;
    assert_int_equal(store_write_wait(a->store, &request, &result, &e), RC_CONFLICT);
    assert_non_null(strstr(e.message, "revision 1"));
    request.id = first.id + 1;
    request.if_revision = 0;
    assert_int_equal(store_write_wait(a->store, &request, &result, &e), RC_NOT_FOUND);
    /* a failed write leaves nothing, and spoils nothing */
    f.analysis.mentions[0].span.end_byte = 100000;
    struct store_write broken = fixture_request(&f);
    broken.id = 99;
    f.document.canonical_url.text = SLICE("https://example.org/broken");
    broken.revision.bytes[0] ^= 1;
    assert_int_equal(store_write_wait(a->store, &broken, &result, &e), RC_INTERNAL);
    struct store_article article;
    assert_int_equal(store_article_get(a->reader, 99, 0, a->arena, &article, &e), RC_NOT_FOUND);
    archive_check(a, true);
    fixture_end(&f);
}

static void test_reanalysis_keeps_the_revision(void **state)
{
    struct archive *a = *state;
    struct fixture f;
    struct store_result result;
    struct store_record *rows;
    size_t count;
    struct err e = {0};
    make_article(&f, "https://example.org/r", "");
    struct store_result first = fixture_put(&f, a->store);
    assert_int_equal(
        store_article_stale(a->reader, SLICE("test 2"), 0, 10, a->arena, &rows, &count, &e), RC_OK);
    assert_int_equal(count, 1);
    f.analysis.analyser = "test 2";
    f.analysis.quote_count = 0;
    f.analysis.lang = SLICE("en");
    struct store_write request = fixture_request(&f);
    request.kind = STORE_ANALYSIS;
    request.has_id = true;
    request.id = first.id;
    request.document = &rows[0].article.document;
    assert_int_equal(store_write_wait(a->store, &request, &result, &e), RC_OK);
    assert_int_equal(result.revision, 1);
    struct store_article article = get(a, first.id, STORE_META);
    assert_int_equal(article.revision, 1);
    assert_int_equal(article.quote_count, 0);
    assert_true(slice_is(article.lang, "en"));
    assert_int_equal(
        store_article_stale(a->reader, SLICE("test 2"), 0, 10, a->arena, &rows, &count, &e), RC_OK);
    assert_int_equal(count, 0);
    archive_check(a, true);
    fixture_end(&f);
}

static void test_walk_exports_all(void **state)
{
    struct archive *a = *state;
    struct fixture f;
    struct store_result result;
    struct store_record *rows;
    struct err e = {0};
    char url[64];
    for (int i = 0; i < 5; i++) {
        snprintf(url, sizeof url, "https://example.org/w%d", i);
        make_article(&f, url, "");
        result = fixture_put(&f, a->store);
        fixture_end(&f);
    }
    struct store_write gone = {.kind = STORE_DELETE, .has_id = true, .id = result.id};
    assert_int_equal(store_write_wait(a->store, &gone, &result, &e), RC_OK);
    size_t count = 0, live = 0, dead = 0;
    int64_t row = 0;
    do {
        assert_int_equal(store_article_walk(a->reader, row, 2, a->arena, &rows, &count, &e), RC_OK);
        for (size_t i = 0; i < count; i++) {
            row = rows[i].row;
            live += !rows[i].deleted && rows[i].article.document.text.len > 0;
            dead += rows[i].deleted;
        }
    } while (count > 0);
    assert_int_equal(live, 4);
    assert_int_equal(dead, 1);
}

static void test_history_is_restored(void **state)
{
    struct archive *a = *state;
    struct fixture f;
    struct store_result result;
    struct err e = {0};
    make_article(&f, "https://example.org/h", "");
    struct store_revision older = {.revision = 2,
                                   .recorded_ms = 1600000000500,
                                   .title = SLICE("Avant"),
                                   .text = SLICE("Avant.")};
    struct store_key key = {STORE_KEY_URL, {1, 2, 3}};
    struct store_history history = {.revision = 5,
                                    .ingested_ms = 1600000000000,
                                    .updated_ms = 1600000001000,
                                    .keys = &key,
                                    .key_count = 1,
                                    .revisions = &older,
                                    .revision_count = 1};
    struct store_write request = fixture_request(&f);
    request.history = &history;
    assert_int_equal(store_write_wait(a->store, &request, &result, &e), RC_OK);
    struct store_article article = get(a, result.id, STORE_META);
    assert_int_equal(article.revision, 5);
    assert_int_equal(article.ingested_ms, 1600000000000);
    assert_int_equal(article.updated_ms, 1600000001000);
    struct store_revision *revisions;
    size_t count;
    assert_int_equal(
        store_article_revisions(a->reader, result.id, true, a->arena, &revisions, &count, &e),
        RC_OK);
    assert_int_equal(count, 2);
    assert_true(revisions[0].revision == 2 && revisions[0].recorded_ms == 1600000000500);
    assert_true(slice_is(revisions[0].text, "Avant.") && slice_is(revisions[0].title, "Avant"));
    assert_true(revisions[1].revision == 5 && revisions[1].current);
    struct store_record *records;
    assert_int_equal(store_article_walk(a->reader, 0, 9, a->arena, &records, &count, &e), RC_OK);
    struct store_history read;
    assert_int_equal(store_article_history(a->reader, &records[0], a->arena, &read, &e), RC_OK);
    assert_int_equal(read.key_count, 3); /* URL and text, and what was given */
    assert_int_equal(read.revision_count, 1);
    assert_true(read.mention_count > 0);
    /* a tombstone that was never an article here */
    struct store_write tombstone = {
        .kind = STORE_DELETE, .has_id = true, .id = 12345, .history = &history};
    assert_int_equal(store_write_wait(a->store, &tombstone, &result, &e), RC_OK);
    assert_int_equal(store_article_get(a->reader, 12345, 0, a->arena, &article, &e), RC_GONE);
    archive_check(a, false);
    fixture_end(&f);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, archive_setup, archive_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_created_unchanged_revised),
        TEST(test_everything_comes_back),
        TEST(test_article_entities),
        TEST(test_identity_by_keys),
        TEST(test_delete_and_revive),
        TEST(test_conflicts),
        TEST(test_reanalysis_keeps_the_revision),
        TEST(test_walk_exports_all),
        TEST(test_history_is_restored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
