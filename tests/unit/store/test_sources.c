/* Sources that are followed: chosen, changed, due; their items; who watches. */
#include "plans.h"

#include "base/clock.h"
#include "store/sources.h"

#define NOW  INT64_C(1770000000000)
#define HOUR INT64_C(3600000)
#define WHO  ((struct store_actor){.who = SLICE("ada"), .request = SLICE("r1")})

static int set_up(void **state)
{
    clock_fake_ms(NOW);
    return archive_setup(state);
}

static int tear_down(void **state)
{
    int code = archive_teardown(state);
    clock_fake_ms(-1);
    return code;
}

static uint64_t add(struct archive *a, const char *url)
{
    struct store_source_choice choice = {.url = slice_cstr(url), .name = SLICE("Le Quotidien")};
    struct err e = {0};
    uint64_t id = 0;
    assert_int_equal(store_source_add(a->store, &choice, WHO, &id, &e), RC_OK);
    return id;
}

static struct store_source get(struct archive *a, uint64_t id)
{
    struct store_source source = {0};
    struct err e = {0};
    assert_int_equal(store_source_get(a->reader, id, a->arena, &source, &e), RC_OK);
    return source;
}

static bool any(void *context, uint64_t id, struct slice url)
{
    const uint64_t *but = context;
    return url.len > 0 && (!but || *but != id);
}

static uint64_t due(struct archive *a, int64_t now_ms, uint64_t *but, int64_t *next_ms)
{
    struct store_source source = {0};
    struct err e = {0};
    bool found = false;
    assert_int_equal(
        store_source_due(a->reader, now_ms, any, but, a->arena, &source, &found, next_ms, &e),
        RC_OK);
    return found ? source.id : 0;
}

static struct store_visit visit_of(const struct store_source *source)
{
    return (struct store_visit){.source = source->id,
                                .asked = source->choice.url,
                                .at_ms = NOW + 5,
                                .next_ms = NOW + HOUR,
                                .status = 200};
}

static void visited(struct archive *a, const struct store_visit *visit)
{
    struct err e = {0};
    assert_int_equal(store_source_visited(a->store, visit, &e), RC_OK);
}

static void chosen_and_changed(void **state)
{
    struct archive *a = *state;
    struct err e = {0};
    uint64_t id = add(a, "https://a.example/feed"), other;
    struct store_source source = get(a, id);
    struct store_source_choice choice = source.choice;
    assert_int_equal(source.revision, 1);
    assert_true(slice_is(source.choice.name, "Le Quotidien") && source.next_ms == NOW);
    assert_false(slice_present(source.choice.lang) || slice_present(source.error));
    assert_int_equal(store_source_add(a->store, &choice, WHO, &other, &e), RC_CONFLICT);
    assert_string_equal(e.field, "url");
    choice.state = SOURCE_PAUSED;
    choice.most_ms = HOUR;
    assert_int_equal(store_source_change(a->store, id, 2, &choice, WHO, &e), RC_CONFLICT);
    assert_int_equal(store_source_change(a->store, id, 1, &choice, WHO, &e), RC_OK);
    source = get(a, id);
    assert_true(source.revision == 2 && source.choice.state == SOURCE_PAUSED);
    assert_int_equal(source.choice.most_ms, HOUR);
    assert_int_equal(store_source_hasten(a->store, id, WHO, &e), RC_CONFLICT);
    other = add(a, "https://b.example/feed");
    assert_int_equal(store_source_change(a->store, other, 0, &choice, WHO, &e), RC_CONFLICT);
    assert_int_equal(store_source_find(a->reader, choice.url, a->arena, &source, &e), RC_OK);
    assert_true(source.id == id);
    assert_int_equal(store_source_remove(a->store, id, 1, WHO, &e), RC_CONFLICT);
    assert_int_equal(store_source_remove(a->store, id, 2, WHO, &e), RC_OK);
    assert_int_equal(store_source_get(a->reader, id, a->arena, &source, &e), RC_NOT_FOUND);
    assert_int_equal(store_source_remove(a->store, id, 0, WHO, &e), RC_NOT_FOUND);
    assert_int_equal(db_value(a->reader->db,
                              "SELECT count(*) FROM audit WHERE action LIKE 'source_%'"
                              " AND who = 'ada' AND request = 'r1'",
                              -1),
                     4);
}

