#include "given.h"

#include "base/buf.h"
#include "ingest/archive.h"
#include "text/utf8.h"

static struct given given_export(const char *json, struct ingest_archive *archive)
{
    return given_with(
        slice_cstr(json),
        (struct ingest_hints){.content_type = SLICE("application/json"), .archive = archive});
}

/* What is written comes back the same: document, origins, history, warnings. */
static void test_an_article_comes_back(void **state)
{
    (void)state;
    const char *submitted =
        "{\"external_id\":\"e\",\"url\":\"https://e.org/"
        "é?utm_source=x\",\"canonical_url\":\"https://e.org/c\","
        "\"title\":\"Titre\",\"bylines\":[\"A "
        "B\",\"C\"],\"keywords\":[\"k\"],\"published_at\":\"2026-02-03\","
        "\"modified_at\":\"2026-02-03T10:00:00.250Z\",\"lang\":\"fr\",\"odd\":1,"
        "\"origins\":{\"title\":\"opengraph\",\"published_at\":\"json-ld\"},"
        "\"text\":\"Titre\\n\\nNANTES (AFP) - Le maire dit non.\\r\\n😀 Fin.\"}";
    struct given first = given_json(submitted);
    assert_int_equal(first.rc, RC_OK);
    struct store_record record = {.article = {.id = 77,
                                              .revision = 3,
                                              .ingested_ms = 1770000000123,
                                              .updated_ms = 1770000001000,
                                              .document = *first.document}};
    struct offsets *offsets = offsets_new(first.arena, first.document->text);
    record.article.block_cps =
        ARENA_ARRAY(first.arena, struct store_cp_span, first.document->block_count);
    for (size_t i = 0; i < first.document->block_count; i++) {
        struct span span = first.document->blocks[i].span;
        record.article.block_cps[i] = (struct store_cp_span){offsets_cp(offsets, span.start_byte),
                                                             offsets_cp(offsets, span.end_byte)};
    }
    struct store_key keys[] = {{STORE_KEY_URL, {1, 0xfe}}, {STORE_KEY_CONTENT, {2}}};
    struct block block = {BLOCK_PARAGRAPH, {0, 6}};
    struct store_cp_span block_cps = {0, 4};
    struct store_revision older[] = {{.revision = 1,
                                      .hash = {{7, 8}},
                                      .recorded_ms = 1769000000000,
                                      .title = SLICE("Ancien"),
                                      .text = SLICE("Été."),
                                      .blocks = &block,
                                      .block_cps = &block_cps,
                                      .block_count = 1},
                                     {.revision = 2, .hash = {{9}}, .recorded_ms = 1769000000001}};
    struct store_known_mention mentions[] = {{9, 3}, {40, 4}};
    struct store_history history = {.keys = keys,
                                    .key_count = 2,
                                    .revisions = older,
                                    .revision_count = 2,
                                    .mentions = mentions,
                                    .mention_count = 2};
    struct buf line, again;
    struct jsonw w;
    buf_init(&line);
    buf_init(&again);
    jsonw_init(&w, &line, 0);
    archive_write_record(&w, &record, &history);
    buf_char(&line, '\0');

    struct ingest_archive archive;
    struct given second = given_export(line.data, &archive);
    assert_int_equal(second.rc, RC_OK);
    assert_int_equal(archive.kind, ARCHIVE_ARTICLE);
    assert_true(archive.id == 77);
    assert_int_equal(archive.history.revision, 3);
    assert_true(archive.history.ingested_ms == 1770000000123 &&
                archive.history.updated_ms == 1770000001000);
    const struct store_history *h = &archive.history;
    assert_int_equal(h->key_count, 2);
    assert_memory_equal(h->keys, keys, sizeof keys);
    assert_int_equal(h->revision_count, 2);
    assert_int_equal(h->revisions[0].revision, 1);
    assert_memory_equal(h->revisions[0].hash.bytes, older[0].hash.bytes, 32);
    assert_true(h->revisions[0].recorded_ms == 1769000000000);
    assert_slice(h->revisions[0].title, "Ancien");
    assert_slice(h->revisions[0].text, "Été.");
    assert_int_equal(h->revisions[0].block_count, 1);
    assert_int_equal(h->revisions[0].blocks[0].span.end_byte, 6);
    assert_false(slice_present(h->revisions[1].text));
    assert_int_equal(h->mention_count, 2);
    assert_true(h->mentions[1].start_byte == 40 && h->mentions[1].entity == 4);
    assert_int_equal(second.document->warning_count, 1);
    assert_string_equal(second.document->warnings[0].code, "unknown_field");
    assert_int_equal(second.document->title.origin, ORIGIN_OPENGRAPH);
    assert_int_equal(second.document->dateline.origin, ORIGIN_TEXT);
    struct identity a, b;
    struct err e;
    assert_int_equal(identity_of(first.document, first.arena, &a, &e), RC_OK);
    assert_int_equal(identity_of(second.document, second.arena, &b, &e), RC_OK);
    assert_true(a.id == b.id && memcmp(&a.revision, &b.revision, sizeof a.revision) == 0);

    record.article.document = *second.document;
    jsonw_init(&w, &again, 0);
    archive_write_record(&w, &record, &history);
    buf_char(&again, '\0');
    assert_string_equal(line.data, again.data);
    buf_done(&line);
    buf_done(&again);
    given_done(&first);
    given_done(&second);
}