static void lists_and_totals(void **state)
{
    struct archive *a = *state;
    struct store_source_query query = {.limit = 2};
    struct store_source *rows;
    struct store_source_totals totals;
    struct store_page page;
    struct err e = {0};
    size_t count;
    uint64_t ids[5];
    for (int i = 0; i < 5; i++) {
        char url[40];
        snprintf(url, sizeof url, "https://%d.example/", i);
        ids[i] = add(a, url);
    }
    struct store_source source = get(a, ids[3]);
    struct store_visit visit = visit_of(&source);
    visit.error = SLICE("nobody listens there");
    visit.failures = 1;
    visited(a, &visit);
    for (size_t seen = 0; seen < 5; seen += count) {
        assert_int_equal(store_source_list(a->reader, &query, a->arena, &rows, &count, &page, &e),
                         RC_OK);
        assert_true(page.total == 5 && page.has_more == (seen + count < 5));
        for (size_t i = 0; i < count; i++) {
            assert_true(rows[i].id == ids[seen + i]);
        }
        query.after = page.last;
    }
    query = (struct store_source_query){
        .limit = 9, .has_failing = true, .failing = true, .has_kind = true};
    query.has_state = true;
    assert_int_equal(store_source_list(a->reader, &query, a->arena, &rows, &count, &page, &e),
                     RC_OK);
    assert_true(count == 1 && page.total == 1 && rows[0].id == ids[3]);
    assert_int_equal(store_source_totals(a->reader, NOW + 70, &totals, &e), RC_OK);
    assert_true(totals.active == 5 && totals.failing == 1 && totals.overdue_ms == 70);
    assert_true(totals.paused == 0 && totals.gone == 0);
}

static void many_at_once(void **state)
{
    struct archive *a = *state;
    struct err e = {0};
    struct store_source_choice choices[] = {{.url = SLICE("https://a.example/")},
                                            {.url = SLICE("https://b.example/")},
                                            {.url = SLICE("https://a.example/")}};
    bool added[3] = {false, true, true};
    add(a, "https://b.example/");
    assert_int_equal(store_source_add_many(a->store, choices, 3, WHO, added, &e), RC_OK);
    assert_true(added[0] && !added[1] && !added[2]);
    assert_int_equal(store_source_add_many(a->store, choices, SOURCES_MOST, WHO, added, &e),
                     RC_TOO_LARGE);
}

static void due_in_order(void **state)
{
    struct archive *a = *state;
    struct err e = {0};
    uint64_t first = add(a, "https://a.example/"), second = add(a, "https://b.example/");
    int64_t next_ms;
    struct store_source source = get(a, second);
    struct store_visit visit = visit_of(&source);
    visited(a, &visit);
    assert_true(due(a, NOW, NULL, &next_ms) == first);
    assert_true(due(a, NOW, &first, &next_ms) == 0);
    assert_int_equal(next_ms, NOW + HOUR);
    assert_true(due(a, NOW + HOUR, &first, &next_ms) == second);
    assert_int_equal(store_source_hasten(a->store, second, WHO, &e), RC_OK);
    assert_true(due(a, NOW, &first, &next_ms) == second);
    visit.gone = true;
    visit.error = SLICE("gone");
    visited(a, &visit);
    assert_int_equal(get(a, second).choice.state, SOURCE_GONE);
    assert_true(due(a, NOW + 9 * HOUR, &first, &next_ms) == 0 && next_ms == INT64_MAX);
    /* Made active again it is asked at once, and what went wrong is forgotten. */
    struct store_source_choice choice = get(a, second).choice;
    choice.state = SOURCE_ACTIVE;
    assert_int_equal(store_source_change(a->store, second, 0, &choice, WHO, &e), RC_OK);
    assert_false(slice_present(get(a, second).error));
    assert_true(due(a, NOW, &first, &next_ms) == second);
}

static void visits_are_kept(void **state)
{
    struct archive *a = *state;
    struct err e = {0};
    uint64_t id = add(a, "https://a.example/"), taken = add(a, "https://taken.example/");
    struct store_source source = get(a, id);
    struct store_visit visit = visit_of(&source);
    visit.etag = SLICE("\"1\"");
    visit.moved_to = SLICE("https://taken.example/");
    visit.rhythm = (struct store_rhythm){HOUR, 5, 3};
    visit.requests = 2;
    visited(a, &visit);
    source = get(a, id);
    assert_true(slice_is(source.etag, "\"1\"") && source.success_ms == NOW + 5);
    assert_true(source.rhythm.skip_hours == 5 && source.rhythm.ttl_ms == HOUR);
    visit.error = SLICE("busy");
    visit.keep_validators = true;
    visit.failures = 1;
    visit.at_ms = NOW + 9;
    visit.new_url = SLICE("https://taken.example/"); /* another source's: it stays where it is */
    visited(a, &visit);
    source = get(a, id);
    assert_true(slice_is(source.etag, "\"1\"") && source.success_ms == NOW + 5);
    assert_true(source.attempt_ms == NOW + 9 && slice_is(source.error, "busy"));
    assert_true(slice_is(source.choice.url, "https://a.example/") && source.requests == 4);
    visit.new_url = SLICE("https://b.example/");
    visited(a, &visit);
    source = get(a, id);
    assert_true(slice_is(source.choice.url, "https://b.example/") && source.revision == 1);
    assert_true(slice_is(source.moved_from, "https://a.example/") && source.moved_ms == NOW + 9);
    /* A visit of where it was says nothing of where it is. */
    assert_int_equal(store_source_visited(a->store, &visit, &e), RC_NOT_FOUND);
    assert_int_equal(store_source_remove(a->store, taken, 0, WHO, &e), RC_OK);
}