static void test_tombstones_and_corrections(void **state)
{
    (void)state;
    struct buf line;
    struct jsonw w;
    struct ingest_archive archive;
    struct store_record record = {
        .deleted = true, .deleted_ms = 1770000000000, .article = {.id = 5, .revision = 2}};
    struct store_key key = {STORE_KEY_EXTERNAL_ID, {3}};
    struct store_history history = {.key_kind = "external_id", .keys = &key, .key_count = 1};
    buf_init(&line);
    jsonw_init(&w, &line, 0);
    archive_write_record(&w, &record, &history);
    buf_char(&line, '\0');
    struct given g = given_export(line.data, &archive);
    assert_int_equal(g.rc, RC_OK);
    assert_int_equal(archive.kind, ARCHIVE_TOMBSTONE);
    assert_true(archive.id == 5 && archive.deleted_ms == 1770000000000);
    assert_true(archive.history.updated_ms == 1770000000000 && archive.history.revision == 2);
    assert_string_equal(archive.history.key_kind, "external_id");
    assert_int_equal(archive.history.key_count, 1);
    given_done(&g);

    struct store_correction correction = {.kind = CORRECTION_QUOTE_SPEAKER,
                                          .target = 9,
                                          .value = SLICE("abc"),
                                          .author = SLICE("Ana"),
                                          .created_ms = 1770000000000,
                                          .article = 7,
                                          .text_hash = SLICE("00ff"),
                                          .words = SLICE("« oui »"),
                                          .start_byte = 12,
                                          .undone_ms = 1770000001000};
    buf_clear(&line);
    jsonw_init(&w, &line, 0);
    archive_write_correction(&w, &correction);
    buf_char(&line, '\0');
    g = given_export(line.data, &archive);
    assert_int_equal(g.rc, RC_OK);
    assert_int_equal(archive.kind, ARCHIVE_CORRECTION);
    const struct store_correction *c = &archive.correction;
    assert_true(c->from_export && c->kind == CORRECTION_QUOTE_SPEAKER && c->target == 9 &&
                c->article == 7);
    assert_slice(c->words, "« oui »");
    assert_slice(c->text_hash, "00ff");
    assert_slice(c->author, "Ana");
    assert_int_equal(c->start_byte, 12);
    assert_true(c->created_ms == 1770000000000 && c->undone_ms == 1770000001000);
    assert_false(slice_present(c->note));
    given_done(&g);
    buf_done(&line);
}