static struct store_result give(struct archive *a, uint64_t source, uint64_t said, const char *body,
                                enum rc expected)
{
    struct fixture f;
    struct store_result result;
    struct err e = {0};
    fixture_begin(&f, "https://press.example/1", "Titre", body);
    struct store_write request = fixture_request(&f);
    struct store_followed followed = {source, request.id, said, NOW - HOUR};
    request.followed = &followed;
    assert_int_equal(store_write_wait(a->store, &request, &result, &e), expected);
    fixture_end(&f);
    return result;
}

static void an_article_is_its_first_sources(void **state)
{
    struct archive *a = *state;
    struct err e = {0};
    uint64_t first = add(a, "https://a.example/"), second = add(a, "https://b.example/"), said;
    int64_t count;
    bool known;
    struct store_result result = give(a, first, 11, "Un.", RC_OK);
    assert_int_equal(result.outcome, OUTCOME_CREATED);
    assert_int_equal(give(a, second, 21, "Un, dit autrement.", RC_OK).outcome, OUTCOME_UNCHANGED);
    assert_int_equal(give(a, second, 22, "Encore autrement.", RC_OK).outcome, OUTCOME_UNCHANGED);
    assert_int_equal(give(a, first, 12, "Un, corrigé.", RC_OK).outcome, OUTCOME_REVISED);
    struct store_source one = get(a, first), two = get(a, second);
    assert_true(one.created == 1 && one.revised == 1 && one.duplicates == 0);
    assert_true(two.created == 0 && two.revised == 0 && two.duplicates == 1);
    assert_int_equal(store_followed_look(a->reader, two.row, result.id, &known, &said, &e), RC_OK);
    assert_true(known && said == 22);
    assert_int_equal(store_followed_look(a->reader, two.row, 5, &known, &said, &e), RC_OK);
    assert_false(known);
    assert_int_equal(store_followed_count(a->reader, one.row, NOW - 2 * HOUR, &count, &e), RC_OK);
    assert_int_equal(count, 1);
    assert_int_equal(store_followed_count(a->reader, one.row, NOW - HOUR, &count, &e), RC_OK);
    assert_int_equal(count, 0);
    assert_int_equal(store_source_remove(a->store, first, 0, WHO, &e), RC_OK);
    assert_int_equal(give(a, first, 13, "Trop tard.", RC_NOT_FOUND).rc, RC_NOT_FOUND);
    assert_int_equal(give(a, second, 23, "Héritée.", RC_OK).outcome, OUTCOME_REVISED);
    archive_check(a, true);
    plans_check_reader(a, "followed_");
    assert_true(plans_check_writer(a, "followed_") >= 8);
}

static void one_process_watches(void **state)
{
    struct archive *a = *state;
    struct err e = {0};
    struct slice here = SLICE("elsewhere/1/1"), there = SLICE("elsewhere/2/2");
    bool alive = true;
    assert_int_equal(store_watch_alive(a->reader, NOW, &alive, &e), RC_OK);
    assert_false(alive);
    assert_int_equal(store_watch_claim(a->store, here, NOW, &e), RC_OK);
    assert_int_equal(store_watch_alive(a->reader, NOW + 1, &alive, &e), RC_OK);
    assert_true(alive);
    assert_int_equal(store_watch_alive(a->reader, NOW + WATCH_LEASE_MS, &alive, &e), RC_OK);
    assert_false(alive);
    assert_int_equal(store_watch_claim(a->store, here, NOW + 1000, &e), RC_OK);
    assert_int_equal(store_watch_claim(a->store, there, NOW + WATCH_LEASE_MS, &e), RC_BUSY);
    assert_int_equal(store_watch_claim(a->store, there, NOW + 1000 + WATCH_LEASE_MS, &e), RC_OK);
    assert_int_equal(store_watch_claim(a->store, here, NOW + 2000, &e), RC_OK); /* set back */
    assert_int_equal(store_watch_release(a->store, there, &e), RC_OK);
    assert_int_equal(store_watch_claim(a->store, there, NOW + 2000, &e), RC_BUSY);
    assert_int_equal(store_watch_release(a->store, here, &e), RC_OK);
    assert_int_equal(store_watch_claim(a->store, there, NOW + 2000, &e), RC_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(chosen_and_changed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lists_and_totals, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(due_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(visits_are_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_article_is_its_first_sources, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_process_watches, set_up, tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