static void test_entities_and_redirects(void **state)
{
    (void)state;
    struct store_entity_record rows[] = {
        {.id = 11,
         .ordinal = 2,
         .type = ENTITY_LOC,
         .name = SLICE("Brest"),
         .named = true,
         .created_ms = 1770000000000},
        {.id = 12, .type = ENTITY_PER, .name = SLICE("Hier"), .merged_into = 11}};
    for (int redirects = 0; redirects < 2; redirects++) {
        struct buf line;
        struct jsonw w;
        struct ingest_archive archive;
        buf_init(&line);
        jsonw_init(&w, &line, 0);
        archive_write_entities(&w, rows, 2, redirects);
        buf_char(&line, '\0');
        if (redirects) { /* only the second says where it leads */
            buf_clear(&line);
            jsonw_init(&w, &line, 0);
            archive_write_entities(&w, rows + 1, 1, true);
            buf_char(&line, '\0');
        }
        struct given g = given_export(line.data, &archive);
        assert_int_equal(g.rc, RC_OK);
        assert_int_equal(archive.kind, ARCHIVE_ENTITIES);
        assert_int_equal(archive.entity_count, redirects ? 1 : 2);
        const struct store_entity_record *e = archive.entities;
        if (redirects) {
            assert_true(e[0].id == 12 && e[0].merged_into == 11 && !slice_present(e[0].name));
        } else {
            assert_true(e[0].id == 11 && e[0].ordinal == 2 && e[0].type == ENTITY_LOC);
            assert_true(e[0].named && e[0].created_ms == 1770000000000);
            assert_slice(e[0].name, "Brest");
            assert_true(!e[1].named && e[1].merged_into == 0);
        }
        given_done(&g);
        buf_done(&line);
    }
}

static void test_strangers_can_not_set_the_history(void **state)
{
    (void)state;
    struct given g = given_json("{\"text\":\"Oui.\",\"archive\":{\"id\":\"x\"},\"correction\":{}}");
    assert_int_equal(g.rc, RC_OK);
    assert_int_equal(g.document->warning_count, 2);
    given_done(&g);
}

static void test_damaged_exports(void **state)
{
    (void)state;
    const struct {
        const char *json, *field;
    } cases[] = {
        {"{\"text\":\"a\",\"archive\":{\"id\":\"short\",\"revision\":1}}", "/archive/id"},
        {"{\"text\":\"a\",\"archive\":{\"revision\":0}}", "/archive/revision"},
        {"{\"text\":\"a\",\"archive\":{\"revision\":-1}}", "/archive/revision"},
        {"{\"text\":\"a\",\"archive\":{\"revision\":1,\"ingested_at\":\"x\"}}",
         "/archive/ingested_at"},
        {"{\"text\":\"a\",\"archive\":{\"revision\":1,\"warnings\":[3]}}", "/archive/warnings"},
        {"{\"text\":\"a\",\"archive\":{\"revision\":1,\"keys\":{}}}", "/archive/keys"},
        {"{\"text\":\"a\",\"archive\":{\"revision\":1,\"keys\":[{\"kind\":\"none\"}]}}",
         "/archive/keys/0/kind"},
        {"{\"text\":\"a\",\"archive\":{\"revision\":1,\"keys\":[{\"kind\":\"url\","
         "\"hash\":\"0g\"}]}}",
         "/archive/keys/0/hash"},
        {"{\"text\":\"a\",\"archive\":{\"revision\":2,\"revisions\":[{\"revision\":1}]}}",
         "/archive/revisions/0/hash"},
        {"{\"text\":\"a\",\"archive\":{\"revision\":1,\"mentions\":[{\"entity\":\"x\"}]}}",
         "/archive/mentions/0/entity"},
        {"{\"entities\":[{\"name\":\"A\",\"type\":\"PER\"}]}", "/entities/0/id"},
        {"{\"correction\":{\"kind\":\"bless\"}}", "/correction/kind"},
        {"{\"correction\":{\"kind\":\"entity_rename\",\"type\":\"CAT\"}}", "/correction/type"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ingest_archive archive;
        struct given g = given_export(cases[i].json, &archive);
        assert_refused(g, RC_INVALID, cases[i].field, "must be");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_article_comes_back),
        cmocka_unit_test(test_tombstones_and_corrections),
        cmocka_unit_test(test_entities_and_redirects),
        cmocka_unit_test(test_strangers_can_not_set_the_history),
        cmocka_unit_test(test_damaged_exports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
